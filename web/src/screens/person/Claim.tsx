import { TriangleAlert } from "lucide-react";
import type { Lead } from "../../api/types";
import { Name, Said } from "../../parts/Said";
import { Strength } from "../../parts/Strength";
import { useEntity } from "../../shell/entity";
import { log10 } from "../../show/number";
import { usePrefs } from "../../prefs";
import css from "./LeadPage.module.css";
import { useWords } from "../../words";

const nothing = () => Promise.resolve();

/** What is claimed, against what, how strongly, and how far it reaches to a person. */
export function Claim({ lead }: { lead: Lead }) {
  const t = useWords();
  const { language } = usePrefs();
  const { open } = useEntity();
  const { strength, person } = lead;
  const [one = "", other = ""] = strength.propositions;
  return (
    <section id="claim" className={css.card} aria-labelledby="claim-title">
      <h2 id="claim-title">{t("person.part.claim")}</h2>
      <p className={css.strength}>
        <Strength log10_lr={strength.log10_lr} words={strength.words} />
        {strength.margin_log10 === null || strength.margin_log10 === undefined ? null : (
          <span className={css.quiet}>{t("person.margin", { said: log10(strength.margin_log10, language) })}</span>
        )}
      </p>
      <dl className={css.propositions}>
        <div>
          <dt>{t("person.for")}</dt>
          <dd>
            <Said text={one} onReveal={nothing} />
          </dd>
        </div>
        <div>
          <dt>{t("strength.over")}</dt>
          <dd>
            <Said text={other} onReveal={nothing} />
          </dd>
        </div>
      </dl>
      <div className={css.reach} data-status={person.status}>
        <p>
          <strong>{t(`person.status.${person.status}`)}</strong>
          {": "}
          {t(`person.reach.${person.status}`)}
          {person.name_said ? (
            <>
              {" "}
              {t("person.nameSaid")} <b>
                <Name>{person.name_said}</Name>
              </b>
              .
            </>
          ) : null}
        </p>
        {lead.missing.length > 0 ? (
          <ul className={css.missing}>
            {lead.missing.map((ground) => (
              <li key={ground}>
                <TriangleAlert size={12} aria-hidden />
                <span>
                  <Said text={ground} onReveal={nothing} />
                </span>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      {lead.lines.length > 0 ? (
        <ul className={css.lines} aria-label={t("entity.kinds.line")}>
          {lead.lines.map((line, i) => (
            <li key={line}>
              <button type="button" className={css.link} onClick={() => open({ kind: "line", id: line })}>
                <Name>{line}</Name>
              </button>
              <span className={css.quiet}>
                {lead.subscribers[i] ? (
                  <>
                    {t("person.registered")} <Name>{lead.subscribers[i] ?? ""}</Name>
                  </>
                ) : (
                  t("person.registeredUnknown")
                )}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
