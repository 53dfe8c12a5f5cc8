import type { Step } from "../../api/types";
import { Name } from "../../parts/Said";
import { Strength } from "../../parts/Strength";
import { useEntity } from "../../shell/entity";
import { onTheWay } from "./drawing";
import css from "./Graph.module.css";
import { useWords } from "../../words";

export interface WayProps {
  from: string;
  to: string;
  path: readonly Step[] | null;
  onEnd: () => void;
}

/** The way between two accounts whose weakest pair is strongest, pair by pair. A chain is no stronger than that pair. */
export function Way({ from, to, path, onEnd }: WayProps) {
  const t = useWords();
  const { open } = useEntity();
  const accounts = onTheWay(from, path ?? []);
  return (
    <section className={css.way} aria-label={t("graph.way")}>
      <h2>{t("graph.way")}</h2>
      {path === null || path.length === 0 ? (
        <p>
          {t("graph.noWay")} <Name>{to}</Name>
        </p>
      ) : (
        <ol>
          <li>
            <Name>{from}</Name>
          </li>
          {path.map((step, i) => (
            <li key={step.finding}>
              <span aria-hidden>→</span> <Strength brief log10_lr={step.log10_lr} words={step.words} />{" "}
              <button type="button" className={css.link} onClick={() => open({ kind: "finding", id: step.finding })}>
                {step.finding}
              </button>{" "}
              <span aria-hidden>→</span> <Name>{accounts[i + 1] ?? ""}</Name>
            </li>
          ))}
        </ol>
      )}
      <p className={css.quiet}>{t("graph.wayNote")}</p>
      <button type="button" className={css.link} onClick={onEnd}>
        {t("graph.wayEnd")}
      </button>
    </section>
  );
}
