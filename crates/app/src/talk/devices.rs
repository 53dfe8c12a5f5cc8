//! What the program says of seized devices, lists of known files and grades.

use tutela_model::Statement;

use super::line;

/// The sentences, by verb.
pub static DEVICES: &[Statement] = &[
    line("exhibit.none", "no exhibit has this number: {number}", "nessun reperto ha questo numero: {number}"),
    line("exhibit.none.hint", "exhibits: {numbers}", "reperti: {numbers}"),
    line(
        "exhibit.none.yet",
        "add one with `tutela exhibit add PATH --number N`",
        "aggiungine uno con `tutela exhibit add PERCORSO --number N`",
    ),
    line(
        "exhibit.added",
        "exhibit {number} added: {form}, SHA-256 {digest}",
        "reperto {number} aggiunto: {form}, SHA-256 {digest}",
    ),
    line(
        "exhibit.finding",
        "{at}: expected {expected}, found {found}",
        "{at}: atteso {expected}, trovato {found}",
    ),
    line("exhibit.nothing", "no exhibit waits to be processed", "nessun reperto attende di essere esaminato"),
    line(
        "exhibit.nothing.hint",
        "name one to process it again: `tutela exhibit process N`",
        "indicane uno per esaminarlo di nuovo: `tutela exhibit process N`",
    ),
    line(
        "exhibit.moved",
        "the image was moved: add the exhibit again with its new path, and its digest is compared",
        "l'immagine è stata spostata: aggiungi di nuovo il reperto con il nuovo percorso, e l'impronta sarà confrontata",
    ),
    line("exhibit.self", "cannot start the reader", "impossibile avviare il lettore"),
    line(
        "exhibit.artefact",
        "{path} was kept and could not be read: {error}",
        "{path} è stato conservato e non si è potuto leggere: {error}",
    ),
    line(
        "exhibit.read_with",
        "{path} was read with {with}: the place of a row says which of them it stands in",
        "{path} è stato letto con {with}: la posizione di una riga dice in quale di essi si trova",
    ),
    line(
        "exhibit.zone",
        "exhibit {number}: {n} times left out, because their clock has no zone: declare it with --zone",
        "reperto {number}: {n} orari tralasciati, perché il loro orologio non ha fuso: dichiaralo con --zone",
    ),
    line(
        "exhibit.lacking",
        "the reader runs with less protection than it could: {what}",
        "il lettore gira con meno protezione di quanta potrebbe: {what}",
    ),
    line(
        "exhibit.processed",
        "exhibit {number}: {entries} entries, {artefacts} files of programs, {unread} not read",
        "reperto {number}: {entries} voci, {artefacts} file di programmi, {unread} non lette",
    ),
    line(
        "exhibit.matched",
        "{whole} files on lists, {recorded} hashes of records on lists, {similar} pictures and films similar to entries",
        "{whole} file negli elenchi, {recorded} impronte di registrazioni negli elenchi, {similar} immagini e filmati simili a voci",
    ),
    line(
        "exhibit.no_list",
        "no list to hold exhibits against",
        "nessun elenco con cui confrontare i reperti",
    ),
    line(
        "exhibit.no_list.hint",
        "name one with --lists or --similar-to; `tutela lists build` makes them",
        "indicane uno con --lists o --similar-to; li crea `tutela lists build`",
    ),
    line("cannot.matches", "cannot write the matches", "impossibile scrivere le corrispondenze"),
    line(
        "exhibit.headings",
        "number · form · files · deleted · lists · known · similar · unread · description",
        "numero · forma · file · cancellati · elenchi · noti · simili · non letti · descrizione",
    ),
    line(
        "exhibit.untried",
        "exhibit {number} was held against no list: that nothing is known on it says nothing (tutela exhibit match)",
        "il reperto {number} non è stato confrontato con alcun elenco: che nulla vi risulti noto non dice nulla (tutela exhibit match)",
    ),
    line("exhibit.no_sleuthkit", "the Sleuth Kit is not installed", "Sleuth Kit non è installato"),
    line(
        "exhibit.no_sleuthkit.hint",
        "on Debian and Ubuntu: apt install sleuthkit",
        "su Debian e Ubuntu: apt install sleuthkit",
    ),
    line("exhibit.no_ffmpeg", "ffmpeg is not installed", "ffmpeg non è installato"),
    line(
        "exhibit.no_ffmpeg.hint",
        "on Debian and Ubuntu: apt install ffmpeg",
        "su Debian e Ubuntu: apt install ffmpeg",
    ),
    line(
        "exhibit.films",
        "{films|film|films} read by their frames: {frames|frame|frames}",
        "{films|filmato letto|filmati letti} fotogramma per fotogramma: {frames|fotogramma|fotogrammi}",
    ),
    line("cross_check.no_image", "no image: {path}", "non è un'immagine: {path}"),
    line(
        "cross_check.no_image.hint",
        "images are read twice; a folder has one reader",
        "si leggono due volte le immagini; una cartella ha un solo lettore",
    ),
    line(
        "cross_check.unread",
        "reader {reader}: {n} places were not read, or not to their end",
        "lettore {reader}: {n} punti non letti, o non fino in fondo",
    ),
    line("cross_check.of", "{what}: {n} disagreements", "{what}: {n} discordanze"),
    line(
        "cross_check.done",
        "native {native} entries, sleuthkit {sleuthkit}; {paired} in both, {same} with the same bytes; {disagreements} disagreements",
        "native {native} voci, sleuthkit {sleuthkit}; {paired} in entrambi, {same} con gli stessi byte; {disagreements} discordanze",
    ),
    line(
        "grade.none",
        "no file of the operation has this hash: {hash}",
        "nessun file dell'operazione ha questa impronta: {hash}",
    ),
    line(
        "grade.none.hint",
        "grades are given to files of exhibits that were processed: see `tutela table file`",
        "le classificazioni si danno ai file dei reperti già esaminati: vedi `tutela table file`",
    ),
    line("grade.done", "{n} graded", "{n} classificati"),
    line(
        "grade.from.done",
        "{path}: {new|new grade|new grades}, {same} as they stand, {contradict|that contradicts|that contradict}, {elsewhere} of files that the operation does not have, {ungraded} without a grade",
        "{path}: {new|nuova classificazione|nuove classificazioni}, {same} già presenti, {contradict|in contrasto|in contrasto}, {elsewhere} di file che l'operazione non ha, {ungraded} senza classificazione",
    ),
    line(
        "grade.from.contradict.hint",
        "both grades are kept, and the one that stands counts: tutela grade HASH decides",
        "entrambe le classificazioni restano, e vale quella già presente: decide tutela grade HASH",
    ),
    line(
        "grade.from.unknown",
        "no layout of grades begins like this file: {path}",
        "nessun formato di classificazioni inizia come questo file: {path}",
    ),
    line(
        "grade.from.scheme",
        "the file does not say of which scheme its categories are",
        "il file non dice di quale schema sono le sue categorie",
    ),
    line(
        "grade.from.scheme.hint",
        "give --scheme, as it was given when the file went out",
        "indica --scheme, come quando il file fu consegnato",
    ),
    line(
        "grade.from.headings",
        "scheme · in the file · at · stands · by · hash",
        "schema · nel file · posizione · vale · da · impronta",
    ),
    line("grade.in_dispute", "{category} (in dispute)", "{category} (in contrasto)"),
    line(
        "grade.second.none",
        "nobody has graded this file in this scheme: {hash}",
        "nessuno ha classificato questo file in questo schema: {hash}",
    ),
    line(
        "grade.second.none.hint",
        "`tutela grade --blind --scheme NAME` prints the files that wait for a second officer",
        "`tutela grade --blind --scheme NOME` elenca i file che attendono un secondo operatore",
    ),
    line(
        "grade.second.own",
        "you have graded this file yourself: {hash}",
        "questo file l'hai già classificato tu: {hash}",
    ),
    line(
        "grade.second.own.hint",
        "another officer grades it a second time",
        "la seconda classificazione spetta a un altro operatore",
    ),
    line(
        "grade.second.done",
        "{agreed} as another officer graded, {disagreed} otherwise",
        "{agreed} come un altro operatore, {disagreed} diversamente",
    ),
    line(
        "grade.exposure.headings",
        "day · officer · files · taken back · minutes · by category",
        "giorno · operatore · file · ritirate · minuti · per categoria",
    ),
    line(
        "grade.exposure.rule",
        "minutes are an estimate: the gaps between one officer's acts of grading, each of at most {minutes} minutes, on the day of the later act; what was looked at and not graded is not in them",
        "i minuti sono una stima: gli intervalli tra le classificazioni di uno stesso operatore, ciascuno di al più {minutes} minuti, nel giorno della successiva; non vi è ciò che fu guardato e non classificato",
    ),
    line(
        "grade.rest.minutes",
        "the unit's limit of minutes of grading a day is reached: {minutes}",
        "è raggiunto il limite di minuti di classificazione al giorno stabilito dall'ufficio: {minutes}",
    ),
    line(
        "grade.rest.hours",
        "the unit grades no files in these hours: {hours}",
        "in queste ore l'ufficio non classifica file: {hours}",
    ),
    line(
        "grade.rest.hint",
        "`tutela grade --lift OFFICER --reason TEXT` lets an officer go on for twelve hours, and `tutela rules` changes the rule; the ledger has both",
        "`tutela grade --lift OPERATORE --reason TESTO` lascia proseguire un operatore per dodici ore, e `tutela rules` cambia la regola; entrambi restano nel registro",
    ),
    line("grade.lifted", "{officer} may grade until {until}", "{officer} può classificare fino al {until}"),
    line("grade.headings", "scheme · category · by · at · hash", "schema · categoria · da · il · impronta"),
];
