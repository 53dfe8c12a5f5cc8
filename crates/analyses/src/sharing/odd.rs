//! What cannot be as a sighting has it: addresses that can be no peer's on the Internet, and times after the file was read.
//!
//! Ranges for shared use are not among those addresses: behind them there are subscribers, as lists of networks and
//! operators' answers say.

use tutela_model::address::LocalUse;
use tutela_model::words::Words as _;

use super::record::rank;

/// A kind of such sightings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Odd {
    /// Its address is nobody's, the machine's own, a home network's or a group's.
    Address(LocalUse),
    /// Its time lies after the day on which its file was read: a clock or the form of a time is wrong.
    Future,
}

impl Odd {
    /// Its number in runs.
    pub fn number(self) -> u8 {
        match self {
            Self::Address(local) => local as u8,
            Self::Future => LocalUse::ALL.len() as u8,
        }
    }

    /// The kind of a number. None when no kind has it.
    pub fn numbered(number: u8) -> Option<Self> {
        let number = usize::from(number);
        match LocalUse::ALL.get(number) {
            Some(local) => Some(Self::Address(*local)),
            None => (number == LocalUse::ALL.len()).then_some(Self::Future),
        }
    }

    /// The name that statements use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Address(local) => local.word(),
            Self::Future => "future",
        }
    }
}

/// Of sightings of a kind, how many and the part and row of the first, those of both together. `ranks` is the parts'
/// order.
pub fn first_odd(one: (u64, u32, u64), other: (u64, u32, u64), ranks: &[u32]) -> (u64, u32, u64) {
    let first = [one, other].into_iter().min_by_key(|(_, part, row)| (rank(ranks, *part), *row));
    let (_, part, row) = first.expect("there are two");
    (one.0 + other.0, part, row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_back_from_its_number() {
        let kinds = LocalUse::ALL.iter().map(|local| Odd::Address(*local)).chain([Odd::Future]);
        for (number, kind) in (0..).zip(kinds) {
            assert_eq!((kind.number(), Odd::numbered(number)), (number, Some(kind)));
        }
        assert_eq!(Odd::numbered(LocalUse::ALL.len() as u8 + 1), None);
    }
}
