import type { ReactNode } from "react";
import { usePrefs } from "../prefs";
import { log10 } from "../show/number";
import { Strength } from "./Strength";
import { Twin } from "./Twin";
import css from "./Waterfall.module.css";
import { type Step, waterfallSteps } from "./waterfallSteps";
import { useWords } from "../words";

export interface WaterfallProps {
  title: string;
  /** log10 of the odds before any record; zero where none are stated. */
  prior: number;
  items: readonly {
    readonly id: string;
    readonly label: string;
    /** log10 of the likelihood ratio; below zero it speaks for the other proposition. */
    readonly log10_lr: number;
    /** Where it stands: a `Place`, or a count that opens rows. */
    readonly place?: ReactNode;
  }[];
  /** The method's own total where it is not the sum, for example because a method has a limit. */
  total?: number;
  propositions: readonly [string, string];
  /** Opens the rows behind an item. */
  onOpen?: (id: string) => void;
}

/** From what stood before any record, item by item, to the total, in units of log10. */
export function Waterfall({ title, prior, items, total, propositions, onOpen }: WaterfallProps) {
  const t = useWords();
  const { language } = usePrefs();
  const steps = waterfallSteps(prior, items.map((item) => item.log10_lr), total ?? null);
  const rows = [
    { key: "prior", label: t("waterfall.prior"), step: { from: 0, to: prior }, value: prior, place: null, whole: true },
    ...items.map((item, i) => ({
      key: item.id,
      label: item.label,
      step: steps.items[i] ?? { from: 0, to: 0 },
      value: item.log10_lr,
      place: item.place ?? null,
      whole: false,
    })),
    ...(steps.limit
      ? [{ key: "limit", label: t("waterfall.limit"), step: steps.limit, value: steps.limit.to - steps.limit.from, place: null, whole: false }]
      : []),
    { key: "total", label: t("waterfall.total"), step: { from: 0, to: steps.total }, value: steps.total, place: null, whole: true },
  ];
  // Whole units on the axis, and never less than from zero to one.
  const low = Math.min(0, Math.floor(steps.ends.from));
  const high = Math.max(1, Math.ceil(steps.ends.to));
  const percent = (value: number) => ((value - low) / (high - low)) * 100;

  const chart = (
    <ol className={css.rows}>
      {rows.map(({ key, label, step, value, place, whole }) => (
        <li key={key} className={css.row} data-whole={whole}>
          <span className={css.label}>
            {onOpen && !whole && key !== "limit" ? (
              <button type="button" className={css.open} onClick={() => onOpen(key)}>
                {label}
              </button>
            ) : (
              label
            )}
            {place ? <span className={css.place}>{place}</span> : null}
          </span>
          <Bar step={step} percent={percent} units={[low, high]} kind={whole ? "whole" : key === "limit" ? "limit" : step.to < step.from ? "against" : "for"} />
          <span className={css.value}>{log10(value, language)}</span>
        </li>
      ))}
    </ol>
  );
  return (
    <div className={css.waterfall}>
      <p>
        <Strength log10_lr={steps.total} propositions={propositions} />
      </p>
      <Twin
        title={title}
        chart={chart}
        head={[t("waterfall.item"), t("waterfall.adds"), t("waterfall.becomes")]}
        rows={rows.map(({ key, label, step, value }) => ({
          key,
          cells: [label, log10(value, language), log10(step.to, language)],
        }))}
        note={t("waterfall.note")}
      />
    </div>
  );
}

interface BarProps {
  step: Step;
  percent: (value: number) => number;
  units: readonly [number, number];
  kind: "whole" | "limit" | "for" | "against";
}

/** One bar on the common axis. What it shows, label and figure beside it say. */
function Bar({ step, percent, units: [low, high], kind }: BarProps) {
  const from = percent(Math.min(step.from, step.to));
  const until = percent(Math.max(step.from, step.to));
  return (
    <svg className={css.bar} width="100%" height="100%" aria-hidden>
      {Array.from({ length: high - low + 1 }, (_, i) => low + i).map((unit) => (
        <line key={unit} className={unit === 0 ? css.zero : css.unit} x1={`${percent(unit)}%`} x2={`${percent(unit)}%`} y1="0" y2="100%" />
      ))}
      <line className={css.carry} x1={`${percent(step.to)}%`} x2={`${percent(step.to)}%`} y1="50%" y2="100%" />
      <rect
        className={css[kind]}
        x={`${from}%`}
        y="50%"
        width={`${Math.max(until - from, 0.4)}%`}
        height="12"
        rx="2"
      />
    </svg>
  );
}
