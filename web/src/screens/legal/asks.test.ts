import { expect, test } from "vitest";
import { askCommand, blinded, byNearestEnd, gainWord, matches, nearestEnd } from "./asks";

const step = (by: string | null, past = false) => ({ by, past, lead: "L-001", ask: "", why: "", gain_bits: 0 });

test("the nearest end that has not passed decides; unknown and passed come last", () => {
  expect(nearestEnd([step("2026-05-01", true), step("2027-01-01"), step(null)])).toBe("2027-01-01");
  const holders = [{ of: "c", steps: [step(null)] }, { of: "b", steps: [step("2027-03-01")] }, { of: "d", steps: [step("2020-01-01", true)] }, { of: "a", steps: [step("2027-02-01")] }];
  expect(byNearestEnd(holders).map(({ of }) => of)).toEqual(["a", "b", "c", "d"]);
});

test.each([[0.02, "little"], [0.3, "some"], [1, "half"], [3, "most"], [4.975, "nearly"]] as const)("%s bits are %s", (bits, word) => expect(gainWord(bits)).toBe(word));

test("what a record wrote cannot act in a shell", () => {
  expect(askCommand("borea", ["L-001", "L-002"])).toBe("tutela ask L-001 L-002 --of borea -o DIR");
  expect(askCommand("RIR → ISP", [])).toBe("tutela ask --of 'RIR → ISP' -o DIR");
  expect(askCommand("$(rm -rf ~)'; x", ["L-1"])).toBe("tutela ask L-1 --of '$(rm -rf ~)'\\''; x' -o DIR");
  expect(askCommand("-o", [])).toBe("tutela ask --of '-o' -o DIR");
});

test("a second officer writes the last group and the hour, and nothing shown gives them away", () => {
  const blind = blinded("198.19.128.3", "2026-04-30T07:30:16Z");
  expect(blind).toEqual({ addressShown: "198.19.128.", addressLast: "3", day: "2026-04-30", hour: "07", rest: ":30:16" });
  if (blind === null) throw new Error("is one");
  expect(matches(blind, "3", "7")).toBe(true);
  expect(matches(blind, " 03", "07")).toBe(true);
  expect(matches(blind, "8", "07")).toBe(false);
  expect(matches(blind, "", "")).toBe(false);
  expect(blinded("2001:db8::7f", "2026-04-30T07:30:16Z")?.addressLast).toBe("7f");
  expect(blinded("198.19.128.3", "2026-04-30")).toBeNull();
});
