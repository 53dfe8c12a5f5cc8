import { Select } from "@mantine/core";
import { ShieldX } from "lucide-react";
import { useRef } from "react";
import { type LedgerPart, useEntries } from "../../api/asked";
import { useSession } from "../../api/session";
import { useListKeys } from "../../keys/useListKeys";
import { Name } from "../../parts/Said";
import { Empty, Failed, Loading } from "../../parts/States";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { maybe, useView, whole as number } from "../../view/params";
import { Screen } from "../Screen";
import { useAct } from "./acts";
import { EntryLine } from "./EntryLine";
import css from "./Ledger.module.css";
import { Verify } from "./Verify";
import { useWords } from "../../words";

const PAGE = 50;
const VIEW = { officer: maybe, act: maybe, from: number(0) };

/** What was done, by whom and when, and whether nothing of it was changed. */
export default function Ledger() {
  const t = useWords();
  const { language } = usePrefs();
  const session = useSession();
  const [{ officer, act, from }, change] = useView(VIEW);
  const part: LedgerPart = { ...(officer ? { officer } : {}), ...(act ? { act } : {}), offset: from, limit: PAGE };
  const entries = useEntries(part);
  const nameOf = useAct();
  const list = useRef<HTMLOListElement>(null);
  useListKeys(list);
  const red = session.data?.ledger.integrity === "red" ? session.data.ledger.claim : null;
  const told = entries.data;
  return (
    <Screen id="ledger">
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
      <section className={css.entries} aria-label={t("screens.ledger.name")}>
        <div className={css.filters}>
          <Select
            label={t("ledger.officer")}
            placeholder={t("grid.any")}
            clearable
            data={[...new Set([...(told?.officers ?? []), ...(officer ? [officer] : [])])]}
            value={officer}
            onChange={(value) => change({ officer: value, from: 0 })}
          />
          <Select
            label={t("ledger.act")}
            placeholder={t("grid.any")}
            clearable
            data={[...new Set([...(told?.acts ?? []), ...(act ? [act] : [])])].map((value) => ({ value, label: nameOf(value) }))}
            value={act}
            onChange={(value) => change({ act: value, from: 0 })}
          />
          {told ? (
            <p className={css.count} role="status">
              {t("ledger.entries", { count: told.total, said: whole(told.total, language) })}
            </p>
          ) : null}
        </div>
        {told === undefined ? (
          entries.isPending ? (
            <Loading label={t("ledger.loading")} />
          ) : (
            <Failed error={entries.error} onRetry={() => void entries.refetch()} />
          )
        ) : told.entries.length === 0 ? (
          <Empty title={t("ledger.noneSuch")} action={{ label: t("ledger.all"), onClick: () => change({ officer: null, act: null, from: 0 }) }} />
        ) : (
          <ol ref={list} className={css.list} aria-busy={entries.isPlaceholderData}>
            {told.entries.map((entry) => (
              <EntryLine key={entry.seq} entry={entry} />
            ))}
          </ol>
        )}
        {told && told.total > PAGE ? (
          <nav className={css.pages} aria-label={t("grid.pages")}>
            <button type="button" disabled={from === 0} onClick={() => change({ from: Math.max(0, from - PAGE) })}>
              {t("ledger.later")}
            </button>
            <span>{t("grid.span", { from: whole(from + 1, language), until: whole(Math.min(told.total, from + PAGE), language), total: whole(told.total, language) })}</span>
            <button type="button" disabled={from + PAGE >= told.total} onClick={() => change({ from: from + PAGE })}>
              {t("ledger.earlier")}
            </button>
          </nav>
        ) : null}
        {told ? (
          <p className={css.root}>
            {t("ledger.root")} <code><Name>{told.root}</Name></code>
          </p>
        ) : null}
      </section>
    </Screen>
  );
}
