//! Writing entries: their columns, the keys of each kind, and how both find each other.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::attributes::LastAttributes;
use super::file::{Spool, Writer};
use super::merge::{ID, Row, SIZE};
use super::sort::Sorter;
use super::{At as _, IndexError};
use crate::lists::{Attributes, Kind};

/// What was written, as the manifest says it.
pub struct Totals {
    pub entries: u64,
    pub withdrawn: u64,
    pub untranslated: u64,
    pub scheme_missing: bool,
}

/// Entries that are written: what is kept aside until its section comes.
pub struct Written {
    pub entries: u64,
    /// None where all entries have the same, and where no entry has one.
    attributes: Option<Spool>,
    sizes: Option<Spool>,
    ids: Option<Spool>,
    /// Of each attributes' place, how many entries have it.
    used: BTreeMap<u32, u64>,
    last_used: (u32, u64),
    /// Hashes of other kinds than MD5, each with the number of its entry.
    keys: BTreeMap<Kind, Sorter>,
    md5: u64,
    memory_bytes: usize,
}

impl Written {
    /// For entries that have some of these parts.
    pub fn new(
        folder: &Path,
        memory_bytes: usize,
        parts: u8,
        last: &LastAttributes,
    ) -> std::io::Result<Self> {
        let spool = |wanted: bool| wanted.then(|| Spool::new(folder)).transpose();
        let keys = Kind::ALL[1..].iter().map(|kind| (*kind, Sorter::new(kind.width() + 4, folder)));
        Ok(Self {
            entries: 0,
            attributes: spool(last.lines.len() > 1)?,
            sizes: spool(parts & SIZE != 0)?,
            ids: spool(parts & ID != 0)?,
            used: BTreeMap::new(),
            last_used: (0, 0),
            keys: keys.collect(),
            md5: 0,
            memory_bytes,
        })
    }

    pub fn row(&mut self, row: &Row) -> std::io::Result<()> {
        let number = self.entries as u32;
        let mut at = 0;
        for kind in Kind::ALL.into_iter().filter(|kind| row.parts & kind.bit() != 0) {
            let hash = &row.body[at..at + kind.width()];
            at += kind.width();
            let Some(keys) = self.keys.get_mut(&kind) else {
                self.md5 += 1;
                continue;
            };
            let mut pair = [0; 36];
            pair[..hash.len()].copy_from_slice(hash);
            pair[hash.len()..hash.len() + 4].copy_from_slice(&number.to_be_bytes());
            keys.push(&pair[..hash.len() + 4]);
            if keys.memory() > self.memory_bytes / 6 {
                keys.spill()?;
            }
        }
        let mut next = |part: u8| {
            let there = row.parts & part != 0;
            let value =
                there.then(|| u64::from_be_bytes(row.body[at..at + 8].try_into().expect("eight bytes")));
            at += if there { 8 } else { 0 };
            value
        };
        let (size, id) = (next(SIZE), next(ID));
        if let Some(sizes) = &mut self.sizes {
            sizes.push(&size.unwrap_or(u64::MAX).to_le_bytes()[..6])?;
        }
        if let Some(ids) = &mut self.ids {
            ids.push(&id.unwrap_or(0).to_le_bytes())?;
        }
        if let Some(attributes) = &mut self.attributes {
            attributes.push(&row.attributes.to_le_bytes())?;
        }
        if self.last_used.0 != row.attributes {
            *self.used.entry(self.last_used.0).or_default() += self.last_used.1;
            self.last_used = (row.attributes, 0);
        }
        self.last_used.1 += 1;
        self.entries += 1;
        Ok(())
    }

    /// Writes all sections of entries; the keys of MD5 are being written already.
    pub fn finish(
        mut self,
        writer: &mut Writer,
        last: &LastAttributes,
        folder: &Path,
        path: &Path,
    ) -> Result<Totals, IndexError> {
        writer.end(self.md5)?.first = Some(0);
        writer.directory("md5.directory")?;
        for (kind, sorter) in std::mem::take(&mut self.keys) {
            keys(writer, kind, sorter, self.entries, folder, self.memory_bytes / 3)?;
        }
        if let Some(sizes) = self.sizes {
            writer.append("entry.size", 6, sizes)?;
        }
        if let Some(ids) = self.ids {
            writer.append("entry.id", 8, ids)?;
        }
        *self.used.entry(self.last_used.0).or_default() += self.last_used.1;
        self.used.retain(|_, entries| *entries > 0);
        let used: Vec<(u32, u64)> = std::mem::take(&mut self.used).into_iter().collect();
        writer.begin("attributes", 0)?;
        for (place, _) in &used {
            writer.write(last.lines[*place as usize].0.as_bytes())?;
            writer.write(b"\n")?;
        }
        writer.end(used.len() as u64)?;
        if let Some(attributes) = self.attributes {
            write_places(writer, attributes, &used, path)?;
        }
        let count = |is: &dyn Fn(&Attributes) -> bool| -> u64 {
            used.iter()
                .filter(|(place, _)| is(&last.lines[*place as usize].1))
                .map(|(_, entries)| entries)
                .sum()
        };
        Ok(Totals {
            entries: self.entries,
            withdrawn: count(&|attributes| attributes.withdrawn.is_some()),
            untranslated: count(&|attributes| {
                attributes.category.is_some() && attributes.translated.is_none()
            }),
            scheme_missing: count(&|attributes| attributes.category.is_some() && attributes.scheme.is_none())
                > 0,
        })
    }
}

/// Writes which attributes each entry has, by their lines, in as few bytes as their number needs.
fn write_places(
    writer: &mut Writer,
    spool: Spool,
    used: &[(u32, u64)],
    path: &Path,
) -> Result<(), IndexError> {
    use std::io::Read as _;
    let width = match used.len() {
        0 | 1 => return Ok(()),
        2..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    };
    let lines: HashMap<u32, u32> =
        used.iter().enumerate().map(|(line, (place, _))| (*place, line as u32)).collect();
    let entries: u64 = used.iter().map(|(_, entries)| entries).sum();
    let mut places = spool.rewound().at("read", path)?;
    writer.begin("entry.attribute", width)?;
    let mut place = [0; 4];
    for _ in 0..entries {
        places.read_exact(&mut place).at("read", path)?;
        let line = lines.get(&u32::from_le_bytes(place)).copied().unwrap_or_default();
        writer.write(&line.to_le_bytes()[..width as usize])?;
    }
    writer.end(entries)?;
    Ok(())
}

/// Writes the keys of a kind, their directory, and how keys and entries find each other.
fn keys(
    writer: &mut Writer,
    kind: Kind,
    sorter: Sorter,
    entries: u64,
    folder: &Path,
    memory_bytes: usize,
) -> Result<(), IndexError> {
    let (word, width) = (kind.word(), kind.width());
    let mut sorted = sorter.sorted().at("read", folder)?;
    if sorted.record().is_none() {
        return Ok(());
    }
    let mut numbers = Spool::new(folder).at("write", folder)?;
    let mut of_entries = Sorter::new(8, folder);
    let (mut rows, mut first, mut follow) = (0u64, 0u64, true);
    writer.begin(&format!("{word}.keys"), width as u32)?;
    while let Some(record) = sorted.record() {
        writer.write(&record[..width])?;
        let number = &record[width..];
        let entry = u64::from(u32::from_be_bytes(number.try_into().expect("four bytes")));
        first = if rows == 0 { entry } else { first };
        follow &= entry == first + rows;
        numbers.push(&(entry as u32).to_le_bytes()).at("write", folder)?;
        of_entries.push(&[number, &(rows as u32).to_be_bytes()].concat());
        if of_entries.memory() > memory_bytes {
            of_entries.spill().at("write", folder)?;
        }
        rows += 1;
        sorted.advance().at("read", folder)?;
    }
    drop(sorted);
    writer.end(rows)?.first = follow.then_some(first);
    writer.directory(&format!("{word}.directory"))?;
    if follow {
        return Ok(());
    }
    writer.append(&format!("{word}.entries"), 4, numbers)?;
    let mut of_entries = of_entries.sorted().at("read", folder)?;
    writer.begin(&format!("entry.{word}"), 4)?;
    for entry in 0..entries {
        let row = of_entries.record().filter(|record| record[..4] == (entry as u32).to_be_bytes());
        let row = row.map(|record| u32::from_be_bytes(record[4..8].try_into().expect("four bytes")));
        writer.write(&row.unwrap_or(u32::MAX).to_le_bytes())?;
        if row.is_some() {
            of_entries.advance().at("read", folder)?;
        }
    }
    writer.end(entries)?;
    Ok(())
}
