//! Deterministic NAT (RFC 7422, section 2): the line of a public address and port, computed from parameters that the
//! operator states instead of logging every connection.
//!
//! Inside addresses are numbered from the first to the last, public addresses too. Each public address has the same
//! number of lines, `C`; inside address `i` has ports of public address `i / C`, and is the line `j = i mod C` on it. Of
//! ports from `R` on, each line has `M`:
//!
//! - sequential: `R + j·M` to `R + j·M + M - 1` (the example of the RFC's section 2.3);
//! - staggered: `R + j`, `R + j + C`, `R + j + 2·C` and so on: every `C`-th port, so that no port has two lines.
//!
//! Nothing else is computed. Other algorithms of the RFC (round robin, interlaced, random with a key, a vendor's own)
//! are words that the table does not have, and so problems of the import. Ports beyond these, of the dynamic pool and
//! reserved ones, name no line: the operator logs the first and gives out none of the second.
//!
//! A neighbour's door is one step away. So a plan says its first and last inside address, which some devices take from
//! the ends of a prefix and others (the RFC's own example among them) do not; and where `C` is not said, nothing is
//! computed unless filling each public address and spreading the lines over all of them come to the same.

use std::ops::Range;

use tutela_model::address::Address;
use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::tables::{NatPlan, PortAlgorithm};
use tutela_model::{RowRef, Table, Tables, Text};

/// The parameters of a NAT, as a row states them.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The operator.
    pub operator: Text,
    /// The numbers of its lines in the index of leases: only its own customers are behind its NAT.
    pub lines: Range<u32>,
    /// The file that the row came from.
    pub source: Digest,
    /// The row.
    pub row: RowRef,
    /// How ports are given to lines.
    pub algorithm: PortAlgorithm,
    /// First and last inside address.
    pub inside: (Address, Address),
    /// First and last public address.
    pub outside: (Address, Address),
    /// Since when and until when it held, microseconds UTC, the second exclusive.
    pub during_us: (i64, i64),
    /// What is computed from it, or why nothing is.
    pub ports: Result<Ports, Impossible>,
    /// Where other plans that held at the same time say otherwise.
    pub contested: Vec<Contested>,
    /// Leases of inside addresses that are of too many addresses to be taken one by one.
    pub n_too_wide: u64,
}

/// How the ports of one public address are given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// The first port.
    pub first: u16,
    /// Ports of each line.
    pub each: u32,
    /// Lines of each address.
    pub n_lines: u32,
}

/// What two plans say differently: addresses, ports, and when, all inclusive but the end of the time.
#[derive(Clone, Debug)]
pub struct Contested {
    outside: (Address, Address),
    ports: (u16, u16),
    during_us: (i64, i64),
}

/// Why nothing is computed from a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impossible {
    /// A port, the number of ports of a line or an end of the dynamic pool is not given.
    NotGiven,
    /// A range or the time ends before it begins, or its ends are of two families.
    Inverted,
    /// The lines of an address would need more ports than there are.
    BlocksTooLarge,
    /// There are more inside addresses than blocks.
    TooManyInside,
    /// Ports of lines lie in the dynamic pool.
    InDynamicPool,
    /// How many lines share an address is not said, and more than one number fits.
    SharingNotSaid,
}

impl Impossible {
    /// The word that statements use.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotGiven => "not_given",
            Self::Inverted => "inverted",
            Self::BlocksTooLarge => "blocks_too_large",
            Self::TooManyInside => "too_many_inside",
            Self::InDynamicPool => "in_dynamic_pool",
            Self::SharingNotSaid => "sharing_not_said",
        }
    }
}

/// The ports of a line on its public address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The public address.
    pub outside: Address,
    /// First and last port.
    pub ports: (u16, u16),
}

/// Reads all plans, in the order of their content; `clock` moves a file's times to UTC.
pub fn read(tables: &dyn Tables, clock: &dyn Fn(Digest, i64) -> i64) -> Result<Vec<Plan>, TablesError> {
    let mut plans: Vec<Plan> = tutela_model::table::all_rows::<NatPlan>(tables)?
        .iter()
        .map(|(source, row)| Plan::of(*source, row, &|at_us| clock(*source, at_us)))
        .collect();
    contest(&mut plans);
    Ok(plans)
}

/// Notes where plans say different things of the same ports of the same addresses at the same time.
pub fn contest(plans: &mut [Plan]) {
    plans.iter_mut().for_each(|plan| plan.contested.clear());
    for one in 0..plans.len() {
        for other in one + 1..plans.len() {
            if let Some(contested) = plans[one].contested_with(&plans[other]) {
                plans[one].contested.push(contested.clone());
                plans[other].contested.push(contested);
            }
        }
    }
}

impl Plan {
    fn of(source: Digest, row: &NatPlan, clock: &dyn Fn(i64) -> i64) -> Self {
        let inside = (row.inside_low.address, row.inside_high.address);
        let outside = (row.outside_low.address, row.outside_high.address);
        let until_us = row.until.as_ref().map_or(i64::MAX, |until| clock(until.at_us));
        let during_us = (clock(row.from.at_us), until_us);
        Self {
            operator: row.operator.clone(),
            lines: 0..0,
            source,
            row: RowRef::new(&NatPlan::INFO, source, &row.place),
            algorithm: row.algorithm,
            inside,
            outside,
            during_us,
            ports: ports(row, inside, outside, during_us),
            contested: Vec::new(),
            n_too_wide: 0,
        }
    }

    /// The same with its times moved.
    pub fn moved(&self, to_us: &dyn Fn(i64) -> i64) -> Self {
        let (from_us, until_us) = self.during_us;
        let until_us = if until_us == i64::MAX { i64::MAX } else { to_us(until_us) };
        let during_us = (to_us(from_us), until_us);
        let inverted = during_us.0 >= during_us.1;
        let ports = self.ports.and_then(|ports| if inverted { Err(Impossible::Inverted) } else { Ok(ports) });
        Self { during_us, ports, ..self.clone() }
    }

    /// How ports are given out at some time in `low_us..=high_us` on this address; none when the plan says nothing of it.
    fn ports_of(&self, outside: Address, (low_us, high_us): (i64, i64)) -> Option<Ports> {
        let ports = self.ports.ok()?;
        let holds = (self.outside.0..=self.outside.1).contains(&outside)
            && self.during_us.0 <= high_us
            && low_us < self.during_us.1;
        holds.then_some(ports)
    }

    /// Whether it gives out ports of this address then, some of them to lines.
    pub fn holds(&self, outside: Address, when_us: (i64, i64)) -> bool {
        self.ports_of(outside, when_us).is_some()
    }

    /// Whether another plan that held then gives this port to another inside address.
    pub fn is_contested(&self, outside: Address, port: Option<u16>, (low_us, high_us): (i64, i64)) -> bool {
        self.contested.iter().any(|contested| {
            (contested.outside.0..=contested.outside.1).contains(&outside)
                && port.is_none_or(|port| (contested.ports.0..=contested.ports.1).contains(&port))
                && contested.during_us.0 <= high_us
                && low_us < contested.during_us.1
        })
    }

    /// The share of an inside address.
    pub fn share(&self, inside: Address) -> Option<Share> {
        let ports = self.ports.ok()?;
        if !(self.inside.0..=self.inside.1).contains(&inside) {
            return None;
        }
        let number = inside.0 - self.inside.0.0;
        let outside = Address(self.outside.0.0 + number / u128::from(ports.n_lines));
        let line = (number % u128::from(ports.n_lines)) as u32;
        let (first, last) = match self.algorithm {
            PortAlgorithm::Sequential => (line * ports.each, line * ports.each + ports.each - 1),
            PortAlgorithm::Staggered => (line, line + (ports.each - 1) * ports.n_lines),
        };
        // What a plan gives out was compared with its ports when it was read.
        Some(Share { outside, ports: (ports.first + first as u16, ports.first + last as u16) })
    }

    /// The inside address that has this port.
    pub fn inside_of(&self, outside: Address, port: u16) -> Option<Address> {
        let ports = self.ports.ok()?;
        if !(self.outside.0..=self.outside.1).contains(&outside) {
            return None;
        }
        let position = u32::from(port.checked_sub(ports.first)?);
        if position >= ports.each * ports.n_lines {
            return None;
        }
        let line = match self.algorithm {
            PortAlgorithm::Sequential => position / ports.each,
            PortAlgorithm::Staggered => position % ports.n_lines,
        };
        let number = (outside.0 - self.outside.0.0) * u128::from(ports.n_lines) + u128::from(line);
        let inside = Address(self.inside.0.0 + number);
        (inside <= self.inside.1).then_some(inside)
    }

    /// The inside addresses that may be behind a port, or behind the address where there is none, in `when_us`.
    pub fn behind(
        &self,
        outside: Address,
        port: Option<u16>,
        when_us: (i64, i64),
    ) -> impl Iterator<Item = Address> + '_ {
        let ports = self.ports_of(outside, when_us);
        let one = port.filter(|_| ports.is_some()).and_then(|port| self.inside_of(outside, port));
        let all = ports.filter(|_| port.is_none()).map(|ports| {
            let n_lines = u128::from(ports.n_lines);
            let first = self.inside.0.0 + (outside.0 - self.outside.0.0) * n_lines;
            (first..first + n_lines).map(Address).filter(|inside| *inside <= self.inside.1)
        });
        one.into_iter().chain(all.into_iter().flatten())
    }

    /// Whether a port is of the share that begins with this one: a share that is staggered leaves others between its own.
    pub fn has_port(&self, first: u16, port: u16) -> bool {
        match (self.algorithm, self.ports) {
            (PortAlgorithm::Staggered, Ok(ports)) => {
                port.checked_sub(first).is_some_and(|behind| u32::from(behind) % ports.n_lines == 0)
            }
            _ => true,
        }
    }

    /// First and last port that belong to lines.
    pub fn given_out(&self) -> Option<(u16, u16)> {
        let ports = self.ports.ok()?;
        Some((ports.first, ports.first + (ports.each * ports.n_lines - 1) as u16))
    }

    /// Whether it says otherwise than another plan of some port at some time.
    pub fn contests(&self, other: &Self) -> bool {
        self.contested_with(other).is_some()
    }

    fn contested_with(&self, other: &Self) -> Option<Contested> {
        let same = |one: &Self| (one.operator.clone(), one.inside.0, one.outside.0, one.algorithm, one.ports);
        if same(self) == same(other) {
            return None;
        }
        let (own, others) = (self.given_out()?, other.given_out()?);
        let outside = (self.outside.0.max(other.outside.0), self.outside.1.min(other.outside.1));
        let ports = (own.0.max(others.0), own.1.min(others.1));
        let during_us = (self.during_us.0.max(other.during_us.0), self.during_us.1.min(other.during_us.1));
        let overlap = outside.0 <= outside.1 && ports.0 <= ports.1 && during_us.0 < during_us.1;
        overlap.then_some(Contested { outside, ports, during_us })
    }
}

/// How ports are given out, or why the parameters cannot be right.
fn ports(
    row: &NatPlan,
    inside: (Address, Address),
    outside: (Address, Address),
    during_us: (i64, i64),
) -> Result<Ports, Impossible> {
    let (Some(first), Some(last), Some(each)) = (row.port_low, row.port_high, row.ports_per_line) else {
        return Err(Impossible::NotGiven);
    };
    if row.dynamic_low.is_some() != row.dynamic_high.is_some() {
        return Err(Impossible::NotGiven);
    }
    let is_range = |(low, high): (Address, Address)| low <= high && low.is_v4() == high.is_v4();
    let dynamic = row.dynamic_low.zip(row.dynamic_high);
    if !is_range(inside)
        || !is_range(outside)
        || last < first
        || during_us.1 <= during_us.0
        || dynamic.is_some_and(|(low, high)| high < low)
    {
        return Err(Impossible::Inverted);
    }
    let n_ports = u32::from(last - first) + 1;
    if each == 0 || each > n_ports {
        return Err(Impossible::BlocksTooLarge);
    }
    // Numbers of addresses less one: there may be as many as the number holds.
    let (more_inside, more_outside) = (inside.1.0 - inside.0.0, outside.1.0 - outside.0.0);
    let fits = n_ports / each;
    // The fewest lines on each address that have room for all.
    let spread = u32::try_from(more_inside / (more_outside.saturating_add(1)) + 1).unwrap_or(u32::MAX);
    let one_reading = fits == spread || more_outside == 0 && row.algorithm == PortAlgorithm::Sequential;
    let n_lines = match row.lines_per_address {
        Some(0) => return Err(Impossible::TooManyInside),
        Some(n_lines) if n_lines > fits => return Err(Impossible::BlocksTooLarge),
        Some(n_lines) => n_lines,
        None if spread > fits => return Err(Impossible::TooManyInside),
        None if !one_reading => return Err(Impossible::SharingNotSaid),
        None => fits,
    };
    if n_lines < spread {
        return Err(Impossible::TooManyInside);
    }
    let given_out = first + (each * n_lines - 1) as u16;
    if dynamic.is_some_and(|(low, high)| low <= given_out && first <= high) {
        return Err(Impossible::InDynamicPool);
    }
    Ok(Ports { first, each, n_lines })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tutela_model::Spot;
    use tutela_model::field::Reading;

    use super::*;

    /// A plan of a row whose cells are parted by commas.
    fn plan(cells: &str) -> Plan {
        let cells: Vec<Option<&str>> =
            cells.split(',').map(str::trim).map(|cell| (!cell.is_empty()).then_some(cell)).collect();
        let row = NatPlan::from_cells(&cells, &Reading::default(), Spot::Line(2)).expect("a plan");
        Plan::of(Digest::of(b"plan"), &row, &|at_us| at_us)
    }

    const FROM: &str = "2026-03-01T00:00:00Z, 2026-04-01T00:00:00Z";

    fn address(text: &str) -> Address {
        text.parse().expect("an address")
    }

    #[test]
    fn the_example_of_the_standard_comes_out() {
        // RFC 7422, section 2.3: 14 inside addresses, a dynamic pool of two lines' ports, 4,032 ports each.
        let example = plan(&format!(
            "alfa, 198.51.100.1, 198.51.100.14, 192.0.2.1, 192.0.2.1, 1024, 57471, 4032, 14, sequential, 57472, 65535, {FROM}"
        ));
        for (inside, ports) in [
            ("198.51.100.1", (1024, 5055)),
            ("198.51.100.2", (5056, 9087)),
            ("198.51.100.14", (53_440, 57_471)),
        ] {
            let share = example.share(address(inside)).expect("a share");
            assert_eq!((share.outside, share.ports), (address("192.0.2.1"), ports), "{inside}");
        }
        for port in [80, 1023, 57_472, 65_535] {
            assert_eq!(example.inside_of(address("192.0.2.1"), port), None, "{port}");
        }
        assert_eq!(example.inside_of(address("192.0.2.2"), 2000), None);
        assert_eq!(example.share(address("198.51.100.15")), None);
    }

    /// Lines of an address, or why nothing is computed, for four inside addresses.
    fn lines(outside: &str, ports: &str, dynamic: &str) -> Result<u32, Impossible> {
        let inside = "100.64.0.0, 100.64.0.3";
        plan(&format!("alfa, {inside}, {outside}, {ports}, {dynamic}, {FROM}"))
            .ports
            .map(|ports| ports.n_lines)
    }

    const ONE: &str = "192.0.2.1, 192.0.2.1";
    const TWO: &str = "192.0.2.0, 192.0.2.1";

    #[test]
    fn parameters_that_cannot_be_right_compute_nothing_and_say_why() {
        use Impossible::{BlocksTooLarge, InDynamicPool, Inverted, NotGiven, TooManyInside};
        for (ports, dynamic, expected) in [
            ("1024, 5023, 1000, 4, sequential", ", ", Ok(4)),
            ("1024, 5023, 1000, 4, staggered", "5024, 6000", Ok(4)),
            (", 5023, 1000, 4, sequential", ", ", Err(NotGiven)),
            ("1024, 5023, , 4, sequential", ", ", Err(NotGiven)),
            ("1024, 5023, 1000, 4, sequential", "6000, ", Err(NotGiven)),
            ("5023, 1024, 1000, 4, sequential", ", ", Err(Inverted)),
            ("1024, 5023, 1000, 4, sequential", "6000, 5900", Err(Inverted)),
            ("1024, 5023, 4001, , sequential", ", ", Err(BlocksTooLarge)),
            ("1024, 5023, 0, , sequential", ", ", Err(BlocksTooLarge)),
            ("1024, 5023, 1001, 4, staggered", ", ", Err(BlocksTooLarge)),
            ("1024, 5023, 1001, , sequential", ", ", Err(TooManyInside)),
            ("1024, 5023, 1000, 3, sequential", ", ", Err(TooManyInside)),
            ("1024, 5023, 1000, 0, sequential", ", ", Err(TooManyInside)),
            ("1024, 5023, 1000, 4, sequential", "5000, 6000", Err(InDynamicPool)),
        ] {
            assert_eq!(lines(ONE, ports, dynamic), expected, "{ports}, {dynamic}");
        }
        let good =
            format!("alfa, 100.64.0.0, 100.64.0.3, {ONE}, 1024, 5023, 1000, 4, sequential, , , {FROM}");
        for (part, other) in [
            ("100.64.0.0, 100.64.0.3", "100.64.0.3, 100.64.0.0"),
            ("100.64.0.0, 100.64.0.3", "100.64.0.0, 2001:db8::1"),
            ("2026-03-01T00:00:00Z, 2026-04-01", "2026-04-01T00:00:00Z, 2026-03-01"),
        ] {
            assert_eq!(plan(&good.replace(part, other)).ports, Err(Inverted), "{other}");
        }
    }

    #[test]
    fn how_many_lines_share_an_address_is_computed_only_where_one_number_fits() {
        for (outside, ports, expected) in [
            // Two addresses of four blocks each for four lines: two on each, or four on the first?
            (TWO, "1024, 5023, 1000, , sequential", Err(Impossible::SharingNotSaid)),
            (TWO, "1024, 5023, 1000, 2, sequential", Ok(2)),
            (TWO, "1024, 5023, 2000, , sequential", Ok(2)),
            // On one address blocks follow each other whatever their number is, and every n-th port does not.
            (ONE, "1024, 65535, 1000, , sequential", Ok(64)),
            (ONE, "1024, 65535, 1000, , staggered", Err(Impossible::SharingNotSaid)),
        ] {
            assert_eq!(lines(outside, ports, ", "), expected, "{outside}, {ports}");
        }
    }

    /// Plans of any awkward size that can be right.
    fn any_plan() -> impl Strategy<Value = Plan> {
        (1_u32..700, 1_u32..40, 1_u32..6, 0_u32..90, 1024_u32..3_000, any::<bool>()).prop_map(
            |(each, n_lines, n_outside, missing, first, staggered)| {
                let n_inside = (n_lines * n_outside).saturating_sub(missing % n_lines).max(1);
                let left_over = missing % 7;
                let last = first + each * n_lines - 1 + left_over;
                let algorithm = if staggered { "staggered" } else { "sequential" };
                let inside = |number: u32| std::net::Ipv4Addr::from(0x6440_00fd + number);
                let outside = |number: u32| std::net::Ipv4Addr::from(0xc612_00fe + number);
                plan(&format!(
                    "alfa, {}, {}, {}, {}, {first}, {last}, {each}, {n_lines}, {algorithm}, , , {FROM}",
                    inside(0),
                    inside(n_inside - 1),
                    outside(0),
                    outside(n_outside - 1),
                ))
            },
        )
    }

    #[test]
    fn every_port_of_a_plan_has_one_inside_address_and_leads_back_to_it() {
        let config = ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() };
        let result = proptest::test_runner::TestRunner::new(config).run(&any_plan(), |plan| {
            let ports = plan.ports.expect("a plan that can be right");
            let mut n_given = 0;
            for number in 0..=plan.inside.1.0 - plan.inside.0.0 {
                let inside = Address(plan.inside.0.0 + number);
                let share = plan.share(inside).expect("every inside address has a share");
                prop_assert!((plan.outside.0..=plan.outside.1).contains(&share.outside));
                let own = (share.ports.0..=share.ports.1).filter(|port| plan.has_port(share.ports.0, *port));
                let mut n_own = 0;
                for port in own {
                    n_own += 1;
                    prop_assert_eq!(plan.inside_of(share.outside, port), Some(inside), "{}", port);
                }
                prop_assert_eq!(n_own, ports.each);
                n_given += n_own;
            }
            // What no inside address has leads to none.
            let mut n_found = 0;
            for outside in plan.outside.0.0..=plan.outside.1.0 {
                let of = |port: u16| plan.inside_of(Address(outside), port);
                n_found += (0..=u16::MAX).filter(|port| of(*port).is_some()).count() as u32;
                let behind = plan.behind(Address(outside), None, plan.during_us).count() as u128;
                let before = (outside - plan.outside.0.0) * u128::from(ports.n_lines);
                let left = (plan.inside.1.0 - plan.inside.0.0 + 1).saturating_sub(before);
                prop_assert_eq!(behind, left.min(u128::from(ports.n_lines)));
            }
            prop_assert_eq!(n_found, n_given);
            Ok(())
        });
        if let Err(error) = result {
            panic!("{error}");
        }
    }

    #[test]
    fn plans_that_say_different_things_of_a_port_at_a_time_are_contested_there_and_nowhere_else() {
        let base = format!(
            "alfa, 100.64.0.0, 100.64.0.3, 192.0.2.1, 192.0.2.1, 1024, 5023, 1000, 4, sequential, , , {FROM}"
        );
        let shifted = base.replace("100.64.0.0, 100.64.0.3", "100.64.0.1, 100.64.0.4");
        let mut plans = [plan(&base), plan(&shifted.replace("2026-04-01", "2026-03-02")), plan(&base)];
        contest(&mut plans);
        let (day, outside) = (plans[1].during_us, address("192.0.2.1"));
        assert!(plans[0].is_contested(outside, Some(2000), (day.0, day.0)));
        assert!(plans[1].is_contested(outside, None, (day.0, day.0)));
        assert!(!plans[0].is_contested(outside, Some(2000), (day.1, day.1)));
        assert!(!plans[0].is_contested(outside, Some(6000), (day.0, day.0)));
        assert!(!plans[0].is_contested(address("192.0.2.2"), Some(2000), (day.0, day.0)));
        // The same row from two files says the same.
        let mut twice = [plan(&base), plan(&base)];
        contest(&mut twice);
        assert!(twice.iter().all(|plan| plan.contested.is_empty()));
    }
}
