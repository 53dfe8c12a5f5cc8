//! A small NTFS, made record by record.

use super::put;

/// Bytes of a cluster, which is a sector too.
pub const CLUSTER: usize = 512;

/// The first cluster of the master file table.
const TABLE: u64 = 16;

/// How many records there are.
pub const RECORDS: usize = 48;

/// How many clusters there are.
const CLUSTERS: usize = 2048;

/// The cluster of the bitmap.
const BITMAP: u64 = 14;

/// An NTFS in memory.
pub struct Ntfs {
    pub bytes: Vec<u8>,
}

/// An attribute.
pub enum Attribute {
    Resident {
        kind: u32,
        id: u16,
        name: &'static str,
        content: Vec<u8>,
    },
    Held {
        id: u16,
        name: &'static str,
        flags: u16,
        unit: u16,
        start: u64,
        runs: Vec<u8>,
        size: u64,
        valid: u64,
    },
}

/// A record in use, and a folder.
pub const IN_USE: u16 = 1;
pub const FOLDER: u16 = 2;

impl Ntfs {
    /// Its own records and nothing else.
    pub fn new() -> Self {
        let mut made = Self { bytes: vec![0; CLUSTERS * CLUSTER] };
        put(&mut made.bytes, 0, &[0xeb, 0x52, 0x90]);
        put(&mut made.bytes, 3, b"NTFS    ");
        put(&mut made.bytes, 11, &512_u16.to_le_bytes());
        made.bytes[13] = 1;
        put(&mut made.bytes, 40, &(CLUSTERS as u64).to_le_bytes());
        put(&mut made.bytes, 48, &TABLE.to_le_bytes());
        put(&mut made.bytes, 56, &8_u64.to_le_bytes());
        (made.bytes[64], made.bytes[68]) = (0xf6, 0xf4);
        put(&mut made.bytes, 510, &[0x55, 0xaa]);
        let size = (RECORDS * 1024) as u64;
        let table = run(&[(Some(TABLE as i64), size / CLUSTER as u64)]);
        made.record(0, 1, IN_USE, 0, &[standard(), name(5, 5, "$MFT", 3), data(1, "", table, size)]);
        let bitmap = run(&[(Some(BITMAP as i64), 1)]);
        made.record(5, 5, IN_USE | FOLDER, 0, &[standard(), name(5, 5, ".", 3)]);
        made.record(
            6,
            6,
            IN_USE,
            0,
            &[standard(), name(5, 5, "$Bitmap", 3), data(1, "", bitmap, CLUSTERS as u64 / 8)],
        );
        for cluster in (0..2).chain(8..12).chain(BITMAP..TABLE + size / CLUSTER as u64) {
            made.hold(cluster);
        }
        made
    }

    /// Marks a cluster as held.
    pub fn hold(&mut self, cluster: u64) {
        self.bytes[BITMAP as usize * CLUSTER + cluster as usize / 8] |= 1 << (cluster % 8);
    }

    /// Writes bytes at a cluster.
    pub fn fill(&mut self, cluster: u64, bytes: &[u8]) {
        put(&mut self.bytes, cluster as usize * CLUSTER, bytes);
    }

    /// Where a record lies.
    pub fn at(&self, number: usize) -> usize {
        TABLE as usize * CLUSTER + number * 1024
    }

    /// Writes a record; `base` is zero for the first of a file.
    pub fn record(&mut self, number: usize, sequence: u16, flags: u16, base: u64, attributes: &[Attribute]) {
        let mut record = vec![0; 1024];
        put(&mut record, 0, b"FILE");
        put(&mut record, 4, &[0x30, 0, 3, 0]);
        put(&mut record, 16, &sequence.to_le_bytes());
        put(&mut record, 18, &[1, 0, 0x38, 0]);
        put(&mut record, 22, &flags.to_le_bytes());
        put(&mut record, 28, &1024_u32.to_le_bytes());
        put(&mut record, 32, &base.to_le_bytes());
        put(&mut record, 44, &(number as u32).to_le_bytes());
        let mut at = 0x38;
        for attribute in attributes {
            let bytes = attribute.bytes();
            put(&mut record, at, &bytes);
            at += bytes.len();
        }
        put(&mut record, at, &[0xff; 4]);
        put(&mut record, 24, &(at as u32 + 8).to_le_bytes());
        // The update sequence: 7 at the end of both sectors, what stood there in the array.
        put(&mut record, 0x30, &[7, 0]);
        for (sector, end) in [510, 1022].into_iter().enumerate() {
            let kept = [record[end], record[end + 1]];
            put(&mut record, 0x32 + sector * 2, &kept);
            put(&mut record, end, &[7, 0]);
        }
        let at = self.at(number);
        put(&mut self.bytes, at, &record);
    }
}

impl Attribute {
    fn bytes(&self) -> Vec<u8> {
        let (kind, id, name) = match self {
            Self::Resident { kind, id, name, .. } => (*kind, *id, *name),
            Self::Held { id, name, .. } => (0x80, *id, *name),
        };
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (head, content) = match self {
            Self::Resident { content, .. } => (24, content.clone()),
            Self::Held { runs, .. } => (64, runs.clone()),
        };
        let start = (head + name.len()).next_multiple_of(8);
        let mut bytes = vec![0; (start + content.len()).next_multiple_of(8)];
        put(&mut bytes, 0, &kind.to_le_bytes());
        let length = bytes.len() as u32;
        put(&mut bytes, 4, &length.to_le_bytes());
        bytes[9] = (name.len() / 2) as u8;
        put(&mut bytes, 10, &(head as u16).to_le_bytes());
        put(&mut bytes, 14, &id.to_le_bytes());
        put(&mut bytes, head, &name);
        put(&mut bytes, start, &content);
        match self {
            Self::Resident { content, .. } => {
                put(&mut bytes, 16, &(content.len() as u32).to_le_bytes());
                put(&mut bytes, 20, &(start as u16).to_le_bytes());
            }
            Self::Held { flags, unit, start: first, size, valid, .. } => {
                bytes[8] = 1;
                put(&mut bytes, 12, &flags.to_le_bytes());
                put(&mut bytes, 16, &first.to_le_bytes());
                put(&mut bytes, 32, &(start as u16).to_le_bytes());
                put(&mut bytes, 34, &unit.to_le_bytes());
                put(&mut bytes, 40, &size.to_le_bytes());
                put(&mut bytes, 48, &size.to_le_bytes());
                put(&mut bytes, 56, &valid.to_le_bytes());
            }
        }
        bytes
    }
}

/// Times of one day, in hundreds of nanoseconds since 1601: made at 12:34:56.789 of the second of January 2020.
pub fn standard() -> Attribute {
    let made: u64 = (1_577_968_496_789_000 + 11_644_473_600_000_000) * 10 + 7;
    let times = [made, made + 10, made + 20, made + 30];
    let mut content: Vec<u8> = times.iter().flat_map(|time| time.to_le_bytes()).collect();
    content.resize(48, 0);
    Attribute::Resident { kind: 0x10, id: 0, name: "", content }
}

/// A name in a folder: its record and sequence.
pub fn name(parent: u64, sequence: u64, name: &str, namespace: u8) -> Attribute {
    let units: Vec<u16> = name.encode_utf16().collect();
    let mut content = vec![0; 66];
    put(&mut content, 0, &(parent | sequence << 48).to_le_bytes());
    (content[64], content[65]) = (units.len() as u8, namespace);
    content.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    Attribute::Resident { kind: 0x30, id: 2, name: "", content }
}

/// Bytes in the record.
pub fn resident(id: u16, name: &'static str, content: &[u8]) -> Attribute {
    Attribute::Resident { kind: 0x80, id, name, content: content.to_vec() }
}

/// Bytes in clusters.
pub fn data(id: u16, name: &'static str, runs: Vec<u8>, size: u64) -> Attribute {
    Attribute::Held { id, name, flags: 0, unit: 0, start: 0, runs, size, valid: size }
}

/// A list of runs: first cluster or a hole, and how many.
pub fn run(runs: &[(Option<i64>, u64)]) -> Vec<u8> {
    let (mut list, mut last) = (Vec::new(), 0);
    for (first, count) in runs {
        match first {
            Some(first) => {
                list.push(0x44);
                list.extend((*count as u32).to_le_bytes());
                list.extend(((first - last) as i32).to_le_bytes());
                last = *first;
            }
            None => {
                list.push(0x04);
                list.extend((*count as u32).to_le_bytes());
            }
        }
    }
    list.push(0);
    list
}
