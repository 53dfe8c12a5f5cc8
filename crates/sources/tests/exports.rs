//! What sighting exports promise: the same rows from every form, and what is read of a file that is cut or strange.
#![expect(clippy::disallowed_methods, reason = "tests read their samples from the source folders")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, DictionaryArray, Int64Array, LargeStringArray, RecordBatch, StringArray, StringViewArray,
};
use arrow_schema::{Field, Schema};
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;
use tutela_model::source::{Declared, Input, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind, Sighting};
use tutela_model::{Row, Spot};
use tutela_sources::{mapped_table, recognise, tutela_table};

/// All that a reader hands over.
#[derive(Default)]
struct Kept {
    rows: Vec<Sighting>,
    problems: Vec<Problem>,
    notes: Vec<(String, String)>,
    n_records: usize,
}

impl Sink for Kept {
    fn record(&mut self) {
        self.n_records += 1;
    }
    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        match row {
            Row::Sighting(row) => self.rows.push(row),
            Row::Problem(problem) => self.problems.push(problem),
            row => panic!("a row of {}", row.table().name),
        }
        Ok(())
    }
    fn skip(&mut self, _: &Spot, _: &'static str) {}
    fn note(&mut self, key: &'static str, value: &str) {
        self.notes.push((key.to_owned(), value.to_owned()));
    }
    fn progress(&mut self, _: u64) {}
}

fn read(name: &str, bytes: Vec<u8>) -> Kept {
    read_by(name, bytes, None).unwrap_or_else(|refusal| panic!("{name}: {refusal}"))
}

/// By a profile, or else by the reader that knows the file.
fn read_by(name: &str, bytes: Vec<u8>, profile: Option<&str>) -> Result<Kept, Refusal> {
    let mut kept = Kept::default();
    let mut input = Input::from_memory(name, bytes);
    let head = tutela_sources::compression::head(&mut input)?;
    let plain = tutela_sources::compression::plain_name(name);
    let reader = match profile {
        Some(_) => &mapped_table::READER,
        None => recognise(&tutela_model::source::Sample { name: plain, head: &head })?,
    };
    let declared = Declared { profile: profile.map(str::to_owned), ..Declared::default() };
    (reader.read)(input, &declared, &mut kept)?;
    Ok(kept)
}

fn shipped(name: &str) -> &'static str {
    mapped_table::PROFILES.iter().find(|profile| profile.name == name).expect("a shipped profile").text
}

/// The rows without their places, which differ from form to form.
fn without_places(rows: &[Sighting]) -> Vec<Sighting> {
    rows.iter().map(|row| Sighting { place: Spot::Record(0), ..row.clone() }).collect()
}

/// A record as it may come, good and bad: network, address, port, number, file, size, time.
type Made = (Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);

const COLUMNS: [&str; 6] = ["network", "address", "port", "peer", "file_hash", "at"];

fn made() -> impl Strategy<Value = Vec<Made>> {
    let word = |words: &[&'static str]| {
        let words: Vec<Option<String>> =
            words.iter().map(|word| Some((*word).to_owned())).chain([None]).collect();
        proptest::sample::select(words)
    };
    let record = (
        word(&["ed2k", "gnutella", "kad", " ares ", ""]),
        word(&["192.0.2.1", "2001:db8::7", "192.0.2.300", "10.0.0.1", "\u{a0}192.0.2.9"]),
        word(&["4662", "0", "70000", "x"]),
        word(&["0123456789abcdef0123456789abcdef", "p\"1", "à, b", " "]),
        word(&["2026-03-01T20:00:00Z", "2026-03-01T21:00:00+01:00", "2026-02-30T00:00:00Z", "soon"]),
    );
    proptest::collection::vec(record, 0..40)
}

fn cells(record: &Made) -> [Option<&str>; 6] {
    let (network, address, port, peer, at) = record;
    let file = Some("ed2k:0123456789abcdef0123456789abcdef");
    [network.as_deref(), address.as_deref(), port.as_deref(), peer.as_deref(), file, at.as_deref()]
}

fn csv(records: &[Made]) -> Vec<u8> {
    let quoted = |cell: Option<&str>| format!("\"{}\"", cell.unwrap_or_default().replace('"', "\"\""));
    let line = |record| cells(record).map(quoted).join(",");
    let lines: Vec<String> = records.iter().map(line).collect();
    format!("{}\n{}\n", COLUMNS.join(","), lines.join("\n")).into_bytes()
}

fn json_lines(records: &[Made]) -> Vec<u8> {
    let object = |record: &Made| {
        let pairs = COLUMNS.iter().zip(cells(record)).map(|(name, cell)| ((*name).to_owned(), cell.into()));
        serde_json::Value::Object(pairs.collect()).to_string()
    };
    let lines: Vec<String> = records.iter().map(object).collect();
    lines.join("\n").into_bytes()
}

/// Columns of every kind in which text may lie.
fn parquet(records: &[Made]) -> Vec<u8> {
    let column = |idx: usize| records.iter().map(move |record| cells(record)[idx]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(column(0).collect::<DictionaryArray<Int32Type>>()),
        Arc::new(column(1).collect::<StringViewArray>()),
        Arc::new(column(2).collect::<LargeStringArray>()),
        Arc::new(column(3).collect::<StringArray>()),
        Arc::new(column(4).collect::<DictionaryArray<Int32Type>>()),
        Arc::new(column(5).collect::<StringArray>()),
    ];
    parquet_of(&COLUMNS, columns)
}

fn parquet_of(names: &[&str], columns: Vec<ArrayRef>) -> Vec<u8> {
    let field = |(name, array): (&&str, &ArrayRef)| Field::new(*name, array.data_type().clone(), true);
    let schema = Arc::new(Schema::new(names.iter().zip(&columns).map(field).collect::<Vec<_>>()));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).expect("equal columns");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, None).expect("a writer");
    writer.write(&batch).expect("writes to memory");
    writer.close().expect("writes to memory");
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn lines_objects_and_columns_give_the_same_rows_and_problems(records in made()) {
        let files = [("csv", csv(&records)), ("jsonl", json_lines(&records)), ("parquet", parquet(&records))];
        let [csv, jsonl, parquet] = files.map(|(ending, bytes)| {
            let mut kept = Kept::default();
            let input = Input::from_memory(&format!("sighting.{ending}"), bytes);
            (tutela_table::READER.read)(input, &Declared::default(), &mut kept).expect("reads");
            kept
        });
        prop_assert_eq!(without_places(&csv.rows), without_places(&jsonl.rows));
        prop_assert_eq!(without_places(&csv.rows), without_places(&parquet.rows));
        let said = |kept: &Kept| -> Vec<_> {
            kept.problems.iter().map(|problem| (problem.column.clone(), problem.found.clone())).collect()
        };
        prop_assert_eq!(said(&csv), said(&jsonl));
        prop_assert_eq!(said(&csv), said(&parquet));
    }

    #[test]
    fn a_profile_reads_from_lines_objects_and_columns_the_same_rows(records in made()) {
        let profile = |format: &str| {
            let fields = COLUMNS.map(|name| format!("{name} = \"{name}\"")).join("\n");
            format!(
                "name = \"x\"\nabout = \"x\"\nformat = \"{format}\"\nheader = {COLUMNS:?}\n\
                 [[table]]\nname = \"sighting\"\n[table.fields]\n{fields}\n"
            )
        };
        let by = |format: &str, bytes| read_by("x", bytes, Some(&profile(format))).expect("reads");
        let lines = by("csv", csv(&records));
        let objects = if records.is_empty() { Kept::default() } else { by("jsonl", json_lines(&records)) };
        let columns = by("parquet", parquet(&records));
        prop_assert_eq!(without_places(&lines.rows), without_places(&objects.rows));
        prop_assert_eq!(without_places(&lines.rows), without_places(&columns.rows));
    }
}

/// A file of several kilobytes, out of order by months, with its rows read whole.
fn long_file() -> (Vec<u8>, Vec<Sighting>) {
    let mut text = "network,address,port,peer,file_hash,at,client,file_size\n".to_owned();
    for row in 0_u64..4_000 {
        let mixed = row.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        text.push_str(&format!(
            "ed2k,198.18.{}.{},{},{mixed:032x},ed2k:{:032x},2026-{:02}-{:02}T10:00:00Z,client,{}\n",
            row % 200,
            mixed % 250,
            1024 + mixed % 60_000,
            mixed.rotate_left(17),
            1 + mixed % 12,
            1 + mixed % 28,
            mixed % 1_000_000_007,
        ));
    }
    let rows = read("sighting.csv", text.clone().into_bytes()).rows;
    assert_eq!(rows.len(), 4_000);
    (text.into_bytes(), rows)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("writes to memory");
    encoder.finish().expect("writes to memory")
}

#[test]
fn an_export_cut_inside_its_compression_gives_the_records_before_and_names_the_place() {
    let (text, rows) = long_file();
    let zstd = zstd::encode_all(&text[..], 3).expect("encodes");
    for (name, bytes) in [("sighting.csv.zst", zstd), ("sighting.csv.gz", gzip(&text))] {
        let mut most = 0;
        for part in 1..40 {
            let len = bytes.len() * part / 40;
            // The header may be lost as well, and then nothing is recognised; the reader is named by the officer.
            let mut kept = Kept::default();
            let input = Input::from_memory(name, bytes[..len].to_vec());
            (tutela_table::READER.read)(input, &Declared::default(), &mut kept).expect("reads");
            // What is there is whole: the line that is cut gives no row, whichever field the cut is in.
            assert_eq!(kept.rows, rows[..kept.rows.len()], "{name} cut after {len} bytes");
            most = most.max(kept.rows.len());
            let [problem] = &kept.problems[..] else { panic!("{name}: {:?}", kept.problems) };
            assert_eq!(problem.kind, ProblemKind::Truncated);
            let line = match problem.place {
                Spot::Line(line) => line as usize,
                ref place => panic!("{place}"),
            };
            assert!(
                line == 1 || line == kept.rows.len() + 2,
                "{name}: line {line}, {} rows",
                kept.rows.len()
            );
            assert_eq!(problem.expected, "the end of the compressed file");
            assert!(problem.found.is_some() && problem.mend.is_some(), "{problem:?}");
        }
        assert!(most > 1_000, "{name}: at most {most} rows before a cut");
    }
}

#[test]
fn a_parquet_export_cut_anywhere_is_one_problem_that_says_why() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/mapped_table/samples/nexus-daily.parquet");
    let bytes = fs::read(sample).expect("a sample");
    for len in (4..bytes.len()).step_by(37) {
        let kept = read("nexus-daily.parquet", bytes[..len].to_vec());
        let [problem] = &kept.problems[..] else { panic!("{:?}", kept.problems) };
        assert_eq!((problem.kind, kept.rows.len()), (ProblemKind::Truncated, 0));
        assert!(problem.found.as_ref().is_some_and(|found| found.contains(&len.to_string())), "{problem:?}");
    }
}

#[test]
fn packed_exports_are_recognised_and_read_as_what_is_in_them() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/mapped_table/samples");
    for name in
        ["vigil-sightings.csv", "meridiana-riscontri.csv", "torrent-watch.jsonl", "nexus-daily.parquet"]
    {
        let bytes = fs::read(samples.join(name)).expect("a sample");
        let plain = read(name, bytes.clone()).rows;
        assert!(!plain.is_empty(), "{name}");
        let zstd = zstd::encode_all(&bytes[..], 3).expect("encodes");
        assert_eq!(read(&format!("{name}.zst"), zstd).rows, plain, "{name}.zst");
        assert_eq!(read(&format!("{name}.gz"), gzip(&bytes)).rows, plain, "{name}.gz");
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(&bytes).expect("writes to memory");
        let zip = zip.finish().expect("writes to memory").into_inner();
        let mut kept = Members::default();
        (tutela_sources::named("zip_container").expect("a reader").read)(
            Input::from_memory("delivery.zip", zip),
            &Declared::default(),
            &mut kept,
        )
        .expect("reads");
        assert_eq!(without_places(&kept.0), without_places(&plain), "{name} in a ZIP");
    }
}

/// The sightings among the rows of a container.
#[derive(Default)]
struct Members(Vec<Sighting>);

impl Sink for Members {
    fn record(&mut self) {}
    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        if let Row::Sighting(row) = row {
            self.0.push(row);
        }
        Ok(())
    }
    fn skip(&mut self, _: &Spot, _: &'static str) {}
    fn note(&mut self, _: &'static str, _: &str) {}
    fn progress(&mut self, _: u64) {}
}

#[test]
fn of_an_export_of_three_hundred_columns_each_unknown_one_is_named_once() {
    let names: Vec<String> = (0..290).map(|column| format!("extra_{column}")).collect();
    let values: Vec<String> = (0..290).map(|column| format!("{column}")).collect();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/mapped_table/samples/vigil-sightings.csv");
    let text = fs::read_to_string(sample).expect("a sample");
    let more = |(line, text): (usize, &str)| {
        format!("{text},{}\n", if line == 0 { names.join(",") } else { values.join(",") })
    };
    let wide: String = text.lines().enumerate().map(more).collect();
    let kept = read_by("x.csv", wide.into_bytes(), Some(shipped("vigil_sightings"))).expect("reads");
    assert_eq!(without_places(&kept.rows), without_places(&read("vigil.csv", text.into_bytes()).rows));
    assert_eq!(kept.problems.len(), 290);
    assert!(kept.problems.iter().all(|problem| problem.kind == ProblemKind::UnknownColumn));

    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![1_772_395_200])),
        Arc::new(StringArray::from(vec!["192.0.2.1"])),
        Arc::new(StringArray::from(vec!["ed2k:0123456789abcdef0123456789abcdef"])),
    ];
    columns.extend(names.iter().map(|_| Arc::new(Int64Array::from(vec![1])) as ArrayRef));
    let header: Vec<&str> = ["t", "ip", "hash"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let profile = "name = \"x\"\nabout = \"x\"\nformat = \"parquet\"\nignore_rest = true\n\
        [[table]]\nname = \"sighting\"\n[table.fields]\nnetwork = { constant = \"ed2k\" }\n\
        address = \"ip\"\nfile_hash = \"hash\"\nat = { column = \"t\", epoch = \"s\" }\n";
    let kept = read_by("x.parquet", parquet_of(&header, columns), Some(profile)).expect("reads");
    assert_eq!((kept.rows.len(), kept.problems.len()), (1, 0));
}

#[test]
fn of_columns_with_one_name_the_first_is_read_and_the_others_are_named() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/mapped_table/samples/vigil-sightings.csv");
    let text = fs::read_to_string(sample).expect("a sample");
    let more =
        |(line, text): (usize, &str)| format!("{text},{}\n", if line == 0 { " IP" } else { "10.0.0.9" });
    let twice: String = text.lines().enumerate().map(more).collect();
    let kept = read_by("x.csv", twice.into_bytes(), Some(shipped("vigil_sightings"))).expect("reads");
    assert_eq!(without_places(&kept.rows), without_places(&read("vigil.csv", text.into_bytes()).rows));
    let [problem] = &kept.problems[..] else { panic!("{:?}", kept.problems) };
    assert_eq!((problem.expected.as_str(), problem.column.as_deref()), ("each column once", Some("IP")));

    let line = "{\"ts\":1,\"ts\":2}\n{\"ts\":1772395200250,\"a\":{\"ip\":\"192.0.2.1\"},\"h\":\"ed2k:0\"}\n";
    let profile = "name = \"x\"\nabout = \"x\"\nformat = \"jsonl\"\n\
        [[table]]\nname = \"sighting\"\n[table.fields]\nnetwork = { constant = \"ed2k\" }\n\
        address = \"a.ip\"\nfile_hash = \"h\"\nat = { column = \"ts\", epoch = \"ms\" }\n";
    let kept = read_by("x.jsonl", line.as_bytes().to_vec(), Some(profile)).expect("reads");
    assert_eq!((kept.rows.len(), kept.problems.len()), (1, 1));
    assert_eq!(kept.problems[0].expected, "each key once");
    assert_eq!(kept.rows[0].address.said, "192.0.2.1");
}

#[test]
fn addresses_that_no_line_has_keep_their_row_and_are_counted() {
    let text = "network,address,file_hash,at\n\
        ed2k,0.0.0.0,ed2k:1,2026-03-01T20:00:00Z\n\
        ed2k,192.168.1.2,ed2k:1,2026-03-01T20:00:00Z\n\
        ed2k,192.168.1.3,ed2k:1,2026-03-01T20:00:00Z\n\
        ed2k,192.0.2.1,ed2k:1,2099-03-01T20:00:00Z\n";
    let kept = read("sighting.csv", text.as_bytes().to_vec());
    assert_eq!((kept.rows.len(), kept.problems.len()), (4, 0));
    let said = "3 of 4 sightings have one that no line has: unspecified 1, private 2";
    assert!(kept.notes.contains(&("addresses".to_owned(), said.to_owned())), "{:?}", kept.notes);
}

#[test]
fn a_profile_for_another_form_is_refused_before_a_record_is_read() {
    let csv = "observed_at,net\n2026-03-01T20:00:00Z,ED2K\n";
    for (bytes, profile, expected) in [
        (csv.as_bytes().to_vec(), "nexus_daily", "expected a Parquet file"),
        (csv.as_bytes().to_vec(), "torrent_watch", "the profile torrent_watch expects the columns"),
        (parquet(&[]), "vigil_sightings", "found a Parquet file"),
        (parquet(&[]), "nexus_daily", "the profile nexus_daily expects the columns"),
        ("{\"a\":1}\n".repeat(60).into_bytes(), "torrent_watch", "expects the columns"),
    ] {
        let refusal = read_by("x", bytes, Some(shipped(profile))).err().map(|refusal| refusal.to_string());
        let refusal = refusal.unwrap_or_else(|| panic!("{profile} reads it"));
        assert!(refusal.contains(expected), "{refusal}");
    }
}
