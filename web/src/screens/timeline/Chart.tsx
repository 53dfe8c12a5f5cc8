import { type PointerEvent, useEffect, useRef, useState } from "react";
import { usePrefs, type Zone } from "../../prefs";
import { instant } from "../../show/time";
import { dayHour, dayText, type Gap, type Held, type Mark, ticksOf } from "./events";
import css from "./Timeline.module.css";
import { useWords } from "../../words";

const LEFT = 44;
const HOUR = 10;
const LANE = 18;
const TOP = 8;
const FOOT = 22;

export interface ChartProps {
  marks: readonly Mark[];
  held: readonly Held[];
  gaps: readonly Gap[];
  /** From here on not all rows were read; null where all were. */
  read_until_ms: number | null;
  /** First and last day that are drawn. */
  from: number;
  until: number;
  chosen: number | null;
  onChoose: (day: number | null) => void;
  /** A stretch was drawn over with the pointer. */
  onSpan: (from: number, until: number) => void;
}

/**
 * Days from left to right, hours from above to below, in the zone of the header. A dot is an instant; a bar is a stretch
 * in which an instant lies that its source wrote no finer. Above, who held addresses as operators answered.
 */
export function Chart({ marks, held, gaps, read_until_ms, from, until, chosen, onChoose, onSpan }: ChartProps) {
  const t = useWords();
  const { zone, language } = usePrefs();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [drag, setDrag] = useState<{ begin: number; end: number } | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const days = until - from + 1;
  const plot = Math.max(1, width - LEFT - 4);
  const column = plot / days;
  const x = (day: number) => LEFT + (day - from) * column;
  const xAt = (ms: number) => {
    const { day, hour } = dayHour(ms, zone);
    return x(day + hour / 24);
  };
  const lines = [...new Set(held.map(({ line }) => line))];
  const base = TOP + lines.length * LANE + (lines.length > 0 ? 8 : 0);
  const y = (hour: number) => base + hour * HOUR;
  const height = base + 24 * HOUR + FOOT;
  const clipped = (ms: number) => Math.min(LEFT + plot, Math.max(LEFT, xAt(ms)));
  const ticks = days < 70 ? everyWeek(from, until) : ticksOf(from, until);

  const dayAt = (event: PointerEvent) => {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    return Math.min(until, Math.max(from, from + Math.floor((event.clientX - left - LEFT) / column)));
  };
  const release = (event: PointerEvent) => {
    if (drag === null) return;
    const end = dayAt(event);
    setDrag(null);
    if (Math.abs(end - drag.begin) >= 2) onSpan(Math.min(drag.begin, end), Math.max(drag.begin, end));
    else onChoose(end === chosen ? null : end);
  };
  const summary = t("timeline.chart", { marks: marks.length, from: instant(dayText(from), zone, language, "day"), until: instant(dayText(until), zone, language, "day"), zone });
  return (
    <div ref={box} className={css.chart}>
      {width > 0 ? (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={summary}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            setDrag({ begin: dayAt(event), end: dayAt(event) });
          }}
          onPointerMove={(event) => drag && setDrag({ ...drag, end: dayAt(event) })}
          onPointerUp={release}
          onPointerCancel={() => setDrag(null)}
        >
          {gaps.map((gap) => (
            <rect key={gap.from_ms} className={css.gap} x={clipped(gap.from_ms)} y={y(0)} width={Math.max(0, clipped(gap.until_ms) - clipped(gap.from_ms))} height={24 * HOUR} />
          ))}
          {read_until_ms === null ? null : <rect className={css.unread} x={clipped(read_until_ms)} y={y(0)} width={Math.max(0, LEFT + plot - clipped(read_until_ms))} height={24 * HOUR} />}
          {chosen !== null && chosen >= from && chosen <= until ? <rect className={css.day} x={x(chosen)} y={TOP} width={Math.max(column, 2)} height={height - FOOT - TOP} /> : null}
          {drag ? <rect className={css.drag} x={x(Math.min(drag.begin, drag.end))} y={TOP} width={(Math.abs(drag.end - drag.begin) + 1) * column} height={height - FOOT - TOP} /> : null}
          {[0, 6, 12, 18, 24].map((hour) => (
            <g key={hour}>
              <line className={css.rule} x1={LEFT} x2={LEFT + plot} y1={y(hour)} y2={y(hour)} />
              <text className={css.axis} x={LEFT - 6} y={y(hour)} textAnchor="end" dominantBaseline="central">
                {String(hour).padStart(2, "0")}
              </text>
            </g>
          ))}
          {ticks.map((day) => (
            <g key={day}>
              <line className={css.rule} x1={x(day)} x2={x(day)} y1={y(0)} y2={y(24)} />
              <text className={css.axis} x={x(day)} y={y(24) + 15} textAnchor={x(day) > LEFT + plot - 64 ? "end" : "start"}>
                {instant(dayText(day), zone, language, days < 70 ? "day" : "month")}
              </text>
            </g>
          ))}
          {lines.map((line, lane) => (
            <g key={line}>
              <text className={css.axis} x={LEFT - 6} y={TOP + lane * LANE + LANE / 2} textAnchor="end" dominantBaseline="central">
                {`${t("timeline.lineShort")}${lane + 1}`}
              </text>
              {held
                .filter((one) => one.line === line)
                .map((one) => {
                  const end = one.until_ms ?? one.from_ms;
                  if (end < from * 86_400_000 - 86_400_000 || one.from_ms > (until + 2) * 86_400_000) return null;
                  const left = clipped(one.from_ms);
                  return <rect key={one.id} className={css.held} data-lane={lane % 2} x={left} y={TOP + lane * LANE + 3} width={Math.max(1.5, clipped(end) - left)} height={LANE - 6} rx="2" />;
                })}
            </g>
          ))}
          <path className={css.bars} d={bars(marks, zone, from, until, x, y, column)} />
          <path className={css.dots} d={dots(marks, zone, from, until, x, y, false)} />
          <path className={css.declared} d={dots(marks, zone, from, until, x, y, true)} />
        </svg>
      ) : null}
    </div>
  );
}

type To = (value: number) => number;

/** Every dot as a line of no length, with round ends: one element for thousands. */
function dots(marks: readonly Mark[], zone: Zone, from: number, until: number, x: To, y: To, declared: boolean): string {
  return marks
    .filter((mark) => mark.until_ms === null && mark.declared === declared)
    .map(({ at_ms }) => dayHour(at_ms, zone))
    .filter(({ day }) => day >= from && day <= until)
    .map(({ day, hour }) => `M${x(day + 0.5).toFixed(1)},${y(hour).toFixed(1)}h.01`)
    .join("");
}

/** Every stretch as a bar, cut at midnights. */
function bars(marks: readonly Mark[], zone: Zone, from: number, until: number, x: To, y: To, column: number): string {
  const wide = Math.min(7, Math.max(1.5, column * 0.6));
  return marks
    .flatMap(({ at_ms, until_ms }) => {
      if (until_ms === null) return [];
      const begin = dayHour(at_ms, zone);
      const end = dayHour(until_ms, zone);
      // An hour that the clocks show twice begins and ends at the same place of the clock.
      if (begin.day === end.day) return [{ day: begin.day, top: begin.hour, bottom: Math.max(end.hour, begin.hour + 1) }];
      return [{ day: begin.day, top: begin.hour, bottom: 24 }, ...(end.hour > 0 ? [{ day: end.day, top: 0, bottom: end.hour }] : [])];
    })
    .filter(({ day }) => day >= from && day <= until)
    .map(({ day, top, bottom }) => `M${(x(day + 0.5) - wide / 2).toFixed(1)},${y(top).toFixed(1)}h${wide.toFixed(1)}V${y(bottom).toFixed(1)}h${(-wide).toFixed(1)}Z`)
    .join("");
}

const everyWeek = (from: number, until: number): readonly number[] => Array.from({ length: Math.ceil((until - from + 1) / 7) }, (_, i) => from + i * 7);
