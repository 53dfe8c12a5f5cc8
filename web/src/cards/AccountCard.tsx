import { Link } from "wouter";
import { useLead } from "../api/asked";
import { EntityCard } from "../parts/EntityCard";
import { Name, NamesContext, namesOf, Said } from "../parts/Said";
import { Tied } from "../parts/Tied";
import { useEntity } from "../shell/entity";
import { toGraph, toLead } from "../view/links";
import css from "./Cards.module.css";
import { Members } from "./LeadCard";
import { Told } from "./Told";
import { useWords } from "../words";

/** An account: of which platform, in which lead, and which findings name it. */
export function AccountCard({ id }: { id: string }) {
  const t = useWords();
  const { open } = useEntity();
  const asked = useLead(id);
  const slash = id.indexOf("/");
  return (
    <Told asked={asked}>
      {({ lead, findings }) => {
        const named = findings.filter(({ statement }) => statement.includes(id));
        return (
          <NamesContext value={namesOf(lead)}>
            <EntityCard
              kind="account"
              title={<Name>{id}</Name>}
              status={t("card.accountNote")}
              facts={[
                { label: t("card.platform"), value: slash > 0 ? id.slice(0, slash) : null },
                { label: t("entity.kind.lead"), value: <Link href={toLead(lead)}>{lead.lead}</Link> },
                { label: t("person.statusHead"), value: <Tied status={lead.person.status} /> },
                { label: t("card.nameSaid"), value: lead.person.name_said ? <Name>{lead.person.name_said}</Name> : null },
              ]}
              actions={<Link href={toGraph({ kind: "account", id })}>{t("card.toGraph")}</Link>}
            />
            <section className={css.part} aria-label={t("entity.kinds.finding")}>
              <h3>{t("card.namedBy")}</h3>
              <ul>
                {named.map(({ finding, statement }) => (
                  <li key={finding}>
                    <button type="button" className={css.link} onClick={() => open({ kind: "finding", id: finding })}>
                      {finding}
                    </button>{" "}
                    <Said text={statement} onReveal={() => Promise.resolve()} />
                  </li>
                ))}
              </ul>
            </section>
            <Members label={t("card.linesOfLead")} names={lead.lines} onOpen={(line) => open({ kind: "line", id: line })} />
          </NamesContext>
        );
      }}
    </Told>
  );
}
