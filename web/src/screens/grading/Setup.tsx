import css from "./Grading.module.css";
import { change, KEYS, type Sitting } from "./session";
import { useWords } from "../../words";

export interface SetupProps {
  sitting: Sitting;
  ready: boolean;
  disabled: boolean;
  /** A second grading: its scheme is that of its queue, and how many are enough is a question of the first. */
  second?: boolean;
  onGive: (key: string) => void;
}

/** The scheme, the word of each key, and why: chosen by the officer, kept for this sitting only. */
export function Setup({ sitting, ready, disabled, second = false, onGive }: SetupProps) {
  const t = useWords();
  const { scheme, categories, reason, enough } = sitting;
  return (
    <section className={css.setup} aria-label={t("grading.setup")}>
      {second ? null : (
        <label>
          {t("grading.scheme")}
          <input value={scheme} required aria-invalid={scheme.trim() === ""} onChange={(event) => { const value = event.currentTarget.value; change((now) => ({ ...now, scheme: value })); }} />
        </label>
      )}
      <label>
        {t("grading.reason")}
        <input value={reason} required aria-invalid={reason.trim() === ""} onChange={(event) => { const value = event.currentTarget.value; change((now) => ({ ...now, reason: value })); }} />
      </label>
      {ready ? null : <p className={css.care}>{t("grading.needed")}</p>}
      <fieldset className={css.keys}>
        <legend>{t("grading.categories")}</legend>
        {KEYS.map((key, i) => (
          <div key={key} className={css.key}>
            <button type="button" disabled={disabled || !ready || (categories[i] ?? "").trim() === ""} aria-label={t("grading.give", { key, category: categories[i] ?? "" })} onClick={() => onGive(key)}>
              <kbd>{key}</kbd>
            </button>
            <input
              aria-label={t("grading.categoryOf", { key })}
              value={categories[i] ?? ""}
              placeholder={t("grading.unused")}
              onChange={(event) => {
                const { value } = event.currentTarget;
                change((now) => ({ ...now, categories: now.categories.map((one, j) => (j === i ? value : one)) }));
              }}
            />
          </div>
        ))}
      </fieldset>
      {second ? null : (
        <label>
          {t("grading.enough")}
          <input
            inputMode="numeric"
            value={enough ?? ""}
            onChange={(event) => {
              const said = event.currentTarget.value;
              change((now) => ({ ...now, enough: /^[1-9]\d{0,6}$/.test(said) ? Number(said) : null }));
            }}
          />
        </label>
      )}
    </section>
  );
}
