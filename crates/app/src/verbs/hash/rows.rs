//! Digests as text, JSON, CSV, and in hashdeep's form.

use std::io::Write;
use std::path::Path;

use serde_json::{Map, Value, json};
use tutela_hashing::{Digests, Wanted};

use crate::run::Format;
use crate::talk::path_text;

/// The form of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A line each, for reading.
    Text,
    /// One JSON document.
    Json,
    /// A JSON object a line.
    Jsonl,
    /// CSV.
    Csv,
    /// What `hashdeep -k` reads.
    Hashdeep,
}

impl Form {
    /// The form that the options of every verb ask for.
    pub fn of(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Json => Self::Json,
            Format::Jsonl => Self::Jsonl,
            Format::Csv => Self::Csv,
        }
    }
}

/// How rows are written.
pub struct Rows {
    /// The form.
    pub form: Form,
    /// The hashes that there are.
    pub wanted: Wanted,
}

impl Rows {
    /// What stands before the rows.
    pub fn head(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let names = names(self.wanted);
        match self.form {
            Form::Text => {
                let widths = names.iter().map(|name| width(name)).collect::<Vec<_>>();
                for (name, width) in names.iter().zip(widths) {
                    write!(out, "{:width$}  ", name.to_uppercase())?;
                }
                writeln!(out, "{:>SIZE_WIDTH$}  PATH", "SIZE")?;
            }
            Form::Json => {
                writeln!(out, "{{\"schema\":\"tutela.hash/1\",\"hashes\":{},\"files\":[", json!(names))?
            }
            Form::Jsonl => {}
            Form::Csv => writeln!(out, "path,size,{}", names.join(","))?,
            Form::Hashdeep => {
                writeln!(out, "%%%% HASHDEEP-1.0\n%%%% size,{},filename", names.join(","))?;
                writeln!(out, "## Written by tutela {}\n##", env!("CARGO_PKG_VERSION"))?;
            }
        }
        Ok(())
    }

    /// A row.
    pub fn row(
        &self,
        out: &mut dyn Write,
        path: &Path,
        digests: &Digests,
        is_first: bool,
    ) -> anyhow::Result<()> {
        let cells = cells(digests);
        match self.form {
            Form::Text => {
                for cell in cells {
                    write!(out, "{cell}  ")?;
                }
                writeln!(out, "{:>SIZE_WIDTH$}  {}", digests.bytes, path_text(path))?;
            }
            Form::Json if is_first => write!(out, "{}", self.object(path, digests, &cells))?,
            Form::Json => write!(out, ",\n{}", self.object(path, digests, &cells))?,
            Form::Jsonl => writeln!(out, "{}", self.object(path, digests, &cells))?,
            Form::Csv => {
                let size = digests.bytes.to_string();
                let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(out);
                // The path as it is, whatever its bytes.
                writer.write_field(path.as_os_str().as_encoded_bytes())?;
                writer.write_field(size)?;
                cells.iter().try_for_each(|cell| writer.write_field(cell))?;
                writer.write_record(None::<&[u8]>)?;
                writer.flush()?;
            }
            Form::Hashdeep => {
                // hashdeep names files from the root. Its form has no way to write a line break in a name.
                let path = std::path::absolute(path)?;
                writeln!(out, "{},{},{}", digests.bytes, cells.join(","), path_text(&path))?;
            }
        }
        Ok(())
    }

    /// What stands behind the rows.
    pub fn foot(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        if self.form == Form::Json {
            writeln!(out, "\n]}}")?;
        }
        Ok(())
    }

    fn object(&self, path: &Path, digests: &Digests, cells: &[String]) -> Value {
        let mut object = Map::new();
        object.insert("path".to_owned(), json!(path.to_string_lossy()));
        if path.to_str().is_none() {
            // What the text above could not hold.
            object.insert("path_hex".to_owned(), json!(hex(path.as_os_str().as_encoded_bytes())));
        }
        object.insert("size".to_owned(), json!(digests.bytes));
        for (name, cell) in names(self.wanted).into_iter().zip(cells) {
            object.insert(name.to_owned(), json!(cell));
        }
        if let Some(ed2k) = &digests.ed2k {
            let parts: Vec<String> = ed2k.parts.iter().map(|part| hex(part)).collect();
            object.insert("ed2k_parts".to_owned(), json!(parts));
        }
        Value::Object(object)
    }
}

/// The names of the hashes, in the order of the columns.
pub fn names(wanted: Wanted) -> Vec<&'static str> {
    let all = [
        ("md5", wanted.md5),
        ("sha1", wanted.sha1),
        ("sha256", wanted.sha256),
        ("ed2k", wanted.ed2k),
        ("aich", wanted.aich),
    ];
    all.into_iter().filter(|(_, wanted)| *wanted).map(|(name, _)| name).collect()
}

/// Hashes in the order of the columns: hexadecimal, and AICH in base 32, as links of eMule have it.
fn cells(digests: &Digests) -> Vec<String> {
    let md5 = digests.md5.map(|digest| hex(&digest));
    let sha1 = digests.sha1.map(|digest| hex(&digest));
    let sha256 = digests.sha256.map(|digest| hex(&digest));
    let ed2k = digests.ed2k.as_ref().map(|ed2k| hex(&ed2k.hash));
    let aich = digests.aich.as_ref().map(|aich| base32(&aich.root));
    [md5, sha1, sha256, ed2k, aich].into_iter().flatten().collect()
}

/// How wide a size is written: up to a petabyte.
const SIZE_WIDTH: usize = 15;

/// How wide a hash is written.
fn width(name: &str) -> usize {
    match name {
        "md5" | "ed2k" | "aich" => 32,
        "sha1" => 40,
        _ => 64,
    }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// Twenty bytes in base 32 (RFC 4648 section 6): 32 characters, with nothing left over.
fn base32(bytes: &[u8; 20]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let letters = bytes.chunks(5).flat_map(|five| {
        let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        (0..8).map(move |at| char::from(LETTERS[(bits >> (35 - 5 * at) & 31) as usize]))
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_bytes_are_32_letters() {
        // RFC 4648 section 10: "fooba" is MZXW6YTB.
        let bytes = *b"foobafoobafoobafooba";
        assert_eq!(base32(&bytes), "MZXW6YTB".repeat(4));
        assert_eq!(hex(&bytes[..5]), "666f6f6261");
    }
}
