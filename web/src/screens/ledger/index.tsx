import { ShieldX } from "lucide-react";
import { useSession } from "../../api/session";
import { Choice } from "../../shell/Choice";
import { maybe, oneOf, text, useView, whole as number } from "../../view/params";
import { Screen } from "../Screen";
import { Done } from "./Done";
import css from "./Ledger.module.css";
import { Looked } from "./Looked";
import { Verify } from "./Verify";
import { useWords } from "../../words";

/** Filters of one list are not those of the other; the officer is of both. */
const VIEW = { show: oneOf(["done", "looked"]), act: maybe, kind: maybe, of: text, since: text, until: text, from: number(0) };

/** What was done, by whom and when, whether nothing of it was changed, and who looked at what. */
export default function Ledger() {
  const t = useWords();
  const session = useSession();
  const [{ show }, change] = useView(VIEW);
  const red = session.data?.ledger.integrity === "red" ? session.data.ledger.claim : null;
  return (
    <Screen
      id="ledger"
      actions={
        <Choice
          label={t("looked.shown")}
          value={show}
          onChange={(next) => change({ show: next, act: null, kind: null, of: "", since: "", until: "", from: 0 })}
          options={[
            { value: "done", face: t("looked.done"), label: t("looked.done") },
            { value: "looked", face: t("looked.looked"), label: t("looked.looked") },
          ]}
        />
      }
    >
      {red ? (
        <div className={css.red} role="alert">
          <ShieldX size={24} aria-hidden />
          <div>
            <h2>{t("ledger.stopped")}</h2>
            <p>{red}</p>
            <p>{t("ledger.stoppedNote")}</p>
          </div>
        </div>
      ) : null}
      <Verify />
      {show === "looked" ? <Looked /> : <Done />}
    </Screen>
  );
}
