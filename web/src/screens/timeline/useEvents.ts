import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import { allRowsOf, type Condition, isSortable, type RecordOf, textOf, useTables } from "../../api/rows";
import type { Lead } from "../../api/types";
import { type Held, heldOf, inOrder, type Mark, markOf, recordFrom } from "./events";

/** The most rows of an account, a peer or a line that are drawn. */
const MOST = 20_000;

/** Of what only the first rows were read, and until when they reach: what comes after is not known here, and is no gap. */
export interface Cut {
  readonly of: string;
  readonly shown: number;
  readonly total: number;
  readonly read_until_ms: number;
}

export interface Events {
  readonly marks: readonly Mark[];
  readonly held: readonly Held[];
  /** Of what, in how many rows of how many, not everything is drawn. */
  readonly cut: readonly Cut[];
  /** Only the rows that findings cite: the server does not filter tables. */
  readonly cited: boolean;
}

/** How many rows of the account that is being read have come; null before the first. */
type Read = { readonly done: number; readonly total: number } | null;

const EMPTY: RecordOf = { row: { row: "", source: "", file: "", place: {}, cells: [] }, cells: {} };
const parted = (name: string): readonly [string, string] => [name.slice(0, name.indexOf("/")), name.slice(name.indexOf("/") + 1)];
const isPart = (columns: readonly [string, string], name: string): readonly Condition[] => parted(name).map((is, i) => ({ column: columns[i] ?? "", is }));

/** All that the records say of when a lead's accounts were used, and what operators answered on its lines. */
export function useEvents(lead: Lead | null): UseQueryResult<Events> & { readonly read: Read } {
  const [read, setRead] = useState<Read>(null);
  const tables = useTables();
  const filters = isSortable(tables.data?.find(({ name }) => name === "connection"));
  const events = useQuery({
    queryKey: ["events", lead?.lead, lead?.accounts, lead?.peers, lead?.lines, filters],
    enabled: lead !== null && tables.data !== undefined,
    queryFn: async ({ signal }) => {
      if (lead === null) throw new Error("asked without a lead");
      return filters ? ofTables(lead, signal, (done, total) => setRead({ done, total })) : ofFindings(lead, signal);
    },
  });
  return { ...events, read };
}

async function ofTables(lead: Lead, signal: AbortSignal, onRead: (done: number, total: number) => void): Promise<Events> {
  const cut: Cut[] = [];
  const read = async (table: string, of: string, columns: readonly [string, string], by: string) => {
    const { records, total } = await allRowsOf(table, MOST, { sort: { column: by, descending: false }, where: isPart(columns, of) }, signal, onRead);
    if (total > records.length) cut.push({ of, shown: records.length, total, read_until_ms: Date.parse(textOf(records.at(-1) ?? EMPTY, by) ?? "") || 0 });
    return records;
  };
  const [marks, held]: [Mark[], Held[]] = [[], []];
  for (const account of lead.accounts) {
    marks.push(...(await read("connection", account, ["platform", "account"], "at")).flatMap((record) => markOf("connection", record) ?? []));
  }
  for (const peer of lead.peers) {
    marks.push(...(await read("sighting", peer, ["network", "peer"], "at")).flatMap((record) => markOf("sighting", record) ?? []));
  }
  for (const line of lead.lines) {
    held.push(...(await read("lease", line, ["operator", "line"], "from")).flatMap((record) => heldOf(record) ?? []));
  }
  return { marks: inOrder(marks, (one) => one.at_ms), held: inOrder(held, (one) => one.from_ms), cut, cited: false };
}

async function ofFindings(lead: Lead, signal: AbortSignal): Promise<Events> {
  const { findings } = await get("/api/v1/leads/{lead}", { path: { lead: lead.lead } }, signal);
  const [marks, held]: [Mark[], Held[]] = [[], []];
  for (const { finding, rows } of findings) {
    if (rows.length === 0) continue;
    const read = await get("/api/v1/findings/{finding}", { path: { finding } }, signal);
    for (const one of read.rows) {
      const record = recordFrom(one);
      if (one.table === "connection" || one.table === "sighting") marks.push(...[markOf(one.table, record)].filter((made) => made !== null));
      if (one.table === "lease") held.push(...[heldOf(record)].filter((made) => made !== null));
    }
  }
  return { marks: inOrder(marks, (one) => one.at_ms), held: inOrder(held, (one) => one.from_ms), cut: [], cited: true };
}
