import type { FetchWindow } from "../api/window";

/** A made-up connection, in addresses that belong to nobody (RFC 5737). */
export interface MadeUp {
  readonly id: string;
  readonly at: string;
  readonly account: string;
  readonly event: "login" | "upload" | "message";
  readonly address: string;
  readonly port: number | null;
  readonly line: number;
}

const EVENTS = ["login", "upload", "message"] as const;
const NAMES = ["lago", "nord", "quarzo", "cedro", "zefiro", "tuono"];

/** Row `n` of the made-up table, the same at every call. */
export function rowAt(n: number): MadeUp {
  const mixed = (n * 2654435761) % 4294967296;
  return {
    id: `row-${n}`,
    at: new Date(Date.UTC(2026, 0, 1) + n * 61_000).toISOString(),
    account: `agorachat/${NAMES[mixed % NAMES.length]}.${mixed % 997}`,
    event: EVENTS[mixed % EVENTS.length] ?? "login",
    address: `203.0.113.${mixed % 254}`,
    port: mixed % 5 === 0 ? null : 1024 + (mixed % 60_000),
    line: n + 2,
  };
}

/** A server of `total` rows, in this page; `counted` says whether it tells how many there are. */
export function madeUpServer(total: number, counted: boolean): FetchWindow<MadeUp> {
  return async ({ offset, limit, sort, filter }, signal) => {
    await new Promise((resolve) => setTimeout(resolve, 15));
    signal.throwIfAborted();
    const wanted = filter["event"] ?? "";
    const text = (filter["account"] ?? "").toLowerCase();
    const down = sort[0]?.descending ?? false;
    if (wanted === "" && text === "") {
      const length = Math.max(0, Math.min(limit, total - offset));
      const rows = Array.from({ length }, (_, i) => rowAt(down ? total - 1 - offset - i : offset + i));
      return { rows, total: counted ? total : null };
    }
    const found: MadeUp[] = [];
    for (let n = 0; n < Math.min(total, 100_000); n += 1) {
      const row = rowAt(n);
      if ((wanted === "" || row.event === wanted) && row.account.includes(text)) found.push(row);
    }
    if (down) found.reverse();
    return { rows: found.slice(offset, offset + limit), total: found.length };
  };
}

export const FILE = "sha256:4d8a9e64f8f15598ff5e010a5b330faffe80a110f1b3906011dc44c50cb5faf4";
