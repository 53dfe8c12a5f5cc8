import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError, get } from "../../api/client";
import { useMay } from "../../parts/May";
import { Failed, Loading } from "../../parts/States";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import css from "./Grading.module.css";
import { Lift } from "./Lift";
import { useWords } from "../../words";

/** The name of what was graded on each day, and of how the officer stands to the unit's rules. It goes with the grades. */
export const EXPOSURE = ["grades", "exposure"] as const;

/** Whether the server refused a grade because the unit's rules stop the officer. */
export const isStopped = (error: unknown): boolean => error instanceof ApiError && error.code === "rest";

export function useExposure() {
  return useQuery({ queryKey: EXPOSURE, queryFn: ({ signal }) => get("/api/v1/grades/exposure", {}, signal) });
}

/** Files to be graded, unless the unit's rules stop the officer: no file is before anybody then. */
export function UnlessStopped({ children }: { children: ReactNode }) {
  const t = useWords();
  const { language } = usePrefs();
  const lifts = useMay("hand_on");
  const exposure = useExposure();
  if (exposure.data === undefined) {
    return exposure.isPending ? <Loading label={t("grading.loading")} /> : <Failed error={exposure.error} onRetry={() => void exposure.refetch()} />;
  }
  const { rest, officer, zone } = exposure.data;
  if (rest.stopped == null) return children;
  return (
    <div className={css.rest} role="alert">
      <h2>{t("grading.stopped")}</h2>
      <p>{rest.stopped === "hours" ? t("grading.stoppedHours", { hours: rest.hours ?? "", zone }) : t("grading.stoppedMinutes", { count: rest.limit_minutes ?? 0, said: whole(rest.limit_minutes ?? 0, language) })}</p>
      {lifts ? <Lift officer={officer} known={[officer]} /> : <p>{t("grading.stoppedNote")}</p>}
    </div>
  );
}
