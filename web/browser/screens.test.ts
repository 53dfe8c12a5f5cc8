/** Every screen on the real program: accessible, from this origin alone, reached by keys, hidden when shared, and deaf to markup in names. */
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCREENS } from "../src/screens/list";
import { en } from "../src/words/en";
import { it } from "../src/words/it";
import { live, type Live, WITHOUT } from "./live";
import { fill, importRows, notWaiting, visit, VISITS } from "./filled";
import { small } from "./png";
import { type Chromium, type Look, type Opened, shot, start, violations } from "./open";

const WORDS = { it, en };
/** `SHOTS=docs` writes the pictures of `docs/screens.md`; without it a run leaves the tree as it was. */
const FOR_DOCS = process.env["SHOTS"] === "docs";
const DOCS = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const IN_DOCS = new Set([...SCREENS.map(({ id }) => id as string), "card"]);
const MOST_BYTES = 150_000;

const HOSTILE = ["<img src=x onerror=alert(1)>", '"><script>alert(2)</script>', "\u202Egnp.elif\u2066 x"] as const;
const SHOWN = [HOSTILE[0], HOSTILE[1], "[U+202E]gnp.elif[U+2066] x"] as const;

describe.skipIf(WITHOUT !== "")("every screen of the real program", () => {
  let chromium: Chromium;
  let site: Live;
  beforeAll(async () => {
    [site, chromium] = await Promise.all([live(), start()]);
    await fill(site);
  }, 600_000);
  afterAll(async () => {
    await chromium?.close();
    await site?.close();
  });
  const comeIn = async (look: Partial<Look> = {}): Promise<Opened> => chromium.open(await site.link(), look);

  for (const language of ["en", "it"] as const) {
    for (const scheme of ["light", "dark"] as const) {
      test(`in ${language}, ${scheme}: nothing inaccessible, nothing foreign, no pixel of anything received`, async () => {
        const { page, faults } = await comeIn({ language, scheme });
        for (const [name, path] of VISITS) {
          await visit(page, `${site.url}${path}`);
          expect(await violations(page), name).toEqual([]);
          expect(await page.locator("main :is(img, picture, video, audio, canvas, object, embed, iframe)").count(), name).toBe(0);
          await shot(page, `screen-${name}-${language}-${scheme}`);
          if (FOR_DOCS && language === "en" && scheme === "light" && IN_DOCS.has(name)) await forDocs(page, name);
        }
        expect(notWaiting(faults)).toEqual([]);
      }, 900_000);
    }
  }

  test("by its letters every screen is reached, and its list is gone through without a pointer", async () => {
    const { page, faults } = await comeIn();
    for (const { id, keys } of SCREENS) {
      for (const key of keys.filter((one) => one !== "€")) {
        await page.keyboard.press("g");
        await page.keyboard.press(key);
        await page.getByRole("heading", { level: 1, name: en.screens[id].name, exact: true }).waitFor();
        expect(await page.evaluate(() => document.activeElement?.id), id).toBe("main");
      }
    }
    // Where `j` goes to, and what Enter does there.
    for (const [path, item] of [["/", "a[data-item]"], ["/intake", "li[data-item]"], ["/ledger", "[data-item]"], ["/payments", "li[data-item]"]] as const) {
      await visit(page, `${site.url}${path}`);
      await page.locator(`main ${item}`).first().waitFor();
      await page.keyboard.press("j");
      expect(await page.evaluate(() => document.activeElement?.closest("[data-item]") !== null), path).toBe(true);
    }
    await visit(page, `${site.url}/intake`);
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("complementary").getByRole("heading", { level: 2 }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("complementary").waitFor({ state: "detached" });
    expect(notWaiting(faults)).toEqual([]);
  }, 600_000);

  test("the first look at an operation: who first, why, what ends, what is wrong with the records", async () => {
    for (const language of ["en", "it"] as const) {
      const { page } = await comeIn({ language });
      await visit(page, site.url);
      const words = WORDS[language].operation;
      for (const title of [words.top, words.quality, words.deadlines]) {
        const box = await page.getByRole("heading", { name: title, exact: true }).boundingBox();
        expect((box?.y ?? 9_999) + 90, `${title} is in sight at 1280 × 720`).toBeLessThan(720);
      }
    }
  }, 300_000);

  test("at 200 % of 1280 × 720 no screen scrolls sideways", async () => {
    const { page } = await comeIn({ width: 640, height: 360, language: "it" });
    for (const [name, path] of VISITS) {
      await visit(page, `${site.url}${path}`);
      await shot(page, `screen-zoom-${name}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(640);
    }
  }, 600_000);

  test("while the screen is shared no name and no hash is on any screen", async () => {
    const { page } = await comeIn();
    const leads = await leadsOf(site);
    const ids = leads.flatMap(({ accounts, lines, subscribers }) => [...accounts, ...lines, ...subscribers]).filter((one) => one !== null);
    const names = new Set([...ids, ...ids.map((one) => one.slice(one.indexOf("/") + 1))].filter((one) => one.length > 3));
    // The number of a referral names its file, and nobody.
    for (const one of names) if (/report-\d+$/.test(one)) names.delete(one);
    await page.getByRole("button", { name: en.shell.presentation }).click();
    // Whoever filters by an account must not show it in the filter.
    const account = leads.flatMap(({ accounts }) => accounts).find((one) => one.startsWith("agorachat/")) ?? "";
    const filtered = ["filter", `/tables/connection?${new URLSearchParams({ filter: `account:=${account.slice(account.indexOf("/") + 1)}` })}`] as const;
    for (const [name, path] of [...VISITS, filtered]) {
      await visit(page, `${site.url}${path}`);
      const seen = await page.locator("body").innerText();
      expect([...names].filter((one) => seen.includes(one)), name).toEqual([]);
      expect(seen.match(/\b[0-9a-f]{32,}\b/gi), name).toBeNull();
    }
  }, 600_000);

  test("on paper every screen has its content and no controls around it", async () => {
    const { page } = await comeIn();
    await page.emulateMedia({ media: "print" });
    for (const [name, path] of VISITS) {
      await visit(page, `${site.url}${path}`);
      expect(await page.getByRole("navigation", { name: en.shell.rail }).isVisible(), name).toBe(false);
      expect(await page.locator("main h1").first().isVisible(), name).toBe(true);
    }
  }, 600_000);

  test("a session ends on a neutral page, and after it nothing is answered", async () => {
    const { page } = await comeIn();
    await page.getByRole("button", { name: en.shell.settings, exact: true }).click();
    await page.getByRole("link", { name: en.end.leave }).click();
    await page.getByRole("heading", { level: 1, name: en.end.title }).waitFor();
    expect(await page.locator("main").innerText()).not.toMatch(/L-\d{3}|R-1/);
    await page.getByRole("button", { name: en.grading.leave }).click();
    await page.getByText(en.grading.loggedOut).waitFor();
    expect(await page.evaluate(async () => (await fetch("/api/v1/leads")).status)).toBe(401);
  }, 300_000);

  test("names written as markup, as a way out of an attribute, or to turn the text around are shown as text on every screen", async () => {
    const kept = ["platform", "event", "address", "port", "at"];
    // Each has the connections of an account that is in a lead, and so comes into one.
    const like = (await leadsOf(site)).flatMap(({ accounts }) => accounts.filter((one) => one.startsWith("agorachat/"))).slice(0, HOSTILE.length);
    const copied: (readonly string[])[] = [];
    for (const [i, account] of like.entries()) {
      const told = await site.tutela("--csv", "table", "connection", "--where", `account=${account.slice(account.indexOf("/") + 1)}`, "--limit", "0");
      const [head = "", ...lines] = told.trim().split("\n");
      const columns = head.split(",").map((name, at) => [name, at] as const).filter(([name]) => kept.includes(name));
      copied.push(...lines.map((line) => [HOSTILE[i] ?? "", ...kept.map((name) => line.split(",")[columns.find(([one]) => one === name)?.[1] ?? -1] ?? "")]));
    }
    await importRows(site, "connection", [["account", ...kept], ...copied]);
    await importRows(site, "payment", [["service", "payer", "payee", "amount_minor", "currency", "at", "note"], ...HOSTILE.map((name) => [name, name, name, 100, "EUR", "2026-03-03T00:00:00Z", name])]);
    await importRows(site, "transfer", [["channel", "thread", "from_account", "to_account", "at", "file_name"], ...HOSTILE.map((name) => [name, name, name, "taker-1", "2026-03-04T00:00:00Z", name])]);
    await site.tutela("analyse");
    const { page, faults } = await comeIn();
    page.on("dialog", (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    const found = new Set<string>();
    const look = async (path: string) => {
      await visit(page, `${site.url}${path}`);
      expect(await page.locator("img[src='x'], main script, [onerror]").count(), path).toBe(0);
      const seen = await page.locator("body").innerText();
      expect(/[\u202A-\u202E\u2066-\u2069]/.exec(seen), path).toBeNull();
      for (const name of SHOWN) if (seen.includes(name)) found.add(`${path.split("?")[0]} ${name}`);
    };
    for (const [, path] of VISITS) await look(path);
    const leads = await leadsOf(site);
    for (const [i, name] of HOSTILE.entries()) {
      const account = `agorachat/${name}`;
      const lead = leads.find(({ accounts }) => accounts.includes(account))?.lead ?? "";
      expect(lead, SHOWN[i]).not.toBe("");
      await look(`/person?${new URLSearchParams({ lead: account })}`);
      await look(`/timeline?${new URLSearchParams({ lead })}`);
      await look(`/graph?${new URLSearchParams({ from: `account:${account}` })}`);
      await look(`/intake?${new URLSearchParams({ entity: `account:${account}` })}`);
      await look(`/?${new URLSearchParams({ entity: `lead:${account}` })}`);
      for (const table of ["payment", "transfer"]) await look(`/tables/${table}`);
      await look(`/tables/connection?${new URLSearchParams({ filter: `account:=${name}` })}`);
      for (const [place, where] of [["/person", "lead page"], ["/timeline", "timeline"], ["/intake", "account card"], ["/tables/payment", "rows"]] as const) {
        expect(found.has(`${place} ${SHOWN[i]}`), `${SHOWN[i]} is read on the ${where}`).toBe(true);
      }
    }
    await shot(page, "screen-hostile");
    expect(notWaiting(faults)).toEqual([]);
  }, 900_000);
});

interface InLeads {
  readonly lead: string;
  readonly accounts: readonly string[];
  readonly lines: readonly string[];
  readonly subscribers: readonly (string | null)[];
}

const leadsOf = async (site: Live): Promise<readonly InLeads[]> => (JSON.parse(await site.tutela("--json", "leads")) as { leads: InLeads[] }).leads;

async function forDocs(page: Page, name: string): Promise<void> {
  mkdirSync(DOCS, { recursive: true });
  const path = `${DOCS}${name}.png`;
  writeFileSync(path, small(await page.screenshot()));
  expect(statSync(path).size, `${name}.png`).toBeLessThan(MOST_BYTES);
}
