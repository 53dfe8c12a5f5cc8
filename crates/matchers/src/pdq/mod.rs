//! PDQ, a perceptual hash of 256 bits, bit for bit as its reference implementation takes it.
//!
//! What it is: brightness is blurred and thinned to 64 × 64, of whose cosine transform the 16 × 16 lowest frequencies are
//! kept, without the constant ones; a bit says whether a frequency is stronger than the median of all. Pictures that look
//! alike have hashes that differ in few bits. The reference is the C++ code of facebook/ThreatExchange (`pdq/cpp`), of
//! which nothing is taken but the order of its floating-point operations, because that order decides bits.
//!
//! What it is not: a statement that two pictures show one thing. Two hashes within [`NEAR`] bits are of *similar*
//! pictures; pages of text, templates and flat pictures are similar to many.

mod blur;
mod cosine;
#[cfg(test)]
mod tests;
pub mod turn;

use std::fmt;

use tutela_model::words;

use crate::pdq::turn::Turn;

/// Two hashes that differ in at most this many bits are of similar pictures (threshold of the reference, `pdq/README.md`).
pub const NEAR: u32 = 31;

/// A hash of a lower quality says little: its picture has few edges (threshold of python-threatexchange).
pub const QUALITY: u8 = 50;

/// Pictures that are narrower or lower have no hash: the reference gives 256 zero bits with quality 0.
pub const LEAST_SIDE: u32 = 5;

/// The side to which the profile `ref512` thins larger pictures, in pixels.
const SIDE: u32 = 512;

/// The side of what is transformed, in pixels.
const SMALL: usize = 64;

/// Brightness of 64 × 64 points.
type Small = [[f32; SMALL]; SMALL];

words! {
    /// How a hash was taken. Hashes of one picture in both profiles differ by up to ten bits where it is large.
    pub enum Profile {
        /// A picture that is wider or higher than 512 pixels is first thinned to 512 × 512 by taking the nearest pixel, as
        /// the reference's own program does.
        Ref512 = "ref512",
        /// All pixels, as the bindings for Python, Java and films do.
        Full = "full",
    }
}

/// A perceptual hash: 256 bits, from which a rough picture can be made. So it is printed only where that is asked for by
/// name, with [`Hash::hex`].
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PdqHash {
    /// Bit `16 i + j` is of frequency `i + 1` from top to bottom and `j + 1` from left to right; 64 bits a number, the
    /// least significant first. The last number stands first in the text form.
    limbs: [u64; 4],
}

impl fmt::Debug for PdqHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PdqHash(not shown)")
    }
}

/// Why a text is no hash. It does not repeat the text, which may be most of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a PDQ hash (expected 64 hexadecimal digits), characters: {characters}")]
pub struct NotAHash {
    /// How many characters the text has.
    pub characters: usize,
}

impl PdqHash {
    /// The hash whose bit `k` is bit `k % 64` of number `k / 64`.
    #[must_use]
    pub fn of_limbs(limbs: [u64; 4]) -> Self {
        Self { limbs }
    }

    /// Its bits, as [`of_limbs`](Self::of_limbs) takes them.
    #[must_use]
    pub fn limbs(self) -> [u64; 4] {
        self.limbs
    }

    /// Reads the text form of the reference: 64 hexadecimal digits, the highest frequencies first.
    ///
    /// # Errors
    /// The text has another length or another character.
    pub fn parse(text: &str) -> Result<Self, NotAHash> {
        let bad = NotAHash { characters: text.chars().count() };
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(bad);
        }
        let mut limbs = [0; 4];
        for (limb, digits) in limbs.iter_mut().rev().zip([0, 16, 32, 48]) {
            *limb = u64::from_str_radix(&text[digits..digits + 16], 16).map_err(|_| bad)?;
        }
        Ok(Self { limbs })
    }

    /// Its text form, for the table `media` and for whoever asks for the bits. Not for logs and not for messages.
    #[must_use]
    pub fn hex(self) -> String {
        let [a, b, c, d] = self.limbs;
        format!("{d:016x}{c:016x}{b:016x}{a:016x}")
    }

    /// In how many of 256 bits two hashes differ.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        self.limbs.iter().zip(other.limbs).map(|(a, b)| (a ^ b).count_ones()).sum()
    }
}

/// A hash with its quality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The hash.
    pub hash: PdqHash,
    /// 0 to 100: how much the picture's brightness changes. Below [`QUALITY`] the hash says little.
    pub quality: u8,
}

/// A hash in each of the eight ways in which the picture can be turned and mirrored, from one transform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenTurned {
    /// The hashes, in the order of [`Turn`]; the first is of the picture as it is.
    pub hashes: [PdqHash; 8],
    /// The quality, which is that of all.
    pub quality: u8,
}

/// Pixels to hash: rows from the top, no gaps between them.
#[derive(Clone, Copy)]
pub struct View<'a> {
    width: u32,
    height: u32,
    /// Bytes of a pixel: 1 for grey, 3 for red, green and blue.
    channels: usize,
    bytes: &'a [u8],
    /// What is done to the picture before it is hashed.
    turn: Turn,
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "View({} x {}, not shown)", self.width, self.height)
    }
}

impl TakenTurned {
    /// The hash of the picture as it is.
    #[must_use]
    pub fn upright(self) -> Taken {
        Taken { hash: self.hashes[0], quality: self.quality }
    }
}

impl<'a> View<'a> {
    /// A grey picture of one byte a pixel; none when the bytes are not `width * height`, or there are none.
    #[must_use]
    pub fn grey(width: u32, height: u32, bytes: &'a [u8]) -> Option<Self> {
        Self::new(width, height, 1, bytes)
    }

    /// A picture of red, green and blue; none when the bytes are not `3 * width * height`, or there are none.
    #[must_use]
    pub fn rgb(width: u32, height: u32, bytes: &'a [u8]) -> Option<Self> {
        Self::new(width, height, 3, bytes)
    }

    fn new(width: u32, height: u32, channels: usize, bytes: &'a [u8]) -> Option<Self> {
        let pixels = (width as usize).checked_mul(height as usize)?.checked_mul(channels)?;
        (pixels == bytes.len() && pixels > 0).then_some(Self {
            width,
            height,
            channels,
            bytes,
            turn: Turn::Upright,
        })
    }

    /// Whether the profile `ref512` thins it.
    #[must_use]
    pub fn is_large(self) -> bool {
        self.width > SIDE || self.height > SIDE
    }

    /// The same picture, turned.
    #[must_use]
    pub fn turned(self, turn: Turn) -> Self {
        Self { turn, ..self }
    }
}

/// Hashes a picture.
#[must_use]
pub fn hash(view: View<'_>, profile: Profile) -> Taken {
    let Some(coefficients) = coefficients(view, profile) else {
        return Taken { hash: PdqHash::of_limbs([0; 4]), quality: 0 };
    };
    Taken { hash: cosine::bits(&coefficients.0), quality: coefficients.1 }
}

/// Hashes a picture in all eight orientations.
///
/// The reference does the same but for a picture of exactly 64 × 64 pixels, which its function for eight hashes blurs and
/// its function for one does not. Here neither does, so that the first of the eight is what [`hash`] gives.
#[must_use]
pub fn hash_turned(view: View<'_>, profile: Profile) -> TakenTurned {
    let Some((coefficients, quality)) = coefficients(view, profile) else {
        return TakenTurned { hashes: [PdqHash::of_limbs([0; 4]); 8], quality: 0 };
    };
    TakenTurned { hashes: turn::ALL.map(|turn| cosine::bits(&turn.of_coefficients(&coefficients))), quality }
}

/// The lowest frequencies and the quality; none for a picture too small to hash.
fn coefficients(view: View<'_>, profile: Profile) -> Option<(cosine::Coefficients, u8)> {
    if view.width < LEAST_SIDE || view.height < LEAST_SIDE {
        return None;
    }
    let small = blur::shrink(&grid(view, profile));
    Some((cosine::transform(&small), quality(&small)))
}

/// Where the pixels of each row and column of what is hashed lie: pixel `(row, column)` begins at byte
/// `rows[row] + columns[column]`. Turning and thinning are in it, so that no second picture is made.
struct Grid<'a> {
    bytes: &'a [u8],
    channels: usize,
    rows: Vec<usize>,
    columns: Vec<usize>,
}

fn grid(view: View<'_>, profile: Profile) -> Grid<'_> {
    let View { width, height, channels, bytes, turn } = view;
    let down = offsets(height, channels * width as usize, turn.reverses_rows());
    let across = offsets(width, channels, turn.reverses_columns());
    let (rows, columns) = if turn.transposes() { (across, down) } else { (down, across) };
    match profile {
        Profile::Ref512 if view.is_large() => {
            Grid { bytes, channels, rows: thinned(&rows), columns: thinned(&columns) }
        }
        Profile::Ref512 | Profile::Full => Grid { bytes, channels, rows, columns },
    }
}

fn offsets(count: u32, step: usize, reversed: bool) -> Vec<usize> {
    let of = |idx: u32| idx as usize * step;
    if reversed { (0..count).rev().map(of).collect() } else { (0..count).map(of).collect() }
}

/// The nearest of the given places for each of 512, as the reference's picture library counts: the one before.
fn thinned(places: &[usize]) -> Vec<usize> {
    (0..SIDE as usize).map(|idx| places[idx * places.len() / SIDE as usize]).collect()
}

/// The reference's quality: the sum of the differences between neighbours, each in hundredths of the range and cut to a
/// whole number before it is added, over 90, at most 100.
fn quality(small: &Small) -> u8 {
    #[expect(clippy::cast_possible_truncation, reason = "the reference cuts the fraction of each difference")]
    let step = |a: f32, b: f32| ((a - b) * 100.0 / 255.0) as i32;
    let mut sum = 0;
    for (row_idx, row) in small.iter().enumerate() {
        for (column_idx, point) in row.iter().enumerate() {
            sum += small.get(row_idx + 1).map_or(0, |below| step(*point, below[column_idx]).abs());
            sum += row.get(column_idx + 1).map_or(0, |right| step(*point, *right).abs());
        }
    }
    u8::try_from((sum / 90).min(100)).unwrap_or(100)
}
