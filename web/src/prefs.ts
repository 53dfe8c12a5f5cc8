import { createContext, useContext, useSyncExternalStore } from "react";

export type Language = "it" | "en";
export type Zone = "UTC" | "Europe/Rome";

/** What an officer chose about the look of the program. Nothing of a case is kept in the browser. */
export interface Prefs {
  readonly language: Language;
  /** The zone in which times are shown first. */
  readonly zone: Zone;
  /** Names, hashes and texts stay hidden, with no way to reveal them: the screen is being shared. */
  readonly presentation: boolean;
  /** Whether single letters act. WCAG 2.1.4 asks for a way to turn them off. */
  readonly letters: boolean;
}

const KEPT_AS = "tutela.prefs";
const listeners = new Set<() => void>();
let prefs: Prefs = kept();

export function setPrefs(change: Partial<Prefs>): void {
  prefs = { ...prefs, ...change };
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(prefs));
  } catch {
    // A browser that keeps nothing forgets the choice on the next start, and that is all.
  }
  for (const listener of listeners) listener();
}

export const currentPrefs = (): Prefs => prefs;

/** Given once, around everything: a hundred cells that read it cost no hundred subscriptions. */
export const PrefsContext = createContext<Prefs>(prefs);

export const usePrefs = (): Prefs => useContext(PrefsContext);

/** For the one that provides the context. */
export function useStoredPrefs(): Prefs {
  return useSyncExternalStore(subscribe, currentPrefs);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function kept(): Prefs {
  const first: Prefs = {
    language: globalThis.navigator?.language.startsWith("it") ? "it" : "en",
    zone: "Europe/Rome",
    presentation: false,
    letters: true,
  };
  try {
    const said: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? "{}");
    return typeof said === "object" && said !== null ? { ...first, ...known(said as Record<string, unknown>) } : first;
  } catch {
    return first;
  }
}

/** What was kept, without anything that this version does not know. */
function known(said: Record<string, unknown>): Partial<Prefs> {
  const { language, zone, presentation, letters } = said;
  return {
    ...(language === "it" || language === "en" ? { language } : {}),
    ...(zone === "UTC" || zone === "Europe/Rome" ? { zone } : {}),
    ...(typeof presentation === "boolean" ? { presentation } : {}),
    ...(typeof letters === "boolean" ? { letters } : {}),
  };
}
