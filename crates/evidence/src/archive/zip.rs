//! ZIP (PKWARE, APPNOTE 6.3.9): the list of members at the end, from which each is read. Plain and deflated members;
//! others are named. What no list names is not looked for.

use std::io::{self, Read};

use flate2::Crc;
use flate2::read::DeflateDecoder;
use tutela_model::tables::FileKind;

use super::{End, Member, Opened};
use crate::entry::{Stamp, Times, Why};
use crate::fat::time::stamp;
use crate::image::{Cursor, Fault, ReadAt, Window, read_exact_at, u16_at, u32_at, u64_at};

/// The most bytes behind the end record: a comment.
const COMMENT: u64 = 65_535;

/// Where the list of members lies.
struct List {
    start: u64,
    end: u64,
    /// Added to every offset: what stands before the archive, as a program that unpacks it does.
    before: u64,
}

/// Tells the members of a ZIP.
pub(super) fn members(bytes: &dyn ReadAt, opened: &mut Opened<'_, '_>) -> Result<(), End> {
    let list = list(bytes)?;
    let mut at = list.start;
    while at < list.end {
        let mut head = [0; 46];
        read_exact_at(bytes, at, &mut head)?;
        if !head.starts_with(b"PK\x01\x02") {
            let found = format!("other bytes at {at}");
            return Err(End::Fault(Fault::error(Why::Damaged, "the next member in the list", found)));
        }
        let [name, extra, comment] = [28, 30, 32].map(|field| usize::from(u16_at(&head, field)));
        let mut text = vec![0; name + extra];
        read_exact_at(bytes, at + 46, &mut text)?;
        at += 46 + (name + extra + comment) as u64;
        one(bytes, &list, &head, &text[..name], &text[name..], opened)?;
    }
    Ok(())
}

/// Finds the list: the end record is searched from the end of the file.
fn list(bytes: &dyn ReadAt) -> io::Result<List> {
    let size = bytes.size();
    let from = size.saturating_sub(22 + COMMENT);
    let mut tail = vec![0; (size - from) as usize];
    read_exact_at(bytes, from, &mut tail)?;
    let missing = || Fault::error(Why::Truncated, "a list of members at the end", "none");
    let end = tail.windows(22).rposition(|end| {
        end.starts_with(b"PK\x05\x06") && from + usize::from(u16_at(end, 20)) as u64 <= size
    });
    let end = end.ok_or_else(missing)?;
    let at = from + end as u64;
    let record = &tail[end..];
    let (mut length, mut start) = (u64::from(u32_at(record, 12)), u64::from(u32_at(record, 16)));
    let mut list_end = at;
    let mut locator = [0; 20];
    if at >= 20 && read_exact_at(bytes, at - 20, &mut locator).is_ok() && locator.starts_with(b"PK\x06\x07") {
        let mut large = [0; 56];
        read_exact_at(bytes, u64_at(&locator, 8), &mut large)?;
        if large.starts_with(b"PK\x06\x06") {
            (length, start) = (u64_at(&large, 40), u64_at(&large, 48));
            list_end = u64_at(&locator, 8);
        }
    }
    // The list ends where its end record begins, whatever stands before the archive.
    let real = list_end.checked_sub(length).ok_or_else(missing)?;
    Ok(List { start: real, end: list_end, before: real.saturating_sub(start) })
}

fn one(
    bytes: &dyn ReadAt,
    list: &List,
    head: &[u8; 46],
    name: &[u8],
    extra: &[u8],
    opened: &mut Opened<'_, '_>,
) -> Result<(), End> {
    let (flags, method) = (u16_at(head, 8), u16_at(head, 10));
    let said = Said::read(head, extra);
    let name = String::from_utf8_lossy(name).into_owned();
    let kind = if name.ends_with('/') { FileKind::Folder } else { FileKind::Member };
    let member = Member { name, kind, size: said.size, times: times(head, extra) };
    if kind == FileKind::Folder {
        return opened.bare(member);
    }
    if flags & 1 != 0 {
        return opened.lost(member, Why::Encrypted, "a plain member", "an encrypted one");
    }
    if method != 0 && method != 8 {
        let found = format!("one packed by method {method}");
        return opened.lost(member, Why::Unsupported, "a member that is plain or deflated", &found);
    }
    let at = list.before.saturating_add(said.offset);
    let mut local = [0; 30];
    if read_exact_at(bytes, at, &mut local).is_err() || !local.starts_with(b"PK\x03\x04") {
        let found = format!("other bytes at {at}");
        return opened.lost(member, Why::Damaged, "the member where the list says", &found);
    }
    let start = at + 30 + u64::from(u16_at(&local, 26)) + u64::from(u16_at(&local, 28));
    let content = Window::new(bytes, start, said.packed.min(bytes.size().saturating_sub(start)));
    match method {
        // An archive in it is read in its place; any other member's checksum is checked as it is read.
        0 if super::recognise(&content).is_some() => opened.plain(member, &content),
        0 => opened.packed(member, &mut Checked::new(Cursor::new(&content), &said)),
        _ => opened.packed(member, &mut Checked::new(DeflateDecoder::new(Cursor::new(&content)), &said)),
    }
}

/// What the list says of a member's bytes.
struct Said {
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

impl Said {
    fn read(head: &[u8; 46], extra: &[u8]) -> Self {
        let [packed, size, offset] = [20, 24, 42].map(|field| u32_at(head, field));
        let mut said = Self {
            crc: u32_at(head, 16),
            packed: u64::from(packed),
            size: u64::from(size),
            offset: u64::from(offset),
        };
        // Numbers that do not fit stand in an extra field, in this order and only where they do not fit.
        let large = field(extra, 1).unwrap_or_default();
        let fields = [(size, &mut said.size), (packed, &mut said.packed), (offset, &mut said.offset)];
        let wanted = fields.into_iter().filter(|(short, _)| *short == u32::MAX);
        for ((_, wide), eight) in wanted.zip(large.chunks_exact(8)) {
            *wide = u64_at(eight, 0);
        }
        said
    }
}

/// An extra field by its number.
fn field(extra: &[u8], number: u16) -> Option<&[u8]> {
    let mut rest = extra;
    while let Some((head, after)) = rest.split_first_chunk::<4>() {
        let (content, after) = after.split_at_checked(usize::from(u16_at(head, 2)))?;
        if u16_at(head, 0) == number {
            return Some(content);
        }
        rest = after;
    }
    None
}

/// The time of writing: of UTC where an extra field has it, of the clock on the wall otherwise.
fn times(head: &[u8; 46], extra: &[u8]) -> Times {
    let utc = field(extra, 0x5455).filter(|field| field.len() >= 5 && field[0] & 1 != 0).map(|field| Stamp {
        at_us: i64::from(u32_at(field, 1) as i32) * 1_000_000,
        width_us: 1_000_000,
        local: false,
    });
    Times { modified: utc.or_else(|| stamp(u16_at(head, 14), u16_at(head, 12), None)), ..Times::default() }
}

/// A member's bytes, whose length and checksum are compared at their end with what the list says.
struct Checked<R> {
    bytes: R,
    crc: Crc,
    said: u32,
    size: u64,
}

impl<R: Read> Checked<R> {
    fn new(bytes: R, said: &Said) -> Self {
        Self { bytes, crc: Crc::new(), said: said.crc, size: said.size }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.bytes.read(buffer)?;
        self.crc.update(&buffer[..taken]);
        if taken > 0 || buffer.is_empty() {
            return Ok(taken);
        }
        // The checksum's count is of 32 bits.
        let length = self.crc.amount();
        if self.crc.sum() == self.said && length == self.size as u32 {
            return Ok(0);
        }
        let expected = format!("{} bytes with the right checksum", self.size);
        Err(Fault::error(Why::Damaged, expected, format!("{length} bytes with another")))
    }
}
