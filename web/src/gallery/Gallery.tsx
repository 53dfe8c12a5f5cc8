import { Button } from "@mantine/core";
import { type ReactNode, useMemo, useState } from "react";
import { ApiError } from "../api/client";
import { Band, BANDS } from "../parts/Band";
import { Bars } from "../parts/Bars";
import type { Column } from "../parts/DataGrid/columns";
import { DataGrid } from "../parts/DataGrid/DataGrid";
import { Decide, type Decision } from "../parts/Decide";
import { EntityCard } from "../parts/EntityCard";
import { Masked, MaskedText } from "../parts/Masked";
import { Place, PlaceViewer } from "../parts/Place";
import { Sparkline } from "../parts/Sparkline";
import { Empty, Failed, Incomplete, Loading } from "../parts/States";
import { Strength } from "../parts/Strength";
import { Waterfall } from "../parts/Waterfall";
import { When } from "../parts/When";
import { type Language, usePrefs } from "../prefs";
import { useEntity } from "../shell/entity";
import { useGridView } from "../view/grid";
import { maybe, useView, whole } from "../view/params";
import css from "./Gallery.module.css";
import { FILE, type MadeUp, madeUpServer } from "./madeUp";

const SHAPE = { rows: whole(100_000), counted: maybe };
const say = (language: Language, it: string, en: string) => (language === "it" ? it : en);

/** Every component with made-up data, for those who build with them and for the browser tests. */
export default function Gallery() {
  const { language } = usePrefs();
  const s = (it: string, en: string) => say(language, it, en);
  const { open } = useEntity();
  const [opened, setOpened] = useState("");
  const propositions = [
    s("l'account è stato usato attraverso l'utenza B3747938 di borea", "the account was used through line B3747938 of borea"),
    s("le registrazioni indicano questa utenza per un errore di orario", "the records name this line by an error of time"),
  ] as const;
  const later = (text: string) => () => setOpened(text);
  return (
    <PlaceViewer value={(place) => setOpened(JSON.stringify(place))}>
      <div className={css.gallery}>
        <header>
          <h1>{s("Componenti", "Components")}</h1>
          <p className={css.quiet}>{s("Tutti i dati sono inventati.", "All data is made up.")}</p>
          <output className={css.opened}>{opened}</output>
        </header>

        <Part name="DataGrid" wide>
          <Grid language={language} onOpen={(row) => setOpened(row.id)} />
        </Part>

        <Part name="Waterfall" wide>
          <Waterfall
            title={s("Che cosa sostiene il risultato", "What supports the finding")}
            prior={0}
            propositions={propositions}
            total={4}
            onOpen={later("waterfall")}
            items={[
              { id: "1", label: s("41 accessi in 19 giorni, con porta", "41 logins on 19 days, with port"), log10_lr: 3.6, place: <Place place={{ file: FILE, line: 212 }} name="borea-leases.csv" /> },
              { id: "2", label: s("e-mail del pagamento uguale a quella dell'intestatario", "payment e-mail equals the subscriber's"), log10_lr: 1.4, place: <Place place={{ file: FILE, cell: "B88", sheet: "Pay" }} name="pay.xlsx" /> },
              { id: "3", label: s("un accesso da un'altra regione nella stessa ora", "one login from another region in the same hour"), log10_lr: -0.7, place: <Place place={{ file: FILE, pointer: "/logins/77" }} name="platform.json" /> },
            ]}
          />
        </Part>

        <Part name="Decide">
          <DecideExample language={language} />
        </Part>

        <Part name="EntityCard">
          <div className={css.card}>
            <EntityCard
              kind="line"
              title="borea/B3747938"
              status={s("intestata a una persona; chi l'abbia usata non risulta", "registered to a person; the records do not say who used it")}
              facts={[
                { label: s("Operatore", "Operator"), value: "borea" },
                { label: s("Intestatario", "Subscriber"), value: <Masked label={s("nome", "name")} text="Demo Inventato" onReveal={async () => setOpened("revealed name")} /> },
                { label: s("Provincia", "Province"), value: "MI" },
                { label: s("Attiva da", "Active from"), value: <When at="2021-03-01" fine="day" /> },
                { label: s("Condivisa da", "Shared by"), value: null },
              ]}
              links={[
                { kind: "account", count: 2, onOpen: later("accounts") },
                { kind: "address", count: 1_204, onOpen: later("addresses") },
                { kind: "device", count: 0, onOpen: later("devices") },
              ]}
              actions={<Button onClick={() => open({ kind: "line", id: "borea/B3747938" })}>{s("Apri a destra", "Open at the right")}</Button>}
            />
          </div>
        </Part>

        <Part name="Band">
          <ul className={css.stack}>
            {BANDS.map((name, i) => (
              <li key={name}>
                <Band name={name} actBy={i === 0 ? "2026-06-28T22:49:13Z" : i === 1 ? "2099-01-01T00:00:00Z" : null} />
              </li>
            ))}
          </ul>
        </Part>

        <Part name="Strength">
          <ul className={css.stack}>
            {[0.1, 0.7, 1.4, 2.2, 3.1, 4, 6.2, -1.3].map((value) => (
              <li key={value}>
                <Strength log10_lr={value} />
              </li>
            ))}
            <li>
              <Strength log10_lr={null} />
            </li>
          </ul>
        </Part>

        <Part name="When">
          <ul className={css.stack}>
            <li><When at="2026-02-04T07:58:10Z" said="2026-02-03T23:58:10-08:00" /></li>
            <li><When at="2026-10-25T00:30:00Z" fine="minute" /></li>
            <li><When at="2026-02-04T07:00:00Z" until="2026-02-04T08:00:00Z" uncertain fine="minute" /></li>
            <li><When at="2026-02-04" fine="day" /></li>
          </ul>
        </Part>

        <Part name="Masked">
          <ul className={css.stack}>
            <li><Masked label={s("nome del file", "file name")} text="example-0001.bin" onReveal={async () => setOpened("revealed")} /></li>
            <li><Masked label={s("messaggio", "message")} text="" onReveal={() => Promise.reject(new Error("not recorded"))} /></li>
            <li>
              <MaskedText
                text={s("ci vediamo al molo alle nove", "see you at the pier at nine")}
                masks={[{ from: language === "it" ? 14 : 15, until: language === "it" ? 18 : 19, label: s("parola", "word") }]}
                onReveal={async () => setOpened("revealed word")}
              />
            </li>
          </ul>
        </Part>

        <Part name="Place">
          <ul className={css.stack}>
            <li><Place place={{ file: FILE, line: 11_810 }} name="agorachat-connections.csv" /></li>
            <li><Place place={{ file: FILE, byte: 4_096, len: 32 }} /></li>
            <li><Place place={{ file: FILE, path: "userdata/app.db", byte: 80 }} name="R-4.E01" /></li>
          </ul>
        </Part>

        <Part name="Bars">
          <Bars
            title={s("Piste per ufficio", "Leads by office")}
            unit={s("Piste", "Leads")}
            onOpen={later("bars")}
            items={[
              { id: "lo", label: "Lombardia", value: 19 },
              { id: "pu", label: "Puglia", value: 11 },
              { id: "pi", label: "Piemonte", value: 9 },
            ]}
            note={s("Altri 4 uffici con una pista ciascuno.", "4 more offices with one lead each.")}
          />
        </Part>

        <Part name="Sparkline">
          <Sparkline
            title={s("Connessioni per settimana", "Connections by week")}
            unit={s("Connessioni", "Connections")}
            points={[12, 30, 22, null, null, 41, 38, 55, 20, 4].map((value, i) => ({ label: s(`settimana ${i + 1}`, `week ${i + 1}`), value }))}
          />
        </Part>

        <Part name="States">
          <Empty title={s("Nessuna lista di file noti", "No list of known files")} action={{ label: s("Carica una lista", "Load a list"), onClick: later("empty") }} command="tutela lists build FILE">
            {s("Senza una lista ogni file risulta nuovo.", "Without one every file counts as new.")}
          </Empty>
        </Part>
        <Part name="States: Loading">
          <Loading label={s("Importazione di borea-leases.csv", "Importing borea-leases.csv")} done={820} total={960} left_ms={2_000} onCancel={later("cancel")} />
        </Part>
        <Part name="States: Failed">
          <Failed
            error={new ApiError(500, { code: "disk_full", what: s("Il disco è pieno", "The disk is full"), hint: s("Liberare spazio, poi riprovare.", "Make room, then try again."), id: "E-7f3a" })}
            onRetry={later("retry")}
          />
        </Part>
        <Part name="States: Incomplete">
          <Incomplete action={{ label: s("Mostra", "View"), onClick: later("partial") }}>{s("12 righe tenute da parte", "12 rows kept aside")}</Incomplete>
        </Part>
      </div>
    </PlaceViewer>
  );
}

function Part({ name, wide = false, children }: { name: string; wide?: boolean; children: ReactNode }) {
  return (
    <section className={css.part} data-wide={wide} aria-label={name}>
      <h2 className={css.name}>{name}</h2>
      {children}
    </section>
  );
}

function Grid({ language, onOpen }: { language: Language; onOpen: (row: MadeUp) => void }) {
  const [view, onView] = useGridView();
  const [{ rows, counted }] = useView(SHAPE);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const fetchWindow = useMemo(() => madeUpServer(rows, counted !== "no"), [rows, counted]);
  const columns = useMemo((): readonly Column<MadeUp>[] => {
    const s = (it: string, en: string) => say(language, it, en);
    return [
      { id: "at", header: s("Quando", "When"), cell: (row) => <When at={row.at} />, width: 208, sortable: true },
      { id: "account", header: "Account", cell: (row) => row.account, sortable: true, filter: { kind: "text" } },
      {
        id: "event",
        header: s("Evento", "Event"),
        cell: (row) => row.event,
        width: 112,
        filter: { kind: "choice", choices: ["login", "upload", "message"].map((value) => ({ value, label: value })) },
      },
      { id: "address", header: s("Indirizzo", "Address"), cell: (row) => row.address, width: 128 },
      { id: "port", header: s("Porta", "Port"), cell: (row) => row.port ?? "–", width: 80, numeric: true, sortable: true },
      { id: "place", header: s("Fonte", "Source"), cell: (row) => <Place place={{ file: FILE, line: row.line }} name="connections.csv" />, width: 224 },
    ];
  }, [language]);
  const choose = (row: MadeUp) =>
    setSelected((now) => (now.has(row.id) ? new Set([...now].filter((id) => id !== row.id)) : new Set([...now, row.id])));
  return (
    <div className={css.grid}>
      <DataGrid
        name={say(language, "Connessioni", "Connections")}
        queryKey={["made-up", rows, counted]}
        columns={columns}
        rowId={(row) => row.id}
        fetchWindow={fetchWindow}
        view={view}
        onView={onView}
        onOpen={onOpen}
        selected={selected}
        onSelect={choose}
        empty={<Empty title={say(language, "Nessuna connessione", "No connections")} command="tutela import FILE…" />}
      />
    </div>
  );
}

function DecideExample({ language }: { language: Language }) {
  const other: Decision = {
    verdict: "unsure",
    reason: say(language, "La risposta dell'operatore non copre il 14 marzo.", "The operator's answer does not cover 14 March."),
    officer: "M. Demo",
    at: "2026-11-23T08:12:00Z",
  };
  const [decision, setDecision] = useState<Decision | null>(null);
  const [conflict, setConflict] = useState<Decision | null>(null);
  const decide = async (verdict: Decision["verdict"], reason: string) => {
    if (conflict === null && decision === null && verdict === "reject") {
      setConflict(other);
      throw new ApiError(409, { code: "conflict", what: "" });
    }
    setConflict(null);
    setDecision({ verdict, reason, officer: "A. Demo", at: "2026-11-23T08:40:00Z" });
  };
  return (
    <Decide
      subject="gallery/F-0001"
      kind="lead"
      decision={decision}
      conflict={conflict}
      onDecide={decide}
      onWithdraw={async () => setDecision(null)}
    />
  );
}
