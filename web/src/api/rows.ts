import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { ApiError, get } from "./client";
import type { Column, Row, Rows, Table } from "./types";
import type { Sort } from "./window";

/** What the rows of a table must have. */
export type Condition =
  | { readonly column: string; readonly is: string | readonly string[] | null }
  | { readonly column: string; readonly contains: string }
  | { readonly column: string; readonly from?: string; readonly until?: string };

/** A column as the tables tell it. A server that orders and filters says of each column whether it can. */
export type ColumnTold = Column & { readonly holds?: string; readonly sorts?: boolean };
export type TableTold = Omit<Table, "columns"> & { readonly columns: readonly ColumnTold[] };

export interface RowsAsked {
  readonly offset?: number;
  readonly limit?: number;
  readonly sort?: Sort | undefined;
  readonly where?: readonly Condition[];
}

/** A stretch of a table. */
export function rowsOf(table: string, { offset = 0, limit = 100, sort, where = [] }: RowsAsked, signal?: AbortSignal): Promise<Rows> {
  // Order and conditions are asked for only where there are any: a server without them refuses the words.
  const query = {
    offset,
    limit,
    ...(sort ? { sort: sort.descending ? `-${sort.column}` : sort.column } : {}),
    ...(where.length > 0 ? { where: JSON.stringify(where) } : {}),
  };
  return get("/api/v1/tables/{table}/rows", { path: { table }, query }, signal);
}

/** A stretch of a table that the server orders and filters. While it makes the table ready for that, this waits and says so. */
export async function readyRowsOf(table: string, asked: RowsAsked, signal: AbortSignal | undefined, onPreparing?: (waits: boolean) => void): Promise<Rows> {
  for (;;) {
    try {
      const answer = await rowsOf(table, asked, signal);
      onPreparing?.(false);
      return answer;
    } catch (error) {
      if (!isPreparing(error)) throw error;
      onPreparing?.(true);
      await pause(700, signal);
    }
  }
}

/** Waits, unless whoever waited has left. */
function pause(length_ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((go, leave) => {
    const timer = setTimeout(go, length_ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      leave(new DOMException("left", "AbortError"));
    });
  });
}

/** All rows that meet the conditions, up to `most` of them, and how many there are. */
export async function allRowsOf(
  table: string,
  most: number,
  asked: Omit<RowsAsked, "offset" | "limit">,
  signal?: AbortSignal,
  onRead?: (done: number, total: number) => void,
): Promise<{ readonly records: readonly RecordOf[]; readonly total: number }> {
  const AT_ONCE = 500;
  const records: RecordOf[] = [];
  let total = 0;
  for (let offset = 0; offset < most; offset += AT_ONCE) {
    const answer = await readyRowsOf(table, { ...asked, offset, limit: Math.min(AT_ONCE, most - offset) }, signal);
    total = answer.total;
    records.push(...answer.rows.map((row) => recordOf(answer.columns, row)));
    onRead?.(records.length, Math.min(total, most));
    if (answer.rows.length === 0 || records.length >= total) break;
  }
  return { records, total };
}

/** A row with its cells by the names of their columns. */
export interface RecordOf {
  readonly row: Row;
  readonly cells: Readonly<Record<string, unknown>>;
}

export function recordOf(columns: readonly string[], row: Row): RecordOf {
  return { row, cells: Object.fromEntries(columns.map((name, i) => [name, row.cells[i] ?? null])) };
}

/** A cell as a text; null where it says nothing. */
export function textOf(record: RecordOf, column: string): string | null {
  const value = record.cells[column];
  return value === null || value === undefined || value === "" ? null : String(value);
}

/** A cell as a number; null where it says none. */
export function numberOf(record: RecordOf, column: string): number | null {
  const value = record.cells[column];
  return typeof value === "number" ? value : null;
}

export function useTables(): UseQueryResult<readonly TableTold[]> {
  return useQuery({
    queryKey: ["tables"],
    queryFn: async ({ signal }) => (await get("/api/v1/tables", {}, signal)).tables,
  });
}

/** Whether the server orders and filters this table. */
export const isSortable = (table: TableTold | undefined): boolean => table?.columns.some(({ sorts }) => sorts === true) ?? false;

/** Whether the server is still making the table ready to be ordered and filtered. */
export const isPreparing = (error: unknown): boolean => error instanceof ApiError && error.code === "preparing";

/**
 * Has the server note a look at a table. It notes who consulted which table, so asking for a row of it is what puts a look
 * on record; which of its texts was revealed it cannot note.
 */
export async function noteLook(table: string): Promise<void> {
  await rowsOf(table, { limit: 1 });
}
