import { expect, test } from "vitest";
import type { Finding, Lead } from "../../api/types";
import { changes, droppedFor, type Without } from "./whatIf";

const lead = { person: { id: "P-1", status: "identified" }, strength: { log10_lr: 4 } } as Lead;
const without = (change: Partial<Without["lead"]>, files = ["a.csv"]): Without => ({
  files, lead: { status: "identified", name_said: null, strength: 4000, lines_lost: [], accounts_apart: [], gates_failed: [], ...change },
});

test.each<[Partial<Without["lead"]>, boolean]>([
  [{}, false],
  [{ strength: 3999 }, true],
  [{ strength: null, status: null }, true],
  [{ status: "candidate" }, true],
  [{ lines_lost: ["borea/1"] }, true],
  [{ accounts_apart: ["x/1"] }, true],
  [{ gates_failed: ["role"] }, true],
])("%j", (change, says) => expect(changes(without(change), lead)).toBe(says));

test("a finding is told about its own files only, and about those that change something", () => {
  const finding = { rows: [{ source: "aa" }], against: [{ source: "bb" }] } as unknown as Finding;
  const names = new Map([["aa", "a.csv"], ["bb", "b.csv"], ["cc", "c.csv"]]);
  const dropped = [without({ strength: 1000 }), without({}, ["b.csv"]), without({ strength: 0 }, ["c.csv"]), without({ strength: 0 }, ["a.csv", "b.csv"])];
  expect(droppedFor(dropped, finding, lead, names)).toEqual([dropped[0]]);
});
