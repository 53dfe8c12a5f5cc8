import { useLocation } from "wouter";
import { Empty } from "../parts/States";
import { useWords } from "../words";

export function NotFound() {
  const t = useWords();
  const [, go] = useLocation();
  return (
    <Empty title={t("shell.notFound")} action={{ label: t("shell.toOperation"), onClick: () => go("/") }}>
      {t("shell.notFoundNote")}
    </Empty>
  );
}
