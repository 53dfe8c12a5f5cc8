//! Slots of folders of FAT12, FAT16 and FAT32: a short name, and long ones before it in pieces, the last piece first.

use tutela_model::tables::FileKind;

use super::clusters::Clusters;
use super::time::{date_stamp, stamp};
use super::{Item, Read};
use crate::entry::Times;
use crate::image::{u16_at, u32_at};

/// What a slot of a deleted entry begins with.
const DELETED: u8 = 0xe5;

/// Attributes of a piece of a long name.
const LONG: u8 = 0x0f;

/// A folder.
const FOLDER: u8 = 0x10;

/// The volume's label.
const LABEL: u8 = 0x08;

/// The most pieces of a long name.
const PIECES: usize = 20;

/// Parses slots one after the other.
pub(super) struct Slots<'v> {
    clusters: &'v Clusters<'v>,
    /// Pieces of a long name, the last of the name first: its number or that it is deleted, checksum, characters.
    pieces: Vec<(u8, u8, [u16; 13])>,
}

impl<'v> Slots<'v> {
    pub(super) fn new(clusters: &'v Clusters<'v>) -> Self {
        Self { clusters, pieces: Vec::new() }
    }

    /// What follows from the next slot.
    pub(super) fn slot(&mut self, slot: &[u8], at: u64) -> Read {
        if slot[0] == 0 {
            self.pieces.clear();
            return Read::End;
        }
        if is_piece(slot) {
            self.piece(slot);
            return Read::Nothing;
        }
        let pieces = std::mem::take(&mut self.pieces);
        if is_dot(slot, None, self.clusters) {
            return Read::Nothing;
        }
        if !is_entry(slot, self.clusters) {
            return Read::Garbage;
        }
        let deleted = slot[0] == DELETED;
        let kind = match slot[11] {
            attributes if attributes & LABEL != 0 => FileKind::Other,
            attributes if attributes & FOLDER != 0 => FileKind::Folder,
            _ => FileKind::File,
        };
        let long = if kind == FileKind::Other { None } else { long_name(&pieces, slot) };
        let name = match (long, kind) {
            (Some(name), _) => name,
            (None, FileKind::Other) => format!("{} (Volume Label Entry)", label(slot)),
            (None, _) => short_name(slot),
        };
        let first = u32::from(u16_at(slot, 26)) | u32::from(self.high(slot)) << 16;
        let size = if kind == FileKind::File { u64::from(u32_at(slot, 28)) } else { 0 };
        Read::Item(Box::new(Item {
            name,
            kind,
            deleted,
            first,
            size,
            valid: size,
            contiguous: false,
            times: Times {
                created: stamp(u16_at(slot, 16), u16_at(slot, 14), Some(slot[13])),
                modified: stamp(u16_at(slot, 24), u16_at(slot, 22), None),
                accessed: date_stamp(u16_at(slot, 18)),
                changed: None,
            },
            at,
        }))
    }

    /// The upper half of the first cluster: FAT32 only, others keep something else there.
    fn high(&self, slot: &[u8]) -> u16 {
        if self.clusters.is_fat32() { u16_at(slot, 20) } else { 0 }
    }

    fn piece(&mut self, slot: &[u8]) {
        let mut units = [0; 13];
        for (unit, at) in units.iter_mut().zip([1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30]) {
            *unit = u16_at(slot, at);
        }
        let (number, checksum) = (slot[0], slot[13]);
        let goes_on = match (self.pieces.last(), number) {
            (None, _) => true,
            // Deleted pieces have lost their numbers: those of one name have one checksum.
            (Some((DELETED, before, _)), DELETED) => *before == checksum && self.pieces.len() < PIECES,
            (Some((before, sum, _)), number) => *sum == checksum && number == (before & 0x3f).wrapping_sub(1),
        };
        if !goes_on || number & 0x40 != 0 && number != DELETED {
            self.pieces.clear();
        }
        self.pieces.push((number, checksum, units));
    }
}

/// Whether a slot is a piece of a long name.
pub(super) fn is_piece(slot: &[u8]) -> bool {
    let number = slot[0];
    let numbered = number == DELETED || (1..=PIECES as u8).contains(&(number & 0x3f)) && number & 0x80 == 0;
    slot[11] & 0x3f == LONG && slot[12] == 0 && u16_at(slot, 26) == 0 && numbered
}

/// Whether a slot is that of a folder itself, which begins with that cluster, or of the folder that it is in.
pub(super) fn is_dot(slot: &[u8], itself: Option<u32>, clusters: &Clusters<'_>) -> bool {
    let name = if itself.is_some() { *b".          " } else { *b"..         " };
    let first =
        u32::from(u16_at(slot, 26)) | if clusters.is_fat32() { u32::from(u16_at(slot, 20)) << 16 } else { 0 };
    let either = slot[..11] == name || itself.is_none() && slot[..11] == *b".          ";
    either && slot[11] & FOLDER != 0 && itself.is_none_or(|itself| first == itself)
}

/// Whether every field of a slot is what an entry can have.
pub(super) fn is_entry(slot: &[u8], clusters: &Clusters<'_>) -> bool {
    let attributes = slot[11];
    let size = u64::from(u32_at(slot, 28));
    let first =
        u32::from(u16_at(slot, 26)) | if clusters.is_fat32() { u32::from(u16_at(slot, 20)) << 16 } else { 0 };
    let date_or_none = |at: usize| u16_at(slot, at) == 0 || date_stamp(u16_at(slot, at)).is_some();
    let label = attributes & LABEL != 0;
    attributes & 0xc0 == 0
        && attributes & (FOLDER | LABEL) != FOLDER | LABEL
        && is_name(&slot[..11], label)
        && slot[13] <= 199
        && [16, 18, 24].into_iter().all(date_or_none)
        && (first == 0 || label || clusters.has(first))
        && size <= u64::from(clusters.count) * clusters.size
        // A folder has no size, but some systems write one.
        && (attributes & FOLDER == 0 || size <= super::FOLDER[0])
        && (size == 0 || first != 0)
}

/// Whether eleven bytes can be a short name: none that the format forbids, and no gap at the start.
fn is_name(name: &[u8], label: bool) -> bool {
    let forbidden =
        |byte: &u8| *byte < 0x20 || *byte == 0x7f || !label && b"\"*+,./:;<=>?[\\]|".contains(byte);
    let first = matches!(name[0], 0x05 | DELETED) || name[0] != b' ' && !forbidden(&name[0]);
    first && !name[1..].iter().any(forbidden)
}

/// The long name whose pieces stand before a slot, when it is of that slot and can be part of a path.
fn long_name(pieces: &[(u8, u8, [u16; 13])], slot: &[u8]) -> Option<String> {
    let (number, checksum, _) = *pieces.last()?;
    let deleted = slot[0] == DELETED;
    let whole = match deleted {
        // The first letter of the short name is lost, and with it the checksum: what it must have been has to be one.
        true => number == DELETED && lost_letter(&slot[..11], checksum).is_some(),
        false => number & 0x3f == 1 && pieces[0].0 & 0x40 != 0 && checksum == sum(&slot[..11]),
    };
    if !whole {
        return None;
    }
    let units: Vec<u16> =
        pieces.iter().rev().flat_map(|(_, _, units)| *units).take_while(|unit| *unit != 0).collect();
    let name = String::from_utf16_lossy(&units);
    (!name.is_empty() && !name.contains('/') && name != "." && name != "..").then_some(name)
}

/// The checksum of a short name.
fn sum(name: &[u8]) -> u8 {
    name.iter().fold(0_u8, |sum, byte| sum.rotate_right(1).wrapping_add(*byte))
}

/// The first letter that gives a short name that checksum, when it can be one.
fn lost_letter(name: &[u8], checksum: u8) -> Option<u8> {
    let mut name = name.to_vec();
    (0..=255).find(|letter| {
        name[0] = *letter;
        sum(&name) == checksum && *letter != DELETED && is_name(&name, false)
    })
}

/// A short name as it is shown: its lost first letter as `_`, its extension behind a dot.
fn short_name(slot: &[u8]) -> String {
    let mut bytes: Vec<u8> = slot[..11].to_vec();
    match bytes[0] {
        DELETED => bytes[0] = b'_',
        // A name that begins with the byte of deleted ones is kept so.
        0x05 => bytes[0] = DELETED,
        _ => {}
    }
    let part = |bytes: &[u8], lower: bool| {
        let text: String = bytes.iter().map(|byte| character(*byte)).collect();
        let text = text.trim_end();
        if lower { text.to_lowercase() } else { text.to_owned() }
    };
    let (base, extension) = (part(&bytes[..8], slot[12] & 8 != 0), part(&bytes[8..], slot[12] & 16 != 0));
    if extension.is_empty() { base } else { format!("{base}.{extension}") }
}

fn label(slot: &[u8]) -> String {
    let first = if slot[0] == DELETED { b'_' } else { slot[0] };
    let text: String = [first].iter().chain(&slot[1..11]).map(|byte| character(*byte)).collect();
    text.trim_end().to_owned()
}

/// A byte of a short name in code page 850, that of western Europe. Which one was in use is not recorded; a file whose
/// name has other letters than these has a long name beside.
fn character(byte: u8) -> char {
    const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤\
                         ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
    match byte {
        0x80.. => UPPER.chars().nth(usize::from(byte) - 0x80).unwrap_or('\u{fffd}'),
        byte => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_page_has_a_character_for_each_byte() {
        assert_eq!((0x80..=0xff).map(character).filter(|shown| *shown != '\u{fffd}').count(), 128);
        assert_eq!((character(0x82), character(0x85), character(0xff)), ('é', 'à', '\u{a0}'));
    }

    #[test]
    fn a_lost_letter_is_what_the_checksum_says() {
        let name = *b"PICTUR~1JPG";
        let mut deleted = name;
        deleted[0] = DELETED;
        assert_eq!(lost_letter(&deleted, sum(&name)), Some(b'P'));
        deleted[4] = b'?';
        assert_eq!(lost_letter(&deleted, sum(&name)), None);
    }

    #[test]
    fn a_short_name_is_shown_with_its_case_and_its_lost_letter() {
        let mut slot = [0; 32];
        slot[..11].copy_from_slice(b"README  TXT");
        assert_eq!(short_name(&slot), "README.TXT");
        slot[12] = 8 | 16;
        assert_eq!(short_name(&slot), "readme.txt");
        slot[0] = DELETED;
        assert_eq!(short_name(&slot), "_eadme.txt");
        slot[..11].copy_from_slice(b"\x05A      \x20\x20\x20");
        slot[12] = 0;
        assert_eq!(short_name(&slot), "ÕA");
    }
}
