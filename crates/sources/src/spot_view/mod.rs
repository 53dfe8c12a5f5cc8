//! What stands at a place of a received file, with what is around it: for whoever wants to see the bytes behind a row.
//!
//! It opens a file as far as the reader that made the row did, and no further: compression, ZIP members, sheets, Parquet.
//! It judges nothing, and it shows no media: of pictures, films and sound only offset and length are told.

mod layout;
mod source;
mod text;

mod cells;
mod hex;
mod inside;
mod json;
mod line_index;
mod lines;
mod media;
mod record;
mod xml;

use tutela_model::Spot;
use tutela_model::source::{Declared, Input, Refusal};

pub use cells::{CellsView, SheetRowView};
pub use hex::{HexRow, HexView};
pub use line_index::LineIndex;
pub use media::Media;
pub use record::{RecordCell, RecordView};
pub use text::{Piece, TextLine, TextView};

use source::Source;

/// The most bytes of a file's content that are walked through for one view. A place beyond is not shown, unless an index
/// of the file's lines, or the place itself, says from where on to walk.
pub const MAX_READ: u64 = 1 << 30;
/// Files inside files that are opened, one in the other.
const MAX_DEPTH: usize = 4;

/// How the file was read when its rows were made.
#[derive(Clone, Copy)]
pub struct ReadAs<'a> {
    /// The reader's name; empty when it is not known.
    pub reader: &'a str,
    /// What was declared of the file.
    pub declared: &'a Declared,
}

/// What stands at a place.
#[derive(Debug)]
pub struct SpotView {
    /// The files inside the file that were opened on the way, outermost first.
    pub inside: Vec<String>,
    /// What is shown.
    pub shown: Shown,
}

/// What is shown of a place.
#[derive(Debug)]
pub enum Shown {
    /// Lines of a text.
    Text(TextView),
    /// Bytes.
    Hex(HexView),
    /// Cells of a sheet.
    Cells(CellsView),
    /// A record of a container that has no lines.
    Record(RecordView),
    /// Nothing, and why.
    Nothing(Why),
}

/// Why nothing is shown of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The file has no such place: it is another file, or was altered.
    NotThere,
    /// The file has no content at all.
    Empty,
    /// The file is a picture, a film or sound, which are never shown.
    Media {
        /// What its beginning says that it is.
        media: Media,
        /// Offset of the first byte meant, where the place says it.
        byte: Option<u64>,
        /// How many bytes are meant: those of the place, or of the whole file.
        len: u64,
    },
    /// A page of a document; documents are not opened.
    Page(u32),
    /// The place lies beyond what is read for a view.
    TooFar,
    /// It is not before this byte. Lines were counted up to there, and the next view goes on behind it.
    NotYet(u64),
    /// The container cannot be opened at this place, for the reason told by the library that reads it.
    Damaged(String),
    /// The member cannot be unpacked: it is encrypted, packed in another way, or larger than what is unpacked.
    NotUnpacked(String),
    /// The place lies deeper inside other files than these are opened.
    TooDeep,
}

/// What is to be known about what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// What is marked is longer than what is shown of it.
    Longer,
    /// The file, or what can be unpacked of it, ends before the end of what the place means.
    Ends,
    /// The text cannot be read as its format from the place shown on, so the place itself was not reached.
    Unreadable,
    /// The place is named twice in the file; the last of them is shown, as readers take it.
    Twice,
    /// The field of the record was not found; the whole record is marked.
    NoField,
    /// Bytes of a picture, film or sound are among those shown, and are left out.
    MediaLeftOut,
}

/// Opens a place of a file. With an index of this very file, lines are gone to where its encoding and compression allow
/// that, and the index grows as far as this takes; without one all lines before are walked through.
///
/// # Errors
/// [`Refusal::Read`] when the file itself cannot be read. Whatever its bytes are is never an error.
pub fn open(
    input: Input,
    spot: &Spot,
    read_as: ReadAs<'_>,
    index: Option<&LineIndex>,
) -> Result<SpotView, Refusal> {
    let mut inside = Vec::new();
    let shown = at(input, spot, read_as, index, &mut inside)?;
    Ok(SpotView { inside, shown })
}

fn at(
    mut input: Input,
    spot: &Spot,
    read_as: ReadAs<'_>,
    index: Option<&LineIndex>,
    inside: &mut Vec<String>,
) -> Result<Shown, Refusal> {
    if inside.len() > MAX_DEPTH {
        return Ok(Shown::Nothing(Why::TooDeep));
    }
    if let Spot::Inside { path, spot } = spot {
        return inside::view(input, path, spot.as_deref(), read_as, inside);
    }
    let beginning = crate::compression::head(&mut input)?;
    if let Some(media) = media::of(&beginning) {
        let (byte, len) = match spot {
            Spot::Byte { byte, len } => (Some(*byte), *len),
            _ => (None, input.len),
        };
        return Ok(Shown::Nothing(Why::Media { media, byte, len }));
    }
    let source = Source::new(input)?;
    let layout = || layout::of(&source.name, &beginning, read_as);
    match spot {
        Spot::Line(line) => lines::view(&source, (*line, None), &layout(), index),
        Spot::Field { line, field } => lines::view(&source, (*line, Some(*field)), &layout(), index),
        Spot::Byte { byte, len } => hex::view(&source, *byte, *len),
        Spot::Cell { sheet, cell } => cells::view(&source, sheet, cell),
        Spot::Pointer(pointer) if is_markup(&beginning) => xml::view(&source, pointer),
        Spot::Pointer(pointer) => json::view(&source, pointer),
        Spot::Page(page) => Ok(Shown::Nothing(Why::Page(*page))),
        Spot::Record(record) => record::view(&source, *record, None),
        Spot::RecordField { record, field } => record::view(&source, *record, Some(*field)),
        Spot::Inside { .. } => Ok(Shown::Nothing(Why::NotThere)),
    }
}

/// Whether a text begins as XML does.
fn is_markup(head: &[u8]) -> bool {
    head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start().starts_with(b"<")
}

#[cfg(test)]
mod tests;
