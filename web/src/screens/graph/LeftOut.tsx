import type { LeftOut as Left } from "../../api/types";
import { usePrefs } from "../../prefs";
import { Incomplete } from "../../parts/States";
import { whole } from "../../show/number";
import css from "./Graph.module.css";
import { kindsTold, whyTold } from "./words";
import { useWords } from "../../words";

/** What hangs together with what is shown and is not shown itself, by reason, and what shows it. */
export function LeftOut({ left, onShow }: { left: readonly Left[]; onShow: (why: string) => (() => void) | null }) {
  const t = useWords();
  const { language } = usePrefs();
  const reasons = [...new Set(left.map(({ why }) => why))];
  return reasons.map((why) => {
    const of = left.filter((one) => one.why === why);
    const [first] = of;
    const show = onShow(why);
    if (first === undefined) return null;
    return (
      <Incomplete key={why} {...(show ? { action: { label: t(actionOf(why)), onClick: show } } : {})}>
        <b className={css.reason}>{whyTold(t, first)}:</b> {of.map(({ kind, n }) => `${kindsTold(t, kind)} ${whole(n, language)}`).join(", ")}
      </Incomplete>
    );
  });
}

const actionOf = (why: string) => (why === "hops" ? "graph.oneFurther" : why === "weak" ? "graph.showWeak" : "graph.allKinds");
