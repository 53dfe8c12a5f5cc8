import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { ApiError, get, setCsrf } from "./client";
import type { Session as Said } from "./types";

export const INTEGRITIES = ["green", "amber", "red"] as const;
export type Integrity = (typeof INTEGRITIES)[number];

/** An authority as the session tells it. */
export interface Authority {
  readonly id: string;
  readonly text: string;
  readonly from: string;
  readonly until: string;
  /** Whether it holds, in a sentence in the officer's language. */
  readonly state: string;
  /** Whether it holds today; undefined from a server that says it only in the sentence. */
  readonly valid_today?: boolean;
}

/**
 * Who is at work on which operation, and in what state its record is.
 * Three parts are written here: `openapi.json` has other shapes under the names of two of them, and the third as any text.
 */
export type Session = Omit<Said, "ledger" | "findings" | "authorities"> & {
  readonly ledger: { readonly entries: number; readonly integrity: Integrity; readonly claim: string };
  readonly findings: { readonly digest: string | null; readonly stale: boolean };
  readonly authorities: readonly Authority[];
};

export function useSession(): UseQueryResult<Session> {
  return useQuery({
    queryKey: ["session"],
    queryFn: async ({ signal }) => {
      const session = sessionOf(await get("/api/v1/session", {}, signal));
      setCsrf(session.csrf);
      return session;
    },
    refetchInterval: 60_000,
  });
}

/** A state of the record that this version does not know is not shown as one that it knows. */
export function sessionOf(said: Said): Session {
  const session = said as unknown as Session;
  if (!INTEGRITIES.includes(session.ledger.integrity)) throw new ApiError(200, { code: "unreadable", what: "" });
  return session;
}
