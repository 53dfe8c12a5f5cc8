import { type ButtonHTMLAttributes, type ReactNode, useId, useRef, useState } from "react";
import css from "./Panel.module.css";

export interface PanelProps {
  /** What is on the button. */
  face: ReactNode;
  /** The button's own. */
  button: ButtonHTMLAttributes<HTMLButtonElement> & { readonly "data-state"?: string; readonly "data-used"?: boolean };
  className?: string | undefined;
  children: ReactNode;
}

/**
 * A button and the panel that it opens below itself. The browser puts it above everything, closes it by Esc and by a press
 * elsewhere, and gives the focus back (HTML Living Standard, section 6.12, "The popover attribute"). What is in it is drawn
 * when it is opened, and the focus goes to its first control.
 */
export function Panel({ face, button, className, children }: PanelProps) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" popoverTarget={id} aria-haspopup="dialog" {...button}>
        {face}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        className={`${css.panel} ${className ?? ""}`}
        onBeforeToggle={(event) => setOpen(event.newState === "open")}
        onToggle={(event) => {
          if (event.newState === "open") panel.current?.querySelector<HTMLElement>("input:not(:disabled), button, a")?.focus();
        }}
      >
        {open ? children : null}
      </div>
    </>
  );
}
