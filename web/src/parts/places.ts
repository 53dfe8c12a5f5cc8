import type { Place } from "../api/types";

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
  // Without a length the file is all that is known of the place.
  if ("byte" in place && place.len > 0) return `@${place.byte}+${place.len}`;
  return "";
}

/** The place of a row as the server tells it, in the fields that its kind of file has. */
export function placeOf(place: Place, source: string): PlaceOf {
  const file = place.file ?? `sha256:${source}`;
  const { path, page, pointer, cell, sheet, line, record, byte, len } = place;
  if (path) return { file, path, ...(byte === null || byte === undefined ? {} : { byte }) };
  if (line) return { file, line };
  if (cell) return { file, cell, ...(sheet ? { sheet } : {}) };
  if (pointer) return { file, pointer };
  if (page) return { file, page };
  if (record) return { file, record };
  return { file, byte: byte ?? 0, len: len ?? 0 };
}
