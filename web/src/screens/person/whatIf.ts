import type { Job } from "../../api/jobs";
import type { Finding, Lead, PersonStatus } from "../../api/types";

/** What would become of a lead without some files. */
export interface Without {
  readonly files: readonly string[];
  /** Null where no record would name any of its accounts. */
  readonly lead: {
    readonly status: PersonStatus | null;
    readonly name_said: string | null;
    /** Thousandths of log10; null with the status. */
    readonly strength: number | null;
    readonly lines_lost: readonly string[];
    readonly accounts_apart: readonly string[];
    readonly gates_failed: readonly string[];
  };
}

/** What a piece of work told about this lead; null where it is about another, or has not ended. The description leaves its shape open. */
export function whatIfOf(job: Job, lead: Lead): readonly Without[] | null {
  const data = job.data as { readonly lead?: Lead; readonly without?: readonly Without[] } | null;
  if (job.verb !== "what_if" || job.state !== "done" || data?.lead?.person.id !== lead.person.id) return null;
  return data.without ?? [];
}

/** Whether a lead would be another without these files. */
export function changes({ lead: then }: Without, lead: Lead): boolean {
  return (
    then.status !== lead.person.status ||
    then.strength === null ||
    Math.round(lead.strength.log10_lr * 1000) !== then.strength ||
    then.lines_lost.length + then.accounts_apart.length + then.gates_failed.length > 0
  );
}

/** Of the files that rows of a finding come from, those without which the lead would be another. `names` are the received files' by digest. */
export function droppedFor(dropped: readonly Without[], finding: Finding, lead: Lead, names: ReadonlyMap<string, string>): readonly Without[] {
  const own = new Set([...finding.rows, ...finding.against].map(({ source }) => names.get(source)));
  return dropped.filter((one) => one.files.length === 1 && own.has(one.files[0]) && changes(one, lead));
}
