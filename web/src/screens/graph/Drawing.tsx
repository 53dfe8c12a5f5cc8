import { Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import type { Drawn, Node } from "../../api/types";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { type Box, boxOf, drawnBeside, holding, lettered, nearer, type Pair, short, towards } from "./drawing";
import css from "./Graph.module.css";
import { Mark } from "./Mark";
import { edgeTold, kindTold, nameOf, weakTold } from "./words";
import { strengthWord } from "../../parts/strengths";
import { useWords } from "../../words";

export interface DrawingProps {
  drawn: Drawn;
  pairs: readonly Pair[];
  chosen: Node | null;
  /** Nodes that the search finds. */
  found: ReadonlySet<string>;
  /** Pairs along the way that was asked for. */
  path: ReadonlySet<string>;
  onChoose: (node: Node) => void;
}

/** Up to so many nodes each has its name under it, however far away. */
const NAMED = 45;
/** From so many pairs on lines are thinner, or they would hide what they join. */
const MANY = 60;

/**
 * Nodes where the server placed them, and one line for each pair. Tab reaches one node, arrows go to the next one on
 * that side, PageUp and PageDown come nearer and go away, Home shows all.
 */
export function Drawing({ drawn, pairs, chosen, found, path, onChoose }: DrawingProps) {
  const t = useWords();
  const { language, presentation } = usePrefs();
  const svg = useRef<SVGSVGElement>(null);
  const whole_box = boxOf(drawn.nodes);
  const [box, setBox] = useState<Box | null>(null);
  const [stop, setStop] = useState<string | null>(null);
  /** The node under the pointer, or that has the focus. */
  const [under, setUnder] = useState<string | null>(null);
  const [drag, setDrag] = useState<{ x: number; y: number; box: Box } | null>(null);
  const scale = useScale(svg, box ?? whole_box);
  const now = box ?? whole_box;
  // Marks and names keep a size that can be read, unless there are so many that they would hide each other.
  const unit = scale === 0 ? 1 : Math.min(1.5, Math.max(0.6, 1 / scale));
  const isNear = scale * unit >= 0.75;
  // The few names that are written from afar too are written so that they can be read.
  const size = Math.max(12, 11 / Math.max(0.05, scale * unit));

  useWheel(svg, (by, at) => setBox((before) => nearer(before ?? whole_box, by, at)));
  const tab = drawn.nodes.some(({ id }) => id === stop) ? stop : (chosen?.id ?? drawn.nodes[0]?.id ?? null);
  const byId = new Map(drawn.nodes.map((node) => [node.id, node]));
  const beside = drawnBeside(pairs);
  const near = new Set(pairs.flatMap(({ from, to }) => (chosen && (from === chosen.id || to === chosen.id) ? [from, to] : [])));
  const isNamed = ({ id, kind }: Node) => (drawn.nodes.length <= NAMED && isNear) || id === chosen?.id || id === drawn.nodes[0]?.id || near.has(id) || kind === "lead";

  // A search fades what it does not find, and a pair when it finds neither of its two.
  const aside = (...ids: string[]) => !ids.some((id) => found.has(id));
  const isOfChosen = ({ from, to }: Pair) => chosen !== null && (from === chosen.id || to === chosen.id);
  const letters = lettered(
    pairs
      .filter((pair) => isOfChosen(pair) || path.has(pair.id) || (isNear && typeof pair.edges[0].log10_lr === "number"))
      .toSorted((a, b) => Number(isOfChosen(b)) - Number(isOfChosen(a)) || (b.edges[0].log10_lr ?? 0) - (a.edges[0].log10_lr ?? 0))
      .flatMap((pair) => {
        const [a, b] = [byId.get(pair.from), byId.get(pair.to)];
        return a && b && !aside(a.id, b.id) ? [{ id: pair.id, text: edgeTold(t, language, pair.edges[0]), from: a, to: b }] : [];
      }),
    drawn.nodes.map((node) => ({ x: node.x, y: node.y, name: isNamed(node) ? short(nameOf(t, node, presentation)) : "" })),
    unit,
  );

  const press = (node: Node) => (event: KeyboardEvent) => {
    const zoom = { PageUp: 1.4, PageDown: 1 / 1.4 }[event.key];
    if (event.key === "Enter" || event.key === " ") onChoose(node);
    else if (zoom !== undefined) setBox(nearer(now, zoom, node));
    else if (event.key === "Home") setBox(null);
    else if (event.key.startsWith("Arrow")) {
      const next = towards(drawn.nodes, node, event.key);
      if (next) svg.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(next.id)}"]`)?.focus({ preventScroll: true });
    } else return;
    event.preventDefault();
  };
  const grab = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button !== 0 || (event.target as Element).closest("[data-node]")) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ x: event.clientX, y: event.clientY, box: now });
  };
  const pull = (event: PointerEvent) => {
    if (drag === null || scale === 0) return;
    setBox({ ...drag.box, x: drag.box.x - (event.clientX - drag.x) / scale, y: drag.box.y - (event.clientY - drag.y) / scale });
  };
  const labelled = (node: Node) => {
    const shown = beside.get(node.id) ?? 0;
    return [
      `${kindTold(t, node.kind)} ${nameOf(t, node, presentation)}`,
      node.hop === 0 ? t("graph.isStart") : t("graph.steps", { count: node.hop }),
      t("graph.linkedShown", { count: node.neighbours, said: whole(node.neighbours, language), shown: whole(shown, language) }),
      node.weak ? weakTold(t, language, node.weak) : "",
    ]
      .filter(Boolean)
      .join(", ");
  };
  return (
    <div className={css.figure}>
      <svg
        ref={svg}
        className={css.drawing}
        viewBox={`${now.x} ${now.y} ${now.width} ${now.height}`}
        role="group"
        aria-label={t("graph.label", { name: drawn.nodes[0] ? nameOf(t, drawn.nodes[0], presentation) : "" })}
        data-drags={drag !== null}
        data-many={pairs.length > MANY}
        onPointerDown={grab}
        onPointerMove={pull}
        onPointerUp={() => setDrag(null)}
        onPointerCancel={() => setDrag(null)}
      >
        {pairs.map((pair) => {
          const [a, b] = [byId.get(pair.from), byId.get(pair.to)];
          if (!a || !b) return null;
          const [first] = pair.edges;
          const grade = typeof first.log10_lr === "number" ? strengthWord(first.log10_lr) : "none_given";
          return (
            <g key={pair.id} className={css.pair} data-grade={grade} data-of={isOfChosen(pair)} data-path={path.has(pair.id)} data-aside={aside(a.id, b.id)} aria-hidden>
              <line x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
            </g>
          );
        })}
        {drawn.nodes.map((node) => (
          <g
            key={node.id}
            className={css.node}
            transform={`translate(${node.x} ${node.y}) scale(${unit})`}
            data-node={node.id}
            data-kind={node.kind}
            data-start={node.hop === 0}
            data-weak={node.weak !== null && node.weak !== undefined}
            data-aside={aside(node.id)}
            role="button"
            aria-pressed={node.id === chosen?.id}
            aria-label={labelled(node)}
            tabIndex={node.id === tab ? 0 : -1}
            onClick={() => onChoose(node)}
            onKeyDown={press(node)}
            onPointerEnter={() => setUnder(node.id)}
            onPointerLeave={() => setUnder(null)}
            onBlur={() => setUnder(null)}
            onFocus={() => {
              setStop(node.id);
              setUnder(node.id);
              setBox((before) => (before === null ? null : holding(before, node)));
            }}
          >
            <title>{labelled(node)}</title>
            <Mark kind={node.kind} className={css.outline} />
          </g>
        ))}
        {[...letters].map(([id, { text, x, y }]) => (
          <text key={id} className={css.grade} x={x} y={y} fontSize={10.5 * unit} strokeWidth={4 * unit} aria-hidden>
            {text}
          </text>
        ))}
        {drawn.nodes.map((node) => {
          const more = node.neighbours - (beside.get(node.id) ?? 0);
          return (
            // Above every mark, and beside the buttons: a name that is cut short is not what the button is called.
            <g key={node.id} className={css.beside} transform={`translate(${node.x} ${node.y}) scale(${unit})`} data-start={node.hop === 0} data-aside={aside(node.id)} aria-hidden>
              {isNamed(node) || node.id === under ? (
                <text className={css.name} y={24 + size} fontSize={size} strokeWidth={size / 3}>
                  {short(nameOf(t, node, presentation), node.id === under ? 60 : 22)}
                </text>
              ) : null}
              {node.weak ? (
                <g className={css.badge} transform="translate(19 -17)">
                  <rect x={-13} y={-8} width={26} height={16} rx={8} />
                  <text>{typeof node.weak.n === "number" ? `×${node.weak.n}` : "×…"}</text>
                </g>
              ) : null}
              {more > 0 && isNear ? (
                <text className={css.more} x={27} y={14}>
                  +{more}
                </text>
              ) : null}
            </g>
          );
        })}
      </svg>
      <div className={css.zoom} role="group" aria-label={t("graph.zoom")}>
        <button type="button" aria-label={t("graph.nearer")} title={t("graph.nearer")} onClick={() => setBox(nearer(now, 1.4))}>
          <ZoomIn size={16} aria-hidden />
        </button>
        <button type="button" aria-label={t("graph.further")} title={t("graph.further")} onClick={() => setBox(nearer(now, 1 / 1.4))}>
          <ZoomOut size={16} aria-hidden />
        </button>
        <button type="button" aria-label={t("graph.fit")} title={t("graph.fit")} onClick={() => setBox(null)}>
          <Maximize size={16} aria-hidden />
        </button>
      </div>
    </div>
  );
}

/** How many pixels a unit of the drawing has. */
function useScale(svg: { readonly current: SVGSVGElement | null }, { width, height }: Box): number {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = svg.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, [svg]);
  return Math.min(size.width / width, size.height / height);
}

/** The wheel comes nearer and goes away. The page must not scroll then, which React's own listeners cannot keep it from. */
function useWheel(svg: { readonly current: SVGSVGElement | null }, onZoom: (by: number, at: { x: number; y: number }) => void): void {
  const latest = useRef(onZoom);
  useEffect(() => {
    latest.current = onZoom;
  });
  useEffect(() => {
    const element = svg.current;
    if (!element) return;
    const turn = (event: WheelEvent) => {
      const to = element.getScreenCTM()?.inverse();
      if (!to) return;
      event.preventDefault();
      const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(to);
      latest.current(Math.exp(-Math.max(-120, Math.min(120, event.deltaY)) / 400), { x, y });
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, [svg]);
}
