/** Where in a received file something stands. `file` is the digest of the file. */
export type PlaceOf =
  | { readonly file: string; readonly line: number }
  | { readonly file: string; readonly byte: number; readonly len: number }
  | { readonly file: string; readonly cell: string; readonly sheet?: string }
  | { readonly file: string; readonly pointer: string }
  | { readonly file: string; readonly page: number }
  | { readonly file: string; readonly path: string; readonly byte?: number };

/** The spot as it stands after the file's name: `:212`, `!Sheet1:B7`, `#/a/b`. */
export function spot(place: PlaceOf): string {
  if ("line" in place) return `:${place.line}`;
  if ("cell" in place) return place.sheet ? `!${place.sheet}:${place.cell}` : `!${place.cell}`;
  if ("pointer" in place) return `#${place.pointer}`;
  if ("page" in place) return `, p. ${place.page}`;
  if ("path" in place) return `/${place.path}${place.byte === undefined ? "" : `@${place.byte}`}`;
  return `@${place.byte}+${place.len}`;
}
