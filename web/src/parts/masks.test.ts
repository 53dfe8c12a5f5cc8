import { expect, test } from "vitest";
import { type Mask, type MaskEvent, type MaskState, maskAfter, pieces, quotes, stretches } from "./masks";

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

test.each([
  ["asks for urgency: “a child may be at risk”", "asks for urgency: “[q]”"],
  ["chiede urgenza: «un minore a rischio», dice «altro ancora»", "chiede urgenza: «[q]», dice «[q]»"],
  ["condition “role” is not met", "condition “role” is not met"],
  ["an open “quote that never ends", "an open “quote that never ends"],
])("what is quoted in %s", (text, said) => expect(shown(text, quotes(text, "q"))).toBe(said));

test("every name is found, also one inside another", () => {
  const text = "accounts fotobox/lago.7 and lago.7 agree with those of Ada Ro";
  expect(shown(text, stretches(text, ["fotobox/lago.7", "lago.7", "Ada Ro", "nobody", ""], "n"))).toBe("accounts [n] and [n] agree with those of [n]");
});
