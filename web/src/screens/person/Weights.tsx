import type { Finding, Lead } from "../../api/types";
import { Said } from "../../parts/Said";
import { Twin } from "../../parts/Twin";
import { usePrefs } from "../../prefs";
import { log10 } from "../../show/number";
import css from "./Weights.module.css";
import { useWords } from "../../words";

const KINDS = ["line", "ground", "together", "other"] as const;
type Kind = (typeof KINDS)[number];
type Part = Finding & { readonly log10_lr: number };

interface WeightsProps {
  lead: Lead;
  parts: readonly Part[];
  onOpen: (finding: string) => void;
}

/** Each finding's own weight from zero, by what it speaks for, and apart from them what the server gives for the lead. */
export function Weights({ lead, parts, onOpen }: WeightsProps) {
  const t = useWords();
  const { language } = usePrefs();
  const nothing = () => Promise.resolve();
  const total = lead.strength.log10_lr;
  const values = [...parts.map(({ log10_lr }) => log10_lr), total];
  const low = Math.min(0, Math.floor(Math.min(...values)));
  const high = Math.max(1, Math.ceil(Math.max(...values)));
  const percent = (value: number) => ((value - low) / (high - low)) * 100;
  const bar = (value: number, kind: "part" | "total") => (
    <svg className={css.bar} width="100%" height="100%" aria-hidden>
      {Array.from({ length: high - low + 1 }, (_, i) => low + i).map((unit) => (
        <line key={unit} className={unit === 0 ? css.zero : css.unit} x1={`${percent(unit)}%`} x2={`${percent(unit)}%`} y1="0" y2="100%" />
      ))}
      <rect className={kind === "total" ? css.total : value < 0 ? css.against : css.part} x={`${percent(Math.min(0, value))}%`} y="30%" width={`${Math.max(Math.abs(percent(value) - percent(0)), 0.4)}%`} height="40%" rx="2" />
    </svg>
  );
  const chart = (
    <div className={css.groups}>
      {KINDS.map((kind) => {
        const own = parts.filter((part) => kindOf(part) === kind);
        if (own.length === 0) return null;
        return (
          <section key={kind} aria-label={t(`person.weighs.${kind}`)}>
            <h4 className={css.kind}>{t(`person.weighs.${kind}`)}</h4>
            <ol>
              {own.map((part) => (
                <li key={part.finding} className={css.row}>
                  <span className={css.label}>
                    <button type="button" className={css.open} onClick={() => onOpen(part.finding)}>
                      {part.finding}
                    </button>{" "}
                    <Said text={part.statement} onReveal={nothing} />
                  </span>
                  {bar(part.log10_lr, "part")}
                  <span className={css.value}>{log10(part.log10_lr, language)}</span>
                </li>
              ))}
            </ol>
          </section>
        );
      })}
      <div className={css.row} data-total>
        <span className={css.label}>{t("person.serverTotal", { words: lead.strength.words })}</span>
        {bar(total, "total")}
        <span className={css.value}>{log10(total, language)}</span>
      </div>
    </div>
  );
  return (
    <Twin
      title={t("person.part.weights")}
      chart={chart}
      head={[t("waterfall.item"), t("person.weighsFor"), "log10"]}
      rows={[
        ...parts.map((part) => ({ key: part.finding, cells: [part.finding, t(`person.weighs.${kindOf(part)}`), log10(part.log10_lr, language)] })),
        { key: "total", cells: [t("waterfall.total"), lead.strength.words, log10(total, language)] },
      ]}
      note={t("person.notAdded")}
    />
  );
}

/** What a finding speaks for, by the analysis that made it. */
function kindOf({ analysis, statement_key }: Finding): Kind {
  if (analysis === "attribution") return "line";
  if (analysis === "same_user") return "together";
  return statement_key.startsWith("identity.ground") ? "ground" : "other";
}
