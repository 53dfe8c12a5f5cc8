import { useState } from "react";
import type { ReadRow } from "../api/types";
import { usePrefs } from "../prefs";
import { whole } from "../show/number";
import { CellValue } from "./CellValue";
import { Place } from "./Place";
import { placeOf } from "./places";
import { Sideways } from "./Sideways";
import css from "./ReadRows.module.css";
import { useWords } from "../words";

export interface ReadRowsProps {
  rows: readonly ReadRow[];
  /** How many rows the finding has in all; of many, a spread is told. */
  all: number;
  onReveal: () => Promise<void>;
}

const FIRST = 8;

/** The rows that a finding stands on, table by table, each with its place in the file received. */
export function ReadRows({ rows, all, onReveal }: ReadRowsProps) {
  const t = useWords();
  const { language } = usePrefs();
  const tables = [...new Set(rows.map((row) => `${row.against ? "against" : "for"} ${row.table}`))];
  if (rows.length === 0) return <p className={css.none}>{t("rows.none")}</p>;
  return (
    <div className={css.all}>
      {rows.length < all ? (
        <p className={css.none}>{t("rows.spread", { shown: whole(rows.length, language), all: whole(all, language) })}</p>
      ) : null}
      {tables.map((key) => {
        const [side = "", table = ""] = key.split(" ");
        return <OfTable key={key} table={table} against={side === "against"} rows={rows.filter((row) => row.table === table && row.against === (side === "against"))} onReveal={onReveal} />;
      })}
    </div>
  );
}

interface OfTableProps {
  table: string;
  against: boolean;
  rows: readonly ReadRow[];
  onReveal: () => Promise<void>;
}

function OfTable({ table, against, rows, onReveal }: OfTableProps) {
  const t = useWords();
  const { language } = usePrefs();
  const [more, setMore] = useState(false);
  const shown = more ? rows : rows.slice(0, FIRST);
  const columns = [...new Set(rows.flatMap((row) => cellsOf(row).map(([name]) => name)))];
  return (
    <div className={css.of}>
    <Sideways label={t("rows.of", { table })}>
      <table className={css.table} data-against={against}>
        <caption>
          <code>{table}</code> · {against ? t("rows.against", { count: rows.length, said: whole(rows.length, language) }) : t("grid.rows", { count: rows.length, said: whole(rows.length, language) })}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t("rows.place")}</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                <code>{column}</code>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => {
            const cells = new Map(cellsOf(row));
            return (
              <tr key={row.row}>
                <td>
                  <Place place={placeOf(row.place, row.source)} name={row.file} />
                </td>
                {columns.map((column) => (
                  <td key={column}>
                    <CellValue column={column} value={cells.get(column)} onReveal={onReveal} />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Sideways>
      {rows.length > FIRST ? (
        <button type="button" className={css.more} onClick={() => setMore(!more)}>
          {more ? t("rows.fewer") : t("rows.more", { said: whole(rows.length, language) })}
        </button>
      ) : null}
    </div>
  );
}

/** Pairs of name and text; the description leaves their kind open. */
const cellsOf = (row: ReadRow) => row.cells as unknown as readonly (readonly [string, string])[];
