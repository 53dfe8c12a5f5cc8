//! Trials of the analysis `zone_shift` on made-up answers whose mistake is known: what it says of an answer with all its
//! connections, and with a few connections of one account only.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use arrow_array::RecordBatch;
use tutela_analyses::zone_shift::{self, Clock, Hypothesis};
use tutela_model::address::mask;
use tutela_model::place::{Digest, Spot};
use tutela_model::source::{Declared, Input, Refusal, Sample, Sink};
use tutela_model::table::{Part, Row, TablesError};
use tutela_model::tables::{Builders, Connection, Lease};
use tutela_model::{Decisions, TableInfo, Tables};
use tutela_simulation::faults::Faults;
use tutela_simulation::{Memory, simulate_with};

/// Mistakes of a clock, by the name of the fault, and the reading that undoes each.
pub const MISTAKES: &[(&str, Hypothesis)] = &[
    ("zone+1h", Hypothesis::Hours(-1)),
    ("zone-1h", Hypothesis::Hours(1)),
    ("zone+2h", Hypothesis::Hours(-2)),
    ("zone-2h", Hypothesis::Hours(2)),
    ("summer-ignored", Hypothesis::InSummer(1)),
    ("summer-always", Hypothesis::InWinter(-1)),
    ("local-as-utc", Hypothesis::LocalTime),
    ("utc-as-local", Hypothesis::Utc),
    ("day-month-swapped", Hypothesis::DayMonth),
    ("wrong-year", Hypothesis::Years(1)),
];

/// How many connections of one account a trial has.
pub const SIZES: [usize; 4] = [30, 100, 300, 1000];

/// What the analysis said of one answer.
pub struct Trial {
    /// The fault's name; none for an answer without a mistake.
    pub fault: Option<&'static str>,
    /// Connections of one account; none for all connections of all accounts.
    pub size: Option<usize>,
    /// Connections that the mistake sends elsewhere: to another line, to nobody, or to one line where it was several.
    pub telling: usize,
    /// The reading that was indicated.
    pub indicated: Option<String>,
    /// Whether that is the one that undoes the mistake.
    pub right: bool,
}

/// Mistakes of rows, which are no mistake of a clock.
pub const OF_ROWS: &str = "typo,wrong-day,next-port-block,duplicated-row,dropped-port,self-reported";

/// Makes the operation of a seed and tries each of its answers.
pub fn trials(seed: u64, size: f64, faults: &str) -> Vec<Trial> {
    let asked: Faults = if faults.is_empty() { Faults::default() } else { faults.parse().expect("faults") };
    let mut memory = Memory::default();
    simulate_with("platform-connections", seed, size, &asked, &mut memory).expect("the size fits");
    let files = memory.files();
    let labels = String::from_utf8(files["truth/faults.csv"].clone()).expect("text");
    let connections: Vec<Connection> = files
        .iter()
        .filter(|(path, _)| path.starts_with("platforms/"))
        .flat_map(|(path, bytes)| rows(path, bytes))
        .filter_map(|row| if let Row::Connection(row) = row { Some(row) } else { None })
        .collect();
    let mut all = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with("operators/")) {
        let leases: Vec<Lease> = rows(path, bytes)
            .into_iter()
            .filter_map(|row| if let Row::Lease(row) = row { Some(row) } else { None })
            .collect();
        let file = path.rsplit('/').next().expect("a name");
        let mistake = mistake_of(file, &labels);
        all.extend(Answer::new(leases, &connections).trials(mistake));
    }
    all
}

/// Delta's clock is wrong in every operation; the others' mistakes are labelled.
fn mistake_of(file: &str, labels: &str) -> Option<(&'static str, Hypothesis)> {
    let name = if file.starts_with("delta") {
        Some("local-as-utc")
    } else {
        labels.lines().find_map(|line| line.strip_prefix(file)?.strip_prefix(",,")?.split(',').next())
    };
    name.and_then(|name| MISTAKES.iter().copied().find(|(known, _)| *known == name))
}

struct Answer {
    leases: Vec<Lease>,
    /// Prefix lengths that occur, on the scale of 128 bits.
    lengths: BTreeSet<u8>,
    by_address: BTreeMap<(u8, u128), Vec<usize>>,
    /// Connections whose address the answer knows, by account.
    by_account: BTreeMap<String, Vec<Connection>>,
}

impl Answer {
    fn new(leases: Vec<Lease>, connections: &[Connection]) -> Self {
        let mut by_address: BTreeMap<(u8, u128), Vec<usize>> = BTreeMap::new();
        for (idx, lease) in leases.iter().enumerate() {
            let prefix = lease.address.prefix;
            by_address.entry((prefix.bits_128(), prefix.low.0)).or_default().push(idx);
        }
        let lengths = by_address.keys().map(|(bits, _)| *bits).collect();
        let mut answer = Self { leases, lengths, by_address, by_account: BTreeMap::new() };
        for connection in connections {
            if answer.known(connection).next().is_some() {
                let account = format!("{}/{}", connection.platform, connection.account);
                answer.by_account.entry(account).or_default().push(connection.clone());
            }
        }
        answer
    }

    /// Leases of the connection's address, at whatever time.
    fn known(&self, connection: &Connection) -> impl Iterator<Item = usize> {
        let address = connection.address.address;
        let of_prefix = move |bits: &u8| self.by_address.get(&(*bits, address.0 & mask(*bits)));
        self.lengths.iter().filter_map(of_prefix).flatten().copied()
    }

    fn trials(&self, mistake: Option<(&'static str, Hypothesis)>) -> Vec<Trial> {
        let mut trials = Vec::new();
        let all: Vec<&Connection> = self.by_account.values().flatten().collect();
        if all.len() >= SIZES[0] {
            trials.push(self.trial(&all, None, mistake));
        }
        for of_account in self.by_account.values() {
            for size in SIZES.into_iter().filter(|size| *size <= of_account.len()) {
                let spread = (0..size).map(|idx| &of_account[idx * of_account.len() / size]);
                trials.push(self.trial(&spread.collect::<Vec<_>>(), Some(size), mistake));
            }
        }
        trials
    }

    fn trial(
        &self,
        connections: &[&Connection],
        size: Option<usize>,
        mistake: Option<(&'static str, Hypothesis)>,
    ) -> Trial {
        let mut files = Files::default();
        files.add("log", connections.iter().map(|row| Row::Connection((*row).clone())));
        // Leases of other addresses say nothing about these connections.
        let asked: BTreeSet<usize> = connections.iter().flat_map(|row| self.known(row)).collect();
        files.add("answer", asked.into_iter().map(|idx| Row::Lease(self.leases[idx].clone())));
        let zones = zone_shift::run(&files, &Decisions::new()).expect("memory can be read");
        let indicated = zones.clocks.values().find_map(|clock| match clock {
            Clock::Blocked(indicated) => Some(indicated.reading),
            _ => None,
        });
        let telling = mistake.map_or(0, |(_, undo)| {
            let tells = |row: &&&Connection| {
                self.falls_on(row, |at_us| at_us) != self.falls_on(row, |at_us| undo.true_us(at_us))
            };
            connections.iter().filter(tells).count()
        });
        Trial {
            fault: mistake.map(|(name, _)| name),
            size,
            telling,
            right: indicated.is_some() && indicated == mistake.map(|(_, undo)| undo),
            indicated: indicated.map(Hypothesis::name),
        }
    }

    /// The line on which a connection falls when the answer's times are read so, if it is one.
    fn falls_on(&self, row: &Connection, read: impl Fn(i64) -> i64) -> Option<&str> {
        const SLACK_US: i64 = 5_000_000;
        let at_us = row.at.as_ref()?.at_us;
        let holds = |idx: &usize| {
            let lease = &self.leases[*idx];
            let until_us = lease.until.as_ref().map_or(i64::MAX, |until| read(until.at_us));
            let ports = lease.port_low.zip(lease.port_high).zip(row.port);
            read(lease.from.at_us) <= at_us + SLACK_US
                && until_us > at_us - SLACK_US
                && ports.is_none_or(|((low, high), port)| (low..=high).contains(&port))
        };
        let lines: BTreeSet<&str> =
            self.known(row).filter(holds).map(|idx| self.leases[idx].line.as_str()).collect();
        lines.first().copied().filter(|_| lines.len() == 1)
    }
}

/// The rows that the program reads from a file.
fn rows(path: &str, bytes: &[u8]) -> Vec<Row> {
    let name = path.rsplit('/').next().expect("a name");
    let head = &bytes[..bytes.len().min(1 << 16)];
    let reader = tutela_sources::recognise(&Sample { name, head }).expect("a reader knows the file");
    let declared = Declared { zone: Some("Europe/Rome".parse().expect("a zone")), ..Declared::default() };
    let mut rows = Rows::default();
    (reader.read)(Input::from_memory(name, bytes.to_vec()), &declared, &mut rows).expect("the file is read");
    rows.0
}

#[derive(Default)]
struct Rows(Vec<Row>);

impl Sink for Rows {
    fn record(&mut self) {}

    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        self.0.push(row);
        Ok(())
    }

    fn skip(&mut self, _: &Spot, _: &'static str) {}

    fn note(&mut self, _: &'static str, _: &str) {}

    fn progress(&mut self, _: u64) {}
}

/// Tables in memory.
#[derive(Default)]
struct Files(BTreeMap<Digest, BTreeMap<&'static str, RecordBatch>>);

impl Files {
    fn add(&mut self, name: &str, rows: impl Iterator<Item = Row>) {
        let mut builders = Builders::default();
        for row in rows {
            builders.push(&row, usize::MAX);
        }
        let batches = builders.finish().into_iter().map(|(name, (_, batch))| (name, batch)).collect();
        self.0.insert(Digest::of(name.as_bytes()), batches);
    }
}

impl Tables for Files {
    fn parts(&self, table: &TableInfo) -> Vec<Part> {
        let part = |(source, batches): (&Digest, &BTreeMap<&str, RecordBatch>)| {
            let n_rows = batches.get(table.name)?.num_rows() as u64;
            Some(Part { source: *source, n_rows, digest: *source })
        };
        self.0.iter().filter_map(part).collect()
    }

    fn scan(
        &self,
        table: &TableInfo,
        part: &Part,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        let batch = &self.0[&part.source][table.name];
        let wanted: Vec<usize> = (0..batch.num_columns())
            .filter(|idx| columns.is_empty() || columns.contains(&batch.schema().field(*idx).name().as_str()))
            .collect();
        // There is one batch, and so nothing left to break off.
        let _ = each(batch.project(&wanted).expect("the columns exist"));
        Ok(())
    }
}
