import { X } from "lucide-react";
import { Fragment, useEffect, useRef } from "react";
import { type Action, type Binding, KEYMAP } from "../keys/keymap";
import { type ScreenId } from "../screens/list";
import css from "./Help.module.css";
import { useWords } from "../words";

const GROUPS = ["go", "list", "intake", "grading", "act", "always"] as const;

/** All keys, from the list by which they act. */
export function Help({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className={css.help} aria-labelledby="help-title" onClose={onClose}>
      <header className={css.head}>
        <h2 id="help-title">{t("help.title")}</h2>
        <button type="button" className={css.close} aria-label={t("help.close")} onClick={() => dialog.current?.close()}>
          <X size={16} aria-hidden />
        </button>
      </header>
      <div className={css.groups}>
        {GROUPS.map((group) => (
          <section key={group} className={css.group} data-group={group}>
            <h3>{t(`help.group.${group}`)}</h3>
            <dl>
              {KEYMAP.filter((binding) => binding.group === group).map((binding) => (
                <div key={binding.action}>
                  <dt>
                    <Said action={binding.action} />
                  </dt>
                  <dd>
                    <Presses presses={binding.shown === undefined ? binding.presses : [[binding.shown]]} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={css.note}>{t("help.arrows")}</p>
    </dialog>
  );
}

function Said({ action }: { action: Action }) {
  const t = useWords();
  if (isGo(action)) return t(`screens.${action.slice(3) as ScreenId}.name`);
  return t(`help.action.${action}`);
}

const isGo = (action: Action): action is `go.${ScreenId}` => action.startsWith("go.");

function Presses({ presses }: Pick<Binding, "presses">) {
  const t = useWords();
  return presses.map((keys, i) => (
    <Fragment key={keys.join(" ")}>
      {i > 0 ? <span className={css.join}>{t("help.or")}</span> : null}
      {keys.map((key, j) => (
        <Fragment key={j}>
          {j > 0 ? <span className={css.join}>{t("help.next")}</span> : null}
          <kbd>{key === "Escape" ? "Esc" : key}</kbd>
        </Fragment>
      ))}
    </Fragment>
  ));
}
