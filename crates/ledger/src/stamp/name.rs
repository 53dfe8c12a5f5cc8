//! The name of an authority as a line for display: `CN=made-up TSA, O=made-up court`. It is not for comparing.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Reader as _, SliceReader, Tag, TagNumber, Tagged as _};

use super::{BadReply, at, digits, form};

/// The most letters of a name that are shown.
const LETTERS: usize = 300;

/// Attributes of X.520 that have a short name (RFC 4514 section 3, RFC 4519, ETSI EN 319 412-1 section 5.1.4), by what
/// stands after [`ATTRIBUTE`].
const ATTRIBUTES: [(&str, &str); 8] = [
    ("3", "CN"),
    ("5", "serialNumber"),
    ("6", "C"),
    ("7", "L"),
    ("8", "ST"),
    ("10", "O"),
    ("11", "OU"),
    ("97", "organizationIdentifier"),
];

/// What the identifier of an attribute of X.520 begins with (RFC 5280 appendix A.1, `id-at`).
const ATTRIBUTE: &str = "2.5.4.";

/// The text of a `GeneralName` (RFC 5280 section 4.2.1.6): a directory's name, or what else stands there as it is.
pub(super) fn general(bytes: &[u8]) -> Result<String, BadReply> {
    let mut reader = SliceReader::new(bytes)?;
    let name: AnyRef<'_> = at("tsa", "a name", reader.decode())?;
    reader.finish()?;
    match name.tag() {
        Tag::ContextSpecific { constructed: true, number: TagNumber(4) } => directory(name.value()),
        // An address of mail, a name in the DNS, a URI: texts in ASCII.
        Tag::ContextSpecific { constructed: false, number: TagNumber(1 | 2 | 6) } => {
            Ok(shown(name.value().iter().map(|byte| char::from(*byte))))
        }
        _ => Ok(format!("#{}", digits(&name.value()[..name.value().len().min(LETTERS / 2)]))),
    }
}

/// The text of a `Name` (RFC 5280 section 4.1.2.4), in the order in which it is written.
fn directory(bytes: &[u8]) -> Result<String, BadReply> {
    let mut parts = Vec::new();
    let mut reader = SliceReader::new(bytes)?;
    reader.sequence(|reader| {
        while !reader.is_finished() {
            let set: AnyRef<'_> = at("tsa", "a set of attributes", reader.decode())?;
            let mut set_reader = SliceReader::new(set.value())?;
            while !set_reader.is_finished() {
                parts.push(set_reader.sequence(attribute)?);
            }
        }
        Ok::<_, BadReply>(())
    })?;
    reader.finish()?;
    if parts.is_empty() {
        return Err(form("tsa", "a name", "a name without parts".to_owned()));
    }
    Ok(parts.join(", ").chars().take(LETTERS).collect())
}

fn attribute(reader: &mut SliceReader<'_>) -> Result<String, BadReply> {
    let kind: ObjectIdentifier = at("tsa", "the kind of an attribute", reader.decode())?;
    let value: AnyRef<'_> = at("tsa", "the value of an attribute", reader.decode())?;
    let kind = kind.to_string();
    let short = kind.strip_prefix(ATTRIBUTE);
    let short = ATTRIBUTES.iter().find(|(identifier, _)| Some(*identifier) == short);
    Ok(format!("{}={}", short.map_or(kind.as_str(), |(_, name)| name), text(value)))
}

/// The text in a value of any kind of text; of another value, its bytes.
pub(super) fn text(value: AnyRef<'_>) -> String {
    let bytes = value.value();
    match value.tag() {
        Tag::BmpString => {
            let units =
                bytes.chunks(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
            shown(char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)))
        }
        Tag::Utf8String => shown(String::from_utf8_lossy(bytes).chars()),
        Tag::PrintableString
        | Tag::Ia5String
        | Tag::VisibleString
        | Tag::NumericString
        | Tag::GeneralString
        | Tag::TeletexString => shown(bytes.iter().map(|byte| char::from(*byte))),
        _ => format!("#{}", digits(&bytes[..bytes.len().min(LETTERS / 2)])),
    }
}

/// Letters that may stand in a line: one that would end it or change it is written as an escape.
fn shown(letters: impl Iterator<Item = char>) -> String {
    let escaped = letters.take(LETTERS).flat_map(|letter| match letter {
        '\'' | '"' | '\\' => vec![letter],
        _ => letter.escape_debug().collect(),
    });
    escaped.collect()
}
