//! From blocks that were met to what may be said: the whole file lies there, a part of it does, or one block alone, which
//! names nothing.

use std::io;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::blocks::{BlockFile, BlockSet, Place};
use crate::lists::hex;

/// What reading the place where a file would lie has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// All bytes of the file lie there, one after the other: their hash is that of the list.
    Whole,
    /// So many different blocks of it lie at the distances from each other that they have in the file: two or more. The
    /// rest is overwritten, or lies elsewhere.
    Part(u64),
    /// One block, which names no file.
    One,
}

/// As many different blocks of a file, at the distances that they have in it, are asked for before it is named
/// (Garfinkel and McCarrin, "Hash-based carving", DFRWS 2015).
const LEAST_BLOCKS: u64 = 2;

/// The largest file that is read whole for one block of it; of a larger one a second block is looked for first.
const AT_ONCE: u64 = 64 << 20;

/// How far around a block the others are looked for.
const AROUND: u64 = 1 << 20;

/// Bytes that are read at once.
const PIECE: u64 = 1 << 20;

/// Reads where a file would lie whose block was found at `found_at`. `read` fills the buffer from an offset of the device,
/// less only at its end. A place without an offset in its file, and one whose file would begin before the device does,
/// is never whole.
///
/// # Errors
/// What `read` gives.
pub fn confirm(
    set: &BlockSet<'_>,
    place: Place,
    found_at: u64,
    read: &mut dyn FnMut(u64, &mut [u8]) -> io::Result<usize>,
) -> io::Result<Confirmed> {
    let Some(offset) = place.offset else { return Ok(Confirmed::One) };
    let Some(file) = set.files().get(place.file as usize) else { return Ok(Confirmed::One) };
    let mut reading = Reading { set, place, offset, found_at, read };
    let begins = found_at.checked_sub(offset);
    let (Some(begins), Some(bytes)) = (begins, file.bytes) else { return reading.around() };
    if bytes > AT_ONCE {
        let around = reading.around()?;
        if around == Confirmed::One {
            return Ok(around);
        }
    }
    let mut hash = Hash::of(file);
    let blocks = reading.count(begins, begins.saturating_add(bytes), &mut hash)?;
    Ok(if hash.is(file) { Confirmed::Whole } else { judged(blocks) })
}

fn judged(blocks: u64) -> Confirmed {
    if blocks >= LEAST_BLOCKS { Confirmed::Part(blocks) } else { Confirmed::One }
}

struct Reading<'a, 'i> {
    set: &'a BlockSet<'i>,
    place: Place,
    offset: u64,
    found_at: u64,
    read: &'a mut dyn FnMut(u64, &mut [u8]) -> io::Result<usize>,
}

impl Reading<'_, '_> {
    /// The blocks of the file that lie around the one that was found.
    fn around(&mut self) -> io::Result<Confirmed> {
        let block = u64::from(self.set.block_bytes());
        let back = self.offset.min(self.found_at).min(AROUND) / block * block;
        let (from, to) = (self.found_at - back, self.found_at.saturating_add(AROUND));
        Ok(judged(self.count(from, to, &mut Hash::None)?))
    }

    /// Reads from one of the file's blocks on, and counts those that lie where they should.
    fn count(&mut self, from: u64, to: u64, hash: &mut Hash) -> io::Result<u64> {
        let block = u64::from(self.set.block_bytes());
        let piece = PIECE.div_ceil(block) * block;
        let mut buffer = vec![0; usize::try_from(piece).unwrap_or(usize::MAX)];
        let (mut at, mut blocks) = (from, 0);
        while at < to {
            let wanted = usize::try_from((to - at).min(piece)).unwrap_or(usize::MAX);
            let taken = (self.read)(at, &mut buffer[..wanted])?;
            hash.update(&buffer[..taken]);
            for (number, bytes) in buffer[..taken].chunks_exact(block as usize).enumerate() {
                let device = at + number as u64 * block;
                // Where in the file that is: the found block's place there, and as far from it as on the device.
                let offset = (self.offset + device).checked_sub(self.found_at);
                let expected = offset.map(|offset| Place { file: self.place.file, offset: Some(offset) });
                blocks += u64::from(expected.is_some() && self.set.look(bytes) == expected);
            }
            if taken < wanted {
                *hash = Hash::None;
                break;
            }
            at += taken as u64;
        }
        Ok(blocks)
    }
}

/// The hash that the list has of a file, by the number of its digits.
enum Hash {
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
    None,
}

impl Hash {
    fn of(file: &BlockFile) -> Self {
        match file.hash.len() {
            32 => Self::Md5(Md5::new()),
            40 => Self::Sha1(Sha1::new()),
            64 => Self::Sha256(Sha256::new()),
            _ => Self::None,
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5(hash) => hash.update(bytes),
            Self::Sha1(hash) => hash.update(bytes),
            Self::Sha256(hash) => hash.update(bytes),
            Self::None => {}
        }
    }

    fn is(self, file: &BlockFile) -> bool {
        let digits = match self {
            Self::Md5(hash) => hex(&hash.finalize()),
            Self::Sha1(hash) => hex(&hash.finalize()),
            Self::Sha256(hash) => hex(&hash.finalize()),
            Self::None => return false,
        };
        digits.eq_ignore_ascii_case(&file.hash)
    }
}
