import { useSyncExternalStore } from "react";

/** Whether the server answers, and whether it still knows who asks; `sign_in` where that takes an account. */
export type Link = "up" | "unreachable" | "no_session" | "sign_in";

interface Connection {
  readonly link: Link;
  /** When the server was last heard, in milliseconds; null before the first time. */
  readonly heard_ms: number | null;
  /** The operation asks why personal data is consulted, and requests wait for the answer. */
  readonly reason: "given" | "asked";
}

const listeners = new Set<() => void>();
let connection: Connection = { link: "up", heard_ms: null, reason: "given" };
let waiting: { go: () => void; leave: () => void }[] = [];

function change(next: Partial<Connection>): void {
  connection = { ...connection, ...next };
  for (const listener of listeners) listener();
}

/** What the last answer, or its absence, says of the way to the server. */
export function heard(link: Link): void {
  if (link === "up") {
    // Said on every answer: only a change is told to whoever listens.
    if (connection.link === "up") connection = { ...connection, heard_ms: Date.now() };
    else change({ link, heard_ms: Date.now() });
  } else if (connection.link !== link) change({ link });
}

/** Waits until the officer has said why. Rejects when the one who asks has left or the officer gave no reason. */
export function reasonGiven(signal?: AbortSignal): Promise<void> {
  return new Promise((go, leave) => {
    waiting.push({ go, leave: () => leave(new DOMException("no reason was given", "AbortError")) });
    signal?.addEventListener("abort", () => leave(new DOMException("left", "AbortError")), { once: true });
    askReason();
  });
}

/** Opens the question for the reason. */
export function askReason(): void {
  if (connection.reason !== "asked") change({ reason: "asked" });
}

/** What waited goes on, or is given up. */
export function answerReason(given: boolean): void {
  const now = waiting;
  waiting = [];
  change({ reason: "given" });
  for (const { go, leave } of now) if (given) go(); else leave();
}

export const useConnection = (): Connection => useSyncExternalStore(subscribe, () => connection);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
