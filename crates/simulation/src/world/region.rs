//! The people of one region whom operators are asked about because of what observers of sharing networks saw: eight who
//! are sought, and ordinary households whose peers stood beside theirs. They are the same at every size.

use super::population::drawn_user;
use super::{ADULT, Archetype, Role, SimOf, User, World, person};
use crate::SimulationError;
use crate::names::{REGION, TOWNS, family};
use crate::network::{LineId, Pool};
use crate::rng::Rng;
use crate::sharing::places::is_in_plan_v6;

/// How somebody of the region lives and reaches the network.
#[derive(Clone, Copy, Debug)]
pub struct Home {
    /// The province, by its two letters.
    pub province: &'static str,
    /// How the line is held.
    pub archetype: Archetype,
    /// The pool of the home line; `None` for somebody who has a SIM alone.
    pub pool: Option<Pool>,
    /// Whether the line shares addresses with that of the household before it.
    pub is_near: bool,
    /// How often the home line and the SIM are taken, in hundredths.
    pub shares: [u32; 2],
    /// Share of sessions through VPN, Tor and rented servers, in thousandths.
    pub concealed_permille: u32,
    /// Share of sightings without a port, in thousandths.
    pub portless_permille: u32,
    /// Whether a precedent is registered.
    pub precedent: bool,
}

/// A household with its own line, in a province.
const fn own_line(province: &'static str, pool: Pool) -> Home {
    Home {
        province,
        archetype: Archetype::OwnLine,
        pool: Some(pool),
        is_near: false,
        shares: [100, 0],
        concealed_permille: 0,
        portless_permille: 30,
        precedent: false,
    }
}

/// Those who are sought: eight in six provinces of the region.
pub const SOUGHT: [Home; 8] = [
    Home { shares: [85, 15], concealed_permille: 120, ..own_line("MI", Pool::AlfanetFixed) },
    // Behind shared addresses: without a port an answer names dozens.
    Home { portless_permille: 300, precedent: true, ..own_line("MI", Pool::BoreaShared) },
    // Mostly the open network of a neighbour, who did nothing.
    Home { archetype: Archetype::OpenWifi, shares: [80, 20], ..own_line("BG", Pool::AlfanetFixed) },
    // The line is registered to somebody of the household.
    Home { archetype: Archetype::FamilyLine, shares: [88, 12], ..own_line("BS", Pool::BoreaFixed) },
    Home { shares: [80, 20], precedent: true, ..own_line("VA", Pool::AlfanetFixed) },
    own_line("PV", Pool::BoreaFixed),
    Home { pool: None, shares: [0, 100], ..own_line("CO", Pool::CometaMobile) },
    Home { concealed_permille: 350, shares: [90, 10], ..own_line("BS", Pool::AlfanetFixed) },
];

/// Ordinary households that operators are asked about too.
pub const N_ORDINARY: usize = 24;

impl World {
    /// The world of the region: `users` holds those who are sought, then the ordinary households.
    ///
    /// # Errors
    /// [`SimulationError::SizeTooLarge`], which the fixed number of people never meets.
    pub fn of_region(seed: u64) -> Result<Self, SimulationError> {
        let mut world = Self::empty(seed, REGION);
        for home in &SOUGHT {
            world.add_household(home, Role::User)?;
            // Whoever shares addresses with somebody sought, and shares files too.
            if matches!(home.pool, Some(Pool::BoreaShared) | None) {
                world.add_household(&Home { is_near: true, precedent: false, ..*home }, Role::OtherUser)?;
            }
        }
        let mut rng = Rng::new(seed, &[80]);
        while world.users.len() < SOUGHT.len() + N_ORDINARY {
            const POOLS: [Pool; 4] =
                [Pool::AlfanetFixed, Pool::BoreaFixed, Pool::BoreaShared, Pool::DeltaFixed];
            let pool = POOLS[rng.weighted(&[45, 25, 20, 10])];
            let province = TOWNS[REGION.start + rng.below(REGION.len() as u32) as usize].1;
            world.add_household(&own_line(province, pool), Role::OtherUser)?;
        }
        // Those who are sought stand first; the order of the others does not matter.
        let World { users, roles, .. } = &mut world;
        users.sort_by_key(|user| roles[user.person] != Role::User);
        Ok(world)
    }

    fn add_household(&mut self, home: &Home, role: Role) -> Result<(), SimulationError> {
        let idx = self.users.len();
        let mut rng = Rng::new(self.seed, &[81, idx as u64]);
        let line = home.pool.map(|pool| self.take_home(pool, home)).transpose()?;
        let number = self.next_number();
        let town = match line {
            Some(line) => self.town_of(line),
            None => REGION.clone().find(|town| TOWNS[*town].1 == home.province).unwrap_or(REGION.start),
        };
        let me = person(self.seed, number, number, town, &family(rng.bits()), ADULT);
        let me = self.add_person(me, role);
        let before = self.users.last().filter(|_| home.is_near && line.is_none()).map(|user| user.sim);
        let near = before.and_then(|sim| self.take_near(sim));
        let sim = match near {
            Some(sim) => sim,
            None => self.take(Pool::CometaMobile, &mut rng)?,
        };
        let lives_with_others = home.archetype == Archetype::FamilyLine;
        let household_size = if lives_with_others { 3 } else { 1 + rng.below(3) };
        if let Some(line) = line {
            self.register_home(line, home.archetype, me, &mut rng);
        }
        self.registered.insert(sim, me);
        self.add_members(me, sim, household_size, lives_with_others, &mut rng);
        let drawn = drawn_user(me, home.archetype, (line, sim), &mut rng);
        let prefixes = line.map(|line| self.network.prefixes(line)).unwrap_or_default();
        self.users.push(User {
            ipv6: drawn.ipv6 && prefixes.iter().all(|(prefix, _)| !is_in_plan_v6(*prefix)),
            sim_of: SimOf::User,
            household_size,
            shares: home.shares,
            concealed_permille: home.concealed_permille,
            portless_permille: home.portless_permille,
            precedent: home.precedent,
            ..drawn
        });
        Ok(())
    }

    /// A line of a pool in the province; one that shares addresses with the last user's, where it is near.
    fn take_home(&mut self, pool: Pool, home: &Home) -> Result<LineId, SimulationError> {
        let before = self.users.last().and_then(|user| user.home).filter(|_| home.is_near);
        if let Some(line) = before.and_then(|line| self.take_near(line)) {
            return Ok(line);
        }
        let n_groups = self.network.division(pool).n_groups;
        // A group from which nobody was taken, so that two households share addresses only where they are near.
        let found = (0..n_groups).find(|group| {
            let line = LineId { pool, group: *group, slot: 0 };
            let is_free = self.taken.get(&pool).is_none_or(|taken| !taken.n.contains_key(group));
            is_free && TOWNS[self.town_of(line)].1 == home.province
        });
        let group = found.ok_or(SimulationError::SizeTooLarge(pool.plan().operator.name()))?;
        Ok(self.take_of_group(pool, group))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn eight_people_are_sought_in_six_provinces_of_the_region() {
        for seed in 1..30 {
            let world = World::of_region(seed).expect("the region has room");
            let sought = &world.users[..SOUGHT.len()];
            assert!(sought.iter().all(|user| world.roles[user.person] == Role::User));
            assert!(
                world.users[SOUGHT.len()..].iter().all(|user| world.roles[user.person] == Role::OtherUser)
            );
            let provinces: BTreeSet<&str> =
                sought.iter().map(|user| TOWNS[world.people[user.person].town].1).collect();
            assert_eq!(provinces.into_iter().collect::<Vec<_>>(), ["BG", "BS", "CO", "MI", "PV", "VA"]);
            assert_eq!(world.users.len(), SOUGHT.len() + N_ORDINARY);
            let names: BTreeSet<&str> =
                sought.iter().map(|user| world.people[user.person].name.as_str()).collect();
            assert!(names.len() >= 7, "{names:?}");
        }
    }

    #[test]
    fn traps_are_there() {
        let world = World::of_region(7).expect("the region has room");
        let holder = |user: &User| user.home.map(|home| world.registered[&home]);
        let of =
            |archetype| world.users.iter().find(|user| user.archetype == archetype).expect("one is there");
        let open = holder(of(Archetype::OpenWifi)).expect("a line");
        assert_eq!(world.roles[open], Role::Bystander);
        let family = holder(of(Archetype::FamilyLine)).expect("a line");
        assert_eq!(world.roles[family], Role::SubscriberOnly);
        let shared = world.users[1].home.expect("a line");
        let near = world.users.iter().skip(2).filter_map(|user| user.home);
        assert!(near.filter(|line| (line.pool, line.group) == (shared.pool, shared.group)).count() > 0);
    }
}
