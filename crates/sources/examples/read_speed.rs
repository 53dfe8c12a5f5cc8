//! Measures how fast rows are read on one core: those of a made-up log of connections by `tutela_table` and a profile,
//! or those of a file.
//!
//! `cargo run --release -p tutela-sources --example read_speed -- 11700000`, or a path instead of the number.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a measurement needs a clock and a terminal"
)]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write as _};
use std::time::Instant;

use tutela_model::source::{Declared, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::Builders;
use tutela_model::{Row, Spot};
use tutela_sources::{compression, mapped_table, tutela_table};

/// Makes a file of `n_rows` while it is read, so that only the reader's memory counts.
struct Made {
    is_mapped: bool,
    n_rows: u64,
    row: u64,
    piece: String,
    given: usize,
}

impl Read for Made {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.piece.len() {
            self.piece.clear();
            self.given = 0;
            let end = (self.row + 500).min(self.n_rows + 1);
            for row in self.row..end {
                self.line(row).map_err(io::Error::other)?;
            }
            self.row = end;
        }
        let rest = &self.piece.as_bytes()[self.given..];
        let n_given = rest.len().min(into.len());
        into[..n_given].copy_from_slice(&rest[..n_given]);
        self.given += n_given;
        Ok(n_given)
    }
}

impl Made {
    fn line(&mut self, row: u64) -> std::fmt::Result {
        let (user, port, last) = (row % 97_000, 1024 + row % 60_000, row % 250);
        let (hour, minute, second) = (row / 3600 % 24, row / 60 % 60, row % 60);
        let time = format_args!("2026-03-01T{hour:02}:{minute:02}:{second:02}Z").to_string();
        match (row, self.is_mapped) {
            (0, false) => {
                self.piece.push_str("platform,account,event,address,port,at,device,user_agent,proxy_said\n")
            }
            (0, true) => self
                .piece
                .push_str("user_id,event,ip_address,source_port,timestamp,device_id,user_agent,proxy_flag\n"),
            (_, false) => writeln!(
                self.piece,
                "agorachat,user-{user},login,198.51.100.{last},{port},{time},dev-{user},AgoraChat/7.1 (Android 15),no"
            )?,
            (_, true) => writeln!(
                self.piece,
                "user-{user},LOGIN,198.51.100.{last},{port},{time},dev-{user},AgoraChat/7.1 (Android 15),N"
            )?,
        }
        Ok(())
    }
}

impl Seek for Made {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if to != SeekFrom::Start(0) {
            return Err(io::Error::other("only back to the beginning"));
        }
        (self.row, self.given) = (0, 0);
        self.piece.clear();
        Ok(0)
    }
}

/// Counts rows, and makes columns of them, as a store does.
#[derive(Default)]
struct Counted(u64, Builders);

impl Sink for Counted {
    fn record(&mut self) {}
    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        self.0 += u64::from(!matches!(row, Row::Problem(_)));
        self.1.push(&row, 32_768);
        Ok(())
    }
    fn skip(&mut self, _: &Spot, _: &'static str) {}
    fn note(&mut self, _: &'static str, _: &str) {}
    fn progress(&mut self, _: u64) {}
}

fn main() -> io::Result<()> {
    let argument = std::env::args().nth(1).unwrap_or_else(|| "1000000".to_owned());
    let Ok(n_rows) = argument.parse() else { return read_file(&argument) };
    let made = |is_mapped| Made { is_mapped, n_rows, row: 0, piece: String::new(), given: 0 };
    let start = Instant::now();
    let n_bytes = io::copy(&mut made(false), &mut io::sink())?;
    let mut out = io::stdout().lock();
    writeln!(out, "making {n_bytes} bytes alone: {:.2} s", start.elapsed().as_secs_f64())?;
    let readers: [(&Reader, &str, bool); 2] =
        [(&tutela_table::READER, "connection.csv", false), (&mapped_table::READER, "log.csv", true)];
    for (reader, name, is_mapped) in readers {
        let input = Input {
            name: name.to_owned(),
            len: n_bytes,
            bytes: Box::new(made(is_mapped)),
            beside: Vec::new(),
        };
        writeln!(out, "{}", timed(reader, input)?)?;
    }
    Ok(())
}

fn timed(reader: &Reader, input: Input) -> io::Result<String> {
    let mut counted = Counted::default();
    let start = Instant::now();
    (reader.read)(input, &Declared::default(), &mut counted).map_err(io::Error::other)?;
    let seconds = start.elapsed().as_secs_f64();
    let rate = counted.0 as f64 / seconds / 1e6;
    Ok(format!("{}: {} rows in {seconds:.2} s, {rate:.2} million rows/s", reader.name, counted.0))
}

fn read_file(path: &str) -> io::Result<()> {
    let file = File::open(path)?;
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    let len = file.metadata()?.len();
    let mut input = Input { name, len, bytes: Box::new(BufReader::new(file)), beside: Vec::new() };
    let head = compression::head(&mut input).map_err(io::Error::other)?;
    let sample = Sample { name: compression::plain_name(&input.name), head: &head };
    let reader = tutela_sources::recognise(&sample).map_err(io::Error::other)?;
    writeln!(io::stdout().lock(), "{}", timed(reader, input)?)
}
