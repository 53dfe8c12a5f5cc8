/** The viewer of places, on made-up documents: every form in both languages and themes, masks, keys, and what is not shown. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { en } from "../src/words/en";
import { it } from "../src/words/it";
import { HOSTILE, placeAt, ROWS, TABLES } from "./madeUp";
import { type Chromium, shot, start, violations } from "./open";
import { serve, type Site } from "./server";

let site: Site;
let chromium: Chromium;
let looks: string[] = [];
beforeAll(async () => {
  [site, chromium] = await Promise.all([serve("dist"), start()]);
  Object.assign(site.answers, { "/api/v1/tables": TABLES, "/api/v1/tables/connection/rows": ROWS });
  site.answers[`/api/v1/sources/${"ab".repeat(32)}/place`] = (asked: URL) => {
    looks.push(asked.search);
    if (asked.searchParams.get("line") === "9") return { status: 410, body: { schema: "tutela.error/1", error: { code: "erased", what: "this file was erased by law", hint: null, id: "E-9" } } };
    return { body: placeAt(asked) };
  };
});
afterAll(async () => {
  await chromium.close();
  await site.close();
});

const WORDS = { it, en };
const said = (words: string, label: string) => words.replace("{{label}}", label);

for (const language of ["it", "en"] as const) {
  for (const scheme of ["light", "dark"] as const) {
    test(`every form of a place in ${language}, ${scheme}`, async () => {
      const words = WORDS[language];
      const { page, faults } = await chromium.open(`${site.url}/tables/connection`, { language, scheme });
      await page.locator("[data-row='7'] button").first().waitFor();
      const forms = ["line", "field", "cells", "pointer", "record", "hex", "page", "media"];
      for (const [n, form] of forms.entries()) {
        await page.locator(`[data-row='${n}'] button`).first().click();
        const window = page.getByRole("dialog", { name: words.viewer.title });
        await window.getByText("SHA-256").waitFor();
        if (n < 6) {
          expect(await violations(page), form).toEqual([]);
          expect(await page.content(), form).not.toContain("onerror");
          for (const label of [words.viewer.marked, words.viewer.around]) {
            await window.getByRole("button", { name: said(words.masked.reveal, label) }).click();
            await window.getByRole("button", { name: said(words.masked.hide, label) }).waitFor();
          }
        }
        expect(await page.locator("img[src='x']").count(), form).toBe(0);
        await shot(page, `viewer-${form}-${language}-${scheme}`);
        expect(await violations(page), form).toEqual([]);
        // Two presses of Escape soon after each other would blank the screen.
        await window.getByRole("button", { name: words.viewer.close }).click();
        await window.waitFor({ state: "detached" });
      }
      expect(faults).toEqual([]);
    }, 120_000);
  }
}

test("with keys alone: open, reveal, go on, close, and be where one was", async () => {
  const { page, faults } = await chromium.open(`${site.url}/tables/connection`);
  await page.locator("[data-row='7'] button").first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowRight");
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  const before = await focused();
  await page.keyboard.press("Enter");
  const window = page.getByRole("dialog", { name: en.viewer.title });
  await window.waitFor();
  const reveal = window.getByRole("button", { name: said(en.masked.reveal, en.viewer.marked) });
  await reveal.waitFor();
  await expect.poll(focused).toBe(said(en.masked.reveal, en.viewer.marked));
  looks = [];
  await page.keyboard.press("Enter");
  await window.getByText(HOSTILE, { exact: false }).waitFor();
  // The look at the text is a request of its own, and nothing was shown before it was answered.
  expect(looks).toEqual(["?line=2927"]);
  await window.getByRole("button", { name: en.viewer.after }).press("Enter");
  await window.getByText("line 2928").first().waitFor();
  expect(new URL(page.url()).searchParams.get("place")).toContain("line=2928");
  expect(await window.getByText(HOSTILE, { exact: false }).count()).toBe(0);
  await page.keyboard.press("Escape");
  await window.waitFor({ state: "detached" });
  expect(await focused()).toBe(before);
  await expect.poll(() => new URL(page.url()).search).toBe("");
  expect(faults).toEqual([]);
});

test("a link opens the place again, as text and as bytes, and its citation is copied", async () => {
  const place = new URLSearchParams({ place: `file=sha256:${"ab".repeat(32)}&line=2927` });
  const { page, faults } = await chromium.open(`${site.url}/tables?${place}`);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const window = page.getByRole("dialog", { name: en.viewer.title });
  await window.getByRole("radio", { name: en.viewer.form.hex }).check();
  await window.getByText("bytes of a picture or film").waitFor();
  await window.getByRole("button", { name: en.viewer.cite }).click();
  await window.getByText(en.failed.copied).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    `agorachat-connections.csv, SHA-256 ${"ab".repeat(32)}, line 2927, bytes 298677 to 298776, received 2026-11-23T13:08:45Z, entry 49 of the ledger`,
  );
  expect(faults).toEqual([]);
});

test("while the screen is shared neither name nor text is there, and Escape twice leaves nothing", async () => {
  const { page } = await chromium.open(`${site.url}/tables/connection`);
  await page.getByRole("button", { name: en.shell.presentation }).click();
  await page.locator("[data-row='0'] button").first().click();
  const window = page.getByRole("dialog", { name: en.viewer.title });
  await window.getByText("SHA-256").waitFor();
  const text = await window.innerText();
  for (const name of ["agorachat-connections.csv", "abab", "10005057"]) expect(text).not.toContain(name);
  expect(await window.getByRole("button", { name: /Reveal/ }).count()).toBe(0);
  await shot(page, "viewer-presentation");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: en.shell.blankResume }).waitFor();
  expect(page.url()).toBe(`${site.url}/`);
});

test("a file that was erased says so in its place", async () => {
  const place = new URLSearchParams({ place: `file=sha256:${"ab".repeat(32)}&line=9` });
  const { page } = await chromium.open(`${site.url}/tables/connection?${place}`);
  await page.getByRole("alert").getByText("this file was erased by law").waitFor();
  await shot(page, "viewer-erased");
  expect(await violations(page)).toEqual([]);
});
