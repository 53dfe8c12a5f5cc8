import { Command } from "../../parts/Command";
import { Empty } from "../../parts/States";
import { When } from "../../parts/When";
import type { Authority } from "../../api/types";
import { usePrefs } from "../../prefs";
import { duration } from "../../show/time";
import { useNow } from "../../show/useNow";
import css from "./Legal.module.css";
import { useWords } from "../../words";

const KINDS = ["prosecutor_decree", "judge_decree", "urgent_decree", "production_order", "preservation_order", "delegation", "undercover", "seizure", "foreign", "report"] as const;

/** What records are received under: what it is, until when it holds, until when it must be validated, what it covers. */
export function Authorities({ authorities }: { authorities: readonly Authority[] }) {
  const t = useWords();
  if (authorities.length === 0) {
    return (
      <Empty title={t("legal.noAuthority")} command="tutela authority add TEXT --from DATE --until DATE">
        {t("legal.noAuthorityNote")}
      </Empty>
    );
  }
  return (
    <ul className={css.authorities}>
      {authorities.map((authority) => (
        <li key={authority.id} className={css.authority}>
          <h3>
            {authority.id} · {t(`legal.kind.${KINDS.find((one) => one === authority.kind) ?? "other"}`)}
          </h3>
          <p className={css.text}>{authority.text}</p>
          <p>
            <When at={authority.from} until={authority.until} fine="day" />
            {" · "}
            <Holds authority={authority} />
          </p>
          <Validation authority={authority} />
          <Covers authority={authority} />
        </li>
      ))}
    </ul>
  );
}

function Holds({ authority: { valid_today, fate, until, from } }: { authority: Authority }) {
  const t = useWords();
  const { language } = usePrefs();
  const now = useNow();
  if (fate.state === "lapsed") {
    return (
      <strong className={css.stop}>
        {t("legal.lapsed")}
        {fate.reason ? `: ${fate.reason}` : ""}
      </strong>
    );
  }
  // The last day is whole.
  const left_ms = new Date(until).getTime() + 86_400_000 - now.getTime();
  if (valid_today) return <strong className={left_ms < 7 * 86_400_000 ? css.care : css.good}>{t("legal.valid", { length: duration(left_ms, language) })}</strong>;
  return <strong className={css.stop}>{t(new Date(from).getTime() > now.getTime() ? "legal.notYet" : "legal.over")}</strong>;
}

function Validation({ authority: { id, fate, validate_by } }: { authority: Authority }) {
  const t = useWords();
  const now = useNow();
  if (fate.state === "validated") return <p>{t("legal.validated", { act: fate.act ?? "" })}</p>;
  if (!validate_by || fate.state === "lapsed") return null;
  const late = new Date(validate_by).getTime() + 86_400_000 < now.getTime();
  return (
    <p className={late ? css.stop : css.care}>
      <strong>{t(late ? "legal.validateLate" : "legal.validateBy")}</strong> <When at={validate_by} fine="day" />{" "}
      <Command command={`tutela authority validate ${id} --act TEXT`} />
    </p>
  );
}

function Covers({ authority: { scope } }: { authority: Authority }) {
  const t = useWords();
  const parts = [
    scope.parties.length > 0 ? t("legal.coversParties", { names: scope.parties.join(", ") }) : "",
    scope.accounts.length > 0 ? t("legal.coversAccounts", { names: scope.accounts.join(", ") }) : "",
  ].filter(Boolean);
  return (
    <p className={css.quiet}>
      {parts.length === 0 && !scope.from && !scope.until ? t("legal.coversAll") : parts.join(" · ")}
      {scope.from || scope.until ? (
        <>
          {parts.length > 0 ? " · " : ""}
          {t("legal.coversData")} {scope.from ? <When at={scope.from} fine="day" /> : "…"} – {scope.until ? <When at={scope.until} fine="day" /> : "…"}
        </>
      ) : null}
    </p>
  );
}
