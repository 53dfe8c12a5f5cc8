import { ArrowLeft } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Link } from "wouter";
import css from "../Screen.module.css";
import { useWords } from "../../words";

/** The frame of what stands behind a number: no screen of its own, so it has no place in the rail, and says the way back. */
export function Behind({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  const t = useWords();
  useEffect(() => {
    document.title = `${title} · Tutela`;
  }, [title]);
  return (
    <div className={css.screen}>
      <header className={css.head}>
        <div>
          <h1>{title}</h1>
          <p className={css.question}>{note}</p>
        </div>
        <Link href="/" className={css.back}>
          <ArrowLeft size={14} aria-hidden /> {t("shell.toOperation")}
        </Link>
      </header>
      {children}
    </div>
  );
}
