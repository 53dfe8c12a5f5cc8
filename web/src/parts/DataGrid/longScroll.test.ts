import { expect, test } from "vitest";
import { HEIGHT_LIMIT, inSight, moved, placed, realHeight, type Rows, topOf, TOP, withRow } from "./longScroll";

const few: Rows = { rows: 1_000, rowHeight: 28, viewport: 560 };
const many: Rows = { rows: 11_700_000, rowHeight: 28, viewport: 560 };

test("few rows scroll as a browser does", () => {
  expect(moved(TOP, 1_234, few)).toEqual({ real: 1_234, virtual: 1_234 });
  expect(inSight(TOP, few, 0)).toEqual({ first: 0, last: 19 });
  expect(inSight({ real: 14, virtual: 14 }, few, 2)).toEqual({ first: 0, last: 22 });
});

test("ten million rows are no higher than a browser can be", () => {
  expect(realHeight(many)).toBe(HEIGHT_LIMIT);
});

test("a wheel moves by pixels and the scrollbar by its share, wherever one is", () => {
  const middle = moved(TOP, HEIGHT_LIMIT / 2, many);
  expect(inSight(middle, many, 0).first).toBeCloseTo(many.rows / 2, -3);
  const wheel = moved(middle, middle.real + 100, many);
  expect(wheel.virtual - middle.virtual).toBe(100);
});

test("every row can be brought into sight, and is drawn inside the element", () => {
  for (const index of [0, 1, 19, 20, 5_850_000, many.rows - 2, many.rows - 1]) {
    const scroll = withRow(TOP, index, many);
    const { first, last } = inSight(scroll, many, 0);
    expect(first <= index && index <= last, `row ${index}`).toBe(true);
    const top = topOf(index, scroll, many);
    expect(top >= scroll.real - 1 && top + many.rowHeight <= scroll.real + many.viewport + 1, `row ${index}`).toBe(true);
  }
});

test("a row in sight does not move the view", () => {
  const scroll = placed(2_800_000, many);
  expect(withRow(scroll, 100_003, many)).toBe(scroll);
});

test("a wheel never skips rows at the ends", () => {
  // Close to the top the scrollbar has less way than the rows: at its end it is put back, and the rows go on.
  let scroll = placed(100_000, many);
  let events = 0;
  while (scroll.virtual > 0 && events < 10_000) {
    const after = moved(scroll, Math.max(0, scroll.real - 120), many);
    expect(scroll.virtual - after.virtual).toBeLessThanOrEqual(120);
    scroll = after;
    events += 1;
  }
  expect(scroll).toEqual(TOP);
  const end = placed(Number.MAX_SAFE_INTEGER, many);
  expect(inSight(end, many, 5).last).toBe(many.rows - 1);
  expect(moved(end, end.real - 100, many).virtual).toBe(end.virtual - 100);
});

test("no rows", () => {
  expect(inSight(TOP, { ...few, rows: 0 }, 5)).toEqual({ first: 0, last: -1 });
});
