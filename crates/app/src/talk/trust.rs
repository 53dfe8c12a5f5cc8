//! What the program says of trust: signatures, custody, erasure, logs, checkpoints.

use tutela_model::Statement;

use super::line;

/// The sentences, by verb.
pub static TRUST: &[Statement] = &[
    line("yes", "yes", "sì"),
    line("no", "no", "no"),
    line(
        "expected.hours",
        "expected hours such as 20:00-08:00, or none, found: {found}",
        "attese ore come 20:00-08:00, o none, trovato: {found}",
    ),
    line("expected.yes", "expected yes or no, found: {found}", "atteso yes o no, trovato: {found}"),
    line(
        "clock.back",
        "this machine's clock is before the last act, of {latest}: the ledger records that it was set back",
        "l'orologio di questa macchina è prima dell'ultimo atto, del {latest}: il registro annota che è stato spostato indietro",
    ),
    line("officer.added", "recorded: {name} signs with {key}", "registrato: {name} firma con {key}"),
    line(
        "officer.columns",
        "officer · role · unit · state · key",
        "ufficiale · ruolo · ufficio · stato · chiave",
    ),
    line("officer.signs", "signs", "firma"),
    line("officer.retired", "signs no more: {reason}", "non firma più: {reason}"),
    line("officer.retired.done", "recorded: {key} signs no more", "registrato: {key} non firma più"),
    line(
        "officer.unknown",
        "no officer of this operation has the key: {key}",
        "nessun ufficiale di questa operazione ha la chiave: {key}",
    ),
    line(
        "officer.unknown.hint",
        "tutela officer list shows the keys",
        "tutela officer list mostra le chiavi",
    ),
    line(
        "officer.unsigned",
        "every act of this operation is signed, and no key was given",
        "ogni atto di questa operazione è firmato, e non è stata indicata una chiave",
    ),
    line(
        "officer.unsigned.hint",
        "--key FILE names the key, and the second person's is --second-key",
        "--key FILE indica la chiave, e quella della seconda persona è --second-key",
    ),
    line(
        "officer.stranger",
        "no officer of this operation has the key: {key}",
        "nessun ufficiale di questa operazione ha la chiave: {key}",
    ),
    line(
        "officer.stranger.hint",
        "an officer of the operation records it: tutela officer add FILE.vkey --name NAME",
        "la registra un ufficiale dell'operazione: tutela officer add FILE.vkey --name NAME",
    ),
    line(
        "officer.known",
        "an officer of this operation has the key already: {key}",
        "un ufficiale di questa operazione ha già la chiave: {key}",
    ),
    line(
        "officer.no_more",
        "the key {key} signs no more: {reason}",
        "la chiave {key} non firma più: {reason}",
    ),
    line("officer.no_public_key", "not a public key: {found}", "non è una chiave pubblica: {found}"),
    line(
        "second.missing",
        "two persons do this together in this operation: {act}",
        "in questa operazione lo fanno due persone insieme: {act}",
    ),
    line(
        "second.missing.hint",
        "--second NAME names the second person, and --second-key FILE that person's key",
        "--second NAME indica la seconda persona, e --second-key FILE la sua chiave",
    ),
    line("second.same", "the second person is the first: {name}", "la seconda persona è la prima: {name}"),
    line("rules.signed", "every act is signed: {state}", "ogni atto è firmato: {state}"),
    line("rules.two_person", "acts of two persons: {acts}", "atti di due persone: {acts}"),
    line(
        "rules.four_eyes",
        "a decision takes two officers: {state}",
        "una decisione richiede due ufficiali: {state}",
    ),
    line("rules.reasons", "whoever consults says why: {state}", "chi consulta dice perché: {state}"),
    line(
        "rules.access_years",
        "years for which access logs are kept: {years}",
        "anni per cui si conservano i registri degli accessi: {years}",
    ),
    line(
        "rules.grading_minutes",
        "minutes of grading a day at most: {minutes}",
        "minuti di classificazione al giorno, al più: {minutes}",
    ),
    line(
        "rules.no_grading",
        "hours in which nobody grades: {hours}",
        "ore in cui nessuno classifica: {hours}",
    ),
    line(
        "decide.second",
        "it counts when a second officer decides the same",
        "conta quando un secondo ufficiale decide lo stesso",
    ),
    line(
        "custody.none",
        "no exhibit of this number, name or digest: {exhibit}",
        "nessun reperto con questo numero, nome o impronta: {exhibit}",
    ),
    line(
        "custody.none.hint",
        "tutela status lists the files received",
        "tutela status elenca i file ricevuti",
    ),
    line("custody.several", "{n} files are meant by: {exhibit}", "{n} file sono indicati da: {exhibit}"),
    line(
        "custody.several.hint",
        "the beginning of a digest names one: tutela status shows them",
        "l'inizio di un'impronta ne indica uno: tutela status le mostra",
    ),
    line(
        "custody.to",
        "--to names the recipient, which this act has: {act}",
        "--to indica il destinatario, che questo atto ha: {act}",
    ),
    line(
        "custody.reason",
        "--reason says why, which this act has: {act}",
        "--reason dice perché, come vuole questo atto: {act}",
    ),
    line("custody.copy_to", "--copy-to names the file of the copy", "--copy-to indica il file della copia"),
    line(
        "custody.differs",
        "{file} is not as recorded or as its supplier describes it",
        "{file} non è come registrato o come lo descrive chi lo ha fornito",
    ),
    line("custody.recorded", "recorded: {act}, {n|file|files}", "registrato: {act}, {n|file|file}"),
    line("custody.size", "{n} bytes", "{n} byte"),
    line("custody.holder", "held by: {who}", "in custodia di: {who}"),
    line(
        "custody.elsewhere",
        "{name} cannot be handled so: expected with {expected}, found: {found}",
        "{name} non si può trattare così: atteso presso {expected}, trovato: {found}",
    ),
    line(
        "custody.not_received",
        "no file received has the digest: {file}",
        "nessun file ricevuto ha l'impronta: {file}",
    ),
    line(
        "digest.differs",
        "the file is not as its supplier describes it, so it was kept and not read: {name}",
        "il file non è come lo descrive chi lo ha fornito, perciò è stato conservato e non letto: {name}",
    ),
    line(
        "digest.differs.hint",
        "ask the supplier to send it again; tutela custody shows both digests",
        "chiedi a chi lo ha fornito di inviarlo di nuovo; tutela custody mostra le due impronte",
    ),
    line(
        "digest.none",
        "the supplier's list has no digest of {n|file|files}",
        "l'elenco del fornitore non ha l'impronta di {n|file|file}",
    ),
    line(
        "digest.line",
        "{path}: no digest and name in line {line}: {found}",
        "{path}: nessuna impronta con nome alla riga {line}: {found}",
    ),
    line(
        "digest.line.hint",
        "the list is as sha256sum writes it: digest, two blanks, name",
        "l'elenco è come lo scrive sha256sum: impronta, due spazi, nome",
    ),
    line(
        "sheet.bad",
        "{path}: the sheet cannot be read at line {line}: {said}",
        "{path}: la scheda non si legge alla riga {line}: {said}",
    ),
    line(
        "sheet.bad.hint",
        "one field a line, such as supplier = \"Operator\"; tutela import --help lists the fields",
        "un campo per riga, come supplier = \"Operatore\"; tutela import --help elenca i campi",
    ),
    line(
        "erase.file",
        "erased: {file}, with the particulars of {n|entry|entries}",
        "cancellato: {file}, con i particolari di {n|voce|voci}",
    ),
    line(
        "erase.entry",
        "erased: the particulars of entry {seq}",
        "cancellati: i particolari della voce {seq}",
    ),
    line(
        "erase.disk",
        "copies, backups and what the disk itself keeps are not reached by this",
        "copie, salvataggi e quanto il disco stesso conserva restano fuori",
    ),
    line(
        "erase.stays",
        "the particulars of entry {seq} cannot be erased: {why:library}",
        "i particolari della voce {seq} non si possono cancellare: {why:library}",
    ),
    line(
        "access.unrecorded",
        "this look at personal data is not recorded, because the folder cannot be written to: {path}",
        "questa consultazione non è registrata, perché la cartella non si può scrivere: {path}",
    ),
    line(
        "access.reason",
        "this operation asks why personal data is consulted",
        "questa operazione chiede perché si consultano dati personali",
    ),
    line("access.reason.hint", "--why TEXT says it", "--why TESTO lo dice"),
    line(
        "access.none",
        "there is no access log of the year {year}",
        "non c'è un registro degli accessi dell'anno {year}",
    ),
    line(
        "access.written",
        "the access log of {year} is still written",
        "il registro degli accessi del {year} è ancora in uso",
    ),
    line(
        "access.due",
        "the access log of {year} need not be kept any longer: tutela access purge {year}",
        "il registro degli accessi del {year} non va più conservato: tutela access purge {year}",
    ),
    line(
        "access.purged",
        "removed: the access log of {year}, {n|entry|entries}",
        "rimosso: il registro degli accessi del {year}, {n|voce|voci}",
    ),
    line(
        "integrity.amber",
        "amber: the record has {n|entry|entries}, and nobody outside stands for it yet",
        "ambra: il registro ha {n|voce|voci}, e nessuno all'esterno ne risponde ancora",
    ),
    line(
        "integrity.red",
        "red: {n|thing is|things are} not as recorded",
        "rosso: {n|cosa non è|cose non sono} come registrato",
    ),
    line(
        "integrity.stamped",
        "green: unaltered since the checkpoint of {size|entry|entries}, which {by} time-stamped at {at}; after it, {after|entry|entries} that nobody outside stands for",
        "verde: inalterato dal checkpoint di {size|voce|voci}, che {by} ha marcato temporalmente il {at}; dopo, {after|voce|voci} di cui nessuno all'esterno risponde",
    ),
    line(
        "integrity.witnessed",
        "green: unaltered since the checkpoint of {size|entry|entries}, which {by} cosigned at {at}; after it, {after|entry|entries} that nobody outside stands for",
        "verde: inalterato dal checkpoint di {size|voce|voci}, che {by} ha controfirmato il {at}; dopo, {after|voce|voci} di cui nessuno all'esterno risponde",
    ),
    line(
        "ledger.clock",
        "the clock was set back before the entries after: {seqs}",
        "l'orologio fu spostato indietro prima delle voci dopo: {seqs}",
    ),
    line(
        "ledger.unknown",
        "entries of a later version of the program, kept and not read: {seqs}",
        "voci di una versione successiva del programma, conservate e non lette: {seqs}",
    ),
    line(
        "ledger.other",
        "the record does not continue the checkpoint {path}, found: {found}",
        "il registro non continua il checkpoint {path}, trovato: {found}",
    ),
    line(
        "ledger.no_growth",
        "the record never had {old} entries before {size}",
        "il registro non ha mai avuto {old} voci prima di {size}",
    ),
    line(
        "rebuild.mended",
        "derived again and put in place: {tiles|tile|tiles} of the log, {tables|table|tables}, {findings|set|sets} of findings",
        "derivati di nuovo e rimessi al loro posto: {tiles|tessera|tessere} del registro, {tables|tabella|tabelle}, {findings|insieme|insiemi} di riscontri",
    ),
    line(
        "stamp.unchecked",
        "the stamp of {by} was not checked: openssl is not installed",
        "la marca di {by} non è stata controllata: openssl non è installato",
    ),
    line(
        "stamp.other",
        "the stamp is of no checkpoint that was handed out: {file}",
        "la marca non è di un checkpoint consegnato: {file}",
    ),
    line(
        "stamp.other.hint",
        "tutela ledger checkpoint --export DIR hands one out, with the request for a stamp",
        "tutela ledger checkpoint --export DIR ne consegna uno, con la richiesta di marca",
    ),
    line(
        "stamp.no_tool",
        "the stamp cannot be checked: openssl is not installed",
        "la marca non si può controllare: openssl non è installato",
    ),
    line(
        "stamp.no_tool.hint",
        "install openssl; a stamp that nobody has checked is not recorded",
        "installa openssl; una marca che nessuno ha controllato non si registra",
    ),
    line(
        "stamp.differs",
        "the stamp does not hold against these certificates: {found}",
        "la marca non regge con questi certificati: {found}",
    ),
    line(
        "stamp.differs.hint",
        "the file holds the certificate of the authority and of who stands for it, in PEM",
        "il file contiene il certificato dell'autorità e di chi ne risponde, in PEM",
    ),
    line(
        "anchor.recorded",
        "recorded: {by} stands for the first {n|entry|entries}, at {at}",
        "registrato: {by} risponde delle prime {n|voce|voci}, il {at}",
    ),
    line(
        "anchor.none",
        "this is not the word of somebody on a checkpoint that was handed out: {why}",
        "questa non è la parola di qualcuno su un checkpoint consegnato: {why}",
    ),
    line(
        "anchor.which",
        "--certificates or --witness says what the file is",
        "--certificates o --witness dice che cos'è il file",
    ),
    line(
        "checkpoint.handed_out",
        "handed out: a checkpoint of {n|entry|entries}, in {folder}",
        "consegnato: un checkpoint di {n|voce|voci}, in {folder}",
    ),
    line(
        "checkpoint.unsigned",
        "the checkpoint is not signed: witnesses and public tools ask for a signature",
        "il checkpoint non è firmato: testimoni e strumenti pubblici chiedono una firma",
    ),
    line(
        "checkpoint.unsigned.hint",
        "tutela officer new makes a key, tutela officer add records it, --key FILE signs",
        "tutela officer new crea una chiave, tutela officer add la registra, --key FILE firma",
    ),
    line(
        "witness.no_key",
        "a witness signs with a key of its own",
        "un testimone firma con una chiave propria",
    ),
    line(
        "witness.no_key.hint",
        "tutela officer new NAME --witness -o FILE makes one; --key FILE names it",
        "tutela officer new NAME --witness -o FILE ne crea una; --key FILE la indica",
    ),
    line(
        "witness.other_key",
        "this key is not for cosignatures: {key}",
        "questa chiave non è per controfirmare: {key}",
    ),
    line(
        "witness.signed",
        "cosigned: {n|entry|entries} of {origin}; send the answer back",
        "controfirmato: {n|voce|voci} di {origin}; rinvia la risposta",
    ),
];
