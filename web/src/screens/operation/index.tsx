import { useEffect } from "react";
import { useLeads, useOverview } from "../../api/asked";
import { ApiError } from "../../api/client";
import { useWork } from "../../api/jobs";
import { useSession } from "../../api/session";
import { Failed, Loading } from "../../parts/States";
import { NamesContext, namesOf } from "../../parts/Said";
import { Screen } from "../Screen";
import { Deadlines, LastActs, Offices, QualityOfData } from "./Cards";
import { Funnel } from "./Funnel";
import css from "./Operation.module.css";
import { NotAnalysed } from "./NotAnalysed";
import { TopLeads } from "./TopLeads";
import { Tries } from "./Tries";
import { useWords } from "../../words";

/** Where the operation stands: from connections to persons, what comes first, what ends when, what is wrong with the records. */
export default function Operation() {
  const t = useWords();
  const overview = useOverview();
  const leads = useLeads();
  const session = useSession();
  const { job } = useWork("analyse");
  useEffect(() => {
    // Links from other screens name a card of this one.
    if (location.hash !== "") document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [overview.data]);

  if (overview.data === undefined) {
    return (
      <Screen id="operation">
        {overview.isPending ? <Loading label={t("operation.loading")} /> : <Failed error={overview.error} onRetry={() => void overview.refetch()} />}
      </Screen>
    );
  }
  const notAnalysed = leads.error instanceof ApiError && leads.error.code === "not_analysed" && leads.data === undefined;
  const all = leads.data?.leads ?? [];
  return (
    <Screen id="operation" actions={session.data?.operation.synthetic && all.length > 0 ? <Tries leads={all} overview={overview.data} /> : undefined}>
      <NamesContext value={all.flatMap(namesOf)}>
        <Funnel overview={overview.data} leads={all} />
        <div className={css.cards}>
          <div className={css.main}>
            {notAnalysed ? (
              <NotAnalysed job={job} />
            ) : leads.data ? (
              <TopLeads leads={all} draft={leads.data.draft} />
            ) : leads.isPending ? (
              <Loading label={t("operation.loadingLeads")} />
            ) : (
              <Failed error={leads.error} onRetry={() => void leads.refetch()} />
            )}
            <Offices offices={overview.data.offices} />
          </div>
          <div className={css.side}>
            <QualityOfData quality={overview.data.quality} />
            <Deadlines deadlines={overview.data.deadlines} leads={all} />
            <LastActs />
          </div>
        </div>
      </NamesContext>
    </Screen>
  );
}
