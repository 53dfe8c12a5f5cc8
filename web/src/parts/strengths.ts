/** ENFSI's verbal scale (2015) over log10 of a likelihood ratio: from which value on each word holds. */
export const SCALE = [
  { word: "none", from: 0 },
  { word: "weak", from: Math.log10(2) },
  { word: "moderate", from: 1 },
  { word: "moderately_strong", from: 2 },
  { word: "strong", from: 3 },
  { word: "very_strong", from: 4 },
  { word: "extremely_strong", from: 6 },
] as const;

export type StrengthWord = (typeof SCALE)[number]["word"];

/** The scale says no more above a million, and the bar ends there. */
export const SCALE_END = 6;

export function strengthWord(log10_lr: number): StrengthWord {
  return SCALE.findLast(({ from }) => Math.abs(log10_lr) >= from - 1e-9)?.word ?? "none";
}
