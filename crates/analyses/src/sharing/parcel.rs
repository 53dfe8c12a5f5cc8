//! Runs that another machine made: a piece of sightings goes there, a run comes back as bytes.
//!
//! The counts of a run are sets, so that runs which were made anywhere become one exactly: numbers of peers and addresses
//! that are distinct in two pieces are not added up, the sets are joined.

use std::io::{self, Write as _};
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use tutela_model::table::{Part, TablesError};
use tutela_model::tables::Sighting;
use tutela_model::{Digest, Shelf, Table, Tables};

use super::blocks::damaged;
use super::chunk::{Chunk, chunk_of, until_us};
use super::dictionary::Dictionary;
use super::memory::MemoryShelf;
use super::peer::Peer;
use super::record::{Place, Presence, Total};
use super::run::{Libraries, Peers, Places, Presences, RunInfo, RunWriter, Totals};
use super::{build, merged};
use crate::varint::{get, put};

/// Rows of sightings that become one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The digest of the file received, in hexadecimal.
    pub source: String,
    /// The digest of the part's rows, in hexadecimal.
    pub digest: String,
    /// The part, by its number among those counted.
    pub part: u32,
    /// The number of its first row in the part.
    pub first_row: u64,
    /// Its rows.
    pub n_rows: u64,
    /// The last instant that can be, microseconds UTC.
    pub until_us: i64,
}

/// A run as bytes, and who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// The bytes of [`run_of`].
    pub bytes: Vec<u8>,
    /// The maker's address.
    pub maker: String,
}

/// Other machines that make runs.
pub trait Makers: Sync {
    /// How many there are.
    fn n_makers(&self) -> usize;

    /// Hands out the run of each piece, in the order of the pieces. `Break` ends it.
    ///
    /// # Errors
    /// No maker is left, or one could not read its piece.
    fn make(
        &self,
        pieces: &[Piece],
        take: &mut dyn FnMut(usize, Parcel) -> ControlFlow<()>,
    ) -> io::Result<()>;
}

/// Characters of a digest in hexadecimal.
const HEX: usize = 64;

/// The fewest rows of a piece: below them asking takes longer than counting.
const LEAST: u64 = 16 << 10;

/// How many pieces each maker gets at least, where there are rows enough: who is faster makes more of them.
const EACH: u64 = 8;

/// New parts in pieces of at most so many rows, for so many makers.
pub fn pieces_for(tables: &dyn Tables, new: &[(u32, Part)], most: usize, n_makers: usize) -> Vec<Piece> {
    let n_rows: u64 = new.iter().map(|(_, part)| part.n_rows).sum();
    let most = (most as u64).max(1);
    let most = n_rows.div_ceil(EACH * n_makers.max(1) as u64).clamp(LEAST.min(most), most);
    new.iter().flat_map(|(number, part)| pieces(tables, *number, part, most)).collect()
}

/// A part in pieces of about one size, of at most so many rows.
pub fn pieces(tables: &dyn Tables, number: u32, part: &Part, most: u64) -> Vec<Piece> {
    let until_us = until_us(tables, part);
    let n_pieces = part.n_rows.div_ceil(most.max(1)).max(1);
    let n_each = part.n_rows.div_ceil(n_pieces).max(1);
    let piece = |first_row| Piece {
        source: part.source.hex(),
        digest: part.digest.hex(),
        part: number,
        first_row,
        n_rows: n_each.min(part.n_rows - first_row),
        until_us,
    };
    (0..part.n_rows).step_by(n_each as usize).map(piece).collect()
}

/// Whether the run of a piece is made again here and compared: the first of these, and one of sixteen by the digest of
/// its name.
pub fn is_rechecked(pieces: &[Piece], piece_idx: usize) -> bool {
    let piece = &pieces[piece_idx];
    let name = format!("{} {}", piece.digest, piece.first_row);
    piece_idx == 0 || Digest::of(name.as_bytes()).hex().starts_with('0')
}

/// Makes the run of a piece, as bytes: the same ones on every machine.
///
/// # Errors
/// What the store could not read, or a part that has other rows than the piece says.
pub fn run_of(tables: &dyn Tables, piece: &Piece) -> Result<Vec<u8>, TablesError> {
    let failed = |message: String| TablesError {
        table: Sighting::INFO.name,
        source_digest: piece.source.parse().unwrap_or_else(|_| Digest::of(b"")),
        message,
    };
    let parts = tables.parts(&Sighting::INFO);
    let is_it = |part: &&Part| part.source.hex() == piece.source && part.digest.hex() == piece.digest;
    let part = parts.iter().find(is_it).ok_or_else(|| failed("there is no such part".to_owned()))?;
    let mut chunk = chunk_of(tables, &[(part, piece.clone())], Vec::new(), Chunk::default())?;
    let mut dictionary = Dictionary::default();
    chunk.number_in(&mut dictionary);
    let shelf = MemoryShelf::default();
    let packed = build::write(&mut chunk, &shelf, 0).and_then(|run| pack(&run, &dictionary, &shelf));
    packed.map_err(|error| failed(error.to_string()))
}

fn pack(run: &RunInfo, dictionary: &Dictionary, shelf: &MemoryShelf) -> io::Result<Vec<u8>> {
    let mut files = Vec::new();
    dictionary.put_from(0, &mut files);
    let info = serde_json::to_vec(run).expect("what is said of a run is plain");
    let mut bytes = Vec::new();
    for said in [files, info] {
        put(said.len() as u64, &mut bytes);
        bytes.extend(said);
    }
    for file in run.files() {
        let stream = shelf.take(&file)?;
        put(stream.len() as u64, &mut bytes);
        bytes.extend(stream);
    }
    // What is damaged on its way is found by itself, and not only where it is made again.
    let digest = Digest::of(&bytes).hex();
    bytes.extend(digest.as_bytes());
    Ok(bytes)
}

/// Takes the bytes of a run apart: its files, what is said of it, and a shelf that holds its streams.
fn unpack(bytes: &[u8]) -> io::Result<(Dictionary, RunInfo, MemoryShelf)> {
    let end = bytes.len().checked_sub(HEX).ok_or_else(damaged)?;
    let (mut bytes, digest) = bytes.split_at(end);
    if Digest::of(bytes).hex().as_bytes() != digest {
        return Err(damaged());
    }
    let mut next = || {
        let len = usize::try_from(get(&mut bytes)?).ok()?;
        bytes.split_off(..len)
    };
    let mut files = next().ok_or_else(damaged)?;
    let mut dictionary = Dictionary::default();
    dictionary.add(&mut files).ok_or_else(damaged)?;
    let run: RunInfo = serde_json::from_slice(next().ok_or_else(damaged)?).map_err(|_| damaged())?;
    let shelf = MemoryShelf::default();
    for file in run.files() {
        let mut stream = shelf.create(&file)?;
        stream.write_all(next().ok_or_else(damaged)?)?;
        stream.end()?;
    }
    if bytes.is_empty() { Ok((dictionary, run, shelf)) } else { Err(damaged()) }
}

/// Writes a run that came as bytes to the shelf, with the numbers that its files have here.
///
/// # Errors
/// The bytes are no run of the piece, or the shelf's.
pub fn adopt(
    bytes: &[u8],
    piece: &Piece,
    dictionary: &mut Dictionary,
    shelf: &dyn Shelf,
    number: u32,
) -> io::Result<RunInfo> {
    let (files, run, from) = unpack(bytes)?;
    if run.n_rows != piece.n_rows {
        return Err(damaged());
    }
    let numbers: Vec<u32> = files.names_from(0).map(|name| dictionary.number_of(&name)).collect();
    let mut to = RunWriter::new(shelf, number, run.base(), run.n_rows)?;
    copy_peers(&run, &from, &numbers, &mut to)?;
    let (mut places, mut place) = (Places::of(&run, &from)?, Place::default());
    while places.next(&mut place)? {
        renumber(&mut place.files, &numbers, |file| file)?;
        if place.peers.last().is_some_and(|peer| *peer >= run.n_peers) {
            return Err(damaged());
        }
        to.places.place(&place)?;
    }
    let (mut totals, mut renumbered) = (Totals::of(&run, &from)?, Vec::<Total>::new());
    while let Some(total) = totals.next()? {
        renumbered.push(total);
    }
    renumber(&mut renumbered, &numbers, |total| &mut total.file)?;
    renumbered.iter().try_for_each(|total| to.places.total(total))?;
    let one = std::slice::from_ref(&run);
    to.end(&merged::days(one), &merged::odd(one, &[]))
}

fn copy_peers(run: &RunInfo, from: &dyn Shelf, numbers: &[u32], to: &mut RunWriter<'_>) -> io::Result<()> {
    let (mut peers, mut libraries, mut presences) =
        (Peers::of(run, from)?, Libraries::of(run, from)?, Presences::of(run, from)?);
    let (mut peer, mut files, mut presence) = (Peer::default(), Vec::new(), Presence::default());
    let mut n_peers = 0;
    while let Some(style) = peers.next(&mut peer)? {
        libraries.next(&mut files)?;
        presences.next(&mut presence)?;
        renumber(&mut files, numbers, |seen| &mut seen.file)?;
        to.peers.peer(&peer, style, &files, &presence)?;
        n_peers += 1;
    }
    if n_peers == run.n_peers { Ok(()) } else { Err(damaged()) }
}

/// Gives all of these the files' numbers here, and puts them in their order.
fn renumber<T: Ord>(all: &mut [T], numbers: &[u32], file: fn(&mut T) -> &mut u32) -> io::Result<()> {
    for one in &mut *all {
        let number = file(one);
        *number = *numbers.get(*number as usize).ok_or_else(damaged)?;
    }
    all.sort_unstable();
    Ok(())
}

#[cfg(test)]
mod tests {
    use tutela_model::tables::SharingNetwork;

    use super::*;
    use crate::sharing::chunk::{Seen, Span};

    /// Ten sightings of two peers and three files.
    fn chunk() -> Chunk {
        let mut chunk = Chunk { next: (3, 20), ..Chunk::default() };
        for file in ["sha1:a", "sha1:b", "sha1:c"] {
            chunk.files.number(SharingNetwork::Ed2k, file);
        }
        for n in 0..10 {
            chunk.push(Seen {
                address: [0, 0xffff_c633_6400 + n],
                at_us: n as i64 * 60_000_000,
                file: (n % 3) as u32,
                observed: 1,
                basis: 1,
            });
        }
        let peer = |number| Some(Peer::new(SharingNetwork::Ed2k, number));
        let span = |number, rows: std::ops::Range<u32>| Span {
            peer: peer(number),
            first: (3, 20 + u64::from(rows.start)),
            rows,
        };
        chunk.spans = vec![span("0a", 0..4), span("0b", 4..10)];
        chunk.days.insert((SharingNetwork::Ed2k as u8, 0), 10);
        chunk
    }

    fn packed() -> (Vec<u8>, Piece) {
        let (mut chunk, mut dictionary, shelf) = (chunk(), Dictionary::default(), MemoryShelf::default());
        chunk.number_in(&mut dictionary);
        let run = build::write(&mut chunk, &shelf, 0).expect("memory has room");
        let piece = Piece {
            source: Digest::of(b"export").hex(),
            digest: Digest::of(b"rows").hex(),
            part: 3,
            first_row: 20,
            n_rows: 10,
            until_us: i64::MAX,
        };
        (pack(&run, &dictionary, &shelf).expect("memory has room"), piece)
    }

    #[test]
    fn an_adopted_run_is_the_one_that_is_written_here() {
        let (bytes, piece) = packed();
        // Other files were met before, so that all numbers are others.
        let mut dictionary = Dictionary::default();
        for file in ["sha1:c", "sha1:x", "sha1:a"] {
            dictionary.number(SharingNetwork::Ed2k, file);
        }
        let there = MemoryShelf::default();
        let adopted = adopt(&bytes, &piece, &mut dictionary.clone(), &there, 7).expect("it is a run");
        let (mut chunk, here) = (chunk(), MemoryShelf::default());
        chunk.number_in(&mut dictionary);
        let written = build::write(&mut chunk, &here, 7).expect("memory has room");
        assert_eq!(adopted, written);
        for file in written.files() {
            assert_eq!(there.take(&file).expect("a stream"), here.take(&file).expect("a stream"), "{file}");
        }
    }

    #[test]
    fn a_run_that_is_damaged_on_its_way_is_refused() {
        let (bytes, piece) = packed();
        let adopted = |bytes: &[u8], piece: &Piece| {
            adopt(bytes, piece, &mut Dictionary::default(), &MemoryShelf::default(), 7)
        };
        assert!(adopted(&bytes, &piece).is_ok());
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 0x10;
            assert!(adopted(&other, &piece).is_err(), "byte {at}");
            assert!(adopted(&bytes[..at], &piece).is_err(), "cut at {at}");
        }
        assert!(adopted(&bytes, &Piece { n_rows: 11, ..piece }).is_err());
    }
}
