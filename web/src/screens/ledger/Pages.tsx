import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import css from "./Ledger.module.css";
import { useWords } from "../../words";

interface PagesProps {
  readonly from: number;
  readonly total: number;
  readonly page: number;
  readonly later: string;
  readonly earlier: string;
  readonly onGo: (from: number) => void;
}

/** The pages of a list whose first is the latest; nothing where one page holds all. */
export function Pages({ from, total, page, later, earlier, onGo }: PagesProps) {
  const t = useWords();
  const { language } = usePrefs();
  if (total <= page) return null;
  return (
    <nav className={css.pages} aria-label={t("grid.pages")}>
      <button type="button" disabled={from === 0} onClick={() => onGo(Math.max(0, from - page))}>
        {later}
      </button>
      <span>{t("grid.span", { from: whole(from + 1, language), until: whole(Math.min(total, from + page), language), total: whole(total, language) })}</span>
      <button type="button" disabled={from + page >= total} onClick={() => onGo(from + page)}>
        {earlier}
      </button>
    </nav>
  );
}
