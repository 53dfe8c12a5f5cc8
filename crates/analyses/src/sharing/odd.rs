//! What cannot be as a sighting has it: addresses that can be no peer's on the Internet (nobody's, the machine's own, a home
//! network's, a group's), and times after the file was read.
//!
//! The special-purpose registries of IANA (RFC 6890) say what these ranges are. Ranges for documentation, benchmarks and
//! shared use are not among them: made-up operations live in the former, and behind the last there are subscribers, as
//! lists of networks and operators' answers say.

use tutela_model::Address;

/// A kind of such sightings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Odd {
    /// `0.0.0.0/8`, `::` (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.2).
    Unspecified,
    /// `127.0.0.0/8`, `::1` (RFC 1122, RFC 4291 section 2.5.3).
    Loopback,
    /// `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16` (RFC 1918), `fc00::/7` (RFC 4193).
    Private,
    /// `169.254.0.0/16` (RFC 3927), `fe80::/10` (RFC 4291 section 2.5.6).
    LinkLocal,
    /// `224.0.0.0/4` (RFC 5771), `ff00::/8` (RFC 4291 section 2.7).
    Multicast,
    /// `255.255.255.255` (RFC 919).
    Broadcast,
    /// Its time lies after the day on which its file was read: a clock or the form of a time is wrong.
    Future,
}

impl Odd {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Unspecified,
        Self::Loopback,
        Self::Private,
        Self::LinkLocal,
        Self::Multicast,
        Self::Broadcast,
        Self::Future,
    ];

    /// The name that statements use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::LinkLocal => "link_local",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::Future => "future",
        }
    }
}

/// The kind of an address, if it is of one.
pub fn odd(address: u128) -> Option<Odd> {
    let address = Address(address);
    if !address.is_v4() {
        return match (address.0, address.0 >> 121, address.0 >> 118, address.0 >> 120) {
            (0, ..) => Some(Odd::Unspecified),
            (1, ..) => Some(Odd::Loopback),
            (_, 0x7e, ..) => Some(Odd::Private),
            (_, _, 0x3fa, _) => Some(Odd::LinkLocal),
            (.., 0xff) => Some(Odd::Multicast),
            _ => None,
        };
    }
    match (address.0 as u32).to_be_bytes() {
        [0, ..] => Some(Odd::Unspecified),
        [127, ..] => Some(Odd::Loopback),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some(Odd::Private),
        [169, 254, ..] => Some(Odd::LinkLocal),
        [224..=239, ..] => Some(Odd::Multicast),
        [255, 255, 255, 255] => Some(Odd::Broadcast),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use tutela_model::Prefix;

    use super::*;

    fn lies_in(address: &str, prefix: &str) -> bool {
        let prefix: Prefix = prefix.parse().expect("a prefix");
        prefix.holds(address.parse().expect("an address"))
    }

    #[test]
    fn each_kind_has_its_ranges_and_nothing_beside_them() {
        for (prefix, inside, outside, kind) in [
            ("0.0.0.0/8", "0.1.2.3", "1.0.0.0", Odd::Unspecified),
            ("127.0.0.0/8", "127.255.255.255", "128.0.0.0", Odd::Loopback),
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.0", Odd::Private),
            ("172.16.0.0/12", "172.31.255.255", "172.32.0.0", Odd::Private),
            ("192.168.0.0/16", "192.168.0.1", "192.169.0.0", Odd::Private),
            ("169.254.0.0/16", "169.254.1.1", "169.255.0.0", Odd::LinkLocal),
            ("224.0.0.0/4", "239.255.255.255", "240.0.0.0", Odd::Multicast),
            ("255.255.255.255", "255.255.255.255", "255.255.255.254", Odd::Broadcast),
            ("::", "::", "::2", Odd::Unspecified),
            ("::1", "::1", "::2", Odd::Loopback),
            ("fc00::/7", "fdff::1", "fe00::1", Odd::Private),
            ("fe80::/10", "febf::1", "fec0::1", Odd::LinkLocal),
            ("ff00::/8", "ff02::1", "2001:db8::1", Odd::Multicast),
        ] {
            let of = |text: &str| odd(text.parse::<Address>().expect("an address").0);
            assert!(lies_in(inside, prefix) && !lies_in(outside, prefix), "{prefix}");
            assert_eq!((of(inside), of(outside)), (Some(kind), None), "{prefix}");
        }
        for text in ["192.0.2.1", "100.64.0.1", "198.18.0.1", "203.0.113.9", "240.0.0.1", "2001:db8::1"] {
            assert_eq!(odd(text.parse::<Address>().expect("an address").0), None, "{text}");
        }
    }
}
