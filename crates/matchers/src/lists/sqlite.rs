//! Lists that are SQLite databases: NSRL's reference data set of version 3, and the `.kdb` of the Sleuth Kit and Autopsy.
//!
//! ```text
//! NSRL 3   FILE, a view over METADATA or a table: sha256, sha1, md5 in hexadecimal digits, file_size
//! kdb      db_properties("Schema Version" = 1); hashes(md5, sha1, sha2_256) in bytes
//! ```
//!
//! A database is foreign code too: its views are queries. It is opened for reading only, as a file that does not change,
//! with nothing of its schema trusted, and no query may take more steps than a list of its size needs. A write-ahead log
//! beside the file is not read, and that is said.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use tutela_model::Spot;

use super::gather::{Gathered, expected};
use super::record::{Kind, Problem, Take};
use super::{Layout, ReadError};

/// What an SQLite database begins with.
pub const MARK: &[u8] = b"SQLite format 3\0";
/// Steps of SQLite's machine between two looks at how many there were.
const STEPS_AT_ONCE: i32 = 10_000;
/// Steps that a query may take for each byte of the database; a row of NSRL has more than a hundred bytes and takes some
/// thirty. And steps that any query may take.
const STEPS_PER_BYTE: u64 = 4;
const STEPS_FREE: u64 = 10_000_000;
/// The most bytes of a value or a row.
const LONGEST_VALUE: i32 = 1 << 20;

/// Reads a list.
pub fn read(path: &Path, layout: Layout, take: &mut dyn Take) -> Result<(), ReadError> {
    let log = path.with_file_name(format!("{}-wal", path.file_name().unwrap_or_default().to_string_lossy()));
    if log.metadata().is_ok_and(|log| log.len() > 0) {
        let found = b"a file of the same name that ends in -wal, which is not read";
        take.problem(Problem::part(Spot::Record(0), "a database without a log of changes beside it", found))?;
    }
    let opened = open(path);
    let (db, wanted) = match (opened, layout) {
        (Ok(db), Layout::Kdb) => (db, Wanted::KDB),
        (Ok(db), _) => (db, Wanted::NSRL),
        (Err(error), _) => return broken(0, &error, take),
    };
    let Some(table) = wanted.table(&db) else {
        return Err(ReadError::OtherLayout {
            layout: layout.word(),
            expected: wanted.said,
            found: tables(&db).join(", "),
        });
    };
    if layout == Layout::Kdb {
        version(&db, take)?;
    }
    rows(&db, table, &wanted, take)
}

/// The layout of a database, by the tables and views that it has.
pub fn recognise(path: &Path) -> Option<Layout> {
    let db = open(path).ok()?;
    let names = tables(&db);
    if names.iter().any(|name| name == "db_properties") && Wanted::KDB.table(&db).is_some() {
        return Some(Layout::Kdb);
    }
    Wanted::NSRL.table(&db).map(|_| Layout::NsrlSqlite)
}

/// The table and columns of a layout.
struct Wanted {
    tables: &'static [&'static str],
    hashes: &'static [(Kind, &'static str)],
    size: Option<&'static str>,
    said: &'static str,
}

impl Wanted {
    const NSRL: Self = Self {
        tables: &["FILE", "METADATA"],
        hashes: &[(Kind::Sha256, "sha256"), (Kind::Sha1, "sha1"), (Kind::Md5, "md5")],
        size: Some("file_size"),
        said: "a table or view FILE or METADATA with sha1 and md5",
    };
    const KDB: Self = Self {
        tables: &["hashes"],
        hashes: &[(Kind::Md5, "md5"), (Kind::Sha1, "sha1"), (Kind::Sha256, "sha2_256")],
        size: None,
        said: "a table hashes with md5",
    };

    /// The first of the tables that has one of the hashes.
    fn table(&self, db: &Connection) -> Option<&'static str> {
        let has = |table: &&&str| self.hashes.iter().any(|(_, column)| has_column(db, table, column));
        self.tables.iter().find(has).copied()
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(uri(path), flags)?;
    db.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
    db.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    db.execute_batch("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA query_only=ON;")?;
    let bytes = path.metadata().map_or(0, |found| found.len());
    let most = STEPS_FREE.saturating_add(bytes.saturating_mul(STEPS_PER_BYTE));
    let steps = Arc::new(AtomicU64::new(0));
    db.progress_handler(
        STEPS_AT_ONCE,
        Some(move || steps.fetch_add(STEPS_AT_ONCE as u64, Ordering::Relaxed) > most),
    )?;
    Ok(db)
}

/// The path as SQLite takes it with options: as a file that nobody changes.
fn uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                uri.push(char::from(*byte))
            }
            _ => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri + "?mode=ro&immutable=1"
}

fn tables(db: &Connection) -> Vec<String> {
    let names = || -> rusqlite::Result<BTreeSet<String>> {
        let mut statement =
            db.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') LIMIT 100")?;
        statement.query_map([], |row| row.get(0))?.collect()
    };
    names().unwrap_or_default().into_iter().collect()
}

/// Whether a table has a column. Asked one by one: the library takes the names of a statement's columns for UTF-8, and
/// those of a hostile schema need not be.
fn has_column(db: &Connection, table: &str, column: &str) -> bool {
    db.prepare(&format!("SELECT t.{column} FROM \"{table}\" AS t LIMIT 0")).is_ok()
}

fn version(db: &Connection, take: &mut dyn Take) -> Result<(), ReadError> {
    let said: rusqlite::Result<String> = db.query_row(
        "SELECT CAST(value AS TEXT) FROM db_properties WHERE name = 'Schema Version'",
        [],
        |row| row.get(0),
    );
    match said {
        Ok(said) if said == "1" => Ok(()),
        said => {
            let found = said.unwrap_or_else(|error| error.to_string());
            take.problem(Problem::part(Spot::Record(0), "schema version 1", found.as_bytes()))
        }
    }
}

fn rows(db: &Connection, table: &str, wanted: &Wanted, take: &mut dyn Take) -> Result<(), ReadError> {
    let mut number = 0;
    let names = wanted.hashes.iter().map(|(_, name)| Some(*name)).chain([wanted.size]);
    let selected: Vec<String> = names
        .map(|name| match name.filter(|name| has_column(db, table, name)) {
            Some(name) => format!("t.{name}"),
            None => "NULL".to_owned(),
        })
        .collect();
    let query = format!("SELECT {} FROM \"{table}\" AS t", selected.join(", "));
    let mut statement = match db.prepare(&query) {
        Ok(statement) => statement,
        Err(error) => return broken(number, &error, take),
    };
    let mut rows = match statement.query([]) {
        Ok(rows) => rows,
        Err(error) => return broken(number, &error, take),
    };
    let mut gathered = Gathered::default();
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => return Ok(()),
            Err(error) => return broken(number, &error, take),
        };
        number += 1;
        let spot = || Spot::Record(number);
        for (at, (kind, _)) in wanted.hashes.iter().enumerate() {
            match row.get_ref(at) {
                Ok(ValueRef::Null) => {}
                Ok(ValueRef::Text(digits)) => gathered.hash(*kind, digits, spot),
                Ok(ValueRef::Blob(bytes)) if !bytes.is_empty() => gathered.bytes(*kind, bytes, spot),
                Ok(ValueRef::Blob(_)) => {}
                _ => gathered.wrong(spot(), expected(*kind), b"a number"),
            }
        }
        match row.get_ref(wanted.hashes.len()) {
            Ok(ValueRef::Integer(size)) => gathered.size(size.to_string().as_bytes(), spot),
            Ok(ValueRef::Text(digits)) => gathered.size(digits, spot),
            _ => {}
        }
        gathered.hand_over(take)?;
    }
}

/// Where a database cannot be read any further, the rest of it is one problem.
fn broken(rows: u64, error: &rusqlite::Error, take: &mut dyn Take) -> Result<(), ReadError> {
    let found = match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::OperationInterrupted) => {
            "a query that takes more steps than a list of this size needs".to_owned()
        }
        _ => error.to_string(),
    };
    take.problem(Problem::lost(Spot::Record(rows + 1), "the rest of the database", found.as_bytes()))
}
