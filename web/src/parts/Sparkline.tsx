import { usePrefs } from "../prefs";
import { whole } from "../show/number";
import css from "./Sparkline.module.css";
import { Twin } from "./Twin";
import { useWords } from "../words";

export interface SparklineProps {
  title: string;
  unit: string;
  /** One value for each step of time, in order. Null is unknown and leaves a gap: it is not zero. */
  points: readonly { readonly label: string; readonly value: number | null }[];
}

const WIDTH = 240;
const HEIGHT = 40;

/** How a count went over time. */
export function Sparkline({ title, unit, points }: SparklineProps) {
  const t = useWords();
  const { language } = usePrefs();
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  const most = Math.max(1, ...known);
  const count = (value: number | null) => (value === null ? t("entity.unknown") : whole(value, language));
  const summary = t("twin.summary", {
    from: points[0]?.label ?? "",
    until: points.at(-1)?.label ?? "",
    least: whole(known.length > 0 ? Math.min(...known) : 0, language),
    most: whole(known.length > 0 ? most : 0, language),
  });
  const chart = (
    <svg className={css.line} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary}>
      <line className={css.base} x1="0" x2={WIDTH} y1={HEIGHT - 1} y2={HEIGHT - 1} />
      <path className={css.path} d={path(points.map(({ value }) => value), most)} />
    </svg>
  );
  return (
    <Twin
      title={title}
      chart={chart}
      head={[t("twin.what"), unit]}
      rows={points.map(({ label, value }) => ({ key: label, cells: [label, count(value)] }))}
      note={summary}
    />
  );
}

/** An SVG path that stops at each gap and goes on after it. */
function path(values: readonly (number | null)[], most: number): string {
  const x = (i: number) => ((i / Math.max(1, values.length - 1)) * WIDTH).toFixed(1);
  const y = (value: number) => (HEIGHT - 1 - (value / most) * (HEIGHT - 4)).toFixed(1);
  return values
    .map((value, i) => {
      if (value === null) return "";
      const begins = i === 0 || values[i - 1] === null;
      return `${begins ? "M" : "L"}${x(i)} ${y(value)}`;
    })
    .join("");
}
