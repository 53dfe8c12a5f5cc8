import { Button } from "@mantine/core";
import { noteLook, textOf } from "../../api/rows";
import { Masked } from "../../parts/Masked";
import { Place } from "../../parts/Place";
import { placeOf } from "../../parts/places";
import { RowsLink } from "../../parts/RowsLink";
import { Name } from "../../parts/Said";
import { usePrefs } from "../../prefs";
import { bytes, whole } from "../../show/number";
import css from "./Grading.module.css";
import type { Item } from "./queue";
import { useWords } from "../../words";

const SHOWN = 5;

export interface ItemCardProps {
  item: Item;
  /** Whoever looks must not know what anybody said of it before: lists have no place then. */
  blind?: boolean;
  onSkip: () => void;
}

/** What is known of a content without looking at it: hash, size, kind, where its copies lie, what lists say. */
export function ItemCard({ item, blind = false, onSkip }: ItemCardProps) {
  const t = useWords();
  const { language } = usePrefs();
  const { hash, size, kind, copies, exhibits, deleted, listed } = item;
  return (
    <article className={css.item} aria-label={t("grading.item")}>
      <p className={css.hash}>
        <Name>{hash}</Name>
      </p>
      <dl className={css.facts}>
        <dt>{t("grading.kind")}</dt>
        <dd>{kind ?? t("entity.unknown")}</dd>
        <dt>{t("grading.size")}</dt>
        <dd>{size === null ? t("entity.unknown") : bytes(size, language)}</dd>
        <dt>{t("grading.copies")}</dt>
        <dd>
          {copies.length === 0 ? t("entity.unknown") : t("grading.copiesOn", { count: copies.length, said: whole(copies.length, language), exhibits: exhibits.join(", ") })}
          {deleted > 0 ? `, ${t("exhibits.deleted", { count: deleted, said: whole(deleted, language) })}` : ""}
        </dd>
        {blind ? null : (
          <>
            <dt>{t("grading.listed")}</dt>
            <dd>
              {listed.length === 0
                ? t("grading.notListed")
                : listed.map((one) => `${one.list}: ${one.category === "" ? t("exhibits.noCategory") : t("exhibits.category", { category: one.category, scheme: one.scheme || "–" })}`).join("; ")}
            </dd>
          </>
        )}
      </dl>
      <ul className={css.copies}>
        {copies.slice(0, SHOWN).map(({ row, cells }) => {
          const path = textOf({ row, cells }, "path");
          return (
            <li key={row.row || JSON.stringify(row.place)}>
              <Place place={placeOf(row.place, row.source)} name={row.file} />
              {path === null ? null : <Masked label={t("masked.fileName")} text={path} onReveal={() => noteLook("file")} />}
            </li>
          );
        })}
      </ul>
      {copies.length > SHOWN ? (
        <RowsLink table="file" filter={{ sha256: `=${hash}` }} n={copies.length}>
          {t("grading.copyRows")}
        </RowsLink>
      ) : null}
      <p>
        <Button variant="default" onClick={onSkip}>
          {t("grading.skip")} <kbd className={css.kbd}>s</kbd>
        </Button>
      </p>
    </article>
  );
}
