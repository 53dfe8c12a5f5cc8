import { useWords } from "../../words";

const ACTS = [
  "create", "authority", "receive", "import", "analyse", "decide", "withdraw", "referral", "disclose", "grade", "lift-rest", "officer", "rules", "erase", "exhibit", "request", "lists", "sign",
] as const;

/** What an act is called; one that this version does not know has its own word. */
export function useAct(): (act: string) => string {
  const t = useWords();
  return (act) => {
    const known = ACTS.find((one) => one === act);
    return known ? t(`act.${known}`) : act;
  };
}
