import { ChevronRight } from "lucide-react";
import { Fragment } from "react";
import { Link } from "wouter";
import type { Lead, Overview } from "../../api/types";
import { strengthWord } from "../../parts/strengths";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { toFindings, toLeads, toRows } from "../../view/links";
import css from "./Funnel.module.css";
import { useWords } from "../../words";

const STAGES = ["connections", "sightings", "accounts", "attributed", "lines", "identified", "candidate", "unattributed"] as const;
type Stage = (typeof STAGES)[number];

/** What stands behind the number of a stage. */
const BEHIND: Record<Stage, string> = {
  connections: toRows("connection"),
  sightings: toRows("sighting"),
  accounts: toFindings("coverage"),
  attributed: toFindings("attribution"),
  lines: toFindings("attribution"),
  identified: toLeads({ status: "identified" }),
  candidate: toLeads({ status: "candidate" }),
  unattributed: toLeads({ status: "unattributed" }),
};

const REASONS = [
  "no_time", "tor_exit", "vpn", "hosting", "campus", "hotspot", "port_missing", "several_lines", "port_outside_plan", "clock_in_question",
  "answer_in_question", "unstable", "near_change", "nobody_then", "not_asked", "self_reported", "third_party", "basis_unknown",
] as const;

/** From connections to persons. Every number opens what stands behind it. */
export function Funnel({ overview, leads }: { overview: Overview; leads: readonly Lead[] }) {
  const t = useWords();
  const { language } = usePrefs();
  const n = new Map(overview.stages.map((stage) => [stage.stage, stage.n]));
  // What an operation has none of from the start says nothing: connections where all are sightings.
  const flow = STAGES.slice(0, 5).filter((stage, i) => i > 1 || (n.get(stage) ?? 0) > 0);
  const open = overview.unattributed.reduce((sum, { connections }) => sum + connections, 0);
  return (
    <section className={css.funnel} aria-label={t("operation.funnel")}>
      <ol className={css.flow}>
        {flow.map((stage) => (
          <li key={stage}>
            <Number label={t(`operation.stage.${stage}`)} said={whole(n.get(stage) ?? 0, language)} to={BEHIND[stage]} />
            <ChevronRight className={css.arrow} size={16} aria-hidden />
          </li>
        ))}
        <li className={css.persons}>
          {STAGES.slice(5).map((stage) => (
            <Number key={stage} label={t(`operation.stage.${stage}`)} said={whole(n.get(stage) ?? 0, language)} to={BEHIND[stage]} kind={stage} />
          ))}
        </li>
      </ol>
      <dl className={css.lines}>
        {overview.strengths.length > 0 ? (
          <div>
            <dt>{t("operation.strengths")}</dt>
            <dd>
              {overview.strengths.map(({ words, leads: count }) => {
                // The server says words; which step of the scale they are, a lead that has them tells.
                const one = leads.find((lead) => lead.strength.words === words);
                return (
                  <Fragment key={words}>
                    <Link href={one ? toLeads({ strength: strengthWord(one.strength.log10_lr) }) : toLeads()}>
                      {words} <b>{whole(count, language)}</b>
                    </Link>{" "}
                  </Fragment>
                );
              })}
            </dd>
          </div>
        ) : null}
        {open > 0 ? (
          <div>
            <dt>
              {t("operation.open")} <b>{whole(open, language)}</b>
            </dt>
            <dd>
              {overview.unattributed.map(({ reason, connections }) => {
                const known = REASONS.find((one) => one === reason);
                return (
                  <Fragment key={reason}>
                    <Link href={toFindings("coverage")}>
                      {known ? t(`operation.reason.${known}`) : reason} <b>{whole(connections, language)}</b>
                    </Link>{" "}
                  </Fragment>
                );
              })}
            </dd>
          </div>
        ) : null}
      </dl>
    </section>
  );
}

function Number({ label, said, to, kind }: { label: string; said: string; to: string; kind?: string }) {
  return (
    <Link href={to} className={css.number} data-kind={kind}>
      <span className={css.value}>{said}</span>
      <span className={css.label}>{label}</span>
    </Link>
  );
}
