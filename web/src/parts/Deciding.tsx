import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useDecisions } from "../api/asked";
import { ApiError, write } from "../api/client";
import { renew } from "../api/jobs";
import type { Chosen, Decisions, Standing } from "../api/types";
import { Decide, type DecideProps, type Decision, Made, type Verdict, VERDICTS } from "./Decide";
import css from "./Decide.module.css";
import { MayNot, useMay } from "./May";
import { Failed, Loading } from "./States";
import { useWords } from "../words";

export interface DecidingProps {
  /** A finding's id, a person's, or a person's and the kind of an explanation: what decisions are recorded under. It stays when ranks change. */
  subject: string;
  kind: DecideProps["kind"];
  /** Called when a decision was recorded. */
  onDecided?: (choice: Chosen) => void;
}

/**
 * A decision on a subject, against the server. What another officer decides meanwhile is shown before anything is
 * recorded over it, and what was typed stays.
 */
export function Deciding({ subject, kind, onDecided }: DecidingProps) {
  const decisions = useDecisions();
  const t = useWords();
  const may = useMay("decide");
  if (decisions.data === undefined) {
    if (decisions.isPending) return <Loading label={t("decide.choose")} />;
    return <Failed error={decisions.error} onRetry={() => void decisions.refetch()} />;
  }
  const standing = decisions.data.decisions.find((one) => one.subject === subject) ?? null;
  if (!may) {
    const stands = decisionOf(standing);
    return (
      <>
        {stands ? <Made decision={stands} kind={kind} /> : null}
        <MayNot right="decide" />
      </>
    );
  }
  return <Seen key={subject} subject={subject} kind={kind} standing={standing} onDecided={onDecided} />;
}

interface SeenProps extends Omit<DecidingProps, "onDecided"> {
  standing: Standing | null;
  onDecided: DecidingProps["onDecided"];
}

function Seen({ subject, kind, standing, onDecided }: SeenProps) {
  const t = useWords();
  const client = useQueryClient();
  /** What stood when the officer began to look; undefined before. */
  const [seen, setSeen] = useState(standing);
  const [note, setNote] = useState<string | null>(null);
  const overtaken = standing !== null && standing.seq !== seen?.seq;

  const record = async (choice: Chosen, reason: string) => {
    setNote(null);
    try {
      const recorded = await write("post", "/api/v1/decisions", {
        // Only what is shown on the page was seen.
        body: { finding: subject, choice, reason, seen: standing?.seq ?? null },
      });
      client.setQueryData<Decisions>(["decisions"], (before) =>
        before && { ...before, decisions: [...before.decisions.filter((one) => !recorded.subjects.includes(one.subject)), ...recorded.standing] },
      );
      setSeen(recorded.standing.find((one) => one.subject === subject) ?? null);
      setNote(recorded.counts ? t("decide.recorded") : t("decide.waits"));
      onDecided?.(choice);
      void renew(client);
    } catch (problem) {
      if (problem instanceof ApiError && problem.conflict) await client.refetchQueries({ queryKey: ["decisions"] });
      throw problem;
    }
  };
  return (
    <>
      <Decide
        subject={subject}
        kind={kind}
        decision={overtaken ? decisionOf(seen) : decisionOf(standing)}
        conflict={overtaken ? decisionOf(standing) : null}
        onDecide={record}
        {...(standing === null || overtaken ? {} : { onWithdraw: (reason: string) => record("withdraw", reason) })}
      />
      <p className={css.note} role="status">
        {note}
      </p>
    </>
  );
}

/** A decision of the server as the form shows it; a choice that this version does not know is no decision that it could show. */
export function decisionOf(standing: Standing | null): Decision | null {
  const verdict = VERDICTS.find((one): one is Verdict => one === standing?.choice);
  return standing === null || verdict === undefined ? null : { verdict, reason: standing.reason, officer: standing.officer, at: standing.at };
}
