import { columnVisibilityFeature, rowSortingFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { Rows3, Table2 } from "lucide-react";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { type FetchWindow, room, type Sort, useWindows, WINDOW } from "../../api/window";
import { useAction } from "../../keys/Keys";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import type { GridView } from "../../view/grid";
import { Failed } from "../States";
import { type Column } from "./columns";
import css from "./DataGrid.module.css";
import { ColumnChoice, HeadCell, UsedFilters } from "./Head";
import { inSight, moved, placed, realHeight, type Rows, type Scroll, TOP, topOf, withRow } from "./longScroll";
import { PlainPage } from "./PlainPage";
import { GridRow, type RowActs } from "./Row";
import { useWords } from "../../words";

export interface DataGridProps<Row> {
  /** What the rows are; the name of the grid for those who do not see it. */
  name: string;
  /** Names the rows in the cache; what is ordered and filtered is added. */
  queryKey: readonly unknown[];
  /** Stands outside the component or in a memo. */
  columns: readonly Column<Row>[];
  rowId: (row: Row) => string;
  fetchWindow: FetchWindow<Row>;
  /** Order and filter: from `useGridView`, so that they stand in the address. */
  view: GridView;
  onView: (change: Partial<GridView>) => void;
  /** Enter, or two clicks. */
  onOpen?: (row: Row) => void;
  /** `e`. */
  onEvidence?: (row: Row) => void;
  /** `x`, and a box before each row. */
  selected?: ReadonlySet<string>;
  onSelect?: (row: Row) => void;
  /** Shown where there are no rows at all: an `Empty` with the one way on. */
  empty: ReactNode;
  /** Shown above the rows: an `Incomplete` where some were kept aside. */
  notice?: ReactNode;
}

/** Must be the height in the style sheet. */
const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 32;
/** Of a column that takes its share. */
const LEAST_WIDTH = 120;
/** Rows drawn beyond either edge, so that a wheel meets no blank. */
const BEYOND = 8;

const features = tableFeatures({ columnVisibilityFeature, rowSortingFeature });
const NO_ROWS: never[] = [];

interface Active {
  readonly row: number;
  /** Null: the whole row. */
  readonly cell: number | null;
}

/** A table of any length, of which only what is seen is asked for and drawn. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { name, queryKey, columns, rowId, fetchWindow, view, onView, onOpen, onEvidence, selected, onSelect } = props;
  const t = useWords();
  const { language } = usePrefs();
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(0);
  const [scroll, setScroll] = useState<Scroll>(TOP);
  const [active, setActive] = useState<Active>({ row: 0, cell: null });
  const [plainAt, setPlainAt] = useState<number | null>(null);
  const focusNext = useRef(false);

  // What is in sight follows from how many rows there are, which answers tell: the last known count is used to ask.
  const [count, setCount] = useState(WINDOW);
  const all: Rows = { rows: count, rowHeight: ROW_HEIGHT, viewport: Math.max(ROW_HEIGHT, size - HEAD_HEIGHT) };
  const { first, last } = inSight(scroll, all, BEYOND);
  const { sort, filter } = view;
  const windows = useWindows({ key: queryKey, fetchWindow, sort, filter, first, last });
  const rows = room(windows.extent);
  if (rows !== count) setCount(rows);

  const definitions = useMemo(
    () => columns.map(({ id, header, sortable }) => ({ id, header, accessorFn: () => null, enableSorting: sortable ?? false, sortDescFirst: false })),
    [columns],
  );
  const sorting = useMemo(() => sort.map(({ column, descending }) => ({ id: column, desc: descending })), [sort]);
  const table = useTable({
    features,
    columns: definitions,
    data: NO_ROWS,
    manualSorting: true,
    state: { sorting },
    onSortingChange: (change) => {
      const next = typeof change === "function" ? change(sorting) : change;
      onView({ sort: next.map(({ id, desc }): Sort => ({ column: id, descending: desc })) });
    },
  });
  const hidden = columns.filter(({ id }) => table.getColumn(id)?.getIsVisible() === false).map(({ id }) => id).join(" ");
  const shown = useMemo(() => columns.filter(({ id }) => !hidden.split(" ").includes(id)), [columns, hidden]);

  const showing = plainAt === null;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [showing]);

  // Another order or filter is another list: it begins at its top.
  const question = JSON.stringify([sort, filter]);
  const [asked, setAsked] = useState(question);
  if (asked !== question) {
    setAsked(question);
    setScroll(TOP);
    setActive({ row: 0, cell: null });
  }
  useLayoutEffect(() => {
    if (box.current && box.current.scrollTop !== scroll.real) box.current.scrollTop = scroll.real;
  }, [scroll]);

  useLayoutEffect(() => {
    if (!focusNext.current) return;
    focusNext.current = false;
    const row = box.current?.querySelector<HTMLElement>(`[data-row="${active.row}"]`);
    const target = active.cell === null ? row : row?.querySelector<HTMLElement>(`[data-cell="${active.cell}"]`);
    target?.focus({ preventScroll: true });
  }, [active]);

  // What is printed is a page of a plain table, with the rows that were in sight.
  useEffect(() => {
    let mine = false;
    const before = () => {
      mine = box.current !== null;
      if (mine) flushSync(() => setPlainAt(Math.floor(active.row / WINDOW) * WINDOW));
    };
    const after = () => {
      if (mine) setPlainAt(null);
    };
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    return () => {
      window.removeEventListener("beforeprint", before);
      window.removeEventListener("afterprint", after);
    };
  }, [active.row]);

  const activate = (row: number, cell: number | null) => {
    const to = Math.min(Math.max(0, row), Math.max(0, windows.extent.rows - 1));
    focusNext.current = true;
    setActive({ row: to, cell });
    setScroll(withRow(scroll, to, all));
  };
  const latest = useRef({ onSelect, onOpen });
  useEffect(() => {
    latest.current = { onSelect, onOpen };
  });
  const acts = useMemo(
    (): RowActs<Row> => ({
      focus: (row) => setActive((now) => (now.row === row ? now : { row, cell: null })),
      select: (row) => latest.current.onSelect?.(row),
      open: (row) => latest.current.onOpen?.(row),
    }),
    [],
  );
  const current = () => windows.rowAt(active.row);

  // A letter is for the grid that has the focus, and where none has it for the only one there is.
  const mine = () => box.current !== null && (box.current.contains(document.activeElement) || document.querySelectorAll("[role=grid]").length === 1);
  const hasFocus = () => box.current?.querySelector("[data-row]:focus, [data-row] :focus") != null;
  const on = (act: (row: Row) => void) => () => {
    const row = current();
    if (!mine() || row === undefined) return false;
    act(row);
    return undefined;
  };
  useAction("down", () => (mine() ? activate(hasFocus() ? active.row + 1 : active.row, null) : false));
  useAction("up", () => (mine() ? activate(hasFocus() ? active.row - 1 : active.row, null) : false));
  useAction("select", onSelect ? on(onSelect) : () => false);
  useAction("evidence", onEvidence ? on(onEvidence) : () => false);
  useAction("open", () => {
    if (!hasFocus()) return false;
    const control = box.current?.querySelector<HTMLElement>("[data-cell]:focus :is(button, a, input)");
    if (control) control.click();
    else if (onOpen) return on(onOpen)();
    return undefined;
  });

  const press = (event: KeyboardEvent) => {
    const edge = event.key === "Home" || event.key === "End";
    if (!(event.target as Element).closest("[data-row]") || event.altKey || event.metaKey || (event.ctrlKey && !edge)) return;
    const page = Math.max(1, Math.floor(all.viewport / ROW_HEIGHT) - 1);
    const width = shown.length;
    const { row, cell } = active;
    const to: Partial<Record<string, Active>> = {
      ArrowDown: { row: row + 1, cell },
      ArrowUp: { row: row - 1, cell },
      PageDown: { row: row + page, cell },
      PageUp: { row: row - page, cell },
      ArrowRight: { row, cell: cell === null ? 0 : Math.min(width - 1, cell + 1) },
      ArrowLeft: { row, cell: cell === null || cell === 0 ? null : cell - 1 },
      Home: event.ctrlKey || cell === null ? { row: 0, cell } : { row, cell: 0 },
      End: event.ctrlKey || cell === null ? { row: count - 1, cell } : { row, cell: width - 1 },
    };
    const next = to[event.key];
    if (!next) return;
    event.preventDefault();
    activate(next.row, next.cell);
  };

  const { extent, error } = windows;
  const none = extent.counted && extent.rows === 0;
  const filtered = Object.values(filter).some((value) => value !== "");
  if (none && !filtered) return <>{props.empty}</>;

  const drawn = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  if (active.row < first) drawn.unshift(active.row);
  if (active.row > last && active.row < count) drawn.push(active.row);
  const template = [
    ...(onSelect ? ["36px"] : []),
    ...shown.map(({ width }) => (width === undefined ? `minmax(${LEAST_WIDTH}px, 1fr)` : `${width}px`)),
  ].join(" ");
  // Every row is as wide as every other, whatever is written in one of them.
  const least_px = shown.reduce((sum, { width = LEAST_WIDTH }) => sum + width, onSelect ? 36 : 0);

  return (
    <section className={css.frame} aria-label={name}>
      <div className={css.bar}>
        <p className={css.count} role="status">
          {extent.counted
            ? t("grid.rows", { count: extent.rows, said: whole(extent.rows, language) })
            : t("grid.rowsSoFar", { said: whole(extent.rows, language) })}
          {selected && selected.size > 0 ? ` · ${t("grid.selected", { count: selected.size, said: whole(selected.size, language) })}` : ""}
        </p>
        <UsedFilters columns={columns} filter={filter} onFilter={(next) => onView({ filter: next })} />
        <span className={css.gap} />
        <ColumnChoice table={table} columns={columns} />
        <button
          type="button"
          className={css.tool}
          aria-pressed={plainAt !== null}
          onClick={() => setPlainAt(plainAt === null ? Math.floor(first / WINDOW) * WINDOW : null)}
        >
          {plainAt === null ? <Table2 size={14} aria-hidden /> : <Rows3 size={14} aria-hidden />}
          {t("grid.plain")}
        </button>
      </div>
      {props.notice}
      {plainAt === null ? (
        <div
          ref={box}
          className={css.box}
          style={{ "--least": `${least_px}px` } as CSSProperties}
          role="grid"
          aria-label={name}
          aria-rowcount={extent.counted ? extent.rows + 1 : -1}
          aria-colcount={shown.length + (onSelect ? 1 : 0)}
          aria-multiselectable={onSelect ? true : undefined}
          aria-busy={windows.pending}
          tabIndex={-1}
          onScroll={(event) => setScroll(moved(scroll, event.currentTarget.scrollTop, all))}
          onKeyDown={press}
        >
          <div className={css.head} role="rowgroup">
            <div className={css.row} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
              {onSelect ? <div className={css.headCell} role="columnheader" aria-label={t("grid.choice")} aria-colindex={1} /> : null}
              {shown.map((column, i) => (
                <HeadCell
                  key={column.id}
                  column={column}
                  index={i + (onSelect ? 2 : 1)}
                  sorted={table.getColumn(column.id)?.getIsSorted() ?? false}
                  onSort={(more) => table.getColumn(column.id)?.toggleSorting(undefined, more)}
                  filter={filter[column.id] ?? ""}
                  onFilter={(value) => onView({ filter: { ...filter, [column.id]: value } })}
                />
              ))}
            </div>
          </div>
          {error ? (
            <Failed error={error} onRetry={windows.retry} />
          ) : none ? (
            <p className={css.nothing}>{t("grid.noneSuch")}</p>
          ) : (
            <div className={css.body} role="rowgroup" style={{ height: realHeight(all) }}>
              {drawn.map((index) => {
                const row = windows.rowAt(index);
                return (
                  <GridRow
                    key={index}
                    index={index}
                    top={topOf(index, scroll, all)}
                    template={template}
                    columns={shown}
                    row={row}
                    selectable={onSelect !== undefined}
                    selected={row !== undefined && (selected?.has(rowId(row)) ?? false)}
                    active={index === active.row}
                    acts={acts}
                  />
                );
              })}
            </div>
          )}
        </div>
      ) : (
        <PlainPage
          name={name}
          queryKey={queryKey}
          columns={shown}
          rowId={rowId}
          fetchWindow={fetchWindow}
          view={view}
          at={plainAt}
          onAt={(at) => {
            setPlainAt(at);
            setScroll(placed(at * ROW_HEIGHT, all));
            setActive({ row: at, cell: null });
          }}
        />
      )}
    </section>
  );
}
