//! The pages of a database, one at a time: from the file, or from its write-ahead log where that has a later one.

use std::cell::RefCell;
use std::io::{self, Read as _, SeekFrom};
use std::rc::Rc;

use tutela_model::Spot;
use tutela_model::source::Bytes;
use tutela_model::tables::{Problem, ProblemKind};

use super::wal::Wal;

/// Bytes of pages that are kept at hand.
const CACHE_BYTES: usize = 8 << 20;

/// Why something was not read.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The received file could not be read.
    Read(io::Error),
    /// What stands there is not what the format says.
    Flaw(Box<Problem>),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

impl From<Box<Problem>> for Trouble {
    fn from(problem: Box<Problem>) -> Self {
        Self::Flaw(problem)
    }
}

/// A page and where its bytes are.
#[derive(Clone)]
pub(super) struct Page {
    pub number: u32,
    pub bytes: Rc<[u8]>,
    /// The byte that it begins at.
    pub byte: u64,
    /// The name of the write-ahead log that it is in; none when it is in the database.
    wal: Option<Rc<str>>,
}

impl Page {
    /// The place of bytes of the page.
    pub fn spot(&self, offset: usize, len: usize) -> Spot {
        spot(self.wal.as_deref(), self.byte + offset as u64, len as u64)
    }

    pub fn u16(&self, offset: usize) -> usize {
        usize::from(u16::from_be_bytes([self.bytes[offset], self.bytes[offset + 1]]))
    }

    pub fn u32(&self, offset: usize) -> u32 {
        be_u32(&self.bytes[offset..])
    }
}

/// A place in the database, or in the write-ahead log of that name.
fn spot(wal: Option<&str>, byte: u64, len: u64) -> Spot {
    let spot = Spot::Byte { byte, len };
    match wal {
        Some(name) => spot.inside(name),
        None => spot,
    }
}

pub(super) fn be_u32(bytes: &[u8]) -> u32 {
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

/// All pages.
pub(super) struct Pages {
    bytes: RefCell<Box<dyn Bytes>>,
    len: u64,
    /// Bytes of a page.
    pub size: usize,
    /// Bytes of a page without those that extensions reserve at its end.
    pub usable: usize,
    wal: Option<(Wal, Rc<str>)>,
    cache: RefCell<Vec<Option<Page>>>,
}

impl Pages {
    pub fn new(bytes: Box<dyn Bytes>, len: u64, size: usize, reserved: usize) -> Self {
        let slots = (CACHE_BYTES / size).clamp(16, 4096);
        Self {
            bytes: RefCell::new(bytes),
            len,
            size,
            usable: size - reserved,
            wal: None,
            cache: RefCell::new(vec![None; slots]),
        }
    }

    /// Lays the committed pages of a write-ahead log over those of the file.
    pub fn lay_over(&mut self, wal: Wal, name: &str) {
        self.wal = Some((wal, name.into()));
        self.forget();
    }

    /// Takes the write-ahead log away again.
    pub fn lay_bare(&mut self) -> Option<(Wal, Rc<str>)> {
        self.forget();
        self.wal.take()
    }

    fn forget(&mut self) {
        self.cache.borrow_mut().fill(None);
    }

    /// How many pages there are: whole ones in the file, or more when the write-ahead log says so.
    pub fn count(&self) -> u32 {
        let whole = u32::try_from(self.len / self.size as u64).unwrap_or(u32::MAX);
        whole.max(self.wal.as_ref().map_or(0, |(wal, _)| wal.last_page()))
    }

    /// A page by its number, from 1. `from` is what names it.
    pub fn get(&self, number: u32, from: &dyn Fn() -> Spot) -> Result<Page, Trouble> {
        let slot = number as usize % self.cache.borrow().len();
        if let Some(page) = self.cache.borrow()[slot].as_ref().filter(|page| page.number == number) {
            return Ok(page.clone());
        }
        let logged = self.wal.as_ref().and_then(|(wal, name)| Some((wal, wal.page(number)?, name)));
        let byte = match (&logged, number.checked_sub(1)) {
            (Some((_, byte, _)), _) => *byte,
            (None, Some(before)) => u64::from(before) * self.size as u64,
            (None, None) => u64::MAX,
        };
        if logged.is_none() && byte.checked_add(self.size as u64).is_none_or(|end| end > self.len) {
            let expected = format!("the number of a page that is there, from 1 to {}", self.count());
            let kind = if number == 0 { ProblemKind::Malformed } else { ProblemKind::Truncated };
            let problem = Problem::new(kind, from(), "", &expected, &number.to_string());
            return Err(Trouble::Flaw(Box::new(problem.mend(NOT_THERE))));
        }
        let mut bytes = vec![0; self.size];
        match &logged {
            Some((wal, byte, _)) => wal.read(*byte, &mut bytes)?,
            None => {
                let mut file = self.bytes.borrow_mut();
                file.seek(SeekFrom::Start(byte))?;
                file.read_exact(&mut bytes)?;
            }
        }
        let page =
            Page { number, bytes: bytes.into(), byte, wal: logged.map(|(_, _, name)| Rc::clone(name)) };
        self.cache.borrow_mut()[slot] = Some(page.clone());
        Ok(page)
    }
}

const NOT_THERE: &str = "rows under this page are not read; look for an earlier copy or a backup of the file";

/// Pages that were met, so that links in a circle end.
pub(super) struct Seen(Vec<u64>);

impl Seen {
    pub fn new(pages: &Pages) -> Self {
        Self(vec![0; pages.count() as usize / 64 + 1])
    }

    /// Whether the page is met for the first time. A page that is not there is, each time.
    pub fn first(&mut self, number: u32) -> bool {
        let Some(word) = self.0.get_mut(number as usize / 64) else { return true };
        let bit = 1 << (number % 64);
        let first = *word & bit == 0;
        *word |= bit;
        first
    }
}

/// The problem of a page that two links lead to.
pub(super) fn met_twice(place: Spot, number: u32) -> Box<Problem> {
    let expected = "a page that only one link leads to";
    let problem = Problem::new(ProblemKind::Contradiction, place, "", expected, &format!("page {number}"));
    Box::new(problem.mend("what stands under this link is not read a second time"))
}
