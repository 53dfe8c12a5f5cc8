import { ApiError } from "../api/client";
import { useWords } from "../words";

/** What came of a request that failed: the server's own words, or that it does not answer. */
export function useWrong(): (problem: unknown) => string {
  const t = useWords();
  return (problem) => (problem instanceof ApiError && problem.what ? problem.what : t("failed.unreachable.what"));
}
