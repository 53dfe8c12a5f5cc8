/** The program serving a team: the way in, what a role is refused, and what leaves the operation. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { en } from "../src/words/en";
import { it } from "../src/words/it";
import { WITHOUT } from "./live";
import { type Chromium, type Look, type Opened, shot, start, violations } from "./open";

const PROGRAM = process.env["TUTELA"] ?? "";
const PASSPHRASE = "otto gatti sul tetto";

describe.skipIf(WITHOUT !== "")("a server for a team", () => {
  const folder = mkdtempSync(join(tmpdir(), "tutela-team-"));
  const [operation, team] = [join(folder, "operation"), join(folder, "team")];
  const codes: Record<string, string> = {};
  let chromium: Chromium;
  let server: ChildProcess;
  let url: string;

  beforeAll(async () => {
    cpSync(process.env["TUTELA_OPERATION"] ?? "", operation, { recursive: true });
    for (const [name, role] of [["rossi", "supervisor"], ["bianchi", "viewer"]] as const) {
      const words = ["--op", operation, "team", team, "add", name, "--as", `isp. ${name}`, "--role", role];
      codes[name] = (await promisify(execFile)(PROGRAM, words)).stdout.trim();
    }
    server = spawn(PROGRAM, ["--op", operation, "serve", "--team", team, "--bind", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "ignore"] });
    if (!server.stdout) throw new Error("it says nothing");
    url = await new Promise((said) => createInterface({ input: server.stdout as NodeJS.ReadableStream }).once("line", said));
    url = url.trim().replace(/\/$/, "");
    chromium = await start();
  });
  afterAll(async () => {
    await chromium?.close();
    server?.kill("SIGINT");
    rmSync(folder, { recursive: true, force: true });
  });

  /** Comes in with a passphrase, after it was set. */
  const comeIn = async (name: string, look: Partial<Look> = {}): Promise<Opened> => {
    const opened = await chromium.open(url, look);
    const words = look.language === "it" ? it : en;
    await opened.page.getByRole("textbox", { name: words.signIn.name }).fill(name);
    await opened.page.getByLabel(words.signIn.passphrase, { exact: true }).fill(PASSPHRASE);
    await opened.page.getByRole("button", { name: words.signIn.enter }).click();
    await opened.page.locator("main h1", { hasText: words.screens.operation.name }).waitFor();
    // The door's refusal of whoever is not in yet: the browser itself writes it into its console.
    opened.faults.length = 0;
    return opened;
  };

  for (const [name, language, scheme] of [["rossi", "it", "light"], ["bianchi", "en", "dark"]] as const) {
    test(`${name} takes up an invitation in ${language}, ${scheme}`, async () => {
      const words = language === "it" ? it : en;
      const { page, faults } = await chromium.open(url, { language, scheme });
      await page.getByRole("heading", { name: "Tutela" }).waitFor();
      await shot(page, `team-door-${language}-${scheme}`);
      expect(await violations(page)).toEqual([]);
      await page.getByRole("button", { name: words.signIn.invited }).click();
      await page.getByRole("textbox", { name: words.signIn.name }).fill(name);
      await page.getByRole("textbox", { name: words.signIn.code }).fill("00000-00000-00000-00000");
      await page.getByLabel(words.signIn.newPassphrase, { exact: true }).fill(PASSPHRASE);
      await page.getByRole("button", { name: words.signIn.set }).click();
      await page.getByRole("alert").waitFor();
      await shot(page, `team-refused-${language}-${scheme}`);
      expect(await violations(page)).toEqual([]);
      await page.getByRole("textbox", { name: words.signIn.code }).fill(codes[name] ?? "");
      await page.getByLabel(words.signIn.newPassphrase, { exact: true }).fill(PASSPHRASE);
      await page.keyboard.press("Enter");
      await page.locator("main h1", { hasText: words.screens.operation.name }).waitFor();
      await page.getByText(`isp. ${name}`).first().waitFor();
      // The browser itself writes each refusal into its console.
      expect(faults.filter((fault) => !fault.includes("401"))).toEqual([]);
    }, 120_000);
  }

  test("a supervisor makes a report, and what is handed out is what the ledger says", async () => {
    for (const [language, scheme] of [["it", "light"], ["en", "dark"]] as const) {
      const words = language === "it" ? it : en;
      const { page, faults } = await comeIn("rossi", { language, scheme });
      await page.goto(`${url}/report`);
      await page.getByRole("heading", { name: words.report.draft }).waitFor();
      if (language === "it") {
        await page.getByRole("textbox", { name: words.report.to }).fill("PM");
        await page.getByRole("button", { name: words.report.go }).click();
      }
      const made = page.locator("details", { hasText: words.report.toWhom.replace("{{to}}", "PM") }).first();
      // Built for tests, the program takes a minute for what takes it two seconds.
      await made.waitFor({ timeout: 400_000 });
      await made.locator("summary").click();
      // It was written in Italian, whoever looks at it.
      const link = made.getByRole("link", { name: words.report.download.replace("{{file}}", "relazione.pdf"), exact: true });
      await link.waitFor();
      await page.setViewportSize({ width: 1280, height: 1600 });
      await shot(page, `report-${language}-${scheme}`);
      expect(await violations(page)).toEqual([]);
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      const bytes = readFileSync(await download.path());
      expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
      expect(await link.getAttribute("href")).toContain(createHash("sha256").update(bytes).digest("hex"));
      expect(faults).toEqual([]);
    }
  }, 500_000);

  test("a viewer sees, and is told what a viewer does not do", async () => {
    const { page } = await comeIn("bianchi");
    await page.goto(`${url}/person?lead=L-001`);
    const part = page.getByRole("region", { name: en.person.part.decision });
    const told = (not: string) => not.replace("{{role}}", en.may.role.viewer);
    await part.getByText(told(en.may.not.decide)).waitFor();
    expect(await part.getByRole("radio").count()).toBe(0);
    await page.goto(`${url}/report`);
    await page.getByText(told(en.may.not.hand_on)).waitFor();
    expect(await page.getByRole("button", { name: en.report.go }).count()).toBe(0);
    await page.goto(`${url}/grading`);
    await page.getByText(told(en.may.not.decide)).waitFor();
    await page.goto(`${url}/ledger`);
    await page.getByRole("button", { name: en.ledger.verify }).waitFor();
  }, 120_000);
});
