import { X } from "lucide-react";
import { Command } from "../../parts/Command";
import { shellWord } from "../../parts/commands";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { useEntity } from "../../shell/entity";
import css from "./Map.module.css";
import type { Counted } from "./shares";
import { useWords } from "../../words";

/** The leads of a province, the office that acts there, and how its region's packages are made. */
export function Selected({ chosen, all, onClose }: { chosen: Counted | null; all: readonly Counted[]; onClose: () => void }) {
  const t = useWords();
  const { language } = usePrefs();
  const { open } = useEntity();
  if (chosen === null) {
    return (
      <section className={css.side} aria-label={t("map.chosen")}>
        <h2>{t("map.mostLeads")}</h2>
        <ol className={css.top}>
          {all
            .filter((one) => one.all > 0)
            .slice(0, 12)
            .map(({ province: { code, name, office_name }, all: n }) => (
              <li key={code}>
                <span>
                  {name} <span className={css.quiet}>{office_name}</span>
                </span>
                <strong>{whole(n, language)}</strong>
              </li>
            ))}
        </ol>
        <p className={css.quiet}>{t("map.chooseOne")}</p>
      </section>
    );
  }
  const { province, estimated, identified } = chosen;
  const { leads, name, code, region, office_name } = province;
  const sure = leads.filter((lead) => !lead.estimated);
  const guessed = leads.filter((lead) => lead.estimated);
  const item = ({ lead, identified: is }: (typeof leads)[number]) => (
    <li key={lead}>
      <button type="button" className={css.choose} onClick={() => open({ kind: "lead", id: lead })}>
        {lead}
      </button>
      <span className={css.quiet}>{t(is ? "map.tied" : "map.notTied")}</span>
    </li>
  );
  return (
    <section className={css.side} aria-label={t("map.chosen")}>
      <header className={css.sideHead}>
        <div>
          <h2>
            {name} ({code})
          </h2>
          <p className={css.quiet}>{region}</p>
        </div>
        <button type="button" className={css.close} aria-label={t("map.close")} onClick={onClose}>
          <X size={16} aria-hidden />
        </button>
      </header>
      <dl className={css.facts}>
        <dt>{t("map.office")}</dt>
        <dd>{office_name ?? t("entity.unknown")}</dd>
        <dt>{t("map.leads")}</dt>
        <dd>
          {whole(leads.length, language)}
          {identified > 0 ? `, ${t("map.identifiedCount", { count: identified, said: whole(identified, language) })}` : ""}
        </dd>
      </dl>
      {sure.length > 0 ? (
        <>
          <h3>{t("map.registered")}</h3>
          <ul className={css.leads}>{sure.map(item)}</ul>
        </>
      ) : null}
      {guessed.length > 0 ? (
        <>
          <h3>
            <span className={css.tag}>{t("map.estimate")}</span> {whole(estimated, language)}
          </h3>
          <ul className={css.leads}>{guessed.map(item)}</ul>
          <p className={css.quiet}>{t("map.estimateNote")}</p>
        </>
      ) : null}
      {leads.length === 0 ? <p className={css.quiet}>{t("map.noLeads")}</p> : null}
      <h3>{t("map.packages")}</h3>
      <p>
        <Command command={`tutela export --as office-packages --region ${shellWord(region)} -o DIR`} />
      </p>
      <p className={css.quiet}>{t("map.packagesNote")}</p>
    </section>
  );
}
