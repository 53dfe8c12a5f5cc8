//! A file's record in `known.met` and `NNN.part.met`: when it was written, its eDonkey hash, the hashes of its parts,
//! and tags. What is only in one of the two files is with its reader.

use std::collections::BTreeMap;
use std::ops::Range;

use md4::{Digest as _, Md4};
use tutela_model::Refusal;
use tutela_model::tables::{FilePart, PartKind, ProblemKind, SharedFile, SharingNetwork, Stated};

use crate::artefact::{
    Counters, Cursor, Flaw, Remarks, Said, Span, Telling, epoch, file_of, hex, hex_beginning,
};
use crate::ed2k_tags::{Name, Tag, Value, tags};

/// How many bytes eDonkey has in a part (`PARTSIZE` of eMule).
pub(crate) const PART_BYTES: u64 = 9_728_000;

/// A record as it stands.
pub(crate) struct Record<'a> {
    /// All of it that was read.
    pub span: Span,
    /// When the file was last written; none in the layout that has no such field.
    pub modified: Option<Said>,
    pub hash: [u8; 16],
    /// The bytes of the part hashes.
    pub parts: Span,
    pub tags: Vec<Tag<'a>>,
    /// Why the record is not read to its end.
    pub flaw: Option<Flaw>,
}

/// Reads `u32` time, hash, `u16` number of part hashes, these, `u32` number of tags, tags.
///
/// # Errors
/// The file ends before the hash is whole. What is lacking after it stands in the record.
pub(crate) fn record<'a>(cursor: &mut Cursor<'a>) -> Result<Record<'a>, Flaw> {
    let at = cursor.at;
    let modified = Some(cursor.said_u32("when the file was last written")?);
    let hash = cursor.array("the file's eDonkey hash")?;
    let mut record = Record {
        span: Span { at, len: 0 },
        modified,
        hash,
        parts: Span { at: cursor.at, len: 0 },
        tags: Vec::new(),
        flaw: None,
    };
    record.flaw = hash_set(cursor, &mut record.parts).and_then(|()| tags(cursor, &mut record.tags)).err();
    record.span = Span::between(at, cursor.at);
    Ok(record)
}

/// Reads the number of part hashes, and these.
pub(crate) fn hash_set(cursor: &mut Cursor<'_>, parts: &mut Span) -> Result<(), Flaw> {
    let n_parts = usize::from(cursor.u16("the number of part hashes")?);
    let (at, wanted) = (cursor.at, n_parts * 16);
    // The hashes that are there are read, also when the file ends among them.
    let whole = cursor.take(wanted.min(cursor.left() / 16 * 16), "part hashes")?;
    *parts = Span { at, len: whole.len() };
    if whole.len() < wanted {
        cursor.clone().take(wanted - whole.len(), "part hashes")?;
    }
    Ok(())
}

impl Record<'_> {
    /// Whether this can only be a record: name, size, and as many part hashes as a file of that size has.
    pub fn is_unmistakable(&self) -> bool {
        let has_name = self
            .tags
            .iter()
            .any(|tag| tag.id() == Some(1) && matches!(&tag.value, Value::Text(name) if !name.is_empty()));
        let n_parts = (self.parts.len / 16) as u64;
        let is_sized = size(&self.tags).is_some_and(|size| n_parts == 0 || n_parts == parts_of(size));
        let dated = self.modified.is_none_or(|said| said.value == 0 || epoch(said.value).is_some());
        self.flaw.is_none() && has_name && is_sized && dated
    }
}

/// How many part hashes a file of more than one part has. One that fills its parts has one more, of no bytes.
fn parts_of(size: u64) -> u64 {
    if size < PART_BYTES { 0 } else { size / PART_BYTES + 1 }
}

fn size(tags: &[Tag<'_>]) -> Option<u64> {
    let of = |id| tags.iter().find(|tag| tag.id() == Some(id)).and_then(Tag::number);
    let (low, high) = (of(0x02)?, of(0x3a));
    // A size of 8 bytes is whole by itself.
    Some(match high {
        Some(high) if low.span.len < 8 => low.value | (high.value & 0xffff_ffff) << 32,
        _ => low.value,
    })
}

/// What the tags of a record say, of which each is taken up or told.
struct Facts<'r, 'a> {
    by_id: BTreeMap<u8, &'r Tag<'a>>,
    n_names: u32,
    counters: Counters,
    remarks: Remarks,
    /// Starts and ends of gaps by their number.
    gaps: BTreeMap<u32, (Option<Said>, Option<Said>)>,
}

/// Tags whose values stand in columns, so that they are no remarks.
const IN_COLUMNS: &[u8] = &[0x01, 0x02, 0x3a, 0x08, 0x27, 0x34, 0x35, 0x50, 0x51, 0x52, 0x54];
/// Tags that hold an instant.
const INSTANTS: &[u8] = &[0x05, 0x20, 0x21, 0x26, 0x28];

impl<'r, 'a> Facts<'r, 'a> {
    fn gather(record: &'r Record<'a>, telling: &mut Telling<'_>) -> Result<Self, Refusal> {
        let mut facts = Self {
            by_id: BTreeMap::new(),
            n_names: 0,
            counters: Counters::default(),
            remarks: Remarks::default(),
            gaps: BTreeMap::new(),
        };
        if let Some(modified) = record.modified
            && let Some(time) = telling.time("modified", modified)?
        {
            facts.remarks.push("file last written", time);
        }
        for tag in &record.tags {
            match &tag.name {
                Name::Text([side @ (0x09 | 0x0a), number @ ..]) if !number.is_empty() => {
                    facts.gap(*side, number, tag, telling)?;
                }
                Name::Id(id) if IN_COLUMNS.contains(id) => facts.column(*id, tag, telling)?,
                Name::Id(id)
                    if INSTANTS.contains(id)
                        && tag.number().is_some_and(|said| epoch(said.value).is_some()) =>
                {
                    if let Some(time) =
                        tag.number().and_then(|said| epoch(said.value)).filter(|time| time.at_us > 0)
                    {
                        facts.remarks.push(&tag.title(), time);
                    }
                }
                _ => {
                    facts.remarks.push(&tag.title(), tag.shown());
                    if !tag.is_known() {
                        telling.unknown("tag", &tag.title(), tag.shown(), tag.span)?;
                    }
                }
            }
        }
        Ok(facts)
    }

    /// Takes up a tag that has a column. aMule writes the name twice: the second time in a form that every code page
    /// can hold, which reads as mojibake, so the first one counts.
    fn column(&mut self, id: u8, tag: &'r Tag<'a>, telling: &mut Telling<'_>) -> Result<(), Refusal> {
        let fits = match id {
            0x01 | 0x27 => matches!(tag.value, Value::Text(_)),
            0x35 => matches!(tag.value, Value::Bytes(_)),
            _ => matches!(tag.value, Value::Number(_)),
        };
        if !fits {
            let found = format!("type {:02x}: {}", tag.kind, tag.shown());
            let flaw = Flaw::new(ProblemKind::BadValue, tag.span, "the type that this tag has", found);
            return telling.flaw(&tag.title(), &flaw);
        }
        self.n_names += u32::from(id == 0x01);
        let first = match self.by_id.get(&id) {
            Some(first) => *first,
            None => {
                self.by_id.insert(id, tag);
                return Ok(());
            }
        };
        if first.value == tag.value {
            return Ok(());
        }
        self.remarks.push(&format!("second {}", tag.title()), tag.shown());
        if id == 0x01 {
            return Ok(());
        }
        let expected = format!("the tag once; the first says {}", first.shown());
        telling.flaw(&tag.title(), &Flaw::new(ProblemKind::Contradiction, tag.span, &expected, tag.shown()))
    }

    fn gap(
        &mut self,
        side: u8,
        number: &[u8],
        tag: &Tag<'a>,
        telling: &mut Telling<'_>,
    ) -> Result<(), Refusal> {
        let number = std::str::from_utf8(number).ok().and_then(|number| number.parse::<u32>().ok());
        let (Some(number), Some(said)) = (number, tag.number()) else {
            let flaw = Flaw::new(
                ProblemKind::BadValue,
                tag.span,
                "a numbered gap with a byte's position",
                tag.shown(),
            );
            self.gaps.insert(u32::MAX, (None, None));
            return telling.flaw("gap", &flaw);
        };
        let gap = self.gaps.entry(number).or_default();
        let into = if side == 0x09 { &mut gap.0 } else { &mut gap.1 };
        if let Some(first) = into {
            let expected = format!("each side of a gap once; the first says {}", first.value);
            return telling
                .flaw("gap", &Flaw::new(ProblemKind::Contradiction, said.span, &expected, said.value));
        }
        *into = Some(said);
        Ok(())
    }

    fn number(&mut self, id: u8, name: &str) -> Option<u64> {
        let said = self.by_id.get(&id).and_then(|tag| tag.number())?;
        self.counters.push(name, said.value, said.span);
        Some(said.value)
    }

    fn text(&self, id: u8) -> Option<&str> {
        match &self.by_id.get(&id)?.value {
            Value::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Bytes sent: two halves, or one number of 8 bytes.
    fn bytes_sent(&mut self) -> Option<u64> {
        let is_wide = self.by_id.get(&0x50).is_some_and(|tag| tag.span.len == 8);
        let (low, high) = (self.number(0x50, "sent_low"), self.number(0x54, "sent_high"));
        match (low, high) {
            (None, None) => None,
            (Some(low), _) if is_wide => Some(low),
            (low, high) => Some(low.unwrap_or(0) | (high.unwrap_or(0) & 0xffff_ffff) << 32),
        }
    }
}

/// What a part file lacks.
pub(crate) struct Missing {
    /// Byte ranges that are not there, in order and apart from each other.
    gaps: Vec<Range<u64>>,
    /// Whether the record states all of them; else a part outside them may be there or not.
    all_known: bool,
}

impl Missing {
    /// The gaps that a record states. One that is cut may have had more, and one without any says nothing for certain:
    /// the programs take it for a whole file, which they would have moved out of their folder of parts.
    fn of(
        facts: &Facts<'_, '_>,
        is_cut: bool,
        size: Option<u64>,
        telling: &mut Telling<'_>,
    ) -> Result<Self, Refusal> {
        let all_known = size.is_some() && !is_cut && !facts.gaps.is_empty();
        let mut missing = Self { gaps: Vec::new(), all_known };
        for (start, end) in facts.gaps.values() {
            match (start, end) {
                (Some(start), Some(end)) if start.value < end.value => {
                    missing.gaps.push(start.value..end.value)
                }
                (None, None) => missing.all_known = false,
                (start, end) => {
                    missing.all_known = false;
                    let span = start.or(*end).map_or(Span { at: 0, len: 0 }, |said| said.span);
                    let shown =
                        |said: &Option<Said>| said.map_or("none".to_owned(), |said| said.value.to_string());
                    let found = format!("{} to {}", shown(start), shown(end));
                    let expected = "a gap with a start before its end; what it covers is unknown";
                    telling.flaw("gap", &Flaw::new(ProblemKind::Contradiction, span, expected, found))?;
                }
            }
        }
        missing.gaps = apart(missing.gaps);
        Ok(missing)
    }

    /// Whether these bytes were there.
    fn held(&self, range: &Range<u64>) -> Stated {
        let first = self.gaps.partition_point(|gap| gap.end <= range.start);
        let touched = self.gaps.get(first).is_some_and(|gap| gap.start < range.end);
        match touched {
            true => Stated::No,
            false if self.all_known && !range.is_empty() => Stated::Yes,
            false => Stated::Unknown,
        }
    }

    /// The ranges between the gaps, and how many bytes they are.
    fn completed(&self, size: u64) -> (Vec<Range<u64>>, u64) {
        let (mut ranges, mut at) = (Vec::new(), 0);
        for gap in &self.gaps {
            if at < gap.start.min(size) {
                ranges.push(at..gap.start.min(size));
            }
            at = at.max(gap.end);
        }
        if at < size {
            ranges.push(at..size);
        }
        let n_bytes = ranges.iter().map(|range| range.end - range.start).sum();
        (ranges, n_bytes)
    }
}

/// The same ranges in order, those that touch each other put together.
fn apart(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<u64>> = Vec::new();
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// What the file is that a record stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// A file that the program knows, which it has only as a whole.
    Known,
    /// A download that is not complete.
    Part,
}

/// Hands on what a record says: the file, and the hashes of its parts.
pub(crate) fn tell(
    record: &Record<'_>,
    of: Of,
    bytes: &[u8],
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    telling.record();
    let mut facts = Facts::gather(record, telling)?;
    let size = size(&record.tags);
    let missing = Missing::of(&facts, record.flaw.is_some(), size, telling)?;
    let complete = match of {
        Of::Known => Stated::Yes,
        Of::Part => missing.held(&(0..size.unwrap_or(0))),
    };
    if of == Of::Part
        && let Some(size) = size
    {
        completed_remark(&mut facts.remarks, &missing, size);
    }
    let last_shared = facts.by_id.get(&0x34).and_then(|tag| tag.number());
    let last_offered = match last_shared {
        Some(said) => {
            facts.counters.push("last_shared", said.value, said.span);
            telling.time("last_offered", said)?
        }
        None => None,
    };
    let aich = facts.text(0x27).map(str::to_owned);
    let aich_root = match &aich {
        Some(text) => aich_of(text, facts.by_id[&0x27].span, telling)?,
        None => None,
    };
    let file_hash = format!("ed2k:{}", hex(&record.hash));
    let row = SharedFile {
        other_hash: aich_root.map(|root| format!("aich:{}", hex(&root)).into()),
        file_name: facts.text(0x01).map(Into::into),
        file_size: size,
        offered: if last_offered.is_some() { Stated::Yes } else { Stated::Unknown },
        n_requests: facts.number(0x51, "requests"),
        n_accepted: facts.number(0x52, "accepted"),
        bytes_sent: facts.bytes_sent(),
        bytes_received: facts.number(0x08, "transferred"),
        complete,
        last_offered,
        counters_said: std::mem::take(&mut facts.counters).text(),
        text: std::mem::take(&mut facts.remarks).text(),
        ..file_of(SharingNetwork::Ed2k, program(&facts), file_hash.as_str().into(), record.span)
    };
    telling.row(row)?;
    parts(record, of, size, &missing, bytes, telling)?;
    if let Some(tag) = facts.by_id.get(&0x35) {
        aich_parts(tag, &file_hash, telling)?;
    }
    match &record.flaw {
        Some(flaw) => telling.flaw("", flaw),
        None => Ok(()),
    }
}

/// eMule writes when it last shared a file, and the hashes of AICH parts; aMule writes the name twice.
fn program(facts: &Facts<'_, '_>) -> &'static str {
    let by_emule = facts.by_id.contains_key(&0x34) || facts.by_id.contains_key(&0x35);
    match (by_emule, facts.n_names) {
        (true, _) => "eMule",
        (false, 2..) => "aMule",
        (false, _) => "eMule or aMule",
    }
}

fn completed_remark(remarks: &mut Remarks, missing: &Missing, size: u64) {
    const SHOWN: usize = 64;
    let (ranges, n_bytes) = missing.completed(size);
    if !missing.all_known {
        remarks.push("complete ranges", "unknown, because the gaps are not all stated");
        return;
    }
    remarks.push("complete bytes", format_args!("{n_bytes} of {size}"));
    let mut shown: Vec<String> = ranges
        .iter()
        .take(SHOWN)
        .map(|range| format!("{}+{}", range.start, range.end - range.start))
        .collect();
    if ranges.len() > SHOWN {
        shown.push(format!("… ({} ranges)", ranges.len()));
    }
    if !shown.is_empty() {
        remarks.push("complete ranges", shown.join(" "));
    }
}

/// The AICH root that a tag holds in base 32.
fn aich_of(text: &str, span: Span, telling: &mut Telling<'_>) -> Result<Option<[u8; 20]>, Refusal> {
    let root = base32(text).and_then(|bytes| <[u8; 20]>::try_from(bytes).ok());
    if root.is_none() {
        let flaw = Flaw::new(ProblemKind::BadValue, span, "20 bytes in base 32", text);
        telling.flaw("other_hash", &flaw)?;
    }
    Ok(root)
}

/// Base 32 of RFC 4648 without padding, as eMule and Shareaza write hashes.
pub(crate) fn base32(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut n_bits, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = match letter.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        (bits, n_bits) = (bits << 5 | u32::from(value), n_bits + 5);
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits) as u8);
            bits &= (1 << n_bits) - 1;
        }
    }
    (bits == 0).then_some(bytes)
}

/// Hands on the hashes of a record's parts, held against the hash of the file, which is their MD4.
fn parts(
    record: &Record<'_>,
    of: Of,
    size: Option<u64>,
    missing: &Missing,
    bytes: &[u8],
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    let hashes = record.parts.of(bytes);
    let n_parts = (hashes.len() / 16) as u64;
    if n_parts == 0 {
        return Ok(());
    }
    // The records that a damaged number of part hashes runs over are found again, and have rows of their own.
    if of == Of::Known && record.flaw.is_some() && Md4::digest(hashes)[..] != record.hash {
        let expected =
            "part hashes whose MD4 is the file's eDonkey hash; in a damaged record no others are taken";
        return telling.flaw("hash", &Flaw::new(ProblemKind::Contradiction, record.parts, expected, n_parts));
    }
    let cut = record.flaw.as_ref().is_some_and(|flaw| flaw.span.at <= record.parts.at + record.parts.len);
    if !cut && Md4::digest(hashes)[..] != record.hash {
        let expected = "part hashes whose MD4 is the file's eDonkey hash";
        let found =
            format_args!("{}, the MD4 of {n_parts} part hashes", hex(&Md4::digest(hashes))).to_string();
        telling.flaw("hash", &Flaw::new(ProblemKind::Contradiction, record.parts, expected, found))?;
    }
    if let Some(wanted) = size.map(parts_of)
        && wanted != n_parts
        && !cut
    {
        let expected = format!("{wanted} part hashes, as a file of its size has");
        telling.flaw("hash", &Flaw::new(ProblemKind::Contradiction, record.parts, &expected, n_parts))?;
    }
    let file_hash = format!("ed2k:{}", hex(&record.hash));
    for (part_idx, hash) in hashes.chunks_exact(16).enumerate() {
        let offset = part_idx as u64 * PART_BYTES;
        let end = size.map(|size| size.clamp(offset, offset + PART_BYTES));
        let span = Span { at: record.parts.at + part_idx * 16, len: 16 };
        // A file that fills its parts has the hash of nothing at its end, which would meet that of any other such file.
        if end == Some(offset) && *hash == Md4::digest([])[..] {
            telling.sink.skip(&span.spot(), "the hash of a part of no bytes");
            continue;
        }
        let row = FilePart {
            file_hash: file_hash.as_str().into(),
            kind: PartKind::Ed2k,
            hash: hex(hash).into(),
            offset: Some(offset),
            length: end.map(|end| end - offset),
            held: match of {
                Of::Known => Stated::Yes,
                Of::Part => missing.held(&(offset..end.unwrap_or(offset + PART_BYTES))),
            },
            place: span.spot(),
        };
        telling.row(row)?;
    }
    Ok(())
}

/// Hands on what eMule keeps of its AICH tree: the root, `u16` number, and the root of each part.
fn aich_parts(tag: &Tag<'_>, file_hash: &str, telling: &mut Telling<'_>) -> Result<(), Refusal> {
    let Value::Bytes(bytes) = tag.value else { return Ok(()) };
    let mut cursor = Cursor::new(bytes, 0);
    let read = |cursor: &mut Cursor<'_>| -> Result<usize, Flaw> {
        cursor.take(20, "an AICH root")?;
        Ok(usize::from(cursor.u16("the number of AICH part hashes")?))
    };
    let n_hashes = match read(&mut cursor) {
        Ok(n_hashes) if n_hashes * 20 == cursor.left() => n_hashes,
        Ok(_) | Err(_) => {
            let expected = "an AICH root, a number, and as many hashes of 20 bytes";
            let found = hex_beginning(bytes);
            return telling.flaw(&tag.title(), &Flaw::new(ProblemKind::Malformed, tag.span, expected, found));
        }
    };
    for part_idx in 0..n_hashes {
        let at = 22 + part_idx * 20;
        let row = FilePart {
            file_hash: file_hash.into(),
            kind: PartKind::AichPart,
            hash: hex(&bytes[at..at + 20]).into(),
            offset: Some(part_idx as u64 * PART_BYTES),
            length: None,
            held: Stated::Unknown,
            place: Span { at: tag.span.at + at, len: 20 }.spot(),
        };
        telling.row(row)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_fills_its_parts_has_one_more_hash() {
        for (size, n_parts) in
            [(0, 0), (PART_BYTES - 1, 0), (PART_BYTES, 2), (PART_BYTES + 1, 2), (2 * PART_BYTES, 3)]
        {
            assert_eq!(parts_of(size), n_parts, "{size}");
        }
    }

    #[test]
    fn base_32_is_read_as_it_was_written() {
        assert_eq!(base32("MZXW6YTB").as_deref(), Some(&b"fooba"[..]));
        assert_eq!(base32("mzxw6ytb").as_deref(), Some(&b"fooba"[..]));
        assert_eq!(base32("MZXW6YT1"), None);
    }

    #[test]
    fn ranges_between_gaps_are_what_is_complete() {
        let missing = Missing { gaps: apart(vec![50..99, 15..30, 10..20]), all_known: true };
        assert_eq!(missing.completed(60), (vec![0..10, 30..50], 30));
        assert_eq!(missing.held(&(30..50)), Stated::Yes);
        assert_eq!(missing.held(&(29..50)), Stated::No);
        assert_eq!(missing.held(&(40..40)), Stated::Unknown);
        assert_eq!(Missing { gaps: vec![], all_known: false }.held(&(0..1)), Stated::Unknown);
    }
}
