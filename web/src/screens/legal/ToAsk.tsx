import { useState } from "react";
import { noteLook } from "../../api/rows";
import type { Holder } from "../../api/types";
import { Command } from "../../parts/Command";
import { Said } from "../../parts/Said";
import { Empty } from "../../parts/States";
import { useItems } from "../../parts/useItems";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { LOCALE, once, whole } from "../../show/number";
import { duration } from "../../show/time";
import { useNow } from "../../show/useNow";
import { useEntity } from "../../shell/entity";
import { askCommand, byNearestEnd, gainWord, nearestEnd } from "./asks";
import css from "./Legal.module.css";
import { useWords } from "../../words";

const FIRST = 6;

/** What leads leave to be asked, by whom it is to be asked of: whose records end first, first. */
export function ToAsk({ holders, q }: { holders: readonly Holder[]; q: string }) {
  const t = useWords();
  const { language } = usePrefs();
  const list = useItems<HTMLDivElement>();
  const word = q.toLowerCase();
  const shown = byNearestEnd(holders)
    .map((holder) => ({ ...holder, steps: holder.of.toLowerCase().includes(word) ? holder.steps : holder.steps.filter(({ lead, ask }) => `${lead} ${ask}`.toLowerCase().includes(word)) }))
    .filter(({ steps }) => steps.length > 0);
  const n = shown.reduce((sum, { steps }) => sum + steps.length, 0);
  return (
    <section className={css.part} aria-labelledby="to-ask" ref={list}>
      <header className={css.partHead}>
        <h2 id="to-ask">{t("legal.toAsk")}</h2>
        {n > 0 ? <p className={css.quiet}>{t("legal.toAskCount", { count: n, said: whole(n, language), holders: whole(shown.length, language) })}</p> : null}
      </header>
      {holders.length === 0 ? (
        <Empty title={t("legal.nothingToAsk")} command="tutela analyse">
          {t("legal.nothingToAskNote")}
        </Empty>
      ) : shown.length === 0 ? (
        <p className={css.quiet}>{t("grid.noneSuch")}</p>
      ) : (
        shown.map((holder, i) => <OneHolder key={holder.of} holder={holder} open={i < 2 || word !== ""} />)
      )}
    </section>
  );
}

function OneHolder({ holder: { of, steps }, open }: { holder: Holder; open: boolean }) {
  const t = useWords();
  const { language, presentation } = usePrefs();
  const { open: openCard } = useEntity();
  const now = useNow();
  const [all, setAll] = useState(false);
  const end = nearestEnd(steps);
  const past = steps.filter((step) => step.past).length;
  const leads = [...new Set(steps.map(({ lead }) => lead))];
  return (
    <details className={css.holder} open={open}>
      <summary data-item>
        <strong>{of}</strong>
        <span>{t("legal.questions", { count: steps.length, said: whole(steps.length, language) })}</span>
        <span className={css.end}>
          {end ? (
            <>
              {t("legal.keptUntil")} <When at={end} fine="day" /> ({t("band.left", { length: duration(new Date(end).getTime() - now.getTime(), language) })})
            </>
          ) : (
            t("legal.endUnknown")
          )}
          {past > 0 ? <span className={css.stop}> · {t("legal.pastEnd", { count: past, said: whole(past, language) })}</span> : null}
        </span>
      </summary>
      <div className={css.scroll}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t("entity.kind.lead")}</th>
              <th scope="col">{t("legal.what")}</th>
              <th scope="col">{t("legal.why")}</th>
              <th scope="col">{t("legal.by")}</th>
              <th scope="col">{t("legal.gain")}</th>
            </tr>
          </thead>
          <tbody>
            {(all ? steps : steps.slice(0, FIRST)).map((step, i) => (
              <tr key={i}>
                <td>
                  <button type="button" className={css.lead} onClick={() => openCard({ kind: "lead", id: step.lead })}>
                    {step.lead}
                  </button>
                </td>
                <td>
                  {presentation ? t("masked.presented", { label: t("masked.text") }) : <Said text={step.ask} onReveal={() => noteLook("connection")} />}
                </td>
                <td className={css.quiet}>
                  {presentation ? null : <Said text={step.why} onReveal={() => noteLook("connection")} />}
                </td>
                <td className={step.past ? css.stop : undefined}>
                  {step.by ? <When at={step.by} fine="day" /> : <span className={css.quiet}>{t("legal.unknown")}</span>}
                  {step.past ? ` ${t("legal.passed")}` : ""}
                </td>
                <td title={t("legal.bits", { bits: bits(step.gain_bits, language) })}>{t(`legal.gainWord.${gainWord(step.gain_bits)}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={css.after}>
        {steps.length > FIRST ? (
          <button type="button" className={css.more} onClick={() => setAll(!all)}>
            {all ? t("legal.fewer") : t("legal.more", { n: whole(steps.length, language) })}
          </button>
        ) : null}
        <Command command={askCommand(of, leads.length > 12 ? [] : leads)} />
      </p>
    </details>
  );
}

const bits = (value: number, language: "it" | "en") =>
  once(`bits ${language}`, () => new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: 2 })).format(value);
