import { useQueries } from "@tanstack/react-query";
import { useState } from "react";

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** For each column what its cells must have; what that means the column's kind of filter says. */
export type Filter = Readonly<Record<string, string>>;

export interface WindowRequest {
  readonly offset: number;
  readonly limit: number;
  readonly sort: readonly Sort[];
  readonly filter: Filter;
}

export interface WindowAnswer<Row> {
  readonly rows: readonly Row[];
  /** Null as long as nobody has counted. */
  readonly total: number | null;
}

export type FetchWindow<Row> = (request: WindowRequest, signal: AbortSignal) => Promise<WindowAnswer<Row>>;

/** Rows asked for at once. A page of the plain view is one of these windows. */
export const WINDOW = 100;

/** How many rows there are, as far as answers have told. */
export interface Extent {
  readonly rows: number;
  readonly counted: boolean;
}

export const NOTHING_KNOWN: Extent = { rows: 0, counted: false };

/** What an answer adds to what is known. A window that comes back short is the last one. */
export function learn(known: Extent, offset: number, answer: WindowAnswer<unknown>): Extent {
  if (answer.total !== null) {
    return known.counted && known.rows === answer.total ? known : { rows: answer.total, counted: true };
  }
  if (known.counted) return known;
  const seen = offset + answer.rows.length;
  if (answer.rows.length < WINDOW && (answer.rows.length > 0 || offset === 0)) return { rows: seen, counted: true };
  // An empty window far out says only that the end lies before it.
  return seen > known.rows && answer.rows.length > 0 ? { rows: seen, counted: false } : known;
}

/** The rows that a grid makes room for: all that are known, and one window more while the end is not. */
export const room = (known: Extent): number => (known.counted ? known.rows : known.rows + WINDOW);

/** The offsets of the windows that rows `first` to `last` lie in. */
export function windowsFor(first: number, last: number): readonly number[] {
  const from = Math.floor(Math.max(0, first) / WINDOW);
  const until = Math.max(from, Math.floor(Math.max(0, last) / WINDOW));
  return Array.from({ length: until - from + 1 }, (_, i) => (from + i) * WINDOW);
}

export interface Windows<Row> {
  readonly extent: Extent;
  /** Undefined while the row is on its way. */
  readonly rowAt: (index: number) => Row | undefined;
  readonly error: Error | null;
  readonly pending: boolean;
  readonly retry: () => void;
}

/**
 * The rows from `first` to `last` of a table that is as long as it likes, asked for window by window.
 * Windows that are scrolled past before they came are not waited for: their requests are stopped.
 */
export function useWindows<Row>(options: {
  readonly key: readonly unknown[];
  readonly fetchWindow: FetchWindow<Row>;
  readonly sort: readonly Sort[];
  readonly filter: Filter;
  readonly first: number;
  readonly last: number;
}): Windows<Row> {
  const { key, fetchWindow, sort, filter, first, last } = options;
  const offsets = windowsFor(first, last);
  const results = useQueries({
    queries: offsets.map((offset) => ({
      queryKey: [...key, { sort, filter, offset }],
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchWindow({ offset, limit: WINDOW, sort, filter }, signal),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });

  const question = JSON.stringify([key, sort, filter]);
  const [memory, setMemory] = useState({ question, extent: NOTHING_KNOWN });
  const before = memory.question === question ? memory.extent : NOTHING_KNOWN;
  const extent = results.reduce(
    (known, result, i) => (result.data ? learn(known, offsets[i] ?? 0, result.data) : known),
    before,
  );
  if (extent !== before || memory.question !== question) setMemory({ question, extent });

  return {
    extent,
    rowAt: (index) => {
      const at = offsets.indexOf(Math.floor(index / WINDOW) * WINDOW);
      return results[at]?.data?.rows[index % WINDOW];
    },
    error: results.find((result) => result.error !== null)?.error ?? null,
    pending: results.some((result) => result.isPending),
    retry: () => {
      for (const result of results) if (result.isError) void result.refetch();
    },
  };
}
