//! What the program says of a first look at a device.

use tutela_model::Statement;

use super::line;

/// The sentences.
pub static TRIAGE: &[Statement] = &[
    line(
        "triage.empty",
        "the lists have neither hashes of files nor blocks",
        "le liste non hanno né hash di file né blocchi",
    ),
    line(
        "triage.sleuthkit",
        "other file systems and images are read with --sleuthkit, where its programs are installed",
        "altri file system e immagini si leggono con --sleuthkit, se i suoi programmi sono installati",
    ),
    line(
        "triage.met.files",
        "a file is on the lists; the reading goes on",
        "un file è sulle liste; la lettura continua",
    ),
    line(
        "triage.met.blocks",
        "blocks of a listed file lie on the device; the reading goes on",
        "blocchi di un file elencato si trovano sul dispositivo; la lettura continua",
    ),
    line("triage.device", "{path}: {form}, {bytes}", "{path}: {form}, {bytes}"),
    line("triage.folder", "{path}: a folder", "{path}: una cartella"),
    line("triage.list", "list {list} {version}, {digest}…", "lista {list} {version}, {digest}…"),
    line("triage.volume", "{name}: {what}, {bytes}", "{name}: {what}, {bytes}"),
    line(
        "triage.encrypted",
        "{at}: {found}: nothing in it can be found without its key",
        "{at}: {found}: nulla vi si può trovare senza la chiave",
    ),
    line("triage.columns", "list · category · what · where", "lista · categoria · che cosa · dove"),
    line("triage.whole.file", "the file", "il file"),
    line("triage.withdrawn", "the file, withdrawn from the list", "il file, ritirato dalla lista"),
    line("triage.whole.space", "the whole file, in space", "il file intero, nello spazio"),
    line("triage.part", "{n} blocks in place", "{n} blocchi al loro posto"),
    line("triage.byte", "byte {at}: {file}…", "byte {at}: {file}…"),
    line(
        "triage.files.no",
        "files: none was found to read",
        "file: non ne è stato trovato alcuno da leggere",
    ),
    line(
        "triage.files.all",
        "files: all {of} were read, and none is on the lists",
        "file: letti tutti e {of}, nessuno è sulle liste",
    ),
    line(
        "triage.files.none",
        "files: {read} of {of} were read, and none is on the lists; of the others at most {n} are, \
         with a confidence of {sure}",
        "file: letti {read} di {of}, nessuno è sulle liste; degli altri lo sono al massimo {n}, \
         con una confidenza del {sure}",
    ),
    line(
        "triage.files.met",
        "files: {read} of {of} were read, and {n} of them are on the lists; there may be more",
        "file: letti {read} di {of}, {n} dei quali sono sulle liste; ce ne possono essere altri",
    ),
    line(
        "triage.files.met.all",
        "files: all {of} were read, and {n} of them are on the lists",
        "file: letti tutti e {of}, {n} dei quali sono sulle liste",
    ),
    line(
        "triage.files.soon",
        "files: {read} of {of} were read, too few to say anything",
        "file: letti {read} di {of}, troppo pochi per dire qualcosa",
    ),
    line(
        "triage.files.large",
        "files: {n} are larger than --largest and were left out",
        "file: {n} superano --largest e sono stati tralasciati",
    ),
    line(
        "triage.no_hashes",
        "files: the lists have no hashes of files, so none was read",
        "file: le liste non hanno hash di file, quindi non ne è stato letto alcuno",
    ),
    line(
        "triage.space.all",
        "space: all {of} were read, and no block of the lists is there",
        "spazio: letti tutti i {of}, nessun blocco delle liste vi si trova",
    ),
    line(
        "triage.space.none",
        "space: {read} of {of} were read, and no block of the lists is there; blocks lie in at most \
         {bytes} of the rest, with a confidence of {sure}",
        "spazio: letti {read} di {of}, nessun blocco delle liste vi si trova; nel resto ne contengono al massimo \
         {bytes}, con una confidenza del {sure}",
    ),
    line(
        "triage.space.met",
        "space: {read} of {of} were read; {n} files of the lists lie there, whole or in part",
        "spazio: letti {read} di {of}; vi si trovano {n} file delle liste, interi o in parte",
    ),
    line(
        "triage.space.soon",
        "space: too little of {of} was read to say anything",
        "spazio: letto troppo poco di {of} per dire qualcosa",
    ),
    line(
        "triage.space.failed",
        "space: {bytes} could not be read and count as unknown",
        "spazio: {bytes} non leggibili, contati come ignoti",
    ),
    line(
        "triage.space.alone",
        "space: {n} blocks were met alone, which names no file",
        "spazio: {n} blocchi trovati da soli, il che non indica alcun file",
    ),
    line(
        "triage.space.random",
        "space: {share} of what was read cannot be told from random bytes: encrypted, wiped or tightly packed",
        "spazio: il {share} di quanto letto non si distingue da byte casuali: cifrato, cancellato o molto compresso",
    ),
    line(
        "triage.no_space",
        "space: a folder has none of its own; a disk or an image has",
        "spazio: una cartella non ne ha; un disco o un'immagine sì",
    ),
    line(
        "triage.no_blocks",
        "space: no list has blocks, so only files that the file system still records were looked at",
        "spazio: nessuna lista ha blocchi, quindi sono stati esaminati solo i file che il file system ancora registra",
    ),
    line(
        "triage.silent",
        "nothing of this speaks of content that is not on the lists, was changed, or is encrypted",
        "nulla di ciò riguarda contenuti che non sono sulle liste, sono stati modificati o sono cifrati",
    ),
    line(
        "triage.seed",
        "the same samples again: --seed {seed}",
        "di nuovo gli stessi campioni: --seed {seed}",
    ),
    line(
        "triage.stopped",
        "stopped; what is said above holds for what was read",
        "interrotto; quanto detto sopra vale per ciò che è stato letto",
    ),
    line(
        "triage.over",
        "the {n} minutes are over; what is said above holds for what was read",
        "i {n} minuti sono trascorsi; quanto detto sopra vale per ciò che è stato letto",
    ),
    line(
        "triage.broken",
        "the reader died too often; what is said above holds for what was read",
        "il lettore si è interrotto troppe volte; quanto detto sopra vale per ciò che è stato letto",
    ),
    line(
        "triage.unread",
        "{n} more places could not be read; --json has up to a thousand",
        "altri {n} punti non leggibili; --json ne riporta fino a mille",
    ),
];
