//! Which bit of a hash goes into which table.
//!
//! Bits of real hashes depend on each other: neighbouring frequencies go together, and lists hold many versions of one
//! picture. Bits that go together in one table make few long buckets. So the order of bits is changed such that each table
//! has bits that depend on each other little, as the list itself shows. Distances do not change with the order.

use crate::pdq::PdqHash;

/// An order of bits, as what each value of each byte of a hash becomes.
pub(super) struct Spread {
    bytes: Vec<[[u64; 4]; 256]>,
}

/// How many hashes are looked at.
const SAMPLE: usize = 8192;

impl Spread {
    /// The order for a list whose tables have so many bits, in turn; 256 in all.
    pub(super) fn of(len: usize, hash: &impl Fn(usize) -> PdqHash, tables: &[u32]) -> Self {
        let places = if len < SAMPLE {
            std::array::from_fn(|bit| bit)
        } else {
            let sample: Vec<PdqHash> = (0..SAMPLE).map(|idx| hash(idx * (len / SAMPLE))).collect();
            places(&sample, tables)
        };
        let mut bytes = vec![[[0; 4]; 256]; 32];
        for (byte_idx, values) in bytes.iter_mut().enumerate() {
            for (value, out) in values.iter_mut().enumerate() {
                for bit in (0..8).filter(|bit| value >> bit & 1 == 1) {
                    let place = places[8 * byte_idx + bit];
                    out[place / 64] |= 1 << (place % 64);
                }
            }
        }
        Self { bytes }
    }

    /// A hash with its bits in this order.
    #[inline(always)]
    pub(super) fn apply(&self, hash: PdqHash) -> [u64; 4] {
        let limbs = hash.limbs();
        let mut out = [0; 4];
        for (byte_idx, values) in self.bytes.iter().enumerate() {
            let value = (limbs[byte_idx / 8] >> (8 * (byte_idx % 8))) as u8;
            for (out, limb) in out.iter_mut().zip(values[usize::from(value)]) {
                *out |= limb;
            }
        }
        out
    }
}

/// Where each bit goes. The bit that depends most on others chooses first, and goes where it depends least on what is there.
fn places(hashes: &[PdqHash], tables: &[u32]) -> [usize; 256] {
    let dependence = dependence(hashes);
    let mut order: Vec<usize> = (0..256).collect();
    order.sort_by_key(|bit| (std::cmp::Reverse(dependence[*bit].iter().sum::<u64>()), *bit));
    let mut filled: Vec<Vec<usize>> = vec![Vec::new(); tables.len()];
    for bit in order {
        let cost = |table: usize| filled[table].iter().map(|other| dependence[bit][*other]).sum::<u64>();
        let free = (0..tables.len()).filter(|table| filled[*table].len() < tables[*table] as usize);
        // Where it costs nothing anywhere, tables are filled evenly.
        let best = free.min_by_key(|table| (cost(*table), filled[*table].len(), *table));
        filled[best.expect("tables have 256 bits in all")].push(bit);
    }
    let mut places = [0; 256];
    for (place, bit) in filled.into_iter().flatten().enumerate() {
        places[bit] = place;
    }
    places
}

/// For each two bits the square of how much more often than not they are equal, or different, in thousandths.
fn dependence(hashes: &[PdqHash]) -> Vec<[u64; 256]> {
    let mut columns = vec![[0_u64; SAMPLE / 64]; 256];
    for (idx, hash) in hashes.iter().enumerate() {
        let limbs = hash.limbs();
        for (bit, column) in columns.iter_mut().enumerate() {
            column[idx / 64] |= (limbs[bit / 64] >> (bit % 64) & 1) << (idx % 64);
        }
    }
    let of = |a: &[u64; SAMPLE / 64], b: &[u64; SAMPLE / 64]| {
        let unequal: u32 = a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum();
        let more = (SAMPLE as i64 - 2 * i64::from(unequal)) * 1000 / SAMPLE as i64;
        more.unsigned_abs().pow(2)
    };
    let row = |bit: usize| -> [u64; 256] {
        std::array::from_fn(|other| if other == bit { 0 } else { of(&columns[bit], &columns[other]) })
    };
    (0..256).map(row).collect()
}
