import { useEffect, useReducer } from "react";
import { usePrefs } from "../prefs";
import { maskAfter, type MaskState } from "./masks";

export interface MaskOf {
  /** `presented` while the screen is shared: nothing can be revealed then. */
  readonly state: MaskState | "presented";
  reveal: () => void;
  hide: () => void;
}

/** A mask over something of the page. `onReveal` puts the look on record, and nothing is shown before it has. */
export function useMask(onReveal: () => Promise<void>): MaskOf {
  const { presentation } = usePrefs();
  const [state, tell] = useReducer(maskAfter, "masked");
  useEffect(() => {
    if (presentation) tell("present");
  }, [presentation]);
  const reveal = () => {
    tell("reveal");
    onReveal().then(() => tell("logged"), () => tell("not_logged"));
  };
  return { state: presentation ? "presented" : state, reveal, hide: () => tell("hide") };
}
