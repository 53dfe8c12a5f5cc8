import { currentPrefs } from "../prefs";
import { heard, reasonGiven } from "./connection";
import type { Paths } from "./types";

/** What the server, or the way to it, answered instead of what was asked for. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** A word that programs read; `unreachable` and `unreadable` are ours. */
  readonly code: string;
  /** What happened, in the officer's language; empty where no server said it. */
  readonly what: string;
  readonly hint: string | null;
  /** Finds the event in the server's log. */
  readonly id: string | null;
  /** Zero when nothing answered. */
  readonly status: number;

  constructor(status: number, error: { code: string; what: string; hint?: string | null; id?: string | null }) {
    super(error.what || error.code);
    this.status = status;
    this.code = error.code;
    this.what = error.what;
    this.hint = error.hint ?? null;
    this.id = error.id ?? null;
  }

  /** Another officer was there first. */
  get conflict(): boolean {
    return this.code === "conflict";
  }
}

type Method = "get" | "post" | "put" | "patch" | "delete";
/** The paths that take a method. */
export type PathsWith<M extends Method> = { [P in keyof Paths]: M extends keyof Paths[P] ? P : never }[keyof Paths];
type Operation<P extends keyof Paths, M extends Method> = M extends keyof Paths[P] ? Paths[P][M] : never;
type Part<O, K extends "path" | "query" | "body"> = O extends Record<K, infer T> ? { [k in K]: T } : { [k in K]?: never };
export type Input<O> = Part<O, "path"> & (O extends { query: infer Q } ? { query?: Q } : { query?: never }) & Part<O, "body">;
export type Output<O> = O extends { ok: infer T } ? T : never;

let csrf: string | null = null;

/** Kept from the session: the server takes no write without it. */
export function setCsrf(value: string): void {
  csrf = value;
}

/** Reads. `signal` comes from the query, so that leaving a page stops what it asked for. */
export function get<P extends PathsWith<"get">>(
  path: P,
  input: Input<Operation<P, "get">>,
  signal?: AbortSignal,
): Promise<Output<Operation<P, "get">>> {
  return send("get", path, input as AnyInput, signal) as Promise<Output<Operation<P, "get">>>;
}

/** Writes. Each is an entry of the ledger. */
export function write<M extends "post" | "put" | "patch" | "delete", P extends PathsWith<M>>(
  method: M,
  path: P,
  input: Input<Operation<P, M>>,
): Promise<Output<Operation<P, M>>> {
  return send(method, path, input as AnyInput) as Promise<Output<Operation<P, M>>>;
}

interface AnyInput {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

async function send(method: Method, path: string, input: AnyInput, signal?: AbortSignal): Promise<unknown> {
  return reasoned(() => sendOnce(method, path, input, signal), signal);
}

/** A file. Of one that leaves the operation, which is posted for, the ledger has the digest before the server gives it. */
export function takeFile<M extends "get" | "post", P extends PathsWith<M>>(method: M, path: P, input: Input<Operation<P, M>>): Promise<{ readonly name: string; readonly content: Blob }> {
  return reasoned(async () => {
    const response = await answered(method, path, input as AnyInput);
    if (!response.ok) throw refusal(response.status, await response.json().catch(() => undefined));
    const name = /filename="([^"/\\]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "tutela";
    return { name, content: await response.blob() };
  });
}

/** Asks again once it is said why, where the operation asks that before it shows personal data. */
async function reasoned<T>(request: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "reason_needed") throw error;
      await reasonGiven(signal).catch(() => {
        throw error;
      });
    }
  }
}

async function sendOnce(method: Method, path: string, input: AnyInput, signal?: AbortSignal): Promise<unknown> {
  const response = await answered(method, path, input, signal);
  if (response.status === 204) return undefined;
  const said: unknown = await response.json().catch(() => undefined);
  if (signal?.aborted) throw new DOMException("left", "AbortError");
  if (!response.ok) throw refusal(response.status, said);
  if (said === undefined) throw new ApiError(response.status, { code: "unreadable", what: "" });
  return said;
}

async function answered(method: Method, path: string, input: AnyInput, signal?: AbortSignal): Promise<Response> {
  const headers = new Headers({ accept: "application/json", "accept-language": currentPrefs().language });
  if (method !== "get" && csrf !== null) headers.set("x-tutela-csrf", csrf);
  if (input.body !== undefined) headers.set("content-type", "application/json");
  let response: Response;
  try {
    response = await fetch(address(path, input), {
      method: method.toUpperCase(),
      headers,
      credentials: "same-origin",
      redirect: "error",
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    heard("unreachable");
    throw new ApiError(0, { code: "unreachable", what: "" });
  }
  if (response.status !== 401) heard("up");
  return response;
}

/** A path with its holes filled and its question. Every part is escaped, whatever a record wrote. */
export function address(path: string, { path: holes = {}, query = {} }: AnyInput): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(holes[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) search.append(name, String(one));
    }
  }
  return search.size > 0 ? `${filled}?${search}` : filled;
}

/** What a request is refused with. A passphrase that is not right is no end of a session. */
function refusal(status: number, said: unknown): ApiError {
  const error = errorOf(status, said);
  if (error.code === "no_session" || error.code === "sign_in") heard(error.code);
  return error;
}

/** The server's own account of an error, or the least that can be said. */
export function errorOf(status: number, said: unknown): ApiError {
  const error = (said as { error?: unknown } | undefined)?.error;
  if (typeof error === "object" && error !== null && "code" in error && "what" in error) {
    const { code, what, hint, id } = error as Record<string, unknown>;
    return new ApiError(status, {
      code: String(code),
      what: String(what),
      hint: typeof hint === "string" ? hint : null,
      id: typeof id === "string" ? id : null,
    });
  }
  return new ApiError(status, { code: "unreadable", what: "" });
}
