//! `cancelled.met` of eMule and `canceled.met` of aMule: downloads that were begun and then cancelled.
//!
//! eMule keeps hashes of the files' hashes, made with a seed: see [`tutela_model::seeded`].

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{CancelledFile, ProblemKind};

use crate::artefact::{Cursor, Flaw, Loaded, Span, Telling, hex, is_named};
use crate::ed2k_tags::tag;

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "emule_cancelled_met",
    version: 1,
    about: "cancelled.met of eMule and canceled.met of aMule: downloads that were cancelled",
    tables: &["cancelled_file"],
    recognise,
    read,
};

/// Who wrote the list, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `0f`, `u8` 1, `u32` seed, `u32` n, n × { MD5[16], `u8` number of tags, tags }.
    Seeded(u32),
    /// `0e`, `u32` n, n × { ed2k[16], `u8` number of tags, tags }.
    Plain,
    /// `21`, `u32` n, n × ed2k[16].
    AMule,
}

fn recognise(sample: &Sample<'_>) -> Fit {
    let named = ["cancelled.met", "canceled.met"].iter().any(|name| is_named(sample.name, name));
    match (named, form(&mut Cursor::new(sample.head, 0)).is_ok()) {
        (true, true) => Fit::Sure,
        (true, false) => Fit::Possible,
        // The first byte is that of other files of the program too.
        (false, _) => Fit::No,
    }
}

fn form(cursor: &mut Cursor<'_>) -> Result<Form, Flaw> {
    match cursor.u8("the version")? {
        0x0f => match cursor.u8("the second version")? {
            0 | 1 => Ok(Form::Seeded(cursor.u32("the seed")?)),
            version => Err(unknown(Span { at: 1, len: 1 }, "second version 01", version)),
        },
        0x0e => Ok(Form::Plain),
        0x21 => Ok(Form::AMule),
        version => Err(unknown(Span { at: 0, len: 1 }, "version 0f, 0e or 21", version)),
    }
}

fn unknown(span: Span, expected: &str, version: u8) -> Flaw {
    let expected = format!("{expected}; nothing of the file was read");
    Flaw::new(ProblemKind::Malformed, span, &expected, format_args!("{version:02x}"))
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let mut cursor = Cursor::new(&loaded.bytes, 0);
    let head = form(&mut cursor).and_then(|form| Ok((form, cursor.u32("the number of records")?)));
    match head {
        Ok((form, n_records)) => records(form, n_records, &mut cursor, &mut telling)?,
        Err(flaw) => telling.lost(&flaw)?,
    }
    telling.end(&loaded)
}

fn records(
    form: Form,
    n_records: u32,
    cursor: &mut Cursor<'_>,
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    telling.sink.note("records", &n_records.to_string());
    for _ in 0..n_records {
        let span = Span { at: cursor.at, len: 16 };
        let hash: [u8; 16] = match cursor.array("a hash") {
            Ok(hash) => hash,
            Err(flaw) => {
                cursor.at = cursor.bytes.len();
                return telling.lost(&flaw);
            }
        };
        telling.record();
        let kind = if matches!(form, Form::Seeded(_)) { "seeded_md5" } else { "ed2k" };
        let row = CancelledFile {
            program: if form == Form::AMule { "aMule" } else { "eMule" }.into(),
            seed: match form {
                Form::Seeded(seed) => Some(seed),
                Form::Plain | Form::AMule => None,
            },
            hash: format!("{kind}:{}", hex(&hash)).into(),
            place: span.spot(),
        };
        telling.row(row)?;
        if form != Form::AMule
            && let Err(flaw) = tags(cursor, telling)?
        {
            cursor.at = cursor.bytes.len();
            return telling.flaw("", &flaw);
        }
        telling.sink.progress(cursor.at as u64);
    }
    telling.rest(cursor)
}

/// Tags of a record: the program writes none, so any is told.
fn tags(cursor: &mut Cursor<'_>, telling: &mut Telling<'_>) -> Result<Result<(), Flaw>, Refusal> {
    let n_tags = match cursor.u8("the number of tags") {
        Ok(n_tags) => n_tags,
        Err(flaw) => return Ok(Err(flaw)),
    };
    for _ in 0..n_tags {
        match tag(cursor) {
            Ok(tag) => telling.unknown("tag of a cancelled file", &tag.title(), tag.shown(), tag.span)?,
            Err(flaw) => return Ok(Err(flaw)),
        }
    }
    Ok(Ok(()))
}
