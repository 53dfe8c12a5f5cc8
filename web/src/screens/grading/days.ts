import type { Exposure, ExposureDay } from "../../api/types";

/** The latest day first; officers of a day in the order of their names, which ranks nobody. */
export function inOrder(days: readonly ExposureDay[]): readonly ExposureDay[] {
  return days.toSorted((one, other) => other.day.localeCompare(one.day, "en") || one.officer.localeCompare(other.officer, "en"));
}

/** An officer's own record: what they take with them has nobody else's days. */
export const ownOf = ({ days, officer }: Exposure): readonly ExposureDay[] => inOrder(days.filter((day) => day.officer === officer));

/** The own record as one JSON document. */
export function asJson(exposure: Exposure): string {
  const { schema, officer, zone, gap_minutes, rule } = exposure;
  return `${JSON.stringify({ schema, officer, whose: "own", zone, gap_minutes, rule, days: ownOf(exposure) }, null, 2)}\n`;
}

/** The own record as CSV: a line for each category of each day, whose files, minutes and withdrawals it repeats. */
export function asCsv(exposure: Exposure): string {
  const head = ["day", "zone", "officer", "files_of_day", "minutes_of_day", "taken_back_of_day", "scheme", "category", "files"];
  const rows = ownOf(exposure).flatMap(({ day, officer, files, minutes, taken_back, categories }) => {
    const of_day = [day, exposure.zone, officer, files, minutes, taken_back];
    return categories.length === 0 ? [[...of_day, "", "", 0]] : categories.map((one) => [...of_day, one.scheme, one.category, one.files]);
  });
  return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** A cell. What a spreadsheet would run as a formula gets an apostrophe before it. */
function cell(value: string | number): string {
  const said = String(value);
  const text = /^\s*[=+\-@]/.test(said) ? `'${said}` : said;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
