import { Select, TextInput } from "@mantine/core";
import { type KeyboardEvent, useRef, useState } from "react";
import { useLooks } from "../../api/asked";
import type { LookCount, LookedAt } from "../../api/types";
import { useListKeys } from "../../keys/useListKeys";
import { Name } from "../../parts/Said";
import { Empty, Failed, Loading } from "../../parts/States";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { maybe, text, useView, whole as number } from "../../view/params";
import css from "./Ledger.module.css";
import { day, knownKind, partOf } from "./looked";
import { useOfficerLabel } from "./officers";
import { Pages } from "./Pages";
import { useWords } from "../../words";

const PAGE = 50;
const VIEW = { officer: maybe, kind: maybe, of: text, since: day, until: day, from: number(0) };

/** Who looked at what, when and why: one's own looks, or everybody's for those who may audit. */
export function Looked() {
  const t = useWords();
  const { language, presentation } = usePrefs();
  const [view, change] = useView(VIEW);
  const looks = useLooks(partOf(view, PAGE));
  const nameOf = useKind();
  const list = useRef<HTMLOListElement>(null);
  useListKeys(list);
  const told = looks.data;
  const officers = withChosen(told?.officers, view.officer);
  const labelOf = useOfficerLabel(officers.map(({ name }) => name));
  const counted = ({ name, looks: n }: LookCount, label: string) => ({ value: name, label: t("looked.counted", { name: label, said: whole(n, language) }) });
  return (
    <section className={css.entries} aria-label={t("looked.looked")}>
      {told?.whose === "own" ? <p>{t("looked.own")}</p> : null}
      <div className={css.filters}>
        <Select
          label={t("ledger.officer")}
          placeholder={t("grid.any")}
          clearable
          data={officers.map((one) => counted(one, labelOf(one.name)))}
          value={view.officer}
          onChange={(officer) => change({ officer, from: 0 })}
        />
        <Select
          label={t("looked.kindLabel")}
          placeholder={t("grid.any")}
          clearable
          data={withChosen(told?.kinds, view.kind).map((one) => counted(one, nameOf(one.name)))}
          value={view.kind}
          onChange={(kind) => change({ kind, from: 0 })}
        />
        {presentation ? (
          // What is sought may be a name.
          <TextInput label={t("looked.of")} disabled value={view.of === "" ? "" : t("looked.hidden")} readOnly />
        ) : (
          <Letters value={view.of} onSeek={(of) => change({ of, from: 0 })} />
        )}
        <TextInput type="date" label={t("looked.since")} value={view.since} max={view.until || undefined} onChange={(event) => change({ since: event.currentTarget.value, from: 0 })} />
        <TextInput type="date" label={t("looked.until")} value={view.until} min={view.since || undefined} onChange={(event) => change({ until: event.currentTarget.value, from: 0 })} />
        {told ? (
          <p className={css.count} role="status">
            {t("looked.count", { count: told.total, said: whole(told.total, language) })}
          </p>
        ) : null}
      </div>
      {told === undefined ? (
        looks.isPending ? (
          <Loading label={t("looked.loading")} />
        ) : (
          <Failed error={looks.error} onRetry={() => void looks.refetch()} />
        )
      ) : told.looks.length === 0 ? (
        <Empty title={t("looked.noneSuch")} action={{ label: t("looked.all"), onClick: () => change({ officer: null, kind: null, of: "", since: "", until: "", from: 0 }) }} />
      ) : (
        <ol ref={list} className={css.list} aria-busy={looks.isPlaceholderData}>
          {told.looks.map((look, i) => (
            <Line key={told.total - view.from - i} look={look} />
          ))}
        </ol>
      )}
      {told ? <Pages from={view.from} total={told.total} page={PAGE} later={t("looked.later")} earlier={t("looked.earlier")} onGo={(from) => change({ from })} /> : null}
      {told ? <p className={css.root}>{t("looked.zone", { zone: told.zone })}</p> : null}
    </section>
  );
}

/** Letters to seek, which are asked for when they are whole: each is a reading of the log. */
function Letters({ value, onSeek }: { value: string; onSeek: (value: string) => void }) {
  const t = useWords();
  const [draft, setDraft] = useState(value);
  const [sought, setSought] = useState(value);
  // Whoever clears the filters, or follows a link, changes the field too.
  if (sought !== value) {
    setSought(value);
    setDraft(value);
  }
  const seek = () => {
    if (draft.trim() !== value) onSeek(draft.trim());
  };
  return (
    <TextInput
      type="search"
      label={t("looked.of")}
      value={draft}
      maxLength={200}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={seek}
      onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => {
        if (event.key === "Enter") seek();
      }}
    />
  );
}

/** One look. */
function Line({ look }: { look: LookedAt }) {
  const t = useWords();
  const nameOf = useKind();
  const of = look.of ?? null;
  return (
    <li className={css.entry}>
      <div className={css.look} data-item tabIndex={-1}>
        <span className={css.at}>
          <When at={look.at} />
        </span>
        <span className={css.by}>
          <Name>{look.officer}</Name>
        </span>
        <span className={css.act}>{nameOf(look.kind)}</span>
        <span className={css.of}>{of === null ? <em className={css.nothing}>{t("looked.withheld")}</em> : of === "" ? null : <Name>{of}</Name>}</span>
        <span className={css.why}>{look.reason === "" ? t("looked.noReason") : <Reason said={look.reason} />}</span>
      </div>
    </li>
  );
}

/** Why somebody looked, in their own words, which may name somebody. */
function Reason({ said }: { said: string }) {
  const t = useWords();
  const [before = "", after = ""] = t("looked.because", { reason: "\n" }).split("\n");
  return (
    <>
      {before}
      <Name>{said}</Name>
      {after}
    </>
  );
}

/** What was looked at, in words; what this version does not know has its own. */
function useKind(): (kind: string) => string {
  const t = useWords();
  return (kind) => {
    const known = knownKind(kind);
    return known ? t(`looked.kind.${known}`) : kind;
  };
}

/** What can be chosen, with what is chosen already, which a link may name though nobody has it. */
const withChosen = (counts: readonly LookCount[] = [], chosen: string | null): readonly LookCount[] =>
  chosen === null || counts.some(({ name }) => name === chosen) ? counts : [...counts, { name: chosen, looks: 0 }];
