//! Lines of a text as they are shown: cut into pieces that are marked and such that are not.

use std::ops::Range;

use encoding_rs::WINDOWS_1252;

use super::Note;
use super::source::Window;
use crate::text::content;

/// The most bytes of a line that are shown: around its first mark, or from its beginning.
const LINE_SHOWN: usize = 4_000;
/// How many of them stand before the first mark.
const BEFORE_MARK: usize = 400;
/// The most lines that a view has: of a JSON value, or of a record whose fields have line ends.
const LINES_SHOWN: usize = 60;

/// Lines of a text.
#[derive(Debug, Default)]
pub struct TextView {
    /// The encoding, by its WHATWG name; none when all that is shown is ASCII and nothing says more.
    pub encoding: Option<&'static str>,
    /// The compression that the file is in; offsets are those of its content.
    pub packed: Option<&'static str>,
    /// Offset and length of what the place means, in bytes; none where the encoding does not tell, or it was not reached.
    pub span: Option<(u64, u64)>,
    /// The lines.
    pub lines: Vec<TextLine>,
    /// What is to be known about them.
    pub notes: Vec<Note>,
}

/// A line of a text.
#[derive(Debug, Default)]
pub struct TextLine {
    /// Its number, from 1.
    pub number: u64,
    /// Where what is shown of it begins in the file, in bytes.
    pub byte: Option<u64>,
    /// Whether it belongs to the record, or to the value, that the place is in.
    pub of_record: bool,
    /// Whether it has more before what is shown.
    pub cut_before: bool,
    /// Whether it has more behind what is shown.
    pub cut_after: bool,
    /// Its text.
    pub pieces: Vec<Piece>,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is what the place means.
    pub marked: bool,
}

impl TextView {
    /// All that is marked, line by line.
    #[must_use]
    pub fn marked(&self) -> String {
        let lines = self.lines.iter().map(|line| {
            line.pieces
                .iter()
                .filter(|piece| piece.marked)
                .map(|piece| piece.text.as_str())
                .collect::<String>()
        });
        lines.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }

    pub(super) fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// What bytes are read as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    Utf8,
    Windows1252,
}

impl As {
    /// What the bytes of a line are read as in a text of which nothing else is known.
    pub fn of(line: &[u8]) -> Self {
        if std::str::from_utf8(line).is_ok() { Self::Utf8 } else { Self::Windows1252 }
    }

    fn text(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Windows1252 => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }
}

/// A line, of whose bytes (without their end) some are marked.
pub(super) fn line(raw: &[u8], number: u64, read_as: As, marks: &[Range<usize>]) -> (TextLine, usize) {
    let first = marks.first().map_or(0, |mark| mark.start);
    let inside = |at: usize| read_as == As::Utf8 && raw.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let mut from = if raw.len() > LINE_SHOWN { first.saturating_sub(BEFORE_MARK) } else { 0 };
    from = from.min(raw.len());
    // A character is not cut.
    (0..3).for_each(|_| from += usize::from(inside(from)));
    let mut to = raw.len().min(from + LINE_SHOWN);
    (0..3).for_each(|_| to -= usize::from(to > from && inside(to)));
    let mut pieces = Vec::new();
    let mut push = |part: Range<usize>, marked: bool| {
        if part.start < part.end {
            pieces.push(Piece { text: read_as.text(&raw[part]), marked });
        }
    };
    let mut at = from;
    for mark in marks {
        let (start, end) = (mark.start.clamp(at, to), mark.end.clamp(at, to));
        push(at..start, false);
        push(start..end, true);
        at = end;
    }
    push(at..to, false);
    let line = TextLine {
        number,
        byte: None,
        of_record: false,
        cut_before: from > 0,
        cut_after: to < raw.len(),
        pieces,
    };
    (line, from)
}

/// The lines of a window of JSON or XML, which are read as UTF-8: `mark` is what the place means, `value` the value that it is in; both in bytes of the file.
pub(super) fn lines_of(window: &Window, mark: Option<Range<u64>>, value: Option<Range<u64>>) -> TextView {
    let mut view = TextView { packed: window.packed, ..TextView::default() };
    let within = |span: &Range<u64>| {
        let at = |byte: u64| usize::try_from(byte.saturating_sub(window.start)).unwrap_or(usize::MAX);
        at(span.start).min(window.bytes.len())..at(span.end).min(window.bytes.len())
    };
    let (marked, of_value) = (mark.as_ref().map(within), value.as_ref().map(within));
    let overlaps = |span: &Option<Range<usize>>, line: &Range<usize>| {
        span.as_ref().is_some_and(|span| span.start < line.end && line.start < span.end)
    };
    let (mut start, mut number) = (0, window.line);
    let n_before =
        marked.as_ref().map_or(0, |mark| memchr::memchr_iter(b'\n', &window.bytes[..mark.start]).count());
    // A few lines before the mark are enough.
    let mut n_left_out = n_before.saturating_sub(4);
    for raw in window.bytes.split_inclusive(|byte| *byte == b'\n') {
        let range = start..start + raw.len();
        start = range.end;
        number += 1;
        if n_left_out > 0 {
            n_left_out -= 1;
            continue;
        }
        if view.lines.len() == LINES_SHOWN {
            if marked.as_ref().is_some_and(|mark| mark.end > range.start) {
                view.note(Note::Longer);
            }
            break;
        }
        let raw = content(raw);
        let marks: Vec<Range<usize>> = marked
            .iter()
            .filter(|mark| mark.start < range.end && range.start < mark.end)
            .map(|mark| mark.start.saturating_sub(range.start)..(mark.end - range.start).min(raw.len()))
            .map(|mark| mark.start.min(raw.len())..mark.end)
            .collect();
        let (mut line, from) = line(raw, number - 1, As::Utf8, &marks);
        line.byte = Some(window.start + (range.start + from) as u64);
        line.of_record = overlaps(&of_value, &range);
        line.cut_before |= range.start == 0 && window.starts_inside;
        line.cut_after |= range.end == window.bytes.len() && window.goes_on && !window.bytes.ends_with(b"\n");
        if line.cut_after && marks.last().is_some_and(|mark| mark.end == raw.len()) {
            view.note(Note::Longer);
        }
        view.lines.push(line);
    }
    if mark.as_ref().is_some_and(|mark| mark.end > window.start + window.bytes.len() as u64) {
        view.note(Note::Longer);
    }
    view.span = mark.map(|mark| (mark.start, mark.end.saturating_sub(mark.start)));
    view
}
