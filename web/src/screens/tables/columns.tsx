import type { Condition, RecordOf, TableTold, ColumnTold } from "../../api/rows";
import type { Filter } from "../../api/window";
import type { Column, ColumnFilter } from "../../parts/DataGrid/columns";
import { Place } from "../../parts/Place";
import { placeOf } from "../../parts/places";
import { Cell } from "./Cell";

/** The words of a closed list: `one of: yes, no, unknown`. */
export function choicesOf(kind: string): readonly string[] | null {
  const said = /^one of: (.+)$/.exec(kind)?.[1];
  return said === undefined ? (kind === "true or false" ? ["true", "false"] : null) : said.split(", ");
}

const isTime = (kind: string) => kind.startsWith("a time");
const isNumber = (kind: string) => kind.startsWith("a whole number") || kind.startsWith("a port");

/** Columns that only say how a source wrote another: shown with that one, and on their own when asked for. */
export const isBeside = ({ name }: ColumnTold): boolean => /_(said|precision|zone|bits)$/.test(name);

/** Each has its width: rows of a long table are laid out one by one, and must stand under each other. */
function widthOf({ name, kind }: ColumnTold): number {
  if (isTime(kind)) return 216;
  if (isNumber(kind)) return 104;
  if (choicesOf(kind) !== null) return 128;
  if (kind.startsWith("an IPv")) return 136;
  if (/^(md5|sha1|sha256|ed2k|pdq|met)$/.test(name) || name.endsWith("_hash") || name.endsWith("_digest")) return 184;
  if (name === "expected" || name === "mend") return 360;
  return 168;
}

function filterOf({ kind, sorts }: ColumnTold): ColumnFilter | null {
  if (sorts === undefined) return null;
  const choices = sorts ? choicesOf(kind) : null;
  return choices === null ? { kind: "text" } : { kind: "choice", choices: choices.map((value) => ({ value, label: value })) };
}

/** The columns of a table as a grid shows them: where each row stands first, then what it says. */
export function columnsOf(table: TableTold, all: boolean, placeHeader: string): readonly Column<RecordOf>[] {
  const shown = table.columns.filter((column) => all || !isBeside(column));
  return [
    { id: "place", header: placeHeader, width: 264, cell: ({ row }) => <Place place={placeOf(row.place, row.source)} name={row.file} /> },
    ...shown.map((column): Column<RecordOf> => {
      const filter = filterOf(column);
      return {
        id: column.name,
        header: column.name,
        cell: (record) => <Cell table={table.name} column={column} record={record} />,
        width: widthOf(column),
        numeric: isNumber(column.kind),
        sortable: column.sorts === true,
        ...(filter === null ? {} : { filter }),
      };
    }),
  ];
}

/**
 * What the address of the page asks for, as the server takes it. `=value` is exactly that value and `from..until` a
 * stretch; a closed list, a number, a time or an address is always exact, and any other text is looked for inside cells.
 */
export function conditionsOf(table: TableTold, filter: Filter): readonly Condition[] {
  return Object.entries(filter).flatMap(([name, value]): readonly Condition[] => {
    const column = name === "source" ? { name, kind: "", sorts: true } : table.columns.find((one) => one.name === name);
    if (column === undefined || value === "") return [];
    const [, from, until] = /^([^.]\S*)?\.\.(\S*[^.])?$/.exec(value) ?? [];
    if (column.sorts === true && (from !== undefined || until !== undefined)) {
      return [{ column: name, ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) }];
    }
    if (column.sorts !== true) return [{ column: name, contains: value.replace(/^=/, "") }];
    if (value.startsWith("=")) return [{ column: name, is: value.slice(1) }];
    const exact = name === "source" || (column.kind !== "text" && column.kind !== "");
    return [exact ? { column: name, is: value } : { column: name, contains: value }];
  });
}
