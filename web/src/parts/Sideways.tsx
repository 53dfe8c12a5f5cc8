import type { ReactNode } from "react";
import css from "./Sideways.module.css";

/** What is wider than its place: it scrolls by itself, and by keys too. */
export function Sideways({ label, children }: { label: string; children: ReactNode }) {
  return (
    // Whoever has no pointer scrolls what has the focus.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={css.sideways} role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
