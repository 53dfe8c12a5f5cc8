//! All sightings in the order of time, without ever holding them: sessions that go on are kept in a wheel of seconds,
//! and everything else is computed when its time has come.

use super::crowd::{Crowd, Session};
use super::files::Files;
use super::sighting::{DAYS, END_S, FIRST_S, Sighting};
use crate::SimulationError;
use crate::clock::DAY_S;
use crate::connections::HOURS;

/// Seconds that the wheel holds: more than the longest gap in a session.
const WHEEL: usize = 4096;

/// A session that goes on.
#[derive(Clone, Copy, Debug)]
pub struct Live {
    /// The session.
    pub session: Session,
    /// Sightings that were, and those that are to come.
    pub n_before: u16,
    n_left: u16,
    /// A bit for each of the most popular files that the session was seen with.
    pub popular: u8,
}

impl Live {
    /// A session that begins.
    #[must_use]
    pub fn new(session: Session, n_sightings: u16) -> Self {
        Self { session, n_before: 0, n_left: n_sightings, popular: 0 }
    }
}

/// Hands over `n_sightings` of the crowd in the order of time, each with its session.
///
/// # Errors
/// What `each` says.
pub fn stream(
    crowd: &Crowd,
    files: &Files,
    n_sightings: u64,
    mut each: impl FnMut(&Sighting, &mut Live) -> Result<(), SimulationError>,
) -> Result<(), SimulationError> {
    let target = Target::new(n_sightings);
    let mut wheel: Vec<Vec<Live>> = vec![Vec::new(); WHEEL];
    let mut now = Vec::new();
    let (mut n_planned, mut n_begun) = (0, 0);
    for at_s in FIRST_S..END_S {
        let day = (at_s - FIRST_S) / DAY_S;
        let due = target.by(at_s);
        let slot = at_s as usize % WHEEL;
        std::mem::swap(&mut now, &mut wheel[slot]);
        while n_planned < due {
            let session = crowd.session(n_begun, day);
            n_begun += 1;
            let n_left = Crowd::n_sightings(&session).min((n_sightings - n_planned).min(999) as u16);
            n_planned += u64::from(n_left);
            now.push(Live::new(session, n_left));
        }
        let is_last = at_s + 1 == END_S;
        let n_now =
            if is_last { now.iter().map(|live| i64::from(live.n_left)).sum() } else { now.len() as i64 };
        let mut n_written = 0;
        for mut live in now.drain(..) {
            loop {
                let at_ms = at_s * 1000 + n_written * 1000 / n_now.max(1);
                n_written += 1;
                let sighting = crowd.sighting(&live.session, live.n_before, at_ms, files);
                each(&sighting, &mut live)?;
                live.n_before += 1;
                live.n_left -= 1;
                // What is left in the last second of the period is seen in it.
                if !is_last || live.n_left == 0 {
                    break;
                }
            }
            if live.n_left > 0 {
                let next_s = (at_s + Crowd::gap_s(&live.session, live.n_before)).min(END_S - 1);
                wheel[next_s as usize % WHEEL].push(live);
            }
        }
    }
    Ok(())
}

/// How many sightings are to be planned by an instant: more in the evening, and at the week's end.
struct Target {
    /// Sightings planned before each hour of the period, and in all.
    before_hour: Vec<u64>,
}

impl Target {
    fn new(n_sightings: u64) -> Self {
        // The period begins on a Sunday.
        let of_day = |day: i64| if matches!(day % 7, 0 | 6) { 116 } else { 100 + day as u64 % 5 };
        let weights = (0..DAYS).flat_map(|day| HOURS.map(|hour| u64::from(hour) * of_day(day)));
        let total: u64 = weights.clone().sum();
        let mut sum = 0;
        let before = weights.map(|weight| {
            sum += weight;
            (u128::from(n_sightings) * u128::from(sum) / u128::from(total)) as u64
        });
        Self { before_hour: std::iter::once(0).chain(before).collect() }
    }

    fn by(&self, at_s: i64) -> u64 {
        let since_s = (at_s - FIRST_S) as u64;
        let hour = (since_s / 3600) as usize;
        let [from, to] = [self.before_hour[hour], self.before_hour[hour + 1]];
        from + (to - from) * (since_s % 3600 + 1) / 3600
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::sharing::sighting::Network;

    fn sightings(seed: u64, size: f64, n: u64) -> Vec<(Sighting, Session)> {
        let (crowd, files) = (Crowd::new(seed, size), Files::new(seed, size));
        let mut all = Vec::new();
        let each = |sighting: &Sighting, live: &mut Live| {
            all.push((*sighting, live.session));
            Ok(())
        };
        stream(&crowd, &files, n, each).expect("nothing fails");
        all
    }

    #[test]
    fn a_session_that_goes_on_takes_some_tens_of_bytes() {
        assert!(size_of::<Live>() <= 64, "{}", size_of::<Live>());
    }

    #[test]
    fn addresses_are_shared_and_changed() {
        let all = sightings(4, 0.04, 200_000);
        let mut peers_at: BTreeMap<_, BTreeSet<u64>> = BTreeMap::new();
        let mut addresses_of: BTreeMap<u64, BTreeSet<_>> = BTreeMap::new();
        for (one, session) in &all {
            peers_at.entry(one.address).or_default().insert(session.peer.index);
            addresses_of.entry(session.peer.index).or_default().insert(one.address);
        }
        let several = addresses_of.values().filter(|addresses| addresses.len() > 5).count();
        assert!(several * 100 > addresses_of.len() * 5, "{several} of {}", addresses_of.len());
        let shared = peers_at.values().filter(|peers| peers.len() > 1).count();
        assert!((5..40).contains(&(shared * 100 / peers_at.len())), "{shared} of {}", peers_at.len());
        let n_v6 = peers_at.keys().filter(|address| address.is_ipv6()).count();
        assert!((1..20).contains(&(n_v6 * 100 / peers_at.len())), "{n_v6} of {}", peers_at.len());
    }

    #[test]
    fn as_many_come_as_were_asked_for_in_the_order_of_time() {
        let all = sightings(1, 0.01, 50_000);
        assert_eq!(all.len(), 50_000);
        assert!(all.windows(2).all(|pair| pair[0].0.at_ms <= pair[1].0.at_ms));
        assert!(all.iter().all(|(one, _)| (FIRST_S..END_S).contains(&(one.at_ms / 1000))));
        assert_eq!(sightings(1, 0.01, 7).len(), 7);
    }

    /// What was seen of a peer.
    #[derive(Default)]
    struct Shape {
        files: BTreeSet<u64>,
        days: BTreeSet<i64>,
        numbers: BTreeSet<[u8; 20]>,
    }

    #[test]
    fn peers_have_the_published_tails() {
        let all = sightings(4, 0.04, 200_000);
        let mut of_peer: BTreeMap<u64, Shape> = BTreeMap::new();
        for (one, session) in &all {
            let peer = of_peer.entry(session.peer.index).or_default();
            peer.files.insert(one.file.key);
            peer.days.insert(one.at_ms / 86_400_000);
            if one.network != Network::Bittorrent {
                peer.numbers.insert(one.number);
            }
        }
        let n = of_peer.len();
        let of = |which: &dyn Fn(&Shape) -> bool| of_peer.values().filter(|peer| which(peer)).count();
        let few = of(&|peer| peer.files.len() < 10 || peer.days.len() < 10);
        assert!(few * 100 > n * 80, "{few} of {n} share few files or are seen on few days");
        let most = of(&|peer| peer.files.len() >= 100);
        assert!(most > 0 && most * 100 < n, "{most} of {n} share a hundred files");
        let reset = of(&|peer| peer.numbers.len() > 1);
        assert!(reset > n / 500 && reset < n / 20, "{reset} of {n} have two numbers");
        let files: BTreeSet<(bool, u64)> =
            all.iter().map(|(one, _)| (one.network == Network::Ed2k, one.file.key)).collect();
        // 120,418 files of 244,920 peers in the study.
        assert!((30..75).contains(&(files.len() * 100 / n)), "{} files of {n} peers", files.len());
        let bridges: BTreeSet<[u8; 20]> =
            all.iter().filter(|(_, it)| it.which & 2 == 2).map(|(it, _)| it.number).collect();
        let elsewhere =
            all.iter().filter(|(one, _)| one.network == Network::Gnutella && bridges.contains(&one.number));
        assert!(elsewhere.count() > 10, "one number on two networks");
    }

    #[test]
    fn the_top_file_is_seen_at_a_few_percent_of_all_addresses() {
        let all = sightings(4, 0.04, 200_000);
        let addresses: BTreeSet<_> = all.iter().map(|(one, _)| one.address).collect();
        let with_top: BTreeSet<_> =
            all.iter().filter(|(one, _)| one.file.rank == 1).map(|(one, _)| one.address).collect();
        let permille = with_top.len() * 1000 / addresses.len();
        assert!((20..80).contains(&permille), "{permille} of a thousand addresses");
    }

    #[test]
    fn most_who_use_tor_are_seen_without_it_later() {
        let all = sightings(4, 0.1, 400_000);
        let is_tor = |one: &Sighting| matches!(one.address, std::net::IpAddr::V4(v4) if v4.octets()[..3] == [198, 51, 100]);
        // By number: first use of Tor, last sighting without it, days.
        let mut peers: BTreeMap<[u8; 20], (i64, i64, BTreeSet<i64>)> = BTreeMap::new();
        for (one, _) in all.iter().filter(|(one, _)| one.network != Network::Bittorrent) {
            let peer = peers.entry(one.number).or_insert((i64::MAX, 0, BTreeSet::new()));
            if is_tor(one) {
                peer.0 = peer.0.min(one.at_ms)
            } else {
                peer.1 = one.at_ms
            }
            peer.2.insert(one.at_ms / 86_400_000);
        }
        let share = |n_days: usize| {
            let users = peers.values().filter(|(first, _, days)| *first < i64::MAX && days.len() >= n_days);
            let (n, later) =
                users.fold((0, 0), |(n, later), (first, last, _)| (n + 1, later + u32::from(last > first)));
            assert!(n > 100, "{n} peers");
            later * 100 / n
        };
        assert!((52..72).contains(&share(1)), "{} %", share(1));
        assert!((86..96).contains(&share(3)), "{} %", share(3));
    }
}
