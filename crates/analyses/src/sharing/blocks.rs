//! Records of any length in blocks, so that reading them needs no look at each byte's arrival.

use std::io::{self, Read, Write};

use tutela_model::{Digest, Shelved};

/// Bytes from which a block ends. A record never stands in two blocks.
const BLOCK: usize = 128 << 10;

/// Bytes of a block that no sound file reaches: one record of a hundred million numbers.
const MOST: usize = 1 << 30;

/// Writes records.
pub struct BlockWriter<'a> {
    to: Box<dyn Shelved + 'a>,
    block: Vec<u8>,
}

impl<'a> BlockWriter<'a> {
    /// Writes to a file.
    pub fn new(to: Box<dyn Shelved + 'a>) -> Self {
        Self { to, block: Vec::with_capacity(BLOCK + (BLOCK >> 2)) }
    }

    /// Where the next record goes; empty where a block begins.
    pub fn record(&mut self) -> &mut Vec<u8> {
        &mut self.block
    }

    /// Ends a record.
    pub fn end_record(&mut self) -> io::Result<()> {
        if self.block.len() >= BLOCK { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> io::Result<()> {
        self.to.write_all(&(self.block.len() as u32).to_le_bytes())?;
        self.to.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }

    /// Ends the file.
    pub fn end(mut self) -> io::Result<Digest> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        self.to.end()
    }
}

/// Reads records.
pub struct BlockReader<'a> {
    from: Box<dyn Read + Send + 'a>,
    block: Vec<u8>,
    position: usize,
}

impl<'a> BlockReader<'a> {
    /// Reads from a file.
    pub fn new(from: Box<dyn Read + Send + 'a>) -> Self {
        Self { from, block: Vec::new(), position: 0 }
    }

    /// Takes the next record: `read` is given the bytes from its beginning on, and whether a block begins with it.
    /// None at the end of the file.
    pub fn next<T>(&mut self, read: impl FnOnce(&mut &[u8], bool) -> Option<T>) -> io::Result<Option<T>> {
        if self.position == self.block.len() && !self.next_block()? {
            return Ok(None);
        }
        let mut rest = &self.block[self.position..];
        let record = read(&mut rest, self.position == 0).ok_or_else(damaged)?;
        self.position = self.block.len() - rest.len();
        Ok(Some(record))
    }

    fn next_block(&mut self) -> io::Result<bool> {
        let mut length = [0; 4];
        let mut n_read = 0;
        while n_read < length.len() {
            match self.from.read(&mut length[n_read..])? {
                0 if n_read == 0 => return Ok(false),
                0 => return Err(damaged()),
                n => n_read += n,
            }
        }
        let length = u32::from_le_bytes(length) as usize;
        if length == 0 || length > MOST {
            return Err(damaged());
        }
        self.block.resize(length, 0);
        self.position = 0;
        self.from.read_exact(&mut self.block)?;
        Ok(true)
    }
}

/// The error of a file that does not hold what was written.
pub fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a run of sightings holds other bytes than were written")
}
