//! Archives among the files: ZIP, TAR, gzip, 7z, and those inside each other. Members become entries behind `/!/`.
//!
//! What unpacks to far more than it is, has more members than are read, or lies deeper than is looked, ends with a
//! finding. Member bytes are read as they come; only an archive inside a packed one is held in memory, up to a limit.

mod gzip;
mod seven;
mod tar;
mod zip;

use std::io::{self, Read};
use std::ops::ControlFlow;

use tutela_model::tables::{FileKind, FileState};

use crate::entry::{Entry, Found, Times, Why};
use crate::image::{Fault, ReadAt};
use crate::walk::{ArchiveLimits, Walk};

/// A kind of archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Zip,
    Tar,
    Gzip,
    Seven,
}

/// Bytes at the start of a file by which an archive is recognised.
const HEAD: usize = 512;

/// The kind of archive that bytes are, by their beginning.
pub(crate) fn recognise(bytes: &dyn ReadAt) -> Option<Form> {
    let mut head = [0; HEAD];
    let taken = bytes.read_at(0, &mut head).ok()?;
    by_head(&head[..taken])
}

fn by_head(head: &[u8]) -> Option<Form> {
    match head {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Form::Zip),
        [0x1f, 0x8b, 8, ..] => Some(Form::Gzip),
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Some(Form::Seven),
        head if head.get(257..262) == Some(b"ustar") && tar::is_header(head) => Some(Form::Tar),
        _ => None,
    }
}

/// Tells the members of an archive.
pub(crate) fn members(form: Form, entry: &Entry, bytes: &dyn ReadAt, to: &mut Walk<'_>) -> ControlFlow<()> {
    open(form, entry, bytes, 1, to)
}

fn open(form: Form, entry: &Entry, bytes: &dyn ReadAt, depth: usize, to: &mut Walk<'_>) -> ControlFlow<()> {
    let Some(limits) = to.options.limits.archives else { return ControlFlow::Continue(()) };
    if depth > limits.depth {
        let expected = format!("at most {} archives inside each other", limits.depth);
        return to.unread(&entry.path, Why::Limit, &expected, "more: it is not opened");
    }
    // A small archive may unpack to much by right.
    let room = limits.bytes.min(entry.size.max(1 << 20).saturating_mul(limits.ratio));
    let mut opened = Opened { entry, depth, limits, n_members: 0, room, walk: to };
    let end = match form {
        Form::Zip => zip::members(bytes, &mut opened),
        Form::Tar => tar::members(bytes, &mut opened),
        Form::Gzip => gzip::members(bytes, &mut opened),
        Form::Seven => seven::members(bytes, &mut opened),
    };
    match end {
        Ok(()) | Err(End::Archive) => ControlFlow::Continue(()),
        Err(End::Walk) => ControlFlow::Break(()),
        Err(End::Fault(error)) => to.failed(&entry.path, &error),
    }
}

/// Why an archive is not read further.
enum End {
    /// A limit of the archive, which was told.
    Archive,
    /// The whole walk ends.
    Walk,
    /// Something is wrong with it.
    Fault(io::Error),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Fault(damaged(error))
    }
}

/// An error of a decoder as damage of the archive, unless the bytes themselves could not be had.
fn damaged(error: io::Error) -> io::Error {
    match error.get_ref().is_some_and(|inner| inner.is::<Fault>()) {
        true => error,
        false => Fault::error(Why::Damaged, "an archive as its format says", error.to_string()),
    }
}

/// An archive that is read.
struct Opened<'a, 'w> {
    entry: &'a Entry,
    depth: usize,
    limits: ArchiveLimits,
    n_members: u64,
    /// How many bytes it may still unpack to.
    room: u64,
    walk: &'a mut Walk<'w>,
}

/// What an archive says of a member.
struct Member {
    name: String,
    kind: FileKind,
    size: u64,
    times: Times,
}

impl Opened<'_, '_> {
    /// The entry of a member.
    fn entry_of(&self, member: Member, found: Found) -> Entry {
        Entry {
            path: format!("{}/!/{}", self.entry.path, member.name.trim_end_matches('/')),
            kind: member.kind,
            // What an archive holds is there or gone with it.
            state: if member.kind == FileKind::Member { self.entry.state } else { FileState::Unknown },
            size: member.size,
            id: self.entry.id.clone(),
            times: member.times,
            runs: Vec::new(),
            found,
        }
    }

    /// Counts a member.
    fn count(&mut self) -> Result<(), End> {
        self.n_members += 1;
        if self.n_members <= self.limits.members {
            return Ok(());
        }
        let expected = format!("at most {} members", self.limits.members);
        flow(self.walk.unread(&self.entry.path, Why::Limit, &expected, "more: they are not listed"))?;
        Err(End::Archive)
    }

    /// Tells a member whose bytes cannot be had, and why.
    fn lost(&mut self, member: Member, why: Why, expected: &str, found: &str) -> Result<(), End> {
        self.count()?;
        let entry = self.entry_of(member, Found::Lost);
        flow(self.walk.give(&entry, None))?;
        flow(self.walk.unread(&entry.path, why, expected, found))
    }

    /// Tells a member without bytes: a folder, a link.
    fn bare(&mut self, member: Member) -> Result<(), End> {
        self.count()?;
        let entry = self.entry_of(member, self.entry.found);
        flow(self.walk.give(&entry, None))
    }

    /// Tells a member whose bytes lie in the archive as they are.
    fn plain(&mut self, member: Member, bytes: &dyn ReadAt) -> Result<(), End> {
        self.count()?;
        let entry = self.entry_of(member, self.entry.found);
        let mut at = 0;
        flow(self.walk.give(
            &entry,
            Some(&mut |buffer| {
                let taken = bytes.read_at(at, buffer)?;
                at += taken as u64;
                Ok(taken)
            }),
        ))?;
        match recognise(bytes) {
            Some(form) => flow(open(form, &entry, bytes, self.depth + 1, self.walk)),
            None => Ok(()),
        }
    }

    /// Tells a member whose bytes are unpacked as they are read. What is not read of them is not unpacked.
    fn packed(&mut self, member: Member, bytes: &mut dyn Read) -> Result<(), End> {
        self.count()?;
        let entry = self.entry_of(member, self.entry.found);
        let mut limited = Unpacked { bytes, room: self.room };
        let mut head = Vec::new();
        let begun = (&mut limited as &mut dyn Read).take(HEAD as u64).read_to_end(&mut head);
        let form = by_head(&head).filter(|form| *form != Form::Gzip || begun.is_ok());
        let mut whole = false;
        if form.is_some() {
            // An archive inside is opened from memory, when it fits.
            let rest = (self.limits.inner + 1).saturating_sub(head.len() as u64);
            let read = (&mut limited as &mut dyn Read).take(rest).read_to_end(&mut head);
            whole = begun.is_ok() && read.is_ok() && head.len() as u64 <= self.limits.inner;
        }
        let mut given = 0;
        let mut failed = begun.err();
        flow(self.walk.give(
            &entry,
            Some(&mut |buffer| {
                if given < head.len() {
                    let taken = (head.len() - given).min(buffer.len());
                    buffer[..taken].copy_from_slice(&head[given..given + taken]);
                    given += taken;
                    return Ok(taken);
                }
                match failed.take() {
                    Some(error) => Err(error),
                    None => limited.read(buffer),
                }
            }),
        ))?;
        self.room = limited.room;
        match form {
            Some(form) if whole => flow(open(form, &entry, &head, self.depth + 1, self.walk)),
            Some(_) if head.len() as u64 > self.limits.inner => {
                let expected = format!("an archive inside another of at most {} bytes", self.limits.inner);
                flow(self.walk.unread(&entry.path, Why::Limit, &expected, "more: it is not opened"))
            }
            _ => Ok(()),
        }
    }
}

/// Unpacked bytes, as many as an archive may give.
struct Unpacked<'a> {
    bytes: &'a mut dyn Read,
    room: u64,
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = self.room.min(buffer.len() as u64) as usize;
        if wanted == 0 && !buffer.is_empty() {
            return match self.bytes.read(&mut [0]).map_err(damaged)? {
                0 => Ok(0),
                _ => Err(Fault::error(
                    Why::Limit,
                    "an archive that unpacks to no more than its size allows",
                    "more: what follows is not unpacked",
                )),
            };
        }
        let taken = self.bytes.read(&mut buffer[..wanted]).map_err(damaged)?;
        self.room -= taken as u64;
        Ok(taken)
    }
}

/// The end of a walk as the end of an archive.
fn flow(flow: ControlFlow<()>) -> Result<(), End> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(End::Walk),
    }
}
