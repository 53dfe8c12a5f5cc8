// Measures what the first page of dist loads before it shows anything, and fails over the budget.
import { readFileSync } from "node:fs";
import { exit, stdout } from "node:process";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 250;
const dist = new URL("../dist/", import.meta.url);
const page = readFileSync(new URL("index.html", dist), "utf8");

/** @param {RegExp} what */
const kilobytes = (what) =>
  [...page.matchAll(what)].reduce((sum, [, path]) => sum + gzipSync(readFileSync(new URL(`.${path}`, dist))).length / 1000, 0);

const scripts = kilobytes(/(?:src|href)="(\/[^"]+\.js)"/g);
const styles = kilobytes(/href="(\/[^"]+\.css)"/g);
stdout.write(`first page: scripts ${scripts.toFixed(1)} kB gzip of ${BUDGET_KB}, styles ${styles.toFixed(1)} kB gzip\n`);
if (scripts === 0 || scripts > BUDGET_KB) {
  stdout.write("the first page loads more than the budget\nhint: import() what only one screen needs\n");
  exit(1);
}
