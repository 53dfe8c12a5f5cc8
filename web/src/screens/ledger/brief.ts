/** What says most of an act in one line, of the fields that acts have: the file, the finding and the choice, the title. */
export function brief(body: unknown): string {
  if (typeof body !== "object" || body === null) return "";
  const said = (key: string) => {
    const value = (body as Record<string, unknown>)[key];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  return ["id", "finding", "choice", "name", "title", "output", "exhibit", "request", "text", "reason"].map(said).filter(Boolean).slice(0, 3).join(" · ");
}
