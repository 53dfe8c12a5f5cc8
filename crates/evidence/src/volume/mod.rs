//! The volumes of an image: a master boot record with its logical volumes, a GUID table, or one file system alone.
//!
//! What no volume holds is named too: a volume that was taken out of the table still lies there.

mod gpt;
mod mbr;
mod recognise;

use std::ops::ControlFlow;

pub use self::recognise::{Content, is_random, recognise};
use crate::entry::{Part, Why};
use crate::image::{ReadAt, Window};
use crate::walk::Walk;

/// A volume of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Offset of its first byte in the image.
    pub offset: u64,
    /// How many bytes, as the table says.
    pub length: u64,
    /// What the table says that it is: `type 0x07`, a GUID and a name.
    pub said: String,
}

/// The volumes of an image, and what is wrong with their table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Volumes {
    /// In the order of the table; logical volumes after the others. None when the image has no table.
    pub volumes: Option<Vec<Volume>>,
    /// What is wrong: place, what was expected, what was found.
    pub faults: Vec<(String, Why, String, String)>,
}

impl Volumes {
    fn fault(&mut self, place: &str, why: Why, expected: &str, found: String) {
        self.faults.push((place.to_owned(), why, expected.to_owned(), found));
    }
}

/// Reads the tables of an image.
///
/// A sector that begins a file system is no table, although it has the mark of one.
#[must_use]
pub fn volumes(image: &dyn ReadAt) -> Volumes {
    let mut found = Volumes::default();
    let mut sector = [0; 512];
    if image.read_at(0, &mut sector).unwrap_or_default() < 512 {
        return found;
    }
    // Marks further in may be left from before the table was made.
    let first = recognise(&Window::new(image, 0, 512));
    if !matches!(first, Content::Unknown | Content::Zeros) {
        return found;
    }
    if !gpt::read(image, &sector, &mut found) {
        mbr::read(image, &sector, &mut found);
    }
    found
}

/// Walks the volumes of an image, or the file system that it is.
pub(crate) fn walk(image: &dyn ReadAt, to: &mut Walk<'_>) -> ControlFlow<()> {
    let found = volumes(image);
    for (place, why, expected, found) in &found.faults {
        to.unread(place, *why, expected, found)?;
    }
    let Some(volumes) = found.volumes else {
        let whole = Part { name: String::new(), offset: 0, length: image.size(), what: String::new() };
        return part(image, whole, to);
    };
    for (volume_idx, volume) in volumes.iter().enumerate() {
        let name = format!("volume-{}", volume_idx + 1);
        let end = volume.offset.saturating_add(volume.length);
        if end > image.size() {
            let expected = format!("a volume up to byte {end}");
            to.unread(&name, Why::Truncated, &expected, &format!("an image that ends at {}", image.size()))?;
        }
        let Volume { offset, length, said } = volume.clone();
        part(image, Part { name, offset, length, what: said }, to)?;
    }
    for (gap_idx, (offset, length)) in gaps(&volumes, image.size()).into_iter().enumerate() {
        let what = "held by no volume".to_owned();
        to.part(&Part { name: format!("gap-{}", gap_idx + 1), offset, length, what })?;
    }
    ControlFlow::Continue(())
}

/// Walks a volume, whatever it holds.
fn part(image: &dyn ReadAt, mut part: Part, to: &mut Walk<'_>) -> ControlFlow<()> {
    let window = Window::new(image, part.offset, part.length);
    let content = recognise(&window);
    part.what = match part.what.as_str() {
        "" => content.name().to_owned(),
        said => format!("{}; {said}", content.name()),
    };
    to.part(&part)?;
    let place = if part.name.is_empty() { "the image" } else { part.name.as_str() };
    match content {
        Content::Ntfs => crate::ntfs::walk(&window, &part, to),
        Content::Fat => crate::fat::walk(&window, &part, to),
        Content::ExFat => crate::fat::walk_exfat(&window, &part, to),
        Content::Zeros => ControlFlow::Continue(()),
        Content::Encrypted(how) => to.unread(place, Why::Encrypted, "a file system", how),
        Content::Random => to.unread(
            place,
            Why::Encrypted,
            "a file system",
            "bytes that cannot be told from random ones: encrypted without a mark, as VeraCrypt does, or wiped",
        ),
        Content::Foreign(name) => to.unread(
            place,
            Why::Unsupported,
            "NTFS, FAT or exFAT",
            &format!("{name}\nthe Sleuth Kit, where it is installed, reads some of these"),
        ),
        Content::Unknown => to.unread(place, Why::Unsupported, "a file system", "none that is known here"),
    }
}

/// Where no volume is, ascending. The sectors of the table itself are among them.
fn gaps(volumes: &[Volume], size: u64) -> Vec<(u64, u64)> {
    let mut taken: Vec<(u64, u64)> =
        volumes.iter().map(|volume| (volume.offset, volume.offset.saturating_add(volume.length))).collect();
    taken.sort_unstable();
    let (mut gaps, mut at) = (Vec::new(), 0);
    for (start, end) in taken {
        if start.min(size) > at {
            gaps.push((at, start.min(size) - at));
        }
        at = at.max(end);
    }
    if size > at {
        gaps.push((at, size - at));
    }
    gaps
}
