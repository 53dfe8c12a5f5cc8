import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startWords, wordsIn } from ".";
import { en } from "./en";
import { it } from "./it";

/** Words that are right in both languages. */
const SAME_IN_BOTH = new Set(["entity.kind.account", "entity.kind.peer", "tables.no", "report.file", "signIn.passphrase", "account.title"]);

const flat = (words: object, before = ""): [string, string][] =>
  Object.entries(words).flatMap(([key, said]: [string, unknown]) =>
    typeof said === "string" ? [[`${before}${key}`, said] as [string, string]] : flat(said as object, `${before}${key}.`),
  );

const english = flat(en);
const italian = new Map(flat(it));
const holes = (said: string) => (said.match(/\{\{[^}]*\}\}/g) ?? []).toSorted();

test("both languages have the same keys", () => {
  expect([...italian.keys()].toSorted()).toEqual(english.map(([key]) => key).toSorted());
});

test.each(english)("%s is said in both languages with the same values", (key, said) => {
  const other = italian.get(key) ?? "";
  expect(other.trim()).not.toBe("");
  expect(holes(other)).toEqual(holes(said));
  if (!SAME_IN_BOTH.has(key)) expect(other, "identical in both languages").not.toBe(said);
});

test("what is allowed to be the same is the same", () => {
  for (const key of SAME_IN_BOTH) expect(italian.get(key)).toBe(english.find(([one]) => one === key)?.[1]);
});

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|^words\/(en|it)\.ts$/.test(path))
  .map((path) => readFileSync(`src/${path}`, "utf8"))
  .join("\n");

test("every word is used", () => {
  // A key is written whole, or as a template whose holes are single parts of it.
  const written = [...sources.matchAll(/(["'`])([a-z]\w*(?:\.(?:\w|\$\{[^}]*\})+)+)\1/g)].map(([, , key]) => key ?? "");
  const patterns = [...new Set(written)].map((key) => new RegExp(`^${key.replaceAll(".", "\\.").replaceAll(/\$\{[^}]*\}/g, "[^.]+")}$`));
  const unused = english.map(([key]) => key).filter((key) => !patterns.some((one) => one.test(key.replace(/_(one|other)$/, ""))));
  expect(unused).toEqual([]);
});

test("every plural of either language has its words", () => {
  startWords();
  for (const language of ["it", "en"] as const) {
    const t = wordsIn(language);
    for (const [key] of english.filter(([one]) => one.endsWith("_other"))) {
      for (const count of [0, 1, 2, 1_000_000]) {
        const base = key.replace(/_other$/, "");
        expect(t(base as "grid.rows", { count, said: String(count) }), `${language} ${base} ${count}`).not.toBe(base);
      }
    }
  }
});
