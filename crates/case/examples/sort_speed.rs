//! Measures how fast rows become a sorted table file: `sort_speed N_ROWS MEMORY_MB JOBS [sighting]`.
//!
//! The reader makes its rows up instead of parsing, so what is measured is the store.

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::ops::ControlFlow;
use std::time::Instant;

use tutela_case::{Authority, Case, Limits, ToImport};
use tutela_model::field::AddressSaid;
use tutela_model::source::Fit;
use tutela_model::table::Tables as _;
use tutela_model::tables::{Connection, Event, IpBasis, Observed, SharingNetwork, Sighting, Stated};
use tutela_model::time::{Precision, utc};
use tutela_model::words::Words as _;
use tutela_model::{
    Address, Declared, Digest, Input, Reader, Refusal, Sink, Spot, Table as _, Text, Time, ZoneKnown,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let is_sighting = std::env::args().nth(4).is_some_and(|table| table == "sighting");
    let mut arguments = std::env::args().skip(1).take(3).map(|argument| argument.parse::<usize>());
    let mut number = |default| arguments.next().unwrap_or(Ok(default));
    let (n_rows, memory_mb, jobs) = (number(117_000)?, number(400)?, number(2)?);
    let at = "2026-03-01T20:00:00Z".parse()?;
    let day = "2026-03-01".parse()?;
    let dir = tempfile::tempdir()?;
    let source = dir.path().join("rows.txt");
    std::fs::write(&source, n_rows.to_string())?;
    let op = dir.path().join("op");
    let case = Case::create(&op, "Speed", "R. Rossi", &Authority::new("Made up", day, day), at)?;
    let basis = case.basis(None, day)?;
    let mut writer = case.lock("R. Rossi", at)?;
    let go_on = |_: usize, _: u64| ControlFlow::Continue(());
    let received = writer.receive(&source, &basis, at, &go_on)?;
    let reader = Reader {
        name: "made_up",
        version: 1,
        about: "",
        tables: &["connection", "sighting"],
        recognise: |_| Fit::Sure,
        read: if is_sighting { make_up_sightings } else { make_up },
    };
    let item = ToImport { received, beside: Vec::new(), reader, declared: Declared::default() };
    let start = Instant::now();
    let outcome = writer.import(item, &basis, at, Limits { memory: memory_mb << 20, jobs }, &go_on)?;
    let import_s = start.elapsed().as_secs_f64();
    let file = &outcome.import().tables[0];
    let start = Instant::now();
    let tables = writer.case().tables();
    let mut n_scanned = 0;
    let table = if is_sighting { Sighting::INFO } else { Connection::INFO };
    for part in tables.parts(&table) {
        tables.scan(&table, &part, &["address", "port", "at"], &mut |batch| {
            n_scanned += batch.num_rows();
            ControlFlow::Continue(())
        })?;
    }
    let scan_s = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let found = tables.rows_at(&table, outcome.import().sha256, &["line:77"])?.len();
    let fetch_s = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned();
    let line = format!(
        "{n_rows} rows, {memory_mb} MB, {jobs} jobs: import {import_s:.3} s, scan of {n_scanned} rows {scan_s:.3} s, \
         {found} row by place {fetch_s:.3} s, {} bytes, {}, {memory}\n",
        file.size, file.sha256
    );
    std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes())?;
    Ok(())
}

fn n_rows(input: Input) -> Result<u64, Refusal> {
    let mut text = String::new();
    let mut bytes = input.bytes;
    bytes.read_to_string(&mut text)?;
    text.parse().map_err(|_| Refusal::Declared("not a number".to_owned()))
}

/// Numbers below a limit, always the same ones.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Twenty sightings a peer in order of time; the n-th file is met 1/n times as often as the first.
fn make_up_sightings(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let n_rows = n_rows(input)?;
    let mut drawn = Drawn(7);
    let files = (n_rows / 25).max(2) as f64;
    let mut address = String::new();
    for line in 1..=n_rows {
        sink.record();
        let at_us = (1_767_000_000 + (line * 2_592_000 / n_rows) as i64) * 1_000_000;
        let peer = drawn.below((n_rows / 20).max(1));
        let file = files.powf(drawn.below(1 << 30) as f64 / f64::from(1 << 30)) as u64;
        address.clear();
        write!(address, "{}", Ipv4Addr::from(0xf000_0000 + (peer * 40_503 % (1 << 28)) as u32))
            .expect("memory takes all");
        let said = utc(at_us);
        let row = Sighting {
            network: SharingNetwork::ALL[(peer % 3) as usize],
            address: AddressSaid::parse(&address).expect("an address"),
            port: Some(1_024 + (peer % 60_000) as u16),
            peer: Some(hex(&Digest::of(&peer.to_le_bytes()), 32)),
            file_hash: Text::from(format!("sha1:{}", hex(&Digest::of(&file.to_be_bytes()), 40))),
            file_name: Some(Text::from(format!("archivio {file}.zip"))),
            file_size: Some(file * 977),
            at: Time { at_us, said: said.into(), precision: Precision::Second, zone: ZoneKnown::InRecord },
            client: Some(Text::from(format!("client {}", peer % 12))),
            observed: Observed::ALL[drawn.below(4) as usize],
            ip_basis: IpBasis::ALL[drawn.below(3) as usize],
            place: Spot::Line(line),
        };
        sink.row(row.into())?;
    }
    Ok(())
}

fn hex(digest: &Digest, n_digits: usize) -> Text {
    Text::from(&digest.hex()[..n_digits])
}

fn make_up(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let n_rows = n_rows(input)?;
    let mut drawn = Drawn(7);
    let mut random = |below: u64| drawn.below(below);
    for line in 1..=n_rows {
        sink.record();
        let address = format!("198.{}.{}.{}", 18 + random(2), random(256), random(256));
        let at_us = 1_767_000_000_000_000 + random(10_000_000) as i64 * 1_000_000;
        let at =
            Time { at_us, said: utc(at_us).into(), precision: Precision::Second, zone: ZoneKnown::InRecord };
        let row = Connection {
            platform: "agorachat".into(),
            account: Text::from(format!("u{:06}", random(5_000))),
            event: Event::Login,
            address: AddressSaid {
                address: address.parse::<Address>().expect("an address"),
                said: Text::from(address),
            },
            port: (random(10) > 2).then(|| 1_024 + random(60_000) as u16),
            at: Some(at),
            device: (random(3) > 0).then(|| Text::from(format!("d{:05}", random(9_000)))),
            user_agent: Some(Text::from(format!("Mozilla/5.0 (made up; client {})", random(40)))),
            proxy_said: Stated::Unknown,
            place: Spot::Line(line),
        };
        sink.row(row.into())?;
    }
    Ok(())
}
