/**
 * Scrolling over more rows than a browser can be high.
 *
 * An element ends at some 17 to 33 million pixels, which is 600,000 rows. Beyond `HEIGHT_LIMIT` the scrollbar stands for
 * the share of the way: dragging it jumps there, while a wheel or a key moves by as many pixels as always.
 * Nothing is kept for each row, so ten million rows cost what ten do.
 */
export const HEIGHT_LIMIT = 8_000_000;

export interface Rows {
  readonly rows: number;
  /** All rows are equally high. */
  readonly rowHeight: number;
  /** How much of them is seen at once, in pixels. */
  readonly viewport: number;
}

export interface Scroll {
  /** Where the browser's scrollbar is. */
  readonly real: number;
  /** Where the eye is, in pixels of all rows. */
  readonly virtual: number;
}

export const TOP: Scroll = { real: 0, virtual: 0 };

export const realHeight = ({ rows, rowHeight }: Rows): number => Math.min(rows * rowHeight, HEIGHT_LIMIT);

const ends = (all: Rows) => ({
  real: Math.max(0, realHeight(all) - all.viewport),
  virtual: Math.max(0, all.rows * all.rowHeight - all.viewport),
});

/** After the browser has scrolled to `real`. The result's `real` is where its scrollbar belongs. */
export function moved(before: Scroll, real: number, all: Rows): Scroll {
  if (real === before.real) return before;
  const end = ends(all);
  if (end.real === end.virtual) return { real, virtual: real };
  const step = real - before.real;
  if (Math.abs(step) > all.viewport) return { real, virtual: (clamp(real, end.real) / end.real) * end.virtual };
  const virtual = clamp(before.virtual + step, end.virtual);
  // The scrollbar may be at an end only where the rows are.
  const atEnd = virtual === 0 || virtual === end.virtual;
  const tooFar = real <= 0 || real >= end.real;
  return atEnd || tooFar ? placed(virtual, all) : { real, virtual };
}

/** With the eye at `virtual`. */
export function placed(virtual: number, all: Rows): Scroll {
  const end = ends(all);
  const at = clamp(virtual, end.virtual);
  if (end.real === end.virtual) return { real: at, virtual: at };
  if (at === 0) return TOP;
  if (at === end.virtual) return { real: end.real, virtual: at };
  return { real: Math.min(end.real - 1, Math.max(1, Math.round((at / end.virtual) * end.real))), virtual: at };
}

/** With row `index` wholly in sight, moved no further than needed. */
export function withRow(scroll: Scroll, index: number, all: Rows): Scroll {
  const top = index * all.rowHeight;
  if (top < scroll.virtual) return placed(top, all);
  const below = top + all.rowHeight - all.viewport;
  return below > scroll.virtual ? placed(below, all) : scroll;
}

/** The rows in sight, and some beyond either edge. `last` is -1 where there are none. */
export function inSight(scroll: Scroll, all: Rows, beyond: number): { first: number; last: number } {
  const first = Math.max(0, Math.floor(scroll.virtual / all.rowHeight) - beyond);
  const last = Math.min(all.rows - 1, Math.ceil((scroll.virtual + all.viewport) / all.rowHeight) - 1 + beyond);
  return { first: Math.min(first, Math.max(0, last)), last };
}

/** Where row `index` is put in the scrolled element. One out of sight that still has the focus stays close to its edge. */
export function topOf(index: number, scroll: Scroll, all: Rows): number {
  const top = index * all.rowHeight - scroll.virtual + scroll.real;
  return Math.min(Math.max(top, -all.rowHeight), realHeight(all));
}

const clamp = (value: number, end: number) => Math.min(Math.max(0, value), end);
