import { afterEach, expect, test, vi } from "vitest";
import { sessionOf } from "./session";
import type { Session } from "./types";
import { address, ApiError, errorOf, get, setCsrf, write } from "./client";

afterEach(() => vi.unstubAllGlobals());

const answer = (status: number, body: string | null) => {
  const asked = vi.fn<typeof fetch>(async () => new Response(body, { status }));
  vi.stubGlobal("fetch", asked);
  return asked;
};

test.each([
  ["/a/{id}", { path: { id: "../b?c" } }, "/a/..%2Fb%3Fc"],
  ["/a", { query: { limit: 10, sort: ["-at", "x"], none: undefined, no: null, q: "a&b" } }, "/a?limit=10&sort=-at&sort=x&q=a%26b"],
])("an address is escaped", (path, input, said) => expect(address(path, input)).toBe(said));

test("what the server says of an error is kept", () => {
  const error = errorOf(409, { schema: "tutela.error/1", error: { code: "conflict", what: "another decided", hint: "look", id: "E-7" } });
  expect(error).toMatchObject({ status: 409, code: "conflict", what: "another decided", hint: "look", id: "E-7", conflict: true });
});

test.each([undefined, null, "<html>", { error: "text" }])("an answer that is no error of ours is unreadable", (said) => {
  expect(errorOf(502, said)).toMatchObject({ status: 502, code: "unreadable", id: null });
});

test("reads ask in the officer's language and carry no token", async () => {
  const asked = answer(200, "{}");
  setCsrf("secret");
  await get("/api/v1/session", {});
  const headers = new Headers(asked.mock.calls[0]?.[1]?.headers);
  expect(headers.get("accept-language")).toMatch(/^(it|en)$/);
  expect(headers.has("x-tutela-csrf")).toBe(false);
});

test("writes carry the token of the session", async () => {
  const asked = answer(204, null);
  setCsrf("secret");
  // Any path will do: which there are, the server says.
  await (write as unknown as (method: string, path: string, input: object) => Promise<void>)("post", "/api/v1/any", { body: { a: 1 } });
  const call = asked.mock.calls[0]?.[1];
  expect(new Headers(call?.headers).get("x-tutela-csrf")).toBe("secret");
  expect(call?.body).toBe('{"a":1}');
});

test("a server that is gone, and one that answers no JSON", async () => {
  vi.stubGlobal("fetch", vi.fn<typeof fetch>(async () => { throw new TypeError("refused"); }));
  await expect(get("/api/v1/session", {})).rejects.toMatchObject({ code: "unreachable", status: 0 });
  answer(200, "<html>");
  await expect(get("/api/v1/session", {})).rejects.toBeInstanceOf(ApiError);
});

test("a state of the record that nobody knows is an answer that cannot be read", () => {
  const said = (integrity: string) => ({ ledger: { integrity } }) as unknown as Session;
  expect(sessionOf(said("amber")).ledger.integrity).toBe("amber");
  expect(() => sessionOf(said("turquoise"))).toThrow(ApiError);
});
