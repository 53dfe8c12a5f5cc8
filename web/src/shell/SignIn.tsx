import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { write } from "../api/client";
import { canUsePasskeys, signInWithPasskey } from "../api/passkeys";
import css from "./SignIn.module.css";
import { useWrong } from "../parts/wrong";
import { useWords } from "../words";

/** What stands in place of the program for whoever has not come in: nothing of the operation. */
export function Door() {
  const t = useWords();
  const client = useQueryClient();
  useEffect(() => {
    document.title = "Tutela";
  }, []);
  return (
    <main className={css.door}>
      <h1>Tutela</h1>
      <p>{t("connection.sign_in.hint")}</p>
      <SignIn onIn={() => void client.refetchQueries({ queryKey: ["session"] })} />
    </main>
  );
}

/** Asks for an account and its passphrase, or for the code with which one is set. */
export function SignIn({ onIn }: { onIn: () => void }) {
  const t = useWords();
  const inWords = useWrong();
  const [invited, setInvited] = useState(false);
  const [name, setName] = useState("");
  const [code, setCode] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const fields = invited ? [name, code, passphrase] : [name, passphrase];
    const enter = () =>
      invited ? write("post", "/api/v1/invitation", { body: { name, code, passphrase } }) : write("post", "/api/v1/sign-in", { body: { name, passphrase } });
    void comeIn(fields.includes("") ? "signIn.missing" : null, enter);
  };
  const comeIn = async (missing: "signIn.missing" | "signIn.nameFirst" | null, enter: () => Promise<unknown>) => {
    if (missing !== null) {
      setWrong(t(missing));
      return;
    }
    setSending(true);
    try {
      await enter();
      setWrong(null);
      onIn();
    } catch (problem) {
      setWrong(inWords(problem));
    } finally {
      // Whatever came of it, it is not kept.
      setPassphrase("");
      setSending(false);
    }
  };
  return (
    <form className={css.form} noValidate onSubmit={submit}>
      <TextInput
        label={t("signIn.name")}
        value={name}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => setName(event.currentTarget.value.trim().toLowerCase())}
      />
      {invited ? (
        <TextInput label={t("signIn.code")} value={code} autoComplete="off" spellCheck={false} onChange={(event) => setCode(event.currentTarget.value)} />
      ) : null}
      <PasswordInput
        label={invited ? t("signIn.newPassphrase") : t("signIn.passphrase")}
        value={passphrase}
        autoComplete={invited ? "new-password" : "current-password"}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
      />
      {wrong === null ? null : (
        <p className={css.wrong} role="alert">
          {wrong}
        </p>
      )}
      <div className={css.buttons}>
        <Button type="submit" loading={sending}>
          {invited ? t("signIn.set") : t("signIn.enter")}
        </Button>
        {canUsePasskeys() && !invited ? (
          <Button variant="default" disabled={sending} onClick={() => void comeIn(name === "" ? "signIn.nameFirst" : null, () => signInWithPasskey(name))}>
            {t("signIn.passkey")}
          </Button>
        ) : null}
        <Button variant="subtle" onClick={() => setInvited(!invited)}>
          {invited ? t("signIn.notInvited") : t("signIn.invited")}
        </Button>
      </div>
      <p className={css.note}>{t("signIn.recorded")}</p>
    </form>
  );
}
