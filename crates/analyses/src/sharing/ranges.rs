//! Address ranges by address, for many look-ups: nested prefixes are cut into pieces that do not overlap.

use tutela_model::{Address, Prefix};

/// What holds at an address, as positions in the list that the ranges were made of.
#[derive(Debug, Default)]
pub struct Ranges {
    /// The first address of each piece, in order; the first piece begins at 0.
    starts: Vec<u128>,
    /// Of each piece, where its prefixes begin in `of`; the longest comes first.
    offsets: Vec<u32>,
    of: Vec<u32>,
    /// By the first sixteen bits of an IPv4 address, the first piece that may hold it.
    v4: Vec<u32>,
}

/// The first address of IPv4, as a number.
const FIRST_V4: u128 = Address::FIRST_V4.0;

impl Ranges {
    /// Of prefixes, of which several may be the same.
    pub fn new(prefixes: &[Prefix]) -> Self {
        let mut bounds: Vec<u128> = prefixes
            .iter()
            .flat_map(|prefix| [Some(prefix.low.0), prefix.high().0.checked_add(1)])
            .flatten()
            .chain([0])
            .collect();
        bounds.sort_unstable();
        bounds.dedup();
        let mut order: Vec<u32> = (0..prefixes.len() as u32).collect();
        order.sort_by_key(|at| {
            let prefix = &prefixes[*at as usize];
            (prefix.low, prefix.bits_128(), *at)
        });
        let mut ranges = Self { starts: bounds, ..Self::default() };
        let mut open: Vec<u32> = Vec::new();
        let mut next = order.into_iter().peekable();
        for start in &ranges.starts {
            open.retain(|at| prefixes[*at as usize].high().0 >= *start);
            while let Some(at) = next.next_if(|at| prefixes[*at as usize].low.0 <= *start) {
                open.push(at);
            }
            ranges.offsets.push(ranges.of.len() as u32);
            ranges.of.extend(open.iter().rev());
        }
        ranges.offsets.push(ranges.of.len() as u32);
        let piece = |low: u128| ranges.starts.partition_point(|start| *start <= low) as u32 - 1;
        ranges.v4 = (0..=u128::from(u16::MAX)).map(|high| piece(FIRST_V4 | high << 16)).collect();
        ranges.v4.push(piece(FIRST_V4 + (1 << 32)));
        ranges
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// The prefixes that hold an address, the longest first.
    pub fn of(&self, address: Address) -> &[u32] {
        let piece = if address.is_v4() {
            let high = (address.0 as u32 >> 16) as usize;
            let (first, last) = (self.v4[high] as usize, self.v4[high + 1] as usize);
            first + self.starts[first..=last].partition_point(|start| *start <= address.0) - 1
        } else {
            self.starts.partition_point(|start| *start <= address.0) - 1
        };
        &self.of[self.offsets[piece] as usize..self.offsets[piece + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_holds_is_what_a_look_at_each_prefix_finds(
            drawn in proptest::collection::vec((any::<u32>(), 8_u8..=32, any::<bool>()), 0..40),
            asked: Vec<u32>,
        ) {
            let prefixes: Vec<Prefix> = drawn
                .iter()
                .map(|(low, bits, is_v4)| {
                    let text = if *is_v4 {
                        let low = u64::from(low & 0x0f0f_0000) >> (32 - bits) << (32 - bits);
                        format!("{}/{bits}", std::net::Ipv4Addr::from(low as u32))
                    } else {
                        format!("2001:db8:{:x}::/48", low & 3)
                    };
                    text.parse().expect("a prefix")
                })
                .collect();
            let ranges = Ranges::new(&prefixes);
            let own = prefixes.iter().flat_map(|prefix| [prefix.low.0, prefix.high().0]);
            let near = own.flat_map(|at| [at.wrapping_sub(1), at, at.wrapping_add(1)]);
            let asked = asked.iter().map(|low| FIRST_V4 | u128::from(low & 0x0f0f_ffff));
            for address in near.chain(asked).map(Address) {
                let mut holds: Vec<u32> = (0..prefixes.len() as u32)
                    .filter(|at| prefixes[*at as usize].holds(address))
                    .collect();
                let found = ranges.of(address);
                let bits = |at: u32| prefixes[at as usize].bits_128();
                let longest_first = found.windows(2).all(|two| bits(two[0]) >= bits(two[1]));
                prop_assert!(longest_first);
                let mut found = found.to_vec();
                found.sort_unstable();
                holds.sort_unstable();
                prop_assert_eq!(found, holds, "{}", address);
            }
        }
    }
}
