import type { Province } from "../../api/types";

/** How many leads of a province, in steps that are told apart by shade, pattern and number. */
export const STEPS = [1, 2, 5, 10] as const;

/** Which step a number of leads is in; zero for none. */
export const stepOf = (leads: number): number => STEPS.filter((from) => leads >= from).length;

export interface Counted {
  readonly province: Province;
  readonly all: number;
  /** Of these, by a list of address ranges only. */
  readonly estimated: number;
  readonly identified: number;
}

export function counted(province: Province): Counted {
  const { leads } = province;
  return {
    province,
    all: leads.length,
    estimated: leads.filter(({ estimated }) => estimated).length,
    identified: leads.filter(({ identified }) => identified).length,
  };
}

/** Provinces with leads first, most first, then by name. */
export function ranked(provinces: readonly Province[]): readonly Counted[] {
  return provinces.map(counted).toSorted((a, b) => b.all - a.all || a.province.name.localeCompare(b.province.name, "it"));
}

/** The next province in a direction, as arrow keys ask for it: the nearest one whose code lies in that quarter. */
export function neighbour(provinces: readonly Province[], from: Province, key: string): Province | null {
  const direction = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
  if (direction === undefined) return null;
  const [dx = 0, dy = 0] = direction;
  let best: { province: Province; far: number } | null = null;
  for (const province of provinces) {
    const [x, y] = [province.x - from.x, province.y - from.y];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy - y * dx);
    if (province.code === from.code || along <= 0 || aside > along) continue;
    const far = along + aside;
    if (best === null || far < best.far) best = { province, far };
  }
  return best?.province ?? null;
}
