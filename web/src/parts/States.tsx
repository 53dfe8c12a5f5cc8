import { Button } from "@mantine/core";
import { CircleAlert, Copy, Inbox, TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ApiError } from "../api/client";
import { usePrefs } from "../prefs";
import { whole } from "../show/number";
import { duration } from "../show/time";
import css from "./States.module.css";
import { useWords } from "../words";

export interface EmptyProps {
  /** What is missing, in a few words. */
  title: string;
  /** Why, and what comes of supplying it. */
  children?: ReactNode;
  /** The one thing to do. */
  action?: { label: string; onClick: () => void };
  /** The same thing on the command line. */
  command?: string;
}

/** Nothing here, what is missing, and the one way on. */
export function Empty({ title, children, action, command }: EmptyProps) {
  return (
    <div className={css.state}>
      <Inbox className={css.icon} size={20} aria-hidden />
      <h2>{title}</h2>
      {children ? <div className={css.body}>{children}</div> : null}
      {command ? <code className={css.command}>{command}</code> : null}
      {action ? <Button onClick={action.onClick}>{action.label}</Button> : null}
    </div>
  );
}

export interface LoadingProps {
  /** What is being done. */
  label: string;
  done?: number;
  /** How many there are; without it the bar only says that something goes on. */
  total?: number;
  /** Time left, once it can be told. */
  left_ms?: number;
  onCancel?: () => void;
}

/** Work that goes on: how far it is and how long it will take. */
export function Loading({ label, done, total, left_ms, onCancel }: LoadingProps) {
  const t = useWords();
  const { language } = usePrefs();
  const counted = done !== undefined && total !== undefined;
  return (
    <div className={css.state} role="status">
      <p className={css.label}>{label}</p>
      <progress className={css.progress} aria-label={label} {...(counted ? { value: done, max: total } : {})} />
      <p className={css.quiet}>
        {counted ? t("loading.of", { done: whole(done, language), total: whole(total, language) }) : null}
        {left_ms === undefined ? null : ` · ${t("loading.left", { length: duration(left_ms, language) })}`}
      </p>
      {onCancel ? (
        <Button variant="default" onClick={onCancel}>
          {t("loading.cancel")}
        </Button>
      ) : null}
    </div>
  );
}

export interface FailedProps {
  error: unknown;
  /** What was kept safe; without it: that what was saved stands in the ledger. */
  kept?: string;
  onRetry?: () => void;
}

/** An error: what happened, what is safe, what to do, and an id to name it by. */
export function Failed({ error, kept, onRetry }: FailedProps) {
  const t = useWords();
  const api = error instanceof ApiError ? error : null;
  const own = api?.code === "unreachable" ? "unreachable" : "unreadable";
  return (
    <div className={css.state} role="alert">
      <CircleAlert className={css.stop} size={20} aria-hidden />
      <h2>{api?.what || t(`failed.${own}.what`)}</h2>
      <div className={css.body}>
        <p>{kept ?? t("failed.kept")}</p>
        <p>{api?.what ? api.hint : t(`failed.${own}.hint`)}</p>
      </div>
      <div className={css.row}>
        {onRetry ? <Button onClick={onRetry}>{t("failed.retry")}</Button> : null}
        {api?.id ? <CopyId id={api.id} /> : null}
      </div>
    </div>
  );
}

/** An id that can be copied into a message to whoever runs the server. */
function CopyId({ id }: { id: string }) {
  const t = useWords();
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard.writeText(id).then(() => setCopied(true));
  return (
    <Button variant="default" leftSection={<Copy size={14} aria-hidden />} onClick={copy}>
      <code>{id}</code>
      <span className={css.copied} role="status">
        {copied ? t("failed.copied") : ""}
      </span>
    </Button>
  );
}

export interface IncompleteProps {
  /** What is not here: "12 rows were kept aside". */
  children: ReactNode;
  action?: { label: string; onClick: () => void };
}

/** What is shown is not everything. */
export function Incomplete({ children, action }: IncompleteProps) {
  return (
    <div className={css.partial} role="status">
      <TriangleAlert size={14} aria-hidden />
      <span>{children}</span>
      {action ? (
        <button type="button" className={css.link} onClick={action.onClick}>
          {action.label}
        </button>
      ) : null}
    </div>
  );
}
