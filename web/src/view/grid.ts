import type { Filter, Sort } from "../api/window";
import { type Param, useView } from "./params";

/** Order of rows: `-at,account` is the latest first, then by account. */
export const sortParam: Param<readonly Sort[]> = {
  read: (said) =>
    (said ?? "")
      .split(",")
      .filter((word) => /^-?\w+$/.test(word))
      .map((word) => ({ column: word.replace(/^-/, ""), descending: word.startsWith("-") })),
  write: (sort) => sort.map(({ column, descending }) => (descending ? `-${column}` : column)).join(",") || null,
};

/** What rows must have: `event:login;account:lago%3B7`. */
export const filterParam: Param<Filter> = {
  read: (said) =>
    Object.fromEntries(
      (said ?? "").split(";").flatMap((part) => {
        const [, column, value] = /^(\w+):(.+)$/.exec(part) ?? [];
        return column !== undefined && value !== undefined ? [[column, plain(value)]] : [];
      }),
    ),
  write: (filter) =>
    Object.entries(filter)
      .filter(([, value]) => value !== "")
      .map(([column, value]) => `${column}:${encodeURIComponent(value)}`)
      .join(";") || null,
};

const SHAPE = { sort: sortParam, filter: filterParam };

export interface GridView {
  readonly sort: readonly Sort[];
  readonly filter: Filter;
}

/** Order and filter of the page's grid, kept in the address. */
export function useGridView(): [GridView, (change: Partial<GridView>) => void] {
  return useView(SHAPE);
}

function plain(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
