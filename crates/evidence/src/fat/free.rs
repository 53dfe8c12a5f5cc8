//! Entries in clusters that no file holds: of folders that were deleted and that no entry leads to any more.
//!
//! All free clusters are read for that. A sector is taken for part of a folder only when every slot of it can be one, so
//! that bytes of files do not become entries; a set of exFAT needs its checksum to be right.

use std::ops::ControlFlow;

use tutela_model::tables::{FileKind, FileState};

use super::clusters::Clusters;
use super::{Folder, Folders, Format, Read, Reader, exfat, short};
use crate::entry::Why;
use crate::image::ReadAt;
use crate::pieces::below;
use crate::walk::Walk;

/// Bytes that are read at once.
const AT_ONCE: u64 = 1 << 20;

/// Bytes of a sector, as folders are written.
const SECTOR: usize = 512;

impl Folders<'_> {
    /// Searches all free clusters, and tells what is found under `$OrphanFiles`, as the Sleuth Kit calls it.
    pub(super) fn search_free(&mut self, volume: &str, to: &mut Walk<'_>) -> ControlFlow<()> {
        let orphans = Folder { path: below(volume, "$OrphanFiles"), state: FileState::Orphan, depth: 1 };
        let clusters = self.clusters;
        let most = u32::try_from((AT_ONCE / clusters.size).max(1)).unwrap_or(1);
        let mut from = 2;
        let mut unreadable = 0_u64;
        let mut buffer = vec![0; (u64::from(most) * clusters.size) as usize];
        loop {
            to.working(&orphans.path)?;
            let (first, count) = match clusters.next_free(from, most) {
                Ok(Some(free)) => free,
                Ok(None) => break,
                Err(error) => {
                    to.failed(&orphans.path, &error)?;
                    break;
                }
            };
            from = first + count;
            let window = clusters.window(first, count);
            let bytes = &mut buffer[..(u64::from(count) * clusters.size) as usize];
            match window.read_at(0, bytes) {
                Ok(taken) => {
                    let whole = &bytes[..taken / SECTOR * SECTOR];
                    self.free_stretch(&orphans, whole, first, to)?;
                }
                Err(_) => unreadable += u64::from(count),
            }
        }
        match unreadable {
            0 => ControlFlow::Continue(()),
            unreadable => {
                let found = format!("{unreadable} that cannot be read");
                to.unread(&orphans.path, Why::Truncated, "free clusters", &found)
            }
        }
    }

    /// Searches clusters that follow each other.
    fn free_stretch(
        &mut self,
        orphans: &Folder,
        bytes: &[u8],
        first: u32,
        to: &mut Walk<'_>,
    ) -> ControlFlow<()> {
        let start = self.clusters.offset(first).unwrap_or_default();
        let mut reader = Reader::new(self.format, self.clusters);
        for (sector_idx, sector) in bytes.chunks_exact(SECTOR).enumerate() {
            let at = (sector_idx * SECTOR) as u64;
            let cluster = first + u32::try_from(at / self.clusters.size).unwrap_or_default();
            let ours = !self.freed.contains(&cluster) && self.may_be_folder(sector, &bytes[at as usize..]);
            if !ours {
                reader = Reader::new(self.format, self.clusters);
                continue;
            }
            for (slot_idx, slot) in sector.chunks_exact(32).enumerate() {
                match reader.slot(slot, start + at + slot_idx as u64 * 32) {
                    // What is no file stands in the root only, which is no free cluster.
                    Read::Item(item) if item.kind == FileKind::Other => {}
                    Read::Item(item) => self.item(orphans, &item, to)?,
                    Read::End => break,
                    Read::Nothing | Read::Garbage => {}
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Whether a sector can be one of a folder. `rest` is the sector and what follows it.
    fn may_be_folder(&self, sector: &[u8], rest: &[u8]) -> bool {
        match self.format {
            Format::Short => is_short(sector, self.clusters),
            Format::ExFat => has_set(sector, rest, self.clusters),
        }
    }
}

/// Whether all slots of a sector are of a folder of FAT, and one of them is an entry or a folder itself.
fn is_short(sector: &[u8], clusters: &Clusters<'_>) -> bool {
    let mut n_entries = 0;
    let mut slots = sector.chunks_exact(32);
    for slot in slots.by_ref() {
        if slot[0] == 0 {
            // Behind the end of a folder nothing was written, in the sector that has it.
            return n_entries > 0
                && slot.iter().all(|byte| *byte == 0)
                && slots.all(|slot| slot.iter().all(|b| *b == 0));
        }
        // Byte 12 has two bits for the case of the name; bytes of a text have others.
        let entry =
            slot[12] & !0x18 == 0 && (short::is_dot(slot, None, clusters) || short::is_entry(slot, clusters));
        n_entries += u32::from(entry);
        if !entry && !short::is_piece(slot) {
            return false;
        }
    }
    n_entries > 0
}

/// Whether a set that begins in a sector has the right checksum, or one goes on into it: then it begins with such a slot.
fn has_set(sector: &[u8], rest: &[u8], clusters: &Clusters<'_>) -> bool {
    let begins = sector.chunks_exact(32).enumerate().any(|(slot_idx, slot)| {
        let length = (usize::from(slot[1]) + 1) * 32;
        slot[0] & 0x7f == exfat::FILE
            && (3..=19).contains(&(length / 32))
            && rest
                .get(slot_idx * 32..slot_idx * 32 + length)
                .is_some_and(|set| exfat::item(set, 0, clusters).is_some())
    });
    begins || matches!(sector[0] & 0x7f, 0x40 | 0x41)
}
