import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from "react";
import { usePrefs } from "../prefs";
import { type Action, NOTHING_PENDING, pressed } from "./keymap";

/** Does what a key asks for; gives false to leave it to whoever listened before. */
export type Handler = (key: string) => void | false;

interface Listeners {
  add: (action: Action, handler: Handler) => () => void;
}

const KeysContext = createContext<Listeners | null>(null);

/** Listens to the keyboard once, for everything inside. */
export function Keys({ children }: { children: ReactNode }) {
  const handlers = useRef(new Map<Action, Handler[]>());
  const { letters } = usePrefs();

  useEffect(() => {
    let pending = NOTHING_PENDING;
    const listen = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented) return;
      const altGr = event.getModifierState("AltGraph");
      const step = pressed(
        pending,
        {
          key: event.key,
          at_ms: event.timeStamp,
          modified: event.metaKey || (!altGr && (event.ctrlKey || event.altKey)),
          taken: takesKeys(event.target) || (event.key === "Enter" && isControl(event.target)),
          repeated: event.repeat,
        },
        letters,
      );
      pending = step.pending;
      if (step.action === undefined) return;
      // The last one to listen is the innermost: a grid inside a page inside the shell.
      const listening = handlers.current.get(step.action) ?? [];
      if (listening.toReversed().some((handler) => handler(event.key) !== false)) event.preventDefault();
    };
    // Listening while the event goes down: a menu or dialogue that stops the event cannot keep Escape from the blank screen.
    window.addEventListener("keydown", listen, { capture: true });
    return () => window.removeEventListener("keydown", listen, { capture: true });
  }, [letters]);

  const listeners = useMemo<Listeners>(
    () => ({
      add(action, handler) {
        const now = handlers.current;
        now.set(action, [...(now.get(action) ?? []), handler]);
        return () => now.set(action, (now.get(action) ?? []).filter((other) => other !== handler));
      },
    }),
    [],
  );
  return <KeysContext value={listeners}>{children}</KeysContext>;
}

/** Calls `handler` when a key asks for `action`, as long as the component is on the page. */
export function useAction(action: Action, handler: Handler): void {
  const listeners = useContext(KeysContext);
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => listeners?.add(action, (key) => latest.current(key)), [listeners, action]);
}

const TYPED_INTO =
  'textarea, select, [contenteditable="true"], input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"], [type="range"])';

function takesKeys(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(`${TYPED_INTO}, [role="menu"], [role="listbox"], dialog`) !== null;
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("a, button, input, summary, [role='button']") !== null;
}
