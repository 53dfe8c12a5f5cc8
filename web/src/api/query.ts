import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./client";

/** One cache for the whole page. The server is on this machine or in this building, so little is kept long. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 60_000,
        networkMode: "always",
        // A server that is being started again is asked once more; what it refused, it refuses again.
        retry: (failed, error) => failed < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
        retryDelay: 400,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}
