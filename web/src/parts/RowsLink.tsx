import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Filter } from "../api/window";
import { usePrefs } from "../prefs";
import { whole } from "../show/number";
import { filterParam } from "../view/grid";
import { useTabStop } from "./DataGrid/tabStop";

/** Where rows of a table are shown. `=value` asks for exactly that value. */
export function rowsAddress(table: string, filter: Filter = {}): string {
  const said = filterParam.write(filter);
  return `/tables/${encodeURIComponent(table)}${said === null ? "" : `?${new URLSearchParams({ filter: said })}`}`;
}

export interface RowsLinkProps {
  table: string;
  filter?: Filter;
  /** How many there are. */
  n?: number;
  children?: ReactNode;
}

/** A number that opens the rows behind it. */
export function RowsLink({ table, filter, n, children }: RowsLinkProps) {
  const { language } = usePrefs();
  const tabIndex = useTabStop();
  return (
    <Link href={rowsAddress(table, filter)} tabIndex={tabIndex}>
      {n === undefined ? null : whole(n, language)}
      {n !== undefined && children ? " " : null}
      {children}
    </Link>
  );
}
