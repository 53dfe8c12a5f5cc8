import { queryOptions, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { visible } from "../show/visible";
import { get } from "./client";
import type { Decisions, Document as Linked, Entries, Explained, Leads, Looks, Overview, ReadFinding, Standing, Status } from "./types";

/** What several screens and cards ask for, each under one name in the cache. */

export const OVERVIEW = queryOptions({ queryKey: ["overview"], queryFn: ({ signal }) => get("/api/v1/overview", {}, signal) });
export const useOverview = (): UseQueryResult<Overview> => useQuery(OVERVIEW);

export const LEADS = queryOptions({ queryKey: ["leads"], queryFn: ({ signal }) => get("/api/v1/leads", {}, signal) });
export const useLeads = (enabled = true): UseQueryResult<Leads> => useQuery({ ...LEADS, enabled });

/** A lead by its number, one of its accounts or one of its peers. */
export const useLead = (lead: string): UseQueryResult<Explained> =>
  useQuery({ queryKey: ["lead", lead], queryFn: ({ signal }) => get("/api/v1/leads/{lead}", { path: { lead } }, signal) });

export const useFinding = (finding: string): UseQueryResult<ReadFinding> =>
  useQuery({ queryKey: ["finding", finding], queryFn: ({ signal }) => get("/api/v1/findings/{finding}", { path: { finding } }, signal) });

/** Which graph: the node that it begins at, and how far. */
export interface GraphAsked {
  readonly from: string;
  readonly to?: string;
  readonly hops?: number;
  /** Kinds with commas between them. */
  readonly kinds?: string;
  readonly weak?: "show" | "hide";
}

/** Names of a drawing are read beside each other: what would turn or hide those around it is written out. */
const written = (linked: Linked): Linked => ({
  ...linked,
  graph: { ...linked.graph, nodes: linked.graph.nodes.map((node) => ({ ...node, label: visible(node.label) })) },
});

/** What hangs together with one thing. Null asks for nothing yet. */
export const useGraph = (query: GraphAsked | null, language: string): UseQueryResult<Linked> =>
  useQuery({
    queryKey: ["graph", query, language],
    queryFn: ({ signal }) => get("/api/v1/graph", { query: query ?? { from: "" } }, signal),
    enabled: query !== null,
    select: written,
    // What was drawn stays until the next is there.
    placeholderData: (before) => before,
  });

export const useStatus = (): UseQueryResult<Status> =>
  useQuery({ queryKey: ["status"], queryFn: ({ signal }) => get("/api/v1/status", {}, signal) });

export const useDecisions = (): UseQueryResult<Decisions> =>
  useQuery({ queryKey: ["decisions"], queryFn: ({ signal }) => get("/api/v1/decisions", {}, signal), refetchInterval: 15_000 });

/** The decision that counts on a subject; undefined while that is not known. */
export function useStanding(subject: string): Standing | null | undefined {
  const { data } = useDecisions();
  return data && (data.decisions.find((one) => one.subject === subject) ?? null);
}

export interface LedgerPart {
  readonly officer?: string;
  readonly act?: string;
  readonly offset?: number;
  readonly limit: number;
}

export const useEntries = (query: LedgerPart): UseQueryResult<Entries> =>
  useQuery({
    queryKey: ["ledger", query],
    queryFn: ({ signal }) => get("/api/v1/ledger", { query }, signal),
    placeholderData: (before) => before,
  });

export interface LooksPart {
  readonly officer?: string;
  readonly kind?: string;
  /** Letters of what was looked at. */
  readonly of?: string;
  /** Days: `2026-03-01`. */
  readonly since?: string;
  readonly until?: string;
  readonly offset?: number;
  readonly limit: number;
}

export const useLooks = (query: LooksPart): UseQueryResult<Looks> =>
  useQuery({
    queryKey: ["looks", query],
    queryFn: ({ signal }) => get("/api/v1/access", { query }, signal),
    placeholderData: (before) => before,
  });

/** Puts a look at a record on record: the server writes it down before it answers. */
export function useLook(): { lead: (lead: string) => Promise<void>; finding: (finding: string) => Promise<void> } {
  const client = useQueryClient();
  return {
    lead: async (lead) => {
      client.setQueryData(["lead", lead], await get("/api/v1/leads/{lead}", { path: { lead } }));
    },
    finding: async (finding) => {
      client.setQueryData(["finding", finding], await get("/api/v1/findings/{finding}", { path: { finding } }));
    },
  };
}
