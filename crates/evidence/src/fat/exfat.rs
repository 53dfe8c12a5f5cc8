//! Slots of folders of exFAT: a file is a set of slots with one checksum, so that a set is whole or none.

use tutela_model::tables::FileKind;

use super::clusters::Clusters;
use super::time::with_offset;
use super::{Item, Read};
use crate::entry::Times;
use crate::image::{u16_at, u32_at, u64_at};

/// That a set is in use; without it, it was deleted.
const IN_USE: u8 = 0x80;

/// The first slot of a file's set.
pub(super) const FILE: u8 = 0x05;

/// The slot with its size and first cluster.
const STREAM: u8 = 0x40;

/// A slot with a part of its name.
const NAME: u8 = 0x41;

/// The most slots of a set: 18 behind the first.
const SET: usize = 19;

/// Parses slots one after the other.
pub(super) struct Slots<'v> {
    clusters: &'v Clusters<'v>,
    /// The slots of the set that is being read.
    set: Vec<u8>,
    /// How many bytes it has, as its first slot says.
    wanted: usize,
    /// Where its first slot lies.
    at: u64,
}

impl<'v> Slots<'v> {
    pub(super) fn new(clusters: &'v Clusters<'v>) -> Self {
        Self { clusters, set: Vec::new(), wanted: 0, at: 0 }
    }

    /// What follows from the next slot.
    pub(super) fn slot(&mut self, slot: &[u8], at: u64) -> Read {
        // Whatever is not whole when another begins is garbage.
        let broken = |broken: bool| if broken { Read::Garbage } else { Read::Nothing };
        match slot[0] {
            0 => {
                self.set.clear();
                Read::End
            }
            kind if kind & !IN_USE == FILE => {
                let cut_off = !self.set.is_empty();
                self.set.clear();
                self.set.extend_from_slice(slot);
                (self.wanted, self.at) = ((usize::from(slot[1]) + 1) * 32, at);
                if !(2..SET).contains(&usize::from(slot[1])) {
                    self.set.clear();
                    return Read::Garbage;
                }
                broken(cut_off)
            }
            kind if kind & 0x40 != 0 && !self.set.is_empty() => {
                self.set.extend_from_slice(slot);
                if self.set.len() < self.wanted {
                    return Read::Nothing;
                }
                let item = item(&self.set, self.at, self.clusters);
                self.set.clear();
                item.map_or(Read::Garbage, |item| Read::Item(Box::new(item)))
            }
            _ => {
                self.set.clear();
                self.special(slot, at)
            }
        }
    }

    /// Slots of the root that are no file.
    fn special(&self, slot: &[u8], at: u64) -> Read {
        let of = |name: String, first: u32, size: u64| {
            Read::Item(Box::new(Item {
                name,
                kind: FileKind::Other,
                deleted: false,
                first,
                size,
                valid: size,
                contiguous: false,
                times: Times::default(),
                at,
            }))
        };
        match slot[0] {
            0x81 => of("$ALLOC_BITMAP".to_owned(), u32_at(slot, 20), u64_at(slot, 24)),
            0x82 => of("$UPCASE_TABLE".to_owned(), u32_at(slot, 20), u64_at(slot, 24)),
            0x83 if (1..=11).contains(&slot[1]) => {
                let units: Vec<u16> =
                    (0..usize::from(slot[1])).map(|unit| u16_at(slot, 2 + unit * 2)).collect();
                let name = String::from_utf16_lossy(&units);
                of(format!("{name} (Volume Label Entry)"), 0, 0)
            }
            // Slots behind a set that was not whole, a volume's GUID, padding, no label, and deleted slots of these.
            0x83 | 0xa0 | 0xa1 | 0xa2 | 0x01..=0x03 | 0x20..=0x22 => Read::Nothing,
            _ => Read::Garbage,
        }
    }
}

/// The file of a set, when its checksum is right and its fields can be.
pub(super) fn item(set: &[u8], at: u64, clusters: &Clusters<'_>) -> Option<Item> {
    let in_use = set[0] & IN_USE != 0;
    if checksum(set) != u16_at(set, 2) || set[32] & !IN_USE != STREAM {
        return None;
    }
    let stream = &set[32..64];
    let length = usize::from(stream[3]);
    let names = set[64..].chunks_exact(32).filter(|slot| slot[0] & !IN_USE == NAME);
    let units: Vec<u16> =
        names.flat_map(|slot| (0..15).map(|unit| u16_at(slot, 2 + unit * 2))).take(length).collect();
    let (first, size, valid) = (u32_at(stream, 20), u64_at(stream, 24), u64_at(stream, 8));
    let room = u64::from(clusters.count) * clusters.size;
    let placed = size == 0 || clusters.has(first);
    if units.len() != length || length == 0 || size > room || valid > size || !placed {
        return None;
    }
    let attributes = u16_at(set, 4);
    Some(Item {
        name: String::from_utf16_lossy(&units),
        kind: if attributes & 0x10 == 0 { FileKind::File } else { FileKind::Folder },
        deleted: !in_use,
        first,
        size,
        valid,
        contiguous: stream[1] & 2 != 0,
        times: Times {
            created: with_offset(u32_at(set, 8), Some(set[20]), set[22]),
            modified: with_offset(u32_at(set, 12), Some(set[21]), set[23]),
            accessed: with_offset(u32_at(set, 16), None, set[24]),
            changed: None,
        },
        at,
    })
}

/// The checksum of a set as it was when it was in use: over all its bytes but the checksum's own.
fn checksum(set: &[u8]) -> u16 {
    let bytes = set.iter().enumerate().filter(|(at, _)| !matches!(at, 2 | 3));
    bytes.fold(0_u16, |sum, (at, byte)| {
        let byte = if at % 32 == 0 { byte | IN_USE } else { *byte };
        sum.rotate_right(1).wrapping_add(u16::from(byte))
    })
}
