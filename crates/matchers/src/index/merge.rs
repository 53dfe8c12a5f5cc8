//! Sorted entries of every form, merged: those of one hash together, each once, withdrawn where something says so.

use std::collections::{BTreeMap, BTreeSet};

use super::attributes::LastAttributes;
use super::sort::{Sorted, Sorter};
use crate::lists::Kind;

/// Parts of a record besides its hashes, as bits over those of [`Kind::bit`].
pub const SIZE: u8 = 1 << 4;
pub const ID: u8 = 1 << 5;
/// The record is of the older version that the new one is compared with.
pub const OLD: u8 = 1 << 6;

/// The most different entries of one hash.
pub const MOST_OF_ONE_HASH: usize = 1 << 16;

/// The most bytes of hashes, size and id.
pub const BODY: usize = 16 + 20 + 32 + 16 + 8 + 8;

/// An entry on its way into the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Its parts, but [`OLD`].
    pub parts: u8,
    /// Hashes, size and id; zeros behind them.
    pub body: [u8; BODY],
    /// The place of its attributes.
    pub attributes: u32,
    pub old: bool,
}

/// What is known of withdrawals while entries are merged.
pub struct Marks<'a> {
    pub deleted: &'a BTreeMap<u64, Option<i64>>,
    /// Withdrawals by id that met an entry.
    pub met: BTreeSet<u64>,
    pub last: &'a LastAttributes,
}

impl Marks<'_> {
    pub fn row(&mut self, parts: u8, record: &[u8]) -> Row {
        let (body, attributes) = record.split_at(record.len() - 4);
        let number = u32::from_be_bytes(attributes.try_into().expect("four bytes"));
        let places = self.last.places[number as usize];
        let (body, form) = match parts & ID {
            0 => (body, 0),
            _ => {
                let (body, at) = body.split_at(body.len() - 8);
                let id = u64::from_be_bytes(body[body.len() - 8..].try_into().expect("eight bytes"));
                let at = i64::from_be_bytes(at.try_into().expect("eight bytes"));
                (body, usize::from(self.is_deleted(id, at)))
            }
        };
        let old = parts & OLD != 0;
        // An older entry that stays has no newer beside it: it is not there any more, unless it is withdrawn by its id.
        let form = if old && form == 0 { 2 } else { form };
        let mut row = Row { parts: parts & !OLD, body: [0; BODY], attributes: places[form], old };
        row.body[..body.len()].copy_from_slice(body);
        row
    }

    fn is_deleted(&mut self, id: u64, at_us: i64) -> bool {
        let Some(deleted) = self.deleted.get(&id) else { return false };
        self.met.insert(id);
        deleted.is_none_or(|deleted| deleted >= at_us)
    }
}

/// Sorted entries of every form, merged.
pub struct Merge {
    sorted: Vec<(u8, Sorted)>,
}

impl Merge {
    pub fn new(sorters: BTreeMap<u8, Sorter>) -> std::io::Result<Self> {
        let sorted = sorters.into_iter().map(|(parts, sorter)| Ok((parts, sorter.sorted()?)));
        Ok(Self { sorted: sorted.collect::<std::io::Result<_>>()? })
    }

    /// The first hash of the entry that comes next.
    fn least(&self) -> Option<(Kind, &[u8])> {
        let firsts = self.sorted.iter().filter_map(|(parts, sorted)| {
            let kind = first_kind(*parts);
            Some((kind, &sorted.record()?[..kind.width()]))
        });
        firsts.min()
    }

    /// The entries of the next hash; false when there are none any more.
    pub fn next_group(&mut self, group: &mut Vec<Row>, marks: &mut Marks<'_>) -> std::io::Result<bool> {
        group.clear();
        let Some((kind, key)) = self.least() else { return Ok(false) };
        let mut first = [0; 32];
        first[..key.len()].copy_from_slice(key);
        let key = &first[..kind.width()];
        for (parts, sorted) in &mut self.sorted {
            if first_kind(*parts) != kind {
                continue;
            }
            while let Some(record) = sorted.record().filter(|record| record.starts_with(key)) {
                let row = marks.row(*parts, record);
                // The same record again, many times over, takes no memory.
                if group.len() <= MOST_OF_ONE_HASH || group.last() != Some(&row) {
                    group.push(row);
                }
                if group.len() > 2 * MOST_OF_ONE_HASH {
                    return Ok(true);
                }
                sorted.advance()?;
            }
        }
        Ok(true)
    }
}

fn first_kind(parts: u8) -> Kind {
    Kind::ALL.into_iter().find(|kind| parts & kind.bit() != 0).expect("an entry has a hash")
}

/// Puts the entries of a hash into order, each once; older ones only where no newer is. Gives how many were repeated.
pub fn settle_group(group: &mut Vec<Row>) -> u64 {
    if group.len() == 1 {
        return 0;
    }
    if group.iter().any(|row| !row.old) {
        group.retain(|row| !row.old);
    }
    let before = group.len();
    group.sort_unstable();
    group.dedup();
    (before - group.len()) as u64
}
