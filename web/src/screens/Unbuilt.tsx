import { Empty } from "../parts/States";
import type { ScreenId } from "./list";
import { Screen } from "./Screen";
import { useWords } from "../words";

/** A screen that the server gives nothing yet, and the verb that does its work meanwhile. */
export function Unbuilt({ id, command }: { id: ScreenId; command: string }) {
  const t = useWords();
  return (
    <Screen id={id}>
      <Empty title={t("shell.unbuilt")} command={command}>
        {t("shell.unbuiltNote")}
      </Empty>
    </Screen>
  );
}
