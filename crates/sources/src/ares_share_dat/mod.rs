//! `ShareH.dat` and `ShareL.dat` of Ares: files of its library, under a cipher that hides nothing from who knows it.
//!
//! ```text
//! ShareH: "__ARESDB1.02H_", n × { sha1[20], u8 shared, u16 length, body }                          23 bytes and body
//! ShareL: "__ARESDB1.04L_", n × { sha1[20], u8 type, 4 bytes, u64 size, …, u16 length, body }      47 bytes and body
//! body: n × { u8 kind, u16 length, bytes }
//! ```
//! Head and body of a record are each enciphered by themselves.

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{ProblemKind, SharedFile, SharingNetwork, Stated};

use crate::artefact::{
    Counters, Cursor, Flaw, Loaded, Remarks, Said, Span, Telling, file_of, hex, hex_beginning, text_of,
};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "ares_share_dat",
    version: 1,
    about: "ShareH.dat and ShareL.dat of Ares: files of its library, and whether they were shared",
    tables: &["shared_file"],
    recognise,
    read,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// With a flag that says whether a file is shared.
    H,
    /// With types and sizes, without that flag.
    L,
}

const MARKS: [(&[u8; 14], Form); 2] = [(b"__ARESDB1.02H_", Form::H), (b"__ARESDB1.04L_", Form::L)];

fn form(head: &[u8]) -> Option<Form> {
    MARKS.iter().find(|(mark, _)| head.starts_with(&mark[..])).map(|(_, form)| *form)
}

fn recognise(sample: &Sample<'_>) -> Fit {
    // Fourteen bytes of its own are unmistakable, whatever the name.
    let name = sample.name.to_ascii_lowercase();
    match form(sample.head) {
        Some(_) => Fit::Sure,
        None if name == "shareh.dat" || name == "sharel.dat" => Fit::Possible,
        None => Fit::No,
    }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    match form(&loaded.bytes) {
        Some(form) => records(form, &loaded.bytes, &mut telling)?,
        None => {
            let span = Span { at: 0, len: loaded.bytes.len().min(14) };
            let expected = "__ARESDB1.02H_ or __ARESDB1.04L_; nothing of the file was read";
            let found = text_of(span.of(&loaded.bytes));
            telling.lost(&Flaw::new(ProblemKind::Malformed, span, expected, found))?;
        }
    }
    telling.end(&loaded)
}

/// The cipher: each byte is mixed with a number that goes on from the byte before it.
fn deciphered(bytes: &[u8], seed: u32) -> Vec<u8> {
    let mut state = seed;
    let plain = |byte: &u8| {
        let plain = byte ^ (state >> 8) as u8;
        state = state.wrapping_add(u32::from(*byte)).wrapping_mul(23_219).wrapping_add(36_126);
        plain
    };
    bytes.iter().map(plain).collect()
}

const HEAD_SEED: u32 = 13_871;
const BODY_SEED: u32 = 13_872;

fn records(form: Form, bytes: &[u8], telling: &mut Telling<'_>) -> Result<(), Refusal> {
    let mut cursor = Cursor::new(bytes, 14);
    let head_len = if form == Form::H { 23 } else { 47 };
    while cursor.left() > 0 {
        let at = cursor.at;
        let head = match cursor.take(head_len, "the head of a record") {
            Ok(head) => deciphered(head, HEAD_SEED),
            Err(flaw) => return telling.lost(&flaw),
        };
        let body_len = usize::from(u16::from_le_bytes([head[head_len - 2], head[head_len - 1]]));
        let whole = cursor.take(body_len.min(cursor.left()), "the body of a record").unwrap_or_default();
        let body = deciphered(whole, BODY_SEED);
        let span = Span::between(at, cursor.at);
        telling.record();
        file(form, &head, &body, span, at + head_len, telling)?;
        if body.len() < body_len {
            let expected = format!("the body of a record: {body_len} bytes");
            let flaw =
                Flaw::new(ProblemKind::Truncated, Span { at: cursor.at, len: 0 }, &expected, body.len());
            telling.flaw("", &flaw)?;
        }
        telling.sink.progress(cursor.at as u64);
    }
    Ok(())
}

/// What the kinds of a body's fields are.
fn title(kind: u8) -> Option<&'static str> {
    Some(match kind {
        1 => "path",
        2 => "title",
        3 => "artist",
        4 => "album",
        5 => "category",
        6 => "year",
        7 => "film",
        8 => "language",
        9 => "address",
        10 => "comment",
        11 => "date",
        17 => "marked as corrupt",
        18 => "hash of hashes",
        _ => return None,
    })
}

/// Hands on a record. `body_at` is where its body begins.
fn file(
    form: Form,
    head: &[u8],
    body: &[u8],
    span: Span,
    body_at: usize,
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    let mut counters = Counters::default();
    let mut remarks = Remarks::default();
    let (mut offered, mut size) = (Stated::Unknown, None);
    match form {
        Form::H => {
            let flag = Span { at: span.at + 20, len: 1 };
            counters.push("shared", head[20], flag);
            match head[20] {
                0 => offered = Stated::No,
                1 => offered = Stated::Yes,
                other => {
                    let flaw = Flaw::new(ProblemKind::BadValue, flag, "a flag of 0 or 1", other);
                    telling.flaw("offered", &flaw)?;
                }
            }
        }
        Form::L => {
            remarks.push("type", head[20]);
            let bytes = head[25..33].try_into().expect("8 of 47 bytes");
            size = Some(u64::from_le_bytes(bytes));
        }
    }
    let path = fields(body, body_at, &mut remarks, telling)?.filter(|path| !path.is_empty());
    let name = path.as_deref().and_then(|path| path.rsplit(['\\', '/']).next());
    telling.row(SharedFile {
        file_name: name.filter(|name| !name.is_empty()).map(Into::into),
        file_size: size,
        path: path.as_deref().map(Into::into),
        offered,
        counters_said: counters.text(),
        text: remarks.text(),
        ..file_of(SharingNetwork::Ares, "Ares", format!("sha1:{}", hex(&head[..20])).into(), span)
    })
}

/// Takes up the fields of a body, and gives the path.
fn fields(
    body: &[u8],
    body_at: usize,
    remarks: &mut Remarks,
    telling: &mut Telling<'_>,
) -> Result<Option<String>, Refusal> {
    let mut path = None;
    let mut fields = Cursor::new(body, 0);
    while fields.left() > 0 {
        let at = body_at + fields.at;
        let (kind, value) = match field(&mut fields) {
            Ok(field) => field,
            Err(flaw) => {
                // Places in the body count from its beginning: the cipher leaves the bytes where they are.
                let moved = Span { at: body_at + flaw.span.at, len: flaw.span.len };
                telling.flaw("", &Flaw { span: moved, ..flaw })?;
                break;
            }
        };
        let span = Span { at: at + 3, len: value.len() };
        match (kind, title(kind)) {
            (1, _) if path.is_none() => path = Some(text_of(value)),
            (11, Some(title)) if value.len() == 4 => {
                let number = u32::from_le_bytes(value.try_into().expect("4 bytes"));
                if let Some(time) = telling.time("date", Said { value: number.into(), span })? {
                    remarks.push(title, time);
                }
            }
            (17, Some(title)) => remarks.push(title, "yes"),
            // The program writes all fields, also those that hold nothing.
            (_, Some(_)) if value.is_empty() => {}
            (_, Some(title)) => remarks.push(title, text_of(value)),
            (_, None) => {
                remarks.push(&format!("field {kind}"), hex_beginning(value));
                telling.unknown("field of Ares", &kind.to_string(), hex_beginning(value), span)?;
            }
        }
    }
    Ok(path)
}

fn field<'a>(fields: &mut Cursor<'a>) -> Result<(u8, &'a [u8]), Flaw> {
    let kind = fields.u8("the kind of a field")?;
    let len = usize::from(fields.u16("the length of a field")?);
    Ok((kind, fields.take(len, "a field")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cipher_goes_on_from_the_byte_before() {
        // The other way round, from the definition: what is enciphered decides the next number.
        let plain = b"file 1.bin";
        let (mut state, mut cipher) = (BODY_SEED, Vec::new());
        for byte in plain {
            let enciphered = byte ^ (state >> 8) as u8;
            state = state.wrapping_add(u32::from(enciphered)).wrapping_mul(23_219).wrapping_add(36_126);
            cipher.push(enciphered);
        }
        assert_eq!(deciphered(&cipher, BODY_SEED), plain);
        assert_ne!(deciphered(&cipher, HEAD_SEED), plain);
    }
}
