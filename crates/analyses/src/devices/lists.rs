//! What agencies' lists say of hashes: the matches that were found on exhibits, and lists that are tables themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::rc::Rc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch, StringArray};
use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::tables::{KnownFile, KnownMatch, MatchBasis};
use tutela_model::{RowRef, Table, Tables, Text};

use super::hash::{Hash, HashKind, part_bytes};
use super::tried::{Name, Tried};
use super::{Cited, each_row};

/// How a list names what it holds, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listing {
    /// The list.
    pub list: Text,
    /// Its version.
    pub version: Option<Text>,
    /// The scheme of its categories.
    pub scheme: Option<Text>,
    /// The category, in that scheme.
    pub category: Option<Text>,
    /// The series that the list puts it in.
    pub series: Option<Text>,
    /// Whether the list has withdrawn it.
    pub withdrawn: bool,
}

impl Listing {
    /// List and category as sentences name them.
    pub fn name(&self) -> String {
        let version = self.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let category = self.category.as_deref().map(|category| {
            let scheme = self.scheme.as_ref().map(|scheme| format!("{scheme} ")).unwrap_or_default();
            format!(" ({scheme}{category})")
        });
        format!("{}{version}{}", self.list, category.unwrap_or_default())
    }
}

/// An entry of a list, as a row states it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What the list calls it.
    pub listing: Rc<Listing>,
    /// The row.
    pub row: RowRef,
}

/// A file whose picture or film is similar to one of a list: never said to be the same.
#[derive(Clone, Debug)]
pub struct Similar {
    /// What the list calls the other picture.
    pub entry: Entry,
    /// The exhibit and path that the match names.
    pub at: (Option<Text>, Option<Text>),
    /// The file's SHA-256.
    pub sha256: Option<Hash>,
    /// In how many of 256 bits the hashes differ; of a film, the most in which near frames do.
    pub distance: Option<u32>,
    /// Of a film, how many near frames follow each other in the same order, in the longest run; none for a picture.
    pub run_frames: Option<u32>,
}

/// A match of a part of a file.
#[derive(Clone, Debug)]
pub struct PartMatch {
    /// What the list calls the file that has the part.
    pub entry: Entry,
    /// The exhibit that the match names.
    pub exhibit: Option<Text>,
}

/// What lists say of hashes.
#[derive(Default)]
pub struct Lists {
    /// By hash of a whole file or torrent, what lists call it, with the rows that say so: a content at many places has a
    /// match at each.
    by_hash: BTreeMap<Hash, BTreeMap<Rc<Listing>, Cited>>,
    /// By the bytes of a hash of a part.
    pub parts: BTreeMap<[u8; 32], Vec<PartMatch>>,
    /// Similar pictures and films.
    pub similar: Vec<Similar>,
    /// The exhibits that matches name.
    pub exhibits: BTreeSet<Text>,
    /// Whole files that matches name: exhibit, content and path.
    pub matched: BTreeSet<(Text, Hash, Option<Text>)>,
    /// Which lists the exhibits were held against.
    pub tried: Tried,
    names: BTreeSet<Rc<Listing>>,
}

impl Lists {
    /// Reads the matches.
    pub fn of_matches(tables: &dyn Tables) -> Result<Self, TablesError> {
        let mut lists = Self::default();
        each_row::<KnownMatch>(tables, &mut |source, row| lists.add_match(source, row))?;
        lists.tried.read(tables)?;
        lists.exhibits.extend(lists.tried.tries.keys().cloned());
        Ok(lists)
    }

    fn add_match(&mut self, source: Digest, row: KnownMatch) {
        let at = RowRef::new(&KnownMatch::INFO, source, &row.place);
        let entry = Entry { listing: self.named(listing_of_match(&row)), row: at };
        if let Some(exhibit) = &row.exhibit {
            self.exhibits.insert(exhibit.clone());
            let named = self.tried.matched.entry(exhibit.clone()).or_default();
            named.insert((row.list.clone(), row.list_version.clone()));
        }
        let sha256 = row.sha256.as_deref().and_then(|said| Hash::of(HashKind::Sha256, said));
        match row.basis {
            MatchBasis::Whole | MatchBasis::Recorded => {
                let whole = sha256.filter(|_| row.basis == MatchBasis::Whole);
                let hashes: BTreeSet<Hash> = whole.into_iter().chain(Hash::parse(&row.met)).collect();
                let content = whole.or_else(|| hashes.first().copied());
                if let (MatchBasis::Whole, Some(exhibit), Some(content)) = (row.basis, row.exhibit, content) {
                    self.matched.insert((exhibit, content, row.path));
                }
                hashes.into_iter().for_each(|hash| self.add(hash, &entry));
            }
            MatchBasis::Part => {
                if let Some(bytes) = part_bytes(&row.met) {
                    let part = PartMatch { entry, exhibit: row.exhibit };
                    self.parts.entry(bytes).or_default().push(part);
                }
            }
            MatchBasis::Similar => {
                let at = (row.exhibit, row.path);
                // A film that is similar by its share alone has no run.
                let run_frames = row.run_frames.or(row.near_thousandths.map(|_| 0));
                self.similar.push(Similar { entry, at, sha256, distance: row.distance, run_frames });
            }
        }
    }

    /// Adds what lists that are tables say of these hashes, and of downloads that were cancelled, by their seeds. Such a
    /// list is read through; of its entries only those that are met are kept.
    pub fn add_tables(
        &mut self,
        tables: &dyn Tables,
        wanted: &BTreeSet<Hash>,
        cancelled: &BTreeMap<u32, BTreeSet<Hash>>,
    ) -> Result<(), TablesError> {
        if wanted.is_empty() && cancelled.is_empty() {
            return Ok(());
        }
        for part in tables.parts(&KnownFile::INFO) {
            tables.scan(&KnownFile::INFO, &part, &[], &mut |batch| {
                let columns = HashColumns::of(&batch);
                for row_idx in 0..batch.num_rows() {
                    let hashes = columns.hashes(row_idx);
                    let seeded = hashes.iter().flat_map(|hash| {
                        cancelled.iter().filter_map(|(seed, kept)| {
                            hash.seeded(*seed).filter(|seeded| kept.contains(seeded))
                        })
                    });
                    let met = hashes.iter().copied().filter(|hash| wanted.contains(hash)).chain(seeded);
                    let met: BTreeSet<Hash> = met.collect();
                    if met.is_empty() {
                        continue;
                    }
                    let row = KnownFile::get(&batch, row_idx);
                    let at = RowRef::new(&KnownFile::INFO, part.source, &row.place);
                    let entry = Entry { listing: self.named(listing_of_file(row)), row: at };
                    met.into_iter().for_each(|hash| self.add(hash, &entry));
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(())
    }

    fn add(&mut self, hash: Hash, entry: &Entry) {
        let of_hash = self.by_hash.entry(hash).or_default();
        of_hash.entry(Rc::clone(&entry.listing)).or_default().push(entry.row.clone());
    }

    /// Puts matches in an order of their own.
    pub fn sort(&mut self) {
        for parts in self.parts.values_mut() {
            parts.sort_by(|a, b| (&a.entry.listing, &a.entry.row).cmp(&(&b.entry.listing, &b.entry.row)));
        }
        self.similar.sort_by(|a, b| a.entry.row.cmp(&b.entry.row));
    }

    /// What the lists have of these hashes.
    pub fn of(&self, hashes: &[Hash]) -> Known<'_> {
        let (mut standing, mut withdrawn, mut rows) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (listing, cited) in hashes.iter().filter_map(|hash| self.by_hash.get(hash)).flatten() {
            let of = if listing.withdrawn { &mut withdrawn } else { &mut standing };
            of.insert(&**listing);
            rows.extend(cited.rows());
        }
        Known { standing, withdrawn, rows: rows.into_iter().cloned().collect() }
    }

    /// The hashes that matches name, by which files are looked through.
    pub fn prefixes(&self) -> impl Iterator<Item = u128> {
        self.by_hash.keys().map(Hash::prefix)
    }

    fn named(&mut self, listing: Listing) -> Rc<Listing> {
        if let Some(known) = self.names.get(&listing) {
            return Rc::clone(known);
        }
        let listing = Rc::new(listing);
        self.names.insert(Rc::clone(&listing));
        listing
    }
}

/// What lists have of a content.
pub struct Known<'a> {
    /// Entries that stand.
    pub standing: BTreeSet<&'a Listing>,
    /// Entries that their lists have withdrawn.
    pub withdrawn: BTreeSet<&'a Listing>,
    /// The rows that say so, the first of many.
    pub rows: Vec<RowRef>,
}

impl Known<'_> {
    /// Whether an entry stands.
    pub fn is_known(&self) -> bool {
        !self.standing.is_empty()
    }

    /// The lists as sentences name them that give a category. A list without any only says that it has seen the file.
    pub fn graded(&self) -> BTreeSet<String> {
        let graded = self.standing.iter().filter(|listing| listing.category.is_some());
        graded.map(|listing| listing.name()).collect()
    }

    /// The lists as sentences name them.
    pub fn names(&self) -> Vec<String> {
        let names: BTreeSet<String> = self.standing.iter().map(|listing| listing.name()).collect();
        names.into_iter().collect()
    }
}

fn listing_of_match(row: &KnownMatch) -> Listing {
    Listing {
        list: row.list.clone(),
        version: row.list_version.clone(),
        scheme: row.scheme.clone(),
        category: row.category.clone(),
        series: row.series.clone(),
        withdrawn: row.withdrawn == Some(true),
    }
}

fn listing_of_file(row: KnownFile) -> Listing {
    Listing {
        list: row.list,
        version: row.list_version,
        scheme: row.scheme,
        category: row.category,
        series: row.series,
        withdrawn: row.withdrawn == Some(true),
    }
}

/// The columns of hashes that the tables `file` and `known_file` both have.
pub const HASHES: [(&str, HashKind); 4] = [
    ("sha256", HashKind::Sha256),
    ("sha1", HashKind::Sha1),
    ("md5", HashKind::Md5),
    ("ed2k", HashKind::Ed2k),
];

/// The hashes of a batch's rows.
pub struct HashColumns<'a>([(HashKind, &'a StringArray); 4]);

impl<'a> HashColumns<'a> {
    /// The columns of a batch.
    pub fn of(batch: &'a RecordBatch) -> Self {
        let column = |name: &str| {
            batch.column_by_name(name).expect("the scan hands out the columns asked for").as_string()
        };
        Self(HASHES.map(|(name, kind)| (kind, column(name))))
    }

    /// The hashes of a row.
    pub fn hashes(&self, row_idx: usize) -> Vec<Hash> {
        let of = |(kind, column): &(HashKind, &StringArray)| {
            column.is_valid(row_idx).then(|| Hash::of(*kind, column.value(row_idx)))?
        };
        self.0.iter().filter_map(of).collect()
    }
}

/// The prefixes of all hashes in lists that are tables, sorted: by them files are looked through. The lists are named on the
/// way.
pub fn prefixes_of_tables(tables: &dyn Tables, names: &mut BTreeSet<Name>) -> Result<Vec<u128>, TablesError> {
    let mut prefixes = Vec::new();
    let wanted: Vec<&str> = HASHES.iter().map(|(name, _)| *name).chain(["list", "list_version"]).collect();
    for part in tables.parts(&KnownFile::INFO) {
        tables.scan(&KnownFile::INFO, &part, &wanted, &mut |batch| {
            let columns = HashColumns::of(&batch);
            let column = |name: &str| {
                batch
                    .column_by_name(name)
                    .expect("the scan hands out the columns asked for")
                    .as_string::<i32>()
            };
            let (list, version) = (column("list"), column("list_version"));
            // Rows of one list stand together: a name is made when it changes.
            let mut last = None;
            for row_idx in 0..batch.num_rows() {
                let version = version.is_valid(row_idx).then(|| version.value(row_idx));
                let name = (list.value(row_idx), version);
                if last != Some(name) {
                    names.insert((name.0.into(), version.map(Text::from)));
                    last = Some(name);
                }
                prefixes.extend(columns.hashes(row_idx).iter().map(Hash::prefix));
            }
            ControlFlow::Continue(())
        })?;
    }
    prefixes.sort_unstable();
    prefixes.dedup();
    Ok(prefixes)
}
