import { ApiError } from "../api/client";
import { useWords } from "../words";

/** What came of a request that failed: the server's own words, that the browser gave no passkey, or that nothing answers. */
export function useWrong(): (problem: unknown) => string {
  const t = useWords();
  return (problem) => {
    if (problem instanceof ApiError && problem.what) return problem.what;
    if (!(problem instanceof DOMException)) return t("failed.unreachable.what");
    // Web Authentication Level 3, sections 5.1.3.1 and 5.1.4.3, say what each of them means.
    if (problem.name === "InvalidStateError") return t("passkey.there");
    return t(problem.name === "NotAllowedError" ? "passkey.notGiven" : "passkey.notHere");
  };
}
