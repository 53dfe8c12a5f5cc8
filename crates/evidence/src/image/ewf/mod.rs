//! The Expert Witness format: a medium cut into chunks, each packed or with a checksum, in one or several segments.
//!
//! Layout: the format's description in libewf's documentation. Everything that the format allows to be checked is
//! checked: the checksums of sections, of tables and of each chunk that is read; that segments are of one set and none
//! is missing; that there are as many chunks as the volume says, and as many as its sectors need.

mod first;
mod second;

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use flate2::{Decompress, FlushDecompress, Status};

use super::{Fault, Hashes, Image, ReadAt, Segment, unread};
use crate::entry::{Unread, Why};

/// Whether a file begins like a segment.
pub(super) fn is_ewf(head: &[u8]) -> bool {
    head.starts_with(first::MARK) || head.starts_with(second::MARK)
}

/// Opens the segments of one image.
pub(super) fn open(segments: Vec<Segment>) -> Result<Image, Unread> {
    let is_second = segments.first().is_some_and(|segment| {
        let mut head = [0; 8];
        segment.bytes.read_at(0, &mut head).is_ok_and(|_| head == *second::MARK)
    });
    let mut set = if is_second { second::read(segments)? } else { first::read(segments)? };
    set.place()?;
    let media = set.media;
    let format = if is_second { "Ex01" } else { "E01" };
    let chunks = Chunks {
        segments: set.segments,
        tables: set.tables,
        media,
        parsed: RefCell::default(),
        unpacked: RefCell::default(),
        inflate: RefCell::new(Decompress::new(true)),
        packed: RefCell::default(),
    };
    Ok(Image { format, stored: set.stored, findings: set.findings, bytes: Box::new(chunks) })
}

/// The medium as the image describes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Media {
    /// Bytes of a chunk; the last may be shorter.
    chunk: u64,
    /// How many chunks there are.
    chunks: u64,
    /// Bytes of the medium.
    size: u64,
    /// What the segments of one set have in common, zeros where the format has none.
    set: [u8; 16],
}

/// The largest chunk that is read: imagers write 32 KiB to 1 MiB.
const CHUNK: u64 = 16 << 20;

/// What the segments say.
struct Set {
    segments: Vec<Segment>,
    tables: Vec<Table>,
    media: Media,
    stored: Hashes,
    findings: Vec<Unread>,
    /// Whether the last segment says that it is the last.
    ended: bool,
}

/// A table of chunks, whose entries are read when they are needed.
#[derive(Clone, Copy, Debug)]
struct Table {
    /// The place of its segment in the list.
    segment: usize,
    /// The number of the first chunk; none when the format does not say.
    first: Option<u64>,
    /// How many chunks.
    count: u64,
    /// Where its entries begin in the segment, and those of its copy.
    entries: [u64; 2],
    /// Added to the offset of each entry.
    base: u64,
    /// Where the bytes of its last chunk end.
    end: u64,
    /// Whether segments are missing before its segment.
    after_gap: bool,
}

/// The most chunks of a table: 2^20, sixteen times what imagers write.
const TABLE: u64 = 1 << 20;

impl Set {
    /// Gives each table the number of its first chunk, and says what does not agree.
    ///
    /// Where segments are missing and the last one is there, what follows the hole is counted from the end.
    fn place(&mut self) -> Result<(), Unread> {
        let Media { chunk, chunks, size, .. } = self.media;
        if chunk == 0 || chunk > CHUNK {
            let found = format!("chunks of {chunk} bytes");
            return Err(unread("volume", Why::Damaged, "chunks of 1 byte to 16 MiB", found));
        }
        let stated: u64 = self.tables.iter().map(|table| table.count).sum();
        let last_gap = self.tables.iter().rposition(|table| table.after_gap);
        let mut next = Some(0);
        for place in 0..self.tables.len() {
            if self.tables[place].after_gap {
                next = None;
            }
            if Some(place) == last_gap && self.ended {
                let rest: u64 = self.tables[place..].iter().map(|table| table.count).sum();
                next = chunks.checked_sub(rest);
            }
            let table = &mut self.tables[place];
            table.first = table.first.or(next);
            next = table.first.and_then(|first| first.checked_add(table.count));
        }
        if stated != chunks {
            let (expected, found) = (format!("{chunks} chunks"), format!("{stated} in the tables"));
            self.findings.push(unread("tables", Why::Truncated, &expected, found));
        }
        if chunks != size.div_ceil(chunk) {
            let expected = format!("{} chunks for {size} bytes", size.div_ceil(chunk));
            self.findings.push(unread("volume", Why::Damaged, &expected, format!("{chunks} chunks")));
        }
        if !self.ended {
            let expected = "a last segment that says that it is the last".to_owned();
            let last = self.segments.last().map(|segment| segment.name.clone()).unwrap_or_default();
            self.findings.push(unread(&last, Why::Truncated, &expected, "none".to_owned()));
        }
        self.tables.retain(|table| table.first.is_some());
        self.tables.sort_by_key(|table| table.first);
        Ok(())
    }
}

/// Where a chunk lies.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: u64,
    length: u32,
    form: Form,
}

/// In which form a chunk is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A zlib stream.
    Zlib,
    /// As it is, with a checksum behind it.
    Checked,
    /// As it is.
    Plain,
    /// Eight bytes, repeated: the offset is these bytes.
    Pattern,
}

/// The chunks of an image, unpacked as they are asked for.
struct Chunks {
    segments: Vec<Segment>,
    tables: Vec<Table>,
    media: Media,
    /// The tables that were read last.
    parsed: RefCell<Vec<(usize, Rc<Vec<Place>>)>>,
    /// The chunks that were unpacked last for a part of them.
    unpacked: RefCell<Vec<(u64, Vec<u8>)>>,
    inflate: RefCell<Decompress>,
    packed: RefCell<Vec<u8>>,
}

/// Bytes of chunks that are kept, and of packed chunks that are read at once.
const KEPT: usize = 4 << 20;

impl ReadAt for Chunks {
    fn size(&self) -> u64 {
        self.media.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = self.media.size.saturating_sub(offset).min(buffer.len() as u64) as usize;
        let chunk = self.media.chunk;
        let mut done = 0;
        while done < wanted {
            let at = offset + done as u64;
            let (number, inside) = (at / chunk, (at % chunk) as usize);
            let rest = &mut buffer[done..wanted];
            let whole = if inside == 0 { rest.len() as u64 / chunk } else { 0 };
            done += match whole {
                0 => self.part(number, inside, rest)?,
                whole => self.whole(number, whole, rest)?,
            };
        }
        Ok(done)
    }
}

impl Chunks {
    /// Gives a part of a chunk, and keeps the chunk.
    fn part(&self, number: u64, inside: usize, buffer: &mut [u8]) -> io::Result<usize> {
        let mut kept = self.unpacked.borrow_mut();
        match kept.iter().position(|(kept, _)| *kept == number) {
            Some(found) => kept[..=found].rotate_right(1),
            None => {
                let mut bytes = vec![0; self.length(number)];
                self.whole(number, 1, &mut bytes)?;
                kept.truncate((KEPT / self.media.chunk as usize).max(1) - 1);
                kept.insert(0, (number, bytes));
            }
        }
        let bytes = &kept[0].1[inside..];
        let taken = bytes.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// Bytes of a chunk: the last may be shorter.
    fn length(&self, number: u64) -> usize {
        self.media.size.saturating_sub(number * self.media.chunk).min(self.media.chunk) as usize
    }

    /// Unpacks chunks that follow each other in one segment, at most `count` and at least one; gives their bytes.
    fn whole(&self, number: u64, count: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let table = self.tables.partition_point(|table| table.first.is_some_and(|first| first <= number));
        let table = table.checked_sub(1).filter(|table| {
            let of = &self.tables[*table];
            number - of.first.unwrap_or_default() < of.count
        });
        let Some(table) = table else {
            let expected = format!("chunk {number} of the image");
            return Err(Fault::error(Why::Truncated, expected, "no segment or table that has it"));
        };
        let places = self.places(table)?;
        let from = (number - self.tables[table].first.unwrap_or_default()) as usize;
        let places = &places[from..places.len().min(from + count as usize)];
        let first = places[0];
        let together = places.iter().enumerate().take_while(|(place_idx, place)| {
            let follows = *place_idx == 0
                || places[place_idx - 1].at + u64::from(places[place_idx - 1].length) == place.at;
            let end = place.at.saturating_add(u64::from(place.length));
            place.form != Form::Pattern && follows && end - first.at <= KEPT as u64
        });
        let together = &places[..together.count().max(1)];
        let mut packed = self.packed.borrow_mut();
        packed.clear();
        if first.form != Form::Pattern {
            let last = together[together.len() - 1];
            let length = last.at + u64::from(last.length) - first.at;
            packed.resize(usize::try_from(length).map_err(|_| damaged(number, "a length that fits"))?, 0);
            let segment = &self.segments[self.tables[table].segment];
            super::read_exact_at(&*segment.bytes, first.at, &mut packed)?;
        }
        let mut done = 0;
        for (place_idx, place) in together.iter().enumerate() {
            let number = number + place_idx as u64;
            let length = self.length(number);
            let from = place.at.saturating_sub(first.at) as usize;
            let bytes = packed.get(from..from + place.length as usize).unwrap_or_default();
            self.unpack(number, place, bytes, &mut buffer[done..done + length])?;
            done += length;
        }
        Ok(done)
    }

    fn unpack(&self, number: u64, place: &Place, packed: &[u8], buffer: &mut [u8]) -> io::Result<()> {
        match place.form {
            Form::Zlib => {
                let mut inflate = self.inflate.borrow_mut();
                inflate.reset(true);
                // The last chunk may be packed with what fills it up.
                let mut filled = Vec::new();
                let into = match (buffer.len() as u64) < self.media.chunk {
                    true => {
                        filled.resize(self.media.chunk as usize, 0);
                        &mut filled[..]
                    }
                    false => &mut *buffer,
                };
                let end = inflate.decompress(packed, into, FlushDecompress::Finish);
                let given = inflate.total_out();
                if !matches!(end, Ok(Status::StreamEnd)) || given < buffer.len() as u64 {
                    return Err(damaged(number, "a packed chunk with the right checksum"));
                }
                if !filled.is_empty() {
                    buffer.copy_from_slice(&filled[..buffer.len()]);
                }
                Ok(())
            }
            Form::Checked | Form::Plain => {
                let bytes = packed.get(..buffer.len()).ok_or_else(|| damaged(number, "all its bytes"))?;
                if place.form == Form::Checked {
                    // The last chunk may be filled up: its checksum is over all of it.
                    let behind = packed.len() - 4;
                    let all =
                        if (buffer.len() as u64) < self.media.chunk { &packed[..behind] } else { bytes };
                    let stored = super::u32_at(packed, all.len());
                    if packed.len() < all.len() + 4 || adler32(all) != stored {
                        return Err(damaged(number, "a chunk with the right checksum"));
                    }
                }
                buffer.copy_from_slice(bytes);
                Ok(())
            }
            Form::Pattern => {
                let pattern = place.at.to_le_bytes();
                buffer.chunks_mut(8).for_each(|eight| eight.copy_from_slice(&pattern[..eight.len()]));
                Ok(())
            }
        }
    }

    /// The places of the chunks of a table.
    fn places(&self, table: usize) -> io::Result<Rc<Vec<Place>>> {
        let mut parsed = self.parsed.borrow_mut();
        if let Some(found) = parsed.iter().position(|(parsed, _)| *parsed == table) {
            parsed[..=found].rotate_right(1);
            return Ok(Rc::clone(&parsed[0].1));
        }
        let of = &self.tables[table];
        let bytes = &*self.segments[of.segment].bytes;
        let places = match of.base {
            second::NO_BASE => second::places(bytes, of),
            _ => first::places(bytes, of),
        };
        let places = Rc::new(places?);
        // As many as one table may have, so that memory is bounded and tables of usual size stay.
        let mut room = TABLE as usize;
        parsed.insert(0, (table, Rc::clone(&places)));
        parsed.retain(|(_, places)| {
            let fits = places.len() <= room;
            room = room.saturating_sub(places.len());
            fits
        });
        Ok(places)
    }
}

fn damaged(number: u64, expected: &str) -> io::Error {
    Fault::error(Why::Damaged, expected, format!("chunk {number} of the image damaged"))
}

/// The checksum of the format (RFC 1950, section 9).
fn adler32(bytes: &[u8]) -> u32 {
    simd_adler32::adler32(&bytes)
}
