//! What the program says while it hashes files.

use tutela_model::Statement;

use super::line;

/// The sentences.
pub static HASHING: &[Statement] = &[
    line(
        "hash.hashdeep",
        "hashdeep's form has no column for ed2k or AICH",
        "la forma di hashdeep non ha colonne per ed2k o AICH",
    ),
    line(
        "hash.inside",
        "this would be written into a folder that is to be read: {path}",
        "si scriverebbe in una cartella da leggere: {path}",
    ),
    line(
        "hash.inside.hint",
        "nothing is written to what is read; name a file elsewhere",
        "non si scrive nulla in quanto si legge; indica un file altrove",
    ),
    line(
        "hash.kernels.failed",
        "the inner loops for {name} gave wrong digests on this machine and are not used; slower ones are",
        "i cicli interni per {name} hanno dato impronte errate su questa macchina e non si usano; se ne usano di più lenti",
    ),
    line(
        "hash.resumed",
        "{n} of {of} files are noted and unchanged",
        "{n} file su {of} sono annotati e invariati",
    ),
    line(
        "hash.resume.others",
        "the file notes other hashes than those wanted: {path}",
        "il file annota impronte diverse da quelle richieste: {path}",
    ),
    line(
        "hash.resume.none",
        "not a file that notes digests: {path}",
        "non è un file che annota impronte: {path}",
    ),
    line("hash.resume.hint", "name another file with --resume", "indica un altro file con --resume"),
    line(
        "hash.disk.spins",
        "{path} lies on a disk that says it spins ({disk}): one file is read after the other",
        "{path} è su un disco che si dichiara rotante ({disk}): si legge un file dopo l'altro",
    ),
    line(
        "hash.disk.still",
        "{path} lies on a disk that does not spin ({disk}): many files are read at once",
        "{path} è su un disco che non ruota ({disk}): si leggono molti file insieme",
    ),
    line(
        "hash.disk.unknown",
        "the system does not say what disk {path} lies on: many files are read at once",
        "il sistema non dice su quale disco si trova {path}: si leggono molti file insieme",
    ),
    line("hash.passed", "passed over, a {kind}: {path}", "tralasciato, un {kind}: {path}"),
    line(
        "hash.passed.all",
        "passed over in all, of the kind {kind}: {n}",
        "tralasciati in tutto, del tipo {kind}: {n}",
    ),
    line(
        "hash.unread",
        "not hashed, the reading ended after {bytes} bytes: {path}: {why}",
        "non calcolato, la lettura si è interrotta dopo {bytes} byte: {path}: {why}",
    ),
    line(
        "hash.changed",
        "not hashed, the file changed while it was read: {path}",
        "non calcolato, il file è cambiato durante la lettura: {path}",
    ),
    line(
        "hash.unread.all",
        "files and folders that were not hashed: {n}",
        "file e cartelle non calcolati: {n}",
    ),
    line(
        "hash.done",
        "{n} files, {megabytes} MB: {rate} MB/s, {files} files/s ({kernels})",
        "{n} file, {megabytes} MB: {rate} MB/s, {files} file/s ({kernels})",
    ),
    line("progress.files", "{n} files, {rate}/s", "{n} file, {rate}/s"),
];
