//! How two accounts of a lead hang together: of all ways from pair to pair, the one whose weakest pair is strongest.
//!
//! It is the way in the maximum spanning tree (Hu 1961, the maximum capacity route problem): whoever doubts that two
//! accounts belong together needs to look at its weakest pair first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use tutela_model::Finding;

/// The pairs on the way from one account to another, in order; none when no way leads there. Of equal ways the one with
/// fewer pairs is taken, then the one whose accounts come first in their order.
#[must_use]
pub fn strongest_path<'a>(
    pairs: impl IntoIterator<Item = &'a Finding>,
    from: &str,
    to: &str,
) -> Option<Vec<&'a Finding>> {
    let mut beside: BTreeMap<&str, Vec<(&str, i32, &Finding)>> = BTreeMap::new();
    for pair in pairs {
        let Some(strength) = pair.strength.filter(|strength| strength.0 > 0) else { continue };
        let (a, b) = (pair.text("account"), pair.text("other"));
        beside.entry(a).or_default().push((b, strength.0, pair));
        beside.entry(b).or_default().push((a, strength.0, pair));
    }
    let mut reached: BTreeMap<&str, Option<(&str, &Finding)>> = BTreeMap::new();
    // The widest way first: strength of its weakest pair, then fewest pairs, then the names.
    let mut waiting = BinaryHeap::from([(i32::MAX, Reverse(0_u32), Reverse(from), None)]);
    let mut pair_of: BTreeMap<(&str, &str), &Finding> = BTreeMap::new();
    while let Some((weakest, Reverse(length), Reverse(account), before)) = waiting.pop() {
        if reached.contains_key(account) {
            continue;
        }
        let came = before.map(|Reverse(before)| (before, pair_of[&(before, account)]));
        reached.insert(account, came);
        for (next, strength, pair) in beside.get(account).into_iter().flatten() {
            if !reached.contains_key(next) {
                pair_of.insert((account, next), pair);
                let step =
                    (weakest.min(*strength), Reverse(length + 1), Reverse(*next), Some(Reverse(account)));
                waiting.push(step);
            }
        }
    }
    let mut way = Vec::new();
    let mut account = to;
    while let Some((before, pair)) = *reached.get(account)? {
        way.push(pair);
        account = before;
    }
    way.reverse();
    Some(way)
}

#[cfg(test)]
mod tests {
    use tutela_model::{Phrase, Strength};

    use super::*;

    fn pair(account: &str, other: &str, millibans: i32) -> Finding {
        let statement = Phrase::new("same_user.joined").with("account", account).with("other", other);
        let mut finding = Finding::new("same_user", &format!("{account}{other}"), statement);
        finding.strength = Some(Strength(millibans));
        finding
    }

    fn way(pairs: &[Finding], from: &str, to: &str) -> Option<String> {
        let way = strongest_path(pairs, from, to)?;
        Some(
            way.iter()
                .map(|pair| format!("{}{}", pair.text("account"), pair.text("other")))
                .collect::<Vec<_>>()
                .join(" "),
        )
    }

    #[test]
    fn the_way_whose_weakest_pair_is_strongest_is_taken() {
        let mut pairs = vec![
            pair("a", "d", 3000),
            pair("a", "b", 5000),
            pair("b", "c", 4000),
            pair("c", "d", 4500),
            pair("d", "e", -2000),
        ];
        for _ in 0..pairs.len() {
            pairs.rotate_left(1);
            assert_eq!(way(&pairs, "a", "d").as_deref(), Some("ab bc cd"));
            assert_eq!(way(&pairs, "d", "a").as_deref(), Some("cd bc ab"));
            assert_eq!(way(&pairs, "a", "a").as_deref(), Some(""));
            assert_eq!(way(&pairs, "a", "e"), None, "what speaks against joins nothing");
            assert_eq!(way(&pairs, "a", "unknown"), None);
        }
    }

    #[test]
    fn of_equal_ways_the_shorter_is_taken() {
        let pairs = [pair("a", "b", 4000), pair("b", "c", 4000), pair("a", "c", 4000)];
        assert_eq!(way(&pairs, "a", "c").as_deref(), Some("ac"));
    }
}
