/**
 * What the browser tests look at: a built folder, served under the policy of the real server, and a made-up API.
 * The made-up API lives here only; nothing of it is in the program.
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { Decisions, Entries, Exhibits, Exposure, Grades, Jobs, Leads, Looks, Map, Overview, Referrals, Reports, Requests, Rows, SecondGrades, Session, Status, Tables } from "../src/api/types";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export const SESSION: Session = {
  schema: "tutela.session/1",
  operation: { title: "Demo platform-connections, seed 24", created: "2026-11-23T08:35:27Z", synthetic: true },
  officer: "A. Demo",
  reason: "",
  reason_needed: false,
  csrf: "made-up",
  ledger: { entries: 47, integrity: "amber", claim: "amber: the record has 47 entries, and nobody outside stands for it yet" },
  findings: { digest: "sha256:55acb19d7e6ac0ab612f9ca586926e904621610dfd8336783a431d255b3f98d6", stale: false },
  authorities: [
    { id: "A-1", text: "MADE UP: there is no authority, because nothing here is real", from: "2026-11-23", until: "2027-11-23", state: "valid today", valid_today: true },
  ],
  version: "0.0.0",
};

/** What else the made-up API answers: an operation in which nothing was received. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  "/api/v1/jobs": { schema: "tutela.jobs/1", jobs: [] } satisfies Jobs,
  "/api/v1/decisions": { schema: "tutela.decisions/1", decisions: [] } satisfies Decisions,
  "/api/v1/overview": { schema: "tutela.overview/1", stale: false, stages: [], strengths: [], unattributed: [], offices: [], deadlines: [], quality: [] } satisfies Overview,
  "/api/v1/leads": {
    schema: "tutela.leads/1", as_of: SESSION.operation.created, operation: SESSION.operation.title, synthetic: true, draft: false, leads: [], decisions: [], warnings: [],
    findings_digest: SESSION.findings.digest ?? "",
  } satisfies Leads,
  "/api/v1/tables": { schema: "tutela.tables/1", tables: [] } satisfies Tables,
  "/api/v1/map": { schema: "tutela.map/1", elsewhere: 0, width: 10, height: 10, inner: "", outer: "", provinces: [], source: "MADE UP" } satisfies Map,
  "/api/v1/exhibits": { schema: "tutela.exhibits/1", exhibits: [] } satisfies Exhibits,
  "/api/v1/grades": { schema: "tutela.grades/1", grades: [] } satisfies Grades,
  "/api/v1/grades/exposure": {
    schema: "tutela.exposure/1", officer: SESSION.officer, whose: "all", zone: "Europe/Rome", gap_minutes: 10, rule: "minutes are an estimate", days: [],
    rest: { limit_minutes: null, hours: null, minutes_today: 0, lifted_until: null, stopped: null },
  } satisfies Exposure,
  "/api/v1/grades/second": { schema: "tutela.second_grades/1", scheme: "made-up", files: [] } satisfies SecondGrades,
  "/api/v1/requests": { schema: "tutela.requests/1", asked: [], to_ask: [] } satisfies Requests,
  "/api/v1/referrals": { schema: "tutela.referrals/1", referrals: [], stale: false, total: 0 } satisfies Referrals,
  "/api/v1/status": {
    schema: "tutela.status/1", operation: SESSION.operation.title, created: SESSION.operation.created, folder: "demo", integrity: "amber", claim: SESSION.ledger.claim, ledger_entries: 47,
    authorities: [], decisions: 0, findings_digest: null, findings_stale: false, problems: 0, rows: {}, sources: [],
  } satisfies Status,
  "/api/v1/reports": { schema: "tutela.reports/1", leads: 0, unanswered: [], versions: [] } satisfies Reports,
  "/api/v1/access": { schema: "tutela.looks/1", whose: "all", zone: "Europe/Rome", total: 0, kept: 0, officers: [], kinds: [], looks: [] } satisfies Looks,
  "/api/v1/ledger": { schema: "tutela.ledger/1", acts: [], officers: [], entries: [], total: 0, root: "sha256:00" } satisfies Entries,
};

/** A document, or what makes it of the question; with a status, an error. Undefined: never. */
export type Answer = object | ((asked: URL, body: string) => { readonly status?: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> } | Promise<never>);

export interface Site {
  readonly url: string;
  /** What the API answers beyond an operation in which nothing was received, by path; a test writes it. */
  readonly answers: Record<string, Answer>;
  /** What the API answers; a test changes it. Null: the server is there and the API is not. */
  session: Session | null;
  close: () => Promise<void>;
}

/** Serves `folder` of this package on a free port of the loopback. */
export async function serve(folder: "dist" | "dist-gallery"): Promise<Site> {
  const root = fileURLToPath(new URL(`../${folder}`, import.meta.url));
  const site = { session: SESSION as Session | null, answers: {} as Record<string, Answer> };
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? "/", "http://localhost");
    const { pathname } = asked;
    if (pathname.startsWith("/api/")) {
      const answer = pathname === "/api/v1/session" ? site.session : (site.answers[pathname] ?? ANSWERS[pathname]);
      if (typeof answer === "function") {
        const parts: Buffer[] = [];
        request.on("data", (part: Buffer) => parts.push(part));
        request.on("end", () => {
          void Promise.resolve(answer(asked, Buffer.concat(parts).toString("utf8"))).then(({ status = 200, body, headers }) => {
            response.writeHead(status, { "content-type": "application/json", ...headers });
            response.end(typeof body === "string" ? body : JSON.stringify(body));
          });
        });
        return;
      }
      const table = /^\/api\/v1\/tables\/(\w+)\/rows$/.exec(pathname)?.[1];
      if (table !== undefined && answer === undefined) {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ schema: "tutela.rows/1", table, total: 0, offset: 0, columns: [], rows: [], preparing: null } satisfies Rows));
        return;
      }
      const error = { schema: "tutela.error/1", error: { code: "made_up", what: "The made-up server has nothing there", hint: "Nothing to do.", id: "E-1" } };
      response.writeHead(answer ? 200 : 500, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? error));
      return;
    }
    void file(root, pathname).then(({ body, type }) => {
      const nonce = randomBytes(16).toString("base64");
      const page = type.startsWith("text/html");
      response.writeHead(200, { "content-type": type, "content-security-policy": policy(nonce), "x-content-type-options": "nosniff" });
      response.end(page ? body.toString("utf8").replace("__NONCE__", nonce) : body);
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return Object.assign(site, { url: `http://127.0.0.1:${port}`, close: () => stop(server) });
}

/** The policy that the real server sends. */
export const policy = (nonce: string) =>
  [
    "default-src 'none'", "script-src 'self'", `style-src 'self' 'nonce-${nonce}'`, "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
  ].join("; ");

/** A file of the folder, or the page: addresses of screens are no files. */
export async function file(root: string, pathname: string): Promise<{ body: Buffer; type: string }> {
  const type = TYPES[extname(pathname)];
  if (type !== undefined && !type.startsWith("text/html")) {
    const body = await readFile(join(root, normalize(pathname))).catch(() => null);
    if (body !== null) return { body, type };
  }
  return { body: await readFile(join(root, "index.html")), type: TYPES[".html"] ?? "" };
}

export const stop = (server: Server) =>
  new Promise<void>((done) => {
    server.closeAllConnections();
    server.close(() => done());
  });
