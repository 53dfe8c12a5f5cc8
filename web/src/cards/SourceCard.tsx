import { useStatus } from "../api/asked";
import { EntityCard } from "../parts/EntityCard";
import { Name } from "../parts/Said";
import { Empty } from "../parts/States";
import { When } from "../parts/When";
import { usePrefs } from "../prefs";
import { bytes, whole } from "../show/number";
import css from "./Cards.module.css";
import { Told } from "./Told";
import { useWords } from "../words";

/** A file received: when, from whom to whom, under which authority, who read it, and what could not be read. */
export function SourceCard({ id }: { id: string }) {
  const t = useWords();
  const { language } = usePrefs();
  const asked = useStatus();
  const digest = id.replace(/^sha256:/, "");
  return (
    <Told asked={asked}>
      {({ sources }) => {
        const source = sources.find(({ sha256 }) => sha256 === digest);
        if (source === undefined) return <Empty title={t("card.gone")}>{t("card.goneNote")}</Empty>;
        const skips = Object.entries(source.skips);
        return (
          <>
            <EntityCard
              kind="source"
              title={<Name>{source.name}</Name>}
              status={t("card.sourceNote", { basis: source.basis })}
              facts={[
                { label: t("card.received"), value: <When at={source.at} /> },
                { label: t("ledger.officer"), value: <Name>{source.officer}</Name> },
                { label: t("card.reader"), value: `${source.reader} ${source.reader_version}` },
                { label: t("card.size"), value: bytes(source.size, language) },
                { label: t("person.rows"), value: whole(source.rows, language) },
                { label: t("card.problems"), value: whole(source.problems, language) },
                { label: t("card.sealed"), value: whole(source.sealed, language) },
                { label: "SHA-256", value: <code><Name>{source.sha256}</Name></code> },
              ]}
            />
            {skips.length > 0 ? (
              <section className={css.part} aria-label={t("card.skips")}>
                <h3>{t("card.skips")}</h3>
                <ul>
                  {skips.map(([why, n]) => (
                    <li key={why}>
                      {why}: {whole(n, language)}
                    </li>
                  ))}
                </ul>
              </section>
            ) : null}
          </>
        );
      }}
    </Told>
  );
}
