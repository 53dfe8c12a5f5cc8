//! Sorted keys in a mapped file, found by their first bits.

use std::ops::Range;

use super::file::first_bits;

/// Rows of one width in the file.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Where in the file.
    pub at: Range<usize>,
    /// Bytes of a row.
    pub width: usize,
}

impl Rows {
    /// The bytes of a row.
    pub fn row<'m>(&self, map: &'m [u8], row: u64) -> Option<&'m [u8]> {
        let from = usize::try_from(row).ok()?.checked_mul(self.width)?;
        map.get(self.at.clone())?.get(from..from.checked_add(self.width)?)
    }

    /// Two rows of four bytes that follow each other, as numbers.
    pub fn pair(&self, map: &[u8], row: u64) -> Option<(u32, u32)> {
        let from = usize::try_from(row).ok()?.checked_mul(4)?;
        let pair: &[u8; 8] = map.get(self.at.clone())?.get(from..from.checked_add(8)?)?.try_into().ok()?;
        let pair = u64::from_le_bytes(*pair);
        Some((pair as u32, (pair >> 32) as u32))
    }

    /// A row of four bytes as a number.
    pub fn number(&self, map: &[u8], row: u64) -> Option<u32> {
        Some(u32::from_le_bytes(self.row(map, row)?.try_into().ok()?))
    }
}

/// Sorted keys with their directory.
#[derive(Debug)]
pub struct Directory {
    /// The keys, sorted.
    pub keys: Rows,
    /// How many there are.
    pub rows: u64,
    /// Where the keys of each first bits begin.
    pub starts: Rows,
    /// How many bits these are.
    pub bits: u32,
}

impl Directory {
    /// The rows of a key. Whatever the bytes of the file, they are rows that there are.
    pub fn find(&self, map: &[u8], key: &[u8]) -> Range<u64> {
        match self.keys.width {
            16 => self.find_of::<16>(map, key),
            20 => self.find_of::<20>(map, key),
            32 => self.find_of::<32>(map, key),
            _ => None,
        }
        .unwrap_or(0..0)
    }

    fn find_of<const WIDTH: usize>(&self, map: &[u8], key: &[u8]) -> Option<Range<u64>> {
        let key: &[u8; WIDTH] = key.try_into().ok()?;
        let (from, to) = self.starts.pair(map, first_bits(key, self.bits))?;
        let (keys, _) = map.get(self.keys.at.clone())?.as_chunks::<WIDTH>();
        found_in(keys, from as usize..to as usize, key)
    }

    /// The rows of many keys. They are looked up a few at a time, step by step, so that the processor waits for the
    /// memory of all of them at once.
    pub fn find_all<const WIDTH: usize>(
        &self,
        map: &[u8],
        wanted: &[[u8; WIDTH]],
        found: &mut Vec<Range<u64>>,
    ) {
        let keys = map.get(self.keys.at.clone()).map_or(&[][..], |keys| keys.as_chunks::<WIDTH>().0);
        for wanted in wanted.chunks(AT_ONCE) {
            let mut shared = [const { 0..0 }; AT_ONCE];
            for (shared, key) in shared.iter_mut().zip(wanted) {
                let (from, to) = self.starts.pair(map, first_bits(key, self.bits)).unwrap_or_default();
                *shared = from as usize..to as usize;
            }
            // A byte of the first and the last key of each: nothing waits for them but the sum.
            let byte = |at: usize| keys.get(at).map_or(0, |key| u32::from(key[0]));
            let touched = shared.iter().map(|shared| byte(shared.start) + byte(shared.end.saturating_sub(1)));
            std::hint::black_box(touched.sum::<u32>());
            for (shared, key) in shared.iter().zip(wanted) {
                found.push(found_in(keys, shared.clone(), key).unwrap_or(0..0));
            }
        }
    }
}

/// How many keys are looked up together.
const AT_ONCE: usize = 64;

/// The rows of a key among those that share its first bits.
#[inline]
fn found_in<const WIDTH: usize>(
    keys: &[[u8; WIDTH]],
    shared: Range<usize>,
    key: &[u8; WIDTH],
) -> Option<Range<u64>> {
    let from = shared.start;
    let shared = keys.get(shared)?;
    // Two to four keys share their first bits, unless somebody chose hashes so that more do.
    let before = if shared.len() <= LOOKED_THROUGH {
        shared.iter().position(|known| known == key)?
    } else {
        let before = shared.partition_point(|known| known < key);
        (shared.get(before)? == key).then_some(before)?
    };
    let same = shared[before..].iter().take_while(|known| *known == key).count();
    Some((from + before) as u64..(from + before + same) as u64)
}

/// As many keys are looked through one by one; of more, the half is taken, and half of that.
const LOOKED_THROUGH: usize = 32;
