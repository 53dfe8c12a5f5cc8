import { expect, test } from "vitest";
import type { ReferralSoFar } from "../../api/types";
import { bundled, holds, missingIn, statedIn } from "./referrals";

const REFERRAL: ReferralSoFar = {
  issuer: "ncmec", reference: "1", said: {}, persons: [], files: 0, classified: {}, lead: null, band: null, act_by: null, also_named: 0,
  source: "00", file: "report.xml", place: { file: "sha256:00" },
};
const state = (change: Partial<ReferralSoFar>, factor: string) => statedIn({ ...REFERRAL, ...change }).find((one) => one.factor === factor)?.state;

test("what a referral does not say is unknown, never no", () => {
  expect(new Set(statedIn(REFERRAL).map((one) => one.state))).toEqual(new Set(["unknown"]));
  expect(state({ persons: [{ role: "reported", access_to_children: "unknown" }] }, "access")).toBe("unknown");
  expect(state({ persons: [{ role: "reported", access_to_children: "no" }] }, "access")).toBe("no");
  expect(state({ persons: [{ access_to_children: "no" }, { access_to_children: "yes" }] }, "access")).toBe("yes");
});

test("a child is counted, and its age stands where the referral says it", () => {
  const found = statedIn({ ...REFERRAL, persons: [{ role: "victim", age: 13 }, { role: "victim" }, { role: "reported", age: 40 }] });
  expect(found[0]).toEqual({ factor: "harmed", state: "yes", n: 2, ages: [13] });
});

test("what is missing is named; the age of a child is not that of whoever is reported", () => {
  expect(missingIn(REFERRAL)).toHaveLength(8);
  expect(missingIn({ ...REFERRAL, persons: [{ role: "victim", age: 13, account: "9" }] })).toContain("age");
  expect(missingIn({ ...REFERRAL, files: 2, persons: [{ role: "reported", birth_date: "1999-03-12", account: "9" }] })).not.toContain("age");
  expect(missingIn({ ...REFERRAL, said: { platform: "unknown" } })).toContain("platform");
});

test("only what the sender batched comes together, by kind, platform and lead", () => {
  const viral = { ...REFERRAL, said: { batched: "yes", platform: "a", incident_type: "viral" } };
  const groups = bundled([viral, { ...REFERRAL, reference: "2" }, { ...viral, reference: "3" }, { ...viral, reference: "4", said: { ...viral.said, platform: "b" } }, { ...REFERRAL, reference: "5", said: { batched: "unknown" } }]);
  expect(groups.map(({ referrals }) => referrals.map(({ reference }) => reference))).toEqual([["1", "3"], ["2"], ["4"], ["5"]]);
});

test("masked words are found without being shown", () => {
  expect(holds({ ...REFERRAL, said: { text: "Lago" } }, "lago")).toBe(true);
  expect(holds({ ...REFERRAL, persons: [{ screen_name: "lago7" }] }, "LAGO")).toBe(true);
  expect(holds(REFERRAL, "lago")).toBe(false);
});
