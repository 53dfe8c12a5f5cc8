//! Who failed to come in, and how long they must wait: guessing a passphrase over the network is made slow, for an account
//! whoever tries and for a machine whatever account it tries (NIST SP 800-63B-4, section 3.2.2).

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::held::held;

/// Failures since the last success, by account and by address. They are forgotten when the server ends.
#[derive(Default)]
pub struct Tries {
    held: Mutex<HashMap<String, Tried>>,
}

struct Tried {
    failures: u32,
    last: Instant,
    until: Option<Instant>,
}

/// Failures in a row that are taken for mistakes.
const MISTAKES: u32 = 5;

/// How long the first lock-out lasts; each further one lasts twice as long.
const FIRST: Duration = Duration::from_secs(60);

/// The longest lock-out: longer ones would let anybody keep an officer out.
const LONGEST: Duration = Duration::from_secs(900);

/// Failures that are older no longer count.
const FORGOTTEN: Duration = Duration::from_secs(86_400);

/// Names that are remembered: those that failed longest ago make room.
const REMEMBERED: usize = 10_000;

impl Tries {
    /// How long a name must wait; none when it may try.
    pub fn wait(&self, name: &str, now: Instant) -> Option<Duration> {
        let tried = held(&self.held);
        let until = tried.get(name)?.until?;
        until.checked_duration_since(now).filter(|wait| !wait.is_zero())
    }

    /// Counts a failure: how long the name is locked out, where it is from here on.
    pub fn failed(&self, name: &str, now: Instant) -> Option<Duration> {
        let mut all = held(&self.held);
        if all.len() >= REMEMBERED && !all.contains_key(name) {
            let oldest = all.iter().min_by_key(|(_, tried)| tried.last).map(|(name, _)| name.clone());
            oldest.and_then(|oldest| all.remove(&oldest));
        }
        let tried = all.entry(name.to_owned()).or_insert(Tried { failures: 0, last: now, until: None });
        if now.saturating_duration_since(tried.last) > FORGOTTEN {
            tried.failures = 0;
        }
        tried.failures = tried.failures.saturating_add(1);
        tried.last = now;
        let locked = tried.failures.checked_sub(MISTAKES)?;
        let wait = FIRST.saturating_mul(1 << locked.min(8)).min(LONGEST);
        tried.until = Some(now + wait);
        Some(wait)
    }

    /// Forgets the failures of a name that came in.
    pub fn came_in(&self, name: &str) {
        held(&self.held).remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_locks_out_and_each_further_one_for_twice_as_long_up_to_a_quarter_of_an_hour() {
        let (tries, start) = (Tries::default(), Instant::now());
        let locked: Vec<Option<u64>> =
            (0..10).map(|_| tries.failed("rossi", start).map(|wait| wait.as_secs())).collect();
        let expected =
            [None, None, None, None, Some(60), Some(120), Some(240), Some(480), Some(900), Some(900)];
        assert_eq!(locked, expected);
        assert_eq!(tries.wait("rossi", start), Some(LONGEST));
        assert_eq!(tries.wait("rossi", start + LONGEST), None);
        assert_eq!(tries.wait("bianchi", start), None);
        tries.came_in("rossi");
        assert_eq!((tries.wait("rossi", start), tries.failed("rossi", start)), (None, None));
    }

    #[test]
    fn failures_of_yesterday_are_forgotten_and_names_do_not_pile_up() {
        let (tries, start) = (Tries::default(), Instant::now());
        for _ in 0..MISTAKES {
            tries.failed("rossi", start);
        }
        assert_eq!(tries.failed("rossi", start + FORGOTTEN + FIRST), None);
        for n in 0..2 * REMEMBERED {
            tries.failed(&n.to_string(), start + FIRST);
        }
        assert_eq!(tries.held.lock().expect("nobody else").len(), REMEMBERED);
    }
}
