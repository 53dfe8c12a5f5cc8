import { useState } from "react";
import { Link } from "wouter";
import { useEntries, useLook } from "../../api/asked";
import type { AtOffice, Deadline, Lead, Quality } from "../../api/types";
import { Name, Said } from "../../parts/Said";
import { Sideways } from "../../parts/Sideways";
import { Failed, Loading } from "../../parts/States";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { useEntity } from "../../shell/entity";
import { whole } from "../../show/number";
import { duration } from "../../show/time";
import { useNow } from "../../show/useNow";
import { toLead, toLeads, toRows } from "../../view/links";
import { useAct } from "../ledger/acts";
import css from "./Operation.module.css";
import { useWords } from "../../words";

const QUALITIES = ["warning", "problems", "sealed"] as const;

/** What must be known of the records before leads are read. */
export function QualityOfData({ quality }: { quality: readonly Quality[] }) {
  const t = useWords();
  const { language } = usePrefs();
  const { open } = useEntity();
  const look = useLook();
  return (
    <section className={css.card} aria-labelledby="quality">
      <header className={css.cardHead}>
        <h2 id="quality">{t("operation.quality")}</h2>
      </header>
      {quality.length === 0 ? <p className={css.good}>{t("operation.qualityNone")}</p> : null}
      <ul className={css.list}>
        {quality.map(({ kind, n, what, finding }) => {
          const known = QUALITIES.find((one) => one === kind);
          const counted = known && known !== "warning" ? t(`operation.${known}`, { count: n, said: whole(n, language) }) : "";
          return (
            <li key={`${kind} ${finding ?? what}`} className={css.warning} data-kind={kind}>
              {what ? (
                <p className={css.clamped}>
                  <Said text={what} onReveal={() => (finding ? look.finding(finding) : Promise.resolve())} />
                </p>
              ) : null}
              {counted ? <p>{counted}</p> : null}
              {finding ? (
                <button type="button" className={css.link} onClick={() => open({ kind: "finding", id: finding })}>
                  {t("operation.decide")}
                </button>
              ) : kind === "problems" ? (
                <Link href={toRows("problem")}>{t("operation.see")}</Link>
              ) : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const FIRST = 4;
const KINDS = ["act", "ask", "authority"] as const;

/** What ends when, the nearest first. */
export function Deadlines({ deadlines, leads }: { deadlines: readonly Deadline[]; leads: readonly Lead[] }) {
  const t = useWords();
  const { language } = usePrefs();
  const look = useLook();
  const now = useNow();
  const [all, setAll] = useState(false);
  return (
    <section className={css.card} aria-labelledby="deadlines">
      <header className={css.cardHead}>
        <h2 id="deadlines">{t("operation.deadlines")}</h2>
        {deadlines.length > FIRST ? (
          <button type="button" className={css.link} aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t("operation.firstOnly") : t("operation.allDeadlines", { said: whole(deadlines.length, language) })}
          </button>
        ) : null}
      </header>
      {deadlines.length === 0 ? <p className={css.quiet}>{t("operation.deadlinesNone")}</p> : null}
      <ol className={css.list}>
        {deadlines.slice(0, all ? deadlines.length : FIRST).map((deadline, i) => {
          const left_ms = new Date(deadline.by).getTime() - now.getTime();
          const kind = KINDS.find((one) => one === deadline.kind);
          const lead = leads.find((one) => one.lead === deadline.lead);
          return (
            // Two deadlines may be the same in every word.
            <li key={i} className={css.deadline}>
              <p className={css.due}>
                <span className={css.left} data-late={left_ms < 0}>
                  {t(left_ms < 0 ? "band.late" : "band.left", { length: duration(left_ms, language) })}
                </span>
                <span className={css.quiet}>
                {kind ? t(`operation.kind.${kind}`) : deadline.kind}
                {deadline.of ? ` ${deadline.of}` : ""}
                {" · "}
                <When at={deadline.by} fine={deadline.by.includes("T") ? "minute" : "day"} />
                {deadline.lead ? (
                  <>
                    {" · "}
                    <Link href={lead ? toLead(lead) : `/person?${new URLSearchParams({ lead: deadline.lead })}`}>{deadline.lead}</Link>
                  </>
                ) : null}
                </span>
              </p>
              <p className={css.clamped}>
                <Said text={deadline.what} onReveal={() => look.lead(deadline.lead ?? "")} />
              </p>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** Whose leads they are, and how many of them are placed by an estimate only. */
export function Offices({ offices }: { offices: readonly AtOffice[] }) {
  const t = useWords();
  const { language } = usePrefs();
  if (offices.length === 0) return null;
  return (
    <section className={css.card} aria-labelledby="offices">
      <header className={css.cardHead}>
        <h2 id="offices">{t("operation.offices")}</h2>
        <Link href="/map">{t("operation.toMap")}</Link>
      </header>
      <Sideways label={t("operation.offices")}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t("operation.office")}</th>
              <th scope="col">{t("operation.provinces")}</th>
              <th scope="col" data-numeric>{t("operation.leads")}</th>
              <th scope="col" data-numeric>{t("person.status.identified")}</th>
              <th scope="col" data-numeric>{t("operation.estimated")}</th>
            </tr>
          </thead>
          <tbody>
            {offices.map((office) => (
              <tr key={office.office}>
                <th scope="row">
                  <Link href={toLeads({ office: office.office })}>{office.name}</Link>
                </th>
                <td>{office.provinces.join(" ")}</td>
                <td data-numeric>{whole(office.leads, language)}</td>
                <td data-numeric>{whole(office.identified, language)}</td>
                <td data-numeric>{whole(office.estimated, language)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
    </section>
  );
}

/** What was done last. */
export function LastActs() {
  const t = useWords();
  const entries = useEntries({ limit: 5 });
  const act = useAct();
  return (
    <section className={css.card} aria-labelledby="acts">
      <header className={css.cardHead}>
        <h2 id="acts">{t("operation.acts")}</h2>
        <Link href="/ledger">{t("operation.toLedger")}</Link>
      </header>
      {entries.data ? (
        <ol className={css.list}>
          {entries.data.entries.map((entry) => (
            <li key={entry.seq} className={css.act}>
              <span>{act(entry.act)}</span>
              <span className={css.quiet}>
                <Name>{entry.officer}</Name>
                {" · "}
                <When at={entry.at} fine="minute" />
              </span>
            </li>
          ))}
        </ol>
      ) : entries.isPending ? (
        <Loading label={t("operation.loadingActs")} />
      ) : (
        <Failed error={entries.error} onRetry={() => void entries.refetch()} />
      )}
    </section>
  );
}
