import { Button, Radio, Textarea } from "@mantine/core";
import { Undo2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client";
import { useAction } from "../keys/Keys";
import css from "./Decide.module.css";
import { keepDraft, keptDraft } from "./drafts";
import { When } from "./When";
import { useWrong } from "./wrong";
import { useWords } from "../words";

export const VERDICTS = ["accept", "reject", "unsure"] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Decision {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly officer: string;
  readonly at: string;
}

export interface DecideProps {
  /** What is decided on, which also names the draft: what was typed stays when the screen is blanked. */
  subject: string;
  /** The words of the three choices differ: a lead is followed or closed, another explanation holds or is excluded. */
  kind: "finding" | "lead" | "explanation";
  /** What stands now. */
  decision: Decision | null;
  /** What another officer decided since the page was loaded; nothing typed here is lost. */
  conflict?: Decision | null;
  /** Records it. Rejects with an `ApiError` whose `conflict` is true when another was first. */
  onDecide: (verdict: Verdict, reason: string) => Promise<void>;
  /** Withdraws what stands, which needs a reason too; both entries remain in the ledger. `u` asks for it. */
  onWithdraw?: (reason: string) => Promise<void>;
}

/** An officer's decision, which has a reason. "Unsure" is one. */
export function Decide({ subject, kind, decision, conflict = null, onDecide, onWithdraw }: DecideProps) {
  const t = useWords();
  const inWords = useWrong();
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [reason, setReason] = useState(() => keptDraft(subject));
  const [missing, setMissing] = useState(false);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const withdrawing = asked && decision !== null && onWithdraw !== undefined;
  useAction("undo", () => (decision && onWithdraw ? setAsked(true) : false));

  const type = (value: string) => {
    setReason(value);
    keepDraft(subject, value);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const why = reason.trim();
    const undecided = verdict === null && !withdrawing;
    setMissing(undecided || why === "");
    if (undecided || why === "") return;
    setSending(true);
    setError(null);
    try {
      if (withdrawing) await onWithdraw(why);
      else if (verdict !== null) await onDecide(verdict, why);
      type("");
      setVerdict(null);
      setAsked(false);
    } catch (problem) {
      const conflicts = problem instanceof ApiError && problem.conflict;
      setError(conflicts ? null : inWords(problem));
    } finally {
      setSending(false);
    }
  };

  return (
    <form className={css.decide} noValidate onSubmit={(event) => void submit(event)}>
      {decision ? (
        <div className={css.stands}>
          <Made decision={decision} kind={kind} />
          {onWithdraw && !withdrawing ? (
            <Button variant="default" leftSection={<Undo2 size={14} aria-hidden />} onClick={() => setAsked(true)}>
              {t("decide.withdraw")}
            </Button>
          ) : null}
        </div>
      ) : null}
      {conflict ? (
        <div className={css.conflict} role="alert">
          <p>{t("decide.conflict")}</p>
          <Made decision={conflict} kind={kind} />
          <p>{t("decide.kept")}</p>
        </div>
      ) : null}
      {withdrawing ? <p>{t("decide.withdrawNote")}</p> : (
      <Radio.Group
        label={t("decide.choose")}
        value={verdict}
        onChange={(value) => setVerdict(VERDICTS.find((one) => one === value) ?? null)}
        error={missing && verdict === null ? t("decide.chooseOne") : null}
      >
        <div className={css.choices}>
          {VERDICTS.map((one) => (
            <Radio key={one} value={one} label={t(`decide.${kind}.${one}`)} />
          ))}
        </div>
      </Radio.Group>
      )}
      <Textarea
        label={withdrawing ? t("decide.withdrawReason") : t("decide.reason")}
        description={t("decide.reasonNote")}
        required
        autosize
        minRows={2}
        maxRows={8}
        value={reason}
        onChange={(event) => type(event.currentTarget.value)}
        error={missing && reason.trim() === "" ? t("decide.reasonMissing") : null}
      />
      {error ? (
        <p className={css.error} role="alert">
          {error}
        </p>
      ) : null}
      <div className={css.buttons}>
        <Button type="submit" loading={sending}>
          {withdrawing ? t("decide.withdrawNow") : t("decide.record")}
        </Button>
        {withdrawing ? (
          <Button variant="default" onClick={() => setAsked(false)}>
            {t("decide.keep")}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

/** A decision, with whose it is and why. */
export function Made({ decision, kind }: { decision: Decision; kind: DecideProps["kind"] }) {
  const t = useWords();
  return (
    <div>
      <p>
        <strong>{t(`decide.${kind}.${decision.verdict}`)}</strong>
        {" · "}
        {decision.officer}
        {" · "}
        <When at={decision.at} />
      </p>
      <p className={css.reason}>{decision.reason}</p>
    </div>
  );
}
