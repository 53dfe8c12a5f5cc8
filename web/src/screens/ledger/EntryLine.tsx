import { useState } from "react";
import type { Entry } from "../../api/types";
import { Name } from "../../parts/Said";
import { When } from "../../parts/When";
import { useAct } from "./acts";
import { Body } from "./Body";
import css from "./Ledger.module.css";
import { brief } from "./brief";
import { SaveProof } from "./SaveProof";
import { useWords } from "../../words";

/** One act: who, when, what, and its particulars when somebody opens it. */
export function EntryLine({ entry }: { entry: Entry }) {
  const t = useWords();
  const act = useAct();
  const [open, setOpen] = useState(false);
  const short = brief(entry.body);
  return (
    <li className={css.entry} data-open={open}>
      <button type="button" data-item className={css.line} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className={css.seq}>{entry.seq}</span>
        <span className={css.at}>
          <When at={entry.at} />
        </span>
        <span className={css.act}>{act(entry.act)}</span>
        <span className={css.by}>
          <Name>{entry.second ? `${entry.officer}, ${entry.second}` : entry.officer}</Name>
        </span>
        <span className={css.brief}>{entry.erased ? t("ledger.erased") : <Name>{short}</Name>}</span>
      </button>
      {open ? (
        <div className={css.body}>
          {entry.signer ? (
            <p>
              {t("ledger.signedBy")} <code>{entry.signer}</code>
            </p>
          ) : null}
          {entry.erased ? <p>{t("ledger.erasedNote")}</p> : <Body value={entry.body} />}
          <SaveProof seq={entry.seq} />
        </div>
      ) : null}
    </li>
  );
}
