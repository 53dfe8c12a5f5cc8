import type { Drawn, Edge, Lead, Node } from "../../api/types";
import { Sideways } from "../../parts/Sideways";
import { Strength } from "../../parts/Strength";
import { usePrefs } from "../../prefs";
import { useEntity } from "../../shell/entity";
import { whole } from "../../show/number";
import { drawnBeside, entityOf, type Pair } from "./drawing";
import css from "./Graph.module.css";
import { betweenTold, kindTold, nameOf, weakTold } from "./words";
import { useWords } from "../../words";

export interface ListedProps {
  drawn: Drawn;
  pairs: readonly Pair[];
  leads: readonly Lead[];
  chosen: Node | null;
  found: ReadonlySet<string>;
  onChoose: (node: Node) => void;
  onBegin: (node: Node) => void;
}

/** The same as the drawing, as two tables: the nodes, and what is between them. */
export function Listed({ drawn, pairs, leads, chosen, found, onChoose, onBegin }: ListedProps) {
  const t = useWords();
  const { language, presentation } = usePrefs();
  const { open } = useEntity();
  const beside = drawnBeside(pairs);
  const byId = new Map(drawn.nodes.map((node) => [node.id, node]));
  const nodes = drawn.nodes.filter(({ id }) => found.has(id));
  const edges = drawn.edges.filter(({ from, to }) => found.has(from) || found.has(to));
  const nameOfId = (id: string) => {
    const node = byId.get(id);
    return node ? `${kindTold(t, node.kind)} ${nameOf(t, node, presentation)}` : id;
  };
  const card = (id: string) => {
    const node = byId.get(id);
    return (
      <button type="button" className={css.link} disabled={!node || entityOf(id, leads) === null} onClick={() => node && onChoose(node)}>
        {nameOfId(id)}
      </button>
    );
  };
  return (
    <div className={css.listBox}>
      <section aria-labelledby="nodes">
        <h2 id="nodes">{t("graph.nodes")}</h2>
        <Sideways label={t("graph.nodes")}>
          <table className={css.list}>
            <thead>
              <tr>
                <th scope="col">{t("graph.what")}</th>
                <th scope="col">{t("graph.stepsHead")}</th>
                <th scope="col" data-numeric>{t("graph.linked")}</th>
                <th scope="col" data-numeric>{t("graph.linkedHere")}</th>
                <th scope="col">{t("graph.shared")}</th>
                <th scope="col">{t("graph.begin")}</th>
              </tr>
            </thead>
            <tbody>
              {nodes.map((node) => (
                <tr key={node.id} data-chosen={node.id === chosen?.id}>
                  <th scope="row">{card(node.id)}</th>
                  <td>{node.hop === 0 ? t("graph.isStart") : t("graph.steps", { count: node.hop })}</td>
                  <td data-numeric>{whole(node.neighbours, language)}</td>
                  <td data-numeric>{whole(beside.get(node.id) ?? 0, language)}</td>
                  <td>{node.weak ? <span className={css.weak}>{weakTold(t, language, node.weak)}</span> : null}</td>
                  <td>
                    {node.hop === 0 ? null : (
                      <button type="button" className={css.link} aria-label={t("graph.beginAtNamed", { name: nameOfId(node.id) })} onClick={() => onBegin(node)}>
                        {t("graph.beginAt")}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Sideways>
      </section>
      <section aria-labelledby="edges">
        <h2 id="edges">{t("graph.edges")}</h2>
        <Sideways label={t("graph.edges")}>
          <table className={css.list}>
            <thead>
              <tr>
                <th scope="col">{t("graph.one")}</th>
                <th scope="col">{t("graph.other")}</th>
                <th scope="col">{t("graph.says")}</th>
                <th scope="col">{t("person.strength")}</th>
                <th scope="col" data-numeric>{t("graph.sourcesHead")}</th>
                <th scope="col">{t("entity.kinds.finding")}</th>
              </tr>
            </thead>
            <tbody>
              {edges.map((edge) => (
                <tr key={keyOf(edge)} data-chosen={chosen !== null && (edge.from === chosen.id || edge.to === chosen.id)}>
                  <th scope="row">{card(edge.from)}</th>
                  <td>{card(edge.to)}</td>
                  <td>{betweenTold(t, edge.kind)}</td>
                  <td>{edge.findings.length === 0 ? null : <Strength brief log10_lr={edge.log10_lr ?? null} {...(edge.words ? { words: edge.words } : {})} />}</td>
                  <td data-numeric>{edge.sources === 0 ? null : whole(edge.sources, language)}</td>
                  <td>
                    <Findings ids={edge.findings} onOpen={(id) => open({ kind: "finding", id })} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Sideways>
        {nodes.length + edges.length === 0 ? <p className={css.quiet}>{t("grid.noneSuch")}</p> : null}
      </section>
    </div>
  );
}

const keyOf = ({ from, to, kind }: Edge) => JSON.stringify([from, to, kind]);

const FEW = 4;

/** The first findings of many; the rest are on the cards of the two. */
function Findings({ ids, onOpen }: { ids: readonly string[]; onOpen: (id: string) => void }) {
  const t = useWords();
  const { language } = usePrefs();
  return (
    <span className={css.findings}>
      {ids.slice(0, FEW).map((id) => (
        <button key={id} type="button" className={css.link} onClick={() => onOpen(id)}>
          {id}
        </button>
      ))}
      {ids.length > FEW ? <span className={css.quiet}>{t("graph.moreFindings", { count: ids.length - FEW, said: whole(ids.length - FEW, language) })}</span> : null}
    </span>
  );
}
