//! Looking files up on many lists at once.

use std::collections::BTreeMap;
use std::path::Path;

use tutela_model::Digest;

use super::IndexError;
use super::open::{Index, Stored};
use crate::lists::{Hashes, Kind};

/// Lists that are looked up together. Several may be versions of one list.
#[derive(Debug, Default)]
pub struct Lists {
    lists: Vec<Index>,
}

/// That a file met an entry of a list.
#[derive(Clone, Debug)]
pub struct Hit<'l> {
    /// The list.
    pub list: &'l Index,
    /// The entry.
    pub entry: Stored<'l>,
    /// The kinds of hash that are those of the entry.
    pub met: Vec<Kind>,
    /// The kinds of hash that the entry has too, and with another value.
    pub differ: Vec<Kind>,
    /// Whether the sizes are known and different. Lists get sizes wrong, so it says only that somebody should look.
    pub size_differs: bool,
}

impl Hit<'_> {
    /// Whether the list has withdrawn the entry.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.entry.attributes.withdrawn.is_some()
    }

    /// Whether another hash says that the entry is of another file: one that is harder to make agree on purpose than all
    /// that do agree. For eDonkey hashes (MD4) and MD5 that is easy, for SHA-1 a matter of money, for SHA-256 nobody can.
    #[must_use]
    pub fn is_contradicted(&self) -> bool {
        let strongest = |kinds: &[Kind]| kinds.iter().map(|kind| strength(*kind)).max();
        strongest(&self.differ) > strongest(&self.met)
    }
}

/// How hard it is to make two files that have the same hash.
const fn strength(kind: Kind) -> u8 {
    match kind {
        Kind::Ed2k => 0,
        Kind::Md5 => 1,
        Kind::Sha1 => 2,
        Kind::Sha256 => 3,
    }
}

/// What a version of a list says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is on the list.
    Listed,
    /// It was, and is withdrawn.
    Withdrawn,
    /// It is not on the list.
    NotListed,
}

impl Standing {
    /// The word that names it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Withdrawn => "withdrawn",
            Self::NotListed => "not_listed",
        }
    }
}

impl Lists {
    /// Opens lists.
    ///
    /// # Errors
    /// The first one that cannot be opened.
    pub fn open(paths: &[impl AsRef<Path>]) -> Result<Self, IndexError> {
        let lists = paths.iter().map(|path| Index::open(path.as_ref()));
        Ok(Self { lists: lists.collect::<Result<_, _>>()? })
    }

    /// The lists, in the order in which they were given.
    #[must_use]
    pub fn lists(&self) -> &[Index] {
        &self.lists
    }

    /// The list of a digest.
    #[must_use]
    pub fn of_digest(&self, digest: Digest) -> Option<&Index> {
        self.lists.iter().find(|list| list.digest() == digest)
    }

    /// All entries that a file meets, by list and number of the entry. Withdrawn ones are among them, and so are entries
    /// that another hash contradicts.
    #[must_use]
    pub fn look(&self, hashes: &Hashes, size: Option<u64>) -> Vec<Hit<'_>> {
        self.lists.iter().flat_map(|list| list.look(hashes, size)).collect()
    }

    /// All entries that any of many files meets: the number of the file, and its hits. Files that meet none are left out.
    pub fn look_all<'l>(&'l self, files: &[(Hashes, Option<u64>)]) -> Vec<(usize, Vec<Hit<'l>>)> {
        let hashes: Vec<Hashes> = files.iter().map(|(hashes, _)| *hashes).collect();
        let mut meets = vec![false; files.len()];
        for list in &self.lists {
            for (meets, in_list) in meets.iter_mut().zip(list.meets(&hashes)) {
                *meets |= in_list;
            }
        }
        let met = files.iter().enumerate().filter(|(file, _)| meets[*file]);
        met.map(|(file, (hashes, size))| (file, self.look(hashes, *size))).collect()
    }

    /// What each list says of a file: so it can be told whether it was on a version, and whether it is on a later one.
    pub fn standings(&self, hashes: &Hashes, size: Option<u64>) -> impl Iterator<Item = (&Index, Standing)> {
        self.lists.iter().map(move |list| (list, list.standing(hashes, size)))
    }
}

impl Index {
    /// All entries of this list that a file meets, by the number of the entry.
    #[must_use]
    pub fn look(&self, hashes: &Hashes, size: Option<u64>) -> Vec<Hit<'_>> {
        let mut met: BTreeMap<u64, Vec<Kind>> = BTreeMap::new();
        for kind in hashes.kinds() {
            for row in self.find(kind, hashes.get(kind).unwrap_or_default()) {
                if let Some(number) = self.entry_of(kind, row) {
                    met.entry(number).or_default().push(kind);
                }
            }
        }
        let hits = met.into_iter().filter_map(|(number, met)| {
            let entry = self.entry(number)?;
            let differ = hashes
                .kinds()
                .filter(|kind| entry.hashes.get(*kind).is_some_and(|known| hashes.get(*kind) != Some(known)));
            let differ = differ.collect();
            let size_differs = entry.size.zip(size).is_some_and(|(known, size)| known != size);
            Some(Hit { list: self, entry, met, differ, size_differs })
        });
        hits.collect()
    }

    /// Which of many files this list has an entry of, in their order. Of an exhibit most have none; those that are told
    /// here are worth [`Self::look`]. Faster than one by one.
    #[must_use]
    pub fn meets(&self, files: &[Hashes]) -> Vec<bool> {
        let mut meets = vec![false; files.len()];
        for kind in Kind::ALL.into_iter().filter(|kind| self.hashes(*kind) > 0) {
            let of: Vec<(usize, &[u8])> = files
                .iter()
                .enumerate()
                .filter_map(|(file, hashes)| Some((file, hashes.get(kind)?)))
                .collect();
            let hashes: Vec<&[u8]> = of.iter().map(|(_, hash)| *hash).collect();
            for ((file, _), rows) in of.iter().zip(self.find_all(kind, &hashes)) {
                meets[*file] |= !rows.is_empty();
            }
        }
        meets
    }

    /// What this list says of a file: listed when any entry is that nothing contradicts and that is not withdrawn.
    #[must_use]
    pub fn standing(&self, hashes: &Hashes, size: Option<u64>) -> Standing {
        let hits = self.look(hashes, size);
        let standing = hits.iter().filter(|hit| !hit.is_contradicted()).map(|hit| match hit.is_withdrawn() {
            true => Standing::Withdrawn,
            false => Standing::Listed,
        });
        standing.min().unwrap_or(Standing::NotListed)
    }
}
