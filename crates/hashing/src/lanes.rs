//! Many streams side by side, of any lengths: a lane each. A lane that comes to the end of its stream takes another.
//!
//! ```text
//!  lane 0  ████████████ tail │ ██████████████████████ …      all lanes go on by the same number of blocks: as many as
//!  lane 1  ██████████████████████████ tail │ ███████ …       the one with the fewest before its buffer is empty, a part
//!  …                                                         or a stream ends
//! ```
//!
//! Memory: a buffer of [`BUFFER_BYTES`] a lane, or the bytes of a stream that was given whole; and what a stream's parts
//! and leaves take, 16 bytes for 9,728,000 of the stream and 20 for 184,320.

use std::io::{self, Read};

use crate::aich::{Aich, LEAF_BYTES};
use crate::digests::{Broken, Digests, Wanted};
use crate::ed2k::{Ed2k, PART_BYTES};
use crate::kernels::{Hash, Kernels, State};

/// What is read of a stream at once: the buffers of 32 lanes fill a second-level cache of one megabyte.
pub const BUFFER_BYTES: usize = 32 * 1024;

/// How far all lanes go for one hash before the next hash has its turn: what they read stays in the nearest cache.
const TURN_BYTES: usize = 1024;

/// What a lane without a stream reads.
static NOTHING: [u8; TURN_BYTES] = [0; TURN_BYTES];

/// Streams that are hashed side by side, each with its key.
pub struct Lanes<K, R> {
    kernels: &'static Kernels,
    wanted: Wanted,
    hashes: Vec<Hash>,
    state: Box<State>,
    lanes: Vec<Lane<K, R>>,
    /// A bit for each lane that has a stream.
    busy: u32,
    /// Buffers of streams that were given whole, to be filled again.
    spare: Vec<Vec<u8>>,
}

/// One stream.
struct Lane<K, R> {
    /// None where there is no stream.
    key: Option<K>,
    /// None when all its bytes are in the buffer.
    rest: Option<R>,
    buffer: Vec<u8>,
    /// What of the buffer is filled and not yet hashed.
    at: usize,
    filled: usize,
    /// How many bytes were read.
    bytes: u64,
    /// How many bytes were hashed of the part and of the leaf at hand.
    part_bytes: u64,
    leaf_bytes: u64,
    parts: Vec<[u8; 16]>,
    leaves: Vec<[u8; 20]>,
    /// The last bytes with their padding, once the stream has ended.
    tail: Option<Box<Tail>>,
}

/// The last block or two of a stream. They differ between hashes in the length that stands at their end.
struct Tail {
    bytes: [[u8; 128]; Hash::ALL.len()],
    at: usize,
    len: usize,
}

impl<K, R: Read> Lanes<K, R> {
    /// No streams yet.
    pub fn new(wanted: Wanted, kernels: &'static Kernels) -> Self {
        Self {
            kernels,
            wanted,
            hashes: wanted.hashes(),
            state: Box::new(State::new()),
            lanes: (0..kernels.lanes()).map(|_| Lane::idle()).collect(),
            busy: 0,
            spare: Vec::new(),
        }
    }

    /// How many lanes have a stream.
    pub fn len(&self) -> usize {
        self.busy.count_ones() as usize
    }

    /// Whether every lane has a stream.
    pub fn is_full(&self) -> bool {
        self.len() == self.lanes.len()
    }

    /// Whether no lane has a stream.
    pub fn is_empty(&self) -> bool {
        self.busy == 0
    }

    /// Takes a stream.
    ///
    /// # Panics
    /// Every lane has one.
    pub fn put(&mut self, key: K, stream: R) {
        let lane = self.begin(key);
        lane.rest = Some(stream);
        if lane.buffer.len() != BUFFER_BYTES {
            lane.buffer = vec![0; BUFFER_BYTES];
        }
    }

    /// Takes a stream whose bytes are all there.
    ///
    /// # Panics
    /// Every lane has one.
    pub fn put_whole(&mut self, key: K, bytes: Vec<u8>) {
        let lane = self.begin(key);
        (lane.filled, lane.bytes) = (bytes.len(), bytes.len() as u64);
        let before = std::mem::replace(&mut lane.buffer, bytes);
        self.spare.push(before);
    }

    /// An empty buffer that may have room already.
    pub fn spare(&mut self) -> Vec<u8> {
        let mut buffer = self.spare.pop().unwrap_or_default();
        buffer.clear();
        buffer
    }

    fn begin(&mut self, key: K) -> &mut Lane<K, R> {
        let free = self.busy.trailing_ones() as usize;
        self.busy |= 1 << free;
        self.hashes.iter().for_each(|hash| self.state.begin(*hash, free));
        let lane = &mut self.lanes[free];
        *lane = Lane { key: Some(key), buffer: std::mem::take(&mut lane.buffer), ..Lane::idle() };
        lane
    }

    /// Goes on: tells the streams that came to their end, whose lanes are then free; and where none did, hashes some blocks
    /// of every stream.
    pub fn advance(&mut self, mut each: impl FnMut(K, Result<Digests, Broken>)) {
        let before = self.busy;
        for lane in ones(before) {
            if self.lanes[lane].blocks_bytes() == 0 {
                self.refill(lane, &mut each);
            }
        }
        match self.busy.count_ones() as usize {
            _ if self.busy != before => {}
            0 => {}
            n if n <= self.kernels.few(&self.hashes) => self.advance_one_by_one(),
            _ => self.advance_all(),
        }
    }

    /// Reads on in a stream, or tells its end.
    fn refill(&mut self, lane: usize, each: &mut impl FnMut(K, Result<Digests, Broken>)) {
        let stream = &mut self.lanes[lane];
        let outcome = if stream.tail.is_some() {
            Ok(self.digests(lane))
        } else {
            match stream.fill() {
                Ok(()) if stream.filled >= 64 => return,
                Ok(()) => {
                    stream.tail = Some(Box::new(stream.padded(&self.hashes)));
                    return;
                }
                Err(error) => Err(Broken { bytes: stream.bytes, error }),
            }
        };
        let stream = &mut self.lanes[lane];
        self.busy &= !(1 << lane);
        stream.rest = None;
        if let Some(key) = stream.key.take() {
            each(key, outcome);
        }
    }

    /// Few streams: each as far as its buffer goes.
    fn advance_one_by_one(&mut self) {
        for lane in ones(self.busy) {
            let stream = &self.lanes[lane];
            let bytes = stream.blocks_bytes();
            match &stream.tail {
                None => {
                    let blocks = &stream.buffer[stream.at..stream.at + bytes];
                    self.kernels.one(&self.hashes, &mut self.state, lane, blocks);
                }
                Some(tail) => {
                    for hash in &self.hashes {
                        self.kernels.one(&[*hash], &mut self.state, lane, tail.of(*hash, bytes));
                    }
                }
            }
            self.went(lane, bytes);
        }
    }

    /// Many streams: all by the same number of blocks.
    fn advance_all(&mut self) {
        let bytes = ones(self.busy).map(|lane| self.lanes[lane].blocks_bytes()).fold(TURN_BYTES, usize::min);
        let mut blocks = [&NOTHING[..bytes]; u32::BITS as usize];
        let mut tails = 0_u32;
        for lane in ones(self.busy) {
            let stream = &self.lanes[lane];
            match stream.tail {
                None => blocks[lane] = &stream.buffer[stream.at..stream.at + bytes],
                Some(_) => tails |= 1 << lane,
            }
        }
        for hash in &self.hashes {
            for lane in ones(tails) {
                if let Some(tail) = &self.lanes[lane].tail {
                    blocks[lane] = tail.of(*hash, bytes);
                }
            }
            self.kernels.many(*hash, &mut self.state, self.busy, &blocks[..self.lanes.len()]);
        }
        for lane in ones(self.busy) {
            self.went(lane, bytes);
        }
    }

    /// A lane went on by that many bytes, which may have ended a part or a leaf.
    fn went(&mut self, lane: usize, bytes: usize) {
        let stream = &mut self.lanes[lane];
        if let Some(tail) = &mut stream.tail {
            tail.at += bytes;
            return;
        }
        stream.at += bytes;
        stream.part_bytes += bytes as u64;
        stream.leaf_bytes += bytes as u64;
        let ends_part = stream.part_bytes == PART_BYTES;
        if ends_part || stream.leaf_bytes == LEAF_BYTES {
            let leaf_bytes = std::mem::take(&mut stream.leaf_bytes);
            if self.wanted.aich {
                let leaf = self.finished(Hash::Leaf, lane, leaf_bytes);
                self.lanes[lane].leaves.push(leaf);
            }
        }
        if ends_part {
            self.lanes[lane].part_bytes = 0;
            if self.wanted.ed2k {
                let part = self.finished(Hash::Md4, lane, PART_BYTES);
                self.lanes[lane].parts.push(part);
            }
        }
    }

    /// The digest of a part or leaf of whole blocks in the middle of a stream. The hash begins anew.
    fn finished<const BYTES: usize>(&mut self, hash: Hash, lane: usize, bytes: u64) -> [u8; BYTES] {
        let (padding, len) = padded(hash, &[], bytes);
        self.kernels.one(&[hash], &mut self.state, lane, &padding[..len]);
        let digest = self.state.digest(hash, lane);
        self.state.begin(hash, lane);
        digest
    }

    /// The digests of a stream whose tail was hashed.
    fn digests(&mut self, lane: usize) -> Digests {
        let stream = &mut self.lanes[lane];
        let (wanted, state) = (self.wanted, &mut self.state);
        let (mut parts, mut leaves) = (std::mem::take(&mut stream.parts), std::mem::take(&mut stream.leaves));
        if wanted.ed2k {
            parts.push(state.digest(Hash::Md4, lane));
        }
        // Where the last leaf was whole there is no other; an empty stream has one of nothing.
        if wanted.aich && (leaves.is_empty() || stream.last_leaf_bytes() > 0) {
            leaves.push(state.digest(Hash::Leaf, lane));
        }
        Digests {
            bytes: stream.bytes,
            md5: wanted.md5.then(|| state.digest(Hash::Md5, lane)),
            sha1: wanted.sha1.then(|| state.digest(Hash::Sha1, lane)),
            sha256: wanted.sha256.then(|| state.digest(Hash::Sha256, lane)),
            ed2k: wanted.ed2k.then(|| Ed2k::of_parts(parts)),
            aich: wanted.aich.then(|| Aich::of_leaves(leaves, stream.bytes)),
        }
    }
}

/// The places of the ones of a mask.
fn ones(mut mask: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lane = mask.trailing_zeros();
        mask &= mask.wrapping_sub(1);
        (lane < u32::BITS).then_some(lane as usize)
    })
}

impl<K, R: Read> Lane<K, R> {
    fn idle() -> Self {
        Self {
            key: None,
            rest: None,
            buffer: Vec::new(),
            at: 0,
            filled: 0,
            bytes: 0,
            part_bytes: 0,
            leaf_bytes: 0,
            parts: Vec::new(),
            leaves: Vec::new(),
            tail: None,
        }
    }

    /// How many bytes can be hashed at once, in whole blocks: up to the end of the buffer, a part, a leaf or the tail.
    fn blocks_bytes(&self) -> usize {
        if let Some(tail) = &self.tail {
            return tail.len - tail.at;
        }
        let to_end = (PART_BYTES - self.part_bytes).min(LEAF_BYTES - self.leaf_bytes) as usize;
        (self.filled - self.at).min(to_end) / 64 * 64
    }

    /// Reads until there is a block, or the stream ends.
    fn fill(&mut self) -> io::Result<()> {
        let Some(rest) = &mut self.rest else {
            self.buffer.copy_within(self.at..self.filled, 0);
            (self.at, self.filled) = (0, self.filled - self.at);
            return Ok(());
        };
        self.buffer.copy_within(self.at..self.filled, 0);
        (self.at, self.filled) = (0, self.filled - self.at);
        while self.filled < 64 {
            match rest.read(&mut self.buffer[self.filled..]) {
                Ok(0) => break,
                Ok(n) => {
                    self.filled += n;
                    self.bytes += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The last bytes with their padding, for each hash.
    fn padded(&self, hashes: &[Hash]) -> Tail {
        let mut tail = Tail { bytes: [[0; 128]; Hash::ALL.len()], at: 0, len: 0 };
        let last = &self.buffer[self.at..self.filled];
        for hash in hashes {
            let bytes = match hash {
                Hash::Md4 => self.part_bytes + last.len() as u64,
                Hash::Leaf => self.last_leaf_bytes(),
                Hash::Md5 | Hash::Sha1 | Hash::Sha256 => self.bytes,
            };
            (tail.bytes[*hash as usize], tail.len) = padded(*hash, last, bytes);
        }
        tail
    }

    fn last_leaf_bytes(&self) -> u64 {
        self.leaf_bytes + (self.filled - self.at) as u64
    }
}

impl Tail {
    fn of(&self, hash: Hash, bytes: usize) -> &[u8] {
        &self.bytes[hash as usize][self.at..self.at + bytes]
    }
}

/// The last bytes of a message of that many, with what all these hashes put behind it: a one, zeros, the number of bits;
/// and how much of the array that is.
fn padded(hash: Hash, last: &[u8], bytes: u64) -> ([u8; 128], usize) {
    let mut padded = [0; 128];
    padded[..last.len()].copy_from_slice(last);
    padded[last.len()] = 0x80;
    let len = (last.len() + 9).next_multiple_of(64);
    let bits = bytes.wrapping_mul(8);
    let bits = if hash.is_big_endian() { bits.to_be_bytes() } else { bits.to_le_bytes() };
    padded[len - 8..len].copy_from_slice(&bits);
    (padded, len)
}
