//! `NNN.part.met` of eMule and aMule: a download that is not complete, with what is there of it and what was sent.

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::ProblemKind;

use crate::artefact::{Cursor, Flaw, Loaded, Span, Telling, is_named};
use crate::ed2k_record::{Of, Record, hash_set, record, tell};
use crate::ed2k_tags::tags;

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "emule_part_met",
    version: 1,
    about: "NNN.part.met of eMule and aMule: an incomplete download, its complete ranges, what was sent of it",
    tables: &["shared_file", "file_part"],
    recognise,
    read,
};

/// The first byte: plain, split over many files, sizes of 64 bits.
const PLAIN: u8 = 0xe0;
const SPLIT: u8 = 0xe1;
const LARGE: u8 = 0xe2;

fn recognise(sample: &Sample<'_>) -> Fit {
    let named = is_named(sample.name, ".part.met") || is_numbered(sample.name);
    let versioned = matches!(sample.head.first(), Some(&(PLAIN | SPLIT | LARGE)));
    let first = whole(&mut Cursor::new(sample.head, 0));
    match (versioned, named) {
        (true, _) if first.as_ref().is_ok_and(Record::is_unmistakable) => Fit::Sure,
        (true, true) if first.is_ok() => Fit::Sure,
        (_, true) => Fit::Possible,
        _ => Fit::No,
    }
}

/// `001.part.met`: a number stands before, which [`is_named`] takes for another word.
fn is_numbered(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let plain =
        [".bak", ".backup", ".old"].iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(&name);
    plain.ends_with(".part.met")
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let mut cursor = Cursor::new(&loaded.bytes, 0);
    match whole(&mut cursor) {
        Ok(record) => {
            tell(&record, Of::Part, &loaded.bytes, &mut telling)?;
            if record.flaw.is_none() {
                telling.rest(&cursor)?;
            }
        }
        Err(flaw) => telling.lost(&flaw)?,
    }
    telling.end(&loaded)
}

/// The layout of the file: `e0` and `e2` are a version and a record; `e1`, and an `e0` that eDonkey's own client wrote,
/// have their part hashes elsewhere.
fn whole<'a>(cursor: &mut Cursor<'a>) -> Result<Record<'a>, Flaw> {
    let version = cursor.u8("the version")?;
    if ![PLAIN, SPLIT, LARGE].contains(&version) {
        let expected = "version e0, e1 or e2; nothing of the file was read";
        let found = format_args!("{version:02x}");
        return Err(Flaw::new(ProblemKind::Malformed, Span { at: 0, len: 1 }, expected, found));
    }
    // eDonkey's own old form has the first tag's beginning where the plain form has a hash.
    let is_edonkeys = version == PLAIN && cursor.bytes.get(24..28) == Some(&[0, 0, 2, 1]);
    if version == SPLIT || is_edonkeys { other_style(cursor) } else { record(cursor) }
}

/// `u32` 0, hash, `u16` number of part hashes, these, tags; or a byte, `u32` time, hash, tags, a byte, part hashes to
/// the end of the file.
fn other_style<'a>(cursor: &mut Cursor<'a>) -> Result<Record<'a>, Flaw> {
    let at = cursor.at;
    let hashes_first = cursor.clone().u32("the beginning of the record")? == 0;
    let modified = if hashes_first {
        cursor.u32("the beginning of the record")?;
        None
    } else {
        cursor.u8("the beginning of the record")?;
        Some(cursor.said_u32("when the file was last written")?)
    };
    let hash = cursor.array("the file's eDonkey hash")?;
    let mut record = Record {
        span: Span { at, len: 0 },
        modified,
        hash,
        parts: Span { at: cursor.at, len: 0 },
        tags: Vec::new(),
        flaw: None,
    };
    let read = |cursor: &mut Cursor<'a>, record: &mut Record<'a>| {
        if hashes_first {
            hash_set(cursor, &mut record.parts)?;
        }
        tags(cursor, &mut record.tags)?;
        if !hashes_first && cursor.left() > 0 {
            cursor.u8("the byte before the part hashes")?;
            let len = cursor.left() / 16 * 16;
            record.parts = Span { at: cursor.at, len };
            cursor.take(len, "part hashes")?;
        }
        Ok(())
    };
    record.flaw = read(cursor, &mut record).err();
    record.span = Span::between(at, cursor.at);
    Ok(record)
}
