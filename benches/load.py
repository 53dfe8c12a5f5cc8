#!/usr/bin/env python3
"""Users of a team's server at once, each with an account of their own: reads and decisions mixed, on loopback.

    benches/load.py PROGRAM OPERATION [USERS [SECONDS]]

PROGRAM is a release build of tutela, OPERATION the folder of a made-up operation, of which a copy is used. Each user asks,
thinks for half a second to a second and a half, and asks again. Errors are answers that nobody asked for: a decision that
another user has overtaken (409) and a table that is being prepared (409) are none. At the end the ledger is verified.
"""

import http.client
import json
import random
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

PROGRAM, OPERATION = sys.argv[1:3]
USERS = int(sys.argv[3]) if len(sys.argv) > 3 else 50
SECONDS = int(sys.argv[4]) if len(sys.argv) > 4 else 300


def tutela(op, *words):
    done = subprocess.run([PROGRAM, "--op", op, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{words}: {done.stderr}")
    return done.stdout


class User:
    def __init__(self, host, port, name, code, seed):
        self.random = random.Random(seed)
        self.port, self.name, self.host = port, name, host
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.connection = http.client.HTTPSConnection(host, port, timeout=60, context=context)
        self.headers = {"host": f"localhost:{port}", "content-type": "application/json"}
        said = {"name": name, "code": code, "passphrase": f"the passphrase of {name}"}
        status, headers, _ = self.ask("POST", "invitation", said)
        assert status == 204, (name, status)
        self.headers["cookie"] = headers["set-cookie"].split(";")[0]
        session = self.ask("GET", "session")[2]
        self.headers["x-tutela-csrf"] = session["csrf"]
        self.times, self.statuses = [], Counter()

    def ask(self, method, path, body=None):
        text = json.dumps(body) if body is not None else None
        try:
            self.connection.request(method, f"/api/v1/{path}", text, self.headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # The server ends connections on which nothing came for ten seconds; browsers ask again on a new one.
            self.connection.close()
            self.connection.request(method, f"/api/v1/{path}", text, self.headers)
            answer = self.connection.getresponse()
        read = answer.read()
        return answer.status, answer.headers, json.loads(read) if read else None

    def timed(self, kind, method, path, body=None):
        began = time.monotonic()
        status, _, said = self.ask(method, path, body)
        self.times.append((kind, time.monotonic() - began))
        code = (said or {}).get("error", {}).get("code", "") if status >= 400 else ""
        self.statuses[(kind, status, code)] += 1
        return said

    def work(self, until, findings, leads):
        pick = self.random
        time.sleep(pick.uniform(0, 1.5))
        while time.monotonic() < until:
            kind = pick.choices(
                ["leads", "lead", "findings", "rows", "sorted", "overview", "ledger", "search", "graph", "decide"],
                [15, 20, 8, 15, 8, 10, 5, 5, 4, 10],
            )[0]
            lead, finding = pick.choice(leads), pick.choice(findings)
            match kind:
                case "lead":
                    self.timed(kind, "GET", f"leads/{lead}")
                case "findings":
                    self.timed(kind, "GET", f"findings/{finding}")
                case "rows":
                    self.timed(kind, "GET", f"tables/connection/rows?offset={pick.randrange(100_000)}&limit=100")
                case "sorted":
                    self.timed(kind, "GET", f"tables/connection/rows?sort=-at&offset={pick.randrange(100_000)}&limit=100")
                case "search":
                    self.timed(kind, "GET", f"search?q={lead.lower()}")
                case "graph":
                    self.timed(kind, "GET", f"graph?from=lead:{lead}")
                case "decide":
                    standing = self.timed("decisions", "GET", "decisions")["decisions"]
                    seen = next((one["seq"] for one in standing if one["subject"] == finding), None)
                    choice = pick.choice(["accept", "reject", "unsure"])
                    body = {"finding": finding, "choice": choice, "reason": "load", "seen": seen}
                    self.timed(kind, "POST", "decisions", body)
                case _:
                    self.timed(kind, "GET", kind)
            time.sleep(pick.uniform(0.5, 1.5))


def main():
    folder = Path(tempfile.mkdtemp(prefix="tutela-load-"))
    op, team = str(folder / "operation"), str(folder / "team")
    shutil.copytree(OPERATION, op)
    leads = [lead["lead"] for lead in json.loads(tutela(op, "leads", "--json"))["leads"]]
    findings = [json.loads(line)["finding"] for line in tutela(op, "findings", "--jsonl").splitlines()][:200]
    names = [f"user{n:02}" for n in range(USERS)]
    codes = [tutela(op, "team", team, "add", name, "--as", f"isp. {name}", "--role", "analyst").strip() for name in names]
    server = subprocess.Popen(
        [PROGRAM, "--op", op, "serve", "--team", team, "--bind", "127.0.0.1:0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    port = int(server.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])
    users = [User("127.0.0.1", port, name, code, n) for n, (name, code) in enumerate(zip(names, codes))]
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=user.work, args=(until, findings, leads)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.terminate()
    server.wait()
    statuses = sum((user.statuses for user in users), Counter())
    times = [one for user in users for one in user.times]
    fine = lambda status, code: status < 400 or code in ("conflict", "preparing", "locked")
    errors = sum(n for (_, status, code), n in statuses.items() if not fine(status, code))
    for kind in [*sorted({kind for kind, _ in times}), "all"]:
        these = sorted(took * 1000 for of, took in times if kind in (of, "all"))
        at = lambda share: these[min(len(these) - 1, int(len(these) * share))]
        print(f"{kind:<10} {len(these):>6}  p50 {at(.5):7.1f}  p95 {at(.95):7.1f}  p99 {at(.99):7.1f}  most {these[-1]:8.1f} ms")
    for (kind, status, code), n in sorted(statuses.items()):
        if status >= 400:
            print(f"{n:>6} {kind} {status} {code}")
    print(f"{errors} errors of {len(times)}; {len(times) / SECONDS:.1f} a second")
    print(tutela(op, "ledger", "verify"))
    shutil.rmtree(folder)


main()
