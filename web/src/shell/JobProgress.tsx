import { Button } from "@mantine/core";
import type { Job } from "../api/jobs";
import { usePrefs } from "../prefs";
import { whole } from "../show/number";
import { duration } from "../show/time";
import css from "./Jobs.module.css";
import { useWords } from "../words";

const VERBS = ["analyse", "verify", "rebuild", "what_if", "report"] as const;

/** The name of a kind of work. */
export function useVerb(): (verb: string) => string {
  const t = useWords();
  return (verb) => {
    const known = VERBS.find((one) => one === verb);
    return known ? t(`jobs.verb.${known}`) : verb;
  };
}

/** How far a piece of work is: what it is at, how many of how many, and how long it will take. */
export function JobProgress({ job, onStop }: { job: Job; onStop?: () => void }) {
  const t = useWords();
  const { language } = usePrefs();
  const name = useVerb()(job.verb);
  const { progress } = job;
  const counted = progress && progress.total > 0 && progress.done <= progress.total ? progress : null;
  return (
    <div className={css.progress} role="status">
      <span className={css.name}>{name}</span>
      <progress aria-label={name} {...(counted ? { value: counted.done, max: counted.total } : {})} />
      <span className={css.quiet}>
        {progress ? `${progress.what} · ` : ""}
        {counted
          ? t("loading.of", { done: whole(counted.done, language), total: whole(counted.total, language) })
          : progress
            ? t("jobs.soFar", { done: whole(progress.done, language) })
            : t("jobs.begun")}
        {counted ? ` · ${t("loading.left", { length: duration(counted.left_s * 1000, language) })}` : ""}
      </span>
      {onStop ? (
        <Button variant="default" onClick={onStop}>
          {t("loading.cancel")}
        </Button>
      ) : null}
    </div>
  );
}
