//! `known.met` of eMule and aMule: the files that the program has hashed, with what others asked of each and got.
//! It is not the list of what is shared today.

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::ProblemKind;

use crate::artefact::{Cursor, Flaw, Loaded, Span, Telling, is_named};
use crate::ed2k_record::{Of, record, tell};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "emule_known_met",
    version: 1,
    about: "known.met of eMule and aMule: files known, requests, bytes sent, part hashes",
    tables: &["shared_file", "file_part"],
    recognise,
    read,
};

/// The first byte: the second form may hold sizes of 64 bits.
const VERSIONS: [u8; 2] = [0x0e, 0x0f];
/// How many positions and tags are looked at, in all, for the next record after a damaged one.
const SEARCHED: usize = 16 << 20;

fn recognise(sample: &Sample<'_>) -> Fit {
    let named = is_named(sample.name, "known.met");
    let versioned = sample.head.first().is_some_and(|version| VERSIONS.contains(version));
    let n_records = Cursor::new(sample.head, 1).u32("the number of records");
    let first = record(&mut Cursor::new(sample.head, 5));
    let is_whole = first.is_ok_and(|first| first.is_unmistakable());
    match (versioned, named) {
        (true, _) if is_whole => Fit::Sure,
        (true, true) if n_records.is_ok_and(|n_records| n_records == 0) && sample.head.len() == 5 => {
            Fit::Sure
        }
        (_, true) => Fit::Possible,
        _ => Fit::No,
    }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let mut cursor = Cursor::new(&loaded.bytes, 0);
    let head =
        cursor.u8("the version").and_then(|version| Ok((version, cursor.u32("the number of records")?)));
    let n_records = match head {
        Ok((version, n_records)) if VERSIONS.contains(&version) => n_records,
        Ok((version, _)) => {
            let flaw = Flaw::new(
                ProblemKind::Malformed,
                Span { at: 0, len: 1 },
                "version 0e or 0f; nothing of the file was read",
                format_args!("{version:02x}"),
            );
            telling.lost(&flaw)?;
            return telling.end(&loaded);
        }
        Err(flaw) => {
            telling.lost(&flaw)?;
            return telling.end(&loaded);
        }
    };
    telling.sink.note("records", &n_records.to_string());
    records(n_records, &mut cursor, &mut telling)?;
    telling.rest(&cursor)?;
    telling.end(&loaded)
}

fn records(n_records: u32, cursor: &mut Cursor<'_>, telling: &mut Telling<'_>) -> Result<(), Refusal> {
    let mut n_searched = 0;
    for idx in 0..n_records {
        if cursor.left() == 0 {
            let found = format!("{idx} of {n_records} records");
            let flaw =
                Flaw::new(ProblemKind::Truncated, Span { at: cursor.at, len: 0 }, "all records", found);
            return telling.lost(&flaw);
        }
        let begin = cursor.at;
        let read = match record(cursor) {
            Ok(read) => read,
            Err(flaw) => {
                cursor.at = cursor.bytes.len();
                return telling.lost(&flaw);
            }
        };
        tell(&read, Of::Known, cursor.bytes, telling)?;
        if read.flaw.is_some() {
            let end = cursor.at;
            cursor.at = next_record(cursor.bytes, begin + 1, &mut n_searched);
            if cursor.at > end {
                let span = Span::between(end, cursor.at);
                telling.sink.skip(&span.spot(), "what is left of a damaged record");
            }
        }
        telling.sink.progress(cursor.at as u64);
    }
    Ok(())
}

/// Where the next whole record begins, after a damaged one: a tag of an unknown type does not say where it ends.
/// Only what cannot be anything but a record counts, so what lies between is lost and told.
fn next_record(bytes: &[u8], from: usize, n_searched: &mut usize) -> usize {
    for at in from..bytes.len() {
        let read = record(&mut Cursor::new(bytes, at)).ok();
        *n_searched += 1 + read.as_ref().map_or(0, |read| read.tags.len());
        if read.is_some_and(|read| read.is_unmistakable()) {
            return at;
        }
        if *n_searched > SEARCHED {
            break;
        }
    }
    bytes.len()
}
