import { SegmentedControl, Switch, useMantineColorScheme } from "@mantine/core";
import { CircleQuestionMark, Presentation, Scale, Settings2, ShieldAlert, ShieldCheck, ShieldX, TriangleAlert } from "lucide-react";
import { useId } from "react";
import { Link } from "wouter";
import type { Authority, Integrity, Session } from "../api/session";
import { askReason } from "../api/connection";
import { Panel } from "../parts/Panel";
import { type Language, setPrefs, usePrefs, type Zone } from "../prefs";
import { whole } from "../show/number";
import { clock, instant } from "../show/time";
import { useNow } from "../show/useNow";
import { Choice } from "./Choice";
import css from "./Header.module.css";
import { JobsIndicator } from "./Jobs";
import { SearchField } from "./SearchField";
import { useWords } from "../words";

/** Which operation this is, on what basis, at what time, in what state, and who is at work. */
export function Header({ session, onHelp, onAccount }: { session: Session; onHelp: () => void; onAccount: () => void }) {
  const t = useWords();
  const { presentation } = usePrefs();
  return (
    <header className={css.header}>
      <div className={css.operation}>
        <p className={css.title}>{session.operation.title}</p>
        <Basis authorities={session.authorities} />
      </div>
      <SearchField />
      <LedgerState {...session.ledger} />
      <Zones />
      <Languages />
      <div className={css.icons}>
        <JobsIndicator />
        <button
          type="button"
          className={css.icon}
          aria-pressed={presentation}
          aria-label={t("shell.presentation")}
          title={t("shell.presentation")}
          onClick={() => setPrefs({ presentation: !presentation })}
        >
          <Presentation size={16} aria-hidden />
        </button>
        <Settings />
        <button type="button" className={css.icon} aria-label={t("help.title")} title={`${t("help.title")} (?)`} onClick={onHelp}>
          <CircleQuestionMark size={16} aria-hidden />
        </button>
      </div>
      <p className={css.officer} title={t("shell.officer", { name: session.officer })}>
        {session.account ? (
          <button type="button" className={css.account} aria-haspopup="dialog" onClick={onAccount}>
            {session.officer}
          </button>
        ) : (
          session.officer
        )}
        {session.reason_needed ? (
          <button type="button" className={css.why} title={session.reason} onClick={askReason}>
            {t("reason.change")}
          </button>
        ) : null}
      </p>
    </header>
  );
}

function Basis({ authorities }: { authorities: readonly Authority[] }) {
  const t = useWords();
  const { language } = usePrefs();
  const [first, ...more] = authorities.filter(({ valid_today }) => valid_today);
  if (first === undefined) {
    return (
      <Link href="/legal" className={css.basis} data-none>
        <TriangleAlert size={12} aria-hidden /> {t("shell.basisNone")}
      </Link>
    );
  }
  const until = instant(first.until, "UTC", language, "day");
  return (
    <Link href="/legal" className={css.basis} title={first.text}>
      <Scale size={12} aria-hidden />
      <span>
        {t("shell.basis", { id: first.id, state: first.state, until })}
        {more.length > 0 ? ` ${t("shell.basisMore", { count: more.length })}` : ""}
      </span>
    </Link>
  );
}

const SHIELD: Record<Integrity, typeof ShieldCheck> = { green: ShieldCheck, amber: ShieldAlert, red: ShieldX };

function LedgerState({ entries, integrity, claim }: Session["ledger"]) {
  const t = useWords();
  const { language } = usePrefs();
  const Shield = SHIELD[integrity];
  return (
    <Link href="/ledger" className={css.ledger} data-integrity={integrity} title={claim}>
      <Shield size={16} aria-hidden />
      <span>
        <span className={css.state}>{t(`ledger.${integrity}`)}</span>
        <span className={css.entries}>{t("ledger.entries", { count: entries, said: whole(entries, language) })}</span>
      </span>
    </Link>
  );
}

/** Both zones at once; the chosen one is that in which times are shown. */
function Zones() {
  const t = useWords();
  const { zone, language } = usePrefs();
  const now = useNow();
  const face = (one: Zone) => {
    const { time, zone: name } = clock(now, one, language);
    return (
      <>
        <span className={css.time}>{time}</span> {name}
      </>
    );
  };
  return (
    <Choice<Zone>
      label={t("shell.zone")}
      value={zone}
      onChange={(next) => setPrefs({ zone: next })}
      options={[
        { value: "UTC", face: face("UTC"), label: "UTC" },
        { value: "Europe/Rome", face: face("Europe/Rome"), label: "Europe/Rome" },
      ]}
    />
  );
}

function Languages() {
  const t = useWords();
  const { language } = usePrefs();
  return (
    <Choice<Language>
      label={t("shell.language")}
      value={language}
      onChange={(next) => setPrefs({ language: next })}
      options={[
        { value: "it", face: "IT", label: `IT, ${t("shell.italian")}` },
        { value: "en", face: "EN", label: `EN, ${t("shell.english")}` },
      ]}
    />
  );
}

const THEMES = ["auto", "light", "dark"] as const;

function Settings() {
  const t = useWords();
  const { letters, presentation } = usePrefs();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const id = useId();
  return (
    <Panel
      className={css.settings}
      face={<Settings2 size={16} aria-hidden />}
      button={{ className: css.icon, "aria-label": t("shell.settings"), title: t("shell.settings") }}
    >
        <div role="group" aria-labelledby={id}>
          <p id={id} className={css.label}>
            {t("shell.theme")}
          </p>
          <SegmentedControl
            fullWidth
            aria-labelledby={id}
            value={colorScheme}
            onChange={(value) => setColorScheme(THEMES.find((one) => one === value) ?? "auto")}
            data={THEMES.map((value) => ({ value, label: t(`theme.${value}`) }))}
          />
        </div>
        <Switch
          label={t("shell.presentation")}
          description={t("shell.presentationNote")}
          checked={presentation}
          onChange={(event) => setPrefs({ presentation: event.currentTarget.checked })}
        />
        <Switch
          label={t("shell.letters")}
          description={t("shell.lettersNote")}
          checked={letters}
          onChange={(event) => setPrefs({ letters: event.currentTarget.checked })}
        />
        <Link href="/end">{t("end.leave")}</Link>
    </Panel>
  );
}
