import type { ReadRow, Row } from "../../api/types";
import { type RecordOf, textOf } from "../../api/rows";
import type { Zone } from "../../prefs";
import { once } from "../../show/number";
import { widthMs } from "../../show/precision";

/** Something at an instant, or within a stretch of which the source says no more. */
export interface Mark {
  readonly id: string;
  readonly table: "connection" | "sighting";
  readonly at_ms: number;
  /** The end of the stretch in which it lies; null for a minute and finer. */
  readonly until_ms: number | null;
  readonly precision: string | null;
  /** An officer declared the zone: the record says none. */
  readonly declared: boolean;
  readonly said: string | null;
  /** `platform/account` or `network/peer`. */
  readonly of: string;
  readonly what: string;
  readonly address: string | null;
  readonly row: Row;
}

/** Who held an address from when to when, as an operator answered. */
export interface Held {
  readonly id: string;
  readonly line: string;
  readonly from_ms: number;
  readonly until_ms: number | null;
  readonly address: string | null;
  readonly row: Row;
}

/** A row that a finding's reading tells, as rows of tables are told. */
export function recordFrom({ cells, ...read }: Pick<ReadRow, "cells" | "file" | "place" | "row" | "source">): RecordOf {
  const pairs = cells as unknown as readonly (readonly [string, unknown])[];
  return { row: { ...read, cells: [] }, cells: Object.fromEntries(pairs) };
}

export function markOf(table: Mark["table"], record: RecordOf): Mark | null {
  const at_ms = new Date(textOf(record, "at") ?? "").getTime();
  if (Number.isNaN(at_ms)) return null;
  const precision = textOf(record, "at_precision");
  const wide = widthMs(precision);
  const [of, name, what] = table === "connection" ? ["platform", "account", "event"] : ["network", "peer", "observed"];
  return {
    id: `${table} ${record.row.row}`,
    table,
    at_ms,
    until_ms: wide === null ? null : at_ms + wide,
    precision,
    declared: textOf(record, "at_zone") === "declared",
    said: textOf(record, "at_said"),
    of: `${textOf(record, of ?? "") ?? ""}/${textOf(record, name ?? "") ?? ""}`,
    what: textOf(record, what ?? "") ?? "unknown",
    address: textOf(record, "address"),
    row: record.row,
  };
}

export function heldOf(record: RecordOf): Held | null {
  const from_ms = new Date(textOf(record, "from") ?? "").getTime();
  const until_ms = new Date(textOf(record, "until") ?? "").getTime();
  if (Number.isNaN(from_ms)) return null;
  return {
    id: record.row.row,
    line: `${textOf(record, "operator") ?? ""}/${textOf(record, "line") ?? ""}`,
    from_ms,
    until_ms: Number.isNaN(until_ms) ? null : until_ms,
    address: textOf(record, "address"),
    row: record.row,
  };
}

/** Each once, the earliest first. */
export function inOrder<T extends { readonly id: string }>(all: readonly T[], at: (one: T) => number): readonly T[] {
  return [...new Map(all.map((one) => [one.id, one])).values()].toSorted((a, b) => at(a) - at(b));
}

export interface DayHour {
  /** Days since 1970-01-01 of the calendar of the zone. */
  readonly day: number;
  /** Hours since its midnight, with minutes as a fraction. */
  readonly hour: number;
}

/** The day and the hour that a clock of the zone shows. */
export function dayHour(at_ms: number, zone: Zone): DayHour {
  if (zone === "UTC") return split(at_ms);
  const format = once("day and hour in Rome", () =>
    new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Rome", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
  );
  const parts = Object.fromEntries(format.formatToParts(at_ms).map(({ type, value }) => [type, Number(value)]));
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return split(Date.UTC(year, month - 1, day, hour, minute, second));
}

const DAY_MS = 86_400_000;
const split = (ms: number): DayHour => ({ day: Math.floor(ms / DAY_MS), hour: (ms - Math.floor(ms / DAY_MS) * DAY_MS) / 3_600_000 });

/** A stretch without a mark: the days from the last mark before it to the first one after it. */
export interface Gap {
  readonly from_ms: number;
  readonly until_ms: number;
}

/**
 * Stretches of at least so many days of 24 hours in which there is no mark, the longest first. Rows after `read_until_ms`
 * were not read: nothing after it is told to be without a mark.
 */
export function gapsOf(marks: readonly Mark[], least_days: number, read_until_ms: number | null = null): readonly Gap[] {
  const gaps: Gap[] = [];
  let last: number | null = null;
  for (const { at_ms, until_ms } of marks) {
    if (read_until_ms !== null && at_ms > read_until_ms) break;
    if (last !== null && at_ms - last >= least_days * DAY_MS) gaps.push({ from_ms: last, until_ms: at_ms });
    last = Math.max(last ?? 0, until_ms ?? at_ms);
  }
  return gaps.toSorted((a, b) => b.until_ms - b.from_ms - (a.until_ms - a.from_ms));
}

/** A day as addresses and date fields write it. */
export const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

export function dayFrom(text: string): number | null {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`).getTime() : Number.NaN;
  return Number.isNaN(ms) ? null : ms / DAY_MS;
}

/** The first days of months within a stretch of days, where there is room for their names. */
export function ticksOf(from: number, until: number): readonly number[] {
  const ticks: number[] = [];
  const first = new Date(from * DAY_MS);
  for (let i = 0; ticks.length < 400; i += 1) {
    const day = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + i, 1) / DAY_MS;
    if (day > until) break;
    if (day >= from) ticks.push(day);
  }
  return ticks;
}
