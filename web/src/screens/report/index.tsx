import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { Empty, Failed, Loading } from "../../parts/States";
import { Screen } from "../Screen";
import { Before } from "./Before";
import { Make } from "./Make";
import css from "./Report.module.css";
import { Version } from "./Version";
import { useWords } from "../../words";

/** What keeps the next report a draft, the making of it, and what left the operation until now. */
export default function Report() {
  const t = useWords();
  const reports = useQuery({ queryKey: ["reports"], queryFn: ({ signal }) => get("/api/v1/reports", {}, signal) });
  const told = reports.data;
  if (told === undefined) {
    return (
      <Screen id="report">
        {reports.isPending ? <Loading label={t("report.loading")} /> : <Failed error={reports.error} onRetry={() => void reports.refetch()} />}
      </Screen>
    );
  }
  return (
    <Screen id="report">
      <div className={css.next}>
        <Before leads={told.leads} unanswered={told.unanswered} />
        {told.leads > 0 ? <Make isDraft={told.unanswered.length > 0} /> : null}
      </div>
      <section className={css.part} aria-labelledby="made">
        <h2 id="made">{t("report.made")}</h2>
        {told.versions.length === 0 ? (
          <Empty title={t("report.noneMade")} command="tutela report -o DIR" />
        ) : (
          <ol className={css.versions}>
            {told.versions.map((version) => (
              <Version key={version.seq} version={version} />
            ))}
          </ol>
        )}
      </section>
    </Screen>
  );
}
