//! The master boot record: four entries, one of which may lead to a chain of logical volumes.

use std::collections::BTreeSet;

use super::{Volume, Volumes};
use crate::entry::Why;
use crate::image::{ReadAt, read_exact_at, u32_at};

/// Bytes of a sector. Media with larger ones and this table do not occur: Windows and Linux write a GUID table there.
const SECTOR: u64 = 512;

/// The most logical volumes.
const LOGICAL: usize = 1024;

/// An entry of the table.
struct Slot {
    kind: u8,
    start: u64,
    sectors: u64,
}

/// Reads the table of the image's first sector, when it is one.
pub(super) fn read(image: &dyn ReadAt, sector: &[u8; 512], found: &mut Volumes) {
    let Some(slots) = slots(sector) else { return };
    let mut volumes = Vec::new();
    for slot in &slots {
        match slot.kind {
            0x05 | 0x0f | 0x85 => logical(image, slot.start, &mut volumes, found),
            _ => volumes.push(volume(slot, 0)),
        }
    }
    // The logical volumes come last, as those who number volumes do.
    volumes.sort_by_key(|(logical, _)| *logical);
    found.volumes = Some(volumes.into_iter().map(|(_, volume)| volume).collect());
}

/// The entries of a sector that has the mark of a table and holds nothing but plausible ones.
fn slots(sector: &[u8; 512]) -> Option<Vec<Slot>> {
    if sector[510..] != [0x55, 0xaa] {
        return None;
    }
    let entries = sector[446..510].chunks_exact(16);
    if !entries.clone().all(|entry| entry[0] & 0x7f == 0) {
        return None;
    }
    let slots = entries.map(|entry| Slot {
        kind: entry[4],
        start: u64::from(u32_at(entry, 8)),
        sectors: u64::from(u32_at(entry, 12)),
    });
    let slots: Vec<Slot> = slots.filter(|slot| slot.kind != 0 && slot.sectors != 0).collect();
    (!slots.is_empty()).then_some(slots)
}

fn volume(slot: &Slot, logical: usize) -> (usize, Volume) {
    let said = format!("type 0x{:02x}", slot.kind);
    (logical, Volume { offset: slot.start * SECTOR, length: slot.sectors * SECTOR, said })
}

/// Follows the chain of an extended volume. Each link counts from the link, and the next from the first.
fn logical(image: &dyn ReadAt, first: u64, volumes: &mut Vec<(usize, Volume)>, found: &mut Volumes) {
    let (mut link, mut seen) = (first, BTreeSet::new());
    loop {
        let place = format!("sector {link}");
        if !seen.insert(link) || seen.len() > LOGICAL {
            found.fault(
                &place,
                Why::Damaged,
                "logical volumes that end",
                "a link that was followed before".into(),
            );
            return;
        }
        let mut sector = [0; 512];
        let read = read_exact_at(image, link * SECTOR, &mut sector);
        let Some(slots) = read.ok().and_then(|()| slots(&sector)) else {
            found.fault(&place, Why::Damaged, "the table of a logical volume", "other bytes, or none".into());
            return;
        };
        let mut next = None;
        for slot in slots {
            match slot.kind {
                0x05 | 0x0f | 0x85 => next = Some(first + slot.start),
                _ => {
                    let number = 1 + volumes.iter().filter(|(logical, _)| *logical > 0).count();
                    volumes.push(volume(&Slot { start: link + slot.start, ..slot }, number));
                }
            }
        }
        match next {
            Some(next) => link = next,
            None => return,
        }
    }
}
