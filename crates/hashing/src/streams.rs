//! Streams that can be opened at any time: as many at once as there are lanes, on one thread or several.

use std::io::Read;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::digests::{Broken, Digests, Wanted};
use crate::kernels::Kernels;
use crate::lanes::Lanes;
use crate::one_file::hash_stream;

/// How streams are hashed. Nothing of it changes a digest but `wanted`.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Which hashes are made.
    pub wanted: Wanted,
    /// On how many threads; at least one.
    pub threads: usize,
    /// By which inner loops.
    pub kernels: &'static Kernels,
}

impl Settings {
    /// One thread, and the fastest inner loops of the machine.
    pub fn new(wanted: Wanted) -> Self {
        Self { wanted, threads: 1, kernels: Kernels::best() }
    }
}

/// Hashes all streams, each read on the thread that hashes it. Each is told once, in the order in which they end; a stream
/// that cannot be read to its end stops no other.
///
/// As many streams are open at once as there are threads times lanes, with 32 KiB of memory each; a stream that opens
/// itself when it is first read keeps to that.
pub fn hash_streams<K: Send, R: Read + Send>(
    settings: Settings,
    mut supply: impl Iterator<Item = (K, R)> + Send,
    each: impl FnMut(K, Result<Digests, Broken>) + Send,
) {
    let (threads, lanes) = (settings.threads.max(1), settings.kernels.lanes());
    let first: Vec<(K, R)> = supply.by_ref().take(threads * lanes).collect();
    // Streams that do not fill the lanes of all threads are shared out evenly.
    let share = first.len().div_ceil(threads).max(1);
    let is_split = 2 * first.len() <= threads;
    let supply = Mutex::new(first.into_iter().chain(supply).fuse());
    let each = Mutex::new(each);
    let take = || lock(&supply).next();
    let tell = |key, outcome| lock(&each)(key, outcome);
    let work = || {
        // With two threads or more for each stream, a stream has two.
        while is_split && let Some((key, stream)) = take() {
            tell(key, hash_stream(settings, stream));
        }
        let mut side_by_side = Lanes::new(settings.wanted, settings.kernels);
        loop {
            while side_by_side.len() < share
                && let Some((key, stream)) = take()
            {
                side_by_side.put(key, stream);
            }
            if side_by_side.is_empty() {
                return;
            }
            side_by_side.advance(tell);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
}

/// A lock; what a thread that panicked left behind is not used, since its panic goes on when the threads are joined.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
