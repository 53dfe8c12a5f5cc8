//! The clusters of a volume: where they lie, which follow each other, which no file holds.

use std::io;

use crate::entry::{self, Run, Why};
use crate::image::{Fault, Pages, ReadAt, Window, read_exact_at, u16_at, u32_at, u64_at};
use crate::pieces::{Pieces, push};

/// The clusters of a volume.
pub(super) struct Clusters<'v> {
    pub(super) volume: &'v dyn ReadAt,
    /// Offset of the volume in the image.
    pub(super) base: u64,
    /// Bytes of a cluster.
    pub(super) size: u64,
    /// How many there are; the first has the number 2.
    pub(super) count: u32,
    pub(super) root: Root,
    /// Bits of an entry of the table: 12, 16, 32; 33 stands for exFAT's 32.
    bits: u8,
    /// Offset of cluster 2 in the volume.
    heap: u64,
    /// Offset of the table in the volume, and bytes of it.
    table: (u64, u64),
    /// Which clusters are in use, where the format keeps that beside the table (exFAT).
    bitmap: Option<Vec<Run>>,
    pages: Pages<'v>,
}

/// Where the root lies.
pub(super) enum Root {
    /// In a stretch of its own (FAT12, FAT16): offset in the volume, length.
    Stretch { start: u64, length: u64 },
    /// In clusters, from that one on.
    Cluster(u32),
}

/// What a table says follows a cluster.
enum Next {
    Cluster(u32),
    End,
    Free,
    Bad(u32),
}

/// Where bytes were found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) runs: Vec<Run>,
    pub(super) found: entry::Found,
    /// Why they are not all.
    pub(super) fault: Option<String>,
    /// Whether the chain goes on behind what was asked for.
    pub(super) more: bool,
}

impl Default for Found {
    fn default() -> Self {
        Self { runs: Vec::new(), found: entry::Found::Recorded, fault: None, more: false }
    }
}

impl Found {
    fn lost(fault: String) -> Self {
        Self { found: entry::Found::Lost, fault: Some(fault), ..Self::default() }
    }

    /// How many bytes.
    pub(super) fn length(&self) -> u64 {
        self.runs.iter().map(|run| run.length).sum()
    }
}

impl<'v> Clusters<'v> {
    /// Reads the first sector of a FAT12, FAT16 or FAT32.
    pub(super) fn of_fat(volume: &'v dyn ReadAt, base: u64) -> io::Result<Self> {
        let mut boot = [0; 512];
        read_exact_at(volume, 0, &mut boot)?;
        let sector = u64::from(u16_at(&boot, 11));
        let size = u64::from(boot[13]) * sector;
        let reserved = u64::from(u16_at(&boot, 14)) * sector;
        let either = |short: u16, long: u32| if short == 0 { u64::from(long) } else { u64::from(short) };
        let table = either(u16_at(&boot, 22), u32_at(&boot, 36)) * sector;
        let total = either(u16_at(&boot, 19), u32_at(&boot, 32)) * sector;
        let root = (u64::from(u16_at(&boot, 17)) * 32).next_multiple_of(sector.max(1));
        let tables = reserved + table * u64::from(boot[16]);
        let heap = tables + root;
        if size == 0 || total <= heap {
            let found = format!("{total} bytes, of which {heap} before the first cluster");
            return Err(Fault::error(Why::Damaged, "the first sector of a FAT", found));
        }
        let count = u32::try_from((total - heap) / size).unwrap_or(u32::MAX);
        // The number of clusters decides, and nothing else (Microsoft, section "FAT type determination"). A table of
        // FAT32 says so by having no stretch for its root.
        let bits = match count {
            _ if root == 0 => 32,
            0..4085 => 12,
            4085..65525 => 16,
            _ => 32,
        };
        let active = match u16_at(&boot, 40) {
            flags if bits == 32 && flags & 0x80 != 0 => u64::from(flags & 0xf).min(u64::from(boot[16]) - 1),
            _ => 0,
        };
        let root = match bits {
            32 => Root::Cluster(u32_at(&boot, 44)),
            _ => Root::Stretch { start: tables, length: root },
        };
        Self::new(volume, base, size, count, root, bits, heap, (reserved + active * table, table))
    }

    /// Reads the first sector and the bitmap of an exFAT.
    pub(super) fn of_exfat(volume: &'v dyn ReadAt, base: u64) -> io::Result<Self> {
        let mut boot = [0; 512];
        read_exact_at(volume, 0, &mut boot)?;
        let (sector_shift, cluster_shift) = (boot[108], boot[109]);
        if !(9..=12).contains(&sector_shift) || cluster_shift > 25 - sector_shift {
            let found = format!("sectors of 2^{sector_shift}, clusters of 2^{cluster_shift} sectors");
            return Err(Fault::error(Why::Damaged, "the first sector of an exFAT", found));
        }
        let sectors = |at: usize| u64::from(u32_at(&boot, at)) << sector_shift;
        let second = u64::from(u16_at(&boot, 106) & 1 != 0 && boot[110] == 2);
        let table = (sectors(80) + second * sectors(84), sectors(84));
        let size = 1 << (sector_shift + cluster_shift);
        let root = Root::Cluster(u32_at(&boot, 96));
        let mut clusters = Self::new(volume, base, size, u32_at(&boot, 92), root, 33, sectors(88), table)?;
        clusters.bitmap = clusters.find_bitmap()?;
        Ok(clusters)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the fields of the first sector, in one place for both formats"
    )]
    fn new(
        volume: &'v dyn ReadAt,
        base: u64,
        size: u64,
        count: u32,
        root: Root,
        bits: u8,
        heap: u64,
        table: (u64, u64),
    ) -> io::Result<Self> {
        // No more clusters than the table has entries for, nor than numbers are free.
        let entries = table.1 * 8 / u64::from(bits.min(32));
        let count = count.min(u32::try_from(entries.saturating_sub(2)).unwrap_or(u32::MAX)).min(0xffff_fff0);
        if count == 0 {
            return Err(Fault::error(Why::Damaged, "a volume with clusters", "none"));
        }
        let pages = Pages::new(volume);
        Ok(Self { volume, base, size, count, root, bits, heap, table, bitmap: None, pages })
    }

    /// The bitmap of an exFAT, which its root names.
    fn find_bitmap(&self) -> io::Result<Option<Vec<Run>>> {
        let Root::Cluster(root) = self.root else { return Ok(None) };
        let chain = self.chain_of_folder(root, super::FOLDER[1]);
        let bytes = Pieces::new(self.volume, self.base, &chain.runs, chain.length(), chain.length());
        let mut slot = [0; 32];
        for at in (0..chain.length().min(1 << 20)).step_by(32) {
            read_exact_at(&bytes, at, &mut slot)?;
            // Of two bitmaps the second belongs to the second table, which only TexFAT has.
            if slot[0] == 0x81 && slot[1] & 1 == 0 {
                return Ok(Some(self.chain(u32_at(&slot, 20), u64_at(&slot, 24)).runs));
            }
            if slot[0] == 0 {
                break;
            }
        }
        Ok(None)
    }

    /// Where the volume ends, as it says.
    pub(super) fn end(&self) -> u64 {
        self.heap.saturating_add(u64::from(self.count) * self.size)
    }

    /// Where a cluster lies in the volume; nowhere when there is no such cluster.
    pub(super) fn offset(&self, cluster: u32) -> Option<u64> {
        self.has(cluster).then(|| self.heap + u64::from(cluster - 2) * self.size)
    }

    /// Whether entries of folders keep the upper half of their first cluster.
    pub(super) fn is_fat32(&self) -> bool {
        self.bits == 32
    }

    /// Whether there is such a cluster.
    pub(super) fn has(&self, cluster: u32) -> bool {
        cluster >= 2 && cluster - 2 < self.count
    }

    /// The clusters of a run.
    pub(super) fn numbers(&self, run: &Run) -> std::ops::Range<u32> {
        let from =
            run.offset.unwrap_or_default().saturating_sub(self.base).saturating_sub(self.heap) / self.size;
        let first = u32::try_from(from).unwrap_or(u32::MAX).saturating_add(2);
        first..first.saturating_add(u32::try_from(run.length.div_ceil(self.size)).unwrap_or_default())
    }

    /// The number of the entry at that place, as the Sleuth Kit counts: from 3 on, in the order of slots since the root's
    /// stretch or the first cluster.
    pub(super) fn number(&self, at: u64) -> String {
        let from = match self.root {
            Root::Stretch { start, .. } => start,
            Root::Cluster(_) => self.heap,
        };
        (at.saturating_sub(from) / 32 + 3).to_string()
    }

    fn next(&self, cluster: u32) -> io::Result<Next> {
        let number = u64::from(cluster);
        let at = self.table.0
            + match self.bits {
                12 => number * 3 / 2,
                16 => number * 2,
                _ => number * 4,
            };
        let mut bytes = [0; 4];
        let bytes = &mut bytes[..if self.bits <= 16 { 2 } else { 4 }];
        read_exact_at(&self.pages, at, bytes)?;
        let value = match self.bits {
            12 if cluster.is_multiple_of(2) => u32::from(u16_at(bytes, 0)) & 0xfff,
            12 => u32::from(u16_at(bytes, 0)) >> 4,
            16 => u32::from(u16_at(bytes, 0)),
            32 => u32_at(bytes, 0) & 0x0fff_ffff,
            _ => u32_at(bytes, 0),
        };
        let last = match self.bits {
            12 => 0xff8,
            16 => 0xfff8,
            32 => 0x0fff_fff8,
            _ => 0xffff_fff8,
        };
        Ok(match value {
            0 => Next::Free,
            value if value >= last => Next::End,
            value if self.has(value) => Next::Cluster(value),
            value => Next::Bad(value),
        })
    }

    /// Whether no file holds a cluster.
    pub(super) fn is_free(&self, cluster: u32) -> io::Result<bool> {
        let Some(bitmap) = &self.bitmap else { return Ok(matches!(self.next(cluster)?, Next::Free)) };
        let at = u64::from(cluster - 2) / 8;
        let place = super::place_of(bitmap, at).saturating_sub(self.base);
        let mut byte = [0];
        read_exact_at(&self.pages, place, &mut byte)?;
        Ok(byte[0] >> ((cluster - 2) % 8) & 1 == 0)
    }

    fn push(&self, runs: &mut Vec<Run>, cluster: u32) -> bool {
        let at = self.heap + u64::from(cluster - 2) * self.size;
        push(runs, Some(self.base.saturating_add(at)), self.size)
    }

    /// The clusters from `first` on, as the table chains them, for so many bytes.
    pub(super) fn chain(&self, first: u32, length: u64) -> Found {
        let mut found = self.chain_of_folder(first, length);
        if found.fault.is_none() && found.length() < length {
            found.fault = Some(format!("a chain that ends after {} bytes", found.length()));
        }
        found
    }

    /// The clusters from `first` on, as the table chains them: no more than so many bytes, and fewer where it ends.
    pub(super) fn chain_of_folder(&self, first: u32, length: u64) -> Found {
        if !self.has(first) {
            return Found::lost(format!("cluster {first} of {}", self.count));
        }
        let mut found = Found::default();
        let wanted = length.div_ceil(self.size).max(1);
        // A chain that comes back to a cluster of it: seen by a mark that is set ever further on (Brent).
        let (mut cluster, mut mark, mut steps, mut until) = (first, 0, 0_u64, 1_u64);
        let mut taken = 0;
        loop {
            if cluster == mark {
                found.fault = Some(format!("a chain that comes back to cluster {cluster}"));
                return found;
            }
            if taken == wanted {
                found.more = true;
                return found;
            }
            if !self.push(&mut found.runs, cluster) {
                found.fault = Some("more pieces than are read".to_owned());
                return found;
            }
            taken += 1;
            steps += 1;
            if steps == until {
                (mark, steps, until) = (cluster, 0, until * 2);
            }
            let after = taken * self.size;
            cluster = match self.next(cluster) {
                Ok(Next::Cluster(next)) => next,
                Ok(Next::End) => return found,
                Ok(Next::Free | Next::Bad(_)) if taken == wanted => return found,
                Ok(Next::Free) => {
                    found.fault = Some(format!("a chain that leads to a free cluster after {after} bytes"));
                    return found;
                }
                Ok(Next::Bad(next)) => {
                    found.fault = Some(format!("a chain that leads to cluster {next} after {after} bytes"));
                    return found;
                }
                Err(error) => {
                    found.fault = Some(error.to_string());
                    return found;
                }
            };
        }
    }

    /// Clusters that follow each other without a chain.
    pub(super) fn stretch(&self, first: u32, length: u64) -> Found {
        let last = u64::from(first) + length.div_ceil(self.size) - 1;
        if !self.has(first) || !u32::try_from(last).is_ok_and(|last| self.has(last)) {
            return Found::lost(format!("clusters {first} to {last} of {}", self.count));
        }
        let mut found = Found::default();
        let at = self.heap + u64::from(first - 2) * self.size;
        push(&mut found.runs, Some(self.base.saturating_add(at)), length.next_multiple_of(self.size));
        found
    }

    /// Clusters that follow each other without a chain, if no file holds one of them.
    pub(super) fn free_stretch(&self, first: u32, length: u64) -> Found {
        let found = self.stretch(first, length);
        let held = |found: &Found| {
            let mut numbers = found.runs.iter().flat_map(|run| self.numbers(run));
            numbers.find(|cluster| !self.is_free(*cluster).unwrap_or_default())
        };
        match held(&found) {
            Some(cluster) => Found::lost(format!("cluster {cluster}, which another file holds")),
            None => found,
        }
    }

    /// The clusters of a deleted file, whose chain is gone: from its first on those that no file holds. As the Sleuth Kit
    /// guesses them, so that both can be compared. Where a file holds the first one, its bytes are gone.
    ///
    /// exFAT leaves chains as they are: one that is whole, and of free clusters, is taken.
    pub(super) fn guess(&self, first: u32, length: u64) -> Found {
        if !self.has(first) || !self.is_free(first).unwrap_or_default() {
            return Found::lost(format!("cluster {first}, which another file holds"));
        }
        if self.bitmap.is_some() {
            let chain = self.chain(first, length);
            let mut numbers = chain.runs.iter().flat_map(|run| self.numbers(run));
            if chain.fault.is_none() && numbers.all(|cluster| self.is_free(cluster).unwrap_or_default()) {
                return chain;
            }
        }
        let mut found = Found { found: entry::Found::Guessed, ..Found::default() };
        let (mut cluster, mut rest) = (first, length.div_ceil(self.size));
        if rest > u64::from(self.count) {
            return Found::lost(format!("{length} bytes, more than the volume has"));
        }
        while rest > 0 {
            if !self.has(cluster) {
                return Found::lost(format!("{rest} clusters behind the last"));
            }
            match self.is_free(cluster) {
                Ok(true) => {
                    rest -= 1;
                    if !self.push(&mut found.runs, cluster) {
                        return Found::lost("more pieces than are read".to_owned());
                    }
                }
                Ok(false) => {}
                Err(error) => return Found::lost(error.to_string()),
            }
            cluster += 1;
        }
        found
    }

    /// The next stretch of clusters that no file holds, from that one on and at most so many: its first and how many.
    pub(super) fn next_free(&self, from: u32, most: u32) -> io::Result<Option<(u32, u32)>> {
        let mut cluster = from;
        while self.has(cluster) && !self.is_free(cluster)? {
            cluster += 1;
        }
        let first = cluster;
        while self.has(cluster) && cluster - first < most && self.is_free(cluster)? {
            cluster += 1;
        }
        Ok((cluster > first).then_some((first, cluster - first)))
    }

    /// The clusters as bytes of the volume.
    pub(super) fn window(&self, first: u32, count: u32) -> Window<'v> {
        let at = self.heap + u64::from(first.saturating_sub(2)) * self.size;
        Window::new(self.volume, at, u64::from(count) * self.size)
    }
}
