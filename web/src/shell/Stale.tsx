import { Button } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { runs, useWork } from "../api/jobs";
import { JobProgress } from "./JobProgress";
import css from "./Jobs.module.css";
import { useMay } from "../parts/May";
import { useWrong } from "../parts/wrong";
import { useWords } from "../words";

/** Findings are older than records or decisions: what to do about it, and how far that is. */
export function Stale() {
  const t = useWords();
  const inWords = useWrong();
  const { job, begin, stop } = useWork("analyse");
  const may = useMay("work");
  const [wrong, setWrong] = useState<string | null>(null);
  const go = () => {
    setWrong(null);
    begin({ verb: "analyse" }).catch((problem: unknown) => setWrong(inWords(problem)));
  };
  if (job && runs(job)) {
    return (
      <div className={css.stale}>
        <JobProgress job={job} onStop={() => void stop(job)} />
      </div>
    );
  }
  const failed = job?.state === "failed" ? job.error : null;
  return (
    <div className={css.stale} role="status">
      <TriangleAlert size={14} aria-hidden />
      <span className={css.grow}>
        {t("shell.stale")}
        {(wrong ?? failed) ? <span className={css.wrong}> {wrong ?? failed}</span> : null}
      </span>
      {may ? <Button onClick={go}>{t("jobs.analyse")}</Button> : null}
    </div>
  );
}
