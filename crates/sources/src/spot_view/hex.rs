//! A run of bytes, sixteen a row, with those around it.

use std::ops::Range;

use tutela_model::source::Refusal;

use super::source::{Source, is_too_far};
use super::{Note, Shown, Why, media};

/// Bytes of a row.
const ROW: u64 = 16;
/// Bytes that are shown before and behind those meant, at least.
const AROUND: u64 = 2 * ROW;
/// Bytes of those meant that are shown.
const SHOWN: u64 = 2_048;
/// Bytes before those shown in which a picture may begin that goes on among them.
const LOOK_BACK: u64 = 64 << 10;

/// Rows of bytes.
#[derive(Debug)]
pub struct HexView {
    /// The compression that the file is in; offsets are those of its content.
    pub packed: Option<&'static str>,
    /// Offset of the first byte meant.
    pub byte: u64,
    /// How many bytes are meant.
    pub len: u64,
    /// The rows.
    pub rows: Vec<HexRow>,
    /// What is to be known about them.
    pub notes: Vec<Note>,
}

/// Sixteen bytes, or fewer at the end of the file.
#[derive(Debug)]
pub struct HexRow {
    /// Offset of the first.
    pub byte: u64,
    /// Two digits a byte; two blanks where it is left out.
    pub hex: Vec<String>,
    /// As ASCII; a point for what is none.
    pub ascii: String,
    /// The columns that are marked, from 0.
    pub marked: Range<usize>,
}

impl HexView {
    /// The digits of all bytes that are marked.
    #[must_use]
    pub fn marked(&self) -> String {
        self.rows.iter().flat_map(|row| row.hex[row.marked.clone()].iter().map(String::as_str)).collect()
    }
}

pub(super) fn view(source: &Source, byte: u64, len: u64) -> Result<Shown, Refusal> {
    let end = byte.saturating_add(len);
    let is_packed = source.content()?.packed().is_some();
    if is_packed && is_too_far(byte) {
        return Ok(Shown::Nothing(Why::TooFar));
    }
    let from = (byte / ROW * ROW).saturating_sub(AROUND);
    let shown_end = end.min(byte.saturating_add(SHOWN));
    if !is_packed && from > source.len {
        return Ok(Shown::Nothing(Why::NotThere));
    }
    let to = shown_end.saturating_add(AROUND).checked_next_multiple_of(ROW).unwrap_or(u64::MAX);
    let looked_from = from.saturating_sub(LOOK_BACK);
    let window = source.window(looked_from..to, 0, false)?;
    let n_back = usize::try_from(from - looked_from).unwrap_or(usize::MAX);
    let Some(bytes) = window.bytes.get(n_back..).filter(|bytes| !bytes.is_empty()) else {
        // The end of the file is where damage is told that cut it.
        let is_empty = window.bytes.is_empty() && looked_from == 0;
        return Ok(Shown::Nothing(if is_empty { Why::Empty } else { Why::NotThere }));
    };
    let left_out = media::parts(&window.bytes);
    let is_left_out = |idx: usize| left_out.iter().any(|part| part.contains(&(n_back + idx)));
    let mut notes = Vec::new();
    let file_end = from + bytes.len() as u64;
    if shown_end < end {
        notes.push(Note::Longer);
    } else if file_end < end || (len == 0 && file_end <= byte) {
        notes.push(Note::Ends);
    }
    if (0..bytes.len()).any(is_left_out) {
        notes.push(Note::MediaLeftOut);
    }
    let rows = bytes.chunks(ROW as usize).enumerate().map(|(row_idx, row)| {
        let first = row_idx * ROW as usize;
        let start = from + first as u64;
        let column = |at: u64| usize::try_from(at.saturating_sub(start)).unwrap_or(usize::MAX).min(row.len());
        let digits = |(idx, byte): (usize, &u8)| match is_left_out(first + idx) {
            true => "  ".to_owned(),
            false => format!("{byte:02x}"),
        };
        let sign = |(idx, byte): (usize, &u8)| match byte {
            _ if is_left_out(first + idx) => ' ',
            0x20..=0x7e => char::from(*byte),
            _ => '.',
        };
        HexRow {
            byte: start,
            hex: row.iter().enumerate().map(digits).collect(),
            ascii: row.iter().enumerate().map(sign).collect(),
            marked: column(byte)..column(shown_end),
        }
    });
    Ok(Shown::Hex(HexView { packed: window.packed, byte, len, rows: rows.collect(), notes }))
}
