import { Button } from "@mantine/core";
import { ArrowLeft, FileDown, Snowflake, Waypoints } from "lucide-react";
import { useEffect } from "react";
import { Link } from "wouter";
import { useLead, useLeads } from "../../api/asked";
import { ApiError } from "../../api/client";
import type { Explained } from "../../api/types";
import { Band } from "../../parts/Band";
import { Deciding } from "../../parts/Deciding";
import { Name, NamesContext, namesOf } from "../../parts/Said";
import { Empty, Failed, Loading } from "../../parts/States";
import { Tied } from "../../parts/Tied";
import { toGraph, toLead, toLeads } from "../../view/links";
import { tried } from "../operation/tries";
import screen from "../Screen.module.css";
import { Claim } from "./Claim";
import { Evidence } from "./Evidence";
import { Explanations } from "./Explanations";
import css from "./LeadPage.module.css";
import { Parts } from "./Parts";
import { AlsoAt, Conditions, History, NextSteps, Refuting, WhyNow } from "./Side";
import { WhatIf } from "./WhatIf";
import { useWords } from "../../words";

/** One lead: why it is thought, what else could explain it, and what would refute it. */
export function LeadPage({ id }: { id: string }) {
  const t = useWords();
  const explained = useLead(id);
  if (explained.data === undefined) {
    const gone = explained.error instanceof ApiError && explained.error.status === 404;
    return (
      <div className={screen.screen}>
        <h1>{t("screens.person.name")}</h1>
        {explained.isPending ? (
          <Loading label={t("person.loading")} />
        ) : gone ? (
          <Empty title={explained.error?.message ?? ""}>
            <Link href={toLeads()}>{t("person.toList")}</Link>
          </Empty>
        ) : (
          <Failed error={explained.error} onRetry={() => void explained.refetch()} />
        )}
      </div>
    );
  }
  return <Told explained={explained.data} />;
}

const PARTS = ["claim", "why", "evidence", "weights", "what-if", "explanations", "refute", "next", "conditions", "decision"] as const;

function Told({ explained }: { explained: Explained }) {
  const t = useWords();
  const { lead, findings } = explained;
  const leads = useLeads().data?.leads ?? [];
  const before = leads.find(({ rank }) => rank === lead.rank - 1);
  const after = leads.find(({ rank }) => rank === lead.rank + 1);
  useEffect(() => {
    if (lead.rank === 1) tried("why");
  }, [lead.rank]);
  useEffect(() => {
    if (location.hash !== "") document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, []);
  useEffect(() => {
    document.title = `${lead.lead} · Tutela`;
  }, [lead.lead]);
  const refuting = () => {
    if (lead.rank === 3) tried("refute");
  };
  return (
    <NamesContext value={namesOf(lead)}>
      <div className={screen.screen}>
        <header className={css.head}>
          <nav className={css.around} aria-label={t("person.around")}>
            <Link href={toLeads()}>
              <ArrowLeft size={14} aria-hidden /> {t("person.toList")}
            </Link>
            {before ? <Link href={toLead(before)}>{t("person.before", { lead: before.lead })}</Link> : null}
            {after ? <Link href={toLead(after)}>{t("person.after", { lead: after.lead })}</Link> : null}
          </nav>
          <div className={css.title}>
            <h1>{lead.lead}</h1>
            <Tied status={lead.person.status} />
            {lead.closed ? <span className={css.closed}>{t("person.closed")}</span> : null}
            <Band name={lead.band.name} actBy={lead.band.act_by ?? null} />
            <div className={css.acts}>
              <Button component={Link} href={toGraph({ kind: "lead", id: lead.accounts[0] ?? lead.peers[0] ?? lead.lead })} variant="default" leftSection={<Waypoints size={14} aria-hidden />}>
                {t("card.toGraph")}
              </Button>
              <Button component={Link} href="/report" variant="default" leftSection={<Snowflake size={14} aria-hidden />}>
                {t("person.freeze")}
              </Button>
              <Button component={Link} href="/report" variant="default" leftSection={<FileDown size={14} aria-hidden />}>
                {t("person.export")}
              </Button>
            </div>
          </div>
          <p className={css.sub}>
            {[...lead.accounts, ...lead.peers].map((account, i) => (
              <span key={account}>
                {i > 0 ? ", " : ""}
                <Name>{account}</Name>
              </span>
            ))}
            {" · "}
            {lead.office_name ?? t("operation.noOffice")}
            {lead.province ? ` (${lead.province})` : lead.province_estimate ? ` (${t("person.estimate", { province: lead.province_estimate })})` : ""}
          </p>
          <nav className={css.parts} aria-label={t("person.parts")}>
            {PARTS.map((part) => (
              <a key={part} href={`#${part}`}>
                {t(`person.part.${part}`)}
              </a>
            ))}
          </nav>
        </header>
        <div className={css.columns}>
          <div className={css.main}>
            <Claim lead={lead} />
            <WhyNow lead={lead} />
            <Evidence lead={lead} findings={findings} />
            <Parts lead={lead} findings={findings} />
            <WhatIf lead={lead} onDone={refuting} />
          </div>
          <div className={css.side}>
            <Explanations lead={lead} onDecided={refuting} />
            <Refuting findings={findings} />
            <NextSteps lead={lead} />
            <Conditions lead={lead} />
            <AlsoAt lead={lead} />
            <section id="decision" className={css.card} aria-labelledby="decision-title">
              <h2 id="decision-title">{t("person.part.decision")}</h2>
              <Deciding subject={lead.person.id} kind="lead" onDecided={refuting} />
            </section>
            <History lead={lead} findings={findings} />
          </div>
        </div>
      </div>
    </NamesContext>
  );
}
