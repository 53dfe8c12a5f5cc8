import { Eye, EyeOff } from "lucide-react";
import { useTabStop } from "./DataGrid/tabStop";
import css from "./Masked.module.css";
import { type Mask, pieces } from "./masks";
import { useMask } from "./useMask";
import { visible } from "../show/visible";
import { useWords } from "../words";

export interface MaskedProps {
  /** What stands in its place, in the officer's language: "file name", "message", "word". */
  label: string;
  /** Not put into the page before it is revealed, so that neither find nor a screen reader meets it. */
  text: string;
  /** Puts the look on record. The text is shown when this has succeeded, and not before. */
  onReveal: () => Promise<void>;
}

/** A text that nobody meets by surprise. */
export function Masked({ label, text, onReveal }: MaskedProps) {
  const t = useWords();
  const tabIndex = useTabStop();
  const { state, reveal, hide } = useMask(onReveal);
  if (state === "presented") {
    return (
      <span className={css.closed}>
        <EyeOff size={12} aria-hidden /> {t("masked.presented", { label })}
      </span>
    );
  }
  if (state === "shown") {
    return (
      <span className={css.open}>
        <span className={css.text}>{visible(text)}</span>
        <button type="button" className={css.hide} tabIndex={tabIndex} onClick={hide} aria-label={t("masked.hide", { label })}>
          <EyeOff size={12} aria-hidden />
        </button>
      </span>
    );
  }
  return (
    <button type="button" className={css.closed} tabIndex={tabIndex} disabled={state === "asking"} onClick={reveal}>
      <Eye size={12} aria-hidden /> {state === "refused" ? t("masked.refused", { label }) : t("masked.reveal", { label })}
    </button>
  );
}

export interface MaskedTextProps {
  text: string;
  masks: readonly Mask[];
  /** Puts the look at one masked stretch on record. */
  onReveal: (mask: number) => Promise<void>;
}

/** A text of which some words are masked, each with a reveal of its own. */
export function MaskedText({ text, masks, onReveal }: MaskedTextProps) {
  let mask = -1;
  return pieces(text, masks).map((piece, i) => {
    if (piece.label === null) return <span key={i}>{visible(piece.text)}</span>;
    mask += 1;
    const which = mask;
    return <Masked key={i} label={piece.label} text={piece.text} onReveal={() => onReveal(which)} />;
  });
}
