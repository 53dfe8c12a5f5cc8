//! A record: the values of a row, as bytes of its cell (sqlite.org/fileformat2.html section 2.1).

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE};

/// The encoding of all texts of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextEncoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(Cow<'a, str>),
    Blob(&'a [u8]),
}

impl Value<'_> {
    /// As a whole number; also from a text or real that is one, because applications change a column's type.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::Real(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(*value as i64),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// As text that is not empty; numbers as they are written.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) if !text.trim().is_empty() => Some(text.to_string()),
            Self::Integer(value) => Some(value.to_string()),
            Self::Real(value) => Some(value.to_string()),
            _ => None,
        }
    }
}

/// A varint: its value and how many bytes it takes, at most nine; none when the bytes end before it does.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (idx, byte) in bytes.iter().take(8).enumerate() {
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, idx + 1));
        }
    }
    Some((value << 8 | u64::from(*bytes.get(8)?), 9))
}

/// Where a value stands in its record, and its serial type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    serial: u64,
    pub start: usize,
    pub len: usize,
}

/// The most columns that a table can have.
const MAX_FIELDS: usize = 32_767;

/// Splits a record into its values; none when its header and its bytes do not fit each other.
pub(super) fn fields(record: &[u8]) -> Option<Vec<Field>> {
    let (header_len, mut at) = varint(record)?;
    let header_len = usize::try_from(header_len).ok().filter(|len| *len <= record.len())?;
    let mut start = header_len;
    let mut fields = Vec::new();
    while at < header_len && fields.len() < MAX_FIELDS {
        let (serial, n_bytes) = varint(&record[at..header_len])?;
        at += n_bytes;
        let len = match serial {
            0 | 8 | 9 => 0,
            1..=4 => serial as usize,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => usize::try_from((serial - 12) / 2).ok()?,
        };
        let end = start.checked_add(len).filter(|end| *end <= record.len())?;
        fields.push(Field { serial, start, len });
        start = end;
    }
    (at == header_len).then_some(fields)
}

impl Field {
    pub fn value<'a>(&self, record: &'a [u8], encoding: TextEncoding) -> Value<'a> {
        let bytes = &record[self.start..self.start + self.len];
        match self.serial {
            0 => Value::Null,
            1..=6 => {
                let sign = if bytes[0] & 0x80 == 0 { 0 } else { -1 };
                Value::Integer(bytes.iter().fold(sign, |value, byte| value << 8 | i64::from(*byte)))
            }
            7 => {
                let bits = bytes.iter().fold(0, |bits: u64, byte| bits << 8 | u64::from(*byte));
                // A bit pattern that is no number is stored by nobody; SQLite reads it as null.
                Some(f64::from_bits(bits)).filter(|value| !value.is_nan()).map_or(Value::Null, Value::Real)
            }
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            serial if serial % 2 == 0 => Value::Blob(bytes),
            _ => Value::Text(encoding.decode(bytes)),
        }
    }

    pub fn is_text(&self) -> bool {
        self.serial >= 13 && self.serial % 2 == 1
    }
}

impl TextEncoding {
    /// The text of some bytes; what is none in this encoding shows as U+FFFD.
    fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::Utf16Le => UTF_16LE.decode_without_bom_handling(bytes).0,
            Self::Utf16Be => UTF_16BE.decode_without_bom_handling(bytes).0,
        }
    }

    /// Whether the bytes are text in this encoding.
    pub fn is_sound(self, bytes: &[u8]) -> bool {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).is_ok(),
            Self::Utf16Le => !UTF_16LE.decode_without_bom_handling(bytes).1,
            Self::Utf16Be => !UTF_16BE.decode_without_bom_handling(bytes).1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_varint_has_seven_bits_a_byte_and_eight_in_its_ninth() {
        assert_eq!(varint(&[0x7f]), Some((127, 1)));
        assert_eq!(varint(&[0x81, 0x00]), Some((128, 2)));
        assert_eq!(varint(&[0xff; 9]), Some((u64::MAX, 9)));
        assert_eq!(varint(&[0x81]), None);
        assert_eq!(varint(&[]), None);
    }

    #[test]
    fn a_record_whose_values_do_not_fit_its_bytes_is_none() {
        // Three values: null, the integer -2 in one byte, the text "hi".
        let record = [4, 0, 1, 17, 0xfe, b'h', b'i'];
        let values: Vec<Value<'_>> = fields(&record)
            .expect("a record")
            .iter()
            .map(|field| field.value(&record, TextEncoding::Utf8))
            .collect();
        assert_eq!(values, [Value::Null, Value::Integer(-2), Value::Text("hi".into())]);
        assert!(fields(&record[..6]).is_none());
        assert!(fields(&[9, 0, 1]).is_none());
        assert!(fields(&[2, 10]).is_none());
    }
}
