//! Places in files received.
#![expect(
    dead_code,
    reason = "documents are held against this type and described by it, and built by outputs"
)]

use serde::Deserialize;
use utoipa::ToSchema;

/// A spot in a file received: of its fields those that its kind of file has.
#[derive(Deserialize, ToSchema)]
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
