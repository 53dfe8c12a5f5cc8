import { expect, test } from "vitest";
import type { Stands } from "../api/types";
import { askedFor, besides, type PlaceOf, placeOf, placeRead, placeWritten } from "../parts/places";
import { startWords, wordsIn } from "../words";
import { citation, placeTold } from "./told";

startWords();
const t = wordsIn("en");
const file = `sha256:${"0".repeat(64)}`;

test.each<[Omit<PlaceOf, "file">, string]>([
  [{ line: 212 }, "line 212"],
  [{ line: 212, field: 3 }, "line 212, field 3"],
  [{ cell: "B7", sheet: "Logins" }, "sheet Logins, cell B7"],
  [{ pointer: "" }, "element /"],
  [{ path: "a/b.db", byte: 40, len: 8 }, "file a/b.db inside it, bytes 40 to 47"],
  [{ byte: 40, len: 1 }, "byte 40"],
  [{}, "the file as a whole"],
])("%j is told", (place, said) => expect(placeTold(t, { ...place, file })).toBe(said));

test.each<[Omit<PlaceOf, "file">, Omit<PlaceOf, "file"> | null, Omit<PlaceOf, "file"> | null]>([
  [{ line: 1, field: 3 }, { line: 2 }, null],
  [{ record: 4 }, { record: 5 }, { record: 3 }],
  [{ cell: "H99", sheet: "S" }, { cell: "H100", sheet: "S" }, { cell: "H98", sheet: "S" }],
  [{ pointer: "/logins/0" }, { pointer: "/logins/1" }, null],
  [{ pointer: "/a[1]/b[2]" }, { pointer: "/a[1]/b[3]" }, { pointer: "/a[1]/b[1]" }],
  [{ pointer: "/name" }, null, null],
  [{ byte: 16, len: 16 }, { byte: 32, len: 16 }, { byte: 0, len: 16 }],
  [{ path: "x", line: 2 }, { path: "x", line: 3 }, { path: "x", line: 1 }],
  [{}, null, null],
])("beside %j in the file", (place, after, before) => {
  const whole = (one: Omit<PlaceOf, "file"> | null) => one && { ...one, file };
  expect(besides({ ...place, file }, 1)).toEqual(whole(after));
  expect(besides({ ...place, file }, -1)).toEqual(whole(before));
});

test.each<Omit<PlaceOf, "file">>([{ line: 2, field: 7 }, { pointer: "/a b/<i>&=" }, { path: "ü/x", record: 1 }, { cell: "A1", sheet: "Foglio 1" }])("%j comes back from the address", (place) =>
  expect(placeRead(placeWritten({ ...place, file }))).toEqual({ ...place, file }),
);

test("an address that nobody wrote on purpose opens nothing", () => {
  expect(placeRead("file=../../etc/passwd&line=1")).toBeNull();
  expect(placeRead(`file=${file}&line=-1&byte=x`)).toEqual({ file });
});

test("the server is asked for what a row tells, and for the beginning of a file as a whole", () => {
  expect(askedFor(placeOf({ path: "x", line: 7, field: 2, byte: null }, "00"))).toEqual({ path: "x", line: 7, field: 2 });
  expect(askedFor(placeOf({ pointer: "" }, "00"))).toEqual({ pointer: "" });
  expect(askedFor(placeOf({}, "00"))).toEqual({ byte: 0, len: 0 });
});

test("a citation names file, digest, place, bytes and receipt", () => {
  const stands: Stands = {
    schema: "tutela.place/1", place: "line:2", inside: [], notes: [],
    file: { name: "a.csv", sha256: "00", size: 9, received_at: "2026-02-04T07:58:10Z", receipt: 12, compared: { now: false, words: "" } },
    view: { kind: "text", byte: 10, len: 5, lines: [] },
  };
  expect(citation(t, { file, line: 2 }, stands)).toBe("a.csv, SHA-256 00, line 2, bytes 10 to 14, received 2026-02-04T07:58:10Z, entry 12 of the ledger");
});
