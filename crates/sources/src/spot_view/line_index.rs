//! Where the lines of a file are, so that a late one is gone to and not walked to: the line in which each block begins.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tutela_model::source::{Input, Refusal};

use crate::compression::{Stream, decompressed};
use crate::text::read_full;

/// Bytes of a block. To reach a line in it, it is walked through; it costs eight bytes of memory.
const BLOCK_BYTES: usize = 1 << 20;
/// Bytes in which lines are counted for one view at most: a few seconds of a disk. The next view goes on behind them.
const MAX_COUNTED: u64 = 4 << 30;

/// The lines of one received file, which never changes, as far into it as somebody asked.
///
/// It counts line feeds and knows no encoding: whoever reads the file decides whether they end its lines.
/// Several threads may ask one index, and what one of them counts serves all.
#[derive(Debug)]
pub struct LineIndex {
    block_bytes: usize,
    max_counted: u64,
    counted: Mutex<Counted>,
}

#[derive(Debug)]
struct Counted {
    /// The line, from 1, in which the first byte of each block stands; never descending.
    starts: Vec<u64>,
    /// Whether the file ends in the last of these blocks.
    is_whole: bool,
}

impl Default for LineIndex {
    fn default() -> Self {
        Self::of_blocks(BLOCK_BYTES, MAX_COUNTED)
    }
}

/// A byte of a file and the line, from 1, in which it stands; mostly not at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub byte: u64,
    pub line: u64,
}

/// Where to walk from to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// The beginning of the file: the line may be in its first block, or the file is in a compression.
    Beginning,
    /// The last mark before the line.
    Mark(Mark),
    /// Nowhere yet: the line is not before this byte, and it was enough for one view to count up to there.
    NotYet(u64),
}

impl LineIndex {
    /// An index of which nothing is counted. Tests have small files, and smaller blocks.
    pub(super) fn of_blocks(block_bytes: usize, max_counted: u64) -> Self {
        Self { block_bytes, max_counted, counted: Mutex::new(Counted { starts: vec![1], is_whole: false }) }
    }

    /// Bytes of memory that it takes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.counted().starts.capacity() * size_of::<u64>()
    }

    /// Counts the lines of the whole file before anybody asks for one. Of a file in a compression nothing is counted.
    ///
    /// # Errors
    /// [`Refusal::Read`] when the file cannot be read.
    pub fn prepare(&self, input: Input) -> Result<(), Refusal> {
        self.counted_to(u64::MAX, &mut decompressed(input)?, u64::MAX)?;
        Ok(())
    }

    /// Where to walk from to a line, after counting as far as that takes and one view may.
    pub(super) fn before(&self, line: u64, stream: &mut Stream) -> io::Result<Start> {
        self.counted_to(line, stream, self.max_counted)
    }

    fn counted_to(&self, line: u64, stream: &mut Stream, max_counted: u64) -> io::Result<Start> {
        let mut block = Vec::new();
        let mut counted_here = 0;
        loop {
            let n_blocks = {
                let counted = self.counted();
                if counted.is_whole || counted.last() >= line {
                    let mark = |block| Mark { byte: self.start_of(block), line: counted.starts[block] };
                    return Ok(counted
                        .block_before(line)
                        .map_or(Start::Beginning, |block| Start::Mark(mark(block))));
                }
                counted.starts.len()
            };
            if counted_here >= max_counted {
                return Ok(Start::NotYet(self.start_of(n_blocks - 1)));
            }
            // Nobody waits while a block is read. Of two who read the same one, the slower drops what it counted.
            if !stream.go_to(self.start_of(n_blocks - 1))? {
                return Ok(Start::Beginning);
            }
            block.resize(self.block_bytes, 0);
            let n_read = read_full(stream, &mut block)?;
            counted_here += n_read as u64;
            let n_ends = memchr::memchr_iter(b'\n', &block[..n_read]).count() as u64;
            let mut counted = self.counted();
            if counted.starts.len() == n_blocks {
                counted.is_whole = n_read < self.block_bytes;
                if !counted.is_whole {
                    let next = counted.last() + n_ends;
                    counted.starts.push(next);
                }
            }
        }
    }

    /// The first byte of a block.
    fn start_of(&self, block: usize) -> u64 {
        block as u64 * self.block_bytes as u64
    }

    /// What a thread that panicked has left is whole: a block is added by one statement.
    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    /// The line in which the last block begins.
    fn last(&self) -> u64 {
        self.starts.last().copied().unwrap_or(1)
    }

    /// The last block that begins in a line before this one; none where that is the first one.
    fn block_before(&self, line: u64) -> Option<usize> {
        self.starts.partition_point(|start| *start < line).checked_sub(1).filter(|block| *block > 0)
    }
}
