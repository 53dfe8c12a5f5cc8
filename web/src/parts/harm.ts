/** Columns whose texts were written by whoever used a program, and not by an operator: nobody meets them by surprise. */
const HARMFUL: Readonly<Record<string, "text" | "fileName">> = {
  text: "text",
  words: "text",
  note: "text",
  incident_at_note: "text",
  thread_name: "text",
  description: "text",
  file_name: "fileName",
  path: "fileName",
  folder: "fileName",
  original_name: "fileName",
  image: "fileName",
  escalation: "text",
  unknown_fields: "text",
};

export const harmful = (column: string): "text" | "fileName" | null => HARMFUL[column] ?? null;

/** Columns that name a person, an account or something of theirs: hidden while the screen is shared. */
const NAMES = /(^|_)(name|account|peer|line|subscriber|holder|address_text|screen_name|device|sha256|sha1|md5|email|telephone|tax_code|value)$/;

export const namesSomebody = (column: string): boolean => NAMES.test(column);
