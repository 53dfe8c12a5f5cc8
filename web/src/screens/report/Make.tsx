import { Button, Checkbox, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { runs, useWork } from "../../api/jobs";
import { useSession } from "../../api/session";
import { usePrefs } from "../../prefs";
import { JobProgress } from "../../shell/JobProgress";
import css from "./Report.module.css";
import { May } from "../../parts/May";
import { useWrong } from "../../parts/wrong";
import { useWords } from "../../words";

const PARTS = ["whole", "packages"] as const;
const LANGUAGES = [
  { value: "it", label: "Italiano" },
  { value: "en", label: "English" },
] as const;

/** Makes a report or packages, in the background. */
export function Make({ isDraft }: { isDraft: boolean }) {
  const t = useWords();
  const inWords = useWrong();
  const prefs = usePrefs();
  const session = useSession();
  const { job, begin, stop } = useWork("report");
  const [part, setPart] = useState<(typeof PARTS)[number]>("whole");
  const [lang, setLang] = useState<"it" | "en">(prefs.language);
  const [region, setRegion] = useState("");
  const [to, setTo] = useState("");
  const [final, setFinal] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWrong(null);
    const where = part === "packages" && region.trim() !== "" ? { region: region.trim() } : {};
    begin({ verb: "report", part, lang, to: to.trim(), final, ...where }).catch((problem: unknown) =>
      setWrong(inWords(problem)),
    );
  };
  const error = wrong ?? (job && !runs(job) ? job.error : null);
  return (
    <section className={css.make} aria-labelledby="make">
      <h2 id="make">{t("report.make")}</h2>
      <form className={css.form} noValidate onSubmit={submit}>
        <Select
          label={t("report.part")}
          allowDeselect={false}
          data={PARTS.map((value) => ({ value, label: t(`report.parts.${value}`) }))}
          value={part}
          onChange={(value) => setPart(PARTS.find((one) => one === value) ?? "whole")}
        />
        <Select label={t("report.lang")} allowDeselect={false} data={[...LANGUAGES]} value={lang} onChange={(value) => setLang(value === "en" ? "en" : "it")} />
        {part === "packages" ? (
          <TextInput label={t("report.region")} description={t("report.regionNote")} value={region} onChange={(event) => setRegion(event.currentTarget.value)} />
        ) : null}
        <TextInput label={t("report.to")} description={t("report.toNote")} value={to} maxLength={200} onChange={(event) => setTo(event.currentTarget.value)} />
        {isDraft ? <Checkbox label={t("report.final")} checked={final} onChange={(event) => setFinal(event.currentTarget.checked)} /> : null}
        <p className={css.quiet}>
          {session.data?.findings.stale ? `${t("report.stale")} ` : ""}
          {t("report.recorded")}
        </p>
        {job && runs(job) ? <JobProgress job={job} onStop={() => void stop(job)} /> : <May right="hand_on"><Button type="submit">{t("report.go")}</Button></May>}
        {error ? (
          <p className={css.wrong} role="alert">
            {error}
          </p>
        ) : null}
      </form>
    </section>
  );
}
