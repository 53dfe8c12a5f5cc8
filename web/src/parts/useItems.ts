import { type RefObject, useRef } from "react";
import { useAction } from "../keys/Keys";

/**
 * A list whose items `j` and `k` move through. Each item has `data-item` and `tabIndex={-1}`; inside it, what Enter opens
 * has `data-open`, what `e` opens has `data-evidence`, and what another letter presses has that letter as `data-press`.
 */
export function useItems<T extends HTMLElement>(): RefObject<T | null> {
  const list = useRef<T>(null);
  const items = () => [...(list.current?.querySelectorAll<HTMLElement>("[data-item]") ?? [])].filter((item) => item.checkVisibility());
  const current = () => document.activeElement?.closest<HTMLElement>("[data-item]") ?? null;
  const move = (by: number) => () => {
    const all = items();
    if (all.length === 0) return false;
    const at = all.findIndex((item) => item === current());
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
    return undefined;
  };
  const press = (what: string) => () => {
    const item = current();
    const control = item && list.current?.contains(item) ? item.querySelector<HTMLElement>(what) : null;
    // Enter on a control inside is the control's own.
    if (!control || (what === "[data-open]" && document.activeElement !== item)) return false;
    control.click();
    return undefined;
  };
  useAction("down", move(1));
  useAction("up", move(-1));
  useAction("open", press("[data-open]"));
  useAction("handle", (key) => press(`[data-press="${key}"]`)());
  useAction("evidence", press("[data-evidence] button, button[data-evidence]"));
  return list;
}
