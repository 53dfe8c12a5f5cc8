import { expect, test } from "vitest";
import { type Mask, type MaskEvent, type MaskState, maskAfter, pieces } from "./masks";

const shown = (text: string, masks: readonly Mask[]) =>
  pieces(text, masks).map((piece) => (piece.label === null ? piece.text : `[${piece.label}]`)).join("");

test.each<[string, Mask[], string]>([
  ["one two three", [], "one two three"],
  ["one two three", [{ from: 4, until: 7, label: "a" }], "one [a] three"],
  ["one two three", [{ from: 8, until: 99, label: "b" }, { from: -3, until: 3, label: "a" }], "[a] two [b]"],
  ["one two three", [{ from: 0, until: 6, label: "a" }, { from: 4, until: 7, label: "b" }], "[a] three"],
  ["one two three", [{ from: 5, until: 5, label: "a" }, { from: 9, until: 2, label: "b" }], "one two three"],
  ["", [{ from: 0, until: 4, label: "a" }], ""],
])("%s", (text, masks, said) => {
  expect(shown(text, masks)).toBe(said);
  expect(pieces(text, masks).map((piece) => piece.text).join("")).toBe(text);
});

test.each<[MaskEvent[], MaskState]>([
  [["reveal"], "asking"],
  [["reveal", "logged"], "shown"],
  [["reveal", "not_logged"], "refused"],
  [["reveal", "not_logged", "reveal", "logged"], "shown"],
  [["reveal", "logged", "hide"], "masked"],
  [["reveal", "present", "logged"], "masked"],
  [["logged"], "masked"],
])("after %j", (events, state) => expect(events.reduce(maskAfter, "masked" as MaskState)).toBe(state));
