import type { Language } from "../prefs";

export const LOCALE: Record<Language, string> = { it: "it-IT", en: "en-GB" };

const made = new Map<string, unknown>();

/** A formatter is slow to make and quick to use: each is made once. `T` follows from `make`. */
export function once<T>(key: string, make: () => T): T {
  const before = made.get(key) as T | undefined;
  if (before !== undefined) return before;
  const now = make();
  made.set(key, now);
  return now;
}

function number(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return once(`number ${language} ${JSON.stringify(options)}`, () => new Intl.NumberFormat(LOCALE[language], options));
}

/** A whole number with separators from four digits on, in both languages, so that columns line up. */
export function whole(value: number, language: Language): string {
  return number(language, { maximumFractionDigits: 0, useGrouping: "always" }).format(value);
}

/** A log10 of a likelihood ratio: always with a sign, one digit after the point. */
export function log10(value: number, language: Language): string {
  // A real minus and no "-0.0": the sign is what is read first.
  const rounded = Math.round(value * 10) / 10;
  return number(language, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: "exceptZero",
  })
    .format(rounded)
    .replace("-", "−");
}

export function share(value: number, language: Language): string {
  return number(language, { style: "percent", maximumFractionDigits: 1 }).format(value);
}

/** A size in decimal units, as disks are sold and most tools print them. */
export function bytes(value: number, language: Language): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return number(language, {
    style: "unit",
    unit: units[step] ?? "byte",
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(value / 1000 ** step);
}

/** The first characters of a digest, enough to tell it from others by eye. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}
