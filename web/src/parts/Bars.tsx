import { usePrefs } from "../prefs";
import { whole } from "../show/number";
import css from "./Bars.module.css";
import { Twin } from "./Twin";
import { useWords } from "../words";

export interface BarsProps {
  title: string;
  /** What is counted: the head of the table's second column. */
  unit: string;
  items: readonly { readonly id: string; readonly label: string; readonly value: number }[];
  /** Opens the rows behind a number. */
  onOpen?: (id: string) => void;
  /** What is not among the bars. */
  note?: string;
}

/** Counts side by side. */
export function Bars({ title, unit, items, onOpen, note }: BarsProps) {
  const t = useWords();
  const { language } = usePrefs();
  const most = Math.max(1, ...items.map(({ value }) => value));
  const chart = (
    <ol className={css.bars}>
      {items.map(({ id, label, value }) => {
        const row = (
          <>
            <span className={css.label}>{label}</span>
            <svg className={css.bar} aria-hidden>
              <rect className={css.fill} width={`${(value / most) * 100}%`} height="100%" rx="2" />
            </svg>
            <span className={css.value}>{whole(value, language)}</span>
          </>
        );
        return (
          <li key={id}>
            {onOpen ? (
              <button type="button" className={css.row} onClick={() => onOpen(id)}>
                {row}
              </button>
            ) : (
              <div className={css.row}>{row}</div>
            )}
          </li>
        );
      })}
    </ol>
  );
  return (
    <Twin
      title={title}
      chart={chart}
      head={[t("twin.what"), unit]}
      rows={items.map(({ id, label, value }) => ({ key: id, cells: [label, whole(value, language)] }))}
      note={note}
    />
  );
}
