import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link } from "wouter";
import type { Lead } from "../../api/types";
import { Said } from "../../parts/Said";
import { Empty } from "../../parts/States";
import { toGraph } from "../../view/links";
import { NODE_KINDS, type NodeKind } from "./drawing";
import css from "./Graph.module.css";
import { useWords } from "../../words";

const FIRST = 10;

/** Where a graph can begin. It begins at one thing: a drawing of everything says nothing. */
export function Start({ leads, onBegin }: { leads: readonly Lead[]; onBegin: (from: string) => void }) {
  const t = useWords();
  const [kind, setKind] = useState<NodeKind>("account");
  const [name, setName] = useState("");
  if (leads.length === 0) {
    return (
      <Empty title={t("graph.noLeads")} command="tutela analyse">
        {t("graph.noLeadsNote")}
      </Empty>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") onBegin(`${kind}:${name.trim()}`);
  };
  return (
    <div className={css.start}>
      <section aria-labelledby="begin-lead">
        <h2 id="begin-lead">{t("graph.beginLead")}</h2>
        <ul className={css.leads}>
          {leads.slice(0, FIRST).map((lead) => (
            <li key={lead.lead}>
              <Link href={toGraph({ kind: "lead", id: lead.accounts[0] ?? lead.peers[0] ?? lead.lead })}>{lead.lead}</Link> {lead.why ? <Said text={lead.why} onReveal={() => Promise.resolve()} /> : null}
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="begin-name">
        <h2 id="begin-name">{t("graph.beginName")}</h2>
        <form className={css.filters} onSubmit={submit}>
          <label>
            {t("graph.kind")}{" "}
            <select value={kind} onChange={(event) => setKind(NODE_KINDS.find((one) => one === event.currentTarget.value) ?? "account")}>
              {NODE_KINDS.map((one) => (
                <option key={one} value={one}>
                  {t(`entity.kind.${one}`)}
                </option>
              ))}
            </select>
          </label>
          <TextInput aria-label={t("graph.name")} placeholder={t("graph.namePlaceholder")} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Button type="submit" variant="default">
            {t("graph.beginAt")}
          </Button>
        </form>
        <p className={css.quiet}>{t("graph.beginNote")}</p>
      </section>
    </div>
  );
}
