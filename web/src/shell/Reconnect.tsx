import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Unplug } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useConnection } from "../api/connection";
import { usePrefs } from "../prefs";
import { instant } from "../show/time";
import { secretOf } from "./links";
import css from "./Reconnect.module.css";
import { SignIn } from "./SignIn";
import { useWords } from "../words";

/**
 * Said above the page, which stays as it is, while the server does not answer or no longer knows this browser.
 * A new link lets the browser in again: opened in another tab, or put in here. In a team a passphrase does.
 */
export function Reconnect() {
  const t = useWords();
  const { zone, language } = usePrefs();
  const { link, heard_ms } = useConnection();
  const client = useQueryClient();
  const before = useRef(link);
  useEffect(() => {
    // Whoever comes in again has another session, and meanwhile anything may have happened.
    if (before.current !== "up" && link === "up") void client.invalidateQueries();
    before.current = link;
    if (link === "up") return;
    const timer = setInterval(() => void client.refetchQueries({ queryKey: ["session"] }, { cancelRefetch: false }), 2_000);
    return () => clearInterval(timer);
  }, [link, client]);
  if (link === "up") return null;
  return (
    <section className={css.gone} role="alert" aria-label={t(`connection.${link}.what`)}>
      <Unplug size={16} aria-hidden />
      <div className={css.said}>
        <p className={css.what}>{t(`connection.${link}.what`)}</p>
        <p>
          {t(`connection.${link}.hint`)}
          {heard_ms === null ? null : ` ${t("connection.asOf", { at: instant(new Date(heard_ms).toISOString(), zone, language, "second") })}`}
        </p>
      </div>
      {link === "sign_in" ? <SignIn onIn={() => void client.refetchQueries({ queryKey: ["session"] })} /> : null}
      {link === "no_session" ? <ComeIn onIn={() => void client.refetchQueries({ queryKey: ["session"] })} /> : null}
    </section>
  );
}

/** Takes a new link without leaving the page. */
function ComeIn({ onIn }: { onIn: () => void }) {
  const t = useWords();
  const [link, setLink] = useState("");
  const [wrong, setWrong] = useState<"none" | "elsewhere" | "used">("none");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const secret = secretOf(link, location.origin);
    if (typeof secret !== "object") {
      setWrong(secret);
      return;
    }
    const answer = await fetch(`/?t=${encodeURIComponent(secret.t)}`, { redirect: "manual", credentials: "same-origin" }).catch(() => null);
    // A link that holds leads on to the app; one that was used gets a page.
    const held = answer?.type === "opaqueredirect";
    setWrong(held ? "none" : "used");
    if (held) onIn();
  };
  return (
    <form className={css.form} noValidate onSubmit={(event) => void submit(event)}>
      <TextInput
        label={t("connection.link")}
        value={link}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setLink(event.currentTarget.value)}
        error={wrong === "none" ? null : t(`connection.wrong.${wrong}`)}
      />
      <Button type="submit">{t("connection.comeIn")}</Button>
    </form>
  );
}
