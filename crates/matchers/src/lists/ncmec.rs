//! NCMEC hash sharing, XML of version 2: `queryResult` with `images` and `videos`, which hold entries and the
//! withdrawals of earlier ones.
//!
//! ```text
//! <image>                                      or <video>
//!   <member id="42">…</member>                 who put it there
//!   <timestamp>2017-10-24T15:00:00Z</timestamp>
//!   <id>image1</id>                            of that member
//!   <classification>A1</classification>
//!   <fingerprints><md5>…</md5><sha1>…</sha1><pdna>…</pdna></fingerprints>
//!   <feedback><affirmativeFeedback type="Md5"><members><member id="43"/>…
//!             <negativeFeedback type="Sha1"><reasons><members><member id="44"/>…
//! </image>
//! <deletedImage><member id="42"/><id>image1</id><timestamp>…</timestamp></deletedImage>
//! ```
//!
//! A withdrawal names the entry by member and id and has no hash. What members said of an entry is kept with who said it.
//! An entry that is stated again under its id stands beside its earlier statement: which of both counts, the list does
//! not say.

use std::io::{self, Read};

use memchr::{memchr, memmem};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use sha2::{Digest as _, Sha256};
use tutela_model::{Spot, Time};

use super::ReadError;
use super::gather::Gathered;
use super::record::{Feedback, Kind, Note, Problem, Record, Take, shortened};

/// The scheme of the classification.
const SCHEME: &str = "NCMEC industry classification";
/// The most bytes of an entry. One with feedback of many members has some ten thousand.
const LONGEST: usize = 1 << 20;
/// The most feedback that is kept of an entry.
const MOST_FEEDBACK: usize = 256;
const EXPECTED: &str = "an entry in well-formed XML";

/// Reads a list.
pub fn read(bytes: &mut dyn Read, take: &mut dyn Take) -> Result<(), ReadError> {
    let mut elements =
        Elements { bytes, buffer: vec![0; 1 << 18], start: 0, end: 0, offset: 0, ended: false };
    let mut open = false;
    while let Some(tag) = elements.tag()? {
        if !open && !tag.starts_with(b"?") && !tag.starts_with(b"!") {
            if local(name_of(&tag)) != b"queryResult" {
                return Err(ReadError::OtherLayout {
                    layout: "ncmec",
                    expected: "the element queryResult",
                    found: shortened(&tag),
                });
            }
            take.scheme(SCHEME);
            open = true;
        } else if tag.starts_with(b"/") && local(name_of(&tag[1..])) == b"queryResult" {
            return Ok(());
        } else if let b"image" | b"video" | b"deletedImage" | b"deletedVideo" = local(name_of(&tag)) {
            element(&mut elements, &tag, take)?;
        }
    }
    let spot = Spot::Byte { byte: elements.place(), len: 0 };
    match open {
        true => take.problem(Problem::lost(spot, "the end of queryResult", b"the end of the file")),
        false => Err(ReadError::OtherLayout {
            layout: "ncmec",
            expected: "the element queryResult",
            found: "the end of the file".to_owned(),
        }),
    }
}

/// Reads an entry or a withdrawal, of which the first tag is taken.
fn element(elements: &mut Elements<'_>, tag: &[u8], take: &mut dyn Take) -> Result<(), ReadError> {
    let byte = elements.place() - tag.len() as u64 - 2;
    let name = name_of(tag).to_vec();
    let mut record = [b"<", tag, b">"].concat();
    let whole = tag.ends_with(b"/") || elements.until_end_of(&name, &mut record)?;
    let spot = Spot::Byte { byte, len: elements.place() - byte };
    if !whole {
        let expected =
            if record.len() > LONGEST { "an entry of at most a mebibyte" } else { "the end of the entry" };
        return take.problem(Problem::lost(spot, expected, &record));
    }
    let Some(said) = Said::read(&record) else {
        return take.problem(Problem::lost(spot, EXPECTED, &record));
    };
    let (Some(member), Some(id)) = (&said.member, &said.id) else {
        return take.problem(Problem::lost(spot, "a member and an id", &record));
    };
    let at_us = said.at.as_deref().and_then(|at| Time::parse(at, None).ok()).map(|at| at.at_us);
    let tag = tag_of(member, id);
    if local(&name).starts_with(b"deleted") {
        return take.record(Record::Deleted { id: tag, at_us });
    }
    let mut gathered = Gathered::default();
    if let Some(at) = said.at.as_deref().filter(|_| at_us.is_none()) {
        gathered.wrong(spot.clone(), "a time with its zone, such as 2017-10-24T15:00:00Z", at.as_bytes());
    }
    for (kind, value) in &said.fingerprints {
        match Kind::of_word(kind) {
            Some(kind) => gathered.hash(kind, value.as_bytes(), || spot.clone()),
            None if kind.eq_ignore_ascii_case("pdq") => {
                gathered.pdq(value.as_bytes(), || spot.clone(), take);
            }
            None if kind.eq_ignore_ascii_case("pdna") => gathered.other(Some(Note::PhotoDna), take),
            None => gathered.other(Some(Note::Perceptual), take),
        }
    }
    gathered.entry.id = Some(tag);
    gathered.entry.at_us = at_us;
    let attributes = &mut gathered.entry.attributes;
    attributes.category = said.classification;
    attributes.contributor = Some(member.clone());
    attributes.feedback = said.feedback;
    attributes.feedback.sort();
    attributes.feedback.dedup();
    gathered.hand_over(take)
}

/// What names an entry in later deliveries.
fn tag_of(member: &str, id: &str) -> u64 {
    let digest = Sha256::new().chain_update(member).chain_update([0]).chain_update(id).finalize();
    u64::from_be_bytes(digest[..8].try_into().expect("eight bytes"))
}

/// What an entry or a withdrawal says.
#[derive(Default)]
struct Said {
    member: Option<String>,
    id: Option<String>,
    at: Option<String>,
    classification: Option<String>,
    fingerprints: Vec<(String, String)>,
    feedback: Vec<Feedback>,
}

impl Said {
    /// None when it is not well formed. An entity that is not XML's own makes it so: none is ever put in its place.
    fn read(record: &[u8]) -> Option<Self> {
        let text = str::from_utf8(record).ok()?;
        let mut reader = Reader::from_str(text);
        let mut said = Self::default();
        let mut path: Vec<String> = Vec::new();
        // Whether feedback agrees, and of which hash it is.
        let mut of: Option<(bool, String)> = None;
        let mut content = String::new();
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) => {
                    said.open(&start, &path, &mut of);
                    path.push(name(&start));
                    content.clear();
                }
                Event::Empty(start) => {
                    said.open(&start, &path, &mut of);
                }
                Event::Text(text) => content.push_str(&text),
                Event::CData(text) => content.push_str(&text),
                Event::GeneralRef(entity) => match entity.resolve_char_ref().ok()? {
                    Some(character) => content.push(character),
                    None => content.push_str(resolve_predefined_entity(&entity)?),
                },
                Event::End(_) => {
                    let ended = path.pop()?;
                    said.close(&path, ended, content.trim());
                    content.clear();
                }
                Event::Eof => return path.is_empty().then_some(said),
                _ => {}
            }
            if path.len() > 16 {
                return None;
            }
        }
    }

    fn open(&mut self, start: &BytesStart<'_>, path: &[String], of: &mut Option<(bool, String)>) {
        let attribute = |wanted: &str| {
            let found = start.attributes().flatten().find(|found| found.key.local_name().as_ref() == wanted);
            found.map(|found| found.value.into_owned())
        };
        match name(start).as_str() {
            "member" if path.len() == 1 => self.member = attribute("id"),
            "affirmativeFeedback" => *of = Some((true, attribute("type").unwrap_or_default())),
            "negativeFeedback" => *of = Some((false, attribute("type").unwrap_or_default())),
            "member" if self.feedback.len() < MOST_FEEDBACK => {
                let member = attribute("id").unwrap_or_default();
                self.feedback.extend(of.clone().map(|(affirmative, of)| Feedback {
                    affirmative,
                    of,
                    member,
                }));
            }
            _ => {}
        }
    }

    fn close(&mut self, path: &[String], ended: String, content: &str) {
        let content = (!content.is_empty()).then(|| content.to_owned());
        match (path.len(), ended.as_str()) {
            (1, "id") => self.id = content,
            (1, "timestamp") => self.at = content,
            (1, "classification") => self.classification = content,
            (2, _) if path[1] == "fingerprints" => {
                self.fingerprints.extend(content.map(|content| (ended, content)));
            }
            _ => {}
        }
    }
}

fn name(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

/// The name in a tag, with its prefix.
fn name_of(tag: &[u8]) -> &[u8] {
    let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(tag.len());
    &tag[..end]
}

/// A name without its prefix.
fn local(name: &[u8]) -> &[u8] {
    memchr(b':', name).map_or(name, |at| &name[at + 1..])
}

/// The tags of a file, one by one.
struct Elements<'a> {
    bytes: &'a mut dyn Read,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    ended: bool,
}

impl Elements<'_> {
    fn place(&self) -> u64 {
        self.offset + self.start as u64
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.offset += self.start as u64;
        self.end -= self.start;
        self.start = 0;
        if self.end + (1 << 16) > self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = self.bytes.read(&mut self.buffer[self.end..])?;
        self.end += read;
        self.ended = read == 0;
        Ok(())
    }

    /// What stands between the brackets of the next tag; none at the end. A tag of more than a mebibyte is none.
    fn tag(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            match memchr(b'<', &self.buffer[self.start..self.end]) {
                Some(at) => {
                    self.start += at + 1;
                    break;
                }
                None => self.start = self.end,
            }
            if self.ended {
                return Ok(None);
            }
            self.fill()?;
        }
        let mut tag = Vec::new();
        // A comment may hold tags.
        let mut end: &[u8] = b">";
        loop {
            let bytes = &self.buffer[self.start..self.end];
            if bytes.starts_with(b"!--") {
                end = b"-->";
            }
            if let Some(at) = memmem::find(bytes, end) {
                tag.extend_from_slice(&bytes[..at]);
                self.start += at + end.len();
                return Ok(Some(tag));
            }
            if self.ended || bytes.len() > LONGEST {
                self.start = self.end;
                return Ok((!self.ended).then(Vec::new));
            }
            self.fill()?;
        }
    }

    /// Takes all up to and with the end tag of this name; false when the file ends before it, or the record has more than
    /// [`LONGEST`] bytes.
    fn until_end_of(&mut self, name: &[u8], record: &mut Vec<u8>) -> io::Result<bool> {
        let end = [b"</", name].concat();
        let end = memmem::Finder::new(&end);
        loop {
            let bytes = &self.buffer[self.start..self.end];
            let close = end.find(bytes).and_then(|at| Some(at + memchr(b'>', &bytes[at..])? + 1));
            if let Some(close) = close {
                record.extend_from_slice(&bytes[..close]);
                self.start += close;
                return Ok(record.len() <= LONGEST);
            }
            if self.ended || bytes.len() > LONGEST {
                // What is too long is passed over up to its next tag.
                record.extend_from_slice(bytes);
                self.start = self.end;
                return Ok(false);
            }
            self.fill()?;
        }
    }
}
