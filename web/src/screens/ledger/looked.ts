import type { LooksPart } from "../../api/asked";
import type { Param } from "../../view/params";
import { dayFrom } from "../timeline/events";

/** What the access log says was asked, as far as this version has words for it. */
export const KINDS = [
  "access", "ask", "custody", "decisions", "exhibit_list", "explain", "finding", "findings", "grade", "graph", "leads", "ledger", "map", "overview", "place", "problems", "prove", "referrals",
  "report", "reports", "requests", "search", "sql", "table",
] as const;

/** The word's own name among ours: one that the program writes with a blank has none in it here. */
export const knownKind = (kind: string): (typeof KINDS)[number] | undefined => KINDS.find((one) => one === kind.replaceAll(" ", "_"));

/** A day of the calendar; empty for whatever is none, which the server would refuse. */
export const day: Param<string> = {
  read: (said) => {
    const at = said === null ? null : dayFrom(said);
    // The browser takes the 31st of February for one of March.
    return at !== null && new Date(at * 86_400_000).toISOString().slice(0, 10) === said ? said : "";
  },
  write: (value) => value || null,
};

export interface LookedView {
  readonly officer: string | null;
  readonly kind: string | null;
  readonly of: string;
  readonly since: string;
  readonly until: string;
  readonly from: number;
}

/** What is asked of the server: what the view leaves open is not named. */
export function partOf({ officer, kind, of, since, until, from }: LookedView, limit: number): LooksPart {
  return { ...(officer ? { officer } : {}), ...(kind ? { kind } : {}), ...(of ? { of } : {}), ...(since ? { since } : {}), ...(until ? { until } : {}), offset: from, limit };
}
