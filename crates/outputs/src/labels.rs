//! The words that outputs add to what analyses say: headings, columns, states, bands, in Italian and English.
//!
//! Not here: sentences about a case. Those are phrases of the analyses and come with the findings.

use std::sync::LazyLock;

use serde_json::Value;
use tutela_model::finding::{AlternativeState, Band, PersonStatus};
use tutela_model::{Catalogue, Lang, Phrase, Statement};

macro_rules! labels {
    ($($(#[doc = $doc:literal])* $name:ident = $key:literal: $it:literal, $en:literal;)+) => {
        $(
            $(#[doc = $doc])*
            pub const $name: Statement = Statement { key: concat!("label.", $key), it: $it, en: $en };
        )+

        /// Every label, for a catalogue and for the checks on wording.
        pub static STATEMENTS: &[Statement] = &[$($name),+];
    };
}

labels! {
    /// Title of the report.
    REPORT = "report": "Relazione sulle piste investigative", "Report on investigative leads";
    /// One line under the title.
    REPORT_ABOUT = "report_about": "Che cosa mostrano i dati acquisiti, con quale forza, e che cos'altro li spiegherebbe", "What the records obtained show, how strongly, and what else would explain them";
    /// The band on made-up data.
    MADE_UP = "made_up": "DATI INVENTATI / MADE-UP DATA: nessuna persona reale", "MADE-UP DATA / DATI INVENTATI: no real person";
    /// The operation.
    OPERATION = "operation": "Operazione", "Operation";
    /// Heading of the legal bases.
    AUTHORITY = "authority": "Titolo per l'acquisizione", "Legal basis";
    /// Validity of a legal basis.
    VALID = "valid": "valido dal {from} al {until}", "valid from {from} until {until}";
    /// What a legal basis is limited to.
    COVERS_ONLY = "covers_only": "copre solo: {covered}", "covers only: {covered}";
    /// A legal basis that waits for its validation.
    TO_VALIDATE = "to_validate": "da convalidare entro il {by}", "to be validated by {by}";
    /// A legal basis that was validated.
    VALIDATED = "validated": "convalidato: {act}", "validated: {act}";
    /// A legal basis that lapsed.
    LAPSED = "lapsed": "DECADUTO: {reason}", "LAPSED: {reason}";
    /// Rows outside the legal basis.
    SEALED = "sealed": "+{n} sigillate", "+{n} sealed";
    /// What sealed rows are.
    SEALED_NOTE = "sealed_note": "Sigillate sono le righe che il titolo non copre: conservate, contate, lette da nulla.", "Sealed rows are those that the legal basis does not cover: kept, counted, read by nothing.";
    /// A kind of act.
    PROSECUTOR_DECREE = "prosecutor_decree": "decreto del pubblico ministero", "prosecutor's decree";
    /// A kind of act.
    JUDGE_DECREE = "judge_decree": "decreto del giudice", "judge's decree";
    /// A kind of act.
    URGENT_DECREE = "urgent_decree": "decreto d'urgenza del pubblico ministero", "prosecutor's urgent decree";
    /// A kind of act.
    PRODUCTION_ORDER = "production_order": "ordine europeo di produzione", "European Production Order";
    /// A kind of act.
    PRESERVATION_ORDER = "preservation_order": "ordine europeo di conservazione", "European Preservation Order";
    /// A kind of act.
    DELEGATION = "delegation": "delega d'indagine", "delegation of investigation";
    /// A kind of act.
    UNDERCOVER = "undercover": "autorizzazione ad attività sotto copertura", "authorisation of undercover activity";
    /// A kind of act.
    SEIZURE = "seizure": "perquisizione o sequestro", "search or seizure";
    /// A kind of act.
    FOREIGN = "foreign": "richiesta o risposta di autorità estera", "request or answer of a foreign authority";
    /// A kind of act.
    HANDED_IN = "handed_in": "denuncia o segnalazione", "report or complaint";
    /// No legal basis recorded.
    NO_AUTHORITY = "no_authority": "Nessun titolo registrato", "No legal basis recorded";
    /// Who issues the report.
    OFFICER = "officer": "Redatta da", "Issued by";
    /// The last act that the report stands on.
    AS_OF = "as_of": "Situazione degli atti al", "State of the record at";
    /// The band on every page of a draft with unanswered explanations.
    DRAFT_OPEN = "draft_open": "BOZZA, non è una relazione definitiva: {n|altra spiegazione è ancora senza risposta|altre spiegazioni sono ancora senza risposta}", "DRAFT, not an issued report: {n|other explanation is|other explanations are} still unanswered";
    /// To which office.
    FOR_OFFICE = "for_office": "Per l'ufficio", "For the office";
    /// How many leads of the operation an office's copy holds.
    PART = "part": "{n|pista|piste} su {all} dell'operazione", "{n|lead|leads} of {all} of the operation";
    /// Digest of the findings.
    FINDINGS_DIGEST = "findings_digest": "Impronta delle risultanze", "Digest of the findings";
    /// The record of the operation.
    RECORD = "record": "Registro degli atti", "Record";
    /// How many entries the record has.
    RECORD_ENTRIES = "record_entries": "{n|voce|voci}", "{n|entry|entries}";
    /// How many entries the record has; their root follows.
    RECORD_HEAD = "record_head": "Il registro degli atti ha {n|voce|voci}, con la radice", "The record has {n|entry|entries} with the root";
    /// The name of the record's log.
    RECORD_ORIGIN = "record_origin": "Origine", "Origin";
    /// Nobody outside the unit has seen a checkpoint of the record.
    UNANCHORED = "unanchored": "Nulla al di fuori dell'ufficio mostra ancora che sia inalterato.", "Nothing outside the unit shows yet that it is unaltered.";
    /// What a time stamp shows.
    UNALTERED_STAMP = "unaltered_stamp": "Le prime {covered} voci sono inalterate dal checkpoint {size}, a cui {by} ha apposto una marca temporale il {at}.", "The first {covered} entries are unaltered since checkpoint {size}, which {by} time-stamped on {at}.";
    /// What a witness's signature shows.
    UNALTERED_WITNESS = "unaltered_witness": "Le prime {covered} voci sono inalterate dal checkpoint {size}, che {by} ha cofirmato il {at}.", "The first {covered} entries are unaltered since checkpoint {size}, which {by} cosigned on {at}.";
    /// How many anchors are not told.
    MORE_ANCHORS = "more_anchors": "{n|altro ancoraggio non è elencato|altri ancoraggi non sono elencati} qui.", "{n|more anchor is|more anchors are} not listed here.";
    /// Entries after the last anchor.
    LATER_ENTRIES = "later_entries": "{n|voce successiva non è coperta|voci successive non sono coperte} da alcun ancoraggio.", "{n|later entry is|later entries are} covered by no anchor.";
    /// No entries after the last anchor.
    NO_LATER_ENTRIES = "no_later_entries": "Il registro qui riportato non ha voci successive.", "The record as reported here has no later entry.";
    /// Integrity: nothing outside the unit shows it.
    AMBER = "integrity.amber": "giallo", "amber";
    /// Integrity: somebody outside the unit has seen a checkpoint.
    GREEN = "integrity.green": "verde", "green";
    /// What the code in the footer holds, for whoever cannot see it.
    CODE_ALT = "code_alt": "Codice QR del checkpoint del registro: origine {origin}, {n|voce|voci}, radice {root}", "QR code of the checkpoint of the record: origin {origin}, {n|entry|entries}, root {root}";
    /// What the code in the footer is, and what is not shown of the record.
    READ_RECORD = "read_record": "Il codice QR a piè di ogni pagina contiene il checkpoint del registro degli atti: origine, numero di voci e radice in base64, una per riga. Chi possiede un altro checkpoint dello stesso registro può confrontarli. Le voci sono numerate da 0. Un ancoraggio è un checkpoint che qualcuno al di fuori dell'ufficio ha marcato o cofirmato; non mostra che il registro sia completo, né che ciò che riporta sia vero, né alcunché sul tempo precedente.", "The QR code at the foot of every page holds the checkpoint of the record: origin, number of entries and root in base64, one a line. Whoever has another checkpoint of the same record can compare them. Entries are numbered from 0. An anchor is a checkpoint that somebody outside the unit time-stamped or cosigned; it does not show that the record is complete, nor that what it says is true, nor anything about the time before.";
    /// How many files of the operation an office's copy lists.
    SOURCES_PART = "sources_part": "{n|file|file} su {all} dell'operazione: quelli le cui righe sono citate qui", "{n|file|files} of {all} of the operation: those whose rows are cited here";
    /// How many files were received.
    SOURCES_COUNT = "sources_count": "{n|file ricevuto|file ricevuti}", "{n|file received|files received}";
    /// Heading: how to read.
    HOW_TO_READ = "how_to_read": "Come si legge", "How to read this report";
    /// What a lead is.
    READ_LEAD = "read_lead": "Una pista raccoglie ciò che i dati mostrano su alcuni account e sulle utenze da cui risultano usati. L'intestatario di un'utenza non è per questo il suo utilizzatore.", "A lead gathers what the records show about some accounts and the lines that they appear to have been used through. The subscriber of a line is not thereby its user.";
    /// What the strength compares.
    READ_STRENGTH = "read_strength": "La forza del sostegno confronta due ipotesi: dice quante volte i dati sono più attesi se è vera la prima che se è vera la seconda.", "The strength compares two propositions: it says how many times more the records are to be expected if the first is true than if the second is.";
    /// What the strength is not.
    NOT_PROBABILITY = "not_probability": "Questa non è la probabilità che la persona abbia commesso il fatto.", "This is not the probability that the person did it.";
    /// Where the rows are.
    READ_PLACE = "read_place": "Ogni riga citata porta il file ricevuto e il punto in cui si trova: l'impronta del file, nell'elenco delle fonti, permette di verificarla. Gli orari sono in UTC, salvo dove la riga riporta altro.", "Each row cited carries the file received and the spot in it: the file's digest, in the list of sources, lets anyone check it. Times are in UTC, except where a row says otherwise.";
    /// How many rows are shown and where the others are.
    READ_ROWS = "read_rows": "Di ogni risultanza è dato il numero complessivo di righe; se ne è riportata solo una parte, è detto quante. Fino a {n} righe per risultanza, con file e punto, si trovano in findings.jsonl; le altre nei file ricevuti.", "The total of rows is given for each finding; where only some are shown, it is said how many. Up to {n} rows of each finding, with file and spot, are in findings.jsonl; the others are in the files received.";
    /// Heading of the verbal scale.
    SCALE = "scale": "Scala del sostegno (linee guida ENFSI, 2015)", "Scale of strength (ENFSI guideline, 2015)";
    /// Column: likelihood ratio.
    RATIO = "ratio": "Rapporto di verosimiglianza", "Likelihood ratio";
    /// Column: words.
    IN_WORDS = "in_words": "In parole", "In words";
    /// A strength with its number.
    STRENGTH_AND_LOG = "strength_and_log": "{words} (log₁₀ del rapporto: {log})", "{words} (log₁₀ of the ratio: {log})";
    /// Table of contents.
    CONTENTS = "contents": "Indice", "Contents";
    /// Summary.
    SUMMARY = "summary": "Sintesi", "Summary";
    /// How many leads there are.
    N_LEADS = "n_leads": "{n|pista|piste}", "{n|lead|leads}";
    /// Total of a table.
    TOTAL = "total": "Totale", "Total";
    /// Warnings.
    WARNINGS = "warnings": "Avvertenze", "Warnings";
    /// No leads.
    NO_LEADS = "no_leads": "Nessuna pista: le analisi non hanno trovato account da collegare, oppure non sono ancora state eseguite.", "No leads: the analyses found no accounts to tie, or have not been run yet.";
    /// Leads.
    LEADS = "leads": "Piste", "Leads";
    /// A lead.
    LEAD = "lead": "Pista", "Lead";
    /// Status.
    STATUS = "status": "Stato", "Status";
    /// How soon to act.
    BAND = "band": "Priorità", "Priority";
    /// Strength.
    STRENGTH = "strength": "Forza", "Strength";
    /// Province and office.
    WHERE = "where": "Provincia e ufficio", "Province and office";
    /// The page.
    PAGE = "page": "Pag.", "Page";
    /// A page of all pages.
    PAGE_OF = "page_of": "pag. {page} di {pages}", "page {page} of {pages}";
    /// By when to act.
    ACT_BY = "act_by": "agire entro il {date}", "act by {date}";
    /// By when to act, when that time had passed.
    ACT_BY_PAST = "act_by_past": "termine già decorso: {date}", "deadline passed: {date}";
    /// By when to ask.
    BY = "by": "Termine", "Deadline";
    /// By when to ask, in a sentence.
    BY_DATE = "by_date": "entro il {date}", "by {date}";
    /// By when to ask, when that time had passed.
    BY_DATE_PAST = "by_date_past": "termine già decorso ({date})", "deadline passed ({date})";
    /// No date.
    NO_DATE = "no_date": "senza termine noto", "no known deadline";
    /// What to ask.
    ASK = "ask": "Richiesta", "Ask";
    /// Of whom.
    OF = "of": "A chi", "Of";
    /// Why.
    WHY = "why": "Perché", "Why";
    /// Accounts.
    ACCOUNTS = "accounts": "Account", "Accounts";
    /// Lines.
    LINES = "lines": "Utenze", "Lines";
    /// A line with its subscriber.
    REGISTERED_TO = "registered_to": "{line} (intestatario: {name})", "{line} (subscriber: {name})";
    /// A line whose subscriber is unknown.
    SUBSCRIBER_UNKNOWN = "subscriber_unknown": "{line} (intestatario non noto)", "{line} (subscriber not known)";
    /// Peers.
    PEERS = "peers": "Peer", "Peers";
    /// Handles.
    HANDLES = "handles": "Recapiti di pagamento", "Payment handles";
    /// Exhibits.
    EXHIBITS = "exhibits": "Reperti", "Exhibits";
    /// Name.
    NAME_SAID = "name_said": "Nome riportato dai dati", "Name that the records give";
    /// Earlier proceedings.
    PRECEDENTS = "precedents": "Precedenti specifici", "Earlier proceedings";
    /// The grounds for the band.
    FACTORS = "factors": "Fattori della priorità", "Grounds for the priority";
    /// The claim.
    CLAIM = "claim": "Ipotesi a confronto", "Propositions compared";
    /// For.
    EVIDENCE_FOR = "evidence_for": "A sostegno", "For";
    /// Against.
    EVIDENCE_AGAINST = "evidence_against": "In senso contrario", "Against";
    /// Heading: explanations without an answer.
    UNANSWERED = "unanswered": "Spiegazioni ancora senza risposta", "Explanations still unanswered";
    /// What is to be done about them.
    UNANSWERED_NOTE = "unanswered_note": "La relazione non può essere emessa finché ciascuna non è stata esaminata. L'esito si registra con il suo motivo:", "The report cannot be issued until each has been examined. The outcome is recorded with its reason:";
    /// How many leads are named before the rest is only counted.
    UNANSWERED_MORE = "unanswered_more": "e {n|altra pista|altre piste}: sono segnate nella scheda di ciascuna", "and {n|more lead|more leads}: each sheet marks its own";
    /// Which finding rows speak against.
    AGAINST_FINDING = "against_finding": "contro {finding}: {said}", "against {finding}: {said}";
    /// Nothing against.
    NOTHING_AGAINST = "nothing_against": "Nessuna riga in senso contrario nei dati ricevuti: questo non esclude che ne esistano altrove.", "No row against it in the files received: that does not mean that there is none elsewhere.";
    /// How many rows.
    N_ROWS = "n_rows": "{n|riga|righe}", "{n|row|rows}";
    /// How many of them are shown.
    SHOWN = "shown": "{n|riga|righe}, di cui {shown} riportate", "{n|row|rows}, {shown} of them shown";
    /// Where the rows are that are not shown.
    MORE_ROWS = "more_rows": "Le altre righe, fino a {n} per risultanza: tutela explain {lead} --json", "The other rows, up to {n} of each finding: tutela explain {lead} --json";
    /// A row of which only the place is known here.
    ROW_ELSEWHERE = "row_elsewhere": "(contenuto non riportato: si veda il file)", "(content not shown: see the file)";
    /// Column: place.
    PLACE = "place": "File e punto", "File and spot";
    /// Column: what the row says.
    ROW_SAYS = "row_says": "Che cosa riporta la riga", "What the row says";
    /// Further findings.
    FURTHER = "further": "{n|altra risultanza|altre risultanze}: in findings.jsonl, e tutte con «tutela explain {lead}».", "{n|more finding|more findings}: in findings.jsonl, and all of them with ‘tutela explain {lead}’.";
    /// Other explanations.
    ALTERNATIVES = "alternatives": "Altre spiegazioni", "Other explanations";
    /// No other explanation.
    NO_ALTERNATIVES = "no_alternatives": "Nessuna registrata: da completare prima di ogni decisione.", "None recorded: to be completed before any decision.";
    /// Column: explanation.
    EXPLANATION = "explanation": "Spiegazione", "Explanation";
    /// What would refute it.
    REFUTED_BY = "refuted_by": "Che cosa la smentirebbe", "What would refute it";
    /// What is missing.
    MISSING = "missing": "Che cosa manca", "What is missing";
    /// Nothing is missing for the status.
    NOTHING_MISSING = "nothing_missing": "Nulla, per lo stato attribuito.", "Nothing, for the status given.";
    /// Next steps.
    NEXT_STEPS = "next_steps": "Prossimi passi", "Next steps";
    /// A step in one line.
    STEP = "step": "{ask} (a: {of})", "{ask} (of: {of})";
    /// No next step.
    NO_NEXT_STEPS = "no_next_steps": "Nessuno indicato dalle analisi.", "None named by the analyses.";
    /// The next step.
    NEXT = "next": "prossimo passo", "next";
    /// How many further steps there are.
    MORE_STEPS = "more_steps": "(+{n}: tutela explain {lead})", "(+{n}: tutela explain {lead})";
    /// Nothing recorded.
    NONE = "none": "nessuno", "none";
    /// No province known.
    NO_PROVINCE = "no_province": "provincia non nota", "province not known";
    /// A province that only lists of addresses give.
    ESTIMATED_PROVINCE = "estimated_province": "{name} per stima, da elenchi di indirizzi", "{name} by estimate, from lists of addresses";
    /// Other offices that have something of a lead.
    ALSO_AT = "also_at": "Anche nel fascicolo di", "Also in the package of";
    /// Yes.
    YES = "yes": "sì", "yes";
    /// No.
    NO = "no": "no", "no";
    /// Not known.
    UNKNOWN = "unknown": "non noto", "unknown";
    /// Method.
    METHOD = "method": "Allegato: metodo", "Annex: method";
    /// The language of the method.
    METHOD_NOTE = "method_note": "I testi che seguono descrivono le analisi così come accompagnano il programma, in inglese.", "The texts below describe the analyses as they come with the program.";
    /// Heading of an analysis: what it shows.
    WHAT_IT_SHOWS = "what_it_shows": "Che cosa mostra", "What it shows";
    /// Heading of an analysis: why it matters.
    WHY_IT_MATTERS = "why_it_matters": "Perché conta", "Why it matters";
    /// Heading of an analysis: what it does not show.
    WHAT_IT_DOES_NOT_SHOW = "what_it_does_not_show": "Che cosa non mostra", "What it does not show";
    /// Heading of an analysis: method.
    METHOD_AND_SOURCE = "method_and_source": "Metodo e fonte", "Method and source";
    /// Heading of an analysis: settings.
    SETTINGS = "settings": "Impostazioni", "Settings";
    /// Sources.
    SOURCES = "sources": "Fonti", "Sources";
    /// Heading of the files received with their custody.
    SOURCES_AND_CUSTODY = "sources_and_custody": "Fonti e custodia", "Sources and custody";
    /// What stands below each file.
    CUSTODY_NOTE = "custody_note": "Sotto ogni file sono riportati gli atti che il registro ha su di esso: numero della voce, data e ora UTC, ufficiale, atto, particolari. Prima del nome sta il numero del reperto, se ne ha uno.", "Below each file stand the acts on it that the record has: number of the entry, date and time in UTC, officer, act, particulars. Before its name stands its number as an exhibit, if it has one.";
    /// There are too many files for their acts to be listed.
    CUSTODY_CUT = "custody_cut": "I reperti sono {exhibits}, più di {most}: gli atti su ciascuno sono soltanto contati. Tutti si leggono con «tutela custody» e il numero del reperto.", "There are {exhibits} exhibits, more than {most}: the acts on each are only counted. ‘tutela custody’ with the exhibit's number lists all.";
    /// How many acts there are on a file.
    STEPS_COUNTED = "steps_counted": "{n|atto|atti}: tutela custody {exhibit}", "{n|act|acts}: tutela custody {exhibit}";
    /// How many acts of a long chain are not listed.
    STEPS_CUT = "steps_cut": "qui {n|altro atto|altri atti}: tutela custody {exhibit}", "{n|more act|more acts} here: tutela custody {exhibit}";
    /// Who supplied a file.
    SUPPLIER = "supplier": "Fornito da", "Supplied by";
    /// The supplier's reference.
    REFERENCE = "reference": "Riferimento", "Reference";
    /// The supplier's digest.
    SUPPLIED_DIGEST = "supplied_digest": "Impronta del fornitore", "Supplier's digest";
    /// The record has no digest that the supplier gave.
    DIGEST_NOT_RECORDED = "digest_not_recorded": "nessuna registrata", "none recorded";
    /// The supplier's digest is that of the bytes.
    DIGEST_HOLDS = "digest_holds": "(verificata sui byte ricevuti)", "(verified on the bytes received)";
    /// The supplier's digest is not that of the bytes.
    DIGEST_DIFFERS = "digest_differs": "(NON è quella dei byte ricevuti)", "(NOT that of the bytes received)";
    /// The supplier's digest was not compared.
    DIGEST_NOT_COMPARED = "digest_not_compared": "(non verificata)", "(not verified)";
    /// No reader has read a file.
    NOT_IMPORTED = "not_imported": "non importato", "not imported";
    /// Who did an act, when that was erased.
    OFFICER_ERASED = "officer_erased": "cancellato per legge", "erased by law";
    /// An act of two persons.
    TWO_PERSONS = "two_persons": "{officer}, con {second}", "{officer}, with {second}";
    /// An act on a file.
    ACTION_RECEIVE = "action.receive": "ricevuto", "received";
    /// An act on a file.
    ACTION_IMPORT = "action.import": "importato", "imported";
    /// An act on a file.
    ACTION_HASH_VERIFY = "action.hash-verify": "impronta controllata", "digest checked";
    /// An act on a file.
    ACTION_COPY = "action.copy": "copiato", "copied";
    /// An act on a file.
    ACTION_CONSULT = "action.consult": "consultato", "consulted";
    /// An act on a file.
    ACTION_ANNOTATE = "action.annotate": "annotato", "annotated";
    /// An act on a file.
    ACTION_COMBINE = "action.combine": "riunito ad altri", "combined with others";
    /// An act on a file.
    ACTION_DISCLOSE = "action.disclose": "comunicato", "disclosed";
    /// An act on a file.
    ACTION_TRANSFER_OUT = "action.transfer-out": "trasferito", "handed over";
    /// An act on a file.
    ACTION_TRANSFER_IN = "action.transfer-in": "preso in consegna", "taken over";
    /// An act on a file.
    ACTION_RETURN = "action.return": "restituito", "returned";
    /// An act on a file.
    ACTION_DESTROY = "action.destroy": "distrutto", "destroyed";
    /// An act on a file.
    ACTION_ERASE = "action.erase": "cancellato", "erased";
    /// A particular of an act.
    FIELD_NAME = "field.name": "nome", "name";
    /// A particular of an act.
    FIELD_BASIS = "field.basis": "titolo", "basis";
    /// A particular of an act.
    FIELD_EXHIBIT = "field.exhibit": "reperto", "exhibit";
    /// A particular of an act.
    FIELD_PARENTS = "field.parents": "fatto da", "made from";
    /// A particular of an act.
    FIELD_MEDIA_TYPE = "field.media_type": "tipo", "type";
    /// A particular of an act.
    FIELD_SIZE = "field.size": "dimensione", "size";
    /// A particular of an act.
    FIELD_SUPPLIER = "field.supplier": "fornito da", "supplied by";
    /// A particular of an act.
    FIELD_CHANNEL = "field.channel": "pervenuto per", "came by";
    /// A particular of an act.
    FIELD_REFERENCE = "field.reference": "riferimento", "reference";
    /// A particular of an act.
    FIELD_REQUESTED = "field.requested": "richiesto il", "requested on";
    /// A particular of an act.
    FIELD_ASKED = "field.asked": "richiesta", "asked";
    /// A particular of an act.
    FIELD_PERIOD = "field.period": "periodo", "period";
    /// A particular of an act.
    FIELD_ACQUIRED = "field.acquired": "acquisito il", "acquired on";
    /// A particular of an act.
    FIELD_ACQUIRED_BY = "field.acquired_by": "acquisito da", "acquired by";
    /// A particular of an act.
    FIELD_CLOCK_OFFSET = "field.clock_offset": "scarto dell'orologio", "clock off by";
    /// A particular of an act.
    FIELD_METHOD = "field.method": "metodo", "method";
    /// A particular of an act.
    FIELD_TOOL = "field.tool": "strumento", "tool";
    /// A particular of an act.
    FIELD_SEAL = "field.seal": "sigillo", "seal";
    /// A particular of an act.
    FIELD_CONDITION = "field.condition": "stato", "condition";
    /// A particular of an act.
    FIELD_RECEIPT = "field.receipt": "ricevuta", "receipt";
    /// A particular of an act.
    FIELD_READER = "field.reader": "lettore", "reader";
    /// A particular of an act.
    FIELD_VERSION = "field.version": "versione", "version";
    /// A particular of an act.
    FIELD_RECORDS = "field.records": "record", "records";
    /// A particular of an act.
    FIELD_ROWS = "field.rows": "righe", "rows";
    /// A particular of an act.
    FIELD_PROBLEMS = "field.problems": "non letti", "not read";
    /// A particular of an act.
    FIELD_DIGEST = "field.digest": "impronta", "digest";
    /// A particular of an act.
    FIELD_FROM = "field.from": "da", "from";
    /// A particular of an act.
    FIELD_TO = "field.to": "a", "to";
    /// A particular of an act.
    FIELD_PLACE = "field.place": "luogo", "place";
    /// A particular of an act.
    FIELD_REASON = "field.reason": "motivo", "reason";
    /// A particular of an act.
    FIELD_REVIEWER = "field.reviewer": "revisore", "reviewer";
    /// A particular of an act.
    FIELD_OUTCOME = "field.outcome": "esito", "outcome";
    /// A particular of an act.
    FIELD_AUTHORITY = "field.authority": "titolo", "basis";
    /// A particular of an act.
    FIELD_ENTRIES = "field.entries": "voci", "entries";
    /// A particular of an act.
    FIELD_NOTE = "field.note": "nota", "note";
    /// A file.
    FILE = "file": "File, con la sua impronta SHA-256", "File, with its SHA-256 digest";
    /// The reader.
    READER = "reader": "Lettore", "Reader";
    /// When it was received.
    RECEIVED = "received": "Ricevuto", "Received";
    /// The basis of a file.
    BASIS = "basis": "Titolo", "Basis";
    /// Rows.
    ROWS = "rows": "Righe", "Rows";
    /// Problems.
    PROBLEMS = "problems": "Problemi di lettura", "Problems in reading";
    /// Column: how many records could not be read.
    N_PROBLEMS_SHORT = "n_problems_short": "Non lette", "Not read";
    /// How many problems there are.
    N_PROBLEMS = "n_problems": "{n|record non letto, tenuto da parte|record non letti, tenuti da parte}", "{n|record that could not be read, kept aside|records that could not be read, kept aside}";
    /// No problems.
    NO_PROBLEMS = "no_problems": "Tutti i record dei file ricevuti sono stati letti o saltati per regola dichiarata.", "Every record of the files received was read, or skipped by a declared rule.";
    /// Column: what was expected.
    EXPECTED = "expected": "Atteso", "Expected";
    /// Column: what was found.
    FOUND = "found": "Trovato", "Found";
    /// How to mend a problem.
    MEND = "mend": "Rimedio", "To mend";
    /// The language of the problems' descriptions.
    PROBLEMS_NOTE = "problems_note": "Le descrizioni sono quelle dei lettori del programma, in inglese.", "The descriptions are those of the program's readers.";
    /// Problems of files that an office's copy does not list.
    PROBLEMS_PART = "problems_part": "L'operazione ha {n|altro record non letto|altri record non letti}, in file non citati qui.", "The operation has {n|more record|more records} that could not be read, in files not cited here.";
    /// How many problems are listed.
    PROBLEMS_CUT = "problems_cut": "Sono elencati i primi {shown}; tutti si leggono con «tutela problems».", "The first {shown} are listed; ‘tutela problems’ lists all.";
    /// How many sheets are printed.
    SHEETS_CUT = "sheets_cut": "Sono stampate le schede delle prime {shown} piste, per ordine di priorità. Le altre {rest} sono in questa tabella; per intero in leads.json e findings.jsonl, e con «tutela explain» e il numero della pista.", "The sheets of the first {shown} leads are printed, in the order of priority. The other {rest} are in this table; in full in leads.json and findings.jsonl, and with ‘tutela explain’ and the lead's number.";
    /// Rank.
    RANK = "rank": "N.", "No.";

    /// Officers' decisions.
    DECISIONS = "decisions": "Decisioni degli ufficiali", "Officers' decisions";
    /// Annex: officers' decisions.
    DECISIONS_ANNEX = "decisions_annex": "Allegato: decisioni degli ufficiali", "Annex: officers' decisions";
    /// What stands in that annex.
    DECISIONS_NOTE = "decisions_note": "Tutte le decisioni registrate, dalla più remota, comprese quelle revocate. Ognuna è una voce del registro degli atti.", "All decisions recorded, the oldest first, withdrawn ones included. Each is an entry of the record.";
    /// What stands in that annex of an office's copy.
    DECISIONS_NOTE_PART = "decisions_note_part": "Le decisioni che riguardano le piste e le fonti di questo fascicolo, dalla più remota, comprese quelle revocate. Ognuna è una voce del registro degli atti.", "The decisions that concern the leads and sources of this copy, the oldest first, withdrawn ones included. Each is an entry of the record.";
    /// No decision.
    NO_DECISIONS = "no_decisions": "Nessuna decisione registrata.", "No decision recorded.";
    /// The decisions on explanations stand beside these.
    DECISIONS_ABOVE = "decisions_above": "Le decisioni sulle altre spiegazioni sono nella tabella precedente.", "The decisions on other explanations are in the table above.";
    /// Column: on what.
    SUBJECT = "subject": "Oggetto", "On";
    /// Column: what was decided.
    DECISION = "decision": "Decisione", "Decision";
    /// Column: why.
    REASON = "reason": "Motivo", "Reason";
    /// Column: who and when.
    OFFICER_AND_TIME = "officer_and_time": "Ufficiale e data", "Officer and time";
    /// A decision in one line.
    DECIDED = "decided": "{choice}: {reason} ({officer}, {at})", "{choice}: {reason} ({officer}, {at})";
    /// A decision that no longer counts.
    WITHDRAWN = "withdrawn": "non conta: revocata, sostituita o non presa da un secondo ufficiale", "does not count: withdrawn, replaced, or not taken by a second officer";
    /// A decision on something that is no longer there.
    GONE = "gone": "{subject}, che i dati non mostrano più", "{subject}, which the records show no longer";
    /// A finding, decided on.
    ACCEPTED = "decision.accepted": "accolta", "accepted";
    /// A finding, decided on.
    REJECTED = "decision.rejected": "respinta", "rejected";
    /// A finding, decided on.
    UNSURE = "decision.unsure": "esaminata, non si può dire", "examined, it cannot be said";
    /// A lead, decided on.
    LEAD_ACCEPTED = "decision.lead_accepted": "da seguire", "to be followed";
    /// A lead, decided on.
    LEAD_CLOSED = "decision.lead_closed": "chiusa", "closed";
    /// A lead, decided on.
    LEAD_UNSURE = "decision.lead_unsure": "esaminata, da rivedere", "examined, to be looked at again";
    /// An explanation, decided on.
    EXPLANATION_HOLDS = "decision.explanation_holds": "fondata", "holds";
    /// An explanation, decided on.
    EXPLANATION_EXCLUDED = "decision.explanation_excluded": "esclusa", "excluded";
    /// An explanation, decided on.
    EXPLANATION_POSSIBLE = "decision.explanation_possible": "esaminata, resta possibile", "examined, remains possible";

    /// Status of a lead.
    IDENTIFIED = "status.identified": "individuata a livello di persona", "identified at person level";
    /// Status of a lead.
    CANDIDATE = "status.candidate": "candidata: manca un elemento", "candidate: a ground is missing";
    /// Status of a lead.
    UNATTRIBUTED = "status.unattributed": "non attribuita ad alcuna utenza", "not attributed to any line";

    /// How many leads have a status.
    N_IDENTIFIED = "n_identified": "{n|individuata|individuate} a livello di persona", "{n} identified at person level";
    /// How many leads have a status.
    N_CANDIDATE = "n_candidate": "{n|candidata: manca|candidate: manca} un elemento", "{n|candidate: a ground is|candidates: a ground is} missing";
    /// How many leads have a status.
    N_UNATTRIBUTED = "n_unattributed": "{n|non attribuita|non attribuite} ad alcuna utenza", "{n} not attributed to any line";

    /// Band.
    VERY_HIGH = "band.very_high": "molto alta", "very high";
    /// Band.
    HIGH = "band.high": "alta", "high";
    /// Band.
    MEDIUM = "band.medium": "media", "medium";
    /// Band.
    LOW = "band.low": "bassa", "low";
    /// Band.
    INFORMATIONAL = "band.informational": "informativa", "informational";

    /// State of another explanation.
    OPEN = "state.open": "aperta", "open";
    /// State of another explanation.
    CHECKED = "state.checked": "esaminata", "examined";
    /// State of another explanation.
    UNLIKELY = "state.unlikely": "poco plausibile", "unlikely";
    /// State of another explanation.
    NOT_APPLICABLE = "state.not_applicable": "non applicabile", "not applicable";

    /// Heading: conditions for leaving the operation as an attribution.
    CONDITIONS = "conditions": "Condizioni per la trasmissione come attribuzione", "Conditions for handing over as an attribution";
    /// How a lead leaves the operation.
    LEAVES_AS = "leaves_as": "Trasmissibile come", "May be handed over as";
    /// A lead that meets every condition.
    ATTRIBUTABLE = "attributable": "attribuzione", "attribution";
    /// A lead that does not.
    INTELLIGENCE = "intelligence": "informazione d'indagine, non attribuibile", "intelligence, not attributable";
    /// A lead that does not, with the conditions that it fails.
    INTELLIGENCE_LACKS = "intelligence_lacks": "informazione d'indagine, non attribuibile (manca: {names})", "intelligence, not attributable (missing: {names})";
    /// A condition that is met.
    CONDITION_MET = "condition.met": "soddisfatta", "met";
    /// A condition that is not met.
    CONDITION_NOT_MET = "condition.not_met": "NON soddisfatta", "NOT met";
    /// A condition.
    GATE_PERSON = "gate.person": "legame con una persona", "tie to a person";
    /// A condition.
    GATE_SESSIONS = "gate.sessions": "più sessioni distinte", "distinct sessions";
    /// A condition.
    GATE_READINGS = "gate.readings": "stabilità rispetto agli orari", "stability under readings of the times";
    /// A condition.
    GATE_NETWORKS = "gate.networks": "elenchi di reti all'epoca dei fatti", "network lists as of the events";
    /// A condition.
    GATE_ROLE = "gate.role": "ruolo di chi è indicato dall'operatore", "role of whom the operator names";
    /// A condition.
    GATE_ALTERNATIVES = "gate.alternatives": "altre spiegazioni escluse", "other explanations excluded";
    /// A condition.
    GATE_SECOND_CHECK = "gate.second_check": "controllo di un secondo ufficiale", "check by a second officer";
    /// Why a condition is met.
    PERSON_PASSED = "gate.person.passed": "un elemento lega gli account a una persona e non alla sola utenza", "a ground ties the accounts to a person and not to the line alone";
    /// Why a condition is met.
    ALTERNATIVES_PASSED = "gate.alternatives.passed": "nessuna resta possibile", "none is left possible";
    /// Why a condition is not met.
    ALTERNATIVES_FAILED = "gate.alternatives.failed": "non escluse: {names}", "not excluded: {names}";
    /// Why a condition is met.
    SECOND_CHECK_PASSED = "gate.second_check.passed": "due ufficiali hanno accolto la pista", "two officers have taken the lead";
    /// Why a condition is not met.
    SECOND_CHECK_ONE = "gate.second_check.one": "un solo ufficiale ha accolto la pista: serve una seconda decisione, di un altro", "one officer has taken the lead: a second decision, by another, is missing";
    /// Why a condition is not met.
    SECOND_CHECK_FAILED = "gate.second_check.failed": "nessun ufficiale ha accolto la pista", "no officer has taken the lead";
    /// How much an answer is expected to tell.
    GAIN = "gain": "informazione attesa: {bits} bit", "expected to tell {bits} bits";
    /// Column: condition.
    CONDITION = "condition": "Condizione", "Condition";
    /// Column: expected gain.
    GAIN_COLUMN = "gain_column": "Bit attesi", "Bits expected";

    /// Heading: how two accounts hang together.
    STRONGEST_PATH = "strongest_path": "Da {from} a {to}: la via il cui passo più debole è il più forte", "From {from} to {to}: the way whose weakest step is strongest";
    /// No way leads from one account to another.
    NO_PATH = "no_path": "Nessuna coppia di account pesata porta dall'uno all'altro.", "No weighed pair of accounts leads from one to the other.";
    /// Heading: what would become of the lead without a source.
    WITHOUT = "without": "Che cosa resterebbe senza una fonte (ricalcolato)", "What would remain without a source (recomputed)";
    /// What would become of the lead without a source.
    WITHOUT_LEAVES = "without_leaves": "senza {names}: {status}, {strength}", "without {names}: {status}, {strength}";
    /// Nothing would remain of the lead.
    WITHOUT_NOTHING = "without_nothing": "senza {names}: nessuna pista su questi account", "without {names}: no lead on these accounts";
    /// Lines that would be lost.
    LINES_LOST = "lines_lost": "utenze non più indicate: {names}", "lines no longer named: {names}";
    /// Accounts that would be apart.
    ACCOUNTS_APART = "accounts_apart": "account non più riuniti: {names}", "accounts no longer joined: {names}";
    /// Conditions that would not be met.
    GATES_LOST = "gates_lost": "condizioni non più soddisfatte: {names}", "conditions no longer met: {names}";

    /// Chapter on what was seen of sharing networks.
    SHARING = "sharing": "La rete di condivisione", "The sharing network";
    /// What its numbers count.
    SHARING_NOTE = "sharing_note": "Un peer è il numero di un'installazione, non una persona: una persona può averne più d'uno, una nuova installazione ne crea un altro, più persone possono usarne uno. Contano solo gli avvistamenti nei file ricevuti.", "A peer is an installation's number, not a person: one person may have several, installing anew makes another, several people may use one. Only sightings in the files received count.";
    /// Column or row.
    SIGHTINGS = "sightings": "Avvistamenti", "Sightings";
    /// Column.
    NEW_PEERS = "new_peers": "di cui nuovi", "of which new";
    /// Column.
    LISTED_PEERS = "listed_peers": "con file in elenco", "with listed files";
    /// Row.
    LISTED_PEERS_SEEN = "listed_peers_seen": "di cui con file in elenchi di file noti", "of which with files on lists of known files";
    /// Row.
    WITHOUT_NUMBER = "without_number": "Avvistamenti senza numero di peer", "Sightings without a peer's number";
    /// Row.
    ADDRESSES = "addresses": "Indirizzi", "Addresses";
    /// Row.
    FILES_SEEN = "files_seen": "File avvistati", "Files seen";
    /// Row.
    LISTED_FILES = "listed_files": "di cui in elenchi di file noti", "of which on lists of known files";
    /// Row.
    FIRST_SEEN = "first_seen": "Primo avvistamento", "First sighting";
    /// Row.
    LAST_SEEN = "last_seen": "Ultimo avvistamento", "Last sighting";
    /// Row.
    DAYS_SEEN = "days_seen": "Giorni con avvistamenti", "Days with sightings";
    /// Row.
    NETWORKS_SEEN = "networks_seen": "Peer per rete", "Peers by network";
    /// A length of time.
    BY_DAY = "by_day": "per giorno", "by day";
    /// A length of time.
    BY_WEEK = "by_week": "per settimana", "by week";
    /// A length of time.
    BY_MONTH = "by_month": "per mese", "by month";
    /// Column: a period, by its first day.
    PERIOD_FROM = "period_from": "Periodo dal", "Period from";
    /// Title of a picture.
    SPREAD = "spread": "Avvistamenti e peer {per}", "Sightings and peers {per}";
    /// What the picture does not show.
    SPREAD_NOTE = "spread_note": "Nuovo è un peer che questi file non mostrano prima. Dove manca la barra non ci sono avvistamenti nei file ricevuti, il che non dice che la rete fosse ferma.", "New is a peer that these files do not show before. Where a bar is missing the files received have no sighting, which does not say that the network was idle.";
    /// For whoever cannot see the picture.
    SPREAD_ALT = "spread_alt": "Barre {per} dal {from} al {until}: sopra gli avvistamenti, al massimo {sightings}; sotto i peer, al massimo {peers}, con la parte dei nuovi più scura. I numeri sono nella tabella.", "Bars {per} from {from} to {until}: above the sightings, {sightings} at most; below the peers, {peers} at most, with the part of the new ones darker. The numbers are in the table.";
    /// Several periods in one column of the terminal.
    SPREAD_GROUPED = "spread_grouped": "una colonna vale {n} periodi: è alta quanto il maggiore", "a column stands for {n} periods: it is as high as the largest";
    /// The last rows of a long table.
    LAST_ROWS = "last_rows": "Le ultime {shown} righe di {all}; tutte in findings.jsonl.", "The last {shown} rows of {all}; all are in findings.jsonl.";
    /// Some rows of a long table.
    SOME_ROWS = "some_rows": "{shown} righe di {all}; tutte in findings.jsonl.", "{shown} rows of {all}; all are in findings.jsonl.";
    /// Title of a picture.
    REMOVAL = "removal": "File che avrebbero ancora un peer senza i primi di una graduatoria", "Files that would still have a peer without the first of a ranking";
    /// What the picture does not show.
    REMOVAL_NOTE = "removal_note": "Vale per i file e i peer osservati, come se nessuno ne prendesse il posto: un file che qui non resta può trovarsi presso altri, che nessuno ha osservato.", "It holds for the files and peers that were observed, as if nobody took their place: a file that does not remain here may be with others, whom nobody observed.";
    /// For whoever cannot see the picture.
    REMOVAL_ALT = "removal_alt": "Tre curve da 0 a {most} peer tolti, da {files} file: per contributo ne restano {contribution}, per numero di file {library}, per giorni {days}. I numeri sono nella tabella.", "Three curves from 0 to {most} peers taken away, from {files} files: by contribution {contribution} remain, by number of files {library}, by days {days}. The numbers are in the table.";
    /// Column or axis.
    PEERS_GONE = "peers_gone": "Peer tolti", "Peers taken away";
    /// Axis.
    FILES_LEFT = "files_left": "File con almeno un peer", "Files with at least one peer";
    /// A ranking.
    BY_CONTRIBUTION = "by_contribution": "per contributo", "by contribution";
    /// A ranking.
    BY_LIBRARY = "by_library": "per numero di file", "by number of files";
    /// A ranking.
    BY_DAYS = "by_days": "per giorni di presenza", "by days seen";
    /// Title of a picture.
    AREAS = "areas": "Peer per provincia", "Peers by province";
    /// What stands beside a number of peers.
    IN_BRACKETS = "in_brackets": "fra parentesi quelli con file in elenco", "in brackets those with listed files";
    /// What the picture does not show, where the list has no date.
    AREAS_NOTE = "areas_note": "Secondo un elenco fornito: una stima. Dove un elenco colloca un indirizzo non è dove si trova chi lo usa, e non lega nessuno. Un peer conta in ogni provincia in cui è stato visto. I numeri sono assoluti: dove vive più gente ci sono più peer.", "By a supplied list: an estimate. Where a list places an address is not where whoever uses it is, and ties nobody. A peer counts in every province where it was seen. Numbers are absolute: where more people live there are more peers.";
    /// What the picture does not show, with the date of the list.
    AREAS_NOTE_AS_OF = "areas_note_as_of": "Secondo un elenco fornito, al {as_of}: una stima. Dove un elenco colloca un indirizzo non è dove si trova chi lo usa, e non lega nessuno. Un peer conta in ogni provincia in cui è stato visto. I numeri sono assoluti: dove vive più gente ci sono più peer.", "By a supplied list, as of {as_of}: an estimate. Where a list places an address is not where whoever uses it is, and ties nobody. A peer counts in every province where it was seen. Numbers are absolute: where more people live there are more peers.";
    /// For whoever cannot see the picture.
    AREAS_ALT = "areas_alt": "Carta delle province italiane, più scure dove i peer sono di più, ciascuna con la sua sigla: {n|provincia ha|province hanno} peer, per prime {names}. I numeri sono nella tabella.", "Map of the Italian provinces, darker where there are more peers, each with its code: {n|province has|provinces have} peers, first {names}. The numbers are in the table.";
    /// Where the map's borders come from, as its licence asks.
    MAP_SOURCE = "map_source": "Confini: ISTAT e Openpolis, giugno 2023, CC BY 4.0, semplificati.", "Borders: ISTAT and Openpolis, June 2023, CC BY 4.0, simplified.";
    /// Codes that the map lacks.
    NOT_ON_MAP = "not_on_map": "Non sulla carta, perché la sigla non è di una provincia: {names}.", "Not on the map, because the code is of no province: {names}.";
    /// Peers without a place.
    UNPLACED = "unplaced": "Peer che nessun elenco colloca: {n}.", "Peers that no list places: {n}.";
    /// Peers by country.
    COUNTRIES = "countries": "Peer per paese: {names}.", "Peers by country: {names}.";
    /// Provinces that the terminal does not list.
    MORE_PROVINCES = "more_provinces": "e {n|altra provincia|altre province}", "and {n|more province|more provinces}";
    /// Column.
    PROVINCE = "province": "Provincia", "Province";
    /// Column.
    REGION = "region": "Regione", "Region";

    /// Another explanation.
    HOUSEHOLD = "alternative.household": "un'altra persona del nucleo familiare", "another member of the household";
    /// Another explanation.
    OPEN_WIFI = "alternative.open_wifi": "Wi-Fi aperto, ospiti o vicini", "open Wi-Fi, guests or neighbours";
    /// Another explanation.
    CGNAT = "alternative.cgnat": "indirizzo condiviso fra più utenze (CGNAT)", "address shared by several lines (CGNAT)";
    /// Another explanation.
    VPN = "alternative.vpn": "VPN, proxy o rete di anonimato", "VPN, proxy or anonymity network";
    /// Another explanation.
    ACCOUNT_SHARED = "alternative.account_shared": "account condiviso, ceduto o sottratto", "account shared, handed over or stolen";
    /// Another explanation.
    WRONG_ZONE = "alternative.wrong_zone": "fuso orario errato in una fonte", "wrong time zone in a source";
    /// Another explanation.
    TYPING_ERROR = "alternative.typing_error": "errore di trascrizione", "typing error";
    /// Another explanation.
    DEVICE_SHARED = "alternative.device_shared": "dispositivo condiviso", "device shared";
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(&[STATEMENTS]));

/// The words for a kind of legal act; none for one that the record does not name.
#[must_use]
pub fn authority_kind(word: &str) -> Option<&'static Statement> {
    Some(match word {
        "prosecutor_decree" => &PROSECUTOR_DECREE,
        "judge_decree" => &JUDGE_DECREE,
        "urgent_decree" => &URGENT_DECREE,
        "production_order" => &PRODUCTION_ORDER,
        "preservation_order" => &PRESERVATION_ORDER,
        "delegation" => &DELEGATION,
        "undercover" => &UNDERCOVER,
        "seizure" => &SEIZURE,
        "foreign" => &FOREIGN,
        "report" => &HANDED_IN,
        _ => return None,
    })
}

/// A label that has no values.
#[must_use]
pub fn say(label: &Statement, lang: Lang) -> &'static str {
    if lang == Lang::It { label.it } else { label.en }
}

/// A label with its values.
#[must_use]
pub fn fill<const N: usize>(label: &Statement, lang: Lang, values: [(&str, Value); N]) -> String {
    let phrase =
        values.into_iter().fold(Phrase::new(label.key), |phrase, (name, value)| phrase.with(name, value));
    CATALOGUE.say(&phrase, lang)
}

/// The words for a status.
#[must_use]
pub fn status(status: PersonStatus) -> &'static Statement {
    match status {
        PersonStatus::Identified => &IDENTIFIED,
        PersonStatus::Candidate => &CANDIDATE,
        PersonStatus::Unattributed => &UNATTRIBUTED,
    }
}

/// The words for a band.
#[must_use]
pub fn band(band: Band) -> &'static Statement {
    match band {
        Band::VeryHigh => &VERY_HIGH,
        Band::High => &HIGH,
        Band::Medium => &MEDIUM,
        Band::Low => &LOW,
        Band::Informational => &INFORMATIONAL,
    }
}

/// The words for the state of another explanation.
#[must_use]
pub fn state(state: AlternativeState) -> &'static Statement {
    match state {
        AlternativeState::Open => &OPEN,
        AlternativeState::Checked => &CHECKED,
        AlternativeState::Unlikely => &UNLIKELY,
        AlternativeState::NotApplicable => &NOT_APPLICABLE,
    }
}

/// The words for a kind of other explanation; a kind that is not known is shown as it is written.
#[must_use]
pub fn alternative(kind: &str, lang: Lang) -> String {
    let known =
        [&HOUSEHOLD, &OPEN_WIFI, &CGNAT, &VPN, &ACCOUNT_SHARED, &WRONG_ZONE, &TYPING_ERROR, &DEVICE_SHARED];
    let label = known.into_iter().find(|label| label.key.strip_prefix("label.alternative.") == Some(kind));
    label.map_or_else(|| kind.replace('_', " "), |label| say(label, lang).to_owned())
}

/// The words for a condition; one that is not known is an error of this program and shown as a gap.
#[must_use]
pub fn gate(name: &str, lang: Lang) -> &'static str {
    let known = [
        &GATE_PERSON,
        &GATE_SESSIONS,
        &GATE_READINGS,
        &GATE_NETWORKS,
        &GATE_ROLE,
        &GATE_ALTERNATIVES,
        &GATE_SECOND_CHECK,
    ];
    let label = known.into_iter().find(|label| label.key.strip_prefix("label.gate.") == Some(name));
    label.map_or("?", |label| say(label, lang))
}

/// The words for `yes`, `no` or `unknown`; anything else is shown as it is written.
#[must_use]
pub fn answer(state: &str, lang: Lang) -> &str {
    match state {
        "yes" => say(&YES, lang),
        "no" => say(&NO, lang),
        "unknown" => say(&UNKNOWN, lang),
        other => other,
    }
}

/// A heading of an analysis's text, in the language; a heading that is not one of the five is shown as it is.
#[must_use]
pub fn method_heading(heading: &str, lang: Lang) -> &str {
    let known = [&WHAT_IT_SHOWS, &WHY_IT_MATTERS, &WHAT_IT_DOES_NOT_SHOW, &METHOD_AND_SOURCE, &SETTINGS];
    known.into_iter().find(|label| label.en == heading).map_or(heading, |label| say(label, lang))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_label_has_both_languages_the_same_values_and_a_key_of_its_own() {
        let names = |text: &str| -> BTreeSet<String> {
            let holes = text.split('{').skip(1);
            holes.map(|hole| hole.split(['|', '}']).next().unwrap_or_default().to_owned()).collect()
        };
        let mut keys = BTreeSet::new();
        for label in STATEMENTS {
            assert!(!label.it.trim().is_empty() && !label.en.trim().is_empty(), "{}", label.key);
            assert_eq!(names(label.it), names(label.en), "{}", label.key);
            assert!(keys.insert(label.key), "{} is there twice", label.key);
        }
    }

    #[test]
    fn a_kind_of_explanation_that_is_new_is_still_shown() {
        assert_eq!(alternative("cgnat", Lang::En), "address shared by several lines (CGNAT)");
        assert_eq!(alternative("borrowed_phone", Lang::It), "borrowed phone");
    }
}
