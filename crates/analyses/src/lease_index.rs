//! The interval join: which leases held an address and port at a time. All hits, arbitrary prefixes and port ranges.

use std::collections::BTreeMap;

use tutela_model::address::{Address, mask};
use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::tables::{Access, Lease};
use tutela_model::{RowRef, Table, Tables, Text};

/// A line: operator and the operator's number of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineKey {
    /// The operator.
    pub operator: Text,
    /// Its number of the line.
    pub line: Text,
}

impl LineKey {
    /// `operator/line`, as leads name it.
    pub fn name(&self) -> String {
        format!("{}/{}", self.operator, self.line)
    }
}

/// A lease, reduced to what the join needs.
#[derive(Clone, Debug)]
pub struct Held {
    /// Position of the line in [`LeaseIndex::lines`].
    pub line: u32,
    /// Position of the answer in [`LeaseIndex::answers`].
    pub answer: u32,
    /// Stretches of one line on one address that follow each other without a gap share a number: one session.
    pub session: u32,
    /// First and last port of the line's share.
    pub ports: Option<(u16, u16)>,
    /// From when, microseconds UTC, after the answer's clock is applied.
    pub from_us: i64,
    /// Until when, exclusive; `i64::MAX` while it had not ended.
    pub until_us: i64,
    /// How the line reaches the network.
    pub access: Access,
    /// How many lines share the address, where the operator says.
    pub shared_by: Option<u32>,
    /// The row's spot in the answer.
    pub place: Text,
}

/// An operator's answer: one received file.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The file.
    pub source: Digest,
    /// Operators named in it; one, unless somebody merged answers.
    pub operators: Vec<Text>,
}

/// Leases by address, for look-ups in any order, fastest in address order.
pub struct LeaseIndex {
    held: Vec<Held>,
    /// Lines, sorted.
    pub lines: Vec<LineKey>,
    /// Answers, by digest.
    pub answers: Vec<Answer>,
    /// Prefix lengths on the 128-bit scale that occur.
    lengths: Vec<u8>,
    /// Where the leases of one prefix stand in `held`, with the latest end up to each of them.
    groups: BTreeMap<(u8, u128), Group>,
}

struct Group {
    start: usize,
    /// For each lease of the group, by beginning: the latest end of it and of all before it.
    latest_end: Vec<i64>,
}

/// Two stretches of one line on one address belong to one session when the gap is at most this: an operator writes a
/// renewal as an end and a new beginning.
const RENEWAL_GAP_US: i64 = 60_000_000;

impl LeaseIndex {
    /// Reads all leases, or those of one answer; `clock` moves an answer's times to UTC.
    pub fn read(
        tables: &dyn Tables,
        only: Option<Digest>,
        clock: &dyn Fn(Digest, i64) -> i64,
    ) -> Result<Self, TablesError> {
        let mut lines = BTreeMap::new();
        let mut answers = Vec::new();
        let mut rows: Vec<(u8, u128, Held)> = Vec::new();
        for part in tables.parts(&Lease::INFO) {
            if only.is_some_and(|only| only != part.source) {
                continue;
            }
            let answer = answers.len() as u32;
            let mut operators = std::collections::BTreeSet::new();
            tables.scan(&Lease::INFO, &part, &[], &mut |batch| {
                for lease in Lease::rows(&batch) {
                    let key = LineKey { operator: lease.operator.clone(), line: lease.line };
                    operators.insert(lease.operator);
                    let next = lines.len() as u32;
                    let line = *lines.entry(key).or_insert(next);
                    let prefix = lease.address.prefix;
                    let held = Held {
                        line,
                        answer,
                        session: 0,
                        ports: lease.port_low.zip(lease.port_high),
                        from_us: clock(part.source, lease.from.at_us),
                        until_us: lease.until.map_or(i64::MAX, |until| clock(part.source, until.at_us)),
                        access: lease.access,
                        shared_by: lease.shared_by,
                        place: lease.place.to_string().into(),
                    };
                    rows.push((prefix.bits_128(), prefix.low.0, held));
                }
            })?;
            answers.push(Answer { source: part.source, operators: operators.into_iter().collect() });
        }
        Ok(Self::of(rows, lines, answers))
    }

    fn of(mut rows: Vec<(u8, u128, Held)>, lines: BTreeMap<LineKey, u32>, answers: Vec<Answer>) -> Self {
        // Lines were numbered as they came; they are renumbered in their own order, so that nothing depends on files.
        let mut rank = vec![0; lines.len()];
        for (position, number) in lines.values().enumerate() {
            rank[*number as usize] = position as u32;
        }
        for (_, _, held) in &mut rows {
            held.line = rank[held.line as usize];
        }
        rows.sort_by(|(bits_a, low_a, a), (bits_b, low_b, b)| {
            (bits_a, low_a, a.from_us, a.until_us, a.line, a.answer, &a.place)
                .cmp(&(bits_b, low_b, b.from_us, b.until_us, b.line, b.answer, &b.place))
        });
        let mut lengths: Vec<u8> = rows.iter().map(|(bits, _, _)| *bits).collect();
        lengths.dedup();
        let mut groups: BTreeMap<(u8, u128), Group> = BTreeMap::new();
        for (idx, (bits, low, held)) in rows.iter().enumerate() {
            let group =
                groups.entry((*bits, *low)).or_insert_with(|| Group { start: idx, latest_end: Vec::new() });
            let before = group.latest_end.last().copied().unwrap_or(i64::MIN);
            group.latest_end.push(before.max(held.until_us));
        }
        let mut held: Vec<Held> = rows.into_iter().map(|(_, _, held)| held).collect();
        number_sessions(&mut held, groups.values());
        Self { held, lines: lines.into_keys().collect(), answers, lengths, groups }
    }

    /// The lease at a position that [`Self::at`] handed out.
    pub fn held(&self, idx: u32) -> &Held {
        &self.held[idx as usize]
    }

    /// The row of a lease.
    pub fn row(&self, idx: u32) -> RowRef {
        let held = self.held(idx);
        RowRef {
            table: Lease::INFO.name.to_owned(),
            source: self.answers[held.answer as usize].source.hex(),
            place: held.place.to_string(),
        }
    }

    /// Whether some lease, at whatever time, is of this address.
    pub fn knows(&self, address: Address) -> bool {
        self.lengths.iter().any(|bits| self.groups.contains_key(&(*bits, address.0 & mask(*bits))))
    }

    /// The answers that have some lease, at whatever time, of this address.
    pub fn answers_knowing(&self, address: Address) -> Vec<usize> {
        let mut answers: Vec<usize> = Vec::new();
        for bits in &self.lengths {
            if let Some(group) = self.groups.get(&(*bits, address.0 & mask(*bits))) {
                let held = &self.held[group.start..group.start + group.latest_end.len()];
                answers.extend(held.iter().map(|held| held.answer as usize));
                answers.sort_unstable();
                answers.dedup();
            }
        }
        answers
    }

    /// Hands out the leases that held `address` at some time in `low_us..=high_us`, and `port` where both the lease
    /// and the connection say one.
    pub fn at(
        &self,
        address: Address,
        port: Option<u16>,
        low_us: i64,
        high_us: i64,
        each: &mut impl FnMut(u32),
    ) {
        for bits in &self.lengths {
            let Some(group) = self.groups.get(&(*bits, address.0 & mask(*bits))) else {
                continue;
            };
            let held = &self.held[group.start..group.start + group.latest_end.len()];
            let begun = held.partition_point(|held| held.from_us <= high_us);
            for idx in (0..begun).rev() {
                if group.latest_end[idx] <= low_us {
                    break;
                }
                let fits_port = match (held[idx].ports, port) {
                    (Some((first, last)), Some(port)) => (first..=last).contains(&port),
                    _ => true,
                };
                if held[idx].until_us > low_us && fits_port {
                    each((group.start + idx) as u32);
                }
            }
        }
    }
}

/// Gives leases of one line on one prefix and port range that follow without a gap the same number.
fn number_sessions<'a>(held: &mut [Held], groups: impl Iterator<Item = &'a Group>) {
    let mut session = 0;
    for group in groups {
        // The session of each line and port range, and when it ended so far.
        let mut open = BTreeMap::new();
        for lease in &mut held[group.start..group.start + group.latest_end.len()] {
            let entry = open.entry((lease.line, lease.ports)).or_insert((u32::MAX, i64::MIN));
            if entry.0 == u32::MAX || lease.from_us > entry.1.saturating_add(RENEWAL_GAP_US) {
                *entry = (session, lease.until_us);
                session += 1;
            }
            entry.1 = entry.1.max(lease.until_us);
            lease.session = entry.0;
        }
    }
}
