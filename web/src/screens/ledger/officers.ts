import { usePrefs } from "../../prefs";
import { visible } from "../../show/visible";
import { useWords } from "../../words";

/** What an officer is called in a list of choices, which takes text alone: a number while the screen is shared. */
export function useOfficerLabel(officers: readonly string[]): (officer: string) => string {
  const t = useWords();
  const { presentation } = usePrefs();
  return (officer) => (presentation ? t("looked.officerNumber", { n: officers.indexOf(officer) + 1 }) : visible(officer));
}
