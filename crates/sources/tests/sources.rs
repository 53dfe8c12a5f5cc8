//! What every source promises, tried on every sample of every source folder: golden output, each record accounted
//! for, no panic on damaged bytes, a README with its headings.
//!
//! `BLESS=1 cargo test` writes the goldens anew, and makes the binary samples that are missing.
#![expect(clippy::disallowed_methods, reason = "tests read their samples from the source folders")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use proptest::prelude::*;
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::Builders;
use tutela_model::{Row, Spot};
use tutela_sources::mapped_table::PROFILES;
use tutela_sources::{READERS, compression, recognise};

mod sharing;
mod spot_view;

/// Writes down all that a reader hands over, and counts what each record gave.
#[derive(Default)]
struct Written {
    text: String,
    n_problems: u32,
    n_rows: u32,
    /// How much the record that is being read has given; none before the first.
    given: Option<u32>,
    n_unaccounted: u32,
    places: Vec<(&'static str, String)>,
}

impl Written {
    fn give(&mut self) {
        match &mut self.given {
            Some(given) => *given += 1,
            None => self.n_unaccounted += 1,
        }
    }

    fn end(&mut self) {
        self.n_unaccounted += u32::from(self.given == Some(0));
    }
}

impl Sink for Written {
    fn record(&mut self) {
        self.end();
        self.given = Some(0);
    }

    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        self.give();
        match &row {
            Row::Problem(_) => self.n_problems += 1,
            row => {
                self.n_rows += 1;
                self.places.push((row.table().name, row.place().to_string()));
            }
        }
        let _ = writeln!(self.text, "{}", shown(&row));
        Ok(())
    }

    fn skip(&mut self, place: &Spot, reason: &'static str) {
        self.give();
        let _ = writeln!(self.text, "skip {place}: {reason}");
    }

    fn note(&mut self, key: &'static str, value: &str) {
        let _ = writeln!(self.text, "note {key}: {value}");
    }

    fn progress(&mut self, _: u64) {}
}

/// A row as a line: table, place, and each column that is not empty.
fn shown(row: &Row) -> String {
    let (table, batch) = Builders::default().push(row, 1).expect("one row makes a batch");
    let mut line = format!("{} {}", table.name, row.place());
    for (column, array) in batch.schema().fields().iter().zip(batch.columns()) {
        let name = column.name();
        if name == "place" || array.is_null(0) {
            continue;
        }
        let _ = write!(line, " {name}={}", value(array));
    }
    line
}

fn value(array: &ArrayRef) -> String {
    match array.data_type() {
        DataType::Utf8 => format!("{:?}", array.as_string::<i32>().value(0)),
        DataType::Boolean => array.as_boolean().value(0).to_string(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(0).to_string(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(0).to_string(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(0).to_string(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(0).to_string(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(0).to_string(),
        DataType::Date32 => array
            .as_primitive::<Date32Type>()
            .value_as_date(0)
            .map_or_else(String::new, |date| date.to_string()),
        DataType::Timestamp(..) => {
            tutela_model::time::utc(array.as_primitive::<TimestampMicrosecondType>().value(0))
        }
        DataType::FixedSizeBinary(_) => {
            tutela_model::field::address_at(array, 0).map_or_else(String::new, |address| address.to_string())
        }
        other => format!("({other})"),
    }
}

/// A sample of a source folder.
struct Stored {
    reader: &'static Reader,
    path: PathBuf,
    name: String,
    bytes: Vec<u8>,
    declared: Declared,
}

fn folder(reader: &Reader) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(reader.name)
}

fn samples() -> Vec<Stored> {
    binaries::make_missing();
    let mut samples = Vec::new();
    for reader in READERS {
        let folder = folder(reader).join("samples");
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            // Beside samples lie their goldens, what is declared of them, and the scripts that made them.
            if [".golden", ".toml", ".py"].iter().any(|end| name.ends_with(end)) {
                continue;
            }
            let bytes = fs::read(&path).expect("a sample can be read");
            samples.push(Stored { reader, declared: declared(&path), path, name, bytes });
        }
    }
    samples
}

/// What is declared beside a sample: `zone`, `table`, `encoding`, `profile` (the name of a shipped one, or a file of
/// the folder `profiles` beside the samples).
fn declared(sample: &Path) -> Declared {
    let Ok(text) = fs::read_to_string(beside(sample, "toml")) else { return Declared::default() };
    let values: toml::Table = text.parse().expect("TOML");
    let value = |key: &str| values.get(key).and_then(|value| value.as_str());
    let shipped =
        |name: &str| PROFILES.iter().find(|profile| profile.name == name).map(|profile| profile.text);
    let profile = |name: &str| match shipped(name) {
        Some(text) => text.to_owned(),
        None => {
            fs::read_to_string(sample.with_file_name("").join("../profiles").join(name)).expect("a profile")
        }
    };
    Declared {
        zone: value("zone").map(|zone| zone.parse().expect("a zone")),
        table: value("table").map(str::to_owned),
        profile: value("profile").map(profile),
        encoding: value("encoding").map(str::to_owned),
    }
}

fn beside(sample: &Path, extension: &str) -> PathBuf {
    let mut path = sample.as_os_str().to_owned();
    path.push(".");
    path.push(extension);
    path.into()
}

fn read(sample: &Stored, bytes: Vec<u8>) -> (Written, Result<(), Refusal>) {
    let mut written = Written::default();
    let input = Input::from_memory(&sample.name, bytes);
    let result = (sample.reader.read)(input, &sample.declared, &mut written);
    if result.is_ok() {
        written.end();
    }
    (written, result)
}

#[test]
fn every_sample_reads_as_its_golden_says() {
    let bless = env::var_os("BLESS").is_some();
    let mut different = Vec::new();
    for sample in samples() {
        let (written, result) = read(&sample, sample.bytes.clone());
        let refused = result.map_or_else(|refusal| format!("refused: {refusal}\n"), |()| String::new());
        let text = format!("problems: {}\n{}{refused}", written.n_problems, written.text);
        let golden = beside(&sample.path, "golden");
        if bless {
            fs::write(&golden, &text).expect("the golden can be written");
        } else if fs::read_to_string(&golden).unwrap_or_default() != text {
            different.push(format!("{} reads otherwise:\n{text}", golden.display()));
        }
    }
    assert!(
        different.is_empty(),
        "{}\nhint: BLESS=1 cargo test writes the goldens anew",
        different.join("\n")
    );
}

#[test]
fn samples_of_file_sharing_programs_are_those_that_are_made_here() {
    for (name, bytes) in sharing::samples() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name);
        let stored = fs::read(&path).unwrap_or_default();
        assert!(stored == bytes, "{name} is another; BLESS=1 cargo test writes it anew");
    }
}

#[test]
fn every_record_of_every_sample_is_a_row_a_problem_or_a_skip() {
    for sample in samples() {
        let (written, _) = read(&sample, sample.bytes.clone());
        assert_eq!(written.n_unaccounted, 0, "{}", sample.path.display());
    }
}

#[test]
fn no_two_rows_of_a_table_have_the_same_place() {
    for sample in samples() {
        let (written, _) = read(&sample, sample.bytes.clone());
        let mut places = written.places.clone();
        places.sort();
        places.dedup();
        assert_eq!(places.len(), written.places.len(), "{}", sample.path.display());
    }
}

#[test]
fn a_sample_that_gives_rows_without_a_declared_format_is_recognised_by_itself() {
    for sample in samples() {
        if sample.declared.profile.is_some() || sample.declared.table.is_some() {
            continue;
        }
        let (written, _) = read(&sample, sample.bytes.clone());
        if written.n_rows == 0 {
            continue;
        }
        let mut input = Input::from_memory(&sample.name, sample.bytes.clone());
        let head = compression::head(&mut input).expect("reads");
        let named = Sample { name: compression::plain_name(&sample.name), head: &head };
        match recognise(&named) {
            Ok(reader) => assert_eq!(reader.name, sample.reader.name, "{}", sample.path.display()),
            Err(error) => panic!("{}: {error}", sample.path.display()),
        }
        assert_ne!((sample.reader.recognise)(&named), Fit::No, "{}", sample.path.display());
    }
}

#[test]
fn every_source_says_what_it_is() {
    let headings = [
        "## Who issues it",
        "## On what request",
        "## Fields",
        "## Time zone and precision",
        "## What it does not say",
        "## Skipped on purpose",
    ];
    for reader in READERS {
        let path = folder(reader).join("README.md");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let found: Vec<&str> =
            text.lines().map(str::trim_end).filter(|line| headings.contains(line)).collect();
        assert_eq!(found, headings, "{}", path.display());
        assert!(folder(reader).join("values.tsv").exists(), "{} has no values.tsv", reader.name);
    }
}

/// One damage to a file.
#[derive(Clone, Debug)]
enum Damage {
    Flip(usize, u8),
    Cut(usize),
    Insert(usize, Vec<u8>),
    Double(usize, usize),
}

impl Damage {
    fn strategy() -> impl Strategy<Value = Self> {
        prop_oneof![
            (any::<usize>(), 1..=255_u8).prop_map(|(at, bits)| Self::Flip(at, bits)),
            any::<usize>().prop_map(Self::Cut),
            (
                any::<usize>(),
                prop_oneof![
                    proptest::collection::vec(any::<u8>(), 1..12),
                    Just(b"\"".to_vec()),
                    Just(b"\n".to_vec()),
                    Just(b"\0".to_vec()),
                    Just(b"\xff\xfe".to_vec()),
                ]
            )
                .prop_map(|(at, bytes)| Self::Insert(at, bytes)),
            (any::<usize>(), 1..400_usize).prop_map(|(at, len)| Self::Double(at, len)),
        ]
    }

    fn apply(&self, bytes: &mut Vec<u8>) {
        let len = bytes.len();
        match self {
            Self::Flip(at, bits) if len > 0 => bytes[at % len] ^= bits,
            Self::Flip(..) => {}
            Self::Cut(at) => bytes.truncate(at % (len + 1)),
            Self::Insert(at, more) => {
                let at = at % (len + 1);
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Double(at, n) => {
                let at = at % (len + 1);
                let copy = bytes[at..(at + n).min(len)].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
}

#[test]
fn damaged_samples_are_read_without_a_panic_and_each_record_is_accounted_for() {
    let damages = proptest::collection::vec(Damage::strategy(), 1..4);
    for sample in samples() {
        let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
        let mut runner = proptest::test_runner::TestRunner::new(config);
        let result = runner.run(&damages, |damages| {
            let mut bytes = sample.bytes.clone();
            damages.iter().for_each(|damage| damage.apply(&mut bytes));
            let (written, result) = read(&sample, bytes);
            // A damaged header may need a declaration that the sample has not; content is never an error.
            let allowed = matches!(
                result,
                Ok(())
                    | Err(Refusal::ZoneMissing { .. }
                        | Refusal::OtherHeader(_)
                        | Refusal::UnknownEncoding(_)
                        | Refusal::NoTable { .. }
                        | Refusal::NoProfile(_)
                        | Refusal::Declared(_)
                        | Refusal::NotThisFormat { .. })
            );
            prop_assert!(allowed, "{result:?}");
            prop_assert_eq!(written.n_unaccounted, 0);
            Ok(())
        });
        if let Err(error) = result {
            panic!("{}: {error}", sample.path.display());
        }
    }
}

/// The samples that are no text, made here.
mod binaries {
    use std::sync::Arc;

    use arrow_array::{Int32Array, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray};
    use arrow_schema::{Field, Schema, TimeUnit};
    use parquet::arrow::ArrowWriter;
    use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook};

    use super::*;

    /// Makes those that are missing when goldens are blessed: the bytes of those stored stay as they are.
    pub fn make_missing() {
        if env::var_os("BLESS").is_none() {
            return;
        }
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        type Make = fn() -> Vec<u8>;
        let makers: [(&str, Make); 11] = [
            ("tutela_table/samples/connection-basic.parquet", parquet_connections),
            ("mapped_table/samples/cometa-risposta.xlsx", || cometa(true)),
            ("mapped_table/samples/cometa-no_rows.xlsx", || cometa(false)),
            // An answer of more rows than a sheet has: in further sheets, and in a further file.
            ("mapped_table/samples/cometa-continued.xlsx", || {
                cometa_parts(&["Risposta", "Risposta (2)", "Risposta (3)"], 2)
            }),
            ("mapped_table/samples/cometa-second_file.xlsx", || cometa_parts(&["Risposta (2)"], 1)),
            ("mapped_table/samples/cometa-second_file_without_header.xlsx", || {
                cometa_parts(&["Risposta (2)"], 0)
            }),
            ("mapped_table/samples/cometa-groups.xlsx", cometa_groups),
            ("mapped_table/samples/nexus-daily.parquet", || parquet(nexus(NEXUS, false))),
            ("mapped_table/samples/nexus-unknown_column.parquet", || parquet(nexus(&NEXUS[..2], true))),
            ("mapped_table/samples/nexus-bad_values.parquet", || parquet(nexus(BAD_NEXUS, false))),
            // A file that is cut has lost its footer, which stands last.
            ("mapped_table/samples/nexus-truncated.parquet", || {
                let mut bytes = parquet(nexus(NEXUS, false));
                bytes.truncate(bytes.len() - 700);
                bytes
            }),
        ];
        for (name, make) in makers {
            let path = src.join(name);
            if !path.exists() {
                fs::write(&path, make()).expect("a sample can be written");
            }
        }
        for (name, bytes) in sharing::samples() {
            fs::write(src.join(name), bytes).expect("a sample can be written");
        }
    }

    fn parquet_connections() -> Vec<u8> {
        let at = TimestampMillisecondArray::from(vec![Some(1_772_395_200_250), None]).with_timezone("UTC");
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("platform", Arc::new(StringArray::from(vec!["agorachat", "agorachat"]))),
            ("account", Arc::new(StringArray::from(vec!["u1", "u2"]))),
            ("address", Arc::new(StringArray::from(vec!["192.0.2.1", "192.0.2.999"]))),
            ("port", Arc::new(Int32Array::from(vec![Some(40_001), None]))),
            ("at", Arc::new(at)),
            ("colour", Arc::new(StringArray::from(vec!["blue", "red"]))),
        ];
        assert!(matches!(columns[4].1.data_type(), DataType::Timestamp(TimeUnit::Millisecond, Some(_))));
        parquet(columns)
    }

    type Columns = Vec<(&'static str, ArrayRef)>;

    fn parquet(columns: Columns) -> Vec<u8> {
        let fields: Vec<Field> =
            columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).expect("equal columns");
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, schema, None).expect("a writer");
        writer.write(&batch).expect("writes to memory");
        writer.close().expect("writes to memory");
        bytes
    }

    /// A record of `nexus_daily`: second, network, address, port, user hash, GUID, ed2k, sha1, what was seen; an empty
    /// text is no value.
    type Nexus = (i64, &'static str, &'static str, i32, [&'static str; 4], &'static str);

    const USER: &str = "0123456789abcdef0123456789abcdef";
    const OTHER: &str = "FEDCBA9876543210FEDCBA9876543210";
    const SHA1: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

    const NEXUS: &[Nexus] = &[
        (1_772_395_200, "ed2k", "192.0.2.10", 4_662, [USER, "", OTHER, ""], "listed"),
        (1_772_308_800, "gnutella", "2001:db8::7", 6_346, ["", OTHER, "", SHA1], "offered"),
        (1_772_395_261, "ares", "198.51.100.7", 0, ["", "", "", SHA1], "downloaded"),
    ];

    /// Hashes of other lengths, no hash, an address of no line, a time and a word that are none.
    const BAD_NEXUS: &[Nexus] = &[
        (1_772_395_200, "ed2k", "0.0.0.0", 4_662, [USER, "", OTHER, ""], "listed"),
        (1_772_395_200, "ed2k", "192.0.2.10", 4_662, ["0123", "", SHA1, ""], "listed"),
        (1_772_395_200, "ares", "192.0.2.10", 4_662, ["", USER, "", OTHER], "listed"),
        (1_772_395_200, "ares", "192.0.2.10", 4_662, ["", USER, "", ""], "listed"),
        (1_772_395_200_000, "ares", "192.0.2.10", 4_662, ["", USER, "", SHA1], "listed"),
        (1_772_395_200, "ares", "192.0.2.10", 70_000, ["", USER, "", SHA1], "listed"),
        (1_772_395_200, "ares", "192.0.2.10", 4_662, ["", USER, "", SHA1], "seen"),
        (1_772_395_200, "ares", "", 4_662, ["", USER, "", SHA1], "listed"),
    ];

    fn nexus(records: &[Nexus], has_country: bool) -> Columns {
        let text = |cell: &dyn Fn(&Nexus) -> &'static str| -> ArrayRef {
            let cell = |record| Some(cell(record)).filter(|text| !text.is_empty());
            Arc::new(records.iter().map(cell).collect::<StringArray>())
        };
        let port = |record: &Nexus| Some(record.3).filter(|port| *port > 0);
        let mut columns: Columns = vec![
            ("t", Arc::new(records.iter().map(|record| Some(record.0)).collect::<Int64Array>())),
            ("network", text(&|record| record.1)),
            ("addr", text(&|record| record.2)),
            ("port", Arc::new(records.iter().map(port).collect::<Int32Array>())),
            ("user_hash", text(&|record| record.4[0])),
            ("guid", text(&|record| record.4[1])),
            ("ed2k", text(&|record| record.4[2])),
            ("sha1", text(&|record| record.4[3])),
            ("size", Arc::new(records.iter().map(|record| Some(record.0 % 1_000)).collect::<Int64Array>())),
            ("client", text(&|_| "eMule 0.50a")),
            ("obs", text(&|record| record.5)),
            ("basis", text(&|_| "connected")),
        ];
        if has_country {
            columns.push(("country", text(&|_| "IT")));
        }
        columns
    }

    const COMETA: [&str; 14] = [
        "MSISDN",
        "IP pubblico",
        "Porta da",
        "Porta a",
        "Inizio (UTC)",
        "Fine (UTC)",
        "Utenti per IP",
        "Intestatario",
        "CF",
        "Nascita",
        "Residenza",
        "Comune",
        "PR",
        "Email",
    ];

    /// Sheets with a record each, the first of them with the header; and one of another name with the same header.
    fn cometa_parts(sheets: &[&str], n_headers: usize) -> Vec<u8> {
        let mut workbook = dated();
        for (sheet_idx, name) in sheets.iter().enumerate() {
            let sheet = workbook.add_worksheet();
            sheet.set_name(*name).expect("a name");
            let mut row = 0;
            if sheet_idx < n_headers {
                sheet.write_row(row, 0, COMETA).expect("a row");
                row += 1;
            }
            sheet.write(row, 0, format!("+39 333 555000{sheet_idx}")).expect("a cell");
            let cells = ["198.51.100.9", "1024", "2047", "2026-03-01 20:00", "2026-03-01 21:00", "64"];
            sheet.write_row(row, 1, cells).expect("a row");
        }
        if n_headers > 1 {
            let sheet = workbook.add_worksheet();
            sheet.set_name("Esempio").expect("a name");
            sheet.write_row(0, 0, COMETA).expect("a row");
        }
        workbook.save_to_buffer().expect("a workbook")
    }

    /// A header of two rows, with groups merged over their names and names merged over both rows.
    fn cometa_groups() -> Vec<u8> {
        let mut workbook = dated();
        let plain = Format::new();
        let sheet = workbook.add_worksheet();
        sheet.merge_range(0, 0, 0, 6, "Risposta alla richiesta n. 12", &plain).expect("a range");
        sheet.merge_range(1, 0, 2, 0, "Utenza", &plain).expect("a range");
        sheet.merge_range(1, 1, 2, 1, "Indirizzo IP", &plain).expect("a range");
        sheet.merge_range(1, 2, 1, 3, "Periodo", &plain).expect("a range");
        sheet.merge_range(1, 4, 1, 5, "Porte", &plain).expect("a range");
        sheet.write_row(2, 2, ["Inizio", "Fine", "Da", "A", "Provincia"]).expect("a row");
        for (row, line) in ["U-1", "U-2"].iter().enumerate() {
            let cells =
                [line, "198.51.100.9", "01/03/2026 21:00:00", "13/03/2026 22:00:00", "1024", "2047", "FC"];
            sheet.write_row(3 + row as u32, 0, cells).expect("a row");
        }
        workbook.save_to_buffer().expect("a workbook")
    }

    /// A workbook whose bytes do not depend on the day when it is made.
    fn dated() -> Workbook {
        let mut workbook = Workbook::new();
        let made = ExcelDateTime::from_ymd(2026, 3, 5).expect("a date");
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        workbook
    }

    /// The answer of a mobile operator: merged title rows, real dates, a formula, a hidden sheet.
    fn cometa(has_rows: bool) -> Vec<u8> {
        let mut workbook = dated();
        let (plain, time, day) = (
            Format::new(),
            Format::new().set_num_format("dd/mm/yyyy hh:mm:ss"),
            Format::new().set_num_format("dd/mm/yyyy"),
        );
        let sheet = workbook.add_worksheet();
        sheet.set_name("Risposta").expect("a name");
        sheet.merge_range(0, 0, 0, 13, "Cometa - Risposta", &plain).expect("a range");
        sheet.merge_range(1, 0, 1, 13, "Richiesta n. 12", &plain).expect("a range");
        for (column, name) in COMETA.iter().enumerate() {
            sheet.write(2, column as u16, *name).expect("a cell");
        }
        for row in 3..if has_rows { 6 } else { 3 } {
            let line = format!("+39 333 555{row:04}");
            sheet.write(row, 0, line).expect("a cell");
            sheet.write(row, 1, "198.51.100.9").expect("a cell");
            sheet.write(row, 2, 1024 * row).expect("a cell");
            sheet
                .write_formula(
                    row,
                    3,
                    Formula::new(format!("=C{}+1023", row + 1)).set_result(format!("{}", 1024 * row + 1023)),
                )
                .expect("a cell");
            let from = ExcelDateTime::from_ymd(2026, 3, 1)
                .and_then(|date| date.and_hms(20, 0, row as u16))
                .expect("a time");
            sheet.write_with_format(row, 4, &from, &time).expect("a cell");
            if row == 4 {
                sheet.write(row, 5, "2026-03-01 21:00").expect("a cell");
            }
            sheet.write(row, 6, 64).expect("a cell");
            sheet.write(row, 7, "Zoë Finta").expect("a cell");
            sheet.write(row, 8, "FNTZOE90A41D612X").expect("a cell");
            let born = ExcelDateTime::from_ymd(1990, 1, row as u8).expect("a date");
            sheet.write_with_format(row, 9, &born, &day).expect("a cell");
            sheet.write(row, 12, "FC").expect("a cell");
        }
        let hidden = workbook.add_worksheet();
        hidden.set_name("Note interne").expect("a name");
        hidden.write(0, 0, "not for others").expect("a cell");
        hidden.set_hidden(true);
        workbook.save_to_buffer().expect("a workbook")
    }
}
