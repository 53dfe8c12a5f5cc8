//! Every place that a reader gives of its samples opens, and what is marked there is what the row says.

use std::io::Read as _;

use proptest::prelude::*;
use tutela_model::Spot;
use tutela_model::source::{Input, Refusal, Sink};
use tutela_model::table::Row;
use tutela_model::tables::Builders;
use tutela_sources::compression::decompressed;
use tutela_sources::spot_view::{Note, ReadAs, Shown, SpotView, TextView, Why, open};

use crate::{Stored, samples, value};

/// The places of a file, each with the texts of its row; problems have none.
#[derive(Default)]
struct Places(Vec<(Spot, Vec<String>)>);

impl Sink for Places {
    fn record(&mut self) {}

    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        let texts = if matches!(row, Row::Problem(_)) { Vec::new() } else { texts(&row) };
        self.0.push((row.place().clone(), texts));
        Ok(())
    }

    fn skip(&mut self, place: &Spot, _: &'static str) {
        self.0.push((place.clone(), Vec::new()));
    }

    fn note(&mut self, _: &'static str, _: &str) {}

    fn progress(&mut self, _: u64) {}
}

/// What a row says, column by column.
fn texts(row: &Row) -> Vec<String> {
    let (_, batch) = Builders::default().push(row, 1).expect("one row makes a batch");
    let columns = batch.schema();
    let cells = columns.fields().iter().zip(batch.columns());
    let said = cells.filter(|(column, array)| column.name() != "place" && !array.is_null(0));
    said.map(|(_, array)| value(array).trim_matches('"').to_lowercase()).collect()
}

fn places(sample: &Stored) -> Vec<(Spot, Vec<String>)> {
    let mut places = Places::default();
    let input = Input::from_memory(&sample.name, sample.bytes.clone());
    // What was met before a refusal has its places too.
    let _ = (sample.reader.read)(input, &sample.declared, &mut places);
    places.0
}

fn opened(sample: &Stored, bytes: Vec<u8>, spot: &Spot) -> SpotView {
    let read_as = ReadAs { reader: sample.reader.name, declared: &sample.declared };
    open(Input::from_memory(&sample.name, bytes), spot, read_as, None).expect("bytes in memory can be read")
}

/// What is marked, and for a text the record that it is in.
fn marked(shown: &Shown) -> Option<(String, String)> {
    Some(match shown {
        Shown::Text(view) => {
            let record = view.lines.iter().filter(|line| line.of_record);
            let record: Vec<String> =
                record.map(|line| line.pieces.iter().map(|piece| piece.text.as_str()).collect()).collect();
            (view.marked(), record.join("\n"))
        }
        Shown::Hex(view) => (view.marked(), String::new()),
        Shown::Cells(view) => {
            let row = view.rows.iter().find(|row| row.marked)?;
            let idx = view.column.as_ref().and_then(|column| view.columns.iter().position(|it| it == column));
            let all = row.cells.join("\t");
            (idx.map_or_else(|| all.clone(), |idx| row.cells[idx].clone()), all)
        }
        Shown::Record(view) => {
            let of = |marked_only: bool| -> String {
                let cells = view.cells.iter().filter(|cell| cell.marked || !marked_only);
                cells.filter_map(|cell| cell.text.clone()).collect::<Vec<_>>().join("\t")
            };
            (of(true), of(false))
        }
        Shown::Nothing(_) => return None,
    })
}

/// Letters and digits, as they are compared: readers take blanks and marks away, and turn cases.
fn bare(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[test]
fn every_place_of_every_row_opens_and_what_is_marked_is_what_the_row_says() {
    let mut n_rows = 0;
    for sample in samples() {
        for (spot, texts) in places(&sample) {
            let view = opened(&sample, sample.bytes.clone(), &spot);
            let of = format!("{} {spot}: {view:?}", sample.path.display());
            if texts.is_empty() {
                // Problems and skips are also of what is not there: the end of a cut file.
                let is_damage =
                    matches!(&view.shown, Shown::Nothing(Why::TooFar | Why::TooDeep | Why::Page(_)));
                assert!(!is_damage, "{of}");
                continue;
            }
            n_rows += 1;
            let (marked, record) = marked(&view.shown).unwrap_or_else(|| panic!("{of}"));
            assert!(!marked.is_empty(), "{of}");
            if matches!(view.shown, Shown::Hex(_)) {
                continue;
            }
            let (mark, record) = (bare(&marked), bare(&record));
            let says = |text: &String| {
                // A hash has its kind before it, which no file writes so.
                let text = bare(text.rsplit(':').next().unwrap_or_default());
                let is_field = matches!(spot, Spot::Field { .. } | Spot::RecordField { .. });
                let is_marked = mark.contains(&text) || text.contains(&mark);
                !text.is_empty() && (is_marked || (!is_field && record.contains(&text)))
            };
            assert!(texts.iter().any(says), "{texts:?}\n{of}");
            let notes = if let Shown::Text(view) = &view.shown { view.notes.as_slice() } else { &[] };
            assert!(!notes.contains(&Note::NoField) && !notes.contains(&Note::Unreadable), "{of}");
        }
    }
    assert!(n_rows > 600, "{n_rows} rows");
}

#[test]
fn a_mark_in_a_text_is_where_its_offset_says() {
    let mut n_marks = 0;
    for sample in samples() {
        let mut content = Vec::new();
        let input = Input::from_memory(&sample.name, sample.bytes.clone());
        decompressed(input).expect("opens").read_to_end(&mut content).expect("reads");
        for (spot, _) in places(&sample) {
            let view = opened(&sample, sample.bytes.clone(), &spot);
            let (Shown::Text(text), []) = (&view.shown, view.inside.as_slice()) else { continue };
            let Some((byte, len)) = text.span.filter(|_| text.notes.is_empty()) else { continue };
            let span = &content[byte as usize..(byte + len) as usize];
            let said = match text.encoding {
                Some("windows-1252") => span.iter().map(|byte| char::from(*byte)).collect(),
                Some("UTF-16LE") => {
                    let units: Vec<u16> =
                        span.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
                    String::from_utf16_lossy(&units)
                }
                _ => String::from_utf8_lossy(span).into_owned(),
            };
            let lines =
                said.split(['\n', '\r']).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
            if !is_cut(text) {
                assert_eq!(text.marked(), lines, "{} {spot}", sample.path.display());
                n_marks += 1;
            }
        }
    }
    assert!(n_marks > 400, "{n_marks} marks");
}

fn is_cut(view: &TextView) -> bool {
    view.lines.iter().any(|line| line.of_record && (line.cut_before || line.cut_after))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Damaged files, and places that no reader gave of them.
    #[test]
    fn no_damage_makes_a_place_panic(
        which in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let samples = samples();
        let sample = which.get(&samples);
        let places = places(sample);
        if places.is_empty() {
            return Ok(());
        }
        let mut bytes = sample.bytes.clone();
        for (at, byte) in changes {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        opened(sample, bytes.clone(), &place.get(&places).0);
        bytes.truncate(cut.index(bytes.len() + 1));
        opened(sample, bytes.clone(), &place.get(&places).0);
        for spot in [
            Spot::Line(u64::MAX),
            Spot::Field { line: 2, field: u32::MAX },
            Spot::Byte { byte: u64::MAX, len: u64::MAX },
            Spot::Byte { byte: 3, len: u64::MAX },
            Spot::Cell { sheet: "x".into(), cell: "ZZZ4294967295".into() },
            Spot::Pointer("/a/b[1]/@c#char=3,1".into()),
            Spot::Pointer("/0#char=0,99999999999".into()),
            Spot::Record(u64::MAX),
            Spot::RecordField { record: 1, field: 0 },
            Spot::Line(1).inside("x"),
        ] {
            opened(sample, bytes.clone(), &spot);
        }
    }
}
