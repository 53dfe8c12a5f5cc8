import { expect, test } from "vitest";
import type { Exposure } from "../../api/types";
import { asCsv, asJson, inOrder } from "./days";
import { categoriesOf, itemsOf, kindOf, leftOf, secondOf } from "./queue";
import { BEGINNING, resumed, WORK_MS, worked } from "./session";

const row = { row: "", source: "", file: "", place: {}, cells: [] };
const file = (exhibit: string | null, sha256: string | null, path = "a.jpg", state = "allocated") => ({ row, cells: { exhibit, sha256, path, state, size: 7, md5: null } });
const hit = (sha256: string, category: string, change: object = {}) => ({ row, cells: { sha256, category, list: "agency", scheme: "s", basis: "whole", withdrawn: false, ...change } });
const grade = (sha256: string, category: string | null) => ({ sha256, category, in_dispute: false });
const hashes = (items: readonly { hash: string }[]) => items.map(({ hash }) => hash);

test("copies are graded once, and none is lost", () => {
  const [item, ...others] = itemsOf([file("7", "a"), file("8", "a", "b.jpg", "deleted"), file("7", null), file(null, "c")], []);
  expect(others).toEqual([]);
  expect(item).toMatchObject({ hash: "a", exhibits: ["7", "8"], deleted: 1, kind: "jpg", size: 7 });
  expect(item?.copies).toHaveLength(2);
});

test("what a list knows is not new, unless it is similar only or the list withdrew it", () => {
  const items = itemsOf(["a", "b", "c"].map((hash) => file("7", hash)), [hit("a", "1"), hit("a", "1"), hit("b", "2", { basis: "similar" }), hit("c", "2", { withdrawn: true })]);
  expect(hashes(leftOf(items, [], new Set(), "fresh", ""))).toEqual(["b", "c"]);
  expect(leftOf(items, [], new Set(), "listed", "")).toMatchObject([{ hash: "a", listed: [{ category: "1" }] }]);
});

test("what was graded once is not seen again; what was taken back is", () => {
  const items = itemsOf(["a", "b", "c"].map((hash) => file("7", hash)), []);
  expect(hashes(leftOf(items, [grade("a", "1"), grade("b", null)], new Set(["c"]), "fresh", ""))).toEqual(["b"]);
  expect(leftOf(items, [], new Set(), "fresh", "8")).toEqual([]);
});

test("only a short end of a name is a kind", () => {
  expect([kindOf("a.JPG"), kindOf("a"), kindOf("a.<img src=x>"), kindOf("a.words of somebody")]).toEqual(["jpg", null, null, null]);
});

test("after fifty minutes at work a pause begins, and time slept through is no work", () => {
  const almost = { ...BEGINNING, since_pause_ms: WORK_MS - 1_000, worked_ms: 9_000_000 };
  expect(worked(almost, 999, 5).pause_at_ms).toBeNull();
  const paused = worked(almost, 1_000, 5);
  expect(paused).toMatchObject({ pause_at_ms: 5, worked_ms: 9_001_000 });
  expect(worked(paused, 1_000, 6)).toBe(paused);
  expect(resumed(paused)).toMatchObject({ pause_at_ms: null, since_pause_ms: 0, worked_ms: 9_001_000 });
  expect(worked(almost, 3_600_000, 5)).toBe(almost);
});

test("what waits for a second officer has nothing of what was said before, comes in the server's order, and may be handed over", () => {
  const items = itemsOf(["b", "a", "c"].map((hash) => file("7", hash)), [hit("a", "1"), hit("b", "2")]);
  const waiting = [{ sha256: "a", md5: null, sha1: null, size: 7 }, { sha256: "b", size: 7 }, { sha256: null, md5: "elsewhere", size: null }, { sha256: null }];
  const left = secondOf(waiting, items, new Set(["b"]));
  expect(left).toMatchObject([{ hash: "a", exhibits: ["7"], listed: [] }, { hash: "elsewhere", copies: [], listed: [] }]);
  expect(left).toHaveLength(2);
  expect(JSON.stringify(left)).not.toContain("category");
});

test("categories are written with commas, and none twice", () => {
  expect([categoriesOf(" 1, 2 ,,1"), categoriesOf(" ")]).toEqual([["1", "2"], []]);
});

test("who leads is told all totals in the order of names, and takes only their own with them", () => {
  const day = (officer: string, on: string, category: string) => ({ officer, day: on, files: 2, minutes: 9, taken_back: 0, categories: [{ scheme: "made-up", category, files: 2 }] });
  const exposure: Exposure = {
    schema: "tutela.exposure/1", officer: "B. Prova", whose: "all", zone: "Europe/Rome", gap_minutes: 10, rule: "an estimate",
    days: [day("A. Prova", "2026-03-01", "1"), day("A. Prova", "2026-03-02", "1"), day("B. Prova", "2026-03-02", "=1,2")],
    rest: { minutes_today: 0 },
  };
  expect(inOrder(exposure.days).map((one) => `${one.day} ${one.officer}`)).toEqual(["2026-03-02 A. Prova", "2026-03-02 B. Prova", "2026-03-01 A. Prova"]);
  const [head, ...rows] = asCsv(exposure).trimEnd().split("\r\n");
  expect(head?.split(",")).toHaveLength(9);
  expect(rows).toEqual([`2026-03-02,Europe/Rome,B. Prova,2,9,0,made-up,"'=1,2",2`]);
  expect(JSON.parse(asJson(exposure))).toMatchObject({ whose: "own", rule: "an estimate", days: [{ officer: "B. Prova" }] });
  expect(asJson(exposure)).not.toContain("A. Prova");
});
