//! Which pairs of records are compared at all: those that share a key, of several, within limits.
//!
//! A key is a value, a word of it, its beginning or its head, or two of these together.
//! A key that many records share says little and costs their square: what more records share than the limit allows is
//! a context, never an edge, and is reported as a suspected hub.
//! The limit of each kind of key is the largest for which its pairs stay within the budget, so memory is bounded by
//! the number of records, whatever the data.

use super::compare::{Facet, Kind, Ready};

/// How much may be compared.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Pairs of one kind of key, at most, or one for each record where that is more.
    pub pairs: u64,
    /// Records that share a key, at most.
    pub sharing: u64,
    /// From how many records on a shared key is called a hub.
    pub hub: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pairs: 1_000_000, sharing: 120, hub: 1000 }
    }
}

/// A kind of key: columns by position, and what is taken of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// One part, or two that hold together.
    pub parts: Vec<(usize, Facet)>,
}

impl Key {
    /// The columns that it takes, as bits.
    #[must_use]
    pub fn columns(&self) -> u32 {
        self.parts.iter().fold(0, |bits, (column, _)| bits | 1 << column)
    }
}

/// What was not compared through a kind of key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capped {
    /// The kind of key, by position.
    pub key: usize,
    /// The most records that may share one.
    pub limit: u64,
    /// Keys shared by more.
    pub n_keys: u64,
    /// Records that have such a key.
    pub n_records: u64,
    /// Records that share the most common one.
    pub largest: u64,
    /// How many are hubs.
    pub n_hubs: u64,
}

/// Pairs to compare.
pub struct Candidates {
    /// The pairs, lower record first, sorted, each once.
    pub pairs: Vec<(u32, u32)>,
    /// For each pair, bits of the keys that it shares.
    pub keys: Vec<u32>,
    /// What was left out, by kind of key.
    pub capped: Vec<Capped>,
}

/// The kinds of key for these columns: everything selective alone, everything else by twos.
#[must_use]
pub fn keys(columns: &[Ready]) -> Vec<Key> {
    let single = |kind| match kind {
        Kind::Email | Kind::Phone => &[Facet::Whole, Facet::Head][..],
        Kind::Postcode | Kind::Date | Kind::Name => &[Facet::Whole],
        Kind::Place | Kind::Category => &[],
    };
    let selective = |column: &Ready| single(column.kind).iter();
    let mut found: Vec<Vec<(usize, Facet)>> = Vec::new();
    for (idx, column) in columns.iter().enumerate() {
        found.extend(selective(column).map(|facet| vec![(idx, *facet)]));
    }
    for (a, first) in columns.iter().enumerate() {
        for (b, second) in columns.iter().enumerate().skip(a) {
            let ((a, first), (b, second)) =
                if first.kind <= second.kind { ((a, first), (b, second)) } else { ((b, second), (a, first)) };
            let pairs: &[(Facet, Facet)] = match (first.kind, second.kind) {
                (Kind::Name, Kind::Name) => &[(Facet::Word, Facet::Word)],
                _ if a == b => &[],
                (Kind::Name, Kind::Date | Kind::Postcode) => {
                    &[(Facet::Start, Facet::Whole), (Facet::Word, Facet::Head)]
                }
                (Kind::Name, Kind::Place | Kind::Category) => &[(Facet::Word, Facet::Whole)],
                (Kind::Name, Kind::Email | Kind::Phone) => &[],
                (Kind::Date, Kind::Postcode) => &[(Facet::Whole, Facet::Head), (Facet::Head, Facet::Whole)],
                (Kind::Date, Kind::Place) => &[(Facet::Whole, Facet::Whole)],
                _ => &[],
            };
            found.extend(pairs.iter().map(|(of_a, of_b)| vec![(a, *of_a), (b, *of_b)]));
        }
    }
    found.truncate(32);
    found.into_iter().map(|parts| Key { parts }).collect()
}

/// The pairs that share a key.
#[must_use]
pub fn candidates(columns: &[Ready], n: usize, keys: &[Key], limits: Limits) -> Candidates {
    let mut all: Vec<(u64, u32)> = Vec::new();
    let mut capped = Vec::new();
    let mut entries: Vec<(u64, u32)> = Vec::new();
    for (idx, key) in keys.iter().enumerate() {
        entries.clear();
        for record in 0..n as u32 {
            put_keys(columns, key, record, &mut entries);
        }
        entries.sort_unstable();
        entries.dedup();
        let limit = limit_of(&entries, n as u64, limits);
        let mut left = Capped { key: idx, limit, n_keys: 0, n_records: 0, largest: 0, n_hubs: 0 };
        for sharing in entries.chunk_by(|a, b| a.0 == b.0) {
            let size = sharing.len() as u64;
            if size > limit {
                left.n_keys += 1;
                left.n_records += size;
                left.largest = left.largest.max(size);
                left.n_hubs += u64::from(size >= limits.hub);
                continue;
            }
            for (place, (_, a)) in sharing.iter().enumerate() {
                let pairs =
                    sharing[place + 1..].iter().map(|(_, b)| (u64::from(*a) << 32 | u64::from(*b), 1 << idx));
                all.extend(pairs);
            }
        }
        if left.n_keys > 0 {
            capped.push(left);
        }
        // Merging now and then keeps memory to what is distinct.
        if all.len() > 8_000_000 {
            merge(&mut all);
        }
    }
    merge(&mut all);
    let pairs = all.iter().map(|(pair, _)| ((pair >> 32) as u32, *pair as u32)).collect();
    let keys = all.iter().map(|(_, keys)| *keys).collect();
    Candidates { pairs, keys, capped }
}

fn merge(pairs: &mut Vec<(u64, u32)>) {
    pairs.sort_unstable();
    pairs.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 |= next.1;
        }
        same
    });
}

/// The largest number of records sharing a key for which all pairs stay within the budget.
fn limit_of(entries: &[(u64, u32)], n: u64, limits: Limits) -> u64 {
    let most = limits.sharing as usize;
    let mut of_size = vec![0_u64; most + 1];
    for sharing in entries.chunk_by(|a, b| a.0 == b.0).filter(|sharing| sharing.len() <= most) {
        of_size[sharing.len()] += 1;
    }
    let mut left = limits.pairs.max(n);
    let mut limit = 1;
    for (size, n_keys) in of_size.iter().enumerate().skip(2) {
        let pairs = n_keys * (size * (size - 1) / 2) as u64;
        if pairs > left {
            break;
        }
        left -= pairs;
        limit = size as u64;
    }
    limit
}

/// The keys of a record: all combinations of what its columns give.
fn put_keys(columns: &[Ready], key: &Key, record: u32, entries: &mut Vec<(u64, u32)>) {
    const MOST: usize = 8;
    let mut first = [0; MOST];
    let mut second = [0; MOST];
    let take = |(column, facet): (usize, Facet), into: &mut [u64; MOST]| {
        let mut n = 0;
        columns[column].facets(record, facet, &mut |value| {
            if n < MOST {
                into[n] = value;
                n += 1;
            }
        });
        n
    };
    let n_first = take(key.parts[0], &mut first);
    let Some(part) = key.parts.get(1) else {
        entries.extend(first[..n_first].iter().map(|value| (mixed(*value), record)));
        return;
    };
    if n_first == 0 {
        return;
    }
    let n_second = take(*part, &mut second);
    let same_column = key.parts[0] == *part;
    for a in &first[..n_first] {
        for b in &second[..n_second] {
            if same_column {
                if a < b {
                    entries.push((mixed(mixed(*a) ^ b), record));
                }
            } else {
                entries.push((mixed(mixed(*a) ^ b), record));
            }
        }
    }
}

/// Spreads the bits of a number (the finalizer of SplitMix64).
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::super::compare::Column;
    use super::*;

    fn ready(kind: Kind, values: Vec<String>) -> Ready {
        Ready::new(&Column { name: "x".into(), kind, group: 0, values }, 1)
    }

    #[test]
    fn records_that_share_a_key_are_paired_once_and_others_never() {
        let mail = ready(Kind::Email, ["a@x", "b@x", "a@x", "", "", "a@y"].map(str::to_owned).to_vec());
        let columns = [mail];
        let keys = keys(&columns);
        let found = candidates(&columns, 6, &keys, Limits::default());
        assert_eq!(found.pairs, [(0, 2), (0, 5), (2, 5)]);
        // The whole address and its head for the first pair, the head alone for the others.
        assert_eq!(found.keys, [0b11, 0b10, 0b10]);
        assert!(found.capped.is_empty());
    }

    #[test]
    fn what_a_hundred_thousand_records_share_is_a_suspected_hub_and_costs_no_pairs() {
        let mut values = vec!["shared@example.org".to_owned(); 100_000];
        values.extend(["own@example.org".to_owned(), "own@example.org".to_owned()]);
        let columns = [ready(Kind::Email, values)];
        let keys = keys(&columns);
        let found = candidates(&columns, 100_002, &keys, Limits::default());
        assert_eq!(found.pairs, [(100_000, 100_001)]);
        let whole = &found.capped[0];
        assert_eq!((whole.n_keys, whole.n_records, whole.largest, whole.n_hubs), (1, 100_000, 100_000, 1));
    }

    #[test]
    fn pairs_stay_within_the_budget_and_the_limit_is_said() {
        let values = (0..3000).map(|record| format!("mail{}@example.org", record / 30)).collect();
        let columns = [ready(Kind::Email, values)];
        let keys = keys(&columns);
        let limits = Limits { pairs: 1, ..Limits::default() };
        let found = candidates(&columns, 3000, &keys, limits);
        assert!(found.pairs.is_empty());
        assert_eq!(found.capped[0].n_records, 3000);
        assert_eq!(candidates(&columns, 3000, &keys, Limits::default()).pairs.len(), 100 * 30 * 29 / 2);
    }
}
