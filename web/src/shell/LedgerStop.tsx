import { ShieldX } from "lucide-react";
import { Link } from "wouter";
import css from "./Shell.module.css";
import { useWords } from "../words";

/** In place of every screen but the ledger's while the record does not check. */
export function LedgerStop({ claim }: { claim: string }) {
  const t = useWords();
  return (
    <div className={css.stop} role="alert">
      <ShieldX size={32} aria-hidden />
      <h1>{t("ledger.stopped")}</h1>
      <p>{claim}</p>
      <p>{t("ledger.stoppedNote")}</p>
      <Link href="/ledger">{t("ledger.look")}</Link>
    </div>
  );
}
