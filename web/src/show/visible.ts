/**
 * What a record wrote, with characters that move or hide the text around them written out: a name with U+202E in it would
 * otherwise be read backwards, and with it what stands beside it.
 */
export function visible(text: string): string {
  return text.replaceAll(MOVING, (one) => `[U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

// Marks, embeddings, overrides and isolates of direction; what has no width; controls other than tab and ends of lines.
// oxlint-disable-next-line no-control-regex
const MOVING = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;
