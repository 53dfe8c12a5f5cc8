//! What readers of a program's own binary files share: the file in memory, a cursor that never runs over its end,
//! counters with the bytes that hold them, and problems told once.
//!
//! No format is known here.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::Read as _;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use tutela_model::field::clip;
use tutela_model::source::{Input, Refusal, Sink};
use tutela_model::table::Row;
use tutela_model::tables::{Problem, ProblemKind, SharedFile, SharingNetwork, Stated};
use tutela_model::{Precision, Spot, Text, Time};

use crate::compression::decompressed;

/// The most of a file that is read, in bytes: the AICH hashes of 2.5 TB, or a million files of eMule.
pub(crate) const FILE_MAX: u64 = 256 << 20;
/// The most of a text that is read, in bytes; honest names and comments are a thousandth of it.
const TEXT_MAX: usize = 64 << 10;
/// The most statements of a record, and the most of each, in characters.
const REMARKS: usize = 256;
const REMARK: usize = 4096;
/// The most kinds of unknown thing of a file that are each told.
const KINDS_TOLD: usize = 64;

/// A file in memory.
pub(crate) struct Loaded {
    /// Its name, without a compression suffix.
    pub name: String,
    /// Its bytes, at most [`FILE_MAX`].
    pub bytes: Vec<u8>,
    /// Why not all of it is here.
    trouble: Option<Problem>,
}

impl Loaded {
    /// Reads a file into memory, opening its compression.
    ///
    /// # Errors
    /// [`Refusal::Read`].
    pub fn open(input: Input) -> Result<Self, Refusal> {
        let mut stream = decompressed(input)?;
        let mut bytes = Vec::new();
        (&mut stream).take(FILE_MAX + 1).read_to_end(&mut bytes)?;
        let end = Spot::Byte { byte: bytes.len() as u64, len: 0 };
        let mut trouble = stream.trouble(end);
        if bytes.len() as u64 > FILE_MAX {
            bytes.truncate(FILE_MAX as usize);
            let place = Spot::Byte { byte: FILE_MAX, len: 1 };
            let expected = format!("at most {FILE_MAX} bytes; the rest was not read");
            trouble = Some(Problem::new(ProblemKind::TooLarge, place, "", &expected, ""));
        }
        Ok(Self { name: stream.name.clone(), bytes, trouble })
    }
}

/// A run of bytes of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    /// Offset of the first byte.
    pub at: usize,
    /// How many bytes.
    pub len: usize,
}

impl Span {
    pub fn between(at: usize, end: usize) -> Self {
        Self { at, len: end.saturating_sub(at) }
    }

    pub fn spot(self) -> Spot {
        Spot::Byte { byte: self.at as u64, len: self.len as u64 }
    }

    /// The bytes of it that the file has.
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.at..self.at.saturating_add(self.len)).unwrap_or_default()
    }
}

/// Why bytes could not be read as what they should be.
#[derive(Clone, Debug)]
pub(crate) struct Flaw {
    pub kind: ProblemKind,
    pub span: Span,
    pub expected: String,
    pub found: String,
}

impl Flaw {
    pub fn new(kind: ProblemKind, span: Span, expected: &str, found: impl Display) -> Self {
        Self { kind, span, expected: expected.to_owned(), found: found.to_string() }
    }
}

/// Reads bytes in their order; numbers are little-endian.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    /// The whole file.
    pub bytes: &'a [u8],
    /// The next byte.
    pub at: usize,
}

/// A number with the bytes that hold it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub value: u64,
    pub span: Span,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }

    /// The next bytes; `what` says of what they are.
    pub fn take(&mut self, n_bytes: usize, what: &str) -> Result<&'a [u8], Flaw> {
        let left = self.left();
        if n_bytes > left {
            let span = Span { at: self.at, len: left };
            let expected = format!("{what}: {n_bytes} bytes");
            return Err(Flaw::new(
                ProblemKind::Truncated,
                span,
                &expected,
                format_args!("{left} bytes to the end"),
            ));
        }
        let taken = &self.bytes[self.at..self.at + n_bytes];
        self.at += n_bytes;
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Flaw> {
        Ok(self.take(N, what)?.try_into().expect("as many bytes as were asked for"))
    }

    pub fn u8(&mut self, what: &str) -> Result<u8, Flaw> {
        Ok(self.array::<1>(what)?[0])
    }

    pub fn u16(&mut self, what: &str) -> Result<u16, Flaw> {
        Ok(u16::from_le_bytes(self.array(what)?))
    }

    pub fn u32(&mut self, what: &str) -> Result<u32, Flaw> {
        Ok(u32::from_le_bytes(self.array(what)?))
    }

    pub fn u64(&mut self, what: &str) -> Result<u64, Flaw> {
        Ok(u64::from_le_bytes(self.array(what)?))
    }

    /// A number of 4 bytes with its place.
    pub fn said_u32(&mut self, what: &str) -> Result<Said, Flaw> {
        let at = self.at;
        Ok(Said { value: self.u32(what)?.into(), span: Span { at, len: 4 } })
    }

    /// A number of 8 bytes with its place.
    pub fn said_u64(&mut self, what: &str) -> Result<Said, Flaw> {
        let at = self.at;
        Ok(Said { value: self.u64(what)?, span: Span { at, len: 8 } })
    }
}

/// Raw counters, each with the bytes that hold it, as `shared_file.counters_said` writes them.
#[derive(Default)]
pub(crate) struct Counters(Vec<String>);

impl Counters {
    pub fn push(&mut self, name: &str, value: impl Display, span: Span) {
        self.0.push(format!("{name}={value}@{}", span.spot()));
    }

    pub fn text(self) -> Option<Text> {
        (!self.0.is_empty()).then(|| self.0.join(" ").into())
    }
}

/// Statements for a column that holds one a line.
#[derive(Default)]
pub(crate) struct Remarks(Vec<String>);

impl Remarks {
    pub fn push(&mut self, name: &str, value: impl Display) {
        let mut remark = format!("{name}: {value}");
        if let Some((end, _)) = remark.char_indices().nth(REMARK) {
            let len = remark.len();
            remark.truncate(end);
            remark.push_str(&format!("… ({len} bytes)"));
        }
        match self.0.len() {
            0..REMARKS => self.0.push(remark),
            REMARKS => self.0.push("…".to_owned()),
            _ => {}
        }
    }

    pub fn text(self) -> Option<Text> {
        (!self.0.is_empty()).then(|| self.0.join("\n").into())
    }
}

/// Hands rows and problems on, and tells a kind of problem once.
pub(crate) struct Telling<'s> {
    pub sink: &'s mut dyn Sink,
    told: BTreeSet<String>,
}

impl<'s> Telling<'s> {
    pub fn new(sink: &'s mut dyn Sink) -> Self {
        Self { sink, told: BTreeSet::new() }
    }

    pub fn record(&mut self) {
        self.sink.record();
    }

    pub fn row(&mut self, row: impl Into<Row>) -> Result<(), Refusal> {
        self.sink.row(row.into())
    }

    pub fn flaw(&mut self, column: &str, flaw: &Flaw) -> Result<(), Refusal> {
        let place = flaw.span.spot();
        self.sink.problem(Problem::new(flaw.kind, place, column, &flaw.expected, &flaw.found))
    }

    /// A record of its own that is nothing but a problem.
    pub fn lost(&mut self, flaw: &Flaw) -> Result<(), Refusal> {
        self.record();
        self.flaw("", flaw)
    }

    /// Tells of something that the format's description does not have, once a file and name. Must follow a record.
    pub fn unknown(
        &mut self,
        what: &str,
        name: &str,
        found: impl Display,
        span: Span,
    ) -> Result<(), Refusal> {
        let name = &clip(name)[..];
        let key = format!("{what} {name}");
        if self.told.contains(&key) || self.told.len() > KINDS_TOLD {
            return Ok(());
        }
        let (kind, place) = (ProblemKind::UnknownElement, span.spot());
        let problem = if self.told.len() == KINDS_TOLD {
            Problem::new(
                kind,
                place,
                "",
                &format!("at most {KINDS_TOLD} unknown names; no more are told"),
                name,
            )
        } else {
            Problem::new(kind, place, name, &format!("a known {what}"), &found.to_string())
        };
        self.told.insert(key);
        self.sink.problem(
            problem.mend("its meaning is not known here; the first one of the file stands at this place"),
        )
    }

    /// An instant in seconds since 1970 (UTC); none for zero, which programs write for no time.
    pub fn time(&mut self, column: &str, said: Said) -> Result<Option<Time>, Refusal> {
        if said.value == 0 {
            return Ok(None);
        }
        let time = epoch(said.value);
        if time.is_none() {
            let expected = "seconds since 1970, before 2101";
            self.flaw(column, &Flaw::new(ProblemKind::BadValue, said.span, expected, said.value))?;
        }
        Ok(time)
    }

    /// Ends a file: what of it could not be loaded.
    pub fn end(&mut self, loaded: &Loaded) -> Result<(), Refusal> {
        self.sink.progress(loaded.bytes.len() as u64);
        if let Some(problem) = &loaded.trouble {
            self.record();
            self.sink.problem(problem.clone())?;
        }
        Ok(())
    }

    /// Bytes after the last record that a file says it has.
    pub fn rest(&mut self, cursor: &Cursor<'_>) -> Result<(), Refusal> {
        match cursor.left() {
            0 => Ok(()),
            left => {
                let span = Span { at: cursor.at, len: left };
                let expected = "the end of the file after its last record; these bytes were not read";
                self.lost(&Flaw::new(
                    ProblemKind::Malformed,
                    span,
                    expected,
                    hex_beginning(span.of(cursor.bytes)),
                ))
            }
        }
    }
}

/// A file of which nothing is known but its hash.
pub(crate) fn file_of(network: SharingNetwork, program: &str, file_hash: Text, span: Span) -> SharedFile {
    SharedFile {
        network,
        program: program.into(),
        file_hash,
        other_hash: None,
        file_name: None,
        file_size: None,
        path: None,
        offered: Stated::Unknown,
        n_requests: None,
        n_accepted: None,
        bytes_sent: None,
        bytes_received: None,
        complete: Stated::Unknown,
        added: None,
        completed: None,
        last_offered: None,
        last_sent: None,
        counters_said: None,
        more_hashes: None,
        text: None,
        place: span.spot(),
    }
}

/// An instant in seconds since 1970 (UTC).
pub(crate) fn epoch(seconds: u64) -> Option<Time> {
    let at_us = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?;
    Time::from_epoch_us(at_us, Precision::Second, &seconds.to_string()).ok()
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The first bytes in hexadecimal, for use in a message.
pub(crate) fn hex_beginning(bytes: &[u8]) -> String {
    const SHOWN: usize = 32;
    match bytes.get(..SHOWN) {
        Some(first) if bytes.len() > SHOWN => format!("{}… ({} bytes)", hex(first), bytes.len()),
        _ => hex(bytes),
    }
}

/// Bytes as text: UTF-8 where they are that, else windows-1252. Control characters are written out, because they would
/// break a line of a list. Of a text that nobody can have meant, the beginning.
pub(crate) fn text_of(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.len() > TEXT_MAX {
        let beginning = String::from_utf8_lossy(&bytes[..TEXT_MAX]);
        return format!("{}… ({} bytes)", shown(&beginning), bytes.len());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => shown(text),
        Err(_) => shown(&WINDOWS_1252.decode_without_bom_handling(bytes).0),
    }
}

/// Text with its control characters written out.
pub(crate) fn shown(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { c.escape_default().collect() } else { String::from(c) })
        .collect()
}

/// The lines of a text file with their bytes, without line ends: UTF-16 by its byte order mark, else as [`text_of`].
pub(crate) fn lines(bytes: &[u8]) -> (&'static str, Vec<(Span, String)>) {
    let (name, start, unit) = match bytes {
        [0xff, 0xfe, ..] => ("UTF-16LE, by its byte order mark", 2, 2),
        [0xfe, 0xff, ..] => ("UTF-16BE, by its byte order mark", 2, 2),
        [0xef, 0xbb, 0xbf, ..] => ("UTF-8, by its byte order mark", 3, 1),
        _ if std::str::from_utf8(bytes).is_ok() => ("UTF-8, by its bytes", 0, 1),
        _ => ("windows-1252, because its bytes are not UTF-8", 0, 1),
    };
    let ends = |at: usize| match (unit, name.contains("BE")) {
        (1, _) => bytes[at] == b'\n',
        (_, true) => bytes[at..].starts_with(b"\0\n"),
        (_, false) => bytes[at..].starts_with(b"\n\0"),
    };
    let decoded = |span: Span| match unit {
        1 if name.starts_with("windows") => {
            WINDOWS_1252.decode_without_bom_handling(span.of(bytes)).0.into_owned()
        }
        1 => String::from_utf8_lossy(span.of(bytes)).into_owned(),
        _ if name.contains("BE") => UTF_16BE.decode_without_bom_handling(span.of(bytes)).0.into_owned(),
        _ => UTF_16LE.decode_without_bom_handling(span.of(bytes)).0.into_owned(),
    };
    let mut lines = Vec::new();
    let (mut from, mut at) = (start, start);
    while from < bytes.len() {
        let ended = at >= bytes.len() || ends(at);
        if ended {
            let span = Span::between(from, at.min(bytes.len()));
            let text = decoded(span);
            let without_return = text.strip_suffix('\r').unwrap_or(&text);
            let n_return = if without_return.len() < text.len() { unit } else { 0 };
            let span = Span { at: span.at, len: span.len - n_return };
            lines.push((span, shown(without_return)));
            from = at.saturating_add(unit);
        }
        at = at.saturating_add(unit);
    }
    (name, lines)
}

/// Whether a file is called so, also as a copy that a program or an extraction made of it: `known.met.bak`,
/// `0012-known.met`.
pub(crate) fn is_named(name: &str, wanted: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let copies = [".bak", ".backup", ".old"];
    let plain = copies.iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(&name);
    let before = plain.strip_suffix(wanted);
    before.is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_never_runs_over_the_end() {
        let mut cursor = Cursor::new(&[1, 0, 0, 0, 9], 0);
        assert_eq!(cursor.said_u32("a number").expect("4 bytes").span, Span { at: 0, len: 4 });
        let flaw = cursor.u32("a number").expect_err("one byte is left");
        assert_eq!((flaw.kind, flaw.span), (ProblemKind::Truncated, Span { at: 4, len: 1 }));
        assert!(cursor.take(usize::MAX, "much").is_err());
        assert_eq!(cursor.u8("the last byte").expect("one byte"), 9);
    }

    #[test]
    fn lines_of_every_encoding_keep_their_bytes() {
        let wide: Vec<u8> = "\u{feff}blue car\r\nholiday".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (name, found) = lines(&wide);
        assert!(name.starts_with("UTF-16LE"));
        assert_eq!(found[0], (Span { at: 2, len: 16 }, "blue car".to_owned()));
        assert_eq!(found[1], (Span { at: 22, len: 14 }, "holiday".to_owned()));
        let (_, found) = lines(b"a\n\nb\xe8\r\n");
        let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["a", "", "bè"]);
        assert_eq!(lines(b"\xff\xfea").1.len(), 1);
        assert!(lines(b"").1.is_empty());
    }

    #[test]
    fn a_file_is_known_by_its_name_and_by_the_name_of_its_copy() {
        for (name, is) in [
            ("known.met", true),
            ("Known.MET", true),
            ("known.met.bak", true),
            ("0012-known.met", true),
            ("unknown.met", false),
            ("known.meta", false),
        ] {
            assert_eq!(is_named(name, "known.met"), is, "{name}");
        }
    }

    #[test]
    fn texts_that_would_break_a_line_are_written_out() {
        assert_eq!(text_of(b"\xef\xbb\xbfa\nb\x00"), "a\\nb\\u{0}");
        assert_eq!(text_of(b"caff\xe8"), "caffè");
    }

    #[test]
    fn what_nobody_can_have_meant_is_cut_and_says_how_long_it_was() {
        assert!(text_of(&[b'x'; 100_000]).ends_with("x… (100000 bytes)"));
        let mut remarks = Remarks::default();
        (0..1000).for_each(|_| remarks.push("long", "y".repeat(10_000)));
        let text = remarks.text().expect("remarks");
        assert_eq!((text.lines().count(), text.lines().last()), (REMARKS + 1, Some("…")));
        assert!(text.lines().next().is_some_and(|line| line.ends_with("… (10006 bytes)")));
    }
}
