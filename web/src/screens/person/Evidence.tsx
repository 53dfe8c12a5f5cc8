import { ChevronDown, ChevronRight } from "lucide-react";
import { useRef } from "react";
import { useFinding, useLook, useStatus } from "../../api/asked";
import { useWork } from "../../api/jobs";
import type { Finding, Lead } from "../../api/types";
import { useAction } from "../../keys/Keys";
import { useListKeys } from "../../keys/useListKeys";
import { ReadRows } from "../../parts/ReadRows";
import { Said } from "../../parts/Said";
import { Failed, Loading } from "../../parts/States";
import { Strength } from "../../parts/Strength";
import { usePrefs } from "../../prefs";
import { useEntity } from "../../shell/entity";
import { log10, whole } from "../../show/number";
import { maybe, useView } from "../../view/params";
import { useThen } from "./useThen";
import { droppedFor, whatIfOf, type Without } from "./whatIf";
import css from "./LeadPage.module.css";
import { useWords } from "../../words";

const VIEW = { rows: maybe };

/** The findings that the lead stands on: what each says, how strongly, on which rows, and what is left without its files. */
export function Evidence({ lead, findings }: { lead: Lead; findings: readonly Finding[] }) {
  const t = useWords();
  const [{ rows }, change] = useView(VIEW);
  const { job } = useWork("what_if", (one) => whatIfOf(one, lead) !== null);
  const dropped = job ? whatIfOf(job, lead) : null;
  const status = useStatus();
  const names = new Map(status.data?.sources.map(({ sha256, name }) => [sha256, name]));
  const list = useRef<HTMLOListElement>(null);
  useListKeys(list);
  useAction("evidence", () => {
    const focused = document.activeElement?.closest<HTMLElement>("[data-finding]")?.dataset["finding"];
    const finding = focused ?? findings[0]?.finding;
    if (finding === undefined) return false;
    change({ rows: rows === finding ? null : finding });
    return;
  });
  return (
    <section id="evidence" className={css.card} aria-labelledby="evidence-title">
      <h2 id="evidence-title">
        {t("person.part.evidence")} <span className={css.n}>{findings.length}</span>
      </h2>
      <ol ref={list} className={css.evidence}>
        {findings.map((finding) => (
          <One
            key={finding.finding}
            finding={finding}
            open={rows === finding.finding}
            onOpen={() => change({ rows: rows === finding.finding ? null : finding.finding })}
            left={dropped && droppedFor(dropped, finding, lead, names)}
          />
        ))}
      </ol>
    </section>
  );
}

interface OneProps {
  finding: Finding;
  open: boolean;
  onOpen: () => void;
  /** What is left of the lead without each file of the finding that changes it; null before that was asked. */
  left: readonly Without[] | null;
}

function One({ finding, open, onOpen, left }: OneProps) {
  const t = useWords();
  const { language } = usePrefs();
  const look = useLook();
  const entity = useEntity();
  const [one, other] = finding.propositions;
  const standing = useThen();
  const id = `rows-${finding.finding}`;
  return (
    <li className={css.finding} data-finding={finding.finding}>
      <div className={css.findingHead}>
        <p>
          <Said text={finding.statement} onReveal={() => look.finding(finding.finding)} />
        </p>
        <p className={css.strength}>
          {finding.log10_lr === null || finding.log10_lr === undefined ? (
            <span className={css.quiet}>{t("person.fact")}</span>
          ) : one && other ? (
            <Strength log10_lr={finding.log10_lr} {...(finding.words ? { words: finding.words } : {})} propositions={[one, other]} />
          ) : (
            // Words of a strength stand with two propositions or not at all.
            <span className={css.quiet}>{t("person.ground", { said: log10(finding.log10_lr, language) })}</span>
          )}
        </p>
        {left ? (
          <p className={css.quiet}>
            {t("person.weightIfGone")}: {left.length === 0 ? t("person.nothingLess") : left.map((dropped) => t("person.without", { file: dropped.files.join(", "), what: standing(dropped) })).join("; ")}
          </p>
        ) : null}
      </div>
      <p className={css.findingFoot}>
        <button type="button" data-item className={css.rowsButton} aria-expanded={open} aria-controls={id} disabled={finding.n_rows + finding.n_against === 0} onClick={onOpen}>
          {open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
          {t("grid.rows", { count: finding.n_rows, said: whole(finding.n_rows, language) })}
          {finding.n_against > 0 ? ` · ${t("rows.against", { count: finding.n_against, said: whole(finding.n_against, language) })}` : ""}
        </button>
        <button type="button" className={css.link} onClick={() => entity.open({ kind: "finding", id: finding.finding })}>
          {finding.finding}
        </button>
        <span className={css.quiet}>{finding.analysis}</span>
        {finding.decision ? <span className={css.decided}>{finding.decision.words}</span> : null}
      </p>
      {open ? (
        <div id={id} className={css.rows}>
          <RowsOf finding={finding.finding} all={finding.n_rows + finding.n_against} />
        </div>
      ) : null}
    </li>
  );
}

/** The rows of a finding with what they say. */
export function RowsOf({ finding, all }: { finding: string; all: number }) {
  const t = useWords();
  const read = useFinding(finding);
  const look = useLook();
  if (read.data) return <ReadRows rows={read.data.rows} all={all} onReveal={() => look.finding(finding)} />;
  if (read.isPending) return <Loading label={t("grid.loading")} />;
  return <Failed error={read.error} onRetry={() => void read.refetch()} />;
}
