//! Bytes of a file that is too large to be held in memory, counted, so that no record of it is larger than it may be.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// Bytes asked for at a time.
pub(crate) const CHUNK: usize = 64 << 10;

/// Counts bytes, and gives no more than one record may have.
pub(crate) struct Metered<'a> {
    bytes: &'a mut dyn Read,
    meter: Meter,
}

/// What is counted, for whoever takes the records.
#[derive(Clone)]
pub(crate) struct Meter {
    n_read: Rc<Cell<u64>>,
    until: Rc<Cell<u64>>,
    record_max: u64,
}

impl<'a> Metered<'a> {
    pub fn new(bytes: &'a mut dyn Read, record_max: u64) -> Self {
        let meter =
            Meter { n_read: Rc::new(Cell::new(0)), until: Rc::new(Cell::new(record_max)), record_max };
        Self { bytes, meter }
    }

    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }
}

impl Meter {
    /// A record begins.
    pub fn next(&self) {
        self.until.set(self.n_read.get() + self.record_max);
    }

    /// How many bytes are behind the reader.
    pub fn n_read(&self) -> u64 {
        self.n_read.get()
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Meter { n_read, until, .. } = &self.meter;
        if n_read.get() > until.get() {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a record that goes on"));
        }
        let n_bytes = self.bytes.read(into)?;
        n_read.set(n_read.get() + n_bytes as u64);
        Ok(n_bytes)
    }
}
