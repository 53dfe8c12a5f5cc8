//! The hits of a join in the order of their connections, however many there are.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use tutela_model::Aside;

/// A connection and a lease, by the numbers of their rows.
type Hit = (u64, u64);

/// Bytes of a hit.
pub(super) const HIT: usize = 16;

/// Collects hits; sorts them and puts them aside when they take too much memory.
pub struct Hits<'a> {
    aside: &'a dyn Aside,
    /// The next stream that nobody uses, among all collections of a join.
    next_stream: &'a AtomicU64,
    waiting: Vec<Hit>,
    most: usize,
    /// Stream of each run put aside, and its bytes.
    runs: Vec<(u64, u64)>,
    failed: Option<io::Error>,
}

impl<'a> Hits<'a> {
    pub(super) fn new(aside: &'a dyn Aside, next_stream: &'a AtomicU64, memory: usize) -> Self {
        let most = (memory / HIT).max(1);
        Self { aside, next_stream, waiting: Vec::new(), most, runs: Vec::new(), failed: None }
    }

    pub(super) fn push(&mut self, connection: u64, lease: u64) {
        if self.waiting.len() == self.waiting.capacity() {
            // Doubling would pass the limit on its way.
            let more = self.waiting.len().max(64).min(self.most - self.waiting.len());
            self.waiting.reserve_exact(more);
        }
        self.waiting.push((connection, lease));
        if self.waiting.len() >= self.most && self.failed.is_none() {
            self.failed = self.put_aside().err();
        }
    }

    /// What went wrong since it was asked last.
    pub(super) fn check(&mut self) -> io::Result<()> {
        self.failed.take().map_or(Ok(()), Err)
    }

    fn put_aside(&mut self) -> io::Result<()> {
        self.waiting.sort_unstable();
        let stream = self.next_stream.fetch_add(1, Ordering::Relaxed);
        let mut bytes = Vec::with_capacity(PAGE * HIT);
        for page in self.waiting.chunks(PAGE) {
            bytes.clear();
            bytes.extend(page.iter().flat_map(encoded));
            self.aside.put(stream, &bytes)?;
        }
        self.runs.push((stream, (self.waiting.len() * HIT) as u64));
        self.waiting.clear();
        Ok(())
    }
}

/// Hits that are written at a time.
const PAGE: usize = 4_096;

fn encoded((connection, lease): &Hit) -> [u8; HIT] {
    let mut bytes = [0; HIT];
    bytes[..8].copy_from_slice(&connection.to_le_bytes());
    bytes[8..].copy_from_slice(&lease.to_le_bytes());
    bytes
}

fn decoded(bytes: &[u8]) -> Hit {
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
    (number(&bytes[..8]), number(&bytes[8..]))
}

/// Hands out all hits by connection, those of each by lease. `memory` is in bytes.
///
/// # Errors
/// What was put aside cannot be read, or `each` refuses.
pub fn merge(
    collections: Vec<Hits<'_>>,
    memory: usize,
    each: &mut dyn FnMut(u64, u64) -> io::Result<()>,
) -> io::Result<()> {
    let mut runs = Vec::new();
    let n_runs = collections.iter().map(|hits| hits.runs.len()).sum::<usize>().max(1);
    let page = (memory / n_runs / HIT).clamp(1, PAGE) * HIT;
    for mut hits in collections {
        hits.check()?;
        for (stream, n_bytes) in &hits.runs {
            let source =
                Source::Aside { aside: hits.aside, stream: *stream, position: 0, end: *n_bytes, page };
            runs.push(Run { source, waiting: Vec::new() });
        }
        // Taken from the end, so the least stands last.
        hits.waiting.sort_unstable_by(|one, other| other.cmp(one));
        runs.push(Run { source: Source::Memory, waiting: hits.waiting });
    }
    let mut heap = std::collections::BinaryHeap::new();
    for (run_idx, run) in runs.iter_mut().enumerate() {
        heap.extend(run.next()?.map(|hit| std::cmp::Reverse((hit, run_idx))));
    }
    while let Some(std::cmp::Reverse(((connection, lease), run_idx))) = heap.pop() {
        each(connection, lease)?;
        heap.extend(runs[run_idx].next()?.map(|hit| std::cmp::Reverse((hit, run_idx))));
    }
    Ok(())
}

/// A sorted run.
struct Run<'a> {
    source: Source<'a>,
    /// What of it is at hand, the next one last.
    waiting: Vec<Hit>,
}

enum Source<'a> {
    /// All is at hand.
    Memory,
    Aside {
        aside: &'a dyn Aside,
        stream: u64,
        position: u64,
        end: u64,
        page: usize,
    },
}

impl Run<'_> {
    fn next(&mut self) -> io::Result<Option<Hit>> {
        if let (true, Source::Aside { aside, stream, position, end, page }) =
            (self.waiting.is_empty(), &mut self.source)
        {
            let mut bytes = vec![0; (*page as u64).min(*end - *position) as usize];
            aside.get(*stream, *position, &mut bytes)?;
            *position += bytes.len() as u64;
            self.waiting.extend(bytes.chunks(HIT).rev().map(decoded));
        }
        Ok(self.waiting.pop())
    }
}
