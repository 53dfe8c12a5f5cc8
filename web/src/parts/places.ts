import type { Place as Told } from "../api/types";

/** Where in a received file something stands. `file` is the digest of the file. */
export type PlaceOf =
  | { readonly file: string; readonly line: number }
  | { readonly file: string; readonly byte: number; readonly len: number }
  | { readonly file: string; readonly cell: string; readonly sheet?: string }
  | { readonly file: string; readonly pointer: string }
  | { readonly file: string; readonly page: number }
  | { readonly file: string; readonly record: number }
  | { readonly file: string; readonly path: string; readonly byte?: number }
  /** The file as a whole. */
  | { readonly file: string };

/** The spot as it stands after the file's name: `:212`, `!Sheet1:B7`, `#/a/b`. */
export function spot(place: PlaceOf): string {
  if ("line" in place) return `:${place.line}`;
  if ("cell" in place) return place.sheet ? `!${place.sheet}:${place.cell}` : `!${place.cell}`;
  if ("pointer" in place) return `#${place.pointer}`;
  if ("page" in place) return `, p. ${place.page}`;
  if ("record" in place) return `, r. ${place.record}`;
  if ("path" in place) return `/${place.path}${place.byte === undefined ? "" : `@${place.byte}`}`;
  if ("byte" in place) return `@${place.byte}+${place.len}`;
  return "";
}

/** A place as the server tells it: of all fields those that its kind of file has. */
export function placeOf(told: Told, source: string): PlaceOf {
  const file = told.file ?? `sha256:${source}`;
  const { line, cell, sheet, pointer, page, record, path, byte, len } = told;
  if (typeof line === "number") return { file, line };
  if (typeof cell === "string") return typeof sheet === "string" ? { file, cell, sheet } : { file, cell };
  if (typeof pointer === "string") return { file, pointer };
  if (typeof page === "number") return { file, page };
  if (typeof record === "number") return { file, record };
  if (typeof path === "string") return typeof byte === "number" ? { file, path, byte } : { file, path };
  if (typeof byte === "number") return { file, byte, len: len ?? 0 };
  return { file };
}
