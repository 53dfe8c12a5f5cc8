import { ChevronLeft, ChevronRight } from "lucide-react";
import { type FetchWindow, useWindows, WINDOW } from "../../api/window";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import type { GridView } from "../../view/grid";
import { Failed, Loading } from "../States";
import type { Column } from "./columns";
import css from "./DataGrid.module.css";
import { useWords } from "../../words";

interface PlainPageProps<Row> {
  name: string;
  queryKey: readonly unknown[];
  columns: readonly Column<Row>[];
  rowId: (row: Row) => string;
  fetchWindow: FetchWindow<Row>;
  view: GridView;
  /** The first row of the page. */
  at: number;
  onAt: (at: number) => void;
}

/** A hundred rows as a table like any other: for screen readers that prefer one, and for paper. */
export function PlainPage<Row>({ name, queryKey, columns, rowId, fetchWindow, view, at, onAt }: PlainPageProps<Row>) {
  const t = useWords();
  const { language } = usePrefs();
  const { sort, filter } = view;
  const windows = useWindows({ key: queryKey, fetchWindow, sort, filter, first: at, last: at });
  const rows = Array.from({ length: WINDOW }, (_, i) => windows.rowAt(at + i)).filter((row) => row !== undefined);
  const { extent } = windows;
  if (windows.error) return <Failed error={windows.error} onRetry={windows.retry} />;
  if (windows.pending) return <Loading label={t("grid.loading")} />;
  const until = at + rows.length;
  const span = {
    from: whole(Math.min(at + 1, until), language),
    until: whole(until, language),
    total: extent.counted ? whole(extent.rows, language) : t("grid.uncounted"),
  };
  return (
    <div className={css.plain}>
      <div className={css.plainRows}>
        <table className={css.plainTable}>
          <caption>
            {name} · {t("grid.span", span)}
          </caption>
          <thead>
            <tr>
              {columns.map(({ id, header, numeric }) => {
                const by = sort.find(({ column }) => column === id);
                return (
                  <th key={id} scope="col" data-numeric={numeric} aria-sort={by ? (by.descending ? "descending" : "ascending") : undefined}>
                    {header}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={rowId(row)}>
                {columns.map(({ id, cell, numeric }) => (
                  <td key={id} data-numeric={numeric}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <nav className={css.pager} aria-label={t("grid.pages")}>
        <button type="button" className={css.tool} disabled={at === 0} onClick={() => onAt(Math.max(0, at - WINDOW))}>
          <ChevronLeft size={14} aria-hidden /> {t("grid.before")}
        </button>
        <span>{t("grid.span", span)}</span>
        <button type="button" className={css.tool} disabled={extent.counted && until >= extent.rows} onClick={() => onAt(at + WINDOW)}>
          {t("grid.after")} <ChevronRight size={14} aria-hidden />
        </button>
      </nav>
    </div>
  );
}
