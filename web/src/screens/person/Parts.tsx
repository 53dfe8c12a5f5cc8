import type { Finding, Lead } from "../../api/types";
import { Waterfall } from "../../parts/Waterfall";
import { useEntity } from "../../shell/entity";
import css from "./LeadPage.module.css";
import { Weights } from "./Weights";
import { useWords } from "../../words";

/** Findings about the lead's own proposition are what the server concludes from the others: they are the total, and no part of it. */
const isClaim = (finding: Finding, lead: Lead) => finding.propositions.length > 0 && finding.propositions.every((one, i) => one === lead.strength.propositions[i]);

/**
 * How heavy each finding is. Only where the parts really add up to what the server gives are they shown adding up;
 * else they stand beside the total, because they rest on the same rows, answer other questions, or meet a limit.
 */
export function Parts({ lead, findings }: { lead: Lead; findings: readonly Finding[] }) {
  const t = useWords();
  const { open } = useEntity();
  const parts = findings.flatMap((finding) => (finding.log10_lr === null || finding.log10_lr === undefined || isClaim(finding, lead) ? [] : [{ ...finding, log10_lr: finding.log10_lr }]));
  const [one, other] = lead.strength.propositions;
  if (one === undefined || other === undefined || parts.length === 0) return null;
  const sum = parts.reduce((all, { log10_lr }) => all + Math.round(log10_lr * 1000), 0);
  const same = parts.every(({ propositions }) => propositions.length === 0 || (propositions[0] === one && propositions[1] === other));
  const adds = same && sum === Math.round(lead.strength.log10_lr * 1000);
  return (
    <section id="weights" className={css.card}>
      {adds ? (
        <Waterfall
          title={t("person.part.weights")}
          prior={0}
          items={parts.map(({ finding, statement, log10_lr }) => ({ id: finding, label: statement, log10_lr }))}
          propositions={[one, other]}
          onOpen={(id) => open({ kind: "finding", id })}
        />
      ) : (
        <Weights lead={lead} parts={parts} onOpen={(id) => open({ kind: "finding", id })} />
      )}
    </section>
  );
}
