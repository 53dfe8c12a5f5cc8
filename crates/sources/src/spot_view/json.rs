//! A value of a JSON document (RFC 8259) by its pointer (RFC 6901), and some characters of it (RFC 5147 section 3).
//!
//! The document is walked byte by byte and never held: only what is shown is.

use std::io::{self, Read};
use std::ops::Range;

use tutela_model::source::Refusal;

use super::source::{Source, is_too_far};
use super::text::lines_of;
use super::{Note, Shown, Why};

/// Bytes that are shown before and behind what is marked.
pub(super) const AROUND: u64 = 600;
/// Bytes of a value that are shown.
pub(super) const VALUE_SHOWN: u64 = 8_000;
/// A text is searched for its characters up to this many bytes.
const TEXT_MAX: u64 = 16 << 20;
/// Bytes after a value in which another of the same name is looked for: readers take the last.
const LOOK_ON: u64 = 64 << 20;
/// Names longer than this are not those of any place.
const KEY_MAX: usize = 64 << 10;
/// Values inside values; readers take 128.
const DEPTH: usize = 130;

pub(super) fn view(source: &Source, pointer: &str) -> Result<Shown, Refusal> {
    let (pointer, chars) =
        match pointer.rsplit_once("#char=").and_then(|(path, said)| Some((path, chars(said)?))) {
            Some((path, chars)) => (path, Some(chars)),
            None => (pointer, None),
        };
    if pointer.matches('/').count() > DEPTH {
        return Ok(Shown::Nothing(Why::TooDeep));
    }
    let mut walk = Walk::new(source.content()?);
    let ended = walk.document(pointer);
    if let Err(Stop::Read(error)) = ended {
        return Err(error.into());
    }
    let Some(value) = walk.found.clone() else {
        return match ended {
            Err(Stop::TooFar) => Ok(Shown::Nothing(Why::TooFar)),
            Err(_) => stopped(source, walk.at()),
            Ok(()) if walk.at() == 0 => Ok(Shown::Nothing(Why::Empty)),
            Ok(()) => Ok(Shown::Nothing(Why::NotThere)),
        };
    };
    let mut notes = Vec::new();
    if walk.is_open {
        notes.push(Note::Ends);
    }
    if walk.n_found > 1 {
        notes.push(Note::Twice);
    }
    let mark = match chars {
        Some(chars) => match part(source, &value, &chars)? {
            Some(mark) => mark,
            None => return Ok(Shown::Nothing(Why::NotThere)),
        },
        None => value.clone(),
    };
    let shown = mark.start..mark.end.min(mark.start + VALUE_SHOWN);
    let window = source.window(shown, AROUND, true)?;
    let mut view = lines_of(&window, Some(mark), Some(value));
    view.encoding = Some("UTF-8");
    notes.into_iter().for_each(|note| view.note(note));
    Ok(Shown::Text(view))
}

/// What is around the byte from which a text cannot be read any more.
pub(super) fn stopped(source: &Source, byte: u64) -> Result<Shown, Refusal> {
    let mut view = lines_of(&source.window(byte..byte, AROUND, true)?, None, None);
    if view.lines.is_empty() {
        return Ok(Shown::Nothing(Why::Empty));
    }
    view.encoding = Some("UTF-8");
    view.note(Note::Unreadable);
    Ok(Shown::Text(view))
}

/// The characters that a fragment names: `12,40`.
pub(super) fn chars(said: &str) -> Option<Range<usize>> {
    let (start, end) = said.split_once(',')?;
    let range = start.parse().ok()?..end.parse().ok()?;
    (range.start <= range.end).then_some(range)
}

/// The bytes of some characters of a text.
fn part(source: &Source, value: &Range<u64>, chars: &Range<usize>) -> Result<Option<Range<u64>>, Refusal> {
    let window = source.window(value.start..value.end.min(value.start + TEXT_MAX), 0, false)?;
    Ok(bytes_of(&window.bytes, chars)
        .map(|span| value.start + span.start as u64..value.start + span.end as u64))
}

/// The bytes of some characters of a text as JSON writes it, with its quotation mark before.
fn bytes_of(raw: &[u8], chars: &Range<usize>) -> Option<Range<usize>> {
    let (mut at, mut n_chars, mut start) = (1, 0, None);
    raw.first().filter(|byte| **byte == b'"')?;
    loop {
        if n_chars == chars.start {
            start = start.or(Some(at));
        }
        if n_chars >= chars.end {
            return Some(start?..at);
        }
        at += match raw.get(at)? {
            b'"' => return None,
            b'\\' if raw.get(at + 1) == Some(&b'u') => {
                let is_first_half = matches!(raw.get(at + 2), Some(b'd' | b'D'))
                    && matches!(raw.get(at + 3), Some(b'8' | b'9' | b'a' | b'b' | b'A' | b'B'));
                if is_first_half { 12 } else { 6 }
            }
            b'\\' => 2,
            byte if *byte < 0x80 => 1,
            byte if *byte >= 0xf0 => 4,
            byte if *byte >= 0xe0 => 3,
            _ => 2,
        };
        n_chars += 1;
    }
}

/// The value of the first member of an object whose name, joined to those of the objects around it by points, is meant.
pub(super) fn member(object: &[u8], is_meant: &dyn Fn(&str) -> bool) -> Option<Range<usize>> {
    let mut walk = Walk::new(object);
    let _ = walk.members("", is_meant, 0);
    let found = walk.found.filter(|_| !walk.is_open)?;
    Some(usize::try_from(found.start).ok()?..usize::try_from(found.end).ok()?)
}

/// Why walking ends before the document does.
enum Stop {
    Read(io::Error),
    /// The document ends, or is none, at the byte that the walk is at.
    Here,
    TooFar,
    /// Enough was looked for.
    Enough,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

struct Walk<R> {
    content: R,
    buffer: Vec<u8>,
    next: usize,
    /// Where the buffer begins in the document.
    start: u64,
    found: Option<Range<u64>>,
    n_found: u32,
    /// Whether the value found was still being read when the document ended.
    is_open: bool,
}

impl<R: Read> Walk<R> {
    fn new(content: R) -> Self {
        Self { content, buffer: Vec::new(), next: 0, start: 0, found: None, n_found: 0, is_open: false }
    }

    fn at(&self) -> u64 {
        self.start + self.next as u64
    }

    /// The bytes at hand; none at the end.
    fn bytes(&mut self) -> Result<&[u8], Stop> {
        if self.next == self.buffer.len() {
            if is_too_far(self.at()) {
                return Err(Stop::TooFar);
            }
            self.start += self.buffer.len() as u64;
            self.next = 0;
            self.buffer.resize(64 << 10, 0);
            let n_read = loop {
                match self.content.read(&mut self.buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => break read,
                }
            };
            self.buffer.truncate(*n_read.as_ref().unwrap_or(&0));
            n_read?;
        }
        Ok(&self.buffer[self.next..])
    }

    fn peek(&mut self) -> Result<u8, Stop> {
        self.bytes()?.first().copied().ok_or(Stop::Here)
    }

    /// The next byte that is no blank; it is not taken.
    fn token(&mut self) -> Result<u8, Stop> {
        loop {
            match self.peek()? {
                b' ' | b'\t' | b'\r' | b'\n' => self.next += 1,
                byte => return Ok(byte),
            }
        }
    }

    fn document(&mut self, pointer: &str) -> Result<(), Stop> {
        if self.bytes()?.starts_with("\u{feff}".as_bytes()) {
            self.next = 3;
        }
        if self.bytes()?.is_empty() {
            return Ok(());
        }
        match self.value(pointer) {
            Err(Stop::Enough) => Ok(()),
            ended => ended,
        }
    }

    /// Walks a value, from which `rest` of the pointer leads on.
    fn value(&mut self, rest: &str) -> Result<(), Stop> {
        let first = self.token()?;
        if rest.is_empty() {
            return self.keep();
        }
        match first {
            b'{' => self.each(b'}', |walk, _| {
                let key = walk.key()?;
                match key.as_deref().and_then(|key| step(rest, key)) {
                    Some(rest) => walk.value(rest),
                    None => walk.pass(),
                }
            }),
            b'[' => self.each(b']', |walk, idx| match step(rest, &idx.to_string()) {
                Some(rest) => walk.value(rest),
                None => walk.pass(),
            }),
            _ => self.pass(),
        }
    }

    /// Walks what is between brackets, a comma between each two.
    fn each(&mut self, end: u8, mut one: impl FnMut(&mut Self, u64) -> Result<(), Stop>) -> Result<(), Stop> {
        self.next += 1;
        let mut idx = 0;
        if self.token()? == end {
            self.next += 1;
            return Ok(());
        }
        loop {
            one(self, idx)?;
            idx += 1;
            if self.found.as_ref().is_some_and(|found| self.at() > found.end + LOOK_ON) {
                return Err(Stop::Enough);
            }
            match self.token()? {
                b',' => self.next += 1,
                byte if byte == end => {
                    self.next += 1;
                    return Ok(());
                }
                _ => return Err(Stop::Here),
            }
        }
    }

    /// The members of an object whose name is meant.
    fn members(&mut self, prefix: &str, is_meant: &dyn Fn(&str) -> bool, depth: usize) -> Result<(), Stop> {
        if self.token()? != b'{' || depth > DEPTH {
            return self.pass();
        }
        self.each(b'}', |walk, _| {
            let Some(key) = walk.key()? else { return walk.pass() };
            let key = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
            if walk.found.is_none() && is_meant(&key) {
                walk.token()?;
                return walk.keep();
            }
            walk.members(&key, is_meant, depth + 1)
        })
    }

    /// A member's name, with the colon behind it; none when it is too long or damaged.
    fn key(&mut self) -> Result<Option<String>, Stop> {
        if self.token()? != b'"' {
            return Err(Stop::Here);
        }
        let mut raw = Vec::new();
        self.text(Some(&mut raw))?;
        if self.token()? != b':' {
            return Err(Stop::Here);
        }
        self.next += 1;
        Ok(serde_json::from_slice(&raw).ok())
    }

    /// Walks the value that is looked for.
    fn keep(&mut self) -> Result<(), Stop> {
        let start = self.at();
        self.is_open = true;
        self.n_found += 1;
        self.found = Some(start..start);
        let passed = self.pass();
        self.found = Some(start..self.at());
        self.is_open = passed.is_err();
        passed
    }

    /// Passes over a value.
    fn pass(&mut self) -> Result<(), Stop> {
        let mut depth = 0_u64;
        loop {
            match self.token()? {
                b'"' => self.text(None)?,
                b'{' | b'[' => {
                    depth += 1;
                    self.next += 1;
                }
                b'}' | b']' if depth == 0 => return Err(Stop::Here),
                b'}' | b']' => {
                    depth -= 1;
                    self.next += 1;
                }
                b',' | b':' if depth > 0 => {
                    self.next += 1;
                    continue;
                }
                byte if byte.is_ascii_alphanumeric() || byte == b'-' => self.word()?,
                _ => return Err(Stop::Here),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// A number, `true`, `false` or `null`. It may end with the document.
    fn word(&mut self) -> Result<(), Stop> {
        loop {
            let bytes = self.bytes()?;
            let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
            let len = bytes.iter().take_while(|byte| is_of_word(byte)).count();
            let goes_on = len > 0 && len == bytes.len();
            self.next += len;
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// A text with its quotation marks.
    fn text(&mut self, mut into: Option<&mut Vec<u8>>) -> Result<(), Stop> {
        let (mut is_first, mut escapes) = (true, false);
        loop {
            let bytes = self.bytes()?;
            if bytes.is_empty() {
                return Err(Stop::Here);
            }
            let skipped = usize::from(is_first || escapes);
            let end = memchr::memchr2(b'"', b'\\', &bytes[skipped..]).map(|end| skipped + end);
            let len = end.map_or(bytes.len(), |end| end + 1);
            if let Some(into) = &mut into
                && into.len() <= KEY_MAX
            {
                into.extend_from_slice(&bytes[..len]);
            }
            escapes = end.is_some_and(|end| bytes[end] == b'\\');
            let is_over = end.is_some_and(|end| bytes[end] == b'"');
            (is_first, self.next) = (false, self.next + len);
            if is_over {
                return Ok(());
            }
        }
    }
}

/// What is left of a pointer behind a name. Readers write names as RFC 6901 says, or as they stand.
fn step<'p>(rest: &'p str, key: &str) -> Option<&'p str> {
    let rest = rest.strip_prefix('/')?;
    let behind = |name: &str| {
        let behind = rest.strip_prefix(name)?;
        (behind.is_empty() || behind.starts_with('/')).then_some(behind)
    };
    behind(&key.replace('~', "~0").replace('/', "~1")).or_else(|| behind(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, pointer: &str) -> Option<String> {
        let mut walk = Walk::new(text.as_bytes());
        let _ = walk.document(pointer);
        let span = walk.found?;
        Some(text[span.start as usize..span.end as usize].to_owned())
    }

    #[test]
    fn a_pointer_leads_to_the_bytes_of_its_value() {
        let text = r#"  {"a" : [1, {"b/c": "x\"y", "~": -2.5e3}], "": {}, "d": true, "a/b": null}"#;
        for (pointer, value) in [
            ("/a/0", Some("1")),
            ("/a/1/b~1c", Some(r#""x\"y""#)),
            ("/a/1/b/c", Some(r#""x\"y""#)),
            ("/a/1/~0", Some("-2.5e3")),
            ("/", Some("{}")),
            ("/d", Some("true")),
            ("/a~1b", Some("null")),
            ("/a/2", None),
            ("/d/x", None),
            ("/e", None),
        ] {
            assert_eq!(found(text, pointer).as_deref(), value, "{pointer}");
        }
        assert_eq!(found("[[1,2],[3]]", "").as_deref(), Some("[[1,2],[3]]"));
        assert_eq!(found("\u{feff}[5]", "/0").as_deref(), Some("5"));
        // Of a name that stands twice readers take the last.
        assert_eq!(found(r#"{"a":1,"b":0,"a":2}"#, "/a").as_deref(), Some("2"));
        for len in 0..text.len() {
            let _ = found(&text[..len], "/a/1/b~1c");
        }
    }

    #[test]
    fn members_are_found_through_objects_by_their_joined_names() {
        let text = r#"{"a":{"b":"x"},"c":[{"d":1}],"e":2}"#;
        let of = |name: &str| member(text.as_bytes(), &|key| key == name).map(|span| &text[span]);
        assert_eq!((of("a.b"), of("e"), of("d")), (Some("\"x\""), Some("2"), None));
    }

    #[test]
    fn characters_are_counted_as_they_are_read() {
        let raw = r#""aè\n\u00e8\ud83d\ude00z""#;
        for (chars, expected) in
            [(0..1, "a"), (1..2, "è"), (2..4, r"\n\u00e8"), (4..6, r"\ud83d\ude00z"), (6..6, "")]
        {
            assert_eq!(bytes_of(raw.as_bytes(), &chars).map(|span| &raw[span]), Some(expected), "{chars:?}");
        }
        assert_eq!(bytes_of(raw.as_bytes(), &(5..9)), None);
    }
}
