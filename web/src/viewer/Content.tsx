import { type ReactNode } from "react";
import type { Bytes, Line, View } from "../api/types";
import { Sideways } from "../parts/Sideways";
import { usePrefs } from "../prefs";
import { whole } from "../show/number";
import css from "./Viewer.module.css";
import { visible } from "../show/visible";
import { useWords } from "../words";

type Of<K extends View["kind"]> = Extract<View, { kind: K }>;

export interface ContentProps {
  view: View;
  /** Whether the texts of what the place means, and of what is around it, may be on the page. */
  shows: { readonly marked: boolean; readonly around: boolean };
}

/** What stands at a place, in the form that its file has. What is not revealed is not on the page, only how long it is. */
export function Content({ view, shows }: ContentProps) {
  switch (view.kind) {
    case "text": return <Text view={view} shows={shows} />;
    case "hex": return <Hex view={view} shows={shows} />;
    case "cells": return <Cells view={view} shows={shows} />;
    case "record": return <Record view={view} shows={shows} />;
    case "none": return <p className={css.nothing}>{view.words}</p>;
  }
}

/** A text, or its length behind a mask. What the place means is marked by more than its colour. */
function Piece({ text, marked, shown }: { text: string; marked: boolean; shown: boolean }) {
  const t = useWords();
  const { language } = usePrefs();
  const content = shown ? visible(text) : <span className={css.hidden}>{t("viewer.hidden", { count: text.length, said: whole(text.length, language) })}</span>;
  return marked ? <mark className={css.mark}>{content}</mark> : content;
}

function Text({ view, shows }: { view: Of<"text"> } & Pick<ContentProps, "shows">) {
  const t = useWords();
  return (
    <Sideways label={t("viewer.form.text")}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t("viewer.line")}</th>
            <th scope="col">{t("viewer.byte")}</th>
            <th scope="col">{t("viewer.text")}</th>
          </tr>
        </thead>
        <tbody>
          {view.lines.map((line) => (
            <tr key={`${line.number} ${line.byte}`} data-meant={line.of_record}>
              <th scope="row">{line.number}</th>
              <td className={css.offset}>{line.byte}</td>
              <td className={css.text}>
                <LineText line={line} shown={line.of_record ? shows.marked : shows.around} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  );
}

function LineText({ line: { pieces, cut_before, cut_after }, shown }: { line: Line; shown: boolean }) {
  const t = useWords();
  const cut = <span className={css.cut} title={t("viewer.cut")}>…</span>;
  const all = pieces.map(({ text }) => text).join("");
  return (
    <>
      {cut_before ? cut : null}
      {shown ? pieces.map(({ text, marked }, i) => <Piece key={i} text={text} marked={marked} shown />) : <Piece text={all} marked={false} shown={false} />}
      {cut_after ? cut : null}
    </>
  );
}

function Hex({ view, shows }: { view: Of<"hex"> } & Pick<ContentProps, "shows">) {
  const t = useWords();
  return (
    <Sideways label={t("viewer.form.hex")}>
      <table className={css.table} data-bytes>
        <thead>
          <tr>
            <th scope="col">{t("viewer.byte")}</th>
            <th scope="col">{t("viewer.hex")}</th>
            <th scope="col">ASCII</th>
          </tr>
        </thead>
        <tbody>
          {view.rows.map((row) => (
            <tr key={row.byte} data-meant={row.marked_to > row.marked_from}>
              <th scope="row">{row.byte}</th>
              <td className={css.bytes}>{inParts(row, shows, (from, to) => row.hex.slice(from, to).map((one) => (one.trim() === "" ? "··" : one)), "••", " ")}</td>
              <td className={css.bytes}>{inParts(row, shows, (from, to) => Array.from(row.ascii).slice(from, to), "•", "")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  );
}

/** A row of bytes before, in and behind what is marked. Each byte keeps its column, revealed or not. */
function inParts({ hex, marked_from, marked_to }: Bytes, shows: ContentProps["shows"], written: (from: number, to: number) => readonly string[], hidden: string, between: string): ReactNode {
  const part = (from: number, to: number, shown: boolean) => (to <= from ? "" : (shown ? written(from, to) : Array.from({ length: to - from }, () => hidden)).join(between));
  const behind = Math.max(marked_from, marked_to);
  return (
    <>
      {part(0, marked_from, shows.around)}
      {marked_from > 0 && marked_from < hex.length ? between : null}
      {marked_to > marked_from ? <mark className={css.mark}>{part(marked_from, marked_to, shows.marked)}</mark> : null}
      {marked_to > marked_from && behind < hex.length ? between : null}
      {part(behind, hex.length, shows.around)}
    </>
  );
}

function Cells({ view, shows }: { view: Of<"cells"> } & Pick<ContentProps, "shows">) {
  const t = useWords();
  return (
    <Sideways label={t("viewer.form.cells")}>
      <table className={css.table} data-cells>
        <caption>{t("viewer.sheet", { sheet: view.sheet })}</caption>
        <thead>
          <tr>
            <th scope="col">{t("viewer.row")}</th>
            {view.columns.map((column) => (
              <th key={column} scope="col" data-meant={column === view.column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.rows.map(({ number, cells, marked }) => (
            <tr key={number} data-meant={marked}>
              <th scope="row">{number}</th>
              {view.columns.map((column, i) => {
                const text = cells[i] ?? "";
                const meant = marked && (view.column === null || view.column === undefined || view.column === column);
                return <td key={column}>{text === "" ? null : (marked ? shows.marked : shows.around) ? <Piece text={text} marked={meant} shown /> : meant ? <mark className={css.mark}>•••</mark> : "•••"}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  );
}

function Record({ view, shows }: { view: Of<"record"> } & Pick<ContentProps, "shows">) {
  const t = useWords();
  // A record whose place means one column has others around it; one that is meant whole has none.
  const some = view.cells.some(({ marked }) => marked);
  return (
    <Sideways label={t("viewer.form.record")}>
      <table className={css.table}>
        <caption>{view.number === 0 ? t("viewer.columnNames") : t("viewer.at.record", { record: view.number })}</caption>
        <thead>
          <tr>
            <th scope="col">{t("viewer.column")}</th>
            <th scope="col">{t("viewer.text")}</th>
          </tr>
        </thead>
        <tbody>
          {view.cells.map(({ column, text, cut, value_kind, marked }) => (
            <tr key={column} data-meant={marked}>
              <th scope="row">{column}</th>
              <td className={css.text}>
                {text === null || text === undefined ? (
                  <span className={css.hidden}>{value_kind ?? t("viewer.noValue")}</span>
                ) : (
                  <>
                    <Piece text={text} marked={marked} shown={marked || !some ? shows.marked : shows.around} />
                    {cut ? <span className={css.cut} title={t("viewer.cut")}>…</span> : null}
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  );
}
