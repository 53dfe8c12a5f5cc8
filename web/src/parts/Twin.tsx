import { type ReactNode, useId, useState } from "react";
import css from "./Twin.module.css";
import { useWords } from "../words";

export interface TwinProps {
  title: string;
  /** The chart. It is an image or a list that can be read without seeing it. */
  chart: ReactNode;
  /** The same numbers as a table. */
  head: readonly string[];
  rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  /** What the chart does not show. */
  note?: string | undefined;
}

/** A chart and its table, one of them shown. Both say the same. */
export function Twin({ title, chart, head, rows, note }: TwinProps) {
  const t = useWords();
  const [table, setTable] = useState(false);
  const id = useId();
  return (
    <figure className={css.twin} aria-labelledby={id}>
      <figcaption className={css.head}>
        <h3 id={id}>{title}</h3>
        <button type="button" className={css.toggle} aria-pressed={table} onClick={() => setTable(!table)}>
          {t("twin.asTable")}
        </button>
      </figcaption>
      {table ? (
        <table className={css.table} aria-labelledby={id}>
          <thead>
            <tr>
              {head.map((cell) => (
                <th key={cell} scope="col">
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, cells: [first, ...more] }) => (
              <tr key={key}>
                <th scope="row">{first}</th>
                {more.map((cell, i) => (
                  <td key={i}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        chart
      )}
      {note ? <p className={css.note}>{note}</p> : null}
    </figure>
  );
}
