import { usePrefs } from "../prefs";
import { log10 } from "../show/number";
import { Said } from "./Said";
import css from "./Strength.module.css";
import { SCALE_END, strengthWord } from "./strengths";
import { useWords } from "../words";

export interface StrengthProps {
  /** log10 of the likelihood ratio; null where the analysis gives none. Below zero the rows support the other proposition. */
  log10_lr: number | null;
  /** The server's words, where it gives them; else those of the scale. */
  words?: string;
  /** The two propositions that are compared. A strength never stands without them outside a list of leads. */
  propositions?: readonly [string, string];
  /** In one line of a list: words and figure, without the bar. */
  brief?: boolean;
}

/** Propositions are the program's own sentences: they quote nothing, and only names in them are hidden. */
const nothing = () => Promise.resolve();

/** How strongly rows support one proposition over another: words first, then a bar and the figure. */
export function Strength({ log10_lr, words, propositions, brief = false }: StrengthProps) {
  const t = useWords();
  const { language } = usePrefs();
  if (log10_lr === null) return <span className={css.none}>{t("strength.not_given")}</span>;
  const against = log10_lr < 0 && strengthWord(log10_lr) !== "none";
  const filled = Math.min(Math.abs(log10_lr), SCALE_END);
  return (
    <span className={css.strength} data-brief={brief}>
      <span className={css.words}>
        {words ?? t(`strength.${strengthWord(log10_lr)}`)}
        {against && words === undefined ? ` ${t("strength.opposite")}` : ""}
      </span>
      <span className={css.figure}>
        {brief ? null : (
        <svg className={css.bar} viewBox="0 0 60 8" aria-hidden>
          <rect className={css.track} x="0" y="2" width="60" height="4" rx="2" />
          <rect className={against ? css.against : css.fill} x="0" y="2" width={filled * 10} height="4" rx="2" />
          {[1, 2, 3, 4].map((at) => (
            <rect key={at} className={css.tick} x={at * 10 - 0.5} y="2" width="1" height="4" />
          ))}
        </svg>
        )}
        {/* A list has words; the figure, with its unit, stands where there are propositions. */}
        {brief ? null : <span title={t("strength.unit")}>{log10(log10_lr, language)}</span>}
      </span>
      {propositions ? (
        <span className={css.propositions}>
          <span>
            <Said text={propositions[0]} onReveal={nothing} />
          </span>
          <span className={css.over}>{t("strength.over")}</span>
          <span>
            <Said text={propositions[1]} onReveal={nothing} />
          </span>
        </span>
      ) : null}
    </span>
  );
}
