//! A run: what sightings of one or several pieces of parts say, sorted by peer and by address, in files on a shelf.
//!
//! Five streams, so that each question reads only what it needs: who the peers are; which files each was seen with; when
//! and where each was seen; what was seen at each address; and what adds up by file, by day and by kind of address.

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};
use tutela_model::{Digest, Shelf};

use super::blocks::{BlockReader, BlockWriter, damaged};
use super::peer::Peer;
use super::record::{
    At, Base, FileSeen, Place, Presence, Total, get_library, get_peer, get_place, get_presence, get_total,
    put_library, put_peer, put_place, put_presence, put_total, rank,
};

/// A stream of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Peers, in order.
    Peers = 0,
    /// Of each peer, the files.
    Libraries = 1,
    /// Of each peer, times and addresses.
    Presence = 2,
    /// Addresses in order, with files and peers.
    Places = 3,
    /// Files in order, with sums.
    Totals = 4,
}

impl Stream {
    const ALL: [Self; 5] = [Self::Peers, Self::Libraries, Self::Presence, Self::Places, Self::Totals];

    fn name(self) -> &'static str {
        ["peers", "libraries", "presence", "places", "totals"][self as usize]
    }
}

/// A run on a shelf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunInfo {
    /// Its number: it never comes again.
    pub number: u32,
    /// How often what is in it was merged.
    pub level: u32,
    /// Sightings.
    pub n_rows: u64,
    /// Peers.
    pub n_peers: u32,
    /// The day that its days are counted from, itself counted from 1970, UTC.
    pub first_day: i32,
    /// The unit of its times in microseconds.
    pub unit_us: i64,
    /// SHA-256 of its streams, in hexadecimal.
    digests: Vec<String>,
    /// Sightings by network and day, counted from 1970.
    pub days: Vec<(u8, i32, u64)>,
    /// Sightings that cannot be as they are: the kind, how many, the first of them.
    pub odd: Vec<(u8, u64, u32, u64)>,
}

impl RunInfo {
    /// What its numbers are counted from.
    pub fn base(&self) -> Base {
        Base { day: self.first_day, unit_us: self.unit_us.max(1) }
    }

    fn file(&self, stream: Stream) -> String {
        format!("{:06}.{}", self.number, stream.name())
    }

    fn open<'s>(&self, shelf: &'s dyn Shelf, stream: Stream) -> io::Result<BlockReader<'s>> {
        let digest = self.digests.get(stream as usize).and_then(|hex| hex.parse::<Digest>().ok());
        let digest = digest.ok_or_else(damaged)?;
        Ok(BlockReader::new(shelf.open(&self.file(stream), digest)?))
    }

    /// The names of its files.
    pub fn files(&self) -> impl Iterator<Item = String> + '_ {
        Stream::ALL.iter().map(|stream| self.file(*stream))
    }
}

/// Writes a run: who was seen, and what was seen where. Two threads can do that at one time.
pub struct RunWriter<'s> {
    info: RunInfo,
    /// Its peers.
    pub peers: PeersWriter<'s>,
    /// Its addresses and sums.
    pub places: PlacesWriter<'s>,
}

/// Writes the peers of a run, with their files and with when and where they were seen.
pub struct PeersWriter<'s> {
    base: Base,
    n_peers: u32,
    peers: BlockWriter<'s>,
    libraries: BlockWriter<'s>,
    presence: BlockWriter<'s>,
}

/// Writes the addresses of a run, and what adds up by file.
pub struct PlacesWriter<'s> {
    base: Base,
    places: BlockWriter<'s>,
    totals: BlockWriter<'s>,
    place_before: u128,
    file_before: u32,
}

impl<'s> RunWriter<'s> {
    /// Begins a run.
    pub fn new(shelf: &'s dyn Shelf, number: u32, base: Base, n_rows: u64) -> io::Result<Self> {
        let info = RunInfo {
            number,
            level: 0,
            n_rows,
            n_peers: 0,
            first_day: base.day,
            unit_us: base.unit_us,
            digests: Vec::new(),
            days: Vec::new(),
            odd: Vec::new(),
        };
        let begin = |stream| Ok::<_, io::Error>(BlockWriter::new(shelf.create(&info.file(stream))?));
        Ok(Self {
            peers: PeersWriter {
                base,
                n_peers: 0,
                peers: begin(Stream::Peers)?,
                libraries: begin(Stream::Libraries)?,
                presence: begin(Stream::Presence)?,
            },
            places: PlacesWriter {
                base,
                places: begin(Stream::Places)?,
                totals: begin(Stream::Totals)?,
                place_before: 0,
                file_before: 0,
            },
            info,
        })
    }

    /// The run of runs that were merged so often before.
    pub fn at_level(mut self, level: u32) -> Self {
        self.info.level = level;
        self
    }

    /// Ends the run.
    pub fn end(
        mut self,
        days: &BTreeMap<(u8, i32), u64>,
        odd: &BTreeMap<u8, (u64, u32, u64)>,
    ) -> io::Result<RunInfo> {
        self.info.n_peers = self.peers.n_peers;
        self.info.days = days.iter().map(|((network, day), n)| (*network, *day, *n)).collect();
        self.info.odd = odd.iter().map(|(kind, (n, part, row))| (*kind, *n, *part, *row)).collect();
        let PeersWriter { peers, libraries, presence, .. } = self.peers;
        let PlacesWriter { places, totals, .. } = self.places;
        for writer in [peers, libraries, presence, places, totals] {
            self.info.digests.push(writer.end()?.hex());
        }
        Ok(self.info)
    }
}

impl PeersWriter<'_> {
    /// Adds a peer; each is greater than the one before.
    pub fn peer(
        &mut self,
        peer: &Peer,
        style: u8,
        files: &[FileSeen],
        presence: &Presence,
    ) -> io::Result<()> {
        self.n_peers += 1;
        put_peer(peer, style, self.peers.record());
        put_library(files, self.base, self.libraries.record());
        put_presence(presence, self.base, self.presence.record());
        self.peers.end_record()?;
        self.libraries.end_record()?;
        self.presence.end_record()
    }
}

impl PlacesWriter<'_> {
    /// Adds an address; each is greater than the one before.
    pub fn place(&mut self, place: &Place) -> io::Result<()> {
        let block = self.places.record();
        let before = (!block.is_empty()).then_some(self.place_before);
        put_place(place, before, block);
        self.place_before = place.address;
        self.places.end_record()
    }

    /// Adds a file's sums; each file is greater than the one before.
    pub fn total(&mut self, total: &Total) -> io::Result<()> {
        let block = self.totals.record();
        let before = if block.is_empty() { 0 } else { self.file_before };
        put_total(total, before, self.base, block);
        self.file_before = total.file;
        self.totals.end_record()
    }
}

/// Reads the peers of a run.
pub struct Peers<'s>(BlockReader<'s>);

impl<'s> Peers<'s> {
    /// From the first peer on.
    pub fn of(run: &RunInfo, shelf: &'s dyn Shelf) -> io::Result<Self> {
        run.open(shelf, Stream::Peers).map(Self)
    }

    /// The next peer's way of being written; none at the end.
    pub fn next(&mut self, peer: &mut Peer) -> io::Result<Option<u8>> {
        self.0.next(|bytes, _| get_peer(bytes, peer))
    }
}

/// Reads the files of each peer of a run.
pub struct Libraries<'s>(BlockReader<'s>, Base);

impl<'s> Libraries<'s> {
    /// From the first peer on.
    pub fn of(run: &RunInfo, shelf: &'s dyn Shelf) -> io::Result<Self> {
        Ok(Self(run.open(shelf, Stream::Libraries)?, run.base()))
    }

    /// Those of the next peer.
    pub fn next(&mut self, files: &mut Vec<FileSeen>) -> io::Result<()> {
        let base = self.1;
        self.0.next(|bytes, _| get_library(bytes, base, files))?.ok_or_else(damaged)
    }
}

/// Reads when and where each peer of a run was seen.
pub struct Presences<'s>(BlockReader<'s>, Base);

impl<'s> Presences<'s> {
    /// From the first peer on.
    pub fn of(run: &RunInfo, shelf: &'s dyn Shelf) -> io::Result<Self> {
        Ok(Self(run.open(shelf, Stream::Presence)?, run.base()))
    }

    /// The next peer's.
    pub fn next(&mut self, presence: &mut Presence) -> io::Result<()> {
        let base = self.1;
        self.0.next(|bytes, _| get_presence(bytes, base, presence))?.ok_or_else(damaged)
    }
}

/// Reads the addresses of a run.
pub struct Places<'s>(BlockReader<'s>);

impl<'s> Places<'s> {
    /// From the first address on.
    pub fn of(run: &RunInfo, shelf: &'s dyn Shelf) -> io::Result<Self> {
        run.open(shelf, Stream::Places).map(Self)
    }

    /// The next address; whether there is one.
    pub fn next(&mut self, place: &mut Place) -> io::Result<bool> {
        Ok(self.0.next(|bytes, is_first| get_place(bytes, is_first, place))?.is_some())
    }
}

/// Reads the sums of a run.
pub struct Totals<'s> {
    from: BlockReader<'s>,
    base: Base,
    before: u32,
}

impl<'s> Totals<'s> {
    /// From the first file on.
    pub fn of(run: &RunInfo, shelf: &'s dyn Shelf) -> io::Result<Self> {
        Ok(Self { from: run.open(shelf, Stream::Totals)?, base: run.base(), before: 0 })
    }

    /// The next file's; none at the end.
    pub fn next(&mut self) -> io::Result<Option<Total>> {
        let (before, base) = (self.before, self.base);
        let total =
            self.from.next(|bytes, is_first| get_total(bytes, if is_first { 0 } else { before }, base))?;
        self.before = total.map_or(0, |total| total.file);
        Ok(total)
    }
}

impl Total {
    /// Both together. Of sightings at one instant the one of the lesser part counts, by the parts' own order.
    pub fn join(&mut self, other: &Self, ranks: &[u32]) {
        let key = |at: &At| (at.at_us, rank(ranks, at.part), at.row);
        self.n += other.n;
        if key(&other.first) < key(&self.first) {
            self.first = other.first;
        }
        if key(&other.last) > key(&self.last) {
            self.last = other.last;
        }
    }
}
