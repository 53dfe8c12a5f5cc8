import { Button } from "@mantine/core";
import { useMay } from "../../parts/May";
import { Name } from "../../parts/Said";
import { save } from "../../parts/save";
import { Sideways } from "../../parts/Sideways";
import { Empty, Failed, Loading } from "../../parts/States";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { instant } from "../../show/time";
import { asCsv, asJson, inOrder, ownOf } from "./days";
import css from "./Grading.module.css";
import { Lift } from "./Lift";
import { useExposure } from "./Stopped";
import { useWords } from "../../words";

/** How many files were graded on each day, and about how long that took. Which files is never told. */
export function Exposure() {
  const t = useWords();
  const { language } = usePrefs();
  const lifts = useMay("hand_on");
  const exposure = useExposure();
  const told = exposure.data;
  if (told === undefined) {
    return exposure.isPending ? <Loading label={t("grading.loadingExposure")} /> : <Failed error={exposure.error} onRetry={() => void exposure.refetch()} />;
  }
  const { rest, rule, whose, officer, zone } = told;
  const own = ownOf(told);
  const officers = [...new Set([officer, ...told.days.map((day) => day.officer)])];
  const take = (kind: "csv" | "json") => save(`grading-days.${kind}`, new Blob([kind === "csv" ? asCsv(told) : asJson(told)], { type: kind === "csv" ? "text/csv" : "application/json" }));
  return (
    <section className={css.exposure} aria-label={t("grading.task.exposure")}>
      <p>{t(whose === "all" ? "grading.exposureAll" : "grading.exposureOwn")}</p>
      <p className={css.quiet}>{t("grading.exposureRule", { rule, zone })}</p>
      <dl className={css.facts}>
        <dt>{t("grading.minutesToday")}</dt>
        <dd>
          {t("grading.minutes", { count: rest.minutes_today, said: whole(rest.minutes_today, language) })}
          {rest.limit_minutes == null ? "" : ` / ${whole(rest.limit_minutes, language)}`}
        </dd>
        <dt>{t("grading.limit")}</dt>
        <dd>{rest.limit_minutes == null ? t("grading.noRule") : t("grading.minutes", { count: rest.limit_minutes, said: whole(rest.limit_minutes, language) })}</dd>
        <dt>{t("grading.hours")}</dt>
        <dd>{rest.hours ?? t("grading.noRule")}</dd>
        {rest.lifted_until == null ? null : (
          <>
            <dt>{t("grading.liftedUntil")}</dt>
            <dd>
              <When at={rest.lifted_until} fine="minute" />
            </dd>
          </>
        )}
      </dl>
      {told.days.length === 0 ? (
        <Empty title={t("grading.noDays")}>{t("grading.noDaysNote")}</Empty>
      ) : (
        <Sideways label={t("grading.days")}>
          <table className={css.days}>
            <thead>
              <tr>
                <th scope="col">{t("grading.day")}</th>
                <th scope="col">{t("grading.officer")}</th>
                <th scope="col">{t("grading.files")}</th>
                <th scope="col">{t("grading.byCategory")}</th>
                <th scope="col">{t("grading.takenBack")}</th>
                <th scope="col">{t("grading.estimate")}</th>
              </tr>
            </thead>
            <tbody>
              {inOrder(told.days).map((one) => (
                <tr key={`${one.day} ${one.officer}`}>
                  <td>{instant(one.day, "UTC", language, "day")}</td>
                  <td>
                    <Name>{one.officer}</Name>
                  </td>
                  <td>{whole(one.files, language)}</td>
                  <td>{one.categories.map(({ scheme, category, files }) => `${scheme} ${category}: ${whole(files, language)}`).join("; ")}</td>
                  <td>{whole(one.taken_back, language)}</td>
                  <td>{t("grading.minutes", { count: one.minutes, said: whole(one.minutes, language) })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
      <div className={css.filters}>
        <Button variant="default" disabled={own.length === 0} onClick={() => take("csv")}>
          {t("grading.takeCsv")}
        </Button>
        <Button variant="default" disabled={own.length === 0} onClick={() => take("json")}>
          {t("grading.takeJson")}
        </Button>
      </div>
      {lifts && (rest.limit_minutes != null || rest.hours != null) ? <Lift officer={officer} known={officers} /> : null}
      <p className={css.quiet}>{t("grading.rulesNote")}</p>
    </section>
  );
}
