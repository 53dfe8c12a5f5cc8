import type { ReactNode } from "react";
import { noteLook, type RecordOf, textOf } from "../../api/rows";
import type { Exhibit } from "../../api/types";
import { Command } from "../../parts/Command";
import { shellWord } from "../../parts/commands";
import { Masked } from "../../parts/Masked";
import { Place } from "../../parts/Place";
import { placeOf } from "../../parts/places";
import { RowsLink } from "../../parts/RowsLink";
import { Name } from "../../parts/Said";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { bytes, share, whole } from "../../show/number";
import { fineness } from "../../show/precision";
import { useEntity } from "../../shell/entity";
import css from "./Exhibits.module.css";
import { SplitBar } from "./SplitBar";
import type { Split } from "./tree";
import { useWords } from "../../words";

/** One exhibit: what it is, where it came from, what was found on it, and against which lists it was held. */
export function OneExhibit({ exhibit, split, record }: { exhibit: Exhibit; split: Split; record: RecordOf | null }) {
  const t = useWords();
  const { language } = usePrefs();
  const { open } = useEntity();
  const { known, fresh, tried, least } = split;
  const { number, files } = exhibit;
  const of = { exhibit: `=${number}` };
  const count = (n: number) => whole(n, language);
  return (
    <article className={css.exhibit}>
      <header className={css.exhibitHead}>
        <h3>
          <button type="button" className={css.open} data-open onClick={() => open({ kind: "exhibit", id: number })}>
            {t("exhibits.number", { number })}
          </button>
        </h3>
        {exhibit.description ? <p>{exhibit.description}</p> : null}
        <p className={css.quiet}>
          {[exhibit.part_of ? t("exhibits.partOf", { number: exhibit.part_of }) : "", exhibit.form ?? "", exhibit.size ? bytes(exhibit.size, language) : ""].filter(Boolean).join(" · ")}
        </p>
      </header>
      <div className={css.columns}>
        <div className={css.column}>
          {tried ? (
            <>
              <p className={css.small}>
                {least ? `${t("exhibits.atLeast")} ` : ""}
                <RowsLink table="known_match" filter={{ ...of, basis: "whole" }} n={known}>
                  {t("exhibits.known", { count: known })}
                </RowsLink>
                {files > 0 ? ` (${share(known / files, language)}) · ` : " · "}
                {count(fresh)} {t("exhibits.fresh", { count: fresh })}
              </p>
              <SplitBar known={known} fresh={fresh} />
            </>
          ) : (
            <p className={css.care}>{t("exhibits.noList")}</p>
          )}
          <p className={css.quiet}>
            <RowsLink table="file" filter={{ ...of, kind: "file" }}>
              {t("exhibits.files", { count: files, said: count(files) })}
            </RowsLink>{" "}
            {[
              exhibit.deleted > 0 ? t("exhibits.deleted", { count: exhibit.deleted, said: count(exhibit.deleted) }) : "",
              exhibit.similar > 0 ? t("exhibits.similar", { count: exhibit.similar, said: count(exhibit.similar) }) : "",
              exhibit.known_withdrawn > 0 ? t("exhibits.withdrawn", { count: exhibit.known_withdrawn, said: count(exhibit.known_withdrawn) }) : "",
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>
          {exhibit.unread > 0 ? (
            <p className={css.care}>
              <RowsLink table="unread" filter={of} n={exhibit.unread}>
                {t("exhibits.unread", { count: exhibit.unread })}
              </RowsLink>
            </p>
          ) : null}
          <ul className={css.lists}>
            {exhibit.lists.map(({ list, version, digest, looked_up, hits, kinds }) => (
              <li key={`${list} ${version} ${digest}`}>
                <strong>{list}</strong> {version ? t("exhibits.version", { version }) : t("exhibits.noVersion")} ·{" "}
                {t("exhibits.lookedUp", { n: count(looked_up), of: count(files), kinds })} ·{" "}
                <RowsLink table="known_match" filter={{ ...of, list: `=${list}` }} n={hits}>
                  {t("exhibits.hitsOf", { count: hits })}
                </RowsLink>
              </li>
            ))}
          </ul>
        </div>
        <Custody exhibit={exhibit} record={record} />
      </div>
    </article>
  );
}

/** Where it came from, and what shows that it is still the same. */
function Custody({ exhibit: { number, sha256, acquired_hash, image }, record }: { exhibit: Exhibit; record: RecordOf | null }) {
  const t = useWords();
  const seized = record ? textOf(record, "seized") : null;
  const said = record ? textOf(record, "seized_said") : null;
  const from = record ? textOf(record, "seized_from") : null;
  return (
    <div className={css.column}>
      <dl className={css.facts}>
        <Fact label={t("exhibits.seized")}>
          {seized ? <When at={seized} fine={fineness(record ? textOf(record, "seized_precision") : null)} said={said ?? undefined} /> : null}
        </Fact>
        <Fact label={t("exhibits.where")}>{record ? textOf(record, "seized_place") : null}</Fact>
        <Fact label={t("exhibits.from")}>{from ? <Name>{from}</Name> : null}</Fact>
        <Fact label="SHA-256">{sha256 ? <code><Name>{sha256}</Name></code> : null}</Fact>
        <Fact label={t("exhibits.acquired")}>{acquired_hash ? <code>{acquired_hash}</code> : null}</Fact>
        <Fact label={t("exhibits.image")}>{image ? <Masked label={t("masked.fileName")} text={image} onReveal={() => noteLook("exhibit")} /> : null}</Fact>
      </dl>
      <p className={css.tools}>
        {record ? (
          <span data-evidence>
            <Place place={placeOf(record.row.place, record.row.source)} name={record.row.file} />
          </span>
        ) : null}
        <Command command={`tutela custody ${shellWord(number)}`} />
      </p>
    </div>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  const t = useWords();
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children ?? <span className={css.quiet}>{t("entity.unknown")}</span>}</dd>
    </div>
  );
}
