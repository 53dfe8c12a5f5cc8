//! Who is in a world: how many live how, and what each of them has, drawn for each seed from what is published of
//! access, households and habits. Where nothing is published a share is an assumption, and says so.
//!
//! Beside the people to be found stand those who are easily taken for them: who lives with them, whose open network
//! they use, who shares their addresses, who has their old number, their name and year of birth, or sold them an
//! account.

use jiff::civil::Date;

use super::{ADULT, Archetype, Role, Seller, SimOf, TEEN, User, World, person, relative};
use crate::SimulationError;
use crate::names::{family, is_woman, tax_code};
use crate::network::{LineId, Pool};
use crate::rng::Rng;

/// People of a household, one to five, in hundredths: some 2.3 in the mean, as in Italy. An assumption otherwise.
const HOUSEHOLDS: [u32; 5] = [33, 27, 19, 15, 6];
/// Of a thousand users behind a family's line, those who are teenagers; of a thousand teenagers and of a thousand
/// others behind a family's line, those whose SIM is registered to the holder of it. Assumptions.
const TEENS: u32 = 300;
const SIMS_OF_PARENTS: u32 = 500;
const SIMS_OF_PARTNERS: u32 = 100;
/// Of a thousand others, those whose SIM is registered to a stranger. An assumption.
const SIMS_OF_STRANGERS: u32 = 30;
/// Of a thousand who conceal themselves, those who do it always: more than 90 % of sessions that used Tor and were
/// seen on three days were also seen without it (Hurley et al., WWW 2013).
const ALWAYS_CONCEALED: u32 = 100;
/// Of a thousand users. Assumptions.
const GUESTS: u32 = 120;
const AT_WORK: u32 = 80;
const BUYERS: u32 = 40;
const FORMER_NUMBERS: u32 = 60;
/// Of a thousand pairs behind one line, those who share the computer; of a thousand open networks, those of a
/// neighbour at the same house number. Assumptions.
const SHARED_COMPUTERS: u32 = 400;
const SAME_BUILDING: u32 = 400;
/// Of a thousand devices, those whose clock is minutes off. An assumption.
const CLOCKS_OFF: u32 = 10;

/// The shares that a world has in common.
struct Shares {
    archetypes: [(Archetype, u32); 9],
    homes: [(Pool, u32); 4],
}

impl Shares {
    /// Open networks are 2 to 13 % of access points. Of fixed lines some belong to operators that share addresses:
    /// half of the fixed operators did in 2017 (Europol).
    fn of(seed: u64) -> Self {
        use Archetype::*;
        let mut rng = Rng::new(seed, &[29]);
        let open_wifi = rng.between(20, 130) as u32;
        let behind_nat = rng.between(25, 65) as u32;
        Self {
            // About the plan of 26 people that the demonstration began with. Of a shared line there are two users.
            archetypes: [
                (OwnLine, 300),
                (SeveralAccounts, 115),
                (FamilyLine, 150),
                (SharedLine, 75),
                (OpenWifi, open_wifi),
                (ThirdPartySim, 70),
                (ThirdPartyLine, 30),
                (Concealing, 75),
                (WrongZone, 40),
            ],
            homes: [
                (Pool::AlfanetFixed, 40),
                (Pool::BoreaFixed, (100 - behind_nat) / 2),
                (Pool::BoreaShared, behind_nat / 2),
                (Pool::DeltaFixed, 10),
            ],
        }
    }

    /// How `n` users live; of two behind one line, the second follows the first.
    fn archetypes(&self, n: usize, rng: &mut Rng) -> Vec<(Archetype, bool)> {
        let weights = self.archetypes.map(|(_, weight)| weight);
        let mut drawn = Vec::with_capacity(n);
        while drawn.len() < n {
            match self.archetypes[rng.weighted(&weights)].0 {
                Archetype::SharedLine if drawn.len() + 2 > n => drawn.push((Archetype::OwnLine, false)),
                Archetype::SharedLine => {
                    drawn.extend([(Archetype::SharedLine, false), (Archetype::SharedLine, true)]);
                }
                other => drawn.push((other, false)),
            }
        }
        drawn
    }

    /// The pool of a home line.
    fn home(&self, archetype: Archetype, rng: &mut Rng) -> Option<Pool> {
        match archetype {
            Archetype::ThirdPartySim => None,
            Archetype::WrongZone => Some(Pool::DeltaFixed),
            _ => Some(self.homes[rng.weighted(&self.homes.map(|(_, weight)| weight))].0),
        }
    }
}

impl World {
    /// Draws the users and everybody around them.
    pub(super) fn populate(&mut self, n_users: u32) -> Result<(), SimulationError> {
        let shares = Shares::of(self.seed);
        let drawn = shares.archetypes(n_users as usize, &mut Rng::new(self.seed, &[35]));
        for (archetype, follows) in drawn {
            self.add_user(&shares, archetype, follows)?;
        }
        self.add_namesakes();
        Ok(())
    }

    fn add_user(
        &mut self,
        shares: &Shares,
        archetype: Archetype,
        follows: bool,
    ) -> Result<(), SimulationError> {
        let idx = self.users.len();
        let mut rng = Rng::new(self.seed, &[23, idx as u64]);
        let first = follows.then(|| self.users[idx - 1].clone());
        let home = match (&first, shares.home(archetype, &mut rng)) {
            (Some(first), _) => first.home,
            (None, Some(pool)) => Some(self.take(pool, &mut rng)?),
            (None, None) => None,
        };
        let number = self.next_number();
        let town = home.map_or(number as usize % self.towns.len(), |line| self.town_of(line));
        let is_teen = archetype == Archetype::FamilyLine && rng.chance(TEENS);
        let born = if is_teen { TEEN } else { ADULT };
        let mut me = person(self.seed, number, number, town, &family(rng.bits()), born);
        if let Some(first) = &first {
            me.street.clone_from(&self.people[first.person].street);
        }
        let me = self.add_person(me, Role::User);
        let sim = self.take(Pool::CometaMobile, &mut rng)?;
        let lives_with_others =
            matches!(archetype, Archetype::FamilyLine | Archetype::SharedLine | Archetype::ThirdPartyLine);
        let drawn = 1 + rng.weighted(&HOUSEHOLDS) as u32;
        let household_size = if lives_with_others { drawn.max(2) } else { drawn };
        if let (Some(line), None) = (home, &first) {
            self.register_home(line, archetype, me, &mut rng);
        }
        let sim_of = self.register_sim(sim, home, archetype, me, is_teen, &mut rng);
        if first.is_none() {
            self.add_members(me, sim, household_size, lives_with_others, &mut rng);
        }
        let mut user = drawn_user(me, archetype, (home, sim), &mut rng);
        user.sim_of = sim_of;
        user.is_teen = is_teen;
        user.household_size = first.map_or(household_size, |first| first.household_size);
        user.computer_of = if follows && rng.chance(SHARED_COMPUTERS) { idx - 1 } else { idx };
        self.add_neighbourhood(&mut user, shares, &mut rng)?;
        self.users.push(user);
        Ok(())
    }

    /// Registers a home line as the archetype has it, and makes the person it is registered to.
    pub(super) fn register_home(&mut self, line: LineId, archetype: Archetype, user: usize, rng: &mut Rng) {
        let me = self.people[user].clone();
        let holder = match archetype {
            Archetype::FamilyLine => self.add_relative(user, Role::SubscriberOnly),
            Archetype::SharedLine if rng.chance(500) => self.add_relative(user, Role::SubscriberOnly),
            Archetype::OpenWifi => {
                let neighbour = self.add_stranger(rng);
                self.people[neighbour].town = me.town;
                if rng.chance(SAME_BUILDING) {
                    self.people[neighbour].street.clone_from(&me.street);
                }
                neighbour
            }
            Archetype::ThirdPartyLine => {
                let landlord = self.add_stranger(rng);
                // Some operators give where the line is, some where the holder lives.
                if rng.chance(500) {
                    self.people[landlord].street.clone_from(&me.street);
                    self.people[landlord].town = me.town;
                }
                landlord
            }
            _ => user,
        };
        self.registered.insert(line, holder);
    }

    fn register_sim(
        &mut self,
        sim: LineId,
        home: Option<LineId>,
        archetype: Archetype,
        user: usize,
        is_teen: bool,
        rng: &mut Rng,
    ) -> SimOf {
        let of_household = if is_teen { SIMS_OF_PARENTS } else { SIMS_OF_PARTNERS };
        let (holder, sim_of) = match (archetype, home) {
            (Archetype::ThirdPartySim, _) => (self.add_stranger(rng), SimOf::ThirdParty),
            (Archetype::FamilyLine, Some(home)) if rng.chance(of_household) && self.family_contracts => {
                (self.registered[&home], SimOf::Household)
            }
            _ if rng.chance(SIMS_OF_STRANGERS) => (self.add_stranger(rng), SimOf::ThirdParty),
            _ => (user, SimOf::User),
        };
        self.registered.insert(sim, holder);
        sim_of
    }

    /// The others of the household, where they have SIMs: of the operator that the user has, so that they share
    /// addresses.
    pub(super) fn add_members(
        &mut self,
        user: usize,
        sim: LineId,
        size: u32,
        lives_with_others: bool,
        rng: &mut Rng,
    ) {
        for _ in 1 + u32::from(lives_with_others)..size {
            if rng.chance(500)
                && let Some(line) = self.take_near(sim)
            {
                let member = self.add_relative(user, Role::Bystander);
                self.registered.insert(line, member);
            }
        }
    }

    /// Whoever has to do with the user and did nothing: hosts, the employer, a seller, the holder of an old number.
    fn add_neighbourhood(
        &mut self,
        user: &mut User,
        shares: &Shares,
        rng: &mut Rng,
    ) -> Result<(), SimulationError> {
        if rng.chance(GUESTS) {
            let (_, home) = self.add_stranger_with_home(shares, rng)?;
            user.elsewhere.push((home, rng.between(3, 12) as u32));
        }
        if rng.chance(AT_WORK) {
            let n_groups = self.network.division(Pool::AlfanetFixed).n_groups;
            let slot = *rng.pick(&[9, 23]);
            let line = LineId { pool: Pool::AlfanetFixed, group: rng.below(n_groups), slot };
            user.elsewhere.push((line, rng.between(4, 25) as u32));
        }
        if rng.chance(BUYERS) {
            let (person, home) = self.add_stranger_with_home(shares, rng)?;
            let sim = self.take(Pool::CometaMobile, rng)?;
            self.registered.insert(sim, person);
            let (first_day, last_day) = user.days;
            let last_day = first_day + (last_day - first_day) * rng.between(5, 40) / 100;
            user.seller = Some(Seller { person, home, sim, last_day });
        }
        if rng.chance(FORMER_NUMBERS)
            && let Some(line) = self.take_near(user.sim)
        {
            let stranger = self.add_stranger(rng);
            // The number was free again, and was given to somebody else in the middle of the period.
            self.people[stranger].active_from = crate::clock::day_after_1940(31_440 + rng.between(0, 120));
            self.registered.insert(line, stranger);
            user.former_number = Some(line);
        }
        Ok(())
    }

    /// People with a user's name and year of birth, on lines that share addresses with the user's: one for each ten
    /// users, at least one.
    fn add_namesakes(&mut self) {
        let mut rng = Rng::new(self.seed, &[36]);
        for _ in 0..(self.users.len() / 10).max(1) {
            let user = rng.pick(&self.users);
            let (of, near) = (self.people[user.person].clone(), user.home.unwrap_or(user.sim));
            let (Some(line), Some(birth)) = (self.take_near(near), of.birth) else { continue };
            let stranger = self.add_stranger(&mut rng);
            let month = (birth.month() as i64 - 1 + rng.between(1, 11)) % 12 + 1;
            let other = Date::new(birth.year(), month as i8, rng.between(1, 28) as i8).unwrap_or(birth);
            let town = self.town_of(line);
            let namesake = &mut self.people[stranger];
            namesake.town = town;
            namesake.tax_code = tax_code(namesake.number, other, is_woman(&of.name));
            namesake.birth = Some(other);
            namesake.name = of.name;
            self.registered.insert(line, stranger);
        }
    }

    fn add_relative(&mut self, of: usize, role: Role) -> usize {
        let number = self.next_number();
        let relative = relative(self.seed, number, &self.people[of], ADULT);
        self.add_person(relative, role)
    }

    fn add_stranger(&mut self, rng: &mut Rng) -> usize {
        let number = self.next_number();
        let town = self.towns.start + rng.below(self.towns.len() as u32) as usize;
        let stranger = person(self.seed, number, number, town, &family(rng.bits()), ADULT);
        self.add_person(stranger, Role::Bystander)
    }

    fn add_stranger_with_home(
        &mut self,
        shares: &Shares,
        rng: &mut Rng,
    ) -> Result<(usize, LineId), SimulationError> {
        let pool = shares.home(Archetype::OwnLine, rng).unwrap_or(Pool::BoreaShared);
        let home = self.take(pool, rng)?;
        let stranger = self.add_stranger(rng);
        self.people[stranger].town = self.town_of(home);
        self.registered.insert(home, stranger);
        Ok((stranger, home))
    }
}

/// A user with the habits that depend on nobody else.
pub(super) fn drawn_user(
    person: usize,
    archetype: Archetype,
    (home, sim): (Option<LineId>, LineId),
    rng: &mut Rng,
) -> User {
    let at_home = match archetype {
        Archetype::ThirdPartySim => 0,
        Archetype::Concealing => rng.between(60, 100),
        // One in ten uses the home line in passing only.
        _ if rng.chance(100) => rng.between(2, 9),
        _ => rng.between(35, 90),
    };
    let concealed_permille = match archetype {
        Archetype::Concealing if rng.chance(ALWAYS_CONCEALED) => 1000,
        Archetype::Concealing => rng.between(600, 900),
        _ if rng.chance(200) => rng.between(10, 60),
        _ => 0,
    };
    let portless_permille = match rng.weighted(&[75, 15, 10]) {
        0 => 20,
        1 => rng.between(100, 300),
        _ => rng.between(400, 700),
    };
    let days = if rng.chance(700) {
        (rng.between(0, 30), rng.between(150, 179))
    } else {
        let first_day = rng.between(0, 100);
        (first_day, (first_day + rng.between(20, 100)).min(179))
    };
    let clock_off_ms = |rng: &mut Rng| {
        let off_ms = rng.between(120_000, 900_000) * if rng.chance(500) { 1 } else { -1 };
        if rng.chance(CLOCKS_OFF) { off_ms } else { 0 }
    };
    User {
        person,
        archetype,
        home,
        ipv6: home.is_some_and(|home| home.pool == Pool::AlfanetFixed) && rng.chance(500),
        sim,
        sim_of: SimOf::User,
        household_size: 1,
        is_teen: false,
        shares: [at_home, 100 - at_home].map(|share| share as u32),
        elsewhere: Vec::new(),
        concealed_permille: concealed_permille as u32,
        portless_permille: portless_permille as u32,
        days,
        activity: rng.below(65_536),
        computer_of: 0,
        clocks_off_ms: [(); 3].map(|()| clock_off_ms(rng)),
        former_number: None,
        seller: None,
        n_connections: 0,
        precedent: false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn worlds() -> impl Iterator<Item = World> {
        (1..=40).map(|seed| World::new(seed, 1.0, true).expect("size 1 fits"))
    }

    #[test]
    fn each_seed_draws_its_own_people_about_the_shares() {
        let mut all: BTreeMap<Archetype, Vec<usize>> = BTreeMap::new();
        for world in worlds() {
            assert_eq!(world.users.len(), 26);
            for (archetype, _) in Shares::of(1).archetypes {
                let n = world.users.iter().filter(|user| user.archetype == archetype).count();
                all.entry(archetype).or_default().push(n);
            }
        }
        let mean = |archetype| all[&archetype].iter().sum::<usize>() as f64 / 40.0;
        assert!((6.0..10.0).contains(&mean(Archetype::OwnLine)), "{}", mean(Archetype::OwnLine));
        assert!((1.0..3.0).contains(&mean(Archetype::OpenWifi)), "{}", mean(Archetype::OpenWifi));
        for (archetype, counts) in &all {
            let (least, most) = (counts.iter().min(), counts.iter().max());
            assert!(least < most, "{archetype:?}: {counts:?}");
            let is_rare = Shares::of(1).archetypes.iter().any(|(of, n)| of == archetype && *n < 100);
            assert!(!is_rare || least == Some(&0), "{archetype:?}: {counts:?}");
        }
    }

    #[test]
    fn every_kind_of_look_alike_is_somewhere() {
        let mut n = BTreeMap::<&str, usize>::new();
        for world in worlds() {
            for user in &world.users {
                let me = &world.people[user.person];
                let mut count = |what, is: bool| *n.entry(what).or_default() += usize::from(is);
                let home = user.home.map(|home| world.subscriber(home));
                count("parent_with_both_lines", user.is_teen && user.sim_of == SimOf::Household);
                count("neighbour_in_the_building", {
                    user.archetype == Archetype::OpenWifi && home.is_some_and(|it| it.street == me.street)
                });
                count("seller", user.seller.is_some());
                count("former_number", user.former_number.is_some());
                count("shared_computer", world.users[user.computer_of].person != user.person);
                count("always_concealed", user.concealed_permille == 1000);
                count("clock_off", user.clocks_off_ms.iter().any(|off_ms| *off_ms != 0));
                count("namesake", {
                    let same = |other: &&super::super::Person| {
                        other.number != me.number
                            && other.name == me.name
                            && other.birth.map(Date::year) == me.birth.map(Date::year)
                            && other.birth != me.birth
                            && other.tax_code != me.tax_code
                    };
                    world.people.iter().filter(same).count() > 0
                });
                count("of_the_household_on_the_same_addresses", {
                    let mut lines = world.registered_lines();
                    lines.any(|(line, holder)| {
                        world.people[holder].street == me.street
                            && world.roles[holder] == Role::Bystander
                            && (line.pool, line.group) == (user.sim.pool, user.sim.group)
                    })
                });
            }
        }
        assert!(n.values().all(|n| *n > 3), "{n:?}");
        assert_eq!(n.len(), 9);
    }

    #[test]
    fn two_behind_one_line_stand_together_and_are_two() {
        for world in worlds() {
            let shared: Vec<&User> =
                world.users.iter().filter(|user| user.archetype == Archetype::SharedLine).collect();
            for pair in shared.chunks(2) {
                assert_eq!(pair[0].home, pair[1].home);
                assert_ne!(pair[0].sim, pair[1].sim);
                assert_ne!(pair[0].person, pair[1].person);
            }
        }
    }
}
