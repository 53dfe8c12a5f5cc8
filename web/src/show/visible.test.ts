import { expect, test } from "vitest";
import { visible } from "./visible";

test.each([
  ["drift_77", "drift_77"],
  ["a\u202Egnp.exe", "a[U+202E]gnp.exe"],
  ["\u2066x\u2069\u200Fy\uFEFF", "[U+2066]x[U+2069][U+200F]y[U+FEFF]"],
  ["one\ttwo\nthree\u0000", "one\ttwo\nthree[U+0000]"],
  // Joiners write Persian and emoji: they move nothing.
  ["می\u200Cخواهم", "می\u200Cخواهم"],
])("%j is shown as %j", (text, shown) => {
  expect(visible(text)).toBe(shown);
});
