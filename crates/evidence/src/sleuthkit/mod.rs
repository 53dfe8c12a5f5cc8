//! Reading an image with the Sleuth Kit's own programs: every file system and image format that they know.
//!
//! The programs are run and not linked: their licence and their faults stay theirs, and one that dies costs a finding.
//! `img_stat` tells the format of the image, `mmls` its volumes, `fsstat` each one's file system, `pstat` the volumes of
//! an APFS container, `fls` the entries, `icat` the bytes of one.
//!
//! Some things they do not give. Times have whole seconds. A control character
//! of a name comes as `^`, and a name that is not UTF-8 has U+FFFD where it is not: each is told, since it hides what
//! the name is. What the Sleuth Kit adds of its own (its folder of orphans, boot sectors as files) is left out. A colon
//! in the name of an NTFS file stands before a stream's name: a name with a colon of its own, which Windows forbids and
//! Linux does not, is taken for a stream.
//!
//! `icat` is a process for each file, some 15 ms of processor time on a desktop for loading its libraries alone, so
//! several run at once and only for files whose bytes are wanted. Where `fiwalk` is installed too, and the image is one
//! that is opened here, `fiwalk` says where files lie and their bytes are read there ([`places`]); `icat` is left with
//! those of which it does not say it. Some files are read both ways, and at the first that differs the list is believed
//! no more for its volume, and that is told. On NTFS every file is read by `icat`: a stream is not in that list, and
//! bytes behind those that were written are, whatever lies there.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tutela_model::tables::{FileKind, FileState};

use crate::entry::{Entry, Found, Part, Unread, Visit, Why};
use crate::image::{Fault, ReadAt, read_exact_at};
use crate::pieces::Pieces;

mod listing;
pub mod places;
mod tool;
pub mod volumes;

use listing::MAX_LINE;
pub use listing::{Family, Line, Lines, Listed, Reading};
use places::Places;
pub use tool::{ImageFiles, Tools};
use tool::{Output, Said, Tool};
use volumes::Volume;

/// How an image is read.
pub struct Options<'a> {
    /// How long a program may write nothing. Shorter than the silence that the parent bears.
    pub patience: Duration,
    /// How many files are read at once.
    pub at_once: usize,
    /// Whether the bytes of an entry are wanted; the number is its place in the order of entries, from 0.
    pub want: &'a dyn Fn(u64, &Entry) -> bool,
    /// The image as it is opened here, to read files where they lie in it; none where nothing here opens it, or not
    /// whole.
    pub image: Option<&'a dyn ReadAt>,
}

/// Walks an image and tells what is found. Breaks when the visitor does.
pub fn walk(
    tools: &Tools,
    image: &ImageFiles,
    options: &Options<'_>,
    visit: &mut dyn Visit,
) -> ControlFlow<()> {
    let mut walk = Walk { tools, image, options, visit, number: 0, at: Vec::new(), direct: None };
    let Some(format) = walk.text("img_stat", &[], "the image")? else {
        return ControlFlow::Continue(());
    };
    if !format.well {
        return walk.unread("the image", &format.error, "an image of a format that the Sleuth Kit opens");
    }
    let size = format.out.lines().find_map(|line| {
        let size = line.strip_prefix("Size in bytes:").or(line.strip_prefix("Size of data in bytes:"))?;
        size.trim().parse().ok()
    });
    // Of one size it is one image: segments that are missing would move what lies behind them.
    let opened = options.image.filter(|opened| Some(opened.size()) == size);
    walk.direct = opened.map(|image| Direct::new(image, options.patience));
    let volumes = walk.volumes()?;
    if volumes.is_empty() {
        let whole = Part { name: String::new(), offset: 0, length: size.unwrap_or(0), what: String::new() };
        return walk.volume(whole, &[]);
    }
    for (idx, Volume { start, length, sector, said }) in volumes.into_iter().enumerate() {
        let mut at = vec!["-o".to_owned(), start.to_string()];
        if sector != 512 {
            at.extend(["-b".to_owned(), sector.to_string()]);
        }
        let (offset, length) = (start.saturating_mul(sector), length.saturating_mul(sector));
        walk.volume(Part { name: format!("volume-{}", idx + 1), offset, length, what: said }, &at)?;
    }
    ControlFlow::Continue(())
}

struct Walk<'a> {
    tools: &'a Tools,
    image: &'a ImageFiles,
    options: &'a Options<'a>,
    visit: &'a mut dyn Visit,
    number: u64,
    /// The arguments that name the volume.
    at: Vec<String>,
    /// None where every file is read by `icat`.
    direct: Option<Direct<'a>>,
}

/// What waits to be told, so that the order is that of the list however many programs run.
enum Waiting {
    /// An entry.
    Entry(Entry, Content),
    /// Something that could not be read.
    Unread(Unread),
}

/// Where the bytes of an entry come from.
enum Content {
    /// They are not wanted, or there are none.
    None,
    /// `icat` writes them. Where the entry has runs, they are held against what lies there.
    Written(io::Result<Tool>),
    /// They lie in the image where the entry's runs say.
    Lying,
}

impl Walk<'_> {
    /// All that a program writes; none where it could not be run, which is told.
    fn text(&mut self, program: &str, arguments: &[String], place: &str) -> ControlFlow<(), Option<Said>> {
        let said = match self.tools.start(program, arguments, self.image) {
            Err(error) => Err(error),
            Ok(tool) => {
                let visit = &mut *self.visit;
                tool.text(self.options.patience, &mut || visit.working(place).is_continue())
            }
        };
        match said {
            Ok(said) => ControlFlow::Continue(Some(said)),
            Err(error) => {
                self.told(place, why(&error), format!("{program} runs to its end"), error.to_string())?;
                ControlFlow::Continue(None)
            }
        }
    }

    fn volumes(&mut self) -> ControlFlow<(), Vec<Volume>> {
        // Tables of disks with sectors of 4,096 bytes are found only by who asks for them.
        for sector in [None, Some("4096")] {
            let arguments = sector.map_or_else(Vec::new, |sector| vec!["-b".to_owned(), sector.to_owned()]);
            let said = self.text("mmls", &arguments, "the table of volumes")?;
            let found = said.filter(|said| said.well).map_or_else(Vec::new, |said| volumes::read(&said.out));
            if !found.is_empty() {
                return ControlFlow::Continue(found);
            }
        }
        ControlFlow::Continue(Vec::new())
    }

    /// Reads a volume; `at` are the arguments that name it.
    fn volume(&mut self, mut part: Part, at: &[String]) -> ControlFlow<()> {
        let before = if part.name.is_empty() { String::new() } else { format!("{}/", part.name) };
        let place = place(&before);
        let Some(said) = self.text("fsstat", &[&["-t".to_owned()], at].concat(), &place)? else {
            return ControlFlow::Continue(());
        };
        let word = said.out.trim();
        let known = said.well && !word.is_empty();
        let table = std::mem::take(&mut part.what);
        part.what = [if known { word } else { "" }, &table]
            .into_iter()
            .filter(|what| !what.is_empty())
            .collect::<Vec<_>>()
            .join("; ");
        self.visit.part(&part)?;
        if known {
            let family = Family::of(word);
            self.follow((family != Family::Ntfs).then_some(part.offset));
            self.list(Reading::new(before, family), at)
        } else {
            self.pool(&before, at, &said.error)
        }
    }

    /// Reads what no file system was found on: an APFS container, or nothing that is known.
    fn pool(&mut self, before: &str, at: &[String], said: &str) -> ControlFlow<()> {
        let place = place(before);
        let Some(pool) = self.text("pstat", at, &place)? else { return ControlFlow::Continue(()) };
        let pooled = if pool.well { volumes::read_pool(&pool.out) } else { Vec::new() };
        if pooled.is_empty() {
            return self.unread(&place, said, "a file system that the Sleuth Kit reads");
        }
        for (idx, volume) in pooled.iter().enumerate() {
            let before = format!("{before}apfs-{}/", idx + 1);
            if volume.encrypted {
                let found = format!("an encrypted volume: {}", volume.name);
                self.told(
                    before.trim_end_matches('/'),
                    Why::Encrypted,
                    "a volume in the clear".to_owned(),
                    found,
                )?;
                continue;
            }
            // That list has no pools.
            self.follow(None);
            let block = ["-P", "apfs", "-B", &volume.block.to_string()].map(str::to_owned);
            self.list(Reading::new(before, Family::Other), &[at, &block].concat())?;
        }
        ControlFlow::Continue(())
    }

    /// Follows the list of where files lie through the volume that begins there; through none where every file is read
    /// by `icat`.
    fn follow(&mut self, volume: Option<u64>) {
        let Some(direct) = &mut self.direct else { return };
        (direct.volume, direct.n_placed) = (volume, 0);
        if volume.is_some() && direct.places.is_none() {
            let output = |tool| Output { tool, until: direct.until.clone() };
            direct.places = self.tools.places(self.image).map(|tool| Places::new(output(tool)));
        }
    }

    /// Lists the entries of a volume, in the order of `fls`.
    fn list(&mut self, mut reading: Reading, at: &[String]) -> ControlFlow<()> {
        let place = place(&reading.before);
        self.at = at.to_vec();
        let arguments = [&["-r", "-p", "-l"].map(str::to_owned), at].concat();
        let mut fls = match self.tools.start("fls", &arguments, self.image) {
            Ok(fls) => fls,
            Err(error) => {
                return self.told(&place, why(&error), "a list of files".to_owned(), error.to_string());
            }
        };
        let mut lines = Lines::default();
        let mut queue = VecDeque::new();
        loop {
            let visit = &mut *self.visit;
            match next_line(&mut fls, self.options.patience, &mut || visit.working(&place).is_continue()) {
                Ok(Some(line)) => self.listed(lines.take(&line), &mut reading, &mut queue)?,
                Ok(None) => break,
                Err(error) => {
                    self.give_all(&mut queue)?;
                    return self.told(
                        &place,
                        why(&error),
                        "the whole list of files".to_owned(),
                        error.to_string(),
                    );
                }
            }
        }
        self.give_all(&mut queue)?;
        if let Some(rest) = lines.end() {
            self.visit.unread(stray(&place, &rest))?;
        }
        match fls.end() {
            Ok((true, _)) => ControlFlow::Continue(()),
            Ok((false, said)) => self.unread(&place, &said, "the whole list of files"),
            Err(error) => {
                self.told(&place, Why::Damaged, "the whole list of files".to_owned(), error.to_string())
            }
        }
    }

    fn listed(
        &mut self,
        listed: Listed,
        reading: &mut Reading,
        queue: &mut VecDeque<Waiting>,
    ) -> ControlFlow<()> {
        match listed {
            Listed::Part => {}
            Listed::Stray(bytes) => queue.push_back(Waiting::Unread(stray(&place(&reading.before), &bytes))),
            Listed::Entry(line) => {
                let Some(mut entry) = reading.entry(&line) else { return ControlFlow::Continue(()) };
                queue.extend(hidden(&line, &entry).map(Waiting::Unread));
                let content = self.content(&mut entry, reading);
                self.number += 1;
                queue.push_back(Waiting::Entry(entry, content));
            }
        }
        while running(queue) >= self.options.at_once.max(1) || queue.len() > MAX_WAITING {
            let first = queue.pop_front().expect("what runs waits");
            self.give(first)?;
        }
        ControlFlow::Continue(())
    }

    /// Where an entry's bytes come from. `$BadClus:$Bad` is as large as its volume and has none.
    fn content(&mut self, entry: &mut Entry, reading: &Reading) -> Content {
        let bad = reading.family == Family::Ntfs && entry.path.ends_with("$BadClus:$Bad");
        if !has_bytes(entry) || entry.size == 0 || entry.found == Found::Lost || bad {
            return Content::None;
        }
        // Also for a file that is not wanted: both lists go on together.
        let checked = self.direct.as_mut().is_some_and(|direct| direct.place(entry));
        if !(self.options.want)(self.number, entry) {
            Content::None
        } else if entry.runs.is_empty() || checked {
            Content::Written(self.icat(entry))
        } else {
            Content::Lying
        }
    }

    fn icat(&self, entry: &Entry) -> io::Result<Tool> {
        self.tools.start_on("icat", &self.at, self.image, Some(&entry.id))
    }

    fn give_all(&mut self, queue: &mut VecDeque<Waiting>) -> ControlFlow<()> {
        queue.drain(..).try_for_each(|waiting| self.give(waiting))
    }

    /// Gives an entry to the visitor, and tells what went wrong with its bytes.
    fn give(&mut self, waiting: Waiting) -> ControlFlow<()> {
        let (mut entry, mut content) = match waiting {
            Waiting::Unread(unread) => return self.visit.unread(unread),
            Waiting::Entry(entry, content) => (entry, content),
        };
        let lying = self.direct.as_ref().filter(|direct| direct.volume.is_some()).map(|direct| direct.image);
        if let (Content::Lying, None) = (&content, lying) {
            // The list was found wrong since.
            entry.runs.clear();
            content = Content::Written(self.icat(&entry));
        }
        let lying = lying.filter(|_| !entry.runs.is_empty());
        let lying = lying.map(|image| Pieces::new(image, 0, &entry.runs, entry.size, entry.size));
        match (content, lying) {
            // An empty file has bytes: none of them. Of a deleted one the size may be what was wiped.
            (Content::None, _)
                if entry.size == 0 && has_bytes(&entry) && entry.state == FileState::Allocated =>
            {
                self.visit.entry(&entry, Some(&mut io::empty()))
            }
            (Content::Lying, Some(pieces)) => {
                let mut lying = Lying { pieces, at: 0, fault: None };
                self.visit.entry(&entry, Some(&mut lying))?;
                let Some(Fault { why, expected, found }) = lying.fault else {
                    return ControlFlow::Continue(());
                };
                self.told(&entry.path, why, expected, found)
            }
            (Content::Written(Ok(tool)), lying) => self.give_written(&entry, tool, lying),
            (Content::Written(Err(error)), _) => {
                self.visit.entry(&entry, None)?;
                self.told(&entry.path, Why::Limit, "icat runs".to_owned(), error.to_string())
            }
            (Content::None | Content::Lying, _) => self.visit.entry(&entry, None),
        }
    }

    /// Gives what `icat` writes, held against what lies where the list says.
    fn give_written(&mut self, entry: &Entry, tool: Tool, lying: Option<Pieces<'_>>) -> ControlFlow<()> {
        let bytes =
            Bytes { tool: Some(tool), patience: self.options.patience, left: entry.size, fault: None };
        let mut checked = Checked { bytes, lying, at: 0, differs: false };
        self.visit.entry(entry, Some(&mut checked))?;
        if let (true, Some(direct)) = (checked.differs, &mut self.direct) {
            direct.volume = None;
            let expected = "what icat writes lies where fiwalk says";
            let found = "something else lies there: all files of this volume that follow are read by icat";
            self.told(&entry.path, Why::Disagreement, expected.to_owned(), found.to_owned())?;
        }
        match checked.bytes.fault {
            None => ControlFlow::Continue(()),
            Some((why, found)) => self.told(&entry.path, why, format!("{} bytes", entry.size), found),
        }
    }

    /// Tells why a program did not do what it should, as it said itself.
    fn unread(&mut self, place: &str, said: &str, expected: &str) -> ControlFlow<()> {
        let why = match said {
            _ if said.to_ascii_lowercase().contains("encrypt") => Why::Encrypted,
            _ if said.starts_with("it died") => Why::Damaged,
            _ if said.contains("Cannot determine") || said.contains("Unsupported") => Why::Unsupported,
            _ => Why::Damaged,
        };
        let found = if said.is_empty() { "it said nothing" } else { said };
        self.told(place, why, expected.to_owned(), found.chars().take(1000).collect())
    }

    fn told(&mut self, place: &str, why: Why, expected: String, found: String) -> ControlFlow<()> {
        self.visit.unread(Unread { place: place.to_owned(), why, expected, found })
    }
}

/// Entries that wait at most behind one whose bytes are read.
const MAX_WAITING: usize = 4096;

fn has_bytes(entry: &Entry) -> bool {
    matches!(entry.kind, FileKind::File | FileKind::Stream)
}

fn running(queue: &VecDeque<Waiting>) -> usize {
    queue.iter().filter(|waiting| matches!(waiting, Waiting::Entry(_, Content::Written(_)))).count()
}

/// Reading files where they lie in the image.
struct Direct<'a> {
    image: &'a dyn ReadAt,
    /// None before a volume that it is used for, and where there is no program for it.
    places: Option<Places<Output>>,
    /// How long the list may keep an entry waiting, and until when it may. Nobody hears of this process meanwhile.
    patience: Duration,
    until: Rc<Cell<Instant>>,
    /// Where the volume begins; none where the list is not used for it.
    volume: Option<u64>,
    /// Files of the volume of which the list said where they lie.
    n_placed: u64,
}

/// Of the files of a volume that many at the beginning are read both ways, and one of that many afterwards.
const CHECKED: u64 = 16;
const CHECKED_OF: u64 = 4096;

impl<'a> Direct<'a> {
    fn new(image: &'a dyn ReadAt, patience: Duration) -> Self {
        let until = Rc::new(Cell::new(Instant::now()));
        Self { image, places: None, patience, until, volume: None, n_placed: 0 }
    }

    /// Puts the runs of a file in its entry, where they are told. Whether it is to be read both ways.
    fn place(&mut self, entry: &mut Entry) -> bool {
        // A number alone is a record: of one with more to it an attribute is meant, of which the list has one.
        let (Some(volume), Some(places), Ok(record)) =
            (self.volume, &mut self.places, entry.id.parse::<u64>())
        else {
            return false;
        };
        self.until.set(Instant::now() + self.patience);
        let Some(runs) = places.of(volume, record, entry.size) else { return false };
        entry.runs = runs;
        self.n_placed += 1;
        self.n_placed <= CHECKED || self.n_placed.is_multiple_of(CHECKED_OF)
    }
}

/// What the list hides of a name.
fn hidden(line: &Line, entry: &Entry) -> Option<Unread> {
    let found = if line.path.iter().any(|byte| byte.is_ascii_control()) {
        "a control character in the list of names, which could hide or invent an entry"
    } else if line.path.contains(&b'^') {
        "^, which the Sleuth Kit writes for a control character too"
    } else if str::from_utf8(&line.path).is_err() {
        "bytes that are not UTF-8"
    } else {
        return None;
    };
    let expected = "a name as it is written".to_owned();
    Some(Unread { place: entry.path.clone(), why: Why::Unsupported, expected, found: found.to_owned() })
}

fn stray(place: &str, bytes: &[u8]) -> Unread {
    let found = String::from_utf8_lossy(bytes).chars().take(400).collect();
    let expected = "a list with an entry in a line".to_owned();
    Unread { place: place.to_owned(), why: Why::Damaged, expected, found }
}

fn place(before: &str) -> String {
    if before.is_empty() { "the image".to_owned() } else { before.trim_end_matches('/').to_owned() }
}

fn why(error: &io::Error) -> Why {
    if error.kind() == io::ErrorKind::TimedOut { Why::Limit } else { Why::Damaged }
}

/// The next line of a program's output, without its end. A line that is too long is cut there; its rest is another.
fn next_line(
    tool: &mut Tool,
    patience: Duration,
    working: &mut dyn FnMut() -> bool,
) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    loop {
        let piece = tool.next(patience, working)?;
        if piece.is_empty() {
            return Ok(Some(line).filter(|line| !line.is_empty()));
        }
        let piece = &piece[..piece.len().min(MAX_LINE - line.len())];
        let end = piece.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(piece.len());
        line.extend_from_slice(&piece[..taken]);
        tool.used(taken + usize::from(end.is_some()));
        if end.is_some() || line.len() >= MAX_LINE {
            return Ok(Some(line));
        }
    }
}

/// The bytes of an entry where they lie in the image, or a fault.
struct Lying<'a> {
    pieces: Pieces<'a>,
    at: u64,
    fault: Option<Fault>,
}

impl Read for Lying<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.pieces.read_at(self.at, into);
        match &read {
            Ok(read) => self.at += *read as u64,
            Err(error) => self.fault = Some(Fault::of(error)),
        }
        read
    }
}

/// The bytes of an entry as `icat` writes them, held against those that lie where its runs say.
struct Checked<'a> {
    bytes: Bytes,
    /// None where it has no runs.
    lying: Option<Pieces<'a>>,
    at: u64,
    differs: bool,
}

impl Read for Checked<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(into)?;
        if let Some(lying) = &self.lying {
            let mut there = vec![0; read];
            self.differs |= read_exact_at(lying, self.at, &mut there).is_err() || there != into[..read];
            self.at += read as u64;
        }
        Ok(read)
    }
}

/// The bytes of an entry as `icat` writes them: as many as the entry's size says, or a fault.
struct Bytes {
    tool: Option<Tool>,
    patience: Duration,
    left: u64,
    fault: Option<(Why, String)>,
}

impl Bytes {
    fn fail(&mut self, why: Why, found: String) -> io::Error {
        self.tool = None;
        let error = io::Error::other(found.clone());
        self.fault = Some((why, found));
        error
    }

    /// The program wrote all: whether that is all.
    fn ended(&mut self, tool: Tool) -> io::Result<usize> {
        match tool.end() {
            Err(error) => Err(self.fail(Why::Damaged, error.to_string())),
            Ok((false, said)) => Err(self.fail(Why::Damaged, format!("icat failed: {said}"))),
            Ok((true, _)) if self.left > 0 => {
                let missing = self.left;
                Err(self.fail(Why::Truncated, format!("{missing} bytes fewer")))
            }
            Ok((true, _)) => Ok(0),
        }
    }
}

impl Read for Bytes {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(mut tool) = self.tool.take() else {
            return match &self.fault {
                None => Ok(0),
                Some((_, found)) => Err(io::Error::other(found.clone())),
            };
        };
        if into.is_empty() {
            self.tool = Some(tool);
            return Ok(0);
        }
        let read = match tool.next(self.patience, &mut || true) {
            Err(error) => return Err(self.fail(why(&error), error.to_string())),
            Ok(piece) => {
                let read = piece.len().min(into.len());
                into[..read].copy_from_slice(&piece[..read]);
                read
            }
        };
        if read == 0 {
            return self.ended(tool);
        }
        if read as u64 > self.left {
            return Err(self.fail(Why::Damaged, "more bytes than its size says".to_owned()));
        }
        self.left -= read as u64;
        tool.used(read);
        self.tool = Some(tool);
        Ok(read)
    }
}
