// Writes src/api/types.ts from openapi.json, or with --check says whether the file is current.
// It takes the part of OpenAPI 3.1 that the server writes, and stops at anything else rather than guess.
import { readFileSync, writeFileSync } from "node:fs";
import { argv, exit, stderr } from "node:process";
import { fileURLToPath } from "node:url";

/** @typedef {Record<string, any>} Json */

const METHODS = ["get", "post", "put", "patch", "delete"];

/** @param {Json} api @returns {string} */
export function typesOf(api) {
  const lines = ["// Generated from openapi.json by `npm run types`. Do not edit.", ""];
  for (const [name, schema] of Object.entries(api["components"]?.schemas ?? {})) {
    lines.push(...comment(schema.description, ""), `export type ${name} = ${typeOf(schema, "")};`, "");
  }
  lines.push("/** What each path takes and gives. */", "export interface Paths {");
  for (const [path, item] of Object.entries(api["paths"] ?? {})) {
    lines.push(`  ${JSON.stringify(path)}: {`);
    for (const method of METHODS) {
      if (item[method]) lines.push(`    ${method}: ${operation(item[method], item.parameters ?? [], api)};`);
    }
    lines.push("  };");
  }
  lines.push("}", "");
  return lines.join("\n");
}

/** @param {Json} op @param {Json[]} shared @param {Json} api */
function operation(op, shared, api) {
  const parameters = [...shared, ...(op["parameters"] ?? [])].map((p) => resolve(p, api));
  const parts = [];
  for (const place of ["path", "query"]) {
    const here = parameters.filter((p) => p["in"] === place);
    if (here.length === 0) continue;
    const fields = here.map((p) => `${key(p["name"])}${p["required"] ? "" : "?"}: ${typeOf(p["schema"] ?? {}, "    ")}`);
    parts.push(`${place}: { ${fields.join("; ")} }`);
  }
  const body = json(resolve(op["requestBody"] ?? {}, api));
  if (body) parts.push(`body: ${typeOf(body, "    ")}`);
  const good = Object.entries(op["responses"] ?? {}).find(([status]) => status.startsWith("2"));
  const answer = good && json(resolve(good[1], api));
  parts.push(`ok: ${answer ? typeOf(answer, "    ") : "undefined"}`);
  return `{ ${parts.join("; ")} }`;
}

/** @param {Json} body */
const json = (body) => body["content"]?.["application/json"]?.schema;

/** @param {Json} value @param {Json} api @returns {Json} */
function resolve(value, api) {
  if (!value["$ref"]) return value;
  return value["$ref"].slice(2).split("/").reduce((/** @type {any} */ at, /** @type {string} */ step) => at[step], api);
}

/** @param {Json | boolean} schema @param {string} indent @returns {string} */
function typeOf(schema, indent) {
  if (typeof schema === "boolean") return schema ? "unknown" : "never";
  if (schema["$ref"]) return schema["$ref"].replace("#/components/schemas/", "");
  if ("const" in schema) return JSON.stringify(schema["const"]);
  if (schema["enum"]) return schema["enum"].map((/** @type {unknown} */ one) => JSON.stringify(one)).join(" | ");
  for (const [word, sign] of /** @type {const} */ ([["oneOf", " | "], ["anyOf", " | "], ["allOf", " & "]])) {
    if (schema[word]) return `(${schema[word].map((/** @type {Json} */ one) => typeOf(one, indent)).join(sign)})`;
  }
  if (Array.isArray(schema["type"])) {
    return schema["type"].map((/** @type {string} */ type) => typeOf({ ...schema, type }, indent)).join(" | ");
  }
  switch (schema["type"]) {
    case "string": return "string";
    case "integer":
    case "number": return "number";
    case "boolean": return "boolean";
    case "null": return "null";
    case "array": return `readonly (${typeOf(schema["items"] ?? {}, indent)})[]`;
    case "object": return object(schema, indent);
    case undefined: return schema["properties"] ? object(schema, indent) : "unknown";
    default: throw new Error(`no TypeScript for the type: ${schema["type"]}`);
  }
}

/** @param {Json} schema @param {string} indent */
function object(schema, indent) {
  const inner = `${indent}  `;
  const required = new Set(schema["required"] ?? []);
  const fields = Object.entries(schema["properties"] ?? {}).flatMap(([name, field]) => [
    ...comment(field.description, inner),
    `${inner}${key(name)}${required.has(name) ? "" : "?"}: ${typeOf(field, inner)};`,
  ]);
  const rest = schema["additionalProperties"];
  if (fields.length === 0) return rest === false ? "Record<string, never>" : `Readonly<Record<string, ${typeOf(rest ?? true, indent)}>>`;
  if (rest) fields.push(`${inner}[more: string]: unknown;`);
  return `{\n${fields.join("\n")}\n${indent}}`;
}

/** @param {string} name */
const key = (name) => (/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name));

/** @param {string | undefined} text @param {string} indent */
const comment = (text, indent) => (text ? [`${indent}/** ${text.replaceAll("*/", "* /").replaceAll("\n", " ")} */`] : []);

if (argv[1] === fileURLToPath(import.meta.url)) {
  const at = (/** @type {string} */ name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
  const types = typesOf(JSON.parse(readFileSync(at("openapi.json"), "utf8")));
  if (!argv.includes("--check")) {
    writeFileSync(at("src/api/types.ts"), types);
  } else if (readFileSync(at("src/api/types.ts"), "utf8") !== types) {
    stderr.write("src/api/types.ts is not what openapi.json says\nhint: npm run types\n");
    exit(1);
  }
}
