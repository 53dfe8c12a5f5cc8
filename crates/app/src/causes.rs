//! Errors of the libraries in both languages, and how to mend them. No match here has a wildcard over variants of ours:
//! a further one has to be thought of.

use std::error::Error;
use std::io;

use tutela_case::{CaseError, Fault, NotAllowed, NotDone, disk_hint};
use tutela_engine::EngineError;
use tutela_ledger::entry::Flaw;
use tutela_ledger::key::BadKey;
use tutela_matchers::index::IndexError;
use tutela_matchers::lists::ReadError;
use tutela_matchers::near::list::file::BadList;
use tutela_model::source::OtherHeader;
use tutela_model::table::TablesError;
use tutela_model::time::NotAZone;
use tutela_model::{Phrase, Refusal, Statement};

use crate::talk::{line, path_text, phrase};

/// What went wrong, and how to mend it where there is a way to say so.
pub type Said = (Phrase, Option<Phrase>);

/// A library's error in the words of the catalogue; none for an error that only its own library knows.
pub fn said(cause: &(dyn Error + 'static)) -> Option<Said> {
    if let Some(error) = cause.downcast_ref::<CaseError>() {
        return Some(of_case(error));
    }
    if let Some(refusal) = cause.downcast_ref::<Refusal>() {
        return Some(of_refusal(refusal));
    }
    if let Some(TablesError { table, message, .. }) = cause.downcast_ref::<TablesError>() {
        let what = phrase!("table.damaged", table = *table, message = message.as_str());
        return Some((what, Some(phrase!("table.damaged.hint"))));
    }
    if let Some(Flaw { seq, place, expected, found }) = cause.downcast_ref::<Flaw>() {
        let (place, expected, found) = (place.as_str(), expected.as_str(), found.as_str());
        let what = phrase!("ledger.broken.at", seq = *seq, place = place, expected = expected, found = found);
        return Some((what, None));
    }
    if let Some(NotAZone(found)) = cause.downcast_ref::<NotAZone>() {
        return Some((phrase!("zone.none", found = found.as_str()), None));
    }
    if let Some(error) = cause.downcast_ref::<EngineError>() {
        return Some(of_engine(error));
    }
    if let Some(error) = cause.downcast_ref::<BadKey>() {
        return Some(of_key(*error));
    }
    if let Some(error) = cause.downcast_ref::<IndexError>() {
        return Some(of_list(error));
    }
    if let Some(error) = cause.downcast_ref::<ReadError>() {
        return Some(of_read(error));
    }
    if let Some(error) = cause.downcast_ref::<BadList>() {
        return Some(of_near(error));
    }
    let error = cause.downcast_ref::<io::Error>()?;
    // An error of another library may travel inside one of the system; it is told by itself.
    if let Some(inner) = error.get_ref().and_then(|inner| said(inner)) {
        return Some(inner);
    }
    let hint = disk_hint(error).map(|hint| phrase!("word", word = hint));
    Some((phrase!("word", word = error.to_string()), hint))
}

fn of_list(error: &IndexError) -> Said {
    match error {
        IndexError::Disk { act, path, source: _ } => {
            (phrase!("disk.cannot", act = *act, path = path_text(path)), None)
        }
        IndexError::NotAnIndex(path) => {
            (phrase!("lists.no_index", path = path_text(path)), Some(phrase!("lists.none.hint")))
        }
        IndexError::Perceptual(path) => (
            phrase!("lists.is_perceptual", path = path_text(path)),
            Some(phrase!("lists.is_perceptual.hint")),
        ),
        IndexError::OtherVersion { path, found } => (
            phrase!("lists.other_version", path = path_text(path), found = *found),
            Some(phrase!("lists.other_version.hint")),
        ),
        IndexError::Damaged { path, place, expected, found } => {
            let (place, expected, found) = (place.as_str(), expected.as_str(), found.as_str());
            let path = path_text(path);
            let what =
                phrase!("lists.damaged", path = path, place = place, expected = expected, found = found);
            (what, Some(phrase!("lists.altered.hint")))
        }
        IndexError::Exists(path) => {
            (phrase!("lists.exists", path = path_text(path)), Some(phrase!("lists.exists.hint")))
        }
        IndexError::TooMany { what, most } => {
            (phrase!("lists.many", what = *what, most = *most), Some(phrase!("lists.many.hint")))
        }
        IndexError::OtherScheme { said, given } => {
            let what = phrase!("lists.scheme", said = said.as_str(), given = given.as_str());
            (what, Some(phrase!("lists.scheme.hint")))
        }
        IndexError::OtherBlocks { known, other } => {
            (phrase!("lists.other_blocks", known = known.as_str(), other = other.as_str()), None)
        }
        IndexError::List { path, source: _ } => (phrase!("cannot.read", path = path_text(path)), None),
        IndexError::Stopped => (phrase!("stopped"), None),
    }
}

fn of_near(error: &BadList) -> Said {
    match error {
        BadList::NoList => (phrase!("lists.not_perceptual"), Some(phrase!("lists.not_perceptual.hint"))),
        BadList::Passphrase => (phrase!("lists.passphrase"), Some(phrase!("lists.passphrase.hint"))),
        BadList::Limit(found) => (phrase!("lists.near.limit", found = found.as_str()), None),
        BadList::Damaged(found) => {
            (phrase!("lists.near.damaged", found = found.as_str()), Some(phrase!("lists.altered.hint")))
        }
        BadList::Io(error) => {
            let hint = disk_hint(error).map(|hint| phrase!("word", word = hint));
            (phrase!("word", word = error.to_string()), hint)
        }
    }
}

fn of_read(error: &ReadError) -> Said {
    match error {
        ReadError::Disk(_) => (phrase!("refused.read"), None),
        ReadError::OtherLayout { layout, expected, found } => {
            let found = found.as_str();
            let what = phrase!("lists.other_layout", layout = *layout, expected = *expected, found = found);
            (what, Some(phrase!("lists.other_layout.hint")))
        }
        ReadError::BlockBytes => (phrase!("lists.block_bytes"), Some(phrase!("lists.block_bytes.hint"))),
        ReadError::Taken(error) => (phrase!("word", word = error.to_string()), None),
    }
}

fn of_case(error: &CaseError) -> Said {
    let ledger = || Some(phrase!("ledger.faults.hint"));
    match error {
        CaseError::Disk { act, path, source: _ } => {
            (phrase!("disk.cannot", act = *act, path = path_text(path)), None)
        }
        CaseError::TableFile { act, path, source: _ } => {
            (phrase!("disk.cannot.table", act = *act, path = path_text(path)), None)
        }
        CaseError::NoOperation(folder) => (
            phrase!("operation.none.above", folder = path_text(folder)),
            Some(phrase!("operation.none.above.hint")),
        ),
        CaseError::Exists(folder) => {
            (phrase!("init.exists", folder = path_text(folder)), Some(phrase!("init.exists.hint")))
        }
        CaseError::Form { path, expected, found } => {
            let (expected, found) = (expected.as_str(), found.as_str());
            let what = phrase!("form.unknown", path = path_text(path), expected = expected, found = found);
            (what, Some(phrase!("form.unknown.hint")))
        }
        CaseError::Broken(_) => (phrase!("ledger.broken"), Some(phrase!("ledger.broken.hint"))),
        CaseError::NoRandom(_) => (phrase!("system.random"), None),
        CaseError::Record(_) | CaseError::Entry(_) | CaseError::NotSigned(_) => {
            (phrase!("ledger.unfit"), None)
        }
        CaseError::Locked { owner, since, pid } => {
            let (owner, since, pid) = (owner.as_str(), since.as_str(), pid.as_str());
            (phrase!("locked", owner = owner, since = since, pid = pid), Some(phrase!("locked.hint")))
        }
        CaseError::NoBasis { authority, from, until, today } => {
            let (from, until, today) = (from.to_string(), until.to_string(), today.to_string());
            let basis = authority.as_str();
            let what = phrase!("basis.expired", basis = basis, from = from, until = until, today = today);
            (what, Some(phrase!("basis.expired.hint")))
        }
        CaseError::NotValidated { authority, last } => {
            let what = phrase!("authority.overdue", authority = authority.as_str(), last = last.to_string());
            (what, Some(phrase!("authority.overdue.hint", authority = authority.as_str())))
        }
        CaseError::Lapsed(authority) => (
            phrase!("authority.has_lapsed", authority = authority.as_str()),
            Some(phrase!("basis.expired.hint")),
        ),
        CaseError::UnknownBasis(basis) => {
            (phrase!("basis.unknown", basis = basis.as_str()), Some(phrase!("basis.unknown.hint")))
        }
        CaseError::Period { from, until } => {
            (phrase!("init.period", from = from.to_string(), until = until.to_string()), None)
        }
        CaseError::NotAllowed(why) => of_officers(why),
        CaseError::NotDone(why) => of_custody(why),
        CaseError::Refused { name, source: _ } => (phrase!("import.refused", name = name.as_str()), None),
        CaseError::Altered(Fault { path, expected, found }) => {
            let of_table = path.starts_with("tables/");
            let (path, expected, found) = (path.as_str(), expected.as_str(), found.as_str());
            let what = phrase!("stored.altered", path = path, expected = expected, found = found);
            (what, if of_table { Some(phrase!("table.damaged.hint")) } else { ledger() })
        }
        CaseError::Changed(path) => {
            (phrase!("file.changed", path = path_text(path)), Some(phrase!("file.changed.hint")))
        }
        CaseError::Together => (phrase!("import.together"), None),
        CaseError::Tables(TablesError { table, source_digest, message }) => {
            let (source, message) = (source_digest.to_string(), message.as_str());
            let what = phrase!("table.unreadable", table = *table, source = source, message = message);
            (what, Some(phrase!("table.damaged.hint")))
        }
    }
}

fn of_officers(why: &NotAllowed) -> Said {
    match why {
        NotAllowed::Unsigned => (phrase!("officer.unsigned"), Some(phrase!("officer.unsigned.hint"))),
        NotAllowed::UnknownKey(key) => {
            (phrase!("officer.stranger", key = key.to_string()), Some(phrase!("officer.stranger.hint")))
        }
        NotAllowed::KnownKey(key) => (phrase!("officer.known", key = key.to_string()), None),
        NotAllowed::Retired { key, reason } => {
            (phrase!("officer.no_more", key = key.to_string(), reason = reason.as_str()), None)
        }
        NotAllowed::NotAKey(found) => (phrase!("officer.no_public_key", found = found.as_str()), None),
        NotAllowed::SecondPerson(act) => {
            (phrase!("second.missing", act = act.as_str()), Some(phrase!("second.missing.hint")))
        }
        NotAllowed::SamePerson(name) => (phrase!("second.same", name = name.as_str()), None),
    }
}

fn of_custody(why: &NotDone) -> Said {
    match why {
        NotDone::NotErasable { seq, why: reason } => {
            (phrase!("erase.stays", seq = *seq, why = *reason), None)
        }
        NotDone::Custody { name, expected, found } => {
            let (name, expected, found) = (name.as_str(), expected.as_str(), found.as_str());
            (phrase!("custody.elsewhere", name = name, expected = expected, found = found), None)
        }
        NotDone::NoReason => (phrase!("access.reason"), Some(phrase!("access.reason.hint"))),
        NotDone::NoAccessLog(year) => (phrase!("access.none", year = i64::from(*year)), None),
        NotDone::StillKept(year) => (phrase!("access.written", year = i64::from(*year)), None),
        NotDone::NotAnAnchor(found) => {
            (phrase!("anchor.none", why = found.as_str()), Some(phrase!("stamp.other.hint")))
        }
        NotDone::NotReceived(file) => (phrase!("custody.not_received", file = file.hex()), None),
    }
}

fn of_refusal(refusal: &Refusal) -> Said {
    match refusal {
        Refusal::ZoneMissing { place, column, found } => {
            let (place, column, found) = (place.to_string(), column.as_str(), found.as_str());
            let what = phrase!("zone.missing", place = place, column = column, found = found);
            (what, Some(phrase!("zone.missing.hint")))
        }
        Refusal::NotThisFormat { expected, found } => {
            (phrase!("refused.form", expected = expected.as_str(), found = found.as_str()), None)
        }
        Refusal::OtherHeader(other) => other_header(other),
        Refusal::UnknownEncoding(label) => {
            (phrase!("refused.encoding", label = label.as_str()), Some(phrase!("refused.encoding.hint")))
        }
        Refusal::NoTable { name, tables } => (
            phrase!("refused.table", name = name.as_str()),
            Some(phrase!("refused.table.hint", tables = tables.clone())),
        ),
        Refusal::NoProfile(name) => {
            (phrase!("refused.profile", name = name.as_str()), Some(phrase!("refused.profile.hint")))
        }
        Refusal::Declared(said) => (phrase!("refused.declared", said = said.as_str()), None),
        Refusal::Read(_) => (phrase!("refused.read"), None),
        Refusal::Store(_) => (phrase!("refused.store"), None),
        Refusal::Stopped => (phrase!("refused.stopped"), None),
    }
}

fn of_engine(error: &EngineError) -> Said {
    match error {
        EngineError::NotBuilt => (phrase!("sql.feature"), Some(phrase!("sql.feature.hint"))),
        EngineError::NotAQuestion(said) => (phrase!("sql.question", said = said.as_str()), None),
        EngineError::Query(said) => (phrase!("sql.query", said = said.as_str()), None),
        EngineError::Memory(said) => {
            (phrase!("sql.memory"), Some(phrase!("sql.memory.hint", said = said.as_str())))
        }
        EngineError::Timeout(after) => {
            (phrase!("sql.timeout", seconds = after.as_secs()), Some(phrase!("sql.timeout.hint")))
        }
        EngineError::NoCluster => (phrase!("cluster.feature"), Some(phrase!("cluster.feature.hint"))),
        EngineError::NotThisMachine(address) => {
            (phrase!("cluster.address", address = address.to_string()), Some(phrase!("cluster.address.hint")))
        }
        EngineError::OtherProgram { worker, said, expected } => (
            phrase!(
                "cluster.other",
                worker = worker.to_string(),
                said = said.as_str(),
                expected = expected.as_str()
            ),
            Some(phrase!("cluster.other.hint")),
        ),
        EngineError::Cluster(said) => (phrase!("cluster.failed", said = said.as_str()), None),
        EngineError::NoWorker(lost) => {
            let lost: Vec<String> = lost.iter().map(ToString::to_string).collect();
            (phrase!("cluster.none", workers = lost.join(", ")), Some(phrase!("cluster.none.hint")))
        }
        EngineError::Failed(said) => (phrase!("sql.failed", said = said.as_str()), None),
    }
}

fn of_key(error: BadKey) -> Said {
    let what = match error {
        BadKey::Shape => phrase!("bad_key.shape"),
        BadKey::Name => phrase!("bad_key.name"),
        BadKey::Id => phrase!("bad_key.id"),
        BadKey::Algorithm => phrase!("bad_key.algorithm"),
        BadKey::Bytes => phrase!("bad_key.bytes"),
    };
    (what, Some(phrase!("bad_key.hint")))
}

fn other_header(other: &OtherHeader) -> Said {
    let (profile, missing) = (other.profile.as_str(), other.missing.clone());
    let what = match &other.found {
        Some((place, found)) => phrase!(
            "header.other",
            profile = profile,
            missing = missing,
            place = place.to_string(),
            found = found.as_str()
        ),
        None => phrase!("header.none", profile = profile, missing = missing),
    };
    let hint = match &other.fitting {
        Some(fitting) => phrase!("header.fitting", fitting = fitting.as_str()),
        None => phrase!("header.other.hint"),
    };
    (what, Some(hint))
}

/// Words that libraries and systems hand over in English, as `{…:library}` shows them. One that is not here is shown as
/// it came.
pub static WORDS: &[Statement] = &[
    // What was tried, of the store.
    line("library.write", "write", "scrivere"),
    line("library.read", "read", "leggere"),
    line("library.sort", "sort", "ordinare"),
    line("library.copy", "copy", "copiare"),
    line("library.remove", "remove", "rimuovere"),
    line("library.receive", "receive", "ricevere"),
    line("library.lock", "lock", "bloccare"),
    line("library.open the lock", "open the lock", "aprire il blocco"),
    line("library.open the record", "open the record", "aprire il registro"),
    line("library.read the record", "read the record", "leggere il registro"),
    line("library.write to the record", "write to the record", "scrivere nel registro"),
    line("library.create the file", "create the file", "creare il file"),
    line("library.create the folder", "create the folder", "creare la cartella"),
    line("library.clear the folder", "clear the folder", "svuotare la cartella"),
    line("library.find the folder", "find the folder", "trovare la cartella"),
    line("library.put the file in its place", "put the file in its place", "mettere il file al suo posto"),
    // Of lists of known files.
    line(
        "library.an object with the key value",
        "an object with the key value",
        "un oggetto con la chiave value",
    ),
    line(
        "library.the columns MD5 or SHA1, and Baseline, between semicolons",
        "the columns MD5 or SHA1, and Baseline, between semicolons",
        "le colonne MD5 o SHA1, e Baseline, separate da punto e virgola",
    ),
    line("library.the element queryResult", "the element queryResult", "l'elemento queryResult"),
    line(
        "library.the columns SHA-1, MD5 and SpecialCode",
        "the columns SHA-1, MD5 and SpecialCode",
        "le colonne SHA-1, MD5 e SpecialCode",
    ),
    line(
        "library.a table or view FILE or METADATA with sha1 and md5",
        "a table or view FILE or METADATA with sha1 and md5",
        "una tabella o vista FILE o METADATA con sha1 e md5",
    ),
    line("library.a table hashes with md5", "a table hashes with md5", "una tabella hashes con md5"),
    line(
        "library.HASH, a line end and the bytes ff 00",
        "HASH, a line end and the bytes ff 00",
        "HASH, una fine riga e i byte ff 00",
    ),
    line(
        "library.the columns hashset_id and hash",
        "the columns hashset_id and hash",
        "le colonne hashset_id e hash",
    ),
    line(
        "library.the column list and one of md5, sha1, sha256, ed2k",
        "the column list and one of md5, sha1, sha256, ed2k",
        "la colonna list e una fra md5, sha1, sha256, ed2k",
    ),
    line(
        "library.a line of at most a mebibyte",
        "a line of at most a mebibyte",
        "una riga di al massimo un mebibyte",
    ),
    line(
        "library.a hash of 32, 40 or 64 hexadecimal digits, alone or with a name",
        "a hash of 32, 40 or 64 hexadecimal digits, alone or with a name",
        "un hash di 32, 40 o 64 cifre esadecimali, da solo o con un nome",
    ),
    line(
        "library.an MD5 of 32 hexadecimal digits",
        "an MD5 of 32 hexadecimal digits",
        "un MD5 di 32 cifre esadecimali",
    ),
    line(
        "library.a SHA-1 of 40 hexadecimal digits",
        "a SHA-1 of 40 hexadecimal digits",
        "uno SHA-1 di 40 cifre esadecimali",
    ),
    line(
        "library.a SHA-256 of 64 hexadecimal digits",
        "a SHA-256 of 64 hexadecimal digits",
        "uno SHA-256 di 64 cifre esadecimali",
    ),
    line(
        "library.an eDonkey hash of 32 hexadecimal digits",
        "an eDonkey hash of 32 hexadecimal digits",
        "un hash eDonkey di 32 cifre esadecimali",
    ),
    line(
        "library.different sets of category, series and flags",
        "different sets of category, series and flags",
        "insiemi diversi di categoria, serie e indicatori",
    ),
    line("library.withdrawals by id", "withdrawals by id", "ritiri per identificativo"),
    line("library.entries of one hash", "entries of one hash", "voci di un solo hash"),
    line("library.entries", "entries", "voci"),
    line("library.files of blocks", "files of blocks", "file di blocchi"),
    line(
        "library.a manifest that ends the file",
        "a manifest that ends the file",
        "un manifesto che chiude il file",
    ),
    line("library.the SHA-256 at byte 32", "the SHA-256 at byte 32", "lo SHA-256 al byte 32"),
    line("library.rows within the file", "rows within the file", "righe entro il file"),
    line("library.something else", "something else", "altro"),
    // What was expected or found.
    line("library.no file", "no file", "nessun file"),
    line("library.text in UTF-8", "text in UTF-8", "testo in UTF-8"),
    line(
        "library.format, origin, title and created",
        "format, origin, title and created",
        "format, origin, title e created",
    ),
    line("library.a name in one line", "a name in one line", "un nome su una riga"),
    line("library.the entries of an operation", "the entries of an operation", "le voci di un'operazione"),
    line("library.no entry", "no entry", "nessuna voce"),
    line("library.the payloads of entries", "the payloads of entries", "i contenuti delle voci"),
    line("library.a line of text", "a line of text", "una riga di testo"),
    line(
        "library.a payload, its salt and its position",
        "a payload, its salt and its position",
        "un contenuto, il suo sale e la sua posizione",
    ),
    line(
        "library.the payload whose hash is in the entry",
        "the payload whose hash is in the entry",
        "il contenuto la cui impronta è nella voce",
    ),
    line(
        "library.act, time, officer and the particulars",
        "act, time, officer and the particulars",
        "atto, orario, ufficiale e particolari",
    ),
    line("library.a time in UTC", "a time in UTC", "un orario in UTC"),
    line(
        "library.an authority recorded before",
        "an authority recorded before",
        "un titolo registrato prima",
    ),
    line("library.one JSON object", "one JSON object", "un oggetto JSON"),
    line("library.a whole number", "a whole number", "un numero intero"),
    line("library.the hashes of its entries", "the hashes of its entries", "le impronte delle sue voci"),
    line("library.other hashes", "other hashes", "altre impronte"),
    line("library.the entries read before", "the entries read before", "le voci lette prima"),
    line("library.other entries", "other entries", "altre voci"),
    line(
        "library.an Excel workbook (XLSX)",
        "an Excel workbook (XLSX)",
        "una cartella di lavoro Excel (XLSX)",
    ),
    line("library.a file of another form", "a file of another form", "un file di altra forma"),
    // How to mend what was declared.
    line(
        "library.tutela profile guess FILE writes one",
        "tutela profile guess FILE writes one",
        "tutela profile guess FILE ne scrive uno",
    ),
    // How to mend what a disk refuses.
    line(
        "library.the disk is full: free some space and do it again",
        "the disk is full: free some space and do it again",
        "il disco è pieno: libera spazio e ripeti",
    ),
    line(
        "library.the system allows no file this large: raise the limit and do it again",
        "the system allows no file this large: raise the limit and do it again",
        "il sistema non ammette un file così grande: aumenta il limite e ripeti",
    ),
    line(
        "library.the disk can only be read: copy the folder to another one",
        "the disk can only be read: copy the folder to another one",
        "il disco è di sola lettura: copia la cartella su un altro",
    ),
    line(
        "library.this user has no right to it: check who owns the file or folder",
        "this user has no right to it: check who owns the file or folder",
        "questo utente non ne ha il diritto: controlla a chi appartiene il file o la cartella",
    ),
    // What systems say.
    line(
        "library.No such file or directory (os error 2)",
        "No such file or directory (os error 2)",
        "file o cartella inesistente (errore di sistema 2)",
    ),
    line(
        "library.Permission denied (os error 13)",
        "Permission denied (os error 13)",
        "permesso negato (errore di sistema 13)",
    ),
    line("library.entity not found", "entity not found", "file o cartella inesistente"),
    line("library.permission denied", "permission denied", "permesso negato"),
    line(
        "library.File exists (os error 17)",
        "File exists (os error 17)",
        "il file esiste già (errore di sistema 17)",
    ),
    line(
        "library.Not a directory (os error 20)",
        "Not a directory (os error 20)",
        "non è una cartella (errore di sistema 20)",
    ),
    line(
        "library.Is a directory (os error 21)",
        "Is a directory (os error 21)",
        "è una cartella (errore di sistema 21)",
    ),
    line(
        "library.File too large (os error 27)",
        "File too large (os error 27)",
        "file troppo grande (errore di sistema 27)",
    ),
    line(
        "library.No space left on device (os error 28)",
        "No space left on device (os error 28)",
        "spazio esaurito sul disco (errore di sistema 28)",
    ),
    line(
        "library.Read-only file system (os error 30)",
        "Read-only file system (os error 30)",
        "disco di sola lettura (errore di sistema 30)",
    ),
];

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use tutela_model::{Date, Digest, Lang, Spot};

    use super::*;
    use crate::talk;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn disk() -> io::Error {
        io::ErrorKind::PermissionDenied.into()
    }

    fn refusals() -> Vec<Refusal> {
        let text = || "x".to_owned();
        vec![
            Refusal::ZoneMissing { place: Spot::Line(1), column: text(), found: text() },
            Refusal::NotThisFormat { expected: text(), found: text() },
            Refusal::OtherHeader(Box::default()),
            Refusal::OtherHeader(Box::new(OtherHeader {
                found: Some((Spot::Line(1), text())),
                ..OtherHeader::default()
            })),
            Refusal::UnknownEncoding(text()),
            Refusal::NoTable { name: text(), tables: vec!["lease", "connection"] },
            Refusal::NoProfile(text()),
            Refusal::Declared(text()),
            Refusal::Read(disk()),
            Refusal::Store("x".into()),
            Refusal::Stopped,
        ]
    }

    fn case_errors() -> Vec<CaseError> {
        let (path, text) = (|| PathBuf::from("x"), || "x".to_owned());
        let (from, until) = (day("2026-01-01"), day("2026-02-01"));
        let broken = Flaw { seq: 1, place: text(), expected: text(), found: text() };
        let damaged = TablesError { table: "lease", source_digest: Digest::of(b"x"), message: text() };
        vec![
            CaseError::Disk { act: "write", path: path(), source: disk() },
            CaseError::TableFile { act: "sort", path: path(), source: "x".into() },
            CaseError::NoOperation(path()),
            CaseError::Exists(path()),
            CaseError::Form { path: path(), expected: text(), found: text() },
            CaseError::Broken(broken),
            CaseError::Locked { owner: text(), since: text(), pid: text() },
            CaseError::NoBasis { authority: text(), from, until, today: until },
            CaseError::NotValidated { authority: text(), last: until },
            CaseError::Lapsed(text()),
            CaseError::UnknownBasis(text()),
            CaseError::Period { from, until },
            CaseError::Refused { name: text(), source: Refusal::Stopped },
            CaseError::Altered(Fault { path: text(), expected: text(), found: text() }),
            CaseError::Changed(path()),
            CaseError::Together,
            CaseError::Tables(damaged),
        ]
    }

    fn list_errors() -> Vec<IndexError> {
        let (path, text) = (|| PathBuf::from("x"), || "x".to_owned());
        vec![
            IndexError::Disk { act: "write", path: path(), source: disk() },
            IndexError::NotAnIndex(path()),
            IndexError::Perceptual(path()),
            IndexError::OtherVersion { path: path(), found: 2 },
            IndexError::Damaged { path: path(), place: text(), expected: text(), found: text() },
            IndexError::Exists(path()),
            IndexError::TooMany { what: "entries", most: 2 },
            IndexError::OtherScheme { said: text(), given: text() },
            IndexError::OtherBlocks { known: text(), other: text() },
            IndexError::List { path: path(), source: ReadError::BlockBytes },
            IndexError::Stopped,
        ]
    }

    fn near_errors() -> Vec<BadList> {
        let text = || "x".to_owned();
        vec![BadList::NoList, BadList::Passphrase, BadList::Limit(text()), BadList::Damaged(text())]
    }

    fn read_errors() -> Vec<ReadError> {
        vec![
            ReadError::Disk(disk()),
            ReadError::OtherLayout { layout: "icse", expected: "something else", found: "x".to_owned() },
            ReadError::BlockBytes,
        ]
    }

    /// What officers read more of than the library says.
    const LONGER: &[&str] = &["zone.missing", "locked"];

    fn check(error: &(dyn Error + 'static)) {
        let (what, hint) = said(error).expect("it is in the catalogue");
        let [english, italian] = [Lang::En, Lang::It].map(|lang| talk::say(&what, lang));
        let library = error.to_string();
        let library = library.lines().next().expect("a line");
        assert!(english == library || LONGER.contains(&what.key.as_str()), "{english}: {library}");
        assert_ne!(english, italian);
        assert!(!english.contains('?') && !italian.contains('?'), "a value is missing: {italian}");
        if let Some(hint) = hint {
            assert_ne!(talk::say(&hint, Lang::En), talk::say(&hint, Lang::It));
        }
    }

    fn engine_errors() -> Vec<EngineError> {
        let text = || "x".to_owned();
        vec![
            EngineError::NotBuilt,
            EngineError::NotAQuestion(text()),
            EngineError::Query(text()),
            EngineError::Memory(text()),
            EngineError::Timeout(std::time::Duration::from_secs(1)),
            EngineError::Failed(text()),
        ]
    }

    #[test]
    fn errors_of_store_and_readers_are_said_in_both_languages_and_in_english_as_they_say_it() {
        case_errors().iter().for_each(|error| check(error));
        refusals().iter().for_each(|refusal| check(refusal));
        engine_errors().iter().for_each(|error| check(error));
        list_errors().iter().for_each(|error| check(error));
        near_errors().iter().for_each(|error| check(error));
        read_errors().iter().for_each(|error| check(error));
        let bad_keys = [BadKey::Shape, BadKey::Name, BadKey::Id, BadKey::Algorithm, BadKey::Bytes];
        bad_keys.iter().for_each(|error| check(error));
        check(&NotAZone("x".to_owned()));
        check(&Flaw { seq: 1, place: "x".to_owned(), expected: "x".to_owned(), found: "x".to_owned() });
        check(&disk());
    }

    #[test]
    fn what_the_store_tries_is_said_in_both_languages() {
        fn text_of(folder: &Path) -> String {
            let entries = std::fs::read_dir(folder).expect("the sources are there");
            let paths = entries.map(|entry| entry.expect("an entry").path());
            let text = |path: PathBuf| match path.is_dir() {
                true => text_of(&path),
                false => std::fs::read_to_string(path).expect("it is text"),
            };
            paths.map(text).collect()
        }
        let acts = |folder: &Path| -> Vec<String> {
            let sources = text_of(folder);
            let calls = [".disk(\"", ".table(\"", "act: \""];
            let acts = calls.iter().flat_map(|call| sources.split(call).skip(1));
            acts.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
        };
        let acts = acts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../case/src"));
        assert!(acts.len() > 20, "{acts:?}");
        for act in acts {
            let known = WORDS.iter().any(|word| word.key.strip_prefix("library.") == Some(&act));
            assert!(known, "no Italian for: {act}");
        }
    }

    #[test]
    fn a_word_of_a_library_is_shown_in_english_as_it_came() {
        for word in WORDS {
            assert_eq!(word.key.strip_prefix("library."), Some(word.en));
        }
    }
}
