import type { ReactNode } from "react";

/** One column of a grid. */
export interface Column<Row> {
  /** The server's name for it: goes into requests and into the address of the page. */
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Pixels; a column without takes its share of what is left. */
  readonly width?: number;
  /** Numbers end at the right. */
  readonly numeric?: boolean;
  /** Whether the server can order by it. */
  readonly sortable?: boolean;
  /** How the server can filter it. */
  readonly filter?: ColumnFilter;
}

export type ColumnFilter =
  /** Cells that contain a text. */
  | { readonly kind: "text" }
  /** Cells that are one of these words. */
  | { readonly kind: "choice"; readonly choices: readonly { readonly value: string; readonly label: string }[] };
