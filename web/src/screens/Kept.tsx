import { useTables } from "../api/rows";
import { RowsLink } from "../parts/RowsLink";
import { Empty, Failed, Incomplete, Loading } from "../parts/States";
import { useItems } from "../parts/useItems";
import css from "./Kept.module.css";
import type { ScreenId } from "./list";
import { Screen } from "./Screen";
import { useWords } from "../words";

export interface KeptProps {
  id: Extract<ScreenId, "payments" | "exchange">;
  /** The tables that have something of it, those that matter most first. */
  tables: readonly string[];
}

/** What the records have for a screen that does not draw it yet: counts, and the rows behind each. */
export function Kept({ id, tables: names }: KeptProps) {
  const t = useWords();
  const tables = useTables();
  const list = useItems<HTMLUListElement>();
  if (tables.data === undefined) {
    return <Screen id={id}>{tables.isPending ? <Loading label={t("tables.loading")} /> : <Failed error={tables.error} onRetry={() => void tables.refetch()} />}</Screen>;
  }
  const found = names.flatMap((name) => tables.data.find((one) => one.name === name && one.rows > 0) ?? []);
  if (found.length === 0) {
    return (
      <Screen id={id}>
        <Empty title={t(`kept.${id}.empty`)} command="tutela import FILE">
          {t(`kept.${id}.emptyNote`)}
        </Empty>
      </Screen>
    );
  }
  return (
    <Screen id={id}>
      <Incomplete>{t(`kept.${id}.notDrawn`)}</Incomplete>
      <ul ref={list} className={css.list}>
        {found.map(({ name, doc, rows }) => (
          <li key={name} data-item tabIndex={-1}>
            <h2>
              <RowsLink table={name} n={rows}>
                {t("kept.rows", { count: rows })}
              </RowsLink>{" "}
              <code>{name}</code>
            </h2>
            <p lang="en">{doc}</p>
          </li>
        ))}
      </ul>
    </Screen>
  );
}
