import { Link, useLocation } from "wouter";
import { type ScreenId, SCREENS } from "../screens/list";
import { PAGES } from "../screens/pages";
import css from "./Rail.module.css";
import { useWords } from "../words";

/** The thirteen screens. Where there is little room only icons are seen; the words stay for those who hear them. */
export function Rail() {
  const t = useWords();
  const [path] = useLocation();
  return (
    <nav className={css.rail} aria-label={t("shell.rail")}>
      <p className={css.brand}>
        <img src="/icon.svg" alt="" width={20} height={20} />
        <span className={css.word}>Tutela</span>
      </p>
      <ul>
        {SCREENS.map(({ id, path: to, keys }) => (
          <li key={id}>
            <Link href={to} className={css.item} aria-current={path === to ? "page" : undefined} title={t(`screens.${id}.name`)}>
              <Icon id={id} />
              <span className={css.word}>{t(`screens.${id}.name`)}</span>
              <span className={css.keys} aria-hidden>
                g {keys[0]}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Icon({ id }: { id: ScreenId }) {
  const Shape = PAGES[id].icon;
  return <Shape className={css.icon} size={16} strokeWidth={1.75} aria-hidden />;
}
