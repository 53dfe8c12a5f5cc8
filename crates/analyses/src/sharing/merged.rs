//! Several runs as one: each peer, address and file once, with what all runs say of it.

use std::collections::BTreeMap;
use std::io;

use tutela_model::Shelf;

use super::build::{add_stretch, join_files, join_rows};
use super::odd::first_odd;
use super::peer::Peer;
use super::record::{AddressSeen, Base, FileSeen, Place, Presence, Total};
use super::run::{
    Libraries, Peers, PeersWriter, Places, PlacesWriter, Presences, RunInfo, RunWriter, Totals,
};

/// A heap of readers by what each has next, the least first; of equal ones the reader of the lower number.
struct Heap<K> {
    /// The next of each reader.
    next: Vec<Option<K>>,
    order: Vec<usize>,
}

impl<K: Ord> Heap<K> {
    fn new(next: Vec<Option<K>>) -> Self {
        let order = (0..next.len()).filter(|idx| next[*idx].is_some()).collect();
        let mut heap = Self { next, order };
        (0..heap.order.len() / 2).rev().for_each(|at| heap.sift_down(at));
        heap
    }

    fn first(&self) -> Option<usize> {
        self.order.first().copied()
    }

    /// The first reader's next has changed.
    fn changed(&mut self) {
        if self.first().is_some_and(|idx| self.next[idx].is_none()) {
            self.order.swap_remove(0);
        }
        self.sift_down(0);
    }

    fn less(&self, one: usize, other: usize) -> bool {
        let (one, other) = (self.order[one], self.order[other]);
        (&self.next[one], one) < (&self.next[other], other)
    }

    fn sift_down(&mut self, mut at: usize) {
        loop {
            let mut least = at;
            for below in [2 * at + 1, 2 * at + 2] {
                if below < self.order.len() && self.less(below, least) {
                    least = below;
                }
            }
            if least == at {
                return;
            }
            self.order.swap(at, least);
            at = least;
        }
    }
}

/// The peers of several runs, in order.
pub struct MergedPeers<'s> {
    readers: Vec<Peers<'s>>,
    styles: Vec<u8>,
    heap: Heap<Peer>,
    /// The peer.
    pub peer: Peer,
    /// How its number was written.
    pub style: u8,
    /// The runs that have it.
    pub of: Vec<usize>,
}

impl<'s> MergedPeers<'s> {
    /// Before the first peer.
    pub fn of(runs: &[RunInfo], shelf: &'s dyn Shelf) -> io::Result<Self> {
        let mut readers = runs.iter().map(|run| Peers::of(run, shelf)).collect::<io::Result<Vec<_>>>()?;
        let (mut styles, mut next) = (Vec::new(), Vec::new());
        for reader in &mut readers {
            let mut peer = Peer::default();
            let style = reader.next(&mut peer)?;
            styles.push(style.unwrap_or_default());
            next.push(style.map(|_| peer));
        }
        Ok(Self { readers, styles, heap: Heap::new(next), peer: Peer::default(), style: 0, of: Vec::new() })
    }

    /// Steps to the next peer; whether there is one.
    pub fn next(&mut self) -> io::Result<bool> {
        self.of.clear();
        let Some(first) = self.heap.first() else { return Ok(false) };
        let peer = self.heap.next[first].as_ref().expect("a run in the heap has a peer");
        self.peer.set(peer.bytes());
        self.style = u8::MAX;
        while let Some(run) = self.heap.first()
            && self.heap.next[run].as_ref() == Some(&self.peer)
        {
            self.of.push(run);
            self.style = self.style.min(self.styles[run]);
            let next = self.heap.next[run].as_mut().expect("a run in the heap has a peer");
            match self.readers[run].next(next)? {
                Some(style) => self.styles[run] = style,
                None => self.heap.next[run] = None,
            }
            self.heap.changed();
        }
        Ok(true)
    }
}

/// The files of each peer of several runs.
pub struct MergedLibraries<'s> {
    readers: Vec<Libraries<'s>>,
    one: Vec<FileSeen>,
    /// Those of the peer.
    pub files: Vec<FileSeen>,
}

impl<'s> MergedLibraries<'s> {
    /// Before the first peer.
    pub fn of(runs: &[RunInfo], shelf: &'s dyn Shelf) -> io::Result<Self> {
        let readers = runs.iter().map(|run| Libraries::of(run, shelf)).collect::<io::Result<_>>()?;
        Ok(Self { readers, one: Vec::new(), files: Vec::new() })
    }

    /// Those of a peer which these runs have.
    pub fn next(&mut self, of: &[usize]) -> io::Result<()> {
        let Some((first, others)) = of.split_first() else { return Ok(()) };
        self.readers[*first].next(&mut self.files)?;
        for run in others {
            self.readers[*run].next(&mut self.one)?;
            self.files.extend_from_slice(&self.one);
        }
        if !others.is_empty() {
            self.files.sort_unstable();
            join_files(&mut self.files);
        }
        Ok(())
    }
}

/// When and where each peer of several runs was seen.
pub struct MergedPresences<'s> {
    readers: Vec<Presences<'s>>,
    one: Presence,
    /// The peer's.
    pub presence: Presence,
}

impl<'s> MergedPresences<'s> {
    /// Before the first peer.
    pub fn of(runs: &[RunInfo], shelf: &'s dyn Shelf) -> io::Result<Self> {
        let readers = runs.iter().map(|run| Presences::of(run, shelf)).collect::<io::Result<_>>()?;
        Ok(Self { readers, one: Presence::default(), presence: Presence::default() })
    }

    /// That of a peer which these runs have.
    pub fn next(&mut self, of: &[usize]) -> io::Result<()> {
        let Some((first, others)) = of.split_first() else { return Ok(()) };
        self.readers[*first].next(&mut self.presence)?;
        for run in others {
            self.readers[*run].next(&mut self.one)?;
            let Presence { n, stretches, addresses, rows } = &mut self.presence;
            *n += self.one.n;
            stretches.extend_from_slice(&self.one.stretches);
            addresses.extend_from_slice(&self.one.addresses);
            rows.extend_from_slice(&self.one.rows);
        }
        if !others.is_empty() {
            self.join();
        }
        Ok(())
    }

    fn join(&mut self) {
        let Presence { stretches, addresses, rows, .. } = &mut self.presence;
        stretches.sort_unstable();
        let all = std::mem::take(stretches);
        all.into_iter().for_each(|stretch| add_stretch(stretches, stretch));
        addresses.sort_unstable_by_key(|seen| seen.address);
        addresses.dedup_by(|next, kept| {
            let same = next.address == kept.address;
            if same {
                *kept = AddressSeen {
                    address: kept.address,
                    n: kept.n + next.n,
                    first_us: kept.first_us.min(next.first_us),
                    last_us: kept.last_us.max(next.last_us),
                    basis: kept.basis | next.basis,
                };
            }
            same
        });
        join_rows(rows);
    }
}

/// The peers of several runs in order, each with its files and with when and where it was seen.
pub struct MergedSightings<'s> {
    /// The peer.
    pub peers: MergedPeers<'s>,
    /// Its files.
    pub libraries: MergedLibraries<'s>,
    /// When and where it was seen.
    pub presences: MergedPresences<'s>,
}

impl<'s> MergedSightings<'s> {
    /// Before the first peer.
    pub fn of(runs: &[RunInfo], shelf: &'s dyn Shelf) -> io::Result<Self> {
        Ok(Self {
            peers: MergedPeers::of(runs, shelf)?,
            libraries: MergedLibraries::of(runs, shelf)?,
            presences: MergedPresences::of(runs, shelf)?,
        })
    }

    /// Steps to the next peer; whether there is one.
    pub fn next(&mut self) -> io::Result<bool> {
        let is_one = self.peers.next()?;
        self.libraries.next(&self.peers.of)?;
        self.presences.next(&self.peers.of)?;
        Ok(is_one)
    }
}

/// The addresses of several runs, in order.
pub struct MergedPlaces<'s> {
    readers: Vec<Places<'s>>,
    waiting: Vec<Place>,
    heap: Heap<u128>,
    /// By run, the position among all peers of each of its peers.
    positions: &'s Positions,
    /// The address.
    pub place: Place,
}

impl<'s> MergedPlaces<'s> {
    /// Before the first address. `positions` are those of the same runs.
    pub fn of(runs: &[RunInfo], positions: &'s Positions, shelf: &'s dyn Shelf) -> io::Result<Self> {
        let mut readers = runs.iter().map(|run| Places::of(run, shelf)).collect::<io::Result<Vec<_>>>()?;
        let (mut waiting, mut next) = (Vec::new(), Vec::new());
        for reader in &mut readers {
            let mut place = Place::default();
            next.push(reader.next(&mut place)?.then_some(place.address));
            waiting.push(place);
        }
        Ok(Self { readers, waiting, heap: Heap::new(next), positions, place: Place::default() })
    }

    /// Steps to the next address; whether there is one.
    pub fn next(&mut self) -> io::Result<bool> {
        let Some(address) = self.heap.first().and_then(|run| self.heap.next[run]) else { return Ok(false) };
        self.place.address = address;
        self.place.files.clear();
        self.place.peers.clear();
        let mut n_runs = 0;
        while let Some(run) = self.heap.first()
            && self.heap.next[run] == Some(address)
        {
            n_runs += 1;
            let waiting = &mut self.waiting[run];
            self.place.files.extend_from_slice(&waiting.files);
            let positions = &self.positions.of_runs[run];
            for peer in &waiting.peers {
                let position = positions.get(*peer as usize).copied();
                self.place.peers.push(position.ok_or_else(super::blocks::damaged)?);
            }
            let more = self.readers[run].next(waiting)?;
            self.heap.next[run] = more.then_some(waiting.address);
            self.heap.changed();
        }
        if n_runs > 1 {
            self.place.files.sort_unstable();
            self.place.files.dedup();
            self.place.peers.sort_unstable();
            self.place.peers.dedup();
        }
        Ok(true)
    }
}

/// By run, the position among the peers of all runs of each of its peers, in order.
pub struct Positions {
    of_runs: Vec<Vec<u32>>,
}

impl Positions {
    /// Those of all peers.
    ///
    /// # Errors
    /// The shelf's.
    pub fn of(runs: &[RunInfo], shelf: &dyn Shelf) -> io::Result<Self> {
        let mut of_runs: Vec<Vec<u32>> =
            runs.iter().map(|run| Vec::with_capacity(run.n_peers as usize)).collect();
        let (mut peers, mut position) = (MergedPeers::of(runs, shelf)?, 0);
        while peers.next()? {
            peers.of.iter().for_each(|run| of_runs[*run].push(position));
            position += 1;
        }
        Ok(Self { of_runs })
    }
}

/// What adds up by file over several runs, in the order of the files' numbers.
pub struct MergedTotals<'s> {
    readers: Vec<Totals<'s>>,
    waiting: Vec<Option<Total>>,
    heap: Heap<u32>,
    /// The order of the parts.
    ranks: &'s [u32],
}

impl<'s> MergedTotals<'s> {
    /// Before the first file.
    pub fn of(runs: &[RunInfo], ranks: &'s [u32], shelf: &'s dyn Shelf) -> io::Result<Self> {
        let mut readers = runs.iter().map(|run| Totals::of(run, shelf)).collect::<io::Result<Vec<_>>>()?;
        let waiting = readers.iter_mut().map(Totals::next).collect::<io::Result<Vec<_>>>()?;
        let heap = Heap::new(waiting.iter().map(|total| total.map(|total| total.file)).collect());
        Ok(Self { readers, waiting, heap, ranks })
    }

    /// The next file's; none at the end.
    pub fn next(&mut self) -> io::Result<Option<Total>> {
        let mut joined: Option<Total> = None;
        while let Some(run) = self.heap.first()
            && let Some(total) = self.waiting[run]
            && joined.is_none_or(|joined| joined.file == total.file)
        {
            match &mut joined {
                Some(joined) => joined.join(&total, self.ranks),
                None => joined = Some(total),
            }
            self.waiting[run] = self.readers[run].next()?;
            self.heap.next[run] = self.waiting[run].map(|total| total.file);
            self.heap.changed();
        }
        Ok(joined)
    }
}

/// Sightings by network and day over several runs.
pub fn days(runs: &[RunInfo]) -> BTreeMap<(u8, i32), u64> {
    let mut days = BTreeMap::new();
    for (network, day, n) in runs.iter().flat_map(|run| &run.days) {
        *days.entry((*network, *day)).or_default() += n;
    }
    days
}

/// Sightings that cannot be as they are over several runs: how many, and the first of them by the parts' order.
pub fn odd(runs: &[RunInfo], ranks: &[u32]) -> BTreeMap<u8, (u64, u32, u64)> {
    let mut odd: BTreeMap<u8, (u64, u32, u64)> = BTreeMap::new();
    for (kind, n, part, row) in runs.iter().flat_map(|run| &run.odd) {
        let known = odd.entry(*kind).or_insert((0, *part, *row));
        *known = first_odd(*known, (*n, *part, *row), ranks);
    }
    odd
}

/// A part of the work of making one run of several.
pub enum Half<'r, 's> {
    /// What is said of peers.
    Peers(&'r [RunInfo], &'r mut PeersWriter<'s>),
    /// What is said of addresses and files.
    Places(&'r [RunInfo], &'r mut PlacesWriter<'s>),
}

impl Half<'_, '_> {
    /// Does it. `ranks` is the parts' order.
    ///
    /// # Errors
    /// The shelf's, and bytes that are not those of a run.
    pub fn merge(self, ranks: &[u32], shelf: &dyn Shelf) -> io::Result<()> {
        match self {
            Self::Peers(runs, to) => {
                let mut all = MergedSightings::of(runs, shelf)?;
                while all.next()? {
                    let MergedSightings { peers, libraries, presences } = &all;
                    to.peer(&peers.peer, peers.style, &libraries.files, &presences.presence)?;
                }
            }
            Self::Places(runs, to) => {
                let positions = Positions::of(runs, shelf)?;
                let mut places = MergedPlaces::of(runs, &positions, shelf)?;
                while places.next()? {
                    to.place(&places.place)?;
                }
                let mut totals = MergedTotals::of(runs, ranks, shelf)?;
                while let Some(total) = totals.next()? {
                    to.total(&total)?;
                }
            }
        }
        Ok(())
    }
}

/// Begins one run of several.
///
/// # Errors
/// The shelf's.
pub fn begin<'s>(runs: &[RunInfo], shelf: &'s dyn Shelf, number: u32) -> io::Result<RunWriter<'s>> {
    let base = Base {
        day: runs.iter().map(|run| run.first_day).min().unwrap_or_default(),
        unit_us: runs.iter().map(|run| run.unit_us).min().unwrap_or(1).max(1),
    };
    let level = runs.iter().map(|run| run.level).max().map_or(0, |level| level + 1);
    let n_rows = runs.iter().map(|run| run.n_rows).sum();
    Ok(RunWriter::new(shelf, number, base, n_rows)?.at_level(level))
}
