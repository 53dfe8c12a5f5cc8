//! Measures the interval join on a made-up world: `interval_join make FOLDER N_LEASES N_CONNECTIONS` writes it as two
//! Parquet files, `interval_join join FOLDER JOBS` joins them in memory and prints how many hits there are and a sum
//! over them, and `interval_join write FOLDER JOBS MEMORY_MB` joins them in so much memory and writes all hits as
//! `hits.parquet`, by connection.
//!
//! `benches/interval_join.sh` runs it beside another program on the same files.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "an example is a program of its own"
)]

mod on_disk;
mod world;

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt16Type, UInt32Type};
use arrow_array::{Array, RecordBatch};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use tutela_analyses::interval_join::{Builder, Index, Lease, Probes, Seen};
use tutela_model::Address;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failed = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["make", folder, n_leases, n_connections] => {
            world::write(Path::new(folder), n_leases.parse()?, n_connections.parse()?)
        }
        ["join", folder, jobs] => join(Path::new(folder), jobs.parse()?),
        ["write", folder, jobs, memory_mb] => {
            on_disk::join(Path::new(folder), jobs.parse()?, memory_mb.parse::<usize>()? << 20)
        }
        _ => Err("see the head of this example's source".into()),
    }
}

fn arguments() -> Vec<String> {
    std::env::args().skip(1).collect()
}

/// How many hits, and the sum of what is left of each one's account times line after division by 1,000,003.
#[derive(Default)]
struct Totals {
    n_hits: u64,
    sum: u64,
}

impl Totals {
    fn add(&mut self, account: u64, line: u32) {
        let product = account.checked_mul(u64::from(line)).expect("both are of 32 bits");
        self.n_hits += 1;
        self.sum = self.sum.checked_add(product % 1_000_003).expect("ten million million hits fit");
    }
}

fn join(folder: &Path, jobs: usize) -> Result<(), Failed> {
    let start = Instant::now();
    let index = leases(&folder.join("leases.parquet"))?;
    let index_s = start.elapsed().as_secs_f64();
    let connections = folder.join("connections.parquet");
    let parts: Result<Vec<Totals>, Failed> = std::thread::scope(|scope| {
        let (index, connections) = (&index, &connections);
        let threads: Vec<_> =
            (0..jobs).map(|job| scope.spawn(move || probe(index, connections, job, jobs))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no thread panics")).collect()
    });
    let mut totals = Totals::default();
    for part in parts? {
        totals.n_hits += part.n_hits;
        totals.sum = totals.sum.checked_add(part.sum).ok_or("the sum does not fit into 64 bits")?;
    }
    let all_s = start.elapsed().as_secs_f64();
    say(
        &format!("{} hits, sum {}", totals.n_hits, totals.sum),
        &format!("index {index_s:.2} s, all {all_s:.2} s"),
    )
}

/// The result goes to the output, how long it took beside it.
fn say(result: &str, times: &str) -> Result<(), Failed> {
    writeln!(std::io::stdout(), "{result}")?;
    Ok(writeln!(std::io::stderr(), "{times}")?)
}

fn reader(path: &Path, group_of: impl Fn(usize) -> bool) -> Result<ParquetRecordBatchReader, Failed> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let groups = (0..builder.metadata().num_row_groups()).filter(|group| group_of(*group)).collect();
    Ok(builder.with_row_groups(groups).with_batch_size(16_384).build()?)
}

fn leases(path: &Path) -> Result<Index, Failed> {
    let metadata = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?.metadata().clone();
    let mut builder = Builder::with_capacity(usize::try_from(metadata.file_metadata().num_rows())?);
    for batch in reader(path, |_| true)? {
        each_lease(&batch?, |line, lease| {
            builder.push(&lease, line);
            Ok(())
        })?;
    }
    Ok(builder.build())
}

fn each_lease(
    batch: &RecordBatch,
    mut each: impl FnMut(u32, Lease) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let [address, line] = ["address", "line"].map(|name| batch[name].as_primitive::<UInt32Type>());
    let [first, last] = ["first_port", "last_port"].map(|name| batch[name].as_primitive::<UInt16Type>());
    let [from, until] = ["from_us", "until_us"].map(|name| batch[name].as_primitive::<Int64Type>());
    for row in 0..batch.num_rows() {
        let lease = Lease {
            prefix: v4(address.value(row)).into(),
            ports: Some((first.value(row), last.value(row))),
            from_us: from.value(row),
            until_us: if until.is_valid(row) { until.value(row) } else { i64::MAX },
        };
        each(line.value(row), lease)?;
    }
    Ok(())
}

fn v4(bits: u32) -> Address {
    std::net::IpAddr::from(bits.to_be_bytes()).into()
}

/// Looks up every `jobs`th row group of the connections.
fn probe(index: &Index, path: &Path, job: usize, jobs: usize) -> Result<Totals, Failed> {
    let (mut probes, mut totals) = (Probes::new(index), Totals::default());
    for batch in reader(path, |group| group % jobs == job)? {
        each_seen(&batch?, |account, seen| {
            probes.push(&seen, account, &mut |account, line| totals.add(account, line));
            Ok(())
        })?;
    }
    probes.finish(&mut |account, line| totals.add(account, line));
    Ok(totals)
}

fn each_seen(
    batch: &RecordBatch,
    mut each: impl FnMut(u64, Seen) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let [address, account] = ["address", "account"].map(|name| batch[name].as_primitive::<UInt32Type>());
    let port = batch["port"].as_primitive::<UInt16Type>();
    let [at, slack] = ["at_us", "slack_us"].map(|name| batch[name].as_primitive::<Int64Type>());
    for row in 0..batch.num_rows() {
        let port = port.is_valid(row).then(|| port.value(row));
        let (address, at_us) = (v4(address.value(row)), at.value(row));
        let seen = Seen { address, port, low_us: at_us, high_us: at_us };
        each(u64::from(account.value(row)), seen.with_slack(slack.value(row)))?;
    }
    Ok(())
}
