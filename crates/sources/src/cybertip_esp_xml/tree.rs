//! XML as a stream of the root's children, each a small tree: what is in memory is one person of a report, not the
//! report. Entities are never expanded.

use std::collections::BTreeMap;
use std::io::{self, BufReader};

use quick_xml::errors::{Error, SyntaxError};
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::{BytesStart, Event};
use tutela_model::source::{Bytes, Refusal};
use tutela_model::tables::{Problem, ProblemKind};
use tutela_model::{Spot, Text};

/// Elements inside elements. The format needs six.
const DEPTH: usize = 32;
/// Bytes of text in one element. The format's longest text is some pages.
const TEXT_LEN: usize = 4 << 20;
/// Elements in one child of the root. A person with 100,000 addresses has half a million.
const ELEMENTS: usize = 2_000_000;

/// An element with everything in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub name: Text,
    /// The position among the siblings of the same name, from 1.
    pub ordinal: u32,
    pub attributes: Vec<(Text, String)>,
    pub text: String,
    pub children: Vec<Element>,
    /// The last ordinal of each name among the children.
    ordinals: BTreeMap<Text, u32>,
}

impl Element {
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of a child, without blanks around it.
    pub fn said(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim())
    }

    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(attribute, _)| attribute == name).map(|(_, value)| value.trim())
    }

    /// The path of the element, by names and ordinals, given its parent's.
    pub fn path(&self, parent: &str) -> String {
        format!("{parent}/{}[{}]", self.name, self.ordinal)
    }

    /// The element as XML.
    pub fn xml(&self) -> String {
        let mut xml = format!("<{}", self.name);
        for (name, value) in &self.attributes {
            xml.push_str(&format!(" {name}=\"{}\"", escape(value.as_str())));
        }
        let text = self.text.trim();
        if text.is_empty() && self.children.is_empty() {
            return xml + "/>";
        }
        xml.push('>');
        xml.push_str(&escape(text));
        xml.extend(self.children.iter().map(Self::xml));
        format!("{xml}</{}>", self.name)
    }

    /// Gives a child its ordinal; keeping the child is the caller's.
    fn number(&mut self, mut child: Self) -> Self {
        let ordinal = self.ordinals.entry(child.name.clone()).or_default();
        *ordinal += 1;
        child.ordinal = *ordinal;
        child
    }
}

/// The next thing of a document.
pub(super) enum Next {
    /// A child of the root.
    Child(Element),
    /// The root's end.
    End,
    /// Nothing after this can be read. The child that was being read holds the elements that had ended.
    Broken(Option<Element>, Problem),
}

/// A document that is being read.
pub(super) struct Document {
    reader: quick_xml::Reader<BufReader<Box<dyn Bytes>>>,
    buffer: Vec<u8>,
    /// The root without its children, once it has begun.
    pub root: Option<Element>,
    /// The elements that are open under the root, outermost first.
    open: Vec<Element>,
    n_elements: usize,
    ended: bool,
}

impl Document {
    pub fn new(bytes: Box<dyn Bytes>) -> Self {
        let reader = quick_xml::Reader::from_reader(BufReader::with_capacity(1 << 16, bytes));
        Self { reader, buffer: Vec::new(), root: None, open: Vec::new(), n_elements: 0, ended: false }
    }

    /// How many bytes are read.
    pub fn position(&self) -> u64 {
        self.reader.buffer_position()
    }

    /// Reads up to the root's start.
    pub fn begin(&mut self) -> Result<Option<Problem>, Refusal> {
        while self.root.is_none() && !self.ended {
            match self.step()? {
                Some(Next::Broken(_, problem)) => return Ok(Some(problem)),
                Some(Next::Child(_) | Next::End) | None => {}
            }
        }
        Ok(None)
    }

    /// Reads the next child of the root.
    pub fn next(&mut self) -> Result<Next, Refusal> {
        while !self.ended {
            if let Some(next) = self.step()? {
                return Ok(next);
            }
        }
        // Only blanks and comments may follow the root.
        loop {
            match self.step()? {
                Some(Next::End) => return Ok(Next::End),
                Some(broken @ Next::Broken(..)) => return Ok(broken),
                Some(Next::Child(_)) | None => {}
            }
        }
    }

    fn step(&mut self) -> Result<Option<Next>, Refusal> {
        self.buffer.clear();
        let mut buffer = std::mem::take(&mut self.buffer);
        let start = self.reader.buffer_position();
        let step = match self.reader.read_event_into(&mut buffer) {
            Ok(event) => self.take(event, start),
            Err(Error::Io(error)) => Err(Stop::Read(io::Error::new(error.kind(), error))),
            Err(error) => Err(self.stop(&error)),
        };
        self.buffer = buffer;
        match step {
            Ok(next) => Ok(next),
            Err(Stop::Read(error)) => Err(error.into()),
            Err(Stop::Problem(problem)) => {
                self.ended = true;
                // What was still open may lack its end, so a half text counts for nothing: only the outermost child
                // is kept, for the elements that had ended in it.
                let partial = std::mem::take(&mut self.open).into_iter().next();
                let partial = partial.filter(|child| !child.children.is_empty());
                let partial = self.root.as_mut().zip(partial).map(|(root, child)| root.number(child));
                Ok(Some(Next::Broken(partial, *problem)))
            }
        }
    }

    fn take(&mut self, event: Event<'_>, start: u64) -> Result<Option<Next>, Stop> {
        match event {
            Event::Start(tag) => self.start(&tag, start).map(|()| None),
            Event::Empty(tag) => {
                self.start(&tag, start)?;
                Ok(self.end())
            }
            Event::End(_) => Ok(self.end()),
            Event::Text(text) => self.text(&text.xml10_content(), start).map(|()| None),
            Event::CData(text) => self.text(&text.xml10_content(), start).map(|()| None),
            Event::GeneralRef(name) => {
                let char_said = name.resolve_char_ref().map_err(|error| self.stop(&error))?;
                match char_said
                    .map(String::from)
                    .or_else(|| resolve_predefined_entity(&name).map(str::to_owned))
                {
                    Some(text) => self.text(&text, start).map(|()| None),
                    None => {
                        Err(problem(ProblemKind::Refused, start, "no entity of the document's own", &name))
                    }
                }
            }
            Event::DocType(declaration) if declaration.contains('[') => {
                Err(problem(ProblemKind::Refused, start, "no entities and no declarations", &declaration))
            }
            Event::DocType(_) | Event::Comment(_) | Event::PI(_) => Ok(None),
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(name))
                    if !["utf-8", "us-ascii"].iter().any(|known| name.eq_ignore_ascii_case(known)) =>
                {
                    Err(problem(ProblemKind::Encoding, start, "text in UTF-8", &name))
                }
                _ => Ok(None),
            },
            Event::Eof if self.ended => Ok(Some(Next::End)),
            Event::Eof => {
                Err(problem(ProblemKind::Truncated, start, self.expected_end(), "the end of the file"))
            }
        }
    }

    fn expected_end(&self) -> &'static str {
        if self.root.is_some() { "the end of the elements that are open" } else { "an element" }
    }

    fn start(&mut self, tag: &BytesStart<'_>, start: u64) -> Result<(), Stop> {
        if self.ended {
            return Err(problem(
                ProblemKind::Malformed,
                start,
                "nothing after the root's end",
                tag.name().as_ref(),
            ));
        }
        let mut element = Element { name: tag.name().as_ref().into(), ..Element::default() };
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.stop(&error.into()))?;
            let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
            let value = value.map_err(|error| self.stop(&error))?;
            element.attributes.push((attribute.key.as_ref().into(), value.into_owned()));
        }
        if self.root.is_none() {
            self.root = Some(element);
            return Ok(());
        }
        self.n_elements += 1;
        if self.open.len() >= DEPTH || self.n_elements > ELEMENTS {
            let expected = format!("at most {DEPTH} elements inside each other and {ELEMENTS} in all");
            return Err(problem(ProblemKind::TooLarge, start, &expected, &element.name));
        }
        self.open.push(element);
        Ok(())
    }

    fn end(&mut self) -> Option<Next> {
        let Some(element) = self.open.pop() else {
            self.ended = true;
            return None;
        };
        if let Some(parent) = self.open.last_mut() {
            let child = parent.number(element);
            parent.children.push(child);
            return None;
        }
        self.n_elements = 0;
        let root = self.root.as_mut().expect("a child has a root");
        Some(Next::Child(root.number(element)))
    }

    fn text(&mut self, text: &str, start: u64) -> Result<(), Stop> {
        if self.ended || self.root.is_none() {
            // Before and after the root, XML allows blanks only.
            if text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() {
                return Ok(());
            }
            return Err(problem(ProblemKind::Malformed, start, "nothing outside of the root element", text));
        }
        let element = match self.open.last_mut() {
            Some(element) => element,
            None => self.root.as_mut().expect("checked above"),
        };
        if element.text.len() + text.len() > TEXT_LEN {
            let expected = format!("at most {TEXT_LEN} bytes of text in an element");
            return Err(problem(ProblemKind::TooLarge, start, &expected, &element.name));
        }
        element.text.push_str(text);
        Ok(())
    }

    /// The problem that an error of the XML parser is.
    fn stop(&self, error: &Error) -> Stop {
        let (kind, expected) = match error {
            Error::Syntax(SyntaxError::InvalidBangMarkup) => (ProblemKind::Malformed, "well-formed XML"),
            Error::Syntax(_) => (ProblemKind::Truncated, "the end of what is open"),
            Error::Encoding(_) => (ProblemKind::Encoding, "text in UTF-8"),
            _ => (ProblemKind::Malformed, "well-formed XML"),
        };
        problem(kind, self.reader.error_position(), expected, &error.to_string())
    }
}

/// Why reading ends before the document does.
enum Stop {
    Read(io::Error),
    Problem(Box<Problem>),
}

fn problem(kind: ProblemKind, byte: u64, expected: &str, found: &str) -> Stop {
    let mend = match kind {
        ProblemKind::Truncated => "ask the sender for the whole file; what stands before this byte was read",
        ProblemKind::Encoding => {
            "save the file as UTF-8 and import it again; what stands before this byte was read"
        }
        ProblemKind::Refused => "ask the sender for the report without a document type of its own",
        _ => {
            "ask the sender for the file as the platform submitted it; what stands before this byte was read"
        }
    };
    let problem = Problem::new(kind, Spot::Byte { byte, len: 1 }, "", expected, found).mend(mend);
    Stop::Problem(Box::new(problem))
}
