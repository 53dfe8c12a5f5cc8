import type { Language, Zone } from "../prefs";
import { LOCALE, once } from "./number";

/** How fine a time is. A source that wrote a day is not shown as if it had written a midnight. */
export type Fineness = "year" | "month" | "day" | "minute" | "second";

/** An instant in a zone, which is always named: "23 Nov 2026, 09:37:10 CET". */
export function instant(at: string, zone: Zone, language: Language, fine: Fineness = "second"): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return at;
  const parts = {
    year: { year: "numeric" },
    month: { year: "numeric", month: "short" },
    day: { year: "numeric", month: "short", day: "2-digit" },
  } as const;
  if (fine === "year" || fine === "month" || fine === "day") {
    // A day has no instant that could be moved to another zone.
    return date(language, { ...parts[fine], timeZone: "UTC" }).format(time);
  }
  return date(language, {
    ...parts.day,
    hour: "2-digit",
    minute: "2-digit",
    ...(fine === "second" ? { second: "2-digit" } : {}),
    hourCycle: "h23",
    timeZone: zone,
    timeZoneName: "short",
  }).format(time);
}

/** From when to when: a time that is uncertain, or an interval. */
export function range(from: string, until: string, zone: Zone, language: Language, fine: Fineness = "second"): string {
  return `${instant(from, zone, language, fine)} – ${instant(until, zone, language, fine)}`;
}

/** Hours and minutes with the zone, for the clocks of the header. */
export function clock(at: Date, zone: Zone, language: Language): { time: string; zone: string } {
  const parts = date(language, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
    timeZoneName: "short",
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return { time: `${part("hour")}:${part("minute")}`, zone: part("timeZoneName") };
}

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** From so many days on hours decide nothing, and make the number longer. */
const DAYS_ALONE = 10;

/** A length of time in its two largest units: "2 days, 4 hr"; a long one in days alone. Less than a second is nothing. */
export function duration(length_ms: number, language: Language): string {
  let left = Math.abs(length_ms);
  const first = UNITS.findIndex(([, ms]) => left >= ms);
  if (first < 0) return unit(0, "second", language);
  const units = left >= DAYS_ALONE * UNITS[0][1] ? 1 : 2;
  const parts = UNITS.slice(first, first + units).flatMap(([name, ms]) => {
    const count = Math.floor(left / ms);
    left -= count * ms;
    return count > 0 ? unit(count, name, language) : [];
  });
  return once(`list ${language}`, () => new Intl.ListFormat(LOCALE[language], { type: "unit", style: "short" })).format(parts);
}

function unit(count: number, name: string, language: Language): string {
  return once(`unit ${name} ${language}`, () => new Intl.NumberFormat(LOCALE[language], { style: "unit", unit: name, unitDisplay: "short" })).format(count);
}

function date(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once(`date ${language} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(LOCALE[language], options));
}
