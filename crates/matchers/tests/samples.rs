//! Every sample as its reader reads it: golden texts, damaged copies, and databases that are made here.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rusqlite::Connection;
use tutela_matchers::lists::recognise::{of_beginning, recognise};
use tutela_matchers::lists::{
    Counts, Declared, Layout, Note, Problem, ReadError, Record, Take, hex, read, read_bytes,
};

/// What was taken, as text.
#[derive(Default)]
struct Taken {
    lines: Vec<String>,
    counts: Counts,
    /// Calls, to be held against what was counted.
    records: u64,
}

impl Take for Taken {
    fn record(&mut self, record: Record<'_>) -> Result<(), ReadError> {
        self.records += 1;
        self.counts.record(&record);
        self.lines.push(match record {
            Record::Entry(entry) => {
                let hashes = entry.hashes.kinds().map(|kind| {
                    format!(" {}={}", kind.word(), hex(entry.hashes.get(kind).expect("it is there")))
                });
                let attributes = serde_json::to_string(&entry.attributes).expect("JSON");
                let size = entry.size.map_or_else(String::new, |size| format!(" size={size}"));
                let id = entry.id.map_or_else(String::new, |id| format!(" id={id:016x}"));
                let at = entry.at_us.map_or_else(String::new, |at| format!(" at={at}"));
                format!("entry{}{size}{id}{at} {attributes}", hashes.collect::<String>())
            }
            Record::Deleted { id, at_us } => format!("deleted id={id:016x} at={at_us:?}"),
            Record::Block(block) => {
                format!("block {} of {} at {:?}", hex(&block.hash), block.file, block.offset)
            }
            Record::Skip(skip) => format!("skip {}", skip.word()),
        });
        Ok(())
    }

    fn problem(&mut self, problem: Problem) -> Result<(), ReadError> {
        self.records += u64::from(problem.lost);
        self.counts.problem(&problem);
        let Problem { spot, expected, found, lost } = problem;
        let what = if lost { "lost" } else { "part" };
        self.lines.push(format!("{what} {spot}: expected {expected}, found: {found}"));
        Ok(())
    }

    fn note(&mut self, note: Note) {
        self.counts.note(note);
    }

    fn scheme(&mut self, scheme: &str) {
        self.lines.push(format!("scheme {scheme}"));
    }
}

fn declared() -> Declared {
    Declared { block_bytes: Some(4096), ..Declared::default() }
}

/// The samples, each with its bytes.
fn samples() -> BTreeMap<PathBuf, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let files =
        fs::read_dir(folder).expect("the samples are there").map(|entry| entry.expect("an entry").path());
    let samples = files.filter(|path| path.extension().is_some_and(|extension| extension != "golden"));
    samples.map(|path| (path.clone(), fs::read(path).expect("a sample"))).collect()
}

/// The layout that a sample's name begins with.
fn layout_of(path: &Path) -> Layout {
    let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
    let known = Layout::WORDS.iter().filter(|(word, _)| name.starts_with(word));
    known.max_by_key(|(word, _)| word.len()).map(|(_, layout)| *layout).expect("a layout's name")
}

#[test]
fn every_sample_is_read_as_its_golden_text_says() {
    let mut seen = Vec::new();
    for (path, bytes) in samples() {
        let layout = layout_of(&path);
        seen.push(layout);
        let mut taken = Taken::default();
        let ended = read(&path, layout, &declared(), &Cell::new(0), &mut taken);
        let mut text = taken.lines.join("\n");
        match ended {
            Ok(received) => assert_eq!(received.bytes, bytes.len() as u64, "{}", path.display()),
            Err(error) => text += &format!("\nrefused: {error}"),
        }
        text += &format!("\n{}\n", serde_json::to_string(&taken.counts).expect("JSON"));
        assert_eq!(taken.counts.records(), taken.records, "{}", path.display());
        let golden = path.with_added_extension("golden");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &text).expect("the samples can be written");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(text, expected, "{}: BLESS=1 writes it anew", path.display());
    }
    let unseen: Vec<_> =
        Layout::WORDS.iter().filter(|(_, layout)| !seen.contains(layout)).map(|(word, _)| *word).collect();
    // EnCase's sets and the databases are no text, and are made below.
    assert_eq!(unseen, ["nsrl_sqlite", "encase", "kdb"]);
}

#[test]
fn every_sample_is_recognised_as_what_it_is() {
    for (path, bytes) in samples() {
        let expected = (!bytes.is_empty()).then(|| layout_of(&path));
        assert_eq!(recognise(&path).expect("it can be read"), expected, "{}", path.display());
        assert_eq!(of_beginning(&bytes), expected, "{}", path.display());
    }
    for odd in
        [&b"PK\x03\x04"[..], b"\xff\xfeM\0D\x005\0", b"name,age\nx,1\n", b"{\"a\":1}", b"<html/>", b"hello"]
    {
        assert_eq!(of_beginning(odd), None, "{odd:?}");
    }
}

#[test]
fn a_list_read_as_another_layout_is_refused_or_all_problems_and_never_entries() {
    for (path, bytes) in samples() {
        let own = layout_of(&path);
        for (word, layout) in
            Layout::WORDS.iter().filter(|(_, layout)| *layout != own && !layout.is_database())
        {
            let mut taken = Taken::default();
            let read = read_bytes(&mut &bytes[..], *layout, &declared(), &mut taken);
            // A line of hashdb's is JSON, and one of hashdeep's comments begins as others' do: nothing else is shared.
            assert!(
                read.is_err() || taken.counts.entries == 0,
                "{} as {word}: {:#?}",
                path.display(),
                taken.lines
            );
        }
    }
}

/// EnCase's form: a head of 1,152 bytes, records of 18.
fn encase(hashes: &[[u8; 16]]) -> Vec<u8> {
    let mut bytes = b"HASH\r\n\xff\0".to_vec();
    bytes.resize(1152, 0);
    for hash in hashes {
        bytes.extend_from_slice(hash);
        bytes.extend_from_slice(&[0, 0]);
    }
    bytes
}

#[test]
fn an_encase_set_gives_its_hashes_and_says_where_it_is_cut() {
    let hashes: Vec<[u8; 16]> = (1..=9000u32).map(|n| md5_of(n).try_into().expect("16 bytes")).collect();
    let bytes = encase(&hashes);
    assert_eq!(of_beginning(&bytes), Some(Layout::Encase));
    let mut taken = Taken::default();
    read_bytes(&mut &bytes[..], Layout::Encase, &Declared::default(), &mut taken).expect("it is one");
    assert_eq!(taken.counts.entries, 9000);
    assert_eq!(taken.lines[1], format!("entry md5={} {{}}", hex(&hashes[0])));
    for (cut, said) in [
        (1152 + 18 * 3 + 5, "lost byte:1206+5: expected a record of 18 bytes, found: the end of the file"),
        (600, "lost byte:0+600: expected a head of 1152 bytes, found: the end of the file"),
    ] {
        let mut taken = Taken::default();
        read_bytes(&mut &bytes[..cut], Layout::Encase, &Declared::default(), &mut taken).expect("it is one");
        assert_eq!(taken.lines.last().map(String::as_str), Some(said));
    }
    assert!(
        read_bytes(&mut &b"HASH\r\n"[..], Layout::Encase, &Declared::default(), &mut Taken::default())
            .is_err()
    );
}

/// A made-up hash.
fn md5_of(n: u32) -> Vec<u8> {
    use sha2::Digest as _;
    sha2::Sha256::digest(n.to_be_bytes())[..16].to_vec()
}

fn database(statements: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    // A name that has to be written otherwise in an address.
    let path = folder.path().join("a list #1?.db");
    let db = Connection::open(&path).expect("a database");
    db.execute_batch(statements).expect("the statements are right");
    db.close().expect("it closes");
    (folder, path)
}

fn taken_of(path: &Path, layout: Layout) -> Taken {
    let mut taken = Taken::default();
    if let Err(error) = read(path, layout, &Declared::default(), &Cell::new(0), &mut taken) {
        taken.lines.push(format!("refused: {error}"));
    }
    taken
}

#[test]
fn nsrl_3_is_read_from_its_view_or_its_table_without_a_trace_in_the_folder() {
    let metadata = "CREATE TABLE METADATA (metadata_id INTEGER, sha256 TEXT, sha1 TEXT, md5 TEXT, file_size INTEGER, package_id INTEGER);
        INSERT INTO METADATA VALUES (1, upper(hex(zeroblob(31)) || '01'), hex(zeroblob(19)) || '02', hex(zeroblob(15)) || '03', 9, 1),
        (2, NULL, hex(zeroblob(19)) || '04', '', 10, 1), (3, '', '', '', 0, 1), (4, '#', 5, NULL, NULL, 1);";
    let view = "CREATE VIEW FILE AS SELECT upper(sha256) AS sha256, upper(sha1) AS sha1, upper(md5) AS md5, file_size, package_id FROM METADATA;";
    let expected = [
        format!(
            "entry md5={}03 sha1={}02 sha256={}01 size=9 {{}}",
            "00".repeat(15),
            "00".repeat(19),
            "00".repeat(31)
        ),
        format!("entry sha1={}04 size=10 {{}}", "00".repeat(19)),
        "skip no_hash".to_owned(),
        "lost record:4: expected a SHA-256 of 64 hexadecimal digits, found: #".to_owned(),
    ];
    for statements in [metadata.to_owned(), format!("{metadata}{view}")] {
        let (folder, path) = database(&statements);
        assert_eq!(recognise(&path).expect("it can be read"), Some(Layout::NsrlSqlite));
        assert_eq!(taken_of(&path, Layout::NsrlSqlite).lines, expected);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }
}

#[test]
fn a_kdb_is_read_and_another_version_of_its_schema_is_said() {
    let schema = "CREATE TABLE db_properties (name TEXT, value TEXT);
        CREATE TABLE hashes (id INTEGER PRIMARY KEY AUTOINCREMENT, md5 BINARY(16) UNIQUE, sha1 BINARY(20), sha2_256 BINARY(32));
        INSERT INTO hashes (md5, sha1) VALUES (x'000102030405060708090a0b0c0d0e0f', NULL), (x'0001', NULL);";
    let rows = [
        "entry md5=000102030405060708090a0b0c0d0e0f {}",
        "lost record:2: expected an MD5 of 32 hexadecimal digits, found: 0001",
    ];
    let (_folder, path) =
        database(&format!("{schema} INSERT INTO db_properties VALUES ('Schema Version', '1');"));
    assert_eq!(recognise(&path).expect("it can be read"), Some(Layout::Kdb));
    assert_eq!(taken_of(&path, Layout::Kdb).lines, rows);
    let (_folder, path) =
        database(&format!("{schema} INSERT INTO db_properties VALUES ('Schema Version', '2');"));
    let lines = taken_of(&path, Layout::Kdb).lines;
    assert_eq!(lines[0], "part record:0: expected schema version 1, found: 2");
    assert_eq!(lines[1..], rows);
}

#[test]
fn a_hostile_schema_ends_in_a_problem() {
    let loops = "CREATE VIEW FILE AS WITH RECURSIVE n(sha1) AS (SELECT 1 UNION ALL SELECT sha1 + 1 FROM n) SELECT sha1, NULL AS md5 FROM n WHERE sha1 < 0;";
    let (_folder, path) = database(loops);
    let taken = taken_of(&path, Layout::NsrlSqlite);
    let said = "lost record:1: expected the rest of the database, found: a query that takes more steps than a list of this size needs";
    assert_eq!(taken.lines, [said]);
    let (_folder, path) = database("CREATE TABLE other (x);");
    assert_eq!(recognise(&path).expect("it can be read"), None);
    assert!(taken_of(&path, Layout::Kdb).lines[0].starts_with("refused: not of the layout kdb"));
    // A row that is larger than any of a list.
    let (_folder, path) =
        database("CREATE TABLE FILE (sha1, md5); INSERT INTO FILE VALUES (zeroblob(3000000), NULL);");
    assert!(
        taken_of(&path, Layout::NsrlSqlite).lines[0]
            .starts_with("lost record:1: expected the rest of the database")
    );
    // A log beside the file holds what the file does not.
    let (_folder, path) = database("CREATE TABLE FILE (sha1, md5);");
    fs::write(path.with_file_name("a list #1?.db-wal"), b"x").expect("a file");
    assert!(
        taken_of(&path, Layout::NsrlSqlite).lines[0]
            .starts_with("part record:0: expected a database without a log")
    );
}

#[test]
fn block_hashes_are_refused_while_nobody_says_how_large_the_blocks_are() {
    let (_, bytes) =
        samples().into_iter().find(|(path, _)| path.ends_with("hashdb.jsonl")).expect("the sample");
    let read = read_bytes(&mut &bytes[..], Layout::Hashdb, &Declared::default(), &mut Taken::default());
    assert!(matches!(read, Err(ReadError::BlockBytes)));
}

/// Changes bytes, cuts and doubles stretches.
fn damaged(bytes: &[u8], damage: &[(u32, u8, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, kind, byte) in damage {
        if bytes.is_empty() {
            break;
        }
        let at = *at as usize % bytes.len();
        match kind % 4 {
            0 => bytes[at] = *byte,
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..(at + usize::from(*byte)).min(bytes.len()))),
            _ => {
                let doubled = bytes[at..(at + usize::from(*byte)).min(bytes.len())].to_vec();
                bytes.splice(at..at, doubled);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn damaged_lists_are_read_without_a_panic_and_each_record_is_accounted_for(
        damage in prop::collection::vec((any::<u32>(), any::<u8>(), any::<u8>()), 1..6),
        declares in any::<bool>(),
    ) {
        let declared = if declares { declared() } else { Declared::default() };
        for (path, bytes) in samples() {
            let bytes = damaged(&bytes, &damage);
            for layout in [Some(layout_of(&path)), of_beginning(&bytes)].into_iter().flatten() {
                let mut taken = Taken::default();
                let _ = read_bytes(&mut &bytes[..], layout, &declared, &mut taken);
                prop_assert_eq!(taken.counts.records(), taken.records);
            }
        }
        let bytes = damaged(&encase(&[[7; 16]; 40]), &damage);
        let _ = read_bytes(&mut &bytes[..], Layout::Encase, &declared, &mut Taken::default());
    }

    #[test]
    fn a_list_of_lines_gives_a_record_for_each_line(
        lines in prop::collection::vec("[0-9a-fA-F]{30,41}( .{0,6})?|.{0,20}", 0..30),
    ) {
        let lines: Vec<String> = lines.iter().map(|line| line.replace(['\n', '\r'], "")).collect();
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        for layout in [Layout::Sums, Layout::Signals] {
            let mut taken = Taken::default();
            read_bytes(&mut text.as_bytes(), layout, &Declared::default(), &mut taken).expect("any text is one");
            prop_assert_eq!(taken.counts.records(), lines.len() as u64);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn damaged_databases_are_read_without_a_panic(
        damage in prop::collection::vec((any::<u32>(), any::<u8>(), any::<u8>()), 1..8),
    ) {
        let (_folder, path) = database(
            "CREATE TABLE db_properties (name TEXT, value TEXT); INSERT INTO db_properties VALUES ('Schema Version', '1');
             CREATE TABLE hashes (id INTEGER PRIMARY KEY, md5 BLOB UNIQUE, sha1 BLOB, sha2_256 BLOB);
             CREATE VIEW FILE AS SELECT md5, sha1 FROM hashes;
             INSERT INTO hashes (md5) VALUES (randomblob(16)), (randomblob(16)), (randomblob(16));",
        );
        let bytes = damaged(&fs::read(&path).expect("it is there"), &damage);
        fs::write(&path, bytes).expect("it is ours");
        let _ = recognise(&path);
        for layout in [Layout::Kdb, Layout::NsrlSqlite] {
            let taken = taken_of(&path, layout);
            prop_assert_eq!(taken.counts.records(), taken.records);
        }
    }
}
