import { useFinding, useLeads, useLook } from "../api/asked";
import { Deciding } from "../parts/Deciding";
import { EntityCard } from "../parts/EntityCard";
import { NamesContext, namesOf, Said } from "../parts/Said";
import { ReadRows } from "../parts/ReadRows";
import { Strength } from "../parts/Strength";
import { usePrefs } from "../prefs";
import { tried } from "../screens/operation/tries";
import { useEntity } from "../shell/entity";
import { log10, whole } from "../show/number";
import css from "./Cards.module.css";
import { Told } from "./Told";
import { useWords } from "../words";

/** A finding: what it says, against what, how strongly, on which rows, what else explains them, what would refute it, and a decision. */
export function FindingCard({ id }: { id: string }) {
  const t = useWords();
  const { language } = usePrefs();
  const { open } = useEntity();
  const look = useLook();
  const asked = useFinding(id);
  const leads = useLeads().data?.leads ?? [];
  const own = leads.filter(({ findings }) => findings.includes(id));
  const onReveal = () => look.finding(id);
  return (
    <NamesContext value={leads.flatMap(namesOf)}>
      <Told asked={asked}>
        {({ finding, rows }) => {
          const [one, other] = finding.propositions;
          const strength = finding.log10_lr ?? null;
          return (
            <>
              <EntityCard
                kind="finding"
                title={finding.finding}
                status={<Said text={finding.statement} onReveal={onReveal} />}
                facts={[
                  {
                    label: t("person.strength"),
                    value:
                      strength === null ? (
                        t("person.fact")
                      ) : one && other ? (
                        <Strength log10_lr={strength} {...(finding.words ? { words: finding.words } : {})} propositions={[one, other]} />
                      ) : (
                        t("person.ground", { said: log10(strength, language) })
                      ),
                  },
                  { label: t("card.analysis"), value: finding.analysis },
                  { label: t("person.rows"), value: whole(finding.n_rows, language) },
                  { label: t("card.against"), value: whole(finding.n_against, language) },
                ]}
              />
              {own.length > 0 ? (
                <p>
                  {t("entity.kinds.lead")}:{" "}
                  {own.map((lead) => (
                    <button key={lead.lead} type="button" className={css.link} onClick={() => open({ kind: "lead", id: lead.accounts[0] ?? lead.peers[0] ?? lead.lead })}>
                      {lead.lead}
                    </button>
                  ))}
                </p>
              ) : null}
              {finding.alternatives.length > 0 ? (
                <section className={css.part} aria-label={t("person.part.explanations")}>
                  <h3>{t("person.part.explanations")}</h3>
                  <ul>
                    {finding.alternatives.map(({ kind, words, state, why }) => (
                      <li key={kind}>
                        <b>{words}</b>: {t(`person.state.${state}`)}
                        <p className={css.quiet}>{why}</p>
                      </li>
                    ))}
                  </ul>
                </section>
              ) : null}
              {finding.refuted_by.length > 0 ? (
                <section className={css.part} aria-label={t("person.part.refute")}>
                  <h3>{t("person.part.refute")}</h3>
                  <ul>
                    {finding.refuted_by.map((what) => (
                      <li key={what}>{what}</li>
                    ))}
                  </ul>
                </section>
              ) : null}
              <section className={css.part} aria-label={t("person.part.decision")}>
                <h3>{t("person.part.decision")}</h3>
                <Deciding
                  subject={finding.finding}
                  kind="finding"
                  onDecided={() => {
                    if (finding.analysis === "zone_shift") tried("zone");
                    if (own.some(({ rank }) => rank === 3)) tried("refute");
                  }}
                />
              </section>
              {finding.n_rows + finding.n_against > 0 ? (
                <section className={css.part} aria-label={t("card.rowsBehind")}>
                  <h3>{t("card.rowsBehind")}</h3>
                  <ReadRows rows={rows} all={finding.n_rows + finding.n_against} onReveal={onReveal} />
                </section>
              ) : null}
              <section className={css.part}>
                <details>
                  <summary>{t("card.method")}</summary>
                  <p className={css.method}>{finding.method}</p>
                </details>
              </section>
            </>
          );
        }}
      </Told>
    </NamesContext>
  );
}
