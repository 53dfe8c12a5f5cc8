import { expect, test } from "vitest";
import type { ReferralSoFar } from "../../api/types";
import { bundled, holds, missingIn, soonOf, statedIn } from "./referrals";

const REFERRAL: ReferralSoFar = {
  issuer: "ncmec", reference: "1", said: {}, persons: [], files: 0, classified: {}, lead: null, band: null, act_by: null, also_named: 0,
  handled: { assigned: null, band: null, same_as: null, referred: [], last: null },
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

test("what an officer works on together comes together, in whatever order, and two that name each other are not lost", () => {
  const mark = (to: string) => ({ to, reason: "the same uploads", officer: "isp. Rossi", at: "2026-03-01T20:00:00Z" });
  const to = (reference: string, other: string) => ({ ...REFERRAL, reference, handled: { ...REFERRAL.handled, same_as: mark(`ncmec/${other}`) } });
  const shown = (referrals: readonly ReferralSoFar[]) => bundled(referrals).map(({ why, referrals: all }) => [why, ...all.map(({ reference }) => reference)]);
  expect(shown([to("2", "1"), { ...REFERRAL, reference: "9" }, REFERRAL, to("3", "2")])).toEqual([["together", "2", "1", "3"], ["alone", "9"]]);
  expect(shown([to("2", "7")])).toEqual([["alone", "2"]]);
  expect(shown([to("1", "2"), to("2", "1")]).flat().filter((one) => /\d/.test(one)).toSorted()).toEqual(["1", "2"]);
});

test("how soon to act is what an officer says, else what the records say", () => {
  const said = { to: "low", reason: "an old file", officer: "isp. Rossi", at: "2026-03-01T20:00:00Z" };
  expect(soonOf({ ...REFERRAL, band: "high" })).toBe("high");
  expect(soonOf({ ...REFERRAL, band: "high", handled: { ...REFERRAL.handled, band: said } })).toBe("low");
});

test("masked words are found without being shown", () => {
  expect(holds({ ...REFERRAL, said: { text: "Lago" } }, "lago")).toBe(true);
  expect(holds({ ...REFERRAL, persons: [{ screen_name: "lago7" }] }, "LAGO")).toBe(true);
  expect(holds(REFERRAL, "lago")).toBe(false);
});
