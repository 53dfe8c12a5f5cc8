import { harmful, namesSomebody } from "./harm";
import { Masked } from "./Masked";
import { Name } from "./Said";
import { visible } from "../show/visible";
import { When } from "./When";
import { useWords } from "../words";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

export interface CellValueProps {
  column: string;
  value: unknown;
  /** Puts a look at a masked text on record. */
  onReveal: () => Promise<void>;
}

/** What a cell of a row says, as text: an instant in the chosen zone, what can harm behind a mask. */
export function CellValue({ column, value, onReveal }: CellValueProps) {
  const t = useWords();
  if (value === null || value === undefined || value === "") return null;
  const said = typeof value === "object" ? JSON.stringify(value) : String(value);
  const harm = harmful(column);
  if (harm) return <Masked label={t(`masked.${harm}`)} text={said} onReveal={onReveal} />;
  if (INSTANT.test(said)) return <When at={said} />;
  return namesSomebody(column) ? <Name>{said}</Name> : visible(said);
}
