//! The master file table: where its records lie, and the records of a file.

use std::collections::BTreeSet;
use std::io;
use std::ops::ControlFlow;

use ntfs_core::attribute::AttributeBody;
use ntfs_core::parse_attribute_list;
use ntfs_core::record::apply_fixup;

use super::record::{self, Bytes, DATA, File, Geometry, LIST, Record};
use crate::entry::{Run, Why};
use crate::image::{Fault, ReadAt, read_exact_at, u16_at, u64_at};
use crate::pieces::Pieces;
use crate::walk::Walk;

/// Bytes that an update sequence covers with one number, whatever the size of a sector.
const STRIDE: usize = 512;

/// The most records of one file besides the first.
const RECORDS: usize = 4096;

/// The most bytes of a list of attributes: 256 KiB in Windows.
const LIST_BYTES: u64 = 1 << 20;

/// Bytes of the table that are read at once.
const AT_ONCE: u64 = 1 << 20;

/// The master file table of a volume.
pub(super) struct Table<'v> {
    pub(super) volume: &'v dyn ReadAt,
    /// Bytes of a cluster.
    pub(super) cluster: u64,
    /// Bytes of the volume, as its first sector says.
    pub(super) size: u64,
    base: u64,
    /// Bytes of a record.
    record: u64,
    runs: Vec<Run>,
    length: u64,
}

impl<'v> Table<'v> {
    /// Finds the table from the volume's first sector, or from its copy in the last.
    pub(super) fn open(volume: &'v dyn ReadAt, base: u64) -> io::Result<Self> {
        let first = Self::boot(volume, base, 0);
        let last = volume.size().saturating_sub(512);
        let (mut table, [own, copy]) =
            first.or_else(|error| Self::boot(volume, base, last).map_err(|_| error))?;
        let found = table.read_at(own).and_then(|record| table.follow(record));
        let (runs, length) = match found {
            Ok(found) => found,
            Err(error) => table.read_at(copy).and_then(|record| table.follow(record)).map_err(|_| error)?,
        };
        (table.runs, table.length) = (runs, length);
        Ok(table)
    }

    /// Reads a first sector; gives too where the first record of the table lies, and its copy in the middle of the volume.
    fn boot(volume: &'v dyn ReadAt, base: u64, at: u64) -> io::Result<(Self, [u64; 2])> {
        let mut boot = [0; 512];
        read_exact_at(volume, at, &mut boot)?;
        let sector = u64::from(u16_at(&boot, 11));
        // Above 2^7 sectors the field is a power of two, negated.
        let sectors = match boot[13] {
            few @ 0..=0x80 => u64::from(few),
            power => 1_u64.checked_shl(256 - u32::from(power)).unwrap_or_default(),
        };
        let cluster = sector.saturating_mul(sectors);
        let record = match boot[64] as i8 {
            clusters @ 1.. => u64::from(clusters.unsigned_abs()).saturating_mul(cluster),
            power => 1_u64.checked_shl(u32::from(power.unsigned_abs())).unwrap_or_default(),
        };
        let size = u64_at(&boot, 40).saturating_mul(sector);
        let sound = boot[3..11] == *b"NTFS    "
            && sector.is_power_of_two()
            && (256..=4096).contains(&sector)
            && cluster.is_power_of_two()
            && cluster <= 2 << 20
            && (512..=64 << 10).contains(&record)
            && record % STRIDE as u64 == 0;
        if !sound {
            let found = format!("sectors of {sector} bytes, clusters of {cluster}, records of {record}");
            return Err(Fault::error(Why::Damaged, "the first sector of an NTFS", found));
        }
        let records = [48, 56].map(|field| u64_at(&boot, field).saturating_mul(cluster));
        Ok((Self { volume, cluster, size, base, record, runs: Vec::new(), length: 0 }, records))
    }

    fn geometry(&self) -> Geometry {
        Geometry { base: self.base, cluster: self.cluster, size: self.size.max(self.volume.size()) }
    }

    /// The record at that byte of the volume.
    fn read_at(&self, at: u64) -> io::Result<Record> {
        let mut bytes = vec![0; self.record as usize];
        read_exact_at(self.volume, at, &mut bytes)?;
        self.parse(bytes)?.ok_or_else(|| Fault::error(Why::Damaged, "a record", "bytes without its mark"))
    }

    /// A record from its bytes; none when they are not marked as one.
    fn parse(&self, mut bytes: Vec<u8>) -> io::Result<Option<Record>> {
        if bytes.starts_with(b"BAAD") {
            return Err(Fault::error(Why::Damaged, "a record", "one that the file system marked as damaged"));
        }
        if !bytes.starts_with(b"FILE") {
            return Ok(None);
        }
        apply_fixup(&mut bytes, STRIDE).map_err(record::damaged)?;
        Record::parse(bytes).map(Some)
    }

    /// Where the table lies, from its own record: pieces of its list may lie in records that it leads to.
    fn follow(&self, first: Record) -> io::Result<(Vec<Run>, u64)> {
        let listed = self.listed(&first, 0)?;
        let mut records = vec![first];
        loop {
            let file = record::file(&records, self.geometry(), None);
            let stream = file.streams.into_iter().find(|stream| stream.kind == DATA && stream.name.is_none());
            let Some(Bytes::Held(held)) = stream.map(|stream| stream.bytes) else {
                return Err(Fault::error(Why::Damaged, "a table with clusters", "none"));
            };
            // No more than lies in its clusters, nor than the volume has: a hole in it holds no records.
            let held_bytes = held.runs.iter().map(|run| run.length).fold(0, u64::saturating_add);
            let length = held.size.min(held_bytes).min(self.volume.size());
            let known = Self { runs: held.runs, length, volume: self.volume, ..*self };
            let next = listed.get(records.len() - 1).map(|number| known.numbered(*number));
            match next {
                Some(Ok(Some(record))) if record.base == 0 => records.push(record),
                // What cannot be found ends the table there: its records are missing, and that is told for each.
                _ => return Ok((known.runs, known.length)),
            }
        }
    }

    /// The record of that number; none when its bytes are not marked as one.
    fn numbered(&self, number: u64) -> io::Result<Option<Record>> {
        let at = number.checked_mul(self.record).filter(|at| at.saturating_add(self.record) <= self.length);
        let Some(at) = at else {
            let expected = format!("a record below {}", self.length / self.record);
            return Err(Fault::error(Why::Damaged, expected, format!("record {number}")));
        };
        let mut bytes = vec![0; self.record as usize];
        read_exact_at(&self.bytes(), at, &mut bytes)?;
        self.parse(bytes)
    }

    fn bytes(&self) -> Pieces<'v> {
        Pieces::new(self.volume, self.base, &self.runs, self.length, self.length)
    }

    /// The numbers of the other records that a record's list of attributes names, in the order of what lies in them.
    fn listed(&self, record: &Record, number: u64) -> io::Result<Vec<u64>> {
        let Some(list) = record.attributes.iter().find(|attribute| attribute.type_code == LIST) else {
            return Ok(Vec::new());
        };
        let content = match list.resident_content(&record.bytes) {
            Some(content) => content.to_vec(),
            None => self.list_bytes(record, list)?,
        };
        let mut entries = parse_attribute_list(&content).map_err(record::damaged)?;
        entries.sort_by_key(|entry| (entry.type_code, entry.start_vcn));
        let mut seen = BTreeSet::from([number]);
        let others = entries.iter().map(|entry| entry.base_reference.record_number);
        Ok(others.filter(|other| seen.insert(*other)).take(RECORDS).collect())
    }

    /// The bytes of a list of attributes that lies in clusters.
    fn list_bytes(&self, record: &Record, list: &ntfs_core::Attribute) -> io::Result<Vec<u8>> {
        let AttributeBody::NonResident { real_size, .. } = list.body else {
            return Err(Fault::error(Why::Damaged, "a list of attributes", "one without bytes"));
        };
        if real_size > LIST_BYTES {
            return Err(Fault::error(Why::Limit, "a list of at most 1 MiB", format!("{real_size} bytes")));
        }
        let runs = record::runs_of(record, list, self.geometry())?;
        let mut content = vec![0; real_size as usize];
        read_exact_at(&Pieces::new(self.volume, self.base, &runs, real_size, real_size), 0, &mut content)?;
        Ok(content)
    }

    /// The file whose first record has that number.
    pub(super) fn file(&self, number: u64) -> io::Result<Option<File>> {
        match self.numbered(number)? {
            Some(record) => self.gather(number, record).map(Some),
            None => Ok(None),
        }
    }

    /// The file of a first record, with what lies in other records.
    pub(super) fn gather(&self, number: u64, first: Record) -> io::Result<File> {
        let listed = self.listed(&first, number);
        let mut fault = None;
        let mut records = vec![first];
        match listed {
            Ok(listed) => {
                for other in listed {
                    match self.numbered(other) {
                        Ok(Some(record)) if record.base == number && !record.is_base => records.push(record),
                        Ok(_) => fault = Some(format!("record {other}, which is not of this file")),
                        Err(error) => fault = Some(format!("record {other}: {}", Fault::of(&error).found)),
                    }
                }
            }
            Err(error) => fault = Some(Fault::of(&error).found),
        }
        // The other records of a deleted file are used anew before the first: that is no fault of the volume.
        let fault = fault.filter(|_| records[0].in_use);
        Ok(record::file(&records, self.geometry(), fault))
    }

    /// Calls `each` with all records in their order: a record; none for bytes without the mark of one that are not zeros;
    /// why it cannot be read. Bytes that are zeros are passed over.
    pub(super) fn each(
        &self,
        to: &mut Walk<'_>,
        place: &str,
        mut each: impl FnMut(u64, io::Result<Option<Record>>, &mut Walk<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let bytes = self.bytes();
        let size = self.record as usize;
        let mut buffer = vec![0; (AT_ONCE / self.record * self.record) as usize];
        let mut at = 0;
        while at + self.record <= self.length {
            to.working(place)?;
            let wanted = (self.length - at).min(buffer.len() as u64) as usize / size * size;
            let taken = match bytes.read_at(at, &mut buffer[..wanted]) {
                Ok(taken) if taken >= size => taken / size * size,
                // A record that is cut in two, or missing: it is told, and the next one tried.
                read => {
                    let error = read
                        .err()
                        .unwrap_or_else(|| Fault::error(Why::Truncated, "a whole record", "a part of one"));
                    each(at / self.record, Err(error), to)?;
                    at += self.record;
                    continue;
                }
            };
            for (record_idx, record) in buffer[..taken].chunks_exact(size).enumerate() {
                if record.iter().any(|byte| *byte != 0) {
                    each(at / self.record + record_idx as u64, self.parse(record.to_vec()), to)?;
                }
            }
            at += taken as u64;
        }
        ControlFlow::Continue(())
    }
}
