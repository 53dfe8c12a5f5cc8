//! TAR (POSIX.1-2001, and GNU's long names): blocks of 512 bytes, each member behind its head. Also inside gzip.

use std::io::{self, Read};

use tutela_model::tables::FileKind;

use super::{End, Member, Opened};
use crate::entry::{Stamp, Times, Why};
use crate::image::{Fault, ReadAt, Window, read_exact_at};

/// Bytes of a block.
const BLOCK: u64 = 512;

/// The most bytes of a long name or of the records before a member.
const TEXT: u64 = 1 << 20;

/// Whether a block is a member's head: its checksum is right.
pub(super) fn is_header(block: &[u8]) -> bool {
    let Some(block) = block.first_chunk::<512>() else { return false };
    // The checksum is taken over the head with blanks in its own place.
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    let own: u64 = block[148..156].iter().map(|byte| u64::from(*byte)).sum();
    number(&block[148..156]) == Some(sum - own + 8 * 32)
}

/// Tells the members of a TAR that lies as it is.
pub(super) fn members(bytes: &dyn ReadAt, opened: &mut Opened<'_, '_>) -> Result<(), End> {
    let (mut at, mut before) = (0, Before::default());
    loop {
        let mut block = [0; BLOCK as usize];
        if at >= bytes.size() || read_exact_at(bytes, at, &mut block).is_err() {
            return Err(End::Fault(no_end(at)));
        }
        let Some(head) = Head::parse(&block, &before, at)? else { return Ok(()) };
        at += BLOCK;
        if head.is_text() {
            let mut text = vec![0; head.size as usize];
            read_exact_at(bytes, at, &mut text)?;
            before.take(&head, &text);
        } else {
            before = Before::default();
            let content = Window::new(bytes, at, head.size);
            tell(&head, opened, |member, opened| opened.plain(member, &content))?;
        }
        at = at.saturating_add(head.size.next_multiple_of(BLOCK));
    }
}

/// Tells the members of a TAR that is unpacked as it is read.
pub(super) fn members_of_stream(bytes: &mut dyn Read, opened: &mut Opened<'_, '_>) -> Result<(), End> {
    let (mut at, mut before) = (0_u64, Before::default());
    loop {
        let mut block = [0; BLOCK as usize];
        bytes.read_exact(&mut block).map_err(|_| End::Fault(no_end(at)))?;
        let Some(head) = Head::parse(&block, &before, at)? else { return Ok(()) };
        let mut content = bytes.take(head.size);
        if head.is_text() {
            let mut text = Vec::new();
            content.read_to_end(&mut text)?;
            before.take(&head, &text);
        } else {
            before = Before::default();
            tell(&head, opened, |member, opened| opened.packed(member, &mut content))?;
        }
        // What was not read of it, and what fills up its last block.
        io::copy(&mut content, &mut io::sink())?;
        let filled = head.size.next_multiple_of(BLOCK) - head.size;
        io::copy(&mut bytes.take(filled), &mut io::sink())?;
        at = at.saturating_add(BLOCK + head.size.next_multiple_of(BLOCK));
    }
}

fn no_end(at: u64) -> io::Error {
    Fault::error(
        Why::Truncated,
        "the next member, or the block of zeros at the end",
        format!("an end at {at}"),
    )
}

/// Tells a member by its kind. Whoever calls knows how its bytes are read.
fn tell<'a, 'w>(
    head: &Head,
    opened: &mut Opened<'a, 'w>,
    file: impl FnOnce(Member, &mut Opened<'a, 'w>) -> Result<(), End>,
) -> Result<(), End> {
    let member = Member {
        name: head.name.clone(),
        kind: match head.kind {
            0 | b'0' | b'7' | b'S' => FileKind::Member,
            b'1' | b'2' => FileKind::Link,
            b'5' => FileKind::Folder,
            _ => FileKind::Other,
        },
        size: head.size,
        times: Times { modified: head.modified, ..Times::default() },
    };
    match member.kind {
        FileKind::Member if head.sparse => opened.lost(
            member,
            Why::Unsupported,
            "a member whose bytes follow it",
            "one with holes (GNU sparse)",
        ),
        FileKind::Member => file(member, opened),
        _ => opened.bare(member),
    }
}

/// What stands before a member for it.
#[derive(Default)]
struct Before {
    name: Option<String>,
    size: Option<u64>,
    modified_us: Option<i64>,
    sparse: bool,
}

impl Before {
    fn take(&mut self, head: &Head, text: &[u8]) {
        match head.kind {
            b'L' => self.name = Some(text_of(text)),
            b'x' => self.records(text),
            // Long targets of links, and records for all members, say nothing that is told.
            _ => {}
        }
    }

    /// Records `length name=value`, the length with itself (POSIX.1-2001, "pax Header Block").
    fn records(&mut self, text: &[u8]) {
        let mut rest = text;
        while let Some(blank) = rest.iter().position(|byte| *byte == b' ') {
            let length =
                std::str::from_utf8(&rest[..blank]).ok().and_then(|length| length.parse::<usize>().ok());
            let Some((record, after)) = length.and_then(|length| rest.split_at_checked(length)) else {
                return;
            };
            let Some(record) = record.get(blank + 1..) else { return };
            let mut parts = record.strip_suffix(b"\n").unwrap_or(record).splitn(2, |byte| *byte == b'=');
            let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let value = String::from_utf8_lossy(value).into_owned();
            match name {
                b"path" => self.name = Some(value),
                b"size" => self.size = value.parse().ok(),
                b"mtime" => self.modified_us = microseconds(&value),
                name if name.starts_with(b"GNU.sparse.") => self.sparse = true,
                _ => {}
            }
            rest = after;
        }
    }
}

/// Seconds with a fraction.
fn microseconds(text: &str) -> Option<i64> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let (whole, part) = (seconds.parse::<i64>().ok()?, fraction.parse::<i64>().ok()?);
    whole.checked_mul(1_000_000)?.checked_add(if seconds.starts_with('-') { -part } else { part })
}

/// The head of a member.
struct Head {
    kind: u8,
    name: String,
    size: u64,
    modified: Option<Stamp>,
    sparse: bool,
}

impl Head {
    /// None for the block of zeros behind the last member.
    fn parse(block: &[u8; 512], before: &Before, at: u64) -> Result<Option<Self>, End> {
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        let damaged = |found: &str| {
            End::Fault(Fault::error(Why::Damaged, "the head of a member", format!("{found} at {at}")))
        };
        if !is_header(block) {
            return Err(damaged("a wrong checksum"));
        }
        let kind = block[156];
        let prefix = if block[257..263] == *b"ustar\0" { text_of(&block[345..500]) } else { String::new() };
        let own = text_of(&block[..100]);
        let name = if prefix.is_empty() { own } else { format!("{prefix}/{own}") };
        let size = match kind {
            b'1' | b'2' | b'3' | b'4' | b'5' | b'6' => Some(0),
            _ => before.size.or_else(|| number(&block[124..136])),
        };
        let size = size.filter(|size| *size < 1 << 62).ok_or_else(|| damaged("no size"))?;
        let seconds = number(&block[136..148]).and_then(|seconds| i64::try_from(seconds).ok());
        let at_us = before.modified_us.or_else(|| seconds?.checked_mul(1_000_000));
        let width_us = if before.modified_us.is_some() { 1 } else { 1_000_000 };
        let head = Self {
            kind,
            name: before.name.clone().unwrap_or(name),
            size,
            modified: at_us.map(|at_us| Stamp { at_us, width_us, local: false }),
            sparse: before.sparse || kind == b'S',
        };
        match head.is_text() && head.size > TEXT {
            true => Err(damaged("a text of more than 1 MiB")),
            false => Ok(Some(head)),
        }
    }

    /// Whether what follows belongs to the next member.
    fn is_text(&self) -> bool {
        matches!(self.kind, b'L' | b'K' | b'x' | b'g')
    }
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned()
}

/// A number: octal digits, or bytes behind a first one with its highest bit set (GNU).
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let bytes = &mut field[1..].iter();
        return bytes.try_fold(u64::from(field[0] & 0x7f), |number, byte| {
            Some(number.checked_mul(256)? + u64::from(*byte))
        });
    }
    let text = std::str::from_utf8(field).ok()?.trim_matches(['\0', ' ']);
    let text = text.split(['\0', ' ']).next().unwrap_or_default();
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}
