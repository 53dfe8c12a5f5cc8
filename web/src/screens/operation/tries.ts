import { useSyncExternalStore } from "react";

/** The four things that a newcomer does on a made-up operation. */
export const TRIES = ["why", "refute", "zone", "export"] as const;
export type Try = (typeof TRIES)[number];

/** Kept for the tab, so that a reload does not begin again. Which steps were done says nothing of a case. */
const KEPT_AS = "tutela.tried";
const listeners = new Set<() => void>();
/** When the page was opened: what the ledger has from then on was done in this session. */
export const OPENED_AT = new Date(performance.timeOrigin).toISOString();

export function tried(step: Try): void {
  const before = kept();
  if (before.includes(step)) return;
  sessionStorage.setItem(KEPT_AS, `${before} ${step}`.trim());
  for (const listener of listeners) listener();
}

export function useTried(): ReadonlySet<Try> {
  const said = useSyncExternalStore(subscribe, kept);
  return new Set(TRIES.filter((step) => said.split(" ").includes(step)));
}

const kept = () => sessionStorage.getItem(KEPT_AS) ?? "";

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
