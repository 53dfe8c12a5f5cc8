import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { get, setCsrf } from "./client";
import type { Session } from "./types";

/** Who is at work on which operation, and in what state its record is. */
export function useSession(): UseQueryResult<Session> {
  return useQuery({
    queryKey: ["session"],
    queryFn: async ({ signal }) => {
      const session = await get("/api/v1/session", {}, signal);
      setCsrf(session.csrf);
      return session;
    },
    refetchInterval: 60_000,
  });
}
