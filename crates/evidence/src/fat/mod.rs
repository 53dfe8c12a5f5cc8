//! FAT12, FAT16, FAT32 (Microsoft, "FAT: General Overview of On-Disk Format") and exFAT (Microsoft, "exFAT file system
//! specification"): files, deleted files, and folders that no folder names any more.
//!
//! A folder holds whatever its bytes are taken for, so a damaged one can seem to hold millions of files. What is taken
//! for an entry must be plausible in every field, no cluster is read as a folder twice, and a folder is no larger than
//! its format allows: what breaks that is told once, with its number.

mod clusters;
mod exfat;
mod free;
mod short;
pub(crate) mod time;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use tutela_model::tables::{FileKind, FileState};

use self::clusters::{Clusters, Found as Chain};
use crate::entry::{Entry, Found, Part, Run, Times, Why};
use crate::image::ReadAt;
use crate::pieces::{Pieces, below, cut, in_path};
use crate::walk::Walk;

/// Walks a FAT12, FAT16 or FAT32.
pub(crate) fn walk(volume: &dyn ReadAt, part: &Part, to: &mut Walk<'_>) -> ControlFlow<()> {
    match Clusters::of_fat(volume, part.offset) {
        Ok(clusters) => of(&clusters, Format::Short, part, to),
        Err(error) => to.failed(place(part), &error),
    }
}

/// Walks an exFAT.
pub(crate) fn walk_exfat(volume: &dyn ReadAt, part: &Part, to: &mut Walk<'_>) -> ControlFlow<()> {
    match Clusters::of_exfat(volume, part.offset) {
        Ok(clusters) => of(&clusters, Format::ExFat, part, to),
        Err(error) => to.failed(place(part), &error),
    }
}

fn of(clusters: &Clusters<'_>, format: Format, part: &Part, to: &mut Walk<'_>) -> ControlFlow<()> {
    let end = clusters.end();
    if end > part.length {
        let expected = format!("a volume of {end} bytes, as its first sector says");
        to.unread(place(part), Why::Truncated, &expected, &format!("{} bytes", part.length))?;
    }
    let mut folders = Folders { clusters, format, read: BTreeSet::new(), freed: BTreeSet::new() };
    let root = Folder { path: part.name.clone(), state: FileState::Allocated, depth: 0 };
    folders.root(&root, to)?;
    if to.options.search_free {
        folders.search_free(&part.name, to)?;
    }
    ControlFlow::Continue(())
}

fn place(part: &Part) -> &str {
    if part.name.is_empty() { "the image" } else { &part.name }
}

/// How folders of a volume are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// FAT12, FAT16, FAT32: short names, and long ones before them.
    Short,
    /// exFAT: sets of entries with a checksum.
    ExFat,
}

/// The most bytes of a folder: 65,536 entries of 32 bytes in FAT, 256 MiB in exFAT.
const FOLDER: [u64; 2] = [65_536 * 32, 256 << 20];

/// An entry of a folder, as both formats have it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    name: String,
    kind: FileKind,
    deleted: bool,
    first: u32,
    size: u64,
    /// How many of its bytes were written; the rest reads as zeros.
    valid: u64,
    /// Whether its clusters follow each other and no chain of it exists (exFAT).
    contiguous: bool,
    times: Times,
    /// Where its entry lies in the volume.
    at: u64,
}

/// A folder that is read.
struct Folder {
    path: String,
    state: FileState,
    depth: usize,
}

/// Slots of 32 bytes that are no entries, so that they can be told.
#[derive(Debug, Default)]
struct Garbage {
    n_slots: u64,
    n_items: u64,
}

impl Garbage {
    /// Whether what was read cannot be a folder: more slots that are no entries than entries, of at least that many.
    fn too_much(&self) -> bool {
        self.n_slots >= 64 && self.n_slots > self.n_items
    }
}

/// What follows from one slot.
enum Read {
    /// Nothing yet.
    Nothing,
    /// An entry.
    Item(Box<Item>),
    /// The slot is no part of an entry.
    Garbage,
    /// No slot behind it is used.
    End,
}

/// The folders of a volume.
struct Folders<'v> {
    clusters: &'v Clusters<'v>,
    format: Format,
    /// First clusters of folders that were read.
    read: BTreeSet<u32>,
    /// Clusters that no file holds and that were read as folders.
    freed: BTreeSet<u32>,
}

impl Folders<'_> {
    /// The root: a stretch of its own in FAT12 and FAT16, a chain in the others.
    fn root(&mut self, folder: &Folder, to: &mut Walk<'_>) -> ControlFlow<()> {
        let (runs, length) = match self.clusters.root {
            clusters::Root::Stretch { start, length } => {
                (vec![Run { offset: Some(self.clusters.base + start), length }], length)
            }
            clusters::Root::Cluster(first) => {
                self.read.insert(first);
                let chain = self.clusters.chain_of_folder(first, FOLDER[self.format as usize]);
                self.tell_chain(&folder.path, &chain, to)?;
                let length = chain.length();
                (chain.runs, length)
            }
        };
        self.slots(folder, &runs, length, to)
    }

    /// Says why a folder's chain is not whole.
    fn tell_chain(&self, path: &str, chain: &Chain, to: &mut Walk<'_>) -> ControlFlow<()> {
        let place = if path.is_empty() { "the root" } else { path };
        if let Some(fault) = &chain.fault {
            to.unread(place, Why::Damaged, "a folder whose clusters end", fault)?;
        }
        if chain.more {
            let expected = format!("a folder of at most {} bytes", FOLDER[self.format as usize]);
            to.unread(place, Why::Limit, &expected, "more clusters")?;
        }
        ControlFlow::Continue(())
    }

    /// Reads the slots of a folder, and tells its entries.
    fn slots(&mut self, folder: &Folder, runs: &[Run], length: u64, to: &mut Walk<'_>) -> ControlFlow<()> {
        let bytes = Pieces::new(self.clusters.volume, self.clusters.base, runs, length, length);
        let mut reader = Reader::new(self.format, self.clusters);
        let mut garbage = Garbage::default();
        let mut buffer = vec![0; 64 << 10];
        let place = if folder.path.is_empty() { "the root" } else { &folder.path };
        let mut at = 0;
        'folder: while at < length {
            to.go_on(place)?;
            let taken = match bytes.read_at(at, &mut buffer) {
                Ok(taken) => taken / 32 * 32,
                Err(error) => {
                    to.failed(place, &error)?;
                    break;
                }
            };
            if taken == 0 {
                break;
            }
            for (slot_idx, slot) in buffer[..taken].chunks_exact(32).enumerate() {
                let place_in_volume =
                    place_of(runs, at + slot_idx as u64 * 32).saturating_sub(self.clusters.base);
                match reader.slot(slot, place_in_volume) {
                    Read::Nothing => {}
                    Read::Item(item) => {
                        garbage.n_items += 1;
                        self.item(folder, &item, to)?;
                    }
                    Read::Garbage => {
                        garbage.n_slots += 1;
                        if garbage.too_much() {
                            break 'folder;
                        }
                    }
                    Read::End => break 'folder,
                }
            }
            at += taken as u64;
        }
        if garbage.n_slots > 0 {
            let Garbage { n_slots, n_items } = garbage;
            let more = if garbage.too_much() { ": it is not read further" } else { "" };
            let found = format!("{n_slots} slots that are none beside {n_items} that are{more}");
            to.unread(place, Why::Damaged, "a folder of entries", &found)?;
        }
        ControlFlow::Continue(())
    }

    /// Tells an entry, and what is in it when it is a folder.
    fn item(&mut self, folder: &Folder, item: &Item, to: &mut Walk<'_>) -> ControlFlow<()> {
        // What is in a folder that was deleted was deleted with it, whatever its entry says.
        let state = match (folder.state, item.deleted) {
            (FileState::Allocated, false) => FileState::Allocated,
            (FileState::Allocated, true) => FileState::Deleted,
            (state, _) => state,
        };
        let mut entry = Entry {
            path: below(&folder.path, &in_path(&item.name)),
            kind: item.kind,
            state,
            size: item.size,
            id: self.clusters.number(item.at),
            times: item.times,
            runs: Vec::new(),
            found: Found::Recorded,
        };
        match item.kind {
            FileKind::Folder => self.folder(folder, item, entry, to),
            FileKind::File => {
                let chain = self.bytes_of(item, state);
                entry.runs = cut(&chain.runs, item.size);
                entry.found = chain.found;
                if entry.found == Found::Lost {
                    to.entry(&entry, None)?;
                } else {
                    let Clusters { volume, base, .. } = *self.clusters;
                    let bytes = Pieces::new(volume, base, &entry.runs, item.size, item.valid);
                    to.entry(&entry, Some(&bytes))?;
                }
                match chain.fault {
                    // That bytes of deleted files are gone is no fault of the volume.
                    Some(fault) if state == FileState::Allocated => {
                        to.unread(&entry.path, Why::Damaged, "clusters for all its bytes", &fault)
                    }
                    _ => ControlFlow::Continue(()),
                }
            }
            _ => to.entry(&entry, None),
        }
    }

    /// Where the bytes of a file lie.
    fn bytes_of(&self, item: &Item, state: FileState) -> Chain {
        match (state, item.contiguous) {
            _ if item.size == 0 => Chain::default(),
            (FileState::Allocated, false) => self.clusters.chain(item.first, item.size),
            (FileState::Allocated, true) => self.clusters.stretch(item.first, item.size),
            (_, true) => self.clusters.free_stretch(item.first, item.size),
            (_, false) => self.clusters.guess(item.first, item.size),
        }
    }

    /// Tells a folder, and what is in it where its clusters are still its own.
    fn folder(
        &mut self,
        outer: &Folder,
        item: &Item,
        mut entry: Entry,
        to: &mut Walk<'_>,
    ) -> ControlFlow<()> {
        let most = FOLDER[self.format as usize];
        if item.size == 0 && self.format == Format::ExFat {
            return to.entry(&entry, None);
        }
        // exFAT says how long a folder is; FAT does not, and of a deleted one only the first cluster is known.
        let length = if item.size == 0 { most } else { item.size.min(most) };
        let live = entry.state == FileState::Allocated;
        let mut chain = match (live, item.contiguous) {
            (true, false) if item.size == 0 => self.clusters.chain_of_folder(item.first, length),
            (true, false) => self.clusters.chain(item.first, length),
            (true, true) => self.clusters.stretch(item.first, length),
            (false, true) => self.clusters.free_stretch(item.first, length),
            (false, false) => self.clusters.guess(item.first, item.size.clamp(1, most)),
        };
        if item.size > most {
            chain.more = true;
        }
        if !live && (chain.found == Found::Lost || !self.begins_folder(item.first)) {
            entry.found = Found::Lost;
            return to.entry(&entry, None);
        }
        entry.found = chain.found;
        entry.runs.clone_from(&chain.runs);
        to.entry(&entry, None)?;
        if !self.read.insert(item.first) {
            let found = format!("one that begins with cluster {}, which was read before", item.first);
            return to.unread(&entry.path, Why::Damaged, "a folder of its own", &found);
        }
        if live {
            self.tell_chain(&entry.path, &chain, to)?;
            if !chain.runs.is_empty() && !self.begins_folder(item.first) {
                let found = "one that does not begin with itself and the folder that it is in";
                to.unread(&entry.path, Why::Damaged, "a folder", found)?;
            }
        } else {
            let numbers = chain.runs.iter().flat_map(|run| self.clusters.numbers(run));
            self.freed.extend(numbers);
        }
        if outer.depth >= to.options.limits.depth {
            let expected = format!("at most {} folders inside each other", to.options.limits.depth);
            return to.unread(&entry.path, Why::Limit, &expected, "more");
        }
        let length = chain.length().min(length);
        let inner = Folder { path: entry.path, state: entry.state, depth: outer.depth + 1 };
        self.slots(&inner, &chain.runs, length, to)
    }

    /// Whether a cluster begins as folders do: in FAT with itself and the folder that it is in. In exFAT nothing tells.
    fn begins_folder(&self, first: u32) -> bool {
        if self.format == Format::ExFat {
            return true;
        }
        let mut head = [0; 64];
        let at = self.clusters.offset(first);
        let read =
            at.is_some_and(|at| self.clusters.volume.read_at(at, &mut head).is_ok_and(|taken| taken == 64));
        read && short::is_dot(&head[..32], Some(first), self.clusters)
            && short::is_dot(&head[32..], None, self.clusters)
    }
}

/// What parses slots one after the other.
enum Reader<'v> {
    Short(short::Slots<'v>),
    ExFat(exfat::Slots<'v>),
}

impl<'v> Reader<'v> {
    fn new(format: Format, clusters: &'v Clusters<'v>) -> Self {
        match format {
            Format::Short => Self::Short(short::Slots::new(clusters)),
            Format::ExFat => Self::ExFat(exfat::Slots::new(clusters)),
        }
    }

    fn slot(&mut self, slot: &[u8], at: u64) -> Read {
        match self {
            Self::Short(slots) => slots.slot(slot, at),
            Self::ExFat(slots) => slots.slot(slot, at),
        }
    }
}

/// Where a byte of a file lies in the image.
fn place_of(runs: &[Run], mut at: u64) -> u64 {
    for run in runs {
        if at < run.length {
            return run.offset.unwrap_or_default() + at;
        }
        at -= run.length;
    }
    0
}
