import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, X } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { write } from "../api/client";
import { addPasskey, canUsePasskeys, PASSKEYS } from "../api/passkeys";
import { SESSION } from "../api/session";
import type { Passkey, Passkeys, SessionAccount } from "../api/types";
import { useRole } from "../parts/May";
import { Failed, Loading } from "../parts/States";
import { useWrong } from "../parts/wrong";
import { usePrefs } from "../prefs";
import { instant } from "../show/time";
import css from "./Account.module.css";
import { useWords } from "../words";

/** The account that is in: its passkeys, and its passphrase. */
export function Account({ account, onClose }: { account: SessionAccount; onClose: () => void }) {
  const t = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const passkeys = useQuery(PASSKEYS);
  useEffect(() => dialog.current?.showModal(), []);
  const close = () => dialog.current?.close();
  return (
    <dialog ref={dialog} className={css.account} aria-labelledby="account-title" onClose={onClose}>
      <header className={css.head}>
        <div>
          <h2 id="account-title">{t("account.title", { name: account.name })}</h2>
          <p className={css.quiet}>{t("account.role", { role: useRole() })}</p>
        </div>
        <button type="button" className={css.close} aria-label={t("account.close")} onClick={close}>
          <X size={16} aria-hidden />
        </button>
      </header>
      <section className={css.part} aria-labelledby="account-passkeys">
        <h3 id="account-passkeys">{t("account.passkeys")}</h3>
        <p className={css.quiet}>{t("account.passkeysNote")}</p>
        {passkeys.data === undefined ? (
          passkeys.isPending ? <Loading label={t("account.loading")} /> : <Failed error={passkeys.error} onRetry={() => void passkeys.refetch()} />
        ) : (
          <Keys {...passkeys.data} />
        )}
      </section>
      <section className={css.part} aria-labelledby="account-passphrase">
        <h3 id="account-passphrase">{t("signIn.passphrase")}</h3>
        <Passphrase name={account.name} />
      </section>
      <footer className={css.foot}>
        <Link href="/end" onClick={close}>
          {t("end.leave")}
        </Link>
      </footer>
    </dialog>
  );
}

function Keys({ host, passkeys }: Passkeys) {
  const t = useWords();
  return (
    <>
      {passkeys.length === 0 ? <p>{t("account.none")}</p> : null}
      <ul className={css.keys}>
        {passkeys.map((passkey) => (
          <Key key={passkey.id} {...passkey} />
        ))}
      </ul>
      {host && canUsePasskeys() ? <Adding /> : <p className={css.quiet}>{host ? t("account.notHere", { host }) : t("account.noHost")}</p>}
    </>
  );
}

function Key({ id, label, host, added }: Passkey) {
  const t = useWords();
  const { zone, language } = usePrefs();
  const inWords = useWrong();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const remove = async () => {
    try {
      await write("delete", "/api/v1/passkeys/{id}", { path: { id } });
    } catch (problem) {
      setWrong(inWords(problem));
      return;
    }
    // The session is another one from here on.
    await client.refetchQueries({ queryKey: SESSION.queryKey });
    await client.invalidateQueries({ queryKey: PASSKEYS.queryKey });
  };
  return (
    <li>
      <KeyRound size={16} aria-hidden />
      <p className={css.grow}>
        {label}
        <span className={css.quiet}>{t("account.added", { day: instant(added, zone, language, "day"), host })}</span>
        {asked ? <span className={css.quiet}>{t("account.removeNote")}</span> : null}
        {wrong === null ? null : (
          <span className={css.wrong} role="alert">
            {wrong}
          </span>
        )}
      </p>
      {asked ? (
        <>
          <Button size="compact-sm" aria-label={t("account.removeNow", { label })} onClick={() => void remove()}>
            {t("account.remove")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setAsked(false)}>
            {t("account.keep")}
          </Button>
        </>
      ) : (
        <Button size="compact-sm" variant="default" aria-label={t("account.removeNow", { label })} onClick={() => setAsked(true)}>
          {t("account.remove")}
        </Button>
      )}
    </li>
  );
}

const LONGEST_LABEL = 60;

function Adding() {
  const t = useWords();
  const client = useQueryClient();
  const [label, setLabel] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const form = useForm(async () => {
    try {
      await addPasskey(label.trim(), passphrase);
      setLabel("");
      await client.invalidateQueries({ queryKey: PASSKEYS.queryKey });
    } finally {
      setPassphrase("");
    }
  });
  return (
    <form className={css.form} noValidate onSubmit={(event) => form.send(event, [label.trim(), passphrase])}>
      <TextInput
        label={t("account.label")}
        placeholder={t("account.labelFor")}
        value={label}
        maxLength={LONGEST_LABEL}
        autoComplete="off"
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      <PasswordInput
        label={t("signIn.passphrase")}
        description={t("account.confirm")}
        value={passphrase}
        autoComplete="current-password"
        onChange={(event) => setPassphrase(event.currentTarget.value)}
      />
      <Sent {...form} done={t("account.wasAdded")} label={t("account.add")} />
    </form>
  );
}

function Passphrase({ name }: { name: string }) {
  const t = useWords();
  const client = useQueryClient();
  const [before, setBefore] = useState("");
  const [next, setNext] = useState("");
  const form = useForm(async () => {
    try {
      await write("put", "/api/v1/passphrase", { body: { old: before, new: next } });
      await client.refetchQueries({ queryKey: SESSION.queryKey });
    } finally {
      setBefore("");
      setNext("");
    }
  });
  return (
    <form className={css.form} noValidate onSubmit={(event) => form.send(event, [before, next])}>
      {/* What keeps passphrases knows by it whose this one is. */}
      <input hidden readOnly autoComplete="username" value={name} />
      <PasswordInput
        label={t("account.before")}
        value={before}
        autoComplete="current-password"
        onChange={(event) => setBefore(event.currentTarget.value)}
      />
      <PasswordInput label={t("signIn.newPassphrase")} value={next} autoComplete="new-password" onChange={(event) => setNext(event.currentTarget.value)} />
      <Sent {...form} done={t("account.wasChanged")} label={t("account.change")} />
    </form>
  );
}

type State = "filling" | "sending" | "done" | { readonly wrong: string };

/** A form that is sent when every field is filled in, and says what came of it. */
function useForm(go: () => Promise<void>) {
  const t = useWords();
  const inWords = useWrong();
  const [state, setState] = useState<State>("filling");
  const send = (event: FormEvent, fields: readonly string[]) => {
    event.preventDefault();
    if (fields.includes("")) {
      setState({ wrong: t("signIn.missing") });
      return;
    }
    setState("sending");
    go().then(
      () => setState("done"),
      (problem: unknown) => setState({ wrong: inWords(problem) }),
    );
  };
  return { state, send };
}

function Sent({ state, done, label }: { state: State; done: string; label: string }) {
  return (
    <div className={css.sent}>
      <Button type="submit" variant="default" loading={state === "sending"}>
        {label}
      </Button>
      {typeof state === "object" ? (
        <p className={css.wrong} role="alert">
          {state.wrong}
        </p>
      ) : (
        <p role="status">{state === "done" ? done : ""}</p>
      )}
    </div>
  );
}
