import css from "./Exhibits.module.css";

/** How much of the whole lists know, in a bar that says nothing that the words above it do not. */
export function SplitBar({ known, fresh }: { known: number; fresh: number }) {
  const all = Math.max(1, known + fresh);
  return (
    <svg className={css.bar} width="100%" height="10" aria-hidden>
      <rect className={css.fresh} width="100%" height="10" rx="3" />
      <rect className={css.known} width={`${(known / all) * 100}%`} height="10" rx="3" />
    </svg>
  );
}
