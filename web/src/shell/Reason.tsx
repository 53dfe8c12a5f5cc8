import { Button, Textarea } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { write } from "../api/client";
import { answerReason, useConnection } from "../api/connection";
import type { Session } from "../api/session";
import css from "./Reason.module.css";
import { useWrong } from "../parts/wrong";
import { useWords } from "../words";

/** Asks why personal data is consulted, where the operation wants to know. What waited for the answer then goes on. */
export function Reason({ session }: { session: Session }) {
  const { reason } = useConnection();
  return reason === "asked" ? <Asking before={session.reason} /> : null;
}

const LONGEST = 500;

function Asking({ before }: { before: string }) {
  const t = useWords();
  const inWords = useWrong();
  const client = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const [why, setWhy] = useState(before);
  const [wrong, setWrong] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (why.trim() === "") {
      setWrong(t("reason.missing"));
      return;
    }
    setSending(true);
    try {
      await write("put", "/api/v1/session", { body: { reason: why.trim() } });
      answerReason(true);
      await client.invalidateQueries({ queryKey: ["session"] });
    } catch (problem) {
      setWrong(inWords(problem));
      setSending(false);
    }
  };
  return (
    <dialog ref={dialog} className={css.reason} aria-labelledby="reason-title" onClose={() => answerReason(false)}>
      <form className={css.form} noValidate onSubmit={(event) => void submit(event)}>
        <h2 id="reason-title">{t("reason.title")}</h2>
        <p>{t("reason.note")}</p>
        <Textarea
          label={t("reason.label")}
          value={why}
          maxLength={LONGEST}
          autosize
          minRows={2}
          maxRows={6}
          error={wrong}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        <div className={css.buttons}>
          <Button type="submit" loading={sending}>
            {t("reason.record")}
          </Button>
          <Button variant="default" onClick={() => dialog.current?.close()}>
            {t("reason.leave")}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
