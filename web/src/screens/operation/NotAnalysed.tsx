import { type Job, runs, useWork } from "../../api/jobs";
import { useMay } from "../../parts/May";
import { Empty } from "../../parts/States";
import { JobProgress } from "../../shell/JobProgress";
import { useWords } from "../../words";

/** Records are there and no findings: the one thing to do, and how far it is. */
export function NotAnalysed({ job }: { job: Job | null }) {
  const t = useWords();
  const { begin, stop } = useWork("analyse");
  const may = useMay("work");
  if (job && runs(job)) return <JobProgress job={job} onStop={() => void stop(job)} />;
  return (
    <Empty title={t("operation.notAnalysed")} {...(may ? { action: { label: t("jobs.analyse"), onClick: () => void begin({ verb: "analyse" }) } } : {})} command="tutela analyse">
      {t("operation.notAnalysedNote")}
    </Empty>
  );
}
