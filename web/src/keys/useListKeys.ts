import type { RefObject } from "react";
import { useAction } from "./Keys";

/** `j` and `k` move between the elements of a list that bear `data-item`; Enter then is the element's own. */
export function useListKeys(list: RefObject<HTMLElement | null>): void {
  const move = (by: 1 | -1) => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>("[data-item]") ?? [])];
    if (items.length === 0) return false;
    const at = items.findIndex((item) => item === document.activeElement || item.parentElement?.contains(document.activeElement) === true);
    const next = items[at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + by))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return;
  };
  useAction("down", () => move(1));
  useAction("up", () => move(-1));
}
