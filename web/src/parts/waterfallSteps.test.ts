import { expect, test } from "vitest";
import { waterfallSteps } from "./waterfallSteps";

test("each bar begins where the one before ended", () => {
  const steps = waterfallSteps(-1, [0.1, 0.2, 3, -0.5], null);
  expect(steps.items.map(({ to }) => to)).toEqual([-0.9, -0.7, 2.3, 1.8]);
  expect(steps.items.map(({ from }) => from)).toEqual([-1, -0.9, -0.7, 2.3]);
  expect(steps).toMatchObject({ limit: null, total: 1.8, ends: { from: -1, to: 2.3 } });
});

test("a method that gives less than the sum says what it leaves out", () => {
  expect(waterfallSteps(0, [3, 3], 4)).toMatchObject({ limit: { from: 6, to: 4 }, total: 4 });
});

test("nothing gives nothing", () => {
  expect(waterfallSteps(0, [], null)).toEqual({ items: [], limit: null, total: 0, ends: { from: 0, to: 0 } });
});
