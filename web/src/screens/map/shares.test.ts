import { expect, test } from "vitest";
import type { Province } from "../../api/types";
import { counted, neighbour, ranked, stepOf } from "./shares";

const at = (code: string, x: number, y: number, leads: Province["leads"] = []): Province => ({ code, name: code, region: "", x, y, path: "", leads });
const lead = (estimated: boolean) => ({ lead: "L-001", estimated, identified: false });

test("steps begin where the legend says", () => expect([0, 1, 2, 4, 5, 9, 10, 99].map(stepOf)).toEqual([0, 1, 2, 2, 3, 3, 4, 4]));

test("an estimate is counted apart", () => {
  expect(counted(at("MI", 0, 0, [lead(true), lead(false)]))).toMatchObject({ all: 2, estimated: 1 });
  expect(ranked([at("AA", 0, 0), at("ZZ", 0, 0, [lead(true)])]).map(({ province }) => province.code)).toEqual(["ZZ", "AA"]);
});

test("arrows go to the nearest province of that side, and nowhere at the edge", () => {
  const map = [at("MI", 10, 10), at("BO", 20, 20), at("TO", 0, 11), at("RM", 22, 60)];
  const from = (code: string) => map.find((one) => one.code === code) ?? at("", 0, 0);
  expect(neighbour(map, from("MI"), "ArrowLeft")?.code).toBe("TO");
  expect(neighbour(map, from("MI"), "ArrowDown")?.code).toBe("BO");
  expect(neighbour(map, from("TO"), "ArrowLeft")).toBeNull();
  expect(neighbour(map, from("MI"), "Enter")).toBeNull();
});
