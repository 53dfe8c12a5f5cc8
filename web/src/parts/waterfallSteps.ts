export interface Step {
  readonly from: number;
  readonly to: number;
}

/**
 * Where each bar of a waterfall begins and ends, in thousandths of log10 so that no sum depends on rounding.
 * `limit` is what the method takes away (or adds) where its total is not the sum.
 */
export function waterfallSteps(
  prior: number,
  items: readonly number[],
  total: number | null,
): { readonly items: readonly Step[]; readonly limit: Step | null; readonly total: number; readonly ends: Step } {
  const thousandths = (value: number) => Math.round(value * 1000);
  let at = thousandths(prior);
  const steps = items.map((item) => {
    const from = at;
    at += thousandths(item);
    return { from, to: at };
  });
  const end = total === null ? at : thousandths(total);
  const limit = end === at ? null : { from: at, to: end };
  const all = [0, thousandths(prior), end, ...steps.flatMap(({ from, to }) => [from, to])];
  const plain = ({ from, to }: Step): Step => ({ from: from / 1000, to: to / 1000 });
  return {
    items: steps.map(plain),
    limit: limit && plain(limit),
    total: end / 1000,
    ends: plain({ from: Math.min(...all), to: Math.max(...all) }),
  };
}
