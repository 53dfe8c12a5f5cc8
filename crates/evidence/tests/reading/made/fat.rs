//! A small FAT, made entry by entry.

use super::put;

/// Bytes of a sector, which is a cluster too.
pub const CLUSTER: usize = 512;

/// A FAT in memory. Its root is a folder of 512 entries in FAT12 and FAT16, and cluster 2 in FAT32.
pub struct Fat {
    pub bytes: Vec<u8>,
    bits: u32,
    table: usize,
    root: usize,
    heap: usize,
}

impl Fat {
    /// An empty one. FAT12 has 500 clusters, FAT16 5,000, FAT32 2,000.
    pub fn new(bits: u32) -> Self {
        let (clusters, root_entries) = match bits {
            12 => (500_usize, 512_u16),
            16 => (5000, 512),
            _ => (2000, 0),
        };
        let sectors = (clusters * bits as usize / 8 + 16).div_ceil(512);
        let root_sectors = usize::from(root_entries) / 16;
        let table = if bits == 32 { 32 } else { 1 };
        let heap = table + sectors + root_sectors;
        let mut bytes = vec![0; (heap + clusters) * 512];
        put(&mut bytes, 0, &[0xeb, 0x3c, 0x90]);
        put(&mut bytes, 3, b"MADE-UP ");
        put(&mut bytes, 11, &512_u16.to_le_bytes());
        bytes[13] = 1;
        put(&mut bytes, 14, &(table as u16).to_le_bytes());
        bytes[16] = 1;
        put(&mut bytes, 17, &root_entries.to_le_bytes());
        bytes[21] = 0xf8;
        put(&mut bytes, 32, &((heap + clusters) as u32).to_le_bytes());
        if bits == 32 {
            put(&mut bytes, 36, &(sectors as u32).to_le_bytes());
            put(&mut bytes, 44, &2_u32.to_le_bytes());
        } else {
            put(&mut bytes, 22, &(sectors as u16).to_le_bytes());
        }
        put(&mut bytes, 510, &[0x55, 0xaa]);
        let mut made =
            Self { bytes, bits, table: table * 512, root: (table + sectors) * 512, heap: heap * 512 };
        made.link(0, 0x0fff_fff8);
        made.link(1, 0x0fff_ffff);
        if bits == 32 {
            made.link(2, 0x0fff_ffff);
        }
        made
    }

    /// Writes what follows a cluster.
    pub fn link(&mut self, cluster: u32, next: u32) {
        let number = cluster as usize;
        match self.bits {
            12 => {
                let at = self.table + number * 3 / 2;
                let old = u16::from_le_bytes([self.bytes[at], self.bytes[at + 1]]);
                let next = (next & 0xfff) as u16;
                let new = if number.is_multiple_of(2) { old & 0xf000 | next } else { old & 0xf | next << 4 };
                put(&mut self.bytes, at, &new.to_le_bytes());
            }
            16 => put(&mut self.bytes, self.table + number * 2, &(next as u16).to_le_bytes()),
            _ => put(&mut self.bytes, self.table + number * 4, &next.to_le_bytes()),
        }
    }

    /// Chains clusters.
    pub fn chain(&mut self, clusters: &[u32]) {
        for pair in clusters.windows(2) {
            self.link(pair[0], pair[1]);
        }
        self.link(*clusters.last().expect("a cluster"), 0x0fff_ffff);
    }

    /// Where a cluster lies.
    pub fn at(&self, cluster: u32) -> usize {
        self.heap + (cluster as usize - 2) * CLUSTER
    }

    /// Writes bytes over these clusters.
    pub fn fill(&mut self, clusters: &[u32], bytes: &[u8]) {
        for (cluster, part) in clusters.iter().zip(bytes.chunks(CLUSTER)) {
            let at = self.at(*cluster);
            put(&mut self.bytes, at, part);
        }
    }

    /// Makes a file in the root's slot: chained clusters, bytes, entry.
    pub fn file(&mut self, slot: usize, name: &[u8; 11], clusters: &[u32], bytes: &[u8]) {
        self.chain(clusters);
        self.fill(clusters, bytes);
        self.root_slot(slot, &entry(name, 0x20, clusters[0], bytes.len() as u32));
    }

    /// Writes a slot of the root.
    pub fn root_slot(&mut self, slot: usize, entry: &[u8; 32]) {
        let at = if self.bits == 32 { self.at(2) } else { self.root };
        put(&mut self.bytes, at + slot * 32, entry);
    }

    /// Writes a slot of a folder's cluster.
    pub fn slot(&mut self, cluster: u32, slot: usize, entry: &[u8; 32]) {
        let at = self.at(cluster) + slot * 32;
        put(&mut self.bytes, at, entry);
    }

    /// Makes a cluster a folder: itself and the one that it is in.
    pub fn folder(&mut self, cluster: u32, outer: u32) {
        self.slot(cluster, 0, &entry(b".          ", 0x10, cluster, 0));
        self.slot(cluster, 1, &entry(b"..         ", 0x10, outer, 0));
    }
}

/// An entry of the second of January 2020, 12:34:56.
pub fn entry(name: &[u8; 11], attributes: u8, first: u32, size: u32) -> [u8; 32] {
    let mut entry = [0; 32];
    entry[..11].copy_from_slice(name);
    entry[11] = attributes;
    entry[13] = 150;
    let (date, time) = (40_u16 << 9 | 1 << 5 | 2, 12_u16 << 11 | 34 << 5 | 28);
    put(&mut entry, 14, &time.to_le_bytes());
    put(&mut entry, 16, &date.to_le_bytes());
    put(&mut entry, 18, &date.to_le_bytes());
    put(&mut entry, 20, &((first >> 16) as u16).to_le_bytes());
    put(&mut entry, 22, &time.to_le_bytes());
    put(&mut entry, 24, &date.to_le_bytes());
    put(&mut entry, 26, &(first as u16).to_le_bytes());
    put(&mut entry, 28, &size.to_le_bytes());
    entry
}

/// A deleted entry.
pub fn deleted(mut entry: [u8; 32]) -> [u8; 32] {
    entry[0] = 0xe5;
    entry
}

/// The pieces of a long name, in the order in which they stand before the entry of that short name.
pub fn long(name: &str, short: &[u8; 11]) -> Vec<[u8; 32]> {
    let sum = short.iter().fold(0_u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte));
    let mut units: Vec<u16> = name.encode_utf16().collect();
    if !units.len().is_multiple_of(13) {
        units.push(0);
    }
    units.resize(units.len().next_multiple_of(13), 0xffff);
    let count = units.len() / 13;
    let piece = |(piece_idx, part): (usize, &[u16])| {
        let mut slot = [0; 32];
        slot[0] = (piece_idx as u8 + 1) | if piece_idx + 1 == count { 0x40 } else { 0 };
        slot[11] = 0x0f;
        slot[13] = sum;
        for (unit, at) in part.iter().zip([1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30]) {
            put(&mut slot, at, &unit.to_le_bytes());
        }
        slot
    };
    units.chunks(13).enumerate().map(piece).rev().collect()
}
