import { Button } from "@mantine/core";
import { FileDown, LocateFixed, Route } from "lucide-react";
import { useState } from "react";
import { type GraphAsked, useGraph, useLeads } from "../../api/asked";
import { ApiError } from "../../api/client";
import type { Document, Lead, Node } from "../../api/types";
import { Empty, Failed, Loading } from "../../parts/States";
import { usePrefs } from "../../prefs";
import { Choice } from "../../shell/Choice";
import { useEntity } from "../../shell/entity";
import { whole } from "../../show/number";
import { maybe, oneOf, text, useView } from "../../view/params";
import { Screen } from "../Screen";
import { alongPath, chosenOf, entityOf, NODE_KINDS, pairsOf, startOf } from "./drawing";
import { Drawing } from "./Drawing";
import css from "./Graph.module.css";
import { useMay } from "../../parts/May";
import { HandOn } from "./HandOn";
import { Legend } from "./Legend";
import { LeftOut } from "./LeftOut";
import { Listed } from "./Listed";
import { Start } from "./Start";
import { Way } from "./Way";
import { kindTold, nameOf } from "./words";
import { useWords } from "../../words";

const HOPS = ["2", "1", "3"] as const;
const SHAPE = { from: maybe, to: maybe, hops: oneOf(HOPS), kinds: text, weak: oneOf(["show", "hide"]), as: oneOf(["drawing", "list"]), q: text };

/** How something hangs together: always from one thing, never everything. */
export default function Graph() {
  const t = useWords();
  const [{ from, as }, change] = useView(SHAPE);
  const leads = useLeads();
  if (leads.data === undefined) {
    return <Screen id="graph">{leads.isPending ? <Loading label={t("graph.loading")} /> : <Failed error={leads.error} onRetry={() => void leads.refetch()} />}</Screen>;
  }
  if (from === null) {
    return (
      <Screen id="graph">
        <Start leads={leads.data.leads} onBegin={(next) => change({ from: next })} />
      </Screen>
    );
  }
  return (
    <Screen
      id="graph"
      actions={
        <Choice
          label={t("map.shownAs")}
          value={as}
          onChange={(next) => change({ as: next })}
          options={[
            { value: "drawing", face: t("graph.drawing"), label: t("graph.drawing") },
            { value: "list", face: t("graph.list"), label: t("graph.list") },
          ]}
        />
      }
    >
      <From from={from} leads={leads.data.leads} />
    </Screen>
  );
}

function From({ from, leads }: { from: string; leads: readonly Lead[] }) {
  const t = useWords();
  const { language } = usePrefs();
  const [view, change] = useView(SHAPE);
  const asked: GraphAsked = {
    from: startOf(from, leads),
    hops: Number(view.hops),
    weak: view.weak,
    ...(view.kinds === "" ? {} : { kinds: view.kinds }),
    ...(view.to === null ? {} : { to: view.to }),
  };
  const graph = useGraph(asked, language);
  const anew = () => change({ from: null, to: null, kinds: "" });
  if (graph.data !== undefined && graph.error === null) return <Shown told={graph.data} asked={asked} leads={leads} />;
  if (graph.isPending) return <Loading label={t("graph.loading")} />;
  if (graph.error instanceof ApiError && (graph.error.status === 404 || graph.error.status === 400)) {
    return (
      <Empty title={graph.error.what} action={{ label: t("graph.anew"), onClick: anew }}>
        {t("graph.goneNote")}
      </Empty>
    );
  }
  return <Failed error={graph.error} onRetry={() => void graph.refetch()} />;
}

function Shown({ told, asked, leads }: { told: Document; asked: GraphAsked; leads: readonly Lead[] }) {
  const t = useWords();
  const { language, presentation } = usePrefs();
  const { entity, open } = useEntity();
  const [view, change] = useView(SHAPE);
  const [handsOn, setHandsOn] = useState(false);
  const { graph } = told;
  const pairs = pairsOf(graph.edges);
  const chosen = chosenOf(entity, graph, leads);
  const start = graph.nodes[0];
  const word = view.q.toLowerCase();
  const found = new Set(graph.nodes.filter(({ id, label }) => `${id} ${label}`.toLowerCase().includes(word)).map(({ id }) => id));
  const path = told.path ?? null;
  const choose = (node: Node) => {
    const card = entityOf(node.id, leads);
    if (card) open(card);
  };
  const begin = ({ id }: Node) => {
    const { kind, id: name } = entityOf(id, leads) ?? {};
    change({ from: kind ? `${kind}:${name}` : id, to: null, kinds: "" });
  };
  const hops = Number(view.hops);
  const onShow = (why: string) => {
    if (why === "hops" && hops < 3) return () => change({ hops: hops === 1 ? "2" : "3" });
    if (why === "weak") return () => change({ weak: "show" });
    if (why === "kind") return () => change({ kinds: "" });
    return null;
  };
  return (
    <>
      <Tools told={told} onHandOn={() => setHandsOn(true)} />
      <div className={css.told}>
        <p role="status" className={css.summary}>
          {start ? `${kindTold(t, start.kind)} ` : ""}
          <b>{start ? nameOf(t, start, presentation) : ""}</b>: {t("graph.counted", { count: graph.nodes.length, said: whole(graph.nodes.length, language), pairs: whole(pairs.length, language) })}
        </p>
        <LeftOut left={graph.left_out} onShow={onShow} />
      </div>
      {view.to === null || start === undefined ? null : <Way from={start.id.slice(start.id.indexOf(":") + 1)} to={view.to.slice(view.to.indexOf(":") + 1)} path={path} onEnd={() => change({ to: null })} />}
      {chosen && chosen.id !== start?.id ? (
        <p className={css.row}>
          {t("graph.chosen")} <b>{`${kindTold(t, chosen.kind)} ${nameOf(t, chosen, presentation)}`}</b>
          <Button variant="default" leftSection={<LocateFixed size={14} aria-hidden />} onClick={() => begin(chosen)}>
            {t("graph.beginAt")}
          </Button>
          {isAccount(chosen) && start && isAccount(start) ? (
            <Button variant="default" leftSection={<Route size={14} aria-hidden />} onClick={() => change({ to: chosen.id })}>
              {t("graph.wayTo")}
            </Button>
          ) : null}
        </p>
      ) : null}
      <div className={css.split}>
        <Legend drawn={graph} asked={view.kinds === "" ? null : new Set(view.kinds.split(","))} onKinds={(kinds) => change({ kinds: kinds.length === NODE_KINDS.length || kinds.length === 0 ? "" : kinds.join(",") })} />
        {view.as === "list" ? (
          <Listed drawn={graph} pairs={pairs} leads={leads} chosen={chosen} found={found} onChoose={choose} onBegin={begin} />
        ) : (
          <Drawing key={start?.id ?? ""} drawn={graph} pairs={pairs} chosen={chosen} found={found} path={alongPath(pairs, path ?? [])} onChoose={choose} />
        )}
      </div>
      {handsOn ? <HandOn asked={asked} onClose={() => setHandsOn(false)} /> : null}
    </>
  );
}

/** Findings speak of pairs of accounts, and referrals stand for accounts that nobody named. */
const isAccount = ({ kind }: Node) => kind === "account" || kind === "referral";

/** How far the graph goes, whether it has what many share, and where else it may lead. */
function Tools({ told: { graph }, onHandOn }: { told: Document; onHandOn: () => void }) {
  const t = useWords();
  const { presentation } = usePrefs();
  const may = useMay("hand_on");
  const [view, change] = useView(SHAPE);
  const start = graph.nodes[0];
  const others = start && isAccount(start) ? graph.nodes.filter((node) => isAccount(node) && node.id !== start.id) : [];
  return (
    <div className={css.filters}>
      <Choice
        label={t("graph.hops")}
        value={view.hops}
        onChange={(hops) => change({ hops })}
        options={(["1", "2", "3"] as const).map((value) => ({ value, face: value === "1" ? t("graph.steps", { count: 1 }) : value, label: t("graph.steps", { count: Number(value) }) }))}
      />
      <label>
        <input type="checkbox" checked={view.weak === "hide"} onChange={(event) => change({ weak: event.currentTarget.checked ? "hide" : "show" })} /> {t("graph.hideWeak")}
      </label>
      {others.length > 0 ? (
        <label>
          {t("graph.wayTo")}{" "}
          <select value={view.to ?? ""} onChange={(event) => change({ to: event.currentTarget.value || null })}>
            <option value="">{t("graph.nobody")}</option>
            {others.map((node, i) => (
              <option key={node.id} value={node.id}>
                {presentation ? t("timeline.accountNumber", { n: i + 1 }) : node.label}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <span className={css.end}>
        <Button variant="default" onClick={() => change({ from: null, to: null, kinds: "" })}>
          {t("graph.anew")}
        </Button>
        {may ? (
          <Button variant="default" leftSection={<FileDown size={14} aria-hidden />} onClick={onHandOn}>
            {t("graph.handOn")}
          </Button>
        ) : null}
      </span>
    </div>
  );
}
