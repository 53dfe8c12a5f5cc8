import { useRef } from "react";
import { Link } from "wouter";
import { useLook } from "../../api/asked";
import type { Lead } from "../../api/types";
import { useListKeys } from "../../keys/useListKeys";
import { Band } from "../../parts/Band";
import { Name, Said } from "../../parts/Said";
import { Strength } from "../../parts/Strength";
import { Empty } from "../../parts/States";
import { Tied } from "../../parts/Tied";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { toLead, toLeads } from "../../view/links";
import css from "./Operation.module.css";
import { useWords } from "../../words";

const SHOWN = 5;

/** The leads that come first, each with the line that says why it stands there. */
export function TopLeads({ leads, draft }: { leads: readonly Lead[]; draft: boolean }) {
  const t = useWords();
  const { language } = usePrefs();
  const look = useLook();
  const list = useRef<HTMLOListElement>(null);
  useListKeys(list);
  return (
    <section className={css.card} aria-labelledby="top-leads">
      <header className={css.cardHead}>
        <h2 id="top-leads">{t("operation.top")}</h2>
        {draft ? <span className={css.draft}>{t("operation.draft")}</span> : null}
        <Link href={toLeads()}>{t("operation.allLeads", { count: leads.length, said: whole(leads.length, language) })}</Link>
      </header>
      {leads.length === 0 ? <Empty title={t("operation.noLeads")}>{t("operation.noLeadsNote")}</Empty> : null}
      <ol ref={list} className={css.leads}>
        {leads.slice(0, SHOWN).map((lead) => (
          <li key={lead.lead} className={css.lead}>
            <span className={css.rank}>{lead.rank}</span>
            <div className={css.leadBody}>
              <p className={css.leadHead}>
                <Link data-item href={toLead(lead)}>
                  {lead.lead}
                </Link>
                <Band name={lead.band.name} actBy={lead.band.act_by ?? null} brief />
                <span className={css.office}>{lead.office_name ?? t("operation.noOffice")}</span>
              </p>
              {/* Why it stands here; why its records agree is told on its own page. */}
              <p className={css.ground}>
                <Said text={lead.grounds[0] ?? lead.why ?? t("operation.noWhy")} onReveal={() => look.lead(lead.lead)} />
              </p>
              <p className={css.leadFoot}>
                <Tied status={lead.person.status} />
                <span className={css.quiet}>
                  <Name>{lead.accounts[0] ?? lead.peers[0] ?? ""}</Name>
                  {lead.accounts.length + lead.peers.length > 1 ? ` +${lead.accounts.length + lead.peers.length - 1}` : ""}
                </span>
                <Strength log10_lr={lead.strength.log10_lr} words={lead.strength.words} />
              </p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
