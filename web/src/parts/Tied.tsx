import { CircleDashed, CircleHelp, UserRoundCheck } from "lucide-react";
import type { PersonStatus } from "../api/types";
import css from "./Tied.module.css";
import { useWords } from "../words";

const SIGN = { identified: UserRoundCheck, candidate: CircleHelp, unattributed: CircleDashed } as const;

/** How far the accounts of a lead are tied to a person, in words and with a sign of its own. */
export function Tied({ status }: { status: PersonStatus }) {
  const t = useWords();
  const Sign = SIGN[status];
  return (
    <span className={css.tied} data-status={status}>
      <Sign size={12} aria-hidden />
      {t(`person.status.${status}`)}
    </span>
  );
}
