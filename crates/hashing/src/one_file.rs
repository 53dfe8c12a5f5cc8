//! One stream alone, on one thread or two, and the parts of one file side by side.

use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use crate::digests::{Broken, Digests, Wanted};
use crate::ed2k::{Ed2k, PART_BYTES};
use crate::in_order::Pieces;
use crate::lanes::Lanes;
use crate::streams::{Settings, hash_streams};

/// Hashes one stream, on two threads when there are several: MD5, which takes as long as the others together, on its own.
///
/// # Errors
/// The stream could not be read to its end.
pub fn hash_stream(settings: Settings, stream: impl Read) -> Result<Digests, Broken> {
    let others = Wanted { md5: false, ..settings.wanted };
    if settings.threads < 2 || !settings.wanted.md5 || others == Wanted::default() {
        return hash_alone(settings, stream);
    }
    let (sender, receiver) = sync_channel(WAITING);
    thread::scope(|scope| {
        let md5 = Wanted { md5: true, ..Wanted::default() };
        let md5 = Settings { wanted: md5, ..settings };
        let md5 = scope.spawn(move || hash_alone(md5, Pieces::new(receiver, vec![])));
        let shared = Shared { stream, piece: Vec::new(), sender: Some(sender) };
        let digests = hash_alone(Settings { wanted: others, ..settings }, shared)?;
        let md5 = md5.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok(Digests { md5: md5.md5, ..digests })
    })
}

/// How many pieces of a stream wait at most for the other thread.
const WAITING: usize = 4;

/// What is handed to the other thread at once.
const PIECE_BYTES: usize = 256 * 1024;

/// A stream whose bytes another thread gets too.
struct Shared<R> {
    stream: R,
    piece: Vec<u8>,
    /// None after the end.
    sender: Option<SyncSender<io::Result<Vec<u8>>>>,
}

impl<R: Read> Read for Shared<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.stream.read(buffer)?;
        self.piece.extend_from_slice(&buffer[..n]);
        if let Some(sender) = &self.sender
            && (n == 0 || self.piece.len() >= PIECE_BYTES)
        {
            // It is taken, unless the other thread panicked, which is told when it is joined.
            let next = Vec::with_capacity(PIECE_BYTES + buffer.len());
            let _ = sender.send(Ok(std::mem::replace(&mut self.piece, next)));
        }
        if n == 0 {
            self.sender = None;
        }
        Ok(n)
    }
}

fn hash_alone(settings: Settings, stream: impl Read) -> Result<Digests, Broken> {
    let mut lanes = Lanes::new(settings.wanted, settings.kernels);
    lanes.put((), stream);
    let mut told = None;
    while told.is_none() {
        lanes.advance(|(), outcome| told = Some(outcome));
    }
    told.expect("it was told")
}

/// The ed2k hash alone of one file, whose parts are read side by side: several times as fast as in one stream, on a disk
/// that has no head to move.
///
/// # Errors
/// The file could not be read, or its length changed meanwhile.
pub fn ed2k_of_file(settings: Settings, file: &File) -> io::Result<Ed2k> {
    let bytes = file.metadata()?.len();
    let parts = (0..=bytes / PART_BYTES).map(|part| {
        let at = part * PART_BYTES;
        (part, Part { file, at, until: bytes.min(at + PART_BYTES) })
    });
    let mut hashes = vec![[0; 16]; bytes as usize / PART_BYTES as usize + 1];
    let mut read = 0;
    let mut error = None;
    let wanted = Wanted { ed2k: true, ..Wanted::default() };
    hash_streams(Settings { wanted, ..settings }, parts, |part, outcome| match outcome {
        Ok(digests) => {
            read += digests.bytes;
            if let Some(Ed2k { hash, parts }) = digests.ed2k {
                // A whole part has its own hash, and that of an empty part behind it.
                hashes[part as usize] = *parts.first().unwrap_or(&hash);
            }
        }
        Err(broken) => error = Some(broken.error),
    });
    match error {
        Some(error) => Err(error),
        None if read != bytes || file.metadata()?.len() != bytes => {
            Err(io::Error::new(io::ErrorKind::InvalidData, "the file changed while it was read"))
        }
        None => Ok(Ed2k::of_parts(hashes)),
    }
}

/// A part of a file as a stream.
struct Part<'f> {
    file: &'f File,
    at: u64,
    until: u64,
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = (buffer.len() as u64).min(self.until - self.at) as usize;
        let n = read_at(self.file, &mut buffer[..len], self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}
