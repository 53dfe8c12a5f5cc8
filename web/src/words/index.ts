import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { currentPrefs, subscribe } from "../prefs";
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

/** Starts both languages and follows the officer's choice. */
export function startWords(): i18n {
  void i18next.use(initReactI18next).init({
    lng: currentPrefs().language,
    resources: { en: { words: withMany(en) }, it: { words: withMany(it) } },
    defaultNS: "words",
    fallbackLng: false,
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  subscribe(() => {
    const { language } = currentPrefs();
    if (i18next.language !== language) void i18next.changeLanguage(language);
  });
  return i18next;
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
