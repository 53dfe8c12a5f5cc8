/** What the tests add to a made-up operation, so that no screen is empty; nothing of it is real. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { Live } from "./live";

/** Where every screen is looked at. Ids are those of `src/screens/list.ts`, and of what stands behind numbers. */
export const VISITS = [
  ["intake", "/intake"],
  ["operation", "/"],
  ["person", "/person?lead=L-001"],
  ["timeline", "/timeline?lead=L-003"],
  ["graph", "/graph?from=lead:L-001"],
  ["exchange", "/exchange"],
  ["payments", "/payments"],
  ["map", "/map"],
  ["exhibits", "/exhibits"],
  ["grading", "/grading"],
  ["grading-second", "/grading?task=second"],
  ["grading-days", "/grading?task=exposure"],
  ["legal", "/legal"],
  ["ledger", "/ledger"],
  ["ledger-looked", "/ledger?show=looked"],
  ["report", "/report"],
  ["card", "/intake?entity=lead:L-001"],
  ["leads", "/person"],
  ["tables", "/tables"],
  ["table", "/tables/payment"],
  ["findings", "/findings?analysis=coverage"],
  ["end", "/end"],
] as const;

/** Goes to a page and waits until it has what it asked for. */
export async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator("main h1").first().waitFor();
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => document.querySelector("main progress") === null, null, { timeout: 180_000 });
}

/** What a server that makes a table ready answers meanwhile, as the browser writes it into its console. */
export const notWaiting = (faults: readonly string[]): readonly string[] => faults.filter((fault) => !fault.includes("409"));

const quoted = (cell: string | number) => `"${String(cell).replaceAll('"', '""')}"`;
const csv = (rows: readonly (readonly (string | number)[])[]) => rows.map((row) => row.map(quoted).join(",")).join("\n");

/** Imports rows as a table of our own. */
export async function importRows(site: Live, table: string, rows: readonly (readonly (string | number)[])[]): Promise<void> {
  const file = join(site.operation, "..", `${table}-${rows.length}.csv`);
  writeFileSync(file, csv(rows));
  await site.tutela("import", file, "--as", `tutela_table/${table}`, "--zone", "UTC");
}

/** A device with a few files of made-up bytes, and a few payments and exchanges of accounts that nobody has. */
export async function fill(site: Live): Promise<void> {
  const device = join(site.operation, "..", "device");
  mkdirSync(device);
  for (const [name, bytes] of [["one.bin", 900], ["two.bin", 1_800], ["copy-of-one.bin", 900], ["three.txt", 400]] as const) {
    writeFileSync(join(device, name), Buffer.alloc(bytes, bytes % 251));
  }
  await site.tutela("exhibit", "add", device, "--number", "R-1", "--description", "telephone");
  await site.tutela("exhibit", "process", "R-1");
  await importRows(site, "payment", [
    ["service", "payer", "payer_place", "payee", "payee_place", "amount_minor", "currency", "at", "note"],
    ["paydemo", "payer-1", "Torino", "payee-7", "Demoville", 2_500, "EUR", "2026-03-01T10:00:00Z", "a made-up note"],
    ["paydemo", "payer-1", "Torino", "payee-7", "Demoville", 4_000, "EUR", "2026-03-08T10:05:00Z", ""],
    ["paydemo", "payer-2", "Bari", "payee-7", "Demoville", 1_500, "EUR", "2026-03-09T21:30:00Z", ""],
  ]);
  await importRows(site, "transfer", [
    ["channel", "thread", "from_account", "to_account", "at", "file_hash", "file_name", "file_size"],
    ["chatdemo", "room-1", "giver-1", "taker-1", "2026-03-02T09:00:00Z", `sha256:${"ab".repeat(32)}`, "made-up.bin", 900],
    ["chatdemo", "room-1", "giver-1", "taker-2", "2026-03-02T09:01:00Z", `sha256:${"ab".repeat(32)}`, "made-up.bin", 900],
  ]);
  await site.tutela("analyse");
}
