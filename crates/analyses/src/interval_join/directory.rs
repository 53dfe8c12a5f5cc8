//! Prefixes by number.

use tutela_model::Address;
use tutela_model::address::mask;

/// Prefixes, each with a number, found by the prefix or by an address in it.
///
/// A table of hashes without its own order: nothing is read from it but the number of a prefix that is asked for.
#[derive(Default)]
pub(super) struct Directory {
    /// The lowest address of each prefix, by number.
    lows: Vec<u128>,
    /// Its length on the 128-bit scale. Apart, because look-ups mostly need the address only.
    bits: Vec<u8>,
    /// Numbers at the place of their prefix's hash, or at the next free one; a power of two.
    slots: Vec<u32>,
    /// Prefix lengths that occur, ascending.
    lengths: Vec<u8>,
}

const FREE: u32 = u32::MAX;

impl Directory {
    /// How many prefixes there are.
    pub fn len(&self) -> usize {
        self.lows.len()
    }

    /// The number of a prefix, which it gets if it has none.
    pub fn number(&mut self, bits: u8, low: Address) -> u32 {
        if 2 * (self.len() + 1) > self.slots.len() {
            self.slots = vec![FREE; (4 * self.len()).next_power_of_two().max(16)];
            (0..self.len()).for_each(|number| self.enter(number));
        }
        let prefix = (bits, low.0);
        let slot = self.slot(prefix);
        if self.slots[slot] != FREE {
            return self.slots[slot];
        }
        if let Err(place) = self.lengths.binary_search(&bits) {
            self.lengths.insert(place, bits);
        }
        self.lows.push(low.0);
        self.bits.push(bits);
        self.enter(self.len() - 1);
        (self.len() - 1) as u32
    }

    /// Numbers the prefixes anew, by length and address; gives the number of each by its former one.
    pub fn sort(&mut self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_unstable_by_key(|number| self.prefix(*number));
        let mut ranks = vec![0; order.len()];
        for (rank, former) in (0..).zip(&order) {
            ranks[*former as usize] = rank;
        }
        (self.bits, self.lows) = order.iter().map(|number| self.prefix(*number)).unzip();
        for slot in self.slots.iter_mut().filter(|slot| **slot != FREE) {
            *slot = ranks[*slot as usize];
        }
        ranks
    }

    /// The numbers of the prefixes that hold the address, the shortest first.
    pub fn groups_of(&self, address: Address) -> impl Iterator<Item = u32> + '_ {
        self.lengths.iter().filter_map(move |bits| self.get((*bits, address.0 & mask(*bits))))
    }

    /// The number of a prefix.
    pub fn get(&self, prefix: (u8, u128)) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let number = self.slots[self.slot(prefix)];
        (number != FREE).then_some(number)
    }

    fn prefix(&self, number: u32) -> (u8, u128) {
        (self.bits[number as usize], self.lows[number as usize])
    }

    fn enter(&mut self, number: usize) {
        let slot = self.slot((self.bits[number], self.lows[number]));
        self.slots[slot] = u32::try_from(number).expect("four billion prefixes fit into no memory");
    }

    /// The slot that has the prefix, or the free one that it would get. At least half of them are free.
    fn slot(&self, prefix: (u8, u128)) -> usize {
        let last = self.slots.len() - 1;
        let mut slot = hash(prefix) as usize & last;
        loop {
            match self.slots[slot] {
                FREE => return slot,
                number if self.lows[number as usize] == prefix.1 && self.prefix(number) == prefix => {
                    return slot;
                }
                _ => slot = (slot + 1) & last,
            }
        }
    }
}

/// Two halves multiplied into 128 bits and folded; the constants are digits of the golden ratio and of the root of two.
pub(super) fn hash((bits, low): (u8, u128)) -> u64 {
    let high = (low >> 64) as u64 ^ 0x9e37_79b9_7f4a_7c15 ^ u64::from(bits);
    let product = u128::from(low as u64 ^ 0x6a09_e667_f3bc_c908) * u128::from(high);
    (product >> 64) as u64 ^ product as u64
}
