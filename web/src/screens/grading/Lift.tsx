import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { write } from "../../api/client";
import { Failed } from "../../parts/States";
import { When } from "../../parts/When";
import css from "./Grading.module.css";
import { useWords } from "../../words";

/** Lets an officer go on whom the unit's rules stop. The reason goes into the ledger. */
export function Lift({ officer, known }: { officer: string; known: readonly string[] }) {
  const t = useWords();
  const queries = useQueryClient();
  const names = useId();
  const [who, setWho] = useState(officer);
  const [reason, setReason] = useState("");
  const [state, setState] = useState<{ readonly error: unknown } | { readonly officer: string; readonly until: string } | "asking" | null>(null);
  const ready = who.trim() !== "" && reason.trim() !== "" && state !== "asking";
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    setState("asking");
    try {
      setState(await write("post", "/api/v1/grades/lift", { body: { officer: who.trim(), reason: reason.trim() } }));
      setReason("");
      await queries.invalidateQueries({ queryKey: ["grades"] });
    } catch (error) {
      setState({ error });
    }
  };
  const done = state !== null && typeof state === "object" && "until" in state ? state : null;
  return (
    <form className={css.lift} onSubmit={(event) => void submit(event)}>
      <p>{t("grading.liftNote")}</p>
      <label>
        {t("grading.liftWho")}
        <input value={who} list={names} required maxLength={200} onChange={(event) => setWho(event.currentTarget.value)} />
      </label>
      <datalist id={names}>
        {known.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </datalist>
      <label>
        {t("grading.liftWhy")}
        <input value={reason} required maxLength={2000} onChange={(event) => setReason(event.currentTarget.value)} />
      </label>
      <Button type="submit" variant="default" disabled={!ready}>
        {t("grading.lift")}
      </Button>
      <p role="status">
        {done ? (
          <>
            {t("grading.lifted", { officer: done.officer })} <When at={done.until} fine="minute" />
          </>
        ) : null}
      </p>
      {state !== null && typeof state === "object" && "error" in state ? <Failed error={state.error} kept={t("grading.notLifted")} /> : null}
    </form>
  );
}
