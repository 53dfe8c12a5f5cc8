//! The made-up people: who lives where, who holds which line, and who uses it. Households, third-party subscribers and
//! neighbours are here; what they do on line is not.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::SimulationError;
use crate::clock::day_after_1940;
use crate::names::{TOWNS, family, given, plain, scramble, shop, street, tax_code};
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
    /// Index into [`TOWNS`].
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
}

impl Role {
    /// The word in `truth/persons.csv`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Bystander => "bystander",
            Self::SubscriberOnly => "subscriber_only",
        }
    }
}

/// How a user reaches the network and what ties the accounts to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Archetype {
    /// Own home line and own SIM, one account.
    OwnLine,
    /// As `OwnLine`, with two or three accounts that share a device or a selector.
    SeveralAccounts,
    /// Home line registered to a parent or partner; own SIM.
    FamilyLine,
    /// Two users behind one home line, who share nothing else.
    SharedLine,
    /// Mostly a neighbour's open Wi-Fi.
    OpenWifi,
    /// Only a SIM registered to a third party.
    ThirdPartySim,
    /// Mostly VPN and Tor, with slips on the home line.
    Concealing,
    /// Own home line with the operator whose answer is in the wrong zone.
    WrongZone,
}

/// How many of the 26 there are of each archetype.
const ARCHETYPES: [(Archetype, u32); 8] = [
    (Archetype::OwnLine, 8),
    (Archetype::SeveralAccounts, 3),
    (Archetype::FamilyLine, 4),
    (Archetype::SharedLine, 4),
    (Archetype::OpenWifi, 2),
    (Archetype::ThirdPartySim, 2),
    (Archetype::Concealing, 2),
    (Archetype::WrongZone, 1),
];

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
            Self::Concealing => "concealing",
            Self::WrongZone => "wrong_zone",
        }
    }

    /// The home line's pool, and whether the line also has IPv6, of the archetype's `ordinal`-th user.
    fn home(self, ordinal: usize) -> Option<(Pool, bool)> {
        use Pool::{AlfanetFixed, BoreaFixed, BoreaShared, DeltaFixed};
        let homes: &[(Pool, bool)] = match self {
            Self::OwnLine => &[
                (AlfanetFixed, true),
                (BoreaFixed, false),
                (DeltaFixed, false),
                (AlfanetFixed, false),
                (BoreaShared, false),
                (AlfanetFixed, true),
                (BoreaFixed, false),
                (AlfanetFixed, false),
            ],
            Self::SeveralAccounts => &[(AlfanetFixed, true), (DeltaFixed, false), (BoreaFixed, false)],
            Self::FamilyLine => {
                &[(AlfanetFixed, false), (BoreaFixed, false), (AlfanetFixed, true), (BoreaShared, false)]
            }
            Self::SharedLine => &[(BoreaFixed, false), (AlfanetFixed, false)],
            Self::OpenWifi | Self::Concealing => &[(AlfanetFixed, false), (BoreaFixed, false)],
            Self::WrongZone => &[(DeltaFixed, false)],
            Self::ThirdPartySim => return None,
        };
        Some(homes[ordinal % homes.len()])
    }
}

/// Somebody to be found.
#[derive(Clone, Debug)]
pub struct User {
    /// Index into [`World::people`].
    pub person: usize,
    /// How the user reaches the network.
    pub archetype: Archetype,
    /// Position among the users of the archetype.
    pub ordinal: usize,
    /// The fixed line that the user uses: the own one, the family's, or a neighbour's.
    pub home: Option<LineId>,
    /// Whether that line also has an IPv6 prefix.
    pub ipv6: bool,
    /// The SIM that the user uses.
    pub sim: LineId,
    /// A hotspot that the user visits.
    pub hotspot: Option<LineId>,
    /// Share of connections through VPN, Tor and rented servers, in thousandths.
    pub concealed_permille: u32,
    /// Share of connections for which the platform recorded no port, in thousandths.
    pub portless_permille: u32,
    /// How many connections the user makes in the period.
    pub n_connections: u32,
    /// Whether a precedent is registered.
    pub precedent: bool,
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
    n_taken: BTreeMap<Pool, u32>,
}

impl World {
    /// Makes the world of a seed and a size.
    ///
    /// # Errors
    /// [`SimulationError::SizeTooLarge`] when the made-up address ranges do not suffice.
    pub fn new(seed: u64, size: f64) -> Result<Self, SimulationError> {
        let mut world = Self {
            seed,
            network: Network { seed },
            people: Vec::new(),
            roles: Vec::new(),
            users: Vec::new(),
            victims: Vec::new(),
            hotspots: Vec::new(),
            registered: BTreeMap::new(),
            n_taken: BTreeMap::new(),
        };
        for (archetype, n) in archetype_counts((USERS * size).round().max(1.0) as u32) {
            for ordinal in 0..n as usize {
                world.add_user(archetype, ordinal)?;
            }
        }
        world.add_hotspots(size)?;
        world.mark_precedents((PRECEDENTS * size).round() as usize);
        Ok(world)
    }

    /// Adds the children named as victims, at most `n_reports`.
    pub fn add_victims(&mut self, size: f64, n_reports: usize) {
        let n = ((VICTIMS * size).round() as usize).min(n_reports);
        for ordinal in 0..n {
            let pool = if ordinal % 2 == 0 { Pool::AlfanetFixed } else { Pool::BoreaFixed };
            let plan = pool.plan();
            let slot = (plan.n_lines - 1) as u16;
            let line = LineId { pool, group: (ordinal / 2) as u32, slot };
            let parent = self.subscriber(line);
            let age = 11 + (mix(self.seed, &[20, ordinal as u64]) % 6) as u32;
            let number = self.next_number();
            let mut child = person(self.seed, number, parent.number, parent.town, last_word(&parent.name));
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
        let n = self.users.len();
        let mut ranks: Vec<usize> = (0..n).collect();
        Rng::new(self.seed, &[22]).shuffle(&mut ranks);
        self.give_wrong_zone_homes_much_use(&mut ranks);
        let weights: Vec<f64> = ranks
            .iter()
            .map(|rank| {
                let quantile = (*rank as f64 + 0.5) / n as f64;
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

    /// The wrong zone of an operator can only be seen in the data when its lines are used a lot.
    fn give_wrong_zone_homes_much_use(&self, ranks: &mut [usize]) {
        let n = ranks.len();
        let is_delta = |idx: usize| self.users[idx].home.is_some_and(|home| home.pool == Pool::DeltaFixed);
        for idx in (0..n).filter(|idx| is_delta(*idx)) {
            if ranks[idx] * 2 < n
                && let Some(other) = (0..n).find(|other| ranks[*other] * 10 >= n * 6 && !is_delta(*other))
            {
                ranks.swap(idx, other);
            }
        }
    }

    /// To whom a line is registered.
    #[must_use]
    pub fn subscriber(&self, line: LineId) -> Person {
        match self.registered.get(&line) {
            Some(idx) => self.people[*idx].clone(),
            None => neighbour(self.seed, line),
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

    fn add_user(&mut self, archetype: Archetype, ordinal: usize) -> Result<(), SimulationError> {
        let idx = self.users.len();
        let mut rng = Rng::new(self.seed, &[23, idx as u64]);
        let number = self.next_number();
        let behind_same_line = (archetype == Archetype::SharedLine && ordinal % 2 == 1).then(|| idx - 1);
        let home_idx = if archetype == Archetype::SharedLine { ordinal / 2 } else { ordinal };
        let home = match (behind_same_line, archetype.home(home_idx)) {
            (Some(first), _) => self.users[first].home.map(|home| (home, false)),
            (None, Some((pool, ipv6))) => Some((self.take(pool)?, ipv6)),
            (None, None) => None,
        };
        let town = home.map_or((number % 36) as usize, |(line, _)| town_of(self.seed, line));
        let mut user = person(self.seed, number, number, town, &family(rng.bits()));
        if let Some(first) = behind_same_line {
            user.street.clone_from(&self.people[self.users[first].person].street);
        }
        let sim = self.take(Pool::CometaMobile)?;
        let person = self.add_person(user, Role::User);
        if let (Some((line, _)), None) = (home, behind_same_line) {
            self.register_home(line, archetype, ordinal, person);
        }
        if archetype == Archetype::ThirdPartySim {
            let registrant = self.add_stranger(&mut rng);
            self.registered.insert(sim, registrant);
        } else {
            self.registered.insert(sim, person);
        }
        let (home, ipv6) = home.map_or((None, false), |(line, ipv6)| (Some(line), ipv6));
        self.users.push(User {
            person,
            archetype,
            ordinal,
            home,
            ipv6,
            sim,
            hotspot: None,
            concealed_permille: match archetype {
                // More than 60 % of sessions that used Tor were also seen without it (Hurley et al., WWW 2013).
                Archetype::Concealing => rng.between(600, 900) as u32,
                _ if idx % 5 == 3 => 25,
                _ => 0,
            },
            portless_permille: match archetype {
                Archetype::OpenWifi => 600,
                Archetype::ThirdPartySim => 250,
                _ => 20,
            },
            n_connections: 0,
            precedent: false,
        });
        Ok(())
    }

    /// Registers a home line as the archetype has it, and makes the person it is registered to.
    fn register_home(&mut self, line: LineId, archetype: Archetype, ordinal: usize, user: usize) {
        let mut rng = Rng::new(self.seed, &[24, u64::from(line.serial())]);
        let relative =
            archetype == Archetype::FamilyLine || (archetype == Archetype::SharedLine && ordinal % 4 == 2);
        let holder = if relative {
            let number = self.next_number();
            let me = &self.people[user];
            let mut parent = person(self.seed, number, number, me.town, last_word(&me.name));
            parent.street.clone_from(&me.street);
            self.add_person(parent, Role::SubscriberOnly)
        } else if archetype == Archetype::OpenWifi {
            let stranger = self.add_stranger(&mut rng);
            self.people[stranger].town = self.people[user].town;
            stranger
        } else {
            user
        };
        self.registered.insert(line, holder);
    }

    fn add_stranger(&mut self, rng: &mut Rng) -> usize {
        let number = self.next_number();
        let town = rng.below(TOWNS.len() as u32) as usize;
        let stranger = person(self.seed, number, number, town, &family(rng.bits()));
        self.add_person(stranger, Role::Bystander)
    }

    fn add_hotspots(&mut self, size: f64) -> Result<(), SimulationError> {
        let n = (HOTSPOTS * size).round().clamp(1.0, 100.0) as usize;
        self.hotspots = (0..n).map(|_| self.take(Pool::AlfanetHotspot)).collect::<Result<Vec<_>, _>>()?;
        for (idx, user) in self.users.iter_mut().enumerate() {
            let stays_away = matches!(user.archetype, Archetype::ThirdPartySim | Archetype::Concealing);
            if idx % 4 == 1 && !stays_away {
                user.hotspot = Some(self.hotspots[idx / 4 % n]);
            }
        }
        Ok(())
    }

    fn mark_precedents(&mut self, n: usize) {
        let with =
            [Archetype::OwnLine, Archetype::SeveralAccounts, Archetype::Concealing, Archetype::FamilyLine];
        let mut left = n;
        for round in 0..self.users.len() {
            for archetype in with {
                let user =
                    self.users.iter_mut().find(|user| user.archetype == archetype && user.ordinal == round);
                if let Some(user) = user
                    && left > 0
                {
                    user.precedent = true;
                    left -= 1;
                }
            }
            if left == 0 {
                break;
            }
        }
    }

    fn take(&mut self, pool: Pool) -> Result<LineId, SimulationError> {
        let plan = pool.plan();
        let taken = self.n_taken.entry(pool).or_default();
        let line = LineId { pool, group: *taken / plan.n_known, slot: (*taken % plan.n_known) as u16 };
        if *taken >= pool.capacity() || line.serial() >= (pool as u32 + 1) * 1_000_000 - plan.n_lines {
            return Err(SimulationError::SizeTooLarge(plan.operator.name()));
        }
        *taken += 1;
        Ok(line)
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

/// Divides the users among the archetypes by largest remainders; people behind a shared line come in pairs.
fn archetype_counts(n_users: u32) -> Vec<(Archetype, u32)> {
    let of: u32 = ARCHETYPES.iter().map(|(_, weight)| weight).sum();
    let mut counts: Vec<_> =
        ARCHETYPES.map(|(archetype, weight)| (archetype, n_users * weight / of)).to_vec();
    let mut by_remainder: Vec<usize> = (0..counts.len()).collect();
    by_remainder.sort_by_key(|idx| std::cmp::Reverse(n_users * ARCHETYPES[*idx].1 % of));
    let missing = n_users - counts.iter().map(|(_, n)| n).sum::<u32>();
    for idx in by_remainder.into_iter().take(missing as usize) {
        counts[idx].1 += 1;
    }
    let shared = counts.iter_mut().find(|(archetype, _)| *archetype == Archetype::SharedLine);
    if let Some((_, n)) = shared
        && *n % 2 == 1
    {
        *n -= 1;
        counts[0].1 += 1;
    }
    counts
}

/// The town of a line: the lines of a fixed group are in one town, SIMs are everywhere.
fn town_of(seed: u64, line: LineId) -> usize {
    let part = if line.pool == Pool::CometaMobile { line.serial() } else { line.group };
    (mix(seed, &[25, line.pool as u64, u64::from(part)]) % TOWNS.len() as u64) as usize
}

/// The subscriber of a line that nobody with a part of their own holds: a family, or sometimes a business.
fn neighbour(seed: u64, line: LineId) -> Person {
    let serial = line.serial();
    let mut rng = Rng::new(seed, &[26, u64::from(serial)]);
    let mut subscriber = person(seed, serial, serial, town_of(seed, line), &family(rng.bits()));
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
    person(seed, number, number, rng.below(TOWNS.len() as u32) as usize, &family(rng.bits()))
}

fn person(seed: u64, number: u32, household: u32, town: usize, family: &str) -> Person {
    let mut rng = Rng::new(seed, &[27, u64::from(number)]);
    let (given, female) = given(rng.bits());
    let birth = day_after_1940(rng.between(0, 23_700));
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

fn last_word(name: &str) -> &str {
    name.rsplit(' ').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twenty_six_are_divided_as_described() {
        let counts: Vec<u32> = archetype_counts(26).into_iter().map(|(_, n)| n).collect();
        assert_eq!(counts, [8, 3, 4, 4, 2, 2, 2, 1]);
        for n in 1..60 {
            let counts = archetype_counts(n);
            assert_eq!(counts.iter().map(|(_, n)| n).sum::<u32>(), n);
            assert_eq!(counts[3].1 % 2, 0, "pairs behind a line among {n} users");
        }
    }

    #[test]
    fn connections_are_spread_widely_and_add_up() {
        let mut world = World::new(4, 1.0).expect("size 1 fits");
        world.spread_connections(117_000);
        let mut counts: Vec<u32> = world.users.iter().map(|user| user.n_connections).collect();
        counts.sort_unstable();
        assert_eq!(counts.iter().sum::<u32>(), 117_000);
        assert!(counts[0] < 400 && counts[25] > 13_000, "{counts:?}");
        let delta: Vec<u32> = world
            .users
            .iter()
            .filter(|user| user.home.is_some_and(|home| home.pool == Pool::DeltaFixed))
            .map(|user| user.n_connections)
            .collect();
        assert!(delta.len() >= 3 && delta.iter().all(|n| *n > 2_000), "{delta:?}");
    }
}
