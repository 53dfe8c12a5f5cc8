//! Internet addresses as 128-bit numbers with a family, and prefixes of them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// One address of either family.
///
/// Held as 128 bits; an IPv4 address as its IPv4-mapped form (RFC 4291 section 2.5.5.2), so that the two ways to
/// write one and the same address compare equal and sort together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub u128);

impl Address {
    /// `0.0.0.0`, the first of the IPv4-mapped addresses.
    pub const FIRST_V4: Self = Self(0xffff_0000_0000);

    /// Whether this is an IPv4 address.
    #[must_use]
    pub fn is_v4(self) -> bool {
        self.0 >> 32 == Self::FIRST_V4.0 >> 32
    }

    /// As the standard library's type.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        if self.is_v4() { Ipv4Addr::from(self.0 as u32).into() } else { Ipv6Addr::from(self.0).into() }
    }

    /// The 16 bytes in network order, as tables store them.
    #[must_use]
    pub fn bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
}

words! {
    /// Uses of addresses that no operator gives to a line (RFC 6890, which lists them with what defines each): whoever
    /// wrote one down did not see from where somebody came over the internet.
    ///
    /// Ranges for documentation and benchmarks are not among them, because data of exercises lies there.
    pub enum LocalUse {
        /// No address: `0.0.0.0/8`, `::`.
        Unspecified = "unspecified",
        /// The machine itself: `127.0.0.0/8`, `::1`.
        Loopback = "loopback",
        /// Of a network at home or in an office: `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`, `fc00::/7`.
        Private = "private",
        /// Of one cable or radio cell: `169.254.0.0/16`, `fe80::/10`.
        LinkLocal = "link_local",
        /// Of a group of machines: `224.0.0.0/4`, `ff00::/8`.
        Multicast = "multicast",
        /// Of all machines of a network: `255.255.255.255`.
        Broadcast = "broadcast",
    }
}

impl Address {
    /// The use for which the address is reserved, when no operator gives it to a line.
    #[must_use]
    pub fn local_use(self) -> Option<LocalUse> {
        match self.ip() {
            IpAddr::V4(v4) => match v4.octets() {
                [0, ..] => Some(LocalUse::Unspecified),
                [127, ..] => Some(LocalUse::Loopback),
                [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some(LocalUse::Private),
                [169, 254, ..] => Some(LocalUse::LinkLocal),
                [224..=239, ..] => Some(LocalUse::Multicast),
                [255, 255, 255, 255] => Some(LocalUse::Broadcast),
                _ => None,
            },
            IpAddr::V6(v6) => match v6.segments() {
                [0, 0, 0, 0, 0, 0, 0, 0] => Some(LocalUse::Unspecified),
                [0, 0, 0, 0, 0, 0, 0, 1] => Some(LocalUse::Loopback),
                [first, ..] if first & 0xfe00 == 0xfc00 => Some(LocalUse::Private),
                [first, ..] if first & 0xffc0 == 0xfe80 => Some(LocalUse::LinkLocal),
                [first, ..] if first & 0xff00 == 0xff00 => Some(LocalUse::Multicast),
                _ => None,
            },
        }
    }
}

impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(v4) => Self(Self::FIRST_V4.0 | u128::from(u32::from(v4))),
            IpAddr::V6(v6) => Self(u128::from(v6)),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ip().fmt(f)
    }
}

/// A text that is not an address or a prefix.
#[derive(Debug, thiserror::Error)]
pub enum NotAnAddress {
    /// Not an address of either family.
    #[error("not an IPv4 or IPv6 address: {0}")]
    Address(String),
    /// The length after the slash is no number, or more than the family has bits.
    #[error("not a prefix length: {0}")]
    Length(String),
    /// Bits are set after the prefix: the writer may have meant another network.
    #[error("bits are set to the right of the prefix length: {0}")]
    HostBits(String),
}

impl FromStr for Address {
    type Err = NotAnAddress;

    /// Reads dotted IPv4, IPv6 and IPv4-mapped IPv6, with nothing around it.
    ///
    /// # Errors
    /// Everything else, zone indices (`%eth0`) and leading zeros (which some systems read as octal) among it.
    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        text.parse::<IpAddr>().map(Self::from).map_err(|_| NotAnAddress::Address(text.to_owned()))
    }
}

/// An address range that a prefix names: RFC 4632 for IPv4, RFC 4291 section 2.3 for IPv6. A single address is a
/// prefix of full length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    /// The lowest address of the range.
    pub low: Address,
    /// Prefix length in bits of the address's own family: at most 32 or 128.
    pub bits: u8,
}

impl Prefix {
    /// Prefix length on the 128-bit scale that both families share.
    #[must_use]
    pub fn bits_128(self) -> u8 {
        if self.low.is_v4() { self.bits + 96 } else { self.bits }
    }

    /// The highest address of the range.
    #[must_use]
    pub fn high(self) -> Address {
        Address(self.low.0 | !mask(self.bits_128()))
    }

    /// Whether the address lies in the range.
    #[must_use]
    pub fn holds(self, address: Address) -> bool {
        address.0 & mask(self.bits_128()) == self.low.0
    }
}

/// The network mask of that many leading bits, on the 128-bit scale.
#[must_use]
pub fn mask(bits_128: u8) -> u128 {
    if bits_128 == 0 { 0 } else { u128::MAX << (128 - u32::from(bits_128.min(128))) }
}

impl From<Address> for Prefix {
    fn from(low: Address) -> Self {
        Self { low, bits: if low.is_v4() { 32 } else { 128 } }
    }
}

impl FromStr for Prefix {
    type Err = NotAnAddress;

    /// Reads an address, or an address, a slash and a length.
    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let Some((address, length)) = text.split_once('/') else {
            return text.parse::<Address>().map(Self::from);
        };
        let low: Address = address.parse()?;
        let bits_max = Self::from(low).bits;
        let bits = length
            .parse::<u8>()
            .ok()
            .filter(|bits| *bits <= bits_max)
            .ok_or_else(|| NotAnAddress::Length(text.to_owned()))?;
        let prefix = Self { low, bits };
        if low.0 & !mask(prefix.bits_128()) != 0 {
            return Err(NotAnAddress::HostBits(text.to_owned()));
        }
        Ok(prefix)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::from(self.low) { self.low.fmt(f) } else { write!(f, "{}/{}", self.low, self.bits) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        text.parse().expect("an address")
    }

    #[test]
    fn a_mapped_address_is_the_ipv4_address_that_it_maps() {
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
        assert_eq!(address("::ffff:192.0.2.1").to_string(), "192.0.2.1");
    }

    #[test]
    fn prefixes_hold_their_own_and_nothing_else() {
        let v4: Prefix = "192.0.2.128/25".parse().expect("a prefix");
        assert!(v4.holds(address("192.0.2.200")));
        assert!(!v4.holds(address("192.0.2.1")));
        assert_eq!(v4.high(), address("192.0.2.255"));
        let v6: Prefix = "2001:db8:1:2::/64".parse().expect("a prefix");
        assert!(v6.holds(address("2001:db8:1:2:3::4")));
        assert!(!v6.holds(address("192.0.2.1")));
    }

    #[test]
    fn addresses_that_no_line_has_are_told_by_their_use() {
        for (text, expected) in [
            ("0.0.0.0", "unspecified"),
            ("127.0.0.1", "loopback"),
            ("10.0.0.1", "private"),
            ("172.31.255.255", "private"),
            ("192.168.1.2", "private"),
            ("169.254.1.1", "link_local"),
            ("239.255.255.255", "multicast"),
            ("255.255.255.255", "broadcast"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("fd00::1", "private"),
            ("fe80::1", "link_local"),
            ("ff02::1", "multicast"),
            ("::ffff:10.0.0.1", "private"),
            // Shared between lines, reserved for documentation, reserved for nothing yet.
            ("100.64.0.1", ""),
            ("192.0.2.1", ""),
            ("240.0.0.1", ""),
            ("2001:db8::1", ""),
        ] {
            assert_eq!(address(text).local_use().map_or("", LocalUse::word), expected, "{text}");
        }
        // The private range ends before the next number, which is somebody's.
        assert_eq!(Address::from(IpAddr::from([172, 32, 0, 0])).local_use(), None);
    }

    #[test]
    fn what_is_not_an_address_is_refused() {
        for text in [
            "",
            "192.0.2.1/24",
            "192.0.2.256",
            "010.0.0.1",
            "fe80::1%eth0",
            "192.0.2.0/33",
            "1.2.3",
            "192.0.2.0/x",
        ] {
            assert!(text.parse::<Prefix>().is_err(), "{text}");
        }
    }
}
