//! The write-ahead log of a database: the pages that were committed to it and not yet copied back
//! (sqlite.org/fileformat2.html section 4).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read as _, SeekFrom};

use tutela_model::source::Bytes;

use super::pages::be_u32;

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// The mark of a log whose check sums take words with the lowest byte first; with the highest first it is one more.
const MARK: u32 = 0x377f_0682;

/// A write-ahead log, read up to its last commit.
pub(super) struct Wal {
    bytes: RefCell<Box<dyn Bytes>>,
    /// Where each page's last committed bytes begin.
    pages: BTreeMap<u32, u64>,
    /// Pages of the database after the last commit.
    n_pages: u32,
    /// Frames up to the last commit.
    pub n_committed: u64,
    /// Frames after it, whose transaction was not committed or whose check sum is of an older or damaged log.
    pub n_after: u64,
}

impl Wal {
    /// Reads a log. None when it is not one of a database with pages of that size; an empty log has no frames.
    pub fn read_all(mut bytes: Box<dyn Bytes>, len: u64, page_size: usize) -> io::Result<Option<Self>> {
        let nothing = |bytes| Self {
            bytes: RefCell::new(bytes),
            pages: BTreeMap::new(),
            n_pages: 0,
            n_committed: 0,
            n_after: 0,
        };
        if len == 0 {
            return Ok(Some(nothing(bytes)));
        }
        let mut header = [0; HEADER];
        bytes.seek(SeekFrom::Start(0))?;
        if len < HEADER as u64 {
            return Ok(None);
        }
        bytes.read_exact(&mut header)?;
        let mark = be_u32(&header);
        let big_endian = mark == MARK + 1;
        let mut sum = checksum((0, 0), &header[..24], big_endian);
        let sound = (mark == MARK || big_endian)
            && be_u32(&header[8..]) as usize == page_size
            && sum == (be_u32(&header[24..]), be_u32(&header[28..]));
        if !sound {
            return Ok(None);
        }
        let mut wal = nothing(bytes);
        let mut frame = vec![0; FRAME_HEADER + page_size];
        let n_frames = (len - HEADER as u64) / frame.len() as u64;
        let mut waiting = BTreeMap::new();
        for frame_idx in 0..n_frames {
            let byte = HEADER as u64 + frame_idx * frame.len() as u64;
            wal.bytes.get_mut().read_exact(&mut frame)?;
            sum = checksum(sum, &frame[..8], big_endian);
            sum = checksum(sum, &frame[FRAME_HEADER..], big_endian);
            let salted = frame[8..16] == header[16..24];
            if !salted || sum != (be_u32(&frame[16..]), be_u32(&frame[20..])) {
                break;
            }
            waiting.insert(be_u32(&frame), byte + FRAME_HEADER as u64);
            let n_pages = be_u32(&frame[4..]);
            if n_pages > 0 {
                wal.pages.append(&mut waiting);
                (wal.n_pages, wal.n_committed) = (n_pages, frame_idx + 1);
            }
        }
        wal.n_after = n_frames - wal.n_committed;
        // A page beyond the database's last is one that a later transaction gave back.
        wal.pages.retain(|number, _| *number <= wal.n_pages);
        Ok(Some(wal))
    }

    /// Where a page's bytes begin in the log; none when only the database has it.
    pub fn page(&self, number: u32) -> Option<u64> {
        self.pages.get(&number).copied()
    }

    /// How many pages it has a later form of.
    pub fn n_pages_changed(&self) -> usize {
        self.pages.len()
    }

    /// The greatest page that it has.
    pub fn last_page(&self) -> u32 {
        self.pages.last_key_value().map_or(0, |(number, _)| *number)
    }

    pub fn read(&self, byte: u64, into: &mut [u8]) -> io::Result<()> {
        let mut bytes = self.bytes.borrow_mut();
        bytes.seek(SeekFrom::Start(byte))?;
        bytes.read_exact(into)
    }
}

/// The check sum of section 4.2, over an even number of words, from where it stood.
fn checksum((mut a, mut b): (u32, u32), bytes: &[u8], big_endian: bool) -> (u32, u32) {
    let word = |bytes: &[u8]| {
        let bytes = [bytes[0], bytes[1], bytes[2], bytes[3]];
        if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    };
    for pair in bytes.chunks_exact(8) {
        a = a.wrapping_add(word(&pair[..4])).wrapping_add(b);
        b = b.wrapping_add(word(&pair[4..])).wrapping_add(a);
    }
    (a, b)
}
