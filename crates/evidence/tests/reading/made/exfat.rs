//! A small exFAT, made set by set.

use super::put;

/// Bytes of a cluster: two sectors.
pub const CLUSTER: usize = 1024;

/// How many clusters there are.
const CLUSTERS: usize = 400;

/// An exFAT in memory. Its bitmap is cluster 2, its root clusters 3 and 4.
pub struct ExFat {
    pub bytes: Vec<u8>,
}

impl ExFat {
    pub fn new() -> Self {
        let mut made = Self { bytes: vec![0; HEAP + CLUSTERS * CLUSTER] };
        let bytes = &mut made.bytes;
        put(bytes, 0, &[0xeb, 0x76, 0x90]);
        put(bytes, 3, b"EXFAT   ");
        put(bytes, 72, &((HEAP + CLUSTERS * CLUSTER) as u64 / 512).to_le_bytes());
        put(bytes, 80, &((TABLE / 512) as u32).to_le_bytes());
        put(bytes, 84, &4_u32.to_le_bytes());
        put(bytes, 88, &((HEAP / 512) as u32).to_le_bytes());
        put(bytes, 92, &(CLUSTERS as u32).to_le_bytes());
        put(bytes, 96, &3_u32.to_le_bytes());
        (bytes[108], bytes[109], bytes[110]) = (9, 1, 1);
        put(bytes, 510, &[0x55, 0xaa]);
        made.chain(&[2]);
        made.chain(&[3, 4]);
        let mut bitmap = [0; 32];
        bitmap[0] = 0x81;
        put(&mut bitmap, 20, &2_u32.to_le_bytes());
        put(&mut bitmap, 24, &(CLUSTERS as u64 / 8).to_le_bytes());
        made.write(3, 0, &bitmap);
        made
    }

    /// Where a cluster lies.
    pub fn at(&self, cluster: u32) -> usize {
        HEAP + (cluster as usize - 2) * CLUSTER
    }

    /// Writes into a cluster.
    pub fn write(&mut self, cluster: u32, at: usize, bytes: &[u8]) {
        let at = self.at(cluster) + at;
        put(&mut self.bytes, at, bytes);
    }

    /// Marks clusters as held.
    pub fn hold(&mut self, clusters: &[u32]) {
        for cluster in clusters {
            let at = self.at(2) + (*cluster as usize - 2) / 8;
            self.bytes[at] |= 1 << ((cluster - 2) % 8);
        }
    }

    /// Chains clusters, and marks them as held.
    pub fn chain(&mut self, clusters: &[u32]) {
        for (place, cluster) in clusters.iter().enumerate() {
            let next = clusters.get(place + 1).copied().unwrap_or(u32::MAX);
            put(&mut self.bytes, TABLE + *cluster as usize * 4, &next.to_le_bytes());
        }
        self.hold(clusters);
    }
}

const TABLE: usize = 24 * 512;
const HEAP: usize = 32 * 512;

/// What a set says.
pub struct Set<'n> {
    pub name: &'n str,
    pub folder: bool,
    pub deleted: bool,
    pub contiguous: bool,
    pub first: u32,
    pub size: u64,
    pub valid: u64,
}

impl Set<'_> {
    /// The set, with its checksum; made at 12:00 of the second of January 2020, one hour east of Greenwich.
    pub fn slots(&self) -> Vec<u8> {
        let units: Vec<u16> = self.name.encode_utf16().collect();
        let n_names = units.len().div_ceil(15);
        let mut set = vec![0; 64 + n_names * 32];
        (set[0], set[1]) = (0x85, 1 + n_names as u8);
        put(&mut set, 4, &(if self.folder { 0x10_u16 } else { 0x20 }).to_le_bytes());
        let time = (40_u32 << 9 | 1 << 5 | 2) << 16 | 12 << 11;
        (8..20).step_by(4).for_each(|at| put(&mut set, at, &time.to_le_bytes()));
        set[22..25].fill(0x80 | 4);
        set[32] = 0xc0;
        set[33] = if self.contiguous { 3 } else { 1 };
        set[35] = units.len() as u8;
        put(&mut set, 40, &self.valid.to_le_bytes());
        put(&mut set, 52, &self.first.to_le_bytes());
        put(&mut set, 56, &self.size.to_le_bytes());
        for (name_idx, part) in units.chunks(15).enumerate() {
            let at = 64 + name_idx * 32;
            set[at] = 0xc1;
            part.iter()
                .enumerate()
                .for_each(|(unit, value)| put(&mut set, at + 2 + unit * 2, &value.to_le_bytes()));
        }
        let sum = set.iter().enumerate().filter(|(at, _)| !matches!(at, 2 | 3));
        let sum = sum.fold(0_u16, |sum, (_, byte)| sum.rotate_right(1).wrapping_add(u16::from(*byte)));
        put(&mut set, 2, &sum.to_le_bytes());
        if self.deleted {
            set.chunks_mut(32).for_each(|slot| slot[0] &= 0x7f);
        }
        set
    }
}
