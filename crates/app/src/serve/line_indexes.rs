//! Where the lines of received files are, kept of those that were opened last, and made of large ones as soon as their
//! rows are shown. Nothing of it is on disk: it is counted again in the time that reading the file takes.

use std::collections::BTreeSet;
use std::fs::File;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::SystemTime;

use tutela_case::Case;
use tutela_model::Digest;
use tutela_model::source::Input;
use tutela_sources::spot_view::LineIndex;

use crate::held::held;

/// How many files are kept at most: more than the rows that are shown at once may be of.
const FILES: usize = 1_000;
/// Bytes of memory of all that is kept. A file of 1 GB takes 8 KB.
const MEMORY_BYTES: usize = 16 << 20;
/// Sizes in bytes of the files of which all lines are counted before anybody asks for one: smaller ones are quick, and
/// larger ones would take the disk, and its memory, from everything else.
const PREPARED_BYTES: RangeInclusive<u64> = 64 << 20..=4 << 30;

/// The indexes, each under the SHA-256 of its file and what the disk says of it, so that none is of bytes that somebody
/// has altered since.
pub struct LineIndexes {
    memory_bytes: usize,
    /// The one that was asked for last comes last.
    kept: Mutex<Vec<Kept>>,
    /// Held by whoever counts ahead, so that the disk reads one file after the other.
    counting: Arc<Mutex<()>>,
}

struct Kept {
    file: Digest,
    version: Version,
    index: Arc<LineIndex>,
    is_prepared: bool,
}

/// How long a file is and when it was last written; none where the disk does not say.
type Version = Option<(u64, Option<SystemTime>)>;

fn version(path: &Path) -> Version {
    path.metadata().ok().map(|metadata| (metadata.len(), metadata.modified().ok()))
}

impl Default for LineIndexes {
    fn default() -> Self {
        Self { memory_bytes: MEMORY_BYTES, kept: Mutex::default(), counting: Arc::default() }
    }
}

impl LineIndexes {
    /// The index of a file received, which grows by being used.
    pub fn of(&self, case: &Case, file: Digest) -> Arc<LineIndex> {
        self.with((file, version(&case.received_path(file))), |kept| Arc::clone(&kept.index))
    }

    /// Counts in the background what is not yet counted of files whose rows are shown, as these are opened next.
    pub fn prepare(&self, case: &Case, files: BTreeSet<Digest>) {
        let begun: Vec<_> = files
            .into_iter()
            .filter_map(|file| {
                let path = case.received_path(file);
                let version = version(&path).filter(|(len, _)| PREPARED_BYTES.contains(len))?;
                let was_prepared = |kept: &mut Kept| {
                    let was = std::mem::replace(&mut kept.is_prepared, true);
                    (!was).then(|| Arc::clone(&kept.index))
                };
                self.with((file, Some(version)), was_prepared).map(|index| (path, index))
            })
            .collect();
        if begun.is_empty() {
            return;
        }
        let counting = Arc::clone(&self.counting);
        thread::spawn(move || {
            let _counting = held(&counting);
            for (path, index) in begun {
                let input = File::open(path).and_then(|file| {
                    let len = file.metadata()?.len();
                    Ok(Input { name: String::new(), len, bytes: Box::new(file), beside: Vec::new() })
                });
                // What cannot be read is said to whoever opens a place of it.
                let _ = input.map(|input| index.prepare(input));
            }
        });
    }

    fn with<T>(&self, (file, version): (Digest, Version), take: impl FnOnce(&mut Kept) -> T) -> T {
        let mut all = held(&self.kept);
        let mut kept = match all.iter().position(|kept| kept.file == file) {
            Some(found) if all[found].version == version => all.remove(found),
            found => {
                found.map(|altered| all.remove(altered));
                Kept { file, version, index: Arc::default(), is_prepared: false }
            }
        };
        let taken = take(&mut kept);
        all.push(kept);
        let memory_bytes = |all: &[Kept]| all.iter().map(|kept| kept.index.memory_bytes()).sum::<usize>();
        while all.len() > 1 && (all.len() > FILES || memory_bytes(&all) > self.memory_bytes) {
            all.remove(0);
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn file(n: usize) -> Digest {
        Digest::of(&n.to_le_bytes())
    }

    fn index(indexes: &LineIndexes, n: usize) -> Arc<LineIndex> {
        indexes.with((file(n), None), |kept| Arc::clone(&kept.index))
    }

    #[test]
    fn as_many_files_are_kept_as_have_room_and_the_last_ones_at_that() {
        let indexes = LineIndexes::default();
        let first = index(&indexes, 0);
        assert!(Arc::ptr_eq(&first, &index(&indexes, 0)));
        for n in 1..=FILES + 10 {
            index(&indexes, n);
            index(&indexes, 1);
        }
        assert_eq!(held(&indexes.kept).len(), FILES);
        assert!(!Arc::ptr_eq(&first, &index(&indexes, 0)));
        let files = held(&indexes.kept).iter().map(|kept| kept.file).collect::<Vec<_>>();
        assert!(files.contains(&file(1)) && files.contains(&file(FILES + 10)) && !files.contains(&file(2)));
    }

    #[test]
    fn indexes_that_need_more_memory_than_there_is_for_them_make_room_for_the_last_ones() {
        let one = LineIndex::default().memory_bytes();
        let indexes = LineIndexes { memory_bytes: 3 * one, ..LineIndexes::default() };
        for n in 0..5 {
            index(&indexes, n);
        }
        let files = held(&indexes.kept).iter().map(|kept| kept.file).collect::<Vec<_>>();
        assert_eq!(files, [file(2), file(3), file(4)]);
        // One that is larger than all that there is stays while it is used.
        let indexes = LineIndexes { memory_bytes: 1, ..LineIndexes::default() };
        let only = index(&indexes, 0);
        assert!(Arc::ptr_eq(&only, &index(&indexes, 0)));
    }

    #[test]
    fn a_file_that_was_altered_has_an_index_of_its_own() {
        let indexes = LineIndexes::default();
        let written = |seconds| Some((9, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))));
        let of = |version| indexes.with((file(0), version), |kept| Arc::clone(&kept.index));
        let before = of(written(1));
        assert!(Arc::ptr_eq(&before, &of(written(1))));
        assert!(!Arc::ptr_eq(&before, &of(written(2))));
        assert_eq!(held(&indexes.kept).len(), 1);
    }
}
