//! Places in files received.

use serde::Deserialize;
use tutela_model::{Digest, Spot};
use utoipa::{IntoParams, ToSchema};

/// A spot in a file received: of its fields those that its kind of file has.
#[derive(Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The file, `sha256:…`.
    file: Option<String>,
    /// The line that the record starts on, from 1.
    line: Option<u64>,
    /// The field of a record, from 1.
    field: Option<u32>,
    /// The first byte, from 0.
    byte: Option<u64>,
    /// How many bytes.
    len: Option<u64>,
    /// The cell of a sheet, or the first cell of its row: `B7`.
    cell: Option<String>,
    /// The sheet.
    sheet: Option<String>,
    /// A JSON pointer (RFC 6901), or for XML the path of element names and ordinals.
    pointer: Option<String>,
    /// The page, from 1.
    page: Option<u32>,
    /// The record of a container without lines, from 1.
    record: Option<u64>,
    /// The file inside the file received.
    path: Option<String>,
}

impl Place {
    /// The spot; none when the fields are of none, or of several.
    pub fn spot(&self) -> Option<Spot> {
        let spot = match self {
            Self { line: Some(line), field: None, .. } => Some(Spot::Line(*line)),
            Self { line: Some(line), field: Some(field), .. } => {
                Some(Spot::Field { line: *line, field: *field })
            }
            Self { byte: Some(byte), len: Some(len), .. } => Some(Spot::Byte { byte: *byte, len: *len }),
            Self { cell: Some(cell), sheet: Some(sheet), .. } => {
                Some(Spot::Cell { sheet: sheet.as_str().into(), cell: cell.as_str().into() })
            }
            Self { pointer: Some(pointer), .. } => Some(Spot::Pointer(pointer.as_str().into())),
            Self { page: Some(page), .. } => Some(Spot::Page(*page)),
            Self { record: Some(record), field: None, .. } => Some(Spot::Record(*record)),
            Self { record: Some(record), field: Some(field), .. } => {
                Some(Spot::RecordField { record: *record, field: *field })
            }
            _ => None,
        };
        let spot = match (&self.path, spot) {
            (Some(path), Some(spot)) => spot.inside(path),
            (Some(path), None) => Spot::Inside { path: path.as_str().into(), spot: None },
            (None, spot) => spot?,
        };
        // What the spot writes itself as must be all that was said, or a place would be shown that was not meant.
        (spot.json().len() == self.n_said()).then_some(spot)
    }

    /// Whether the place is one of this file; one that names none is of the file that it is asked of.
    pub fn is_of(&self, digest: Digest) -> bool {
        self.file.as_ref().is_none_or(|file| file.parse().is_ok_and(|file: Digest| file == digest))
    }

    /// How many fields say where in the file.
    fn n_said(&self) -> usize {
        let texts = [&self.cell, &self.sheet, &self.pointer, &self.path].map(Option::is_some);
        let numbers = [&self.line, &self.byte, &self.len, &self.record].map(Option::is_some);
        let small = [&self.field, &self.page].map(Option::is_some);
        [&texts[..], &numbers, &small].concat().into_iter().filter(|is_said| *is_said).count()
    }
}
