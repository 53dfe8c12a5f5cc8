//! Where bytes are put that do not fit into memory.
//!
//! Whoever computes does not reach the disk; whoever reaches the disk implements this.

use std::io;

/// Streams of bytes, each with a number that the user chooses.
pub trait Aside: Sync {
    /// Appends bytes to a stream, which begins empty.
    ///
    /// # Errors
    /// There is no room, or the disk fails.
    fn put(&self, stream: u64, bytes: &[u8]) -> io::Result<()>;

    /// Fills `bytes` from a stream, from its byte number `position` on.
    ///
    /// # Errors
    /// The stream is shorter, or the disk fails.
    fn get(&self, stream: u64, position: u64, bytes: &mut [u8]) -> io::Result<()>;
}
