//! When an account was in use through a line.

use tutela_model::Text;

use super::kept::{Coded, coded};
use super::tally::{Row, mixed};

/// The steps of the clock by which uses are told apart, in microseconds: what falls in one of them or in two that follow
/// each other is at most five minutes apart.
pub const SLOT_US: i64 = 150_000_000;

/// A use of a line that attribution counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Act {
    /// The slot in which it began, counted since 1970.
    pub slot: i64,
    /// The session of the line.
    pub session: u32,
    /// The number of the device among the account's; [`NO_DEVICE`] where the record names none.
    pub device: u32,
}

/// The number of no device.
pub const NO_DEVICE: u32 = u32::MAX;

/// Uses of one line by one account, each slot, session and device once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acts {
    acts: Vec<Act>,
    /// How many of them are in order.
    n_in_order: usize,
    shown: Vec<Shown>,
    level: u8,
}

/// A row of a slot, the same whatever order rows come in. Which slots are shown depends on the clock only, so that
/// accounts that were in use in the same slots show rows of the same slots.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    /// The slot.
    pub slot: i64,
    hash: u64,
    /// The number of the row's received file.
    pub part: u32,
    /// The row's spot there.
    pub place: Text,
}

coded! {
    Shown { slot, hash, part, place }
}

/// The most slots of which a row is shown.
const MOST_SHOWN: usize = 47;

/// Uses that may wait to be put in order.
const MOST_WAITING: usize = 4_096;

impl Acts {
    /// Counts a use.
    pub(super) fn push(&mut self, act: Act, row: Row<'_>) {
        // Rows come by address and port, so that a use may be any number of rows behind its like.
        if self.acts.last() == Some(&act) {
            return self.show(act.slot, row);
        }
        if self.acts.len() - self.n_in_order >= MOST_WAITING.max(self.n_in_order) {
            self.put_in_order();
        }
        self.acts.push(act);
        self.show(act.slot, row);
    }

    fn show(&mut self, slot: i64, row: Row<'_>) {
        let level = level(slot);
        if level < self.level {
            return;
        }
        match self.shown.iter_mut().find(|shown| shown.slot == slot) {
            Some(shown) if shown.hash <= row.hash => {}
            Some(shown) => *shown = Shown { slot, hash: row.hash, part: row.part, place: row.place.into() },
            None => {
                self.shown.push(Shown { slot, hash: row.hash, part: row.part, place: row.place.into() });
                while self.shown.len() > MOST_SHOWN {
                    self.level += 1;
                    self.shown.retain(|shown| self::level(shown.slot) >= self.level);
                }
            }
        }
    }

    fn put_in_order(&mut self) {
        self.acts.sort();
        self.acts.dedup();
        self.n_in_order = self.acts.len();
    }

    /// Ends the counting: uses by time, devices and received files by the ranks of their numbers.
    pub(super) fn end(&mut self, devices: &[u32], files: &[u32]) {
        if !devices.iter().zip(0..).all(|(rank, number)| *rank == number) {
            let numbered = self.acts.iter_mut().filter(|act| act.device != NO_DEVICE);
            numbered.for_each(|act| act.device = devices[act.device as usize]);
        }
        self.put_in_order();
        self.acts.shrink_to_fit();
        self.shown.iter_mut().for_each(|shown| shown.part = files[shown.part as usize]);
        self.shown.sort_unstable();
    }

    /// The uses, by time.
    pub fn by_time(&self) -> &[Act] {
        &self.acts
    }

    /// Rows of some of them, by time.
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }
}

/// How many thinnings a slot outlasts.
fn level(slot: i64) -> u8 {
    mixed(mixed(slot as u64)).trailing_zeros() as u8
}

/// Each use by what differs from the one before it.
impl Coded for Acts {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.acts.len().put(bytes);
        let mut before = Act { slot: 0, session: 0, device: NO_DEVICE };
        for act in &self.acts {
            (act.slot - before.slot).put(bytes);
            (i64::from(act.session) - i64::from(before.session)).put(bytes);
            act.device.wrapping_add(1).put(bytes);
            before = *act;
        }
        self.shown.put(bytes);
        self.level.put(bytes);
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        let n_acts = usize::get(bytes)?;
        // Each takes three bytes at least.
        let mut acts = Vec::with_capacity(n_acts.min(bytes.len() / 3));
        let mut before = Act { slot: 0, session: 0, device: NO_DEVICE };
        for _ in 0..n_acts {
            let slot = before.slot.checked_add(i64::get(bytes)?)?;
            let session = i64::from(before.session).checked_add(i64::get(bytes)?)?.try_into().ok()?;
            before = Act { slot, session, device: u32::get(bytes)?.wrapping_sub(1) };
            acts.push(before);
        }
        Some(Self { n_in_order: acts.len(), acts, shown: Coded::get(bytes)?, level: Coded::get(bytes)? })
    }
}
