import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { runs, useWork } from "../../api/jobs";
import type { Lead } from "../../api/types";
import { MayNot, useMay } from "../../parts/May";
import { Name } from "../../parts/Said";
import { Sideways } from "../../parts/Sideways";
import { JobProgress } from "../../shell/JobProgress";
import css from "./LeadPage.module.css";
import { useThen } from "./useThen";
import { changes, whatIfOf } from "./whatIf";
import { useWrong } from "../../parts/wrong";
import { useWords } from "../../words";

/** What would become of the lead without each of its files in turn. The server derives everything again; nothing is guessed from parts. */
export function WhatIf({ lead, onDone }: { lead: Lead; onDone: () => void }) {
  const t = useWords();
  const inWords = useWrong();
  const { job: running } = useWork("what_if", runs);
  const { job, begin, stop } = useWork("what_if", (one) => runs(one) || whatIfOf(one, lead) !== null || one.state === "failed");
  const may = useMay("work");
  const then = useThen();
  const [wrong, setWrong] = useState<string | null>(null);
  const dropped = job ? whatIfOf(job, lead) : null;
  const told = dropped !== null;
  useEffect(() => {
    if (told) onDone();
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [told]);
  const go = () => {
    setWrong(null);
    begin({ verb: "what_if", lead: lead.lead }).catch((problem: unknown) => setWrong(inWords(problem)));
  };
  const gate = (name: string) => lead.export.conditions.find((one) => one.name === name)?.words ?? name;
  return (
    <section id="what-if" className={css.card} aria-labelledby="what-if-title">
      <header className={css.cardHead}>
        <h2 id="what-if-title">{t("person.part.what-if")}</h2>
        {running || !may ? null : (
          <Button variant="default" onClick={go}>
            {told ? t("person.whatIfAgain") : t("person.whatIfGo")}
          </Button>
        )}
      </header>
      {running ? <JobProgress job={running} onStop={() => void stop(running)} /> : null}
      {wrong ?? (job?.state === "failed" ? job.error : null) ? (
        <p className={css.wrong} role="alert">
          {wrong ?? job?.error}
        </p>
      ) : null}
      {dropped === null ? (
        running ? null : may ? <p className={css.quiet}>{t("person.whatIfNote")}</p> : <MayNot right="work" />
      ) : dropped.length === 0 ? (
        <p className={css.quiet}>{t("person.whatIfNone")}</p>
      ) : (
        <Sideways label={t("person.part.what-if")}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{t("person.withoutFile")}</th>
                <th scope="col">{t("person.standsThen")}</th>
                <th scope="col">{t("person.lost")}</th>
              </tr>
            </thead>
            <tbody>
              {dropped.map((one) => (
                <tr key={one.files.join(" ")} data-less={changes(one, lead)}>
                  <th scope="row">
                    <Name>{one.files.join(", ")}</Name>
                  </th>
                  <td>
                    {changes(one, lead) ? then(one) : t("person.same")}
                    {one.lead.name_said !== (lead.person.name_said ?? null) ? (
                      <span className={css.then}>
                        {one.lead.name_said === null ? (
                          t("person.noName")
                        ) : (
                          <>
                            {t("person.otherName")} <Name>{one.lead.name_said}</Name>
                          </>
                        )}
                      </span>
                    ) : null}
                  </td>
                  <td>
                    <Lost label={t("person.linesLost")} values={one.lead.lines_lost} />
                    <Lost label={t("person.accountsApart")} values={one.lead.accounts_apart} />
                    <Lost label={t("person.gatesFailed")} values={one.lead.gates_failed.map(gate)} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
    </section>
  );
}

function Lost({ label, values }: { label: string; values: readonly string[] }) {
  if (values.length === 0) return null;
  return (
    <span className={css.then}>
      {label}: <Name>{values.join(", ")}</Name>
    </span>
  );
}
