//! Sorting records of one width, of which there may be more than memory holds: sorted runs on disk, then a merge.
//!
//! What comes out depends on the records alone, not on their order nor on how much memory there was.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The most runs that are merged at once: each has an open file and a buffer.
const FAN_IN: usize = 128;
/// What sorting takes besides a record: its first eight bytes and its number.
const BESIDE: usize = size_of::<(u64, u32)>();
/// Bytes of a run's buffer.
const BUFFER: usize = 1 << 16;

/// Records of one width that are to be sorted by their bytes.
pub struct Sorter {
    width: usize,
    records: Vec<u8>,
    /// Where runs are kept.
    folder: PathBuf,
    runs: Vec<File>,
}

impl Sorter {
    /// A sorter of records of `width` bytes, that keeps its runs in `folder`.
    pub fn new(width: usize, folder: &Path) -> Self {
        Self { width, records: Vec::new(), folder: folder.to_owned(), runs: Vec::new() }
    }

    /// Takes a record.
    pub fn push(&mut self, record: &[u8]) {
        debug_assert_eq!(record.len(), self.width, "records have one width");
        if self.records.len() + self.width > self.records.capacity() {
            // In steps: a buffer that doubles would for a moment take three times what it holds.
            let more = self.records.capacity().clamp(1 << 16, 8 << 20);
            self.records.reserve_exact(more.max(self.width));
        }
        self.records.extend_from_slice(record);
    }

    /// Bytes of memory that sorting takes.
    pub fn memory(&self) -> usize {
        self.records.len() / self.width * (self.width + BESIDE)
    }

    /// Sorts what is in memory and writes it to disk.
    ///
    /// # Errors
    /// The disk.
    pub fn spill(&mut self) -> io::Result<()> {
        if self.records.is_empty() {
            return Ok(());
        }
        let mut run = BufWriter::with_capacity(BUFFER, tempfile::tempfile_in(&self.folder)?);
        for number in order(&self.records, self.width) {
            run.write_all(record(&self.records, self.width, number))?;
        }
        self.records = Vec::new();
        self.runs.push(rewound(run)?);
        Ok(())
    }

    /// The records in order.
    ///
    /// # Errors
    /// The disk.
    pub fn sorted(mut self) -> io::Result<Sorted> {
        if self.runs.is_empty() {
            let order = order(&self.records, self.width);
            return Ok(Sorted {
                width: self.width,
                from: From::Memory { records: self.records, order, next: 0 },
            });
        }
        self.spill()?;
        while self.runs.len() > FAN_IN {
            let mut merged = Vec::new();
            let mut runs = std::mem::take(&mut self.runs).into_iter().peekable();
            while runs.peek().is_some() {
                let mut group = Sorted::of_runs(self.width, runs.by_ref().take(FAN_IN))?;
                let mut run = BufWriter::with_capacity(BUFFER, tempfile::tempfile_in(&self.folder)?);
                while let Some(record) = group.record() {
                    run.write_all(record)?;
                    group.advance()?;
                }
                merged.push(rewound(run)?);
            }
            self.runs = merged;
        }
        Sorted::of_runs(self.width, self.runs.into_iter())
    }
}

fn rewound(run: BufWriter<File>) -> io::Result<File> {
    let mut run = run.into_inner().map_err(io::IntoInnerError::into_error)?;
    run.rewind()?;
    Ok(run)
}

fn record(records: &[u8], width: usize, number: u32) -> &[u8] {
    let at = number as usize * width;
    &records[at..at + width]
}

/// The numbers of records in their order.
fn order(records: &[u8], width: usize) -> Vec<u32> {
    let keys = records.chunks_exact(width).enumerate();
    let mut keys: Vec<(u64, u32)> = keys.map(|(number, record)| (prefix(record), number as u32)).collect();
    keys.sort_unstable_by(|a, b| {
        a.0.cmp(&b.0).then_with(|| record(records, width, a.1).cmp(record(records, width, b.1)))
    });
    keys.into_iter().map(|(_, number)| number).collect()
}

/// The first eight bytes of a record, which order it as far as they go.
fn prefix(record: &[u8]) -> u64 {
    let mut first = [0; 8];
    let known = record.len().min(8);
    first[..known].copy_from_slice(&record[..known]);
    u64::from_be_bytes(first)
}

/// Sorted records, one after the other.
pub struct Sorted {
    width: usize,
    from: From,
}

enum From {
    Memory { records: Vec<u8>, order: Vec<u32>, next: usize },
    Runs { runs: Vec<Run>, heap: Vec<usize> },
}

struct Run {
    file: BufReader<File>,
    record: Vec<u8>,
    prefix: u64,
}

impl Run {
    /// Reads the next record; false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        if self.file.buffer().is_empty() {
            use std::io::BufRead as _;
            if self.file.fill_buf()?.is_empty() {
                return Ok(false);
            }
        }
        self.file.read_exact(&mut self.record)?;
        self.prefix = prefix(&self.record);
        Ok(true)
    }

    fn cmp(&self, other: &Self) -> Ordering {
        self.prefix.cmp(&other.prefix).then_with(|| self.record.cmp(&other.record))
    }
}

impl Sorted {
    fn of_runs(width: usize, files: impl Iterator<Item = File>) -> io::Result<Self> {
        let mut runs = Vec::new();
        for file in files {
            let mut run =
                Run { file: BufReader::with_capacity(BUFFER, file), record: vec![0; width], prefix: 0 };
            if run.advance()? {
                runs.push(run);
            }
        }
        let mut heap: Vec<usize> = (0..runs.len()).collect();
        heap.sort_by(|a, b| runs[*a].cmp(&runs[*b]));
        Ok(Self { width, from: From::Runs { runs, heap } })
    }

    /// The record at hand; none when all are done.
    pub fn record(&self) -> Option<&[u8]> {
        match &self.from {
            From::Memory { records, order, next } => {
                order.get(*next).map(|number| record(records, self.width, *number))
            }
            From::Runs { runs, heap } => heap.first().map(|run| &runs[*run].record[..]),
        }
    }

    /// Goes on to the next record.
    ///
    /// # Errors
    /// The disk.
    pub fn advance(&mut self) -> io::Result<()> {
        match &mut self.from {
            From::Memory { next, .. } => *next += 1,
            From::Runs { runs, heap } => {
                let Some(first) = heap.first().copied() else { return Ok(()) };
                if !runs[first].advance()? {
                    let last = heap.pop().unwrap_or(first);
                    if heap.is_empty() {
                        return Ok(());
                    }
                    heap[0] = last;
                }
                sift(runs, heap);
            }
        }
        Ok(())
    }
}

/// Lets the first of a heap sink to its place.
fn sift(runs: &[Run], heap: &mut [usize]) {
    let mut at = 0;
    loop {
        let mut least = 2 * at + 1;
        if least >= heap.len() {
            return;
        }
        if least + 1 < heap.len() && runs[heap[least + 1]].cmp(&runs[heap[least]]).is_lt() {
            least += 1;
        }
        if runs[heap[at]].cmp(&runs[heap[least]]).is_le() {
            return;
        }
        heap.swap(at, least);
        at = least;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(records: &[[u8; 9]], spill_every: usize) -> Vec<[u8; 9]> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut sorter = Sorter::new(9, folder.path());
        for (number, record) in records.iter().enumerate() {
            sorter.push(record);
            if number % spill_every == spill_every - 1 {
                sorter.spill().expect("the disk");
            }
        }
        let mut sorted = sorter.sorted().expect("the disk");
        let mut all = Vec::new();
        while let Some(record) = sorted.record() {
            all.push(record.try_into().expect("nine bytes"));
            sorted.advance().expect("the disk");
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn records_come_out_in_order_however_often_they_were_spilled(
            // Few values, so that prefixes and whole records are often the same.
            records in prop::collection::vec(prop::array::uniform9(0u8..3), 0..200),
            spill_every in 1usize..300,
        ) {
            let mut expected = records.clone();
            expected.sort_unstable();
            prop_assert_eq!(sorted(&records, spill_every), expected);
        }
    }

    #[test]
    fn more_runs_than_are_merged_at_once_are_merged_in_steps() {
        let records: Vec<[u8; 9]> = (0..FAN_IN as u32 * 2 + 5)
            .map(|n| {
                let mut record = [0; 9];
                record[4..8].copy_from_slice(&(n.wrapping_mul(2_654_435_761) % 1000).to_be_bytes());
                record
            })
            .collect();
        let mut expected = records.clone();
        expected.sort_unstable();
        assert_eq!(sorted(&records, 1), expected);
    }
}
