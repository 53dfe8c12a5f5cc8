import type { Drawn } from "../../api/types";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { NODE_KINDS, type NodeKind } from "./drawing";
import css from "./Graph.module.css";
import { Mark } from "./Mark";
import { useWords } from "../../words";

export interface LegendProps {
  drawn: Drawn;
  /** Kinds that were asked for; null for all. */
  asked: ReadonlySet<string> | null;
  onKinds: (kinds: readonly NodeKind[]) => void;
}

/** Signs of the drawing, with how many there are of each kind: what tells the kinds apart is what shows and hides them. */
export function Legend({ drawn, asked, onKinds }: LegendProps) {
  const t = useWords();
  const { language } = usePrefs();
  const here = (kind: NodeKind) => drawn.nodes.filter((node) => node.kind === kind).length;
  const hidden = (kind: NodeKind) => drawn.left_out.filter((left) => left.kind === kind && left.why === "kind").reduce((sum, { n }) => sum + n, 0);
  const isShown = (kind: NodeKind) => asked === null || asked.has(kind);
  const turn = (kind: NodeKind) => onKinds(NODE_KINDS.filter((one) => (one === kind ? !isShown(one) : isShown(one))));
  return (
    <div className={css.legend}>
      <fieldset className={css.kinds}>
        <legend>{t("graph.kinds")}</legend>
        {NODE_KINDS.filter((kind) => here(kind) + hidden(kind) > 0 || asked?.has(kind) === false).map((kind) => (
          <label key={kind}>
            <input type="checkbox" checked={isShown(kind)} onChange={() => turn(kind)} />
            <svg width="26" height="24" viewBox="-30 -28 60 56" aria-hidden>
              <g className={css.node} data-kind={kind}>
                <Mark kind={kind} className={css.outline} />
              </g>
            </svg>
            {t(`entity.kinds.${kind}`)} <span className={css.quiet}>{whole(here(kind) + hidden(kind), language)}</span>
          </label>
        ))}
      </fieldset>
      <ul aria-label={t("person.strength")}>
        {(["none_given", "weak", "moderate", "strong", "very_strong"] as const).map((grade) => (
          <li key={grade}>
            <svg width="26" height="8" viewBox="0 0 26 8" aria-hidden>
              <g className={css.pair} data-grade={grade}>
                <line x1="0" x2="26" y1="4" y2="4" />
              </g>
            </svg>
            {grade === "none_given" ? t("strength.not_given") : t(`strength.${grade}`)}
          </li>
        ))}
      </ul>
      <p>{t("graph.lettering")}</p>
      <p>{t("graph.note")}</p>
    </div>
  );
}
