//! On which line a connection falls, or why on none.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::address::Address;
use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::tables::{Access, Nature};
use tutela_model::{Tables, Text};

use super::acts::{Act, NO_DEVICE, SLOT_US};
use super::columns::Columns;
use super::tally::{AccountUse, MOST_LEASES, Row, SharedBy, Stretches};
use super::{Open, Rules, SKEW_US, SLACK_US, Use};
use crate::lease_index::{Held, LeaseIndex};
use crate::networks::{Listed, Networks};
use crate::zone_shift::{Clock, Hypothesis, Reread};

/// What the join needs, prepared once for all parts.
pub(super) struct Join<'a> {
    index: &'a LeaseIndex,
    /// By answer, what it waits for before anything is attributed from it; none of those that count.
    blocked: Vec<Option<Open>>,
    /// By answer, the readings of its times that are left.
    doubts: Vec<Vec<Reread>>,
    networks: Networks,
}

impl<'a> Join<'a> {
    pub fn new(tables: &dyn Tables, index: &'a LeaseIndex, rules: &Rules<'_>) -> Result<Self, TablesError> {
        // An answer that failed a control question counts under no reading of its times.
        let waits = |source: &Digest| match rules.clocks.get(source) {
            _ if rules.aside.contains(source) => Some(Open::AnswerInQuestion),
            Some(Clock::Blocked(_)) => Some(Open::ClockInQuestion),
            _ => None,
        };
        let doubts = (0..index.answers.len())
            .map(|answer| {
                let readings = rules.doubts.get(&index.answers[answer].source).into_iter().flatten();
                readings.flat_map(|reading| Reread::each_calendar(*reading, index, answer as u32)).collect()
            })
            .collect();
        Ok(Self {
            index,
            blocked: index.answers.iter().map(|answer| waits(&answer.source)).collect(),
            doubts,
            networks: Networks::read(tables)?,
        })
    }

    pub fn look(&self) -> Look<'_> {
        Look {
            join: self,
            near: None,
            hits: Vec::new(),
            beside: Vec::new(),
            in_question: Vec::new(),
            waits: None,
        }
    }
}

/// Looks connections up, one part in address order.
pub(super) struct Look<'a> {
    join: &'a Join<'a>,
    /// What the lists and answers say of the address before.
    near: Option<Near>,
    hits: Vec<u32>,
    /// Leases that held the address within a minute of the connection and not at its time.
    beside: Vec<u32>,
    /// Leases of answers whose clock is in question that held it within a minute of the connection.
    in_question: Vec<u32>,
    /// What an answer waits for that has a lease for the connection and does not count.
    waits: Option<Open>,
}

#[derive(Clone)]
struct Near {
    address: Address,
    natures: Vec<Listed>,
    asked: bool,
}

impl Look<'_> {
    /// Counts a connection or a sighting, and says on which line and lease it falls, or why on none.
    pub fn add(
        &mut self,
        (account, stretches): &mut Use,
        columns: &Columns<'_>,
        row_idx: usize,
        row: Row<'_>,
    ) -> Result<(u32, u32), Open> {
        let when = columns.when(row_idx);
        let at_us = when.map(|(low_us, _)| low_us);
        account.tally.push(at_us, row);
        account.n_timed += u64::from(when.is_some());
        let mut device = NO_DEVICE;
        if let Some(named) = columns.device(row_idx) {
            device = account.push_device(named, at_us, row);
        }
        let (address, port) =
            (columns.address(row_idx).expect("every record has an address"), columns.port(row_idx));
        // What the lists say of an address matters only where somebody was connected with it.
        let on = match columns.unconnected(row_idx) {
            Some(open) => {
                account.open.entry(open).or_default().push(at_us, row, address, None);
                return Err(open);
            }
            None => self.attribute(account, address, port, when),
        };
        match on {
            Ok((line, lease)) => {
                let at_us = at_us.expect("only a timed connection is attributed");
                let support = account.lines.entry(line).or_default();
                let session = self.join.index.held(lease).session;
                support.push(at_us, row, (session, lease));
                if let Some(observed) = columns.observed(row_idx) {
                    *support.observed.entry(observed).or_default() += 1;
                }
                // A record without its minutes does not say who was there at once.
                if when.is_some_and(|(low_us, high_us)| high_us - low_us < 2 * SLOT_US) {
                    support.acts.push(Act { slot: at_us.div_euclid(SLOT_US), session, device }, row);
                }
                let plan = |idx: &u32| self.join.index.held(*idx).computed.map(|computed| computed.plan);
                support.plans.extend(self.hits.iter().filter_map(plan));
                support.n_computed += u64::from(self.hits.iter().all(|idx| plan(idx).is_some()));
            }
            Err(open) => {
                if open == Open::PortMissing || open == Open::SeveralLines {
                    self.stretch(stretches, port, at_us, row);
                }
                account.open.entry(open).or_default().push(at_us, row, address, self.label(when));
            }
        }
        on
    }

    /// What the lists call the range of the address that was looked up last.
    pub fn label(&self, when: Option<(i64, i64)>) -> Option<Text> {
        let near = self.near.as_ref()?;
        near.natures.iter().filter(|listed| listed.holds(when)).find_map(|listed| listed.label.clone())
    }

    /// The line and lease that a connection falls on, or why none.
    pub fn attribute(
        &mut self,
        account: &mut AccountUse,
        address: Address,
        port: Option<u16>,
        when: Option<(i64, i64)>,
    ) -> Result<(u32, u32), Open> {
        if self.near.as_ref().is_none_or(|near| near.address != address) {
            let natures = self.join.networks.of(address);
            self.near = Some(Near { address, natures, asked: self.join.index.knows(address) });
        }
        let near = self.near.as_ref().expect("set above");
        let nature = |wanted| near.natures.iter().any(|listed| listed.nature == wanted && listed.holds(when));
        for (wanted, open) in [
            (Nature::TorExit, Open::TorExit),
            (Nature::Vpn, Open::Vpn),
            (Nature::Hosting, Open::Hosting),
            (Nature::Campus, Open::Campus),
            (Nature::Hotspot, Open::Hotspot),
        ] {
            if nature(wanted) {
                return Err(open);
            }
        }
        let (low_us, high_us) = when.ok_or(Open::NoTime)?;
        let behind_nat = nature(Nature::Cgnat);
        let asked = near.asked;
        self.look_up((address, port), (low_us, high_us));
        let (index, hits) = (self.join.index, &self.hits);
        if hits.is_empty() {
            return Err(self.nobody((address, port), (low_us, high_us), asked, behind_nat));
        }
        let first = index.held(hits[0]);
        if hits.iter().any(|idx| index.held(*idx).access == Access::Hotspot) {
            return Err(Open::Hotspot);
        }
        let when_us = (low_us - SKEW_US, high_us + SKEW_US);
        let is_contested = |idx: &u32| {
            let plan = index.held(*idx).computed.map(|computed| &index.plans[computed.plan as usize]);
            plan.is_some_and(|plan| plan.is_contested(address, port, when_us))
        };
        let several = hits.iter().any(|idx| index.held(*idx).line != first.line);
        let shared = hits.iter().any(|idx| is_shared(index.held(*idx), behind_nat));
        if several || hits.iter().any(is_contested) {
            let lines: BTreeSet<u32> = hits.iter().map(|idx| index.held(*idx).line).collect();
            for line in lines {
                *account.shared.entry(line).or_default() += 1;
            }
            return Err(if port.is_none() && shared { Open::PortMissing } else { Open::SeveralLines });
        }
        // One line in the answer is not one line on the address: without ports on either side a shared address stays
        // shared, whoever of its users the answer happens to name.
        if shared && (port.is_none() || hits.iter().all(|idx| !tells_apart(index.held(*idx)))) {
            return Err(if port.is_none() { Open::PortMissing } else { Open::SeveralLines });
        }
        let (line, lease) = (first.line, hits[0]);
        if let Some((open, reading)) = self.unstable_under(lease, (address, port), (low_us, high_us)) {
            *account.unstable.entry(line).or_default().entry(reading.into()).or_default() += 1;
            return Err(open);
        }
        Ok((line, lease))
    }

    /// Why nobody is found who held the address and port.
    fn nobody(
        &self,
        (address, port): (Address, Option<u16>),
        when_us: (i64, i64),
        asked: bool,
        behind_nat: bool,
    ) -> Open {
        let index = self.join.index;
        let mut plans = index.plans.iter().filter(|plan| plan.holds(address, when_us)).peekable();
        let planned = plans.peek().is_some();
        if !self.in_question.is_empty() {
            Open::ClockInQuestion
        } else if let Some(waits) = self.waits {
            waits
        } else if port.is_none() && (planned || !asked && behind_nat) {
            Open::PortMissing
        } else if planned && plans.all(|plan| plan.behind(address, port, when_us).next().is_none()) {
            Open::PortOutsidePlan
        } else if !asked {
            Open::NotAsked
        } else {
            let all_wait: Option<Vec<Open>> =
                index.answers_knowing(address).iter().map(|answer| self.join.blocked[*answer]).collect();
            all_wait.and_then(|waits| waits.into_iter().min()).unwrap_or(Open::NobodyThen)
        }
    }

    /// Counts a connection to the lines that shared its address while their holders did not change.
    fn stretch(&self, stretches: &mut Stretches, port: Option<u16>, at_us: Option<i64>, row: Row<'_>) {
        let index = self.join.index;
        let (Some(first), Some(at_us)) = (self.hits.first(), at_us) else { return };
        let held = || self.hits.iter().map(|idx| index.held(*idx));
        let behind_nat = self
            .near
            .as_ref()
            .is_some_and(|near| near.natures.iter().any(|listed| listed.nature == Nature::Cgnat));
        // Lines of two operators, or two lines that both claim the port, contradict each other and share nothing.
        let operator = |line: u32| &index.lines[line as usize].operator;
        let contradictory = held().any(|other| operator(other.line) != operator(index.held(*first).line))
            || port.is_some() && held().any(tells_apart);
        if contradictory || !held().any(|held| is_shared(held, behind_nat)) {
            return;
        }
        let sessions: BTreeSet<u32> = held().map(|held| held.session).collect();
        stretches.push(sessions.into_iter().collect(), at_us, row, || {
            let lines: BTreeMap<u32, u32> =
                self.hits.iter().map(|idx| (index.held(*idx).line, *idx)).collect();
            SharedBy {
                at_us,
                leases: lines.values().copied().take(MOST_LEASES).collect(),
                answers: held().map(|held| held.answer).collect(),
                n_sharing: n_sharing(held(), lines.len() as u32),
                lines: lines.into_keys().collect(),
            }
        });
    }

    /// Finds the leases that held the address at the time, and those that held it within a minute of it.
    fn look_up(&mut self, (address, port): (Address, Option<u16>), (low_us, high_us): (i64, i64)) {
        let (index, hits, beside) = (self.join.index, &mut self.hits, &mut self.beside);
        let in_question = &mut self.in_question;
        hits.clear();
        beside.clear();
        in_question.clear();
        self.waits = None;
        index.at(address, port, (low_us - SKEW_US, high_us + SKEW_US), hits);
        let then = |idx: &u32| {
            let held = index.held(*idx);
            held.from_us <= high_us + SLACK_US && held.until_us > low_us - SLACK_US
        };
        hits.retain(|idx| {
            let waits = self.join.blocked[index.held(*idx).answer as usize];
            if waits == Some(Open::ClockInQuestion) {
                in_question.push(*idx);
            } else if then(idx) {
                self.waits = self.waits.or(waits);
            } else if waits.is_none() {
                beside.push(*idx);
            }
            waits.is_none() && then(idx)
        });
        let answers: BTreeSet<u32> = in_question.iter().map(|idx| index.held(*idx).answer).collect();
        for answer in answers {
            if self.is_the_same_under_all(answer, (address, port), (low_us, high_us)) {
                let same =
                    self.in_question.iter().filter(|idx| index.held(**idx).answer == answer && then(idx));
                self.hits.extend(same);
            }
        }
    }

    /// Whether a connection falls on one and the same line of an answer in question as written and under every reading
    /// that is left, with no other line within a minute of it.
    fn is_the_same_under_all(
        &self,
        answer: u32,
        at: (Address, Option<u16>),
        (low_us, high_us): (i64, i64),
    ) -> bool {
        let (index, readings) = (self.join.index, &self.join.doubts[answer as usize]);
        let mut lines =
            self.in_question.iter().map(|idx| index.held(*idx)).filter(|held| held.answer == answer);
        let Some(line) = lines.next().map(|held| held.line) else { return false };
        let as_written = Reread::new(Hypothesis::AS_WRITTEN, index, answer, None);
        !readings.is_empty()
            && readings.iter().chain([&as_written]).all(|reading| {
                let (mut then, mut another) = (false, false);
                reading.each_line(index, at, (low_us - SKEW_US, high_us + SKEW_US), &mut |other| {
                    another |= other != line;
                });
                if !another {
                    let when_us = (low_us - SLACK_US, high_us + SLACK_US);
                    reading.each_line(index, at, when_us, &mut |_| then = true);
                }
                then
            })
    }

    /// The first reading under which a connection falls on another line than the lease's, and what it is left open for.
    fn unstable_under(
        &self,
        lease: u32,
        at: (Address, Option<u16>),
        (low_us, high_us): (i64, i64),
    ) -> Option<(Open, String)> {
        let held = self.join.index.held(lease);
        if self.beside.iter().any(|idx| self.join.index.held(*idx).line != held.line) {
            return Some((Open::NearChange, format!("±{} s", SKEW_US / 1_000_000)));
        }
        let names_another = |reading: &&Reread| {
            let mut another = false;
            let when_us = (low_us - SLACK_US, high_us + SLACK_US);
            reading.each_line(self.join.index, at, when_us, &mut |line| another |= line != held.line);
            another
        };
        let unstable = self.join.doubts[held.answer as usize].iter().find(names_another);
        unstable.map(|reading| (Open::Unstable, reading.reading.name()))
    }
}

/// Whether several lines share the address of a lease.
fn is_shared(held: &Held, behind_nat: bool) -> bool {
    let part_of_ports = held.ports.is_some_and(|(first, last)| last - first < ALL_PORTS);
    let inside_shared = held.computed.is_some_and(|computed| computed.inside_shared);
    held.shared_by.is_some_and(|n| n > 1) || part_of_ports || inside_shared || behind_nat
}

/// Whether the ports of a lease are of its line alone.
fn tells_apart(held: &Held) -> bool {
    held.ports.is_some() && !held.computed.is_some_and(|computed| computed.inside_shared)
}

/// How many lines shared an address of which an answer names some. What it does not say, its ports bound: those that it
/// gives to nobody may be as many lines' as have room in shares like the smallest.
fn n_sharing<'a>(held: impl Iterator<Item = &'a Held> + Clone, n_named: u32) -> Option<u32> {
    if let Some(said) = held.clone().filter_map(|held| held.shared_by).max().filter(|said| *said > 1) {
        return Some(said.max(n_named));
    }
    let shares: Option<BTreeSet<(u16, u16)>> = held.map(|held| held.ports).collect();
    let sizes: Vec<u32> = shares?.iter().map(|(first, last)| u32::from(last - first) + 1).collect();
    let rest = USABLE_PORTS.saturating_sub(sizes.iter().sum());
    Some(n_named + rest.div_ceil(*sizes.iter().min()?))
}

/// Ports of an address that a NAT gives out: all but the lowest 1,024.
const USABLE_PORTS: u32 = 64_512;

/// A share of at least this many ports is the whole address: operators leave the lowest 1,024 out.
const ALL_PORTS: u16 = 64_000;
