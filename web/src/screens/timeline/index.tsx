import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Lead } from "../../api/types";
import { Place } from "../../parts/Place";
import { placeOf } from "../../parts/places";
import { RowsLink } from "../../parts/RowsLink";
import { Name } from "../../parts/Said";
import { Empty, Failed, Incomplete, Loading } from "../../parts/States";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { Choice } from "../../shell/Choice";
import { useEntity } from "../../shell/entity";
import { whole } from "../../show/number";
import { fineness } from "../../show/precision";
import { duration, instant } from "../../show/time";
import { visible } from "../../show/visible";
import { maybe, oneOf, text, useView } from "../../view/params";
import { Screen } from "../Screen";
import { Chart } from "./Chart";
import { dayFrom, dayHour, dayText, gapsOf, type Mark } from "./events";
import css from "./Timeline.module.css";
import { type Events, useEvents } from "./useEvents";
import { useWords } from "../../words";

const SHAPE = { lead: maybe, from: text, until: text, day: text, of: text, as: oneOf(["chart", "table"]), gap: oneOf(["7", "1", "3", "14", "30"]), q: text };
const SHOWN = 300;
const GAPS = 6;

/** When the accounts of a lead were used, by day and hour, beside what operators answered. */
export default function Timeline() {
  const t = useWords();
  const { language } = usePrefs();
  const [view, change] = useView(SHAPE);
  const leads = useQuery({ queryKey: ["leads", language], queryFn: ({ signal }) => get("/api/v1/leads", {}, signal) });
  if (leads.data === undefined) {
    return <Screen id="timeline">{leads.isPending ? <Loading label={t("timeline.loadingLeads")} /> : <Failed error={leads.error} onRetry={() => void leads.refetch()} />}</Screen>;
  }
  const all = leads.data.leads;
  if (all.length === 0) {
    return (
      <Screen id="timeline">
        <Empty title={t("timeline.noLeads")} command="tutela analyse">
          {t("timeline.noLeadsNote")}
        </Empty>
      </Screen>
    );
  }
  const lead = view.lead === null ? (all[0] ?? null) : (all.find((one) => one.lead === view.lead) ?? null);
  return (
    <Screen
      id="timeline"
      actions={
        <Choice
          label={t("timeline.shownAs")}
          value={view.as}
          onChange={(as) => change({ as })}
          options={[
            { value: "chart", face: t("timeline.asChart"), label: t("timeline.asChart") },
            { value: "table", face: t("twin.asTable"), label: t("twin.asTable") },
          ]}
        />
      }
    >
      <div className={css.filters}>
        <label>
          {t("entity.kind.lead")}{" "}
          <select value={lead?.lead ?? ""} onChange={(event) => change({ lead: event.currentTarget.value, from: "", until: "", day: "", of: "" })}>
            {lead === null ? <option value="">{t("timeline.choose")}</option> : null}
            {all.map((one) => (
              <option key={one.lead} value={one.lead}>
                {one.lead} · {t("timeline.accounts", { count: one.accounts.length + one.peers.length, said: whole(one.accounts.length + one.peers.length, language) })}
              </option>
            ))}
          </select>
        </label>
        {lead === null ? <p>{t("timeline.noSuch", { lead: view.lead ?? "" })}</p> : null}
      </div>
      {lead === null ? null : <OfLead key={lead.lead} lead={lead} />}
    </Screen>
  );
}

function OfLead({ lead }: { lead: Lead }) {
  const t = useWords();
  const events = useEvents(lead);
  if (events.data === undefined) {
    return events.error ? <Failed error={events.error} onRetry={() => void events.refetch()} /> : <Loading label={t("timeline.loading")} {...(events.read ?? {})} />;
  }
  if (events.data.marks.length === 0 && events.data.held.length === 0) {
    return (
      <Empty title={t("timeline.empty")} command="tutela import FILE">
        {t("timeline.emptyNote")}
      </Empty>
    );
  }
  return <Drawn lead={lead} events={events.data} />;
}

function Drawn({ lead, events }: { lead: Lead; events: Events }) {
  const t = useWords();
  const { language, zone } = usePrefs();
  const { open } = useEntity();
  const [view, change] = useView(SHAPE);
  const word = view.q.toLowerCase();
  const marks = events.marks.filter((one) => (view.of === "" || one.of === view.of) && `${one.of} ${one.what} ${one.address ?? ""}`.toLowerCase().includes(word));
  const instants = [...marks.flatMap((one) => [one.at_ms, one.until_ms ?? one.at_ms]), ...(marks.length === 0 ? events.held.flatMap((one) => [one.from_ms, one.until_ms ?? one.from_ms]) : [])];
  const ends = instants.map((ms) => dayHour(ms, zone).day);
  const first = ends.reduce((least, day) => Math.min(least, day), ends[0] ?? 0);
  const last = ends.reduce((most, day) => Math.max(most, day), ends[0] ?? 0);
  const from = Math.max(first, dayFrom(view.from) ?? first);
  const until = Math.max(from, Math.min(last, dayFrom(view.until) ?? last));
  const day = dayFrom(view.day);
  const names = [...lead.accounts, ...lead.peers];
  const unread = events.cut.filter(({ of }) => (view.of === "" || view.of === of) && names.includes(of)).map((one) => one.read_until_ms);
  const read_until_ms = unread.length === 0 ? null : Math.min(...unread);
  const gaps = gapsOf(marks, Number(view.gap), read_until_ms);
  const isWhole = from === first && until === last;
  const inSight = marks.filter((one) => {
    const { day: at } = dayHour(one.at_ms, zone);
    return day === null ? at >= from && at <= until : at === day;
  });
  const uncertain = marks.filter(({ until_ms }) => until_ms !== null).length;
  const declared = marks.filter((one) => one.declared).length;
  const lines = [...new Set(events.held.map(({ line }) => line))];
  return (
    <>
      {events.cited ? <Incomplete>{t("timeline.cited")}</Incomplete> : null}
      {events.cut.map(({ of, shown, total }) => (
        <Incomplete key={of}>
          {t("timeline.cut", { shown: whole(shown, language), total: whole(total, language) })} <Name>{of}</Name>
        </Incomplete>
      ))}
      <div className={css.filters}>
        <label>
          {t("timeline.of")}{" "}
          <select value={view.of} onChange={(event) => change({ of: event.currentTarget.value })}>
            <option value="">{t("timeline.ofAll")}</option>
            {names.map((one, i) => (
              <option key={one} value={one}>
                <AccountName name={one} index={i} />
              </option>
            ))}
          </select>
        </label>
        <label>
          {t("timeline.from")} <input type="date" value={dayText(from)} min={dayText(first)} max={dayText(last)} onChange={(event) => change({ from: event.currentTarget.value })} />
        </label>
        <label>
          {t("timeline.until")} <input type="date" value={dayText(until)} min={dayText(first)} max={dayText(last)} onChange={(event) => change({ until: event.currentTarget.value })} />
        </label>
        {isWhole ? null : (
          <button type="button" className={css.button} onClick={() => change({ from: "", until: "" })}>
            {t("timeline.wholeSpan")}
          </button>
        )}
        <p role="status" className={css.quiet}>
          {t("timeline.count", { count: marks.length, said: whole(marks.length, language) })}
          {uncertain > 0 ? ` · ${t("timeline.uncertain", { count: uncertain, said: whole(uncertain, language) })}` : ""}
          {declared > 0 ? ` · ${t("timeline.declared", { count: declared, said: whole(declared, language) })}` : ""}
        </p>
      </div>
      {view.as === "chart" ? (
        <figure className={css.figure}>
          <Chart
            marks={marks}
            held={events.held}
            gaps={gaps}
            read_until_ms={read_until_ms}
            from={from}
            until={until}
            chosen={day}
            onChoose={(next) => change({ day: next === null ? "" : dayText(next) })}
            onSpan={(a, b) => change({ from: dayText(a), until: dayText(b), day: "" })}
          />
          <label className={css.slider}>
            {t("timeline.day")}{" "}
            <input type="range" min={from} max={until} value={day !== null && day >= from && day <= until ? day : from} onChange={(event) => change({ day: dayText(Number(event.currentTarget.value)) })} aria-valuetext={day === null ? t("timeline.noDay") : instant(dayText(day), zone, language, "day")} />
            <span>{day === null ? t("timeline.noDay") : instant(dayText(day), zone, language, "day")}</span>
            {day === null ? null : (
              <button type="button" className={css.button} onClick={() => change({ day: "" })}>
                {t("timeline.clearDay")}
              </button>
            )}
          </label>
          <figcaption className={css.legend}>
            <span><i className={css.dotKey} /> {t("timeline.keyDot", { zone })}</span>
            <span><i className={css.declaredKey} /> {t("timeline.keyDeclared")}</span>
            <span><i className={css.barKey} /> {t("timeline.keyBar")}</span>
            <span><i className={css.gapKey} /> {t("timeline.keyGap")}</span>
            {read_until_ms === null ? null : <span><i className={css.unreadKey} /> {t("timeline.keyUnread")}</span>}
            {lines.map((line, i) => (
              <span key={line}>
                <button type="button" className={css.link} onClick={() => open({ kind: "line", id: line })}>
                  {`${t("timeline.lineShort")}${i + 1}`} <Name>{line}</Name>
                </button>
              </span>
            ))}
          </figcaption>
          <p className={css.quiet}>{lines.length > 0 ? t("timeline.heldNote") : t("timeline.noHeld")}</p>
        </figure>
      ) : null}
      <section className={css.part} aria-labelledby="gaps">
        <div className={css.filters}>
          <h2 id="gaps">{t("timeline.gaps")}</h2>
          <label>
            {t("timeline.gapLeast")}{" "}
            <select value={view.gap} onChange={(event) => change({ gap: SHAPE.gap.read(event.currentTarget.value) })}>
              {(["1", "3", "7", "14", "30"] as const).map((one) => (
                <option key={one} value={one}>
                  {duration(Number(one) * 86_400_000, language)}
                </option>
              ))}
            </select>
          </label>
        </div>
        {gaps.length === 0 ? <p className={css.quiet}>{t("timeline.noGaps")}</p> : null}
        <ul className={css.gapList}>
          {gaps.slice(0, GAPS).map((gap) => (
            <li key={gap.from_ms}>
              <button type="button" className={css.link} onClick={() => change({ from: dayText(dayHour(gap.from_ms, zone).day - 3), until: dayText(dayHour(gap.until_ms, zone).day + 3), day: "" })}>
                {duration(gap.until_ms - gap.from_ms, language)}
              </button>{" "}
              <When at={new Date(gap.from_ms).toISOString()} until={new Date(gap.until_ms).toISOString()} fine="minute" />
            </li>
          ))}
        </ul>
        {gaps.length > GAPS ? <p className={css.quiet}>{t("timeline.moreGaps", { shown: whole(GAPS, language), total: whole(gaps.length, language) })}</p> : null}
        <p className={css.quiet}>{t("timeline.gapNote")}</p>
      </section>
      <Listed marks={inSight} day={view.day} names={names} />
    </>
  );
}

/** An account in a list of choices, which takes text alone. */
function AccountName({ name, index }: { name: string; index: number }) {
  const t = useWords();
  const { presentation } = usePrefs();
  return presentation ? t("timeline.accountNumber", { n: index + 1 }) : visible(name);
}

/** The same as rows: when, of what, from where, and the place in the received file. */
function Listed({ marks, day, names }: { marks: readonly Mark[]; day: string; names: readonly string[] }) {
  const t = useWords();
  const { language, zone } = usePrefs();
  return (
    <section className={css.part} aria-labelledby="listed">
      <div className={css.filters}>
        <h2 id="listed">{day === "" ? t("timeline.rows") : t("timeline.rowsOf", { day: instant(day, zone, language, "day") })}</h2>
        <span className={css.quiet}>{marks.length > SHOWN ? t("timeline.shownOf", { shown: whole(SHOWN, language), total: whole(marks.length, language) }) : t("grid.rows", { count: marks.length, said: whole(marks.length, language) })}</span>
        {names.map((name) => {
          const [of, id] = [name.slice(0, name.indexOf("/")), name.slice(name.indexOf("/") + 1)];
          const table = marks.find((one) => one.of === name)?.table;
          if (table === undefined) return null;
          return (
            <RowsLink key={name} table={table} filter={table === "connection" ? { platform: `=${of}`, account: `=${id}` } : { network: `=${of}`, peer: `=${id}` }}>
              {t("timeline.allOf")} <Name>{name}</Name>
            </RowsLink>
          );
        })}
      </div>
      {/* It scrolls by itself, so keys have to reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={css.scroll} role="region" aria-labelledby="listed" tabIndex={0}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t("timeline.when")}</th>
              <th scope="col">{t("timeline.of")}</th>
              <th scope="col">{t("timeline.what")}</th>
              <th scope="col">{t("entity.kind.address")}</th>
              <th scope="col">{t("tables.place")}</th>
            </tr>
          </thead>
          <tbody>
            {marks.slice(0, SHOWN).map((mark) => (
              <tr key={mark.id}>
                <td>
                  <When
                    at={new Date(mark.at_ms).toISOString()}
                    fine={fineness(mark.precision)}
                    said={mark.said ?? undefined}
                    {...(mark.until_ms !== null && mark.precision !== "day" ? { until: new Date(mark.until_ms).toISOString(), uncertain: true } : {})}
                  />
                  {mark.declared ? <span className={css.quiet}> {t("timeline.zoneDeclared")}</span> : null}
                </td>
                <td>
                  <Name>{mark.of}</Name>
                </td>
                <td>{mark.what}</td>
                <td>{mark.address ?? <span className={css.quiet}>{t("entity.unknown")}</span>}</td>
                <td>
                  <Place place={placeOf(mark.row.place, mark.row.source)} name={mark.row.file} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
