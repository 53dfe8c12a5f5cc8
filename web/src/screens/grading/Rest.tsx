import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { write } from "../../api/client";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { duration } from "../../show/time";
import css from "./Grading.module.css";
import { BEGINNING, change, PAUSE_MS, resumed, useSitting } from "./session";
import { useWords } from "../../words";

/** Ten minutes away from the files. The officer may go on before: a unit's own rules are for the unit. */
export function Pause({ since_ms }: { since_ms: number }) {
  const t = useWords();
  const { language } = usePrefs();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const left = Math.max(0, PAUSE_MS - (now - since_ms));
  return (
    <div className={css.rest} role="alert">
      <h2>{t("grading.pause")}</h2>
      <p>{left > 0 ? t("grading.pauseNote", { length: duration(Math.ceil(left / 60_000) * 60_000, language) }) : t("grading.pauseOver")}</p>
      <div className={css.row}>
        <Button variant={left > 0 ? "default" : "filled"} onClick={() => change(resumed)}>
          {t(left > 0 ? "grading.goOn" : "grading.resume")}
        </Button>
        <Button variant="default" onClick={() => change((sitting) => ({ ...sitting, ended: true }))}>
          {t("grading.end")}
        </Button>
      </div>
    </div>
  );
}

/** A neutral page at the end: what was done, and a way out. */
export function Ended() {
  const t = useWords();
  const { language } = usePrefs();
  const { graded, again, skipped } = useSitting();
  const [out, setOut] = useState(false);
  const copies = graded.reduce((sum, one) => sum + one.copies, 0);
  const leave = () => {
    write("delete", "/api/v1/session", {}).then(() => setOut(true), () => setOut(false));
  };
  return (
    <div className={css.rest}>
      <h2>{t("grading.ended")}</h2>
      <p>{t("grading.endedGraded", { count: graded.length, said: whole(graded.length, language) })}</p>
      {copies > 0 ? <p>{t("grading.endedCopies", { count: copies, said: whole(copies, language) })}</p> : null}
      {again.length > 0 ? <p>{t("grading.endedAgain", { count: again.length, said: whole(again.length, language) })}</p> : null}
      {skipped.size > 0 ? <p>{t("grading.endedSkipped", { count: skipped.size, said: whole(skipped.size, language) })}</p> : null}
      <p role="status">{out ? t("grading.loggedOut") : ""}</p>
      <div className={css.row}>
        <Link href="/" onClick={() => change(() => BEGINNING)}>
          {t("shell.toOperation")}
        </Link>
        <Button variant="default" onClick={leave} disabled={out}>
          {t("grading.leave")}
        </Button>
      </div>
    </div>
  );
}
