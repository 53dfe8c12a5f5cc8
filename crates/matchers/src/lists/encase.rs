//! EnCase hash set (`.hash`): a head of 1,152 bytes, then records of 18 bytes.
//!
//! ```text
//! 0      48 41 53 48 0d 0a ff 00    "HASH", a line end, ff 00
//! 1032   the set's name, UTF-16 little-endian, 39 characters
//! 1152   records: 16 bytes MD5, 2 bytes that are not kept
//! ```

use std::io::{self, Read};

use tutela_model::Spot;

use super::ReadError;
use super::gather::Gathered;
use super::record::{Kind, Problem, Record, Skip, Take, shortened};

/// What the file begins with.
pub const MARK: &[u8] = b"HASH\r\n\xff\0";
/// Where the records begin.
const HEAD: usize = 1152;
const RECORD: usize = 18;

/// Reads a list.
pub fn read(bytes: &mut dyn Read, take: &mut dyn Take) -> Result<(), ReadError> {
    let mut head = [0; HEAD];
    let read = fill(bytes, &mut head)?;
    if !head[..read].starts_with(MARK) {
        return Err(ReadError::OtherLayout {
            layout: "encase",
            expected: "HASH, a line end and the bytes ff 00",
            found: shortened(&head[..read.min(MARK.len())]),
        });
    }
    if read < HEAD {
        let spot = Spot::Byte { byte: 0, len: read as u64 };
        return take.problem(Problem::lost(spot, "a head of 1152 bytes", b"the end of the file"));
    }
    take.record(Record::Skip(Skip::Heading))?;
    let mut buffer = vec![0; RECORD << 12];
    let mut gathered = Gathered::default();
    let mut byte = HEAD as u64;
    loop {
        let read = fill(bytes, &mut buffer)?;
        let (records, rest) = buffer[..read].as_chunks::<RECORD>();
        for record in records {
            gathered.bytes(Kind::Md5, &record[..16], || Spot::Byte { byte, len: RECORD as u64 });
            gathered.hand_over(take)?;
            byte += RECORD as u64;
        }
        if !rest.is_empty() {
            let spot = Spot::Byte { byte, len: rest.len() as u64 };
            take.problem(Problem::lost(spot, "a record of 18 bytes", b"the end of the file"))?;
        }
        if read < buffer.len() {
            return Ok(());
        }
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(bytes: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match bytes.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}
