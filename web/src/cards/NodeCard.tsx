import { Link } from "wouter";
import { useGraph, useLeads } from "../api/asked";
import { EntityCard, type EntityKind } from "../parts/EntityCard";
import { Name, NamesContext, namesOf } from "../parts/Said";
import { Strength } from "../parts/Strength";
import { usePrefs } from "../prefs";
import { entityOf } from "../screens/graph/drawing";
import { betweenTold, kindTold, weakTold } from "../screens/graph/words";
import { useEntity } from "../shell/entity";
import { whole } from "../show/number";
import { nodeOf, toGraph } from "../view/links";
import css from "./Cards.module.css";
import { Told } from "./Told";
import { useWords } from "../words";

/** Something that findings name and that has no card of its own: what they say between it and others. */
export function NodeCard({ kind, id }: { kind: EntityKind; id: string }) {
  const t = useWords();
  const { language } = usePrefs();
  const { open } = useEntity();
  const leads = useLeads().data?.leads ?? [];
  const asked = useGraph({ from: nodeOf({ kind, id }), hops: 1, weak: "show" }, language);
  return (
    <NamesContext value={leads.flatMap(namesOf)}>
      <Told asked={asked}>
        {({ graph: { nodes, edges } }) => {
          const [self] = nodes;
          const byId = new Map(nodes.map((node) => [node.id, node]));
          const own = edges.flatMap((edge) => {
            const other = byId.get(edge.from === self?.id ? edge.to : edge.from);
            return other && (edge.from === self?.id || edge.to === self?.id) ? [{ edge, other }] : [];
          });
          return (
            <>
              <EntityCard
                kind={kind}
                title={<Name>{self?.label ?? id}</Name>}
                status={kind === "subscriber" ? t("card.subscriberNote") : t("card.nodeNote")}
                facts={[
                  { label: t("graph.linked"), value: whole(self?.neighbours ?? 0, language) },
                  ...(kind === "subscriber" ? [{ label: t("entity.kind.line"), value: <Name>{id}</Name> }] : []),
                  ...(self?.weak ? [{ label: t("graph.shared"), value: weakTold(t, language, self.weak) }] : []),
                ]}
                actions={<Link href={toGraph({ kind, id })}>{t("card.toGraph")}</Link>}
              />
              <section className={css.part} aria-label={t("entity.links")}>
                <h3>{t("entity.links")}</h3>
                <ul>
                  {own.map(({ edge, other }) => {
                    const card = entityOf(other.id, leads);
                    return (
                      <li key={`${other.id} ${edge.kind}`}>
                        {kindTold(t, other.kind)}{" "}
                        <button type="button" className={css.link} disabled={card === null} onClick={() => card && open(card)}>
                          {other.kind === "lead" ? other.label : <Name>{other.label}</Name>}
                        </button>
                        <p className={css.quiet}>
                          {betweenTold(t, edge.kind)}
                          {edge.sources > 0 ? ` · ${t("graph.sources", { count: edge.sources, said: whole(edge.sources, language) })}` : ""}
                        </p>
                        {edge.findings.length > 0 ? (
                          <p>
                            <Strength brief log10_lr={edge.log10_lr ?? null} {...(edge.words ? { words: edge.words } : {})} />{" "}
                            {edge.findings.slice(0, 4).map((finding) => (
                              <span key={finding}>
                                <button type="button" className={css.link} onClick={() => open({ kind: "finding", id: finding })}>
                                  {finding}
                                </button>{" "}
                              </span>
                            ))}
                          </p>
                        ) : null}
                      </li>
                    );
                  })}
                </ul>
              </section>
            </>
          );
        }}
      </Told>
    </NamesContext>
  );
}
