import { useMemo } from "react";
import { Link, useLocation } from "wouter";
import { useLeads, useLook } from "../../api/asked";
import { ApiError } from "../../api/client";
import { useWork } from "../../api/jobs";
import type { Lead } from "../../api/types";
import type { FetchWindow } from "../../api/window";
import { Band, BANDS } from "../../parts/Band";
import type { Column } from "../../parts/DataGrid/columns";
import { DataGrid } from "../../parts/DataGrid/DataGrid";
import { useTabStop } from "../../parts/DataGrid/tabStop";
import { NamesContext, namesOf, Said } from "../../parts/Said";
import { Empty, Failed, Incomplete, Loading } from "../../parts/States";
import { Strength } from "../../parts/Strength";
import { SCALE } from "../../parts/strengths";
import { Tied } from "../../parts/Tied";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { useEntity } from "../../shell/entity";
import { useGridView } from "../../view/grid";
import { toLead } from "../../view/links";
import { text, useView } from "../../view/params";
import { NotAnalysed } from "../operation/NotAnalysed";
import { Screen } from "../Screen";
import { leadRows } from "./leadRows";
import css from "./LeadList.module.css";
import { useWords } from "../../words";

const VIEW = { q: text };

/** All leads by rank, with order and filters in the address. */
export function LeadList() {
  const t = useWords();
  const leads = useLeads();
  const { job } = useWork("analyse");
  const [, go] = useLocation();
  const notAnalysed = leads.error instanceof ApiError && leads.error.code === "not_analysed";
  return (
    <Screen id="person">
      {leads.data ? (
        <NamesContext value={leads.data.leads.flatMap(namesOf)}>
          {leads.data.warnings.length > 0 ? (
            <Incomplete action={{ label: t("person.toQuality"), onClick: () => go("/#quality") }}>
              {t("person.warnings", { count: leads.data.warnings.length })}
            </Incomplete>
          ) : null}
          <Grid leads={leads.data.leads} made={leads.data.findings_digest} />
        </NamesContext>
      ) : leads.isPending ? (
        <Loading label={t("operation.loadingLeads")} />
      ) : notAnalysed ? (
        <NotAnalysed job={job} />
      ) : (
        <Failed error={leads.error} onRetry={() => void leads.refetch()} />
      )}
    </Screen>
  );
}

function Grid({ leads, made }: { leads: readonly Lead[]; made: string }) {
  const t = useWords();
  const { language } = usePrefs();
  const [view, onView] = useGridView();
  const [{ q }] = useView(VIEW);
  const [, go] = useLocation();
  const { open } = useEntity();
  const look = useLook();
  const fetchWindow = useMemo<FetchWindow<Lead>>(() => (request) => Promise.resolve(leadRows(leads, { ...request, q })), [leads, q]);
  const offices = useMemo(
    () => [...new Map(leads.map(({ office, office_name }) => [office ?? "none", office_name ?? t("operation.noOffice")]))].map(([value, label]) => ({ value, label })),
    [leads, t],
  );
  const columns = useMemo<readonly Column<Lead>[]>(
    () => [
      { id: "lead", header: t("person.lead"), width: 74, sortable: true, filter: { kind: "text" }, cell: (lead) => <LeadLink lead={lead} /> },
      {
        id: "band", header: t("person.band"), width: 116, sortable: true,
        filter: { kind: "choice", choices: BANDS.map((value) => ({ value, label: t(`band.${value}`) })) },
        cell: ({ band }) => <Band name={band.name} />,
      },
      { id: "act_by", header: t("person.actBy"), width: 196, sortable: true, cell: ({ band }) => (band.act_by ? <When at={band.act_by} fine="minute" /> : "–") },
      {
        id: "status", header: t("person.statusHead"), width: 148, sortable: true,
        filter: { kind: "choice", choices: (["identified", "candidate", "unattributed"] as const).map((value) => ({ value, label: t(`person.status.${value}`) })) },
        cell: ({ person }) => <Tied status={person.status} />,
      },
      {
        id: "strength", header: t("person.strength"), width: 190, sortable: true,
        filter: { kind: "choice", choices: SCALE.map(({ word }) => ({ value: word, label: t(`strength.${word}`) })) },
        cell: ({ strength }) => <Strength log10_lr={strength.log10_lr} words={strength.words} brief />,
      },
      {
        id: "office", header: t("person.office"), width: 92, sortable: true, filter: { kind: "choice", choices: offices },
        cell: (lead) => {
          const province = lead.province ?? (lead.province_estimate ? t("person.estimate", { province: lead.province_estimate }) : "");
          // The province says which office it is where there is no room for its name, which the lead's page has.
          return province || lead.office_name || t("operation.noOffice");
        },
      },
      { id: "why", header: t("person.why"), filter: { kind: "text" }, cell: (lead) => <Why lead={lead} onReveal={() => look.lead(lead.lead)} /> },
    ],
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [t, offices],
  );
  return (
    <DataGrid
      name={t("entity.kinds.lead")}
      queryKey={["lead rows", made, language, q]}
      columns={columns}
      rowId={({ lead }) => lead}
      fetchWindow={fetchWindow}
      view={view}
      onView={onView}
      onOpen={(lead) => go(toLead(lead))}
      onEvidence={(lead) => open({ kind: "lead", id: lead.accounts[0] ?? lead.peers[0] ?? lead.lead })}
      empty={<Empty title={t("operation.noLeads")}>{t("operation.noLeadsNote")}</Empty>}
    />
  );
}

function LeadLink({ lead }: { lead: Lead }) {
  const tabIndex = useTabStop();
  return (
    <Link href={toLead(lead)} tabIndex={tabIndex} className={css.lead}>
      {lead.lead}
    </Link>
  );
}

function Why({ lead, onReveal }: { lead: Lead; onReveal: () => Promise<void> }) {
  const t = useWords();
  const why = lead.grounds[0] ?? lead.why ?? t("operation.noWhy");
  return <Said text={why} onReveal={onReveal} />;
}
