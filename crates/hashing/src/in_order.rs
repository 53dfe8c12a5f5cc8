//! Streams that can be read only one after the other: files of an image, or of a disk whose head has to move.
//!
//! Small ones are read whole and kept until there is one for each lane; a large one is hashed while it is read.

use std::io::{self, Cursor, Empty, Read};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::digests::{Broken, Digests};
use crate::lanes::Lanes;
use crate::one_file::hash_stream;
use crate::streams::{Settings, lock};

/// The longest stream that is kept whole.
///
/// The most memory is this for each lane, of which there are at most 32, and once more for the one that is being read.
pub const HELD_BYTES: u64 = 1 << 20;

/// Takes streams one after the other, on the thread that gives them; where the settings have several threads, a long stream
/// has a second one.
pub struct InOrder<K> {
    settings: Settings,
    lanes: Lanes<K, Empty>,
}

impl<K> InOrder<K> {
    /// No streams yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings, lanes: Lanes::new(settings.wanted, settings.kernels) }
    }

    /// Reads a stream to its end. It is told now or later, after or before others.
    pub fn add(&mut self, key: K, stream: &mut dyn Read, mut each: impl FnMut(K, Result<Digests, Broken>)) {
        let mut begun = self.lanes.spare();
        match read_begin(stream, &mut begun) {
            Err(error) => each(key, Err(Broken { bytes: begun.len() as u64, error })),
            Ok(true) => self.add_whole(key, begun, each),
            Ok(false) => each(key, hash_stream(self.settings, Cursor::new(begun).chain(stream))),
        }
    }

    /// Takes a stream whose bytes are all there.
    fn add_whole(&mut self, key: K, bytes: Vec<u8>, mut each: impl FnMut(K, Result<Digests, Broken>)) {
        while self.lanes.is_full() {
            self.lanes.advance(&mut each);
        }
        self.lanes.put_whole(key, bytes);
    }

    /// Tells the streams that were kept.
    pub fn finish(mut self, mut each: impl FnMut(K, Result<Digests, Broken>)) {
        while !self.lanes.is_empty() {
            self.lanes.advance(&mut each);
        }
    }
}

/// Reads a stream until it ends or is too long to be kept; says whether it ended.
fn read_begin(stream: &mut dyn Read, begun: &mut Vec<u8>) -> io::Result<bool> {
    stream.take(HELD_BYTES + 1).read_to_end(begun)?;
    Ok(begun.len() as u64 <= HELD_BYTES)
}

/// Hashes all streams, of which one is read at a time, to its end, on the thread that calls; with several threads the
/// others hash what it has read. Else as [`hash_streams`](crate::hash_streams).
///
/// Memory: that of an [`InOrder`] for each thread that hashes, and some MiB on the way to them.
pub fn hash_in_order<K: Send, R: Read>(
    settings: Settings,
    supply: impl Iterator<Item = (K, R)>,
    mut each: impl FnMut(K, Result<Digests, Broken>) + Send,
) {
    if settings.threads < 2 {
        let mut in_order = InOrder::new(settings);
        supply.for_each(|(key, mut stream)| in_order.add(key, &mut stream, &mut each));
        return in_order.finish(each);
    }
    let each = Mutex::new(each);
    let tell = |key, outcome| lock(&each)(key, outcome);
    let (sender, receiver) = sync_channel(WAITING);
    let receiver = Mutex::new(receiver);
    let work = || {
        let mut in_order = InOrder::new(settings);
        loop {
            let next = lock(&receiver).recv();
            match next {
                Ok((key, Stream::Whole(bytes))) => in_order.add_whole(key, bytes, tell),
                Ok((key, Stream::Long(pieces))) => tell(key, hash_stream(settings, pieces)),
                Err(_) => break,
            }
        }
        in_order.finish(tell);
    };
    thread::scope(|scope| {
        for _ in 1..settings.threads {
            scope.spawn(work);
        }
        for (key, stream) in supply {
            read(key, stream, &sender, &tell);
        }
        drop(sender);
    });
}

/// How many streams, and how many pieces of a long one, wait at most to be hashed.
const WAITING: usize = 4;

/// A stream on its way from the thread that reads to one that hashes.
enum Stream {
    Whole(Vec<u8>),
    Long(Pieces),
}

/// Reads a stream and hands it on.
fn read<K>(
    key: K,
    mut stream: impl Read,
    sender: &SyncSender<(K, Stream)>,
    tell: &impl Fn(K, Result<Digests, Broken>),
) {
    // Nobody takes anything any more only when a thread panicked, whose panic goes on when it is joined.
    let mut begun = Vec::new();
    match read_begin(&mut stream, &mut begun) {
        Err(error) => tell(key, Err(Broken { bytes: begun.len() as u64, error })),
        Ok(true) => drop(sender.send((key, Stream::Whole(begun)))),
        Ok(false) => {
            let (pieces, receiver) = sync_channel(WAITING);
            let long = Pieces::new(receiver, begun);
            if sender.send((key, Stream::Long(long))).is_err() {
                return;
            }
            loop {
                let mut piece = Vec::new();
                let outcome = stream.by_ref().take(HELD_BYTES).read_to_end(&mut piece);
                let is_last = outcome.is_err() || piece.is_empty();
                if pieces.send(Ok(piece)).is_err() {
                    return;
                }
                if let Err(error) = outcome {
                    drop(pieces.send(Err(error)));
                }
                if is_last {
                    return;
                }
            }
        }
    }
}

/// A long stream in the pieces in which it was read on another thread.
pub struct Pieces {
    receiver: Receiver<io::Result<Vec<u8>>>,
    piece: Cursor<Vec<u8>>,
}

impl Pieces {
    /// The bytes that were read first, and those that come.
    pub fn new(receiver: Receiver<io::Result<Vec<u8>>>, begun: Vec<u8>) -> Self {
        Self { receiver, piece: Cursor::new(begun) }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.piece.read(buffer)? {
                0 => {}
                n => return Ok(n),
            }
            match self.receiver.recv() {
                Ok(piece) => self.piece = Cursor::new(piece?),
                Err(_) => return Ok(0),
            }
        }
    }
}
