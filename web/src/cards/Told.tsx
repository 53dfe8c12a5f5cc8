import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { Empty, Failed, Loading } from "../parts/States";
import css from "./Cards.module.css";
import { useWords } from "../words";

/** What was asked for, once it is there; else why it is not. */
export function Told<T>({ asked, children }: { asked: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  const t = useWords();
  if (asked.data !== undefined) return <div className={css.card}>{children(asked.data)}</div>;
  if (asked.isPending) return <Loading label={t("card.loading")} />;
  if (asked.error instanceof ApiError && asked.error.status === 404) return <Empty title={asked.error.what || t("card.gone")}>{t("card.goneNote")}</Empty>;
  return <Failed error={asked.error} onRetry={() => void asked.refetch()} />;
}
