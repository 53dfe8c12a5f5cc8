/** The secret of a link that the server printed for this address; else what is wrong with it. */
export function secretOf(said: string, origin: string): { readonly t: string } | "elsewhere" | "used" {
  let url: URL;
  try {
    url = new URL(said.trim());
  } catch {
    return "used";
  }
  if (url.origin !== origin) return "elsewhere";
  const t = url.searchParams.get("t") ?? "";
  return t === "" ? "used" : { t };
}
