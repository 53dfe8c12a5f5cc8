import type { TFunction } from "i18next";
import type { Edge, LeftOut, Node } from "../../api/types";
import type { Language } from "../../prefs";
import { whole } from "../../show/number";
import { kindOf } from "./drawing";

/** What says that two nodes hang together: an analysis, by its name, or what is no analysis. */
export function betweenTold(t: TFunction, kind: string): string {
  if (kind === "lead") return t("graph.between.lead");
  if (kind === "registered") return t("graph.between.registered");
  return kind;
}

/** Grade and sources of what is between two nodes. What a lead holds, and in whose name a line is, has neither. */
export function edgeTold(t: TFunction, language: Language, { kind, words, sources }: Edge): string {
  const of = sources > 0 ? t("graph.sources", { count: sources, said: whole(sources, language) }) : "";
  return [words ?? betweenTold(t, kind), of].filter(Boolean).join(" · ");
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
