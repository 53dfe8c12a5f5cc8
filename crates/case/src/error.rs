//! What can go wrong with an operation folder, in words that say where and how to mend it.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use tutela_ledger::NotCanonical;
use tutela_ledger::entry::{Flaw, NotWritten};
use tutela_ledger::note::NotSigned;
use tutela_model::Refusal;
use tutela_model::table::TablesError;

use crate::checking::Fault;
use crate::custody::NotDone;
use crate::officers::NotAllowed;

/// Why something could not be done with an operation. Nothing stored before is lost by any of them.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The disk refused.
    #[error("cannot {act}: {}", shown(path))]
    Disk {
        /// What was tried, as a verb.
        act: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A table file could not be written or read.
    #[error("cannot {act} the table file: {}", shown(path))]
    TableFile {
        /// What was tried, as a verb.
        act: &'static str,
        /// Where.
        path: PathBuf,
        /// What the store says.
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no operation here or above.
    #[error("no operation in this folder or above it: {}", shown(.0))]
    NoOperation(PathBuf),
    /// There is one already.
    #[error("there is an operation already in: {}", shown(.0))]
    Exists(PathBuf),
    /// The folder is of a form that this program does not know, or damaged.
    #[error("{}: expected {expected}, found: {found}", shown(path))]
    Form {
        /// The file.
        path: PathBuf,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
    /// The record is not as it was written: an integrity failure.
    #[error("the record of the operation is not as it was written")]
    Broken(#[from] Flaw),
    /// What should be recorded has no canonical form.
    #[error("this cannot be recorded")]
    Record(#[from] NotCanonical),
    /// What should be recorded is no entry: a fault of the program.
    #[error("this cannot be recorded")]
    Entry(#[from] NotWritten),
    /// The system has no random bytes for a salt.
    #[error("the system gives no random bytes")]
    NoRandom(#[from] getrandom::Error),
    /// Somebody else is writing.
    #[error("the operation is in use by {owner} (process {pid}) since: {since}")]
    Locked {
        /// Who.
        owner: String,
        /// Since when, RFC 3339 in UTC.
        since: String,
        /// The process.
        pid: String,
    },
    /// The authority does not cover the day.
    #[error("authority {authority} is valid from {from} to {until}, not on: {today}")]
    NoBasis {
        /// Its id.
        authority: String,
        /// First day.
        from: Date,
        /// Last day.
        until: Date,
        /// The day that it should cover.
        today: Date,
    },
    /// The authority was not validated in time.
    #[error("authority {authority} had to be validated by {last}, and no validation is recorded")]
    NotValidated {
        /// Its id.
        authority: String,
        /// The last day for it.
        last: Date,
    },
    /// The authority has lapsed.
    #[error("authority {0} has lapsed")]
    Lapsed(String),
    /// No authority of that id.
    #[error("no authority of this id: {0}")]
    UnknownBasis(String),
    /// An authority that ends before it begins.
    #[error("the authority ends before it begins: {from} to {until}")]
    Period {
        /// First day.
        from: Date,
        /// Last day.
        until: Date,
    },
    /// Whoever acts may not, or not alone.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
    /// An exhibit, an entry, a log or an anchor with which this cannot be done.
    #[error(transparent)]
    NotDone(#[from] NotDone),
    /// A note that was not signed: a fault of the program.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    /// The reader does not read the file, or not to its end.
    #[error("{} is not imported", one_line(name))]
    Refused {
        /// The file's name as received.
        name: String,
        /// Why.
        source: Refusal,
    },
    /// A stored file is missing or altered: an integrity failure.
    #[error("{} is not as it was written: expected {}, found: {}", shown(Path::new(&.0.path)), .0.expected, .0.found)]
    Altered(Fault),
    /// The file was written to while it was copied, so the copy is of no one moment.
    #[error("the file changed while it was copied: {}", shown(.0))]
    Changed(PathBuf),
    /// Another file of the same group failed, so this one was not recorded either.
    #[error("not recorded, because the file before it could not be")]
    Together,
    /// A stored table could not be read.
    #[error(transparent)]
    Tables(#[from] TablesError),
}

/// A path in one line: a name may hold line ends, and what follows one would pass for a line of the message.
fn shown(path: &Path) -> String {
    one_line(&path.to_string_lossy())
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.into() }).collect()
}

/// How to mend what a disk refuses, where there is a way to say so.
#[must_use]
pub fn disk_hint(error: &io::Error) -> Option<&'static str> {
    use io::ErrorKind as Kind;
    Some(match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded => "the disk is full: free some space and do it again",
        Kind::FileTooLarge => "the system allows no file this large: raise the limit and do it again",
        Kind::ReadOnlyFilesystem => "the disk can only be read: copy the folder to another one",
        Kind::PermissionDenied => "this user has no right to it: check who owns the file or folder",
        _ => return None,
    })
}

/// Says what was tried where, when the disk refuses.
pub(crate) trait OnDisk<T> {
    fn disk(self, act: &'static str, path: &Path) -> Result<T, CaseError>;
}

impl<T> OnDisk<T> for io::Result<T> {
    fn disk(self, act: &'static str, path: &Path) -> Result<T, CaseError> {
        self.map_err(|source| CaseError::Disk { act, path: path.to_owned(), source })
    }
}

/// Says which table file it was, when the store refuses.
pub(crate) trait OnTable<T> {
    fn table(self, act: &'static str, path: &Path) -> Result<T, CaseError>;
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> OnTable<T> for Result<T, E> {
    fn table(self, act: &'static str, path: &Path) -> Result<T, CaseError> {
        self.map_err(|source| CaseError::TableFile { act, path: path.to_owned(), source: source.into() })
    }
}
