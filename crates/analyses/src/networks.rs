//! What supplied lists say of address ranges as of the time of an event: exits of Tor, VPNs, hosting, hotspots, campuses,
//! addresses shared by operators.
//!
//! A list has versions, each for a date. An event lies between two of them, and either may be the one that knew: what
//! the last version up to the event or the first one after it lists counts, and what only others list does not. A list
//! without a date counts for every time, and so does every version for an event without a time: nothing is attributed
//! through an address that might be an exit.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::address::{Address, Prefix, mask};
use tutela_model::table::TablesError;
use tutela_model::tables::{Nature, Network};
use tutela_model::time::DAY_US;
use tutela_model::{Date, Tables, Text};

/// What a list says of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What the range is used for.
    pub nature: Nature,
    /// The list's own name for it.
    pub label: Option<Text>,
    /// The events that it holds for, in microseconds since 1970, UTC: from the first instant, before the second.
    from_us: i64,
    until_us: i64,
}

impl Listed {
    /// Whether it holds for an event between these instants; for one without a time it always does.
    pub fn holds(&self, when: Option<(i64, i64)>) -> bool {
        when.is_none_or(|(low_us, high_us)| self.from_us <= high_us && low_us < self.until_us)
    }
}

/// What supplied lists say of address ranges.
pub struct Networks {
    lengths: Vec<u8>,
    ranges: BTreeMap<(u8, u128), Vec<Listed>>,
}

impl Networks {
    /// Reads the lists.
    pub fn read(tables: &dyn Tables) -> Result<Self, TablesError> {
        let rows = tutela_model::table::all_rows::<Network>(tables)?;
        let mut versions: BTreeMap<(&str, Option<&str>), BTreeSet<Date>> = BTreeMap::new();
        for (_, row) in &rows {
            let list = (word(row.nature), row.label.as_deref());
            versions.entry(list).or_default().extend(row.as_of);
        }
        let mut ranges: BTreeMap<(u8, u128), Vec<Listed>> = BTreeMap::new();
        for (_, row) in &rows {
            let (from_us, until_us) = match row.as_of {
                None => (i64::MIN, i64::MAX),
                Some(date) => span(date, &versions[&(word(row.nature), row.label.as_deref())]),
            };
            let prefix = row.prefix.prefix;
            let listed = Listed { nature: row.nature, label: row.label.clone(), from_us, until_us };
            ranges.entry((prefix.bits_128(), prefix.low.0)).or_default().push(listed);
        }
        let mut lengths: Vec<u8> = ranges.keys().map(|(bits, _)| *bits).collect();
        lengths.dedup();
        Ok(Self { lengths, ranges })
    }

    /// Every range with what a list says of it.
    pub fn into_ranges(self) -> (Vec<Prefix>, Vec<Listed>) {
        let prefix = |(bits_128, low): (u8, u128)| {
            let low = Address(low);
            Prefix { low, bits: if low.is_v4() { bits_128.saturating_sub(96) } else { bits_128 } }
        };
        let ranges = self.ranges.into_iter();
        ranges.flat_map(|(key, listed)| listed.into_iter().map(move |one| (prefix(key), one))).unzip()
    }

    /// What the lists ever call an address.
    pub fn of(&self, address: Address) -> Vec<Listed> {
        let at = |bits: &u8| self.ranges.get(&(*bits, address.0 & mask(*bits)));
        self.lengths.iter().filter_map(at).flatten().cloned().collect()
    }
}

fn word(nature: Nature) -> &'static str {
    tutela_model::words::Words::word(nature)
}

/// The events that a version holds for: from the date of the version before to the end of the day of the one after.
fn span(date: Date, versions: &BTreeSet<Date>) -> (i64, i64) {
    let before = versions.range(..date).next_back();
    let after = versions.range(date..).find(|other| **other > date);
    let from_us = before.map_or(i64::MIN, |before| day_us(*before));
    (from_us, after.map_or(i64::MAX, |after| day_us(*after) + DAY_US))
}

/// The instant at which a day begins in UTC.
fn day_us(date: Date) -> i64 {
    i64::from((date - Date::constant(1970, 1, 1)).get_days()) * DAY_US
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn a_version_holds_between_the_one_before_and_the_one_after() {
        let versions: BTreeSet<Date> = ["2026-01-20", "2026-03-01", "2026-05-20"].map(day).into();
        let (from, until) = span(day("2026-03-01"), &versions);
        assert_eq!((from, until), (day_us(day("2026-01-20")), day_us(day("2026-05-21"))));
        assert_eq!(span(day("2026-01-20"), &versions), (i64::MIN, day_us(day("2026-03-02"))));
        assert_eq!(span(day("2026-05-20"), &versions), (day_us(day("2026-03-01")), i64::MAX));
        assert_eq!(day_us(day("1970-01-02")), DAY_US);
        let listed = Listed { nature: Nature::TorExit, label: None, from_us: from, until_us: until };
        assert!(listed.holds(None) && listed.holds(Some((from, from))));
        assert!(!listed.holds(Some((until, until))) && !listed.holds(Some((from - 2, from - 1))));
    }
}
