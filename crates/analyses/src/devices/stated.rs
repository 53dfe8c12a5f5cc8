//! What records on exhibits state: identifiers of the device's own, files that chats name, parts of files.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use arrow_array::StringArray;
use arrow_array::cast::AsArray;
use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::tables::{FilePart, Origin, OwnerKind, Selector, SelectorKind, Stated as Said, Transfer};
use tutela_model::{RowRef, Table, Tables, Text};

use super::clients::{Clients, Places, each_of};
use super::hash::{Hash, part_bytes};
use super::lists::Lists;
use super::{Cited, each_row};
use crate::facts::{Identifier, identifier};

/// Identifiers that exhibits state of themselves, and camera serial numbers that records name.
#[derive(Default)]
pub struct Stated {
    /// By identifier, the exhibits, each with the rows.
    pub of_exhibits: BTreeMap<Identifier, BTreeMap<Text, BTreeSet<RowRef>>>,
    /// By serial number of a camera, folded, the rows that name it.
    pub cameras: BTreeMap<Text, BTreeSet<RowRef>>,
}

/// Kinds of identifier that one device or program has and another has not.
const TELLING: [SelectorKind; 7] = [
    SelectorKind::UserHash,
    SelectorKind::Email,
    SelectorKind::Phone,
    SelectorKind::Imei,
    SelectorKind::Imsi,
    SelectorKind::Mac,
    SelectorKind::DeviceId,
];

impl Stated {
    /// Reads them, and gives programs their own user hashes. What an artefact states of accounts is left out: a device
    /// holds its contacts' identifiers too.
    pub fn read(
        tables: &dyn Tables,
        exhibits: &BTreeSet<Text>,
        places: &Places,
        clients: &mut Clients,
    ) -> Result<Self, TablesError> {
        let mut stated = Self::default();
        for part in tables.parts(&Selector::INFO) {
            tables.scan(&Selector::INFO, &part, &[], &mut |batch| {
                let owners: &StringArray =
                    batch.column_by_name("owner_kind").expect("a column of the table").as_string();
                let kinds: &StringArray =
                    batch.column_by_name("kind").expect("a column of the table").as_string();
                for row_idx in 0..batch.num_rows() {
                    let of_device = matches!(owners.value(row_idx), "device" | "peer");
                    if of_device || kinds.value(row_idx) == "camera_serial" {
                        let row = Selector::get(&batch, row_idx);
                        stated.add(part.source, &row, (exhibits, places), clients);
                    }
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(stated)
    }

    fn add(
        &mut self,
        source: Digest,
        row: &Selector,
        (exhibits, places): (&BTreeSet<Text>, &Places),
        clients: &mut Clients,
    ) {
        if row.verified == Said::No || row.origin != Origin::Stated {
            return;
        }
        let at = RowRef::new(&Selector::INFO, source, &row.place);
        let key = identifier(row.kind, &row.value);
        if row.kind == SelectorKind::CameraSerial {
            self.cameras.entry(key.1).or_default().insert(at);
            return;
        }
        // An observer's table names the user hashes of others: only what lay on an exhibit is of a program there.
        if row.kind == SelectorKind::UserHash && places.contains_key(&source) {
            each_of(clients, places, source, &mut |client| {
                client.user_hashes.entry(key.1.clone()).or_default().insert(at.clone());
            });
        }
        if !TELLING.contains(&row.kind) {
            return;
        }
        // A program may write its number otherwise than it shows it: then the owner is what others see.
        let shown = row.owner.split_once('/').filter(|_| row.owner_kind == OwnerKind::Peer);
        let shown = shown.map(|(_, number)| identifier(row.kind, number));
        let keys: BTreeSet<Identifier> = shown.into_iter().chain([key]).collect();
        let on = places.get(&source).into_iter().flat_map(BTreeMap::keys);
        let named = exhibits.get(&row.owner).filter(|_| row.owner_kind == OwnerKind::Device);
        for exhibit in on.chain(named) {
            for key in &keys {
                let of_exhibit = self.of_exhibits.entry(key.clone()).or_default();
                of_exhibit.entry(exhibit.clone()).or_default().insert(at.clone());
            }
        }
    }

    /// The numbers that programs on the exhibits have on their networks.
    pub fn user_hashes(&self) -> impl Iterator<Item = &Text> {
        let of_kind = self.of_exhibits.keys().filter(|(kind, _)| *kind == SelectorKind::UserHash);
        of_kind.map(|(_, number)| number)
    }
}

/// What chats of an exhibit state of one file.
#[derive(Default)]
pub struct Given {
    /// The applications.
    pub channels: BTreeSet<Text>,
    /// First and last instant, microseconds UTC.
    pub span_us: Option<(i64, i64)>,
    /// Rows.
    pub rows: Cited,
}

/// Files that chats name, by exhibit and hash.
pub type Transfers = BTreeMap<(Text, Hash), Given>;

/// Reads what chats of exhibits state of files.
pub fn transfers(tables: &dyn Tables, places: &Places) -> Result<Transfers, TablesError> {
    let mut transfers = Transfers::new();
    each_row::<Transfer>(tables, &mut |source, row| {
        let (Some(hash), Some(on)) = (row.file_hash.as_deref().and_then(Hash::parse), places.get(&source))
        else {
            return;
        };
        for exhibit in on.keys() {
            let given = transfers.entry((exhibit.clone(), hash)).or_default();
            given.channels.insert(row.channel.clone());
            let (first, last) = given.span_us.unwrap_or((row.at.at_us, row.at.at_us));
            given.span_us = Some((first.min(row.at.at_us), last.max(row.at.at_us)));
            given.rows.push(RowRef::new(&Transfer::INFO, source, &row.place));
        }
    })?;
    Ok(transfers)
}

/// Parts of one file that lists know.
#[derive(Default)]
pub struct KnownParts {
    /// Distinct parts, by hash and where they begin: whether the program had the part, where the record says, and how
    /// many bytes it has.
    pub parts: BTreeMap<([u8; 32], Option<u64>), (Said, u64)>,
    /// Rows that state the parts.
    pub rows: Cited,
}

/// Parts that lists know, by exhibit (none when no exhibit has the artefact) and the hash of the whole file as recorded.
pub type Parts = BTreeMap<(Option<Text>, Text), KnownParts>;

/// Reads the parts whose hashes lists know; of the others there may be millions.
pub fn parts(tables: &dyn Tables, places: &Places, lists: &Lists) -> Result<Parts, TablesError> {
    let mut parts = Parts::new();
    if lists.parts.is_empty() {
        return Ok(parts);
    }
    for part in tables.parts(&FilePart::INFO) {
        tables.scan(&FilePart::INFO, &part, &[], &mut |batch| {
            let hashes: &StringArray =
                batch.column_by_name("hash").expect("a column of the table").as_string();
            for row_idx in 0..batch.num_rows() {
                let bytes = part_bytes(hashes.value(row_idx)).filter(|bytes| lists.parts.contains_key(bytes));
                let Some(bytes) = bytes else { continue };
                let row = FilePart::get(&batch, row_idx);
                let exhibits: Vec<Option<Text>> = match places.get(&part.source) {
                    Some(on) => on.keys().cloned().map(Some).collect(),
                    None => vec![None],
                };
                for exhibit in exhibits {
                    let of_file = parts.entry((exhibit, row.file_hash.to_lowercase().as_str().into()));
                    of_file.or_default().add(bytes, &row, part.source);
                }
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(parts)
}

impl KnownParts {
    fn add(&mut self, bytes: [u8; 32], row: &FilePart, source: Digest) {
        self.rows.push(RowRef::new(&FilePart::INFO, source, &row.place));
        let (held, length) = self.parts.entry((bytes, row.offset)).or_insert((row.held, 0));
        // Of two records that differ, the one that says yes was written when the part was there.
        if row.held == Said::Yes || *held == Said::Unknown {
            *held = row.held;
        }
        *length = (*length).max(row.length.unwrap_or(0));
    }

    /// How many of the parts the program had.
    pub fn n_held(&self) -> usize {
        self.parts.values().filter(|(held, _)| *held == Said::Yes).count()
    }

    /// The bytes that the parts have together, as far as the records say.
    pub fn n_bytes(&self) -> u64 {
        self.parts.values().fold(0, |sum, (_, length)| sum.saturating_add(*length))
    }
}
