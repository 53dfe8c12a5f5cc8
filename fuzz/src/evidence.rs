//! What the targets of seized devices do: read bytes as an image, and hold what comes against the limits.

use std::io::{self, Read};
use std::ops::ControlFlow;

use tutela_evidence::entry::{Entry, Unread, Visit};
use tutela_evidence::image::{Image, Segment};
use tutela_evidence::walk::{ArchiveLimits, Exhibit, Limits, Options, walk};

/// Small, so that what does not end is seen.
const LIMITS: Limits = Limits {
    entries: 10_000,
    depth: 30,
    bytes: 64 << 20,
    file_bytes: 8 << 20,
    findings: 1000,
    archives: Some(ArchiveLimits { members: 1000, depth: 3, bytes: 32 << 20, ratio: 100, inner: 4 << 20 }),
};

/// Walks bytes as a raw image: its volumes, file systems and archives.
///
/// # Panics
/// When reading does, or goes over a limit.
pub fn walk_raw(bytes: &[u8]) {
    all(Image::of_bytes(Box::new(bytes.to_vec())));
}

/// Opens bytes as a segment of an image, in whatever format they are, and walks it.
///
/// # Panics
/// When reading does, or goes over a limit.
pub fn walk_segment(bytes: &[u8]) {
    let segment = Segment { name: "fuzzed.E01".to_owned(), bytes: Box::new(bytes.to_vec()) };
    if let Ok(image) = Image::of_segments(vec![segment]) {
        all(image);
    }
}

/// Puts bytes as the only file into a small FAT12, and walks that: an archive begins where its file does.
///
/// # Panics
/// When reading does, or goes over a limit.
pub fn walk_file(bytes: &[u8]) {
    const CLUSTERS: usize = 2000;
    let bytes = &bytes[..bytes.len().min((CLUSTERS - 2) * 512)];
    // A sector of geometry, six of the table, one of the root, then clusters.
    let mut image = vec![0; (8 + CLUSTERS) * 512];
    image[..3].copy_from_slice(&[0xeb, 0x3c, 0x90]);
    for (at, value) in [(11, 512_u16), (14, 1), (17, 16), (19, (8 + CLUSTERS) as u16), (22, 6)] {
        image[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    (image[13], image[16], image[21]) = (1, 1, 0xf8);
    image[510..512].copy_from_slice(&[0x55, 0xaa]);
    let last = 1 + bytes.len().div_ceil(512).max(1);
    for cluster in 2..=last {
        let next = if cluster == last { 0xfff } else { cluster as u16 + 1 };
        let at = 512 + cluster * 3 / 2;
        let old = u16::from_le_bytes([image[at], image[at + 1]]);
        let new = if cluster.is_multiple_of(2) { old & 0xf000 | next } else { old & 0xf | next << 4 };
        image[at..at + 2].copy_from_slice(&new.to_le_bytes());
    }
    let root = 7 * 512;
    image[root..root + 11].copy_from_slice(b"FUZZED  BIN");
    image[root + 11] = 0x20;
    image[root + 26] = 2;
    image[root + 28..root + 32].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
    image[8 * 512..8 * 512 + bytes.len()].copy_from_slice(bytes);
    all(Image::of_bytes(Box::new(image)));
}

fn all(image: Image) {
    let mut counted = Counted::default();
    let options = Options { limits: LIMITS, search_free: true, stop: &|| false };
    let _ = walk(&Exhibit::Image(image), &options, &mut counted);
    assert!(counted.n_entries <= LIMITS.entries, "more entries than the limit");
    assert!(counted.n_bytes <= LIMITS.bytes, "more bytes than the limit");
}

/// Reads all bytes, and counts.
#[derive(Default)]
struct Counted {
    n_entries: u64,
    n_bytes: u64,
}

impl Visit for Counted {
    fn entry(&mut self, _: &Entry, bytes: Option<&mut dyn Read>) -> ControlFlow<()> {
        self.n_entries += 1;
        if let Some(bytes) = bytes {
            // What cannot be read is told by the walk.
            self.n_bytes += io::copy(bytes, &mut io::sink()).unwrap_or_default();
        }
        ControlFlow::Continue(())
    }

    fn unread(&mut self, _: Unread) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
