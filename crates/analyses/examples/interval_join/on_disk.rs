//! The join in bounded memory: what does not fit lies in `FOLDER/aside` for the time being.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use arrow_array::{ArrayRef, RecordBatch, UInt64Array};
use parquet::arrow::ArrowWriter;
use parquet::basic::Encoding;
use parquet::file::properties::WriterProperties;
use tutela_analyses::interval_join::{Hits, N_PARTS, Parted, merge};
use tutela_model::Aside;

use super::{Failed, each_lease, each_seen, reader, say};

/// Joins, and writes the hits as pairs of row numbers.
pub fn join(folder: &Path, jobs: usize, memory: usize) -> Result<(), Failed> {
    let start = Instant::now();
    let files = Files { folder: folder.join("aside"), n_bytes: AtomicU64::new(0) };
    fs::create_dir_all(&files.folder)?;
    let mut parted = Parted::new(&files, memory);
    let mut row = 0..;
    for batch in reader(&folder.join("leases.parquet"), |_| true)? {
        each_lease(&batch?, |_, lease| Ok(parted.lease(&lease, row.next().ok_or("too many rows")?)?))?;
    }
    let mut row = 0..;
    for batch in reader(&folder.join("connections.parquet"), |_| true)? {
        each_seen(&batch?, |_, seen| Ok(parted.seen(&seen, row.next().ok_or("too many rows")?)?))?;
    }
    let parted_s = start.elapsed().as_secs_f64();
    let collections = collect(&parted, jobs)?;
    let n_hits = write(&folder.join("hits.parquet"), collections, memory / 8)?;
    fs::remove_dir_all(&files.folder)?;
    let times = format!(
        "parted {parted_s:.2} s, all {:.2} s, {} MB put aside",
        start.elapsed().as_secs_f64(),
        files.n_bytes.into_inner() >> 20
    );
    say(&format!("{n_hits} hits"), &times)
}

/// Joins part after part, each thread those that it comes to.
fn collect<'a>(parted: &'a Parted<'_>, jobs: usize) -> io::Result<Vec<Hits<'a>>> {
    let next_part = AtomicU64::new(0);
    let work = || {
        let mut hits = parted.hits(jobs);
        loop {
            let part = next_part.fetch_add(1, Ordering::Relaxed) as usize;
            if part >= N_PARTS {
                return Ok(hits);
            }
            parted.join(part, jobs, &mut hits)?;
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no thread panics")).collect()
    })
}

/// Rows that are encoded at a time.
const CHUNK: usize = 65_536;

fn write(path: &Path, collections: Vec<Hits<'_>>, memory: usize) -> Result<u64, Failed> {
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BINARY_PACKED)
        .set_max_row_group_row_count(Some(1 << 20))
        .build();
    let schema = batch(&mut Vec::new()).schema();
    let mut writer = ArrowWriter::try_new(File::create(path)?, schema, Some(properties))?;
    let (mut waiting, mut n_hits) = (Vec::with_capacity(CHUNK), 0_u64);
    merge(collections, memory, &mut |connection, lease| {
        n_hits += 1;
        waiting.push((connection, lease));
        if waiting.len() == CHUNK { Ok(writer.write(&batch(&mut waiting))?) } else { Ok(()) }
    })?;
    writer.write(&batch(&mut waiting))?;
    writer.close()?;
    Ok(n_hits)
}

fn batch(hits: &mut Vec<(u64, u64)>) -> RecordBatch {
    let column = |value: fn(&(u64, u64)) -> u64| {
        Arc::new(UInt64Array::from_iter_values(hits.iter().map(value))) as ArrayRef
    };
    let columns = [("connection", column(|hit| hit.0), false), ("lease", column(|hit| hit.1), false)];
    hits.clear();
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length")
}

/// Streams as files of a folder.
struct Files {
    folder: PathBuf,
    n_bytes: AtomicU64,
}

impl Aside for Files {
    fn put(&self, stream: u64, bytes: &[u8]) -> io::Result<()> {
        self.n_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        let path = self.folder.join(stream.to_string());
        OpenOptions::new().append(true).create(true).open(path)?.write_all(bytes)
    }

    fn get(&self, stream: u64, position: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut file = File::open(self.folder.join(stream.to_string()))?;
        file.seek(SeekFrom::Start(position))?;
        file.read_exact(bytes)
    }
}
