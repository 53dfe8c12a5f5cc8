import { numberOf, type RecordOf, textOf } from "../../api/rows";
import type { Grade, ToGradeAgain } from "../../api/types";

/** The most files and hits that are read for a queue. */
export const MOST = 5_000;

/** What a list says of a file. */
export interface Listed {
  readonly list: string;
  readonly scheme: string;
  readonly category: string;
}

/** A content to be graded, once for all its copies. */
export interface Item {
  /** The hash by which it is graded. */
  readonly hash: string;
  readonly md5: string | null;
  readonly size: number | null;
  /** Where it lies. No copy is lost by being put together with another. */
  readonly copies: readonly RecordOf[];
  readonly exhibits: readonly string[];
  readonly deleted: number;
  /** The kind that its name states, where that is a short word: `jpg`. */
  readonly kind: string | null;
  readonly listed: readonly Listed[];
}

/** The end of a file's name, where it can be nothing but a kind. */
export function kindOf(path: string): string | null {
  const said = /\.([a-z0-9]{1,5})$/i.exec(path)?.[1];
  return said === undefined ? null : said.toLowerCase();
}

/** Files with the same content put together, in the order in which they come, with what lists say of each. */
export function itemsOf(files: readonly RecordOf[], hits: readonly RecordOf[]): readonly Item[] {
  const listed = new Map<string, Listed[]>();
  for (const hit of hits) {
    const hash = textOf(hit, "sha256");
    if (hash === null || textOf(hit, "basis") !== "whole" || hit.cells["withdrawn"] === true) continue;
    const said = { list: textOf(hit, "list") ?? "", scheme: textOf(hit, "scheme") ?? "", category: textOf(hit, "category") ?? "" };
    const before = listed.get(hash) ?? [];
    if (!before.some((one) => one.list === said.list && one.scheme === said.scheme && one.category === said.category)) listed.set(hash, [...before, said]);
  }
  const copies = new Map<string, RecordOf[]>();
  for (const file of files) {
    const hash = textOf(file, "sha256") ?? textOf(file, "md5") ?? textOf(file, "sha1");
    // What is on no exhibit cannot be graded here, and a folder has no content.
    if (hash === null || textOf(file, "exhibit") === null) continue;
    const before = copies.get(hash);
    if (before) before.push(file);
    else copies.set(hash, [file]);
  }
  return [...copies].map(([hash, all]) => {
    const [first] = all;
    return {
      hash,
      md5: first ? textOf(first, "md5") : null,
      size: first ? numberOf(first, "size") : null,
      copies: all,
      exhibits: [...new Set(all.map((one) => textOf(one, "exhibit") ?? ""))],
      deleted: all.filter((one) => textOf(one, "state") === "deleted").length,
      kind: first ? kindOf(textOf(first, "path") ?? "") : null,
      listed: listed.get(hash) ?? [],
    };
  });
}

export type From = "fresh" | "listed";

/** What is left to grade: never what somebody graded, in any scheme, and not what this session handed over. */
export function leftOf(items: readonly Item[], grades: readonly Grade[], skipped: ReadonlySet<string>, from: From, exhibit: string): readonly Item[] {
  const graded = new Set(grades.flatMap(({ sha256, sha1, md5, category }) => (category ? [sha256, sha1, md5] : [])));
  return items.filter(
    (item) =>
      !graded.has(item.hash) &&
      !(item.md5 !== null && graded.has(item.md5)) &&
      !skipped.has(item.hash) &&
      item.listed.length > 0 === (from === "listed") &&
      (exhibit === "" || item.exhibits.includes(exhibit)),
  );
}

/** What waits for a second officer, in the server's order, with where it lies. Nothing of it says how it was graded or listed. */
export function secondOf(waiting: readonly ToGradeAgain[], items: readonly Item[], skipped: ReadonlySet<string>): readonly Item[] {
  const known = new Map(items.map((item) => [item.hash, item]));
  return waiting.flatMap(({ sha256 = null, md5 = null, sha1 = null, size = null }) => {
    const hash = sha256 ?? md5 ?? sha1;
    if (hash === null || skipped.has(hash)) return [];
    const { copies, exhibits, deleted, kind } = known.get(hash) ?? { copies: [], exhibits: [], deleted: 0, kind: null };
    return [{ hash, md5, size, copies, exhibits, deleted, kind, listed: [] }];
  });
}

/** Categories as an officer writes them, with commas between them. */
export const categoriesOf = (said: string): readonly string[] => [...new Set(said.split(",").map((one) => one.trim()).filter((one) => one !== ""))];
