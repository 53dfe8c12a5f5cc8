import { TriangleAlert } from "lucide-react";
import type { LeftOut as Left } from "../../api/types";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import css from "./Graph.module.css";
import { kindsTold, whyTold } from "./words";
import { useWords } from "../../words";

/** What hangs together with what is shown and is not shown itself, by reason, and what shows it. */
export function LeftOut({ left, onShow }: { left: readonly Left[]; onShow: (why: string) => (() => void) | null }) {
  const t = useWords();
  const { language } = usePrefs();
  const reasons = [...new Set(left.map(({ why }) => why))];
  if (reasons.length === 0) return null;
  return (
    <ul className={css.left} aria-label={t("graph.leftOut")}>
      {reasons.map((why) => {
        const of = left.filter((one) => one.why === why);
        const [first] = of;
        const show = onShow(why);
        if (first === undefined) return null;
        return (
          <li key={why}>
            <TriangleAlert size={14} aria-hidden />
            <span>
              {whyTold(t, first)}: {of.map(({ kind, n }) => `${kindsTold(t, kind)} ${whole(n, language)}`).join(", ")}
            </span>
            {show ? (
              <button type="button" className={css.link} onClick={show}>
                {t(actionOf(why))}
              </button>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

const actionOf = (why: string) => (why === "hops" ? "graph.oneFurther" : why === "weak" ? "graph.showWeak" : "graph.allKinds");
