/** The program serving a team: the way in, what a role is refused, and what leaves the operation. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
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
    server = spawn(PROGRAM, ["--op", operation, "serve", "--team", team, "--host", "localhost", "--bind", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "ignore"] });
    if (!server.stdout) throw new Error("it says nothing");
    url = await new Promise((said) => createInterface({ input: server.stdout as NodeJS.ReadableStream }).once("line", said));
    url = url.trim().replace(/\/$/, "");
    // Passkeys are of a name, and of a server whose certificate is trusted.
    url = url.replace("127.0.0.1", "localhost");
    const { publicKey } = new X509Certificate(readFileSync(join(team, "certificate.pem")));
    chromium = await start(createHash("sha256").update(publicKey.export({ type: "spki", format: "der" })).digest("base64"));
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
    await opened.page.getByRole("button", { name: words.signIn.enter, exact: true }).click();
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

  /** The dialog of the account that is in. */
  const account = async (page: Page, officer: string) => {
    await page.getByRole("button", { name: officer }).click();
    return page.getByRole("dialog");
  };

  for (const [name, language, scheme] of [["rossi", "it", "light"], ["bianchi", "en", "dark"]] as const) {
    test(`a passkey is added, comes in and is taken away in ${language}, ${scheme}`, async () => {
      const words = language === "it" ? it : en;
      const { page } = await comeIn(name, { language, scheme });
      await holdPasskey(page);
      const dialog = await account(page, `isp. ${name}`);
      const add = async () => {
        await dialog.getByRole("textbox", { name: words.account.label }).fill("chiave 1");
        await dialog.getByRole("textbox", { name: words.signIn.passphrase, exact: true }).fill(PASSPHRASE);
        await dialog.getByRole("button", { name: words.account.add }).click();
      };
      await dialog.getByText(words.account.none).waitFor();
      expect(await violations(page)).toEqual([]);
      await add();
      const remove = dialog.getByRole("button", { name: words.account.removeNow.replace("{{label}}", "chiave 1") });
      await remove.waitFor();
      await shot(page, `team-account-${language}-${scheme}`);
      // The same one once more.
      await add();
      await dialog.getByText(words.passkey.there).waitFor();
      expect(await violations(page)).toEqual([]);

      await page.context().clearCookies();
      await page.reload();
      await page.getByRole("button", { name: words.signIn.passkey }).click();
      await page.getByText(words.signIn.nameFirst).waitFor();
      await page.getByRole("textbox", { name: words.signIn.name }).fill(name);
      await page.getByRole("button", { name: words.signIn.passkey }).click();
      await page.locator("main h1", { hasText: words.screens.operation.name }).waitFor();

      await account(page, `isp. ${name}`);
      await remove.click();
      await dialog.getByText(words.account.removeNote).waitFor();
      await remove.click();
      await dialog.getByText(words.account.none).waitFor();
      // It is in under another session now, and stays.
      await page.keyboard.press("Escape");
      await page.goto(`${url}/ledger`);
      await page.locator("main h1", { hasText: words.screens.ledger.name }).waitFor();
    }, 120_000);
  }

  test("a passphrase is changed by who knows it", async () => {
    const { page } = await comeIn("bianchi");
    const dialog = await account(page, "isp. bianchi");
    const change = async (before: string, next: string) => {
      await dialog.getByLabel(en.account.before, { exact: true }).fill(before);
      await dialog.getByLabel(en.signIn.newPassphrase, { exact: true }).fill(next);
      await dialog.getByRole("button", { name: en.account.change }).click();
    };
    await change("", "");
    await dialog.getByText(en.signIn.missing).waitFor();
    await change("sette gatti sul tetto", "nove gatti sul tetto");
    await dialog.getByRole("alert").and(dialog.getByText(en.signIn.missing)).waitFor({ state: "detached" });
    await dialog.getByRole("alert").waitFor();
    await change(PASSPHRASE, "nove gatti sul tetto");
    await dialog.getByText(en.account.wasChanged).waitFor();
    await change("nove gatti sul tetto", PASSPHRASE);
    await dialog.getByRole("alert").waitFor({ state: "detached" });
    await dialog.getByText(en.account.wasChanged).waitFor();
    await dialog.getByRole("button", { name: en.account.close }).click();
    await comeIn("bianchi");
  }, 120_000);

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
    // Whom a viewer is told of, of all who looked.
    await page.getByRole("radio", { name: en.looked.looked }).check();
    await page.getByText(en.looked.own).waitFor();
    const lines = page.getByRole("region", { name: en.looked.looked }).getByRole("listitem");
    await lines.first().waitFor();
    expect(await lines.filter({ hasNotText: "isp. bianchi" }).count()).toBe(0);
  }, 120_000);
});

/** Gives a page a passkey that says yes at once: Chromium's own, of the DevTools protocol's domain WebAuthn. */
async function holdPasskey(page: Page): Promise<void> {
  const tools = await page.context().newCDPSession(page);
  await tools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
  } as const;
  await tools.send("WebAuthn.addVirtualAuthenticator", { options });
}
