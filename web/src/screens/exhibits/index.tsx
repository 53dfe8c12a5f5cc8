import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { allRowsOf, numberOf, type RecordOf, textOf } from "../../api/rows";
import { Bars } from "../../parts/Bars";
import { Command } from "../../parts/Command";
import { RowsLink, rowsAddress } from "../../parts/RowsLink";
import { Empty, Failed, Incomplete, Loading } from "../../parts/States";
import { useItems } from "../../parts/useItems";
import { usePrefs } from "../../prefs";
import { share, whole } from "../../show/number";
import { text, useView } from "../../view/params";
import { useLocation } from "wouter";
import { Screen } from "../Screen";
import { OneExhibit } from "./OneExhibit";
import css from "./Exhibits.module.css";
import { SplitBar } from "./SplitBar";
import { branches, knownFiles, splitOf } from "./tree";
import { useWords } from "../../words";

/** The most hits that are counted here by list and category. */
const MOST = 5_000;
const SHAPE = { q: text };

/** What is on the seized devices: what lists know, what they do not, and which lists were tried. */
export default function Exhibits() {
  const t = useWords();
  const { language } = usePrefs();
  const [{ q }] = useView(SHAPE);
  const list = useItems<HTMLUListElement>();
  const exhibits = useQuery({ queryKey: ["exhibits"], queryFn: ({ signal }) => get("/api/v1/exhibits", {}, signal) });
  const hits = useQuery({ queryKey: ["exhibits", "hits"], queryFn: ({ signal }) => allRowsOf("known_match", MOST, {}, signal) });
  const custody = useQuery({ queryKey: ["exhibits", "rows"], queryFn: ({ signal }) => allRowsOf("exhibit", 1_000, {}, signal) });
  if (exhibits.data === undefined) {
    return <Screen id="exhibits">{exhibits.isPending ? <Loading label={t("exhibits.loading")} /> : <Failed error={exhibits.error} onRetry={() => void exhibits.refetch()} />}</Screen>;
  }
  const all = exhibits.data.exhibits;
  if (all.length === 0) {
    return (
      <Screen id="exhibits">
        <Empty title={t("exhibits.empty")} command="tutela exhibit add FILE --number NUMBER">
          {t("exhibits.emptyNote")}
        </Empty>
      </Screen>
    );
  }
  const word = q.toLowerCase();
  const shown = branches(all).filter(({ exhibit }) => `${exhibit.number} ${exhibit.description ?? ""} ${exhibit.form ?? ""}`.toLowerCase().includes(word));
  const counted = hits.data && hits.data.total <= hits.data.records.length ? knownFiles(hits.data.records) : null;
  const splits = new Map(all.map((one) => [one.number, splitOf(one, counted && (counted.get(one.number) ?? 0))]));
  const files = all.reduce((sum, one) => sum + one.files, 0);
  const known = [...splits.values()].reduce((sum, one) => sum + one.known, 0);
  const untried = all.filter(({ lists }) => lists.length === 0).length;
  return (
    <Screen id="exhibits">
      <div className={css.headline}>
        {untried === all.length ? (
          <Empty title={t("exhibits.untried")} command="tutela exhibit match --lists LIST">
            {t("exhibits.untriedNote", { said: whole(files, language) })}
          </Empty>
        ) : (
          <>
            <p className={css.split}>
              <span>
                {counted === null ? `${t("exhibits.atLeast")} ` : ""}
                <RowsLink table="known_match" filter={{ basis: "whole" }} n={known}>
                  {t("exhibits.known", { count: known })}
                </RowsLink>{" "}
                <span className={css.quiet}>{files > 0 ? share(known / files, language) : ""}</span>
              </span>
              <span>
                {whole(files - known, language)} {t("exhibits.fresh", { count: files - known })}{" "}
                <span className={css.quiet}>{files > 0 ? share(1 - known / files, language) : ""}</span>
              </span>
            </p>
            <SplitBar known={known} fresh={files - known} />
            <p className={css.quiet}>{t("exhibits.splitNote")}</p>
            {untried > 0 ? <Incomplete>{t("exhibits.someUntried", { count: untried, said: whole(untried, language) })}</Incomplete> : null}
          </>
        )}
      </div>
      <section aria-labelledby="exhibits-tree" className={css.part}>
        <h2 id="exhibits-tree">{t("exhibits.tree", { said: whole(all.length, language) })}</h2>
        {shown.length === 0 ? <p className={css.quiet}>{t("grid.noneSuch")}</p> : null}
        <ul ref={list} className={css.tree}>
          {shown.map(({ exhibit, depth }) => (
            <li key={exhibit.number} data-item tabIndex={-1} data-depth={Math.min(depth, 3)}>
              <OneExhibit exhibit={exhibit} split={splits.get(exhibit.number) ?? splitOf(exhibit, null)} record={custody.data?.records.find((record) => textOf(record, "number") === exhibit.number) ?? null} />
            </li>
          ))}
        </ul>
      </section>
      {hits.isPending ? <Loading label={t("exhibits.loadingHits")} /> : hits.data === undefined ? <Failed error={hits.error} onRetry={() => void hits.refetch()} /> : <Hits {...hits.data} />}
    </Screen>
  );
}

/** Hits by list and category: counts alone, each with the rows behind it. */
function Hits({ records, total }: { records: readonly RecordOf[]; total: number }) {
  const t = useWords();
  const { language } = usePrefs();
  const [, go] = useLocation();
  if (total === 0) return null;
  const groups = new Map<string, { list: string; category: string; scheme: string; basis: string; n: number }>();
  for (const record of records) {
    const [list, category, scheme, basis] = ["list", "category", "scheme", "basis"].map((column) => textOf(record, column) ?? "");
    const key = JSON.stringify([list, scheme, category, basis]);
    const before = groups.get(key);
    if (before) before.n += 1;
    else groups.set(key, { list: list ?? "", category: category ?? "", scheme: scheme ?? "", basis: basis ?? "", n: 1 });
  }
  const items = [...groups].toSorted(([, a], [, b]) => b.n - a.n);
  const films = records.filter((record) => numberOf(record, "run_frames") !== null).length;
  return (
    <section className={css.part}>
      {total > records.length ? <Incomplete>{t("exhibits.cut", { shown: whole(records.length, language), total: whole(total, language) })}</Incomplete> : null}
      <div className={css.bars}>
        <Bars
          title={t("exhibits.hits")}
          unit={t("exhibits.hitsUnit")}
          items={items.map(([id, { list, category, scheme, basis, n }]) => ({
            id,
            label: `${list} · ${category === "" ? t("exhibits.noCategory") : t("exhibits.category", { category, scheme: scheme || "–" })} · ${t(`exhibits.basis.${basisOf(basis)}`)}`,
            value: n,
          }))}
          onOpen={(id) => {
            const group = groups.get(id);
            if (group) go(rowsAddress("known_match", { list: `=${group.list}`, ...(group.category ? { category: `=${group.category}` } : {}), basis: group.basis }));
          }}
          note={films > 0 ? t("exhibits.similarNote") : t("exhibits.hitNote")}
        />
      </div>
      <p>
        <Command command="tutela exhibit match --lists LIST" />
      </p>
    </section>
  );
}

const BASES = ["whole", "part", "recorded", "similar"] as const;
const basisOf = (said: string) => BASES.find((one) => one === said) ?? "unknown";
