import type { TFunction } from "i18next";
import type { Edge, LeftOut, Node } from "../../api/types";
import type { Language } from "../../prefs";
import { strengthWord } from "../../parts/strengths";
import { whole } from "../../show/number";
import { kindOf } from "./drawing";

/** What says that two nodes hang together: an analysis, by its name, or what is no analysis. */
export function betweenTold(t: TFunction, kind: string): string {
  if (kind === "lead") return t("graph.between.lead");
  if (kind === "registered") return t("graph.between.registered");
  return kind;
}

/** What is written on a line: the grade in a word or two, and how many files. The card and the list have it in full. */
export function edgeTold(t: TFunction, language: Language, { kind, log10_lr, sources }: Edge): string {
  const grade = typeof log10_lr === "number" ? t(`graph.grades.${strengthWord(log10_lr)}`) : betweenTold(t, kind);
  return sources > 0 ? `${grade} · ${whole(sources, language)}` : grade;
}

export function weakTold(t: TFunction, language: Language, { why, n }: NonNullable<Node["weak"]>): string {
  if (why === "hotspot") return t("graph.weak.hotspot");
  return typeof n === "number" ? t("graph.weak.many", { said: whole(n, language) }) : t("graph.weak.some");
}

/** What a node is called while nobody may see names. */
export function nameOf(t: TFunction, { kind, label }: Pick<Node, "kind" | "label">, presentation: boolean): string {
  return presentation && kind !== "lead" ? t("masked.presented", { label: t("masked.name") }) : label;
}

export function kindTold(t: TFunction, kind: string): string {
  const known = kindOf(kind);
  return known === null ? kind : t(`entity.kind.${known}`);
}

export function kindsTold(t: TFunction, kind: string): string {
  const known = kindOf(kind);
  return known === null ? kind : t(`entity.kinds.${known}`);
}

/** Why something is left out; a reason of a later server is told by its word. */
export function whyTold(t: TFunction, { why }: LeftOut): string {
  switch (why) {
    case "kind": return t("graph.why.kind");
    case "weak": return t("graph.why.weak");
    case "limit": return t("graph.why.limit");
    case "hops": return t("graph.why.hops");
    default: return why;
  }
}
