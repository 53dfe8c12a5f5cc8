//! What is said of lists of known files.

use tutela_model::Statement;

use super::line;

/// The sentences of `lists`.
pub static LISTS: &[Statement] = &[
    line(
        "lists.read",
        "{path}: {layout}, {entries|entry|entries} with {hashes|hash|hashes}, {lost|record|records} not read",
        "{path}: {layout}, {entries|voce|voci} con {hashes|hash|hash}, {lost|record non letto|record non letti}",
    ),
    line(
        "lists.by_length",
        "of {n|hash|hashes} only the length told the kind: 32 digits were read as MD5 (--ed2k if they are eDonkey hashes)",
        "di {n|hash|hash} solo la lunghezza ha detto il tipo: 32 cifre sono state lette come MD5 (--ed2k se sono hash eDonkey)",
    ),
    line(
        "lists.photo_dna",
        "{n|record holds a PhotoDNA hash, which is|records hold PhotoDNA hashes, which are} not used",
        "{n|record contiene un hash PhotoDNA, che non è usato|record contengono hash PhotoDNA, che non sono usati}",
    ),
    line(
        "lists.pdq",
        "{n|PDQ hash is|PDQ hashes are} not in this index: a list of their own takes them, with tutela lists build --perceptual",
        "{n|hash PDQ non è|hash PDQ non sono} in questo indice: vanno in una lista propria, con tutela lists build --perceptual",
    ),
    line(
        "lists.perceptual",
        "{n|record holds another perceptual hash, which is|records hold other perceptual hashes, which are} not used here",
        "{n|record contiene un altro hash percettivo, che qui non è usato|record contengono altri hash percettivi, che qui non sono usati}",
    ),
    line(
        "lists.near.read",
        "{path}: {layout}, {entries|PDQ hash|PDQ hashes}, {without|record or line|records or lines} without one",
        "{path}: {layout}, {entries|hash PDQ|hash PDQ}, {without|record o riga|record o righe} senza",
    ),
    line(
        "lists.near.films",
        "{path}: {films|film|films} with {frames|frame|frames}",
        "{path}: {films|filmato|filmati} con {frames|fotogramma|fotogrammi}",
    ),
    line(
        "lists.near.flat",
        "{n|film has|films have} no frame of a quality of 50 or more and will not be matched",
        "{n|filmato non ha|filmati non hanno} fotogrammi di qualità pari o superiore a 50 e non saranno confrontati",
    ),
    line(
        "lists.near.of_films",
        "{films|film|films} with {frames|perceptual hash of a frame|perceptual hashes of frames} (PDQ), encrypted",
        "{films|filmato|filmati} con {frames|hash percettivo di fotogramma|hash percettivi di fotogrammi} (PDQ), cifrati",
    ),
    line("lists.near.none", "none of the files holds a PDQ hash", "nessuno dei file contiene un hash PDQ"),
    line(
        "lists.near.none.hint",
        "PhotoDNA, TMK and vPDQ hashes are not searched; ask the list's issuer for PDQ",
        "gli hash PhotoDNA, TMK e vPDQ non vengono cercati; chiedi i PDQ a chi ha emesso la lista",
    ),
    line(
        "lists.near.layout",
        "lists of this layout carry no PDQ hashes: {found}",
        "le liste di questo formato non contengono hash PDQ: {found}",
    ),
    line(
        "lists.near.profile",
        "how the hashes were taken is not said, and a match will say so: --pdq-profile, if the list's issuer tells it",
        "non è indicato come furono calcolati gli hash, e una corrispondenza lo dirà: --pdq-profile, se chi ha emesso la lista lo precisa",
    ),
    line(
        "lists.near.low",
        "{n|entry has|entries have} a quality below 50 and will not be matched: such pictures are nearly flat",
        "{n|voce ha|voci hanno} qualità inferiore a 50 e non saranno confrontate: tali immagini sono quasi uniformi",
    ),
    line(
        "lists.near.entries",
        "{n|perceptual hash|perceptual hashes} (PDQ), encrypted; {labels|label|labels}",
        "{n|hash percettivo|hash percettivi} (PDQ), cifrati; {labels|etichetta|etichette}",
    ),
    line(
        "lists.near.unmet",
        "{n|withdrawal names an entry|withdrawals name entries} without a PDQ hash, or on none of the files",
        "{n|ritiro indica una voce|ritiri indicano voci} senza hash PDQ, o in nessuno dei file",
    ),
    line(
        "lists.is_perceptual",
        "a list of perceptual hashes, where an index of exact ones is needed: {path}",
        "una lista di hash percettivi, dove serve un indice di hash esatti: {path}",
    ),
    line(
        "lists.is_perceptual.hint",
        "tutela exhibit match --similar-to takes it, tutela lists info says what its head says",
        "la accetta tutela exhibit match --similar-to, e tutela lists info mostra la sua intestazione",
    ),
    line("lists.not_perceptual", "not a list of perceptual hashes", "non è una lista di hash percettivi"),
    line(
        "lists.not_perceptual.hint",
        "tutela lists build --perceptual makes one; an index goes with --lists",
        "la crea tutela lists build --perceptual; un indice va indicato con --lists",
    ),
    line("lists.passphrase", "the passphrase does not open the list", "la passphrase non apre la lista"),
    line(
        "lists.near.limit",
        "the list asks for more than is allowed: {found}",
        "la lista chiede più di quanto è consentito: {found}",
    ),
    line("lists.near.damaged", "the list is damaged: {found}", "la lista è danneggiata: {found}"),
    line(
        "lists.passphrase.hint",
        "check capital letters and the keyboard's layout; without its passphrase a list has to be built again",
        "controlla le maiuscole e la disposizione della tastiera; senza la passphrase la lista va ricostruita",
    ),
    line(
        "lists.category_missing",
        "{n|record calls itself categorised and gives|records call themselves categorised and give} no category",
        "{n|record si dice categorizzato e non dà|record si dicono categorizzati e non danno} alcuna categoria",
    ),
    line(
        "lists.empty_file",
        "{n|record is|records are} of the empty file and left out: every empty file would meet the list",
        "{n|record è del file vuoto e viene tralasciato|record sono del file vuoto e vengono tralasciati}: ogni file vuoto risulterebbe in lista",
    ),
    line(
        "lists.scheme_missing",
        "there are categories without a scheme: what they mean is not known",
        "ci sono categorie senza schema: il loro significato non è noto",
    ),
    line(
        "lists.scheme_missing.hint",
        "ask the list's issuer, and give --scheme",
        "chiedi a chi ha emesso la lista, e indica --scheme",
    ),
    line(
        "lists.unmet",
        "{n|withdrawal names an entry|withdrawals name entries} that the list does not have: give the version before as a file too",
        "{n|ritiro indica una voce|ritiri indicano voci} che la lista non ha: dai come file anche la versione precedente",
    ),
    line(
        "lists.untranslated",
        "{n|entry has a category|entries have categories} that the table does not translate into {to}",
        "{n|voce ha una categoria|voci hanno categorie} che la tabella non traduce in {to}",
    ),
    line(
        "lists.problems",
        "kept aside: {lost|record|records} not read, {parts|record|records} not read in part: {path}",
        "messi da parte: {lost|record non letto|record non letti}, {parts|record letto|record letti} solo in parte: {path}",
    ),
    line(
        "lists.originals",
        "{folder}: {files|file|files}, {blocks|block|blocks} that may say something",
        "{folder}: {files|file|file}, {blocks|blocco|blocchi} che possono dire qualcosa",
    ),
    line("lists.entries", "{n|entry|entries}, {withdrawn} withdrawn", "{n|voce|voci}, {withdrawn} ritirate"),
    line("lists.hashes", "{n} {kind}", "{n} {kind}"),
    line("lists.category", "category {category}: {n}", "categoria {category}: {n}"),
    line(
        "lists.blocks",
        "{n|block|blocks} of {bytes} bytes; {dropped} say nothing and are not kept",
        "{n|blocco|blocchi} di {bytes} byte; {dropped} non dicono nulla e non sono conservati",
    ),
    line(
        "lists.after",
        "after version {version}, sha256:{digest}",
        "dopo la versione {version}, sha256:{digest}",
    ),
    line(
        "lists.source",
        "from {layout} sha256:{digest}, {n|entry|entries}",
        "da {layout} sha256:{digest}, {n|voce|voci}",
    ),
    line("lists.whole", "every byte is as it was written", "ogni byte è come fu scritto"),
    line("lists.altered.sections", "not as written: {sections}", "non come furono scritte: {sections}"),
    line(
        "lists.altered",
        "the index of the list is not as it was written, in section {section}: {path}",
        "l'indice della lista non è come fu scritto, nella sezione {section}: {path}",
    ),
    line(
        "lists.altered.hint",
        "take it from a copy, or build it again from the files of the list",
        "prendilo da una copia, oppure ricostruiscilo dai file della lista",
    ),
    line(
        "lists.diff",
        "{added} added, {missing} missing, {withdrawn} withdrawn, {restored} restored, {changed} changed",
        "{added} aggiunte, {missing} mancanti, {withdrawn} ritirate, {restored} ripristinate, {changed} modificate",
    ),
    line(
        "lists.hash",
        "expected a hash of 32, 40 or 64 hexadecimal digits, found: {found}",
        "atteso un hash di 32, 40 o 64 cifre esadecimali, trovato: {found}",
    ),
    line(
        "lists.hash.hint",
        "write the kind before digits whose number does not tell it: ed2k:…; lists come before hashes",
        "scrivi il tipo prima delle cifre quando il loro numero non lo dice: ed2k:…; le liste precedono gli hash",
    ),
    line(
        "lists.same_version",
        "the list has this version already: {version}",
        "la lista ha già questa versione: {version}",
    ),
    line(
        "lists.same_version.hint",
        "a withdrawal makes the next version: give it another name",
        "un ritiro crea la versione successiva: dalle un altro nome",
    ),
    line(
        "lists.not_listed",
        "the list {path} has no entry of: {hash}",
        "la lista {path} non ha alcuna voce di: {hash}",
    ),
    line(
        "lists.not_listed.hint",
        "tutela lists look says what each list has of a hash",
        "tutela lists look dice che cosa ha ogni lista di un hash",
    ),
    line(
        "lists.layout",
        "no such layout of lists: {found}",
        "nessun formato di liste ha questo nome: {found}",
    ),
    line("lists.layout.hint", "the layouts are: {layouts}", "i formati sono: {layouts}"),
    line(
        "lists.unknown",
        "no layout of lists begins like this file: {path}",
        "nessun formato di liste inizia come questo file: {path}",
    ),
    line(
        "lists.unknown.hint",
        "name the layout with --as; a text in UTF-16 has to be saved as UTF-8, an archive unpacked",
        "indica il formato con --as; un testo in UTF-16 va salvato in UTF-8, un archivio va estratto",
    ),
    line(
        "lists.translation",
        "cannot use the table of categories: {path}",
        "impossibile usare la tabella delle categorie: {path}",
    ),
    line(
        "lists.none",
        "no list index is given, but: {found}",
        "nessun indice di lista è indicato, ma: {found}",
    ),
    line(
        "lists.none.hint",
        "tutela lists build makes an index of a list",
        "tutela lists build crea l'indice di una lista",
    ),
    line("lists.stdin", "cannot read hashes from stdin", "impossibile leggere gli hash da stdin"),
    line("lists.line", "line {line}: expected {expected:library}", "riga {line}: atteso {expected:library}"),
    line("lists.other_file", "another file: its {kinds} differs", "un altro file: è diverso {kinds}"),
    line("lists.differ", "the list has another {kinds} of it", "la lista ne ha un altro {kinds}"),
    line("lists.look.columns", "asked · list · standing · says", "richiesto · lista · stato · dice"),
    line("lists.no_index", "not an index of a list: {path}", "non è l'indice di una lista: {path}"),
    line(
        "lists.other_version",
        "an index of form {found}, which this program does not read: {path}",
        "un indice di forma {found}, che questo programma non legge: {path}",
    ),
    line(
        "lists.other_version.hint",
        "build it again from the files of the list",
        "ricostruiscilo dai file della lista",
    ),
    line(
        "lists.damaged",
        "a damaged index, at {place}: expected {expected:library}, found {found:library}: {path}",
        "un indice danneggiato, a {place}: atteso {expected:library}, trovato {found:library}: {path}",
    ),
    line(
        "lists.exists",
        "there is a file already, and a list is never written over: {path}",
        "esiste già un file, e una lista non viene mai sovrascritta: {path}",
    ),
    line("lists.exists.hint", "name another with -o", "indicane un altro con -o"),
    line("lists.many", "more than {most} {what:library}", "più di {most} {what:library}"),
    line(
        "lists.many.hint",
        "divide the list, or leave out what makes its entries differ",
        "dividi la lista, oppure ometti ciò che rende diverse le sue voci",
    ),
    line(
        "lists.scheme",
        "the list says that its categories are of {said}, not of: {given}",
        "la lista dice che le sue categorie sono di {said}, non di: {given}",
    ),
    line("lists.scheme.hint", "leave --scheme out", "ometti --scheme"),
    line(
        "lists.other_blocks",
        "blocks of {other} cannot be in one list with blocks of {known}",
        "blocchi di {other} non possono stare in una lista con blocchi di {known}",
    ),
    line(
        "lists.other_layout",
        "not of the layout {layout}: expected {expected:library}, found: {found}",
        "non del formato {layout}: atteso {expected:library}, trovato: {found}",
    ),
    line(
        "lists.other_layout.hint",
        "name another layout with --as, or leave it out to have the file recognised",
        "indica un altro formato con --as, oppure omettilo perché il file sia riconosciuto",
    ),
    line(
        "lists.block_bytes",
        "the list holds hashes of blocks and does not say how large the blocks are",
        "la lista contiene hash di blocchi e non dice quanto sono grandi i blocchi",
    ),
    line(
        "lists.block_bytes.hint",
        "give --block-size, as whoever made the list says",
        "indica --block-size, come dice chi ha creato la lista",
    ),
];
