import { useState } from "react";
import type { Alternative, Chosen, Lead } from "../../api/types";
import { Deciding } from "../../parts/Deciding";
import { Said } from "../../parts/Said";
import { When } from "../../parts/When";
import { Name } from "../../parts/Said";
import css from "./LeadPage.module.css";
import { useWords } from "../../words";

/** What else could explain the rows: each with its state, why it has it, and an officer's decision. They keep their order when one is decided. */
export function Explanations({ lead, onDecided }: { lead: Lead; onDecided: (choice: Chosen) => void }) {
  const t = useWords();
  const open = lead.alternatives.filter(({ state }) => state === "open").length;
  return (
    <section id="explanations" className={css.card} aria-labelledby="explanations-title">
      <h2 id="explanations-title">{t("person.part.explanations")}</h2>
      {lead.alternatives.length === 0 ? (
        <p className={css.wrong}>{t("person.noAlternatives")}</p>
      ) : (
        <p className={css.quiet}>{t("person.openExplanations", { count: open })}</p>
      )}
      <ul>
        {lead.alternatives.map((alternative) => (
          <One key={alternative.kind} alternative={alternative} lead={lead} onDecided={onDecided} />
        ))}
      </ul>
    </section>
  );
}

function One({ alternative, lead, onDecided }: { alternative: Alternative; lead: Lead; onDecided: (choice: Chosen) => void }) {
  const t = useWords();
  const [deciding, setDeciding] = useState(false);
  const { kind, state, why, words, decision } = alternative;
  return (
    <li className={css.explanation} data-state={state}>
      <div className={css.explanationHead}>
        <h3>{words}</h3>
        <span className={css.state} data-state={state}>
          {t(`person.state.${state}`)}
        </span>
        <button type="button" className={css.link} aria-expanded={deciding} aria-label={t("person.decideOn", { what: words })} onClick={() => setDeciding(!deciding)}>
          {deciding ? t("person.fold") : t("person.decide")}
        </button>
      </div>
      <p className={css.because}>
        <Said text={why} onReveal={() => Promise.resolve()} />
      </p>
      {decision ? (
        <p className={css.quiet}>
          {decision.words} · <Name>{decision.officer}</Name> · <When at={decision.at} fine="minute" />
        </p>
      ) : null}
      {deciding ? <Deciding subject={`${lead.person.id}/${kind}`} kind="explanation" onDecided={onDecided} /> : null}
    </li>
  );
}
