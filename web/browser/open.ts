/** A page in Debian's Chromium that remembers everything it should not have done. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { type BrowserContext, chromium, type Page } from "playwright-core";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export interface Look {
  readonly language: "it" | "en";
  readonly scheme: "light" | "dark";
  readonly width: number;
  readonly height: number;
}

export const LOOK: Look = { language: "en", scheme: "light", width: 1280, height: 720 };

export interface Opened {
  readonly page: Page;
  /** Console errors, breaches of the policy, failed and foreign requests. A good run has none. */
  readonly faults: string[];
}

export interface Chromium {
  open: (url: string, look?: Partial<Look>) => Promise<Opened>;
  close: () => Promise<void>;
}

/**
 * Starts the browser. A server for a team makes its own certificate: the key whose digest is in `trusted` (SHA-256 of its
 * SPKI, base64) is taken as if an authority had signed for it; without it no certificate is looked at, and no passkeys are.
 */
export async function start(trusted?: string): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), "tutela-browser-"));
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    headless: true,
    args: [...FLAGS, `--crash-dumps-dir=${profile}`, ...(trusted ? [`--ignore-certificate-errors-spki-list=${trusted}`] : [])],
  });
  const contexts: BrowserContext[] = [];
  return {
    async open(url, change = {}) {
      const { language, scheme, width, height } = { ...LOOK, ...change };
      const context = await browser.newContext({
        viewport: { width, height },
        ignoreHTTPSErrors: trusted === undefined,
        locale: language === "it" ? "it-IT" : "en-GB",
        colorScheme: scheme,
        timezoneId: "America/New_York",
        permissions: ["clipboard-write"],
      });
      contexts.push(context);
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") faults.push(`console: ${message.text()}`);
      });
      page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
      page.on("request", (request) => {
        if (new URL(request.url()).origin !== new URL(url).origin) faults.push(`request: ${request.url()}`);
      });
      page.on("requestfailed", (request) => {
        if (request.failure()?.errorText !== "net::ERR_ABORTED") faults.push(`failed: ${request.url()}`);
      });
      await page.goto(url);
      await page.locator("main").waitFor();
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      return { page, faults };
    },
    async close() {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** What axe finds against WCAG 2.2 at levels A and AA: nothing, in a good run. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const found = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
    return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`));
  });
}

export const shot = (page: Page, name: string, fullPage = false) =>
  page.screenshot({ path: `browser/shots/${name}.png`, fullPage });
