//! The tags of eDonkey programs: a type, a name and a value, as eMule and aMule write them into their files.
//!
//! ```text
//! u8 type; type & 0x80: the name is one byte (u8), else u16 length and name; a name of one byte is a number
//! 01 hash: 16 bytes            06 bits: u16 n, n/8+1 bytes    0B u64
//! 02 string: u16 length, bytes 07 blob: u32 length, bytes     11–26 string of type-0x10 bytes
//! 03 u32    04 float: 4 bytes  08 u16    09 u8
//! 05 bool: 1 byte              0A bytes: u8 length, bytes
//! ```
//! The types were found by reading eMule (`Packets.cpp`, `Opcodes.h`) and aMule (`Tag.cpp`).

use tutela_model::tables::ProblemKind;

use crate::artefact::{Cursor, Flaw, Said, Span, hex_beginning, text_of};

/// A tag's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name<'a> {
    /// A number that the programs have given a meaning.
    Id(u8),
    /// Anything else.
    Text(&'a [u8]),
}

/// A tag's value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Hash([u8; 16]),
    Text(String),
    Number(u64),
    Float(f32),
    /// Truth values and bytes without a form of their own.
    Bytes(&'a [u8]),
}

/// A tag with its place.
#[derive(Clone, Debug)]
pub(crate) struct Tag<'a> {
    /// The type as it stands, without the bit that says how the name is written.
    pub kind: u8,
    pub name: Name<'a>,
    pub value: Value<'a>,
    /// The bytes of the value, without its length.
    pub span: Span,
}

impl Tag<'_> {
    pub fn id(&self) -> Option<u8> {
        match self.name {
            Name::Id(id) => Some(id),
            Name::Text(_) => None,
        }
    }

    /// The value, when it is a whole number.
    pub fn number(&self) -> Option<Said> {
        match self.value {
            Value::Number(value) => Some(Said { value, span: self.span }),
            _ => None,
        }
    }

    /// The value in words, of which nothing is left out but the end of long bytes.
    pub fn shown(&self) -> String {
        match &self.value {
            Value::Hash(hash) => hex_beginning(hash),
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Float(float) => float.to_string(),
            Value::Bytes(bytes) => hex_beginning(bytes),
        }
    }

    /// What the programs call the tag; for one that they do not have, its number or its name as it stands.
    pub fn title(&self) -> String {
        match &self.name {
            Name::Id(id) => title_of(*id).map_or_else(|| format!("tag {id:02x}"), str::to_owned),
            Name::Text(name) => text_of(name),
        }
    }

    /// Whether the programs have a tag of this name.
    pub fn is_known(&self) -> bool {
        match &self.name {
            Name::Id(id) => title_of(*id).is_some(),
            Name::Text(name) => TEXT_NAMES.contains(name),
        }
    }
}

/// Reads the next tag.
///
/// # Errors
/// The file ends inside it, or its type is none of those: where it ends cannot be known then.
pub(crate) fn tag<'a>(cursor: &mut Cursor<'a>) -> Result<Tag<'a>, Flaw> {
    let begin = cursor.at;
    let written = cursor.u8("a tag's type")?;
    let kind = written & 0x7f;
    let name_len =
        if written & 0x80 == 0 { usize::from(cursor.u16("the length of a tag's name")?) } else { 1 };
    let name = match cursor.take(name_len, "a tag's name")? {
        [id] => Name::Id(*id),
        name => Name::Text(name),
    };
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
    let value_len = match kind {
        0x01 => 16,
        0x02 => usize::from(cursor.u16("a string's length")?),
        0x03 | 0x04 => 4,
        0x05 | 0x09 => 1,
        0x06 => usize::from(cursor.u16("a number of bits")?) / 8 + 1,
        0x07 => cursor.u32("a blob's length")? as usize,
        0x08 => 2,
        0x0a => usize::from(cursor.u8("a length of bytes")?),
        0x0b => 8,
        0x11..=0x26 => usize::from(kind - 0x10),
        _ => {
            let span = Span::between(begin, cursor.at);
            let expected = "a tag of type 01 to 0b or 11 to 26; where this one ends cannot be known";
            return Err(Flaw::new(ProblemKind::Malformed, span, expected, format_args!("type {kind:02x}")));
        }
    };
    let at = cursor.at;
    let bytes = cursor.take(value_len, "a tag's value")?;
    let value = match kind {
        0x01 => Value::Hash(bytes.try_into().expect("16 bytes were asked for")),
        0x02 | 0x11..=0x26 => Value::Text(text_of(bytes)),
        0x03 | 0x08 | 0x09 | 0x0b => Value::Number(number(bytes)),
        0x04 => Value::Float(f32::from_le_bytes(bytes.try_into().expect("4 bytes were asked for"))),
        _ => Value::Bytes(bytes),
    };
    Ok(Tag { kind, name, value, span: Span { at, len: bytes.len() } })
}

/// Reads `u32` number of tags, and these.
pub(crate) fn tags<'a>(cursor: &mut Cursor<'a>, tags: &mut Vec<Tag<'a>>) -> Result<(), Flaw> {
    let n_tags = cursor.u32("the number of tags")?;
    for _ in 0..n_tags {
        tags.push(tag(cursor)?);
    }
    Ok(())
}

/// Names that are no number: media fields of eDonkey's own programs, and a counter of eDonkeyHybrid.
const TEXT_NAMES: &[&[u8]] = &[b"Artist", b"Album", b"Title", b"length", b"bitrate", b"codec", b"# Sent"];

/// What the numbers mean (`Opcodes.h` of eMule, `FileTags.h` of aMule).
fn title_of(id: u8) -> Option<&'static str> {
    Some(match id {
        0x01 => "name",
        0x02 => "size",
        0x03 => "type",
        0x04 => "format",
        0x05 => "last seen complete at a source",
        0x08 => "transferred",
        0x09 => "gap start",
        0x0a => "gap end",
        0x0b => "description",
        0x12 => "part file",
        0x13 | 0x18 => "download priority",
        0x14 => "status (1 is paused)",
        0x15 => "sources",
        0x16 => "permissions",
        0x17 | 0x19 => "upload priority",
        0x1a => "saved by compression",
        0x1b => "lost to corruption",
        0x20 => "keywords next published in Kad",
        0x21 => "source next published in Kad",
        0x22 => "flags",
        0x23 => "seconds of active download",
        0x24 => "corrupted parts",
        0x25 => "download in order for preview",
        0x26 => "notes next published in Kad",
        0x27 => "AICH root",
        0x28 => "last seen on the disk",
        0x30 => "complete sources",
        0x31 => "collection author",
        0x32 => "collection author's key",
        0x33 => "publish info",
        0x34 => "last shared",
        0x35 => "AICH part hashes",
        0x36 | 0x37 => "AICH hash from Kad",
        0x38 => "folder at the source",
        0x3a => "size, high part",
        0x50 => "bytes sent, low part",
        0x51 => "requests",
        0x52 => "accepted requests",
        0x53 => "category",
        0x54 => "bytes sent, high part",
        0x55 => "most sources",
        0xd0 => "artist",
        0xd1 => "album",
        0xd2 => "title",
        0xd3 => "length in seconds",
        0xd4 => "bitrate",
        0xd5 => "codec",
        0xf6 => "comment",
        0xf7 => "rating",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Tag<'_>, usize) {
        let mut cursor = Cursor::new(bytes, 0);
        let tag = tag(&mut cursor).expect("a tag");
        (tag, cursor.left())
    }

    #[test]
    fn every_type_is_read_to_its_last_byte() {
        let numbered = |kind: u8, value: &[u8]| [&[kind | 0x80, 0x51][..], value].concat();
        for (bytes, value) in [
            (numbered(0x01, &[7; 16]), Value::Hash([7; 16])),
            (numbered(0x02, b"\x02\x00ab"), Value::Text("ab".to_owned())),
            (numbered(0x03, &[1, 2, 0, 0]), Value::Number(0x201)),
            (numbered(0x04, &1.5_f32.to_le_bytes()), Value::Float(1.5)),
            (numbered(0x05, &[1]), Value::Bytes(&[1])),
            (numbered(0x06, &[8, 0, 255, 1]), Value::Bytes(&[255, 1])),
            (numbered(0x07, &[2, 0, 0, 0, 8, 9]), Value::Bytes(&[8, 9])),
            (numbered(0x08, &[0, 1]), Value::Number(256)),
            (numbered(0x09, &[9]), Value::Number(9)),
            (numbered(0x0a, &[1, 5]), Value::Bytes(&[5])),
            (numbered(0x0b, &[0, 0, 0, 0, 1, 0, 0, 0]), Value::Number(1 << 32)),
            (numbered(0x13, b"abc"), Value::Text("abc".to_owned())),
            (numbered(0x26, &[b'x'; 22]), Value::Text("x".repeat(22))),
        ] {
            let (tag, left) = read(&bytes);
            assert_eq!((&tag.value, left, tag.id()), (&value, 0, Some(0x51)), "{bytes:?}");
        }
    }

    #[test]
    fn a_name_is_a_number_when_it_is_one_byte_long() {
        let (tag, _) = read(b"\x09\x01\x00\x51\x07");
        assert_eq!(
            (tag.id(), tag.number().map(|said| said.span)),
            (Some(0x51), Some(Span { at: 4, len: 1 }))
        );
        let (tag, _) = read(b"\x03\x03\x00\x0910\x01\x00\x00\x00");
        assert_eq!((tag.id(), tag.name), (None, Name::Text(b"\x0910")));
    }

    #[test]
    fn a_type_that_nobody_knows_and_a_length_that_runs_over_the_end_are_flaws_with_their_place() {
        for (bytes, kind) in [
            (&b"\xff\x51\x00"[..], ProblemKind::Malformed),
            (b"\x87\x51\xff\xff\xff\xff", ProblemKind::Truncated),
            (b"\x82\x51\xff", ProblemKind::Truncated),
            (b"", ProblemKind::Truncated),
        ] {
            assert_eq!(tag(&mut Cursor::new(bytes, 0)).expect_err("a flaw").kind, kind, "{bytes:?}");
        }
    }
}
