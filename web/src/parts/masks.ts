/** A stretch of a text that is masked, in UTF-16 units, with the word that stands for it. */
export interface Mask {
  readonly from: number;
  readonly until: number;
  readonly label: string;
}

export type Piece = { readonly text: string; readonly label: string | null };

/** The text cut into what is shown and what is masked. Masks that touch each other become one; no text is lost. */
export function pieces(text: string, masks: readonly Mask[]): readonly Piece[] {
  const inside = masks
    .map(({ from, until, label }) => ({ from: Math.max(0, from), until: Math.min(text.length, until), label }))
    .filter(({ from, until }) => from < until)
    .toSorted((a, b) => a.from - b.from);
  const whole: Mask[] = [];
  for (const mask of inside) {
    const last = whole.at(-1);
    if (last && mask.from < last.until) {
      whole[whole.length - 1] = { ...last, until: Math.max(last.until, mask.until) };
    } else {
      whole.push(mask);
    }
  }
  const found: Piece[] = [];
  let at = 0;
  for (const { from, until, label } of whole) {
    if (at < from) found.push({ text: text.slice(at, from), label: null });
    found.push({ text: text.slice(from, until), label });
    at = until;
  }
  if (at < text.length) found.push({ text: text.slice(at), label: null });
  return found;
}

/** Words of a record that a sentence quotes, in the marks of either language. A single word is the program's own, as in condition “role”. */
export function quotes(text: string, label: string): readonly Mask[] {
  return [...text.matchAll(/“([^”]*\s[^”]*)”|«([^»]*\s[^»]*)»/g)].map((found) => ({ from: found.index + 1, until: found.index + found[0].length - 1, label }));
}

/** Where any of `names` stands in a text. */
export function stretches(text: string, names: readonly string[], label: string): readonly Mask[] {
  return names.flatMap((name) => {
    const found: Mask[] = [];
    if (name === "") return found;
    for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) found.push({ from: at, until: at + name.length, label });
    return found;
  });
}

export type MaskState = "masked" | "asking" | "shown" | "refused";
export type MaskEvent = "reveal" | "logged" | "not_logged" | "hide" | "present";

/** Nothing is shown before the look is on record, and what a shared screen hides stays hidden after it. */
export function maskAfter(state: MaskState, event: MaskEvent): MaskState {
  switch (event) {
    case "reveal": return state === "masked" || state === "refused" ? "asking" : state;
    case "logged": return state === "asking" ? "shown" : state;
    case "not_logged": return state === "asking" ? "refused" : state;
    case "hide":
    case "present": return "masked";
  }
}
