import { afterAll, beforeAll, expect, test } from "vitest";
import { en } from "../src/words/en";
import { it } from "../src/words/it";
import { KEYMAP } from "../src/keys/keymap";
import { SCREENS } from "../src/screens/list";
import { type Chromium, shot, start, violations } from "./open";
import { serve, SESSION, type Site } from "./server";

let site: Site;
let chromium: Chromium;
beforeAll(async () => {
  [site, chromium] = await Promise.all([serve("dist"), start()]);
});
afterAll(async () => {
  await chromium.close();
  await site.close();
});

const WORDS = { it, en };

for (const language of ["it", "en"] as const) {
  for (const scheme of ["light", "dark"] as const) {
    test(`the shell in ${language}, ${scheme}: nothing inaccessible, nothing foreign, nothing refused`, async () => {
      const { page, faults } = await chromium.open(site.url, { language, scheme });
      await page.getByRole("heading", { level: 1, name: WORDS[language].screens.operation.name }).waitFor();
      expect(await page.getAttribute("html", "lang")).toBe(language);
      expect(await page.getAttribute("html", "data-mantine-color-scheme")).toBe(scheme);
      expect(await page.getByText(WORDS[language].shell.synthetic).isVisible()).toBe(true);
      // Our layer comes after Mantine's, whichever part of the page was loaded first.
      expect(await page.evaluate(() => getComputedStyle(document.body).fontSize)).toBe("13px");
      await shot(page, `shell-${language}-${scheme}`);
      expect(await violations(page)).toEqual([]);
      // What opens from the header writes style elements of its own.
      await page.getByRole("button", { name: WORDS[language].shell.settings, exact: true }).click();
      await page.getByText(WORDS[language].shell.lettersNote).waitFor();
      await shot(page, `settings-${language}-${scheme}`);
      expect(await violations(page)).toEqual([]);
      expect(faults).toEqual([]);
    });
  }
}

test("every screen is reached by its letters, and says where one is", async () => {
  const { page, faults } = await chromium.open(site.url);
  for (const { id, path, keys } of SCREENS) {
    for (const key of keys) {
      await page.keyboard.press("g");
      // A euro sign is written with AltGr on an Italian keyboard; the browser tells the character.
      if (key === "€") await page.evaluate(() => window.dispatchEvent(new KeyboardEvent("keydown", { key: "€", ctrlKey: true, altKey: true, modifierAltGraph: true })));
      else await page.keyboard.press(key);
      await page.getByRole("heading", { level: 1, name: en.screens[id].name, exact: true }).waitFor();
      expect(new URL(page.url()).pathname).toBe(path);
    }
    expect(await page.getByRole("link", { name: en.screens[id].name, exact: true }).getAttribute("aria-current")).toBe("page");
  }
  expect(faults).toEqual([]);
});

test("with Tab and Enter alone: past the rail, and through it", async () => {
  const { page } = await chromium.open(site.url);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(en.shell.skip);
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  await page.reload();
  await page.locator("main").waitFor();
  for (const { id } of SCREENS) {
    const link = page.getByRole("link", { name: en.screens[id].name, exact: true });
    for (let i = 0; i < 20 && !(await link.evaluate((one) => one === document.activeElement)); i += 1) await page.keyboard.press("Tab");
    expect(await link.evaluate((one) => one === document.activeElement), id).toBe(true);
  }
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: en.screens.report.name }).waitFor();
});

test("the help shows every key, and Escape closes it", async () => {
  const { page, faults } = await chromium.open(site.url, { scheme: "dark" });
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: en.help.title });
  await help.waitFor();
  expect(await help.locator("dt").count()).toBe(KEYMAP.length);
  await shot(page, "help");
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  expect(faults).toEqual([]);
});

test("letters typed into the search go into the search", async () => {
  const { page } = await chromium.open(site.url);
  await page.keyboard.press("/");
  await page.keyboard.type("gil?xj");
  expect(await page.getByRole("combobox").inputValue()).toBe("gil?xj");
  expect(new URL(page.url()).pathname).toBe("/");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/?q=gil%3Fxj");
});

test("single letters can be turned off; Escape twice cannot", async () => {
  const { page } = await chromium.open(site.url);
  await page.getByRole("button", { name: en.shell.settings, exact: true }).click();
  await page.getByRole("switch", { name: en.shell.letters }).uncheck();
  await page.keyboard.press("Escape");
  await page.waitForTimeout(700);
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  expect(new URL(page.url()).pathname).toBe("/");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: en.shell.blankResume }).waitFor();
});

test("Escape twice leaves nothing of the page, and only a deliberate click brings it back", async () => {
  const { page, faults } = await chromium.open(`${site.url}/legal?q=lago&entity=line:borea/7`);
  await page.getByRole("complementary").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  const button = page.getByRole("button", { name: en.shell.blankResume });
  await button.waitFor();
  expect(await page.locator("body").ariaSnapshot()).toBe(`- main:\n  - button "${en.shell.blankResume}"`);
  expect((await page.locator("body").innerText()).trim()).toBe(en.shell.blankResume);
  expect(await page.title()).not.toMatch(/tutela|legal/i);
  expect(page.url()).toBe(`${site.url}/`);
  await shot(page, "blank");
  for (const key of ["Enter", "Space", "Escape", "Escape", "g", "l", "?"]) await page.keyboard.press(key);
  expect(await button.isVisible()).toBe(true);
  await page.reload();
  await button.waitFor();
  expect(await violations(page)).toEqual([]);
  await button.click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(faults).toEqual([]);
});

test("after the blank screen one is where one was", async () => {
  const { page } = await chromium.open(`${site.url}/legal?q=lago`);
  await page.getByRole("heading", { level: 1, name: en.screens.legal.name }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: en.shell.blankResume }).click();
  await page.getByRole("heading", { level: 1, name: en.screens.legal.name }).waitFor();
  expect(page.url()).toBe(`${site.url}/legal?q=lago`);
});

test("at 200 % of 1280 × 720 nothing is cut off and nothing scrolls sideways", async () => {
  const { page, faults } = await chromium.open(`${site.url}/?entity=line:borea/7`, { width: 640, height: 360, language: "it" });
  await page.getByRole("complementary").waitFor();
  await page.getByRole("heading", { level: 1 }).waitFor();
  const band = await page.getByText(it.shell.synthetic).boundingBox();
  const card = await page.getByRole("complementary").boundingBox();
  expect(card?.y, "the card leaves the band in sight").toBeGreaterThanOrEqual((band?.y ?? 0) + (band?.height ?? 0));
  await shot(page, "zoom-200-card");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: it.entity.close }).click();
  await shot(page, "zoom-200");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
  expect(await violations(page)).toEqual([]);
  expect(faults).toEqual([]);
});

test("a ledger that does not check stops every screen but its own", async () => {
  site.session = { ...SESSION, ledger: { entries: 47, integrity: "red", claim: "red: entry 31 was altered" } };
  const { page } = await chromium.open(`${site.url}/intake`);
  await page.getByRole("alert").waitFor();
  await shot(page, "ledger-stop");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("link", { name: en.ledger.look }).click();
  await page.getByRole("heading", { level: 1, name: en.screens.ledger.name }).waitFor();
  site.session = SESSION;
});

test("no valid basis and old findings are said in words", async () => {
  site.session = { ...SESSION, authorities: [], findings: { digest: null, stale: true }, operation: { ...SESSION.operation, synthetic: false } };
  const { page } = await chromium.open(site.url);
  await page.getByText(en.shell.basisNone).waitFor();
  await page.getByText(en.shell.stale).waitFor();
  expect(await page.getByText(en.shell.synthetic).count()).toBe(0);
  await shot(page, "no-basis");
  expect(await violations(page)).toEqual([]);
  site.session = SESSION;
});

test("the gallery is no part of the program", async () => {
  const { page } = await chromium.open(`${site.url}/dev`);
  await page.getByText(en.shell.notFound).waitFor();
});

test("on paper: the operation, the screen, who printed and when, and no controls", async () => {
  const { page } = await chromium.open(site.url, { scheme: "dark" });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  expect(await page.evaluate(() => getComputedStyle(document.body).color), "dark ink on white paper").toBe("rgb(23, 26, 33)");
  expect(await page.getByRole("navigation").isVisible()).toBe(false);
  expect(await page.getByRole("combobox").isVisible()).toBe(false);
  expect(await page.getByText(SESSION.operation.title).isVisible()).toBe(true);
  expect(await page.getByText("by A. Demo").isVisible()).toBe(true);
  await shot(page, "print");
});
