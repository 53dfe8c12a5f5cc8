import { CircleCheck, FilePen } from "lucide-react";
import { Link } from "wouter";
import type { Reports } from "../../api/types";
import { Empty } from "../../parts/States";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { toLead } from "../../view/links";
import css from "./Report.module.css";
import { useWords } from "../../words";

/** How many leads are named; the others are counted. */
const NAMED = 8;

/** Whether the next report is a draft, and each explanation that makes it one. */
export function Before({ leads, unanswered }: Pick<Reports, "leads" | "unanswered">) {
  const t = useWords();
  const { language } = usePrefs();
  if (leads === 0) {
    return (
      <Empty title={t("report.noLeads")} command="tutela analyse">
        {t("report.noLeadsNote")}
      </Empty>
    );
  }
  const isDraft = unanswered.length > 0;
  const count = isDraft ? unanswered.length : leads;
  const said = whole(count, language);
  const rest = unanswered.length - NAMED;
  return (
    <section className={css.before} data-draft={isDraft} aria-labelledby="before">
      <h2 id="before">
        {isDraft ? <FilePen size={20} aria-hidden /> : <CircleCheck size={20} aria-hidden />}
        {isDraft ? t("report.draft") : t("report.ready")}
      </h2>
      <p>{isDraft ? t("report.draftNote", { count, said }) : t("report.readyNote", { count, said })}</p>
      {isDraft ? (
        <ul className={css.unanswered}>
          {unanswered.slice(0, NAMED).map(({ lead, of, explanations }) => (
            <li key={lead}>
              <Link href={toLead({ lead, accounts: [of], peers: [] }, "explanations")}>{lead}</Link> {explanations.join(" · ")}
            </li>
          ))}
          {rest > 0 ? <li className={css.quiet}>{t("report.more", { said: whole(rest, language) })}</li> : null}
        </ul>
      ) : null}
    </section>
  );
}
