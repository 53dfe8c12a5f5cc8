//! NTFS: every record of the master file table, in its order, with its streams; deleted ones too.
//!
//! Records, attributes, names and lists of runs are parsed by `ntfs-core`. How files are put together from them, which
//! clusters of deleted files are still theirs, and how bytes are read is here: nothing holds a whole file.
//! Times are those of `$STANDARD_INFORMATION`, of UTC.

mod lznt1;
mod packed;
mod record;
mod table;

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;

use tutela_model::tables::{FileKind, FileState};

use self::packed::Packed;
pub(crate) use self::record::stamp;
use self::record::{Bytes, File, Held};
use self::table::Table;
use crate::entry::{Entry, Found, Part, Run, Why};
use crate::image::{Pages, ReadAt};
use crate::pieces::{Pieces, below, cut, in_path};
use crate::walk::Walk;

/// The record of the root.
const ROOT: u64 = 5;

/// The record of the bitmap of clusters.
const BITMAP: u64 = 6;

/// Records before this one are the system's; those of them that it has no use for are in use, without a name.
const RESERVED_END: u64 = 16;

/// The record whose stream `$Bad` is a hole as large as the volume: it says which clusters are bad and holds nothing.
const BAD_CLUSTERS: u64 = 8;

/// Walks an NTFS.
pub(crate) fn walk(volume: &dyn ReadAt, part: &Part, to: &mut Walk<'_>) -> ControlFlow<()> {
    let place = if part.name.is_empty() { "the image" } else { &part.name };
    let table = match Table::open(volume, part.offset) {
        Ok(table) => table,
        Err(error) => return to.failed(place, &error),
    };
    if table.size > part.length {
        let expected = format!("a volume of {} bytes, as its first sector says", table.size);
        to.unread(place, Why::Truncated, &expected, &format!("{} bytes", part.length))?;
    }
    let bitmap = match table.file(BITMAP) {
        Ok(file) => file.and_then(|file| file.streams.into_iter().find(|stream| stream.name.is_none())),
        Err(_) => None,
    };
    let bitmap = bitmap.and_then(|stream| match stream.bytes {
        Bytes::Held(Held { runs, size, .. }) => Some((runs, size)),
        Bytes::Resident(_) => None,
    });
    if bitmap.is_none() {
        let found = "none that can be read: whether bytes of deleted files are still theirs is not told";
        to.unread(place, Why::Damaged, "a bitmap of clusters", found)?;
    }
    let bits = bitmap.as_ref().map(|(runs, size)| Pieces::new(volume, part.offset, runs, *size, *size));
    let pages = bits.as_ref().map(|bits| Pages::new(bits));
    let mut files =
        Files { table: &table, part, bitmap: pages, folders: BTreeMap::new(), paths: BTreeMap::new() };
    files.read_folders(to)?;
    files.tell_all(to)
}

/// A folder's record: what is needed to write paths.
struct Folder {
    sequence: u16,
    in_use: bool,
    /// The record and sequence of the folder that it is in.
    parent: (u64, u16),
    name: String,
}

/// The files of a volume.
struct Files<'v> {
    table: &'v Table<'v>,
    part: &'v Part,
    bitmap: Option<Pages<'v>>,
    folders: BTreeMap<u64, Folder>,
    /// Paths of folders that were written last.
    paths: BTreeMap<u64, String>,
}

/// The most bytes that are packed together: Windows packs 64 KiB.
const UNIT: u64 = 1 << 20;

/// Paths that are kept.
const PATHS: usize = 1000;

impl Files<'_> {
    /// Reads the names of all folders, so that paths can be written.
    fn read_folders(&mut self, to: &mut Walk<'_>) -> ControlFlow<()> {
        let table = self.table;
        table.each(to, "the master file table", |number, record, to| {
            let record = match record {
                Ok(Some(record)) if record.is_folder && record.is_base => record,
                // What is wrong with a record is told when the files are.
                _ => return ControlFlow::Continue(()),
            };
            to.go_on(&self.part.name)?;
            let file = if record.has_list { table.file(number).ok().flatten() } else { None };
            let names = file.as_ref().map_or(&record.names, |file| &file.names);
            if let Some(name) = names.first() {
                let parent = (name.parent.record_number, name.parent.sequence);
                let (sequence, in_use) = (record.sequence, record.in_use);
                self.folders.insert(number, Folder { sequence, in_use, parent, name: in_path(&name.name) });
            }
            ControlFlow::Continue(())
        })
    }

    /// Tells all files, in the order of their records.
    fn tell_all(&mut self, to: &mut Walk<'_>) -> ControlFlow<()> {
        let table = self.table;
        let mut n_foreign = 0_u64;
        table.each(to, "the master file table", |number, record, to| match record {
            Ok(Some(record)) if record.is_base => match table.gather(number, record) {
                Ok(file) => self.tell(number, &file, to),
                Err(error) => to.failed(&self.record(number), &error),
            },
            Ok(Some(_)) => ControlFlow::Continue(()),
            Ok(None) => {
                n_foreign += 1;
                ControlFlow::Continue(())
            }
            Err(error) => to.failed(&self.record(number), &error),
        })?;
        match n_foreign {
            0 => ControlFlow::Continue(()),
            _ => {
                let found = format!("{n_foreign} without the mark of one");
                to.unread(&below(&self.part.name, "$MFT"), Why::Damaged, "records", &found)
            }
        }
    }

    fn record(&self, number: u64) -> String {
        below(&self.part.name, &format!("$MFT record {number}"))
    }

    /// Tells a file under each of its names, and its streams.
    fn tell(&mut self, number: u64, file: &File, to: &mut Walk<'_>) -> ControlFlow<()> {
        if number == ROOT && file.is_folder {
            // The root has no entry, but may have streams.
            return self.tell_streams(number, file, &self.part.name.clone(), FileState::Allocated, to);
        }
        if let Some(fault) = &file.fault {
            to.unread(&self.record(number), Why::Damaged, "a file whose records are all its own", fault)?;
        }
        if file.names.is_empty() {
            if file.is_blank
                || number < RESERVED_END && file.streams.iter().all(|stream| stream.bytes.size() == 0)
            {
                return ControlFlow::Continue(());
            }
            let state = if file.in_use { FileState::Allocated } else { FileState::Orphan };
            let path = self.orphan(&format!("OrphanFile-{number}"));
            return self.tell_name(number, file, &path, state, to);
        }
        for name in &file.names {
            let parent = (name.parent.record_number, name.parent.sequence);
            let shown = in_path(&name.name);
            let (path, found) = match self.folder_path(parent, to.options.limits.depth) {
                Some(folder) => (below(&folder, &shown), true),
                None => (self.orphan(&shown), false),
            };
            let state = match (file.in_use, found) {
                (true, _) => FileState::Allocated,
                (false, true) => FileState::Deleted,
                (false, false) => FileState::Orphan,
            };
            self.tell_name(number, file, &path, state, to)?;
        }
        ControlFlow::Continue(())
    }

    /// A path of what no folder names any more, as the Sleuth Kit calls it.
    fn orphan(&self, name: &str) -> String {
        below(&below(&self.part.name, "$OrphanFiles"), name)
    }

    /// The path of a folder, as long as each is in one that is still what it was.
    fn folder_path(&mut self, (number, sequence): (u64, u16), depth: usize) -> Option<String> {
        let (mut names, mut next) = (Vec::new(), (number, sequence));
        let mut start = self.part.name.clone();
        while next.0 != ROOT {
            let folder = self.folders.get(&next.0)?;
            // When a record is freed its sequence goes up by one.
            let same =
                folder.sequence == next.1 || !folder.in_use && folder.sequence.wrapping_sub(1) == next.1;
            if !same || names.len() >= depth {
                return None;
            }
            if let Some(path) = self.paths.get(&next.0) {
                start.clone_from(path);
                break;
            }
            names.push(folder.name.as_str());
            next = folder.parent;
        }
        let path = names.iter().rev().fold(start, |path, name| below(&path, name));
        if number != ROOT {
            if self.paths.len() >= PATHS {
                self.paths.clear();
            }
            self.paths.insert(number, path.clone());
        }
        Some(path)
    }

    /// Tells a file under one name, and its streams.
    fn tell_name(
        &self,
        number: u64,
        file: &File,
        path: &str,
        state: FileState,
        to: &mut Walk<'_>,
    ) -> ControlFlow<()> {
        let plain = file.streams.iter().find(|stream| stream.kind == record::DATA && stream.name.is_none());
        // A folder's number names its index, a file's its bytes.
        let id = match (file.is_folder, file.index, plain) {
            (true, Some(index), _) => format!("{number}-{}-{index}", record::INDEX),
            (false, _, Some(stream)) => format!("{number}-{}-{}", stream.kind, stream.id),
            _ => number.to_string(),
        };
        let kind = match file {
            file if file.is_link => FileKind::Link,
            file if file.is_folder => FileKind::Folder,
            _ => FileKind::File,
        };
        let entry = Entry {
            path: path.to_owned(),
            kind,
            state,
            size: plain.map_or(0, |stream| stream.bytes.size()),
            id,
            times: file.times,
            runs: Vec::new(),
            found: Found::Recorded,
        };
        match plain.filter(|_| !file.is_folder) {
            Some(stream) => self.tell_bytes(file, entry, &stream.bytes, to)?,
            // A record of the system that has nothing but streams is told by them.
            None if file.streams.is_empty() || file.is_folder || kind == FileKind::Link => {
                to.entry(&entry, None)?
            }
            None => {}
        }
        self.tell_streams(number, file, path, state, to)
    }

    fn tell_streams(
        &self,
        number: u64,
        file: &File,
        path: &str,
        state: FileState,
        to: &mut Walk<'_>,
    ) -> ControlFlow<()> {
        for stream in &file.streams {
            let Some(name) = &stream.name else { continue };
            let entry = Entry {
                path: format!("{path}:{}", in_path(name)),
                kind: FileKind::Stream,
                state,
                size: stream.bytes.size(),
                id: format!("{number}-{}-{}", stream.kind, stream.id),
                times: file.times,
                runs: Vec::new(),
                found: Found::Recorded,
            };
            if number == BAD_CLUSTERS {
                to.entry(&entry, None)?;
            } else {
                self.tell_bytes(file, entry, &stream.bytes, to)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Tells an entry with its bytes, as far as they are its own and can be read.
    fn tell_bytes(&self, file: &File, mut entry: Entry, bytes: &Bytes, to: &mut Walk<'_>) -> ControlFlow<()> {
        let held = match bytes {
            Bytes::Resident(bytes) => return to.entry(&entry, Some(bytes)),
            Bytes::Held(held) => held,
        };
        let elsewhere = file.elsewhere.filter(|_| entry.kind != FileKind::Stream);
        if held.encrypted || elsewhere.is_some() {
            entry.found = Found::Lost;
            to.entry(&entry, None)?;
            return match elsewhere {
                Some(how) => to.unread(&entry.path, Why::Unsupported, "bytes as the file has them", how),
                None => to.unread(
                    &entry.path,
                    Why::Encrypted,
                    "plain bytes",
                    "bytes that the file system encrypted (EFS)",
                ),
            };
        }
        if entry.state != FileState::Allocated && !file.in_use && self.is_reused(&held.runs) {
            entry.found = Found::Lost;
            return to.entry(&entry, None);
        }
        if held.unit > UNIT {
            entry.found = Found::Lost;
            to.entry(&entry, None)?;
            let found = format!("units of {} bytes", held.unit);
            return to.unread(
                &entry.path,
                Why::Damaged,
                "units of at most 1 MiB that are packed together",
                &found,
            );
        }
        let (volume, base) = (self.table.volume, self.part.offset);
        if held.unit > 0 {
            entry.runs.clone_from(&held.runs);
            let bytes = Packed::new(volume, base, held);
            to.entry(&entry, Some(&bytes))?;
        } else {
            entry.runs = cut(&held.runs, entry.size);
            let bytes = Pieces::new(volume, base, &held.runs, held.size, held.valid);
            to.entry(&entry, Some(&bytes))?;
        }
        match &held.fault {
            Some(fault) => to.unread(&entry.path, Why::Damaged, "a list of all its clusters", fault),
            None => ControlFlow::Continue(()),
        }
    }

    /// Whether one of the clusters is in use: then the bytes of a deleted file there are those of another.
    fn is_reused(&self, runs: &[Run]) -> bool {
        let Some(bitmap) = &self.bitmap else { return false };
        let cluster = self.table.cluster;
        let mut buffer = vec![0; 4096];
        let mut any = |from: u64, to: u64| -> io::Result<bool> {
            let mut at = from / 8;
            while at <= to / 8 {
                let taken = bitmap.read_at(at, &mut buffer)?;
                if taken == 0 {
                    // Clusters that the bitmap does not have are nobody's to give.
                    return Ok(true);
                }
                for byte in &buffer[..taken] {
                    let bits = (0..8).filter(|bit| (from..=to).contains(&(at * 8 + bit)));
                    if bits.into_iter().any(|bit| byte >> bit & 1 != 0) {
                        return Ok(true);
                    }
                    at += 1;
                    if at > to / 8 {
                        break;
                    }
                }
            }
            Ok(false)
        };
        runs.iter().filter(|run| run.length > 0).any(|run| {
            let from = run.offset.map(|offset| (offset - self.part.offset) / cluster);
            from.is_some_and(|from| any(from, from + (run.length - 1) / cluster).unwrap_or(true))
        })
    }
}
