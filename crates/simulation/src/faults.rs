//! Mistakes made on purpose, each with a label: a digit mistyped, an answer in the wrong zone, a port left out. They
//! are those that wrong attributions have been traced to (reports of the United Kingdom's oversight bodies for 2014 to
//! 2019), and those of files that travel through spreadsheets.
//!
//! Without faults nothing is changed. With them nothing is changed but what a label names: the world, its truth and all
//! random numbers stay as they were.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use crate::SimulationError;
use crate::accounts::{Account, Platform};
use crate::clock::Clock;
use crate::connections::Connection;
use crate::names::street;
use crate::network::Operator;
use crate::operator_answers::Row;
use crate::rng::{Rng, mix};

/// A kind of mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// One digit of an address in an answer is another one.
    Typo,
    /// An answer's row is of the day before or after.
    WrongDay,
    /// An answer gives the address that bills go to, under the name of the one where the line is.
    BillingAddress,
    /// An answer's row has the port block of the neighbour on the same address.
    NextPortBlock,
    /// An answer's row stands twice.
    DuplicatedRow,
    /// A log's row has no port.
    DroppedPort,
    /// A log's row has an address that the program on the device remembered, and that was not connected.
    SelfReported,
    /// An answer's row ends in the middle, and the next one begins.
    TruncatedRow,
    /// The clock of a device is minutes off, and so are the times of a log that takes the device's word.
    DeviceClock,
    /// An answer ends in the middle of a row.
    TruncatedFile,
    /// An answer's times stand so many hours late (early, when negative).
    Zone(i8),
    /// An answer's times stand an hour early in summer: winter time all year.
    SummerIgnored,
    /// An answer's times stand an hour late in winter: summer time all year.
    SummerAlways,
    /// An answer's times are local and were taken for UTC.
    LocalAsUtc,
    /// An answer's times are in UTC and were taken for local.
    UtcAsLocal,
    /// Day and month have changed places where the result is a day: what a spreadsheet of another country does.
    DayMonthSwapped,
    /// An answer's times are of the year before.
    WrongYear,
}

/// Every fault, by its name on the command line.
pub static FAULTS: &[(&str, Fault)] = &[
    ("typo", Fault::Typo),
    ("wrong-day", Fault::WrongDay),
    ("billing-address", Fault::BillingAddress),
    ("next-port-block", Fault::NextPortBlock),
    ("duplicated-row", Fault::DuplicatedRow),
    ("dropped-port", Fault::DroppedPort),
    ("self-reported", Fault::SelfReported),
    ("truncated-row", Fault::TruncatedRow),
    ("device-clock", Fault::DeviceClock),
    ("truncated-file", Fault::TruncatedFile),
    ("zone+1h", Fault::Zone(1)),
    ("zone-1h", Fault::Zone(-1)),
    ("zone+2h", Fault::Zone(2)),
    ("zone-2h", Fault::Zone(-2)),
    ("summer-ignored", Fault::SummerIgnored),
    ("summer-always", Fault::SummerAlways),
    ("local-as-utc", Fault::LocalAsUtc),
    ("utc-as-local", Fault::UtcAsLocal),
    ("day-month-swapped", Fault::DayMonthSwapped),
    ("wrong-year", Fault::WrongYear),
];

impl Fault {
    fn name(self) -> &'static str {
        FAULTS.iter().find(|(_, fault)| *fault == self).map_or("", |(name, _)| name)
    }

    /// Whether it befalls rows, each with a chance of its own; the others befall one file.
    fn is_of_rows(self) -> bool {
        self < Self::TruncatedFile
    }

    /// Whether it moves all times of an answer.
    fn is_of_clock(self) -> bool {
        self > Self::TruncatedFile
    }

    /// An instant as an answer with this mistake states it; `local` where the answer is written in local time.
    fn stated_s(self, clock: &Clock, local: bool, at_s: i64) -> i64 {
        let offset_s = clock.offset_s(at_s);
        match self {
            Self::Zone(hours) => at_s + 3600 * i64::from(hours),
            Self::SummerIgnored if offset_s > WINTER_S => at_s - 3600,
            Self::SummerAlways if offset_s == WINTER_S => at_s + 3600,
            Self::LocalAsUtc => at_s + offset_s,
            Self::UtcAsLocal => at_s - offset_s,
            Self::DayMonthSwapped => clock.day_month_swapped(at_s, local),
            Self::WrongYear => clock.a_year_before(at_s, local),
            _ => at_s,
        }
    }

    /// What the label of a mistake of a whole file says: from what, to what.
    fn of_file(self) -> [String; 2] {
        let [from, to] = match self {
            Self::Zone(hours) => return ["+0 h".to_owned(), format!("{hours:+} h")],
            Self::SummerIgnored => ["Europe/Rome", "UTC+01:00"],
            Self::SummerAlways => ["Europe/Rome", "UTC+02:00"],
            Self::LocalAsUtc => ["Europe/Rome", "UTC"],
            Self::UtcAsLocal => ["UTC", "Europe/Rome"],
            Self::DayMonthSwapped => ["day/month", "month/day"],
            _ => ["2026", "2025"],
        };
        [from.to_owned(), to.to_owned()]
    }
}

/// The offset of Rome in winter, seconds.
const WINTER_S: i64 = 3600;

/// Which faults are asked for, each of rows with its rate in millionths. By default none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    asked: BTreeMap<Fault, u32>,
}

/// The rate of a fault of rows where none is given: one row in a hundred.
const RATE_PPM: u32 = 10_000;

impl FromStr for Faults {
    type Err = SimulationError;

    /// Reads `typo,dropped-port=0.05,zone+1h`, or `all`.
    fn from_str(text: &str) -> Result<Self, SimulationError> {
        let mut asked = BTreeMap::new();
        for part in text.split(',').map(str::trim) {
            if part == "all" {
                asked.extend(FAULTS.iter().map(|(_, fault)| (*fault, RATE_PPM)));
                continue;
            }
            let (name, rate) = part.split_once('=').map_or((part, None), |(name, rate)| (name, Some(rate)));
            let (_, fault) = FAULTS
                .iter()
                .find(|(known, _)| *known == name)
                .ok_or_else(|| SimulationError::UnknownFault(name.to_owned()))?;
            let rate_ppm = match rate {
                None => RATE_PPM,
                Some(_) if !fault.is_of_rows() => return Err(SimulationError::RateOfFile(name.to_owned())),
                Some(rate) => rate_ppm(rate).ok_or_else(|| SimulationError::Rate(part.to_owned()))?,
            };
            asked.insert(*fault, rate_ppm);
        }
        Ok(Self { asked })
    }
}

fn rate_ppm(text: &str) -> Option<u32> {
    let rate: f64 = text.parse().ok()?;
    (rate > 0.0 && rate <= 1.0).then_some((rate * 1e6).round() as u32)
}

impl Faults {
    /// Whether none is asked for.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.asked.is_empty()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (idx, (fault, rate_ppm)) in self.asked.iter().enumerate() {
            let comma = if idx > 0 { "," } else { "" };
            write!(f, "{comma}{}", fault.name())?;
            if *rate_ppm != RATE_PPM {
                write!(f, "={}", f64::from(*rate_ppm) / 1e6)?;
            }
        }
        Ok(())
    }
}

/// One mistake that was made: what `truth/faults.csv` says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The file's name.
    pub file: String,
    /// The line in it, or the row of a sheet, from 1; `None` for the whole file.
    pub line: Option<u64>,
    /// The fault's name.
    pub fault: &'static str,
    /// What was changed.
    pub changed: &'static str,
    /// What would have stood there. Times are in UTC, before a mistake of the whole file.
    pub from: String,
    /// What stands there.
    pub to: String,
}

/// Makes the mistakes while files are written, and keeps their labels.
pub struct Injection {
    seed: u64,
    asked: BTreeMap<Fault, u32>,
    clock: Clock,
    /// The mistake of each operator's clock.
    clocks: BTreeMap<Operator, Fault>,
    truncated: Option<Operator>,
    /// The address that each account had last, and the one before it.
    remembered: BTreeMap<usize, [Option<Endpoint>; 2]>,
    /// What was made so far.
    pub labels: Vec<Label>,
}

type Endpoint = (IpAddr, Option<u16>);

/// A row that is about to be written: its file and its line.
pub type Place<'p> = (&'p str, u64);

impl Injection {
    /// Decides which files are hit. An answer takes one mistake of its clock: of several that are asked for, the seed
    /// says which ones are made, and in whose answer. Delta's clock is wrong in every world and takes none.
    #[must_use]
    pub fn new(seed: u64, faults: &Faults) -> Self {
        let asked = faults.asked.clone();
        let mut rng = Rng::new(seed, &[70]);
        let mut operators = [Operator::Alfanet, Operator::Borea, Operator::Cometa];
        let mut mistakes: Vec<Fault> = asked.keys().copied().filter(|fault| fault.is_of_clock()).collect();
        rng.shuffle(&mut operators);
        rng.shuffle(&mut mistakes);
        let text_files = [Operator::Alfanet, Operator::Borea, Operator::Delta];
        let truncated = asked.contains_key(&Fault::TruncatedFile).then(|| *rng.pick(&text_files));
        Self {
            seed,
            asked,
            clock: Clock::new(),
            clocks: operators.into_iter().zip(mistakes).collect(),
            truncated,
            remembered: BTreeMap::new(),
            labels: Vec::new(),
        }
    }

    /// Labels the mistake of the clock in an answer's file, if it has one.
    pub fn begin_answer(&mut self, operator: Operator, file: &str) {
        if let Some(fault) = self.clocks.get(&operator).copied() {
            let [from, to] = fault.of_file();
            self.label((file, 0), fault, "all times", from, to);
        }
    }

    /// Whether the answer of an operator will be truncated.
    #[must_use]
    pub fn truncates(&self, operator: Operator) -> bool {
        self.truncated == Some(operator)
    }

    /// How many bytes of a whole file are kept: it ends inside a row.
    pub fn truncate(&mut self, file: &str, whole: &[u8]) -> usize {
        let mut rng = Rng::new(self.seed, &[71]);
        let permille = rng.between(600, 950) as usize;
        let about = whole.len() * permille / 1000;
        let row_end = whole[about..].iter().position(|byte| *byte == b'\n').unwrap_or(0);
        let kept = about + row_end.saturating_sub(2);
        let line = whole[..kept].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        // What is no longer in the file was not made wrong.
        self.labels.retain(|label| label.file != file || label.line.is_none_or(|there| there <= line));
        let [from, to] = [whole.len(), kept].map(|bytes| format!("{bytes} bytes"));
        self.label((file, line), Fault::TruncatedFile, "the end of the file", from, to);
        kept
    }

    /// Makes the mistakes of an answer's row.
    pub fn lease(&mut self, place: Place<'_>, row: &mut Row<'_>) {
        if self.asked.is_empty() {
            return;
        }
        self.typo(place, row);
        self.next_port_block(place, row);
        self.wrong_day(place, row);
        self.billing_address(place, row);
        let operator = row.line.pool.plan().operator;
        if let Some(fault) = self.clocks.get(&operator) {
            let local = operator != Operator::Cometa;
            row.from_s = fault.stated_s(&self.clock, local, row.from_s);
            row.until_s = row.until_s.map(|until_s| fault.stated_s(&self.clock, local, until_s));
        }
    }

    /// Cuts a row of an answer's text file somewhere after its first third.
    pub fn cut(&mut self, place: Place<'_>, row: &mut Vec<u8>) {
        let Some(mut rng) = self.due(Fault::TruncatedRow, place) else { return };
        let whole = row.len();
        row.truncate(rng.between(whole as i64 / 3, whole as i64 - 2) as usize);
        let [from, to] = [whole, row.len()].map(|bytes| format!("{bytes} bytes"));
        self.label(place, Fault::TruncatedRow, "the end of the row", from, to);
    }

    /// Whether an answer's row is written once more, at this place.
    pub fn repeats(&mut self, place: Place<'_>) -> bool {
        let due = self.due(Fault::DuplicatedRow, place).is_some();
        if due {
            let [from, to] = [(place.1 - 1), place.1].map(|line| format!("line {line}"));
            self.label(place, Fault::DuplicatedRow, "rows", from, to);
        }
        due
    }

    /// The connection as a log with mistakes has it; `None` when it has none.
    pub fn connection(
        &mut self,
        place: Place<'_>,
        account: &Account,
        seen: &Connection,
    ) -> Option<Connection> {
        if self.asked.is_empty() {
            return None;
        }
        let mut spoiled = seen.clone();
        let [last, before] = self.remembered.entry(seen.account).or_default();
        if last.is_none_or(|(address, _)| address != seen.address) {
            *before = last.replace((seen.address, seen.port));
        }
        let stale = *before;
        if let (Some((address, port)), Some(_)) = (stale, self.due(Fault::SelfReported, place)) {
            (spoiled.address, spoiled.port) = (address, port);
            let [from, to] = [seen, &spoiled].map(|at| endpoint(at.address, at.port));
            self.label(place, Fault::SelfReported, "address and port", from, to);
        }
        if let (Some(port), Some(_)) = (spoiled.port, self.due(Fault::DroppedPort, place)) {
            spoiled.port = None;
            self.label(place, Fault::DroppedPort, "port", port.to_string(), String::new());
        }
        if let (Some(device), Platform::Lumigram) = (seen.device, account.platform) {
            self.device_clock(place, (seen.account, device), &mut spoiled);
        }
        Some(spoiled)
    }

    /// All rows of a device on an account are off by the same time, so that the device decides.
    fn device_clock(&mut self, place: Place<'_>, (account, device): (usize, usize), row: &mut Connection) {
        let number = (account * 3 + device) as u64;
        let Some(mut rng) = self.due_for(Fault::DeviceClock, "", number) else { return };
        let off_ms = 1000 * rng.between(120, 900) * if rng.chance(500) { 1 } else { -1 };
        let from = self.instant(row.said_ms.div_euclid(1000));
        row.said_ms += off_ms;
        let to = self.instant(row.said_ms.div_euclid(1000));
        self.label(place, Fault::DeviceClock, "time", from, to);
    }

    fn typo(&mut self, place: Place<'_>, row: &mut Row<'_>) {
        let Ok(right) = row.address.parse::<Ipv4Addr>() else { return };
        let Some(mut rng) = self.due(Fault::Typo, place) else { return };
        let plan = row.line.pool.plan();
        let in_pool = |address: Ipv4Addr| {
            let differs = u32::from(address) ^ u32::from(Ipv4Addr::from(plan.first));
            differs.leading_zeros() >= u32::from(plan.bits)
        };
        // A mistyped address stays in the pool, and so among those that belong to nobody.
        let mut typed: Vec<String> = Vec::new();
        for at in 0..row.address.len() {
            for digit in ('0'..='9').filter(|_| row.address.as_bytes()[at].is_ascii_digit()) {
                let mut text = row.address.clone();
                text.replace_range(at..=at, digit.encode_utf8(&mut [0; 4]));
                if text.parse().is_ok_and(|address| address != right && in_pool(address)) {
                    typed.push(text);
                }
            }
        }
        if !typed.is_empty() {
            let wrong = rng.pick(&typed).clone();
            let from = std::mem::replace(&mut row.address, wrong);
            self.label(place, Fault::Typo, "address", from, row.address.clone());
        }
    }

    fn next_port_block(&mut self, place: Place<'_>, row: &mut Row<'_>) {
        let Some((low, high)) = row.ports else { return };
        if self.due(Fault::NextPortBlock, place).is_none() {
            return;
        }
        let block = high - low + 1;
        let moved = match high.checked_add(block) {
            Some(next_high) => (low + block, next_high),
            None => (low - block, high - block),
        };
        row.ports = Some(moved);
        let [from, to] = [(low, high), moved].map(|(low, high)| format!("{low}-{high}"));
        self.label(place, Fault::NextPortBlock, "ports", from, to);
    }

    fn wrong_day(&mut self, place: Place<'_>, row: &mut Row<'_>) {
        let Some(mut rng) = self.due(Fault::WrongDay, place) else { return };
        let moved_s = if rng.chance(500) { crate::clock::DAY_S } else { -crate::clock::DAY_S };
        let from = self.instant(row.from_s);
        row.from_s += moved_s;
        row.until_s = row.until_s.map(|until_s| until_s + moved_s);
        let to = self.instant(row.from_s);
        self.label(place, Fault::WrongDay, "beginning and end", from, to);
    }

    /// All rows of a line have the same address, so that the line decides.
    fn billing_address(&mut self, place: Place<'_>, row: &mut Row<'_>) {
        let serial = u64::from(row.line.serial());
        if self.due_for(Fault::BillingAddress, "", serial).is_none() {
            return;
        }
        let elsewhere = street(8_000_000 + row.line.serial() % 3_500_000);
        let from = std::mem::replace(&mut row.street, elsewhere.into());
        let (from, to) = (from.into_owned(), row.street.clone().into_owned());
        self.label(place, Fault::BillingAddress, "installation address", from, to);
    }

    fn due(&self, fault: Fault, (file, line): Place<'_>) -> Option<Rng> {
        self.due_for(fault, file, line)
    }

    /// Whether a fault is due, by its rate; if so, random numbers for it. Faults are drawn one by one, so that asking
    /// for one more does not move the others.
    fn due_for(&self, fault: Fault, file: &str, number: u64) -> Option<Rng> {
        let rate_ppm = self.asked.get(&fault)?;
        let file = file.bytes().fold(0, |sum, byte| mix(sum, &[u64::from(byte)]));
        let name = FAULTS.iter().position(|(_, known)| *known == fault)?;
        let mut rng = Rng::new(self.seed, &[72, name as u64, file, number]);
        (rng.below(1_000_000) < *rate_ppm).then_some(rng)
    }

    fn label(
        &mut self,
        (file, line): Place<'_>,
        fault: Fault,
        changed: &'static str,
        from: String,
        to: String,
    ) {
        let (file, line) = (file.to_owned(), (line > 0).then_some(line));
        self.labels.push(Label { file, line, fault: fault.name(), changed, from, to });
    }

    fn instant(&self, at_s: i64) -> String {
        let mut text = Vec::new();
        self.clock.utc(at_s, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }
}

fn endpoint(address: IpAddr, port: Option<u16>) -> String {
    match port {
        Some(port) => format!("{address} port {port}"),
        None => address.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_with_their_rates() {
        let faults: Faults = "typo=0.5, zone-1h,dropped-port".parse().expect("known faults");
        let asked = [(Fault::Typo, 500_000), (Fault::DroppedPort, 10_000), (Fault::Zone(-1), 10_000)];
        assert_eq!(faults.asked, BTreeMap::from(asked));
        assert_eq!(faults.to_string(), "typo=0.5,dropped-port,zone-1h");
        assert!(Faults::default().is_none());
        assert_eq!("all".parse::<Faults>().expect("all").asked.len(), FAULTS.len());
    }

    #[test]
    fn what_is_no_fault_and_no_rate_is_refused() {
        for text in ["", "nothing", "typo=0", "typo=2", "typo=x", "zone+1h=0.5", "typo,,"] {
            assert!(text.parse::<Faults>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_answer_with_winter_time_all_year_is_an_hour_early_in_summer_only() {
        let clock = Clock::new();
        let (winter_s, summer_s) = (1_770_000_000, 1_780_000_000);
        let stated = |fault: Fault, at_s| fault.stated_s(&clock, true, at_s) - at_s;
        assert_eq!([winter_s, summer_s].map(|at_s| stated(Fault::SummerIgnored, at_s)), [0, -3600]);
        assert_eq!([winter_s, summer_s].map(|at_s| stated(Fault::SummerAlways, at_s)), [3600, 0]);
        assert_eq!([winter_s, summer_s].map(|at_s| stated(Fault::LocalAsUtc, at_s)), [3600, 7200]);
        assert_eq!([winter_s, summer_s].map(|at_s| stated(Fault::UtcAsLocal, at_s)), [-3600, -7200]);
    }
}
