import { Link } from "wouter";
import { useLead } from "../api/asked";
import { Band } from "../parts/Band";
import { EntityCard } from "../parts/EntityCard";
import { Name, NamesContext, namesOf, Said } from "../parts/Said";
import { Strength } from "../parts/Strength";
import { Tied } from "../parts/Tied";
import { useEntity } from "../shell/entity";
import { toGraph, toLead } from "../view/links";
import css from "./Cards.module.css";
import { Told } from "./Told";
import { useWords } from "../words";

/** A lead in short: how far, how strongly, why, and the way to its page. */
export function LeadCard({ id }: { id: string }) {
  const t = useWords();
  const { open } = useEntity();
  const asked = useLead(id);
  return (
    <Told asked={asked}>
      {({ lead }) => {
        const [one, other] = lead.strength.propositions;
        return (
          <NamesContext value={namesOf(lead)}>
            <EntityCard
              kind="lead"
              title={lead.lead}
              status={<Tied status={lead.person.status} />}
              facts={[
                { label: t("person.band"), value: <Band name={lead.band.name} actBy={lead.band.act_by ?? null} /> },
                { label: t("person.strength"), value: <Strength log10_lr={lead.strength.log10_lr} words={lead.strength.words} {...(one && other ? { propositions: [one, other] as const } : {})} /> },
                { label: t("person.why"), value: lead.why ? <Said text={lead.why} onReveal={() => Promise.resolve()} /> : null },
                { label: t("person.missing"), value: lead.missing.length > 0 ? <Said text={lead.missing.join("; ")} onReveal={() => Promise.resolve()} /> : t("person.nothingMissing") },
                { label: t("person.office"), value: lead.office_name ?? null },
                { label: t("person.openHead"), value: lead.alternatives.filter(({ state }) => state === "open").map(({ words }) => words).join("; ") || t("person.noneOpen") },
              ]}
              actions={
                <>
                  <Link href={toLead(lead)}>{t("card.toPage")}</Link>
                  <Link href={toGraph({ kind: "lead", id: lead.accounts[0] ?? lead.peers[0] ?? lead.lead })}>{t("card.toGraph")}</Link>
                </>
              }
            />
            <Members label={t("entity.kinds.account")} names={lead.accounts} onOpen={(account) => open({ kind: "account", id: account })} />
            <Members label={t("entity.kinds.line")} names={lead.lines} onOpen={(line) => open({ kind: "line", id: line })} />
          </NamesContext>
        );
      }}
    </Told>
  );
}

/** What belongs to it, each with its own card. */
export function Members({ label, names, onOpen }: { label: string; names: readonly string[]; onOpen: (name: string) => void }) {
  if (names.length === 0) return null;
  return (
    <section className={css.part} aria-label={label}>
      <h3>{label}</h3>
      <ul>
        {names.map((name) => (
          <li key={name}>
            <button type="button" className={css.link} onClick={() => onOpen(name)}>
              <Name>{name}</Name>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
