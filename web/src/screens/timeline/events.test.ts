import { expect, test } from "vitest";
import { dayFrom, dayHour, dayText, gapsOf, heldOf, inOrder, markOf, recordFrom, ticksOf } from "./events";

const row = { row: "7", source: "", file: "", place: {}, cells: [] };
const mark = (at: string, cells: object = {}) => {
  const made = markOf("connection", { row: { ...row, row: at }, cells: { at, platform: "p", account: "a", event: "login", ...cells } });
  if (made === null) throw new Error("no mark");
  return made;
};

test("what the source wrote no finer is a stretch, and what the clocks showed twice is one of an hour", () => {
  expect(mark("2026-10-25T00:30:00Z", { at_precision: "repeated_hour" }).until_ms).toBe(new Date("2026-10-25T01:30:01Z").getTime());
  expect(mark("2026-10-25T00:00:00Z", { at_precision: "day" }).until_ms).toBe(new Date("2026-10-26T00:00:00Z").getTime());
  expect(mark("2026-10-25T00:30:00Z", { at_precision: "second" }).until_ms).toBeNull();
  expect(mark("2026-10-25T00:30:00Z", { at_zone: "declared" }).declared).toBe(true);
});

test("a row without a time is no mark, and an answer without an end has none", () => {
  expect(markOf("connection", { row, cells: { at: null } })).toBeNull();
  expect(heldOf({ row, cells: { operator: "o", line: "l", from: "2026-01-01T00:00:00Z", until: null } })).toMatchObject({ line: "o/l", until_ms: null });
});

test.each([
  ["2026-06-30T22:30:00Z", "UTC", "2026-06-30", 22.5],
  ["2026-06-30T22:30:00Z", "Europe/Rome", "2026-07-01", 0.5],
  // The same hour of the clock, twice.
  ["2026-10-25T00:30:00Z", "Europe/Rome", "2026-10-25", 2.5],
  ["2026-10-25T01:30:00Z", "Europe/Rome", "2026-10-25", 2.5],
] as const)("%s in %s", (at, zone, day, hour) => {
  const found = dayHour(new Date(at).getTime(), zone);
  expect([dayText(found.day), found.hour]).toEqual([day, hour]);
});

test("gaps are told from the end of what is uncertain, the longest first", () => {
  const marks = [mark("2026-03-01T00:00:00Z", { at_precision: "day" }), mark("2026-03-05T00:00:00Z"), mark("2026-03-05T01:00:00Z"), mark("2026-03-20T00:00:00Z")];
  expect(gapsOf(marks, 3).map(({ from_ms, until_ms }) => (until_ms - from_ms) / 86_400_000)).toEqual([14.958333333333334, 3]);
  expect(gapsOf([], 1)).toEqual([]);
  // Rows after the sixth of March were not read: nobody knows that there is nothing until the twentieth.
  expect(gapsOf(marks, 3, new Date("2026-03-06T00:00:00Z").getTime())).toHaveLength(1);
});

test("rows of findings read as rows of tables, each once", () => {
  const read = recordFrom({ row: "r", source: "s", file: "f", place: {}, cells: [["at", "2026-03-01T00:00:00Z"], ["account", "<img src=x>"]] as unknown as readonly (readonly never[])[] });
  expect(read.cells["account"]).toBe("<img src=x>");
  expect(inOrder([mark("2026-03-02T00:00:00Z"), mark("2026-03-01T00:00:00Z"), mark("2026-03-02T00:00:00Z")], (one) => one.at_ms)).toHaveLength(2);
});

test("days", () => {
  expect(dayFrom("2026-02-29x")).toBeNull();
  expect(dayText(dayFrom("2026-03-01") ?? 0)).toBe("2026-03-01");
  expect(ticksOf(dayFrom("2026-01-15") ?? 0, dayFrom("2026-03-02") ?? 0).map(dayText)).toEqual(["2026-02-01", "2026-03-01"]);
});
