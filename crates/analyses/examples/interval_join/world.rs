//! A made-up world of leases and connections: addresses of one line a day, and addresses that lines share by blocks of
//! ports. The same numbers give the same files.
//!
//! Blocks are of several lengths, begin anywhere, and are cut anew every thirty days; a line holds several of them at a
//! time. Leases follow each other after up to two hours or overlap by up to a minute, and some have no end. One
//! connection in five hundred has no port, and half of them come from a source whose clock may be off by five seconds.
//! Addresses are those of RFC 6598.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, UInt16Array, UInt32Array};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::Failed;

const SECOND_US: i64 = 1_000_000;
const HOUR_US: i64 = 3_600 * SECOND_US;
const DAY_US: i64 = 24 * HOUR_US;
/// The first day, 2026-01-01, and how many there are.
const START_US: i64 = 1_767_225_600 * SECOND_US;
const DAYS: i64 = 90;
const END_US: i64 = START_US + DAYS * DAY_US;
/// The first address.
const FIRST: u32 = 0x6440_0000;
/// Of so many addresses one is shared.
const SHARED: u32 = 13;

struct Random(u64);

impl Random {
    /// A number below another one (SplitMix64).
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(mixed ^ (mixed >> 31)) * end as u128) >> 64) as i64
    }
}

#[derive(Clone, Copy)]
struct Row {
    from_us: i64,
    until_us: Option<i64>,
    address: u32,
    line: u32,
    ports: (u16, u16),
}

/// Writes `leases.parquet` and `connections.parquet`.
pub fn write(folder: &Path, n_leases: usize, n_connections: usize) -> Result<(), Failed> {
    let mut random = Random(7);
    let leases = leases(&mut random, n_leases);
    write_rows(&folder.join("leases.parquet"), leases.chunks(CHUNK).map(lease_batch))?;
    let chunks = (0..n_connections).step_by(CHUNK).map(|start| CHUNK.min(n_connections - start));
    write_rows(
        &folder.join("connections.parquet"),
        chunks.map(|n_rows| connection_batch(&mut random, &leases, n_rows)),
    )
}

/// Leases by their beginning.
fn leases(random: &mut Random, n_leases: usize) -> Vec<Row> {
    let mut rows = Vec::with_capacity(n_leases);
    for address in FIRST.. {
        if rows.len() >= n_leases {
            break;
        }
        if !address.is_multiple_of(SHARED) {
            follow(random, &mut rows, address, (0, u16::MAX), (START_US, END_US), DAY_US);
            continue;
        }
        for start_us in (START_US..END_US).step_by((30 * DAY_US) as usize) {
            let span = (start_us, (start_us + 30 * DAY_US).min(END_US));
            let mut first = 1_024 + random.below(64);
            while first < 65_536 {
                let length = [128, 256, 512, 1_008, 2_016][random.below(5) as usize];
                let ports = (first as u16, (first + length - 1).min(65_535) as u16);
                follow(random, &mut rows, address, ports, span, 60 * HOUR_US);
                first += length + random.below(3);
            }
        }
    }
    rows.truncate(n_leases);
    rows.sort_unstable_by_key(|row| (row.from_us, row.address, row.ports));
    rows
}

/// Adds leases of about the same length that follow each other.
fn follow(
    random: &mut Random,
    rows: &mut Vec<Row>,
    address: u32,
    ports: (u16, u16),
    span: (i64, i64),
    length_us: i64,
) {
    let mut from_us = span.0 - random.below(length_us);
    while from_us < span.1 {
        let end_us = from_us + length_us - random.below(HOUR_US);
        let is_open = end_us >= END_US && random.below(2) == 0;
        let line = random.below(400_000) as u32;
        rows.push(Row { from_us, until_us: (!is_open).then_some(end_us), address, line, ports });
        from_us = end_us + random.below(2 * HOUR_US + 60 * SECOND_US) - 60 * SECOND_US;
    }
}

/// Rows of a row group.
const CHUNK: usize = 262_144;

fn lease_batch(rows: &[Row]) -> RecordBatch {
    let column =
        |value: fn(&Row) -> u32| Arc::new(UInt32Array::from_iter_values(rows.iter().map(value))) as ArrayRef;
    let port =
        |value: fn(&Row) -> u16| Arc::new(UInt16Array::from_iter_values(rows.iter().map(value))) as ArrayRef;
    let columns = [
        ("address", column(|row| row.address)),
        ("first_port", port(|row| row.ports.0)),
        ("last_port", port(|row| row.ports.1)),
        ("from_us", Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.from_us))) as ArrayRef),
        ("until_us", Arc::new(Int64Array::from_iter(rows.iter().map(|row| row.until_us)))),
        ("line", column(|row| row.line)),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, name == "until_us")))
        .expect("columns of one length")
}

/// Connections at any time, from addresses in proportion to their leases, in no order.
fn connection_batch(random: &mut Random, leases: &[Row], n_rows: usize) -> RecordBatch {
    let mut draw = || {
        let address = leases[random.below(leases.len() as i64) as usize].address;
        let port = (random.below(500) > 0).then(|| (1_024 + random.below(64_512)) as u16);
        let at_us = START_US + random.below(DAYS * 86_400) * SECOND_US;
        (address, port, at_us, 5 * SECOND_US * random.below(2), random.below(5_000) as u32)
    };
    let rows: Vec<_> = (0..n_rows).map(|_| draw()).collect();
    let columns = [
        ("address", Arc::new(UInt32Array::from_iter_values(rows.iter().map(|row| row.0))) as ArrayRef),
        ("port", Arc::new(UInt16Array::from_iter(rows.iter().map(|row| row.1)))),
        ("at_us", Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.2)))),
        ("slack_us", Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.3)))),
        ("account", Arc::new(UInt32Array::from_iter_values(rows.iter().map(|row| row.4)))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, name == "port")))
        .expect("columns of one length")
}

fn write_rows(path: &Path, batches: impl Iterator<Item = RecordBatch>) -> Result<(), Failed> {
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?));
    let mut writer: Option<ArrowWriter<File>> = None;
    for batch in batches {
        if writer.is_none() {
            let file = File::create(path)?;
            writer = Some(ArrowWriter::try_new(file, batch.schema(), Some(properties.clone().build()))?);
        }
        let writer = writer.as_mut().ok_or("there is one")?;
        writer.write(&batch)?;
        writer.flush()?;
    }
    writer.ok_or("no rows")?.close()?;
    Ok(())
}
