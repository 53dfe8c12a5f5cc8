import { Button } from "@mantine/core";
import { ChevronDown, ChevronUp, Copy, Eye, EyeOff, X } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import type { Stands, View } from "../api/types";
import { Masked } from "../parts/Masked";
import { besides, type PlaceOf, placeWritten } from "../parts/places";
import { Name } from "../parts/Said";
import { Failed, Incomplete, Loading } from "../parts/States";
import { type MaskOf, useMask } from "../parts/useMask";
import { When } from "../parts/When";
import { usePrefs } from "../prefs";
import { Choice } from "../shell/Choice";
import { bytes, whole } from "../show/number";
import { Content } from "./Content";
import { bytesOf, bytesTold, citation, placeTold } from "./told";
import { useStanding } from "./usePlace";
import css from "./Viewer.module.css";
import { useWords } from "../words";

export interface ViewerProps {
  place: PlaceOf;
  onPlace: (place: PlaceOf) => void;
  onClose: () => void;
  /** Opens the card of the file. */
  onFile: (sha256: string) => void;
}

/** What stands at a place of a received file: which file, which bytes, and their text behind masks. */
export default function Viewer({ place, onPlace, onClose, onFile }: ViewerProps) {
  const t = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const [before, after] = [besides(place, -1), besides(place, 1)];
  return (
    <dialog ref={dialog} className={css.viewer} aria-labelledby={title} onClose={onClose}>
      <header className={css.head}>
        <div>
          <h2 id={title}>{t("viewer.title")}</h2>
          <p className={css.at}>{place.path === undefined ? placeTold(t, place) : placeTold(t, { ...place, path: "…" })}</p>
        </div>
        <div className={css.tools}>
          <Button variant="default" disabled={before === null} leftSection={<ChevronUp size={14} aria-hidden />} onClick={() => before && onPlace(before)}>
            {t("viewer.before")}
          </Button>
          <Button variant="default" disabled={after === null} leftSection={<ChevronDown size={14} aria-hidden />} onClick={() => after && onPlace(after)}>
            {t("viewer.after")}
          </Button>
          <button type="button" className={css.close} aria-label={t("viewer.close")} onClick={() => dialog.current?.close()}>
            <X size={16} aria-hidden />
          </button>
        </div>
      </header>
      <OfPlace
        key={placeWritten(place)}
        place={place}
        onFile={(sha256) => {
          dialog.current?.close();
          onFile(sha256);
        }}
      />
    </dialog>
  );
}

type Form = "own" | "hex";

function OfPlace({ place, onFile }: { place: PlaceOf; onFile: (sha256: string) => void }) {
  const t = useWords();
  const { asked } = useStanding(place);
  const [form, setForm] = useState<Form>("own");
  if (asked.data === undefined) {
    return <div className={css.body}>{asked.isPending ? <Loading label={t("viewer.loading")} /> : <Failed error={asked.error} onRetry={() => void asked.refetch()} />}</div>;
  }
  const stands = asked.data;
  const meant = bytesOf(stands);
  // The bytes of a text are a place of their own; cells of a sheet have none that the file would show.
  const asBytes = stands.view.kind === "text" && meant !== null ? { file: place.file, ...(place.path === undefined ? {} : { path: place.path }), ...meant } : null;
  return (
    <div className={css.body}>
      <File place={place} stands={stands} onFile={onFile} />
      {asBytes ? (
        <Choice<Form>
          label={t("viewer.shownAs")}
          value={form}
          onChange={setForm}
          options={[
            { value: "own", face: t("viewer.form.text"), label: t("viewer.form.text") },
            { value: "hex", face: t("viewer.form.hex"), label: t("viewer.form.hex") },
          ]}
        />
      ) : null}
      {form === "hex" && asBytes ? <Form key="hex" place={asBytes} /> : <Form key="own" place={place} />}
    </div>
  );
}

/** Which file it is, and what was done with its bytes. */
function File({ place, stands, onFile }: { place: PlaceOf; stands: Stands; onFile: (sha256: string) => void }) {
  const t = useWords();
  const { language } = usePrefs();
  const { look } = useStanding(place);
  const [copied, setCopied] = useState(false);
  const { file, inside } = stands;
  const meant = place.byte === undefined ? bytesOf(stands) : null;
  const copy = () => void navigator.clipboard.writeText(citation(t, place, stands)).then(() => setCopied(true), () => setCopied(false));
  return (
    <>
      <dl className={css.facts}>
        <div>
          <dt>{t("viewer.file")}</dt>
          <dd>
            <button type="button" className={css.link} onClick={() => onFile(file.sha256)}>
              <Name>{file.name}</Name>
            </button>
          </dd>
        </div>
        {inside.length > 0 ? (
          <div>
            <dt>{t("viewer.inside")}</dt>
            <dd>
              <Masked label={t("masked.fileName")} text={inside.join(" → ")} onReveal={look} />
            </dd>
          </div>
        ) : null}
        <div data-wide>
          <dt>SHA-256</dt>
          <dd>
            <code>
              <Name>{file.sha256}</Name>
            </code>
          </dd>
        </div>
        {meant ? (
          <div>
            <dt>{t("viewer.bytes")}</dt>
            <dd>{bytesTold(t, meant.byte, meant.len)}</dd>
          </div>
        ) : null}
        <div>
          <dt>{t("viewer.received")}</dt>
          <dd>
            <When at={file.received_at} />, {t("viewer.entry", { entry: whole(file.receipt, language) })}
          </dd>
        </div>
        <div>
          <dt>{t("card.size")}</dt>
          <dd>{bytes(file.size, language)}</dd>
        </div>
        <div>
          <dt>{t("card.reader")}</dt>
          <dd>{file.reader ?? t("viewer.noReader")}</dd>
        </div>
      </dl>
      <p className={css.quiet}>{file.compared.words}</p>
      <div className={css.row}>
        <Button variant="default" leftSection={<Copy size={14} aria-hidden />} onClick={copy}>
          {t("viewer.cite")}
        </Button>
        <span className={css.quiet} role="status">
          {copied ? t("failed.copied") : ""}
        </span>
      </div>
    </>
  );
}

/** One form of what stands there, with a mask over what is meant and one over what is around it. */
function Form({ place }: { place: PlaceOf }) {
  const t = useWords();
  const { asked, look } = useStanding(place);
  const marked = useMask(look);
  const around = useMask(look);
  if (asked.data === undefined) return asked.isPending ? <Loading label={t("viewer.loading")} /> : <Failed error={asked.error} onRetry={() => void asked.refetch()} />;
  const { view, notes } = asked.data;
  return (
    <section className={css.form} aria-label={t("viewer.content")}>
      {notes.map(({ code, words }) => (
        <Incomplete key={code}>{words}</Incomplete>
      ))}
      {"packed" in view && view.packed ? <Incomplete>{t("viewer.packed", { packed: view.packed })}</Incomplete> : null}
      {view.kind === "none" ? null : (
        <div className={css.masks}>
          <p className={css.quiet}>{marked.state === "presented" ? t("masked.presented", { label: t("viewer.content") }) : t("viewer.hiddenNote")}</p>
          <Reveal mask={marked} label={t("viewer.marked")} first />
          {hasAround(view) ? <Reveal mask={around} label={t("viewer.around")} /> : null}
        </div>
      )}
      <Content view={view} shows={{ marked: marked.state === "shown", around: around.state === "shown" }} />
    </section>
  );
}

/** Whether more is there than what the place means. */
function hasAround(view: View): boolean {
  switch (view.kind) {
    case "text": return view.lines.some(({ of_record }) => !of_record);
    case "hex": return view.rows.some(({ hex, marked_from, marked_to }) => marked_to - marked_from < hex.length);
    case "cells": return view.rows.some(({ marked }) => !marked);
    case "record": return view.cells.some(({ marked }) => marked) && view.cells.some(({ marked }) => !marked);
    case "none": return false;
  }
}

function Reveal({ mask, label, first = false }: { mask: MaskOf; label: string; first?: boolean }) {
  const t = useWords();
  const button = useRef<HTMLButtonElement>(null);
  // Whoever opened a place came for what is marked there. Somebody who is elsewhere in the window stays there.
  useEffect(() => {
    if (first && (document.activeElement === document.body || document.activeElement?.matches("dialog *:first-child button, dialog"))) button.current?.focus();
  }, [first]);
  if (mask.state === "presented") return null;
  const shown = mask.state === "shown";
  return (
    <Button ref={button} variant="default" disabled={mask.state === "asking"} aria-pressed={shown} leftSection={shown ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />} onClick={shown ? mask.hide : mask.reveal}>
      {shown ? t("masked.hide", { label }) : mask.state === "refused" ? t("masked.refused", { label }) : t("masked.reveal", { label })}
    </Button>
  );
}
