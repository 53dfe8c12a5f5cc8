//! What tables say of seized devices: which exhibits there are, the files on them, the lists that these meet, what
//! file-sharing programs recorded, and what observers saw of the same peers and files.
//!
//! The rows of an artefact belong to the exhibit on which a file with the SHA-256 of the received artefact lies. A file
//! row that names no exhibit is of a delivery, and nothing is said of it here.

pub mod hash;

pub mod files;
pub mod lists;
pub mod media;
pub mod tried;

pub mod clients;
pub mod seen;
pub mod stated;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use tutela_model::finding::ROWS_LISTED;
use tutela_model::place::Digest;
use tutela_model::table::{TableInfo, TablesError, all_rows};
use tutela_model::tables::{
    CancelledFile, Exhibit, FilePart, PeerContact, SearchedFor, Selector, SharedFile, SharedFolder,
    SharingTotal, Transfer, Unread, UnreadWhy,
};
use tutela_model::{Finding, RowRef, Table, Tables, Text};

use self::clients::{Client, Clients};
use self::files::{Asked, Files};
use self::hash::{Hash, HashKind};
use self::lists::Lists;
use self::media::MediaFacts;
use self::seen::Seen;
use self::stated::{Parts, Stated, Transfers};
use crate::facts::folded;

/// The files that decide what is said of devices.
pub const SOURCES: &[&str] = &[
    include_str!("mod.rs"),
    include_str!("hash.rs"),
    include_str!("files.rs"),
    include_str!("lists.rs"),
    include_str!("media.rs"),
    include_str!("tried.rs"),
    include_str!("clients.rs"),
    include_str!("seen.rs"),
    include_str!("stated.rs"),
];

/// Everything that tables say of seized devices.
#[derive(Default)]
pub struct Devices {
    /// The exhibits' numbers.
    pub exhibits: BTreeSet<Text>,
    /// What could not be read of them, by exhibit and reason.
    pub unread: BTreeMap<Text, BTreeMap<&'static str, Cited>>,
    /// The rows that describe exhibits.
    pub described: BTreeMap<Text, BTreeSet<RowRef>>,
    /// What lists say.
    pub lists: Lists,
    /// What pictures and films state.
    pub media: MediaFacts,
    /// The files.
    pub files: Files,
    /// The file-sharing programs.
    pub clients: Clients,
    /// Files that chats of the exhibits name, by exhibit and hash.
    pub transfers: Transfers,
    /// Parts of files that lists know.
    pub parts: Parts,
    /// Identifiers that the exhibits state of themselves, and camera serial numbers that records name.
    pub stated: Stated,
    /// What observers saw.
    pub seen: Seen,
    /// Seeds of cancelled downloads that were not tried against lists, because there are too many.
    pub n_seeds_left: usize,
}

/// The tables that artefacts are read into.
const ARTEFACTS: [TableInfo; 9] = [
    SharedFile::INFO,
    PeerContact::INFO,
    FilePart::INFO,
    CancelledFile::INFO,
    SearchedFor::INFO,
    SharedFolder::INFO,
    SharingTotal::INFO,
    Transfer::INFO,
    Selector::INFO,
];

/// The most seeds of cancelled downloads that lists are tried with: a program has one.
const SEEDS: usize = 64;

impl Devices {
    /// Reads what there is. Without exhibits and artefacts, nothing is read.
    pub fn read(tables: &dyn Tables) -> Result<Self, TablesError> {
        let mut devices = Self { lists: Lists::of_matches(tables)?, ..Self::default() };
        devices.exhibits(tables)?;
        let of_programs = &ARTEFACTS[..7];
        let has_programs = of_programs.iter().any(|table| !tables.parts(table).is_empty());
        if devices.exhibits.is_empty() && !has_programs {
            return Ok(Self::default());
        }
        let artefacts: BTreeSet<Digest> =
            ARTEFACTS.iter().flat_map(|table| tables.parts(table)).map(|part| part.source).collect();
        devices.media = MediaFacts::read(tables)?;
        let recorded = recorded_hashes(tables)?;
        let mut prefixes = lists::prefixes_of_tables(tables, &mut devices.lists.tried.tables)?;
        prefixes.extend(devices.lists.prefixes());
        prefixes.extend(recorded.iter().map(Hash::prefix));
        prefixes.sort_unstable();
        prefixes.dedup();
        let asked = Asked {
            exhibits: &devices.exhibits,
            prefixes: &prefixes,
            artefacts: &artefacts,
            media: &devices.media,
        };
        devices.files = Files::read(tables, &asked)?;
        let places = &devices.files.placed;
        devices.clients = clients::read(tables, places)?;
        devices.stated = Stated::read(tables, &devices.exhibits, places, &mut devices.clients)?;
        devices.transfers = stated::transfers(tables, places)?;
        devices.parts = stated::parts(tables, places, &devices.lists)?;
        devices.add_lists(tables, recorded)?;
        devices.add_seen(tables)?;
        Ok(devices)
    }

    /// Whether there is anything to say.
    pub fn is_empty(&self) -> bool {
        self.exhibits.is_empty() && self.clients.is_empty()
    }

    fn exhibits(&mut self, tables: &dyn Tables) -> Result<(), TablesError> {
        self.exhibits = std::mem::take(&mut self.lists.exhibits);
        for (source, row) in all_rows::<Exhibit>(tables)? {
            let at = RowRef::new(&Exhibit::INFO, source, &row.place);
            self.described.entry(row.number.clone()).or_default().insert(at);
            self.exhibits.insert(row.number);
        }
        each_row::<Unread>(tables, &mut |source, row| {
            let at = RowRef::new(&Unread::INFO, source, &row.place);
            let of_exhibit = self.unread.entry(row.exhibit.clone()).or_default();
            of_exhibit.entry(UnreadWhy::word(row.why)).or_default().push(at);
            self.exhibits.insert(row.exhibit);
        })
    }

    fn add_lists(&mut self, tables: &dyn Tables, mut wanted: BTreeSet<Hash>) -> Result<(), TablesError> {
        wanted.extend(self.files.found.iter().flat_map(|found| &found.hashes));
        let mut seeds: BTreeMap<u32, BTreeSet<Hash>> = BTreeMap::new();
        for (row, _) in self.clients.values().flat_map(|client| &client.cancelled) {
            match (Hash::parse(&row.hash), row.seed) {
                (Some(hash), Some(seed)) if hash.kind == HashKind::SeededMd5 => {
                    seeds.entry(seed).or_default().insert(hash);
                }
                (hash, _) => wanted.extend(hash),
            }
        }
        self.n_seeds_left = seeds.len().saturating_sub(SEEDS);
        let mut by_size: Vec<(u32, BTreeSet<Hash>)> = seeds.into_iter().collect();
        by_size.sort_by_key(|(seed, kept)| (std::cmp::Reverse(kept.len()), *seed));
        let seeds = by_size.into_iter().take(SEEDS).collect();
        self.lists.add_tables(tables, &wanted, &seeds)?;
        self.lists.sort();
        Ok(())
    }

    fn add_seen(&mut self, tables: &dyn Tables) -> Result<(), TablesError> {
        let own = self.clients.values().flat_map(|client| client.user_hashes.keys());
        let mut peers: BTreeSet<(Text, Text)> = own.map(|peer| ("ed2k".into(), peer.clone())).collect();
        for (contact, _) in self.clients.values().flat_map(|client| &client.contacts) {
            peers.extend(contact.peer.as_deref().map(|peer| (contact.network.word().into(), folded(peer))));
        }
        let files = self.clients.values().flat_map(|client| client.files.values());
        let files = files.flat_map(|file| file.hashes.iter().copied()).collect();
        self.seen = Seen::read(tables, &peers, &files)?;
        Ok(())
    }

    /// The programs of an exhibit.
    pub fn clients_of<'a>(&'a self, exhibit: &'a Text) -> impl Iterator<Item = &'a Client> {
        let of = self.clients.iter().filter(move |(key, _)| key.exhibit.as_ref() == Some(exhibit));
        of.map(|(_, client)| client)
    }
}

/// The hashes that programs and chats record of files.
fn recorded_hashes(tables: &dyn Tables) -> Result<BTreeSet<Hash>, TablesError> {
    let mut hashes = BTreeSet::new();
    each_row::<SharedFile>(tables, &mut |_, row| hashes.extend(clients::hashes_of(&row)))?;
    each_row::<PeerContact>(tables, &mut |_, row| {
        hashes.extend(row.file_hash.as_deref().and_then(Hash::parse));
    })?;
    each_row::<Transfer>(tables, &mut |_, row| {
        hashes.extend(row.file_hash.as_deref().and_then(Hash::parse));
    })?;
    Ok(hashes)
}

/// Hands out the rows of a table one by one: there may be more than fit in memory many times over.
pub fn each_row<T: Table>(tables: &dyn Tables, each: &mut dyn FnMut(Digest, T)) -> Result<(), TablesError> {
    for part in tables.parts(&T::INFO) {
        tables.scan(&T::INFO, &part, &[], &mut |batch| {
            (0..batch.num_rows()).for_each(|row_idx| each(part.source, T::get(&batch, row_idx)));
            ControlFlow::Continue(())
        })?;
    }
    Ok(())
}

/// Rows that a finding cites: how many there are, and the first of them by file and place.
#[derive(Clone, Debug, Default)]
pub struct Cited {
    n: u64,
    first: BTreeSet<RowRef>,
}

impl Cited {
    /// Adds a row.
    pub fn push(&mut self, row: RowRef) {
        self.n += 1;
        if self.first.len() < ROWS_LISTED || self.first.last().is_some_and(|last| row < *last) {
            self.first.insert(row);
        }
        if self.first.len() > ROWS_LISTED {
            self.first.pop_last();
        }
    }

    /// Adds other rows.
    pub fn extend(&mut self, other: &Self) {
        let n = self.n + other.n;
        other.first.iter().for_each(|row| self.push(row.clone()));
        self.n = n;
    }

    /// The rows that are listed.
    pub fn rows(&self) -> impl Iterator<Item = &RowRef> {
        self.first.iter()
    }

    /// How many there are.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Puts them into a finding.
    pub fn cite(&self, finding: &mut Finding) {
        let room = ROWS_LISTED.saturating_sub(finding.rows.len());
        finding.rows.extend(self.first.iter().take(room).cloned());
        finding.n_rows += self.n;
    }
}

/// Cites rows in their own order: as many as a finding lists, and all are counted.
pub fn cite(finding: &mut Finding, rows: impl IntoIterator<Item = RowRef>) {
    for row in rows {
        finding.n_rows += 1;
        if finding.rows.len() < ROWS_LISTED {
            finding.rows.push(row);
        }
    }
}

/// When, as sentences write it: in UTC.
pub fn utc(at_us: i64) -> String {
    tutela_model::time::utc(at_us)
}
