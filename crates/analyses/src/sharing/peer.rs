//! The number of a peer on its network as bytes that compare as the table's text does, where the text is hexadecimal.

use tutela_model::tables::SharingNetwork;
use tutela_model::words::Words as _;

/// A network by its number.
pub fn network(number: u8) -> SharingNetwork {
    SharingNetwork::ALL.get(usize::from(number)).copied().unwrap_or(SharingNetwork::Other)
}

/// The form of a number: which digits it has.
const OF_16_BYTES: u8 = 0;
const OF_20_BYTES: u8 = 1;
const OF_TEXT: u8 = 2;

/// What is kept of how a number was written: the hexadecimal digits were capitals.
const CAPITALS: u8 = 1;

/// A peer: its number and the network. Ordered by number, then by network, so that one number on two networks stands
/// together.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Peer {
    /// Form, digits and network.
    key: Vec<u8>,
}

impl Peer {
    /// The peer of a number that is not empty, and how it was written.
    ///
    /// Hexadecimal digits of 16 bytes (GUIDs, user hashes) and of 20 (peer ids) are one number in capitals or not;
    /// any other text is a number as it stands.
    pub fn new(network: SharingNetwork, said: &str) -> (Self, u8) {
        let mut key = Vec::with_capacity(24);
        let mut style = 0;
        let form = match said.len() {
            32 => OF_16_BYTES,
            40 => OF_20_BYTES,
            _ => OF_TEXT,
        };
        key.push(form);
        if form == OF_TEXT || !push_hex(said, &mut key, &mut style) {
            key.clear();
            key.push(OF_TEXT);
            key.extend(said.as_bytes());
            key.push(0);
            style = 0;
        }
        key.push(network as u8);
        (Self { key }, style)
    }

    /// The network.
    pub fn network(&self) -> SharingNetwork {
        network(self.key.last().copied().unwrap_or_default())
    }

    /// The number as it was written.
    pub fn number(&self, style: u8) -> String {
        let Some((form, rest)) = self.key.split_first() else { return String::new() };
        let digits = &rest[..rest.len().saturating_sub(1)];
        if *form == OF_TEXT {
            return String::from_utf8_lossy(&digits[..digits.len().saturating_sub(1)]).into_owned();
        }
        let digit = |value: u8| {
            let digit = char::from_digit(u32::from(value), 16).unwrap_or_default();
            if style & CAPITALS == 0 { digit } else { digit.to_ascii_uppercase() }
        };
        digits.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    /// Whether the other one has the same number, on whatever network.
    pub fn same_number(&self, other: &Self) -> bool {
        let number = |peer: &Self| peer.key.len().saturating_sub(1);
        self.key[..number(self)] == other.key[..number(other)]
    }

    /// The bytes, for runs.
    pub fn bytes(&self) -> &[u8] {
        &self.key
    }

    /// Takes other bytes.
    pub fn set(&mut self, bytes: &[u8]) {
        self.key.clear();
        self.key.extend_from_slice(bytes);
    }
}

/// Adds the bytes of hexadecimal digits that are all of one case.
fn push_hex(said: &str, key: &mut Vec<u8>, style: &mut u8) -> bool {
    let (mut capitals, mut small) = (false, false);
    for pair in said.as_bytes().chunks_exact(2) {
        let mut byte = 0;
        for digit in pair {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => {
                    small = true;
                    digit - b'a' + 10
                }
                b'A'..=b'F' => {
                    capitals = true;
                    digit - b'A' + 10
                }
                _ => return false,
            };
            byte = byte << 4 | value;
        }
        key.push(byte);
    }
    *style = if capitals && !small { CAPITALS } else { 0 };
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_in_capitals_and_is_shown_as_it_was_written() {
        let small = "00112233445566778899aabbccddeeff";
        let (one, plain) = Peer::new(SharingNetwork::Ed2k, small);
        let (other, capitals) = Peer::new(SharingNetwork::Ed2k, &small.to_uppercase());
        assert_eq!(one, other);
        assert_eq!(one.number(plain), small);
        assert_eq!(other.number(capitals), small.to_uppercase());
        let (elsewhere, _) = Peer::new(SharingNetwork::Gnutella, small);
        assert!(one != elsewhere && one.same_number(&elsewhere));
        assert_eq!((one.network(), elsewhere.network()), (SharingNetwork::Ed2k, SharingNetwork::Gnutella));
    }

    #[test]
    fn any_other_text_is_a_number_as_it_stands() {
        for text in ["x", "", "-qB4650-abcdefghijkl", "0011223344556677889900112233445g", "é"] {
            let (peer, style) = Peer::new(SharingNetwork::Bittorrent, text);
            assert_eq!(peer.number(style), text);
        }
        let of = |text| Peer::new(SharingNetwork::Ares, text).0;
        assert!(of("A") != of("a") && of("a") < of("b") && !of("a").same_number(&of("ab")));
    }
}
