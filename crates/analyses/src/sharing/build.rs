//! A chunk of sightings becomes a run.

use std::io;

use tutela_model::time::DAY_US;
use tutela_model::{Address, Shelf};

use super::chunk::{Chunk, Seen, Span};
use super::dictionary::Dictionary;
use super::peer::Peer;
use super::record::{AddressSeen, Base, FileSeen, LEAST_GAP_US, Place, Presence, RowSpan, Stretch};
use super::run::{RunInfo, RunWriter};

impl Chunk {
    /// The numbers that the dictionary has for the chunk's files; none for those that it has not met.
    pub fn known_in(&self, dictionary: &Dictionary) -> Vec<Option<u32>> {
        dictionary.find_all(self.files.names_from(0))
    }

    /// The numbers that the dictionary, of which some are known, gives the chunk's files.
    pub fn number(&self, known: Vec<Option<u32>>, dictionary: &mut Dictionary) -> Vec<u32> {
        let numbered = known.into_iter().zip(self.files.names_from(0));
        numbered.map(|(known, name)| known.unwrap_or_else(|| dictionary.number_of(&name))).collect()
    }

    /// Gives the chunk's files the numbers of the dictionary, and puts them in the place of its own.
    pub fn number_in(&mut self, dictionary: &mut Dictionary) {
        let known = self.known_in(dictionary);
        let numbers = self.number(known, dictionary);
        self.renumber(&numbers);
    }

    /// Puts these numbers in the place of the chunk's own.
    pub fn renumber(&mut self, numbers: &[u32]) {
        self.rows.iter_mut().for_each(|row| row.file = numbers[row.file as usize]);
        self.totals.iter_mut().for_each(|total| total.file = numbers[total.file as usize]);
        self.totals.sort_unstable();
    }
}

/// Writes the run of a chunk whose files have [the dictionary's numbers](Chunk::number_in), and empties the chunk.
///
/// # Errors
/// The shelf's.
pub fn write(chunk: &mut Chunk, shelf: &dyn Shelf, number: u32) -> io::Result<RunInfo> {
    let mut pairs = std::mem::take(&mut chunk.pairs);
    let written = write_with(&mut pairs, chunk, shelf, number);
    chunk.pairs = pairs;
    chunk.clear();
    written
}

fn write_with(places: &mut Pairs, chunk: &Chunk, shelf: &dyn Shelf, number: u32) -> io::Result<RunInfo> {
    let mut run = RunWriter::new(shelf, number, base(chunk), chunk.rows.len() as u64)?;
    let mut peers: Vec<(&Peer, u8, &Span)> = chunk
        .spans
        .iter()
        .filter_map(|span| span.peer.as_ref().map(|(peer, style)| (peer, *style, span)))
        .collect();
    // The table's order is mostly the peers' own.
    peers.sort_by(|one, other| (one.0, one.2.rows.start).cmp(&(other.0, other.2.rows.start)));
    for seen in &chunk.rows {
        places.file(seen.address(), seen.file);
    }
    let mut of_peer = OfPeer::default();
    for (position, spans) in (0..).zip(peers.chunk_by(|one, other| one.0 == other.0)) {
        of_peer.read(chunk, spans);
        let style = spans.iter().map(|span| span.1).min().unwrap_or_default();
        run.peers.peer(spans[0].0, style, &of_peer.files, &of_peer.presence)?;
        for seen in &of_peer.presence.addresses {
            places.peer(seen.address.0, position);
        }
    }
    places.each(&mut |place| run.places.place(place))?;
    chunk.totals.iter().try_for_each(|total| run.places.total(total))?;
    run.end(&chunk.days, &chunk.odd.iter().map(|(kind, odd)| (kind.number(), *odd)).collect())
}

/// The first day, and the largest usual unit that all times are multiples of.
fn base(chunk: &Chunk) -> Base {
    let day = chunk.days.keys().map(|(_, day)| *day).min().unwrap_or_default();
    let fits = |unit: &i64| chunk.rows.iter().all(|row| row.at_us % unit == 0);
    Base { day, unit_us: [1_000_000, 1_000].into_iter().find(fits).unwrap_or(1) }
}

/// What the rows of one peer say.
#[derive(Default)]
struct OfPeer {
    rows: Vec<Seen>,
    files: Vec<FileSeen>,
    presence: Presence,
}

impl OfPeer {
    fn read(&mut self, chunk: &Chunk, spans: &[(&Peer, u8, &Span)]) {
        self.rows.clear();
        self.presence.rows.clear();
        for (_, _, span) in spans {
            let Span { rows, first: (part, first), .. } = span;
            self.rows.extend_from_slice(&chunk.rows[rows.start as usize..rows.end as usize]);
            self.presence.rows.push(RowSpan { part: *part, first: *first, n: rows.len() as u64 });
        }
        join_rows(&mut self.presence.rows);
        self.presence.n = self.rows.len() as u64;
        self.read_files();
        self.read_addresses();
        self.rows.sort_unstable_by_key(|row| row.at_us);
        let instants = self.rows.iter().map(|row| Stretch { first_us: row.at_us, last_us: row.at_us });
        self.presence.stretches.clear();
        instants.for_each(|instant| add_stretch(&mut self.presence.stretches, instant));
    }

    fn read_files(&mut self) {
        self.files.clear();
        self.files.extend(self.rows.iter().map(|row| FileSeen {
            file: row.file,
            first_day: row.at_us.div_euclid(DAY_US) as i32,
            observed: row.observed,
        }));
        self.files.sort_unstable();
        join_files(&mut self.files);
    }

    fn read_addresses(&mut self) {
        self.rows.sort_unstable_by_key(|row| (row.address, row.at_us));
        self.presence.addresses.clear();
        for of_one in self.rows.chunk_by(|one, other| one.address == other.address) {
            self.presence.addresses.push(AddressSeen {
                address: Address(of_one[0].address()),
                n: of_one.len() as u64,
                first_us: of_one[0].at_us,
                last_us: of_one[of_one.len() - 1].at_us,
                basis: of_one.iter().fold(0, |bits, row| bits | row.basis),
            });
        }
    }
}

/// Makes one of each file's entries, which are in order.
pub fn join_files(files: &mut Vec<FileSeen>) {
    files.dedup_by(|next, kept| {
        let same = next.file == kept.file;
        if same {
            kept.observed |= next.observed;
        }
        same
    });
}

/// Puts stretches of rows in order, and makes one of those that follow each other.
pub fn join_rows(rows: &mut Vec<RowSpan>) {
    rows.sort_unstable();
    rows.dedup_by(|next, kept| {
        let follows = next.part == kept.part && kept.first + kept.n == next.first;
        if follows {
            kept.n += next.n;
        }
        follows
    });
}

/// Adds a stretch that begins no earlier than those before it.
pub fn add_stretch(stretches: &mut Vec<Stretch>, next: Stretch) {
    match stretches.last_mut() {
        Some(last) if next.first_us - last.last_us <= LEAST_GAP_US => {
            last.last_us = last.last_us.max(next.last_us);
        }
        _ => stretches.push(next),
    }
}

/// Pairs of address and file, and of address and peer. IPv4 addresses, of which there are most, take half the room.
#[derive(Debug, Default)]
pub struct Pairs {
    files: Family,
    peers: Family,
    before: Option<(u128, u32)>,
}

#[derive(Debug, Default)]
struct Family {
    v4: Vec<u64>,
    v6: Vec<(u128, u32)>,
}

impl Family {
    fn push(&mut self, address: u128, number: u32) {
        if Address(address).is_v4() {
            self.v4.push((address as u32 as u64) << 32 | u64::from(number));
        } else {
            self.v6.push((address, number));
        }
    }

    fn clear(&mut self) {
        self.v4.clear();
        self.v6.clear();
    }

    /// The pairs in order, each once.
    fn sorted(&mut self) -> impl Iterator<Item = (u128, u32)> {
        self.v4.sort_unstable();
        self.v4.dedup();
        self.v6.sort_unstable();
        self.v6.dedup();
        let v4 = self.v4.iter().map(|pair| (FIRST_V4 | u128::from(pair >> 32), *pair as u32));
        // Few addresses of IPv6 lie before those of IPv4 as numbers.
        let above = self.v6.partition_point(|(address, _)| *address < FIRST_V4);
        let (before, after) = self.v6.split_at(above);
        before.iter().copied().chain(v4).chain(after.iter().copied())
    }
}

/// The first address of IPv4, as a number.
const FIRST_V4: u128 = Address::FIRST_V4.0;

impl Pairs {
    /// Empties it; the room stays.
    pub fn clear(&mut self) {
        self.files.clear();
        self.peers.clear();
        self.before = None;
    }

    fn file(&mut self, address: u128, file: u32) {
        if self.before != Some((address, file)) {
            self.files.push(address, file);
            self.before = Some((address, file));
        }
    }

    fn peer(&mut self, address: u128, position: u32) {
        self.peers.push(address, position);
    }

    fn each(&mut self, each: &mut dyn FnMut(&Place) -> io::Result<()>) -> io::Result<()> {
        let mut peers = self.peers.sorted().peekable();
        let mut files = self.files.sorted().peekable();
        let mut place = Place::default();
        while let Some((address, file)) = files.next() {
            place.address = address;
            place.files.clear();
            place.files.push(file);
            while let Some((_, file)) = files.next_if(|(other, _)| *other == address) {
                place.files.push(file);
            }
            place.peers.clear();
            while let Some((_, peer)) = peers.next_if(|(other, _)| *other == address) {
                place.peers.push(peer);
            }
            each(&place)?;
        }
        Ok(())
    }
}
