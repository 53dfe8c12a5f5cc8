import { expect, test } from "vitest";
import { type Extent, learn, NOTHING_KNOWN, room, WINDOW, windowsFor } from "./window";

const rows = (count: number) => Array.from({ length: count }, (_, i) => i);

test.each<[string, Extent, number, number, number | null, Extent]>([
  ["a total that is told", NOTHING_KNOWN, 0, 100, 5_000, { rows: 5_000, counted: true }],
  ["a total that is told later", { rows: 300, counted: false }, 300, 100, 5_000, { rows: 5_000, counted: true }],
  ["a full window", NOTHING_KNOWN, 0, 100, null, { rows: 100, counted: false }],
  ["a short window", { rows: 100, counted: false }, 100, 40, null, { rows: 140, counted: true }],
  ["nothing at all", NOTHING_KNOWN, 0, 0, null, { rows: 0, counted: true }],
  ["an empty window far out", { rows: 200, counted: false }, 900, 0, null, { rows: 200, counted: false }],
  ["an earlier window that comes late", { rows: 300, counted: false }, 0, 100, null, { rows: 300, counted: false }],
])("%s", (_, known, offset, count, total, then) => {
  expect(learn(known, offset, { rows: rows(count), total })).toEqual(then);
});

test("what teaches nothing is the same object, so that nothing is drawn again", () => {
  const known: Extent = { rows: 5_000, counted: true };
  expect(learn(known, 0, { rows: rows(100), total: 5_000 })).toBe(known);
});

test("there is room for one window more while the end is not known", () => {
  expect(room({ rows: 200, counted: false })).toBe(200 + WINDOW);
  expect(room({ rows: 200, counted: true })).toBe(200);
});

test.each([
  [0, 30, [0]],
  [90, 110, [0, 100]],
  [-5, 0, [0]],
  [11_699_990, 11_700_010, [11_699_900, 11_700_000]],
])("rows %i to %i lie in windows", (first, last, offsets) => expect(windowsFor(first, last)).toEqual(offsets));
