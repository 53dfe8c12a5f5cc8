import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { usePrefs } from "../../prefs";
import { Failed, Loading } from "../../parts/States";
import { text, useView } from "../../view/params";
import { Screen } from "../Screen";
import { Authorities } from "./Authorities";
import { FourEyes } from "./FourEyes";
import css from "./Legal.module.css";
import { ToAsk } from "./ToAsk";
import { Written } from "./Written";
import { useWords } from "../../words";

const SHAPE = { q: text, check: text };

/** Authorities with their ends, what to ask of whom, what was asked, and the check by a second officer. */
export default function Legal() {
  const t = useWords();
  const { language } = usePrefs();
  const [{ q, check }, change] = useView(SHAPE);
  const status = useQuery({ queryKey: ["status", language], queryFn: ({ signal }) => get("/api/v1/status", {}, signal) });
  const requests = useQuery({ queryKey: ["requests", language], queryFn: ({ signal }) => get("/api/v1/requests", {}, signal) });
  return (
    <Screen id="legal">
      <section className={css.part} aria-labelledby="authorities">
        <h2 id="authorities">{t("legal.authorities")}</h2>
        {status.isPending ? (
          <Loading label={t("legal.loading")} />
        ) : status.data === undefined ? (
          <Failed error={status.error} onRetry={() => void status.refetch()} />
        ) : (
          <Authorities authorities={status.data.authorities} />
        )}
      </section>
      {requests.isPending ? (
        <Loading label={t("legal.loading")} />
      ) : requests.data === undefined ? (
        <Failed error={requests.error} onRetry={() => void requests.refetch()} />
      ) : (
        <>
          <ToAsk holders={requests.data.to_ask} q={q} />
          <Written asked={requests.data.asked} checked={check} onCheck={(request) => change({ check: request })} />
          <FourEyes request={check} known={requests.data.asked.some(({ request }) => request === check)} sources={status.data?.sources ?? NONE} />
        </>
      )}
    </Screen>
  );
}

const NONE: readonly never[] = [];
