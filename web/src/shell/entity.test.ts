import { expect, test } from "vitest";
import { entityParam } from "./entity";

test.each([
  ["line:borea/B3747938", { kind: "line", id: "borea/B3747938" }],
  ["source:sha256:00ff", { kind: "source", id: "sha256:00ff" }],
  ["villain:7", null],
  ["line:", null],
  ["line", null],
  [null, null],
] as const)("%s", (said, entity) => {
  expect(entityParam.read(said)).toEqual(entity);
  if (entity) expect(entityParam.write(entity)).toBe(said);
});
