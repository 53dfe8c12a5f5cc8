//! One way through an exhibit: every entry in an order that depends on its bytes alone, within limits.
//!
//! A limit that is reached is a finding, and the rest goes on where there is a rest: behind the limit of bytes entries
//! are still listed, behind that of entries or time nothing is.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::PathBuf;

use tutela_model::tables::FileKind;

use crate::archive;
use crate::entry::{Entry, Part, Unread, Visit, Why};
use crate::image::{Fault, Image, ReadAt};
use crate::{folder, volume};

/// What is walked.
pub enum Exhibit {
    /// An image.
    Image(Image),
    /// A folder of a mounted disk, or an export.
    Folder(PathBuf),
}

/// How far a walk goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most entries.
    pub entries: u64,
    /// The most folders inside each other.
    pub depth: usize,
    /// The most bytes of files that are handed out.
    pub bytes: u64,
    /// The most bytes of one file that are handed out: a sparse file may say any size.
    pub file_bytes: u64,
    /// The most findings that are told one by one; what is left out is counted.
    pub findings: u64,
    /// How far archives are opened; none when they are not.
    pub archives: Option<ArchiveLimits>,
}

/// How far archives are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// The most members of one archive.
    pub members: u64,
    /// The most archives inside each other.
    pub depth: usize,
    /// The most bytes that one archive may unpack to.
    pub bytes: u64,
    /// The most bytes that a byte of an archive may unpack to, beyond the first mebibytes.
    pub ratio: u64,
    /// The most bytes of an archive inside another that are held in memory to open it.
    pub inner: u64,
}

impl Default for Limits {
    /// 50 million entries, 256 folders deep, 64 TiB in all, 4 TiB a file, 100,000 findings, archives not opened.
    fn default() -> Self {
        Self {
            entries: 50_000_000,
            depth: 256,
            bytes: 64 << 40,
            file_bytes: 4 << 40,
            findings: 100_000,
            archives: None,
        }
    }
}

impl Default for ArchiveLimits {
    /// A million members, four archives deep, 64 GiB and 200 bytes for a byte, 64 MiB in memory.
    fn default() -> Self {
        Self { members: 1_000_000, depth: 4, bytes: 64 << 30, ratio: 200, inner: 64 << 20 }
    }
}

/// What a walk is told.
pub struct Options<'a> {
    /// How far it goes.
    pub limits: Limits,
    /// Whether clusters that no file holds are searched for folders that were deleted (FAT, exFAT): all of them are
    /// read for that.
    pub search_free: bool,
    /// Whether to stop: asked before each entry and between reads. Whoever has a clock or a button answers.
    pub stop: &'a dyn Fn() -> bool,
}

/// Walks an exhibit, and tells what is found.
///
/// Breaks when the visitor does, or when a limit was reached behind which nothing goes on; that was told then.
pub fn walk(exhibit: &Exhibit, options: &Options<'_>, visit: &mut dyn Visit) -> ControlFlow<()> {
    let mut to =
        Walk { options, visit, n_entries: 0, n_bytes: 0, n_findings: 0, told_bytes: false, stopped: false };
    let flow = match exhibit {
        Exhibit::Image(image) => {
            image.findings.iter().try_for_each(|finding| to.visit.unread(finding.clone()))?;
            volume::walk(image, &mut to)
        }
        Exhibit::Folder(folder) => folder::walk(folder, &mut to),
    };
    if let left_out @ 1.. = to.n_findings.saturating_sub(options.limits.findings) {
        let expected = format!("at most {} findings", options.limits.findings);
        let found = format!("{left_out} more, which are not told one by one");
        to.visit.unread(Unread { place: String::new(), why: Why::Limit, expected, found })?;
    }
    flow
}

/// A walk under way: what file systems hand their entries to.
pub(crate) struct Walk<'a> {
    pub(crate) options: &'a Options<'a>,
    visit: &'a mut dyn Visit,
    n_entries: u64,
    n_bytes: u64,
    n_findings: u64,
    told_bytes: bool,
    stopped: bool,
}

impl Walk<'_> {
    /// Tells a volume.
    pub(crate) fn part(&mut self, part: &Part) -> ControlFlow<()> {
        self.visit.part(part)
    }

    /// Tells something that could not be read, or counts it when too much was told.
    pub(crate) fn unread(&mut self, place: &str, why: Why, expected: &str, found: &str) -> ControlFlow<()> {
        self.n_findings += 1;
        if self.n_findings > self.options.limits.findings {
            return ControlFlow::Continue(());
        }
        self.tell(place, why, expected, found)
    }

    /// Tells a finding that is never only counted: behind it nothing goes on, or nothing is read.
    fn tell(&mut self, place: &str, why: Why, expected: &str, found: &str) -> ControlFlow<()> {
        let [place, expected, found] = [place, expected, found].map(str::to_owned);
        self.visit.unread(Unread { place, why, expected, found })
    }

    /// Tells why bytes could not be had.
    pub(crate) fn failed(&mut self, place: &str, error: &io::Error) -> ControlFlow<()> {
        let fault = Fault::of(error);
        self.unread(place, fault.why, &fault.expected, &fault.found)
    }

    /// Breaks when whoever watches the time says so. Long work between entries asks it.
    pub(crate) fn go_on(&mut self, place: &str) -> ControlFlow<()> {
        if !(self.options.stop)() {
            return ControlFlow::Continue(());
        }
        if !self.stopped {
            self.stopped = true;
            self.tell(place, Why::Limit, "time to go on", "an end of the time")?;
        }
        ControlFlow::Break(())
    }

    /// Says that a mebibyte or so was read in which nothing may be; breaks as [`Walk::go_on`] does.
    pub(crate) fn working(&mut self, place: &str) -> ControlFlow<()> {
        self.go_on(place)?;
        self.visit.working(place)
    }

    /// Tells an entry, and hands out its bytes; then what its archive holds, when it is one and archives are opened.
    pub(crate) fn entry(&mut self, entry: &Entry, bytes: Option<&dyn ReadAt>) -> ControlFlow<()> {
        let holds = bytes.filter(|_| self.options.limits.archives.is_some() && is_file(entry.kind));
        let archive = holds.and_then(archive::recognise);
        match bytes {
            None => self.give(entry, None)?,
            Some(bytes) => {
                let mut at = 0;
                let mut read = |buffer: &mut [u8]| {
                    let wanted = entry.size.saturating_sub(at).min(buffer.len() as u64) as usize;
                    let taken = bytes.read_at(at, &mut buffer[..wanted])?;
                    if taken == 0 && wanted > 0 {
                        let (expected, found) = (format!("{} bytes", entry.size), format!("{at}"));
                        return Err(Fault::error(Why::Truncated, expected, found));
                    }
                    at += taken as u64;
                    Ok(taken)
                };
                self.give(entry, Some(&mut read))?;
            }
        }
        match (archive, bytes) {
            (Some(form), Some(bytes)) => archive::members(form, entry, bytes, self),
            _ => ControlFlow::Continue(()),
        }
    }

    /// Tells an entry with what reads its bytes, within the limits.
    pub(crate) fn give(&mut self, entry: &Entry, read: Option<Reading<'_>>) -> ControlFlow<()> {
        self.go_on(&entry.path)?;
        let limits = self.options.limits;
        if self.n_entries >= limits.entries {
            let expected = format!("at most {} entries", limits.entries);
            self.tell(&entry.path, Why::Limit, &expected, "more: it and what follows is not listed")?;
            return ControlFlow::Break(());
        }
        self.n_entries += 1;
        let Some(read) = read else { return self.visit.entry(entry, None) };
        if self.n_bytes >= limits.bytes {
            if !self.told_bytes {
                self.told_bytes = true;
                let expected = format!("at most {} bytes of files", limits.bytes);
                self.tell(&entry.path, Why::Limit, &expected, "more: from here on files are only listed")?;
            }
            return self.visit.entry(entry, None);
        }
        let room = limits.file_bytes.min(limits.bytes - self.n_bytes);
        let mut given = Given { read, given: 0, room, failed: None, stop: self.options.stop };
        let flow = self.visit.entry(entry, Some(&mut given));
        let (n_given, failed) = (given.given, given.failed);
        self.n_bytes += n_given;
        flow?;
        match failed {
            Some(Fault { why, expected, found }) => self.unread(&entry.path, why, &expected, &found),
            None => ControlFlow::Continue(()),
        }
    }
}

/// Gives the next bytes of an entry; none at its end.
pub(crate) type Reading<'a> = &'a mut dyn FnMut(&mut [u8]) -> io::Result<usize>;

/// Whether what is in it may be an archive.
fn is_file(kind: FileKind) -> bool {
    matches!(kind, FileKind::File | FileKind::Stream)
}

/// The bytes of an entry as its visitor reads them.
struct Given<'a> {
    read: Reading<'a>,
    given: u64,
    room: u64,
    failed: Option<Fault>,
    stop: &'a dyn Fn() -> bool,
}

/// Bytes after which is asked again whether to stop.
const ASKED: u64 = 16 << 20;

impl Given<'_> {
    fn next(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given % ASKED + buffer.len() as u64 >= ASKED && (self.stop)() {
            let found = format!("an end of the time after {} bytes", self.given);
            return Err(Fault::error(Why::Limit, "time to read all its bytes", found));
        }
        if self.room == 0 {
            // Whether that is its end is seen by asking for one byte more.
            return match (self.read)(&mut [0])? {
                0 => Ok(0),
                _ => Err(Fault::error(Why::Limit, format!("at most {} bytes", self.given), "more")),
            };
        }
        let wanted = self.room.min(buffer.len() as u64) as usize;
        (self.read)(&mut buffer[..wanted])
    }
}

impl Read for Given<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if let Some(fault) = &self.failed {
            return Err(io::Error::other(fault.clone()));
        }
        let read = self.next(buffer);
        match &read {
            Ok(taken) => {
                self.given += *taken as u64;
                self.room -= *taken as u64;
            }
            Err(error) => self.failed = Some(Fault::of(error)),
        }
        read
    }
}
