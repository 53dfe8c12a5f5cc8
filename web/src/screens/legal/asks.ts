import type { Holder, ToAsk } from "../../api/types";
import { shellWord } from "../../parts/commands";

/** The nearest end of what a holder keeps that has not passed; null where none is known or all have. */
export function nearestEnd(steps: readonly Pick<ToAsk, "by" | "past">[]): string | null {
  const ends = steps.flatMap(({ by, past }) => (by && !past ? [by] : []));
  return ends.toSorted()[0] ?? null;
}

/** Holders by the nearest end of what they keep; those of whom no end is known, or all have passed, come last. */
export function byNearestEnd(holders: readonly Holder[]): readonly Holder[] {
  const key = (holder: Holder) => nearestEnd(holder.steps) ?? "9999";
  return holders.toSorted((a, b) => key(a).localeCompare(key(b)) || a.of.localeCompare(b.of));
}

/** What an answer would tell, in words: each bit halves what is still open. */
export const GAINS = [
  { word: "little", from: 0 },
  { word: "some", from: 0.1 },
  { word: "half", from: 0.75 },
  { word: "most", from: 1.5 },
  { word: "nearly", from: 4 },
] as const;

export type GainWord = (typeof GAINS)[number]["word"];

export const gainWord = (bits: number): GainWord => GAINS.findLast(({ from }) => bits >= from)?.word ?? "little";

/** The command that writes the request to a holder about these leads. */
export function askCommand(of: string, leads: readonly string[]): string {
  return ["tutela ask", ...leads.map(shellWord), "--of", shellWord(of), "-o DIR"].join(" ");
}

/** A question as it went out, split into what is shown and what a second officer writes from the record. */
export interface Blind {
  readonly addressShown: string;
  readonly addressLast: string;
  readonly hour: string;
  readonly day: string;
  readonly rest: string;
}

/** The last group of the address and the hour in UTC are taken out; null where the question has no full instant or address. */
export function blinded(address: string, at: string): Blind | null {
  const groups = /^(.*[.:])([^.:]+)$/.exec(address);
  const time = /^(\d{4}-\d\d-\d\d)T(\d\d)(:\d\d:\d\d)/.exec(at);
  if (groups === null || time === null) return null;
  const [, addressShown = "", addressLast = ""] = groups;
  const [, day = "", hour = "", rest = ""] = time;
  return { addressShown, addressLast, hour, day, rest };
}

/** Whether what the second officer wrote is what was asked. Leading zeros make no other number. */
export function matches(blind: Blind, last: string, hour: string): boolean {
  const same = (a: string, b: string) => a.trim().toLowerCase().replace(/^0+(?=.)/, "") === b.toLowerCase().replace(/^0+(?=.)/, "");
  return same(last, blind.addressLast) && same(hour, blind.hour);
}
