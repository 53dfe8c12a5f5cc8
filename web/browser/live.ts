/**
 * The real program on a copy of an operation, behind the built app and the policy that the program sends.
 * `TUTELA` names the program and `TUTELA_OPERATION` an operation's folder; a run without them skips what needs them, and says so.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { file, policy, stop } from "./server";

const PROGRAM = process.env["TUTELA"] ?? "";
const OPERATION = process.env["TUTELA_OPERATION"] ?? "";

/** Why a test of the real program is left out; empty where it is not. */
export const WITHOUT =
  PROGRAM === "" || OPERATION === ""
    ? "left out: TUTELA names the program and TUTELA_OPERATION the folder of a made-up operation (`tutela demo`), and one of them is not set"
    : "";

export interface Live {
  /** The address of the app, the same after a restart. */
  readonly url: string;
  /** A copy of the operation, which the test may change. */
  readonly operation: string;
  /** A link that lets one browser in, once. */
  link: () => Promise<string>;
  /** Runs a verb of the program on the copy, as somebody would on the command line. */
  tutela: (...words: string[]) => Promise<string>;
  /** Ends the program, as a power cut would not: it may finish what it writes. */
  stopServer: () => Promise<void>;
  startServer: () => Promise<void>;
  close: () => Promise<void>;
}

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly links: string[];
}

/** Copies the operation, starts the program on it, and serves the app in front of it. */
export async function live(officer = "isp. Rossi"): Promise<Live> {
  const folder = mkdtempSync(join(tmpdir(), "tutela-live-"));
  const operation = join(folder, "operation");
  cpSync(OPERATION, operation, { recursive: true });
  const dist = fileURLToPath(new URL("../dist", import.meta.url));
  let running: Running | null = await serve(operation, officer);

  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
    const isLink = pathname === "/" && search.startsWith("?t=");
    if (!pathname.startsWith("/api/") && !isLink) {
      void file(dist, pathname).then(({ body, type }) => {
        const nonce = randomBytes(32).toString("hex");
        response.writeHead(200, { "content-type": type, "content-security-policy": policy(nonce), "x-content-type-options": "nosniff" });
        response.end(type.startsWith("text/html") ? body.toString("utf8").replace("__NONCE__", nonce) : body);
      });
      return;
    }
    if (running === null) {
      request.socket.destroy();
      return;
    }
    // The program answers its own address only.
    const host = `127.0.0.1:${running.port}`;
    const headers = { ...request.headers, host, ...(request.headers.origin ? { origin: `http://${host}` } : {}) };
    const onwards = ask({ host: "127.0.0.1", port: running.port, path: request.url, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onwards.on("error", () => request.socket.destroy());
    request.pipe(onwards);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const end = async () => {
    const child = running?.child;
    running = null;
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    // Ctrl-C at its terminal.
    child.stdin?.write("\u0003");
    await gone;
  };
  return {
    url,
    operation,
    async link() {
      if (running === null) throw new Error("the program does not run");
      const { child, links } = running;
      if (links.length === 0) child.stdin?.write("\n");
      while (links.length === 0) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error("the program has ended, and no test asked it to");
        await new Promise((later) => setTimeout(later, 50));
      }
      return `${url}/${new URL(links.shift() ?? "").search}`;
    },
    async tutela(...words) {
      const { stdout } = await promisify(execFile)(PROGRAM, ["--op", operation, "--no-input", ...words], { maxBuffer: 64e6 });
      return stdout;
    },
    stopServer: end,
    async startServer() {
      running = await serve(operation, officer);
    },
    async close() {
      await end();
      await stop(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Starts `serve` at a terminal of its own, and reads the links that it writes, one a line: further ones are written for
 * each Enter, and at a terminal only. `script` is of util-linux.
 */
async function serve(operation: string, officer: string): Promise<Running> {
  const command = 'exec "$LIVE_PROGRAM" --op "$LIVE_OPERATION" serve --bind 127.0.0.1:0 --officer "$LIVE_OFFICER"';
  const env = { ...process.env, LIVE_PROGRAM: PROGRAM, LIVE_OPERATION: operation, LIVE_OFFICER: officer };
  const child = spawn("script", ["-qfec", command, "/dev/null"], { env, stdio: ["pipe", "pipe", "inherit"] });
  const links: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const link = /http:\/\/127\.0\.0\.1:\d+\/\?t=[0-9a-f]+/.exec(line)?.[0];
    if (link) links.push(link);
  });
  while (links.length === 0) {
    if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}`);
    await new Promise((later) => setTimeout(later, 50));
  }
  return { child, port: Number(new URL(links[0] ?? "").port), links };
}
