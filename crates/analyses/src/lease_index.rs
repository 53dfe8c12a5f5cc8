//! The leases of an operation: read, numbered, put in order, and found by the
//! [interval join](crate::interval_join).
//!
//! A lease of an address inside a deterministic NAT, together with a [plan](crate::nat_plan) of the same operator, gives
//! a lease of ports of the public address for as long as both hold: it is computed here, stands beside those that an
//! operator recorded, and its rows are the lease's and the plan's.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch, StringArray};
use tutela_model::address::{Address, Prefix};
use tutela_model::field::address_at;
use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::tables::{Access, Lease};
use tutela_model::words::Words;
use tutela_model::{RowRef, Table, Tables, Text};

use crate::interval_join::{self, Builder, Index};
use crate::nat_plan::{self, Plan};

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
    /// Stretches of one line on one address that overlap or follow each other without a gap share a number, whatever
    /// their ports: one session.
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
    /// How it was computed, where it was.
    pub computed: Option<Computed>,
    /// The row's spot in the answer.
    pub place: Text,
}

/// How a lease of a public address was computed from one of an inside address.
#[derive(Clone, Copy, Debug)]
pub struct Computed {
    /// Position of the plan in [`LeaseIndex::plans`].
    pub plan: u32,
    /// Whether the inside address itself is shared, so that its ports are of more lines than this one.
    pub inside_shared: bool,
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
    /// Plans of deterministic NATs, in the order of their files and rows.
    pub plans: Vec<Plan>,
    /// Finds positions in `held`.
    index: Index,
    /// Where the leases of each group of the index begin in `held`, and behind the last group where they end.
    starts: Vec<usize>,
    /// The prefix of each group.
    prefixes: Vec<Prefix>,
}

/// Two stretches of one line on one address belong to one session when the gap is at most this: an operator writes a
/// renewal as an end and a new beginning.
const RENEWAL_GAP_US: i64 = 60_000_000;

impl LeaseIndex {
    /// Reads all leases; `clock` moves an answer's times to UTC.
    pub fn read(tables: &dyn Tables, clock: &dyn Fn(Digest, i64) -> i64) -> Result<Self, TablesError> {
        let mut lines = Lines::default();
        let mut answers = Vec::new();
        let mut rows: Vec<(Prefix, Held)> = Vec::new();
        for part in tables.parts(&Lease::INFO) {
            let answer = answers.len() as u32;
            let mut operators = BTreeSet::new();
            tables.scan(&Lease::INFO, &part, COLUMNS, &mut |batch| {
                let columns = Columns::of(&batch);
                for row_idx in 0..batch.num_rows() {
                    let operator = columns.operator.value(row_idx);
                    if !operators.contains(operator) {
                        operators.insert(Text::from(operator));
                    }
                    let (prefix, mut held) = columns.held(row_idx);
                    held.line = lines.number(operator, columns.line.value(row_idx));
                    held.answer = answer;
                    held.from_us = clock(part.source, held.from_us);
                    if held.until_us != i64::MAX {
                        held.until_us = clock(part.source, held.until_us);
                    }
                    rows.push((prefix, held));
                }
                ControlFlow::Continue(())
            })?;
            answers.push(Answer { source: part.source, operators: operators.into_iter().collect() });
        }
        Ok(Self::of(rows, lines, answers, nat_plan::read(tables, clock)?))
    }

    fn of(mut rows: Vec<(Prefix, Held)>, lines: Lines, answers: Vec<Answer>, mut plans: Vec<Plan>) -> Self {
        // Lines were numbered as they came; they are renumbered in their own order, so that nothing depends on files.
        let mut rank = vec![0; lines.n as usize];
        let mut keys = Vec::with_capacity(rank.len());
        for (operator, of_operator) in lines.by_operator {
            for (line, number) in of_operator {
                rank[number as usize] = keys.len() as u32;
                keys.push(LineKey { operator: operator.clone(), line });
            }
        }
        for (_, held) in &mut rows {
            held.line = rank[held.line as usize];
        }
        for plan in &mut plans {
            let number = |bound: &dyn Fn(&LineKey) -> bool| keys.partition_point(bound) as u32;
            let first = number(&|key| key.operator < plan.operator);
            plan.lines = first..number(&|key| key.operator <= plan.operator);
        }
        Self::grouped(rows, keys, answers, plans)
    }

    /// Orders leases that were recorded, and what plans compute from them.
    fn grouped(
        mut rows: Vec<(Prefix, Held)>,
        lines: Vec<LineKey>,
        answers: Vec<Answer>,
        mut plans: Vec<Plan>,
    ) -> Self {
        let computed = compute(&rows, &mut plans);
        rows.extend(computed);
        // Prefixes in the order of the index's groups.
        let group = |prefix: &Prefix| (prefix.bits_128(), prefix.low);
        rows.sort_by(|(prefix_a, a), (prefix_b, b)| {
            let plan = |held: &Held| held.computed.map(|computed| computed.plan);
            (group(prefix_a), a.from_us, a.until_us, a.line, a.answer, &a.place, plan(a)).cmp(&(
                group(prefix_b),
                b.from_us,
                b.until_us,
                b.line,
                b.answer,
                &b.place,
                plan(b),
            ))
        });
        let mut builder = Builder::default();
        for (idx, (prefix, held)) in (0..).zip(&rows) {
            let Held { ports, from_us, until_us, .. } = *held;
            builder.push(&interval_join::Lease { prefix: *prefix, ports, from_us, until_us }, idx);
        }
        let (mut starts, mut prefixes) = (vec![0], Vec::new());
        for of_group in rows.chunk_by(|(one, _), (other, _)| group(one) == group(other)) {
            starts.push(starts[starts.len() - 1] + of_group.len());
            prefixes.push(of_group[0].0);
        }
        let mut held: Vec<Held> = rows.into_iter().map(|(_, held)| held).collect();
        number_sessions(&mut held, &starts);
        Self { held, lines, answers, plans, index: builder.build(), starts, prefixes }
    }

    /// The leases of one answer on these addresses, or on all, with their times moved, and what plans compute from them.
    /// Lines and answers have the numbers that they have here, and no names. A lease whose ends change places is left out.
    pub fn moved(
        &self,
        answer: u32,
        addresses: Option<&BTreeSet<Address>>,
        to_us: &dyn Fn(i64) -> i64,
    ) -> Self {
        let wanted: Vec<u32> = match addresses {
            None => (0..self.prefixes.len() as u32).collect(),
            Some(addresses) => {
                let inside = addresses.iter().flat_map(|address| {
                    let always = (i64::MIN, i64::MAX);
                    self.plans.iter().flat_map(move |plan| plan.behind(*address, None, always))
                });
                let groups =
                    addresses.iter().copied().chain(inside).flat_map(|address| self.index.groups_of(address));
                groups.collect::<BTreeSet<u32>>().into_iter().collect()
            }
        };
        let mut rows = Vec::new();
        for group in wanted.into_iter().map(|group| group as usize) {
            let recorded = self.held[self.starts[group]..self.starts[group + 1]].iter();
            for held in recorded.filter(|held| held.answer == answer && held.computed.is_none()) {
                let from_us = to_us(held.from_us);
                let until_us = if held.until_us == i64::MAX { i64::MAX } else { to_us(held.until_us) };
                if from_us < until_us {
                    rows.push((self.prefixes[group], Held { from_us, until_us, ..held.clone() }));
                }
            }
        }
        let source = self.answers[answer as usize].source;
        let moved = |plan: &Plan| if plan.source == source { plan.moved(to_us) } else { plan.clone() };
        let mut plans: Vec<Plan> = self.plans.iter().map(moved).collect();
        nat_plan::contest(&mut plans);
        Self::grouped(rows, Vec::new(), Vec::new(), plans)
    }

    /// The lease at a position that [`Self::at`] handed out.
    pub fn held(&self, idx: u32) -> &Held {
        &self.held[idx as usize]
    }

    /// The addresses that a lease is of.
    pub fn prefix(&self, idx: u32) -> Prefix {
        self.prefixes[self.starts.partition_point(|start| *start <= idx as usize) - 1]
    }

    /// The rows of a lease: that of the plan first, where it was computed, then its own.
    pub fn rows(&self, idx: u32) -> impl Iterator<Item = RowRef> + '_ {
        let held = self.held(idx);
        let own = RowRef {
            table: Lease::INFO.name.to_owned(),
            source: self.answers[held.answer as usize].source.hex(),
            place: held.place.to_string(),
        };
        held.computed.map(|computed| self.plans[computed.plan as usize].row.clone()).into_iter().chain([own])
    }

    /// How many leases were computed from a plan.
    pub fn n_computed(&self, plan: u32) -> usize {
        self.held.iter().filter(|held| held.computed.is_some_and(|computed| computed.plan == plan)).count()
    }

    /// The prefixes that leases are of, at whatever time, each once; those that plans compute among them.
    pub fn prefixes(&self) -> &[Prefix] {
        &self.prefixes
    }

    /// Whether some lease, at whatever time, is of this address.
    pub fn knows(&self, address: Address) -> bool {
        self.index.groups_of(address).next().is_some()
    }

    /// The answers that have some lease, at whatever time, of this address.
    pub fn answers_knowing(&self, address: Address) -> Vec<usize> {
        let mut answers: Vec<usize> = Vec::new();
        for group in self.index.groups_of(address) {
            let held = &self.held[self.starts[group as usize]..self.starts[group as usize + 1]];
            answers.extend(held.iter().map(|held| held.answer as usize));
            answers.sort_unstable();
            answers.dedup();
        }
        answers
    }

    /// Adds to `hits` the leases that held `address` at some time in `low_us..=high_us`, and `port` where both the
    /// lease and the connection say one: those of the shortest prefix first, of each prefix the latest first.
    pub fn at(
        &self,
        address: Address,
        port: Option<u16>,
        (low_us, high_us): (i64, i64),
        hits: &mut Vec<u32>,
    ) {
        for group in self.index.groups_of(address) {
            let before = hits.len();
            self.index.in_group(group, port, low_us, high_us, &mut |idx| {
                if self.has_port(idx, port) {
                    hits.push(idx);
                }
            });
            hits[before..].sort_unstable_by(|one, other| other.cmp(one));
        }
    }

    /// Hands out the same leases in an order that means nothing.
    pub fn each_at(
        &self,
        address: Address,
        port: Option<u16>,
        (low_us, high_us): (i64, i64),
        each: &mut impl FnMut(&Held),
    ) {
        for group in self.index.groups_of(address) {
            self.index.in_group(group, port, low_us, high_us, &mut |idx| {
                if self.has_port(idx, port) {
                    each(self.held(idx));
                }
            });
        }
    }

    /// Hands out the lines of one answer that held `address` and `port` at some time in `when_us`, were the answer's
    /// times moved so that this time is `written_us` in it. The time of a plan from another file stays as it is.
    pub fn each_line_moved(
        &self,
        answer: u32,
        (address, port): (Address, Option<u16>),
        when_us: (i64, i64),
        written_us: (i64, i64),
        each: &mut impl FnMut(u32),
    ) {
        let source = self.answers[answer as usize].source;
        let stays = |plan: &Plan| plan.source != source;
        self.each_at(address, port, written_us, &mut |held| {
            let moves = held.computed.is_none_or(|computed| !stays(&self.plans[computed.plan as usize]));
            if held.answer == answer && moves {
                each(held.line);
            }
        });
        for plan in self.plans.iter().filter(|plan| stays(plan)) {
            for inside in plan.behind(address, port, when_us) {
                self.each_at(inside, None, written_us, &mut |held| {
                    if held.answer == answer && held.computed.is_none() && plan.lines.contains(&held.line) {
                        each(held.line);
                    }
                });
            }
        }
    }

    /// Whether the ports of a lease, where they are every n-th of their range, have this one.
    fn has_port(&self, idx: u32, port: Option<u16>) -> bool {
        let held = self.held(idx);
        let (Some(port), Some(computed), Some((first, _))) = (port, held.computed, held.ports) else {
            return true;
        };
        self.plans[computed.plan as usize].has_port(first, port)
    }
}

/// The most addresses of a lease that are taken one by one: a network of a customer's own, not an operator's pool.
const MOST_INSIDE: u128 = 1024;

/// Leases of public addresses, from leases of inside ones and plans that held at the same time.
fn compute(rows: &[(Prefix, Held)], plans: &mut [Plan]) -> Vec<(Prefix, Held)> {
    let mut computed = Vec::new();
    for (number, plan) in (0..).zip(plans) {
        plan.n_too_wide = 0;
        let Ok(ports) = plan.ports else { continue };
        for (prefix, held) in rows {
            let (low, high) = (prefix.low.0.max(plan.inside.0.0), prefix.high().0.min(plan.inside.1.0));
            let from_us = held.from_us.max(plan.during_us.0);
            let until_us = held.until_us.min(plan.during_us.1);
            if low > high || from_us >= until_us || !plan.lines.contains(&held.line) {
                continue;
            }
            if high - low >= MOST_INSIDE {
                plan.n_too_wide += 1;
                continue;
            }
            let inside_shared = held.ports.is_some() || held.shared_by.is_some_and(|n| n > 1);
            for share in (low..=high).filter_map(|inside| plan.share(Address(inside))) {
                let held = Held {
                    ports: Some(share.ports),
                    from_us,
                    until_us,
                    shared_by: Some(ports.n_lines),
                    computed: Some(Computed { plan: number, inside_shared }),
                    ..held.clone()
                };
                computed.push((share.outside.into(), held));
            }
        }
    }
    computed
}

/// Lines by number, in the order in which they were first seen.
#[derive(Default)]
struct Lines {
    by_operator: BTreeMap<Text, BTreeMap<Text, u32>>,
    n: u32,
}

impl Lines {
    fn number(&mut self, operator: &str, line: &str) -> u32 {
        if let Some(number) = self.by_operator.get(operator).and_then(|lines| lines.get(line)) {
            return *number;
        }
        let number = self.n;
        self.by_operator.entry(operator.into()).or_default().insert(line.into(), number);
        self.n += 1;
        number
    }
}

const COLUMNS: &[&str] = &[
    "operator",
    "address",
    "address_bits",
    "port_low",
    "port_high",
    "from",
    "until",
    "line",
    "access",
    "shared_by",
    "place",
];

/// The columns of a batch of leases: an operator answers with millions of them, so rows are not built.
struct Columns<'a> {
    operator: &'a StringArray,
    address: &'a ArrayRef,
    bits: &'a PrimitiveArray<UInt8Type>,
    port_low: &'a PrimitiveArray<UInt16Type>,
    port_high: &'a PrimitiveArray<UInt16Type>,
    from: &'a PrimitiveArray<TimestampMicrosecondType>,
    until: &'a PrimitiveArray<TimestampMicrosecondType>,
    line: &'a StringArray,
    access: &'a StringArray,
    shared_by: &'a PrimitiveArray<UInt32Type>,
    place: &'a StringArray,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Self {
        let column =
            |name: &str| batch.column_by_name(name).expect("the scan hands out the columns asked for");
        Self {
            operator: column("operator").as_string(),
            address: column("address"),
            bits: column("address_bits").as_primitive(),
            port_low: column("port_low").as_primitive(),
            port_high: column("port_high").as_primitive(),
            from: column("from").as_primitive(),
            until: column("until").as_primitive(),
            line: column("line").as_string(),
            access: column("access").as_string(),
            shared_by: column("shared_by").as_primitive(),
            place: column("place").as_string(),
        }
    }

    /// A row without line, answer and session, which the index numbers.
    fn held(&self, row_idx: usize) -> (Prefix, Held) {
        let low = address_at(self.address, row_idx).expect("every lease has an address");
        let port = |ports: &PrimitiveArray<UInt16Type>| ports.is_valid(row_idx).then(|| ports.value(row_idx));
        let held = Held {
            line: 0,
            answer: 0,
            session: 0,
            ports: port(self.port_low).zip(port(self.port_high)),
            from_us: self.from.value(row_idx),
            until_us: if self.until.is_valid(row_idx) { self.until.value(row_idx) } else { i64::MAX },
            access: Access::from_word(self.access.value(row_idx)).unwrap_or(Access::Unknown),
            shared_by: self.shared_by.is_valid(row_idx).then(|| self.shared_by.value(row_idx)),
            computed: None,
            place: self.place.value(row_idx).into(),
        };
        (Prefix { low, bits: self.bits.value(row_idx) }, held)
    }
}

/// Gives leases of one line on one prefix that overlap or follow without a gap the same number: blocks of ports that a
/// line holds at one time say no more than one of them.
fn number_sessions(held: &mut [Held], starts: &[usize]) {
    let mut session = 0;
    for bounds in starts.windows(2) {
        // The session of each line, and when it ended so far.
        let mut open = BTreeMap::new();
        for lease in &mut held[bounds[0]..bounds[1]] {
            let entry = open.entry(lease.line).or_insert((u32::MAX, i64::MIN));
            if entry.0 == u32::MAX || lease.from_us > entry.1.saturating_add(RENEWAL_GAP_US) {
                *entry = (session, lease.until_us);
                session += 1;
            }
            entry.1 = entry.1.max(lease.until_us);
            lease.session = entry.0;
        }
    }
}
