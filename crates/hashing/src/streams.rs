//! Streams that can be opened at any time: as many at once as there are lanes, on one thread or several.

use std::io::Read;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::digests::{Broken, Digests, Wanted};
use crate::kernels::Kernels;
use crate::lanes::Lanes;

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
    supply: impl Iterator<Item = (K, R)> + Send,
    each: impl FnMut(K, Result<Digests, Broken>) + Send,
) {
    let supply = Mutex::new(supply);
    let each = Mutex::new(each);
    let work = || {
        let mut lanes = Lanes::new(settings.wanted, settings.kernels);
        let mut is_drained = false;
        loop {
            while !is_drained && !lanes.is_full() {
                let next = lock(&supply).next();
                match next {
                    Some((key, stream)) => lanes.put(key, stream),
                    None => is_drained = true,
                }
            }
            if lanes.is_empty() {
                return;
            }
            lanes.advance(|key, outcome| lock(&each)(key, outcome));
        }
    };
    thread::scope(|scope| {
        for _ in 1..settings.threads {
            scope.spawn(work);
        }
        work();
    });
}

/// A lock; what a thread that panicked left behind is not used, since its panic goes on when the threads are joined.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
