//! Frames of a film, from another program: nothing here decodes films.
//!
//! A film is told by its first bytes, and ffmpeg is given the one reader for these: it looks for no other, among which are
//! lists that name files and addresses. Whoever wants frames starts `ffmpeg` with [`arguments`] as a child without
//! rights, and hands its output to [`frames`]. That
//! is off unless an officer asks for it: ffmpeg is large, and films are foreign bytes.
//! Frames come as raw bytes of red, green and blue through a pipe; each is hashed and forgotten. Nothing is written.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};

use crate::near::frames::Frame;
use crate::pdq::{self, Profile, View};

/// The side of a frame, in pixels: as large as both profiles take pictures alike.
pub const SIDE: u32 = 512;

/// What a film's frames lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// MP4, 3GP and QuickTime (ISO/IEC 14496-12).
    Mov,
    /// Matroska and WebM (RFC 9559).
    Matroska,
    /// AVI, in RIFF.
    Avi,
    /// ASF: WMV.
    Asf,
    /// An MPEG program stream (ISO/IEC 13818-1).
    Program,
    /// An MPEG transport stream, in packets of 188 bytes or, with a time before each, of 192.
    Transport,
    /// MPEG pictures without a container (ISO/IEC 13818-2).
    Pictures,
    /// Flash video.
    Flv,
}

impl Container {
    /// The container that begins so; none for sound alone and for pictures, where the beginning tells.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        let at = |from: usize, bytes: &[u8]| head.get(from..).is_some_and(|rest| rest.starts_with(bytes));
        let every = |first: usize, step: usize| {
            head.len() > first + 4 * step && (0..=4).all(|packet| head[first + packet * step] == 0x47)
        };
        if at(4, b"ftyp") {
            let brand = head.get(8..12)?;
            return (!STILL_OR_SOUND.iter().any(|other| brand.starts_with(other))).then_some(Self::Mov);
        }
        if at(0, &[0x1a, 0x45, 0xdf, 0xa3]) {
            let kind = &head[..head.len().min(128)];
            let names = |name: &[u8]| kind.windows(name.len()).any(|part| part == name);
            return (names(b"matroska") || names(b"webm")).then_some(Self::Matroska);
        }
        let known = [
            (at(4, b"moov") || at(4, b"wide") || at(4, b"mdat"), Self::Mov),
            (at(0, b"RIFF") && at(8, b"AVI "), Self::Avi),
            (at(0, &[0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11]), Self::Asf),
            (at(0, &[0, 0, 1, 0xba]), Self::Program),
            (at(0, &[0, 0, 1, 0xb3]), Self::Pictures),
            (at(0, b"FLV\x01"), Self::Flv),
            (every(0, 188) || every(4, 192), Self::Transport),
        ];
        known.into_iter().find_map(|(is, container)| is.then_some(container))
    }

    /// What ffmpeg calls its reader.
    #[must_use]
    pub fn reader(self) -> &'static str {
        match self {
            Self::Mov => "mov",
            Self::Matroska => "matroska",
            Self::Avi => "avi",
            Self::Asf => "asf",
            Self::Program => "mpeg",
            Self::Transport => "mpegts",
            Self::Pictures => "mpegvideo",
            Self::Flv => "flv",
        }
    }
}

/// Beginnings of brands of `ftyp` that hold pictures (HEIF, AVIF, Canon's raw) or sound.
const STILL_OR_SOUND: [&[u8]; 10] =
    [b"hei", b"hev", b"mif1", b"msf1", b"avif", b"avis", b"crx", b"M4A", b"M4B", b"M4P"];

/// What ffmpeg is asked for: a frame each so many milliseconds, brought to 512 × 512 by area, as raw bytes on its standard
/// output; nothing but the film's first stream of moving pictures (a cover is none), no questions, nothing from a network.
#[must_use]
pub fn arguments(film: &OsStr, container: Container, every_ms: u32) -> Vec<OsString> {
    let filter = format!("fps=1000/{},scale={SIDE}:{SIDE}:flags=area", every_ms.max(1));
    let before = ["-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,pipe"];
    // Two threads, whatever the machine has: each takes memory.
    let input = ["-threads", "2", "-f", container.reader(), "-i"];
    let after =
        ["-map", "0:V:0", "-vf", &filter, "-pix_fmt", "rgb24", "-f", "rawvideo", "-threads", "1", "pipe:1"];
    let texts = |texts: &[&str]| texts.iter().map(OsString::from).collect::<Vec<_>>();
    let mut file = OsString::from("file:");
    file.push(film);
    [texts(&before), texts(&input), vec![file], texts(&after)].concat()
}

/// The frames of a film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frames {
    /// The frames, in order.
    pub frames: Vec<Frame>,
    /// Whether there were more than were allowed.
    pub stopped: bool,
    /// Bytes after the last whole frame: the film, or the program that reads it, ended inside one.
    pub rest: usize,
}

/// Hashes raw frames of 512 × 512 pixels of three bytes until they end, at most so many.
///
/// # Errors
/// They cannot be read.
pub fn frames(mut raw: impl Read, every_ms: u32, most: u32) -> io::Result<Frames> {
    let mut pixels = vec![0; (SIDE * SIDE * 3) as usize];
    let mut frames = Vec::new();
    let mut index = 0;
    loop {
        let read = fill(&mut raw, &mut pixels)?;
        if read < pixels.len() {
            return Ok(Frames { frames, stopped: false, rest: read });
        }
        if index == most {
            return Ok(Frames { frames, stopped: true, rest: 0 });
        }
        if let Some(view) = View::rgb(SIDE, SIDE, &pixels) {
            let taken = pdq::hash(view, Profile::Full);
            let at_ms = u64::from(index) * u64::from(every_ms);
            frames.push(Frame { index, at_ms, hash: taken.hash, quality: taken.quality });
        }
        index += 1;
    }
}

/// Reads until the room is full or the bytes end; how many there were.
fn fill(raw: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < room.len() {
        match raw.read(&mut room[read..]) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
