//! Writing, with the position known.

use std::io::{self, Write};

use crate::form::Stretch;

/// Where a grid is written.
pub struct Out<'a> {
    out: &'a mut (dyn Write + Send),
    position: u64,
}

/// Numbers that are written at a time.
const NUMBERS: usize = 16_384;

impl<'a> Out<'a> {
    pub fn new(out: &'a mut (dyn Write + Send)) -> Self {
        Self { out, position: 0 }
    }

    /// Writes bytes.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<Stretch> {
        let from = self.position;
        self.out.write_all(bytes)?;
        self.position += bytes.len() as u64;
        Ok(Stretch { from, bytes: bytes.len() as u64 })
    }

    /// Writes numbers of `N` bytes, the least first.
    pub fn numbers<const N: usize>(&mut self, numbers: impl Iterator<Item = [u8; N]>) -> io::Result<Stretch> {
        let from = self.position;
        let mut bytes = Vec::with_capacity(NUMBERS * N);
        for number in numbers {
            bytes.extend_from_slice(&number);
            if bytes.len() == NUMBERS * N {
                self.write(&bytes)?;
                bytes.clear();
            }
        }
        self.write(&bytes)?;
        Ok(Stretch { from, bytes: self.position - from })
    }

    /// Writes codes of up to `n_values` in as few bytes as they need; says how many.
    pub fn codes(&mut self, codes: &[u32], n_values: u32) -> io::Result<(Stretch, u8)> {
        let codes = codes.iter();
        Ok(match n_values {
            ..=0xFF => (self.numbers(codes.map(|code| [*code as u8]))?, 1),
            0x100..=0xFFFF => (self.numbers(codes.map(|code| (*code as u16).to_le_bytes()))?, 2),
            _ => (self.numbers(codes.map(|code| code.to_le_bytes()))?, 4),
        })
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
