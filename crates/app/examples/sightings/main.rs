//! What exact counts of an operation's sightings cost: peers and addresses of every file, from the runs that the last
//! analysis left.
//!
//! `cargo run --release -p tutela-app --no-default-features --example sightings -- OPERATION [FILE]` prints the seconds
//! and the sums over all files; with FILE, all counts go there as a CSV, to be held against another program's.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Instant;

use tutela_analyses::sharing::{Means, Works, distinct};
use tutela_case::Case;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let operation = arguments.next().ok_or_else(|| anyhow::anyhow!("usage: sightings OPERATION [FILE]"))?;
    let case = Case::open(Path::new(&operation))?;
    let (tables, shelf, manifest) = (case.tables(), case.shelf(), case.runs()?);
    let began = Instant::now();
    let means = Means { work: &at_once, jobs: 2, manifest: &manifest, ..Means::alone(&shelf) };
    let files = distinct(&tables, &means)?;
    let seconds = began.elapsed().as_secs_f64();
    let sum = |of: fn(&tutela_analyses::sharing::Distinct) -> u32| -> u64 {
        files.iter().map(|file| u64::from(of(file))).sum()
    };
    let most = files.iter().max_by_key(|file| file.peers);
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{seconds:.2} s, {} files, peers {}, addresses {}, most: {}",
        files.len(),
        sum(|file| file.peers),
        sum(|file| file.addresses),
        most.map_or_else(String::new, |file| format!("{} {} {}", file.file_hash, file.peers, file.addresses)),
    )?;
    if let Some(path) = arguments.next() {
        let mut out = BufWriter::new(File::create(path)?);
        writeln!(out, "network,file_hash,peers,addresses")?;
        for file in &files {
            writeln!(out, "{},{},{},{}", file.network, file.file_hash, file.peers, file.addresses)?;
        }
        out.flush()?;
    }
    Ok(())
}

/// Does pieces of work on a thread each.
fn at_once(works: Works<'_>) {
    std::thread::scope(|scope| {
        for work in works {
            scope.spawn(work);
        }
    });
}
