//! What is said of the web app's server, and by it.

use tutela_model::Statement;

use super::line;

/// The sentences of `serve`.
pub static SERVE: &[Statement] = &[
    line(
        "serve.started",
        "the web app is open to this machine only; the link lets one browser in, once; Enter prints another, Ctrl-C ends",
        "l'applicazione web è aperta solo a questa macchina; il link fa entrare un browser, una volta; Invio ne mostra un altro, Ctrl-C termina",
    ),
    line("serve.ended", "the web app has ended", "l'applicazione web è terminata"),
    line(
        "serve.not_loopback",
        "other machines reach this address, and records of a case travel only where they must: {address}",
        "altre macchine raggiungono questo indirizzo, e i dati di un procedimento viaggiano solo dove devono: {address}",
    ),
    line("serve.not_loopback.hint", "use --bind 127.0.0.1:0", "usa --bind 127.0.0.1:0"),
    line("serve.cannot_listen", "cannot listen on {address}", "impossibile ascoltare su {address}"),
    line(
        "serve.host",
        "the server was asked for under a name that is not its own",
        "il server è stato chiamato con un nome che non è il suo",
    ),
    line(
        "serve.origin",
        "the request comes from a page of another site",
        "la richiesta viene da una pagina di un altro sito",
    ),
    line(
        "serve.csrf",
        "the request does not bring the secret of its session in the header x-tutela-csrf",
        "la richiesta non porta il segreto della sua sessione nell'intestazione x-tutela-csrf",
    ),
    line(
        "serve.no_session",
        "this browser has not come in, or its session has ended",
        "questo browser non è entrato, o la sua sessione è finita",
    ),
    line(
        "serve.link_used",
        "this link is not valid, or has let a browser in already",
        "questo link non è valido, o ha già fatto entrare un browser",
    ),
    line(
        "serve.link_how",
        "open the link that tutela serve prints; Enter at its terminal prints another",
        "apri il link che tutela serve mostra; Invio nel suo terminale ne mostra un altro",
    ),
    line(
        "serve.no_such",
        "there is nothing at this address: {path}",
        "non c'è nulla a questo indirizzo: {path}",
    ),
    line(
        "serve.no_app",
        "this program was built without the web app",
        "questo programma è stato compilato senza l'applicazione web",
    ),
    line(
        "serve.no_app.how",
        "build it again on a machine with Node 20 or later and npm; the command line does all that the app does",
        "compilalo di nuovo su una macchina con Node 20 o successivo e npm; la riga di comando fa tutto ciò che fa l'applicazione",
    ),
    line(
        "serve.reason",
        "this operation asks for a reason before it shows personal data",
        "questa operazione chiede un motivo prima di mostrare dati personali",
    ),
    line("serve.reason_long", "a reason has at most {n} characters", "un motivo ha al massimo {n} caratteri"),
    line("serve.not_analysed", "nothing has been analysed yet", "non è stato ancora analizzato nulla"),
    line(
        "serve.conflict",
        "{officer} has decided meanwhile: {choice}",
        "{officer} ha deciso nel frattempo: {choice}",
    ),
    line(
        "serve.overtaken",
        "{officer} has done something with it meanwhile",
        "{officer} vi ha fatto qualcosa nel frattempo",
    ),
    line(
        "serve.referrals",
        "1 to 1,000 referrals at a time, and a text of at most 200 characters",
        "da 1 a 1.000 segnalazioni per volta, e un testo di al massimo 200 caratteri",
    ),
    line(
        "serve.preparing",
        "the table {table} is being prepared to be sorted and filtered",
        "la tabella {table} si sta preparando per essere ordinata e filtrata",
    ),
    line(
        "serve.too_large",
        "the table {table} has {n} rows, more than can be sorted and filtered here; tutela sql has no such limit",
        "la tabella {table} ha {n} righe, più di quante si possano ordinare e filtrare qui; tutela sql non ha questo limite",
    ),
    line(
        "serve.grid",
        "cannot prepare the table {table} to be sorted and filtered",
        "impossibile preparare la tabella {table} per essere ordinata e filtrata",
    ),
    line(
        "serve.no_column",
        "the table {table} has no column {column}; it has: {columns}",
        "la tabella {table} non ha la colonna {column}; ha: {columns}",
    ),
    line(
        "serve.where",
        "where is a list of conditions in JSON, each with a column and one of is, contains, or from and until: {what}",
        "where è un elenco di condizioni in JSON, ognuna con column e uno tra is, contains, oppure from e until: {what}",
    ),
    line(
        "serve.where_many",
        "at most {n} conditions, each of at most {m} values or characters",
        "al massimo {n} condizioni, ognuna di al massimo {m} valori o caratteri",
    ),
    line(
        "serve.not_sorted",
        "texts in {column} hardly repeat: they can be searched with contains, and not sorted, counted or compared",
        "i testi in {column} non si ripetono quasi mai: si possono cercare con contains, non ordinare, contare o confrontare",
    ),
    line(
        "serve.not_value",
        "not a value of {column}, which holds {kind}: {value}",
        "non è un valore di {column}, che contiene {kind}: {value}",
    ),
    line(
        "serve.not_text",
        "only texts are searched with contains, and {column} holds {kind}",
        "con contains si cercano solo testi, e {column} contiene {kind}",
    ),
    line(
        "serve.not_stretches",
        "only times, dates and numbers are counted in stretches, and {column} holds {kind}",
        "si contano a tratti solo tempi, date e numeri, e {column} contiene {kind}",
    ),
    line("serve.running", "the same work is being done already", "lo stesso lavoro è già in corso"),
    line(
        "serve.no_job",
        "there is no work with this number: {id}",
        "non c'è un lavoro con questo numero: {id}",
    ),
    line(
        "serve.not_handed",
        "no file with this digest has left the operation",
        "nessun file con questa impronta è uscito dall'operazione",
    ),
    line(
        "serve.handed_gone",
        "the copy of this file is gone or was altered; the ledger still says what left",
        "la copia di questo file non c'è più o è stata alterata; il registro dice ancora che cosa è uscito",
    ),
    line(
        "serve.cannot_keep",
        "cannot keep a copy of what leaves the operation: {path}",
        "impossibile conservare una copia di ciò che esce dall'operazione: {path}",
    ),
    line(
        "serve.hashes",
        "give 1 to 1,000 hashes: MD5, SHA-1 or SHA-256",
        "servono da 1 a 1.000 hash: MD5, SHA-1 o SHA-256",
    ),
    line(
        "serve.grade",
        "a grade needs a scheme, a category and a reason",
        "una classificazione richiede uno schema, una categoria e un motivo",
    ),
    line(
        "serve.second",
        "second grades need a scheme, and categories as a JSON list of at most 100 texts",
        "le seconde classificazioni richiedono uno schema, e le categorie come elenco JSON di al più 100 testi",
    ),
    line(
        "serve.lift",
        "name an officer, in at most 200 characters",
        "indica un operatore, in al più 200 caratteri",
    ),
    line("serve.looks_day", "a day is written as 2026-03-01", "un giorno si scrive come 2026-03-01"),
    line(
        "place.wrong",
        "this is no place inside a file: it takes the fields that a row gives of its place, and the digest of the file that it is asked of",
        "questo non è un punto di un file: servono i campi che una riga dà del suo punto, e l'impronta del file a cui si chiede",
    ),
    line(
        "place.no_file",
        "the operation has received no file with this digest",
        "l'operazione non ha ricevuto alcun file con questa impronta",
    ),
    line(
        "place.erased",
        "this file was erased by law: entry {seq} of the ledger says under which authority and why",
        "questo file è stato cancellato per legge: la voce {seq} del registro dice in base a quale atto e perché",
    ),
    line(
        "place.gone",
        "the bytes of this file are no longer in the operation's folder",
        "i byte di questo file non sono più nella cartella dell'operazione",
    ),
    line(
        "place.altered",
        "this file is not the one that was received, so nothing of it is shown: {expected} bytes were received, {found} are stored",
        "questo file non è quello ricevuto, quindi non se ne mostra nulla: ricevuti {expected} byte, conservati {found}",
    ),
    line("place.not_there", "the file has nothing at this place", "il file non ha nulla in questo punto"),
    line("place.empty", "the file is empty", "il file è vuoto"),
    line(
        "place.media",
        "{media} of {len} bytes: of pictures, films and sound nothing is shown",
        "{media} di {len} byte: di immagini, filmati e suoni non si mostra nulla",
    ),
    line(
        "place.media_at",
        "{media}, {len} bytes from byte {byte} on: of pictures, films and sound nothing is shown",
        "{media}, {len} byte dal byte {byte}: di immagini, filmati e suoni non si mostra nulla",
    ),
    line(
        "place.page",
        "page {page} of a document; documents are not opened here",
        "pagina {page} di un documento; qui i documenti non si aprono",
    ),
    line(
        "place.too_far",
        "the place is further in the file than the {n} bytes that are read for a view",
        "il punto è oltre i {n} byte del file che si leggono per mostrarlo",
    ),
    line(
        "place.not_yet",
        "the place is behind byte {n}, up to which the lines of this file are counted so far; opened again, it goes on from there",
        "il punto è oltre il byte {n}, fino al quale le righe di questo file sono contate finora; riaprendolo, si prosegue da lì",
    ),
    line(
        "place.damaged",
        "the file cannot be opened at this place: {found}",
        "il file non si può aprire in questo punto: {found}",
    ),
    line(
        "place.not_unpacked",
        "the file inside the file cannot be unpacked: {found}",
        "il file dentro il file non si può estrarre: {found}",
    ),
    line(
        "place.too_deep",
        "the place lies inside too many files, one in the other",
        "il punto è dentro troppi file, uno nell'altro",
    ),
    line(
        "place.longer",
        "what is marked goes on beyond what is shown",
        "ciò che è evidenziato continua oltre ciò che si mostra",
    ),
    line(
        "place.ends",
        "the file ends before the end of this place, or cannot be unpacked any further",
        "il file finisce prima della fine di questo punto, o non si può estrarre oltre",
    ),
    line(
        "place.unreadable",
        "the text cannot be read as its format from here on, so the place itself was not reached",
        "da qui il testo non si può leggere nel suo formato, quindi il punto stesso non è stato raggiunto",
    ),
    line(
        "place.twice",
        "the file names this place twice; the last is shown",
        "il file nomina questo punto due volte; si mostra l'ultimo",
    ),
    line(
        "place.no_field",
        "the field was not found in its record; the whole record is marked",
        "il campo non è stato trovato nella sua registrazione; è evidenziata tutta la registrazione",
    ),
    line(
        "place.media_left_out",
        "bytes of a picture or film are among those shown, and are left out",
        "tra i byte mostrati ci sono quelli di un'immagine o di un filmato, che si omettono",
    ),
    line(
        "place.compared",
        "the bytes are shown as they are stored; they were last held against their digest on {at}, entry {seq} of the ledger, and not for this view",
        "i byte si mostrano come sono conservati; l'ultimo confronto con la loro impronta è del {at}, voce {seq} del registro, e non è stato rifatto per questa vista",
    ),
    line(
        "place.not_compared",
        "the bytes are shown as they are stored; their digest was made when they came, and was not compared for this view: ledger verify does that",
        "i byte si mostrano come sono conservati; la loro impronta è stata calcolata all'arrivo e non è stata confrontata per questa vista: lo fa ledger verify",
    ),
    line("place.picture", "a picture", "un'immagine"),
    line("place.film", "a film", "un filmato"),
    line("place.sound", "sound", "un suono"),
    line(
        "graph.kinds",
        "a node is named by its kind and name, and these are the kinds: {kinds}; said was {said}",
        "un nodo si indica con il suo tipo e il suo nome, e i tipi sono questi: {kinds}; è stato indicato {said}",
    ),
    line(
        "graph.hops",
        "a graph goes one to three steps from its first node",
        "un grafo va da uno a tre passi dal suo primo nodo",
    ),
    line(
        "graph.unknown",
        "no finding and no lead names this: {node}",
        "nessun rilievo e nessuna pista nomina questo: {node}",
    ),
];
