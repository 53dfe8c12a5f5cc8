//! The second version of the format: Ex01. Sections with a descriptor behind each, which names the one before.

use std::io::{self, Read as _};

use flate2::read::ZlibDecoder;

use super::{Fault, Form, Media, Place, Segment, Set, TABLE, Table, adler32};
use crate::entry::{Unread, Why};
use crate::image::{Hashes, ReadAt, read_exact_at, u16_at, u32_at, u64_at, unread};

/// How a segment begins.
pub(super) const MARK: &[u8; 8] = b"EVF2\x0d\x0a\x81\x00";

/// A table of this version has no base: its entries are 16 bytes each.
pub(super) const NO_BASE: u64 = u64::MAX;

/// Bytes of a section's descriptor.
const DESCRIPTOR: u64 = 64;

/// The most sections of a segment.
const SECTIONS: usize = 1 << 20;

/// The most bytes of a text about the medium, unpacked.
const TEXT: u64 = 1 << 20;

/// A section: its type, where its content begins, its length.
struct Section {
    kind: u32,
    encrypted: bool,
    start: u64,
    length: u64,
}

/// Reads what the segments say of themselves.
pub(super) fn read(segments: Vec<Segment>) -> Result<Set, Unread> {
    let mut numbered = Vec::new();
    for segment in segments {
        let mut head = [0; 32];
        let read = read_exact_at(&*segment.bytes, 0, &mut head);
        if read.is_err() || !head.starts_with(MARK) {
            return Err(unread(
                &segment.name,
                Why::Damaged,
                "a segment of an Ex01",
                "another file".to_owned(),
            ));
        }
        numbered.push((u32_at(&head, 12), u16_at(&head, 10), head[16..32].to_vec(), segment));
    }
    numbered.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.3.name.cmp(&b.3.name)));
    let mut set = Set {
        segments: Vec::new(),
        tables: Vec::new(),
        media: Media::default(),
        stored: Hashes::default(),
        findings: Vec::new(),
        ended: false,
    };
    let of_set = numbered.first().map(|first| first.2.clone()).unwrap_or_default();
    let mut expected = 1_u32;
    for (number, packing, of, segment) in numbered {
        if of != of_set {
            let found = "a segment of another image".to_owned();
            return Err(unread(&segment.name, Why::Damaged, "a segment of the same set", found));
        }
        if number != expected {
            let found = format!("segment {number}");
            let place = format!("before {}", segment.name);
            set.findings.push(unread(&place, Why::Truncated, &format!("segment {expected}"), found));
        }
        expected = number.saturating_add(1);
        set.ended = false;
        read_segment(&mut set, segment, packing)?;
    }
    set.media.set.copy_from_slice(&of_set);
    Ok(set)
}

/// Reads the sections of a segment into the set.
fn read_segment(set: &mut Set, segment: Segment, packing: u16) -> Result<(), Unread> {
    let bytes = &*segment.bytes;
    let place = set.segments.len();
    let mut sector = 512;
    for section in sections(bytes, &segment.name, &mut set.findings) {
        if section.encrypted {
            return Err(unread(&segment.name, Why::Encrypted, "plain sections", "encrypted ones".to_owned()));
        }
        let failed = |error: io::Error| {
            let fault = Fault::of(&error);
            let place = format!("{}: section of type {}", segment.name, section.kind);
            unread(&place, fault.why, &fault.expected, fault.found)
        };
        match section.kind {
            // The device: its sectors. The case: how they are cut.
            1 | 2 => match text(bytes, &section) {
                Ok(text) => {
                    let number = |name: &str| named(&text, name).and_then(|value| value.parse::<u64>().ok());
                    sector = number("bp").unwrap_or(sector).min(1 << 16);
                    if let Some(sectors) = number("ts") {
                        set.media.size = sectors.saturating_mul(sector);
                    }
                    if let Some(per_chunk) = number("sb") {
                        set.media.chunk = per_chunk.saturating_mul(sector);
                    }
                    set.media.chunks = number("tb").unwrap_or(set.media.chunks);
                }
                Err(error) => set.findings.push(failed(error)),
            },
            4 => match table(bytes, &section, place) {
                Ok(table) if packing <= 1 => set.tables.push(table),
                Ok(_) => {
                    let found = "bzip2".to_owned();
                    return Err(unread(&segment.name, Why::Unsupported, "chunks packed by zlib", found));
                }
                Err(error) => set.findings.push(failed(error)),
            },
            8 | 9 => {
                let mut content = [0; 20];
                let hash = &mut content[..if section.kind == 8 { 16 } else { 20 }];
                match read_exact_at(bytes, section.start, hash) {
                    Ok(()) if section.kind == 8 => set.stored.md5 = content[..16].try_into().ok(),
                    Ok(()) => set.stored.sha1 = Some(content),
                    Err(error) => set.findings.push(failed(error)),
                }
            }
            15 => set.ended = true,
            _ => {}
        }
    }
    set.segments.push(segment);
    Ok(())
}

/// The sections of a segment in their order: their descriptors are found from the last one back.
fn sections(bytes: &dyn ReadAt, name: &str, findings: &mut Vec<Unread>) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut next = bytes.size().checked_sub(DESCRIPTOR);
    while let Some(at) = next {
        let mut descriptor = [0; DESCRIPTOR as usize];
        let place = format!("{name}: byte {at}");
        if read_exact_at(bytes, at, &mut descriptor).is_err()
            || adler32(&descriptor[..60]) != u32_at(&descriptor, 60)
        {
            let expected = "the descriptor of a section with the right checksum";
            findings.push(unread(&place, Why::Truncated, expected, "other bytes".to_owned()));
            break;
        }
        let (before, length) = (u64_at(&descriptor, 8), u64_at(&descriptor, 16));
        let encrypted = u32_at(&descriptor, 4) & 2 != 0;
        let Some(start) = at.checked_sub(length) else {
            findings.push(unread(
                &place,
                Why::Damaged,
                "a section within the file",
                format!("{length} bytes"),
            ));
            break;
        };
        sections.push(Section { kind: u32_at(&descriptor, 0), encrypted, start, length });
        // Each lies before the one that names it, so the chain ends.
        next = (before != 0 && before < at && sections.len() < SECTIONS).then_some(before);
    }
    sections.reverse();
    sections
}

/// The text of a section, which is packed UTF-16.
fn text(bytes: &dyn ReadAt, section: &Section) -> io::Result<String> {
    let mut packed = vec![0; section.length.min(TEXT) as usize];
    read_exact_at(bytes, section.start, &mut packed)?;
    let mut content = Vec::new();
    if packed.first() == Some(&0x78) {
        ZlibDecoder::new(&packed[..]).take(TEXT).read_to_end(&mut content)?;
    } else {
        content = packed;
    }
    let units: Vec<u16> = content.chunks_exact(2).map(|two| u16_at(two, 0)).collect();
    Ok(String::from_utf16_lossy(&units))
}

/// The value under a name: the third line has names, the fourth values, with tabs between.
fn named<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().skip(2);
    let (names, values) = (lines.next()?, lines.next()?);
    names.split('\t').zip(values.split('\t')).find(|(of, _)| *of == name).map(|(_, value)| value)
}

fn table(bytes: &dyn ReadAt, section: &Section, segment: usize) -> io::Result<Table> {
    let mut head = [0; 32];
    read_exact_at(bytes, section.start, &mut head)?;
    if adler32(&head[..16]) != u32_at(&head, 16) {
        return Err(Fault::error(Why::Damaged, "a table with the right checksum", "a wrong checksum"));
    }
    let count = u64::from(u32_at(&head, 8));
    let room = section.length.saturating_sub(32) / 16;
    if count > room.min(TABLE) {
        let expected = format!("a table of at most {} chunks", room.min(TABLE));
        return Err(Fault::error(Why::Damaged, expected, format!("{count}")));
    }
    Ok(Table {
        segment,
        first: Some(u64_at(&head, 0)),
        count,
        entries: [section.start + 32, 0],
        base: NO_BASE,
        end: 0,
        after_gap: false,
    })
}

/// The entries of a table.
pub(super) fn places(bytes: &dyn ReadAt, table: &Table) -> io::Result<Vec<Place>> {
    let mut entries = vec![0; table.count as usize * 16 + 4];
    read_exact_at(bytes, table.entries[0], &mut entries)?;
    let (entries, checksum) = entries.split_at(table.count as usize * 16);
    if adler32(entries) != u32_at(checksum, 0) {
        return Err(Fault::error(Why::Damaged, "a table with the right checksum", "a wrong checksum"));
    }
    let place = |entry: &[u8]| {
        let (at, length, flags) = (u64_at(entry, 0), u32_at(entry, 8), u32_at(entry, 12));
        let form = match flags & 7 {
            flags if flags & 4 != 0 => Form::Pattern,
            flags if flags & 1 != 0 => Form::Zlib,
            flags if flags & 2 != 0 && length > 4 => Form::Checked,
            _ => Form::Plain,
        };
        let inside =
            form == Form::Pattern || at.checked_add(u64::from(length)).is_some_and(|end| end <= bytes.size());
        if u64::from(length) > 2 * super::CHUNK || !inside {
            let found = format!("{length} bytes at {at}");
            return Err(Fault::error(Why::Damaged, "chunks of at most 16 MiB within the segment", found));
        }
        Ok(Place { at, length, form })
    };
    entries.chunks_exact(16).map(place).collect()
}
