import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get } from "../../api/client";
import type { FetchWindow } from "../../api/window";
import type { Row, Rows as Told } from "../../api/types";
import { CellValue } from "../../parts/CellValue";
import { DataGrid } from "../../parts/DataGrid/DataGrid";
import type { Column } from "../../parts/DataGrid/columns";
import { Place } from "../../parts/Place";
import { placeOf } from "../../parts/places";
import { Empty, Failed, Loading } from "../../parts/States";
import { useGridView } from "../../view/grid";
import { text, useView } from "../../view/params";
import { Behind } from "./Behind";
import { useWords } from "../../words";

const VIEW = { table: text };

/** The rows of a table, as they are stored: what stands behind a number. */
export default function Rows() {
  const t = useWords();
  const [{ table }] = useView(VIEW);
  const tables = useQuery({ queryKey: ["tables"], queryFn: ({ signal }) => get("/api/v1/tables", {}, signal) });
  const known = tables.data?.tables.find(({ name }) => name === table);
  return (
    <Behind title={t("behind.rows", { table })} note={known?.doc ?? ""}>
      {known ? (
        <OfTable key={table} table={table} names={known.columns.map(({ name }) => name)} />
      ) : tables.isPending ? (
        <Loading label={t("grid.loading")} />
      ) : tables.error ? (
        <Failed error={tables.error} onRetry={() => void tables.refetch()} />
      ) : (
        <Empty title={t("behind.noTable")} />
      )}
    </Behind>
  );
}

function OfTable({ table, names }: { table: string; names: readonly string[] }) {
  const t = useWords();
  const [view, onView] = useGridView();
  const fetchWindow = useMemo<FetchWindow<Row>>(
    () => async ({ offset, limit }, signal) => {
      const { rows, total }: Told = await get("/api/v1/tables/{table}/rows", { path: { table }, query: { offset, limit } }, signal);
      return { rows, total };
    },
    [table],
  );
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      { id: "place", header: t("rows.place"), width: 260, cell: (row) => <Place place={placeOf(row.place, row.source)} name={row.file} /> },
      ...names.map((name, i): Column<Row> => ({
        id: name,
        header: name,
        width: /(^|_)(at|from|until|start|end)$/.test(name) ? 190 : 140,
        // The window that holds the row is asked for again: the server writes the look down before it answers.
        cell: (row) => <CellValue column={name} value={row.cells[i]} onReveal={async () => void (await get("/api/v1/tables/{table}/rows", { path: { table }, query: { offset: 0, limit: 1 } }))} />,
      })),
    ],
    [names, t, table],
  );
  return (
    <DataGrid
      name={t("behind.rows", { table })}
      queryKey={["rows", table]}
      columns={columns}
      rowId={(row) => row.row}
      fetchWindow={fetchWindow}
      view={view}
      onView={onView}
      empty={<Empty title={t("behind.noRows")} />}
    />
  );
}
