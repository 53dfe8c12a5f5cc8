//! The made-up people: who lives where, who holds which line, and who uses it. Households, third-party subscribers and
//! neighbours are here; what they do on line is not. How many live how is drawn in `population`.

mod population;
mod region;

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;

use crate::SimulationError;
use crate::clock::day_after_1940;
use crate::names::{ITALY, family, given, plain, scramble, shop, street, tax_code};
use crate::network::{LineId, Network, Pool};
use crate::rng::{Rng, mix};

/// Connections of the operation at size 1 (press reports of the operation that the scenario follows, March 2024).
pub const CONNECTIONS: f64 = 117_000.0;
/// People found in that operation.
pub const USERS: f64 = 26.0;
/// Those of them with precedents.
pub const PRECEDENTS: f64 = 5.0;
/// Children named as victims in the referrals; each has an account used on the family's line.
const VICTIMS: f64 = 2.5;
/// Hotspots that several users visit.
const HOTSPOTS: f64 = 3.0;

/// A person, or the business that a line is registered to.
#[derive(Clone, Debug)]
pub struct Person {
    /// A number that nobody else in the world has.
    pub number: u32,
    /// Given name and family name, or the business's name.
    pub name: String,
    /// Date of birth; `None` for a business.
    pub birth: Option<Date>,
    /// Tax code, or the number of the business.
    pub tax_code: String,
    /// Street and house number; the same for the people of a household only.
    pub street: String,
    /// Index into [`crate::names::TOWNS`].
    pub town: usize,
    /// The e-mail address that the person gave to an operator.
    pub email: String,
    /// The telephone number that the person gave to an operator.
    pub phone: String,
    /// Since when the person's line is registered.
    pub active_from: Date,
}

impl Person {
    /// The person's name in truth files.
    #[must_use]
    pub fn id(&self) -> String {
        format!("p{}", self.number)
    }
}

/// The part that a person has in truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Used reported accounts: to be found.
    User,
    /// Did nothing.
    Bystander,
    /// Did nothing; a user of the same household uses a line registered to the person.
    SubscriberOnly,
    /// Used accounts that operators were asked about, and is not one of those to be found.
    OtherUser,
}

impl Role {
    /// The word in `truth/persons.csv`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Bystander => "bystander",
            Self::SubscriberOnly => "subscriber_only",
            Self::OtherUser => "other_user",
        }
    }
}

/// How a user reaches the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Archetype {
    /// Own home line and own SIM.
    OwnLine,
    /// As `OwnLine`, with two to four accounts.
    SeveralAccounts,
    /// Home line registered to a parent or partner.
    FamilyLine,
    /// Two users behind one home line.
    SharedLine,
    /// Mostly a neighbour's open Wi-Fi.
    OpenWifi,
    /// Only a SIM registered to a third party.
    ThirdPartySim,
    /// Home line registered to somebody who does not live there: a landlord, an earlier tenant.
    ThirdPartyLine,
    /// Mostly VPN and Tor; most of them with slips on the home line.
    Concealing,
    /// Own home line with the operator whose answer is in the wrong zone.
    WrongZone,
}

impl Archetype {
    /// The word in `truth/people.csv`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::OwnLine => "own_line",
            Self::SeveralAccounts => "several_accounts",
            Self::FamilyLine => "family_line",
            Self::SharedLine => "shared_line",
            Self::OpenWifi => "open_wifi",
            Self::ThirdPartySim => "third_party_sim",
            Self::ThirdPartyLine => "third_party_line",
            Self::Concealing => "concealing",
            Self::WrongZone => "wrong_zone",
        }
    }
}

/// To whom the user's SIM is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimOf {
    /// To the user.
    User,
    /// To the parent or partner to whom the home line is registered.
    Household,
    /// To a stranger.
    ThirdParty,
}

impl SimOf {
    /// The word in `truth/people.csv`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Household => "household",
            Self::ThirdParty => "third_party",
        }
    }
}

/// Somebody to be found.
#[derive(Clone, Debug)]
pub struct User {
    /// Index into [`World::people`].
    pub person: usize,
    /// How the user reaches the network.
    pub archetype: Archetype,
    /// The fixed line that the user uses: the own one, the family's, or a neighbour's.
    pub home: Option<LineId>,
    /// Whether that line also has an IPv6 prefix.
    pub ipv6: bool,
    /// The SIM that the user uses.
    pub sim: LineId,
    /// To whom it is registered.
    pub sim_of: SimOf,
    /// People who live at the home, with the user.
    pub household_size: u32,
    /// Whether the user is a teenager.
    pub is_teen: bool,
    /// How often the home line and the SIM are taken, in hundredths of the open connections.
    pub shares: [u32; 2],
    /// Other lines with how often they are taken: a hotspot, friends', an employer's.
    pub elsewhere: Vec<(LineId, u32)>,
    /// Share of connections through VPN, Tor and rented servers, in thousandths.
    pub concealed_permille: u32,
    /// Share of connections for which the platform recorded no port, in thousandths.
    pub portless_permille: u32,
    /// First and last day of the user's activity, from 0 for the first of the period.
    pub days: (i64, i64),
    /// Position among the users by activity, in 65,536ths.
    pub activity: u32,
    /// The user whose computer this one uses: another one where two share it.
    pub computer_of: usize,
    /// How far the clocks of telephone, computer and second telephone are off, milliseconds.
    pub clocks_off_ms: [i64; 3],
    /// A number that the user had before: the SIM that has it now is somebody else's.
    pub former_number: Option<LineId>,
    /// Somebody from whom the first account was bought.
    pub seller: Option<Seller>,
    /// How many connections the user makes in the period, with those of the seller.
    pub n_connections: u32,
    /// Whether a precedent is registered.
    pub precedent: bool,
}

/// Somebody who used an account before it was sold, and did nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Seller {
    /// Index into [`World::people`].
    pub person: usize,
    /// The seller's home line.
    pub home: LineId,
    /// The seller's SIM.
    pub sim: LineId,
    /// The last day of the seller's use, from 0 for the first of the period.
    pub last_day: i64,
}

/// A child whom a referral names as victim, with an account used on the family's line.
#[derive(Clone, Debug)]
pub struct Victim {
    /// Index into [`World::people`].
    pub person: usize,
    /// The family's line.
    pub line: LineId,
    /// The account on agorachat.
    pub account: String,
    /// Age stated in the referral, years.
    pub age: u32,
}

/// The people and lines of an operation.
#[derive(Debug)]
pub struct World {
    /// The seed.
    pub seed: u64,
    /// Whether contracts of one home are in one name.
    pub family_contracts: bool,
    /// Where people live, as positions in [`crate::names::TOWNS`].
    pub towns: Range<usize>,
    /// Who holds which address when.
    pub network: Network,
    /// People with a part of their own. All other subscribers follow from their lines.
    pub people: Vec<Person>,
    /// Their roles, by the same index.
    pub roles: Vec<Role>,
    /// Those to be found.
    pub users: Vec<User>,
    /// The children named as victims.
    pub victims: Vec<Victim>,
    /// The hotspots that users visit.
    pub hotspots: Vec<LineId>,
    /// The holders of lines that are registered to people of `people`.
    registered: BTreeMap<LineId, usize>,
    taken: BTreeMap<Pool, Taken>,
}

/// The lines of a pool that the world has given to people with a part in it.
#[derive(Debug, Default)]
struct Taken {
    /// How many lines of each group.
    n: BTreeMap<u32, u32>,
    /// The group of the last one.
    last: u32,
}

impl World {
    /// Makes the world of a seed and a size.
    ///
    /// # Errors
    /// [`SimulationError::SizeTooLarge`] when the made-up address ranges do not suffice.
    pub fn new(seed: u64, size: f64, family_contracts: bool) -> Result<Self, SimulationError> {
        let mut world = Self::empty(seed, ITALY);
        world.family_contracts = family_contracts;
        world.populate((USERS * size).round().max(1.0) as u32)?;
        world.add_hotspots(size)?;
        world.mark_precedents((PRECEDENTS * size).round() as usize);
        Ok(world)
    }

    fn empty(seed: u64, towns: Range<usize>) -> Self {
        Self {
            seed,
            family_contracts: false,
            towns,
            network: Network { seed },
            people: Vec::new(),
            roles: Vec::new(),
            users: Vec::new(),
            victims: Vec::new(),
            hotspots: Vec::new(),
            registered: BTreeMap::new(),
            taken: BTreeMap::new(),
        }
    }

    /// Adds the children named as victims, at most `n_reports`.
    pub fn add_victims(&mut self, size: f64, n_reports: usize) {
        let n = ((VICTIMS * size).round() as usize).min(n_reports);
        for ordinal in 0..n {
            let pool = if ordinal % 2 == 0 { Pool::AlfanetFixed } else { Pool::BoreaFixed };
            let plan = pool.plan();
            let slot = (plan.n_lines - 1) as u16;
            let group = (ordinal / 2) as u32 % self.network.division(pool).n_groups;
            let line = LineId { pool, group, slot };
            let parent = self.subscriber(line);
            let age = 11 + (mix(self.seed, &[20, ordinal as u64]) % 6) as u32;
            let number = self.next_number();
            let mut child = relative(self.seed, number, &parent, ADULT);
            child.birth = Some(day_after_1940((86 - i64::from(age)) * 365));
            child.email.clone_from(&parent.email);
            child.phone.clone_from(&parent.phone);
            let idx = self.add_person(child, Role::Bystander);
            let account = format!("{}", 80_000_000 + mix(self.seed, &[21, ordinal as u64]) % 9_000_000);
            self.victims.push(Victim { person: idx, line, account, age });
        }
    }

    /// Gives the users their numbers of connections: `total` in all, heavy-tailed. At size 1 the least active user has
    /// some 300, the most active some 15,000: activity in shared abuse networks is spread as widely (Wolak et al. 2014).
    pub fn spread_connections(&mut self, total: u32) {
        let weights: Vec<f64> = self
            .users
            .iter()
            .map(|user| {
                let quantile = (f64::from(user.activity) + 0.5) / 65_536.0;
                300.0 + 14_700.0 * quantile * quantile * (0.43 + 0.57 * quantile)
            })
            .collect();
        let sum: f64 = weights.iter().sum();
        let mut given = 0;
        let mut before = 0.0;
        for (user, weight) in self.users.iter_mut().zip(weights) {
            before += weight;
            let until_here = (f64::from(total) * (before / sum)).round().min(f64::from(total)) as u32;
            user.n_connections = until_here - given;
            given = until_here;
        }
        if let Some(last) = self.users.last_mut() {
            last.n_connections += total - given;
        }
    }

    /// To whom a line is registered.
    #[must_use]
    pub fn subscriber(&self, line: LineId) -> Person {
        match self.registered.get(&line) {
            Some(idx) => self.people[*idx].clone(),
            None => neighbour(self.seed, line, self.town_of(line)),
        }
    }

    /// The role of the person to whom a line is registered.
    #[must_use]
    pub fn subscriber_role(&self, line: LineId) -> Role {
        self.registered.get(&line).map_or(Role::Bystander, |idx| self.roles[*idx])
    }

    /// The lines that are registered to people of `people`, with the index of the holder.
    pub fn registered_lines(&self) -> impl Iterator<Item = (LineId, usize)> {
        self.registered.iter().map(|(line, idx)| (*line, *idx))
    }

    /// The town of a line: the lines of a fixed group are in one town, SIMs are everywhere.
    #[must_use]
    pub fn town_of(&self, line: LineId) -> usize {
        let part = if line.pool == Pool::CometaMobile { line.serial() } else { line.group };
        let drawn = mix(self.seed, &[25, line.pool as u64, u64::from(part)]);
        self.towns.start + (drawn % self.towns.len() as u64) as usize
    }

    fn add_hotspots(&mut self, size: f64) -> Result<(), SimulationError> {
        let mut rng = Rng::new(self.seed, &[24]);
        let n = (HOTSPOTS * size).round().clamp(1.0, 100.0) as usize;
        self.hotspots =
            (0..n).map(|_| self.take(Pool::AlfanetHotspot, &mut rng)).collect::<Result<Vec<_>, _>>()?;
        for user in &mut self.users {
            let stays_away = matches!(user.archetype, Archetype::ThirdPartySim | Archetype::Concealing);
            if rng.chance(250) && !stays_away {
                user.elsewhere.push((*rng.pick(&self.hotspots), rng.between(3, 8) as u32));
            }
        }
        Ok(())
    }

    /// Registers precedents of users whom an operator's answer will name.
    fn mark_precedents(&mut self, n: usize) {
        let is_named = |user: &User| {
            let uses_sim = user.sim_of == SimOf::User && user.shares[1] > 0;
            let uses_home =
                user.home.is_some_and(|home| user.shares[0] > 9 && self.registered[&home] == user.person);
            user.concealed_permille < 1000 && (uses_sim || uses_home)
        };
        let mut named: Vec<usize> = (0..self.users.len()).filter(|idx| is_named(&self.users[*idx])).collect();
        Rng::new(self.seed, &[22]).shuffle(&mut named);
        for idx in named.into_iter().take(n) {
            self.users[idx].precedent = true;
        }
    }

    /// A line of a pool for somebody with a part in the world: mostly of a group from which none was taken, sometimes
    /// of that of the line taken before, whose addresses it then shares. Full pools of whole addresses give way to the
    /// roomy one of shared addresses.
    fn take(&mut self, pool: Pool, rng: &mut Rng) -> Result<LineId, SimulationError> {
        let n_groups = self.network.division(pool).n_groups;
        let taken = self.taken.entry(pool).or_default();
        let n_known = pool.plan().n_known;
        let has_room = |group: &u32| taken.n.get(group).is_none_or(|n| *n < n_known);
        let first = if taken.n.is_empty() || rng.chance(150) { taken.last } else { taken.last + 1 };
        let group = (first..first + n_groups).map(|group| group % n_groups).find(has_room);
        match group {
            Some(group) => Ok(self.take_of_group(pool, group)),
            None if matches!(pool, Pool::BoreaShared | Pool::CometaMobile | Pool::AlfanetHotspot) => {
                Err(SimulationError::SizeTooLarge(pool.plan().operator.name()))
            }
            None => self.take(Pool::BoreaShared, rng),
        }
    }

    /// A line that shares addresses with another one, where its group has one left.
    fn take_near(&mut self, line: LineId) -> Option<LineId> {
        let n = self.taken.get(&line.pool)?.n.get(&line.group)?;
        (*n < line.pool.plan().n_known).then(|| self.take_of_group(line.pool, line.group))
    }

    fn take_of_group(&mut self, pool: Pool, group: u32) -> LineId {
        let taken = self.taken.entry(pool).or_default();
        taken.last = group;
        let n = taken.n.entry(group).or_default();
        *n += 1;
        LineId { pool, group, slot: (*n - 1) as u16 }
    }

    fn add_person(&mut self, person: Person, role: Role) -> usize {
        self.people.push(person);
        self.roles.push(role);
        self.people.len() - 1
    }

    fn next_number(&self) -> u32 {
        // Above the numbers of all lines, which are those of the other subscribers.
        6_000_000 + self.people.len() as u32
    }
}

/// The subscriber of a line that nobody with a part of their own holds: a family, or sometimes a business.
fn neighbour(seed: u64, line: LineId, town: usize) -> Person {
    let serial = line.serial();
    let mut rng = Rng::new(seed, &[26, u64::from(serial)]);
    let mut subscriber = person(seed, serial, serial, town, &family(rng.bits()), ADULT);
    if line.is_business() || line.pool == Pool::AlfanetHotspot {
        subscriber.name = shop(rng.bits());
        subscriber.birth = None;
        subscriber.tax_code = format!("99{:09}", u64::from(serial) * 97 % 1_000_000_000);
    }
    if line.pool == Pool::CometaMobile {
        subscriber.phone = line.phone();
    }
    subscriber
}

/// Somebody who has no part in the operation at all.
#[must_use]
pub fn outsider(seed: u64, ordinal: u32) -> Person {
    let number = 7_000_000 + ordinal;
    let mut rng = Rng::new(seed, &[28, u64::from(ordinal)]);
    person(seed, number, number, rng.below(ITALY.len() as u32) as usize, &family(rng.bits()), ADULT)
}

/// Days of birth after 1 January 1940 of adults.
const ADULT: (i64, i64) = (0, 23_700);
/// And of those who are between fifteen and nineteen.
const TEEN: (i64, i64) = (24_500, 25_960);

fn person(seed: u64, number: u32, household: u32, town: usize, family: &str, born: (i64, i64)) -> Person {
    let mut rng = Rng::new(seed, &[27, u64::from(number)]);
    let (given, female) = given(rng.bits());
    let birth = day_after_1940(rng.between(born.0, born.1));
    let local = format!("{}.{}{}", plain(given), plain(family), scramble(number));
    let domain = rng.pick(&["example.org", "example.net", "posta.test"]);
    Person {
        number,
        name: format!("{given} {family}"),
        birth: Some(birth),
        tax_code: tax_code(number, birth, female),
        street: street(household),
        town,
        email: format!("{local}@{domain}"),
        phone: format!("+39333556{:07}", scramble(number)),
        active_from: day_after_1940(rng.between(25_600, 31_000)),
    }
}

/// Somebody of the same family at the same door.
fn relative(seed: u64, number: u32, of: &Person, born: (i64, i64)) -> Person {
    let family = of.name.rsplit(' ').next().unwrap_or(&of.name);
    let mut relative = person(seed, number, number, of.town, family, born);
    relative.street.clone_from(&of.street);
    relative
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_spread_widely_and_add_up() {
        let mut most = Vec::new();
        for seed in 1..10 {
            let mut world = World::new(seed, 1.0, true).expect("size 1 fits");
            world.spread_connections(117_000);
            let mut counts: Vec<u32> = world.users.iter().map(|user| user.n_connections).collect();
            counts.sort_unstable();
            assert_eq!((counts.len(), counts.iter().sum::<u32>()), (26, 117_000));
            assert!(counts[0] < 1_000 && counts[25] > 9_000, "{counts:?}");
            most.push(counts[25]);
        }
        most.dedup();
        assert!(most.len() > 5, "each seed has numbers of its own: {most:?}");
    }

    #[test]
    fn nobody_takes_a_line_that_somebody_else_has() {
        let mut world = World::new(5, 20.0, false).expect("the size fits");
        let mut rng = Rng::new(5, &[99]);
        let mut lines = std::collections::BTreeSet::new();
        let n_groups = world.network.division(Pool::DeltaFixed).n_groups;
        for _ in 0..n_groups * 8 + 50 {
            let line = world.take(Pool::DeltaFixed, &mut rng).expect("the roomy pool takes the rest");
            assert!(lines.insert(line) && !world.registered.contains_key(&line), "{line:?}");
        }
        assert!(lines.iter().any(|line| line.pool == Pool::BoreaShared));
    }
}
