//! Reads the rows of an SQLite database file, and nothing else of it: no statement in it is run, so that a database
//! made by somebody hostile has nothing to act with, and every row has its place in the file.
//!
//! It follows <https://www.sqlite.org/fileformat2.html>: sections 1.2 (header), 1.5 (freelist), 1.6 and 1.7 (b-trees),
//! 2.1 (records), 2.4 (tables without row numbers), 2.6 (schema) and 4 (write-ahead log). It writes nothing, repairs
//! nothing and reads no deleted row: what was deleted is in the free pages, of which it gives the number. A rollback
//! journal (section 3) beside the file is not read either. It holds a page or row at a time and some pages at hand;
//! every link, length and count in the file is checked before it is followed.

mod btree;
mod pages;
mod record;
mod schema;
mod tables;
mod wal;

use std::cell::Cell;
use std::io::{self, Read as _, SeekFrom};

use tutela_model::Spot;
use tutela_model::source::{Bytes, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

pub(crate) use self::btree::{Entry, Row, Rows};
use self::pages::{Pages, be_u32};
use self::record::TextEncoding;
pub(crate) use self::record::Value;
pub(crate) use self::schema::Column;
pub(crate) use self::tables::{Known, sweep};
use self::wal::Wal;

/// The first bytes of every database.
pub(crate) const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// The length of the header at the beginning of the first page.
const HEADER_BYTES: usize = 100;
/// The least bytes of a page that rows can use.
const MIN_USABLE: usize = 480;
/// The most tables that are told apart; applications have some hundred.
const MAX_TABLES: usize = 10_000;

/// A database.
pub(crate) struct Database {
    pages: Pages,
    encoding: TextEncoding,
    tables: Vec<Table>,
    /// Bytes of rows that may yet be looked up.
    look_up_bytes: Cell<u64>,
}

/// A table of a database.
#[derive(Debug)]
pub(crate) struct Table {
    pub name: String,
    /// Where the schema names it.
    pub place: Spot,
    pub columns: Vec<Column>,
    without_rowid: bool,
    /// The first page of its b-tree; 0 for a virtual table, which has none.
    root: u32,
}

impl Table {
    /// The column of that name, in any case of letters.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// A table that some module computes; it has no rows of its own.
    pub fn is_virtual(&self) -> bool {
        self.root == 0
    }
}

/// The beginning of a file as text to look for the names of its tables in, whichever encoding it has; none when it is no
/// database.
pub(crate) fn head_text(head: &[u8]) -> Option<String> {
    let rest = head.strip_prefix(&MAGIC[..])?;
    let bytes: Vec<u8> = rest.iter().copied().filter(|byte| *byte != 0).collect();
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What the header says.
struct Header {
    page_size: usize,
    reserved: usize,
    /// Whether committed pages may be in a write-ahead log beside the file.
    uses_wal: bool,
    encoding: TextEncoding,
    n_free: u32,
    /// Pages that the database has; none when the header is older than the file.
    n_pages: Option<u32>,
}

impl Header {
    fn read(bytes: &[u8; HEADER_BYTES]) -> Result<Self, Box<Problem>> {
        let flaw = |byte: u64, len: u64, expected: &str, found: &str| {
            let place = Spot::Byte { byte, len };
            let problem = Problem::new(ProblemKind::Malformed, place, "", expected, found);
            Err(Box::new(
                problem.mend("nothing of the file is read; look for an earlier copy or a backup of it"),
            ))
        };
        let said = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
        let page_size = if said == 1 { 65_536 } else { said };
        if !page_size.is_power_of_two() || page_size < 512 {
            return flaw(16, 2, "a page size that is a power of two from 512 to 65536", &said.to_string());
        }
        let reserved = usize::from(bytes[20]);
        if page_size - reserved < MIN_USABLE {
            let expected = format!("at most {} reserved bytes in a page", page_size - MIN_USABLE);
            return flaw(20, 1, &expected, &reserved.to_string());
        }
        let encoding = match be_u32(&bytes[56..]) {
            // A database in which nothing was ever written has not chosen yet.
            0 | 1 => TextEncoding::Utf8,
            2 => TextEncoding::Utf16Le,
            3 => TextEncoding::Utf16Be,
            other => return flaw(56, 4, "a text encoding: 1, 2 or 3", &other.to_string()),
        };
        let n_pages = be_u32(&bytes[28..]);
        let is_current = bytes[24..28] == bytes[92..96] && n_pages > 0;
        Ok(Self {
            page_size,
            reserved,
            uses_wal: bytes[18] == 2 || bytes[19] == 2,
            encoding,
            n_free: be_u32(&bytes[36..]),
            n_pages: is_current.then_some(n_pages),
        })
    }
}

/// A write-ahead log that was received with a database.
pub(crate) struct Log {
    pub name: String,
    pub len: u64,
    pub bytes: Box<dyn Bytes>,
}

impl Database {
    /// Opens a database, with its write-ahead log where that was received with it. None when nothing of it can be read;
    /// the sink has the problem then.
    pub fn open(
        mut bytes: Box<dyn Bytes>,
        len: u64,
        log: Option<Log>,
        sink: &mut dyn Sink,
    ) -> Result<Option<Self>, Refusal> {
        let mut head = [0; HEADER_BYTES];
        bytes.seek(SeekFrom::Start(0))?;
        let n_read = bytes.by_ref().take(HEADER_BYTES as u64).read(&mut head)?;
        if n_read < HEADER_BYTES || head[..16] != MAGIC[..] {
            let place = Spot::Byte { byte: 0, len: n_read as u64 };
            let found = String::from_utf8_lossy(&head[..n_read.min(16)]).into_owned();
            let expected = "the 100 bytes that an SQLite database begins with";
            let kind = if n_read < HEADER_BYTES { ProblemKind::Truncated } else { ProblemKind::Malformed };
            return alone(Problem::new(kind, place, "", expected, &found), sink);
        }
        let header = match Header::read(&head) {
            Ok(header) => header,
            Err(problem) => return alone(*problem, sink),
        };
        let mut database = Self {
            pages: Pages::new(bytes, len, header.page_size, header.reserved),
            encoding: header.encoding,
            tables: Vec::new(),
            look_up_bytes: Cell::new((256 << 20) + 64 * len),
        };
        database.told(&header, len, sink)?;
        database.apply(log, &header, sink)?;
        database.load(sink)?;
        Ok(Some(database))
    }

    /// Notes what the header says, and a file that is shorter than it says.
    fn told(&self, header: &Header, len: u64, sink: &mut dyn Sink) -> Result<(), Refusal> {
        sink.note("page size", &header.page_size.to_string());
        if header.n_free > 0 {
            let found = format!("{}; rows that were deleted into them are not read", header.n_free);
            sink.note("free pages", &found);
        }
        let said = u64::from(header.n_pages.unwrap_or(0)) * header.page_size as u64;
        if said > len {
            let expected = format!("a file of {said} bytes, as its header says");
            let place = Spot::Byte { byte: len, len: 1 };
            let problem = Problem::new(ProblemKind::Truncated, place, "", &expected, &len.to_string());
            sink.record();
            sink.problem(problem.mend("ask for the whole file; what is there is read"))?;
        }
        Ok(())
    }

    /// Lays the write-ahead log over the file, or says that there may be one.
    fn apply(&mut self, log: Option<Log>, header: &Header, sink: &mut dyn Sink) -> Result<(), Refusal> {
        let Some(log) = log else {
            if header.uses_wal {
                sink.note("write-ahead log", ABSENT);
            }
            return Ok(());
        };
        match Wal::read_all(log.bytes, log.len, header.page_size)? {
            Some(wal) => {
                let said = format!(
                    "{}: {} frames up to its last commit are applied to {} pages, {} after it are not",
                    log.name,
                    wal.n_committed,
                    wal.n_pages_changed(),
                    wal.n_after
                );
                sink.note("write-ahead log", &said);
                self.pages.lay_over(wal, &log.name);
                Ok(())
            }
            None => {
                let place = Spot::Byte { byte: 0, len: log.len.min(32) }.inside(&log.name);
                let expected = "the write-ahead log of this database";
                let problem = Problem::new(ProblemKind::Malformed, place, "", expected, "");
                sink.record();
                sink.problem(
                    problem.mend("the database is read without it: as it was at its last checkpoint"),
                )
            }
        }
    }

    /// Reads which tables there are.
    fn load(&mut self, sink: &mut dyn Sink) -> Result<(), Refusal> {
        let schema = Table {
            name: "sqlite_schema".to_owned(),
            place: Spot::Byte { byte: 0, len: HEADER_BYTES as u64 },
            columns: schema::made("CREATE TABLE s(type, name, tbl_name, rootpage, sql)")
                .expect("a table")
                .columns,
            without_rowid: false,
            root: 1,
        };
        let mut tables = Vec::new();
        let mut rows = self.rows(&schema);
        while let Some(entry) = rows.next()? {
            let row = match entry {
                Entry::Row(row) => row,
                Entry::Flaw(problem) => {
                    sink.record();
                    sink.problem(*problem)?;
                    continue;
                }
            };
            if row.text("type").as_deref() != Some("table") {
                continue;
            }
            match table(&row) {
                Ok(table) if tables.len() < MAX_TABLES => tables.push(table),
                unread => {
                    let expected = format!("at most {MAX_TABLES} tables");
                    let too_many =
                        || Problem::new(ProblemKind::TooLarge, row.place.clone(), "", &expected, "more");
                    sink.record();
                    sink.problem(unread.err().map_or_else(too_many, |problem| *problem))?;
                }
            }
        }
        drop(rows);
        self.tables = tables;
        Ok(())
    }

    /// All tables.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The table of that name, in any case of letters.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
    }

    /// The rows of a table, in the order of their numbers or key.
    pub fn rows<'d>(&'d self, table: &'d Table) -> Rows<'d> {
        Rows::new(self, table, true)
    }

    /// The places of the rows of a table, without their values.
    pub fn cells<'d>(&'d self, table: &'d Table) -> Rows<'d> {
        Rows::new(self, table, false)
    }

    /// The row of that number.
    pub fn find<'d>(&'d self, table: &'d Table, rowid: i64) -> io::Result<Option<Row<'d>>> {
        btree::find(self, table, rowid)
    }

    /// Takes from the bytes that may be looked up. A file in which a few rows claim to be very long, and many rows name
    /// them, would else be read for days.
    fn may_look_up(&self, n_bytes: usize) -> bool {
        let left = self.look_up_bytes.get().checked_sub(n_bytes as u64);
        self.look_up_bytes.set(left.unwrap_or(0));
        left.is_some()
    }

    /// The problem of a file in which not all rows could be looked up.
    pub fn not_looked_up(&self) -> Option<Problem> {
        let place = Spot::Byte { byte: 0, len: HEADER_BYTES as u64 };
        let expected = "rows that name others of an honest length";
        let problem = || {
            Problem::new(
                ProblemKind::TooLarge,
                place,
                "",
                expected,
                "rows that are looked up again and again",
            )
        };
        let mend = "some rows lack what other rows say of them: conversations, senders, instants";
        (self.look_up_bytes.get() == 0).then(|| problem().mend(mend))
    }

    /// How many rows each of these tables has without the write-ahead log and with it; none when there is no log.
    pub fn without_and_with_log(&mut self, names: &[&str]) -> io::Result<Option<String>> {
        let with = self.counts(names)?;
        let Some((wal, name)) = self.pages.lay_bare() else { return Ok(None) };
        let without = self.counts(names)?;
        self.pages.lay_over(wal, &name);
        let said = names.iter().zip(without.iter().zip(&with));
        let said = said.map(|(name, (without, with))| format!("{name} {without} and {with}"));
        Ok(Some(said.collect::<Vec<_>>().join(", ")))
    }

    fn counts(&self, names: &[&str]) -> io::Result<Vec<u64>> {
        names.iter().map(|name| self.table(name).map_or(Ok(0), |table| self.count(table))).collect()
    }

    /// How many rows a table has, as far as its pages can be read.
    pub fn count(&self, table: &Table) -> io::Result<u64> {
        let mut n_rows = 0;
        let mut cells = self.cells(table);
        while let Some(entry) = cells.next()? {
            n_rows += u64::from(matches!(entry, Entry::Row(_)));
        }
        Ok(n_rows)
    }
}

const ABSENT: &str = "not received: the database keeps one, and what was last written may be in a file of the same \
                      name with -wal behind it";

fn alone(problem: Problem, sink: &mut dyn Sink) -> Result<Option<Database>, Refusal> {
    sink.record();
    sink.problem(problem)?;
    Ok(None)
}

/// The table that a row of the schema names.
fn table(row: &Row<'_>) -> Result<Table, Box<Problem>> {
    let name = row.text("name").unwrap_or_default();
    let sql = row.text("sql").unwrap_or_default();
    let root = row.integer("rootpage").and_then(|root| u32::try_from(root).ok());
    let made = match (root, schema::made(&sql)) {
        (Some(0), _) => schema::Made { columns: Vec::new(), without_rowid: false },
        (Some(_), Some(made)) => made,
        _ => {
            let expected = "a statement that makes a table, and the page that it begins on";
            let problem = Problem::new(ProblemKind::Malformed, row.place.clone(), &name, expected, &sql);
            return Err(Box::new(problem.mend("the rows of this table are not read")));
        }
    };
    let root = root.unwrap_or(0);
    let place = row.place.clone();
    Ok(Table { name, place, columns: made.columns, without_rowid: made.without_rowid, root })
}

#[cfg(test)]
mod tests;
