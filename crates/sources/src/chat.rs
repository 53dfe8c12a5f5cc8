//! What the readers of chats have in common: instants as applications count them, hashes of files that were sent, and
//! names of accounts, each filed once. It reads no bytes itself.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tutela_model::source::{Input, Refusal, Sink};
use tutela_model::tables::{Origin, OwnerKind, Problem, ProblemKind, Selector, SelectorKind, Stated};
use tutela_model::{Precision, Spot, Text, Time};

use crate::compression;
use crate::sqlite_file::{Database, Entry, Log, Row};

/// How the owner of a record that names nobody is written: whoever used the application that wrote it. It is nobody's
/// number, and that of two files is not one person.
pub(crate) const SELF: &str = "self";

/// The way from one file's records into rows.
pub(crate) struct Chats<'a> {
    pub sink: &'a mut dyn Sink,
    channel: &'static str,
    told: BTreeSet<String>,
    /// Identifiers that were filed.
    named: BTreeSet<(&'static str, &'static str, String, String)>,
}

impl<'a> Chats<'a> {
    pub fn new(channel: &'static str, sink: &'a mut dyn Sink) -> Self {
        Self { sink, channel, told: BTreeSet::new(), named: BTreeSet::new() }
    }

    /// The application, as tables hold it.
    pub fn channel(&self) -> Text {
        self.channel.into()
    }

    /// Files a problem unless one of that key was filed before.
    pub fn once(&mut self, key: &str, problem: Problem) -> Result<(), Refusal> {
        if self.told.insert(key.to_owned()) { self.sink.problem(problem) } else { Ok(()) }
    }

    /// Files an identifier of an account, once a file. False when there is none, or it was filed before.
    pub fn selector(
        &mut self,
        account: &str,
        kind: SelectorKind,
        value: Option<&str>,
        place: Spot,
    ) -> Result<bool, Refusal> {
        self.filed(account, kind, value, (Stated::Unknown, Origin::Stated), place)
    }

    /// As [`Chats::selector`], for what the owner of the device or the export wrote of somebody else: the name or number
    /// under which a contact was saved. Its user did not choose it.
    pub fn saved(
        &mut self,
        account: &str,
        kind: SelectorKind,
        value: Option<&str>,
        place: Spot,
    ) -> Result<bool, Refusal> {
        self.filed(account, kind, value, (Stated::Unknown, Origin::AddressBook), place)
    }

    /// As [`Chats::selector`], with what the record says of whether the identifier was checked.
    pub fn stated(
        &mut self,
        account: &str,
        kind: SelectorKind,
        value: Option<&str>,
        verified: Stated,
        place: Spot,
    ) -> Result<bool, Refusal> {
        self.filed(account, kind, value, (verified, Origin::Stated), place)
    }

    fn filed(
        &mut self,
        account: &str,
        kind: SelectorKind,
        value: Option<&str>,
        (verified, origin): (Stated, Origin),
        place: Spot,
    ) -> Result<bool, Refusal> {
        // `self` of two devices are two accounts: nothing is filed that would make them one.
        let is_named = !account.is_empty() && account != SELF;
        let value = value.map(str::trim).filter(|value| !value.is_empty() && is_named);
        // A name that is the account's own says nothing.
        let says_more = |value: &&str| kind != SelectorKind::Nickname || *value != account;
        let Some(value) = value.filter(says_more) else { return Ok(false) };
        if !self.named.insert((origin.word(), kind.word(), account.to_owned(), value.to_owned())) {
            return Ok(false);
        }
        let owner = format!("{}/{account}", self.channel).into();
        let (owner_kind, value) = (OwnerKind::Account, value.into());
        let row =
            Selector { owner_kind, owner, kind, value, from: None, until: None, verified, origin, place };
        self.sink.row(row.into())?;
        Ok(true)
    }

    /// Goes over the rows of a table of a database; a table that is not there has none.
    pub fn each_row<'d>(
        &mut self,
        database: &'d Database,
        table: &str,
        mut file: impl FnMut(&Row<'d>, &mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let Some(table) = database.table(table).filter(|table| !table.is_virtual()) else { return Ok(()) };
        let mut rows = database.rows(table);
        while let Some(entry) = rows.next()? {
            self.sink.record();
            match entry {
                Entry::Row(row) => {
                    if !row.is_sound() {
                        let expected = "text in the encoding of the database";
                        let problem =
                            Problem::new(ProblemKind::Encoding, row.place.clone(), "", expected, "");
                        self.sink.problem(problem.mend("what is no text shows as \u{fffd}"))?;
                    }
                    file(&row, self)?;
                }
                Entry::Flaw(problem) => self.sink.problem(*problem)?,
            }
        }
        Ok(())
    }
}

/// Ends a database of that many bytes.
pub(crate) fn finish(database: &Database, len: u64, sink: &mut dyn Sink) -> Result<(), Refusal> {
    sink.progress(len);
    let Some(problem) = database.not_looked_up() else { return Ok(()) };
    sink.record();
    sink.problem(problem)
}

/// Opens the database that a file is, with its write-ahead log where that came with it.
pub(crate) fn database(input: Input, sink: &mut dyn Sink) -> Result<Option<Database>, Refusal> {
    let mut input = match compression::seekable(input)? {
        Ok(input) => input,
        Err(problem) => {
            sink.record();
            sink.problem(problem)?;
            return Ok(None);
        }
    };
    let name = format!("{}-wal", input.name);
    let log = input.beside.iter().position(|file| file.name == name).map(|idx| input.beside.swap_remove(idx));
    let log = log.map(|log| Log { name: log.name, len: log.len, bytes: log.bytes });
    sink.progress(0);
    Database::open(input.bytes, input.len, log, sink)
}

/// How an application counts time.
#[derive(Clone, Copy)]
pub(crate) enum Since {
    /// Milliseconds since 1970. A whole second is taken for no finer than it: what a server stamps has no more.
    UnixMs,
    /// Seconds since 1970.
    UnixS,
}

impl Since {
    pub fn time(self, value: i64) -> Option<Time> {
        let (unit_us, precision) = match self {
            Self::UnixMs if value % 1000 != 0 => (1_000, Precision::Millisecond),
            Self::UnixMs => (1_000, Precision::Second),
            Self::UnixS => (1_000_000, Precision::Second),
        };
        // Nothing was written at the beginning of the count: it stands for no time at all.
        let at_us = Some(value).filter(|value| *value != 0)?.checked_mul(unit_us)?;
        Time::from_epoch_us(at_us, precision, &value.to_string()).ok()
    }
}

/// The problem of a record that has no time, and so cannot be a row.
pub(crate) fn no_time(place: Spot, column: &str, found: &str, text: Option<&str>) -> Problem {
    let found = text.map_or_else(|| found.to_owned(), |text| format!("{found}, of: {text}"));
    let expected = "an instant from 1970 to 2100";
    Problem::new(ProblemKind::BadValue, place, column, expected, &found)
        .mend("the record is no row, because nobody can say when it was")
}

/// The SHA-256 that an application wrote in base64, as tables hold it.
pub(crate) fn sha256_of_base64(said: &str) -> Option<Text> {
    let bytes = STANDARD.decode(said.trim()).ok().filter(|bytes| bytes.len() == 32)?;
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    let hex: String = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    Some(format!("sha256:{hex}").into())
}

/// The last part of a path or address.
pub(crate) fn last_part(path: &str) -> Option<Text> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.rsplit(['/', '\\']).next().filter(|name| !name.is_empty()).map(Text::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_no_finer_than_what_was_counted() {
        let said = |since: Since, value| {
            since.time(value).map_or_else(
                || "none".to_owned(),
                |time| format!("{time} {} {}", time.precision.word(), time.zone.word()),
            )
        };
        assert_eq!(said(Since::UnixMs, 1_772_395_200_250), "2026-03-01T20:00:00.25Z millisecond in_format");
        assert_eq!(said(Since::UnixMs, 1_772_395_200_000), "2026-03-01T20:00:00Z second in_format");
        assert_eq!(said(Since::UnixS, 1_772_395_200), "2026-03-01T20:00:00Z second in_format");
        for value in [0, -1, i64::MAX, i64::MIN] {
            assert_eq!(said(Since::UnixMs, value), "none", "{value}");
            assert_eq!(said(Since::UnixS, value), "none", "{value}");
        }
    }

    #[test]
    fn a_hash_in_base64_is_one_of_32_bytes_or_none() {
        let zeros = format!("{}=", "A".repeat(43));
        let expected = format!("sha256:{}", "0".repeat(64));
        assert_eq!(sha256_of_base64(&zeros).as_deref(), Some(expected.as_str()));
        assert_eq!(sha256_of_base64("AAAA"), None);
        assert_eq!(sha256_of_base64("not base64"), None);
    }

    #[test]
    fn a_name_is_the_last_part_of_a_path_or_address() {
        assert_eq!(last_part("Media/WhatsApp Images/a.jpg").as_deref(), Some("a.jpg"));
        assert_eq!(last_part("https://cdn.example.org/1/2/b.png?ex=1#x").as_deref(), Some("b.png"));
        assert_eq!(last_part("C:\\c.txt").as_deref(), Some("c.txt"));
        assert_eq!(last_part("d/"), None);
    }
}
