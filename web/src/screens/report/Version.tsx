import { Download } from "lucide-react";
import type { Handed, Version as Told } from "../../api/types";
import { useMay } from "../../parts/May";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { bytes, shortDigest, whole } from "../../show/number";
import css from "./Report.module.css";
import { useWords } from "../../words";

/** Something that left: when, by whom, to whom, and its files beside those of the version before. */
export function Version({ version }: { version: Told }) {
  const t = useWords();
  const { language, presentation } = usePrefs();
  const { output, at, officer, to, reason, files, gone } = version;
  const name = output === "report" || output === "packages" ? t(`report.output.${output}`) : output;
  const changed = files.filter(({ against }) => against === "changed" || against === "added").length;
  return (
    <li className={css.version}>
      <details>
        <summary>
          <strong>{name}</strong> <When at={at} fine="minute" />{" "}
          <span className={version.is_current ? css.present : css.older}>{version.is_current ? t("report.present") : t("report.older")}</span>{" "}
          <span className={css.quiet}>
            {[
              presentation ? "" : t("report.by", { officer }),
              to === "" || presentation ? "" : t("report.toWhom", { to }),
              t("report.files", { count: files.length, said: whole(files.length, language) }),
              changed > 0 ? t("report.sum", { count: changed, said: whole(changed, language) }) : "",
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </summary>
        {reason === "" ? null : <p>{t("report.because", { reason })}</p>}
        <table className={css.files}>
          <thead>
            <tr>
              <th scope="col">{t("report.file")}</th>
              <th scope="col">{t("report.size")}</th>
              <th scope="col">SHA-256</th>
              <th scope="col">{t("report.before")}</th>
            </tr>
          </thead>
          <tbody>
            {files.map((file) => (
              <File key={file.path} file={file} />
            ))}
          </tbody>
        </table>
        {gone.length > 0 ? <p className={css.quiet}>{t("report.gone", { files: gone.join(", ") })}</p> : null}
      </details>
    </li>
  );
}

function File({ file }: { file: Handed }) {
  const t = useWords();
  const { language } = usePrefs();
  const may = useMay("hand_on");
  const { path, size, sha256, against } = file;
  return (
    <tr>
      <th scope="row">
        {file.is_here && may ? (
          <a href={`/api/v1/reports/files/${sha256}`} download aria-label={t("report.download", { file: path })}>
            <Download size={14} aria-hidden /> {path}
          </a>
        ) : (
          <>
            {path} {file.is_here ? null : <span className={css.quiet}>({t("report.notHere")})</span>}
          </>
        )}
      </th>
      <td className={css.number}>{bytes(size, language)}</td>
      <td>
        <code title={sha256}>{shortDigest(sha256)}</code>
      </td>
      <td data-against={against}>{t(`report.against.${against}`)}</td>
    </tr>
  );
}
