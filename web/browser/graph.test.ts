/** The graph on made-up documents: drawing and list in both languages and themes, keys, states, ways, and the file that is handed on. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { en } from "../src/words/en";
import { it } from "../src/words/it";
import { graphFrom, HOSTILE, LARGE, LEADS, PATH } from "./madeUp";
import { type Chromium, shot, start, violations } from "./open";
import { serve, type Site } from "./server";

let site: Site;
let chromium: Chromium;
let asked: URLSearchParams[] = [];
beforeAll(async () => {
  [site, chromium] = await Promise.all([serve("dist"), start()]);
  site.answers["/api/v1/leads"] = LEADS;
  site.answers["/api/v1/graph"] = ({ searchParams: query }: URL) => {
    asked.push(query);
    const from = query.get("from") ?? "";
    if (from === "account:nobody") return { status: 404, body: { schema: "tutela.error/1", error: { code: "not_found", what: "no finding and no lead names this: account:nobody", hint: null, id: "E-4" } } };
    if (from === "account:broken") return { status: 500, body: { schema: "tutela.error/1", error: { code: "internal", what: "the findings could not be read", hint: "tutela ledger verify", id: "E-5" } } };
    if (from === "account:slow") return new Promise(() => undefined);
    if (from === "line:many") return { body: LARGE };
    return { body: { graph: graphFrom(from, query.get("hops")), path: query.has("to") ? (query.get("to")?.includes("report") ? PATH : null) : null } };
  };
});
afterAll(async () => {
  await chromium.close();
  await site.close();
});

const WORDS = { it, en };
const at = (from: string, more: Record<string, string> = {}) => `${site.url}/graph?${new URLSearchParams({ from, ...more })}`;

for (const language of ["it", "en"] as const) {
  for (const scheme of ["light", "dark"] as const) {
    test(`the graph in ${language}, ${scheme}: start, drawing, list, card, way and file`, async () => {
      const words = WORDS[language];
      const { page, faults } = await chromium.open(`${site.url}/graph`, { language, scheme });
      const look = async (name: string) => {
        await shot(page, `graph-${name}-${language}-${scheme}`);
        expect(await violations(page), name).toEqual([]);
      };
      await page.getByRole("link", { name: "L-001" }).waitFor();
      await look("start");
      await page.getByRole("link", { name: "L-001" }).click();
      await page.locator("[data-node]").nth(11).waitFor();
      // The address names the lead by an account, since its number changes.
      expect(new URL(page.url()).searchParams.get("from")).toBe("lead:agorachat/10136695");
      expect(asked.at(-1)?.get("from")).toBe("lead:L-001");
      await look("drawing");
      await page.locator("[data-node^='device']").click();
      await page.getByRole("complementary").getByRole("heading", { level: 2 }).waitFor();
      await look("card");
      await page.getByRole("radio", { name: words.graph.list }).check();
      await page.getByRole("heading", { name: words.graph.edges }).waitFor();
      await look("list");
      await page.getByRole("button", { name: words.entity.close }).click();
      await page.getByRole("button", { name: words.graph.handOn }).click();
      await page.getByRole("dialog", { name: words.graph.handOn }).waitFor();
      await look("hand-on");
      await page.keyboard.press("Escape");
      await page.goto(at("account:agorachat/10136695", { to: "referral:cybertip/report-41700165" }));
      await page.getByRole("region", { name: words.graph.way }).waitFor();
      await look("way");
      await page.goto(at("line:many"));
      await page.locator("[data-node]").nth(149).waitFor();
      await look("large");
      expect(faults).toEqual([]);
    }, 120_000);
  }
}

test("a name that is written as markup is text: in the drawing, the list, the card and the leads", async () => {
  const { page, faults } = await chromium.open(at("lead:agorachat/10136695"));
  const hostile = page.getByRole("button", { name: `Account agorachat/${HOSTILE}` });
  await hostile.waitFor();
  await hostile.click();
  await page.getByRole("complementary").getByRole("heading", { level: 2, name: HOSTILE }).or(page.getByRole("alert")).first().waitFor();
  await page.getByRole("radio", { name: en.graph.list }).check();
  await page.getByRole("button", { name: `Account agorachat/${HOSTILE}` }).first().waitFor();
  expect(await page.locator("img[src='x']").count()).toBe(0);
  // The made-up server knows no card of an account; the browser writes that into its console.
  expect(faults.filter((fault) => !fault.includes("500"))).toEqual([]);
});

test("with keys alone: through the drawing, to a card, and to another start", async () => {
  const { page, faults } = await chromium.open(at("lead:agorachat/10136695"));
  await page.locator("[data-node]").nth(11).waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-node"));
  await page.getByRole("button", { name: en.graph.handOn }).focus();
  for (let i = 0; i < 20 && (await focused()) === null; i += 1) await page.keyboard.press("Tab");
  expect(await focused()).toBe("lead:L-001");
  await page.keyboard.press("ArrowLeft");
  expect(await focused()).toBe("line:borea/B4994857");
  await page.keyboard.press("ArrowLeft");
  expect(await focused()).toBe("subscriber:borea/B4994857");
  const box = () => page.locator("svg[role=group]").getAttribute("viewBox");
  const first = await box();
  await page.keyboard.press("PageUp");
  expect(await box()).not.toBe(first);
  await page.keyboard.press("Home");
  expect(await box()).toBe(first);
  await page.keyboard.press("Enter");
  await page.getByRole("complementary").getByRole("heading", { level: 2, name: "L-001" }).or(page.getByRole("complementary").getByRole("heading", { level: 2 })).first().waitFor();
  expect(new URL(page.url()).searchParams.get("entity")).toBe("subscriber:borea/B4994857");
  await page.getByRole("button", { name: en.graph.beginAt }).press("Enter");
  await expect.poll(() => new URL(page.url()).searchParams.get("from")).toBe("subscriber:borea/B4994857");
  // Tab leaves the drawing after one node, for the buttons that zoom.
  await page.locator("[data-node][tabindex='0']").focus();
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(en.graph.nearer);
  expect(faults).toEqual([]);
});

test("kinds, steps and what many share are asked for, and stand in the address", async () => {
  const { page } = await chromium.open(at("lead:agorachat/10136695"));
  await page.locator("[data-node]").nth(11).waitFor();
  asked = [];
  await page.getByRole("checkbox", { name: en.graph.hideWeak }).check();
  await expect.poll(() => asked.at(-1)?.get("weak")).toBe("hide");
  await page.getByRole("checkbox", { name: en.entity.kinds.peer }).uncheck();
  await expect.poll(() => asked.at(-1)?.get("kinds")).toBe("lead,account,referral,line,subscriber,device,selector,exhibit,handle");
  await page.getByRole("button", { name: en.graph.oneFurther }).click();
  await expect.poll(() => asked.at(-1)?.get("hops")).toBe("3");
  await page.reload();
  await page.locator("[data-node]").nth(11).waitFor();
  expect(await page.getByRole("checkbox", { name: en.entity.kinds.peer }).isChecked()).toBe(false);
  expect(Object.fromEntries(asked.at(-1) ?? [])).toMatchObject({ weak: "hide", hops: "3" });
});

test("wheel, drag and buttons come nearer and move the drawing", async () => {
  const { page } = await chromium.open(at("lead:agorachat/10136695"));
  await page.locator("[data-node]").nth(11).waitFor();
  const box = async () => ((await page.locator("svg[role=group]").getAttribute("viewBox")) ?? "").split(" ").map(Number);
  const first = await box();
  const place = await page.locator("svg[role=group]").boundingBox();
  await page.mouse.move((place?.x ?? 0) + 40, (place?.y ?? 0) + 40);
  await page.mouse.wheel(0, -120);
  await expect.poll(async () => (await box())[2]).toBeLessThan(first[2] ?? 0);
  const [x] = await box();
  await page.mouse.down();
  await page.mouse.move((place?.x ?? 0) + 140, (place?.y ?? 0) + 40, { steps: 3 });
  await page.mouse.up();
  expect((await box())[0]).toBeLessThan(x ?? 0);
  await page.getByRole("button", { name: en.graph.fit }).click();
  expect(await box()).toEqual(first);
});

test("a graph is handed on as a file, after it is said to whom", async () => {
  let sent = "";
  site.answers["/api/v1/graph/export"] = (_: URL, body: string) => {
    sent = body;
    return { body: "<Chart>made up</Chart>", headers: { "content-type": "application/xml", "content-disposition": 'attachment; filename="graph.anx"' } };
  };
  const { page, faults } = await chromium.open(at("lead:agorachat/10136695"));
  await page.getByRole("button", { name: en.graph.handOn }).click();
  const window = page.getByRole("dialog", { name: en.graph.handOn });
  await window.getByRole("textbox", { name: en.graph.to }).fill("analysis office");
  const [file] = await Promise.all([page.waitForEvent("download"), window.getByRole("button", { name: en.graph.take }).click()]);
  expect(file.suggestedFilename()).toBe("graph.anx");
  expect(readFileSync(await file.path(), "utf8")).toBe("<Chart>made up</Chart>");
  await window.getByText("graph.anx (").waitFor();
  expect(JSON.parse(sent)).toEqual({ format: "anx", graph: { from: "lead:L-001", hops: 2, weak: "show" }, to: "analysis office" });
  delete site.answers["/api/v1/graph/export"];
  await window.getByRole("radio", { name: en.graph.formats.csv }).check();
  await window.getByRole("button", { name: en.graph.take }).click();
  await window.getByText(en.graph.notTaken).waitFor();
  expect(await violations(page)).toEqual([]);
  expect(faults.filter((fault) => !fault.includes("500"))).toEqual([]);
});

test("no way, nothing of that name, an error, waiting, no leads: each is said", async () => {
  const { page } = await chromium.open(at("account:agorachat/10136695", { to: "account:agorachat/7" }));
  await page.getByText(en.graph.noWay, { exact: false }).waitFor();
  await page.goto(at("account:nobody"));
  await page.getByRole("heading", { name: "no finding and no lead names this" }).waitFor();
  await shot(page, "graph-nobody");
  expect(await violations(page)).toEqual([]);
  await page.goto(at("account:broken"));
  await page.getByRole("alert").getByText("the findings could not be read").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto(at("account:slow"));
  await page.getByText(en.graph.loading).waitFor();
  expect(await violations(page)).toEqual([]);
  const before = site.answers["/api/v1/leads"];
  delete site.answers["/api/v1/leads"];
  await page.goto(`${site.url}/graph`);
  await page.getByRole("heading", { name: en.graph.noLeads }).waitFor();
  expect(await violations(page)).toEqual([]);
  Object.assign(site.answers, { "/api/v1/leads": before });
});

test("while the screen is shared no name is in the drawing or the list", async () => {
  const { page } = await chromium.open(at("lead:agorachat/10136695"));
  await page.locator("[data-node]").nth(11).waitFor();
  await page.getByRole("button", { name: en.shell.presentation }).click();
  for (const as of [en.graph.drawing, en.graph.list]) {
    await page.getByRole("radio", { name: as }).check();
    const seen = await page.locator("main").innerText();
    const heard = await page.locator("main").ariaSnapshot();
    for (const name of ["Lanfovio", "B4994857", "10136695", "333555085011"]) {
      expect(seen, as).not.toContain(name);
      expect(heard, as).not.toContain(name);
    }
    await shot(page, `graph-presentation-${as}`);
  }
});
