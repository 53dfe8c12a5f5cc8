//! Taking blocks from originals, from lists of others and from other sets, and writing those that are kept.

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tutela_model::Digest;

use super::probative::{Judged, judge};
use super::{BLOCK_BYTES, BlockFile, BlockHashKind, Blocks, mark};
use crate::index::{At as _, Index, IndexError, Sorter, Writer};
use crate::lists::BlockHash;

/// A row while it is sorted: key, file, block in the file, mark.
const ROW: usize = 16 + 4 + 4 + 5;
/// The file of a block of a file that anybody may have.
const CLEAN: u32 = u32::MAX;
/// A block whose place in the file is not known.
const UNKNOWN: u32 = u32::MAX;
/// The most files of a set: their numbers have four bytes, and all are held in memory whenever a set is open.
const MOST_FILES: usize = 1 << 24;

/// Blocks that a set is made of.
pub struct BlockRows {
    sorter: Sorter,
    folder: PathBuf,
    memory_bytes: usize,
    kind: Option<(u32, BlockHashKind)>,
    files: Vec<BlockFile>,
    /// The number of a file, by its hash.
    numbers: HashMap<String, u32>,
    told: Blocks,
}

/// What was taken of an original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// Its SHA-256.
    pub digest: Digest,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many of its blocks are probative by themselves.
    pub probative: u64,
    /// Whether the same file was there already.
    pub repeated: bool,
}

impl BlockRows {
    pub(crate) fn new(folder: &Path, memory_bytes: usize) -> Self {
        Self {
            sorter: Sorter::new(ROW, folder),
            folder: folder.to_owned(),
            memory_bytes,
            kind: None,
            files: Vec::new(),
            numbers: HashMap::new(),
            told: Blocks::default(),
        }
    }

    /// Says how large the blocks are that come, and which hash their keys are of.
    ///
    /// # Errors
    /// There are others already.
    pub fn declare(&mut self, block_bytes: u32, hash: BlockHashKind) -> Result<(), IndexError> {
        match self.kind {
            Some(kind) if kind != (block_bytes, hash) => Err(IndexError::OtherBlocks {
                known: format!("{} of {} bytes", word(kind.1), kind.0),
                other: format!("{} of {block_bytes} bytes", word(hash)),
            }),
            _ => {
                self.kind = Some((block_bytes, hash));
                Ok(())
            }
        }
    }

    /// Takes the blocks of an original. What is left of it behind its last whole block is not taken.
    ///
    /// # Errors
    /// The original cannot be read; blocks of another form are there already; the disk.
    pub fn original(&mut self, bytes: &mut dyn Read, path: &Path) -> Result<Original, IndexError> {
        let (block_bytes, hash) = self.kind.unwrap_or((BLOCK_BYTES, BlockHashKind::Sha256));
        self.declare(block_bytes, hash)?;
        // Whether it is there already is known at its end; until then its blocks have a number of their own, and rows of
        // a file twice are the same rows.
        let number = self.next_file()?;
        let (mut digest, mut size, mut at, mut probative) = (Sha256::new(), 0u64, 0u32, 0u64);
        let mut told = self.told.clone();
        let mut rows = Vec::new();
        let mut block = vec![0; block_bytes as usize];
        loop {
            let read = fill(bytes, &mut block).at("read", path)?;
            digest.update(&block[..read]);
            size += read as u64;
            if read < block.len() {
                break;
            }
            match judge(&block) {
                Judged::LowEntropy => told.low_entropy += 1,
                Judged::Pattern => told.pattern += 1,
                Judged::Probative => {
                    probative += 1;
                    rows.push((hash.key(&block), at, mark(&block)));
                }
            }
            at += 1;
        }
        let digest = Digest(digest.finalize().into());
        let repeated = self.numbers.contains_key(&digest.hex());
        if !repeated {
            self.told = told;
            self.numbers.insert(digest.hex(), number);
            let file =
                BlockFile { hash: digest.hex(), bytes: Some(size), blocks: Some(u64::from(at)), kept: 0 };
            self.files.push(file);
            for (key, at, mark) in rows {
                self.push(&key, number, at, Some(mark))?;
            }
        }
        Ok(Original { digest, bytes: size, probative, repeated })
    }

    /// Takes the blocks of a file that anybody may have: none of them is kept.
    ///
    /// # Errors
    /// The file cannot be read; the disk.
    pub fn clean(&mut self, bytes: &mut dyn Read, path: &Path) -> Result<(), IndexError> {
        let (block_bytes, hash) = self.kind.unwrap_or((BLOCK_BYTES, BlockHashKind::Sha256));
        self.declare(block_bytes, hash)?;
        let mut block = vec![0; block_bytes as usize];
        while fill(bytes, &mut block).at("read", path)? == block.len() {
            if judge(&block) == Judged::Probative {
                self.push(&hash.key(&block), CLEAN, 0, None)?;
            }
        }
        Ok(())
    }

    /// Takes the blocks of a set of files that anybody may have.
    ///
    /// # Errors
    /// Its blocks are of another form; the disk.
    pub fn clean_index(&mut self, index: &Index) -> Result<(), IndexError> {
        let Some(set) = index.blocks()? else { return Ok(()) };
        self.declare(set.block_bytes(), set.hash())?;
        for row in 0..set.len() {
            if let Some((key, ..)) = set.row(row) {
                self.push(&key, CLEAN, 0, None)?;
            }
        }
        Ok(())
    }

    /// Takes all blocks of another set. What that set did not keep it does not remember: a block that it had at two places,
    /// and that is at one in another set, counts as being at that one.
    pub(crate) fn index(&mut self, index: &Index) -> Result<(), IndexError> {
        let Some(set) = index.blocks()? else { return Ok(()) };
        self.declare(set.block_bytes(), set.hash())?;
        let blocks = index.manifest().blocks.clone().unwrap_or_default();
        self.told.low_entropy += blocks.low_entropy;
        self.told.pattern += blocks.pattern;
        self.told.repeated += blocks.repeated;
        self.told.clean += blocks.clean;
        let mut numbers = Vec::new();
        for file in set.files() {
            numbers.push(self.file(file.clone())?);
        }
        for row in 0..set.len() {
            let Some((key, file, at, mark)) = set.row(row) else { continue };
            let Some(number) = numbers.get(file as usize) else { continue };
            self.push(&key, *number, at, mark)?;
        }
        Ok(())
    }

    /// Takes a block of somebody else's list.
    pub(crate) fn listed(&mut self, block: &BlockHash) -> Result<(), IndexError> {
        let block_bytes = u64::from(self.kind.map_or(BLOCK_BYTES, |(bytes, _)| bytes).max(1));
        let at = block.offset.filter(|offset| offset % block_bytes == 0).map(|offset| offset / block_bytes);
        let at = at.and_then(|at| u32::try_from(at).ok()).unwrap_or(UNKNOWN);
        let number = self.file(BlockFile { hash: block.file.clone(), ..BlockFile::default() })?;
        self.push(&block.hash, number, at, None)
    }

    fn next_file(&self) -> Result<u32, IndexError> {
        match self.files.len() {
            MOST_FILES.. => Err(IndexError::TooMany { what: "files of blocks", most: MOST_FILES as u64 }),
            next => Ok(next as u32),
        }
    }

    fn file(&mut self, file: BlockFile) -> Result<u32, IndexError> {
        if let Some(number) = self.numbers.get(&file.hash) {
            return Ok(*number);
        }
        let number = self.next_file()?;
        self.numbers.insert(file.hash.clone(), number);
        self.files.push(file);
        Ok(number)
    }

    fn push(&mut self, key: &[u8; 16], file: u32, at: u32, mark: Option<u32>) -> Result<(), IndexError> {
        let mut row = [0; ROW];
        row[..16].copy_from_slice(key);
        row[16..20].copy_from_slice(&file.to_be_bytes());
        row[20..24].copy_from_slice(&at.to_be_bytes());
        row[24] = u8::from(mark.is_some());
        row[25..].copy_from_slice(&mark.unwrap_or(0).to_be_bytes());
        self.sorter.push(&row);
        if self.sorter.memory() > self.memory_bytes {
            self.sorter.spill().at("write", &self.folder)?;
        }
        Ok(())
    }

    /// Writes the sections of blocks; none where there are neither blocks nor files of them.
    pub(crate) fn finish(mut self, writer: &mut Writer) -> Result<Option<Blocks>, IndexError> {
        let Some((block_bytes, hash)) = self.kind else { return Ok(None) };
        let folder = self.folder.clone();
        // Files are numbered in the order of their hashes, whatever the order in which they came.
        let mut order: Vec<u32> = (0..self.files.len() as u32).collect();
        order.sort_by_key(|number| &self.files[*number as usize].hash);
        let mut last = vec![0u32; order.len()];
        for (place, number) in order.iter().enumerate() {
            last[*number as usize] = place as u32;
        }
        let mut kept = Kept::new(&folder).at("write", &folder)?;
        let mut sorted = self.sorter.sorted().at("read", &folder)?;
        writer.begin("block.keys", 16)?;
        while let Some(first) = sorted.record() {
            let first: [u8; ROW] = first.try_into().expect("rows have one width");
            let (mut clean, mut places) = (false, 0u64);
            let mut previous = None;
            while let Some(row) = sorted.record().filter(|row| row[..16] == first[..16]) {
                let place: [u8; 8] = row[16..24].try_into().expect("eight bytes");
                clean |= place[..4] == CLEAN.to_be_bytes();
                places += u64::from(place[..4] != CLEAN.to_be_bytes() && previous != Some(place));
                previous = Some(place);
                sorted.advance().at("read", &folder)?;
            }
            match (clean, places) {
                (true, places) => self.told.clean += places,
                (false, 1) => {
                    writer.write(&first[..16])?;
                    let number = u32::from_be_bytes(first[16..20].try_into().expect("four bytes")) as usize;
                    self.files[number].kept += 1;
                    kept.push(last[number], &first).at("write", &folder)?;
                }
                (false, places) => self.told.repeated += places,
            }
        }
        writer.end(kept.rows)?;
        writer.directory("block.directory")?;
        let told = Blocks { block_bytes, hash, kept: kept.rows, ..self.told };
        kept.finish(writer, &folder)?;
        writer.begin("block.files", 0)?;
        for number in order {
            let line = serde_json::to_string(&self.files[number as usize]).map_err(io::Error::from);
            writer.write(line.at("write", &folder)?.as_bytes())?;
            writer.write(b"\n")?;
        }
        writer.end(self.files.len() as u64)?;
        Ok(Some(told))
    }
}

/// Rows that are kept, aside until their sections come.
struct Kept {
    places: crate::index::Spool,
    marks: crate::index::Spool,
    all_marked: bool,
    rows: u64,
}

impl Kept {
    fn new(folder: &Path) -> io::Result<Self> {
        let (places, marks) = (crate::index::Spool::new(folder)?, crate::index::Spool::new(folder)?);
        Ok(Self { places, marks, all_marked: true, rows: 0 })
    }

    fn push(&mut self, file: u32, row: &[u8; ROW]) -> io::Result<()> {
        let at = u32::from_be_bytes(row[20..24].try_into().expect("four bytes"));
        let mark = u32::from_be_bytes(row[25..29].try_into().expect("four bytes"));
        self.places.push(&file.to_le_bytes())?;
        self.places.push(&at.to_le_bytes())?;
        self.marks.push(&mark.to_le_bytes())?;
        self.all_marked &= row[24] == 1;
        self.rows += 1;
        Ok(())
    }

    fn finish(self, writer: &mut Writer, folder: &Path) -> Result<(), IndexError> {
        writer.append("block.places", 8, self.places)?;
        // One block without a mark, and the prefilter would miss it.
        if !self.all_marked || self.rows == 0 {
            return Ok(());
        }
        let bits = (self.rows.ilog2() + 5).min(32);
        let mut prefilter = vec![0u8; (1usize << bits).div_ceil(8)];
        let mut marks = self.marks.rewound().at("read", folder)?;
        writer.begin("block.marks", 4)?;
        for _ in 0..self.rows {
            let mut mark = [0; 4];
            marks.read_exact(&mut mark).at("read", folder)?;
            writer.write(&mark)?;
            let bit = u32::from_le_bytes(mark) >> (32 - bits);
            prefilter[(bit / 8) as usize] |= 1 << (bit % 8);
        }
        writer.end(self.rows)?;
        writer.begin("block.prefilter", 1)?;
        for part in prefilter.chunks(1 << 16) {
            writer.write(part)?;
        }
        writer.end(prefilter.len() as u64)?.bits = Some(bits);
        Ok(())
    }
}

fn word(hash: BlockHashKind) -> &'static str {
    match hash {
        BlockHashKind::Sha256 => "SHA-256",
        BlockHashKind::Md5 => "MD5",
    }
}

/// Reads until the block is full or the file ends.
fn fill(bytes: &mut dyn Read, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < block.len() {
        match bytes.read(&mut block[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}
