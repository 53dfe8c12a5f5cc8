import { useEffect, useSyncExternalStore } from "react";
import css from "./Blank.module.css";
import { useWords } from "../words";

/** Kept for the tab, so that reloading a blank screen gives a blank screen. */
const KEPT_AS = "tutela.blank";
const listeners = new Set<() => void>();
let back = "/";

/** Blanks the screen at once: page, address and title say nothing any more. */
export function blank(): void {
  if (blanked()) return;
  back = location.pathname + location.search;
  sessionStorage.setItem(KEPT_AS, "1");
  history.replaceState(null, "", "/");
  tell();
}

function resume(): void {
  sessionStorage.removeItem(KEPT_AS);
  history.replaceState(null, "", back);
  back = "/";
  tell();
}

export const useBlanked = (): boolean => useSyncExternalStore(subscribe, blanked);

/**
 * A neutral page in place of everything: nothing of the program is rendered beside it, so nothing is left for a screen
 * reader, a search or a print. The way back is a button that has not the focus, because a key may be pressed by chance.
 */
export function Blank() {
  const t = useWords();
  useEffect(() => {
    const before = document.title;
    document.title = "–";
    return () => {
      document.title = before;
    };
  }, []);
  return (
    <main className={css.blank}>
      <button type="button" className={css.back} onClick={resume}>
        {t("shell.blankResume")}
      </button>
    </main>
  );
}

const blanked = () => sessionStorage.getItem(KEPT_AS) === "1";

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
