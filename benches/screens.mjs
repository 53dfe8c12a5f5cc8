#!/usr/bin/env node
// How long a page of the web app keeps its user waiting, measured in the page: from the deed to the frame that shows what
// was asked for. The program serves its own app, nothing stands between.
//
//     node benches/screens.mjs PROGRAM OPERATION [TABLE [N]]
//
// PROGRAM is a release build of tutela with the app in it, OPERATION the folder of a made-up operation, which is changed
// only by being looked at. Needs web/node_modules (npm --prefix web ci) and Chromium (CHROMIUM names another).
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "../web/node_modules/playwright-core/index.mjs";

const [program, operation, table = "connection", said = "60"] = process.argv.slice(2);
if (operation === undefined) throw new Error("screens.mjs PROGRAM OPERATION [TABLE [N]]");
const n = Number(said);

/** The same numbers each time (mulberry32). */
let state = 1;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
const pick = (list) => list[Math.floor(random() * list.length)];

const server = spawn(program, ["--op", operation, "serve", "--bind", "127.0.0.1:0"], { stdio: ["pipe", "pipe", "ignore"] });
const url = await new Promise((told) => createInterface({ input: server.stdout }).once("line", told));
const profile = mkdtempSync(join(tmpdir(), "tutela-screens-"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", `--crash-dumps-dir=${profile}`],
});
const { origin } = new URL(url);

const taken = new Map();
const note = (what, took) => taken.set(what, [...(taken.get(what) ?? []), took]);

/** Runs in the page: does something, and waits for the frame in which the grid shows what came of it. */
function timed([deed, argument]) {
  const grid = () => document.querySelector("[role=grid]");
  const shows = () => {
    const box = grid();
    if (box?.getAttribute("aria-busy") !== "false") return false;
    if (box.textContent?.includes("Failed") || box.querySelector("[role=rowgroup] + p")) return true;
    const top = box.getBoundingClientRect().top + 60;
    const rows = [...box.querySelectorAll("[data-row]")].filter((row) => row.getBoundingClientRect().top >= top);
    return rows.slice(0, 3).every((row) => (row.textContent ?? "").trim() !== "");
  };
  const deeds = {
    ask: (search) => history.pushState(null, "", search),
    scroll: (share) => (grid().scrollTop = share * (grid().scrollHeight - grid().clientHeight)),
    open: (at) => [...grid().querySelectorAll("[data-row] button")][at]?.click(),
  };
  const began = performance.now();
  deeds[deed](argument);
  return new Promise((shown) => {
    let frames = 0;
    let waited = false;
    const look = () => {
      frames += 1;
      waited ||= grid()?.getAttribute("aria-busy") === "true";
      const done = deed === "open" ? document.querySelector("dialog[open] [data-wide]") !== null : (waited || frames > 2) && shows();
      if (done || performance.now() - began > 30_000) shown(performance.now() - began);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

/** Runs in the page: when its largest piece stood on the screen (Largest Contentful Paint). */
function largestPaint() {
  return new Promise((told) => {
    new PerformanceObserver((seen) => told(seen.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true });
  });
}

// First paint: a browser that was never here, a program that was asked before.
let context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: "en-GB" });
let page = await context.newPage();
await page.goto(url);
await page.locator("main h2").first().waitFor();
const kept = await context.cookies();
for (let turn = 0; turn < 15; turn += 1) {
  const fresh = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: "en-GB" });
  await fresh.addCookies(kept);
  const first = await fresh.newPage();
  await first.addInitScript(() => {
    const look = () => {
      // What the first screen is for: who comes first, and why.
      if (document.querySelector("section[aria-labelledby=top-leads] li a[data-item]")) document.documentElement.dataset.shownAt = String(performance.now());
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await first.goto(`${origin}/`);
  await first.locator("html[data-shown-at]").waitFor();
  note("first paint: anything", await first.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0));
  note("first paint: the leads", Number(await first.locator("html").getAttribute("data-shown-at")));
  note("first paint: the largest piece", await first.evaluate(largestPaint));
  await fresh.close();
}

// A long table.
const api = (path) => page.evaluate((address) => fetch(address).then((answer) => answer.json()), `/api/v1/${path}`);
const told = (await api("tables")).tables.find(({ name }) => name === table);
const sortable = told.columns.filter(({ sorts }) => sorts).map(({ name }) => name);
let prepared = Date.now();
while ((await api(`tables/${table}/rows?sort=${sortable[0]}&limit=1`)).error) await new Promise((later) => setTimeout(later, 1_000));
prepared = (Date.now() - prepared) / 1_000;
const values = {};
for (const column of sortable) values[column] = (await api(`tables/${table}/values?column=${column}&limit=200`)).values?.map(({ value }) => value) ?? [];
const instant = sortable.find((name) => told.columns.find((column) => column.name === name).holds === "instant");
const span = instant ? (await api(`tables/${table}/counts?column=${instant}&buckets=200`)).stretches : [];

await page.goto(`${origin}/tables/${table}`);
await page.locator("[data-row='3']").waitFor();
const session = await context.newCDPSession(page);
await session.send("Performance.enable");
for (let turn = 0; turn < n; turn += 1) {
  const column = pick(sortable);
  note("sort", await page.evaluate(timed, ["ask", `?sort=${pick(["", "-"])}${column}`]));
  note("scroll in sorted rows", await page.evaluate(timed, ["scroll", random()]));
  const filtered = pick(sortable.filter((name) => values[name].some((value) => value !== null)));
  const value = pick(values[filtered].filter((one) => one !== null));
  const search = new URLSearchParams({ filter: `${filtered}:${encodeURIComponent(`=${value}`)}` });
  note("filter", await page.evaluate(timed, ["ask", `?${search}`]));
  search.set("sort", pick(sortable));
  note("sort filtered rows", await page.evaluate(timed, ["ask", `?${search}`]));
  if (span.length > 0) {
    const { from } = pick(span);
    const { until } = pick(span);
    const [early, late] = [from, until].toSorted();
    note("filter a stretch of time", await page.evaluate(timed, ["ask", `?${new URLSearchParams({ filter: `${instant}:${encodeURIComponent(`${early}..${late}`)}` })}`]));
  }
  note("all rows", await page.evaluate(timed, ["ask", "?"]));
  note("scroll", await page.evaluate(timed, ["scroll", random()]));
  note("open a row's place", await page.evaluate(timed, ["open", 1]));
  await page.keyboard.press("Escape");
}
const { metrics } = await session.send("Performance.getMetrics");
const metric = (name) => metrics.find((one) => one.name === name).value;
const processes = await (await browser.newBrowserCDPSession()).send("SystemInfo.getProcessInfo");
const status = (id, field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${id}/status`, "utf8"))[1]) / 1_024;
// Memory as Chromium's own task manager counts it, which leaves out the program's pages that all processes share:
// private memory footprint, RssAnon and VmSwap (services/resource_coordinator/public/cpp/memory_instrumentation).
const footprint = (id) => status(id, "RssAnon") + status(id, "VmSwap");
const { id: largest } = processes.processInfo.filter(({ type }) => type === "renderer").toSorted((one, other) => footprint(other.id) - footprint(one.id))[0];

console.log(`${table}: ${told.rows.toLocaleString("en")} rows, prepared in ${prepared.toFixed(1)} s`);
for (const [what, times] of [...taken, ["all on the table", [...taken].flatMap(([what, times]) => (what.startsWith("first") ? [] : times))]]) {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(0).padStart(6);
  console.log(`${what.padEnd(26)} ${String(sorted.length).padStart(4)}  median ${at(0.5)}  p95 ${at(0.95)}  most ${at(1)} ms`);
}
console.log(`heap of the page ${(metric("JSHeapUsedSize") / 2 ** 20).toFixed(0)} MiB, ${metric("Nodes")} nodes; its process ${footprint(largest).toFixed(0)} MiB of its own, ${status(largest, "VmRSS").toFixed(0)} MiB resident`);
await browser.close();
server.kill("SIGINT");
rmSync(profile, { recursive: true, force: true });
