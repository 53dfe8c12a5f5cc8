import type { Filter, Sort, WindowAnswer } from "../../api/window";
import type { Lead } from "../../api/types";
import { BANDS } from "../../parts/Band";
import { strengthWord } from "../../parts/strengths";

/** What leads are filtered and ordered by. The server gives all of them at once, so both happen here. */
const VALUE: Readonly<Record<string, (lead: Lead) => string | number>> = {
  rank: (lead) => lead.rank,
  lead: (lead) => lead.lead,
  band: (lead) => BANDS.indexOf(lead.band.name),
  act_by: (lead) => lead.band.act_by ?? "9999",
  status: (lead) => ["identified", "candidate", "unattributed"].indexOf(lead.person.status),
  strength: (lead) => -lead.strength.log10_lr,
  office: (lead) => lead.office_name ?? "",
  why: (lead) => lead.why ?? "",
};

const IS: Readonly<Record<string, (lead: Lead, value: string) => boolean>> = {
  band: (lead, value) => lead.band.name === value,
  status: (lead, value) => lead.person.status === value,
  strength: (lead, value) => strengthWord(lead.strength.log10_lr) === value,
  office: (lead, value) => (lead.office ?? "none") === value,
  why: (lead, value) => (lead.why ?? "").toLowerCase().includes(value.toLowerCase()),
  lead: (lead, value) => named(lead, value),
};

/** A stretch of the leads that meet a filter and contain a word, in the order asked for. */
export function leadRows(
  leads: readonly Lead[],
  { offset, limit, sort, filter, q }: { offset: number; limit: number; sort: readonly Sort[]; filter: Filter; q: string },
): WindowAnswer<Lead> {
  const found = leads.filter(
    (lead) =>
      Object.entries(filter).every(([column, value]) => value === "" || (IS[column]?.(lead, value) ?? true)) &&
      (q === "" || named(lead, q) || (lead.why ?? "").toLowerCase().includes(q.toLowerCase())),
  );
  const ordered = found.toSorted((a, b) => {
    for (const { column, descending } of sort) {
      const value = VALUE[column];
      if (value === undefined) continue;
      const [one, other] = [value(a), value(b)];
      const by = typeof one === "number" && typeof other === "number" ? one - other : String(one).localeCompare(String(other));
      if (by !== 0) return descending ? -by : by;
    }
    return a.rank - b.rank;
  });
  return { rows: ordered.slice(offset, offset + limit), total: ordered.length };
}

function named(lead: Lead, value: string): boolean {
  const wanted = value.toLowerCase();
  const names = [lead.lead, ...lead.accounts, ...lead.peers, ...lead.lines, ...lead.handles, ...lead.exhibits, lead.person.name_said, ...lead.subscribers];
  return names.some((name) => name?.toLowerCase().includes(wanted));
}
