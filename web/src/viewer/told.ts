import type { TFunction } from "i18next";
import type { Stands } from "../api/types";
import type { PlaceOf } from "../parts/places";

/** A place in words: `line 212, field 3`. */
export function placeTold(t: TFunction, place: PlaceOf): string {
  const { line, field, byte, len, cell, sheet, pointer, page, record, path } = place;
  const said = [
    path === undefined ? "" : t("viewer.at.path", { path }),
    line === undefined ? "" : t("viewer.at.line", { line }),
    record === undefined ? "" : t("viewer.at.record", { record }),
    field === undefined ? "" : t("viewer.at.field", { field }),
    cell === undefined ? "" : sheet ? t("viewer.at.sheet", { sheet, cell }) : t("viewer.at.cell", { cell }),
    pointer === undefined ? "" : t("viewer.at.pointer", { pointer: pointer === "" ? "/" : pointer }),
    page === undefined ? "" : t("viewer.at.page", { page }),
    byte === undefined ? "" : len ? bytesTold(t, byte, len) : t("viewer.at.byte", { byte }),
  ];
  return said.filter(Boolean).join(", ") || t("viewer.at.whole");
}

export const bytesTold = (t: TFunction, byte: number, len: number): string => (len > 1 ? t("viewer.at.bytes", { from: byte, to: byte + len - 1 }) : t("viewer.at.byte", { byte }));

/** Which bytes are meant, where the server knows it. They are those of the content, where the file is packed. */
export function bytesOf({ view }: Stands): { readonly byte: number; readonly len: number } | null {
  if (view.kind !== "text" && view.kind !== "hex") return null;
  const { byte, len } = view;
  return typeof byte === "number" && typeof len === "number" && len > 0 ? { byte, len } : null;
}

/** The place as a report cites it: file, digest, place, bytes, and when it was received. */
export function citation(t: TFunction, place: PlaceOf, stands: Stands): string {
  const { name, sha256, received_at, receipt } = stands.file;
  const meant = place.byte === undefined ? bytesOf(stands) : null;
  const at = [placeTold(t, place), ...(meant ? [bytesTold(t, meant.byte, meant.len)] : [])].join(", ");
  return t("viewer.citation", { name, sha256, at, received: received_at, entry: receipt });
}
