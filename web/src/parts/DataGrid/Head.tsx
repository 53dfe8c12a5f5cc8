import { Checkbox, Radio, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { ArrowDown, ArrowUp, Columns3, ListFilter, X } from "lucide-react";
import { useState } from "react";
import type { Filter } from "../../api/window";
import type { Column, ColumnFilter } from "./columns";
import css from "./DataGrid.module.css";
import { Panel } from "../Panel";
import { usePrefs } from "../../prefs";
import { visible as written } from "../../show/visible";
import { useWords } from "../../words";
import { harmful, namesSomebody } from "../harm";

interface HeadCellProps<Row> {
  column: Column<Row>;
  index: number;
  sorted: false | "asc" | "desc";
  /** `more` keeps the other columns by which rows are ordered. */
  onSort: (more: boolean) => void;
  filter: string;
  onFilter: (value: string) => void;
}

/** The head of a column: its name, which orders, and its filter. */
export function HeadCell<Row>({ column, index, sorted, onSort, filter, onFilter }: HeadCellProps<Row>) {
  const t = useWords();
  const value = useSayFilter()(column.id, filter);
  const sort = sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : "none";
  return (
    <div
      className={css.headCell}
      role="columnheader"
      aria-colindex={index}
      aria-sort={column.sortable ? sort : undefined}
      data-numeric={column.numeric}
    >
      {column.sortable ? (
        <button type="button" className={css.sort} onClick={(event) => onSort(event.shiftKey)}>
          <span>{column.header}</span>
          {sorted === "asc" ? <ArrowUp size={12} aria-hidden /> : null}
          {sorted === "desc" ? <ArrowDown size={12} aria-hidden /> : null}
        </button>
      ) : (
        <span className={css.label}>{column.header}</span>
      )}
      {column.filter ? (
        <Panel
          className={css.filterBox}
          face={<ListFilter size={12} aria-hidden />}
          button={{
            className: css.filter,
            "data-used": filter !== "",
            "aria-label": t(filter === "" ? "grid.filter" : "grid.filterUsed", { column: column.header, value }),
          }}
        >
          <FilterField label={column.header} kind={column.filter} value={filter} onValue={onFilter} />
        </Panel>
      ) : null}
    </div>
  );
}

interface FilterFieldProps {
  label: string;
  kind: ColumnFilter;
  value: string;
  onValue: (value: string) => void;
}

function FilterField({ label, kind, value, onValue }: FilterFieldProps) {
  const t = useWords();
  const [typed, setTyped] = useState(value);
  const later = useDebouncedCallback(onValue, 250);
  if (kind.kind === "choice") {
    return (
      <Radio.Group label={label} value={value} onChange={onValue}>
        <div className={css.choices}>
          <Radio value="" label={t("grid.any")} />
          {kind.choices.map((choice) => (
            <Radio key={choice.value} value={choice.value} label={choice.label} />
          ))}
        </div>
      </Radio.Group>
    );
  }
  return (
    <TextInput
      label={t("grid.contains", { column: label })}
      value={typed}
      data-autofocus
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        later(event.currentTarget.value);
      }}
    />
  );
}

/** What a filter looks for, as it may be seen: who searches for a name shows it on a shared screen otherwise. */
function useSayFilter(): (column: string, value: string) => string {
  const t = useWords();
  const { presentation } = usePrefs();
  return (column, value) => (presentation && (namesSomebody(column) || harmful(column)) ? t("masked.presented", { label: t("masked.name") }) : written(value));
}

interface UsedFiltersProps<Row> {
  columns: readonly Column<Row>[];
  filter: Filter;
  onFilter: (filter: Filter) => void;
}

/** The filters that are on, each with its way off. */
export function UsedFilters<Row>({ columns, filter, onFilter }: UsedFiltersProps<Row>) {
  const t = useWords();
  const say = useSayFilter();
  const used = columns.flatMap((column) => {
    const value = filter[column.id] ?? "";
    if (value === "") return [];
    const said = column.filter?.kind === "choice" ? (column.filter.choices.find((one) => one.value === value)?.label ?? value) : `“${say(column.id, value)}”`;
    return [{ id: column.id, said: `${column.header}: ${said}` }];
  });
  return used.map(({ id, said }) => (
    <button key={id} type="button" className={css.used} aria-label={t("grid.clear", { filter: said })} onClick={() => onFilter({ ...filter, [id]: "" })}>
      {said}
      <X size={12} aria-hidden />
    </button>
  ));
}

interface ColumnChoiceProps<Row> {
  table: { getColumn: (id: string) => { getIsVisible: () => boolean; toggleVisibility: (visible: boolean) => void } | undefined };
  columns: readonly Column<Row>[];
}

/** Which columns are shown. */
export function ColumnChoice<Row>({ table, columns }: ColumnChoiceProps<Row>) {
  const t = useWords();
  const visible = columns.filter(({ id }) => table.getColumn(id)?.getIsVisible());
  return (
    <Panel
      className={css.filterBox}
      face={
        <>
          <Columns3 size={14} aria-hidden />
          {t("grid.columns")}
        </>
      }
      button={{ className: css.tool }}
    >
      <div className={css.choices} role="group" aria-label={t("grid.columns")}>
        {columns.map(({ id, header }) => {
          const on = visible.some((one) => one.id === id);
          return (
            <Checkbox
              key={id}
              label={header}
              checked={on}
              // The last one stays: a grid without columns says nothing.
              disabled={on && visible.length === 1}
              onChange={(event) => table.getColumn(id)?.toggleVisibility(event.currentTarget.checked)}
            />
          );
        })}
      </div>
    </Panel>
  );
}
