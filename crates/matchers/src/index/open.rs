//! A list index that is open: mapped, checked as far as its head and manifest go, and read in place.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use tutela_model::Digest;

use super::directory::{Directory, Rows};
use super::file::{HEAD, MAGIC, MOST, VERSION};
use super::manifest::{Manifest, SCHEMA, Section};
use super::{At as _, IndexError};
use crate::lists::{Attributes, Entry, Hashes, Kind};

/// A list index.
#[derive(Debug)]
pub struct Index {
    map: Mmap,
    path: PathBuf,
    digest: Digest,
    manifest: Manifest,
    attributes: Vec<Attributes>,
    keys: [Option<Keys>; 4],
    attribute: Option<Rows>,
    size: Option<Rows>,
    id: Option<Rows>,
}

/// Keys of a kind, and how they and entries find each other.
#[derive(Debug)]
struct Keys {
    directory: Directory,
    /// The entry of the first key, when those of the others follow.
    first: Option<u64>,
    /// Otherwise the entry of each key, and the key of each entry.
    entries: Option<(Rows, Rows)>,
}

/// An entry as it is stored.
#[derive(Clone, Debug)]
pub struct Stored<'i> {
    /// Its number in the index.
    pub number: u64,
    /// Its hashes.
    pub hashes: Hashes,
    /// The size of the file in bytes.
    pub size: Option<u64>,
    /// What names it in later deliveries.
    pub id: Option<u64>,
    /// What the list says of it.
    pub attributes: &'i Attributes,
}

impl Stored<'_> {
    /// The entry, to be put into another index. When it was last changed is not stored: it counts as before any
    /// withdrawal.
    #[must_use]
    pub fn to_entry(&self) -> Entry {
        Entry {
            hashes: self.hashes,
            size: self.size,
            id: self.id,
            at_us: None,
            attributes: self.attributes.clone(),
        }
    }
}

/// A section that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Altered {
    /// The section.
    pub section: String,
    /// Its SHA-256, as the manifest has it.
    pub expected: String,
    /// What its bytes have.
    pub found: String,
}

impl Index {
    /// Opens an index. Its head and manifest are checked whole, its sections for their bounds.
    ///
    /// # Errors
    /// The disk; the file is no list index; it is damaged.
    #[expect(unsafe_code, reason = "a list is mapped, not read: it may be larger than memory")]
    pub fn open(path: &Path) -> Result<Self, IndexError> {
        let file = File::open(path).at("read", path)?;
        let length = file.metadata().at("read", path)?.len();
        if length < HEAD as u64 {
            return Err(IndexError::NotAnIndex(path.to_owned()));
        }
        // SAFETY: the map is read-only and is read as bytes, of which every pattern is valid. The file is written under
        // another name, renamed, made read-only and never written to again by this program; what another process could
        // do to it meanwhile is told at the head of `index`: changed bytes are seen as they are then, and a file that is
        // cut off ends the process with a signal.
        let map = unsafe { Mmap::map(&file) }.at("read", path)?;
        // Look-ups go anywhere: reading ahead would only fill memory.
        #[cfg(unix)]
        map.advise(memmap2::Advice::Random).at("read", path)?;
        Self::read(map, path)
    }

    fn read(map: Mmap, path: &Path) -> Result<Self, IndexError> {
        let damaged = |place: &str, expected: &str, found: String| IndexError::Damaged {
            path: path.to_owned(),
            place: place.to_owned(),
            expected: expected.to_owned(),
            found,
        };
        if crate::near::list::file::is_list(&map) {
            return Err(IndexError::Perceptual(path.to_owned()));
        }
        if !map.starts_with(MAGIC) {
            return Err(IndexError::NotAnIndex(path.to_owned()));
        }
        let version = u32::from_le_bytes(map[8..12].try_into().expect("four bytes"));
        if version != VERSION {
            return Err(IndexError::OtherVersion { path: path.to_owned(), found: version });
        }
        let number = |at: usize| u64::from_le_bytes(map[at..at + 8].try_into().expect("eight bytes"));
        let (offset, length) = (number(16), number(24));
        let end = offset.checked_add(length);
        if offset < HEAD as u64 || end != Some(map.len() as u64) {
            let found = format!("one of {length} bytes at {offset} in a file of {}", map.len());
            return Err(damaged("byte 16", "a manifest that ends the file", found));
        }
        let text = &map[offset as usize..];
        let digest = Digest::of(text);
        if digest.0 != map[32..64] {
            return Err(damaged("the manifest", "the SHA-256 at byte 32", digest.hex()));
        }
        let manifest: Manifest = serde_json::from_slice(text)
            .map_err(|error| damaged("the manifest", SCHEMA, error.to_string()))?;
        if manifest.schema != SCHEMA {
            return Err(damaged("the manifest", SCHEMA, manifest.schema));
        }
        let mut index = Self {
            map,
            path: path.to_owned(),
            digest,
            manifest,
            attributes: Vec::new(),
            keys: [const { None }; 4],
            attribute: None,
            size: None,
            id: None,
        };
        index.sections(offset).map_err(|(section, expected)| {
            damaged(&format!("section {section}"), expected, "something else".to_owned())
        })?;
        Ok(index)
    }

    /// Finds all sections, each within the file and of the rows that it has to have.
    fn sections(&mut self, end: u64) -> Result<(), (String, &'static str)> {
        let entries = self.manifest.entries;
        for section in &self.manifest.sections {
            let is_inside = section.offset >= HEAD as u64
                && section.offset.checked_add(section.bytes).is_some_and(|behind| behind <= end);
            let are_rows = section.width == 0
                || section
                    .rows
                    .checked_mul(u64::from(section.width))
                    .is_some_and(|bytes| bytes == section.bytes);
            if !is_inside || !are_rows || section.rows > MOST || entries > MOST {
                return Err((section.name.clone(), "rows within the file"));
            }
        }
        for kind in Kind::ALL {
            self.keys[kind as usize] = self.keys_of(kind)?;
        }
        let column = |name: &str, widths: &[u32]| match self.section(name) {
            None => Ok(None),
            Some(section) if widths.contains(&section.width) && section.rows == entries => {
                Ok(Some(rows(section)))
            }
            Some(_) => Err((name.to_owned(), "a row for each entry")),
        };
        let (attribute, size, id) =
            (column("entry.attribute", &[1, 2, 4])?, column("entry.size", &[6])?, column("entry.id", &[8])?);
        let wrong = || ("attributes".to_owned(), "a line for each set of attributes");
        let lines = self.section("attributes").ok_or_else(wrong)?;
        let mut attributes = Vec::new();
        for line in self.map[rows(lines).at].split_inclusive(|byte| *byte == b'\n') {
            attributes.push(serde_json::from_slice(line).map_err(|_| wrong())?);
        }
        if attributes.len() as u64 != lines.rows || (entries > 0 && attributes.is_empty()) {
            return Err(wrong());
        }
        (self.attributes, self.attribute, self.size, self.id) = (attributes, attribute, size, id);
        Ok(())
    }

    fn keys_of(&self, kind: Kind) -> Result<Option<Keys>, (String, &'static str)> {
        let word = kind.word();
        let entries = self.manifest.entries;
        let Some(directory) = self.directory(word, kind.width() as u32)? else { return Ok(None) };
        let first = self.section(&format!("{word}.keys")).and_then(|section| section.first);
        if first.is_some_and(|first| first.checked_add(directory.rows).is_none_or(|behind| behind > entries))
        {
            return Err((format!("{word}.keys"), "keys of entries that there are"));
        }
        let of = |name: String, wanted: u64| match self.section(&name) {
            Some(section) if section.width == 4 && section.rows == wanted => Ok(rows(section)),
            _ => Err((name, "rows of four bytes, as many as there are keys or entries")),
        };
        let columns = match first {
            Some(_) => None,
            None => {
                Some((of(format!("{word}.entries"), directory.rows)?, of(format!("entry.{word}"), entries)?))
            }
        };
        Ok(Some(Keys { directory, first, entries: columns }))
    }

    /// Keys of this name and their directory; none where there are none.
    pub(crate) fn directory(
        &self,
        word: &str,
        width: u32,
    ) -> Result<Option<Directory>, (String, &'static str)> {
        let (keys, directory) = (format!("{word}.keys"), format!("{word}.directory"));
        let Some(found) = self.section(&keys) else { return Ok(None) };
        if found.width != width {
            return Err((keys, "keys of the width of their kind"));
        }
        let wrong = || (directory.clone(), "a directory of these keys");
        let section = self.section(&directory).ok_or_else(wrong)?;
        let bits = section.bits.filter(|bits| *bits <= 31).ok_or_else(wrong)?;
        if section.width != 4 || section.rows != (1 << bits) + 1 {
            return Err(wrong());
        }
        Ok(Some(Directory { keys: rows(found), rows: found.rows, starts: rows(section), bits }))
    }

    pub(crate) fn section(&self, name: &str) -> Option<&Section> {
        self.manifest.sections.iter().find(|section| section.name == name)
    }

    /// The rows of a section.
    pub(crate) fn rows_of(&self, name: &str) -> Option<Rows> {
        self.section(name).map(rows)
    }

    /// The lines of a section.
    pub(crate) fn lines(&self, rows: &Rows) -> &[u8] {
        &self.map[rows.at.clone()]
    }

    /// The bytes of the file.
    pub(crate) fn map(&self) -> &[u8] {
        &self.map
    }

    /// Takes the digest of every section, which reads the whole file. Gives those that are not as they were written.
    #[must_use]
    pub fn check(&self) -> Vec<Altered> {
        let mut altered = Vec::new();
        for section in &self.manifest.sections {
            let found = Digest::of(&self.map[rows(section).at]).hex();
            if found != section.sha256 {
                let (section, expected) = (section.name.clone(), section.sha256.clone());
                altered.push(Altered { section, expected, found });
            }
        }
        altered
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the list says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The digest of the list: that of its manifest, which holds those of all sections.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// How many bytes the file has.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.map.len() as u64
    }

    /// How many entries it has.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.manifest.entries
    }

    /// How many hashes of a kind it has.
    #[must_use]
    pub fn hashes(&self, kind: Kind) -> u64 {
        self.keys[kind as usize].as_ref().map_or(0, |keys| keys.directory.rows)
    }

    /// All sets of attributes that entries have.
    #[must_use]
    pub fn attributes(&self) -> &[Attributes] {
        &self.attributes
    }

    /// How many entries have each of [`Self::attributes`].
    #[must_use]
    pub fn attribute_counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.attributes.len()];
        match &self.attribute {
            None => counts.iter_mut().take(1).for_each(|count| *count = self.entries()),
            Some(rows) => {
                for number in 0..self.entries() {
                    let line =
                        rows.row(&self.map, number).map(wide).and_then(|line| usize::try_from(line).ok());
                    if let Some(count) = line.and_then(|line| counts.get_mut(line)) {
                        *count += 1;
                    }
                }
            }
        }
        counts
    }

    /// The rows of a hash among those of its kind. There is more than one where the list has several entries of a file.
    #[must_use]
    pub fn find(&self, kind: Kind, hash: &[u8]) -> Range<u64> {
        let keys = &self.keys[kind as usize];
        keys.as_ref().map_or(0..0, |keys| keys.directory.find(&self.map, hash))
    }

    /// The rows of many hashes of a kind, in their order; none for one of another length. Faster than one by one.
    #[must_use]
    pub fn find_all(&self, kind: Kind, hashes: &[impl AsRef<[u8]>]) -> Vec<Range<u64>> {
        let mut found = Vec::with_capacity(hashes.len());
        let Some(keys) = &self.keys[kind as usize] else {
            found.resize(hashes.len(), 0..0);
            return found;
        };
        match kind {
            Kind::Md5 | Kind::Ed2k => self.find_all_of::<16>(&keys.directory, hashes, &mut found),
            Kind::Sha1 => self.find_all_of::<20>(&keys.directory, hashes, &mut found),
            Kind::Sha256 => self.find_all_of::<32>(&keys.directory, hashes, &mut found),
        }
        found
    }

    fn find_all_of<const WIDTH: usize>(
        &self,
        directory: &Directory,
        hashes: &[impl AsRef<[u8]>],
        found: &mut Vec<Range<u64>>,
    ) {
        for hashes in hashes.chunks(1024) {
            let wanted: Vec<Option<[u8; WIDTH]>> =
                hashes.iter().map(|hash| hash.as_ref().try_into().ok()).collect();
            let keys: Vec<[u8; WIDTH]> = wanted.iter().map(|key| key.unwrap_or([0; WIDTH])).collect();
            let from = found.len();
            directory.find_all(&self.map, &keys, found);
            for (found, key) in found[from..].iter_mut().zip(&wanted) {
                if key.is_none() {
                    *found = 0..0;
                }
            }
        }
    }

    /// The hash of a row.
    #[must_use]
    pub fn key(&self, kind: Kind, row: u64) -> Option<&[u8]> {
        self.keys[kind as usize].as_ref()?.directory.keys.row(&self.map, row)
    }

    /// The number of the entry of a row.
    #[must_use]
    pub fn entry_of(&self, kind: Kind, row: u64) -> Option<u64> {
        let keys = self.keys[kind as usize].as_ref()?;
        match (&keys.first, &keys.entries) {
            (Some(first), _) => Some(first + row),
            (None, Some((entries, _))) => entries.number(&self.map, row).map(u64::from),
            (None, None) => None,
        }
    }

    /// A hash of an entry; none where it has none of that kind.
    fn hash(&self, kind: Kind, entry: u64) -> Option<&[u8]> {
        let keys = self.keys[kind as usize].as_ref()?;
        let row = match (&keys.first, &keys.entries) {
            (Some(first), _) => entry.checked_sub(*first)?,
            (None, Some((_, rows))) => {
                rows.number(&self.map, entry).filter(|row| *row != u32::MAX).map(u64::from)?
            }
            (None, None) => return None,
        };
        keys.directory.keys.row(&self.map, row)
    }

    /// An entry by its number; none where there is none, or the file is damaged there.
    #[must_use]
    pub fn entry(&self, number: u64) -> Option<Stored<'_>> {
        if number >= self.manifest.entries {
            return None;
        }
        let mut hashes = Hashes::default();
        for kind in Kind::ALL {
            if let Some(hash) = self.hash(kind, number) {
                hashes.set(kind, hash);
            }
        }
        let of = |rows: &Option<Rows>| rows.as_ref()?.row(&self.map, number).map(wide);
        let line = of(&self.attribute).unwrap_or(0);
        Some(Stored {
            number,
            hashes,
            size: of(&self.size).filter(|size| *size != crate::lists::UNKNOWN_SIZE),
            id: of(&self.id).filter(|id| *id != 0),
            attributes: self.attributes.get(usize::try_from(line).ok()?)?,
        })
    }
}

/// A row of at most eight bytes as a number.
fn wide(row: &[u8]) -> u64 {
    let mut wide = [0; 8];
    wide[..row.len()].copy_from_slice(row);
    u64::from_le_bytes(wide)
}

fn rows(section: &Section) -> Rows {
    let from = section.offset as usize;
    Rows { at: from..from + section.bytes as usize, width: section.width as usize }
}
