import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { day, KINDS, knownKind, partOf } from "./looked";

test.each([
  ["2026-03-01", "2026-03-01"],
  ["2024-02-29", "2024-02-29"],
  ["2026-02-29", ""],
  ["2026-02-31", ""],
  ["2026-3-1", ""],
  ["yesterday", ""],
  ["", ""],
  [null, ""],
])("the day %j of an address is %j", (said, read) => {
  expect(day.read(said)).toBe(read);
  expect(day.write(read)).toBe(read === "" ? null : read);
});

test("what a view leaves open is not asked", () => {
  const open = { officer: null, kind: null, of: "", since: "", until: "", from: 0 };
  expect(partOf(open, 50)).toEqual({ offset: 0, limit: 50 });
  const all = { officer: "isp. Rossi", kind: "search", of: "rossi", since: "2026-03-01", until: "2026-03-02", from: 50 };
  expect(partOf(all, 50)).toEqual({ officer: "isp. Rossi", kind: "search", of: "rossi", since: "2026-03-01", until: "2026-03-02", offset: 50, limit: 50 });
});

test("each kind has one name here, with blanks or without, and an unknown one has none", () => {
  for (const kind of KINDS) expect(knownKind(kind.replaceAll("_", " "))).toBe(kind);
  expect(knownKind("something later")).toBeUndefined();
});

test("whatever the server says was asked has a word", () => {
  const api = "../crates/app/src/serve/api";
  const files = ["access", "decisions", "exhibits", "findings", "grades", "graph", "leads", "ledger", "map", "overview", "referrals", "reports", "requests", "search", "sources", "tables"];
  const said = files.flatMap((name) => [...readFileSync(`${api}/${name}.rs`, "utf8").matchAll(/\.(?:show|verb)\(\("([^"]+)"/g)].map(([, kind]) => kind ?? ""));
  expect(said.length).toBeGreaterThanOrEqual(files.length);
  expect(said.filter((kind) => knownKind(kind) === undefined)).toEqual([]);
});
