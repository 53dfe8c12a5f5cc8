// Writes dist/licences.txt: the licence of everything that is in the built files. One that nobody looked at stops the build.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { exit, stderr } from "node:process";

const LOOKED_AT = new Set(["MIT", "ISC", "OFL-1.1", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "(MIT OR CC0-1.0)", "Unlicense"]);
const home = new URL("../", import.meta.url);
/** @type {{ packages: Record<string, { version: string, license?: string, dev?: boolean, devOptional?: boolean, optional?: boolean }> }} */
const lock = JSON.parse(readFileSync(new URL("package-lock.json", home), "utf8"));

const texts = Object.entries(lock.packages).flatMap(([path, { version, license = "none stated", dev, devOptional, optional }]) => {
  // What is optional is a tool that a package can work with, such as TypeScript, and not in the built files.
  if (path === "" || dev || devOptional || optional) return [];
  const name = path.replace(/^.*node_modules\//, "");
  if (!LOOKED_AT.has(license)) {
    stderr.write(`a licence that nobody looked at: ${name} ${license}\nhint: read it, then add it to LOOKED_AT or leave the package out\n`);
    exit(1);
  }
  const folder = new URL(`${path}/`, home);
  const file = readdirSync(folder).find((one) => /^(licen[cs]e|copying)/i.test(one));
  const text = file ? readFileSync(new URL(file, folder), "utf8").trim() : `(the package has no file of its licence: ${license})`;
  return [`${name} ${version} (${license})\n\n${text}\n`];
});
writeFileSync(new URL("dist/licences.txt", home), texts.join(`\n${"-".repeat(80)}\n\n`));
