import { Check, Copy } from "lucide-react";
import { useState } from "react";
import css from "./Command.module.css";
import { useWords } from "../words";

/** A command of the command line, to be copied. */
export function Command({ command }: { command: string }) {
  const t = useWords();
  const [copied, setCopied] = useState<string | null>(null);
  const copy = () => void navigator.clipboard.writeText(command).then(() => setCopied(command), () => setCopied(null));
  const done = copied === command;
  return (
    <span className={css.command}>
      <code>{command}</code>
      <button type="button" aria-label={t("command.copy", { command })} title={t("command.copy", { command })} onClick={copy}>
        {done ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      </button>
      <span className={css.copied} role="status">
        {done ? t("failed.copied") : ""}
      </span>
    </span>
  );
}
