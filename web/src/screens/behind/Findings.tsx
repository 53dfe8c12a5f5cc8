import { useMemo } from "react";
import { get } from "../../api/client";
import { useLook } from "../../api/asked";
import type { Finding } from "../../api/types";
import type { FetchWindow } from "../../api/window";
import { DataGrid } from "../../parts/DataGrid/DataGrid";
import type { Column } from "../../parts/DataGrid/columns";
import { Said } from "../../parts/Said";
import { Strength } from "../../parts/Strength";
import { Empty } from "../../parts/States";
import { usePrefs } from "../../prefs";
import { useEntity } from "../../shell/entity";
import { log10, whole } from "../../show/number";
import { useGridView } from "../../view/grid";
import { text, useView } from "../../view/params";
import { Behind } from "./Behind";
import css from "./Behind.module.css";
import { useWords } from "../../words";

const VIEW = { analysis: text };

/** The findings of an analysis: what stands behind a number. Each opens its card, with its rows. */
export default function Findings() {
  const t = useWords();
  const { language } = usePrefs();
  const [{ analysis }] = useView(VIEW);
  const [view, onView] = useGridView();
  const { open } = useEntity();
  const look = useLook();
  const fetchWindow = useMemo<FetchWindow<Finding>>(
    () => async ({ offset, limit }, signal) => {
      const { findings, total } = await get("/api/v1/findings", { query: { ...(analysis ? { analysis } : {}), offset, limit } }, signal);
      return { rows: findings, total };
    },
    [analysis],
  );
  const columns = useMemo<readonly Column<Finding>[]>(
    () => [
      {
        id: "finding",
        header: t("entity.kind.finding"),
        width: 120,
        cell: ({ finding }) => (
          <button type="button" className={css.open} onClick={() => open({ kind: "finding", id: finding })}>
            {finding}
          </button>
        ),
      },
      { id: "statement", header: t("person.statement"), cell: ({ statement, finding }) => <span title={statement}><Said text={statement} onReveal={() => look.finding(finding)} /></span> },
      { id: "strength", header: t("person.strength"), width: 230, cell: ({ log10_lr, words, propositions }) =>
          log10_lr === null || log10_lr === undefined || propositions.length > 0 ? <Strength brief log10_lr={log10_lr ?? null} {...(words ? { words } : {})} /> : t("person.ground", { said: log10(log10_lr, language) }) },
      { id: "n_rows", header: t("person.rows"), width: 80, numeric: true, cell: ({ n_rows }) => whole(n_rows, language) },
    ],
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [t, language, open],
  );
  return (
    <Behind title={t("behind.findings", { analysis: analysis || t("behind.all") })} note={t("behind.findingsNote")}>
      <DataGrid
        name={t("behind.findings", { analysis })}
        queryKey={["findings", analysis]}
        columns={columns}
        rowId={({ finding }) => finding}
        fetchWindow={fetchWindow}
        view={view}
        onView={onView}
        onOpen={({ finding }) => open({ kind: "finding", id: finding })}
        empty={<Empty title={t("behind.noFindings")} />}
      />
    </Behind>
  );
}
