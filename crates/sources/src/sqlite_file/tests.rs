//! The reader held against SQLite itself, and against damage.
#![expect(clippy::disallowed_methods, reason = "SQLite writes its databases to a disk")]

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value as Theirs;
use tutela_model::Row as AnyRow;

use super::*;

/// Takes problems and notes.
#[derive(Default)]
struct Told(Vec<String>);

impl Sink for Told {
    fn record(&mut self) {}
    fn row(&mut self, row: AnyRow) -> Result<(), Refusal> {
        if let AnyRow::Problem(problem) = row {
            self.0.push(format!("{} {} {}", problem.kind.word(), problem.place, problem.expected));
        }
        Ok(())
    }
    fn skip(&mut self, place: &Spot, reason: &'static str) {
        self.0.push(format!("skip {place} {reason}"));
    }
    fn note(&mut self, key: &'static str, value: &str) {
        self.0.push(format!("{key}: {value}"));
    }
    fn progress(&mut self, _: u64) {}
}

fn open(bytes: &[u8], log: Option<&[u8]>) -> (Option<Database>, Vec<String>) {
    let mut told = Told::default();
    let log = log.map(|bytes| Log {
        name: "a.db-wal".to_owned(),
        len: bytes.len() as u64,
        bytes: Box::new(Cursor::new(bytes.to_vec())),
    });
    let database = Database::open(Box::new(Cursor::new(bytes.to_vec())), bytes.len() as u64, log, &mut told);
    (database.expect("memory can be read"), told.0)
}

fn ours(value: &Value<'_>) -> Theirs {
    match value {
        Value::Null => Theirs::Null,
        Value::Integer(value) => Theirs::Integer(*value),
        Value::Real(value) => Theirs::Real(*value),
        Value::Text(text) => Theirs::Text(text.to_string()),
        Value::Blob(bytes) => Theirs::Blob(bytes.to_vec()),
    }
}

/// All rows of a table, each with its number, as we read them; flaws as texts.
fn rows_of(database: &Database, table: &Table) -> (Vec<(i64, Vec<Theirs>)>, Vec<String>) {
    let (mut found, mut flaws) = (Vec::new(), Vec::new());
    let mut rows = database.rows(table);
    while let Some(entry) = rows.next().expect("memory can be read") {
        match entry {
            Entry::Row(row) => {
                found.push((row.rowid, table.columns.iter().map(|it| ours(&row.of(it))).collect()))
            }
            Entry::Flaw(problem) => {
                flaws.push(format!("{} {} {}", problem.kind.word(), problem.place, problem.expected))
            }
        }
    }
    (found, flaws)
}

/// All rows of a table as SQLite reads them.
fn theirs(connection: &Connection, table: &Table) -> Vec<(i64, Vec<Theirs>)> {
    let n_columns = table.columns.len();
    let is_computed = |idx: usize| table.columns[idx - 1].stored.is_none();
    let sql = if table.without_rowid {
        format!("SELECT 0, * FROM {}", table.name)
    } else {
        format!("SELECT rowid, * FROM {} ORDER BY rowid", table.name)
    };
    let mut statement = connection.prepare(&sql).expect("a question");
    let rows = statement.query_map([], |row| {
        let values: Result<Vec<Theirs>, _> = (1..=n_columns)
            // What is computed is stored nowhere, and nothing of the database is run.
            .map(|idx| if is_computed(idx) { Ok(Theirs::Null) } else { row.get(idx) })
            .collect();
        Ok((row.get(0)?, values?))
    });
    rows.expect("an answer").map(|row| row.expect("a row")).collect()
}

/// What a made-up database has.
#[derive(Clone, Debug)]
struct Plan {
    page_size: u32,
    encoding: &'static str,
    vacuum: bool,
    auto_vacuum: u8,
    wal: bool,
    tables: Vec<Made>,
}

#[derive(Clone, Debug)]
struct Made {
    form: usize,
    rows: Vec<Vec<Theirs>>,
    deleted_every: usize,
    added: bool,
}

/// Statements for tables of three columns a, b, c and, in some, more.
const FORMS: &[&str] = &[
    "(a, b, c)",
    "(a INTEGER PRIMARY KEY, b TEXT, c REAL)",
    "(a INT PRIMARY KEY, b DOUBLE, c BLOB, UNIQUE(b, c))",
    "(a, b, c, PRIMARY KEY(b, a, c)) WITHOUT ROWID",
    "(\"a\" TEXT COLLATE NOCASE /* x, y */, [b] NUMERIC DEFAULT (1+2), `c` VARCHAR(20) NOT NULL DEFAULT 'it''s, (')",
    "(a, v AS (a || ')') VIRTUAL, b, c, s INTEGER AS (1) STORED)",
];

fn value() -> impl Strategy<Value = Theirs> {
    prop_oneof![
        Just(Theirs::Null),
        any::<i64>().prop_map(Theirs::Integer),
        (-200..200_i64).prop_map(Theirs::Integer),
        any::<i32>().prop_map(|value| Theirs::Real(f64::from(value) / 8.0)),
        "[a-zà-ü€😀 ]{0,40}".prop_map(Theirs::Text),
        (0..9000_usize, "[a-z€]").prop_map(|(n, c)| Theirs::Text(c.repeat(n))),
        proptest::collection::vec(any::<u8>(), 0..300).prop_map(Theirs::Blob),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    let made = (
        0..FORMS.len(),
        proptest::collection::vec(proptest::collection::vec(value(), 3), 0..60),
        prop_oneof![Just(0_usize), 1..4_usize],
        any::<bool>(),
    )
        .prop_map(|(form, rows, deleted_every, added)| Made { form, rows, deleted_every, added });
    (
        prop_oneof![Just(512), Just(1024), Just(4096), Just(32_768), Just(65_536)],
        prop_oneof![Just("UTF-8"), Just("UTF-16le"), Just("UTF-16be")],
        any::<bool>(),
        0..3_u8,
        any::<bool>(),
        proptest::collection::vec(made, 1..4),
    )
        .prop_map(|(page_size, encoding, vacuum, auto_vacuum, wal, tables)| Plan {
            page_size,
            encoding,
            vacuum,
            auto_vacuum,
            wal,
            tables,
        })
}

/// Writes the database, and hands back the connection, which keeps a write-ahead log from being taken in.
fn write(plan: &Plan, path: &Path) -> Connection {
    let connection = Connection::open(path).expect("a database");
    let set = format!(
        "PRAGMA synchronous=OFF; PRAGMA page_size={}; PRAGMA encoding='{}'; PRAGMA auto_vacuum={};",
        plan.page_size, plan.encoding, plan.auto_vacuum
    );
    connection.execute_batch(&set).expect("settings");
    for (idx, made) in plan.tables.iter().enumerate() {
        connection.execute_batch(&format!("CREATE TABLE t{idx}{}", FORMS[made.form])).expect("a table");
        if plan.wal && idx + 1 == plan.tables.len() {
            connection
                .execute_batch("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;")
                .expect("a write-ahead log");
        }
        let insert = format!("INSERT OR IGNORE INTO t{idx}(a, b, c) VALUES(?1, ?2, ?3)");
        for (row_idx, row) in made.rows.iter().enumerate() {
            if made.added && row_idx == made.rows.len() / 2 {
                let add = format!("ALTER TABLE t{idx} ADD COLUMN d TEXT DEFAULT 'late'");
                connection.execute_batch(&add).expect("a column");
            }
            // What a table's own rules refuse is not in it.
            let _ = connection.execute(&insert, rusqlite::params_from_iter(row));
        }
        if made.deleted_every > 0 {
            let key = if FORMS[made.form].contains("WITHOUT") { "length(a)" } else { "rowid" };
            let delete = format!("DELETE FROM t{idx} WHERE {key} % {} = 0", made.deleted_every + 1);
            connection.execute_batch(&delete).expect("rows are deleted");
        }
    }
    if plan.vacuum && !plan.wal {
        connection.execute_batch("VACUUM").expect("a tidy database");
    }
    connection
}

fn sorted(mut rows: Vec<(i64, Vec<Theirs>)>) -> Vec<String> {
    let mut said: Vec<String> = rows.drain(..).map(|row| format!("{row:?}")).collect();
    said.sort();
    said
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn every_row_of_every_database_is_read_as_sqlite_reads_it(plan in plan()) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.db");
        let connection = write(&plan, &path);
        let bytes = fs::read(&path).expect("the database");
        let log = fs::read(folder.path().join("a.db-wal")).ok();
        let (database, told) = open(&bytes, log.as_deref());
        let database = database.expect("it opens");
        prop_assert!(told.iter().all(|line| line.starts_with("page size") || line.starts_with("free pages")
            || line.starts_with("write-ahead log")), "{told:?}");
        for idx in 0..plan.tables.len() {
            let table = database.table(&format!("t{idx}")).expect("a table");
            let (rows, flaws) = rows_of(&database, table);
            prop_assert_eq!(&flaws, &Vec::<String>::new());
            let expected = theirs(&connection, table);
            prop_assert_eq!(database.count(table).expect("memory"), expected.len() as u64);
            if !table.without_rowid {
                for (rowid, values) in &expected {
                    let found = database.find(table, *rowid).expect("memory").expect("a row");
                    let found: Vec<Theirs> = table.columns.iter().map(|it| ours(&found.of(it))).collect();
                    prop_assert_eq!(&found, values);
                }
            }
            prop_assert_eq!(sorted(rows), sorted(expected));
        }
    }

    #[test]
    fn no_damage_makes_reading_panic_or_go_on_for_ever(
        seed in 0..4_usize,
        damage in proptest::collection::vec((any::<u32>(), any::<u8>()), 1..40),
        cut in any::<u16>(),
    ) {
        let mut bytes = BASES[seed].clone();
        let (len, schema) = (bytes.len(), 4096.min(bytes.len()));
        for (idx, (at, value)) in damage.iter().enumerate() {
            // Half of the damage goes where the links are.
            let at = *at as usize % if idx % 2 == 0 { schema } else { len };
            bytes[at.max(24)] = *value;
        }
        if cut % 3 == 0 {
            bytes.truncate(cut as usize % len);
        }
        let (Some(database), _) = open(&bytes, None) else { return Ok(()) };
        for table in database.tables() {
            if table.is_virtual() {
                continue;
            }
            let (rows, _) = rows_of(&database, table);
            prop_assert!(rows.len() <= len);
            for (rowid, _) in rows.iter().take(50) {
                let _ = database.find(table, *rowid).expect("memory can be read");
            }
        }
    }
}

static BASES: LazyLock<[Vec<u8>; 4]> = LazyLock::new(|| [0, 1, 2, 3].map(damaged_base));

/// A database with inner pages, long rows and deleted ones.
fn damaged_base(seed: usize) -> Vec<u8> {
    let rows = (0..120)
        .map(|idx| {
            let long = if idx % 10 == 0 { 3000 } else { 30 };
            vec![Theirs::Integer(idx), Theirs::Text("placeholder ".repeat(long / 12)), Theirs::Real(0.5)]
        })
        .collect();
    let made = |form| Made { form, rows: Vec::clone(&rows), deleted_every: 4, added: true };
    let plan = Plan {
        page_size: [512, 1024, 4096, 512][seed],
        encoding: ["UTF-8", "UTF-16le", "UTF-8", "UTF-8"][seed],
        vacuum: seed == 3,
        auto_vacuum: 0,
        wal: false,
        tables: vec![made(1), made(3)],
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    drop(write(&plan, &path));
    fs::read(&path).expect("the database")
}

/// A database of pages of 512 bytes with one table of 200 short rows, whose root is an inner page; and that root's byte.
fn inner() -> (Vec<u8>, usize) {
    let rows = (1..=200)
        .map(|idx| vec![Theirs::Integer(idx), Theirs::Text(format!("placeholder {idx}")), Theirs::Null]);
    let made = Made { form: 1, rows: rows.collect(), deleted_every: 0, added: false };
    let plan = Plan {
        page_size: 512,
        encoding: "UTF-8",
        vacuum: false,
        auto_vacuum: 0,
        wal: false,
        tables: vec![made],
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    drop(write(&plan, &path));
    let bytes = fs::read(&path).expect("the database");
    assert_eq!(bytes[512], 5, "the second page is an inner one");
    (bytes, 512)
}

fn told_of(bytes: &[u8]) -> (usize, Vec<String>) {
    let (database, _) = open(bytes, None);
    let database = database.expect("it opens");
    let (rows, flaws) = rows_of(&database, database.table("t0").expect("a table"));
    (rows.len(), flaws)
}

#[test]
fn what_is_damaged_is_told_with_its_place_and_the_rest_is_read() {
    let (sound, root) = inner();
    assert_eq!(told_of(&sound), (200, vec![]));
    let damaged = |at: usize, with: &[u8]| {
        let mut bytes = sound.clone();
        bytes[at..at + with.len()].copy_from_slice(with);
        let (n_rows, flaws) = told_of(&bytes);
        (n_rows < 200 && n_rows > 150, flaws)
    };
    let first_cell = root + usize::from(u16::from_be_bytes([sound[root + 12], sound[root + 13]]));
    let link = format!("byte:{first_cell}+4");
    for (what, at, with, expected) in [
        (
            "a link to its own page",
            first_cell,
            &[0, 0, 0, 2][..],
            format!("contradiction {link} a page that only one"),
        ),
        ("a link to no page", first_cell, &[0, 0, 0, 0], format!("malformed {link} the number of a page")),
        (
            "a link behind the file",
            first_cell,
            &[9, 0, 0, 0],
            format!("truncated {link} the number of a page"),
        ),
        (
            "a cell outside its page",
            root + 12,
            &[0xff, 0xff],
            format!("malformed byte:{}+2 a cell inside", root + 12),
        ),
    ] {
        let (some, flaws) = damaged(at, with);
        assert!(some, "{what}");
        assert_eq!(flaws.len(), 1, "{what}: {flaws:?}");
        assert!(flaws[0].starts_with(&expected), "{what}: {flaws:?}");
    }
    let (_, flaws) = damaged(root, &[13]);
    assert!(flaws.iter().all(|flaw| flaw.contains("byte:")), "{flaws:?}");
    let (none, flaws) = damaged(root + 3, &[0xff, 0xff]);
    assert!(!none && flaws[0].contains("cells in a page"), "{flaws:?}");
}

#[test]
fn a_header_that_cannot_be_is_told_and_nothing_is_read() {
    let (sound, _) = inner();
    for (at, with, expected) in [
        (16, &[0, 3][..], "malformed byte:16+2 a page size"),
        (20, &[200], "malformed byte:20+1 at most 32 reserved"),
        (56, &[0, 0, 0, 9], "malformed byte:56+4 a text encoding"),
        (0, b"x", "malformed byte:0+100 the 100 bytes"),
    ] {
        let mut bytes = sound.clone();
        bytes[at..at + with.len()].copy_from_slice(with);
        let (database, told) = open(&bytes, None);
        assert!(database.is_none() && told[0].starts_with(expected), "{told:?}");
    }
    let (database, told) = open(&sound[..60], None);
    assert!(database.is_none() && told[0].starts_with("truncated byte:0+60"), "{told:?}");
    let (database, told) = open(&sound[..sound.len() - 512], None);
    assert!(told.iter().any(|line| line.starts_with("truncated")), "{told:?}");
    assert!(database.is_some());
}

#[test]
fn a_write_ahead_log_is_applied_up_to_its_last_commit_and_both_counts_are_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    let connection = Connection::open(&path).expect("a database");
    let rows = |low: i64, high: i64| {
        (low..high)
            .map(|idx| format!("INSERT INTO t VALUES({idx}, 'placeholder {idx}');"))
            .collect::<String>()
    };
    connection
        .execute_batch("PRAGMA page_size=512; CREATE TABLE t(a INTEGER PRIMARY KEY, b);")
        .expect("a table");
    connection.execute_batch(&rows(1, 6)).expect("rows");
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;").expect("a log");
    connection.execute_batch("DELETE FROM t WHERE a = 1;").expect("a deletion");
    connection.execute_batch(&rows(6, 9)).expect("rows");
    let (bytes, log) =
        (fs::read(&path).expect("the database"), fs::read(folder.path().join("a.db-wal")).expect("the log"));
    let read = |log: Option<&[u8]>| {
        let (database, told) = open(&bytes, log);
        let database = database.expect("it opens");
        let (rows, flaws) = rows_of(&database, database.table("t").expect("a table"));
        assert_eq!(flaws, Vec::<String>::new());
        let numbers: Vec<i64> = rows.iter().map(|(rowid, _)| *rowid).collect();
        (numbers, told.into_iter().find(|line| line.contains("write-ahead")).unwrap_or_default())
    };
    let (numbers, told) = read(None);
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert!(told.contains("not received"), "{told}");
    let (numbers, told) = read(Some(&log));
    assert_eq!(numbers, [2, 3, 4, 5, 6, 7, 8]);
    assert!(told.contains("0 after it are not"), "{told}");
    // A frame that is cut or altered ends what counts, and everything after the last commit before it.
    let (numbers, told) = read(Some(&log[..log.len() - 100]));
    assert_eq!(numbers, [2, 3, 4, 5, 6, 7]);
    assert!(told.contains("applied"), "{told}");
    let mut altered = log.clone();
    let second = 32 + 536 + 24 + 300;
    altered[second] ^= 1;
    let (numbers, _) = read(Some(&altered));
    assert_eq!(numbers, [2, 3, 4, 5]);
    let (numbers, _) = read(Some(b"something else"));
    assert_eq!(numbers, [1, 2, 3, 4, 5]);

    let (database, _) = open(&bytes, Some(&log));
    let mut database = database.expect("it opens");
    let said = database.without_and_with_log(&["t", "none"]).expect("memory");
    assert_eq!(said.as_deref(), Some("t 5 and 7, none 0 and 0"));
    let row = database.find(database.table("t").expect("a table"), 8).expect("memory").expect("a row");
    assert!(row.place.to_string().starts_with("path:a.db-wal|byte:"), "{}", row.place);
}

#[test]
fn a_value_has_the_bytes_that_it_stands_in() {
    let (bytes, _) = inner();
    let (database, _) = open(&bytes, None);
    let database = database.expect("it opens");
    let table = database.table("t0").expect("a table");
    let row = database.find(table, 77).expect("memory").expect("a row");
    let Spot::Byte { byte, len } = row.place_of("b") else { panic!("{}", row.place_of("b")) };
    assert_eq!(&bytes[byte as usize..(byte + len) as usize], b"placeholder 77");
    assert_eq!(row.place_of("a"), row.place);
    assert_eq!(row.place_of("none"), row.place);
}
