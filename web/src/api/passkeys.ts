import { queryOptions } from "@tanstack/react-query";
import { get, write } from "./client";

/** The passkeys of the account that is in, and the server's name that new ones are of. */
export const PASSKEYS = queryOptions({ queryKey: ["passkeys"], queryFn: ({ signal }) => get("/api/v1/passkeys", {}, signal) });

/** An address of four numbers, or one in brackets. */
const ADDRESS = /^[\d.]+$|^\[/;

/** Whether this browser could use a passkey here: it is new enough, and came by a name, which passkeys are of. */
export function canUsePasskeys(): boolean {
  return "PublicKeyCredential" in globalThis && "parseRequestOptionsFromJSON" in PublicKeyCredential && !ADDRESS.test(location.hostname);
}

/**
 * Has the browser make a passkey and adds it to the account (Web Authentication Level 3, section 5.1.8). A browser that
 * does not throws a `DOMException`.
 */
export async function addPasskey(label: string, passphrase: string): Promise<void> {
  const { ticket, options } = await write("post", "/api/v1/passkeys/challenge", { body: { passphrase } });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as PublicKeyCredentialCreationOptionsJSON);
  const credential = json(await navigator.credentials.create({ publicKey }));
  await write("post", "/api/v1/passkeys", { body: { ticket, label, credential } });
}

/** Comes in with a passkey of an account (section 5.1.9). A browser that has none throws a `DOMException`. */
export async function signInWithPasskey(name: string): Promise<void> {
  const { ticket, options } = await write("post", "/api/v1/sign-in/challenge", { body: { name } });
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  const credential = json(await navigator.credentials.get({ publicKey }));
  await write("post", "/api/v1/sign-in/passkey", { body: { name, ticket, credential } });
}

function json(credential: Credential | null): Record<string, unknown> {
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException("no passkey", "NotAllowedError");
  return { ...credential.toJSON() };
}
