import { Button, Radio, TextInput } from "@mantine/core";
import { X } from "lucide-react";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { takeFile } from "../../api/client";
import type { Format } from "../../api/types";
import type { GraphAsked } from "../../api/asked";
import { save } from "../../parts/save";
import { Failed } from "../../parts/States";
import { usePrefs } from "../../prefs";
import { bytes } from "../../show/number";
import css from "./Graph.module.css";
import { useWords } from "../../words";

const FORMATS = ["anx", "graphml", "csv"] as const satisfies readonly Format[];

/** The graph as a file for another program. The ledger has its digest, and to whom it goes, before the file is given. */
export function HandOn({ asked, onClose }: { asked: GraphAsked; onClose: () => void }) {
  const t = useWords();
  const { language } = usePrefs();
  const queries = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const [format, setFormat] = useState<Format>("anx");
  const [to, setTo] = useState("");
  const [state, setState] = useState<{ readonly error: unknown } | { readonly name: string; readonly size: number } | "asking" | null>(null);
  useEffect(() => dialog.current?.showModal(), []);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setState("asking");
    try {
      const { from, hops = 2, kinds, weak = "hide" } = asked;
      const { name, content } = await takeFile("post", "/api/v1/graph/export", { body: { format, graph: { from, hops, weak, ...(kinds ? { kinds } : {}) }, to } });
      save(name, content);
      setState({ name, size: content.size });
      void queries.invalidateQueries({ queryKey: ["ledger"] });
    } catch (error) {
      setState({ error });
    }
  };
  return (
    <dialog ref={dialog} className={css.window} aria-labelledby={title} onClose={onClose}>
      <header className={css.windowHead}>
        <h2 id={title}>{t("graph.handOn")}</h2>
        <button type="button" className={css.close} aria-label={t("graph.handOnClose")} onClick={() => dialog.current?.close()}>
          <X size={16} aria-hidden />
        </button>
      </header>
      <form className={css.form} onSubmit={(event) => void submit(event)}>
        <p>{t("graph.handOnNote")}</p>
        <Radio.Group label={t("graph.format")} value={format} onChange={(next) => setFormat(FORMATS.find((one) => one === next) ?? "anx")}>
          <div className={css.formats}>
            {FORMATS.map((one) => (
              <Radio key={one} value={one} label={t(`graph.formats.${one}`)} description={t(`graph.formatNotes.${one}`)} />
            ))}
          </div>
        </Radio.Group>
        <TextInput label={t("graph.to")} description={t("graph.toNote")} value={to} maxLength={200} onChange={(event) => setTo(event.currentTarget.value)} />
        <div className={css.row}>
          <Button type="submit" disabled={state === "asking"}>
            {t("graph.take")}
          </Button>
          <span role="status">{state !== null && typeof state === "object" && "name" in state ? t("graph.taken", { name: state.name, size: bytes(state.size, language) }) : ""}</span>
        </div>
        {state !== null && typeof state === "object" && "error" in state ? <Failed error={state.error} kept={t("graph.notTaken")} /> : null}
      </form>
    </dialog>
  );
}
