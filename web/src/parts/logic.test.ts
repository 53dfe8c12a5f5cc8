import { expect, test } from "vitest";
import { type PlaceOf, placeOf, spot } from "./places";
import { strengthWord } from "./strengths";

test.each([
  [0, "none"], [0.3, "none"], [Math.log10(2), "weak"], [0.99, "weak"], [1, "moderate"], [2, "moderately_strong"],
  [3, "strong"], [4, "very_strong"], [5.9, "very_strong"], [6, "extremely_strong"], [9, "extremely_strong"],
  // A strength for the other proposition has the same words.
  [-2.4, "moderately_strong"],
])("log10 %d is %s", (value, word) => expect(strengthWord(value)).toBe(word));

const file = "sha256:00";
test.each<[PlaceOf, string]>([
  [{ file, line: 212 }, ":212"],
  [{ file, byte: 40, len: 8 }, "@40+8"],
  [{ file, cell: "B7", sheet: "Logins" }, "!Logins:B7"],
  [{ file, cell: "B7" }, "!B7"],
  [{ file, pointer: "/a/b" }, "#/a/b"],
  [{ file, page: 3 }, ", p. 3"],
  [{ file, path: "x/y.db", byte: 9 }, "/x/y.db@9"],
  [placeOf({}, "00"), ""],
  [placeOf({ line: 7 }, "00"), ":7"],
  [placeOf({ file, cell: "B7", sheet: "Logins" }, "00"), "!Logins:B7"],
  [placeOf({ record: 3 }, "00"), ", r. 3"],
  [placeOf({ path: "x/y.db", byte: null }, "00"), "/x/y.db"],
])("%j is written", (place, said) => expect(spot(place)).toBe(said));
