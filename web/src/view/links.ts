import type { Filter } from "../api/window";
import type { Lead } from "../api/types";
import type { EntityRef } from "../shell/entity";
import { filterParam } from "./grid";

/** Ways to other screens. All that leads there stands in the address. */

/**
 * The page of a lead. Its number changes with its rank, and a link must not come to show somebody else: the address
 * has an account or a peer of it where there is one.
 */
export function toLead(lead: Pick<Lead, "lead" | "accounts" | "peers">, part?: string): string {
  return `/person?${new URLSearchParams({ lead: lead.accounts[0] ?? lead.peers[0] ?? lead.lead })}${part ? `#${part}` : ""}`;
}

/** The list of leads that are like that. */
export function toLeads(filter: Filter = {}): string {
  const said = filterParam.write(filter);
  return said === null ? "/person" : `/person?${new URLSearchParams({ filter: said })}`;
}

/** What hangs together with something, drawn and listed. A lead is named by an account of it, as elsewhere. */
export const toGraph = ({ kind, id }: Pick<EntityRef, "kind" | "id">): string => `/graph?${new URLSearchParams({ from: nodeOf({ kind, id }) })}`;

/** How a graph names something: what a referral reports is no account of a platform. */
export const nodeOf = ({ kind, id }: Pick<EntityRef, "kind" | "id">): string =>
  kind === "account" && id.slice(id.lastIndexOf("/") + 1).startsWith("report-") ? `referral:${id}` : `${kind}:${id}`;

export const toRows = (table: string): string => `/rows?${new URLSearchParams({ table })}`;

export const toFindings = (analysis: string): string => `/findings?${new URLSearchParams({ analysis })}`;

/** The same page with a card at its right. */
export const toEntity = (path: string, { kind, id }: EntityRef): string => `${path}?${new URLSearchParams({ entity: `${kind}:${id}` })}`;
