//! The operation folder on disk, and the only writer of it: received files, record, tables, findings.
//!
//! What is received is written once. What is derived counts only when the record says so, and a record entry is
//! written last: a stop at any instant leaves the state before the act or the one after it. No clock is read here:
//! every act says when it was.
//!
//! ```text
//! operation.toml                               format, title, created
//! received/<sha256>                            files received, write-once
//! ledger/                                      the record: a log in tiles, without personal data
//! payloads/                                    who did what: the payloads of the log's entries
//! tables/<table>/<sha256>-<derivation>.parquet rows of one file received, sorted by the table's key
//! sealed/<table>/…                             rows that the authority of their import does not cover
//! findings/                                    what the analyses said last
//! grids/                                       tables turned on their side, to be looked at; made again when gone
//! anchors/<sha256>                             checkpoints handed out, and what others said of them
//! access/<year>/                               the access log: who consulted what, and why
//! lock                                         held by the one writer
//! unfinished/                                  files being written; cleared by the next writer
//! ```

mod error;

mod acts;
mod authority;
mod custody;
mod officers;

mod case;
mod checking;
mod folder;
mod state;

mod batch;
mod record;

mod access;
mod anchors;
mod erasure;

mod grids;
mod import;
mod receiving;
mod room;
mod shelf;
mod sort;
mod stored;
mod table_file;
mod writer;

pub use access::{Access, AccessLog};
pub use acts::{
    Acted, Analysis, Beside, Decision, DeclaredText, Import, Receipt, ReferralStep, Referred, TableFile,
};
pub use anchors::{AccessHead, AnchorKind, Anchored, Exported, HandedOut, Purged, checkpoint_in};
pub use authority::{Authority, AuthorityKind, Fate, Scope};
pub use case::{Basis, Case};
pub use checking::{Checked, Fault};
pub use custody::{Described, DigestKind, Erased, Handled, Handling, NotDone, Provenance, Step};
pub use error::{CaseError, disk_hint};
pub use grids::{Grids, Making};
pub use import::{Limits, Outcome, Progress, ToImport};
pub use officers::{Actor, Hours, NotAllowed, NotHours, Officer, Rules};
pub use receiving::{Received, ToReceive};
pub use record::{Act, Payload, Record};
pub use room::Room;
pub use shelf::FolderShelf;
pub use stored::Stored;
pub use writer::Writer;
