import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Grade } from "../../api/types";
import { Name } from "../../parts/Said";
import { Incomplete } from "../../parts/States";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { shortDigest, whole } from "../../show/number";
import { duration } from "../../show/time";
import css from "./Grading.module.css";
import { type Sitting, WORK_MS } from "./session";
import { useWords } from "../../words";

const SHOWN = 50;
const hashOf = ({ sha256, sha1, md5 }: Grade) => sha256 ?? sha1 ?? md5 ?? "";

export interface DoneProps {
  sitting: Sitting;
  grades: readonly Grade[];
  sending: boolean;
  onUndo: () => void;
  onReopen: (hash: string, scheme: string, reason: string) => Promise<boolean>;
}

/** The clock of this sitting, what was graded in it, and grades that count, which a reason can take back. */
export function Done({ sitting, grades, sending, onUndo, onReopen }: DoneProps) {
  const t = useWords();
  const { language } = usePrefs();
  const disputed = grades.filter(({ in_dispute }) => in_dispute);
  const minute = 60_000;
  const whole_minutes = Math.floor(sitting.worked_ms / minute) * minute;
  const left = Math.max(0, WORK_MS - Math.floor(sitting.since_pause_ms / minute) * minute);
  const [showing, setShowing] = useState(false);
  return (
    <section className={css.done} aria-label={t("grading.sitting")}>
      <h2>{t("grading.sitting")}</h2>
      <dl className={css.facts}>
        <dt>{t("grading.time")}</dt>
        <dd>{whole_minutes === 0 ? t("grading.underMinute") : duration(whole_minutes, language)}</dd>
        <dt>{t("grading.pauseIn")}</dt>
        <dd>{duration(left, language)}</dd>
        <dt>{t("grading.graded")}</dt>
        <dd>
          {whole(sitting.graded.length, language)}
          {sitting.enough === null ? "" : ` / ${whole(sitting.enough, language)}`}
        </dd>
        <dt>{t("grading.handedOver")}</dt>
        <dd>{whole(sitting.skipped.size, language)}</dd>
      </dl>
      <p>
        <Button variant="default" disabled={sitting.graded.length === 0 || sending} onClick={onUndo}>
          {t("grading.undo")} <kbd className={css.kbd}>u</kbd>
        </Button>
      </p>
      {disputed.length > 0 ? <Incomplete>{t("grading.disputed", { count: disputed.length, said: whole(disputed.length, language) })}</Incomplete> : null}
      <button type="button" className={css.toggle} aria-expanded={showing} onClick={() => setShowing(!showing)}>
        {t("grading.counting", { count: grades.length, said: whole(grades.length, language) })}
      </button>
      {showing ? (
        <ul className={css.grades}>
          {[...disputed, ...grades.filter(({ in_dispute }) => !in_dispute)].slice(0, SHOWN).map((grade) => (
            <GradeRow key={`${hashOf(grade)} ${grade.scheme} ${grade.category}`} grade={grade} onReopen={onReopen} />
          ))}
        </ul>
      ) : null}
      {showing && grades.length > SHOWN ? <p className={css.quiet}>{t("grading.more", { shown: whole(SHOWN, language), total: whole(grades.length, language) })}</p> : null}
    </section>
  );
}

function GradeRow({ grade, onReopen }: { grade: Grade; onReopen: DoneProps["onReopen"] }) {
  const t = useWords();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() !== "") void onReopen(hashOf(grade), grade.scheme ?? "", reason.trim());
  };
  return (
    <li>
      <p>
        <strong>{grade.category}</strong> <span className={css.quiet}>{grade.scheme}</span> <Name>{shortDigest(hashOf(grade))}</Name>
        {grade.in_dispute ? <strong className={css.care}> {t("grading.inDispute")}</strong> : null}
      </p>
      <p className={css.quiet}>
        {grade.by} {grade.at ? <When at={grade.at} fine="minute" /> : null}
      </p>
      {asking ? (
        <form className={css.reopen} onSubmit={submit}>
          <label>
            {t("grading.reopenWhy")}
            <input value={reason} required onChange={(event) => setReason(event.currentTarget.value)} />
          </label>
          <button type="submit" className={css.toggle} disabled={reason.trim() === ""}>
            {t("grading.reopenNow")}
          </button>
        </form>
      ) : (
        <button type="button" className={css.toggle} onClick={() => setAsking(true)}>
          {t("grading.reopen")}
        </button>
      )}
    </li>
  );
}
