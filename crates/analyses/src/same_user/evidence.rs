//! What speaks for one user of two accounts and what against, step by step: a waterfall whose steps add up.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tutela_model::tables::{Access, SelectorKind};
use tutela_model::{RowRef, Text};

use super::activity;
use super::holdings::{Group, Holding, Holdings, Item, Shared};
use super::{JOIN, PAIR_AT_MOST};
use crate::facts::overlap;
use crate::grounds::{VERIFIED, View, related};
use crate::linkage::cluster::SECOND_SOURCE;
use crate::usage::Usage;

/// What the times of use on lines say at most, for one person: a line is shared.
const TIMES_AT_MOST: i32 = 1000;
/// The least that use in two homes at once says.
const APART_AT_LEAST: i32 = -3000;
/// Two homes at once count from this many days on: one may be a clock's error.
const APART_DAYS: u64 = 2;
/// What another device at the same time on the same line says, for each session, and the least in all: a person may have
/// a telephone and a computer at hand.
const OTHER_DEVICE: i32 = -300;
const OTHER_DEVICE_AT_LEAST: i32 = -1000;

/// One step of a waterfall.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// The dependence group.
    pub group: Group,
    /// What is shared or differs.
    pub kind: &'static str,
    /// Its value.
    pub value: String,
    /// What it adds; nothing where another step of its group says more.
    pub millibans: i32,
    /// How many rows say so.
    pub n_rows: u64,
    /// Rows, or a spread of them.
    pub rows: Vec<RowRef>,
    /// A second source beside its group's: a registration, or a second line.
    second_source: bool,
}

impl Step {
    fn new(group: Group, kind: &'static str, value: impl Into<String>, millibans: i32) -> Self {
        let value = value.into();
        Self { group, kind, value, millibans, n_rows: 0, rows: vec![], second_source: false }
    }

    fn with_rows(mut self, rows: Vec<RowRef>) -> Self {
        self.n_rows = rows.len() as u64;
        self.rows = rows;
        self
    }

    /// As findings carry it.
    pub fn json(&self) -> Value {
        json!({
            "group": self.group.name(),
            "kind": self.kind,
            "value": self.value,
            "millibans": self.millibans,
            "n_rows": self.n_rows,
        })
    }
}

/// What is known of a pair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Steps, by the names of their groups.
    pub steps: Vec<Step>,
    /// Whether platforms verified different identities for the two: they are never joined.
    pub never: bool,
}

impl Evidence {
    /// All steps together, in thousandths of log10.
    pub fn millibans(&self) -> i32 {
        self.steps.iter().map(|step| step.millibans).sum()
    }

    /// What speaks for one user, limits taken off; and what speaks against.
    pub fn sides(&self) -> (i32, i32) {
        let against = |step: &&Step| step.millibans < 0 && step.group != Group::Limit;
        let negative = self.steps.iter().filter(against).map(|step| step.millibans).sum();
        (self.millibans() - negative, negative)
    }

    /// The groups that speak for one user, as bits.
    pub fn groups(&self) -> u16 {
        let speaking = self.steps.iter().filter(|step| step.millibans > 0);
        speaking.fold(0, |bits, step| {
            bits | step.group.bit() | if step.second_source { SECOND_SOURCE } else { 0 }
        })
    }

    /// What the two have in common, as words.
    pub fn shared(&self) -> Vec<&'static str> {
        let common = self.steps.iter().filter(|step| step.group.bit() != 0);
        common.map(|step| step.kind).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Compares accounts.
pub struct Comparer<'a> {
    /// What they have.
    pub holdings: &'a Holdings<'a>,
    /// The leases, and when accounts were used.
    pub usage: &'a Usage,
    /// Stand-ins with the account that each stands for.
    pub stand_ins: &'a BTreeMap<u32, u32>,
}

impl Comparer<'_> {
    /// Everything that is known of two accounts, the lower first.
    pub fn compare(&self, a: u32, b: u32) -> Evidence {
        let (one, other) = (&self.holdings.all[a as usize], &self.holdings.all[b as usize]);
        let mut steps = self.shared_steps(a, b);
        let shares_device = steps.iter().any(|step| step.group == Group::Device);
        steps.extend(self.nickname_step(one, other));
        if self.stand_ins.get(&b) == Some(&a) || self.stand_ins.get(&a) == Some(&b) {
            count_once(&mut steps);
            steps.push(Step::new(Group::Referral, "referral", "", VERIFIED));
        } else {
            self.time_steps(a, b, shares_device, &mut steps);
            count_once(&mut steps);
            limit(&mut steps, one, other);
        }
        at_most(&mut steps, PAIR_AT_MOST);
        let verified = verified_apart(one, other);
        let never = verified.is_some();
        steps.extend(verified);
        steps.sort_by(|x, y| {
            let key = |step: &'_ Step| (step.group.name(), step.kind, step.value.clone());
            key(x).cmp(&key(y))
        });
        Evidence { steps, never }
    }

    /// A step for each thing that both had at the same time.
    fn shared_steps(&self, a: u32, b: u32) -> Vec<Step> {
        let (one, other) = (&self.holdings.all[a as usize], &self.holdings.all[b as usize]);
        let mut steps = Vec::new();
        let (mut emails, mut phones) = (Files::default(), Files::default());
        for (shared, item) in &one.items {
            let Some(theirs) = other.items.get(shared) else { continue };
            let at_once = item.held.iter().any(|held| theirs.held.iter().any(|their| overlap(*held, *their)));
            if !at_once {
                continue;
            }
            let mut step = self.step(shared, one, item, theirs);
            step.rows = match shared {
                Shared::Device(device) => {
                    let row = |of: &Holding<'_>| activity::row_of_device(of.view.account, device, self.usage);
                    [one, other].into_iter().filter_map(row).collect()
                }
                _ => item.rows.iter().chain(&theirs.rows).map(|row| (*row).clone()).collect(),
            };
            if matches!(shared, Shared::Identifier((SelectorKind::UserHash, _))) {
                let of_peers = [one.view, other.view].into_iter().filter(|view| view.peer.is_some());
                let rows =
                    |view: &View<'_>| view.account.tally.rows.rows(&self.usage.parts).into_iter().take(4);
                step.rows.extend(of_peers.flat_map(rows));
            }
            step.n_rows = item.n_rows + theirs.n_rows;
            if let Shared::Lines(home, sim) = shared {
                (step.rows, step.n_rows) = self.rows_of_lines([one.view, other.view], [*home, *sim]);
            }
            match shared {
                Shared::Identifier((SelectorKind::Email, _)) => emails.add(item, theirs),
                Shared::Identifier((SelectorKind::Phone, _)) => phones.add(item, theirs),
                _ => {}
            }
            steps.push(step);
        }
        // What one record says of an account hangs together; a number and an address from two records are two.
        if !emails.meet(&phones) {
            let phones = steps.iter_mut().filter(|step| step.kind == "phone" && !emails.0[0].is_empty());
            phones.for_each(|step| step.group = Group::SecondContact);
        }
        steps
    }

    /// Some rows of the use of lines, and how many there are.
    fn rows_of_lines(&self, views: [&View<'_>; 2], wanted: [u32; 2]) -> (Vec<RowRef>, u64) {
        let uses = views.into_iter().flat_map(|view| &view.lines).filter(|(line, ..)| wanted.contains(line));
        let (mut rows, mut n) = (Vec::new(), 0);
        for (_, _, support, _) in uses {
            rows.extend(support.tally.rows.rows(&self.usage.parts).into_iter().take(4));
            n += support.tally.n;
        }
        (rows, n)
    }

    fn step(&self, shared: &Shared, one: &Holding<'_>, item: &Item<'_>, theirs: &Item<'_>) -> Step {
        let millibans = item.millibans.min(theirs.millibans);
        match shared {
            Shared::Identifier((kind, value)) => {
                Step::new(item.group, kind.word(), value.as_str(), millibans)
            }
            Shared::Device(device) => Step::new(Group::Device, "device", device.as_str(), millibans),
            Shared::Person(person) => {
                // The line in whose records the ground stands; nobody is named before the gate.
                let ground = one.view.grounds.iter().find(|ground| ground.person == *person);
                let line = ground.map(|ground| ground.statement.text("line")).unwrap_or_default();
                // Grounds of one kind may be one identifier: they count in its group, once.
                let group = if item.group == theirs.group { item.group } else { Group::Person };
                let step = Step::new(group, "person", line, millibans);
                Step { second_source: true, ..step }
            }
            Shared::Lines(home, sim) => {
                let names = [home, sim].map(|line| self.usage.index.lines[*line as usize].name());
                let step = Step::new(Group::Line, "two_lines", names.join(" + "), millibans);
                Step { second_source: true, ..step }
            }
            Shared::Line(_) | Shared::Nickname(_) => unreachable!("nobody holds these as items"),
        }
    }

    fn nickname_step(&self, one: &Holding<'_>, other: &Holding<'_>) -> Option<Step> {
        let pairs = one.nicknames.iter().zip(&one.nickname_rows).flat_map(|mine| {
            other.nicknames.iter().zip(&other.nickname_rows).map(move |theirs| (mine, theirs))
        });
        let weighed = pairs.filter_map(|((mine, my_row), (theirs, their_row))| {
            let millibans = self.holdings.nicknames.weigh(mine, theirs)?;
            let step = Step::new(Group::Nickname, "nickname", mine.both(theirs), millibans);
            Some(step.with_rows(vec![(*my_row).clone(), (*their_row).clone()]))
        });
        weighed.max_by(|a, b| (a.millibans, &b.value).cmp(&(b.millibans, &a.value)))
    }

    /// What the times of use say: at once on one line, and at once in two homes.
    fn time_steps(&self, a: u32, b: u32, shares_device: bool, steps: &mut Vec<Step>) {
        let (one, other) = (self.holdings.all[a as usize].view, self.holdings.all[b as usize].view);
        let theirs: BTreeSet<u32> = other.lines.iter().map(|(line, ..)| *line).collect();
        let lines: BTreeSet<u32> =
            one.lines.iter().map(|(line, ..)| *line).filter(|line| theirs.contains(line)).collect();
        if !lines.is_empty() {
            let together = activity::together(one.account, other.account, &lines, self.usage);
            // People keep accounts apart, and so do households: seldom at once says nothing.
            let millibans = together.for_together().clamp(0, TIMES_AT_MOST);
            let names: Vec<String> =
                lines.iter().map(|line| self.usage.index.lines[*line as usize].name()).collect();
            if millibans > 0 && together.more_than_chance() {
                let step = Step::new(Group::Line, "at_once", names.join(" + "), millibans);
                steps.push(step.with_rows(together.rows.clone()));
            }
            if together.other_device > 0 && !shares_device {
                let n = i32::try_from(together.other_device.min(10)).expect("at most ten");
                let millibans = (OTHER_DEVICE * n).max(OTHER_DEVICE_AT_LEAST);
                let step = Step::new(Group::OtherDevice, "other_device", names.join(" + "), millibans);
                steps.push(step.with_rows(together.rows));
            }
        }
        let homes = unrelated_homes(one, other);
        if !homes.is_empty() {
            let apart = activity::apart(one.account, other.account, &homes, self.usage);
            let millibans = apart.for_apart().clamp(APART_AT_LEAST, TIMES_AT_MOST);
            let days = format!("{}/{}", apart.hits, apart.n);
            if millibans < 0 && apart.hits >= APART_DAYS {
                steps.push(Step::new(Group::Apart, "two_homes", days, millibans).with_rows(apart.rows));
            } else if millibans > 0 && apart.hits == 0 {
                steps.push(Step::new(Group::Line, "never_apart", days, millibans));
            }
        }
    }
}

/// The files that say something of each of two accounts.
#[derive(Default)]
struct Files([BTreeSet<String>; 2]);

impl Files {
    fn add(&mut self, item: &Item<'_>, theirs: &Item<'_>) {
        for (files, item) in self.0.iter_mut().zip([item, theirs]) {
            files.extend(item.rows.iter().map(|row| row.source.clone()));
        }
    }

    /// Whether some file says both things of the same account.
    fn meet(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(files, others)| !files.is_disjoint(others))
    }
}

/// Pairs of fixed lines, one of each account, that are registered to unrelated people.
fn unrelated_homes(one: &View<'_>, other: &View<'_>) -> BTreeSet<(u32, u32)> {
    let homes = |view: &'_ View<'_>| -> Vec<_> {
        let fixed = view.lines.iter().filter(|(_, _, support, _)| support.access == Some(Access::Fixed));
        fixed.filter_map(|(line, _, _, registration)| Some((*line, (*registration)?.clone()))).collect()
    };
    let theirs = homes(other);
    let pairs = homes(one).into_iter().flat_map(|(line, mine)| {
        let apart = theirs.iter().filter(move |(other, their)| *other != line && !related(&mine, their));
        apart.map(move |(other, _)| (line, *other)).collect::<Vec<_>>()
    });
    pairs.collect()
}

/// Of the steps for one user in a group only the greatest counts; the others stay, with nothing.
fn count_once(steps: &mut [Step]) {
    let mut best: BTreeMap<Group, usize> = BTreeMap::new();
    for (idx, step) in steps.iter().enumerate().filter(|(_, step)| step.millibans > 0) {
        let kept = best.entry(step.group).or_insert(idx);
        let rank = |step: &Step| (step.millibans, std::cmp::Reverse((step.kind, step.value.clone())));
        if rank(step) > rank(&steps[*kept]) {
            *kept = idx;
        }
    }
    for (idx, step) in steps.iter_mut().enumerate() {
        if step.millibans > 0 && best.get(&step.group) != Some(&idx) {
            step.millibans = 0;
        }
    }
}

/// What is typed in, and times on a line, never join by themselves; nor does a device that is lent and sold: not across
/// lines of unrelated people, and not where either account was used with other devices too, by whomever.
fn limit(steps: &mut Vec<Step>, one: &Holding<'_>, other: &Holding<'_>) {
    let speaking = |wanted: &[Group]| {
        let ties = |step: &&Step| step.millibans > 0 && wanted.contains(&step.group);
        steps.iter().filter(ties).any(|step| step.group != Group::Line || step.second_source)
    };
    use Group::{Contact, Device, Document, Line, Payment, Person, SecondContact};
    if speaking(&[Contact, SecondContact, Document, Payment, Person, Line]) {
        return;
    }
    let device = speaking(&[Device]);
    let (kind, holds) = match device {
        true => ("device_alone", !one.view.unrelated_lines(other.view) && one.devices() == other.devices()),
        false => ("typed_in_alone", false),
    };
    if !holds {
        let sum: i32 = steps.iter().map(|step| step.millibans.max(0)).sum();
        if sum >= JOIN {
            steps.push(Step::new(Group::Limit, kind, "", JOIN - 1 - sum));
        }
    }
}

fn at_most(steps: &mut Vec<Step>, most: i32) {
    let counts = |step: &&Step| step.millibans > 0 || step.group == Group::Limit;
    let sum: i32 = steps.iter().filter(counts).map(|step| step.millibans).sum();
    if sum > most {
        steps.push(Step::new(Group::Limit, "pair_at_most", "", most - sum));
    }
}

/// Different identities that platforms verified for the two.
fn verified_apart(one: &Holding<'_>, other: &Holding<'_>) -> Option<Step> {
    for kind in [SelectorKind::TaxCode, SelectorKind::Name] {
        let of = |holding: &Holding<'_>| -> Vec<(Text, RowRef)> {
            let of_kind = holding.verified.iter().filter(|(identifier, _)| identifier.0 == kind);
            of_kind.map(|(identifier, row)| (identifier.1.clone(), (*row).clone())).collect()
        };
        let (mine, theirs) = (of(one), of(other));
        let same =
            |a: &Text, b: &Text| if kind == SelectorKind::Name { same_person_s_name(a, b) } else { a == b };
        let agree = mine.iter().any(|(a, _)| theirs.iter().any(|(b, _)| same(a, b)));
        if !mine.is_empty() && !theirs.is_empty() && !agree {
            let rows: Vec<RowRef> = mine.into_iter().chain(theirs).map(|(_, row)| row).collect();
            return Some(Step::new(Group::Verified, kind.word(), "", NEVER).with_rows(rows));
        }
    }
    None
}

/// What different verified identities count in a waterfall: less than all that a pair may say.
const NEVER: i32 = -2 * PAIR_AT_MOST;

/// Whether two names may be one person's: the same words in any order, or some of them.
fn same_person_s_name(a: &str, b: &str) -> bool {
    let words = |name: &str| -> BTreeSet<String> {
        crate::linkage::text::folded(name).split(' ').map(str::to_owned).collect()
    };
    let (a, b) = (words(a), words(b));
    a.is_subset(&b) || b.is_subset(&a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependence_group_counts_once_and_what_does_not_count_stays_visible() {
        let step = |group, kind, millibans| Step::new(group, kind, "x", millibans);
        let mut steps = vec![
            step(Group::Device, "device", 4000),
            step(Group::Device, "device_id", 1500),
            step(Group::Contact, "email", 4000),
            step(Group::Apart, "two_homes", -1000),
            step(Group::OtherDevice, "other_device", -300),
        ];
        count_once(&mut steps);
        let said: Vec<i32> = steps.iter().map(|step| step.millibans).collect();
        assert_eq!(said, [4000, 0, 4000, -1000, -300]);
        at_most(&mut steps, 6000);
        let evidence = Evidence { steps, never: false };
        assert_eq!((evidence.millibans(), evidence.sides()), (4700, (6000, -1300)));
        assert_eq!(evidence.groups(), Group::Device.bit() | Group::Contact.bit());
    }

    #[test]
    fn names_are_one_persons_when_one_has_all_words_of_the_other() {
        for (a, b, same) in [
            ("Quartovio Zelmira", "zelmira quartovio", true),
            ("Zelmira Maria Quartovio", "Zelmira Quartovio", true),
            ("Zelmira Quartovio", "Ubaldo Quartovio", false),
        ] {
            assert_eq!(same_person_s_name(a, b), same, "{a} {b}");
        }
    }
}
