import { usePrefs, type Zone } from "../prefs";
import { type Fineness, instant, range } from "../show/time";
import css from "./When.module.css";
import { useWords } from "../words";

export interface WhenProps {
  /** RFC 3339, or a date alone where `fine` is a day or coarser. */
  at: string;
  /** The end of an interval, or of the span within which an uncertain time lies. */
  until?: string | undefined;
  /** The instant lies somewhere between `at` and `until`: it is shown as a range and said to be one. */
  uncertain?: boolean;
  /** How fine the source is. */
  fine?: Fineness;
  /** What the source wrote. */
  said?: string | undefined;
}

/** A time in the zone that the header chose, with the name of the zone. */
export function When({ at, until, uncertain = false, fine = "second", said }: WhenProps) {
  const t = useWords();
  const { zone, language } = usePrefs();
  const other: Zone = zone === "UTC" ? "Europe/Rome" : "UTC";
  const inZone = (one: Zone) => (until ? range(at, until, one, language, fine) : instant(at, one, language, fine));
  const coarse = fine === "year" || fine === "month" || fine === "day";
  const title = [coarse ? t("when.noZone") : inZone(other), said ? t("when.said", { said }) : ""].filter(Boolean).join("\n");
  return (
    <time className={css.when} dateTime={until ? undefined : at} title={title}>
      {uncertain ? <span className={css.uncertain}>{t("when.between")} </span> : null}
      {inZone(zone)}
    </time>
  );
}
