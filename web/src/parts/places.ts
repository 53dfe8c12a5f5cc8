import type { Place } from "../api/types";

/** Where in a received file something stands: of the fields those that its kind of file has; none for the file as a whole. */
export interface PlaceOf {
  /** The digest of the file. */
  readonly file: string;
  readonly line?: number;
  /** The field of a line or record. */
  readonly field?: number;
  readonly byte?: number;
  readonly len?: number;
  readonly cell?: string;
  readonly sheet?: string;
  readonly pointer?: string;
  readonly page?: number;
  readonly record?: number;
  /** The file inside the file. The other fields are then of that one. */
  readonly path?: string;
}

const NUMBERS = ["line", "field", "byte", "len", "page", "record"] as const;
const TEXTS = ["cell", "sheet", "pointer", "path"] as const;

/** The spot as it stands after the file's name: `:212`, `!Sheet1:B7`, `#/a/b`. */
export function spot(place: PlaceOf): string {
  const inside = place.path === undefined ? "" : `/${place.path}`;
  const field = place.field === undefined ? "" : `, f. ${place.field}`;
  if (place.line !== undefined) return `${inside}:${place.line}${field}`;
  if (place.cell !== undefined) return place.sheet ? `${inside}!${place.sheet}:${place.cell}` : `${inside}!${place.cell}`;
  if (place.pointer !== undefined) return `${inside}#${place.pointer}`;
  if (place.page !== undefined) return `${inside}, p. ${place.page}`;
  if (place.record !== undefined) return `${inside}, r. ${place.record}${field}`;
  if (place.byte !== undefined && place.len === undefined) return `${inside}@${place.byte}`;
  // Without a length the file is all that is known of the place.
  return place.byte !== undefined && place.len ? `${inside}@${place.byte}+${place.len}` : inside;
}

/** The place of a row as the server tells it. */
export function placeOf(place: Place, source: string): PlaceOf {
  const said = [...NUMBERS, ...TEXTS].flatMap((name) => {
    const value = place[name];
    return value === null || value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(said), file: place.file ?? `sha256:${source}` };
}

/** What the server is asked for: the fields of the spot. Of a file as a whole, its beginning. */
export function askedFor(place: PlaceOf): Readonly<Record<string, string | number>> {
  const { file: _, ...spotOf } = place;
  return Object.keys(spotOf).length === 0 ? { byte: 0, len: 0 } : { ...spotOf };
}

/** Written in the address as `file=sha256:…&line=212`. */
export const placeWritten = (place: PlaceOf): string => new URLSearchParams(Object.entries(place).map(([name, value]) => [name, String(value)])).toString();

export function placeRead(said: string): PlaceOf | null {
  const search = new URLSearchParams(said);
  const file = search.get("file") ?? "";
  if (!/^sha256:[0-9a-f]{64}$/.test(file)) return null;
  const numbers = NUMBERS.flatMap((name) => (/^\d{1,15}$/.test(search.get(name) ?? "") ? [[name, Number(search.get(name))]] : []));
  const texts = TEXTS.flatMap((name) => (search.has(name) ? [[name, search.get(name)]] : []));
  return { ...Object.fromEntries([...numbers, ...texts]), file };
}

/** The place as many further on in the file as `by`, or before it; null where that cannot be told from the place alone. */
export function besides(place: PlaceOf, by: 1 | -1): PlaceOf | null {
  const { field: _, ...whole } = place;
  const { line, record, page, cell, pointer, byte, len } = whole;
  const next = (value: number, first: number) => (value + by < first ? null : value + by);
  const moved = (name: keyof PlaceOf, value: number | string | null) => (value === null ? null : { ...whole, [name]: value });
  if (line !== undefined) return moved("line", next(line, 1));
  if (record !== undefined) return moved("record", next(record, 1));
  if (page !== undefined) return moved("page", next(page, 1));
  const [, column, row] = /^([A-Z]+)(\d+)$/.exec(cell ?? "") ?? [];
  if (row !== undefined) return moved("cell", said(column, next(Number(row), 1)));
  const [, before, nth, after = ""] = /^(.*[/[])(\d+)(\]?)$/s.exec(pointer ?? "") ?? [];
  // JSON counts from 0, and elements of XML from 1.
  if (nth !== undefined) return moved("pointer", said(before, next(Number(nth), after === "" ? 0 : 1), after));
  if (byte !== undefined && len) return byte + by * len < 0 ? null : { ...whole, byte: byte + by * len };
  return null;
}

const said = (before = "", n: number | null, after = "") => (n === null ? null : `${before}${n}${after}`);
