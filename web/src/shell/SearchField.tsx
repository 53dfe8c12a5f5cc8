import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useLocation } from "wouter";
import { get } from "../api/client";
import type { Hit } from "../api/types";
import { useAction } from "../keys/Keys";
import { Name } from "../parts/Said";
import { usePrefs } from "../prefs";
import { whole } from "../show/number";
import { text, useView } from "../view/params";
import { useEntity } from "./entity";
import css from "./Header.module.css";
import { ENTITY_KINDS } from "../parts/EntityCard";
import { useWords } from "../words";

const SEARCH = { q: text };
/** A search is a look at personal data, and is recorded: none for each letter. */
const PATIENCE_MS = 350;
const SHORTEST = 2;

/**
 * Looks for a word in the whole operation: leads and what belongs to them, findings, files. Enter on none of the hits
 * searches the screen that is open; what is looked for there stands in its address.
 */
export function SearchField() {
  const t = useWords();
  const { language } = usePrefs();
  const id = useId();
  const [{ q }, change] = useView(SEARCH);
  const [typed, setTyped] = useState(q);
  const [shown, setShown] = useState(q);
  const [asked, setAsked] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const [, go] = useLocation();
  const entity = useEntity();
  if (shown !== q) {
    setShown(q);
    setTyped(q);
  }
  const field = useRef<HTMLInputElement>(null);
  useAction("search", () => field.current?.focus());
  useEffect(() => {
    const later = setTimeout(() => setAsked(typed.trim().length >= SHORTEST ? typed.trim() : ""), PATIENCE_MS);
    return () => clearTimeout(later);
  }, [typed]);
  const found = useQuery({
    queryKey: ["search", asked],
    queryFn: ({ signal }) => get("/api/v1/search", { query: { q: asked } }, signal),
    enabled: open && asked !== "",
  });
  const hits = asked !== "" && found.data ? found.data.hits.slice(0, 12) : [];
  const listed = open && asked !== "" && asked === typed.trim();

  const leave = () => {
    setOpen(false);
    setAt(-1);
  };
  const choose = (hit: Hit) => {
    leave();
    if (hit.kind === "lead") go(`/person?${new URLSearchParams({ lead: hit.text })}`);
    else if (hit.kind === "file") entity.open({ kind: "source", id: hit.source ?? "" });
    else if (hit.kind === "finding" || hit.kind === "account" || hit.kind === "line") entity.open({ kind: hit.kind, id: hit.text });
    // What has no card of its own is shown by its lead.
    else if (hit.lead) go(`/person?${new URLSearchParams({ lead: hit.lead })}`);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const hit = listed ? hits[at] : undefined;
    if (hit) choose(hit);
    else {
      leave();
      change({ q: typed.trim() });
    }
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") leave();
    if (hits.length === 0 || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    // Before the first and after the last is the field itself.
    setAt((before) => ((before + 1 + step + hits.length + 1) % (hits.length + 1)) - 1);
  };
  const kind = (hit: Hit) => {
    const known = ENTITY_KINDS.find((one) => one === (hit.kind === "file" ? "source" : hit.kind));
    return known ? t(`entity.kind.${known}`) : hit.kind;
  };
  return (
    <search className={css.search} onBlur={(event) => (event.currentTarget.contains(event.relatedTarget) ? undefined : leave())}>
      <form onSubmit={submit}>
        <Search size={14} aria-hidden />
        <input
          ref={field}
          type="search"
          role="combobox"
          aria-expanded={listed}
          aria-controls={listed ? `${id}-hits` : undefined}
          aria-activedescendant={listed && at >= 0 ? `${id}-${at}` : undefined}
          aria-autocomplete="list"
          aria-label={t("search.label")}
          placeholder={t("search.label")}
          autoComplete="off"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(-1);
            setOpen(true);
          }}
          onFocus={() => setOpen(true)}
          onKeyDown={press}
        />
        <kbd aria-hidden>/</kbd>
      </form>
      {listed ? (
        <div className={css.hits}>
          <div id={`${id}-hits`} role="listbox" aria-label={t("search.hits")}>
            {hits.map((hit, i) => (
              // Keys are the field's: the list is never in focus itself.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
              <div
                key={`${hit.kind} ${hit.text} ${hit.lead ?? hit.source ?? ""}`}
                id={`${id}-${i}`}
                role="option"
                tabIndex={-1}
                aria-selected={i === at}
                className={css.hit}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => choose(hit)}
              >
                <span className={css.hitKind}>{kind(hit)}</span>
                <span className={css.hitText}>
                  <Name>{hit.text}</Name>
                </span>
                {hit.lead && hit.kind !== "lead" ? <span className={css.hitKind}>{hit.lead}</span> : null}
              </div>
            ))}
          </div>
          <p className={css.hitsFoot} role="status">
            {found.isPending
              ? t("search.looking")
              : found.error
                ? found.error.message || t("failed.unreachable.what")
                : hits.length === 0
                  ? t("search.none")
                  : t("search.found", { count: found.data?.total ?? 0, said: whole(found.data?.total ?? 0, language) })}
            {" · "}
            {t("search.enter")}
          </p>
        </div>
      ) : null}
    </search>
  );
}
