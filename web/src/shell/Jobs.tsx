import { CircleCheck, CircleStop, CircleX, LoaderCircle } from "lucide-react";
import { type Job, runs, useJobs, useWork } from "../api/jobs";
import { Panel } from "../parts/Panel";
import { When } from "../parts/When";
import { JobProgress, useVerb } from "./JobProgress";
import css from "./Jobs.module.css";
import { useWords } from "../words";

const SIGN = { running: LoaderCircle, done: CircleCheck, stopped: CircleStop, failed: CircleX } as const;

/** What works in the background, and what became of what did. Nothing stands here before the first work. */
export function JobsIndicator() {
  const t = useWords();
  const jobs = useJobs();
  const name = useVerb();
  const { stop } = useWork("analyse");
  const [latest] = jobs;
  if (latest === undefined) return null;
  const running = jobs.filter(runs);
  const shown = running[0] ?? latest;
  const Sign = SIGN[shown.state];
  const said = running.length > 0 ? t("jobs.running", { count: running.length }) : t(`jobs.state.${latest.state}`);
  return (
    <Panel
      className={css.list}
      face={<Sign size={16} aria-hidden />}
      button={{ className: css.indicator, "data-state": shown.state, "aria-label": `${t("jobs.title")}: ${name(shown.verb)}, ${said}` }}
    >
        <h2>{t("jobs.title")}</h2>
        <ul>
          {jobs.slice(0, 8).map((job) => (
            <li key={job.id}>{runs(job) ? <JobProgress job={job} onStop={() => void stop(job)} /> : <Ended job={job} name={name(job.verb)} />}</li>
          ))}
        </ul>
    </Panel>
  );
}

function Ended({ job, name }: { job: Job; name: string }) {
  const t = useWords();
  const Sign = SIGN[job.state];
  return (
    <div className={css.ended} data-state={job.state}>
      <Sign size={14} aria-hidden />
      <span className={css.grow}>
        {name}: {t(`jobs.state.${job.state}`)}
        {job.error ? <span className={css.error}>{job.error}</span> : null}
      </span>
      {job.ended_at ? (
        <span className={css.quiet}>
          <When at={job.ended_at} />
        </span>
      ) : null}
    </div>
  );
}
