/** What was typed and not yet recorded, in memory only: it outlives a blanked screen, and nothing else. */
const drafts = new Map<string, string>();

export const keptDraft = (subject: string): string => drafts.get(subject) ?? "";

export function keepDraft(subject: string, text: string): void {
  if (text === "") drafts.delete(subject);
  else drafts.set(subject, text);
}
