//! Where a row came from: the digest of the file received and the spot inside it.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::Text;

/// The SHA-256 of some bytes (FIPS 180-4), which is also the name of a received file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        let mut hex = String::with_capacity(64);
        for byte in self.0 {
            for nibble in [byte >> 4, byte & 15] {
                hex.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
            }
        }
        hex
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

/// A text that is not 64 hexadecimal digits, with or without `sha256:` before them.
#[derive(Debug, thiserror::Error)]
#[error("not a SHA-256 digest: {0}")]
pub struct NotADigest(String);

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let hex = text.strip_prefix("sha256:").unwrap_or(text).as_bytes();
        let mut digest = [0; 32];
        if hex.len() != 64 {
            return Err(NotADigest(text.to_owned()));
        }
        for (byte, pair) in digest.iter_mut().zip(hex.chunks_exact(2)) {
            let nibble = |digit: u8| char::from(digit).to_digit(16);
            let (Some(high), Some(low)) = (nibble(pair[0]), nibble(pair[1])) else {
                return Err(NotADigest(text.to_owned()));
            };
            *byte = (high * 16 + low) as u8;
        }
        Ok(Self(digest))
    }
}

/// A spot inside one received file. With the file's digest it is a row's *place*.
///
/// Stored as text in the column `place` of every table, in the form that [`fmt::Display`] writes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot {
    /// The line that a record starts on, counted from 1: `line:12`.
    Line(u64),
    /// A field of the record that starts on a line, both counted from 1: `line:12.3`.
    Field {
        /// The line.
        line: u64,
        /// The field's position in the record.
        field: u32,
    },
    /// A run of bytes: `byte:100+40`.
    Byte {
        /// Offset of the first byte, from 0.
        byte: u64,
        /// How many bytes.
        len: u64,
    },
    /// A spreadsheet cell or the first cell of a row: `cell:Foglio1!B7`.
    Cell {
        /// The sheet's name.
        sheet: Text,
        /// Column letters and row number.
        cell: Text,
    },
    /// A JSON pointer (RFC 6901), or for XML the path of element names and ordinals: `pointer:/a/0/b`.
    Pointer(Text),
    /// A page, counted from 1: `page:3`.
    Page(u32),
    /// The n-th record of a container that has no lines (Parquet), counted from 1: `record:12`.
    Record(u64),
    /// A column of such a record, both counted from 1: `record:12.3`.
    RecordField {
        /// The record.
        record: u64,
        /// The column's position.
        field: u32,
    },
    /// A file inside the received file (a ZIP member), and the spot inside that: `path:a/b.xml|pointer:/x`.
    Inside {
        /// The member's path as the container wrote it.
        path: Text,
        /// The spot inside the member; none when the whole member is meant.
        spot: Option<Box<Spot>>,
    },
}

impl Spot {
    /// The fields that the JSON of a place has besides `file`.
    #[must_use]
    pub fn json(&self) -> Map<String, Value> {
        let value = match self {
            Self::Line(line) => json!({"line": line}),
            Self::Field { line, field } => json!({"line": line, "field": field}),
            Self::Byte { byte, len } => json!({"byte": byte, "len": len}),
            Self::Cell { sheet, cell } => json!({"cell": cell.as_str(), "sheet": sheet.as_str()}),
            Self::Pointer(pointer) => json!({"pointer": pointer.as_str()}),
            Self::Page(page) => json!({"page": page}),
            Self::Record(record) => json!({"record": record}),
            Self::RecordField { record, field } => json!({"record": record, "field": field}),
            Self::Inside { path, spot } => {
                let mut map = spot.as_ref().map(|spot| spot.json()).unwrap_or_default();
                map.insert("path".to_owned(), json!(path.as_str()));
                Value::Object(map)
            }
        };
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    /// The same spot, inside a member of the received file.
    #[must_use]
    pub fn inside(self, path: &str) -> Self {
        Self::Inside { path: Text::from(path), spot: Some(Box::new(self)) }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line:{line}"),
            Self::Field { line, field } => write!(f, "line:{line}.{field}"),
            Self::Byte { byte, len } => write!(f, "byte:{byte}+{len}"),
            Self::Cell { sheet, cell } => write!(f, "cell:{sheet}!{cell}"),
            Self::Pointer(pointer) => write!(f, "pointer:{pointer}"),
            Self::Page(page) => write!(f, "page:{page}"),
            Self::Record(record) => write!(f, "record:{record}"),
            Self::RecordField { record, field } => write!(f, "record:{record}.{field}"),
            Self::Inside { path, spot: None } => write!(f, "path:{path}"),
            Self::Inside { path, spot: Some(spot) } => write!(f, "path:{path}|{spot}"),
        }
    }
}

/// A text that is not a spot as [`Spot`] writes it.
#[derive(Debug, thiserror::Error)]
#[error("not a place inside a file: {0}")]
pub struct NotASpot(String);

impl FromStr for Spot {
    type Err = NotASpot;

    fn from_str(text: &str) -> Result<Self, NotASpot> {
        let bad = || NotASpot(text.to_owned());
        let (kind, rest) = text.split_once(':').ok_or_else(bad)?;
        Ok(match kind {
            "line" => match rest.split_once('.') {
                Some((line, field)) => Self::Field {
                    line: line.parse().map_err(|_| bad())?,
                    field: field.parse().map_err(|_| bad())?,
                },
                None => Self::Line(rest.parse().map_err(|_| bad())?),
            },
            "page" => Self::Page(rest.parse().map_err(|_| bad())?),
            "record" => match rest.split_once('.') {
                Some((record, field)) => Self::RecordField {
                    record: record.parse().map_err(|_| bad())?,
                    field: field.parse().map_err(|_| bad())?,
                },
                None => Self::Record(rest.parse().map_err(|_| bad())?),
            },
            "pointer" => Self::Pointer(rest.into()),
            "byte" => {
                let (byte, len) = rest.split_once('+').ok_or_else(bad)?;
                Self::Byte { byte: byte.parse().map_err(|_| bad())?, len: len.parse().map_err(|_| bad())? }
            }
            "cell" => {
                let (sheet, cell) = rest.rsplit_once('!').ok_or_else(bad)?;
                Self::Cell { sheet: sheet.into(), cell: cell.into() }
            }
            // A member's path may itself hold `|`; the spot after it never does, so the last one counts.
            "path" => match rest.rsplit_once('|') {
                Some((path, spot)) => match spot.parse() {
                    Ok(spot) => Self::Inside { path: path.into(), spot: Some(Box::new(spot)) },
                    Err(_) => Self::Inside { path: rest.into(), spot: None },
                },
                None => Self::Inside { path: rest.into(), spot: None },
            },
            _ => return Err(bad()),
        })
    }
}

/// The id of a row: 16 hexadecimal digits of SHA-256 over table, file digest and spot.
///
/// Derived from the row's place alone, so it is the same after every import of the same file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub String);

impl RowId {
    /// The id of the row of `table` at `spot` of the file `source`.
    #[must_use]
    pub fn new(table: &str, source: &str, spot: &str) -> Self {
        let digest = Digest::of(format!("{table}\n{source}\n{spot}").as_bytes());
        Self(digest.hex()[..16].to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spot_reads_back_as_it_was_written() {
        let pointer = Spot::Pointer("/a/0/b|c".into());
        let spots = [
            Spot::Line(12),
            Spot::Field { line: 12, field: 3 },
            Spot::Byte { byte: 100, len: 40 },
            Spot::Cell { sheet: "Foglio!1".into(), cell: "B7".into() },
            Spot::Page(3),
            Spot::Record(9),
            Spot::RecordField { record: 9, field: 2 },
            Spot::Line(4).inside("a|b/c.xml"),
            Spot::Inside { path: "media/x.jpg".into(), spot: None },
            pointer,
        ];
        for spot in spots {
            assert_eq!(spot.to_string().parse::<Spot>().expect("reads back"), spot);
        }
    }

    #[test]
    fn a_digest_reads_back_with_and_without_its_prefix() {
        let digest = Digest::of(b"tutela");
        assert_eq!(digest.hex().parse::<Digest>().expect("hex"), digest);
        assert_eq!(format!("{digest:?}").parse::<Digest>().expect("prefixed"), digest);
        assert!("sha256:zz".parse::<Digest>().is_err());
    }
}
