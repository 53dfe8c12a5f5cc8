//! Looking blocks up.

use super::{BlockFile, BlockHashKind, mark};
use crate::index::{Directory, Index, IndexError, Rows};

/// The blocks of a list that is open.
#[derive(Debug)]
pub struct BlockSet<'i> {
    map: &'i [u8],
    block_bytes: u32,
    hash: BlockHashKind,
    directory: Directory,
    places: Rows,
    marks: Option<Rows>,
    /// Its bytes, and how many bits of a mark it takes.
    prefilter: Option<(Rows, u32)>,
    files: Vec<BlockFile>,
}

/// Where a block is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the file in the set.
    pub file: u32,
    /// Where in the file, in bytes; none where the list did not say.
    pub offset: Option<u64>,
}

impl Index {
    /// The blocks of the list; none where it has none.
    ///
    /// # Errors
    /// Their sections are damaged.
    pub fn blocks(&self) -> Result<Option<BlockSet<'_>>, IndexError> {
        let Some(blocks) = &self.manifest().blocks else { return Ok(None) };
        let damaged = |place: &str, expected: &str| IndexError::Damaged {
            path: self.path().to_owned(),
            place: format!("section {place}"),
            expected: expected.to_owned(),
            found: "something else".to_owned(),
        };
        let directory = self.directory("block", 16).map_err(|(place, expected)| damaged(&place, expected))?;
        let directory = directory.ok_or_else(|| damaged("block.keys", "keys of blocks"))?;
        let column = |name: &str, width: u32| match self.section(name) {
            Some(section) if section.width == width && section.rows == directory.rows => {
                Ok(self.rows_of(name))
            }
            Some(_) => Err(damaged(name, "a row for each block")),
            None => Ok(None),
        };
        let places =
            column("block.places", 8)?.ok_or_else(|| damaged("block.places", "a row for each block"))?;
        let marks = column("block.marks", 4)?;
        let prefilter = match self.section("block.prefilter") {
            None => None,
            Some(section) => {
                let wrong = || damaged("block.prefilter", "as many bits as marks can have");
                let bits = section.bits.filter(|bits| (1..=32).contains(bits)).ok_or_else(wrong)?;
                if section.width != 1 || section.rows != (1u64 << bits).div_ceil(8) {
                    return Err(wrong());
                }
                self.rows_of("block.prefilter").map(|rows| (rows, bits))
            }
        };
        let files =
            self.rows_of("block.files").ok_or_else(|| damaged("block.files", "a line for each file"))?;
        let lines = self.lines(&files).split_inclusive(|byte| *byte == b'\n');
        let files: Result<Vec<BlockFile>, _> = lines.map(serde_json::from_slice).collect();
        let files = files.map_err(|_| damaged("block.files", "a line for each file"))?;
        let (block_bytes, hash) = (blocks.block_bytes, blocks.hash);
        if block_bytes < 64 {
            return Err(damaged("block.keys", "blocks of at least 64 bytes"));
        }
        Ok(Some(BlockSet { map: self.map(), block_bytes, hash, directory, places, marks, prefilter, files }))
    }
}

impl BlockSet<'_> {
    /// How large the blocks are, in bytes.
    #[must_use]
    pub fn block_bytes(&self) -> u32 {
        self.block_bytes
    }

    /// Which hash the keys are cut from.
    #[must_use]
    pub fn hash(&self) -> BlockHashKind {
        self.hash
    }

    /// How many blocks there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.directory.rows
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The files that blocks are of, by their numbers.
    #[must_use]
    pub fn files(&self) -> &[BlockFile] {
        &self.files
    }

    /// Whether the block may be in the set: false only when it is not. It looks at 64 bytes of the block and at one byte
    /// of memory.
    #[must_use]
    pub fn may_hold(&self, block: &[u8]) -> bool {
        let Some((rows, bits)) = &self.prefilter else { return true };
        let bit = mark(block) >> (32 - bits);
        rows.row(self.map, u64::from(bit / 8)).is_some_and(|byte| byte[0] & (1 << (bit % 8)) != 0)
    }

    /// Where a block is from; none when it is not in the set, or is not of the size of its blocks.
    #[must_use]
    pub fn look(&self, block: &[u8]) -> Option<Place> {
        if block.len() != self.block_bytes as usize || !self.may_hold(block) {
            return None;
        }
        self.look_key(&self.hash.key(block))
    }

    /// The blocks of the set that begin in these bytes at a multiple of `step`, with their place here: file systems begin at
    /// any sector of a device, and so do the files in them.
    pub fn scan<'b>(
        &'b self,
        bytes: &'b [u8],
        step: usize,
    ) -> impl Iterator<Item = (usize, Place)> + use<'b> {
        let block = self.block_bytes as usize;
        let last = bytes.len().checked_sub(block);
        let starts = last.into_iter().flat_map(move |last| (0..=last).step_by(step));
        starts.filter_map(move |at| Some((at, self.look(&bytes[at..at + block])?)))
    }

    /// Where a block is from, by its key.
    #[must_use]
    pub fn look_key(&self, key: &[u8; 16]) -> Option<Place> {
        let row = self.directory.find(self.map, key).next()?;
        let (_, file, at, _) = self.row(row)?;
        let offset = (at != u32::MAX).then(|| u64::from(at) * u64::from(self.block_bytes));
        ((file as usize) < self.files.len()).then_some(Place { file, offset })
    }

    /// A row: key, file, number of the block in the file, mark.
    pub(crate) fn row(&self, row: u64) -> Option<([u8; 16], u32, u32, Option<u32>)> {
        let key = self.directory.keys.row(self.map, row)?.try_into().ok()?;
        let place = self.places.row(self.map, row)?;
        let number = |bytes: &[u8]| Some(u32::from_le_bytes(bytes.try_into().ok()?));
        let mark = self.marks.as_ref().and_then(|marks| marks.number(self.map, row));
        Some((key, number(&place[..4])?, number(&place[4..])?, mark))
    }
}
