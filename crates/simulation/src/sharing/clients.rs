//! The peers of the region's people: what they share, when they were seen and through which lines, and about which
//! sightings operators were asked. They are the same at every size, and few enough to be held.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{File, Files};
use super::sighting::{Basis, DAYS, END_S, FIRST_S, Network, Seen, Sighting, number, seen};
use crate::clock::DAY_S;
use crate::connections::{Epochs, HOURS, Reached, Used, ways};
use crate::network::{LineId, Pool};
use crate::rng::{Rng, mix};
use crate::world::{Role, World};

/// A peer's number and the network that it was seen on.
pub type Client = (Network, String);

/// One sighting of a peer of the region.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// Index of the user.
    pub user: usize,
    /// What observers saw.
    pub sighting: Sighting,
    /// The line; `None` through VPN, Tor and rented servers.
    pub line: Option<LineId>,
    /// The epoch of the line's lease, where it has one.
    epoch: Option<usize>,
}

/// What is remarkable about the program of somebody sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    Plain,
    /// Was installed anew and had another number from then on.
    Reset,
    /// Is on two networks under one number.
    TwoNetworks,
}

/// The programs of those who are sought, in their order.
const SOUGHT: [(Network, Program); 8] = [
    (Network::Ed2k, Program::Plain),
    (Network::Ares, Program::Plain),
    (Network::Gnutella, Program::Plain),
    (Network::Ed2k, Program::Plain),
    (Network::Gnutella, Program::Reset),
    (Network::Gnutella, Program::TwoNetworks),
    (Network::Ares, Program::Plain),
    (Network::Ed2k, Program::Plain),
];
/// The day on which a program was installed anew.
const RESET_DAY: i64 = 27;
/// How many sightings operators are asked about for one number of somebody sought, and of others.
const ASKED: [usize; 2] = [14, 6];

/// A peer of the region before it was seen.
struct Habits {
    network: Network,
    program: Program,
    /// How many sessions in the period.
    n_sessions: u32,
    /// Most sightings of a session.
    longest: u32,
    library: Vec<File>,
}

/// All sightings of the region's people, in the order of time.
#[must_use]
pub fn sightings(world: &World, files: &Files) -> Vec<Known> {
    let mut all: Vec<Known> = (0..world.users.len()).flat_map(|user| of_user(world, user, files)).collect();
    all.sort_by_key(|known| (known.sighting.at_ms, known.user));
    all
}

/// What operators are asked: of each number the sightings over a connection with a port, each of another lease, spread
/// over the period; where lines share addresses, also one that has no port.
#[must_use]
pub fn asked(world: &World, all: &[Known]) -> Used {
    let mut by_client: BTreeMap<Client, Vec<&Known>> = BTreeMap::new();
    for known in all {
        let client = (known.sighting.network, known.sighting.peer());
        by_client.entry(client).or_default().push(known);
    }
    let mut epochs: BTreeMap<LineId, Epochs> = BTreeMap::new();
    let mut prefixes = BTreeSet::new();
    for of_client in by_client.values() {
        let is_sought = world.roles[world.users[of_client[0].user].person] == Role::User;
        let n_asked = ASKED[usize::from(!is_sought)];
        let mut leases = BTreeSet::new();
        let connected = of_client.iter().filter(|known| known.sighting.basis == Basis::Connected);
        let good: Vec<&Known> = connected
            .filter(|known| known.sighting.port.is_some() && known.line.is_some())
            .filter(|known| leases.insert((known.line, known.epoch)))
            .copied()
            .collect();
        for pick in 0..n_asked.min(good.len()) {
            let known = good[pick * good.len() / n_asked.min(good.len())];
            match (known.line, known.epoch) {
                (Some(line), Some(epoch)) => epochs.entry(line).or_default().add(epoch, false),
                (Some(line), None) => drop(prefixes.insert(line)),
                (None, _) => {}
            }
        }
        let portless = of_client.iter().find(|known| {
            let shares = known.line.is_some_and(|line| line.pool == Pool::BoreaShared);
            shares && known.sighting.port.is_none() && is_sought
        });
        if let Some(Known { line: Some(line), epoch: Some(epoch), .. }) = portless {
            epochs.entry(*line).or_default().add(*epoch, true);
        }
    }
    Used { lines: epochs.into_iter().collect(), prefixes: prefixes.into_iter().collect() }
}

fn habits(world: &World, user: usize, files: &Files) -> Habits {
    let mut rng = Rng::new(world.seed, &[90, user as u64]);
    if let Some((network, program)) = SOUGHT.get(user).copied() {
        let n_files = rng.between(180, 420);
        let library = (0..n_files as u64).map(|idx| sought_file(user, idx, files, &mut rng)).collect();
        let n_sessions = rng.between(110, 170) as u32;
        return Habits { network, program, n_sessions, longest: 8, library };
    }
    let network = [Network::Ed2k, Network::Gnutella, Network::Ares, Network::Bittorrent]
        [rng.weighted(&[45, 33, 14, 8])];
    let n_files = rng.between(6, 45);
    let library = (0..n_files).map(|_| any_file(files, &mut rng)).collect();
    Habits { network, program: Program::Plain, n_sessions: rng.between(18, 40) as u32, longest: 4, library }
}

fn any_file(files: &Files, rng: &mut Rng) -> File {
    files.of_rank(files.rank(rng.bits()), rng.between(-20, DAYS - 1))
}

/// A file of somebody sought: a third that nobody else was seen with, nearly half that lists know, and others.
fn sought_file(user: usize, number: u64, files: &Files, rng: &mut Rng) -> File {
    match rng.below(100) {
        0..33 => files.own(user as u64, number),
        33..80 => {
            let mut file = any_file(files, rng);
            for _ in 0..40 {
                if file.is_listed() {
                    break;
                }
                file = any_file(files, rng);
            }
            file
        }
        _ => any_file(files, rng),
    }
}

fn of_user(world: &World, user: usize, files: &Files) -> Vec<Known> {
    let habits = habits(world, user, files);
    let mut rng = Rng::new(world.seed, &[91, user as u64]);
    let mut ways = ways(world, &world.users[user]);
    let weights: Vec<u32> = ways.iter().map(|way| way.weight).collect();
    let port = rng.between(1024, 60_000) as u16;
    let mut begin_s: Vec<i64> = (0..habits.n_sessions)
        .map(|_| {
            FIRST_S
                + rng.between(0, DAYS - 1) * DAY_S
                + rng.weighted(&HOURS) as i64 * 3600
                + rng.between(0, 3599)
        })
        .collect();
    begin_s.sort_unstable();
    let mut all = Vec::new();
    let mut next_file = 0;
    for (session, begin_s) in begin_s.into_iter().enumerate() {
        let way = &mut ways[rng.weighted(&weights)];
        let mut at_ms = begin_s * 1000 + rng.between(0, 999);
        for _ in 0..1 + rng.below(habits.longest) {
            let portless = world.users[user].portless_permille;
            let (true_ms, Reached { address, port: reached, epoch }) =
                way.reach(at_ms, portless, &mut rng, world);
            at_ms = true_ms + rng.between(20_000, 1_500_000);
            if true_ms >= END_S * 1000 {
                break;
            }
            // Where a line has the whole address, the program listens on a port of its own.
            let is_whole = way.line().is_some_and(|line| world.network.division(line.pool).n_sharing == 1);
            let (network, number) = habits.shown(world.seed, user, session as u64, true_ms);
            let (seen, basis) = seen(rng.bits());
            next_file += 1 + usize::from(rng.chance(200));
            all.push(Known {
                user,
                sighting: Sighting {
                    at_ms: true_ms,
                    network,
                    address,
                    port: reached.map(|reached| if is_whole { port } else { reached }),
                    number,
                    file: habits.library[next_file % habits.library.len()],
                    seen: if basis == Basis::SelfReported { Seen::Offered } else { seen },
                    basis: if basis == Basis::SelfReported { Basis::Connected } else { basis },
                    client: user as u8,
                },
                line: way.line(),
                epoch,
            });
        }
    }
    all
}

impl Habits {
    /// Network and number in a session.
    fn shown(&self, seed: u64, user: usize, session: u64, at_ms: i64) -> (Network, [u8; 20]) {
        let is_reset = self.program == Program::Reset && at_ms >= (FIRST_S + RESET_DAY * DAY_S) * 1000;
        let per_session = if self.network == Network::Bittorrent { session } else { 0 };
        let key = mix(seed, &[92, user as u64, u64::from(is_reset), per_session]);
        let number = number(self.network, key);
        let is_other = self.program == Program::TwoNetworks && session.is_multiple_of(3);
        (if is_other { Network::Ed2k } else { self.network }, number)
    }
}

/// `preferences.dat` of the program of the first of those who are sought, as eMule writes it: version, user hash, and
/// where its window stood on the screen.
#[must_use]
pub fn preferences(all: &[Known]) -> Vec<u8> {
    let mut bytes = vec![0x14];
    let first = all.iter().find(|known| known.user == 0);
    bytes.extend(first.map(|known| known.sighting.number()).unwrap_or_default());
    bytes.extend([44, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    bytes.extend([0xff; 16]);
    bytes.extend([100_u32, 100, 900, 700].iter().flat_map(|at| at.to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(seed: u64) -> (World, Vec<Known>) {
        let world = World::of_region(seed).expect("the region has room");
        let all = sightings(&world, &Files::new(seed, 1.0));
        (world, all)
    }

    #[test]
    fn those_who_are_sought_have_most_listed_files_of_all_that_are_asked_about() {
        for seed in 1..6 {
            let (world, all) = region(seed);
            let listed = |user: usize| {
                let own = all.iter().filter(|known| known.user == user && known.sighting.file.is_listed());
                own.map(|known| known.sighting.file).collect::<BTreeSet<File>>().len()
            };
            let counts: Vec<usize> = (0..world.users.len()).map(listed).collect();
            let least = counts[..8].iter().min().expect("eight");
            assert!(*least > 90, "{counts:?}");
            assert!(counts[8..].iter().all(|n| *n < 20), "{counts:?}");
            assert!((3_000..9_000).contains(&all.len()), "{}", all.len());
        }
    }

    #[test]
    fn one_has_two_numbers_and_one_is_on_two_networks() {
        let (_, all) = region(3);
        let of = |user: usize| -> BTreeSet<Client> {
            let own = all.iter().filter(|known| known.user == user);
            own.map(|known| (known.sighting.network, known.sighting.peer())).collect()
        };
        let reset = of(4);
        assert!(reset.len() == 2 && reset.iter().all(|(network, _)| *network == Network::Gnutella));
        let bridge: Vec<Client> = of(5).into_iter().collect();
        assert!(bridge.len() == 2 && bridge[0].1 == bridge[1].1 && bridge[0].0 != bridge[1].0);
        assert!([0, 1, 2, 3, 6, 7].iter().all(|user| of(*user).len() == 1));
    }

    #[test]
    fn operators_are_asked_about_each_person_and_not_about_everything() {
        let (world, all) = region(3);
        let used = asked(&world, &all);
        let asked: BTreeSet<LineId> =
            used.lines.iter().map(|(line, _)| *line).chain(used.prefixes.iter().copied()).collect();
        for user in &world.users {
            assert!(
                asked.contains(&user.sim) || user.home.is_some_and(|home| asked.contains(&home)),
                "{user:?}"
            );
        }
        let n: usize = used.lines.iter().map(|(_, epochs)| epochs.used().count()).sum();
        assert!((100..400).contains(&n), "{n} leases");
    }

    #[test]
    fn the_preferences_file_is_as_long_as_emules() {
        let (_, all) = region(3);
        let bytes = preferences(&all);
        assert_eq!((bytes.len(), bytes[0], bytes[6], bytes[15]), (61, 0x14, 0x0e, 0x6f));
    }
}
