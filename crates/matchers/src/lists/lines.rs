//! A list line by line, and a line's fields. A line of more than a mebibyte is not held: its place is told, and reading
//! goes on behind it.

use std::borrow::Cow;
use std::io::{self, Read};

use memchr::memchr;

/// The most bytes that a line may have. A line of a list has some hundred.
const LONGEST: usize = 1 << 20;

/// The lines of a file, without their ends and without a byte order mark.
pub struct Lines<'a> {
    bytes: &'a mut dyn Read,
    buffer: Vec<u8>,
    /// What of the buffer is not yet handed out.
    start: usize,
    end: usize,
    /// The number of the line handed out last, from 1.
    line: u64,
    ended: bool,
}

/// A line.
pub enum Line<'a> {
    /// Its number from 1, and its bytes.
    Whole(u64, &'a [u8]),
    /// The number of one that is too long, and how it begins.
    TooLong(u64, &'a [u8]),
}

/// What is expected of a line that is too long.
pub const SHORTER: &str = "a line of at most a mebibyte";

impl<'a> Lines<'a> {
    /// The lines of these bytes.
    pub fn new(bytes: &'a mut dyn Read) -> Self {
        Self { bytes, buffer: vec![0; 1 << 18], start: 0, end: 0, line: 0, ended: false }
    }

    /// The next line; none at the end.
    pub fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut searched = 0;
        loop {
            if let Some(at) = memchr(b'\n', &self.buffer[self.start + searched..self.end]) {
                let from = self.start;
                let to = from + searched + at;
                self.start = to + 1;
                return Ok(Some(self.whole(from, to)));
            }
            searched = self.end - self.start;
            if searched > LONGEST {
                return self.too_long().map(Some);
            }
            if self.ended {
                let (from, to) = (self.start, self.end);
                self.start = self.end;
                return Ok((from < to).then(|| self.whole(from, to)));
            }
            self.fill()?;
        }
    }

    fn whole(&mut self, from: usize, to: usize) -> Line<'_> {
        self.line += 1;
        let line = &self.buffer[from..to];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = if self.line == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        Line::Whole(self.line, line)
    }

    /// Passes over a line, of which the beginning is in the buffer.
    fn too_long(&mut self) -> io::Result<Line<'_>> {
        self.line += 1;
        let beginning = self.buffer[self.start..self.start + 256].to_vec();
        loop {
            if let Some(at) = memchr(b'\n', &self.buffer[self.start..self.end]) {
                self.start += at + 1;
                break;
            }
            self.start = self.end;
            if self.ended {
                break;
            }
            self.fill()?;
        }
        // The room before what is left is free: the beginning is shown from there.
        let room = self.buffer.len();
        self.buffer.extend_from_slice(&beginning);
        self.buffer.truncate(room + beginning.len());
        Ok(Line::TooLong(self.line, &self.buffer[room..]))
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end + (1 << 17) > self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = self.bytes.read(&mut self.buffer[self.end..])?;
        self.end += read;
        self.ended = read == 0;
        Ok(())
    }
}

/// A field that begins with a quotation mark and does not end with one.
#[derive(Debug, PartialEq, Eq)]
pub struct Unclosed;

/// The fields of a line (RFC 4180, but that no field goes on in another line).
pub fn fields(line: &[u8], delimiter: u8) -> Fields<'_> {
    Fields { rest: Some(line), delimiter }
}

/// The fields of a line that are not yet handed out.
pub struct Fields<'l> {
    rest: Option<&'l [u8]>,
    delimiter: u8,
}

impl<'l> Iterator for Fields<'l> {
    type Item = Result<Cow<'l, [u8]>, Unclosed>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest?;
        let Some(quoted) = rest.strip_prefix(b"\"") else {
            let end = memchr(self.delimiter, rest);
            let end = end.unwrap_or(rest.len());
            self.rest = rest.get(end + 1..);
            return Some(Ok(Cow::Borrowed(&rest[..end])));
        };
        // A doubled mark is one mark of the text. One that neither a mark nor a delimiter follows is of the text too:
        // file names of NSRL hold such.
        let mut from = 0;
        let mut doubled = false;
        while let Some(at) = memchr(b'"', &quoted[from..]) {
            let at = from + at;
            match quoted.get(at + 1) {
                Some(b'"') => doubled = true,
                None => {
                    self.rest = None;
                    return Some(Ok(text(&quoted[..at], doubled)));
                }
                Some(next) if *next == self.delimiter => {
                    self.rest = Some(&quoted[at + 2..]);
                    return Some(Ok(text(&quoted[..at], doubled)));
                }
                Some(_) => {
                    from = at + 1;
                    continue;
                }
            }
            from = at + 2;
        }
        self.rest = None;
        Some(Err(Unclosed))
    }
}

fn text(quoted: &[u8], doubled: bool) -> Cow<'_, [u8]> {
    if !doubled {
        return Cow::Borrowed(quoted);
    }
    let mut text = Vec::with_capacity(quoted.len());
    let mut marks = 0;
    for byte in quoted {
        marks = if *byte == b'"' { marks + 1 } else { 0 };
        if marks != 2 {
            text.push(*byte);
        } else {
            marks = 0;
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut bytes: &[u8]) -> Vec<(u64, String)> {
        let mut lines = Lines::new(&mut bytes);
        let mut all = Vec::new();
        while let Some(line) = lines.next().expect("memory") {
            all.push(match line {
                Line::Whole(line, text) => (line, String::from_utf8_lossy(text).into_owned()),
                Line::TooLong(line, text) => (line, format!("long {}", text.len())),
            });
        }
        all
    }

    #[test]
    fn lines_have_no_ends_and_the_file_no_byte_order_mark() {
        let of = |line, text: &str| (line, text.to_owned());
        assert_eq!(all(b"\xef\xbb\xbfa\r\n\nb"), [of(1, "a"), of(2, ""), of(3, "b")]);
        assert_eq!(all(b""), []);
        assert_eq!(all(b"\n"), [of(1, "")]);
    }

    #[test]
    fn a_line_that_is_too_long_is_told_and_reading_goes_on() {
        let mut bytes = b"a\n".to_vec();
        bytes.resize(bytes.len() + LONGEST * 3, b'x');
        bytes.extend_from_slice(b"\nb\n");
        let long = all(&bytes);
        assert_eq!(long, [(1, "a".to_owned()), (2, "long 256".to_owned()), (3, "b".to_owned())]);
        assert_eq!(all(&bytes[2..bytes.len() - 3]), [(1, "long 256".to_owned())]);
    }

    #[test]
    fn fields_are_those_of_the_line() {
        let split = |line: &str| {
            let fields: Result<Vec<_>, _> = fields(line.as_bytes(), b',').collect();
            fields.map(|fields| {
                fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect::<Vec<_>>()
            })
        };
        for (line, expected) in [
            ("", &[""][..]),
            ("a,b", &["a", "b"]),
            ("a,", &["a", ""]),
            (r#""a,b","c""d",e"#, &["a,b", "c\"d", "e"]),
            (r#""a"b","c""#, &["a\"b", "c"]),
            (r#""",x"#, &["", "x"]),
            (r#""""","x""#, &["\"", "x"]),
        ] {
            assert_eq!(
                split(line).as_deref(),
                Ok(&expected.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()[..]),
                "{line}"
            );
        }
        assert_eq!(split(r#"a,"b"#), Err(Unclosed));
    }
}
