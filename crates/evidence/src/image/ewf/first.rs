//! The first version of the format: E01, and s01 of SMART. Sections with a descriptor before each, which names the next.

use std::io;

use super::{Fault, Form, Media, Place, Segment, Set, TABLE, Table, adler32};
use crate::entry::{Unread, Why};
use crate::image::{Hashes, ReadAt, read_exact_at, u16_at, u32_at, u64_at, unread};

/// How a segment begins.
pub(super) const MARK: &[u8; 8] = b"EVF\x09\x0d\x0a\xff\x00";

/// Bytes of a section's descriptor.
const DESCRIPTOR: u64 = 76;

/// The most sections of a segment.
const SECTIONS: usize = 1 << 20;

/// A section: its type, where its content begins and ends.
struct Section {
    kind: String,
    start: u64,
    end: u64,
}

/// Reads what the segments say of themselves.
pub(super) fn read(segments: Vec<Segment>) -> Result<Set, Unread> {
    let mut numbered = Vec::new();
    for segment in segments {
        let mut head = [0; 13];
        let read = read_exact_at(&*segment.bytes, 0, &mut head);
        if read.is_err() || !head.starts_with(MARK) {
            return Err(unread(
                &segment.name,
                Why::Damaged,
                "a segment of an E01",
                "another file".to_owned(),
            ));
        }
        numbered.push((u16_at(&head, 9), segment));
    }
    numbered.sort_by(|(a, left), (b, right)| a.cmp(b).then_with(|| left.name.cmp(&right.name)));
    let mut set = Set {
        segments: Vec::new(),
        tables: Vec::new(),
        media: Media::default(),
        stored: Hashes::default(),
        findings: Vec::new(),
        ended: false,
    };
    let mut expected = 1;
    for (number, segment) in numbered {
        let mut after_gap = false;
        if number < expected {
            let found = format!("a second segment {number}");
            set.findings.push(unread(&segment.name, Why::Damaged, &format!("segment {expected}"), found));
            continue;
        }
        if number > expected {
            let found = format!("segment {number}: {} missing", number - expected);
            let place = format!("before {}", segment.name);
            set.findings.push(unread(&place, Why::Truncated, &format!("segment {expected}"), found));
            after_gap = true;
        }
        expected = number.saturating_add(1);
        set.ended = false;
        read_segment(&mut set, segment, after_gap)?;
    }
    Ok(set)
}

/// Reads the sections of a segment into the set.
fn read_segment(set: &mut Set, segment: Segment, after_gap: bool) -> Result<(), Unread> {
    let bytes = &*segment.bytes;
    let sections = sections(bytes, &segment.name, &mut set.findings);
    let place = set.segments.len();
    let mut tables: Vec<Table> = Vec::new();
    for (section_idx, section) in sections.iter().enumerate() {
        let failed = |error: io::Error| {
            let fault = Fault::of(&error);
            unread(&format!("{}: {}", segment.name, section.kind), fault.why, &fault.expected, fault.found)
        };
        match section.kind.as_str() {
            "volume" | "disk" | "data" => match media(bytes, section) {
                Ok(media) if set.media == Media::default() => set.media = media,
                // A copy in another segment says the same, or is of another set.
                Ok(media) if media == set.media => {}
                Ok(_) => {
                    return Err(unread(
                        &segment.name,
                        Why::Damaged,
                        "a segment of the same set",
                        "a segment of another image".to_owned(),
                    ));
                }
                Err(error) => set.findings.push(failed(error)),
            },
            "table" => match table(bytes, section, &sections[..section_idx], place) {
                Ok(table) => tables.push(table),
                Err(error) => set.findings.push(failed(error)),
            },
            // The copy of the table before it.
            "table2" => match (table(bytes, section, &sections[..section_idx], place), tables.last_mut()) {
                (Ok(copy), Some(table)) if table.entries[1] == 0 && table.count == copy.count => {
                    table.entries[1] = copy.entries[0];
                }
                (Ok(copy), _) => tables.push(copy),
                (Err(_), _) => {}
            },
            "hash" | "digest" => match hashes(bytes, section) {
                Ok(stored) => {
                    set.stored.md5 = stored.md5.or(set.stored.md5);
                    set.stored.sha1 = stored.sha1.or(set.stored.sha1);
                }
                Err(error) => set.findings.push(failed(error)),
            },
            "error2" => acquisition_errors(bytes, section, &mut set.findings),
            "done" => set.ended = true,
            _ => {}
        }
    }
    if let Some(first) = tables.first_mut() {
        first.after_gap = after_gap;
    }
    set.tables.extend(tables);
    set.segments.push(segment);
    Ok(())
}

/// The sections of a segment in their order. What breaks the chain is a finding, and what came before it stays.
fn sections(bytes: &dyn ReadAt, name: &str, findings: &mut Vec<Unread>) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut at = 13;
    while sections.len() < SECTIONS {
        let mut descriptor = [0; DESCRIPTOR as usize];
        let place = format!("{name}: byte {at}");
        if read_exact_at(bytes, at, &mut descriptor).is_err() {
            let found = format!("an end at {}", bytes.size());
            findings.push(unread(&place, Why::Truncated, "a section", found));
            break;
        }
        if adler32(&descriptor[..72]) != u32_at(&descriptor, 72) {
            findings.push(unread(&place, Why::Damaged, "a section", "a wrong checksum".to_owned()));
            break;
        }
        let kind = descriptor[..16].split(|byte| *byte == 0).next().unwrap_or_default();
        let kind = String::from_utf8_lossy(kind).into_owned();
        let (next, size) = (u64_at(&descriptor, 16), u64_at(&descriptor, 24));
        let last = kind == "done" || kind == "next";
        // The size of the last sections is 0 or that of the descriptor, and the next section is themselves.
        let end = if size >= DESCRIPTOR { at.saturating_add(size) } else { next };
        let end = end.clamp(at + DESCRIPTOR, bytes.size().max(at + DESCRIPTOR));
        sections.push(Section { kind, start: at + DESCRIPTOR, end });
        if last {
            break;
        }
        if next < at + DESCRIPTOR {
            findings.push(unread(&place, Why::Damaged, "a section further on", format!("byte {next}")));
            break;
        }
        at = next;
    }
    sections
}

/// The medium, of a section `volume`, `disk` or `data`.
fn media(bytes: &dyn ReadAt, section: &Section) -> io::Result<Media> {
    // 1,052 bytes as EnCase writes it, 94 as SMART does.
    let length = if section.end - section.start >= 1052 { 1052 } else { 94 };
    let mut content = vec![0; length];
    read_exact_at(bytes, section.start, &mut content)?;
    if adler32(&content[..length - 4]) != u32_at(&content, length - 4) {
        return Err(Fault::error(Why::Damaged, "a volume with the right checksum", "a wrong checksum"));
    }
    let sector = u64::from(u32_at(&content, 12));
    let chunk = u64::from(u32_at(&content, 8)).saturating_mul(sector);
    let chunks = u64::from(u32_at(&content, 4));
    let size = match u64_at(&content, 16).saturating_mul(sector) {
        0 => chunks.saturating_mul(chunk),
        size => size,
    };
    let set = match length {
        1052 => content[64..80].try_into().expect("sixteen bytes"),
        _ => [0; 16],
    };
    Ok(Media { chunk, chunks, size, set })
}

/// A table. The bytes of its last chunk end with the section that holds them, which stands before it.
fn table(bytes: &dyn ReadAt, section: &Section, before: &[Section], segment: usize) -> io::Result<Table> {
    let mut head = [0; 24];
    read_exact_at(bytes, section.start, &mut head)?;
    if adler32(&head[..20]) != u32_at(&head, 20) {
        return Err(Fault::error(Why::Damaged, "a table with the right checksum", "a wrong checksum"));
    }
    let count = u64::from(u32_at(&head, 0));
    let room = section.end.saturating_sub(section.start + 24) / 4;
    if count > room.min(TABLE) {
        let expected = format!("a table of at most {} chunks", room.min(TABLE));
        return Err(Fault::error(Why::Damaged, expected, format!("{count}")));
    }
    let holder = before.iter().rev().find(|before| before.kind == "sectors").unwrap_or(section);
    Ok(Table {
        segment,
        first: None,
        count,
        entries: [section.start + 24, 0],
        base: u64_at(&head, 8),
        end: holder.end,
        after_gap: false,
    })
}

/// The entries of a table, or of its copy where they fail their checksum.
pub(super) fn places(bytes: &dyn ReadAt, table: &Table) -> io::Result<Vec<Place>> {
    let read = |at: u64| -> io::Result<Vec<u8>> {
        let mut entries = vec![0; table.count as usize * 4 + 4];
        read_exact_at(bytes, at, &mut entries)?;
        let (entries, checksum) = entries.split_at(table.count as usize * 4);
        // EnCase 1 and SMART write no checksum: what follows their entries is a chunk.
        match adler32(entries) == u32_at(checksum, 0) || table.entries[1] == 0 {
            true => Ok(entries.to_vec()),
            false => Err(Fault::error(Why::Damaged, "a table with the right checksum", "a wrong checksum")),
        }
    };
    let entries = read(table.entries[0]).or_else(|error| match table.entries[1] {
        0 => Err(error),
        copy => read(copy),
    })?;
    let place = |entry: &[u8]| {
        let entry = u32_at(entry, 0);
        (entry & 0x8000_0000 != 0, table.base.saturating_add(u64::from(entry & 0x7fff_ffff)))
    };
    let mut places: Vec<Place> = Vec::with_capacity(entries.len() / 4);
    let following = entries.chunks_exact(4).skip(1).map(|next| place(next).1).chain([table.end]);
    for (entry, end) in entries.chunks_exact(4).zip(following) {
        let (packed, at) = place(entry);
        let length = end.checked_sub(at).and_then(|length| u32::try_from(length).ok());
        let length = length.filter(|length| u64::from(*length) <= 2 * super::CHUNK && *length > 4);
        let Some(length) = length else {
            let found = format!("{at} to {end}");
            return Err(Fault::error(Why::Damaged, "chunks that follow each other", found));
        };
        places.push(Place { at, length, form: if packed { Form::Zlib } else { Form::Checked } });
    }
    Ok(places)
}

/// Hashes of the medium, of a section `hash` (MD5) or `digest` (MD5, SHA-1).
fn hashes(bytes: &dyn ReadAt, section: &Section) -> io::Result<Hashes> {
    let digest = section.kind == "digest";
    let mut content = vec![0; if digest { 80 } else { 36 }];
    read_exact_at(bytes, section.start, &mut content)?;
    let summed = content.len() - 4;
    if adler32(&content[..summed]) != u32_at(&content, summed) {
        return Err(Fault::error(Why::Damaged, "hashes with the right checksum", "a wrong checksum"));
    }
    let md5: [u8; 16] = content[..16].try_into().expect("sixteen bytes");
    let sha1: Option<[u8; 20]> = digest.then(|| content[16..36].try_into().expect("twenty bytes"));
    // Zeros are what an imager writes that took no hash.
    Ok(Hashes { md5: (md5 != [0; 16]).then_some(md5), sha1: sha1.filter(|sha1| *sha1 != [0; 20]) })
}

/// The most stretches of sectors that are told one by one.
const STRETCHES: u64 = 1000;

/// Sectors that could not be read when the image was made: whoever made it wrote zeros in their place.
fn acquisition_errors(bytes: &dyn ReadAt, section: &Section, findings: &mut Vec<Unread>) {
    let mut head = [0; 520];
    if read_exact_at(bytes, section.start, &mut head).is_err() {
        return;
    }
    let count = u64::from(u32_at(&head, 0));
    for stretch in 0..count.min(STRETCHES) {
        let mut entry = [0; 8];
        if read_exact_at(bytes, section.start + 520 + stretch * 8, &mut entry).is_err() {
            break;
        }
        let found = format!("{} that could not be read when the image was made", u32_at(&entry, 4));
        let place = format!("sector {}", u32_at(&entry, 0));
        findings.push(unread(&place, Why::Damaged, "sectors of the medium", found));
    }
    if count > STRETCHES {
        let found = format!("{count} stretches that could not be read when the image was made");
        findings.push(unread("error2", Why::Limit, &format!("at most {STRETCHES} stretches"), found));
    }
}
