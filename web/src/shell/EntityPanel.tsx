import { X } from "lucide-react";
import { type ComponentType, type KeyboardEvent, lazy, Suspense, useEffect } from "react";
import type { EntityKind } from "../parts/EntityCard";
import { Empty } from "../parts/States";
import { useEntity } from "./entity";
import css from "./EntityPanel.module.css";
import { useWords } from "../words";

const OtherCard = lazy(() => import("../cards/NodeCard").then(({ NodeCard }) => ({ default: NodeCard })));

/** What loads and draws the card of each kind. A kind that is not here says so in its place. */
const CARDS: Partial<Record<EntityKind, ComponentType<{ kind: EntityKind; id: string }>>> = {
  lead: lazy(() => import("../cards/LeadCard").then(({ LeadCard }) => ({ default: LeadCard }))),
  account: lazy(() => import("../cards/AccountCard").then(({ AccountCard }) => ({ default: AccountCard }))),
  line: lazy(() => import("../cards/LineCard").then(({ LineCard }) => ({ default: LineCard }))),
  finding: lazy(() => import("../cards/FindingCard").then(({ FindingCard }) => ({ default: FindingCard }))),
  referral: OtherCard,
  subscriber: OtherCard,
  device: OtherCard,
  selector: OtherCard,
  exhibit: OtherCard,
  peer: OtherCard,
  handle: OtherCard,
  source: lazy(() => import("../cards/SourceCard").then(({ SourceCard }) => ({ default: SourceCard }))),
};

/** The card at the right of every screen. The page beside it stays usable. */
export function EntityPanel() {
  const t = useWords();
  const { entity, close } = useEntity();
  const shown = entity !== null;
  useEffect(() => {
    if (!shown) return;
    // Whoever opened the card from a list with Enter is still in the list: Escape closes it from there too.
    const onEscape = (event: globalThis.KeyboardEvent) => {
      const own = event.target instanceof Element && event.target.closest("input, textarea, select, dialog, [role='listbox'], [role='dialog']") !== null;
      if (event.key === "Escape" && !own && !event.defaultPrevented) close();
    };
    window.addEventListener("keydown", onEscape);
    return () => window.removeEventListener("keydown", onEscape);
  });
  if (entity === null) return null;
  const Card = CARDS[entity.kind];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
  };
  return (
    // Escape is for whoever is inside; the button does the same.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside className={css.panel} aria-label={t("entity.panel")} onKeyDown={onKeyDown}>
      <header className={css.head}>
        <p>{t("entity.panel")}</p>
        <button type="button" className={css.close} aria-label={t("entity.close")} onClick={close}>
          <X size={16} aria-hidden />
        </button>
      </header>
      <div className={css.body}>
        {Card ? (
          <Suspense fallback={null}>
            <Card key={`${entity.kind}:${entity.id}`} kind={entity.kind} id={entity.id} />
          </Suspense>
        ) : (
          <Empty title={t("entity.noCard")}>{t("entity.noCardNote")}</Empty>
        )}
      </div>
    </aside>
  );
}
