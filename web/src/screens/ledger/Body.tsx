import { Name } from "../../parts/Said";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import css from "./Ledger.module.css";
import { useWords } from "../../words";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const HASH = /^(?:sha256:)?[0-9a-f]{32,}$/;
/** A list or group up to this long is shown, a longer one folded. */
const SHORT = 6;

/** The particulars of an act: names and values, groups inside groups, long ones folded. */
export function Body({ value }: { value: unknown }) {
  const t = useWords();
  const { language } = usePrefs();
  if (value === null || value === undefined || value === "") return <span className={css.nothing}>{t("entity.unknown")}</span>;
  if (typeof value === "string") {
    if (INSTANT.test(value)) return <When at={value} />;
    return HASH.test(value) ? (
      <code className={css.hash}>
        <Name>{value}</Name>
      </code>
    ) : (
      <Name>{value}</Name>
    );
  }
  if (typeof value === "number") return Number.isInteger(value) ? whole(value, language) : String(value);
  if (typeof value === "boolean") return t(value ? "ledger.yes" : "ledger.no");
  const list = Array.isArray(value);
  const parts = list ? value.map((one: unknown, i) => [String(i + 1), one] as const) : Object.entries(value);
  if (parts.length === 0) return <span className={css.nothing}>{t("ledger.nothing")}</span>;
  // A short list of plain values is read in a line.
  if (list && parts.length <= SHORT && value.every((one: unknown) => typeof one !== "object")) return <Name>{value.join(", ")}</Name>;
  const group = (
    <dl className={css.group} data-list={list}>
      {parts.map(([name, one]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Body value={one} />
          </dd>
        </div>
      ))}
    </dl>
  );
  if (parts.length <= SHORT || !list) return group;
  return (
    <details>
      <summary>{t("ledger.folded", { count: parts.length, said: whole(parts.length, language) })}</summary>
      {group}
    </details>
  );
}
