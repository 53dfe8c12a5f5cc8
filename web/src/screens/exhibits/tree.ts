import { type RecordOf, textOf } from "../../api/rows";
import type { Exhibit } from "../../api/types";

/** An exhibit with how deep it stands under what it is a part of. */
export interface Branch {
  readonly exhibit: Exhibit;
  readonly depth: number;
}

/** Exhibits with their parts under them. A part of something that is not there, or of itself, stands at the top. */
export function branches(exhibits: readonly Exhibit[]): readonly Branch[] {
  const numbers = new Set(exhibits.map(({ number }) => number));
  const done = new Set<string>();
  const below = (of: string | null, depth: number): Branch[] =>
    exhibits
      .filter((one) => (one.part_of && numbers.has(one.part_of) && one.part_of !== one.number ? one.part_of : null) === of && !done.has(one.number))
      .flatMap((exhibit) => {
        done.add(exhibit.number);
        return [{ exhibit, depth }, ...below(exhibit.number, depth + 1)];
      });
  const tree = below(null, 0);
  // Parts of each other, which no sheet should say, are still shown.
  return [...tree, ...exhibits.filter(({ number }) => !done.has(number)).map((exhibit) => ({ exhibit, depth: 0 }))];
}

/** Of the files of an exhibit, those that lists know, those that they do not, and whether any list was tried. */
export interface Split {
  readonly known: number;
  readonly fresh: number;
  readonly tried: boolean;
  /** Not all hits were read: lists know at least so many. */
  readonly least: boolean;
}

/** Files that meet a list as they are, by exhibit. A copy is a file too: the server's own count is of different contents. */
export function knownFiles(hits: readonly RecordOf[]): ReadonlyMap<string, number> {
  const paths = new Map<string, Set<string>>();
  for (const hit of hits) {
    const [exhibit, path] = [textOf(hit, "exhibit"), textOf(hit, "path")];
    if (exhibit === null || path === null || textOf(hit, "basis") !== "whole" || hit.cells["withdrawn"] === true) continue;
    const before = paths.get(exhibit);
    if (before) before.add(path);
    else paths.set(exhibit, new Set([path]));
  }
  return new Map([...paths].map(([exhibit, { size }]) => [exhibit, size]));
}

/** `counted` are the files of the exhibit that were counted among hits; null where not all hits were read. */
export function splitOf({ files, lists }: Pick<Exhibit, "files" | "lists">, counted: number | null): Split {
  const known = Math.min(counted ?? Math.max(0, ...lists.map(({ hits }) => hits)), files);
  return { known, fresh: files - known, tried: lists.length > 0, least: counted === null };
}
