//! `known2_64.met` of eMule and aMule: the AICH hashes of every 184,320 bytes of each file that was hashed.
//!
//! The hash of a file is the root of a tree over these, and is made again here to hold the two against each other.

use sha1::{Digest as _, Sha1};
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{FilePart, PartKind, ProblemKind, Stated};

use crate::artefact::{Cursor, Flaw, Loaded, Span, Telling, hex, is_named};
use crate::ed2k_record::PART_BYTES;

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "emule_known2_met",
    version: 1,
    about: "known2_64.met of eMule and aMule: AICH hashes of every 184,320 bytes of a file",
    tables: &["file_part"],
    recognise,
    read,
};

/// The first byte of the form that knows files above 4 GB.
const VERSION: u8 = 0x02;
/// Bytes under a hash (`EMBLOCKSIZE`); the last one of a part of eDonkey has 143,360.
const BLOCK_BYTES: u64 = 184_320;
/// How many blocks a part has.
const BLOCKS_PER_PART: usize = 53;
const HASH_BYTES: usize = 20;

fn recognise(sample: &Sample<'_>) -> Fit {
    let named = ["known2_64.met", "known2.met"].iter().any(|name| is_named(sample.name, name));
    let mut cursor = Cursor::new(sample.head, 0);
    let version = cursor.u8("the version").is_ok_and(|version| version == VERSION);
    let first = entry(&mut cursor).ok().filter(|entry| root(entry.hashes) == Some(entry.root));
    match (version, named) {
        (true, _) if first.is_some() => Fit::Sure,
        (true, true) => Fit::Sure,
        (_, true) => Fit::Possible,
        _ => Fit::No,
    }
}

/// A file's hashes as they stand.
struct Entry<'a> {
    at: usize,
    root: [u8; HASH_BYTES],
    hashes: &'a [u8],
    n_hashes: usize,
}

/// Reads a root, `u32` number of hashes, and as many of these as there are.
fn entry<'a>(cursor: &mut Cursor<'a>) -> Result<Entry<'a>, Flaw> {
    let at = cursor.at;
    let root = cursor.array("an AICH root")?;
    let n_hashes = cursor.u32("the number of AICH hashes")? as usize;
    let there = n_hashes.min(cursor.left() / HASH_BYTES);
    let hashes = cursor.take(there * HASH_BYTES, "AICH hashes")?;
    Ok(Entry { at, root, hashes, n_hashes })
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let mut cursor = Cursor::new(&loaded.bytes, 0);
    match cursor.u8("the version") {
        Ok(VERSION) => entries(&mut cursor, &mut telling)?,
        Ok(version) => {
            let expected = "version 02; nothing of the file was read";
            let found = format_args!("{version:02x}");
            telling.lost(&Flaw::new(ProblemKind::Malformed, Span { at: 0, len: 1 }, expected, found))?;
        }
        Err(flaw) => telling.lost(&flaw)?,
    }
    telling.end(&loaded)
}

fn entries(cursor: &mut Cursor<'_>, telling: &mut Telling<'_>) -> Result<(), Refusal> {
    while cursor.left() > 0 {
        let entry = match entry(cursor) {
            Ok(entry) => entry,
            Err(flaw) => return telling.lost(&flaw),
        };
        telling.record();
        let n_there = entry.hashes.len() / HASH_BYTES;
        let span = Span::between(entry.at, cursor.at);
        if entry.n_hashes > n_there {
            let expected = format!("{} AICH hashes", entry.n_hashes);
            telling.flaw("", &Flaw::new(ProblemKind::Truncated, span, &expected, n_there))?;
            cursor.at = cursor.bytes.len();
        } else if root(entry.hashes) != Some(entry.root) {
            let expected = "hashes whose tree has the root of the record";
            let found = root(entry.hashes).map_or_else(|| "no hash".to_owned(), |root| hex(&root));
            telling.flaw("hash", &Flaw::new(ProblemKind::Contradiction, span, expected, found))?;
        }
        rows(&entry, telling)?;
        telling.sink.progress(cursor.at as u64);
    }
    Ok(())
}

fn rows(entry: &Entry<'_>, telling: &mut Telling<'_>) -> Result<(), Refusal> {
    let file_hash = format!("aich:{}", hex(&entry.root));
    for (idx, hash) in entry.hashes.chunks_exact(HASH_BYTES).enumerate() {
        let (part_idx, block_idx) = (idx / BLOCKS_PER_PART, idx % BLOCKS_PER_PART);
        let is_last = idx + 1 == entry.n_hashes;
        let length = if block_idx + 1 == BLOCKS_PER_PART {
            PART_BYTES - (BLOCKS_PER_PART as u64 - 1) * BLOCK_BYTES
        } else {
            BLOCK_BYTES
        };
        let row = FilePart {
            file_hash: file_hash.as_str().into(),
            kind: PartKind::Aich,
            hash: hex(hash).into(),
            offset: Some(part_idx as u64 * PART_BYTES + block_idx as u64 * BLOCK_BYTES),
            // The file's size is not in the record, so nobody knows how long its last block is.
            length: (!is_last).then_some(length),
            held: Stated::Unknown,
            place: Span { at: entry.at + HASH_BYTES + 4 + idx * HASH_BYTES, len: HASH_BYTES }.spot(),
        };
        telling.row(row)?;
    }
    if entry.hashes.is_empty() {
        telling.sink.skip(&Span { at: entry.at, len: HASH_BYTES + 4 }.spot(), "a file without hashes");
    }
    Ok(())
}

/// The root over the hashes of all blocks of a file.
fn root(hashes: &[u8]) -> Option<[u8; HASH_BYTES]> {
    let blocks: Vec<[u8; HASH_BYTES]> =
        hashes.chunks_exact(HASH_BYTES).map(|hash| hash.try_into().expect("chunks of 20 bytes")).collect();
    (!blocks.is_empty()).then(|| branch(&blocks, true))
}

/// The hash of a branch of the tree (`SHAHashSet.cpp` of eMule). What is longer than a part is cut between parts, a
/// part between blocks; where the number is odd, a left branch gives its left side one more, a right branch its right.
fn branch(blocks: &[[u8; HASH_BYTES]], is_left: bool) -> [u8; HASH_BYTES] {
    if let [only] = blocks {
        return *only;
    }
    let unit = if blocks.len() <= BLOCKS_PER_PART { 1 } else { BLOCKS_PER_PART };
    let n_units = blocks.len().div_ceil(unit);
    let (left, right) = blocks.split_at((n_units + usize::from(is_left)) / 2 * unit);
    let mut sha1 = Sha1::new();
    sha1.update(branch(left, true));
    sha1.update(branch(right, false));
    sha1.finalize().into()
}
