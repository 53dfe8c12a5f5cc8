import { expect, test } from "vitest";
import { filterParam, sortParam } from "./grid";
import { flag, maybe, oneOf, readView, text, whole, writeView } from "./params";

const SHAPE = { band: oneOf(["all", "high", "low"]), offset: whole(0), q: text, open: flag, entity: maybe };

test.each([
  ["", { band: "all", offset: 0, q: "", open: false, entity: null }],
  ["band=high&offset=200&q=lago&open=1&entity=line:7", { band: "high", offset: 200, q: "lago", open: true, entity: "line:7" }],
  // What nobody wrote on purpose is a page without it.
  ["band=purple&offset=-1&open=yes", { band: "all", offset: 0, q: "", open: false, entity: null }],
])("the address %s", (search, view) => expect(readView(SHAPE, new URLSearchParams(search))).toEqual(view));

test("a change leaves out what is as at first, and keeps what others wrote", () => {
  const now = new URLSearchParams("band=high&zone=UTC");
  expect(writeView(SHAPE, now, { band: "all", offset: 40 }).toString()).toBe("zone=UTC&offset=40");
});

test("order and filter come back as they were written", () => {
  const sort = [{ column: "at", descending: true }, { column: "account", descending: false }];
  expect(sortParam.write(sort)).toBe("-at,account");
  expect(sortParam.read("-at,account")).toEqual(sort);
  expect(sortParam.read("at;drop table")).toEqual([]);

  const filter = { event: "login", account: "a;b:c & 100%" };
  expect(filterParam.read(filterParam.write(filter))).toEqual(filter);
  expect(filterParam.read("a:%E0%A4%A")).toEqual({ a: "%E0%A4%A" });
  expect(filterParam.write({ event: "" })).toBeNull();
});
