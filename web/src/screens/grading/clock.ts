import { useEffect } from "react";
import { change, worked } from "./session";

const TICK_MS = 1_000;

/** Time counts while there is a file before somebody, on a page that is looked at. */
export function useClock(before: boolean): void {
  useEffect(() => {
    if (!before) return;
    let last = Date.now();
    const timer = setInterval(() => {
      const now = Date.now();
      const length = now - last;
      last = now;
      if (document.visibilityState === "visible") change((one) => worked(one, length, now));
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [before]);
}
