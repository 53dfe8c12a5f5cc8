//! Records of delimited text (RFC 4180, any delimiter), within limits and with the line that each starts on.
//!
//! A quotation mark that is never closed costs one line only: reading goes on with the next one.

use std::ops::Range;

use encoding_rs::WINDOWS_1252;
use tutela_model::place::Spot;
use tutela_model::source::{Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use crate::text::{Decoded, LineLen, MAX_RECORD, TextInput, content, has_nul, not_text, too_large};

/// The most columns that a record may have. Honest ones have at most a few hundred.
pub const MAX_COLUMNS: usize = 10_000;
/// How often a record that never ends is read again from its second line. After that it is dropped whole, so that a
/// file made of such records is not read many times over.
const MAX_REREADS: u32 = 16;

/// The records of a file.
pub(crate) struct Records {
    /// The text that they are in.
    pub text: TextInput,
    /// The byte between two fields.
    pub delimiter: u8,
    /// Whether quotation marks are marks, and not letters like others.
    pub quoting: bool,
    record: Record,
    n_rereads: u32,
}

#[derive(Default)]
struct Record {
    /// The fields without their quotation marks, one after another.
    unquoted: Vec<u8>,
    /// The fields converted from another encoding, one after another.
    converted: String,
    fields: Vec<Range<usize>>,
}

/// What came next in a file.
pub(crate) enum Next<'a> {
    /// A record.
    Record(Cells<'a>),
    /// A record that cannot be read.
    Problem(Box<Problem>),
    /// The end of the file.
    End,
}

/// The fields of a record.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    /// The line that the record starts on.
    pub line: u64,
    text: &'a str,
    fields: &'a [Range<usize>],
}

impl<'a> Cells<'a> {
    /// How many fields the record has.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// A field's text; none beyond the record's end.
    pub fn get(&self, field_idx: usize) -> Option<&'a str> {
        self.text.get(self.fields.get(field_idx)?.clone())
    }

    /// All fields.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        self.fields.iter().map(move |field| self.text.get(field.clone()).unwrap_or_default())
    }
}

impl Records {
    /// The records of a text, from where it stands.
    pub fn new(text: TextInput, delimiter: u8, quoting: bool) -> Self {
        Self { text, delimiter, quoting, record: Record::default(), n_rereads: 0 }
    }

    /// The next record. A line without any character is none.
    pub fn next(&mut self, sink: &mut dyn Sink) -> Result<Next<'_>, Refusal> {
        self.text.report(sink);
        let len = loop {
            match self.text.line_len()? {
                None => return Ok(Next::End),
                Some(LineLen::TooLong) => {
                    let place = Spot::Line(self.text.line);
                    let n_bytes = self.text.skip_line()?;
                    return Ok(problem(too_large(place, n_bytes)));
                }
                Some(LineLen::Whole(len)) if content(&self.text.bytes()[..len]).is_empty() => {
                    self.text.take(len, 1)
                }
                Some(LineLen::Whole(len)) => break len,
            }
        };
        let line = self.text.line;
        let bytes = &self.text.bytes()[..len];
        if self.quoting && memchr::memchr(b'"', bytes).is_some() {
            return self.quoted(len, sink);
        }
        let fits = self.record.split(self.delimiter, content(bytes));
        self.text.take(len, 1);
        if fits { Ok(self.cells(Some(len), line, sink)) } else { Ok(problem(too_wide(line))) }
    }

    /// A record with quotation marks, which may go on over line ends.
    fn quoted(&mut self, first_len: usize, sink: &mut dyn Sink) -> Result<Next<'_>, Refusal> {
        let line = self.text.line;
        loop {
            let (delimiter, terminator) = (self.delimiter, self.text.terminator());
            match self.record.unquote(delimiter, terminator, self.text.bytes()) {
                End::At(len, _) if len > MAX_RECORD => {
                    return self.give_up(first_len, too_large(Spot::Line(line), len as u64));
                }
                End::At(len, n_lines) => {
                    self.text.take(len, n_lines);
                    return Ok(self.cells(None, line, sink));
                }
                End::Wide => return self.give_up(first_len, too_wide(line)),
                End::Open if self.text.bytes().len() > MAX_RECORD => {
                    return self
                        .give_up(first_len, too_large(Spot::Line(line), self.text.bytes().len() as u64));
                }
                End::Open => {
                    if !self.text.fill()? {
                        // Where damage ends the file, what comes last may be half of a field.
                        let is_cut = self.text.is_cut();
                        let last = self.record.unquote_last(delimiter, terminator, self.text.bytes());
                        match last.filter(|_| !is_cut) {
                            Some((len, n_lines)) => {
                                self.text.take(len, n_lines);
                                return Ok(self.cells(None, line, sink));
                            }
                            None => return self.give_up(first_len, unclosed(line)),
                        }
                    }
                }
            }
        }
    }

    fn give_up(&mut self, first_len: usize, found: Problem) -> Result<Next<'_>, Refusal> {
        self.n_rereads += 1;
        if self.n_rereads <= MAX_REREADS {
            self.text.take(first_len, 1);
        } else {
            let n_lines = memchr::memchr_iter(self.text.terminator(), self.text.bytes()).count();
            let len = self.text.bytes().len();
            self.text.take(len, n_lines as u64);
            self.text.skip_line()?;
        }
        Ok(problem(found))
    }

    /// The record whose fields were just found: in the last `len` bytes taken, or unquoted.
    fn cells(&mut self, len: Option<usize>, line: u64, sink: &mut dyn Sink) -> Next<'_> {
        let Record { unquoted, converted, fields } = &mut self.record;
        let (taken, charset) = self.text.taken(len.unwrap_or(0));
        let bytes = if len.is_some() { content(taken) } else { unquoted.as_slice() };
        if memchr::memchr(0, bytes).is_some() {
            return problem(has_nul(Spot::Line(line), bytes));
        }
        match charset.read(bytes, sink) {
            Decoded::Utf8(text) => Next::Record(Cells { line, text, fields }),
            Decoded::Windows1252 => {
                converted.clear();
                for field in fields.iter_mut() {
                    let start = converted.len();
                    converted.push_str(&WINDOWS_1252.decode_without_bom_handling(&bytes[field.clone()]).0);
                    *field = start..converted.len();
                }
                Next::Record(Cells { line, text: converted, fields })
            }
            Decoded::Bad => problem(not_text(Spot::Line(line), bytes)),
        }
    }
}

/// Where the fields of the first record lie in some bytes, without the quotation marks around them, and how long the record
/// is with its line end; none when it does not end in these bytes, or has too many columns.
///
/// The places are those of the fields that [`Records`] hands over.
pub(crate) fn spans(
    bytes: &[u8],
    delimiter: u8,
    terminator: u8,
    quoting: bool,
) -> Option<(Vec<Range<usize>>, usize)> {
    let (mut fields, mut at) = (Vec::new(), 0);
    while fields.len() < MAX_COLUMNS {
        let start = at;
        let mut inner = start;
        if quoting && bytes.get(at) == Some(&b'"') {
            (inner, at) = (at + 1, closing_mark(bytes, at + 1)?);
        }
        let after_quotes = at;
        at += memchr::memchr2(delimiter, terminator, &bytes[at..])?;
        let ends_record = bytes[at] == terminator;
        let mut end = if inner > start && at == after_quotes { at - 1 } else { at };
        if ends_record && bytes[..at].ends_with(b"\r") && at > after_quotes {
            // A quoted field may be followed by the carriage return alone.
            end = if inner > start && at - 1 == after_quotes { at - 2 } else { at - 1 };
        }
        fields.push(inner..end.max(inner));
        at += 1;
        if ends_record {
            return Some((fields, at));
        }
    }
    None
}

/// The byte after the quotation mark that closes a field; two marks are one of its text.
fn closing_mark(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at += memchr::memchr(b'"', bytes.get(at..)?)? + 1;
        match bytes.get(at) {
            Some(b'"') => at += 1,
            Some(_) => return Some(at),
            // The next byte says whether this mark closes the field.
            None => return None,
        }
    }
}

fn problem(found: Problem) -> Next<'static> {
    Next::Problem(Box::new(found))
}

fn too_wide(line: u64) -> Problem {
    let expected = format!("at most {MAX_COLUMNS} columns");
    Problem::new(ProblemKind::TooLarge, Spot::Line(line), "", &expected, "more")
        .mend("look whether the delimiter is the right one")
}

fn unclosed(line: u64) -> Problem {
    let expected = "a closing quotation mark before the end of the file";
    Problem::new(ProblemKind::Truncated, Spot::Line(line), "", expected, "")
        .mend("ask for the file again when it is cut; the lines after this one were read on their own")
}

/// How a record ends in the bytes at hand.
enum End {
    /// After that many bytes and line ends.
    At(usize, u64),
    /// Not in these bytes.
    Open,
    /// It has too many columns.
    Wide,
}

impl Record {
    /// Finds the fields of a line without quotation marks; false when there are too many.
    fn split(&mut self, delimiter: u8, line: &[u8]) -> bool {
        self.fields.clear();
        let mut start = 0;
        for end in memchr::memchr_iter(delimiter, line) {
            if self.fields.len() == MAX_COLUMNS {
                return false;
            }
            self.fields.push(start..end);
            start = end + 1;
        }
        self.fields.push(start..line.len());
        self.fields.len() <= MAX_COLUMNS
    }

    /// Finds the fields of a record with quotation marks. Bytes after a closing mark belong to the field, and a mark
    /// inside a field without them is a letter: RFC 4180 leaves both open, and nothing is lost so.
    fn unquote(&mut self, delimiter: u8, terminator: u8, bytes: &[u8]) -> End {
        self.fields.clear();
        self.unquoted.clear();
        let (mut at, mut n_lines, mut start) = (0, 0, 0);
        let mut quoted = bytes.first() == Some(&b'"');
        at += usize::from(quoted);
        while at < bytes.len() {
            let run = &bytes[at..];
            if quoted {
                let Some(end) = memchr::memchr(b'"', run) else { return End::Open };
                n_lines += memchr::memchr_iter(terminator, &run[..end]).count() as u64;
                self.unquoted.extend_from_slice(&run[..end]);
                at += end + 1;
                match bytes.get(at) {
                    Some(b'"') => {
                        self.unquoted.push(b'"');
                        at += 1;
                    }
                    Some(_) => quoted = false,
                    // The next bytes say whether this mark closes the field.
                    None => return End::Open,
                }
                continue;
            }
            let Some(end) = memchr::memchr2(delimiter, terminator, run) else { return End::Open };
            self.unquoted.extend_from_slice(&run[..end]);
            at += end + 1;
            let ends_record = run[end] == terminator;
            self.end_field(start, ends_record);
            if ends_record {
                return End::At(at, n_lines + 1);
            }
            if self.fields.len() >= MAX_COLUMNS {
                return End::Wide;
            }
            start = self.unquoted.len();
            quoted = bytes.get(at) == Some(&b'"');
            at += usize::from(quoted);
        }
        End::Open
    }

    /// The same for a record that the end of the file ends; none when a quotation mark is open.
    fn unquote_last(&mut self, delimiter: u8, terminator: u8, bytes: &[u8]) -> Option<(usize, u64)> {
        let mut closed = bytes.to_vec();
        closed.push(terminator);
        match self.unquote(delimiter, terminator, &closed) {
            End::At(len, n_lines) => Some((len.min(bytes.len()), n_lines)),
            End::Open | End::Wide => None,
        }
    }

    fn end_field(&mut self, start: usize, ends_record: bool) {
        if ends_record && self.unquoted[start..].last() == Some(&b'\r') {
            self.unquoted.pop();
        }
        self.fields.push(start..self.unquoted.len());
        // Between two fields stands an ASCII byte, so that halves of two characters never make one.
        self.unquoted.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use tutela_model::source::Input;
    use tutela_model::tables::Row;

    use super::*;

    struct Quiet;
    impl Sink for Quiet {
        fn record(&mut self) {}
        fn row(&mut self, _: Row) -> Result<(), Refusal> {
            Ok(())
        }
        fn skip(&mut self, _: &Spot, _: &'static str) {}
        fn note(&mut self, _: &'static str, _: &str) {}
        fn progress(&mut self, _: u64) {}
    }

    /// Each record as `line|field|field`, each problem as `line!kind`.
    fn read(bytes: &[u8]) -> Vec<String> {
        let input = Input::from_memory("x.csv", bytes.to_vec());
        let text = TextInput::open(input, None, &mut Quiet).expect("opens");
        let mut records = Records::new(text, b',', true);
        let mut seen = Vec::new();
        loop {
            seen.push(match records.next(&mut Quiet).expect("reads") {
                Next::Record(cells) => {
                    format!("{}|{}", cells.line, cells.iter().collect::<Vec<_>>().join("|"))
                }
                Next::Problem(problem) => format!("{}!{}", problem.place, problem.kind.word()),
                Next::End => return seen,
            });
        }
    }

    #[test]
    fn fields_are_told_apart_as_rfc_4180_says() {
        for (text, expected) in [
            ("a,b\nc,d\n", vec!["1|a|b", "2|c|d"]),
            ("a,b\r\nc,", vec!["1|a|b", "2|c|"]),
            ("\"a,1\",\"b \"\"x\"\"\"\r\n\n\"c\"", vec!["1|a,1|b \"x\"", "3|c"]),
            ("\"a\n1\",b\nc\n", vec!["1|a\n1|b", "3|c"]),
            ("a,\"\"\n\"\",\"\"", vec!["1|a|", "2||"]),
            ("a\"b,c\n", vec!["1|a\"b|c"]),
            ("\"a\"b,c\n", vec!["1|ab|c"]),
            ("a\rb\r", vec!["1|a", "2|b"]),
            ("\u{feff}a,\u{e0}\n", vec!["1|a|\u{e0}"]),
            ("", vec![]),
        ] {
            assert_eq!(read(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn the_places_of_fields_are_those_of_what_they_say() {
        for text in [
            "a,b\nc\n",
            "a,,\r\n",
            "\"a,1\",\"b \"\"x\"\"\"\r\n",
            "\"a\n1\",b\n",
            "a,\"\"\n",
            "a\"b,c\r\n",
            "\"a\"b,c\n",
            "\"\",\"\"\r\n",
        ] {
            let (fields, len) = spans(text.as_bytes(), b',', b'\n', true).expect("it ends");
            let said: Vec<String> =
                fields.iter().map(|field| text[field.clone()].replace("\"\"", "\"")).collect();
            // What stands behind a closing mark belongs to the field, and so does the mark in its place.
            let told = format!("1|{}", said.join("|")).replace("a\"b", "ab");
            assert_eq!(read(&text.as_bytes()[..len])[0].replace("a\"b", "ab"), told, "{text:?}");
        }
        assert_eq!(spans(b"a,\"b", b',', b'\n', true), None);
        assert_eq!(spans(b"a,\"b\n", b',', b'\n', false).map(|(fields, _)| fields.len()), Some(2));
    }

    #[test]
    fn an_open_quotation_mark_costs_one_line() {
        assert_eq!(read(b"a,b\nc,\"d\ne,f\ng,h"), ["1|a|b", "line:2!truncated", "3|e|f", "4|g|h"]);
    }

    #[test]
    fn a_file_of_open_quotation_marks_is_not_read_many_times() {
        let seen = read("x\",\"\n".repeat(300_000).as_bytes());
        assert!(seen.len() < 50, "{} problems", seen.len());
    }

    #[test]
    fn what_is_too_large_is_one_problem_and_reading_goes_on() {
        let mut bytes = b"a,b\n".to_vec();
        bytes.resize(bytes.len() + MAX_RECORD + 1_000_000, b'x');
        bytes.extend(b"\nc,d\n");
        bytes.extend(",".repeat(MAX_COLUMNS).as_bytes());
        bytes.extend(b"\n\"e\",f\n");
        assert_eq!(read(&bytes), ["1|a|b", "line:2!too_large", "3|c|d", "line:4!too_large", "5|e|f"]);
    }

    #[test]
    fn nul_and_bytes_that_are_no_text_are_problems() {
        assert_eq!(read(b"a\xc3\xa9\nb\xff\nc\0\n"), ["1|a\u{e9}", "line:2!encoding", "line:3!malformed"]);
        assert_eq!(read(b"\"\xc3\",\"\xa9\"\n\"\xc3\xa9\"\nx\xc3\xa9\n")[0], "line:1!encoding");
    }

    #[test]
    fn other_encodings_become_the_same_text() {
        let latin = read(b"citt\xe0,\"Forl\xec\"\n");
        assert_eq!(latin, ["1|citt\u{e0}|Forl\u{ec}"]);
        let mut utf16 = vec![0xff, 0xfe];
        utf16.extend("citt\u{e0},x\nb,c".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(read(&utf16), ["1|citt\u{e0}|x", "2|b|c"]);
    }
}
