//! What the program says to its user, in Italian and English. Words of data (tables, columns, states) stay the words
//! of the contract in both.

mod devices;
mod hashing;
mod lists;
mod serve;
mod team;
mod triage;
mod trust;
mod validation;

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::OnceLock;

use tutela_model::{Catalogue, Lang, Phrase, Statement};
use tutela_outputs::shown::plain;
use tutela_sources::mapped_table::STATEMENTS;

use self::devices::DEVICES;
use self::hashing::HASHING;
use self::lists::LISTS;
use self::serve::SERVE;
use self::team::TEAM;
use self::triage::TRIAGE;
use self::trust::TRUST;
use self::validation::VALIDATION;
use crate::causes::WORDS;

/// A sentence of the program: its key, and the values that it names.
macro_rules! phrase {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        tutela_model::Phrase::new($key)$(.with(stringify!($name), $value))*
    };
}
pub(crate) use phrase;

/// The sentences of the program itself, by what they are about.
static SAID: [&[Statement]; 9] = [TALK, DEVICES, HASHING, LISTS, SERVE, TEAM, TRIAGE, TRUST, VALIDATION];

/// The sentence in a language, with nothing in it that a terminal would obey.
pub fn say(what: &Phrase, lang: Lang) -> String {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    plain_lines(
        &CATALOGUE
            .get_or_init(|| Catalogue::new(&[&SAID[..], &[WORDS, STATEMENTS]].concat()))
            .say(what, lang),
    )
}

/// Says a line on stderr. When nobody takes it any more, there is nobody to tell.
pub fn aloud(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// A text of several lines, each made fit to be shown: most messages name a file, and a file may have any name.
pub fn plain_lines(text: &str) -> String {
    text.split('\n').map(plain).collect::<Vec<_>>().join("\n")
}

/// A path as one line of text that acts on nothing.
pub fn path_text(path: &Path) -> String {
    plain(&path.to_string_lossy())
}

/// A sentence in both languages.
pub const fn line(key: &'static str, en: &'static str, it: &'static str) -> Statement {
    Statement { key, it, en }
}

/// All sentences, by verb.
static TALK: &[Statement] = &[
    line("error", "error", "errore"),
    line("warning", "warning", "attenzione"),
    line("fault", "a fault of the program: {said}", "un errore del programma: {said}"),
    line(
        "fault.hint",
        "nothing that was stored is lost; tell those who maintain the program what you did, and these lines",
        "nulla di quanto conservato è perduto; riferisci a chi cura il programma che cosa hai fatto, e queste righe",
    ),
    line("hint", "hint", "suggerimento"),
    line(
        "expected.size",
        "expected a size such as 400M or 2G, found: {found}",
        "attesa una dimensione come 400M o 2G, trovato: {found}",
    ),
    line(
        "expected.date",
        "expected a date such as 2026-12-31, found: {found}",
        "attesa una data come 2026-12-31, trovato: {found}",
    ),
    line(
        "expected.condition",
        "expected a condition such as line=L-1, found: {found}",
        "attesa una condizione come line=L-1, trovato: {found}",
    ),
    line("stopped", "stopped; what was done before holds", "fermato; quanto fatto prima resta valido"),
    line("written", "written: {path}", "scritto: {path}"),
    line(
        "progress",
        "{percent}%  {done} of {total}  {rate}/s  about {left} left  {what}",
        "{percent}%  {done} di {total}  {rate}/s  mancano circa {left}  {what}",
    ),
    line(
        "progress.operations",
        "{percent}%  {done} of {total}  about {left} left",
        "{percent}%  {done} di {total}  mancano circa {left}",
    ),
    line("next", "next: {command}", "prossimo passo: {command}"),
    line(
        "output.missing",
        "no folder given for what {verb} writes",
        "manca la cartella in cui {verb} scrive",
    ),
    line("cannot.read", "cannot read {path}", "impossibile leggere {path}"),
    line("cannot.write", "cannot write {path}", "impossibile scrivere {path}"),
    line("cannot.list", "cannot list the folder {path}", "impossibile elencare la cartella {path}"),
    line(
        "cannot.man",
        "cannot write manual pages into {folder}",
        "impossibile scrivere le pagine di manuale in {folder}",
    ),
    line("cannot.profile", "cannot use the profile {name}", "impossibile usare il profilo {name}"),
    line("word", "{word:library}", "{word:library}"),
    line("disk.cannot", "cannot {act:library}: {path}", "impossibile {act:library}: {path}"),
    line(
        "disk.cannot.table",
        "cannot {act:library} the table file: {path}",
        "impossibile {act:library} il file di tabella: {path}",
    ),
    line("output.stdout", "cannot write the output", "impossibile scrivere l'uscita"),
    line(
        "output.folder",
        "a folder of this name is there already: {path}",
        "esiste già una cartella con questo nome: {path}",
    ),
    line(
        "output.parent",
        "no such folder to write into: {folder}",
        "la cartella in cui scrivere non esiste: {folder}",
    ),
    line("output.parent.hint", "create it first, or name another", "creala prima, o indicane un'altra"),
    line("output.folder.hint", "give -o a file's name", "indica con -o il nome di un file"),
    line("output.missing.hint", "tutela {verb} … -o FOLDER", "tutela {verb} … -o CARTELLA"),
    line(
        "operation.none",
        "no operation here: no parent folder holds operation.toml: {folder}",
        "nessuna operazione qui: nessuna cartella superiore contiene operation.toml: {folder}",
    ),
    line(
        "operation.none.hint",
        "go into the operation's folder, give --op DIR, or create one with tutela init",
        "entra nella cartella dell'operazione, indica --op CARTELLA, oppure creane una con tutela init",
    ),
    line(
        "operation.none.above",
        "no operation in this folder or above it: {folder}",
        "nessuna operazione in questa cartella o più in alto: {folder}",
    ),
    line(
        "operation.none.above.hint",
        "create one with `tutela init`, or name its folder with `--op`",
        "creane una con `tutela init`, o indica la sua cartella con `--op`",
    ),
    line(
        "signals.unheard",
        "Ctrl-C cannot be heard: it will end the program at once",
        "Ctrl-C non può essere intercettato: fermerà subito il programma",
    ),
    line(
        "doctor.failed",
        "this machine or folder is not fit for work: see the lines marked failed",
        "questa macchina o cartella non è adatta al lavoro: vedi le righe segnate failed",
    ),
    line("file.none", "no such file or folder: {path}", "file o cartella inesistente: {path}"),
    line(
        "file.none.hint",
        "check the spelling; names are taken from the folder where the command runs",
        "controlla come è scritto; i nomi partono dalla cartella in cui gira il comando",
    ),
    line(
        "file.changed",
        "the file changed while it was copied: {path}",
        "il file è cambiato mentre veniva copiato: {path}",
    ),
    line(
        "file.changed.hint",
        "wait until nobody writes to it any more, then import it again",
        "attendi che nessuno vi scriva più, poi importalo di nuovo",
    ),
    line("file.empty", "the file is empty: {path}", "il file è vuoto: {path}"),
    line("file.empty.hint", "ask its sender for it again", "richiedilo a chi lo ha inviato"),
    line(
        "file.unknown",
        "no source knows this file (known: {readers}): {path}",
        "nessuna fonte conosce questo file (note: {readers}): {path}",
    ),
    line(
        "file.unknown.hint",
        "tutela profile guess {path} proposes a mapping; --as SOURCE names one",
        "tutela profile guess {path} propone una mappatura; --as FONTE ne indica una",
    ),
    line(
        "file.unknown.near",
        "no source knows this file; {n|column is|columns are} like those of table {table}: {path}",
        "nessuna fonte conosce questo file; {n|colonna è|colonne sono} come nella tabella {table}: {path}",
    ),
    line(
        "file.unknown.near.hint",
        "tutela profile guess {path}, or --as tutela_table/{table} when all columns have the table's names",
        "tutela profile guess {path}, oppure --as tutela_table/{table} se tutte le colonne hanno i nomi della tabella",
    ),
    line(
        "file.ambiguous",
        "more than one source knows this file ({readers}): {path}",
        "più di una fonte conosce questo file ({readers}): {path}",
    ),
    line(
        "file.ambiguous.hint",
        "name one: tutela import {path} --as {reader}",
        "indicane una: tutela import {path} --as {reader}",
    ),
    line("passed.hidden", "passed over, hidden: {path}", "tralasciato, nascosto: {path}"),
    line(
        "passed.link",
        "passed over, a symbolic link: {path}",
        "tralasciato, collegamento simbolico: {path}",
    ),
    line("passed.unknown", "passed over: {error}", "tralasciato: {error}"),
    line(
        "passed.special",
        "passed over, not a plain file: {path}",
        "tralasciato, non è un file semplice: {path}",
    ),
    line(
        "passed.truth",
        "passed over, the known truth of a made-up operation is never read: {path}",
        "tralasciato, la verità nota di un'operazione inventata non si legge mai: {path}",
    ),
    line(
        "analyse.stale",
        "findings are not of the present state of the operation: running the analyses",
        "le risultanze non corrispondono allo stato attuale dell'operazione: eseguo le analisi",
    ),
    line(
        "analyse.runs",
        "the sorted runs of sightings cannot be written or read",
        "i blocchi ordinati degli avvistamenti non si possono scrivere o leggere",
    ),
    line(
        "analyse.memory",
        "the analyses take more memory than they may: limit {limit}, used {used}",
        "le analisi usano più memoria di quella concessa: limite {limit}, usata {used}",
    ),
    line(
        "analyse.memory.hint",
        "raise --memory-limit, or leave it out; nothing stored has changed",
        "aumenta --memory-limit, oppure non indicarlo; nulla di quanto memorizzato è cambiato",
    ),
    line("analyse.running", "running: {analysis}", "in corso: {analysis}"),
    line(
        "analyse.none",
        "there are no findings, or their files are missing or altered",
        "non ci sono risultanze, oppure i loro file mancano o sono alterati",
    ),
    line("analyse.none.hint", "tutela analyse", "tutela analyse"),
    line(
        "analyse.fresh",
        "nothing has changed since the findings were derived",
        "nulla è cambiato da quando le risultanze sono state derivate",
    ),
    line(
        "cluster.feature",
        "this build of the program works on one machine",
        "questa versione del programma lavora su una sola macchina",
    ),
    line(
        "cluster.feature.hint",
        "build it with the feature cluster: cargo build --release --features cluster",
        "compilala con la funzione cluster: cargo build --release --features cluster",
    ),
    line(
        "cluster.address",
        "other machines could reach this address, and nothing between workers is encrypted: {address}",
        "altre macchine raggiungerebbero questo indirizzo, e tra i worker nulla è cifrato: {address}",
    ),
    line(
        "cluster.address.hint",
        "use 127.0.0.1 or [::1], and bring the other machine's port here through a tunnel: ssh -L",
        "usa 127.0.0.1 o [::1], e porta qui la porta dell'altra macchina con un tunnel: ssh -L",
    ),
    line(
        "cluster.other",
        "the worker {worker} is another program: {said}, and this is {expected}",
        "il worker {worker} è un altro programma: {said}, mentre questo è {expected}",
    ),
    line(
        "cluster.other.hint",
        "start the same program on all machines",
        "avvia lo stesso programma su tutte le macchine",
    ),
    line(
        "cluster.failed",
        "the work on several machines failed: {said}",
        "il lavoro su più macchine non è riuscito: {said}",
    ),
    line("cluster.none", "no worker answers: {workers}", "nessun worker risponde: {workers}"),
    line(
        "cluster.none.hint",
        "start them with tutela worker, or leave --cluster out; nothing stored has changed",
        "avviali con tutela worker, oppure togli --cluster; nulla di quanto memorizzato è cambiato",
    ),
    line(
        "cluster.lost",
        "this worker was lost, and the others did its work: {worker}",
        "questo worker si è perso, e gli altri hanno fatto il suo lavoro: {worker}",
    ),
    line(
        "cluster.counted",
        "runs of sightings made by workers: {n}; made again here, all equal: {rechecked}",
        "blocchi di avvistamenti fatti dai worker: {n}; rifatti qui, tutti uguali: {rechecked}",
    ),
    line(
        "cluster.listening",
        "listening on {address}; Ctrl-C ends it",
        "in ascolto su {address}; Ctrl-C termina",
    ),
    line(
        "cluster.made",
        "made a run of {n} sightings from row {first} on",
        "fatto un blocco di {n} avvistamenti dalla riga {first}",
    ),
    line("empty", "{option} is empty", "{option} è vuoto"),
    line(
        "init.period",
        "the authority ends before it begins: {from} to {until}",
        "l'atto termina prima di iniziare: dal {from} al {until}",
    ),
    line(
        "init.done",
        "created operation {title} with authority {basis}, valid until {until}: {folder}",
        "creata l'operazione {title} con l'atto {basis}, valido fino al {until}: {folder}",
    ),
    line(
        "init.not_today",
        "the authority does not cover today ({today}): imports will be refused",
        "l'atto non copre la data di oggi ({today}): le importazioni saranno rifiutate",
    ),
    line(
        "form.unknown",
        "{path}: expected {expected:library}, found: {found:library}",
        "{path}: atteso {expected:library}, trovato: {found:library}",
    ),
    line(
        "form.unknown.hint",
        "use the program that made the folder, or a newer one; if the file is damaged, take it from a copy",
        "usa il programma che ha creato la cartella, o uno più recente; se il file è danneggiato, prendilo da una copia",
    ),
    line("init.exists", "there is an operation already in: {folder}", "c'è già un'operazione in: {folder}"),
    line(
        "init.exists.hint",
        "choose another folder; an operation is never overwritten",
        "scegli un'altra cartella; un'operazione non viene mai sovrascritta",
    ),
    line(
        "locked",
        "{owner} (process {pid}) has been writing to the operation since: {since}",
        "{owner} (processo {pid}) sta scrivendo nell'operazione dal: {since}",
    ),
    line(
        "locked.hint",
        "wait until it has ended; nothing needs to be removed",
        "attendi che abbia finito; non serve rimuovere nulla",
    ),
    line(
        "basis.added",
        "recorded authority {basis}, valid until {until}",
        "registrato l'atto {basis}, valido fino al {until}",
    ),
    line(
        "basis.expired",
        "authority {basis} is valid from {from} to {until}, not on: {today}",
        "l'atto {basis} è valido dal {from} al {until}, non il: {today}",
    ),
    line(
        "basis.expired.hint",
        "record one that covers today: tutela authority add TEXT --from DATE --until DATE",
        "registrane uno che copra oggi: tutela authority add TESTO --from DATA --until DATA",
    ),
    line(
        "basis.unknown",
        "no authority of this id: {basis}",
        "nessun atto con questo identificativo: {basis}",
    ),
    line(
        "basis.unknown.hint",
        "tutela authority list shows the authorities of the operation",
        "tutela authority list mostra gli atti dell'operazione",
    ),
    line(
        "zone.none",
        "not a time zone (expected a name such as Europe/Rome, an offset such as +02:00, or UTC): {found}",
        "non è un fuso orario (atteso un nome come Europe/Rome, uno scarto come +02:00, oppure UTC): {found}",
    ),
    line(
        "zone.missing",
        "a local time without a zone, in column {column} at {place}: expected an offset or a declared zone, found: {found}",
        "un orario locale senza fuso, nella colonna {column} a {place}: atteso uno scarto o un fuso dichiarato, trovato: {found}",
    ),
    line(
        "zone.missing.hint",
        "give --zone Europe/Rome (or the zone that the issuer states); a zone is never guessed",
        "indica --zone Europe/Rome (o il fuso dichiarato da chi ha emesso il file); il fuso non si indovina mai",
    ),
    line(
        "explain.none",
        "no lead of this number or account (there are {n}): {lead}",
        "nessuna pista con questo numero o account (ce ne sono {n}): {lead}",
    ),
    line(
        "analyse.changes",
        "{n|lead was|leads were} merged, split or named anew since the last analysis; the record says which: tutela ledger log",
        "{n|pista unita, divisa o rinominata|piste unite, divise o rinominate} rispetto all'ultima analisi; il registro dice quali: tutela ledger log",
    ),
    line("explain.none.hint", "tutela leads lists them", "tutela leads le elenca"),
    line("explain.account", "{account} is no account of {lead}", "{account} non è un account di {lead}"),
    line("explain.account.hint", "its accounts: {accounts}", "i suoi account: {accounts}"),
    line(
        "explain.source",
        "{n} files were received by that name or digest: {source}",
        "i file ricevuti con questo nome o questa impronta sono {n}: {source}",
    ),
    line(
        "explain.source.hint",
        "tutela status lists the files; the beginning of the digest names one",
        "tutela status elenca i file; l'inizio dell'impronta ne indica uno",
    ),
    line(
        "ask.nothing",
        "there is nothing to ask: no connection of these leads is open and to the second, or all were asked about",
        "non c'è nulla da chiedere: nessuna connessione di queste piste è aperta e al secondo, o di tutte si è già chiesto",
    ),
    line(
        "ask.nothing.hint",
        "tutela ask --again asks once more; tutela findings --analysis coverage says why connections are open",
        "tutela ask --again chiede di nuovo; tutela findings --analysis coverage dice perché le connessioni sono aperte",
    ),
    line("ask.request", "{name}  to {of}: {n|question|questions}", "{name}  a {of}: {n|domanda|domande}"),
    line(
        "ask.unknown",
        "nobody in the operation's data holds the addresses of {reference}: look the registry up before it is sent",
        "nessuno nei dati dell'operazione detiene gli indirizzi di {reference}: consulta il registro prima di inviarla",
    ),
    line(
        "ask.control",
        "{n} control questions in {reference}: no more connections are settled by answers of {of}",
        "{n} domande di controllo in {reference}: nessun'altra connessione è già risolta da risposte di {of}",
    ),
    line(
        "ask.left_out",
        "no room in {reference} for {n} more: ask again when it is answered",
        "in {reference} non c'è posto per altre {n}: chiedi di nuovo quando ci sarà la risposta",
    ),
    line(
        "ask.done",
        "the operation keeps what was asked; import the answers, and tutela findings --analysis answer_check holds them against it",
        "l'operazione conserva che cosa si è chiesto; importa le risposte, e tutela findings --analysis answer_check le confronta",
    ),
    line(
        "findings.unknown",
        "no analysis of this name: {analysis}",
        "nessuna analisi con questo nome: {analysis}",
    ),
    line("findings.unknown.hint", "the analyses are: {names}", "le analisi sono: {names}"),
    line(
        "decide.reason",
        "a decision needs its reason: --reason is empty",
        "una decisione richiede il suo motivo: --reason è vuoto",
    ),
    line(
        "decide.unknown",
        "no finding of this id: {finding}",
        "nessuna risultanza con questo identificativo: {finding}",
    ),
    line("decide.unknown.hint", "tutela findings lists them", "tutela findings le elenca"),
    line("decide.lead", "no lead of this number: {lead}", "nessuna pista con questo numero: {lead}"),
    line("decide.lead.hint", "tutela leads lists them", "tutela leads le elenca"),
    line(
        "decide.explanation",
        "lead {lead} has no other explanation of this name: {name}",
        "la pista {lead} non ha un'altra spiegazione con questo nome: {name}",
    ),
    line("decide.explanation.hint", "it has: {names}", "ha: {names}"),
    line(
        "referrals.columns",
        "sender · number · band · act by · lead · done",
        "mittente · numero · fascia · entro · pista · fatto",
    ),
    line(
        "referrals.none",
        "no referral of this number: {number}",
        "nessuna segnalazione con questo numero: {number}",
    ),
    line("referrals.none.hint", "tutela referrals lists them", "tutela referrals le elenca"),
    line(
        "referrals.several",
        "more than one sender has a referral of this number, say SENDER/NUMBER: {number}",
        "più mittenti hanno una segnalazione con questo numero, scrivere MITTENTE/NUMERO: {number}",
    ),
    line(
        "referrals.itself",
        "a referral is not worked on with itself: {number}",
        "una segnalazione non si lavora con sé stessa: {number}",
    ),
    line(
        "referrals.band",
        "not a band: {found}; the bands are very_high, high, medium, low, informational",
        "non è una fascia: {found}; le fasce sono very_high, high, medium, low, informational",
    ),
    line(
        "referrals.nowhere",
        "a referral that is sent on goes to some office: its name is empty",
        "una segnalazione trasmessa va a un ufficio: il suo nome è vuoto",
    ),
    line("referrals.done", "in the ledger; referrals: {n}", "nel registro; segnalazioni: {n}"),
    line("referrals.given", "given to {name}", "affidata a {name}"),
    line("referrals.with", "with {number}", "con {number}"),
    line("referrals.sent", "sent on to {office}", "trasmessa a {office}"),
    line(
        "decide.done",
        "recorded: {finding} {choice}, by {officer}",
        "registrato: {finding} {choice}, da {officer}",
    ),
    line("export.unknown", "no output of this name: {name}", "nessuna uscita con questo nome: {name}"),
    line("export.unknown.hint", "the outputs are: {names}", "le uscite sono: {names}"),
    line(
        "export.region.unknown",
        "no region of this name: {name}",
        "nessuna regione con questo nome: {name}",
    ),
    line("export.region.unknown.hint", "the regions are: {names}", "le regioni sono: {names}"),
    line(
        "export.region.only",
        "--region is for office-packages only",
        "--region vale solo per office-packages",
    ),
    line("export.region.empty", "no lead lies in {name}", "nessuna pista ricade in {name}"),
    line(
        "report.feature",
        "this build of the program makes no PDF",
        "questa versione del programma non produce PDF",
    ),
    line(
        "report.feature.hint",
        "build it with the feature pdf: cargo build --release --features pdf",
        "compilala con la funzione pdf: cargo build --release --features pdf",
    ),
    line(
        "report.unanswered",
        "no report is issued while other explanations are unanswered: {n} in {leads|lead|leads}{named}",
        "la relazione non si emette finché restano altre spiegazioni senza risposta: {n} in {leads|pista|piste}{named}",
    ),
    line(
        "report.unanswered.hint",
        "examine each and record the outcome: tutela decide {subject} accept|reject|unsure --reason TEXT (tutela explain shows what speaks to it)",
        "esaminale e registra l'esito: tutela decide {subject} accept|reject|unsure --reason TESTO (tutela explain mostra gli elementi)",
    ),
    line(
        "report.unanswered.more",
        "and {more|more lead|more leads} (tutela leads --csv lists all); examine each and record the outcome: tutela decide {subject} accept|reject|unsure --reason TEXT (tutela explain shows what speaks to it)",
        "e altre {more|pista|piste} (tutela leads --csv le elenca tutte); esaminale e registra l'esito: tutela decide {subject} accept|reject|unsure --reason TESTO (tutela explain mostra gli elementi)",
    ),
    line(
        "report.draft",
        "a draft, which says so on every page: {n|other explanation is|other explanations are} unanswered in {leads|lead|leads} (tutela report --final names them)",
        "una bozza, che lo dice su ogni pagina: {n|altra spiegazione è|altre spiegazioni sono} senza risposta in {leads|pista|piste} (tutela report --final le elenca)",
    ),
    line("report.making", "typesetting the report", "composizione della relazione"),
    line(
        "problems.none",
        "no problems: every record was read or skipped as declared",
        "nessun problema: ogni record è stato letto o tralasciato come dichiarato",
    ),
    line("problems.more", "{n} more: raise --limit", "altri {n}: aumenta --limit"),
    line("table.unknown", "no table of this name: {table}", "nessuna tabella con questo nome: {table}"),
    line("table.unknown.hint", "the tables are: {names}", "le tabelle sono: {names}"),
    line(
        "table.unreadable",
        "cannot read table {table} of source {source}: {message}",
        "impossibile leggere la tabella {table} della fonte {source}: {message}",
    ),
    line(
        "table.damaged",
        "table {table} cannot be read: {message}",
        "la tabella {table} non si può leggere: {message}",
    ),
    line(
        "table.damaged.hint",
        "import the file that it came from again: its tables are then derived anew; tutela ledger verify names all",
        "importa di nuovo il file da cui proviene: le tabelle sono allora derivate di nuovo; tutela ledger verify le elenca",
    ),
    line(
        "stored.altered",
        "{path} is not as it was written: expected {expected}, found: {found:library}",
        "{path} non è come è stato scritto: atteso {expected}, trovato: {found:library}",
    ),
    line(
        "table.column",
        "table {table} has no column: {column}",
        "la tabella {table} non ha la colonna: {column}",
    ),
    line("table.column.hint", "its columns are: {names}", "le sue colonne sono: {names}"),
    line(
        "table.more",
        "{shown} of {n} rows shown: raise --limit, or --limit 0 for all",
        "mostrate {shown} righe su {n}: aumenta --limit, o --limit 0 per tutte",
    ),
    line("sql.feature", "this build of the program has no SQL", "questa versione del programma non ha SQL"),
    line(
        "sql.question",
        "only questions are answered (SELECT, WITH, EXPLAIN, SHOW, DESCRIBE): {said}",
        "si risponde solo a interrogazioni (SELECT, WITH, EXPLAIN, SHOW, DESCRIBE): {said}",
    ),
    line("sql.query", "the query cannot be understood: {said}", "la query non si comprende: {said}"),
    line("sql.memory", "the query needs more than its limit", "la query richiede più del suo limite"),
    line(
        "sql.memory.hint",
        "raise --memory-limit, or group and filter first: {said}",
        "aumenta --memory-limit, oppure prima raggruppa e filtra: {said}",
    ),
    line(
        "sql.timeout",
        "the query was stopped after {seconds} s",
        "la query è stata fermata dopo {seconds} s",
    ),
    line("sql.timeout.hint", "ask for less, or raise its time", "chiedi di meno, o aumenta il suo tempo"),
    line("sql.failed", "the query failed: {said}", "la query non è riuscita: {said}"),
    line(
        "sql.feature.hint",
        "build it with the feature sql: cargo build --release --features sql",
        "compilala con la funzione sql: cargo build --release --features sql",
    ),
    line(
        "sql.more",
        "only the first {n} rows are shown: raise --limit",
        "mostrate solo le prime {n} righe: aumenta --limit",
    ),
    line("ledger.ok", "everything is as it was recorded", "tutto è come è stato registrato"),
    line(
        "ledger.faults",
        "{n|thing is|things are} not as recorded",
        "{n|elemento non è come registrato|elementi non sono come registrati}",
    ),
    line(
        "ledger.faults.hint",
        "keep the folder as it is, and compare with a copy or an earlier checkpoint",
        "lascia la cartella com'è e confrontala con una copia o un checkpoint precedente",
    ),
    line(
        "ledger.broken.at",
        "entry {seq} is broken at {place}: expected {expected:library}, found: {found:library}",
        "la voce {seq} è alterata in {place}: atteso {expected:library}, trovato: {found:library}",
    ),
    line("system.random", "the system gives no random bytes", "il sistema non fornisce byte casuali"),
    line("ledger.unfit", "this cannot be recorded", "questo non si può registrare"),
    line(
        "ledger.broken",
        "the record of the operation is not as it was written",
        "il registro dell'operazione non è come è stato scritto",
    ),
    line(
        "ledger.broken.hint",
        "keep the folder as it is, and compare ledger and payloads with a copy",
        "lascia la cartella com'è e confronta ledger e payloads con una copia",
    ),
    line(
        "ledger.no_checkpoint",
        "not a checkpoint (expected origin, number of entries and root, one a line): {path}",
        "non è un checkpoint (attesi origine, numero di voci e radice, uno per riga): {path}",
    ),
    line(
        "ledger.no_checkpoint.hint",
        "tutela ledger checkpoint -o FILE writes one",
        "tutela ledger checkpoint -o FILE ne scrive uno",
    ),
    line(
        "ledger.no_entry",
        "the record has {n} entries, counted from 0, and none of number: {seq}",
        "il registro ha {n} voci, contate da 0, e nessuna con numero: {seq}",
    ),
    line(
        "rebuild.reader",
        "not compared, because this program reads it with another version of its reader: {name}",
        "non confrontato, perché questo programma lo legge con un'altra versione del lettore: {name}",
    ),
    line(
        "rebuild.stale",
        "findings are not compared: they are not of the present state or of this program; run tutela analyse first",
        "risultanze non confrontate: non sono dello stato attuale o di questo programma; esegui prima tutela analyse",
    ),
    line(
        "rebuild.same",
        "everything derived again is the same, byte for byte",
        "quanto derivato di nuovo è identico, byte per byte",
    ),
    line(
        "rebuild.differs",
        "{n|difference|differences} between what is stored and what is derived again",
        "{n|differenza|differenze} tra quanto conservato e quanto derivato di nuovo",
    ),
    line(
        "rebuild.files",
        "findings derived again have more files than those stored",
        "le risultanze derivate di nuovo hanno più file di quelle conservate",
    ),
    line("simulate.unknown", "no such scenario: {scenario}", "nessuno scenario con questo nome: {scenario}"),
    line("simulate.unknown.hint", "the scenarios are: {names}", "gli scenari sono: {names}"),
    line(
        "simulate.faults",
        "these are not faults that can be made: {faults}",
        "non sono errori che si possano inserire: {faults}",
    ),
    line(
        "simulate.faults.hint",
        "write all, or some of these, those of rows with a share up to 1 (typo=0.05): {names}",
        "scrivi all, o alcuni di questi, quelli di riga con una quota fino a 1 (typo=0.05): {names}",
    ),
    line(
        "simulate.done",
        "all made up; README.txt in the folder says how to import it",
        "tutto inventato; README.txt nella cartella dice come importarlo",
    ),
    line("folder.not_empty", "the folder is not empty: {folder}", "la cartella non è vuota: {folder}"),
    line(
        "folder.not_empty.hint",
        "name a new folder, or remove this one first",
        "indica una nuova cartella, o rimuovi prima questa",
    ),
    line(
        "demo.basis",
        "{mark} there is no authority, because nothing here is real",
        "{mark} non c'è alcun atto, perché qui nulla è reale",
    ),
    line("demo.title", "Demo {scenario}, seed {seed}", "Dimostrazione {scenario}, seme {seed}"),
    line(
        "demo.simulating",
        "making up the operation {scenario} (seed {seed})",
        "invento l'operazione {scenario} (seme {seed})",
    ),
    line(
        "demo.made",
        "made up {connections} connections, and {bystanders} bystanders who did nothing",
        "inventate {connections} connessioni, e {bystanders} persone estranee",
    ),
    line(
        "demo.made_sightings",
        "made up {sightings} sightings of {peers} peers, and {bystanders} bystanders who did nothing",
        "inventati {sightings} avvistamenti di {peers} peer, e {bystanders} persone estranee",
    ),
    line("demo.importing", "importing the made-up files", "importo i file inventati"),
    line(
        "demo.seconds",
        "import, analyses and leads took {seconds} s",
        "importazione, analisi e piste: {seconds} s",
    ),
    line(
        "demo.report",
        "report and one package per office, as a draft: {folder}",
        "relazione e un fascicolo per ufficio, in bozza: {folder}",
    ),
    line(
        "demo.done",
        "done in {seconds} s, all in {folder}; try next:",
        "fatto in {seconds} s, tutto in {folder}; prova ora:",
    ),
    line("import.refused", "{name} is not imported", "{name} non è stato importato"),
    line(
        "import.together",
        "not recorded, because the file before it could not be",
        "non registrato, perché non è stato possibile registrare il file che lo precede",
    ),
    line(
        "refused.form",
        "expected {expected:library}, found {found:library}",
        "atteso {expected:library}, trovato {found:library}",
    ),
    line("refused.encoding", "unknown text encoding: {label}", "codifica del testo sconosciuta: {label}"),
    line(
        "refused.encoding.hint",
        "use a name such as utf-8, windows-1252, iso-8859-1 or utf-16le",
        "usa un nome come utf-8, windows-1252, iso-8859-1 o utf-16le",
    ),
    line("refused.table", "no table has this name: {name}", "nessuna tabella ha questo nome: {name}"),
    line(
        "refused.table.hint",
        "name the file after a table or declare one of: {tables}",
        "dai al file il nome di una tabella, o indicane una tra: {tables}",
    ),
    line(
        "refused.profile",
        "no profile is declared, and no shipped one has this file's header: {name}",
        "nessun profilo è indicato, e nessuno di quelli forniti ha l'intestazione di questo file: {name}",
    ),
    line(
        "refused.profile.hint",
        "tutela profile guess FILE proposes one",
        "tutela profile guess FILE ne propone uno",
    ),
    line("refused.declared", "{said}", "quanto indicato non si può usare: {said}"),
    line("refused.read", "the file cannot be read", "il file non si può leggere"),
    line("refused.store", "the rows cannot be stored", "le righe non si possono conservare"),
    line("refused.stopped", "stopped", "fermato"),
    line("import.nothing", "there is no file to import", "non c'è alcun file da importare"),
    line(
        "import.nothing.hint",
        "name a file, or a folder that holds some; save to a file first what comes through a pipe",
        "indica un file, o una cartella che ne contenga; salva prima in un file ciò che arriva da una pipe",
    ),
    line("import.source", "no source of this name: {name}", "nessuna fonte con questo nome: {name}"),
    line(
        "import.source.hint",
        "the sources are: {names}; tutela_table/TABLE and mapped_table/PROFILE are more exact",
        "le fonti sono: {names}; tutela_table/TABELLA e mapped_table/PROFILO sono più precise",
    ),
    line(
        "import.source.part",
        "source {name} has no parts to name: {part}",
        "la fonte {name} non ha parti da indicare: {part}",
    ),
    line(
        "import.problems",
        "{n|record|records} kept aside; see tutela problems",
        "{n|record messo|record messi} da parte; vedi tutela problems",
    ),
    line("import.imported", "imported", "importato"),
    line("import.replaced", "imported anew", "importato di nuovo"),
    line("import.already", "already imported", "già importato"),
    line("import.many", "imported {n} files", "importati {n} file"),
    line("import.n_problems", "{n|problem|problems}", "{n|problema|problemi}"),
    line("import.skipped", "skipped", "tralasciati"),
    line("import.no_rows", "no rows", "nessuna riga"),
    line("import.zones", "how zones are known: {zones}", "come sono noti i fusi: {zones}"),
    line("import.dry_run", "dry run: nothing was stored", "prova: nulla è stato conservato"),
    line(
        "header.other",
        "the profile {profile} expects the columns {missing}; the row most like a header, {place}, has: {found}",
        "il profilo {profile} si aspetta le colonne {missing}; la riga più simile a un'intestazione, {place}, ha: {found}",
    ),
    line(
        "header.none",
        "the profile {profile} expects the columns {missing}; no row is like a header",
        "il profilo {profile} si aspetta le colonne {missing}; nessuna riga somiglia a un'intestazione",
    ),
    line(
        "header.fitting",
        "the shipped profile {fitting} has this file's header: --profile {fitting}, or leave --profile out",
        "il profilo fornito {fitting} ha l'intestazione di questo file: --profile {fitting}, oppure ometti --profile",
    ),
    line(
        "header.other.hint",
        "correct names, delimiter or header_rows in the profile, or have one proposed: tutela profile guess FILE; for \
         a file that continues another without a header, save the profile with header_rows = 0",
        "correggi nomi, separatore o header_rows nel profilo, o fattene proporre uno: tutela profile guess FILE; per \
         un file che ne continua un altro senza intestazione, salva il profilo con header_rows = 0",
    ),
    line(
        "profile.unknown",
        "no profile file and no shipped profile of this name: {name}",
        "nessun file di profilo e nessun profilo fornito con questo nome: {name}",
    ),
    line("profile.unknown.hint", "the shipped ones are: {names}", "quelli forniti sono: {names}"),
    line(
        "guess.none.binary",
        "neither text nor an Excel workbook (XLSX) nor Parquet: {path}",
        "né testo né una cartella di lavoro Excel (XLSX) né Parquet: {path}",
    ),
    line(
        "guess.none.unmarked",
        "UTF-16 text without its mark, as it seems: {path}",
        "sembra testo UTF-16 senza il suo contrassegno: {path}",
    ),
    line("guess.none.unmarked.hint", "add --encoding utf-16le", "aggiungi --encoding utf-16le"),
    line(
        "guess.none.old",
        "an Excel workbook of the old form (XLS), which is not read: {path}",
        "una cartella di lavoro Excel nella vecchia forma (XLS), che non si legge: {path}",
    ),
    line(
        "guess.none.old.hint",
        "save a copy as XLSX, and keep the original with it",
        "salvane una copia come XLSX, e conserva con essa l'originale",
    ),
    line(
        "guess.none.damaged",
        "the workbook cannot be read: {path}: {why}",
        "la cartella di lavoro non si legge: {path}: {why}",
    ),
    line(
        "guess.none.table",
        "no table with columns was found in: {path}",
        "nessuna tabella con colonne trovata in: {path}",
    ),
    line(
        "guess.none.table.hint",
        "a table has a row of names, or records with addresses, times or other values of a known form",
        "una tabella ha una riga di nomi, o righe con indirizzi, istanti o altri valori di forma nota",
    ),
    line(
        "guess.none.fits",
        "the columns of {path} fit no table of Tutela: {columns}",
        "le colonne di {path} non corrispondono a nessuna tabella di Tutela: {columns}",
    ),
    line(
        "guess.none.fits.hint",
        "docs/tables.md lists the tables; a profile can be written by hand, beginning with: tutela profile show agorachat_connections",
        "docs/tables.md elenca le tabelle; un profilo si può scrivere a mano, partendo da: tutela profile show agorachat_connections",
    ),
    line("profile.doubt", "to be checked: {doubt}", "da verificare: {doubt}"),
    line(
        "profile.next",
        "next: correct the profile, save it, then tutela import {path} --profile FILE",
        "prossimo passo: correggi il profilo, salvalo, poi tutela import {path} --profile FILE",
    ),
    line(
        "status.files",
        "file · source · rows · problems · sha256",
        "file · fonte · righe · problemi · sha256",
    ),
    line("status.tables", "table · rows", "tabella · righe"),
    line("status.many", "({n} files)", "({n} file)"),
    line("status.valid", "valid", "valido"),
    line("status.not_valid", "NOT VALID TODAY", "NON VALIDO OGGI"),
    line(
        "status.ledger",
        "ledger    {n|entry|entries}, root\n          {root}",
        "registro    {n|voce|voci}, radice\n            {root}",
    ),
    line("status.findings", "findings  sha256:{digest}", "risultanze  sha256:{digest}"),
    line(
        "status.findings.stale",
        "findings  sha256:{digest}  OUT OF DATE",
        "risultanze  sha256:{digest}  DA RIFARE",
    ),
    line("status.findings.none", "findings  none yet", "risultanze  ancora nessuna"),
    line("authority.columns", "id · from · until · kind · authority", "id · dal · al · tipo · atto"),
    line(
        "authority.expiring.columns",
        "id · what · on · days left · authority",
        "id · che cosa · il · giorni · atto",
    ),
    line("authority.end", "end", "scadenza"),
    line("authority.validation", "validation due", "convalida dovuta"),
    line(
        "authority.none_expiring",
        "nothing ends or waits for validation within {n|day|days}",
        "nulla scade o attende convalida entro {n|giorno|giorni}",
    ),
    line(
        "authority.validated",
        "recorded the validation of authority {authority}",
        "registrata la convalida dell'atto {authority}",
    ),
    line(
        "authority.lapsed",
        "recorded that authority {authority} has lapsed: {n|import|imports} no longer count",
        "registrata la decadenza dell'atto {authority}: {n|importazione|importazioni} non più conteggiate",
    ),
    line("authority.has_lapsed", "authority {authority} has lapsed", "l'atto {authority} è decaduto"),
    line(
        "authority.overdue",
        "authority {authority} had to be validated by {last}, and no validation is recorded",
        "l'atto {authority} andava convalidato entro il {last}, e nessuna convalida è registrata",
    ),
    line(
        "authority.overdue.hint",
        "record the validation: tutela authority validate {authority} --act TEXT; or that it has lapsed: tutela authority lapse {authority} --reason TEXT",
        "registra la convalida: tutela authority validate {authority} --act TESTO; oppure la decadenza: tutela authority lapse {authority} --reason TESTO",
    ),
    line(
        "authority.urgent",
        "an urgent decree waits for its validation, and no last day for it is given",
        "un decreto d'urgenza attende la convalida, e manca l'ultimo giorno utile",
    ),
    line("authority.urgent.hint", "--validate-by DATE", "--validate-by DATA"),
    line(
        "authority.account",
        "not an account (expected platform/account): {account}",
        "non è un account (atteso platform/account): {account}",
    ),
    line("authority.state.lapsed", "LAPSED", "DECADUTO"),
    line("authority.state.overdue", "VALIDATION OVERDUE since {last}", "CONVALIDA SCADUTA dal {last}"),
    line(
        "authority.state.waits",
        "valid, to be validated by {last}",
        "valido, da convalidare entro il {last}",
    ),
    line("authority.scope", "covers only: {covered}", "copre solo: {covered}"),
    line(
        "import.sealed",
        "outside the authority {basis}, sealed and not analysed: {rows}",
        "fuori dall'atto {basis}, sigillate e non analizzate: {rows}",
    ),
    line(
        "status.sealed",
        "sealed: {n|row|rows} outside their authority",
        "sigillate: {n|riga|righe} fuori dal loro atto",
    ),
    line(
        "expected.key_name",
        "expected a key's name such as questura.example/rossi (at most {most} letters, no blanks, plus signs or \
         control characters), found: {found}",
        "atteso il nome di una chiave come questura.example/rossi (al massimo {most} lettere, senza spazi, segni più \
         o caratteri di controllo), trovato: {found}",
    ),
    line("officer.output", "no file given for the key", "manca il file in cui scrivere la chiave"),
    line("officer.output.hint", "tutela officer new NAME -o FILE", "tutela officer new NOME -o FILE"),
    line("officer.none", "no key given to show", "non è indicata la chiave da mostrare"),
    line(
        "officer.none.hint",
        "name its file, or give --key FILE or the variable TUTELA_KEY; tutela officer new makes a key",
        "indica il suo file, oppure --key FILE o la variabile TUTELA_KEY; tutela officer new crea una chiave",
    ),
    line(
        "officer.made",
        "the key is in {key}; its public half, for those who check what it signed, in {public}",
        "la chiave è in {key}; la parte pubblica, per chi controlla ciò che ha firmato, in {public}",
    ),
    line(
        "officer.keep",
        "without its passphrase nobody opens the key: keep a copy of the file, and the passphrase elsewhere",
        "senza la sua passphrase nessuno apre la chiave: conserva una copia del file e, altrove, la passphrase",
    ),
    line(
        "key.exists",
        "a file of this name is there already, and no key is overwritten: {path}",
        "esiste già un file con questo nome, e nessuna chiave viene sovrascritta: {path}",
    ),
    line("key.exists.hint", "choose another name for -o", "scegli un altro nome per -o"),
    line(
        "key.ending",
        "the ending .vkey is that of the public half, which lies beside the key: {path}",
        "la desinenza .vkey è quella della parte pubblica, posta accanto alla chiave: {path}",
    ),
    line("key.ending.hint", "end the name in .key", "termina il nome in .key"),
    line(
        "key.file",
        "not a key file, or a damaged one (expected the age format, encrypted with a passphrase): {path}",
        "non è il file di una chiave, o è danneggiato (atteso il formato age, cifrato con una passphrase): {path}",
    ),
    line(
        "key.file.hint",
        "take it from a copy; tutela officer new makes another key, which has to be made known again",
        "prendilo da una copia; tutela officer new crea un'altra chiave, da far conoscere di nuovo",
    ),
    line(
        "key.passphrase",
        "wrong passphrase for the key file: {path}",
        "passphrase errata per il file della chiave: {path}",
    ),
    line(
        "key.passphrase.hint",
        "check capital letters and the keyboard's layout; a key whose passphrase is forgotten is lost",
        "controlla le maiuscole e la disposizione della tastiera; se la passphrase è dimenticata, la chiave è perduta",
    ),
    line(
        "key.work",
        "the key file asks for more work than is accepted (2^{asked}, at most 2^{most}): {path}",
        "il file della chiave richiede più lavoro di quello ammesso (2^{asked}, al massimo 2^{most}): {path}",
    ),
    line(
        "key.work.hint",
        "if the file is yours, decrypt and encrypt it again with an age tool, with less work",
        "se il file è tuo, decifralo e cifralo di nuovo con uno strumento age, con meno lavoro",
    ),
    line("key.other", "what was decrypted is not a key: {path}", "quanto decifrato non è una chiave: {path}"),
    line("key.public", "not a public key: {path}", "non è una chiave pubblica: {path}"),
    line(
        "bad_key.shape",
        "not a key: expected name+key id+base64",
        "non è una chiave: atteso nome+id+base64",
    ),
    line(
        "bad_key.name",
        "a key's name is not empty and has no blanks, plus signs or control characters",
        "il nome di una chiave non è vuoto e non ha spazi, segni più o caratteri di controllo",
    ),
    line(
        "bad_key.id",
        "the key id is not that of this name and key",
        "l'id della chiave non è quello di questo nome e di questa chiave",
    ),
    line(
        "bad_key.algorithm",
        "the key's algorithm is neither Ed25519 (1) nor a cosignature (4)",
        "l'algoritmo della chiave non è né Ed25519 (1) né una cofirma (4)",
    ),
    line(
        "bad_key.bytes",
        "the key is not 32 bytes of Ed25519 in base64",
        "la chiave non è di 32 byte di Ed25519 in base64",
    ),
    line(
        "bad_key.hint",
        "take the file from a copy; tutela officer new writes both halves of a key",
        "prendi il file da una copia; tutela officer new scrive entrambe le parti di una chiave",
    ),
    line("passphrase.open", "Passphrase of {path}", "Passphrase di {path}"),
    line(
        "passphrase.new",
        "New passphrase for {path}, at least {least} characters",
        "Nuova passphrase per {path}, almeno {least} caratteri",
    ),
    line("passphrase.again", "The same again", "Di nuovo la stessa"),
    line(
        "passphrase.nobody",
        "a passphrase is needed and cannot be asked for: there is no terminal, or --no-input is given",
        "serve una passphrase e non si può chiedere: manca un terminale, o è indicato --no-input",
    ),
    line(
        "passphrase.nobody.hint",
        "run the command on a terminal; a service gives the passphrase with --passphrase-stdin",
        "esegui il comando in un terminale; un servizio dà la passphrase con --passphrase-stdin",
    ),
    line(
        "passphrase.stdin",
        "no passphrase in the first line of stdin (expected text in UTF-8, at most {most} bytes)",
        "nessuna passphrase nella prima riga di stdin (atteso testo in UTF-8, al massimo {most} byte)",
    ),
    line(
        "passphrase.stdin.hint",
        "send it there, or leave --passphrase-stdin out to be asked on the terminal",
        "inviala lì, oppure ometti --passphrase-stdin per digitarla nel terminale",
    ),
    line(
        "passphrase.short",
        "the passphrase is too short: {n|character|characters}, at least {least} are needed",
        "la passphrase è troppo breve: {n|carattere|caratteri}, ne servono almeno {least}",
    ),
    line(
        "passphrase.short.hint",
        "whoever has a copy of the file can guess without end: take four or more words that nobody would put together",
        "chi ha una copia del file può tentare senza limite: usa quattro o più parole che nessuno metterebbe insieme",
    ),
    line("passphrase.differ", "the two passphrases are not the same", "le due passphrase non coincidono"),
    line("sources.columns", "source · version · reads", "fonte · versione · legge"),
    line("doctor.columns", "check · state · found", "controllo · stato · trovato"),
    line(
        "ledger.found",
        "{n|entry|entries}, {files|file|files} received, {faults|fault|faults}; root",
        "{n|voce|voci}, {files} file ricevuti, {faults|anomalia|anomalie}; radice",
    ),
    line(
        "rebuild.found",
        "{tables|table file|table files}, {differences|difference|differences}",
        "{tables} file di tabella, {differences|differenza|differenze}",
    ),
    line(
        "simulate.made",
        "{connections|connection|connections}, {users|person|people} to be found ({precedents} with precedents), {bystanders|bystander|bystanders}, {faults|faulty row|faulty rows}",
        "{connections|connessione|connessioni}, {users|persona|persone} da trovare ({precedents} con precedenti), {bystanders|estraneo|estranei}, {faults|riga guasta|righe guaste}",
    ),
    line(
        "simulate.made_sightings",
        "{sightings|sighting|sightings} of {peers|peer|peers}, {users|person|people} to be found ({precedents} with precedents), {bystanders|bystander|bystanders}, {faults|faulty row|faulty rows}",
        "{sightings|avvistamento|avvistamenti} di {peers} peer, {users|persona|persone} da trovare ({precedents} con precedenti), {bystanders|estraneo|estranei}, {faults|riga guasta|righe guaste}",
    ),
    line(
        "simulate.injected",
        "{n|fault|faults} made on purpose, each named in truth/faults.csv",
        "{n|errore inserito|errori inseriti} apposta, elencati in truth/faults.csv",
    ),
    line("evaluate.users", "users", "utenti"),
    line("evaluate.leads", "leads", "piste"),
    line("evaluate.unknown", "  of unknown accounts", "  di account ignoti"),
    line("evaluate.bystanders", "bystanders identified", "estranei identificati"),
    line("evaluate.names", "{lead} names {name} ({named})", "{lead} nomina {name} ({named})"),
    line("evaluate.merged", "merged leads", "piste fuse"),
    line("evaluate.joins", "{lead} joins {persons}", "{lead} unisce {persons}"),
    line("evaluate.split", "split persons", "persone divise"),
    line("evaluate.precedents", "precedents", "precedenti"),
    line(
        "evaluate.precedents.of",
        "{total}: right {right}, wrong {wrong}, missed {missed}",
        "{total}: giusti {right}, sbagliati {wrong}, mancati {missed}",
    ),
    line("evaluate.precedents.unsaid", "the truth does not say", "la verità non lo dice"),
    line("evaluate.connections", "connections attributed", "connessioni attribuite"),
    line("evaluate.precision", "  precision", "  precisione"),
    line("evaluate.recall", "  recall", "  richiamo"),
    line(
        "evaluate.stretch",
        "posterior {from}–{to}: {n} connections, stated {stated}, right {right}",
        "posterior {from}–{to}: {n|connessione|connessioni}, dichiarato {stated}, giusto {right}",
    ),
    line("evaluate.not_identified", "users not identified", "utenti non identificati"),
    line(
        "link.column",
        "expected a column with its kind, such as surname:name, found: {found}",
        "attesa una colonna con il suo tipo, come cognome:name, trovato: {found}",
    ),
    line(
        "link.many",
        "more columns than can be compared: at most {most}",
        "più colonne di quante si possono confrontare: al massimo {most}",
    ),
    line("link.column.hint", "the kinds are: {kinds}", "i tipi sono: {kinds}"),
    line("link.no_column", "{path} has no such column: {column}", "{path} non ha questa colonna: {column}"),
    line("link.no_column.hint", "its columns are: {columns}", "le sue colonne sono: {columns}"),
    line("link.no_record", "no record has this id: {id}", "nessun record ha questo identificativo: {id}"),
    line(
        "link.done",
        "{records} records, {sets} sets of several, {pairs} pairs compared",
        "{records} record, {sets} insiemi di più record, {pairs} coppie confrontate",
    ),
    line(
        "link.capped",
        "not compared through {key} alone: {n} values that more than {limit} records share (the most common: \
         {largest}; suspected hubs: {hubs})",
        "non confrontati per il solo {key}: {n} valori che più di {limit} record hanno in comune (il più comune: \
         {largest}; nodi sospetti: {hubs})",
    ),
    line(
        "link.contradiction",
        "decisions contradict each other, from the first record to the last: {way}",
        "decisioni che si contraddicono, dal primo record all'ultimo: {way}",
    ),
    line(
        "link.cut",
        "cut where one kind of data alone, weakly, held two parts of a set together: {a}, {b}",
        "separati dove un solo tipo di dato, debolmente, teneva insieme due parti di un insieme: {a}, {b}",
    ),
    line(
        "link.thread",
        "one kind of data alone holds two parts of a set together: {a}, {b}",
        "un solo tipo di dato tiene insieme due parti di un insieme: {a}, {b}",
    ),
    line(
        "link.hub",
        "a set of {size} records, more than a person's are expected to be; its first: {set}",
        "un insieme di {size} record, più di quanti ci si attende da una persona; il primo: {set}",
    ),
    line(
        "link.truth",
        "precision {precision}, recall {recall}, F1 {f1}; {mixed} of {sets} sets mix persons, the largest has \
         {largest} records; calibration error {ece}, Brier {brier}",
        "precisione {precision}, richiamo {recall}, F1 {f1}; {mixed} insiemi su {sets} mescolano persone, il più \
         grande ha {largest} record; errore di calibrazione {ece}, Brier {brier}",
    ),
    line("link.columns", "what · level · log10 · values", "che cosa · livello · log10 · valori"),
    line("link.prior", "any two records", "due record qualsiasi"),
    line("link.total", "together", "in tutto"),
    line(
        "link.together",
        "the records are in one set; this is not the probability that they are of one person",
        "i record sono in un solo insieme; non è la probabilità che siano di una sola persona",
    ),
    line("link.apart", "the records are in different sets", "i record sono in insiemi diversi"),
    line(
        "truth.none",
        "no truth here (expected persons.csv): {folder}",
        "qui non c'è alcuna verità nota (atteso persons.csv): {folder}",
    ),
    line(
        "truth.none.hint",
        "give the folder truth/ that tutela simulate wrote",
        "indica la cartella truth/ scritta da tutela simulate",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn names(template: &str) -> BTreeSet<&str> {
        template.split('{').skip(1).filter_map(|rest| rest.split(['}', '|']).next()).collect()
    }

    fn keys_in(folder: &Path, keys: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                keys_in(&path, keys);
                continue;
            }
            let source = std::fs::read_to_string(&path).expect("a source file");
            // The opening may be followed by a line break before its key.
            for rest in source.split(concat!("phrase!", "(")).skip(1) {
                if let Some(rest) = rest.trim_start().strip_prefix('"') {
                    keys.extend(rest.split('"').next().map(str::to_owned));
                }
            }
        }
    }

    #[test]
    fn every_sentence_that_the_program_says_is_in_the_catalogue_and_none_is_left_over() {
        let mut used = BTreeSet::new();
        keys_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut used);
        let known: BTreeSet<String> =
            SAID.iter().copied().flatten().map(|statement| statement.key.to_owned()).collect();
        assert_eq!(used, known);
    }

    #[test]
    fn both_languages_name_the_same_values_and_end_without_a_stop() {
        for statement in SAID.iter().copied().flatten() {
            assert_eq!(names(statement.it), names(statement.en), "{}", statement.key);
            for text in [statement.it, statement.en] {
                assert!(!text.ends_with('.') && !text.is_empty(), "{}", statement.key);
            }
        }
    }
}
