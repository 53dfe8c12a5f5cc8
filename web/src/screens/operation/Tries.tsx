import { CircleCheck } from "lucide-react";
import { useEffect } from "react";
import { Link } from "wouter";
import { useEntries } from "../../api/asked";
import { useSession } from "../../api/session";
import type { Lead, Overview } from "../../api/types";
import { toEntity, toFindings, toLead } from "../../view/links";
import css from "./Tries.module.css";
import { OPENED_AT, tried, TRIES, useTried } from "./tries";
import { useWords } from "../../words";

/** Four steps for whoever sees the program for the first time, on an operation that is made up. Each leads to its place. */
export function Tries({ leads, overview }: { leads: readonly Lead[]; overview: Overview }) {
  const t = useWords();
  const done = useTried();
  const exports = useEntries({ act: "disclose", limit: 1 });
  const exported = (exports.data?.entries[0]?.at ?? "") >= OPENED_AT;
  useEffect(() => {
    if (exported) tried("export");
  }, [exported]);
  const [first] = leads;
  const third = leads.find(({ rank }) => rank === 3);
  const zone = overview.quality.find(({ kind, finding }) => kind === "warning" && finding)?.finding ?? null;
  const to = {
    why: first ? toLead(first, "why") : "/person",
    refute: third ? toLead(third, "explanations") : "/person",
    zone: zone ? toEntity("/", { kind: "finding", id: zone }) : toFindings("zone_shift"),
    export: "/report",
  };
  // A decision on the times counts when the findings stand on it.
  const stale = useSession().data?.findings.stale !== false || overview.stale;
  const ticked = (step: (typeof TRIES)[number]) => done.has(step) && (step !== "zone" || !stale);
  return (
    <nav className={css.tries} aria-label={t("try.title")}>
      <span className={css.title}>{t("try.title")}</span>
      <ol>
        {TRIES.map((step, i) => (
          <li key={step} data-done={ticked(step)}>
            <Link href={to[step]} aria-label={ticked(step) ? `${t(`try.${step}`)}, ${t("try.done")}` : undefined}>
              {ticked(step) ? <CircleCheck size={16} aria-hidden /> : <span className={css.number} aria-hidden>{i + 1}</span>}
              <span>{t(`try.${step}`)}</span>
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
