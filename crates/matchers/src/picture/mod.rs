//! From a file's bytes to perceptual hashes and to what the file says of itself.
//!
//! A picture is decoded in memory, hashed and forgotten: no pixel leaves this module, nothing is rendered, made smaller
//! for anybody to look at, or kept. What was done to the picture before it was hashed is told, because another program
//! that does it otherwise has another hash.
//!
//! It is made to run in a child process that may do nothing else: no threads, no files, no clock. Bytes are foreign: sizes
//! are held against limits before anything is reserved, and a decoder that stops is a refusal like another. How long it may
//! take is for whoever waits.
//!
//! Decoders are the pure Rust ones of the crate `image`. HEIC and AVIF have none that is kept well: they are refused by
//! name, and what their EXIF says is read all the same.

mod facts;
pub mod film;
mod pixels;
#[cfg(test)]
pub(crate) mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use tutela_model::words;

use crate::pdq::turn::Turn;
use crate::pdq::{self, Profile, TakenTurned, View};

pub use facts::Facts;

words! {
    /// How a picture is written.
    pub enum Format {
        /// JPEG (ISO 10918).
        Jpeg = "jpeg",
        /// PNG (ISO 15948).
        Png = "png",
        /// GIF 87a and 89a: its first frame.
        Gif = "gif",
        /// WebP (RFC 9649): of an animation its first frame.
        Webp = "webp",
        /// Windows bitmap.
        Bmp = "bmp",
        /// TIFF 6.0: its first picture.
        Tiff = "tiff",
        /// HEIF and AVIF (ISO 23008-12), which nothing here decodes.
        Heif = "heif",
    }
}

/// What a picture may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Width times height.
    pub pixels: u64,
    /// Bytes for decoding, the file's own not counted.
    pub memory_bytes: u64,
}

impl Default for Limits {
    /// The largest sensors of telephones have 200 million pixels; decoding one of them takes nine bytes a pixel.
    fn default() -> Self {
        Self { pixels: 200_000_000, memory_bytes: 2 << 30 }
    }
}

/// A picture's hashes in both profiles. They are equal where it is at most 512 pixels wide and high.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashes {
    /// In the profile `ref512`.
    pub ref512: TakenTurned,
    /// In the profile `full`.
    pub full: TakenTurned,
}

impl Hashes {
    fn of(view: View<'_>) -> Self {
        let full = pdq::hash_turned(view, Profile::Full);
        let ref512 = if view.is_large() { pdq::hash_turned(view, Profile::Ref512) } else { full };
        Self { ref512, full }
    }

    /// Both, with their profiles.
    #[must_use]
    pub fn each(self) -> [(Profile, TakenTurned); 2] {
        [(Profile::Ref512, self.ref512), (Profile::Full, self.full)]
    }
}

/// A picture's hashes, and what was done before they were taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Perceived {
    /// How it is written.
    pub format: Format,
    /// Its width as stored, in pixels.
    pub width: u32,
    /// Its height as stored, in pixels.
    pub height: u32,
    /// Of the picture as it is stored, as the reference takes them.
    pub stored: Hashes,
    /// Of the picture as its own note of orientation asks to show it; none where it asks for nothing, or notes nothing.
    pub oriented: Option<(Turn, Hashes)>,
    /// What was done before hashing, for the column `normalised` of the table `media`: steps in a fixed order and wording,
    /// separated by `; `, or `nothing`.
    pub normalised: String,
}

/// Why there is no hash of a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPerceived {
    /// Its first bytes are of no picture that is known here.
    #[error("not a picture of a known format")]
    NoPicture,
    /// A format that nothing here decodes.
    #[error("pictures of this format are not decoded here: {}", .0.word())]
    Unsupported(Format),
    /// It is larger than the caller allows.
    #[error("larger than the limit of {limit}: {found}")]
    TooLarge {
        /// The limit, with its unit.
        limit: String,
        /// What the file asks for.
        found: String,
    },
    /// Its structure is damaged, or of a kind that the decoder does not know.
    #[error("the picture cannot be decoded: {0}")]
    Damaged(String),
    /// The decoder stopped in a way in which it never should.
    #[error("the decoder stopped")]
    Stopped,
}

/// What is taken of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What the file states of its camera, time and place.
    pub facts: Facts,
    /// Its perceptual hashes.
    pub perceived: Result<Perceived, NotPerceived>,
}

/// Takes a picture's hashes and what it states of itself.
#[must_use]
pub fn take(bytes: &[u8], limits: Limits) -> Record {
    let facts = guarded(|| facts::facts(bytes)).unwrap_or_default();
    let orientation = facts.orientation;
    let perceived = guarded(|| perceive(bytes, orientation, limits)).unwrap_or(Err(NotPerceived::Stopped));
    Record { facts, perceived }
}

/// Decoders are the work of others, and one that panics on crafted bytes must not take the rest of an exhibit with it.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// The format that a file's first bytes show.
#[must_use]
pub fn format(bytes: &[u8]) -> Option<Format> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let brand = |brands: &[&[u8; 4]]| {
        bytes.get(4..8) == Some(b"ftyp") && brands.iter().any(|brand| bytes.get(8..12) == Some(&brand[..]))
    };
    Some(match () {
        () if starts(b"\xff\xd8\xff") => Format::Jpeg,
        () if starts(b"\x89PNG\r\n\x1a\n") => Format::Png,
        () if starts(b"GIF87a") || starts(b"GIF89a") => Format::Gif,
        () if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => Format::Webp,
        () if starts(b"BM") => Format::Bmp,
        () if starts(b"II*\0") || starts(b"MM\0*") => Format::Tiff,
        () if brand(&[b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"]) => {
            Format::Heif
        }
        () => return None,
    })
}

fn perceive(bytes: &[u8], orientation: Option<u32>, limits: Limits) -> Result<Perceived, NotPerceived> {
    let format = format(bytes).ok_or(NotPerceived::NoPicture)?;
    let pixels::Pixels { width, height, channels, bytes, mut steps } = pixels::decode(format, bytes, limits)?;
    let view =
        if channels == 1 { View::grey(width, height, &bytes) } else { View::rgb(width, height, &bytes) };
    let view = view.ok_or_else(|| NotPerceived::Damaged("it has no pixels".to_owned()))?;
    let turn = orientation.and_then(Turn::of_exif);
    let oriented =
        turn.filter(|turn| *turn != Turn::Upright).map(|turn| (turn, Hashes::of(view.turned(turn))));
    steps.extend(match (orientation, oriented) {
        (Some(number), Some((turn, _))) => {
            Some(format!("orientation {number}: hashed as stored and {}", turn.word()))
        }
        (Some(number), None) if turn.is_none() => {
            Some(format!("orientation {number} is unknown: hashed as stored"))
        }
        _ => None,
    });
    let stored = Hashes::of(view);
    let normalised = if steps.is_empty() { "nothing".to_owned() } else { steps.join("; ") };
    Ok(Perceived { format, width, height, stored, oriented, normalised })
}
