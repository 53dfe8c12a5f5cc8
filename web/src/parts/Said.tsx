import { createContext, useContext } from "react";
import { usePrefs } from "../prefs";
import { MaskedText } from "./Masked";
import { quotes, stretches } from "./masks";
import { visible } from "../show/visible";
import { useWords } from "../words";

/**
 * Names of persons, accounts and lines that sentences of the server hold, to be hidden while the screen is shared; null
 * while they are not known, and then nothing is said.
 */
export const NamesContext = createContext<readonly string[] | null>([]);

export interface SaidProps {
  /** A sentence of the server. */
  text: string;
  /** Puts on record that somebody looks at what it quotes. */
  onReveal: () => Promise<void>;
}

/** A sentence of the server: what it quotes from a record stands behind a mask, and names do while the screen is shared. */
export function Said({ text, onReveal }: SaidProps) {
  const t = useWords();
  const { presentation } = usePrefs();
  const names = useContext(NamesContext);
  if (presentation && names === null) return t("masked.presented", { label: t("masked.text") });
  const hidden = presentation ? stretches(text, names ?? [], t("masked.name")) : [];
  return <MaskedText text={text} masks={[...quotes(text, t("masked.quote")), ...hidden]} onReveal={onReveal} />;
}

/** A name, a hash or an account: shown, but not while the screen is shared. */
export function Name({ children }: { children: string }) {
  const t = useWords();
  const { presentation } = usePrefs();
  return presentation ? t("masked.presented", { label: t("masked.name") }) : visible(children);
}

/** What of a lead names somebody or something. */
export function namesOf(lead: {
  readonly accounts: readonly string[];
  readonly lines: readonly string[];
  readonly peers: readonly string[];
  readonly handles: readonly string[];
  readonly subscribers: readonly (string | null)[];
  readonly person: { readonly name_said?: string | null };
}): readonly string[] {
  const whole = [...lead.accounts, ...lead.lines, ...lead.peers, ...lead.handles];
  // Sentences write `platform/account` as well as the account alone.
  const parts = whole.map((name) => name.slice(name.indexOf("/") + 1));
  const persons = [lead.person.name_said, ...lead.subscribers].filter((name) => name !== null && name !== undefined);
  return [...new Set([...whole, ...parts, ...persons])].filter((name) => name.length > 2);
}
