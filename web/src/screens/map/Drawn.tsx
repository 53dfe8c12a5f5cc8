import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import type { Map as Told, Province } from "../../api/types";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import css from "./Map.module.css";
import { counted, neighbour, stepOf, STEPS } from "./shares";
import { useWords } from "../../words";

export interface DrawnProps {
  map: Told;
  /** Provinces that the search finds. */
  found: ReadonlySet<string>;
  chosen: string | null;
  onChoose: (code: string | null) => void;
  /** Whether the region of the chosen province fills the drawing. */
  near: boolean;
  onNear: (near: boolean) => void;
}

/**
 * The provinces, drawn from the server's own paths. Shade says how many leads there are, hatching that some are there by
 * an estimate only, and the number says it again. Tab reaches one province, arrows go to the next one on that side.
 */
export function Drawn({ map, found, chosen, onChoose, near, onNear }: DrawnProps) {
  const t = useWords();
  const { language } = usePrefs();
  const drawing = useRef<SVGSVGElement>(null);
  const first = map.provinces.find(({ leads }) => leads.length > 0) ?? map.provinces[0];
  const stop = map.provinces.some(({ code }) => code === chosen) ? chosen : first?.code;

  const region = map.provinces.find(({ code }) => code === chosen)?.region ?? null;
  const whole_map = `0 0 ${map.width} ${map.height}`;
  const [view, setView] = useState(whole_map);
  useLayoutEffect(() => {
    const codes = near && region !== null ? map.provinces.filter((one) => one.region === region).map(({ code }) => code) : [];
    setView(boxOf(drawing.current, codes) ?? whole_map);
  }, [near, region, map, whole_map]);
  // Letters keep their size on the screen, whatever is drawn near.
  const unit = Math.max(...view.split(" ").slice(2).map(Number)) / 5155;

  const press = (province: Province) => (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onChoose(province.code);
      return;
    }
    const next = neighbour(map.provinces, province, event.key);
    if (event.key.startsWith("Arrow")) event.preventDefault();
    if (next) drawing.current?.querySelector<SVGGElement>(`[data-code="${CSS.escape(next.code)}"]`)?.focus();
  };
  const labelled = ({ name, code, leads, office_name }: Province) => {
    const estimated = leads.filter((lead) => lead.estimated).length;
    return [
      `${name} (${code})`,
      t("map.leadsCount", { count: leads.length, said: whole(leads.length, language) }),
      estimated > 0 ? t("map.estimatedCount", { count: estimated, said: whole(estimated, language) }) : "",
      office_name ?? "",
    ]
      .filter(Boolean)
      .join(", ");
  };
  // Those with leads are drawn last, so that their numbers lie above every border.
  const inOrder = map.provinces.toSorted((a, b) => a.leads.length - b.leads.length);
  return (
    <figure className={css.figure}>
      <svg ref={drawing} className={css.map} viewBox={view} role="group" aria-label={t("map.label")}>
        <defs>
          <pattern id="estimate" width="44" height="44" patternUnits="userSpaceOnUse" patternTransform={`rotate(45) scale(${unit})`}>
            <rect className={css.hatchGround} width="44" height="44" />
            <rect className={css.hatch} width="16" height="44" />
          </pattern>
        </defs>
        {inOrder.map((province) => {
          const { all, estimated } = counted(province);
          return (
            <g
              key={province.code}
              className={css.province}
              data-code={province.code}
              data-step={stepOf(all)}
              data-aside={!found.has(province.code)}
              role="button"
              aria-pressed={province.code === chosen}
              aria-label={labelled(province)}
              tabIndex={province.code === stop ? 0 : -1}
              onClick={() => onChoose(province.code)}
              onKeyDown={press(province)}
            >
              <title>{labelled(province)}</title>
              <path className={css.shape} d={province.path} />
              {estimated > 0 ? <path className={css.estimated} d={province.path} data-all={estimated === all} /> : null}
            </g>
          );
        })}
        <path className={css.inner} d={map.inner} />
        <path className={css.outer} d={map.outer} />
        {map.provinces
          .filter(({ code }) => code === chosen)
          .map(({ code, path }) => (
            <path key={code} className={css.chosen} d={path} />
          ))}
        {map.provinces
          .filter(({ leads }) => leads.length > 0)
          .map(({ code, x, y, leads }) => (
            <text key={code} className={css.number} x={x} y={y} fontSize={(view === whole_map ? 96 : 120) * unit} strokeWidth={26 * unit} aria-hidden>
              {view === whole_map ? "" : `${code} `}
              {leads.length}
            </text>
          ))}
      </svg>
      <figcaption className={css.caption}>
        {region === null ? null : (
          <button type="button" className={css.near} aria-pressed={near} onClick={() => onNear(!near)}>
            {t("map.near", { region })}
          </button>
        )}
        <ul className={css.legend} aria-label={t("map.legend")}>
          {[0, ...STEPS].map((from, step) => (
            <li key={from}>
              <svg width="20" height="14" aria-hidden>
                <g className={css.province} data-step={step}>
                  <rect className={css.shape} width="20" height="14" />
                </g>
              </svg>
              {step === 0 ? t("map.none") : step === STEPS.length ? t("map.from", { n: from }) : spanOf(from, STEPS[step] ?? from)}
            </li>
          ))}
          <li>
            <svg width="20" height="14" viewBox="0 0 200 140" aria-hidden>
              <rect fill="url(#estimate)" width="200" height="140" />
            </svg>
            {t("map.estimate")}
          </li>
        </ul>
        <p className={css.quiet}>{t("map.precision")}</p>
        <p className={css.quiet}>{map.source}</p>
      </figcaption>
    </figure>
  );
}

const spanOf = (from: number, next: number) => (next - 1 > from ? `${from}–${next - 1}` : String(from));

/** The stretch of the plane that these provinces fill, with a little air; null for none. */
function boxOf(drawing: SVGSVGElement | null, codes: readonly string[]): string | null {
  const boxes = codes.flatMap((code) => drawing?.querySelector<SVGGElement>(`[data-code="${CSS.escape(code)}"]`)?.getBBox() ?? []);
  if (boxes.length === 0) return null;
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - left;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - top;
  const air = Math.max(width, height) * 0.08;
  return [left - air, top - air, width + 2 * air, height + 2 * air].map(Math.round).join(" ");
}
