import { Button } from "@mantine/core";
import { ShieldAlert, ShieldCheck, ShieldX } from "lucide-react";
import { useState } from "react";
import { type Job, runs, useWork } from "../../api/jobs";
import { type Integrity, INTEGRITIES, useSession } from "../../api/session";
import { May } from "../../parts/May";
import { When } from "../../parts/When";
import { JobProgress } from "../../shell/JobProgress";
import { Body } from "./Body";
import css from "./Ledger.module.css";
import { useWrong } from "../../parts/wrong";
import { useWords } from "../../words";

const SHIELD: Record<Integrity, typeof ShieldCheck> = { green: ShieldCheck, amber: ShieldAlert, red: ShieldX };

/** What can be said of the record, and a check of all of it: every entry, every file and every table against its digest. */
export function Verify() {
  const t = useWords();
  const inWords = useWrong();
  const session = useSession();
  const { job, begin, stop } = useWork("verify");
  const [wrong, setWrong] = useState<string | null>(null);
  const go = () => {
    setWrong(null);
    begin({ verb: "verify" }).catch((problem: unknown) => setWrong(inWords(problem)));
  };
  const now = session.data?.ledger;
  const Shield = SHIELD[now?.integrity ?? "amber"];
  return (
    <section className={css.verify} aria-labelledby="verify" data-integrity={now?.integrity}>
      <Shield size={24} aria-hidden />
      <div className={css.claim}>
        <h2 id="verify">{now ? t(`ledger.${now.integrity}`) : t("ledger.verify")}</h2>
        <p>{now?.claim}</p>
        {job && !runs(job) ? <Result job={job} /> : null}
        {wrong ? <p className={css.wrong}>{wrong}</p> : null}
      </div>
      {job && runs(job) ? <JobProgress job={job} onStop={() => void stop(job)} /> : <May right="check"><Button onClick={go}>{t("ledger.verify")}</Button></May>}
    </section>
  );
}

interface Verified {
  readonly claim: string;
  readonly integrity: Integrity;
  readonly faults: readonly unknown[];
}

/** What the check told, once it ended. */
function Result({ job }: { job: Job }) {
  const t = useWords();
  const data = verified(job.data);
  return (
    <div className={css.result} role="status">
      <p>
        <strong>{data && data.faults.length === 0 ? t("ledger.checked") : data ? t("ledger.faults", { count: data.faults.length, said: String(data.faults.length) }) : t(`jobs.state.${job.state}`)}</strong>
        {job.ended_at ? (
          <>
            {" · "}
            <When at={job.ended_at} />
          </>
        ) : null}
      </p>
      {job.error ? <p className={css.wrong}>{job.error}</p> : null}
      {data?.faults.map((fault, i) => (
        <div key={i} className={css.fault}>
          <Body value={fault} />
        </div>
      ))}
    </div>
  );
}

/** What a check made, of which the description leaves the shape open. */
function verified(data: unknown): Verified | null {
  if (typeof data !== "object" || data === null) return null;
  const { claim, integrity, faults } = data as Record<string, unknown>;
  const known = INTEGRITIES.find((one) => one === integrity);
  return known && typeof claim === "string" && Array.isArray(faults) ? { claim, integrity: known, faults } : null;
}
