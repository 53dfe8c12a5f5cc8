//! Reading an image with the Sleuth Kit's own programs: every file system and image format that they know.
//!
//! The programs are run and not linked: their licence and their faults stay theirs, and one that dies costs a finding.
//! `img_stat` tells the format of the image, `mmls` its volumes, `fsstat` each one's file system, `pstat` the volumes of
//! an APFS container, `fls` the entries, `icat` the bytes of one.
//!
//! Some things they do not give. Times have whole seconds. Where bytes lie in the image is not said. A control character
//! of a name comes as `^`, and a name that is not UTF-8 has U+FFFD where it is not: each is told, since it hides what
//! the name is. What the Sleuth Kit adds of its own (its folder of orphans, boot sectors as files) is left out. A colon
//! in the name of an NTFS file stands before a stream's name: a name with a colon of its own, which Windows forbids and
//! Linux does not, is taken for a stream.
//!
//! `icat` is a process for each file, some 15 ms of processor time on a desktop for loading its libraries alone, so
//! several run at once and only for files whose bytes are wanted.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::time::Duration;

use tutela_model::tables::{FileKind, FileState};

use crate::entry::{Entry, Found, Part, Unread, Visit, Why};

mod listing;
mod tool;
pub mod volumes;

use listing::MAX_LINE;
pub use listing::{Family, Line, Lines, Listed, Reading};
pub use tool::{FOLDERS, ImageFiles, Tools};
use tool::{Said, Tool};
use volumes::Volume;

/// How an image is read.
pub struct Options<'a> {
    /// How long a program may write nothing. Shorter than the silence that the parent bears.
    pub patience: Duration,
    /// How many files are read at once.
    pub at_once: usize,
    /// Whether the bytes of an entry are wanted; the number is its place in the order of entries, from 0.
    pub want: &'a dyn Fn(u64, &Entry) -> bool,
}

/// Walks an image and tells what is found. Breaks when the visitor does.
pub fn walk(
    tools: &Tools,
    image: &ImageFiles,
    options: &Options<'_>,
    visit: &mut dyn Visit,
) -> ControlFlow<()> {
    let mut walk = Walk { tools, image, options, visit, number: 0 };
    let Some(format) = walk.text("img_stat", &[], "the image")? else {
        return ControlFlow::Continue(());
    };
    if !format.well {
        return walk.unread("the image", &format.error, "an image of a format that the Sleuth Kit opens");
    }
    let volumes = walk.volumes()?;
    if volumes.is_empty() {
        let size = format.out.lines().find_map(|line| {
            let size = line.strip_prefix("Size in bytes:").or(line.strip_prefix("Size of data in bytes:"))?;
            size.trim().parse().ok()
        });
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
}

/// What waits to be told, so that the order is that of the list however many programs run.
enum Waiting {
    /// An entry, whose bytes may be on their way.
    Entry(Entry, Option<io::Result<Tool>>),
    /// Something that could not be read.
    Unread(Unread),
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
            self.list(Reading::new(before, Family::of(word)), at)
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
            let block = ["-P", "apfs", "-B", &volume.block.to_string()].map(str::to_owned);
            self.list(Reading::new(before, Family::Other), &[at, &block].concat())?;
        }
        ControlFlow::Continue(())
    }

    /// Lists the entries of a volume, in the order of `fls`.
    fn list(&mut self, mut reading: Reading, at: &[String]) -> ControlFlow<()> {
        let place = place(&reading.before);
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
                Ok(Some(line)) => self.listed(lines.take(&line), &mut reading, at, &mut queue)?,
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
        at: &[String],
        queue: &mut VecDeque<Waiting>,
    ) -> ControlFlow<()> {
        match listed {
            Listed::Part => {}
            Listed::Stray(bytes) => queue.push_back(Waiting::Unread(stray(&place(&reading.before), &bytes))),
            Listed::Entry(line) => {
                let Some(entry) = reading.entry(&line) else { return ControlFlow::Continue(()) };
                queue.extend(hidden(&line, &entry).map(Waiting::Unread));
                let start = || self.tools.start_on("icat", at, self.image, Some(&entry.id));
                let bytes = self.wanted(&entry, reading).then(start);
                self.number += 1;
                queue.push_back(Waiting::Entry(entry, bytes));
            }
        }
        while running(queue) >= self.options.at_once.max(1) || queue.len() > MAX_WAITING {
            let first = queue.pop_front().expect("what runs waits");
            self.give(first)?;
        }
        ControlFlow::Continue(())
    }

    /// Whether an entry has bytes, and they are asked for. `$BadClus:$Bad` is as large as its volume and has none.
    fn wanted(&self, entry: &Entry, reading: &Reading) -> bool {
        let bad = reading.family == Family::Ntfs && entry.path.ends_with("$BadClus:$Bad");
        has_bytes(entry)
            && entry.size > 0
            && entry.found != Found::Lost
            && !bad
            && (self.options.want)(self.number, entry)
    }

    fn give_all(&mut self, queue: &mut VecDeque<Waiting>) -> ControlFlow<()> {
        queue.drain(..).try_for_each(|waiting| self.give(waiting))
    }

    /// Gives an entry to the visitor, and tells what went wrong with its bytes.
    fn give(&mut self, waiting: Waiting) -> ControlFlow<()> {
        let (entry, bytes) = match waiting {
            Waiting::Unread(unread) => return self.visit.unread(unread),
            Waiting::Entry(entry, bytes) => (entry, bytes),
        };
        let tool = match bytes {
            // An empty file has bytes: none of them. Of a deleted one the size may be what was wiped.
            None if entry.size == 0 && has_bytes(&entry) && entry.state == FileState::Allocated => {
                return self.visit.entry(&entry, Some(&mut io::empty()));
            }
            None => return self.visit.entry(&entry, None),
            Some(Ok(tool)) => tool,
            Some(Err(error)) => {
                self.visit.entry(&entry, None)?;
                return self.told(&entry.path, Why::Limit, "icat runs".to_owned(), error.to_string());
            }
        };
        let mut bytes =
            Bytes { tool: Some(tool), patience: self.options.patience, left: entry.size, fault: None };
        self.visit.entry(&entry, Some(&mut bytes))?;
        match bytes.fault {
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
    queue.iter().filter(|waiting| matches!(waiting, Waiting::Entry(_, Some(_)))).count()
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
