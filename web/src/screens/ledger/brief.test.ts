import { expect, test } from "vitest";
import { brief } from "./brief";

test.each([
  [{ choice: "accept", finding: "F-1", reason: "seen" }, "F-1 · accept · seen"],
  [{ name: "a.csv", sha256: "00", size: 3 }, "a.csv"],
  [{ files: [1, 2] }, ""],
  [{ title: { not: "a text" } }, ""],
  [null, ""],
  ["text", ""],
])("%j", (body, said) => expect(brief(body)).toBe(said));
