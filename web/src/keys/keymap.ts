import { SCREENS, type ScreenId } from "../screens/list";

/** Everything that a key can ask for. */
export type Action =
  | `go.${ScreenId}`
  | "search"
  | "down"
  | "up"
  | "open"
  | "select"
  | "evidence"
  | "undo"
  | "grade"
  | "skip"
  | "handle"
  | "help"
  | "blank";

export interface Binding {
  readonly action: Action;
  /** Each way to press it: one key, or keys one after another. */
  readonly presses: readonly (readonly string[])[];
  readonly group: "go" | "list" | "intake" | "grading" | "act" | "always";
  /** What the help shows for presses that differ in a digit only. */
  readonly shown?: string;
}

/** All keys of the program. The help overlay shows this list, and nothing else listens to letters. */
export const KEYMAP: readonly Binding[] = [
  ...SCREENS.map(
    ({ id, keys }): Binding => ({ action: `go.${id}`, presses: keys.map((key) => ["g", key]), group: "go" }),
  ),
  { action: "down", presses: [["j"]], group: "list" },
  { action: "up", presses: [["k"]], group: "list" },
  { action: "open", presses: [["Enter"]], group: "list" },
  { action: "select", presses: [["x"]], group: "list" },
  { action: "handle", presses: ["a", "m", "o", "r"].map((key) => [key]), group: "intake", shown: "a m o r" },
  { action: "grade", presses: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].map((key) => [key]), group: "grading", shown: "0–9" },
  { action: "skip", presses: [["s"]], group: "grading" },
  { action: "search", presses: [["/"]], group: "act" },
  { action: "evidence", presses: [["e"]], group: "act" },
  { action: "undo", presses: [["u"]], group: "act" },
  { action: "help", presses: [["?"]], group: "always" },
  { action: "blank", presses: [["Escape", "Escape"]], group: "always" },
];

/** Keys pressed so far of a sequence that is not complete, and when the last one was. */
export interface Pending {
  readonly keys: readonly string[];
  readonly at_ms: number;
}

export interface Press {
  /** `KeyboardEvent.key`. */
  readonly key: string;
  readonly at_ms: number;
  /** Ctrl, Alt or Meta is held: the key is the browser's. AltGr is not one of these, it only writes a character. */
  readonly modified: boolean;
  /** The key goes into a field, or a menu or dialogue is open that has its own keys. */
  readonly taken: boolean;
  readonly repeated: boolean;
}

export const NOTHING_PENDING: Pending = { keys: [], at_ms: 0 };

const SEQUENCE_MS = 1200;
/** Two presses further apart are two wishes to close something, not the wish for a blank screen. */
const ESCAPE_MS = 600;
const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead"]);

/**
 * What a press means after those before it.
 * `letters` is false where the officer has turned single keys off (WCAG 2.1.4); Escape twice stays.
 */
export function pressed(pending: Pending, press: Press, letters: boolean): { pending: Pending; action?: Action } {
  if (MODIFIERS.has(press.key)) return { pending };
  const escape = press.key === "Escape";
  if (press.modified || (!escape && (press.taken || !letters))) return { pending: NOTHING_PENDING };

  const patience = escape ? ESCAPE_MS : SEQUENCE_MS;
  const before = press.at_ms - pending.at_ms <= patience ? pending.keys : [];
  if (press.repeated && (escape || before.length > 0)) return { pending };

  for (const keys of [[...before, press.key], [press.key]]) {
    const action = KEYMAP.find(({ presses }) => presses.some((one) => same(one, keys)))?.action;
    if (action !== undefined) return { pending: NOTHING_PENDING, action };
    if (KEYMAP.some(({ presses }) => presses.some((one) => starts(one, keys)))) {
      return { pending: { keys, at_ms: press.at_ms } };
    }
  }
  return { pending: NOTHING_PENDING };
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && starts(a, b);
const starts = (whole: readonly string[], part: readonly string[]) => part.every((key, i) => whole[i] === key);
