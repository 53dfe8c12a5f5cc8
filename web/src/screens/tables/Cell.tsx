import { type ColumnTold, noteLook, type RecordOf, textOf } from "../../api/rows";
import { harmful, namesSomebody } from "../../parts/harm";
import { Masked } from "../../parts/Masked";
import { Name } from "../../parts/Said";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { fineness, widthMs } from "../../show/precision";
import { visible } from "../../show/visible";
import css from "./Tables.module.css";
import { useWords } from "../../words";

/** Of a record that could not be read, what was found may be anything that somebody wrote. A single word is a value. */
const isFoundText = (table: string, column: string, said: string) =>
  (table === "problem" || table === "unread") && (column === "found" || column === "at") && /[\s/\\<]/.test(said);

export interface CellProps {
  table: string;
  column: ColumnTold;
  record: RecordOf;
}

/** What a cell says: an instant in the chosen zone and as fine as its source, what can harm behind a mask, the rest as text. */
export function Cell({ table, column: { name, kind }, record }: CellProps) {
  const t = useWords();
  const { language } = usePrefs();
  const value = record.cells[name];
  if (value === null || value === undefined || value === "") return <span className={css.none}>–</span>;
  const said = typeof value === "object" ? JSON.stringify(value) : String(value);
  const harm = isFoundText(table, name, said) ? "text" : harmful(name);
  if (harm) return <Masked label={t(`masked.${harm}`)} text={said} onReveal={() => noteLook(table)} />;
  if (kind.startsWith("a time")) {
    const precision = textOf(record, `${name}_precision`);
    const wide = widthMs(precision);
    const until = wide === null || precision === "day" ? undefined : new Date(new Date(said).getTime() + wide).toISOString();
    return (
      <When
        at={said}
        fine={fineness(precision)}
        said={textOf(record, `${name}_said`) ?? undefined}
        {...(until === undefined ? {} : { until, uncertain: true })}
      />
    );
  }
  if (kind.startsWith("a date")) return <When at={said} fine="day" />;
  if (kind === "true or false") return t(value === true ? "tables.yes" : "tables.no");
  if (typeof value === "number" && kind.startsWith("a whole number")) return whole(value, language);
  if (namesSomebody(name)) return <Name>{said}</Name>;
  return <span title={visible(said)}>{visible(said)}</span>;
}
