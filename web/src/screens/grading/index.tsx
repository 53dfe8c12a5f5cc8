import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { get, write } from "../../api/client";
import { allRowsOf } from "../../api/rows";
import { May } from "../../parts/May";
import { Empty, Failed, Incomplete, Loading } from "../../parts/States";
import { useAction } from "../../keys/Keys";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { oneOf, text, useView } from "../../view/params";
import { Screen } from "../Screen";
import { useClock } from "./clock";
import { Done } from "./Done";
import { Exposure } from "./Exposure";
import { Ended, Pause } from "./Rest";
import css from "./Grading.module.css";
import { ItemCard } from "./ItemCard";
import { itemsOf, leftOf, MOST } from "./queue";
import { Second } from "./Second";
import { change, KEYS, useSitting } from "./session";
import { Setup } from "./Setup";
import { EXPOSURE, isStopped, UnlessStopped } from "./Stopped";
import { useWords } from "../../words";

const TASKS = ["first", "second", "exposure"] as const;
const SHAPE = { from: oneOf(["fresh", "listed"]), exhibit: text };
const TASK = { task: oneOf(TASKS) };

/** Which category: one content after the other by its hash, without a picture and without a name. */
export default function Grading() {
  const t = useWords();
  const { ended, pause_at_ms } = useSitting();
  const [{ task }, changeTask] = useView(TASK);
  if (ended) return <Screen id="grading"><Ended /></Screen>;
  if (pause_at_ms !== null) return <Screen id="grading"><Pause since_ms={pause_at_ms} /></Screen>;
  return (
    <Screen
      id="grading"
      actions={
        <Button variant="default" onClick={() => change((now) => ({ ...now, ended: true }))}>
          {t("grading.end")}
        </Button>
      }
    >
      <nav className={css.tasks} aria-label={t("grading.tasks")}>
        {TASKS.map((one) => (
          <button key={one} type="button" className={css.toggle} aria-current={one === task ? "page" : undefined} onClick={() => changeTask({ task: one })}>
            {t(`grading.task.${one}`)}
          </button>
        ))}
      </nav>
      {task === "exposure" ? (
        <Exposure />
      ) : (
        <May right="decide">
          <UnlessStopped>{task === "second" ? <Second /> : <Work />}</UnlessStopped>
        </May>
      )}
    </Screen>
  );
}

function Work() {
  const t = useWords();
  const { language } = usePrefs();
  const queries = useQueryClient();
  const sitting = useSitting();
  const [{ from, exhibit }, changeView] = useView(SHAPE);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const files = useQuery({ queryKey: ["grading", "files"], queryFn: ({ signal }) => allRowsOf("file", MOST, {}, signal), staleTime: Number.POSITIVE_INFINITY });
  const hits = useQuery({ queryKey: ["grading", "hits"], queryFn: ({ signal }) => allRowsOf("known_match", MOST, {}, signal), staleTime: Number.POSITIVE_INFINITY });
  const grades = useQuery({ queryKey: ["grades"], queryFn: ({ signal }) => get("/api/v1/grades", {}, signal) });

  const items = useMemo(() => (files.data && hits.data ? itemsOf(files.data.records, hits.data.records) : []), [files.data, hits.data]);
  const left = useMemo(() => leftOf(items, grades.data?.grades ?? [], sitting.skipped, from, exhibit), [items, grades.data, sitting.skipped, from, exhibit]);
  const item = left[0] ?? null;
  const ready = sitting.scheme.trim() !== "" && sitting.reason.trim() !== "";
  const before = item !== null && ready;

  useClock(before);

  const send = async (hash: string, category: string | null, scheme: string, reason: string) => {
    setSending(true);
    setError(null);
    try {
      await write("post", "/api/v1/grades", { body: { hashes: [hash], scheme, category, reason } });
      await queries.invalidateQueries({ queryKey: ["grades"] });
      return true;
    } catch (problem) {
      setError(problem);
      if (isStopped(problem)) void queries.invalidateQueries({ queryKey: EXPOSURE });
      return false;
    } finally {
      setSending(false);
    }
  };
  const give = async (key: string) => {
    const category = sitting.categories[Number(key)]?.trim() ?? "";
    if (item === null || sending || !ready || category === "") return;
    const { hash, copies } = item;
    const scheme = sitting.scheme.trim();
    if (await send(hash, category, scheme, sitting.reason.trim())) {
      change((now) => ({ ...now, graded: [...now.graded, { hash, scheme, category, copies: copies.length }] }));
    }
  };
  const skip = () => {
    if (item !== null) change((now) => ({ ...now, skipped: new Set([...now.skipped, item.hash]) }));
  };
  const undo = async () => {
    const last = sitting.graded.at(-1);
    if (last === undefined || sending) return;
    if (await send(last.hash, null, last.scheme, t("grading.undoReason"))) change((now) => ({ ...now, graded: now.graded.slice(0, -1) }));
  };
  const reopen = (hash: string, scheme: string, reason: string) => send(hash, null, scheme, reason);
  useAction("grade", (key) => (KEYS.some((one) => one === key) && item !== null ? void give(key) : false));
  useAction("skip", () => (item === null ? false : skip()));
  useAction("undo", () => (sitting.graded.length === 0 ? false : void undo()));

  const failed = [files, hits, grades].find(({ error: problem, data }) => problem !== null && data === undefined);
  if (failed) return <Failed error={failed.error} onRetry={() => void failed.refetch()} />;
  if (files.data === undefined || hits.data === undefined || grades.data === undefined) return <Loading label={t("grading.loading")} />;
  if (items.length === 0) {
    return (
      <Empty title={t("grading.nothing")} command="tutela exhibit process">
        {t("grading.nothingNote")}
      </Empty>
    );
  }
  const cut = files.data.total > files.data.records.length || hits.data.total > hits.data.records.length;
  const exhibits = [...new Set(items.flatMap((one) => one.exhibits))];
  const enough = sitting.enough !== null && sitting.graded.length >= sitting.enough;
  return (
    <>
      {cut ? <Incomplete>{t("grading.cut", { shown: whole(files.data.records.length, language), total: whole(files.data.total, language) })}</Incomplete> : null}
      {enough ? <Incomplete action={{ label: t("grading.end"), onClick: () => change((now) => ({ ...now, ended: true })) }}>{t("grading.enoughReached", { said: whole(sitting.enough ?? 0, language) })}</Incomplete> : null}
      <div className={css.filters}>
        <label>
          {t("grading.from")}{" "}
          <select value={from} onChange={(event) => changeView({ from: SHAPE.from.read(event.currentTarget.value) })}>
            {(["fresh", "listed"] as const).map((one) => (
              <option key={one} value={one}>
                {t(`grading.fromWords.${one}`)} ({whole(leftOf(items, grades.data.grades, sitting.skipped, one, exhibit).length, language)})
              </option>
            ))}
          </select>
        </label>
        <label>
          {t("entity.kind.exhibit")}{" "}
          <select value={exhibit} onChange={(event) => changeView({ exhibit: event.currentTarget.value })}>
            <option value="">{t("grading.allExhibits")}</option>
            {exhibits.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <p role="status">{t("grading.left", { count: left.length, said: whole(left.length, language) })}</p>
      </div>
      <div className={css.desk}>
        <Setup sitting={sitting} ready={ready} disabled={item === null || sending} onGive={(key) => void give(key)} />
        <div className={css.middle}>
          {item === null ? (
            <Empty title={t("grading.allDone")} {...(sitting.skipped.size > 0 ? { action: { label: t("grading.takeBack"), onClick: () => change((now) => ({ ...now, skipped: new Set() })) } } : {})}>
              {sitting.skipped.size > 0 ? t("grading.skippedNote", { count: sitting.skipped.size, said: whole(sitting.skipped.size, language) }) : t("grading.allDoneNote")}
            </Empty>
          ) : (
            <ItemCard key={item.hash} item={item} onSkip={skip} />
          )}
          {error ? <Failed error={error} kept={t("grading.notGraded")} /> : null}
        </div>
        <Done sitting={sitting} grades={grades.data.grades} sending={sending} onUndo={() => void undo()} onReopen={reopen} />
      </div>
      <p className={css.quiet}>{t("grading.note")}</p>
    </>
  );
}
