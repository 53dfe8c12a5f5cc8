import { expect, test } from "vitest";
import { secretOf } from "./links";

test.each([
  ["http://127.0.0.1:8787/?t=00ff", { t: "00ff" }],
  ["  http://127.0.0.1:8787/?t=00ff\n", { t: "00ff" }],
  ["http://127.0.0.1:8788/?t=00ff", "elsewhere"],
  ["http://example.org/?t=00ff", "elsewhere"],
  ["http://127.0.0.1:8787/", "used"],
  ["00ff", "used"],
  ["", "used"],
] as const)("%s", (said, secret) => expect(secretOf(said, "http://127.0.0.1:8787")).toEqual(secret));
