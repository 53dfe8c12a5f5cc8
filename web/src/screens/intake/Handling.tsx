import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { ApiError, write } from "../../api/client";
import { useSession } from "../../api/session";
import type { ReferralDone, ReferralMark, ReferralSoFar } from "../../api/types";
import { BANDS } from "../../parts/Band";
import { useMay } from "../../parts/May";
import { When } from "../../parts/When";
import { useWrong } from "../../parts/wrong";
import css from "./Intake.module.css";
import { bandOf, DONE, KEY_OF, marksOf } from "./referrals";
import { useWords } from "../../words";

/** What officers did with a referral, each with whose it is and why, and what can be done with it. */
export function Handling({ referral }: { referral: ReferralSoFar }) {
  const t = useWords();
  const may = useMay("decide");
  const [doing, setDoing] = useState<ReferralDone | null>(null);
  const marks = marksOf(referral);
  if (marks.length === 0 && (!may || referral.reference === "")) return null;
  return (
    <div className={css.handling}>
      {marks.length > 0 ? (
        <ul className={css.marks}>
          {marks.map(([done, mark]) => (
            <Mark key={`${done} ${mark.at} ${mark.to}`} done={done} mark={mark} computed={bandOf({ band: referral.band ?? null })} />
          ))}
        </ul>
      ) : null}
      {may && referral.reference !== "" ? (
        <div className={css.doings} role="group" aria-label={t("intake.do")}>
          {DONE.map((done) => (
            <button key={done} type="button" data-press={KEY_OF[done]} aria-expanded={doing === done} onClick={() => setDoing(doing === done ? null : done)}>
              {t(`intake.done.${done}`)}
            </button>
          ))}
        </div>
      ) : null}
      {doing === null ? null : <Doing key={doing} referral={referral} done={doing} onEnd={() => setDoing(null)} />}
    </div>
  );
}

function Mark({ done, mark, computed }: { done: ReferralDone; mark: ReferralMark; computed: ReturnType<typeof bandOf> }) {
  const t = useWords();
  const to = done === "band" ? t(`band.${bandOf({ band: mark.to }) ?? "informational"}`) : mark.to;
  return (
    <li>
      <strong>{t(`intake.mark.${done}`, { to })}</strong>
      {done === "band" ? <span className={css.quiet}> {computed ? t("intake.bandBefore", { band: t(`band.${computed}`) }) : t("intake.bandNone")}</span> : null}
      {" · "}
      {mark.reason}
      <span className={css.quiet}>
        {" · "}
        {mark.officer}
        {" · "}
        <When at={mark.at} fine="minute" />
      </span>
    </li>
  );
}

/** One thing to be done with a referral, with its reason. */
function Doing({ referral, done, onEnd }: { referral: ReferralSoFar; done: ReferralDone; onEnd: () => void }) {
  const t = useWords();
  const inWords = useWrong();
  const queries = useQueryClient();
  const session = useSession();
  const stands = marksOf(referral).findLast(([of]) => of === done)?.[1];
  const [to, setTo] = useState(stands?.to ?? (done === "assign" ? (session.data?.officer ?? "") : ""));
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const field = useId();
  const form = useRef<HTMLFormElement>(null);
  // Whoever asked for the form goes on in it.
  useEffect(() => form.current?.querySelector("input")?.focus(), []);

  const record = async (whom: string) => {
    setMissing(reason.trim() === "");
    if (reason.trim() === "") return;
    const { issuer, reference, handled } = referral;
    try {
      await write("post", "/api/v1/referrals", { body: { referrals: [{ issuer, reference }], done, to: whom.trim(), reason: reason.trim(), seen: handled.last ?? null } });
      await queries.invalidateQueries({ queryKey: ["referrals"] });
      void queries.invalidateQueries({ queryKey: ["ledger"] });
      onEnd();
    } catch (problem) {
      // What another officer did meanwhile is shown; what was typed stays.
      if (problem instanceof ApiError && problem.conflict) void queries.invalidateQueries({ queryKey: ["referrals"] });
      setWrong(inWords(problem));
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (to.trim() === "") {
      setMissing(true);
      return;
    }
    void record(to);
  };
  const empty = missing && to.trim() === "" ? t("intake.toMissing") : null;
  return (
    <form ref={form} className={css.doing} noValidate onSubmit={submit}>
      {done === "band" ? (
        <Select
          id={field}
          label={t("intake.to.band")}
          data={BANDS.map((value) => ({ value, label: t(`band.${value}`) }))}
          value={to || null}
          onChange={(value) => setTo(value ?? "")}
          error={empty}
        />
      ) : (
        <TextInput id={field} label={t(`intake.to.${done}`)} value={to} maxLength={200} required onChange={(event) => setTo(event.currentTarget.value)} error={empty} />
      )}
      <Textarea
        label={t("decide.reason")}
        description={t("intake.reasonNote")}
        required
        autosize
        minRows={1}
        maxRows={6}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        error={missing && reason.trim() === "" ? t("decide.reasonMissing") : null}
      />
      {wrong ? (
        <p className={css.wrong} role="alert">
          {wrong}
        </p>
      ) : null}
      <div className={css.doings}>
        <Button type="submit">{t("intake.record")}</Button>
        {stands && done !== "refer" ? (
          <Button variant="default" onClick={() => void record("")}>
            {t("intake.takeBack")}
          </Button>
        ) : null}
        <Button variant="default" onClick={onEnd}>
          {t("intake.cancel")}
        </Button>
      </div>
    </form>
  );
}
