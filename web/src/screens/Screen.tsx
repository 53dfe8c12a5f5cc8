import type { ReactNode } from "react";
import type { ScreenId } from "./list";
import css from "./Screen.module.css";
import { useWords } from "../words";

export interface ScreenProps {
  id: ScreenId;
  /** What can be done on the whole screen. */
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of a screen: its name, the question that it answers, and its content, which fills what is left. */
export function Screen({ id, actions, children }: ScreenProps) {
  const t = useWords();
  return (
    <div className={css.screen}>
      <header className={css.head}>
        <div>
          <h1>{t(`screens.${id}.name`)}</h1>
          <p className={css.question}>{t(`screens.${id}.question`)}</p>
        </div>
        {actions ? <div className={css.actions}>{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}
