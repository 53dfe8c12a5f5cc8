import { expect, test } from "vitest";
import type { Exhibit } from "../../api/types";
import { branches, knownFiles, splitOf } from "./tree";

const of = (number: string, part_of: string | null = null): Exhibit => ({ number, part_of, deleted: 0, files: 0, known: 0, known_withdrawn: 0, lists: [], similar: 0, unread: 0 });
const drawn = (exhibits: readonly Exhibit[]) => branches(exhibits).map(({ exhibit: { number }, depth }) => `${"-".repeat(depth)}${number}`);

test("parts stand under what they are parts of", () => expect(drawn([of("7.1", "7"), of("7"), of("7.1.1", "7.1"), of("8")])).toEqual(["7", "-7.1", "--7.1.1", "8"]));
test("no exhibit is lost, whatever a sheet says", () => expect(drawn([of("a", "b"), of("b", "a"), of("c", "c"), of("d", "gone")])).toEqual(["c", "d", "a", "b"]));

const tried = (hits: number) => ({ list: "a", kinds: "md5", files: 60, looked_up: 60, hits });
const hit = (exhibit: string, path: string, change: object = {}) => ({
  row: { row: "", source: "", file: "", place: {}, cells: [] },
  cells: { exhibit, path, basis: "whole", withdrawn: false, ...change },
});

test("without a list nothing is new: nobody looked", () => {
  expect(splitOf({ files: 60, lists: [] }, 0)).toMatchObject({ known: 0, fresh: 60, tried: false });
  expect(splitOf({ files: 60, lists: [tried(27)] }, 27)).toEqual({ known: 27, fresh: 33, tried: true, least: false });
});

test("where not all hits were read, the list that knows most tells the least there is", () => {
  expect(splitOf({ files: 60, lists: [tried(27), tried(30)] }, null)).toEqual({ known: 30, fresh: 30, tried: true, least: true });
});

test("a copy is a file of its own, a second list is none, and what is similar, withdrawn or only recorded is not known", () => {
  const hits = [hit("7", "a"), hit("7", "b"), hit("7", "b"), hit("8", "a"), hit("7", "c", { basis: "similar" }), hit("7", "d", { withdrawn: true }), hit("7", "e", { path: null })];
  expect([...knownFiles(hits)]).toEqual([["7", 2], ["8", 1]]);
});
