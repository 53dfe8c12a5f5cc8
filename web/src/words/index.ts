import i18next, { type TFunction } from "i18next";
import { type Language, usePrefs } from "../prefs";
import { en } from "./en";
import { it } from "./it";

/** Nested words with the same keys, whatever they say. */
export type Words<T> = { readonly [K in keyof T]: T[K] extends string ? string : Words<T[K]> };

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "words";
    resources: { words: typeof en };
    returnNull: false;
  }
}

const WORDS = { en, it };

/** Makes i18next ready, which counts and fills in; nothing is loaded later. */
export function startWords(): void {
  void i18next.init({ lng: "en", defaultNS: "words", fallbackLng: false, interpolation: { escapeValue: false }, initAsync: false });
}

const fixed = new Map<Language, TFunction>();

/** The words of a language, which is made ready when it is first asked for. */
export function wordsIn(language: Language): TFunction {
  const before = fixed.get(language);
  if (before !== undefined) return before;
  i18next.addResourceBundle(language, "words", withMany(WORDS[language]));
  const words = i18next.getFixedT(language);
  fixed.set(language, words);
  return words;
}

/**
 * The words of the officer's language: `const t = useWords()`.
 * It subscribes to nothing of its own, because a grid calls it some hundred times for each place that it scrolls to.
 */
export function useWords(): TFunction {
  return wordsIn(usePrefs().language);
}

/**
 * Italian has a third plural, for a million and its multiples, whose words are those of other numbers here.
 * Without it a count of exactly 1,000,000 would show its key.
 */
function withMany<T extends object>(words: T): T {
  return Object.fromEntries(
    Object.entries(words).flatMap(([key, said]: [string, unknown]) => {
      const same = typeof said === "object" && said !== null ? withMany(said) : said;
      return key.endsWith("_other") ? [[key, same], [key.replace(/_other$/, "_many"), same]] : [[key, same]];
    }),
  ) as T;
}
