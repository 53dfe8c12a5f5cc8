import { useSyncExternalStore } from "react";

/** The four things that a newcomer does on a made-up operation. */
export const TRIES = ["why", "refute", "zone", "export"] as const;
export type Try = (typeof TRIES)[number];

/** Kept for the tab, so that a reload does not begin again. Which steps were done says nothing of a case. */
const KEPT_AS = "tutela.tried";
const listeners = new Set<() => void>();
/** When the tab was opened, which a reload is not: what the ledger has from then on was done in this session. */
export const OPENED_AT = openedAt();

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

function openedAt(): string {
  const before = sessionStorage.getItem("tutela.opened");
  const at = before ?? new Date(performance.timeOrigin).toISOString();
  if (before === null) sessionStorage.setItem("tutela.opened", at);
  return at;
}

const kept = () => sessionStorage.getItem(KEPT_AS) ?? "";

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
