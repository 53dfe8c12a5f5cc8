//! When accounts were in use where, for the few of them that are compared: who was active together, and who was active
//! in two homes at once, against what chance would give.
//!
//! Chance is estimated from the data: the times of one account are moved by whole days, which keeps its hours of the
//! day, and counted again.
//! What counts is a stretch (a session of a line, or a day), not a row: a hundred rows of one evening are one evening.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt16Type};
use arrow_array::{Array, RecordBatch, StringArray};
use tutela_model::field::address_at;
use tutela_model::table::TablesError;
use tutela_model::tables::Connection;
use tutela_model::time::Precision;
use tutela_model::words::Words;
use tutela_model::{RowRef, Table, Tables, Text};

use crate::linkage::scale::millibans;
use crate::usage::{AccountKey, SLACK_US, Usage};

/// Within this, two uses are at one time, in microseconds.
pub const AT_ONCE_US: i64 = 300_000_000;

const DAY_US: i64 = 86_400_000_000;

/// By how many days one account's times are moved to see what chance gives.
const SHIFTS: [i64; 10] = [-5, -4, -3, -2, -1, 1, 2, 3, 4, 5];

/// One person's accounts are active together on one line in this many times the odds of chance.
const TOGETHER: u64 = 3;

/// One person's accounts seem active in two homes at once in a third of the odds of chance, in thousandths: a device
/// that was left behind acts by itself.
const APART_PERMILLE: u64 = 316;

/// The most rows that are kept for a pair.
const ROWS: usize = 8;

/// One use of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Act {
    at_us: i64,
    line: u32,
    session: u32,
    device: Option<Text>,
    part: u32,
    place: Text,
}

/// Uses of the accounts that are compared, on lines that `attribution` counted.
#[derive(Default)]
pub struct Activity {
    of: BTreeMap<u32, Vec<Act>>,
    /// A row of each account and device: the first by time.
    devices: BTreeMap<(u32, Text), (i64, u32, Text)>,
}

/// What was counted of a pair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Stretches of the account that has fewer.
    pub n: u64,
    /// Those in which the other was active at once.
    pub hits: u64,
    /// The same for the other's times moved, over all moves.
    chance: u64,
    /// Those hits in which both used a device and never the same.
    pub other_device: u64,
    /// Rows of hits, of both accounts.
    pub rows: Vec<RowRef>,
}

impl Activity {
    /// Reads the uses of the accounts named, each with its number.
    pub fn read(
        tables: &dyn Tables,
        usage: &Usage,
        wanted: &BTreeMap<&AccountKey, u32>,
    ) -> Result<Self, TablesError> {
        let mut activity = Self::default();
        if wanted.is_empty() {
            return Ok(activity);
        }
        let mut numbers: BTreeMap<&str, BTreeMap<&str, u32>> = BTreeMap::new();
        for (key, number) in wanted {
            numbers.entry(&key.platform).or_default().insert(&key.account, *number);
        }
        let uses: BTreeMap<u32, &crate::usage::AccountUse> =
            wanted.iter().filter_map(|(key, number)| Some((*number, usage.accounts.get(*key)?))).collect();
        for (part, info) in tables.parts(&Connection::INFO).iter().enumerate() {
            tables.scan(&Connection::INFO, info, COLUMNS, &mut |batch| {
                let columns = Columns::of(&batch);
                for row in 0..batch.num_rows() {
                    let of_platform = numbers.get(columns.platform.value(row));
                    let number = of_platform.and_then(|of| of.get(columns.account.value(row)));
                    if let Some(number) = number
                        && let Some(account) = uses.get(number)
                    {
                        activity.add(*number, account, usage, &columns, &batch, row, part as u32);
                    }
                }
                ControlFlow::Continue(())
            })?;
        }
        for acts in activity.of.values_mut() {
            acts.sort();
            // One a minute, line and device is enough to say that the account was in use then.
            let minute = |act: &Act| act.at_us.div_euclid(60_000_000);
            acts.dedup_by(|later, act| {
                (minute(later), later.line, &later.device) == (minute(act), act.line, &act.device)
            });
        }
        Ok(activity)
    }

    #[expect(clippy::too_many_arguments, reason = "one row, with all that says what it is")]
    fn add(
        &mut self,
        number: u32,
        account: &crate::usage::AccountUse,
        usage: &Usage,
        columns: &Columns<'_>,
        batch: &RecordBatch,
        row: usize,
        part: u32,
    ) {
        let Some((low_us, high_us)) = columns.when(row) else { return };
        let place = columns.place.value(row);
        let device = columns.device.is_valid(row).then(|| Text::from(columns.device.value(row)));
        if let Some(device) = &device {
            let this = (low_us, part, Text::from(place));
            let first = self.devices.entry((number, device.clone())).or_insert_with(|| this.clone());
            if this < *first {
                *first = this;
            }
        }
        let address = batch.column_by_name("address").and_then(|column| address_at(column, row));
        let (Some(address), true) = (address, high_us - low_us < AT_ONCE_US) else { return };
        let mut hits = Vec::new();
        let when_us = (low_us - SLACK_US, high_us + SLACK_US);
        usage.index.at(address, columns.port(row), when_us, &mut hits);
        let Some(first) = hits.first().map(|idx| usage.index.held(*idx)) else { return };
        let one_line = hits.iter().all(|idx| usage.index.held(*idx).line == first.line);
        // What attribution left open is no place: only sessions that it counted are.
        let counted =
            account.lines.get(&first.line).is_some_and(|support| support.sessions.contains(&first.session));
        if one_line && counted {
            let (line, session, place) = (first.line, first.session, place.into());
            let act = Act { at_us: low_us, line, session, device, part, place };
            self.of.entry(number).or_default().push(act);
        }
    }

    /// A row in which an account used a device.
    pub fn row_of_device(&self, account: u32, device: &Text, usage: &Usage) -> Option<RowRef> {
        let (_, part, place) = self.devices.get(&(account, device.clone()))?;
        Some(row_ref(usage, *part, place))
    }

    /// Sessions of lines in which both accounts were active at once on the same line.
    pub fn together(&self, a: u32, b: u32, lines: &BTreeSet<u32>, usage: &Usage) -> Counted {
        let same = |act: &Act, other: &Act| act.line == other.line && lines.contains(&act.line);
        self.count(a, b, &same, &|act| lines.contains(&act.line), &|act| i64::from(act.session), usage)
    }

    /// Days on which both accounts were active at once on two lines that cannot be one person's place.
    pub fn apart(&self, a: u32, b: u32, pairs: &BTreeSet<(u32, u32)>, usage: &Usage) -> Counted {
        let apart = |act: &Act, other: &Act| {
            pairs.contains(&(act.line, other.line)) || pairs.contains(&(other.line, act.line))
        };
        let lines: BTreeSet<u32> = pairs.iter().flat_map(|(one, other)| [*one, *other]).collect();
        let day = |act: &Act| act.at_us.div_euclid(DAY_US);
        self.count(a, b, &apart, &|act| lines.contains(&act.line), &day, usage)
    }

    fn count(
        &self,
        a: u32,
        b: u32,
        meets: &dyn Fn(&Act, &Act) -> bool,
        counts: &dyn Fn(&Act) -> bool,
        stretch: &dyn Fn(&Act) -> i64,
        usage: &Usage,
    ) -> Counted {
        let of = |account: u32| -> Vec<&Act> {
            self.of.get(&account).into_iter().flatten().filter(|act| counts(act)).collect()
        };
        let n = |acts: &[&Act]| acts.iter().map(|act| stretch(act)).collect::<BTreeSet<i64>>().len() as u64;
        let (mut one, mut other) = (of(a), of(b));
        if n(&other) < n(&one) {
            std::mem::swap(&mut one, &mut other);
        }
        let mut counted = Counted { n: n(&one), ..Counted::default() };
        let mut devices: BTreeMap<i64, (bool, bool)> = BTreeMap::new();
        each_meeting(&one, &other, 0, meets, &mut |act, second| {
            let first_of_stretch = !devices.contains_key(&stretch(act));
            let (same, differ) = devices.entry(stretch(act)).or_default();
            if let (Some(device), Some(other)) = (&act.device, &second.device) {
                *(if device == other { same } else { differ }) = true;
            }
            if first_of_stretch && counted.rows.len() < ROWS {
                counted.rows.extend([act, second].map(|act| row_ref(usage, act.part, &act.place)));
            }
        });
        counted.hits = devices.len() as u64;
        counted.other_device = devices.values().filter(|(same, differ)| *differ && !*same).count() as u64;
        for days in SHIFTS {
            let mut met = BTreeSet::new();
            each_meeting(&one, &other, days * DAY_US, meets, &mut |act, _| {
                met.insert(stretch(act));
            });
            counted.chance += met.len() as u64;
        }
        counted
    }
}

/// Hands out the uses that meet when the other's times are moved.
fn each_meeting(
    one: &[&Act],
    other: &[&Act],
    moved_us: i64,
    meets: &dyn Fn(&Act, &Act) -> bool,
    each: &mut dyn FnMut(&Act, &Act),
) {
    let mut from = 0;
    for act in one {
        while from < other.len() && other[from].at_us + moved_us < act.at_us - AT_ONCE_US {
            from += 1;
        }
        let near = other[from..].iter().take_while(|other| other.at_us + moved_us <= act.at_us + AT_ONCE_US);
        near.filter(|other| meets(act, other)).for_each(|other| each(act, other));
    }
}

impl Counted {
    /// log10 of how much likelier the hits are when one person's odds of a hit are `factor` thousandths of those of
    /// chance: factor^hits / (1 + (factor − 1)·p)^n, with p the share of stretches that chance hits.
    fn millibans(&self, factor_permille: u64) -> i32 {
        if self.n == 0 {
            return 0;
        }
        let moves = SHIFTS.len() as u64;
        let whole = self.n * moves * 1000;
        let expected = whole - self.chance * 1000 + self.chance * factor_permille;
        let bounded = |n: u64| i32::try_from(n.min(10_000)).expect("ten thousand is an i32");
        bounded(self.hits) * millibans(factor_permille, 1000) - bounded(self.n) * millibans(expected, whole)
    }

    /// Whether there are more hits than chance gives, by more than twice its standard deviation.
    pub fn more_than_chance(&self) -> bool {
        let moves = SHIFTS.len() as u64;
        let (hits, chance) = (self.hits * moves, self.chance);
        hits > chance && (hits - chance).pow(2) > 4 * moves * chance
    }

    /// For one person, from uses on one line.
    pub fn for_together(&self) -> i32 {
        self.millibans(TOGETHER * 1000)
    }

    /// For one person, from uses in two homes: below zero when both were active at once.
    pub fn for_apart(&self) -> i32 {
        self.millibans(APART_PERMILLE)
    }
}

fn row_ref(usage: &Usage, part: u32, place: &Text) -> RowRef {
    RowRef {
        table: Connection::INFO.name.to_owned(),
        source: usage.parts[part as usize].source.hex(),
        place: place.to_string(),
    }
}

const COLUMNS: &[&str] = &["platform", "account", "address", "port", "at", "at_precision", "device", "place"];

struct Columns<'a> {
    platform: &'a StringArray,
    account: &'a StringArray,
    port: &'a arrow_array::PrimitiveArray<UInt16Type>,
    at: &'a arrow_array::PrimitiveArray<TimestampMicrosecondType>,
    precision: &'a StringArray,
    device: &'a StringArray,
    place: &'a StringArray,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        let column =
            |name: &str| batch.column_by_name(name).expect("the scan hands out the columns asked for");
        Self {
            platform: column("platform").as_string(),
            account: column("account").as_string(),
            port: column("port").as_primitive(),
            at: column("at").as_primitive(),
            precision: column("at_precision").as_string(),
            device: column("device").as_string(),
            place: column("place").as_string(),
        }
    }

    fn port(&self, row: usize) -> Option<u16> {
        self.port.is_valid(row).then(|| self.port.value(row))
    }

    fn when(&self, row: usize) -> Option<(i64, i64)> {
        let at_us = self.at.is_valid(row).then(|| self.at.value(row))?;
        let precision = Precision::from_word(self.precision.value(row)).unwrap_or(Precision::Day);
        Some((at_us, at_us + precision.width_us() - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(n: u64, hits: u64, chance: u64) -> Counted {
        Counted { n, hits, chance, ..Counted::default() }
    }

    #[test]
    fn what_chance_gives_says_little_and_what_it_does_not_give_says_more_with_each_stretch() {
        // Nothing by chance, four sessions together: three to the fourth.
        assert!((counted(10, 4, 0).for_together() - 4 * 477).abs() < 8);
        // Every session by chance too: nothing.
        assert!(counted(10, 10, 100).for_together().abs() < 16);
        // As often as chance gives: not for one person.
        assert!(counted(20, 10, 100).for_together() < 0);
        // Never together where chance gives half: against.
        assert!(counted(20, 0, 100).for_together() < -3000);
        assert_eq!(counted(0, 0, 0).for_together(), 0);
        // Five expected, and a standard deviation of some two.
        assert!(counted(40, 10, 50).more_than_chance());
        assert!(!counted(40, 9, 50).more_than_chance());
    }

    #[test]
    fn two_homes_at_once_speak_against_and_never_at_once_where_chance_gives_it_speaks_for() {
        assert!((counted(10, 4, 0).for_apart() + 4 * 500).abs() < 12);
        assert!(counted(20, 10, 100).for_apart() < 0);
        assert!(counted(20, 0, 100).for_apart() > 1000);
        assert!(counted(5, 5, 50).for_apart().abs() < 12, "in use all the time is in use whatever happens");
    }

    #[test]
    fn meetings_are_found_within_five_minutes_and_by_the_line() {
        let act = |minute: i64, line: u32| Act {
            at_us: minute * 60_000_000,
            line,
            session: 1,
            device: None,
            part: 0,
            place: "x".into(),
        };
        let (a, b) = ([act(0, 1), act(100, 1)], [act(5, 1), act(94, 1), act(101, 2)]);
        let (a, b): (Vec<&Act>, Vec<&Act>) = (a.iter().collect(), b.iter().collect());
        let mut found = Vec::new();
        each_meeting(&a, &b, 0, &|a, b| a.line == b.line, &mut |a, b| found.push((a.at_us, b.at_us)));
        assert_eq!(found, [(0, 300_000_000)]);
    }
}
