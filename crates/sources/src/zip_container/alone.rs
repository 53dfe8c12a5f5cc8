//! Members that share a name, each opened as if it were alone in its container. The library that reads containers keeps
//! the last of them only, and programs differ on which one they unpack: so whoever packs two decides who sees which.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex};

use tutela_model::source::Bytes;

/// A container's bytes, read from several places.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<At>>);

struct At {
    bytes: Box<dyn Bytes>,
    /// Where `bytes` stands, so that reading on needs no search.
    position: u64,
}

impl Shared {
    pub fn new(bytes: Box<dyn Bytes>) -> io::Result<Self> {
        let mut at = At { bytes, position: 0 };
        at.bytes.rewind()?;
        Ok(Self(Arc::new(Mutex::new(at))))
    }

    fn read_at(&self, position: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut at = self.0.lock().map_err(|_| io::Error::other("a reader of this file has ended early"))?;
        if at.position != position {
            at.position = at.bytes.seek(SeekFrom::Start(position))?;
        }
        let n_read = at.bytes.read(into)?;
        at.position += n_read as u64;
        Ok(n_read)
    }

    /// The bytes from `start` on, up to `end`.
    pub fn part(&self, start: u64, end: u64) -> View {
        View { shared: self.clone(), start, len: end.saturating_sub(start), tail: Vec::new(), position: 0 }
    }
}

/// A part of the bytes, with others behind it.
pub(crate) struct View {
    shared: Shared,
    start: u64,
    len: u64,
    tail: Vec<u8>,
    position: u64,
}

impl Read for View {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n_read = match self.len.checked_sub(self.position) {
            Some(left) if left > 0 => {
                let wanted = usize::try_from(left).map_or(into.len(), |left| left.min(into.len()));
                self.shared.read_at(self.start + self.position, &mut into[..wanted])?
            }
            _ => {
                let from = usize::try_from(self.position - self.len).unwrap_or(usize::MAX);
                self.tail.get(from..).unwrap_or_default().read(into)?
            }
        };
        self.position += n_read as u64;
        Ok(n_read)
    }
}

impl Seek for View {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let end = self.len + self.tail.len() as u64;
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => end.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// A member's entry in the list of its container (APPNOTE.TXT 4.3.12), byte for byte.
pub(super) struct Listed {
    /// Where the entry stands.
    pub byte: u64,
    bytes: Vec<u8>,
}

const MARK: &[u8] = b"PK\x01\x02";
/// Bytes of an entry before its name.
const FIXED: usize = 46;

/// The entries of a list that begins there, at most `most`. It ends with the first bytes that are no entry.
pub(super) fn listed(shared: &Shared, list_start: u64, most: usize) -> io::Result<Vec<Listed>> {
    let mut bytes = io::BufReader::with_capacity(64 << 10, shared.part(list_start, u64::MAX));
    let (mut entries, mut byte) = (Vec::new(), list_start);
    while entries.len() < most {
        let mut entry = Vec::with_capacity(FIXED + 64);
        (&mut bytes).take(FIXED as u64).read_to_end(&mut entry)?;
        if entry.len() < FIXED || !entry.starts_with(MARK) {
            break;
        }
        // Name, extra field and comment.
        let rest: u64 = [28, 30, 32].into_iter().map(|at| u64::from(two(&entry, at))).sum();
        (&mut bytes).take(rest).read_to_end(&mut entry)?;
        let len = FIXED as u64 + rest;
        if entry.len() as u64 != len {
            break;
        }
        entries.push(Listed { byte, bytes: entry });
        byte += len;
    }
    Ok(entries)
}

fn two(entry: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([entry[at], entry[at + 1]])
}

impl Listed {
    /// The name as it is written.
    pub fn name(&self) -> &[u8] {
        &self.bytes[FIXED..FIXED + usize::from(two(&self.bytes, 28))]
    }

    /// How long the entry is.
    pub fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// A container of this member alone: the same bytes up to the list, then a list of one.
    pub fn alone(&self, shared: &Shared, start: u64, list_start: u64) -> View {
        let mut view = shared.part(start, list_start);
        let (list_at, list_len) = (view.len, self.bytes.len() as u64);
        let mut tail = self.bytes.clone();
        // The end of the list in the form for large files (4.3.14 to 4.3.16), which serves small ones too.
        tail.extend_from_slice(b"PK\x06\x06");
        tail.extend_from_slice(&44_u64.to_le_bytes());
        tail.extend_from_slice(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for value in [1, 1, list_len, list_at] {
            tail.extend_from_slice(&value.to_le_bytes());
        }
        tail.extend_from_slice(b"PK\x06\x07\0\0\0\0");
        tail.extend_from_slice(&(list_at + list_len).to_le_bytes());
        tail.extend_from_slice(&1_u32.to_le_bytes());
        tail.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        tail.extend_from_slice(&[0xff; 12]);
        tail.extend_from_slice(&[0; 2]);
        view.tail = tail;
        view
    }
}
