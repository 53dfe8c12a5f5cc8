/** Made-up documents of the API. Nothing in them is real, and one name is written as markup. */
import type { Document, Lead, Leads, Node, Rows, Stands, Tables } from "../src/api/types";

export const HOSTILE = "<img src=x onerror=alert(1)>";
const SHA = "ab".repeat(32);

const lead = (n: number, accounts: readonly string[], lines: readonly string[]): Lead => ({
  lead: `L-00${n}`, rank: n, accounts, lines, subscribers: lines.map(() => "Ortelìa Lanfovio"), peers: [], handles: [], exhibits: [], findings: [], closed: false,
  also_at: [], alternatives: [], band: { name: "high", score: 0, factors: [] } as unknown as Lead["band"], decisions: [], export: { as: "intelligence", words: "", conditions: [] }, grounds: [],
  missing: [], next_steps: [], precedents: 0, person: { id: `P-${n}`, status: "candidate" } as unknown as Lead["person"],
  strength: { log10_lr: 4, words: "very strong support", propositions: [] } as unknown as Lead["strength"], why: "made up: 41 logins on 19 days",
});

export const LEADS: Leads = {
  schema: "tutela.leads/1", as_of: "2026-11-23T08:35:27Z", operation: "made up", synthetic: true, draft: false, decisions: [], warnings: [], findings_digest: "sha256:00",
  leads: [lead(1, ["agorachat/10136695", "cybertip/report-41700165"], ["borea/B4994857"]), lead(2, [`agorachat/${HOSTILE}`], [])],
};

const node = (id: string, hop: number, x: number, y: number, more: Partial<Node> = {}): Node => ({
  id, kind: id.slice(0, id.indexOf(":")), label: id.slice(id.indexOf(":") + 1), hop, neighbours: 4, weak: null, x, y, ...more,
});
const between = (from: string, to: string, kind: string, log10_lr: number | null = null, words: string | null = null, sources = 0, findings: readonly string[] = []) => ({ from, to, kind, log10_lr, words, sources, findings });

const ACCOUNT = "account:agorachat/10136695";
const REFERRAL = "referral:cybertip/report-41700165";
const LINE = "line:borea/B4994857";

/** What hangs together with the first lead: every kind of node, a hub that many share, and what is left out. */
export const GRAPH: Document = {
  graph: {
    schema: "tutela.graph/1",
    nodes: [
      node("lead:L-001", 0, 0, 0),
      node(ACCOUNT, 1, 130, 60),
      node(REFERRAL, 1, 60, 190),
      node(LINE, 1, -140, 120),
      node(`account:agorachat/${HOSTILE}`, 2, 290, 40),
      node("subscriber:borea/B4994857", 2, -280, 120, { label: "Ortelìa Lanfovio", neighbours: 1 }),
      node("device:device t-5702c6f4d9f7efbb", 2, 250, 190, { neighbours: 14, weak: { why: "common", n: 14 } }),
      node("selector:phone +39333555085011", 2, 180, -110),
      node("exhibit:R-4", 2, -60, -150, { neighbours: 2 }),
      node("peer:ed2k/0A1B2C", 2, -220, -80, { neighbours: 1 }),
      node("handle:paypond/lago", 2, 30, -230, { neighbours: 1 }),
      node("line:cometa/+39333555085011", 2, 380, -90, { neighbours: 9, weak: { why: "hotspot", n: null } }),
    ],
    edges: [
      between("lead:L-001", ACCOUNT, "lead"),
      between("lead:L-001", REFERRAL, "lead"),
      between("lead:L-001", LINE, "lead"),
      between(ACCOUNT, REFERRAL, "same_user", 4, "very strong support", 0, ["F-ed3ee5cb69"]),
      between(ACCOUNT, LINE, "attribution", 4.2, "very strong support", 3, ["F-cbd9c9e4c9"]),
      between(ACCOUNT, LINE, "identity", null, null, 3, ["F-2ef72f28fa", "F-4f97e2fa0f"]),
      between(ACCOUNT, `account:agorachat/${HOSTILE}`, "same_user", 1.6, "moderate support", 2, ["F-2", "F-3", "F-4", "F-5", "F-6"]),
      between(ACCOUNT, "device:device t-5702c6f4d9f7efbb", "same_user", null, null, 1, ["F-7"]),
      between(`account:agorachat/${HOSTILE}`, "device:device t-5702c6f4d9f7efbb", "same_user", null, null, 1, ["F-7"]),
      between(ACCOUNT, "selector:phone +39333555085011", "identity", null, null, 2, ["F-2ef72f28fa"]),
      between("selector:phone +39333555085011", "line:cometa/+39333555085011", "identity", 3.1, "strong support", 2, ["F-8"]),
      between(LINE, "subscriber:borea/B4994857", "registered"),
      between("lead:L-001", "exhibit:R-4", "lead"),
      between("exhibit:R-4", "peer:ed2k/0A1B2C", "device_links", 2.2, "moderately strong support", 1, ["F-9"]),
      between("exhibit:R-4", "handle:paypond/lago", "device_links", 0.5, "weak support", 1, ["F-10"]),
    ],
    left_out: [{ kind: "line", why: "hops", n: 2 }, { kind: "selector", why: "hops", n: 1 }, { kind: "device", why: "limit", n: 3 }],
  },
  path: null,
};

/** The same from another of its nodes; at one step, with what hangs together with that one alone. */
export function graphFrom(from: string, hops: string | null): Document["graph"] {
  const { nodes, edges } = GRAPH.graph;
  const own = edges.filter((edge) => edge.from === from || edge.to === from);
  const near = new Set([from, ...own.flatMap((edge) => [edge.from, edge.to])]);
  const start = nodes.filter(({ id }) => id === from).map((one) => ({ ...one, hop: 0 }));
  const others = nodes.filter(({ id }) => id !== from).map((one) => ({ ...one, hop: Math.max(1, one.hop) }));
  if (hops === "1") return { ...GRAPH.graph, nodes: [...start, ...others.filter(({ id }) => near.has(id))], edges: own, left_out: [] };
  return { ...GRAPH.graph, nodes: [...start, ...others] };
}

export const PATH = [
  { finding: "F-ed3ee5cb69", accounts: ["agorachat/10136695", "cybertip/report-41700165"], log10_lr: 4, words: "very strong support" },
];

/** As many nodes as a graph can have, in rings. */
export const LARGE: Document = {
  graph: {
    schema: "tutela.graph/1",
    nodes: Array.from({ length: 150 }, (_, n) => {
      const ring = n === 0 ? 0 : n < 12 ? 1 : n < 60 ? 2 : 3;
      const turn = n * 2.399;
      return node(n === 0 ? ACCOUNT : n % 3 === 0 ? `line:borea/B${n}` : `account:agorachat/${10_000_000 + n}`, ring, Math.round(Math.cos(turn) * ring * 190 * (1 + (n % 7) / 14)), Math.round(Math.sin(turn) * ring * 190 * (1 + (n % 7) / 14)), { neighbours: 3 });
    }),
    edges: [],
    left_out: [{ kind: "account", why: "limit", n: 212 }, { kind: "device", why: "weak", n: 4 }],
  },
  path: null,
};
const large = LARGE.graph.nodes;
Object.assign(LARGE.graph, { edges: large.slice(1).map(({ id }, n) => between(large[Math.floor(n / 3)]?.id ?? ACCOUNT, id, "attribution", (n % 6) + 0.5, "some support", 1, [`F-${n}`])) });

/** A table whose rows stand at a place of each kind. */
export const TABLES: Tables = {
  schema: "tutela.tables/1",
  tables: [{ name: "connection", doc: "A use of an account.", rows: 8, columns: [{ name: "account", doc: "The account.", kind: "text", holds: "text", sorts: false }] }],
};

const PLACES = [
  { line: 2927 }, { line: 3, field: 2 }, { cell: "B7", sheet: "Risposta" }, { pointer: "/reported/0/name" }, { record: 4, path: "userdata/app.db" }, { byte: 40, len: 20 }, { page: 3 }, { path: "DCIM/0001.jpg", byte: 0, len: 9 },
];

export const ROWS: Rows = {
  schema: "tutela.rows/1", table: "connection", total: PLACES.length, offset: 0, columns: ["account"], preparing: null,
  rows: PLACES.map((place, n) => ({ row: `r${n}`, source: SHA, file: "agorachat-connections.csv", place: { file: `sha256:${SHA}`, ...place }, cells: [`row-${n}`] })),
};

const file: Stands["file"] = {
  name: "agorachat-connections.csv", sha256: SHA, size: 5_950_997, received_at: "2026-11-23T13:08:45Z", receipt: 49, reader: "mapped_table",
  compared: { now: false, on_receipt: null, last: null, entry: null, words: "the bytes are shown as they are stored; their digest was made when they came, and was not compared for this view: ledger verify does that" },
};
const stands = (view: Stands["view"], more: Partial<Stands> = {}): Stands => ({ schema: "tutela.place/1", file, place: "", inside: [], notes: [], view, ...more });
const line = (number: number, text: string, of_record = false) => ({ number, byte: number * 100, of_record, cut_before: false, cut_after: number === 2930, pieces: [{ text, marked: of_record }] });

/** What stands at a place, by what is asked for. */
export function placeAt(asked: URL): Stands {
  const said = asked.searchParams;
  if (said.has("page")) return stands({ kind: "none", code: "page", words: "page 3 of a document; documents are not opened here" });
  if (said.get("path")?.startsWith("DCIM")) return stands({ kind: "none", code: "media", words: "a picture, 9 bytes from byte 0 on: of pictures, films and sound nothing is shown" }, { inside: ["DCIM/0001.jpg"] });
  if (said.has("record")) {
    const cell = (column: string, text: string | null, marked = false) => ({ column, text, marked, cut: false, value_kind: text === null ? "blob" : null });
    return stands({ kind: "record", number: 4, cells: [cell("id", "4"), cell("sender", HOSTILE, true), cell("body", "words of a chat that nobody meets by surprise"), cell("thumb", null)] }, { inside: ["userdata/app.db"] });
  }
  if (said.has("cell")) {
    const row = (number: number, marked = false) => ({ number, marked, cells: ["+39 333 555197551", `198.19.128.${number}`, HOSTILE] });
    return stands({ kind: "cells", sheet: "Risposta", columns: ["A", "B", "C"], column: "B", rows: [row(6), row(7, true), row(8)] });
  }
  if (said.has("byte")) {
    const row = (n: number, marked_from: number, marked_to: number) => ({ byte: n * 16, hex: Array.from({ length: 16 }, (_, i) => (n === 4 && i > 12 ? "  " : (65 + i).toString(16))), ascii: "ABCDEFGHIJKLMNOP", marked_from, marked_to });
    return stands({ kind: "hex", packed: null, byte: 40, len: 20, rows: [row(1, 16, 16), row(2, 8, 16), row(3, 0, 12), row(4, 0, 0)] }, { notes: [{ code: "media_left_out", words: "bytes of a picture or film are among those shown, and are left out" }] });
  }
  const around = Number(said.get("line") ?? 2927);
  const field = said.has("field") || said.has("pointer");
  const meant = field
    ? { ...line(around, "", true), pieces: [{ text: "10005057,LOGIN,", marked: false }, { text: HOSTILE, marked: true }, { text: ",8248", marked: false }] }
    : line(around, `10005057,LOGIN,${HOSTILE},8248,2026-05-11T21:06:28Z`, true);
  const lines = [line(around - 1, "10005057,LOGIN,198.18.128.9,7573,2026-05-11T21:03:48Z"), meant, line(around + 1, "10005057,LOGIN,198.19.128.0,8197,2026-05-11T21:07:57Z \u202Eesrever")];
  return stands({ kind: "text", encoding: "UTF-8", packed: null, byte: 298_677, len: 100, lines });
}
