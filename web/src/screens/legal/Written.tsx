import type { Sent } from "../../api/types";
import { RowsLink } from "../../parts/RowsLink";
import { Empty } from "../../parts/States";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import css from "./Legal.module.css";
import { useWords } from "../../words";

/** Requests that were written: what was asked, over which span, with how many questions whose answer is known. */
export function Written({ asked, checked, onCheck }: { asked: readonly Sent[]; checked: string; onCheck: (request: string) => void }) {
  const t = useWords();
  const { language } = usePrefs();
  return (
    <section className={css.part} aria-labelledby="written">
      <h2 id="written">{t("legal.written")}</h2>
      {asked.length === 0 ? (
        <Empty title={t("legal.noneWritten")} command="tutela ask L-001 --of HOLDER -o DIR">
          {t("legal.noneWrittenNote")}
        </Empty>
      ) : (
        <div className={css.scroll}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{t("legal.request")}</th>
                <th scope="col">{t("legal.to")}</th>
                <th scope="col">{t("legal.span")}</th>
                <th scope="col" data-numeric>{t("legal.nQuestions")}</th>
                <th scope="col" data-numeric>{t("legal.repeated")}</th>
                <th scope="col" data-numeric title={t("legal.controlNote")}>{t("legal.control")}</th>
                <th scope="col">{t("legal.fourEyesShort")}</th>
              </tr>
            </thead>
            <tbody>
              {asked.map(({ request, of, first, last, questions, repeated, control }) => (
                <tr key={request}>
                  <th scope="row">{request}</th>
                  <td>{of}</td>
                  <td>
                    <When at={first} until={last} fine="minute" />
                  </td>
                  <td data-numeric>
                    <RowsLink table="request" filter={{ request: `=${request}` }} n={questions} />
                  </td>
                  <td data-numeric>{whole(repeated, language)}</td>
                  <td data-numeric>{whole(control, language)}</td>
                  <td>
                    <button type="button" className={css.more} aria-pressed={checked === request} onClick={() => onCheck(checked === request ? "" : request)}>
                      {t("legal.check", { request })}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {asked.length > 0 ? <p className={css.quiet}>{t("legal.controlNote")}</p> : null}
    </section>
  );
}
