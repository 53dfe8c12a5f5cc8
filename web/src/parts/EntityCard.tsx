import type { ReactNode } from "react";
import { usePrefs } from "../prefs";
import { whole } from "../show/number";
import css from "./EntityCard.module.css";
import { useWords } from "../words";

/** What a card can be about. A line is not a person, and a subscriber is not a user: each has its own kind. */
export const ENTITY_KINDS = [
  "lead", "person", "account", "address", "line", "subscriber", "device", "exhibit", "peer", "handle", "referral", "selector", "finding",
  "source",
] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

export interface EntityCardProps {
  kind: EntityKind;
  /** What names it in the records. Mask it where it is a name of a person and the unit's rules ask for it. */
  title: ReactNode;
  /** What the records say it is and how sure that is: "registered to … ", "candidate: a ground is missing". */
  status?: ReactNode;
  /** What stands out, at most eight. An unknown value is `null` and shown as unknown. */
  facts: readonly { readonly label: string; readonly value: ReactNode | null }[];
  /** What it hangs together with; each number opens the rows behind it. */
  links?: readonly { readonly kind: EntityKind; readonly count: number; readonly onOpen: () => void }[];
  /** What can be done with it from here. */
  actions?: ReactNode;
}

const NO_LINKS: NonNullable<EntityCardProps["links"]> = [];

/** The same card on every screen: first what stands out, then what it is linked with. */
export function EntityCard({ kind, title, status, facts, links = NO_LINKS, actions }: EntityCardProps) {
  const t = useWords();
  const { language } = usePrefs();
  return (
    <article className={css.card}>
      <header className={css.head}>
        <p className={css.kind}>{t(`entity.kind.${kind}`)}</p>
        <h2 className={css.title}>{title}</h2>
        {status ? <p className={css.status}>{status}</p> : null}
      </header>
      <dl className={css.facts}>
        {facts.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value ?? <span className={css.unknown}>{t("entity.unknown")}</span>}</dd>
          </div>
        ))}
      </dl>
      {links.length > 0 ? (
        <section aria-label={t("entity.links")}>
          <h3 className={css.section}>{t("entity.links")}</h3>
          <ul className={css.links}>
            {links.map(({ kind: other, count, onOpen }) => (
              <li key={other}>
                <button type="button" onClick={onOpen} disabled={count === 0}>
                  <span>{t(`entity.kinds.${other}`)}</span>
                  <span className={css.count}>{whole(count, language)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {actions ? <footer className={css.actions}>{actions}</footer> : null}
    </article>
  );
}
