//! Whether finding a block says something. Blocks of zeros, of fill patterns, of tables that programs write into every
//! file of a kind, are on many disks for many reasons; sets that held them named files falsely at high rates (Garfinkel
//! and McCarrin, "Hash-based carving", DFRWS 2015).
//!
//! A block is not kept when
//!
//! - its bytes are too much alike: the collision entropy, −log2 of the chance that two of its bytes are the same, is less
//!   than [`LEAST_ENTROPY_BITS`]. It is never more than Shannon's, and is counted in whole numbers, so every machine
//!   judges alike. Compressed media have 7.5 and more, text 4 to 5;
//! - one value of 4, 8 or 16 bytes, at multiples of that, fills more than a quarter of it;
//! - more than half of its words of 4 bytes grow by the same step: a table of places or numbers.

/// The least collision entropy, in bits a byte.
pub const LEAST_ENTROPY_BITS: u32 = 6;

/// Why a block is kept or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// Finding it says something.
    Probative,
    /// Its bytes are too much alike.
    LowEntropy,
    /// It is of one pattern.
    Pattern,
}

/// Judges a block.
#[must_use]
pub fn judge(block: &[u8]) -> Judged {
    let mut counts = [0u64; 256];
    for byte in block {
        counts[usize::from(*byte)] += 1;
    }
    let alike: u64 = counts.iter().map(|count| count * count).sum();
    let all = block.len() as u64 * block.len() as u64;
    if alike << LEAST_ENTROPY_BITS > all {
        return Judged::LowEntropy;
    }
    if is_filled::<4>(block) || is_filled::<8>(block) || is_filled::<16>(block) || is_ramp(block) {
        return Judged::Pattern;
    }
    Judged::Probative
}

/// Whether one value fills more than a quarter of the block.
fn is_filled<const WIDTH: usize>(block: &[u8]) -> bool {
    let (words, _) = block.as_chunks::<WIDTH>();
    let mut words = words.to_vec();
    words.sort_unstable();
    words.chunk_by(|a, b| a == b).any(|same| same.len() * 4 > words.len())
}

/// Whether more than half of the words grow by one step that is the most frequent.
fn is_ramp(block: &[u8]) -> bool {
    let (words, _) = block.as_chunks::<4>();
    let words = words.iter().map(|word| u32::from_le_bytes(*word));
    let mut steps: Vec<u32> = words.clone().zip(words.skip(1)).map(|(a, b)| b.wrapping_sub(a)).collect();
    steps.sort_unstable();
    steps.chunk_by(|a, b| a == b).any(|same| same.len() * 2 > steps.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that look compressed.
    fn noise(len: usize) -> Vec<u8> {
        let mut state = 0x1234_5678_9abc_def0u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        };
        (0..len).map(|_| next()).collect()
    }

    #[test]
    fn what_many_files_share_is_not_probative() {
        let text = "La tutela dei minori è un dovere di tutti. ".repeat(100).into_bytes();
        let value: Vec<u8> = (0..16).map(|n| n * 13).collect();
        let mut more = noise(4096);
        more[..1040].copy_from_slice(&value.repeat(65));
        let mut less = noise(4096);
        less[..1024].copy_from_slice(&value.repeat(64));
        let wide: Vec<u8> = (0..=255).collect();
        let ramp: Vec<u8> = (0..1024u32).flat_map(|n| n.wrapping_mul(40_503_777).to_le_bytes()).collect();
        let cases: &[(&str, Vec<u8>, Judged)] = &[
            ("zeros", vec![0; 4096], Judged::LowEntropy),
            ("text", text[..4096].to_vec(), Judged::LowEntropy),
            ("every byte in order", wide.repeat(16), Judged::Pattern),
            ("a value in more than a quarter", more, Judged::Pattern),
            ("a value in a quarter", less, Judged::Probative),
            ("numbers that grow by one step", ramp, Judged::Pattern),
            ("noise", noise(4096), Judged::Probative),
        ];
        for (what, block, expected) in cases {
            assert_eq!(judge(block), *expected, "{what}");
        }
    }
}
