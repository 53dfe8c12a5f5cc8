//! Frames of a film, from another program: nothing here decodes films.
//!
//! Whoever wants them starts `ffmpeg` with [`arguments`] as a child without rights, and hands its output to [`frames`]. That
//! is off unless an officer asks for it: ffmpeg is large, and films are foreign bytes.
//! Frames come as raw bytes of red, green and blue through a pipe; each is hashed and forgotten. Nothing is written.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};

use crate::near::frames::Frame;
use crate::pdq::{self, Profile, View};

/// The side of a frame, in pixels: as large as both profiles take pictures alike.
pub const SIDE: u32 = 512;

/// What ffmpeg is asked for: a frame each so many milliseconds, brought to 512 × 512 by area, as raw bytes on its standard
/// output; nothing but the film's first picture stream, no questions, nothing from a network.
#[must_use]
pub fn arguments(film: &OsStr, every_ms: u32) -> Vec<OsString> {
    let filter = format!("fps=1000/{},scale={SIDE}:{SIDE}:flags=area", every_ms.max(1));
    let before = ["-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file,pipe", "-i"];
    let after =
        ["-map", "0:v:0", "-vf", &filter, "-pix_fmt", "rgb24", "-f", "rawvideo", "-threads", "1", "pipe:1"];
    let texts = |texts: &[&str]| texts.iter().map(OsString::from).collect::<Vec<_>>();
    let mut file = OsString::from("file:");
    file.push(film);
    [texts(&before), vec![file], texts(&after)].concat()
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
