import { expect, test } from "vitest";
import { type Action, KEYMAP, NOTHING_PENDING, type Press, pressed } from "./keymap";

/** The actions that a row of keys gives, each 100 ms after the one before. */
function typed(keys: readonly string[], change: Partial<Press> = {}, letters = true, apart_ms = 100): Action[] {
  let pending = NOTHING_PENDING;
  return keys.flatMap((key, i) => {
    const press = { key, at_ms: 1_000 + i * apart_ms, modified: false, taken: false, repeated: false, ...change };
    const step = pressed(pending, press, letters);
    pending = step.pending;
    return step.action ?? [];
  });
}

test("no two actions share keys, and none is the beginning of another", () => {
  const all = KEYMAP.flatMap(({ presses }) => presses.map((keys) => `${keys.join(" ")} `));
  for (const [i, one] of all.entries()) {
    expect(all.filter((other, j) => i !== j && other.startsWith(one)), one).toEqual([]);
  }
});

test.each<[string[], Action[]]>([
  [["g", "i"], ["go.intake"]],
  [["g", "g"], ["go.graph"]],
  [["g", "€"], ["go.payments"]],
  [["g", "AltGraph", "€"], ["go.payments"]],
  [["g", "y"], ["go.payments"]],
  [["j", "j", "k"], ["down", "down", "up"]],
  [["x"], ["select"]],
  [["g", "x"], ["go.exchange"]],
  // A letter that no screen has ends the sequence and then counts for itself.
  [["g", "j"], ["down"]],
  [["g", "q"], []],
  [["Shift", "?"], ["help"]],
  [["Escape", "Escape"], ["blank"]],
  [["Escape", "j", "Escape"], ["down"]],
])("keys %j", (keys, actions) => expect(typed(keys)).toEqual(actions));

test("a key with Ctrl, Alt or Meta is the browser's", () => {
  expect(KEYMAP.flatMap(({ presses }) => presses.flatMap((keys) => typed(keys, { modified: true })))).toEqual([]);
});

test("in a field only Escape twice is heard", () => {
  expect(KEYMAP.flatMap(({ presses }) => presses.flatMap((keys) => typed(keys, { taken: true })))).toEqual(["blank"]);
});

test("with single keys turned off only Escape twice is heard", () => {
  expect(KEYMAP.flatMap(({ presses }) => presses.flatMap((keys) => typed(keys, {}, false)))).toEqual(["blank"]);
});

test("a held Escape is one press, and two slow ones are not a pair", () => {
  expect(typed(["Escape", "Escape"], { repeated: true })).toEqual([]);
  expect(typed(["Escape", "Escape"], {}, true, 700)).toEqual([]);
});
