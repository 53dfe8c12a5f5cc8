//! Memory for what must not be left behind: perceptual hashes and what is made of them.
//!
//! It comes from the system in whole pages, in large ones where the system has them; it is kept out of core dumps, kept from
//! being swapped out where the system allows that much (`ulimit -l`), and overwritten when it is given back.

use std::io;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use bytemuck::Pod;
use memmap2::MmapMut;
use zeroize::Zeroize as _;

/// Numbers in such memory, all zero at first.
pub(crate) struct Guarded<T> {
    map: MmapMut,
    len: usize,
    locked: bool,
    of: PhantomData<T>,
}

/// How much memory is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// In all.
    pub bytes: u64,
    /// Of these, what the system promised not to swap out.
    pub locked_bytes: u64,
}

impl<T> std::fmt::Debug for Guarded<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Guarded({}, not shown)", self.len)
    }
}

impl std::ops::Add for Memory {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { bytes: self.bytes + other.bytes, locked_bytes: self.locked_bytes + other.locked_bytes }
    }
}

const PAGE: usize = 4096;

impl<T: Pod> Guarded<T> {
    /// So many zeros.
    ///
    /// # Errors
    /// The system has not so much.
    pub(crate) fn zeros(len: usize) -> io::Result<Self> {
        let bytes =
            len.checked_mul(size_of::<T>()).and_then(|bytes| bytes.max(1).checked_next_multiple_of(PAGE));
        let map = MmapMut::map_anon(bytes.ok_or(io::ErrorKind::OutOfMemory)?)?;
        // Each of these is a wish: without it the lists work all the same, and whether pages are locked is told.
        #[cfg(target_os = "linux")]
        {
            let _ = map.advise(memmap2::Advice::HugePage);
            let _ = map.advise(memmap2::Advice::DontDump);
        }
        #[cfg(unix)]
        let locked = map.lock().is_ok();
        #[cfg(not(unix))]
        let locked = false;
        Ok(Self { map, len, locked, of: PhantomData })
    }

    pub(crate) fn memory(&self) -> Memory {
        let bytes = self.map.len() as u64;
        Memory { bytes, locked_bytes: if self.locked { bytes } else { 0 } }
    }
}

impl<T: Pod> Deref for Guarded<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        bytemuck::cast_slice(&self.map[..self.len * size_of::<T>()])
    }
}

impl<T: Pod> DerefMut for Guarded<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        bytemuck::cast_slice_mut(&mut self.map[..self.len * size_of::<T>()])
    }
}

impl<T> Drop for Guarded<T> {
    fn drop(&mut self) {
        bytemuck::cast_slice_mut::<u8, u64>(&mut self.map).zeroize();
    }
}
