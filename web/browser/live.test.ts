/** The app on the real program and a made-up operation, whole: what a newcomer tries, two officers at once, a restart, and hostile names. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { en } from "../src/words/en";
import { it } from "../src/words/it";
import { live, type Live, WITHOUT } from "./live";
import { type Chromium, type Look, type Opened, shot, start, violations } from "./open";

const WORDS = { it, en };
const HOSTILE = "<img src=x onerror=alert(1)>";
if (WITHOUT !== "") process.stdout.write(`live.test.ts: ${WITHOUT}\n`);

describe.skipIf(WITHOUT !== "")("on the real program", () => {
  let chromium: Chromium;
  let site: Live;
  beforeAll(async () => {
    [site, chromium] = await Promise.all([live(), start()]);
  });
  afterAll(async () => {
    await chromium?.close();
    await site?.close();
  });

  /** A browser that comes in by a link of its own, and then goes to `path`. */
  const comeIn = async (path = "/", look: Partial<Look> = {}): Promise<Opened> => {
    const opened = await chromium.open(await site.link(), look);
    if (path !== "/") {
      await opened.page.goto(`${site.url}${path}`);
      await opened.page.locator("main h1").waitFor();
    }
    return opened;
  };
  const decide = async (page: Page, region: string, choice: string, reason: string) => {
    const part = page.getByRole("region", { name: region }).or(page.getByRole("complementary", { name: region })).first();
    await part.getByRole("radio", { name: choice, exact: true }).check();
    await part.getByRole("textbox").fill(reason);
    await part.getByRole("button", { name: en.decide.record }).click();
  };
  for (const language of ["it", "en"] as const) {
    for (const scheme of ["light", "dark"] as const) {
      test(`every screen in ${language}, ${scheme}: seen, nothing inaccessible, nothing foreign, nothing refused`, async () => {
        const words = WORDS[language];
        const { page, faults } = await comeIn("/", { language, scheme });
        const look = async (name: string) => {
          await shot(page, `live-${name}-${language}-${scheme}`);
          expect(await violations(page), name).toEqual([]);
        };
        await page.getByRole("heading", { name: words.operation.top }).waitFor();
        await page.getByRole("heading", { name: words.operation.acts }).waitFor();
        await look("operation");
        await page.getByRole("button", { name: words.operation.decide }).first().click();
        await page.getByRole("complementary").getByRole("textbox").waitFor();
        await look("operation-finding");

        await page.goto(`${site.url}/person`);
        await page.locator("[data-row='3'] a").waitFor();
        await look("leads");
        await page.locator("[data-row='0'] a").click();
        await page.getByRole("heading", { level: 1, name: "L-001" }).waitFor();
        await look("lead");
        await page.getByRole("region", { name: words.person.part.evidence }).getByRole("button", { expanded: false }).first().click();
        await page.getByRole("region", { name: words.person.part.evidence }).locator("table").first().waitFor();
        await page.setViewportSize({ width: 1280, height: 3600 });
        await look("lead-whole");
        await page.setViewportSize({ width: 1280, height: 720 });
        await page.goto(`${site.url}/person?lead=L-001&entity=lead:L-002`);
        await page.getByRole("complementary").getByRole("heading", { level: 2 }).waitFor();
        await look("lead-card");

        await page.getByRole("complementary").getByRole("link", { name: words.card.toGraph }).click();
        await page.locator("[data-node]").nth(4).waitFor();
        await look("graph");
        await page.locator("[data-node^='line']").first().click();
        await page.getByRole("complementary").getByRole("heading", { level: 2 }).waitFor();
        await look("graph-card");
        await page.getByRole("radio", { name: words.graph.list }).check();
        await page.getByRole("heading", { name: words.graph.edges }).waitFor();
        await look("graph-list");

        await page.goto(`${site.url}/ledger`);
        await page.locator("[data-item]").nth(3).click();
        await look("ledger");
        await page.goto(`${site.url}/rows?table=connection`);
        await page.locator("[data-row='3'] [data-cell='0'] span").first().waitFor();
        await look("rows");
        await page.locator("[data-row='0'] button").first().click();
        const place = page.getByRole("dialog", { name: words.viewer.title });
        await place.getByRole("button", { name: words.masked.reveal.replace("{{label}}", words.viewer.marked) }).click();
        await place.getByRole("button", { name: words.masked.hide.replace("{{label}}", words.viewer.marked) }).waitFor();
        await look("place");
        await place.getByRole("button", { name: words.viewer.close }).click();
        await page.goto(`${site.url}/findings?analysis=attribution`);
        await page.locator("[data-row='3'] button").first().waitFor();
        await look("findings");
        await page.getByRole("combobox", { name: words.search.label }).fill("csv");
        await page.getByRole("option").first().waitFor();
        await look("search");
        expect(faults).toEqual([]);
      }, 180_000);
    }
  }

  test("a referral is assigned by keys alone, put to another and taken back; each is an act with its reason", async () => {
    const { page, faults } = await comeIn("/intake");
    const item = page.locator("li[data-item]").first();
    await item.waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("a");
    await item.getByRole("textbox", { name: en.intake.to.assign }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.type("knows the platform");
    expect(await violations(page)).toEqual([]);
    await shot(page, "live-intake-assign");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await item.getByText(en.intake.mark.assign.replace("{{to}}", "isp. Rossi")).waitFor();
    await page.getByRole("checkbox", { name: en.intake.notAssigned }).check();
    await page.getByText("knows the platform").waitFor({ state: "detached" });
    await page.getByRole("checkbox", { name: en.intake.notAssigned }).uncheck();
    const [first, second] = await page.locator("li[data-item] h3").allTextContents();
    await item.getByRole("button", { name: en.intake.done.same_as }).click();
    await item.getByRole("textbox", { name: en.intake.to.same_as }).fill(second?.split(" ").at(-1) ?? "");
    await item.getByRole("textbox", { name: en.decide.reason }).fill("the same uploads");
    await item.getByRole("button", { name: en.intake.record }).click();
    const together = page.locator("details", { hasText: en.intake.together_other.replace("{{said}}", "2") });
    await together.locator("summary").click();
    await together.getByText(first ?? "").waitFor();
    await shot(page, "live-intake-together");
    expect(await violations(page)).toEqual([]);
    const merged = together.locator("li[data-item]", { hasText: "the same uploads" });
    await merged.getByRole("button", { name: en.intake.done.same_as }).click();
    await merged.getByRole("textbox", { name: en.decide.reason }).fill("other uploads after all");
    await merged.getByRole("button", { name: en.intake.takeBack }).click();
    await together.waitFor({ state: "detached" });
    await page.goto(`${site.url}/ledger`);
    await page.getByText(en.act.referral).first().waitFor();
    expect(faults).toEqual([]);
  }, 180_000);

  test("two officers decide on the same finding: the second is told, and loses no word", async () => {
    const [one, other] = [await comeIn("/?entity=finding:" + (await warning())), await comeIn("/?entity=finding:" + (await warning()))];
    await other.page.getByRole("complementary").getByRole("textbox").fill("the operator confirmed nothing yet");
    await decide(one.page, en.entity.panel, en.decide.finding.unsure, "the operator was asked on the telephone");
    await one.page.getByText(en.decide.recorded).waitFor();
    // Told on pressing the button, or before: the page asks which decisions count now and then.
    const second = other.page.getByRole("complementary");
    await second.getByRole("radio", { name: en.decide.finding.accept, exact: true }).check();
    await second.getByRole("button", { name: en.decide.record }).click();
    await second.getByText(en.decide.conflict).waitFor();
    await second.getByText("the operator was asked on the telephone").waitFor();
    expect(await second.getByRole("textbox").inputValue()).toBe("the operator confirmed nothing yet");
    await second.getByText(en.decide.conflict).scrollIntoViewIfNeeded();
    await shot(other.page, "live-conflict");
    expect(await violations(other.page)).toEqual([]);
    expect(one.faults).toEqual([]);
    // The browser itself writes each refusal into its console.
    expect(other.faults.filter((fault) => !fault.includes("409"))).toEqual([]);
    // Whoever has read the other decision may withdraw it, with a reason.
    await one.page.reload();
    const first = one.page.getByRole("complementary");
    await first.getByRole("button", { name: en.decide.withdraw, exact: true }).click();
    await first.getByRole("textbox").fill("asked by mistake");
    await first.getByRole("button", { name: en.decide.withdrawNow }).click();
    await first.getByRole("button", { name: en.decide.withdraw, exact: true }).waitFor({ state: "detached" });
  }, 120_000);

  test("the server is started again in the middle: the page says so, stays, and goes on with a new link", async () => {
    const { page, faults } = await comeIn("/person?lead=L-002&rows=none");
    await page.getByRole("heading", { level: 1, name: "L-002" }).waitFor();
    await page.getByRole("region", { name: en.person.part.decision }).getByRole("textbox").fill("half a sentence");
    await site.stopServer();
    await page.getByRole("alert", { name: en.connection.unreachable.what }).waitFor({ timeout: 90_000 });
    expect(await page.getByRole("heading", { level: 1, name: "L-002" }).isVisible()).toBe(true);
    await shot(page, "live-unreachable");
    await site.startServer();
    const gone = page.getByRole("alert", { name: en.connection.no_session.what });
    await gone.waitFor();
    await shot(page, "live-no-session");
    expect(await violations(page)).toEqual([]);
    await gone.getByRole("textbox").fill(`${site.url}/?t=00`);
    await gone.getByRole("button", { name: en.connection.comeIn }).click();
    await gone.getByText(en.connection.wrong.used).waitFor();
    await gone.getByRole("textbox").fill(await site.link());
    await gone.getByRole("button", { name: en.connection.comeIn }).click();
    await gone.waitFor({ state: "detached" });
    const part = page.getByRole("region", { name: en.person.part.decision });
    expect(await part.getByRole("textbox").inputValue()).toBe("half a sentence");
    await decide(page, en.person.part.decision, en.decide.lead.unsure, "looked at again after the restart");
    await part.getByText(en.decide.recorded).waitFor();
    expect(new URL(page.url()).search).toBe("?lead=L-002&rows=none");
    expect(faults.filter((fault) => !/401|ERR_EMPTY_RESPONSE|ERR_CONNECTION|failed:/.test(fault))).toEqual([]);
  }, 180_000);

  test("a newcomer's four steps, from the first lead to the export", async () => {
    const { page, faults } = await comeIn();
    const steps = page.getByRole("navigation", { name: en.try.title });
    const done = (name: string) => steps.getByRole("link", { name: `${name}, ${en.try.done}` });
    await steps.getByRole("link", { name: en.try.why }).click();
    await page.getByRole("heading", { name: /Why L-001 stands at rank 1/ }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("o");
    await done(en.try.why).waitFor();

    await steps.getByRole("link", { name: en.try.refute }).click();
    await page.getByRole("heading", { level: 1, name: "L-003" }).waitFor();
    const what = page.getByRole("region", { name: en.person.part["what-if"] }).first();
    await what.getByRole("button", { name: en.person.whatIfGo }).click();
    await what.getByRole("columnheader", { name: en.person.standsThen }).waitFor({ timeout: 90_000 });
    await page.getByText(`${en.person.weightIfGone}:`).first().waitFor();
    await what.scrollIntoViewIfNeeded();
    await shot(page, "live-what-if");
    expect(await violations(page)).toEqual([]);
    const others = page.getByRole("region", { name: en.person.part.explanations });
    await others.getByRole("button", { name: en.person.decideOn.replace("{{what}}", "another member of the household") }).click();
    await decide(page, en.person.part.explanations, en.decide.explanation.unsure, "who lives there was asked for");
    await others.getByText(en.person.state.checked).waitFor();
    await shot(page, "live-decided");
    await page.keyboard.press("g");
    await page.keyboard.press("o");
    await done(en.try.refute).waitFor();

    await steps.getByRole("link", { name: en.try.zone }).click();
    const card = page.getByRole("complementary");
    await card.getByRole("textbox").waitFor();
    await decide(page, en.entity.panel, en.decide.finding.accept, "the operator confirmed its zone in writing");
    await page.getByText(en.shell.stale).waitFor();
    await shot(page, "live-stale");
    await page.getByRole("button", { name: en.jobs.analyse }).click();
    await page.getByText(en.shell.stale).waitFor({ state: "detached" });
    await done(en.try.zone).waitFor({ timeout: 90_000 });
    expect(await page.getByRole("button", { name: en.operation.decide }).count()).toBe(0);

    await steps.getByRole("link", { name: en.try.export }).click();
    await page.getByRole("heading", { level: 1, name: en.screens.report.name }).waitFor();
    await site.tutela("export", "--as", "leads-csv", "--output", join(site.operation, "..", "leads.csv"));
    await page.keyboard.press("g");
    await page.keyboard.press("o");
    await page.reload();
    await done(en.try.export).waitFor();
    await shot(page, "live-tried");
    expect(await violations(page)).toEqual([]);
    expect(faults).toEqual([]);
  }, 300_000);

  test("with keys alone: to a lead, its rows, and a card by search", async () => {
    const { page, faults } = await comeIn();
    await page.getByRole("heading", { name: en.operation.top }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "L-002" }).waitFor();
    await page.keyboard.press("e");
    await page.getByRole("region", { name: en.person.part.evidence }).locator("table").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("delta-risposta");
    await page.getByRole("option", { name: "delta-risposta.csv" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("complementary").getByRole("heading", { name: "delta-risposta.csv" }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(faults).toEqual([]);
  }, 120_000);

  test("rows open in their files, line and cell, and the ledger has each look", async () => {
    const { page, faults } = await comeIn("/tables/lease?filter=operator%3A%3Dcometa");
    const window = page.getByRole("dialog", { name: en.viewer.title });
    const reveal = (label: string) => window.getByRole("button", { name: en.masked.reveal.replace("{{label}}", label) });
    await page.locator("[data-row='2'] button").first().waitFor();
    await page.locator("[data-row='2'] button").first().click();
    await reveal(en.viewer.marked).click();
    const hide = (label: string) => window.getByRole("button", { name: en.masked.hide.replace("{{label}}", label) });
    await hide(en.viewer.marked).waitFor();
    await reveal(en.viewer.around).click();
    await hide(en.viewer.around).waitFor();
    await shot(page, "live-place-cells");
    expect(await violations(page)).toEqual([]);
    await window.getByRole("button", { name: en.viewer.close }).click();

    const { sources } = JSON.parse(await site.tutela("--json", "status")) as { sources: { name: string; sha256: string }[] };
    const sha = sources.find(({ name }) => name === "agorachat-connections.csv")?.sha256 ?? "";
    await page.goto(`${site.url}/?${new URLSearchParams({ place: `file=sha256:${sha}&line=2927&field=3` })}`);
    await reveal(en.viewer.marked).click();
    await expect.poll(() => window.locator("mark").allInnerTexts()).toEqual(["198.18.4O.7"]);
    await window.getByRole("radio", { name: en.viewer.form.hex }).check();
    await reveal(en.viewer.marked).click();
    await window.getByText("198.18.4O", { exact: false }).first().waitFor();
    await shot(page, "live-place-bytes");
    await window.getByRole("button", { name: en.viewer.after }).click();
    await window.getByText("line 2928").first().waitFor();
    await page.goto(`${site.url}/?${new URLSearchParams({ place: `file=sha256:${sha}&line=99999999` })}`);
    await window.getByText("the file has nothing at this place").waitFor();
    expect(faults).toEqual([]);
  }, 240_000);

  test("a lead's graph: a way, a card of what has none of its own, and a file whose disclosure the ledger has", async () => {
    const { page, faults } = await comeIn("/person?lead=L-002");
    await page.getByRole("link", { name: en.card.toGraph }).click();
    await page.locator("[data-node]").nth(3).waitFor();
    await page.getByRole("button", { name: en.graph.handOn }).click();
    const window = page.getByRole("dialog", { name: en.graph.handOn });
    for (const [format, name, begins] of [["anx", "graph.anx", "<?xml"], ["graphml", "graph.graphml", "<?xml"], ["csv", "graph.csv", "nodes.csv"]] as const) {
      await window.getByRole("radio", { name: en.graph.formats[format] }).check();
      await window.getByRole("textbox", { name: en.graph.to }).fill("the made-up office");
      const [file] = await Promise.all([page.waitForEvent("download"), window.getByRole("button", { name: en.graph.take }).click()]);
      expect(file.suggestedFilename()).toBe(name);
      expect(readFileSync(await file.path(), "utf8").startsWith(begins)).toBe(true);
    }
    await window.getByText("graph.csv (").waitFor();
    await shot(page, "live-graph-taken");
    await window.getByRole("button", { name: en.graph.handOnClose }).click();
    expect(await site.tutela("--json", "ledger", "log")).toContain("the made-up office");
    const subscriber = page.locator("[data-node^='subscriber']").first();
    await subscriber.click();
    await page.getByRole("complementary").getByText(en.card.subscriberNote).waitFor();
    await page.getByRole("complementary").getByRole("link", { name: en.card.toGraph }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get("from")?.split(":")[0]).toBe("subscriber");
    const { leads } = JSON.parse(await site.tutela("--json", "leads")) as { leads: { accounts: string[] }[] };
    const [one = "", other = ""] = leads.find(({ accounts }) => accounts.length > 1 && accounts.some((name) => name.includes("report-")))?.accounts ?? [];
    await page.goto(`${site.url}/graph?${new URLSearchParams({ from: `account:${one}`, to: `referral:${other}` })}`);
    await page.getByRole("region", { name: en.graph.way }).getByRole("button").first().waitFor();
    await shot(page, "live-graph-way");
    expect(await violations(page)).toEqual([]);
    expect(faults).toEqual([]);
  }, 240_000);

  test("the ledger checks, and tells what each act was", async () => {
    const { page, faults } = await comeIn("/ledger");
    await page.getByRole("button", { name: en.ledger.verify }).click();
    await page.getByText(en.ledger.checked).waitFor({ timeout: 90_000 });
    await page.getByRole("combobox", { name: en.ledger.act }).click();
    await page.getByRole("option", { name: en.act.import }).click();
    await page.waitForURL("**/ledger?act=import");
    await page.locator("[data-item]").first().click();
    await page.getByText("reader_version").waitFor();
    await shot(page, "live-ledger-checked");
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ media: "print" });
    await shot(page, "live-ledger-print", true);
    expect(faults).toEqual([]);
  }, 120_000);

  test("who looked at what: a lead that was opened and a place that was revealed are in it; an entry's file is saved as the command line writes it", async () => {
    const { sources } = JSON.parse(await site.tutela("--json", "status")) as { sources: { name: string; sha256: string }[] };
    const sha = sources.find(({ name }) => name === "agorachat-connections.csv")?.sha256 ?? "";
    const { page, faults } = await comeIn("/person?lead=L-001");
    await page.getByRole("region", { name: en.person.part.decision, exact: true }).waitFor();
    await page.goto(`${site.url}/?${new URLSearchParams({ place: `file=sha256:${sha}&line=2927&field=3` })}`);
    const viewer = page.getByRole("dialog", { name: en.viewer.title });
    await viewer.getByRole("button", { name: en.masked.reveal.replace("{{label}}", en.viewer.marked) }).click();
    await viewer.locator("mark").first().waitFor();

    await page.goto(`${site.url}/ledger`);
    await page.getByRole("radio", { name: en.looked.looked }).check();
    await page.waitForURL("**/ledger?show=looked");
    const list = page.getByRole("region", { name: en.looked.looked });
    const line = (...texts: string[]) => texts.reduce((found, hasText) => found.filter({ hasText }), list.getByRole("listitem"));
    await line("isp. Rossi", en.looked.kind.access, "all").first().waitFor();
    await line("isp. Rossi", en.looked.kind.explain, "L-001").first().waitFor();
    await line("isp. Rossi", en.looked.kind.place, sha).first().waitFor();
    expect(await violations(page)).toEqual([]);
    for (const at of [0, 1]) {
      await page.keyboard.press("j");
      expect(await list.locator("[data-item]").nth(at).evaluate((item) => item === document.activeElement), `line ${at}`).toBe(true);
    }
    await list.getByRole("combobox", { name: en.looked.kindLabel }).click();
    await page.getByRole("option", { name: en.looked.kind.explain }).click();
    await page.waitForURL("**/ledger?show=looked&kind=explain");
    await expect.poll(() => line(en.looked.kind.access).count()).toBe(0);
    await list.getByLabel(en.looked.of).fill("l-001");
    await page.keyboard.press("Enter");
    await expect.poll(() => new URL(page.url()).searchParams.get("of")).toBe("l-001");
    await line("L-001").first().waitFor();
    await shot(page, "live-looked");
    await list.getByLabel(en.looked.since).fill("2098-12-31");
    await list.getByText(en.looked.noneSuch).waitFor();
    expect(await violations(page)).toEqual([]);
    await list.getByRole("button", { name: en.looked.all }).click();
    await line(en.looked.kind.access).first().waitFor();
    expect(await list.getByLabel(en.looked.of).inputValue()).toBe("");

    await page.getByRole("radio", { name: en.looked.done }).check();
    await page.locator("main [data-item]").first().click();
    const seq = (await page.locator("main [data-item]").first().innerText()).split(/\s/)[0] ?? "";
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: en.proof.save }).click()]);
    expect(file.suggestedFilename()).toBe(`entry-${seq}.proof.json`);
    expect(readFileSync(await file.path(), "utf8")).toBe(await site.tutela("--json", "ledger", "prove", seq));
    await page.getByText(`entry-${seq}.proof.json (`).waitFor();
    await shot(page, "live-ledger-proof");
    expect(await violations(page)).toEqual([]);
    expect(faults).toEqual([]);
  }, 240_000);

  test("in presentation no name is on the page", async () => {
    const { page } = await comeIn("/person?lead=L-003");
    await page.getByRole("heading", { level: 1, name: "L-003" }).waitFor();
    const { leads } = JSON.parse(await site.tutela("--json", "leads")) as { leads: { lead: string; subscribers: (string | null)[]; accounts: string[] }[] };
    const own = leads.find(({ lead }) => lead === "L-003");
    const names = [...(own?.subscribers ?? []), ...(own?.accounts ?? [])].filter((name) => name !== null);
    expect(names.length).toBeGreaterThan(1);
    await page.getByRole("button", { name: en.shell.presentation }).click();
    const seen = await page.locator("body").innerText();
    for (const name of names) expect(seen).not.toContain(name);
    await shot(page, "live-presentation");
    expect(await violations(page)).toEqual([]);
  }, 120_000);

  test("an account that is written as markup is shown as text everywhere", async () => {
    // The connections of an account that is in a lead, whatever the seed of the operation.
    const { leads } = JSON.parse(await site.tutela("--json", "leads")) as { leads: { accounts: string[] }[] };
    const like = leads.flatMap(({ accounts }) => accounts).findLast((one) => one.startsWith("agorachat/")) ?? "";
    const rows = await site.tutela("--csv", "table", "connection", "--where", `account=${like.slice(like.indexOf("/") + 1)}`, "--limit", "0");
    const [head = "", ...lines] = rows.trim().split("\n");
    const columns = head.split(",");
    const cell = (line: string, name: string) => line.split(",")[columns.indexOf(name)] ?? "";
    const kept = ["platform", "event", "address", "port", "at"];
    const file = join(site.operation, "..", "hostile.csv");
    writeFileSync(file, [["account", ...kept].join(","), ...lines.map((line) => [HOSTILE, ...kept.map((name) => cell(line, name))].join(","))].join("\n"));
    await site.tutela("import", file, "--as", "tutela_table/connection", "--zone", "UTC");
    const { page, faults } = await comeIn();
    await page.evaluate(() => {
      globalThis.alert = () => {
        throw new Error("markup of a record acted");
      };
    });
    await page.getByRole("button", { name: en.jobs.analyse }).click();
    await page.getByText(en.shell.stale).waitFor({ state: "detached" });
    await page.getByText(en.jobs.verb.analyse, { exact: true }).waitFor({ state: "detached", timeout: 90_000 });
    const account = `agorachat/${HOSTILE}`;
    const shown = async (path: string, wait: string) => {
      await page.goto(`${site.url}${path}`);
      const found = page.getByText(HOSTILE).first();
      // A long list draws what is in sight.
      const list = page.locator("main [role=grid]");
      const steps = wait === "findings" ? 20 : 0;
      for (let step = 0; step < steps && !(await found.isVisible()); step += 1) {
        await list.evaluate((grid) => grid.scrollBy(0, 300));
        await page.waitForTimeout(300);
      }
      await found.waitFor();
      expect(await page.locator("img[src='x']").count(), path).toBe(0);
      expect(await violations(page), path).toEqual([]);
      await shot(page, `live-hostile-${wait}`);
    };
    const of = new URLSearchParams({ lead: account });
    await shown(`/person?${of}`, "lead");
    await shown(`/?${new URLSearchParams({ entity: `account:${account}` })}`, "card");
    await shown(`/?${new URLSearchParams({ entity: `lead:${account}` })}`, "lead-card");
    await shown("/findings?analysis=coverage", "findings");
    await shown(`/graph?${new URLSearchParams({ from: `account:${account}`, as: "list" })}`, "graph-list");
    await shown(`/graph?${new URLSearchParams({ from: `account:${account}` })}`, "graph");
    const digest = createHash("sha256").update(readFileSync(file)).digest("hex");
    await page.goto(`${site.url}/?${new URLSearchParams({ place: `file=sha256:${digest}&line=2` })}`);
    await page.getByRole("button", { name: en.masked.reveal.replace("{{label}}", en.viewer.marked) }).click();
    await page.getByRole("dialog").getByText(HOSTILE, { exact: false }).first().waitFor();
    expect(await page.locator("img[src='x']").count()).toBe(0);
    await shot(page, "live-hostile-place");
    await page.getByRole("dialog").getByRole("button", { name: en.viewer.close }).click();
    await page.getByRole("combobox", { name: en.search.label }).fill("onerror");
    await page.getByRole("option").first().waitFor();
    expect(await page.getByRole("option").first().innerText()).toContain(HOSTILE);
    await shot(page, "live-hostile-search");
    expect(await page.locator("img[src='x']").count()).toBe(0);
    expect(faults).toEqual([]);
  }, 300_000);

  /** The finding that waits for a decision on the time zone. */
  async function warning(): Promise<string> {
    const said = await site.tutela("--jsonl", "findings");
    const findings = said.trim().split("\n").map((line) => JSON.parse(line) as { finding: string; statement_key: string });
    return findings.find(({ statement_key }) => statement_key === "zone_shift.indicated")?.finding ?? "";
  }
});
