//! When accounts were in use where: who was active together, and who was active in two homes at once, against what
//! chance would give.
//!
//! Chance is estimated from the data: the times of one account are moved by whole days, which keeps its hours of the
//! day, and counted again.
//! What counts is a stretch (a session of a line, or a day), not a row: a hundred rows of one evening are one evening.
//! Uses are told apart by slots of the clock, and are at once in the same slot or in two that follow each other.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::time::DAY_US;
use tutela_model::{RowRef, Text};

use crate::linkage::scale::millibans;
use crate::usage::{AccountUse, Act, NO_DEVICE, SLOT_US, Shown, Usage};

/// Slots of a day.
const DAY: i64 = DAY_US / SLOT_US;

/// By how many days one account's times are moved to see what chance gives.
const SHIFTS: [i64; 10] = [-5, -4, -3, -2, -1, 1, 2, 3, 4, 5];

/// One person's accounts are active together on one line in this many times the odds of chance.
const TOGETHER: u64 = 3;

/// One person's accounts seem active in two homes at once in a third of the odds of chance, in thousandths: a device
/// that was left behind acts by itself.
const APART_PERMILLE: u64 = 316;

/// The most rows that are kept for a pair.
const ROWS: usize = 8;

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

/// A use of an account, on a line.
type OnLine = (Act, u32);

/// Sessions of lines in which both accounts were active at once on the same line.
pub fn together(one: &AccountUse, other: &AccountUse, lines: &BTreeSet<u32>, usage: &Usage) -> Counted {
    let same = |line: u32, other: u32| line == other;
    count([one, other], lines, &same, &|(act, _)| i64::from(act.session), usage)
}

/// Days on which both accounts were active at once on two lines that cannot be one person's place.
pub fn apart(one: &AccountUse, other: &AccountUse, pairs: &BTreeSet<(u32, u32)>, usage: &Usage) -> Counted {
    let apart = |line: u32, other: u32| pairs.contains(&(line, other)) || pairs.contains(&(other, line));
    let lines: BTreeSet<u32> = pairs.iter().flat_map(|(one, other)| [*one, *other]).collect();
    count([one, other], &lines, &apart, &|(act, _)| act.slot.div_euclid(DAY), usage)
}

/// A row in which an account used a device.
pub fn row_of_device(account: &AccountUse, device: &Text, usage: &Usage) -> Option<RowRef> {
    let (_, _, (part, place)) = account.devices.get(device)?.first.as_ref()?;
    Some(row_ref(usage, *part, place))
}

fn count(
    accounts: [&AccountUse; 2],
    lines: &BTreeSet<u32>,
    meets: &dyn Fn(u32, u32) -> bool,
    stretch: &dyn Fn(&OnLine) -> i64,
    usage: &Usage,
) -> Counted {
    let n = |acts: &[OnLine]| distinct(acts.iter().map(stretch)).len() as u64;
    let (mut accounts, mut acts) = (accounts, accounts.map(|account| on_lines(account, lines)));
    if n(&acts[1]) < n(&acts[0]) {
        accounts.reverse();
        acts.reverse();
    }
    let [one, other] = &acts;
    let mut counted = Counted { n: n(one), ..Counted::default() };
    // Accounts have numbers of their own for their devices.
    let name = |account: &AccountUse| -> Vec<Text> { account.devices.keys().cloned().collect() };
    let names = accounts.map(name);
    let device =
        |of: usize, act: &OnLine| (act.0.device != NO_DEVICE).then(|| &names[of][act.0.device as usize]);
    let mut devices: BTreeMap<i64, (bool, bool)> = BTreeMap::new();
    each_meeting(one, other, 0, meets, &mut |act, second| {
        let (same, differ) = devices.entry(stretch(act)).or_default();
        if let (Some(device), Some(other)) = (device(0, act), device(1, second)) {
            *(if device == other { same } else { differ }) = true;
        }
    });
    counted.hits = devices.len() as u64;
    counted.other_device = devices.values().filter(|(same, differ)| *differ && !*same).count() as u64;
    if counted.hits > 0 {
        counted.rows = rows(accounts, lines, meets, usage);
    }
    for days in SHIFTS {
        let mut met = Vec::new();
        each_meeting(one, other, days * DAY, meets, &mut |act, _| {
            let stretch = stretch(act);
            if met.last() != Some(&stretch) {
                met.push(stretch);
            }
        });
        counted.chance += distinct(met.into_iter()).len() as u64;
    }
    counted
}

fn distinct(numbers: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut numbers: Vec<i64> = numbers.collect();
    numbers.dedup();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// An account's uses of these lines, by time.
fn on_lines(account: &AccountUse, lines: &BTreeSet<u32>) -> Vec<OnLine> {
    let mut acts = Vec::new();
    for line in lines {
        let of_line = account.lines.get(line).into_iter().flat_map(|support| support.acts.by_time());
        acts.extend(of_line.map(|act| (*act, *line)));
    }
    // Stretches that are in order already are merged.
    acts.sort();
    acts
}

/// Hands out the uses that meet when the other's times are moved by some slots.
fn each_meeting(
    one: &[OnLine],
    other: &[OnLine],
    moved: i64,
    meets: &dyn Fn(u32, u32) -> bool,
    each: &mut dyn FnMut(&OnLine, &OnLine),
) {
    let mut from = 0;
    for act in one {
        while from < other.len() && other[from].0.slot + moved < act.0.slot - 1 {
            from += 1;
        }
        let near = other[from..].iter().take_while(|(other, _)| other.slot + moved <= act.0.slot + 1);
        near.filter(|(_, line)| meets(act.1, *line)).for_each(|other| each(act, other));
    }
}

/// Rows of both accounts that meet; where none is at hand that does, rows of their uses of the lines.
fn rows(
    [one, other]: [&AccountUse; 2],
    lines: &BTreeSet<u32>,
    meets: &dyn Fn(u32, u32) -> bool,
    usage: &Usage,
) -> Vec<RowRef> {
    let shown = |account: &'_ AccountUse| -> Vec<(u32, Shown)> {
        let supports = lines.iter().filter_map(|line| Some((*line, account.lines.get(line)?)));
        supports
            .flat_map(|(line, support)| support.acts.shown().iter().map(move |shown| (line, shown.clone())))
            .collect()
    };
    let (one, other) = (shown(one), shown(other));
    let mut rows = Vec::new();
    for (line, shown) in &one {
        let meeting =
            other.iter().find(|(other, their)| (their.slot - shown.slot).abs() <= 1 && meets(*line, *other));
        if let Some((_, their)) = meeting.filter(|_| rows.len() < ROWS) {
            rows.extend([shown, their].map(|shown| row_ref(usage, shown.part, &shown.place)));
        }
    }
    if rows.is_empty() {
        let some = [one, other].into_iter().flat_map(|shown| shown.into_iter().take(ROWS / 2));
        rows.extend(some.map(|(_, shown)| row_ref(usage, shown.part, &shown.place)));
    }
    rows
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
    usage.parts[part as usize].row(place)
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
        let act = |slot: i64, line: u32| (Act { slot, session: 1, device: NO_DEVICE }, line);
        let (a, b) = ([act(0, 1), act(100, 1)], [act(1, 1), act(98, 1), act(101, 2)]);
        let mut found = Vec::new();
        each_meeting(&a, &b, 0, &|a, b| a == b, &mut |(a, _), (b, _)| found.push((a.slot, b.slot)));
        assert_eq!(found, [(0, 1)]);
        assert_eq!(2 * SLOT_US, 300_000_000, "the ends of two slots are five minutes apart");
    }
}
