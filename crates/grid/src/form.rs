//! The form of the file: columns one after another, at the end where each thing stands, and how long that is.

use std::io;

use serde::{Deserialize, Serialize};
use tutela_model::table::PLACE_COLUMN;
use tutela_model::{Digest, TableInfo, Tables};

use crate::at::{At, damaged};
use crate::kind::Kind;

/// The version of the form and of what is in it; another one makes other grids.
const VERSION: u32 = 1;

/// The last bytes of a grid, after the length of what stands before them.
const MARK: &[u8; 8] = b"tutelagr";

/// The column that tells which file received a row comes from, by its SHA-256 in hexadecimal.
pub const SOURCE: &str = tutela_model::table::SOURCE_COLUMN;

/// Rows of which texts are packed together.
pub const PACKED: usize = 512;

/// Stands after each text, and in none: it is not UTF-8.
pub const END: u8 = 0xFF;

/// Where in the file something stands.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Stretch {
    pub from: u64,
    pub bytes: u64,
}

/// What a grid holds.
#[derive(Serialize, Deserialize)]
pub struct Form {
    version: u32,
    /// The table.
    pub table: String,
    pub n_rows: u32,
    /// The parts in order: SHA-256 of the file received, and how many rows.
    pub parts: Vec<(String, u32)>,
    pub columns: Vec<ColumnForm>,
}

#[derive(Serialize, Deserialize)]
pub struct ColumnForm {
    pub name: String,
    pub kind: Kind,
    pub body: Body,
}

/// How a column is kept.
#[derive(Serialize, Deserialize)]
pub enum Body {
    /// By codes of its values.
    Coded(Coded),
    /// As it is: texts of [`PACKED`] rows are packed together.
    Plain {
        /// Packed texts, one block after another.
        blocks: Stretch,
        /// Where each block begins in them, and where the last one ends: `u64`.
        ends: Stretch,
    },
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Coded {
    /// How many values there are. Their codes are 0 to n-1 in their order; rows without a value have the code n.
    pub n_values: u32,
    /// How many bytes a code takes: 1, 2 or 4.
    pub code_bytes: u8,
    /// The code of each row.
    pub codes: Stretch,
    /// The rows in the order of their codes, `u32`; none where that is the order of the rows.
    pub order: Option<Stretch>,
    /// At which place of that order each code begins, that of no value among them, and how many rows there are: `u32`.
    pub starts: Stretch,
    pub values: Values,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub enum Values {
    /// Numbers of so many bytes, 8 or 16, in the order of codes.
    Numbers { numbers: Stretch, bytes: u8 },
    /// Texts in the order of codes.
    Texts {
        texts: Heap,
        /// The same in lower case; none where nothing differs.
        folded: Option<Heap>,
    },
}

/// Texts, each followed by [`END`].
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Heap {
    pub texts: Stretch,
    /// Where each text begins, and where the last one ends: `u64`.
    pub begins: Stretch,
}

/// What tells grids apart: the table, its columns and its parts in order, and the version of the form.
#[must_use]
pub fn key(tables: &dyn Tables, table: &TableInfo) -> Digest {
    let mut text = format!("grid {VERSION} {}\n", table.name);
    for column in (table.schema)().fields() {
        text.push_str(&format!("{} {}\n", column.name(), column.data_type()));
    }
    for part in tables.parts(table) {
        text.push_str(&format!("{} {} {}\n", part.source, part.n_rows, part.digest));
    }
    Digest::of(text.as_bytes())
}

/// Whether a column only says how the source wrote another, or where: nobody sorts by it, and values hardly repeat.
#[must_use]
pub fn is_beside(table: &TableInfo, column: &str) -> bool {
    let wrote = column.strip_suffix("_said").is_some_and(|field| table.field_idx(field).is_some());
    column == PLACE_COLUMN || wrote
}

impl Form {
    pub fn new(table: &TableInfo, n_rows: u32, parts: Vec<(String, u32)>) -> Self {
        Self { version: VERSION, table: table.name.to_owned(), n_rows, parts, columns: Vec::new() }
    }

    /// The bytes at the end of the file.
    pub fn end(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).expect("texts and numbers have a form in JSON");
        let len = bytes.len() as u64;
        bytes.extend_from_slice(&len.to_le_bytes());
        bytes.extend_from_slice(MARK);
        bytes
    }

    /// Reads the end of a file of so many bytes.
    pub fn read(file: &At, size: u64) -> io::Result<Self> {
        let tail = size.checked_sub(16).ok_or_else(|| damaged("it is too short"))?;
        let last = file.bytes(tail, 16)?;
        let (len, mark) = last.split_at(8);
        let len = u64::from_le_bytes(len.try_into().expect("8 bytes"));
        let from = tail.checked_sub(len).filter(|_| mark == MARK).ok_or_else(|| damaged("its end"))?;
        let len = usize::try_from(len).map_err(|_| damaged("its end"))?;
        let form: Self =
            serde_json::from_slice(&file.bytes(from, len)?).map_err(|_| damaged("what it holds"))?;
        if form.version != VERSION {
            return Err(damaged("its version"));
        }
        Ok(form)
    }
}
