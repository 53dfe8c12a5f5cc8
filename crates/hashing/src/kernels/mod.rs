//! The hashes' inner loops, one file each, and which of them a machine runs.
//!
//! The rounds of a hash are written once, over a [`vector::Vector`]; the vectors of a machine stand in a file each.

mod md4;
mod md5;
mod sha1;
mod sha256;

mod one;
#[cfg(target_arch = "x86_64")]
mod stitched;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod pair;
mod portable;
pub mod vector;

mod check;

use std::sync::OnceLock;

use self::portable::Portable;
use self::vector::{MOST_LANES, Words};

/// A hash that is made block by block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    /// MD4, of the part of ed2k at hand.
    Md4,
    /// MD5 of the whole.
    Md5,
    /// SHA-1 of the whole.
    Sha1,
    /// SHA-256 of the whole.
    Sha256,
    /// SHA-1 of the block of AICH at hand.
    Leaf,
}

impl Hash {
    /// All, in the order in which [`State`] keeps them.
    pub const ALL: [Self; 5] = [Self::Md4, Self::Md5, Self::Sha1, Self::Sha256, Self::Leaf];

    /// The state before the first block.
    fn start(self) -> &'static [u32] {
        match self {
            Self::Md4 | Self::Md5 => &md4::START,
            Self::Sha1 | Self::Leaf => &sha1::START,
            Self::Sha256 => &sha256::START,
        }
    }

    /// Whether words are written with their first byte last, in blocks and digests alike.
    pub fn is_big_endian(self) -> bool {
        !matches!(self, Self::Md4 | Self::Md5)
    }
}

/// The states of all hashes of all lanes, word by word: a vector's worth of a word lies together.
#[repr(align(64))]
pub(crate) struct State {
    md4: [Words; 4],
    md5: [Words; 4],
    sha1: [Words; 5],
    sha256: [Words; 8],
    leaf: [Words; 5],
}

impl State {
    /// Lanes that have not begun.
    pub fn new() -> Self {
        let mut state = Self {
            md4: [[0; MOST_LANES]; 4],
            md5: [[0; MOST_LANES]; 4],
            sha1: [[0; MOST_LANES]; 5],
            sha256: [[0; MOST_LANES]; 8],
            leaf: [[0; MOST_LANES]; 5],
        };
        for lane in 0..MOST_LANES {
            Hash::ALL.into_iter().for_each(|hash| state.begin(hash, lane));
        }
        state
    }

    fn of(&mut self, hash: Hash) -> &mut [Words] {
        match hash {
            Hash::Md4 => &mut self.md4,
            Hash::Md5 => &mut self.md5,
            Hash::Sha1 => &mut self.sha1,
            Hash::Sha256 => &mut self.sha256,
            Hash::Leaf => &mut self.leaf,
        }
    }

    /// Begins a hash of a lane.
    pub fn begin(&mut self, hash: Hash, lane: usize) {
        for (words, start) in self.of(hash).iter_mut().zip(hash.start()) {
            words[lane] = *start;
        }
    }

    /// The words of a hash of a lane, as many as it has.
    #[cfg(target_arch = "x86_64")]
    fn lane<const N: usize>(&mut self, hash: Hash, lane: usize) -> [u32; N] {
        let words = self.of(hash);
        std::array::from_fn(|word| words[word][lane])
    }

    #[cfg(target_arch = "x86_64")]
    fn set_lane(&mut self, hash: Hash, lane: usize, words: &[u32]) {
        for (to, word) in self.of(hash).iter_mut().zip(words) {
            to[lane] = *word;
        }
    }

    /// The digest that the state of a lane is, of 16, 20 or 32 bytes.
    ///
    /// # Panics
    /// The hash does not have so many bytes.
    pub fn digest<const BYTES: usize>(&mut self, hash: Hash, lane: usize) -> [u8; BYTES] {
        assert_eq!(BYTES, 4 * hash.start().len(), "a digest is its state");
        let mut digest = [0; BYTES];
        for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(self.of(hash)) {
            *bytes = if hash.is_big_endian() { word[lane].to_be_bytes() } else { word[lane].to_le_bytes() };
        }
        digest
    }
}

/// Hashes the blocks of the lanes from the number given on into their states.
///
/// # Safety
/// The machine has the instructions of the kernel; there are as many slices as the kernel has lanes, of the same length,
/// which is a multiple of 64.
type Compress = unsafe fn(&mut [Words], usize, &[&[u8]]);

/// The inner loop of one hash.
#[derive(Clone, Copy)]
struct Kernel {
    lanes: usize,
    compress: Compress,
}

/// The inner loops that are used together. There is none whose instructions the machine does not have: they are made by
/// [`Kernels::of_machine`] alone.
pub struct Kernels {
    name: &'static str,
    lanes: usize,
    md4: Kernel,
    md5: Kernel,
    sha1: Kernel,
    sha256: Kernel,
    /// Several hashes of one stream together; none where the machine has no instructions for SHA.
    #[cfg(target_arch = "x86_64")]
    stitched: Option<stitched::Stitched>,
}

/// Makes a function with the machine's instructions of the rounds over a vector.
#[cfg(target_arch = "x86_64")]
macro_rules! kernel {
    ($hash:ident, $vector:ty, $features:literal) => {{
        #[target_feature(enable = $features)]
        unsafe fn compress(state: &mut [Words], first: usize, blocks: &[&[u8]]) {
            // SAFETY: the caller says that the machine has the instructions, and that the slices are as they must be.
            unsafe { $hash::compress::<$vector>(state, first, blocks) }
        }
        Kernel { lanes: <$vector as vector::Vector>::LANES, compress }
    }};
}

impl Kernels {
    /// The fastest of the machine that gives the digests that it has to.
    pub fn best() -> &'static Self {
        &Self::checked().0[0]
    }

    /// Those of the machine that passed the test of the first use, the fastest first, the plain ones last.
    pub fn passed() -> &'static [Self] {
        &Self::checked().0
    }

    /// The names of those that gave a wrong digest and are not used: a fault of the machine, real or virtual.
    pub fn failed() -> &'static [&'static str] {
        &Self::checked().1
    }

    fn checked() -> &'static (Vec<Self>, Vec<&'static str>) {
        static CHECKED: OnceLock<(Vec<Kernels>, Vec<&str>)> = OnceLock::new();
        CHECKED.get_or_init(|| {
            let (passed, failed): (Vec<_>, Vec<_>) = Self::of_machine()
                .into_iter()
                .partition(|kernels| kernels.is_plain() || check::passes(kernels));
            (passed, failed.iter().map(|kernels| kernels.name).collect())
        })
    }

    /// Those that the machine has, the fastest first and the plain ones last.
    fn of_machine() -> Vec<Self> {
        let mut found = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
                found.push(Self::avx512(stitched::Stitched::of_machine()));
            }
            if is_x86_feature_detected!("avx2") {
                found.push(Self::avx2(stitched::Stitched::of_machine()));
            }
        }
        found.push(Self::portable());
        found
    }

    #[cfg(target_arch = "x86_64")]
    fn avx512(stitched: Option<stitched::Stitched>) -> Self {
        use avx512::Avx512;
        use pair::Pair;
        Self {
            name: "avx512",
            lanes: 32,
            md4: kernel!(md4, Pair<Avx512>, "avx512f,avx512bw"),
            md5: kernel!(md5, Pair<Avx512>, "avx512f,avx512bw"),
            sha1: kernel!(sha1, Avx512, "avx512f,avx512bw"),
            sha256: kernel!(sha256, Pair<Avx512>, "avx512f,avx512bw"),
            stitched,
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn avx2(stitched: Option<stitched::Stitched>) -> Self {
        use avx2::Avx2;
        use pair::Pair;
        Self {
            name: "avx2",
            lanes: 16,
            md4: kernel!(md4, Pair<Avx2>, "avx2"),
            md5: kernel!(md5, Pair<Avx2>, "avx2"),
            sha1: kernel!(sha1, Avx2, "avx2"),
            sha256: kernel!(sha256, Avx2, "avx2"),
            stitched,
        }
    }

    /// Plain code: MD4 and MD5 in lanes of arrays, SHA-1 and SHA-256 one by one.
    fn portable() -> Self {
        Self {
            name: "portable",
            lanes: 8,
            md4: Kernel { lanes: 4, compress: md4::compress::<Portable<4>> },
            md5: Kernel { lanes: 4, compress: md5::compress::<Portable<4>> },
            sha1: one::SHA1,
            sha256: one::SHA256,
            #[cfg(target_arch = "x86_64")]
            stitched: None,
        }
    }

    /// The name: `avx512`, `avx2` or `portable`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How many streams are hashed side by side.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// As many streams as this, or fewer, go faster one by one than side by side.
    pub(crate) fn few(&self, hashes: &[Hash]) -> usize {
        #[cfg(target_arch = "x86_64")]
        if self.stitched.as_ref().is_some_and(|stitched| stitched.takes(hashes)) {
            return self.lanes / 4;
        }
        let _ = hashes;
        self.lanes / 16 + 1
    }

    fn is_plain(&self) -> bool {
        self.name == "portable"
    }

    /// Hashes as many blocks of every busy lane as the slices have; a bit of `busy` is a lane. Lanes that are not busy have
    /// a slice too, whose bytes do not matter.
    ///
    /// # Panics
    /// There are not as many slices as lanes, or they differ in length, or hold a part of a block.
    pub(crate) fn many(&self, hash: Hash, state: &mut State, busy: u32, blocks: &[&[u8]]) {
        let len = blocks[0].len();
        assert!(
            blocks.len() == self.lanes && len.is_multiple_of(64),
            "a slice of whole blocks for each lane"
        );
        assert!(blocks.iter().all(|slice| slice.len() == len), "slices of the same length");
        let kernel = match hash {
            Hash::Md4 => self.md4,
            Hash::Md5 => self.md5,
            Hash::Sha1 | Hash::Leaf => self.sha1,
            Hash::Sha256 => self.sha256,
        };
        for first in (0..self.lanes).step_by(kernel.lanes) {
            if busy >> first & (u32::MAX >> (32 - kernel.lanes)) != 0 {
                // SAFETY: only kernels that the machine has are ever made; the slices were checked above.
                unsafe { (kernel.compress)(state.of(hash), first, &blocks[first..first + kernel.lanes]) }
            }
        }
    }

    /// Hashes blocks of one lane for several hashes.
    ///
    /// # Panics
    /// The bytes end in the middle of a block.
    pub(crate) fn one(&self, hashes: &[Hash], state: &mut State, lane: usize, blocks: &[u8]) {
        assert!(blocks.len().is_multiple_of(64), "whole blocks");
        #[cfg(target_arch = "x86_64")]
        let hashes = match &self.stitched {
            Some(stitched) => stitched.compress(hashes, state, lane, blocks),
            None => hashes,
        };
        for blocks in blocks.chunks(ONE_BYTES) {
            for hash in hashes {
                let kernel = match hash {
                    Hash::Md4 => one::MD4,
                    Hash::Md5 => one::MD5,
                    Hash::Sha1 | Hash::Leaf => one::SHA1,
                    Hash::Sha256 => one::SHA256,
                };
                // SAFETY: these kernels are plain code; there is one slice, of whole blocks.
                unsafe { (kernel.compress)(state.of(*hash), lane, &[blocks]) }
            }
        }
    }
}

/// How far one hash goes before the next has its turn: what they read stays in the nearest cache.
const ONE_BYTES: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_pass_with_and_without_the_instructions_for_sha() {
        let mut tried = vec![Kernels::portable()];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
                tried.extend([Kernels::avx512(None), Kernels::avx512(stitched::Stitched::of_machine())]);
            }
            if is_x86_feature_detected!("avx2") {
                tried.extend([Kernels::avx2(None), Kernels::avx2(stitched::Stitched::of_machine())]);
            }
        }
        for kernels in tried {
            assert!(check::passes(&kernels), "{}", kernels.name);
        }
    }

    #[test]
    fn a_kernel_that_gives_wrong_digests_does_not_pass() {
        let swapped = |wrong: fn(&mut Kernels)| {
            let mut kernels = Kernels::portable();
            wrong(&mut kernels);
            check::passes(&kernels)
        };
        assert!(swapped(|_| {}));
        assert!(!swapped(|kernels| kernels.md5 = kernels.md4));
        assert!(!swapped(|kernels| kernels.md4 = kernels.md5));
        assert!(!swapped(|kernels| kernels.sha1.compress = |_, _, _| {}));
        assert!(!swapped(|kernels| kernels.sha256.compress = |_, _, _| {}));
    }
}
