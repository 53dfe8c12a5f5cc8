import { usePrefs } from "../prefs";
import { duration, instant } from "../show/time";
import { useNow } from "../show/useNow";
import css from "./Band.module.css";
import { When } from "./When";
import { useWords } from "../words";

export const BANDS = ["very_high", "high", "medium", "low", "informational"] as const;
export type BandName = (typeof BANDS)[number];

/** Read without colour: more marks, sooner. */
const SYMBOL: Record<BandName, string> = { very_high: "!!!", high: "!!", medium: "!", low: "·", informational: "i" };

export interface BandProps {
  name: BandName;
  /** Until when somebody has to act; null where the band has no term. */
  actBy?: string | null;
  /** Without the instant of the term, which is said where somebody points at it. */
  brief?: boolean;
}

/** How soon to act. */
export function Band({ name, actBy = null, brief = false }: BandProps) {
  const t = useWords();
  const { language, zone } = usePrefs();
  const now = useNow();
  const left_ms = actBy === null ? null : new Date(actBy).getTime() - now.getTime();
  return (
    <span className={css.band}>
      <span className={css.pill} data-band={name}>
        <span className={css.symbol} aria-hidden>
          {SYMBOL[name]}
        </span>
        {t(`band.${name}`)}
      </span>
      {actBy !== null && left_ms !== null ? (
        <span className={css.term} data-late={left_ms < 0} title={brief ? instant(actBy, zone, language, "minute") : undefined}>
          {left_ms < 0
            ? t("band.late", { length: duration(left_ms, language) })
            : t("band.left", { length: duration(left_ms, language) })}
          {brief ? null : (
            <span className={css.at}>
              <When at={actBy} fine="minute" />
            </span>
          )}
        </span>
      ) : null}
    </span>
  );
}
