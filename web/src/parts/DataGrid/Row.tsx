import { memo } from "react";
import type { Column } from "./columns";
import css from "./DataGrid.module.css";
import { TabStop } from "./tabStop";
import { useWords } from "../../words";

interface GridRowProps<Row> {
  index: number;
  top: number;
  template: string;
  columns: readonly Column<Row>[];
  /** Undefined while it is on its way. */
  row: Row | undefined;
  selectable: boolean;
  selected: boolean;
  /** The one row that Tab reaches. */
  active: boolean;
  /** The same object as long as the grid stands. */
  acts: RowActs<Row>;
}

export interface RowActs<Row> {
  readonly focus: (index: number) => void;
  readonly select: (row: Row) => void;
  readonly open: (row: Row) => void;
}

/** One row in its place, or the room for it. Scrolling does not draw again what stays in sight. */
export const GridRow = memo(RowInGrid) as typeof RowInGrid;

function RowInGrid<Row>(props: GridRowProps<Row>) {
  const { index, top, template, columns, row, selectable, selected, active, acts } = props;
  const t = useWords();
  return (
    <div
      className={css.row}
      role="row"
      data-row={index}
      data-selected={selected}
      aria-rowindex={index + 2}
      aria-selected={selectable ? selected : undefined}
      tabIndex={active ? 0 : -1}
      style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
      onFocus={() => acts.focus(index)}
      onDoubleClick={() => row !== undefined && acts.open(row)}
    >
      <TabStop value={active}>
        {selectable ? (
          <div className={css.cell} role="gridcell" aria-colindex={1}>
            <input
              type="checkbox"
              checked={selected}
              disabled={row === undefined}
              tabIndex={active ? 0 : -1}
              aria-label={t("grid.choose", { row: index + 1 })}
              onChange={() => row !== undefined && acts.select(row)}
            />
          </div>
        ) : null}
        {columns.map((column, i) => (
          <div
            key={column.id}
            className={css.cell}
            role="gridcell"
            data-cell={i}
            data-numeric={column.numeric}
            aria-colindex={i + (selectable ? 2 : 1)}
            tabIndex={-1}
          >
            {row === undefined ? <span className={css.coming} /> : column.cell(row)}
          </div>
        ))}
      </TabStop>
    </div>
  );
}
