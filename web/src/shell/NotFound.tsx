import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { Empty } from "../parts/States";

export function NotFound() {
  const { t } = useTranslation();
  const [, go] = useLocation();
  return (
    <Empty title={t("shell.notFound")} action={{ label: t("shell.toOperation"), onClick: () => go("/") }}>
      {t("shell.notFoundNote")}
    </Empty>
  );
}
