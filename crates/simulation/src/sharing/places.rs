//! The fictional plan: which made-up country or province has which addresses. They lie in 240.0.0.0/4, which RFC 1112
//! (section 4) reserves and nobody has, and in 2001:db8:f000::/36 of the documentation range (RFC 3849).
//!
//! The plan is the same at every size; how much of it is in use is in proportion to the peers.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::rng::finalise;

/// A stretch of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The country, by its two letters.
    pub country: &'static str,
    /// The Italian province, by its two letters.
    pub province: &'static str,
    /// Of 256 lines, those that are here.
    weight: u32,
}

const fn province(province: &'static str, weight: u32) -> Place {
    Place { country: "IT", province, weight }
}

const fn country(country: &'static str, weight: u32) -> Place {
    Place { country, province: "", weight }
}

/// How many of the places are in the region where people are sought: the first ones.
pub const N_REGION: usize = 8;
/// How many are Italian provinces; each has a /13 of 240.0.0.0/8.
const N_PROVINCES: usize = 24;

/// Every place. After the provinces each country has a /8. The weights add up to 256; they are an assumption.
pub const PLACES: [Place; 38] = [
    province("MI", 4),
    province("BG", 1),
    province("BS", 1),
    province("VA", 1),
    province("PV", 1),
    province("CO", 1),
    province("CR", 1),
    province("MN", 1),
    province("RM", 5),
    province("NA", 4),
    province("TO", 3),
    province("PA", 2),
    province("BA", 2),
    province("FI", 1),
    province("BO", 1),
    province("GE", 1),
    province("VE", 1),
    province("CT", 1),
    province("PD", 1),
    province("VR", 1),
    province("SA", 1),
    province("CA", 1),
    province("LE", 1),
    province("PG", 1),
    country("US", 40),
    country("DE", 26),
    country("FR", 23),
    country("BR", 22),
    country("ES", 21),
    country("GB", 18),
    country("MX", 11),
    country("PL", 10),
    country("NL", 9),
    country("RO", 8),
    country("CA", 8),
    country("AR", 8),
    country("JP", 8),
    // No list places these.
    country("", 6),
];

/// The plan with as many addresses in use as a size needs.
#[derive(Debug)]
pub struct Plan {
    /// The place of each of 256 hashes.
    of_hash: [u8; 256],
    /// By place: addresses in use that one line holds at a time, and those that many share.
    in_use: [(u32, u32); PLACES.len()],
}

/// First address and length of the prefix of a place.
#[must_use]
pub fn prefix(place: usize) -> (u32, u8) {
    const FIRST: u32 = 0xF000_0000;
    match place.checked_sub(N_PROVINCES) {
        None => (FIRST + ((place as u32) << 19), 13),
        Some(country) => (FIRST + ((country as u32 + 1) << 24), 8),
    }
}

/// First address and length of the prefix that is shared by port blocks: the last eighth of a place.
#[must_use]
pub fn shared_prefix(place: usize) -> (u32, u8) {
    let (first, bits) = prefix(place);
    let whole = 1_u32 << (32 - bits);
    (first + (whole - whole / 8), bits + 3)
}

/// The IPv6 prefix of a place, 42 bits.
#[must_use]
pub fn prefix_v6(place: usize) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0xf000 | (place as u16) << 6, 0, 0, 0, 0, 0)
}

/// Whether an IPv6 address lies in the fictional plan, so that no operator's line may have it.
#[must_use]
pub fn is_in_plan_v6(address: Ipv6Addr) -> bool {
    address.segments()[..2] == [0x2001, 0xdb8] && address.segments()[2] >= 0xf000
}

impl Plan {
    /// The plan for so many lines at one time.
    #[must_use]
    pub fn new(n_lines: u64) -> Self {
        let mut of_hash = [0; 256];
        let mut filled = 0;
        for (idx, place) in PLACES.iter().enumerate() {
            of_hash[filled..filled + place.weight as usize].fill(idx as u8);
            filled += place.weight as usize;
        }
        let in_use = std::array::from_fn(|idx| {
            let (_, bits) = prefix(idx);
            let room = (1_u64 << (32 - bits)) * 7 / 8;
            // Many more lines are on line than share files: an address that one of these leaves mostly goes to another.
            let wanted = n_lines * u64::from(PLACES[idx].weight) / 256 * 24;
            let single = wanted.clamp(64, room);
            (single as u32, (single / 600).clamp(4, room / 8) as u32)
        });
        Self { of_hash, in_use }
    }

    /// The place of a line, by its hash.
    #[must_use]
    pub fn place(&self, hash: u64) -> usize {
        usize::from(self.of_hash[(hash & 0xFF) as usize])
    }

    /// A place outside the region, by a hash.
    #[must_use]
    pub fn place_elsewhere(&self, hash: u64) -> usize {
        let place = self.place(hash);
        if place < N_REGION {
            N_PROVINCES + (hash >> 8) as usize % (PLACES.len() - N_PROVINCES)
        } else {
            place
        }
    }

    /// The address that a line holds, by a hash of the line and its lease.
    #[must_use]
    pub fn address(&self, place: usize, hash: u64) -> IpAddr {
        let n = u64::from(self.in_use[place].0);
        IpAddr::V4(Ipv4Addr::from(prefix(place).0 + (((hash >> 32) * n) >> 32) as u32))
    }

    /// The address that a line shares with many.
    #[must_use]
    pub fn shared_address(&self, place: usize, hash: u64) -> IpAddr {
        let n = u64::from(self.in_use[place].1);
        IpAddr::V4(Ipv4Addr::from(shared_prefix(place).0 + (((hash >> 32) * n) >> 32) as u32))
    }

    /// The IPv6 address of a line on a day: its network, and an interface identifier that changes every day (RFC 8981).
    #[must_use]
    pub fn address_v6(place: usize, line_hash: u64, day: u64) -> IpAddr {
        let network = u128::from(prefix_v6(place)) | u128::from(line_hash >> 42) << 64;
        IpAddr::V6(Ipv6Addr::from(network | u128::from(finalise(line_hash ^ day))))
    }
}

/// Rows of a list of places for the plan: `prefix,country,province,label,as_of`. It is a list as they are: one stretch
/// in eight has the letters of another province of the region or of the country, and one country is on no list.
#[must_use]
pub fn area_rows() -> String {
    let mut text = String::new();
    for (idx, place) in PLACES.iter().enumerate().filter(|(_, place)| !place.country.is_empty()) {
        let (first, bits) = prefix(idx);
        let mut row = |prefix: &str, province: &str| {
            writeln!(text, "{prefix},{},{province},elenco luoghi di prova,2026-02-01", place.country)
                .expect("a string takes all text");
        };
        row(&format!("{}/{bits}", Ipv4Addr::from(first)), place.province);
        row(&format!("{}/42", prefix_v6(idx)), place.province);
        if !place.province.is_empty() {
            let neighbour = if idx < N_REGION { (idx + 1) % N_REGION } else { N_REGION + (idx + 5) % 16 };
            let eighth = first + (1 << (32 - bits)) / 8 * 3;
            row(&format!("{}/{}", Ipv4Addr::from(eighth), bits + 3), PLACES[neighbour].province);
        }
    }
    text
}

/// Rows of a list of networks for the plan: `prefix,nature,label,as_of`.
#[must_use]
pub fn network_rows() -> String {
    let mut text = String::new();
    for (idx, place) in PLACES.iter().enumerate().filter(|(_, place)| !place.country.is_empty()) {
        let (first, bits) = shared_prefix(idx);
        let prefix = Ipv4Addr::from(first);
        let label = [place.country, place.province, "CGNAT"].join(" ").replace("  ", " ");
        writeln!(text, "{prefix}/{bits},cgnat,{label},2026-01-15").expect("a string takes all text");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_do_not_overlap_and_lie_in_ranges_of_nobody() {
        assert_eq!(PLACES.iter().map(|place| place.weight).sum::<u32>(), 256);
        let mut stretches: Vec<(u64, u64)> = (0..PLACES.len())
            .map(|place| {
                let (first, bits) = prefix(place);
                (u64::from(first), u64::from(first) + (1 << (32 - bits)))
            })
            .collect();
        stretches.sort_unstable();
        assert!(stretches.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{stretches:x?}");
        assert_eq!(stretches[0].0, 0xF000_0000);
        // 255.0.0.0/8 holds the broadcast address.
        assert!(stretches.last().is_some_and(|last| last.1 <= 0xFF00_0000));
        assert!((0..PLACES.len()).all(|place| is_in_plan_v6(prefix_v6(place))));
    }

    #[test]
    fn addresses_of_a_place_lie_in_its_prefix_at_every_size() {
        for n_lines in [10, 100_000, 40_000_000] {
            let plan = Plan::new(n_lines);
            for place in 0..PLACES.len() {
                let (first, bits) = prefix(place);
                for hash in [0, u64::MAX / 3, u64::MAX] {
                    for address in [plan.address(place, hash), plan.shared_address(place, hash)] {
                        let IpAddr::V4(v4) = address else { panic!("an IPv4 address") };
                        assert_eq!(u32::from(v4) >> (32 - bits), first >> (32 - bits), "{v4} {place}");
                    }
                }
            }
        }
    }
}
