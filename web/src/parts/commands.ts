/** A word of a command, quoted for a shell where it needs to be: a record wrote it, and a shell would act on it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) && !word.startsWith("-") ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
