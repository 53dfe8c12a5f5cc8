//! Rows that are wrong on purpose, as many at every size: each is labelled in `truth/faults.csv`.

use std::net::{IpAddr, Ipv4Addr};

use super::crowd::Crowd;
use super::exports::{Exports, Observer, Stands};
use super::files::Files;
use super::places::{Plan, prefix};
use super::sighting::{Basis, DAYS, FIRST_S, Network, Seen, Sighting, number};
use super::stream::Live;
use crate::SimulationError;
use crate::clock::DAY_S;
use crate::platform_logs::Fault;
use crate::rng::{Rng, mix};

/// What is wrong with a row of vigil, on which day it stands, and which column has what instead.
type Wrong = (&'static str, i64, usize, &'static str);

/// Columns of vigil.
const AT: usize = 0;
const ADDRESS: usize = 2;
const NUMBER: usize = 4;
const FILE: usize = 5;

const WRONG: [Wrong; 14] = [
    ("a hash that is too short", 2, FILE, "0123456789abcdef0123456789abcd"),
    ("a hash that is too long", 9, FILE, "0123456789abcdef0123456789abcdef0123456789abcdef01"),
    ("a hash that is not hexadecimal", 13, FILE, "0123456789abcdefghij456789abcdef"),
    ("no hash", 21, FILE, ""),
    ("a peer's number that is too short", 24, NUMBER, "0123456789abcdef01"),
    ("the address of no host", 5, ADDRESS, "0.0.0.0"),
    ("the address of no host", 29, ADDRESS, "0.0.0.0"),
    ("a private address of a connection", 11, ADDRESS, "192.168.1.20"),
    ("a private address of a connection", 33, ADDRESS, "10.0.0.7"),
    ("a multicast address", 14, ADDRESS, "239.1.2.3"),
    ("an address of the machine itself", 37, ADDRESS, "127.0.0.1"),
    ("a number above 255 in the address", 41, ADDRESS, "198.18.300.9"),
    ("a time in the future", 44, AT, "2027-03-14T10:00:00.000Z"),
    ("a time in the future", 52, AT, "2062-01-01T00:00:00.000Z"),
];
/// Days on which a row of vigil stands twice.
const TWICE: [i64; 3] = [7, 26, 48];
/// The day on which one number is seen in ten countries.
const COUNTRIES_DAY: i64 = 31;
/// Rows of the file that came late.
const LATE: u64 = 240;

/// Writes wrong rows as their days come, and keeps their labels.
pub struct Injector {
    seed: u64,
    next_day: i64,
    /// What was made so far.
    pub labels: Vec<Fault>,
}

impl Injector {
    /// Nothing made.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, next_day: 0, labels: Vec::new() }
    }

    /// Writes the wrong rows of all days that have come to their noon by an instant, milliseconds.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn before(&mut self, at_ms: i64, exports: &mut Exports<'_>) -> Result<(), SimulationError> {
        while self.next_day < DAYS {
            let noon_ms = (FIRST_S + self.next_day * DAY_S + DAY_S / 2) * 1000;
            if at_ms < noon_ms {
                break;
            }
            self.of_day(self.next_day, noon_ms, exports)?;
            self.next_day += 1;
        }
        Ok(())
    }

    /// Writes those of the days that are left.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn finish(&mut self, exports: &mut Exports<'_>) -> Result<(), SimulationError> {
        self.before(i64::MAX, exports)
    }

    fn of_day(&mut self, day: i64, noon_ms: i64, exports: &mut Exports<'_>) -> Result<(), SimulationError> {
        let like = nobodys(self.seed, day, noon_ms);
        let mut right = Vec::new();
        exports.vigil_row(&like, &mut right);
        for (what, _, column, instead) in WRONG.iter().filter(|(_, of, ..)| *of == day) {
            let cells: Vec<&[u8]> = right
                .split(|byte| *byte == b',')
                .enumerate()
                .map(|(idx, cell)| if idx == *column { instead.as_bytes() } else { cell })
                .collect();
            exports.write_line(Observer::Vigil, day, &cells.join(&b','))?;
            self.label(exports.last(Observer::Vigil), what);
        }
        if TWICE.contains(&day) {
            for what in ["a row that stands twice", "the row before it once more"] {
                exports.write_line(Observer::Vigil, day, &right)?;
                self.label(exports.last(Observer::Vigil), what);
            }
        }
        if day == COUNTRIES_DAY {
            for country in 0..10 {
                let first = u64::from(prefix(24 + country).0) + 7_000;
                let address = IpAddr::V4(Ipv4Addr::from(first as u32));
                let at_ms = like.at_ms + country as i64 * 240_000;
                exports.vigil_row(&Sighting { address, at_ms, ..like }, &mut right);
                exports.write_line(Observer::Vigil, day, &right)?;
                self.label(exports.last(Observer::Vigil), "one number in ten countries within an hour");
            }
        }
        Ok(())
    }

    fn label(&mut self, Stands { path, line }: Stands, what: &'static str) {
        self.labels.push(Fault { file: file_name(&path).to_owned(), line, what });
    }

    /// Writes the file that came late: rows of three months in no order, from before the period on. Its rows are right.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn write_late(
        &mut self,
        (crowd, files): (&Crowd, &Files),
        exports: &mut Exports<'_>,
        mut each: impl FnMut(&Sighting, &mut Live),
    ) -> Result<(), SimulationError> {
        const PATH: &str = "sightings/vigil_sightings-arretrati.csv.zst";
        let mut lines = exports.late(PATH)?;
        let mut rng = Rng::new(self.seed, &[95]);
        let mut row = Vec::new();
        for ordinal in 0..LATE {
            let at_ms = (FIRST_S + rng.between(-60 * DAY_S, 30 * DAY_S)) * 1000 + rng.between(0, 999);
            let day = (at_ms / 1000 - FIRST_S).div_euclid(DAY_S);
            let mut live = Live::new(crowd.session(u64::MAX - ordinal, day), 1);
            let sighting = crowd.sighting(&live.session, 0, at_ms, files);
            exports.vigil_row(&sighting, &mut row);
            lines.write(&row)?;
            each(&sighting, &mut live);
        }
        lines.finish()?;
        self.label(Stands { path: PATH.to_owned(), line: 0 }, "rows of three months in no order");
        Ok(())
    }
}

/// The name of the file at a path.
#[must_use]
pub fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// A sighting of a peer that is nobody's, so that nothing of the world is changed.
fn nobodys(seed: u64, day: i64, at_ms: i64) -> Sighting {
    let files = Files::new(seed, 1.0);
    Sighting {
        at_ms,
        network: Network::Ed2k,
        address: Plan::new(1_000).address(24, mix(seed, &[96, day as u64])),
        port: Some(4662),
        number: number(Network::Ed2k, mix(seed, &[97, day as u64])),
        file: files.of_rank(1_000 + day as u32, day),
        seen: Seen::Offered,
        basis: Basis::Connected,
        client: 0,
    }
}
