/** Second grading and the days of grading, on made-up answers: what the page asks for, what keys do, and what stops it. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Exposure, SecondGraded, SecondGrades } from "../src/api/types";
import { en } from "../src/words/en";
import { it } from "../src/words/it";
import { type Chromium, shot, start, violations } from "./open";
import { serve, type Site } from "./server";

const WORDS = { it, en };
const HASH = "ab".repeat(32);
const REST: Exposure["rest"] = { limit_minutes: 240, hours: "20:00-08:00", minutes_today: 12, lifted_until: null, stopped: null };
const DAY = { officer: "A. Demo", day: "2026-11-23", files: 3, minutes: 12, taken_back: 1, categories: [{ scheme: "made-up", category: "1", files: 3 }] };
const EXPOSURE: Exposure = {
  schema: "tutela.exposure/1", officer: "A. Demo", whose: "all", zone: "Europe/Rome", gap_minutes: 10, rule: "minutes are an estimate",
  days: [DAY, { ...DAY, officer: "B. Prova", minutes: 9 }], rest: REST,
};

let site: Site;
let chromium: Chromium;
let asked: string[] = [];
let sent: unknown[] = [];
let waits: string[] = [HASH];
beforeAll(async () => {
  [site, chromium] = await Promise.all([serve("dist"), start()]);
  site.answers["/api/v1/grades/second"] = (_, body) => {
    if (body === "") return { body: { schema: "tutela.second_grades/1", scheme: "made-up", files: waits.map((sha256) => ({ sha256, md5: null, sha1: null, size: 7 })) } satisfies SecondGrades };
    sent.push(JSON.parse(body));
    waits = [];
    return { body: { schema: "tutela.second_grade/1", graded: [{ sha256: HASH, md5: null, scheme: "made-up", category: "1", agreed: false }] } satisfies SecondGraded };
  };
});
beforeEach(() => {
  [asked, sent, waits] = [[], [], [HASH]];
  site.answers["/api/v1/grades/exposure"] = EXPOSURE;
});
afterAll(async () => {
  await chromium.close();
  await site.close();
});

for (const language of ["it", "en"] as const) {
  for (const scheme of ["light", "dark"] as const) {
    test(`a second grading asks for no first grade and for no list, in ${language}, ${scheme}`, async () => {
      const words = WORDS[language].grading;
      const { page, faults } = await chromium.open(site.url, { language, scheme });
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await page.goto(`${site.url}/grading?task=second`);
      await page.getByText(words.secondNote).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByLabel(words.scheme, { exact: true }).fill("made-up");
      await page.getByLabel(words.among, { exact: true }).fill("1, 2");
      await page.keyboard.press("Enter");
      await page.getByRole("article", { name: words.item }).waitFor();
      await page.getByLabel(words.reason, { exact: true }).fill("made-up reason");
      await page.getByRole("article", { name: words.item }).click();
      expect(await page.locator("main").innerText()).not.toContain(words.notListed);
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("1");
      await page.getByText(words.disagreed).waitFor();
      await page.getByText(words.noneSecond).waitFor();
      await shot(page, `grading-second-${language}-${scheme}`);
      expect(await violations(page)).toEqual([]);
      expect(sent).toEqual([{ hash: HASH, scheme: "made-up", category: "1", reason: "made-up reason" }]);
      expect(asked.filter((path) => path === "/api/v1/grades" || path.includes("known"))).toEqual([]);
      expect(faults).toEqual([]);
    });

    test(`the days are a table with their rule, and the own ones are saved, in ${language}, ${scheme}`, async () => {
      const words = WORDS[language].grading;
      const { page, faults } = await chromium.open(`${site.url}/grading?task=exposure`, { language, scheme });
      await page.getByRole("table").waitFor();
      expect(await page.getByRole("row").count()).toBe(3);
      await page.getByText("minutes are an estimate").waitFor();
      await shot(page, `grading-days-${language}-${scheme}`);
      expect(await violations(page)).toEqual([]);
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: words.takeCsv }).click()]);
      expect(download.suggestedFilename()).toBe("grading-days.csv");
      expect(faults).toEqual([]);
    });
  }
}

test("whoever the unit's rules stop has no file before them", async () => {
  site.answers["/api/v1/grades/exposure"] = { ...EXPOSURE, rest: { ...REST, stopped: "minutes" } };
  const { page, faults } = await chromium.open(`${site.url}/grading`);
  await page.getByRole("heading", { name: en.grading.stopped }).waitFor();
  expect(await page.getByRole("article").count()).toBe(0);
  await shot(page, "grading-stopped");
  expect(await violations(page)).toEqual([]);
  expect(faults).toEqual([]);
});
