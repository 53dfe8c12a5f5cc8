import { Button } from "@mantine/core";
import { useState } from "react";
import { takeFile } from "../../api/client";
import { May } from "../../parts/May";
import { save } from "../../parts/save";
import { Failed } from "../../parts/States";
import { usePrefs } from "../../prefs";
import { bytes } from "../../show/number";
import css from "./Ledger.module.css";
import { useWords } from "../../words";

/** Saves what shows that an entry is in the ledger, for whoever is to check that without the ledger. */
export function SaveProof({ seq }: { seq: number }) {
  const t = useWords();
  const { language } = usePrefs();
  const [state, setState] = useState<{ readonly error: unknown } | { readonly name: string; readonly size: number } | "asking" | null>(null);
  const take = async () => {
    setState("asking");
    try {
      const { name, content } = await takeFile("get", "/api/v1/ledger/proof", { query: { seq } });
      save(name, content);
      setState({ name, size: content.size });
    } catch (error) {
      setState({ error });
    }
  };
  const told = typeof state === "object" ? state : null;
  return (
    <div className={css.proof}>
      <May right="check">
        <Button variant="default" disabled={state === "asking"} onClick={() => void take()}>
          {t("proof.save")}
        </Button>
        <span role="status">{told && "name" in told ? t("proof.saved", { name: told.name, size: bytes(told.size, language) }) : ""}</span>
        <p className={css.nothing}>{t("proof.note")}</p>
        {told && "error" in told ? <Failed error={told.error} kept={t("proof.notSaved")} onRetry={() => void take()} /> : null}
      </May>
    </div>
  );
}
