//! What the tests make and what they see: images of made-up content, and a visitor that keeps everything.

pub mod ewf;
pub mod exfat;
pub mod fat;
pub mod ntfs;

use std::io::{Read, Write as _};
use std::ops::ControlFlow;

use tutela_evidence::entry::{Entry, Part, Unread, Visit, Why};
use tutela_evidence::image::{Image, ReadAt};
use tutela_evidence::walk::{ArchiveLimits, Exhibit, Limits, Options, walk};
use tutela_model::tables::{FileKind, FileState};

/// The bytes of an entry, or why they could not be read; none when it has none.
pub type Bytes = Option<Result<Vec<u8>, String>>;

/// All that a walk told.
#[derive(Default)]
pub struct Seen {
    /// Entries, with their bytes.
    pub entries: Vec<(Entry, Bytes)>,
    /// Volumes.
    pub parts: Vec<Part>,
    /// Findings.
    pub unread: Vec<Unread>,
    /// Bytes of files that are kept: the rest is read and dropped.
    kept: usize,
}

impl Visit for Seen {
    fn part(&mut self, part: &Part) -> ControlFlow<()> {
        self.parts.push(part.clone());
        ControlFlow::Continue(())
    }

    fn entry(&mut self, entry: &Entry, bytes: Option<&mut dyn Read>) -> ControlFlow<()> {
        let kept = self.kept;
        let read = bytes.map(|bytes| {
            let (mut all, mut buffer) = (Vec::new(), vec![0; 64 << 10]);
            loop {
                match bytes.read(&mut buffer) {
                    Ok(0) => return Ok(all),
                    Ok(taken) => all.extend_from_slice(&buffer[..taken.min(kept - kept.min(all.len()))]),
                    Err(error) => return Err(error.to_string()),
                }
            }
        });
        self.entries.push((entry.clone(), read));
        ControlFlow::Continue(())
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        self.unread.push(unread);
        ControlFlow::Continue(())
    }
}

impl Seen {
    /// The entry of that path.
    pub fn entry(&self, path: &str) -> &Entry {
        &self
            .entries
            .iter()
            .find(|(entry, _)| entry.path == path)
            .unwrap_or_else(|| panic!("no {path}: {self:?}"))
            .0
    }

    /// The bytes of the entry of that path.
    pub fn bytes(&self, path: &str) -> &[u8] {
        let found = self.entries.iter().find(|(entry, _)| entry.path == path);
        let (_, bytes) = found.unwrap_or_else(|| panic!("no {path}: {self:?}"));
        bytes.as_ref().expect("it has bytes").as_ref().expect("they can be read")
    }

    /// Paths, each with what is said of it in a word.
    pub fn paths(&self) -> Vec<String> {
        let shown = |(entry, _): &(Entry, _)| match (entry.kind, entry.state) {
            (FileKind::Folder, FileState::Allocated) => format!("{}/", entry.path),
            (FileKind::Folder, state) => format!("{} {}/", state.word(), entry.path),
            (_, FileState::Allocated) => entry.path.clone(),
            (_, state) => format!("{} {}", state.word(), entry.path),
        };
        self.entries.iter().map(shown).collect()
    }

    /// Findings, each as place, why, what was found.
    pub fn findings(&self) -> Vec<(&str, Why, &str)> {
        self.unread.iter().map(|unread| (unread.place.as_str(), unread.why, unread.found.as_str())).collect()
    }
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#?} {:#?} {:#?}", self.paths(), self.parts, self.unread)
    }
}

/// Walks bytes as a raw image, archives opened.
pub fn seen(bytes: Vec<u8>) -> Seen {
    let limits = Limits { archives: Some(ArchiveLimits::default()), ..Limits::default() };
    seen_within(Box::new(bytes), limits)
}

/// Walks bytes as a raw image.
pub fn seen_within(bytes: Box<dyn ReadAt>, limits: Limits) -> Seen {
    seen_of(&Exhibit::Image(Image::of_bytes(bytes)), limits, &|| false)
}

/// Walks an exhibit.
pub fn seen_of(exhibit: &Exhibit, limits: Limits, stop: &dyn Fn() -> bool) -> Seen {
    let mut seen = Seen { kept: 64 << 20, ..Seen::default() };
    let _ = walk(exhibit, &Options { limits, search_free: true, stop }, &mut seen);
    seen
}

/// Says what is not installed, so that a test that passes is not taken for more than it was.
pub fn absent(reason: &str) {
    // Not by a macro, whose lines a test that passes keeps to itself.
    writeln!(std::io::stderr(), "not part of this run: {reason}, see tools/verify/install.sh")
        .expect("a line on the terminal");
}

/// Bytes that look like no others: a count that is mixed, from a seed.
pub fn content(seed: u32, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let byte = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 11) as u8
    };
    (0..length).map(byte).collect()
}

/// Writes bytes at a place.
pub fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes[at..at + what.len()].copy_from_slice(what);
}
