import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { get, write } from "../../api/client";
import { allRowsOf } from "../../api/rows";
import { useAction } from "../../keys/Keys";
import { Name } from "../../parts/Said";
import { Empty, Failed, Loading } from "../../parts/States";
import { usePrefs } from "../../prefs";
import { shortDigest, whole } from "../../show/number";
import { duration } from "../../show/time";
import { useClock } from "./clock";
import css from "./Grading.module.css";
import { ItemCard } from "./ItemCard";
import { categoriesOf, type Item, itemsOf, MOST, secondOf } from "./queue";
import { change, KEYS, type Sitting, useSitting } from "./session";
import { Setup } from "./Setup";
import { EXPOSURE, isStopped } from "./Stopped";
import { useWords } from "../../words";

interface Wanted {
  readonly scheme: string;
  readonly among: readonly string[];
}

interface Came {
  readonly hash: string;
  readonly agreed: boolean;
}

/** A second officer grades what another graded. The page asks for no grade and no hit of a list, so that it can show none. */
export function Second() {
  const t = useWords();
  const sitting = useSitting();
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [among, setAmong] = useState("");
  const scheme = sitting.scheme.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (scheme !== "") setWanted({ scheme, among: categoriesOf(among) });
  };
  return (
    <>
      <form className={css.filters} onSubmit={submit}>
        <label>
          {t("grading.scheme")} <input value={sitting.scheme} required onChange={(event) => { const { value } = event.currentTarget; change((now) => ({ ...now, scheme: value })); }} />
        </label>
        <label>
          {t("grading.among")} <input value={among} onChange={(event) => setAmong(event.currentTarget.value)} />
        </label>
        <Button type="submit" variant="default" disabled={scheme === ""}>
          {t("grading.askSecond")}
        </Button>
      </form>
      <p className={css.quiet}>{t("grading.amongNote")}</p>
      {wanted === null || wanted.scheme !== scheme ? <Empty title={t("grading.secondFirst")}>{t("grading.secondNote")}</Empty> : <Queue wanted={wanted} />}
    </>
  );
}

function Queue({ wanted }: { wanted: Wanted }) {
  const t = useWords();
  const queries = useQueryClient();
  const sitting = useSitting();
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [came, setCame] = useState<Came | null>(null);
  const { scheme, among } = wanted;
  const files = useQuery({ queryKey: ["grading", "files"], queryFn: ({ signal }) => allRowsOf("file", MOST, {}, signal), staleTime: Number.POSITIVE_INFINITY });
  const waiting = useQuery({
    queryKey: ["grades", "second", scheme, ...among],
    queryFn: ({ signal }) => get("/api/v1/grades/second", { query: { scheme, among: JSON.stringify(among) } }, signal),
  });
  const items = useMemo(() => itemsOf(files.data?.records ?? [], []), [files.data]);
  const left = useMemo(() => secondOf(waiting.data?.files ?? [], items, sitting.skipped), [waiting.data, items, sitting.skipped]);
  const item = left[0] ?? null;
  const reason = sitting.reason.trim();
  useClock(item !== null && reason !== "");

  const give = async (key: string) => {
    const category = sitting.categories[Number(key)]?.trim() ?? "";
    if (item === null || sending || reason === "" || category === "") return;
    const { hash } = item;
    setSending(true);
    setError(null);
    try {
      const { graded } = await write("post", "/api/v1/grades/second", { body: { hash, scheme, category, reason } });
      setCame({ hash, agreed: graded[0]?.agreed ?? false });
      change((now) => ({ ...now, again: [...now.again, hash] }));
      await queries.invalidateQueries({ queryKey: ["grades"] });
    } catch (problem) {
      setError(problem);
      if (isStopped(problem)) void queries.invalidateQueries({ queryKey: EXPOSURE });
    } finally {
      setSending(false);
    }
  };
  const skip = () => {
    if (item !== null) change((now) => ({ ...now, skipped: new Set([...now.skipped, item.hash]) }));
  };
  useAction("grade", (key) => (KEYS.some((one) => one === key) && item !== null ? void give(key) : false));
  useAction("skip", () => (item === null ? false : skip()));

  const failed = [files, waiting].find(({ error: problem, data }) => problem !== null && data === undefined);
  if (failed) return <Failed error={failed.error} onRetry={() => void failed.refetch()} />;
  if (files.data === undefined || waiting.data === undefined) return <Loading label={t("grading.loadingSecond")} />;
  return (
    <div className={css.desk}>
      <Setup second sitting={sitting} ready={reason !== ""} disabled={item === null || sending} onGive={(key) => void give(key)} />
      <div className={css.middle}>
        <Waits item={item} onSkip={skip} skipped={sitting.skipped.size} />
        {error ? <Failed error={error} kept={t("grading.notGraded")} /> : null}
      </div>
      <Told sitting={sitting} came={came} left={left.length} />
    </div>
  );
}

function Waits({ item, skipped, onSkip }: { item: Item | null; skipped: number; onSkip: () => void }) {
  const t = useWords();
  const { language } = usePrefs();
  if (item !== null) return <ItemCard key={item.hash} item={item} blind onSkip={onSkip} />;
  const action = skipped > 0 ? { action: { label: t("grading.takeBack"), onClick: () => change((now) => ({ ...now, skipped: new Set() })) } } : {};
  return (
    <Empty title={t("grading.allDone")} {...action}>
      {skipped > 0 ? t("grading.skippedNote", { count: skipped, said: whole(skipped, language) }) : t("grading.noneSecond")}
    </Empty>
  );
}

/** The clock of this sitting, and what came of the last grade: only now it may be told. */
function Told({ sitting, came, left }: { sitting: Sitting; came: Came | null; left: number }) {
  const t = useWords();
  const { language } = usePrefs();
  const minute = 60_000;
  const minutes_ms = Math.floor(sitting.worked_ms / minute) * minute;
  return (
    <section className={css.done} aria-label={t("grading.sitting")}>
      <h2>{t("grading.sitting")}</h2>
      <p role="status">{t("grading.left", { count: left, said: whole(left, language) })}</p>
      <dl className={css.facts}>
        <dt>{t("grading.time")}</dt>
        <dd>{minutes_ms === 0 ? t("grading.underMinute") : duration(minutes_ms, language)}</dd>
        <dt>{t("grading.gradedAgain")}</dt>
        <dd>{whole(sitting.again.length, language)}</dd>
        <dt>{t("grading.handedOver")}</dt>
        <dd>{whole(sitting.skipped.size, language)}</dd>
      </dl>
      <p role="status">
        {came === null ? null : (
          <>
            <Name>{shortDigest(came.hash)}</Name>: <strong className={came.agreed ? undefined : css.care}>{t(came.agreed ? "grading.agreed" : "grading.disagreed")}</strong>
          </>
        )}
      </p>
      <p className={css.quiet}>{t("grading.againNote")}</p>
    </section>
  );
}
