import { Link } from "wouter";
import { useLeads } from "../api/asked";
import { EntityCard } from "../parts/EntityCard";
import { Name } from "../parts/Said";
import { Empty } from "../parts/States";
import { Tied } from "../parts/Tied";
import { toGraph, toLead } from "../view/links";
import css from "./Cards.module.css";
import { Told } from "./Told";
import { useWords } from "../words";

/** A line: of which operator, to whom it is registered, and the leads that came through it. It is not a person. */
export function LineCard({ id }: { id: string }) {
  const t = useWords();
  const asked = useLeads();
  const slash = id.indexOf("/");
  return (
    <Told asked={asked}>
      {({ leads }) => {
        const own = leads.filter(({ lines }) => lines.includes(id));
        if (own.length === 0) return <Empty title={t("card.gone")}>{t("card.goneNote")}</Empty>;
        const holders = [...new Set(own.flatMap(({ lines, subscribers }) => subscribers[lines.indexOf(id)] ?? []))];
        return (
          <>
            <EntityCard
              kind="line"
              title={<Name>{id}</Name>}
              status={t("card.lineNote")}
              facts={[
                { label: t("card.operator"), value: slash > 0 ? id.slice(0, slash) : null },
                { label: t("person.registered"), value: holders.length > 0 ? <Name>{holders.join(", ")}</Name> : null },
              ]}
              actions={<Link href={toGraph({ kind: "line", id })}>{t("card.toGraph")}</Link>}
            />
            <section className={css.part} aria-label={t("entity.kinds.lead")}>
              <h3>{t("entity.kinds.lead")}</h3>
              <ul>
                {own.map((lead) => (
                  <li key={lead.lead}>
                    <Link href={toLead(lead)}>{lead.lead}</Link> <Tied status={lead.person.status} />
                  </li>
                ))}
              </ul>
            </section>
          </>
        );
      }}
    </Told>
  );
}
