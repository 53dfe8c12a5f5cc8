import { Check, CircleHelp, Minus, X } from "lucide-react";
import { Link } from "wouter";
import { useLook } from "../../api/asked";
import type { Decision, Finding, Lead } from "../../api/types";
import { Name, Said } from "../../parts/Said";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { useEntity } from "../../shell/entity";
import { LOCALE } from "../../show/number";
import { duration } from "../../show/time";
import { useNow } from "../../show/useNow";
import css from "./LeadPage.module.css";
import { useWords } from "../../words";

const nothing = () => Promise.resolve();
const SIGN = { yes: Check, no: Minus, unknown: CircleHelp } as const;

/** Why it stands where it stands: the factors of its band, of which unknown is not no. */
export function WhyNow({ lead }: { lead: Lead }) {
  const t = useWords();
  const { open } = useEntity();
  const look = useLook();
  return (
    <section id="why" className={css.card} aria-labelledby="why-title">
      <h2 id="why-title">{t("person.whyRank", { lead: lead.lead, rank: lead.rank })}</h2>
      {lead.grounds.map((ground) => (
        <p key={ground} className={css.ground}>
          <Said text={ground} onReveal={() => look.lead(lead.lead)} />
        </p>
      ))}
      {lead.precedents > 0 ? <p>{t("person.precedents", { count: lead.precedents })}</p> : null}
      <div className={css.factors}>
        {(["yes", "unknown", "no"] as const).map((state) => {
          const own = lead.band.factors.filter((factor) => factor.state === state);
          if (own.length === 0) return null;
          const Sign = SIGN[state];
          return (
            <div key={state} data-state={state}>
              <h3>{t(`person.factor.${state}`)}</h3>
              <ul>
                {own.map(({ name, words, finding }) => (
                  <li key={name}>
                    <Sign size={12} aria-hidden />
                    {finding ? (
                      <button type="button" className={css.link} onClick={() => open({ kind: "finding", id: finding })}>
                        {words}
                      </button>
                    ) : (
                      words
                    )}
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </div>
      <p className={css.quiet}>{t("person.rankNote")}</p>
    </section>
  );
}

/** What would refute it, by finding. */
export function Refuting({ findings }: { findings: readonly Finding[] }) {
  const t = useWords();
  const { open } = useEntity();
  const all = [...new Set(findings.flatMap(({ refuted_by }) => refuted_by))];
  return (
    <section id="refute" className={css.card} aria-labelledby="refute-title">
      <h2 id="refute-title">{t("person.part.refute")}</h2>
      {all.length === 0 ? <p className={css.wrong}>{t("person.noRefuting")}</p> : null}
      <ul className={css.plain}>
        {all.map((what) => (
          <li key={what}>
            <Said text={what} onReveal={nothing} />
            <span className={css.refutes}>
              {findings.flatMap(({ finding, refuted_by }) =>
                refuted_by.includes(what)
                  ? [
                      <button key={finding} type="button" className={css.link} onClick={() => open({ kind: "finding", id: finding })}>
                        {finding}
                      </button>,
                    ]
                  : [],
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What to ask next, until when, and how much an answer would tell. */
export function NextSteps({ lead }: { lead: Lead }) {
  const t = useWords();
  const { language } = usePrefs();
  const now = useNow();
  const bits = new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: 2 });
  return (
    <section id="next" className={css.card} aria-labelledby="next-title">
      <header className={css.cardHead}>
        <h2 id="next-title">{t("person.part.next")}</h2>
        <Link href="/legal">{t("person.toLegal")}</Link>
      </header>
      {lead.next_steps.length === 0 ? <p className={css.quiet}>{t("person.noSteps")}</p> : null}
      <ol className={css.plain}>
        {lead.next_steps.map((step) => {
          const left_ms = step.by ? new Date(step.by).getTime() - now.getTime() : null;
          return (
            <li key={`${step.of} ${step.ask}`}>
              <p>
                <b>{step.of}</b>: <Said text={step.ask} onReveal={nothing} />
              </p>
              <p className={css.quiet}>
                <Said text={step.why} onReveal={nothing} />
              </p>
              <p className={css.quiet}>
                {step.by && left_ms !== null ? (
                  <>
                    <b data-late={left_ms < 0}>{t(left_ms < 0 ? "band.late" : "band.left", { length: duration(left_ms, language) })}</b> · <When at={step.by} fine="day" />
                  </>
                ) : (
                  t("person.noDeadline")
                )}
                {" · "}
                <span title={t("person.gainNote")}>{t("person.gain", { said: bits.format(step.gain_bits) })}</span>
              </p>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** What the lead must meet to leave as an attribution. */
export function Conditions({ lead }: { lead: Lead }) {
  const t = useWords();
  return (
    <section id="conditions" className={css.card} aria-labelledby="conditions-title">
      <h2 id="conditions-title">{t("person.part.conditions")}</h2>
      <p>{lead.export.words}</p>
      <ul className={css.conditions}>
        {lead.export.conditions.map(({ name, passed, words, why }) => (
          <li key={name} data-passed={passed}>
            {passed ? <Check size={14} aria-label={t("person.met")} role="img" /> : <X size={14} aria-label={t("person.notMet")} role="img" />}
            <div>
              <p className={css.conditionName}>{words}</p>
              <p className={css.quiet}>
                <Said text={why} onReveal={nothing} />
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Other offices that have something of it. */
export function AlsoAt({ lead }: { lead: Lead }) {
  const t = useWords();
  if (lead.also_at.length === 0) return null;
  return (
    <section className={css.card} aria-labelledby="also-title">
      <h2 id="also-title">{t("person.alsoAt")}</h2>
      <ul className={css.plain}>
        {lead.also_at.map(({ office, office_name, shared }) => (
          <li key={office}>
            <b>{office_name}</b>: {shared.map((one, i) => (
              <span key={one}>
                {i > 0 ? ", " : ""}
                <Name>{one}</Name>
              </span>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What officers decided on it, on its other explanations and on its findings, the latest first. */
export function History({ lead, findings }: { lead: Lead; findings: readonly Finding[] }) {
  const t = useWords();
  const all: readonly Decision[] = [...lead.decisions, ...findings.flatMap(({ decision }) => (decision ? [decision] : []))].toSorted((a, b) => b.at.localeCompare(a.at));
  return (
    <section className={css.card} aria-labelledby="history-title">
      <h2 id="history-title">{t("person.history")}</h2>
      {all.length === 0 ? <p className={css.quiet}>{t("decide.none")}</p> : null}
      <ol className={css.plain}>
        {all.map((decision) => (
          <li key={`${decision.subject} ${decision.at}`} data-withdrawn={decision.withdrawn}>
            <p>
              <b>{decision.words}</b>
              {decision.withdrawn ? ` (${t("person.withdrawn")})` : ""}: <Said text={decision.on} onReveal={nothing} />
            </p>
            <p>{decision.reason}</p>
            <p className={css.quiet}>
              <Name>{decision.officer}</Name> · <When at={decision.at} fine="minute" />
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
