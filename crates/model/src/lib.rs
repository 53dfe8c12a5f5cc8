//! The words of a case, shared by every other crate: tables, place, time, addresses, problems, findings, leads.
//!
//! Nothing here reads a disk, a clock or a setting: a value that enters is the only thing that decides what leaves.

#[macro_use]
pub mod words;

pub mod address;
pub mod field;
pub mod form;
pub mod place;
pub mod time;
#[macro_use]
pub mod table;
pub mod tables;

pub mod aside;
pub mod shelf;
pub mod source;

pub mod finding;
pub mod phrase;
pub mod seeded;
pub mod strength;

pub use address::{Address, Prefix};
pub use aside::Aside;
pub use compact_str::CompactString as Text;
pub use finding::{Alternative, AlternativeState, Choice, Decisions, Finding, Findings, Lead, RowRef};
pub use phrase::{Catalogue, Lang, Phrase, Statement};
pub use place::{Digest, RowId, Spot};
pub use shelf::{Shelf, Shelved};
pub use source::{Declared, Input, Reader, Refusal, Sink};
pub use strength::Strength;
pub use table::{Row, Table, TableInfo, Tables};
pub use time::{Date, Precision, Time, Zone, ZoneKnown};
