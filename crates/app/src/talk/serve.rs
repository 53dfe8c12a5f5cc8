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
        "serve.hashes",
        "give 1 to 1,000 hashes: MD5, SHA-1 or SHA-256",
        "servono da 1 a 1.000 hash: MD5, SHA-1 o SHA-256",
    ),
    line(
        "serve.grade",
        "a grade needs a scheme, a category and a reason",
        "una classificazione richiede uno schema, una categoria e un motivo",
    ),
];
