import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { ApiError, get, setCsrf } from "./client";
import type { Integrity, Session } from "./types";

export type { Integrity, Session, SessionAuthority as Authority } from "./types";

export const INTEGRITIES = ["green", "amber", "red"] as const satisfies readonly Integrity[];

/** Who is at work on which operation, and in what state its record is. */
export const SESSION = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => {
    const session = sessionOf(await get("/api/v1/session", {}, signal));
    setCsrf(session.csrf);
    return session;
  },
});

/** The same, asked again now and then. */
export function useSession(): UseQueryResult<Session> {
  return useQuery({
    ...SESSION,
    // A server that was started again is found soon.
    refetchInterval: (query) => (query.state.status === "error" ? 2_000 : 60_000),
  });
}

/** A state of the record that this version does not know is not shown as one that it knows. */
export function sessionOf(session: Session): Session {
  if (!INTEGRITIES.includes(session.ledger.integrity)) throw new ApiError(200, { code: "unreadable", what: "" });
  return session;
}
