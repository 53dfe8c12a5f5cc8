import { strengthWord } from "../../parts/strengths";
import { useWords } from "../../words";
import type { Without } from "./whatIf";

/** As what a lead would stand: how far tied to a person, and how strongly. */
export function useThen(): (without: Without) => string {
  const t = useWords();
  return ({ lead: { status, strength } }) =>
    status === null || strength === null ? t("person.noLeadThen") : `${t(`person.status.${status}`)}, ${t(`strength.${strengthWord(strength / 1000)}`)}`;
}
