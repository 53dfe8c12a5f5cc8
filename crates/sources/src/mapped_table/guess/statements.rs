//! What a guess says, in Italian and English.

use tutela_model::Statement;

const fn line(key: &'static str, en: &'static str, it: &'static str) -> Statement {
    Statement { key, it, en }
}

/// The sentences of a guess.
pub static STATEMENTS: &[Statement] = &[
    line(
        "guess.head",
        "Proposed from names and values: check every line, then save it.",
        "Proposto da nomi e valori: controlla ogni riga, poi salvalo.",
    ),
    line("guess.about", "Who issued this, and what it is", "Chi lo ha rilasciato, e che cos'è"),
    line(
        "guess.ignore",
        "Columns without a field, each with the reason: map them, or leave them out on purpose.",
        "Colonne senza campo, ciascuna col motivo: mappale, o lasciale fuori di proposito.",
    ),
    line("guess.say", "the file does not say the {field}: write it", "il file non dice {field}: scrivilo tu"),
    line("guess.path", "the log calls itself {path}", "il registro si chiama {path}"),
    line(
        "guess.missing",
        "no column was found for {field}, which {table} needs",
        "nessuna colonna trovata per {field}, necessario a {table}",
    ),
    line("guess.not.empty", "no value in it", "nessun valore"),
    line(
        "guess.not.text",
        "text, and no word of its name is known: {sample}",
        "testo, e nessuna parola del nome è nota: {sample}",
    ),
    line(
        "guess.not.named",
        "the name says “{word}”, but {field} has another column, or not these values: {sample}",
        "il nome dice «{word}», ma {field} ha un'altra colonna, o non questi valori: {sample}",
    ),
    line(
        "guess.not.place",
        "{kind}, for which {table} has no free field",
        "{kind}, per cui {table} non ha un campo libero",
    ),
    line("guess.unplaced", "{column} is left out: {why}", "{column} resta fuori: {why}"),
    line(
        "guess.word",
        "{word} is no known word: say which of ours it is, or its records become problems",
        "{word} non è una parola nota: di' a quale nostra corrisponde, o le sue righe diventano problemi",
    ),
    line(
        "guess.words_seen",
        "{column}: the word list has the words of the first 200 rows; another word later becomes a problem",
        "{column}: l'elenco ha le parole delle prime 200 righe; un'altra parola più avanti diventa un problema",
    ),
    line(
        "guess.why.empty",
        "the name says “{word}”; no value to check it",
        "il nome dice «{word}»; nessun valore per verificarlo",
    ),
    line(
        "guess.why.word",
        "the name says “{word}”; {fit} of {n} values: {kind}",
        "il nome dice «{word}»; {fit} valori su {n}: {kind}",
    ),
    line(
        "guess.why.values",
        "by the values alone: {fit} of {n}: {kind}",
        "dai soli valori: {fit} su {n}: {kind}",
    ),
    line("guess.currency", "the amounts say {currency}", "gli importi dicono {currency}"),
    line(
        "guess.ambiguous",
        "{column}: every date reads day first and month first; day first is proposed",
        "{column}: ogni data si legge con il giorno o con il mese per primo; si propone il giorno per primo",
    ),
    line(
        "guess.says_utc",
        "{column}: read as UTC, because the header or the format says so",
        "{column}: letta come UTC, perché lo dice l'intestazione o il formato",
    ),
    line(
        "guess.values_only",
        "{column} was taken for {field} by its values alone; its name does not say so",
        "{column} è presa per {field} dai soli valori; il nome non lo dice",
    ),
    line(
        "guess.some",
        "{column}: {n} of {all} values are not what the others are ({kind}); they will become problems",
        "{column}: {n} valori su {all} non sono come gli altri ({kind}); diventeranno problemi",
    ),
    line(
        "guess.check_letter",
        "{column}: {n|tax code has|tax codes have} another check character than it should: typing errors, or made up",
        "{column}: {n|codice fiscale ha|codici fiscali hanno} un carattere di controllo errato: errori di battitura, o inventati",
    ),
    line(
        "guess.no_header",
        "the file has no header: the columns are numbered, and chosen by their values alone",
        "il file non ha intestazione: le colonne sono numerate, e scelte dai soli valori",
    ),
    line(
        "guess.no_rows",
        "the file has a header and no record: nothing but names was looked at",
        "il file ha un'intestazione e nessuna riga: si sono visti solo i nomi",
    ),
    line(
        "guess.table.sure",
        "read as {table}: more than twice the evidence of any other table",
        "letto come {table}: più del doppio degli indizi di ogni altra tabella",
    ),
    line(
        "guess.table.close",
        "read as {table}, but {other} is nearly as likely: look which it is",
        "letto come {table}, ma {other} è quasi altrettanto probabile: guarda quale sia",
    ),
    line(
        "guess.table.only",
        "read as {table}: no other table fits these columns",
        "letto come {table}: nessun'altra tabella corrisponde a queste colonne",
    ),
    line(
        "guess.zone",
        "{column}: local times without a zone; below they are shown as if they were UTC: declare the issuer's with --zone",
        "{column}: ore locali senza fuso; qui sono mostrate come se fossero UTC: dichiara con --zone quello di chi le ha scritte",
    ),
    line(
        "guess.shipped",
        "the shipped profile {profile} reads this file already: tutela import FILE",
        "il profilo fornito {profile} legge già questo file: tutela import FILE",
    ),
    line(
        "guess.sheet",
        "sheet {sheet} was looked at; not looked at: {others}",
        "si è guardato il foglio {sheet}; non guardati: {others}",
    ),
    line(
        "guess.hidden",
        "hidden sheets are never read: {others}",
        "i fogli nascosti non si leggono mai: {others}",
    ),
    line("guess.kind.empty", "nothing", "nulla"),
    line("guess.kind.address", "addresses", "indirizzi"),
    line("guess.kind.address_and_port", "addresses with ports", "indirizzi con porta"),
    line("guess.kind.port_range", "ranges of ports", "intervalli di porte"),
    line("guess.kind.epoch", "counts since 1970", "conteggi dal 1970"),
    line("guess.kind.time", "times", "istanti"),
    line("guess.kind.date", "dates", "date"),
    line("guess.kind.time_of_day", "times of day", "ore del giorno"),
    line("guess.kind.tax_code", "tax codes", "codici fiscali"),
    line("guess.kind.email", "e-mail addresses", "indirizzi e-mail"),
    line("guess.kind.iban", "IBANs with their check digits", "IBAN con le loro cifre di controllo"),
    line("guess.kind.imei", "IMEIs with their check digit", "IMEI con la loro cifra di controllo"),
    line("guess.kind.mac", "MAC addresses", "indirizzi MAC"),
    line("guess.kind.hash", "hashes", "hash"),
    line("guess.kind.guid", "GUIDs", "GUID"),
    line("guess.kind.phone", "telephone numbers", "numeri di telefono"),
    line("guess.kind.province", "provinces", "province"),
    line("guess.kind.currency", "currencies", "valute"),
    line("guess.kind.amount", "amounts", "importi"),
    line("guess.kind.count", "numbers", "numeri"),
    line("guess.kind.text", "text", "testo"),
];
