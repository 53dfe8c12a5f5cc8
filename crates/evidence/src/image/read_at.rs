//! Bytes that are read at an offset: an image, a volume in it, a file in that. Nothing here can write.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

use crate::entry::Why;

/// Bytes of known length that are read at any offset.
pub trait ReadAt {
    /// How many bytes there are.
    fn size(&self) -> u64;

    /// Reads as many bytes from `offset` as fit the buffer; fewer only where they end.
    ///
    /// # Errors
    /// What the machine says, or a [`Fault`] where the bytes are missing or fail their checksum.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

impl ReadAt for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(self.len());
        let taken = (self.len() - from).min(buffer.len());
        buffer[..taken].copy_from_slice(&self[from..from + taken]);
        Ok(taken)
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buffer)
    }
}

impl<T: ReadAt + ?Sized> ReadAt for Box<T> {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, buffer)
    }
}

/// Why bytes could not be given. It travels inside an [`io::Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Why.
    pub why: Why,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
}

impl Fault {
    /// A fault, as the error that reading gives.
    pub fn error(why: Why, expected: impl Into<String>, found: impl Into<String>) -> io::Error {
        io::Error::other(Self { why, expected: expected.into(), found: found.into() })
    }

    /// The fault that an error carries; an error of the machine is a truncation, since its bytes cannot be had.
    #[must_use]
    pub fn of(error: &io::Error) -> Self {
        let carried = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>());
        carried.cloned().unwrap_or_else(|| Self {
            why: Why::Truncated,
            expected: "bytes that can be read".to_owned(),
            found: error.to_string(),
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl Error for Fault {}

/// Fills the buffer from `offset`.
///
/// # Errors
/// When the bytes end before, or cannot be read.
pub fn read_exact_at(bytes: &dyn ReadAt, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
    let taken = bytes.read_at(offset, buffer)?;
    if taken == buffer.len() {
        return Ok(());
    }
    let end = offset.saturating_add(buffer.len() as u64);
    Err(Fault::error(Why::Truncated, format!("bytes up to {end}"), format!("an end at {}", bytes.size())))
}

/// A stretch of other bytes, as a volume is of an image.
pub struct Window<'a> {
    of: &'a dyn ReadAt,
    start: u64,
    size: u64,
}

impl<'a> Window<'a> {
    /// The bytes from `start` on, `size` of them. The other bytes may end before: what is behind reads as missing.
    #[must_use]
    pub fn new(of: &'a dyn ReadAt, start: u64, size: u64) -> Self {
        Self { of, start, size }
    }
}

impl ReadAt for Window<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = self.size.saturating_sub(offset).min(buffer.len() as u64) as usize;
        let at = self.start.saturating_add(offset);
        let taken = self.of.read_at(at, &mut buffer[..wanted])?;
        if taken < wanted && taken == 0 {
            let found = format!("an end at {}", self.of.size());
            return Err(Fault::error(Why::Truncated, format!("a byte at {at}"), found));
        }
        Ok(taken)
    }
}

/// Reads bytes one after the other.
pub struct Cursor<'a> {
    of: &'a dyn ReadAt,
    at: u64,
}

impl<'a> Cursor<'a> {
    /// From the first byte on.
    #[must_use]
    pub fn new(of: &'a dyn ReadAt) -> Self {
        Self { of, at: 0 }
    }

    /// From that byte on.
    #[must_use]
    pub fn from(of: &'a dyn ReadAt, at: u64) -> Self {
        Self { of, at }
    }
}

impl Read for Cursor<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.of.read_at(self.at, buffer)?;
        self.at += taken as u64;
        Ok(taken)
    }
}

impl Seek for Cursor<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.of.size().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at =
            at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a place before the start"))?;
        Ok(self.at)
    }
}

/// The last pages that were read of bytes from which few are taken at a time, as of a table of clusters.
pub struct Pages<'a> {
    of: &'a dyn ReadAt,
    kept: RefCell<Vec<(u64, Vec<u8>)>>,
}

/// Bytes of a page.
const PAGE: usize = 64 << 10;

/// Pages that are kept.
const PAGES: usize = 16;

impl<'a> Pages<'a> {
    /// Keeps a mebibyte of those bytes.
    #[must_use]
    pub fn new(of: &'a dyn ReadAt) -> Self {
        Self { of, kept: RefCell::new(Vec::new()) }
    }
}

impl ReadAt for Pages<'_> {
    fn size(&self) -> u64 {
        self.of.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut kept = self.kept.borrow_mut();
        let mut done = 0;
        while done < buffer.len() {
            let at = offset.saturating_add(done as u64);
            let page = at / PAGE as u64;
            match kept.iter().position(|(kept, _)| *kept == page) {
                Some(0) => {}
                Some(place) => kept[..=place].rotate_right(1),
                None => {
                    let mut bytes = vec![0; PAGE];
                    let taken = self.of.read_at(page * PAGE as u64, &mut bytes)?;
                    bytes.truncate(taken);
                    kept.truncate(PAGES - 1);
                    kept.insert(0, (page, bytes));
                }
            }
            let bytes = &kept[0].1;
            let from = ((at % PAGE as u64) as usize).min(bytes.len());
            let taken = (bytes.len() - from).min(buffer.len() - done);
            if taken == 0 {
                break;
            }
            buffer[done..done + taken].copy_from_slice(&bytes[from..from + taken]);
            done += taken;
        }
        Ok(done)
    }
}

/// Two bytes as a number, the lowest first; zero where they are not.
#[must_use]
pub fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |two| u16::from_le_bytes(*two))
}

/// Four bytes as a number, the lowest first; zero where they are not.
#[must_use]
pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_le_bytes(*four))
}

/// Eight bytes as a number, the lowest first; zero where they are not.
#[must_use]
pub fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |eight| u64::from_le_bytes(*eight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_a_cursor_and_pages_give_the_same_bytes() {
        let all: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
        let window = Window::new(&all, 1000, 200_000);
        let pages = Pages::new(&window);
        for (offset, length) in [(0, 10), (65_530, 20), (199_990, 100), (131_000, 70_000), (200_000, 5)] {
            let end = (offset + length).min(200_000);
            let mut buffer = vec![0; length];
            let taken = pages.read_at(offset as u64, &mut buffer).expect("reads");
            assert_eq!(&buffer[..taken], &all[1000 + offset..1000 + end]);
        }
        let mut read = Vec::new();
        Cursor::from(&window, 150_000).read_to_end(&mut read).expect("reads");
        assert_eq!(read, &all[151_000..201_000]);
    }

    #[test]
    fn a_window_over_the_end_says_where_the_bytes_end() {
        let all = vec![7; 1000];
        let window = Window::new(&all, 900, 200);
        assert_eq!(window.read_at(0, &mut [0; 200]).expect("some"), 100);
        let missing = window.read_at(100, &mut [0; 10]).expect_err("missing");
        assert_eq!(Fault::of(&missing).why, Why::Truncated);
        assert_eq!(Fault::of(&missing).found, "an end at 1000");
    }
}
