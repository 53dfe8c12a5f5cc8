import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { useEntries } from "../../api/asked";
import { write } from "../../api/client";
import { useSession } from "../../api/session";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { useNow } from "../../show/useNow";
import { useAct } from "../ledger/acts";
import css from "./End.module.css";
import { useWords } from "../../words";

/** As many entries as the server tells at once; who did more in a day is told so. */
const MOST = 500;

/**
 * The last page of a session: neutral, with what the officer did today as the ledger has it, and the way out. It names
 * nobody and nothing of the case, and compares with nobody.
 */
export default function End() {
  const t = useWords();
  const { language, zone } = usePrefs();
  const { data } = useSession();
  const act = useAct();
  const now = useNow();
  const [out, setOut] = useState(false);
  const entries = useEntries({ officer: data?.officer ?? "", limit: MOST });
  const day = (at: Date) => at.toLocaleDateString("en-CA", { timeZone: zone });
  const counts = new Map<string, number>();
  for (const entry of entries.data?.entries ?? []) {
    if (day(new Date(entry.at)) === day(now)) counts.set(entry.act, (counts.get(entry.act) ?? 0) + 1);
  }
  const leave = () => void write("delete", "/api/v1/session", {}).then(() => setOut(true), () => setOut(false));
  return (
    <div className={css.end}>
      <h1>{t("end.title")}</h1>
      {entries.data === undefined ? null : counts.size === 0 ? (
        <p>{t("end.nothing")}</p>
      ) : (
        <>
          <p>{t("end.done")}</p>
          <ul>
            {[...counts].map(([kind, n]) => (
              <li key={kind}>
                {act(kind)}: {whole(n, language)}
              </li>
            ))}
          </ul>
        </>
      )}
      <p role="status">{out ? t("grading.loggedOut") : ""}</p>
      <div className={css.row}>
        <Link href="/">{t("shell.toOperation")}</Link>
        <Button variant="default" onClick={leave} disabled={out}>
          {t("grading.leave")}
        </Button>
      </div>
    </div>
  );
}
