import { Select } from "@mantine/core";
import { useRef } from "react";
import { type LedgerPart, useEntries } from "../../api/asked";
import { useListKeys } from "../../keys/useListKeys";
import { Name } from "../../parts/Said";
import { Empty, Failed, Loading } from "../../parts/States";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { maybe, useView, whole as number } from "../../view/params";
import { useAct } from "./acts";
import { EntryLine } from "./EntryLine";
import css from "./Ledger.module.css";
import { useOfficerLabel } from "./officers";
import { Pages } from "./Pages";
import { useWords } from "../../words";

const PAGE = 50;
const VIEW = { officer: maybe, act: maybe, from: number(0) };

/** What was done, by whom and when. */
export function Done() {
  const t = useWords();
  const { language } = usePrefs();
  const [{ officer, act, from }, change] = useView(VIEW);
  const part: LedgerPart = { ...(officer ? { officer } : {}), ...(act ? { act } : {}), offset: from, limit: PAGE };
  const entries = useEntries(part);
  const nameOf = useAct();
  const list = useRef<HTMLOListElement>(null);
  useListKeys(list);
  const told = entries.data;
  const officers = [...new Set([...(told?.officers ?? []), ...(officer ? [officer] : [])])];
  const labelOf = useOfficerLabel(officers);
  return (
    <section className={css.entries} aria-label={t("screens.ledger.name")}>
      <div className={css.filters}>
        <Select
          label={t("ledger.officer")}
          placeholder={t("grid.any")}
          clearable
          data={officers.map((value) => ({ value, label: labelOf(value) }))}
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
      {told ? <Pages from={from} total={told.total} page={PAGE} later={t("ledger.later")} earlier={t("ledger.earlier")} onGo={(next) => change({ from: next })} /> : null}
      {told ? (
        <p className={css.root}>
          {t("ledger.root")} <code><Name>{told.root}</Name></code>
        </p>
      ) : null}
    </section>
  );
}
