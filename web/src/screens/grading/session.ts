import { useSyncExternalStore } from "react";

/** What an officer does at one sitting. It is in memory alone: who reloads the page begins anew. */
export interface Sitting {
  readonly scheme: string;
  /** The word for each key; an empty one takes no grade. */
  readonly categories: readonly string[];
  readonly reason: string;
  /** How many files are enough; null where nobody has said. */
  readonly enough: number | null;
  /** What was graded, the latest last. */
  readonly graded: readonly { readonly hash: string; readonly scheme: string; readonly category: string; readonly copies: number }[];
  /** What was graded as the second officer. It is not taken back here: that would take the first officer's grade with it. */
  readonly again: readonly string[];
  readonly skipped: ReadonlySet<string>;
  /** Time with files before one since the last pause, and since the sitting began. */
  readonly since_pause_ms: number;
  readonly worked_ms: number;
  /** When the pause that goes on began; null while there is none. */
  readonly pause_at_ms: number | null;
  readonly ended: boolean;
}

export const KEYS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
/** After so long a pause is proposed, of so long. */
export const WORK_MS = 50 * 60_000;
export const PAUSE_MS = 10 * 60_000;
/** A tick that comes later than this was slept through: nobody was at work. */
const SLEPT_MS = 10_000;

export const BEGINNING: Sitting = {
  scheme: "",
  categories: ["0", "1", "2", "3", "4", "5", "", "", "", ""],
  reason: "",
  enough: null,
  graded: [],
  again: [],
  skipped: new Set(),
  since_pause_ms: 0,
  worked_ms: 0,
  pause_at_ms: null,
  ended: false,
};

/** The sitting after `length_ms` at work. */
export function worked(sitting: Sitting, length_ms: number, now_ms: number): Sitting {
  if (sitting.pause_at_ms !== null || sitting.ended || length_ms <= 0 || length_ms > SLEPT_MS) return sitting;
  const since_pause_ms = sitting.since_pause_ms + length_ms;
  return { ...sitting, since_pause_ms, worked_ms: sitting.worked_ms + length_ms, pause_at_ms: since_pause_ms >= WORK_MS ? now_ms : null };
}

/** The sitting after a pause, or after an officer went on before its end. */
export const resumed = (sitting: Sitting): Sitting => ({ ...sitting, pause_at_ms: null, since_pause_ms: 0 });

let sitting = BEGINNING;
const listeners = new Set<() => void>();

export function change(next: (now: Sitting) => Sitting): void {
  const after = next(sitting);
  if (after === sitting) return;
  sitting = after;
  for (const listener of listeners) listener();
}

export function useSitting(): Sitting {
  return useSyncExternalStore(subscribe, () => sitting);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
