//! An element of an XML document by the names and ordinals on the way to it, as readers write them:
//! `/report/person[2]/email[1]`, with `@name` for an attribute, `text()`, and `#char=` for characters of its text.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::ops::Range;

use quick_xml::errors::Error;
use quick_xml::events::{BytesStart, Event};
use tutela_model::source::Refusal;

use super::json::{AROUND, VALUE_SHOWN, chars, stopped};
use super::source::{Source, is_too_far};
use super::text::lines_of;
use super::{Note, Shown, Why};

/// Elements inside elements; readers take 32.
const DEPTH: usize = 128;

pub(super) fn view(source: &Source, pointer: &str) -> Result<Shown, Refusal> {
    let (path, chars) =
        match pointer.rsplit_once("#char=").and_then(|(path, said)| Some((path, chars(said)?))) {
            Some((path, chars)) => (path, Some(chars)),
            None => (pointer, None),
        };
    let (path, attribute) = match path.rsplit_once("/@") {
        Some((path, name)) => (path, Some(name)),
        None => (path.strip_suffix("/text()").unwrap_or(path), None),
    };
    let mut walk = Walk { wanted: path, attribute, chars, ..Walk::default() };
    let ended = walk.document(source)?;
    let Some(value) = walk.value() else {
        return match ended {
            Ended::Whole if walk.n_elements == 0 => Ok(Shown::Nothing(Why::Empty)),
            Ended::Whole => Ok(Shown::Nothing(Why::NotThere)),
            Ended::TooFar => Ok(Shown::Nothing(Why::TooFar)),
            Ended::At(byte) => stopped(source, byte),
        };
    };
    let mark = match (&walk.attribute, &walk.chars) {
        (None, None) => value.clone(),
        _ => match walk.part.clone() {
            Some(part) => part,
            None => return Ok(Shown::Nothing(Why::NotThere)),
        },
    };
    let shown = mark.start..mark.end.min(mark.start + VALUE_SHOWN);
    let mut view = lines_of(&source.window(shown, AROUND, true)?, Some(mark), Some(value));
    view.encoding = Some("UTF-8");
    if walk.end.is_none() {
        view.note(Note::Ends);
    }
    Ok(Shown::Text(view))
}

/// How the document ended.
enum Ended {
    Whole,
    TooFar,
    /// It cannot be read from this byte on.
    At(u64),
}

/// An element that is open.
struct Open {
    path: String,
    /// The last ordinal of each name among its children.
    ordinals: BTreeMap<String, u32>,
}

#[derive(Default)]
struct Walk<'p> {
    wanted: &'p str,
    attribute: Option<&'p str>,
    chars: Option<Range<usize>>,
    open: Vec<Open>,
    n_elements: u64,
    /// How many elements are open with the one that is meant; it is the outermost of them.
    n_inside: usize,
    start: Option<u64>,
    end: Option<u64>,
    /// The last byte that was read.
    last: u64,
    /// The attribute, or the characters.
    part: Option<Range<u64>>,
    n_chars: usize,
}

impl Walk<'_> {
    /// The bytes of the element; to where it could be read when it has no end.
    fn value(&self) -> Option<Range<u64>> {
        Some(self.start?..self.end.unwrap_or(self.last))
    }

    fn document(&mut self, source: &Source) -> Result<Ended, Refusal> {
        let content = BufReader::with_capacity(1 << 16, source.content()?);
        let mut reader = quick_xml::Reader::from_reader(content);
        let mut buffer = Vec::new();
        while self.end.is_none() {
            buffer.clear();
            let start = reader.buffer_position();
            let event = match reader.read_event_into(&mut buffer) {
                Ok(event) => event,
                Err(Error::Io(error)) => return Err(std::io::Error::new(error.kind(), error).into()),
                Err(_) => {
                    self.last = self.last.max(reader.error_position());
                    return Ok(Ended::At(reader.error_position()));
                }
            };
            let end = reader.buffer_position();
            self.last = end;
            if is_too_far(end) {
                return Ok(Ended::TooFar);
            }
            match event {
                Event::Eof if self.open.is_empty() => return Ok(Ended::Whole),
                Event::Eof => return Ok(Ended::At(end)),
                _ if self.open.len() > DEPTH => return Ok(Ended::At(start)),
                event => self.take(&event, start..end),
            }
        }
        Ok(Ended::Whole)
    }

    fn take(&mut self, event: &Event<'_>, span: Range<u64>) {
        match event {
            Event::Start(tag) => self.begin(tag, &span),
            Event::Empty(tag) => {
                self.begin(tag, &span);
                self.finish(span.end);
            }
            Event::End(_) => self.finish(span.end),
            Event::Text(text) => self.chars_of(text, span.start),
            // `<![CDATA[` stands before its text.
            Event::CData(text) => self.chars_of(text, span.start + 9),
            Event::GeneralRef(_) if self.n_inside == 1 => self.char_at(&span),
            _ => {}
        }
    }

    fn begin(&mut self, tag: &BytesStart<'_>, span: &Range<u64>) {
        self.n_elements += 1;
        let name = tag.name().as_ref().to_owned();
        let path = match self.open.last_mut() {
            None => format!("/{name}"),
            Some(parent) => {
                let ordinal = parent.ordinals.entry(name.clone()).or_default();
                *ordinal += 1;
                format!("{}/{name}[{ordinal}]", parent.path)
            }
        };
        if self.n_inside > 0 {
            self.n_inside += 1;
        } else if path == self.wanted && self.start.is_none() {
            self.n_inside = 1;
            self.start = Some(span.start);
            if let Some(wanted) = self.attribute {
                self.part = attribute(tag, wanted).map(|part| {
                    // `<` stands before what is in the tag.
                    let base = span.start + 1;
                    base + part.start as u64..base + part.end as u64
                });
            }
        }
        self.open.push(Open { path, ordinals: BTreeMap::new() });
    }

    fn finish(&mut self, end: u64) {
        self.open.pop();
        if self.n_inside == 1 {
            self.end = Some(end);
        }
        self.n_inside = self.n_inside.saturating_sub(1);
    }

    /// Counts the characters of a text right in the element; `start` is its first byte.
    fn chars_of(&mut self, text: &str, start: u64) {
        if self.n_inside != 1 || self.chars.is_none() {
            return;
        }
        for (at, char) in text.char_indices() {
            // A carriage return before a line end is none in what XML hands over.
            if char == '\r' && text[at..].starts_with("\r\n") {
                continue;
            }
            let at = start + at as u64;
            self.char_at(&(at..at + char.len_utf8() as u64));
        }
    }

    fn char_at(&mut self, span: &Range<u64>) {
        let Some(chars) = &self.chars else { return };
        if chars.contains(&self.n_chars) {
            let start = self.part.as_ref().map_or(span.start, |part| part.start);
            self.part = Some(start..span.end);
        }
        self.n_chars += 1;
    }
}

/// Where an attribute stands in a tag, with its name and value.
fn attribute(tag: &BytesStart<'_>, wanted: &str) -> Option<Range<usize>> {
    let text: &str = tag;
    let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == wanted)?;
    let key: &str = found.key.as_ref();
    let start = (key.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let value = text.get(start..)?.find(found.value.as_ref())?;
    Some(start..(start + value + found.value.len() + 1).min(text.len()))
}
