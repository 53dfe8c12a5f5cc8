//! hashdb: JSON lines, of files and of blocks; `#` begins a comment.
//!
//! ```text
//! {"file_hash":"…","filesize":8000,…}                                          a file
//! {"block_hash":"…","k_entropy":…,"block_label":"","source_sub_counts":["FILE",1]}   a block, without its place
//! {"block_hash":"…","source_offset_pairs":["FILE",4096]}                       as older versions write it
//! {"block_hash":"…","source_offsets":["FILE",1,[4096]]}                        as later ones do
//! ```
//!
//! The file does not say how large its blocks are: whoever reads it declares that. A block that hashdb labels, or that
//! it has of several places, is not probative.

use std::io::Read;

use serde::Deserialize;
use serde_json::Value;
use tutela_model::Spot;

use super::gather::{Gathered, kind_of_digits};
use super::hex::{is_hex, of_hex};
use super::lines::{Line, Lines, SHORTER};
use super::record::{BlockHash, Note, Problem, Record, Skip, Take};
use super::{Declared, ReadError};

#[derive(Deserialize)]
struct Object {
    file_hash: Option<String>,
    filesize: Option<u64>,
    block_hash: Option<String>,
    #[serde(default)]
    block_label: Option<String>,
    source_sub_counts: Option<Vec<Value>>,
    source_offset_pairs: Option<Vec<Value>>,
    source_offsets: Option<Vec<Value>>,
}

/// Reads a list.
pub fn read(bytes: &mut dyn Read, declared: &Declared, take: &mut dyn Take) -> Result<(), ReadError> {
    let mut lines = Lines::new(bytes);
    let mut gathered = Gathered::default();
    while let Some(line) = lines.next()? {
        let (number, line) = match line {
            Line::Whole(number, line) => (number, line.trim_ascii()),
            Line::TooLong(number, found) => {
                take.problem(Problem::lost(Spot::Line(number), SHORTER, found))?;
                continue;
            }
        };
        if line.is_empty() || line[0] == b'#' {
            take.record(Record::Skip(Skip::Comment))?;
            continue;
        }
        let lost = |expected| Problem::lost(Spot::Line(number), expected, line);
        let Ok(object) = serde_json::from_slice::<Object>(line) else {
            take.problem(lost("a file or a block in well-formed JSON"))?;
            continue;
        };
        if let Some(digits) = &object.file_hash {
            match kind_of_digits(digits.len()) {
                Some(kind) => {
                    take.note(Note::KindByLength);
                    gathered.hash(kind, digits.as_bytes(), || Spot::Line(number));
                    gathered.entry.size = object.filesize;
                    gathered.hand_over(take)?;
                }
                None => take.problem(lost("a file hash of 32, 40 or 64 hexadecimal digits"))?,
            }
        } else if object.block_hash.is_some() {
            if declared.block_bytes.is_none() {
                return Err(ReadError::BlockBytes);
            }
            match block(&object) {
                Ok(Some(block)) => take.record(Record::Block(&block))?,
                Ok(None) => take.record(Record::Skip(Skip::NotProbative))?,
                Err(expected) => take.problem(lost(expected))?,
            }
        } else {
            take.problem(lost("file_hash or block_hash"))?;
        }
    }
    Ok(())
}

/// A block; none when it is not probative.
fn block(object: &Object) -> Result<Option<BlockHash>, &'static str> {
    let digits = object.block_hash.as_deref().unwrap_or_default();
    if digits.len() < 32 || !is_hex(digits.as_bytes()) {
        return Err("a block hash of at least 32 hexadecimal digits");
    }
    let hash = of_hex(&digits.as_bytes()[..32]).ok_or("a block hash of at least 32 hexadecimal digits")?;
    let sources = sources(object).ok_or("the files that the block is of")?;
    let [(file, offset)] = &sources[..] else { return Ok(None) };
    if object.block_label.as_ref().is_some_and(|label| !label.is_empty()) {
        return Ok(None);
    }
    Ok(Some(BlockHash { hash, file: file.to_ascii_lowercase(), offset: *offset }))
}

/// Each place that the block has: its file, and where in it as far as that is said. None when it is not well formed.
fn sources(object: &Object) -> Option<Vec<(&str, Option<u64>)>> {
    let mut places = Vec::new();
    if let Some(pairs) = &object.source_offset_pairs {
        for pair in pairs.chunks(2) {
            let [file, offset] = pair else { return None };
            places.push((file.as_str()?, Some(offset.as_u64()?)));
        }
    } else if let Some(triples) = &object.source_offsets {
        for triple in triples.chunks(3) {
            let [file, _, offsets] = triple else { return None };
            for offset in offsets.as_array()? {
                places.push((file.as_str()?, Some(offset.as_u64()?)));
            }
        }
    } else {
        for pair in object.source_sub_counts.as_ref()?.chunks(2) {
            let [file, count] = pair else { return None };
            // More than one place is as good as many: it is not probative.
            let count = count.as_u64()?.clamp(1, 2);
            places.extend(
                (0..count).map(|_| file.as_str().map(|file| (file, None))).collect::<Option<Vec<_>>>()?,
            );
        }
    }
    let are_hashes =
        places.iter().all(|(file, _)| kind_of_digits(file.len()).is_some() && is_hex(file.as_bytes()));
    (!places.is_empty() && are_hashes).then_some(places)
}
