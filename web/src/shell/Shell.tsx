import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useLeads } from "../api/asked";
import { useSession } from "../api/session";
import { useAction } from "../keys/Keys";
import { setPrefs, usePrefs } from "../prefs";
import { useConnection } from "../api/connection";
import { NamesContext, namesOf } from "../parts/Said";
import { Failed, Loading } from "../parts/States";
import { type ScreenId, SCREENS } from "../screens/list";
import { instant } from "../show/time";
import { useNow } from "../show/useNow";
import { Account } from "./Account";
import { blank } from "./Blank";
import { EntityPanel } from "./EntityPanel";
import { Header } from "./Header";
import { Help } from "./Help";
import { LedgerStop } from "./LedgerStop";
import { Rail } from "./Rail";
import { Reason } from "./Reason";
import { Reconnect } from "./Reconnect";
import { Door } from "./SignIn";
import css from "./Shell.module.css";
import { Stale } from "./Stale";
import { PlaceWindow } from "../viewer/PlaceWindow";
import { useWords } from "../words";

/** What stands around every screen: rail, header, card at the right, and the keys that work everywhere. */
export function Shell({ children }: { children: ReactNode }) {
  const t = useWords();
  const { presentation, zone, language } = usePrefs();
  const session = useSession();
  const now = useNow();
  const [path] = useLocation();
  const [over, setOver] = useState<"help" | "account" | null>(null);
  const main = useRef<HTMLElement>(null);
  useAction("help", () => setOver("help"));
  useAction("blank", blank);

  const screen = SCREENS.find((one) => one.path === path)?.id;
  const name = screen ? t(`screens.${screen}.name`) : null;
  useEffect(() => {
    document.title = name ? `${name} · Tutela` : "Tutela";
  }, [name]);

  // Somebody who comes to another screen by a key begins at its content, not at the end of the rail.
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    main.current?.focus({ preventScroll: true });
    main.current?.scrollTo(0, 0);
  }, [path]);

  const { link } = useConnection();
  if (session.data === undefined && link === "sign_in") return <Door />;
  if (session.data === undefined && link === "no_session") return <Reconnect />;
  if (session.isPending) return <Loading label={t("shell.opening")} />;
  if (session.data === undefined) return <Failed error={session.error} onRetry={() => void session.refetch()} />;
  const { operation, ledger, findings, officer, account } = session.data;
  const stopped = ledger.integrity === "red" && screen !== "ledger";
  return (
    <div className={css.shell}>
      <a className={css.skip} href="#main">
        {t("shell.skip")}
      </a>
      {SCREENS.map(({ id, path: to }) => (
        <GoKey key={id} id={id} to={to} />
      ))}
      {operation.synthetic ? <p className={css.synthetic}>{t("shell.synthetic")}</p> : null}
      {presentation ? (
        <p className={css.presenting} role="status">
          {t("shell.presenting")}
          <button type="button" onClick={() => setPrefs({ presentation: false })}>
            {t("shell.presentingEnd")}
          </button>
        </p>
      ) : null}
      <div className={css.frame}>
        <Rail />
        <div className={css.column}>
          <Header session={session.data} onHelp={() => setOver("help")} onAccount={() => setOver("account")} />
          <Reconnect />
          <SharedNames>
            <PlaceWindow>
              <div className={css.beside}>
                <main ref={main} id="main" className={css.main} tabIndex={-1}>
                  {findings.stale ? (
                    <div className={css.notice}>
                      <Stale />
                    </div>
                  ) : null}
                  {stopped ? <LedgerStop claim={ledger.claim} /> : children}
                </main>
                <EntityPanel />
              </div>
            </PlaceWindow>
          </SharedNames>
        </div>
      </div>
      <p className={css.printed}>{t("shell.printed", { at: instant(now.toISOString(), zone, language, "minute"), officer })}</p>
      <Reason session={session.data} />
      {over === "help" ? <Help onClose={() => setOver(null)} /> : null}
      {over === "account" && account ? <Account account={account} onClose={() => setOver(null)} /> : null}
    </div>
  );
}

/** While the screen is shared: what names somebody in any sentence, on every screen and card, whoever it belongs to. */
function SharedNames({ children }: { children: ReactNode }) {
  const { presentation } = usePrefs();
  const leads = useLeads(presentation);
  const names = useMemo(() => (presentation && leads.isPending ? null : (leads.data?.leads.flatMap(namesOf) ?? [])), [presentation, leads.data, leads.isPending]);
  return <NamesContext value={names}>{children}</NamesContext>;
}

function GoKey({ id, to }: { id: ScreenId; to: string }) {
  const [, go] = useLocation();
  useAction(`go.${id}`, () => go(to));
  return null;
}
