//! A file that several threads read at any position, and numbers in it.

use std::fs::File;
use std::io;

/// A file that is read by position; its own position means nothing.
pub struct At {
    #[cfg(unix)]
    file: File,
    #[cfg(not(unix))]
    file: std::sync::Mutex<File>,
}

impl At {
    pub fn new(file: File) -> Self {
        #[cfg(unix)]
        return Self { file };
        #[cfg(not(unix))]
        return Self { file: std::sync::Mutex::new(file) };
    }

    /// Fills `bytes` from a position.
    #[cfg(unix)]
    pub fn read(&self, position: u64, bytes: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, bytes, position)
    }

    /// Fills `bytes` from a position; elsewhere than on Unix one reader at a time.
    #[cfg(not(unix))]
    pub fn read(&self, position: u64, bytes: &mut [u8]) -> io::Result<()> {
        use std::io::{Read as _, Seek as _, SeekFrom};
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.seek(SeekFrom::Start(position))?;
        file.read_exact(bytes)
    }

    /// Bytes from a position.
    pub fn bytes(&self, position: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; len];
        self.read(position, &mut bytes)?;
        Ok(bytes)
    }

    /// Numbers of four bytes from a position.
    pub fn u32s(&self, position: u64, n: usize) -> io::Result<Vec<u32>> {
        let bytes = self.bytes(position, n * 4)?;
        Ok(bytes
            .chunks_exact(4)
            .map(|bytes| u32::from_le_bytes(bytes.try_into().expect("4 bytes")))
            .collect())
    }

    /// Numbers of eight bytes from a position.
    pub fn u64s(&self, position: u64, n: usize) -> io::Result<Vec<u64>> {
        let bytes = self.bytes(position, n * 8)?;
        Ok(bytes
            .chunks_exact(8)
            .map(|bytes| u64::from_le_bytes(bytes.try_into().expect("8 bytes")))
            .collect())
    }
}

/// The file is not what it says it is.
pub fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("a grid is damaged: {what}"))
}
