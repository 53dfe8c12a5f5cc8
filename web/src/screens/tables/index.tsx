import { Select } from "@mantine/core";
import { X } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { isSortable, readyRowsOf, recordOf, type RecordOf, type TableTold, useTables } from "../../api/rows";
import type { FetchWindow } from "../../api/window";
import { DataGrid } from "../../parts/DataGrid/DataGrid";
import { Place } from "../../parts/Place";
import { placeOf } from "../../parts/places";
import { Empty, Failed, Incomplete, Loading } from "../../parts/States";
import { Name } from "../../parts/Said";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { useEntity } from "../../shell/entity";
import { useGridView } from "../../view/grid";
import { flag, useView } from "../../view/params";
import frame from "../Screen.module.css";
import { Cell } from "./Cell";
import { columnsOf, conditionsOf, isBeside } from "./columns";
import { entitiesOf } from "./entities";
import css from "./Tables.module.css";
import { useWords } from "../../words";

/** Any table of the operation, reached from every count: `/tables/connection?filter=event:login`. */
export default function Tables() {
  const t = useWords();
  const { name } = useParams<{ name?: string }>();
  const tables = useTables();
  if (tables.isPending) return <Loading label={t("tables.loading")} />;
  if (tables.data === undefined) return <Failed error={tables.error} onRetry={() => void tables.refetch()} />;
  if (name === undefined) return <Index tables={tables.data} />;
  const table = tables.data.find((one) => one.name === name);
  if (table === undefined) {
    return (
      <div className={frame.screen}>
        <Empty title={t("tables.noSuch")}>
          <Link href="/tables">{t("tables.all")}</Link>
        </Empty>
      </div>
    );
  }
  return <OneTable key={name} table={table} tables={tables.data} />;
}

/** All tables, with what a row of each is. */
function Index({ tables }: { tables: readonly TableTold[] }) {
  const t = useWords();
  const { language } = usePrefs();
  return (
    <div className={frame.screen}>
      <header className={frame.head}>
        <div>
          <h1>{t("tables.title")}</h1>
          <p className={frame.question}>{t("tables.question")}</p>
        </div>
      </header>
      <table className={css.index}>
        <thead>
          <tr>
            <th scope="col">{t("tables.table")}</th>
            <th scope="col">{t("tables.rows")}</th>
            <th scope="col">{t("tables.doc")}</th>
          </tr>
        </thead>
        <tbody>
          {tables
            .toSorted((a, b) => Number(b.rows > 0) - Number(a.rows > 0))
            .map(({ name, rows, doc }) => (
              <tr key={name}>
                <th scope="row">
                  <Link href={`/tables/${name}`}>{name}</Link>
                </th>
                <td>{whole(rows, language)}</td>
                <td lang="en">{doc}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

const SHAPE = { all: flag };

function OneTable({ table, tables }: { table: TableTold; tables: readonly TableTold[] }) {
  const t = useWords();
  const { language } = usePrefs();
  const [, go] = useLocation();
  const [view, change] = useGridView();
  const [{ all }, changeShape] = useView(SHAPE);
  const [preparing, setPreparing] = useState(false);
  const [opened, setOpened] = useState<RecordOf | null>(null);
  const sortable = isSortable(table);
  const asked = Object.values(view.filter).some((value) => value !== "") || view.sort.length > 0;
  const columns = useMemo(() => columnsOf(table, all, t("tables.place")), [table, all, t]);

  const fetchWindow = useCallback<FetchWindow<RecordOf>>(
    async ({ offset, limit, sort, filter }, signal) => {
      const where = sortable ? conditionsOf(table, filter) : [];
      const answer = await readyRowsOf(table.name, { offset, limit, sort: sortable ? sort[0] : undefined, where }, signal, setPreparing);
      return { rows: answer.rows.map((row) => recordOf(answer.columns, row)), total: answer.total };
    },
    [table, sortable],
  );

  return (
    <div className={frame.screen}>
      <header className={css.head}>
        <div>
          <h1>{table.name}</h1>
          <p className={css.doc} lang="en">
            {table.doc}
          </p>
        </div>
        <div className={css.tools}>
          <Link href="/tables">{t("tables.all")}</Link>
          <Select
            aria-label={t("tables.choose")}
            data={tables.map(({ name, rows }) => ({ value: name, label: `${name} (${whole(rows, language)})` }))}
            value={table.name}
            allowDeselect={false}
            onChange={(next) => next !== null && go(`/tables/${next}`)}
          />
        </div>
      </header>
      <details className={css.columns}>
        <summary>{t("tables.columns")}</summary>
        <dl>
          {table.columns.map(({ name, doc, kind }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd lang="en">
                {doc || t("tables.beside")} <span className={css.kind}>{kind}</span>
              </dd>
            </div>
          ))}
        </dl>
      </details>
      <div className={css.split}>
        <DataGrid<RecordOf>
          name={table.name}
          queryKey={["rows", table.name]}
          columns={columns}
          rowId={({ row }) => row.row}
          fetchWindow={fetchWindow}
          view={view}
          onView={change}
          onOpen={setOpened}
          onEvidence={setOpened}
          empty={<Empty title={t("tables.empty")} command="tutela import FILE…">{t("tables.emptyNote")}</Empty>}
          notice={
            <>
              {preparing ? <Incomplete>{t("tables.preparing")}</Incomplete> : null}
              {asked && !sortable ? <Incomplete action={{ label: t("tables.unfilter"), onClick: () => change({ filter: {}, sort: [] }) }}>{t("tables.noFilter")}</Incomplete> : null}
              {table.columns.some(isBeside) ? (
                <label>
                  <input type="checkbox" checked={all} onChange={(event) => changeShape({ all: event.currentTarget.checked })} /> {t("tables.showBeside")}
                </label>
              ) : null}
            </>
          }
        />
        {opened ? <Details table={table} record={opened} onClose={() => setOpened(null)} /> : null}
      </div>
    </div>
  );
}

/** All that a row says, with what each column means, where it stands, and whom or what it names. */
function Details({ table, record, onClose }: { table: TableTold; record: RecordOf; onClose: () => void }) {
  const t = useWords();
  const { open } = useEntity();
  const entities = entitiesOf(record);
  return (
    <section className={css.details} aria-label={t("tables.row")}>
      <header className={css.detailsHead}>
        <h2>{t("tables.row")}</h2>
        <button type="button" className={css.close} aria-label={t("tables.closeRow")} onClick={onClose}>
          <X size={16} aria-hidden />
        </button>
      </header>
      <dl className={css.facts}>
        <div>
          <dt>{t("tables.place")}</dt>
          <dd>
            <Place place={placeOf(record.row.place, record.row.source)} name={record.row.file} />
          </dd>
          <dd>
            <p>SHA-256 <Name>{record.row.source}</Name></p>
          </dd>
        </div>
        {table.columns
          .filter(({ name }) => record.cells[name] !== null && record.cells[name] !== undefined)
          .map((column) => (
            <div key={column.name}>
              <dt>{column.name}</dt>
              <dd>
                <Cell table={table.name} column={column} record={record} />
              </dd>
              {column.doc ? (
                <dd lang="en">
                  <p>{column.doc}</p>
                </dd>
              ) : null}
            </div>
          ))}
      </dl>
      {entities.length > 0 ? (
        <p className={css.entities}>
          {entities.map((entity) => (
            <button key={`${entity.kind}:${entity.id}`} type="button" onClick={() => open(entity)}>
              {t(`entity.kind.${entity.kind}`)} <Name>{entity.id}</Name>
            </button>
          ))}
        </p>
      ) : null}
    </section>
  );
}
