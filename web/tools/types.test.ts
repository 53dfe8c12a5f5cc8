import { expect, test } from "vitest";
import { typesOf } from "./types.mjs";

const schema = (one: object) => typesOf({ components: { schemas: { One: one } } });

test.each([
  [{ type: ["string", "null"] }, "export type One = string | null;"],
  [{ type: "string", enum: ["a", "b"] }, 'export type One = "a" | "b";'],
  [{ type: "array", items: { $ref: "#/components/schemas/Two" } }, "export type One = readonly (Two)[];"],
  [{ oneOf: [{ type: "null" }, { $ref: "#/components/schemas/Two" }] }, "export type One = (null | Two);"],
  [{ type: "object", additionalProperties: { type: "integer" } }, "export type One = Readonly<Record<string, number>>;"],
  [{ type: "object", required: ["a"], properties: { a: {}, "b-c": { type: "boolean" } } }, 'a: unknown;\n  "b-c"?: boolean;'],
])("a schema has its type", (one, said) => expect(schema(one)).toContain(said));

test("what the generator does not know stops it", () => {
  expect(() => schema({ type: "tuple" })).toThrow("tuple");
});

test("a path says what it takes and gives", () => {
  const content = { "application/json": { schema: { type: "string" } } };
  const parameters = [{ in: "path", name: "id", required: true, schema: { type: "string" } }, { in: "query", name: "limit", schema: { type: "integer" } }];
  const text = typesOf({ paths: { "/a/{id}": { post: { parameters, requestBody: { content }, responses: { 201: { content } } } } } });
  expect(text).toContain("post: { path: { id: string }; query: { limit?: number }; body: string; ok: string };");
});
