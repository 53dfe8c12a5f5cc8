import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { allRowsOf, isSortable, type RecordOf, textOf, useTables } from "../../api/rows";
import type { Source } from "../../api/types";
import { Command } from "../../parts/Command";
import { Place } from "../../parts/Place";
import type { PlaceOf } from "../../parts/places";
import { Failed, Incomplete, Loading } from "../../parts/States";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { useSession } from "../../api/session";
import { blinded, matches } from "./asks";
import css from "./Legal.module.css";
import { useWords } from "../../words";

/** The most questions that are read of the table where the server does not filter it. */
const MOST = 2_000;

export interface FourEyesProps {
  /** The request that is checked; empty for none. */
  request: string;
  known: boolean;
  sources: readonly Source[];
}

/**
 * The check of address and time by a second officer, who writes them from the record and not from the question.
 * What is written here stays in the page: the record of two persons is made where acts are signed.
 */
export function FourEyes({ request, known, sources }: FourEyesProps) {
  const t = useWords();
  return (
    <section className={css.part} aria-labelledby="four-eyes">
      <h2 id="four-eyes">{t("legal.fourEyes")}</h2>
      <p className={css.prose}>{t("legal.fourEyesWhy")}</p>
      {request !== "" && known ? <Questions key={request} request={request} sources={sources} /> : <p className={css.quiet}>{t("legal.fourEyesChoose")}</p>}
      <p className={css.prose}>{t("legal.fourEyesHonest")}</p>
      <p className={css.after}>
        <Command command="tutela rules --four-eyes yes" />
        <Command command="tutela ask L-001 --of HOLDER -o DIR --second NAME" />
      </p>
    </section>
  );
}

function Questions({ request, sources }: { request: string; sources: readonly Source[] }) {
  const t = useWords();
  const { language } = usePrefs();
  const tables = useTables();
  const filters = isSortable(tables.data?.find(({ name }) => name === "request"));
  const rows = useQuery({
    queryKey: ["questions", request, filters],
    enabled: tables.data !== undefined,
    queryFn: ({ signal }) => allRowsOf("request", MOST, filters ? { where: [{ column: "request", is: request }] } : {}, signal),
  });
  const [at, setAt] = useState(0);
  const [done, setDone] = useState<ReadonlySet<number>>(new Set());
  if (tables.error !== null || rows.error !== null) return <Failed error={tables.error ?? rows.error} onRetry={() => void (tables.error ? tables.refetch() : rows.refetch())} />;
  if (rows.data === undefined) return <Loading label={t("legal.loading")} />;
  const questions = rows.data.records.filter((record) => textOf(record, "request") === request);
  const cut = !filters && rows.data.total > rows.data.records.length;
  const record = questions[Math.min(at, questions.length - 1)];
  return (
    <div className={css.check}>
      {cut ? <Incomplete>{t("legal.cut", { shown: whole(rows.data.records.length, language), total: whole(rows.data.total, language) })}</Incomplete> : null}
      {record === undefined ? (
        <p className={css.quiet}>{t("legal.noQuestions")}</p>
      ) : (
        <>
          <p className={css.stepper}>
            <button type="button" className={css.more} disabled={at === 0} onClick={() => setAt(at - 1)}>
              {t("grid.before")}
            </button>
            <span role="status">{t("legal.questionOf", { request, n: whole(at + 1, language), of: whole(questions.length, language), done: whole(done.size, language) })}</span>
            <button type="button" className={css.more} disabled={at >= questions.length - 1} onClick={() => setAt(at + 1)}>
              {t("grid.after")}
            </button>
          </p>
          <Question key={record.row.row} record={record} sources={sources} onMatch={() => setDone(new Set([...done, at]))} />
        </>
      )}
    </div>
  );
}

/** The place of the record that a question was copied from, as the table writes it. */
function fromPlace(file: string, said: string): PlaceOf {
  const [, kind, rest = ""] = /^(line|record|pointer):(.*)$/s.exec(said) ?? [];
  const whole_file = { file: `sha256:${file}` };
  if (kind === "line" && /^\d+$/.test(rest)) return { ...whole_file, line: Number(rest) };
  if (kind === "pointer") return { ...whole_file, pointer: rest };
  return whole_file;
}

function Question({ record, sources, onMatch }: { record: RecordOf; sources: readonly Source[]; onMatch: () => void }) {
  const t = useWords();
  const officer = useSession().data?.officer ?? "";
  const [last, setLast] = useState("");
  const [hour, setHour] = useState("");
  const [found, setFound] = useState<"match" | "differs" | null>(null);
  const address = textOf(record, "address") ?? "";
  const asked = textOf(record, "at") ?? "";
  const blind = blinded(address, asked);
  const source = textOf(record, "from_source") ?? "";
  const port = textOf(record, "port");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (blind === null) return;
    const same = matches(blind, last, hour);
    setFound(same ? "match" : "differs");
    if (same) onMatch();
  };
  return (
    <form className={css.question} onSubmit={submit}>
      <dl className={css.facts}>
        <div>
          <dt>{t("legal.fromRecord")}</dt>
          <dd>
            <Place place={fromPlace(source, textOf(record, "from_place") ?? "")} {...nameOf(sources, source)} />
          </dd>
        </div>
        <div>
          <dt>{t("legal.port")}</dt>
          <dd>{port ?? <strong className={css.care}>{t("legal.portMissing")}</strong>}</dd>
        </div>
        {found === "match" ? (
          <div>
            <dt>{t("legal.conversion")}</dt>
            <dd>
              <code>{textOf(record, "at_in_record")}</code> → <When at={asked} />
              {" → "}
              <code>{address}</code>
            </dd>
          </div>
        ) : null}
      </dl>
      {blind === null ? (
        <p className={css.quiet}>{t("legal.cannotBlind")}</p>
      ) : (
        <p className={css.blind}>
          <span>{t("legal.asAsked")}</span>
          <label>
            <code>{blind.addressShown}</code>
            <input aria-label={t("legal.lastGroup")} size={4} value={last} autoComplete="off" onChange={(event) => { setLast(event.currentTarget.value); setFound(null); }} />
          </label>
          <label>
            <code>{blind.day}T</code>
            <input aria-label={t("legal.hour")} size={2} value={hour} autoComplete="off" inputMode="numeric" onChange={(event) => { setHour(event.currentTarget.value); setFound(null); }} />
            <code>{blind.rest}Z</code>
          </label>
          <button type="submit" className={css.more} disabled={last.trim() === "" || hour.trim() === ""}>
            {t("legal.compare")}
          </button>
        </p>
      )}
      <p role="status" className={found === "differs" ? css.stop : css.good}>
        {found === "match" ? t("legal.match", { officer }) : found === "differs" ? t("legal.differs") : ""}
      </p>
    </form>
  );
}

function nameOf(sources: readonly Source[], digest: string): { name?: string } {
  const name = sources.find(({ sha256 }) => sha256 === digest)?.name;
  return name === undefined ? {} : { name };
}
