//! What readers of BitTorrent programs share: the number of a torrent, the pieces that are there, peers in their
//! compact form, and keys that nobody knows.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use tutela_model::field::AddressSaid;
use tutela_model::tables::{Contact, PeerContact, ProblemKind, SharingNetwork};
use tutela_model::{Refusal, Text, Time};

use crate::artefact::{Counters, Cursor, Flaw, Said, Span, Telling, hex, text_of};
use crate::bencode::{Dict, Node, Parsed, Value, shown};

/// The two numbers of a torrent: SHA-1 of its description (BEP 3), SHA-256 of it (BEP 52).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub v1: Option<String>,
    pub v2: Option<String>,
}

impl Numbers {
    /// Those of a description, whose bytes they are taken over as they stand in the file; none of one whose end is
    /// missing.
    pub fn of_info(bytes: &[u8], info: &Dict<'_>) -> Self {
        if !info.is_whole {
            return Self::default();
        }
        let raw = info.span.of(bytes);
        let is_v2 = info.number("meta version").is_some_and(|said| said.value == 2);
        let is_v1 = info.has("pieces") || !is_v2;
        Self { v1: is_v1.then(|| hex(&Sha1::digest(raw))), v2: is_v2.then(|| hex(&Sha256::digest(raw))) }
    }

    /// The first of them, as tables name a file; for a torrent of no number, what it is called here, which nothing else
    /// is called.
    ///
    /// # Errors
    /// As [`Telling::row`].
    pub fn file_hash(&self, name: &str, span: Span, telling: &mut Telling<'_>) -> Result<Text, Refusal> {
        let v1 = self.v1.as_ref().map(|v1| format!("btih:{v1}"));
        if let Some(hash) = v1.or_else(|| self.v2.as_ref().map(|v2| format!("btmh:{v2}"))) {
            return Ok(hash.into());
        }
        let expected = "an infohash of 20 or 32 bytes, or a whole description to take one of";
        telling.flaw("file_hash", &Flaw::new(ProblemKind::MissingValue, span, expected, name))?;
        Ok(format!("unnumbered:{name}").into())
    }

    /// The other one, of a torrent that has both.
    pub fn other_hash(&self) -> Option<Text> {
        let v2 = self.v2.as_ref().filter(|_| self.v1.is_some())?;
        Some(format!("btmh:{v2}").into())
    }
}

/// The dictionary that a file is, after its flaws were told: the record of them has begun.
///
/// # Errors
/// As [`Telling::row`].
pub(crate) fn root<'a>(
    parsed: &'a Parsed<'_>,
    telling: &mut Telling<'_>,
) -> Result<Option<Dict<'a>>, Refusal> {
    if let Some(flaw) = &parsed.flaw {
        telling.lost(flaw)?;
    } else if parsed.end < parsed.bytes.len() {
        telling.rest(&Cursor::new(parsed.bytes, parsed.end))?;
    }
    let Some(root) = &parsed.root else { return Ok(None) };
    let dict = Dict::of(parsed.bytes, root);
    if dict.is_none() {
        let found = shown(parsed.bytes, root);
        telling.lost(&Flaw::new(ProblemKind::Malformed, root.span, "a dictionary", found))?;
    }
    Ok(dict)
}

/// Tells of keys that are not among the known ones, which `|` separates (one that ends in `*` is a beginning), and of
/// those that stand twice. Must follow a record.
///
/// # Errors
/// As [`Telling::row`].
pub(crate) fn keys(
    what: &str,
    dict: &Dict<'_>,
    bytes: &[u8],
    known: &str,
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for (key, value) in dict.entries {
        let name = key.of(bytes);
        if !seen.insert(name) {
            let flaw =
                Flaw::new(ProblemKind::Contradiction, *key, "each key once; the first counts", text_of(name));
            telling.flaw(&text_of(name), &flaw)?;
        }
        let is_known = |known: &str| match known.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning.as_bytes()),
            None => known.as_bytes() == name,
        };
        if !known.split('|').any(is_known) {
            telling.unknown(what, &text_of(name), shown(bytes, value), value.span)?;
        }
    }
    Ok(())
}

/// A counter of a dictionary, kept with its bytes. A negative one is what programs write for none.
///
/// # Errors
/// As [`Telling::row`].
pub(crate) fn counter(
    dict: &Dict<'_>,
    bytes: &[u8],
    key: &str,
    counters: &mut Counters,
    telling: &mut Telling<'_>,
) -> Result<Option<Said>, Refusal> {
    let Some(node) = dict.get(key) else { return Ok(None) };
    match node.value {
        Value::Integer(value) => {
            counters.push(&key.replace(' ', "_"), value, node.span);
            Ok(u64::try_from(value).ok().map(|value| Said { value, span: node.span }))
        }
        _ => {
            not_a(key, "a whole number", node, bytes, telling)?;
            Ok(None)
        }
    }
}

/// An instant of a dictionary, kept as a counter too; none for zero and for what is negative.
///
/// # Errors
/// As [`Telling::row`].
pub(crate) fn instant(
    dict: &Dict<'_>,
    bytes: &[u8],
    key: &str,
    counters: &mut Counters,
    telling: &mut Telling<'_>,
) -> Result<Option<Time>, Refusal> {
    match counter(dict, bytes, key, counters, telling)? {
        Some(said) => telling.time(key, said),
        None => Ok(None),
    }
}

/// Tells that a value is not of its key's kind.
///
/// # Errors
/// As [`Telling::row`].
pub(crate) fn not_a(
    key: &str,
    expected: &str,
    node: &Node,
    bytes: &[u8],
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    telling.flaw(key, &Flaw::new(ProblemKind::BadValue, node.span, expected, shown(bytes, node)))
}

/// Which of the pieces are there, as runs: `0-4, 7`. At most 64 runs are written.
pub(crate) fn runs(held: impl IntoIterator<Item = bool>) -> (String, usize) {
    const SHOWN: usize = 64;
    let (mut runs, mut n_held, mut open): (Vec<(usize, usize)>, usize, bool) = (Vec::new(), 0, false);
    for (idx, held) in held.into_iter().enumerate() {
        n_held += usize::from(held);
        match (held, open) {
            (true, true) => {
                if let Some(last) = runs.last_mut() {
                    last.1 = idx;
                }
            }
            (true, false) => runs.push((idx, idx)),
            (false, _) => {}
        }
        open = held;
    }
    let n_runs = runs.len();
    let mut shown: Vec<String> = runs
        .into_iter()
        .take(SHOWN)
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") })
        .collect();
    if n_runs > SHOWN {
        shown.push(format!("… ({n_runs} runs)"));
    }
    (shown.join(", "), n_held)
}

/// The bits of a map, the highest of each byte first (BEP 3).
pub(crate) fn bits(map: &[u8]) -> impl Iterator<Item = bool> + '_ {
    map.iter().flat_map(|byte| (0..8).map(move |bit| byte & (0x80 >> bit) != 0))
}

/// How an entry of a list of peers is written.
#[derive(Clone, Copy)]
pub(crate) enum Entry {
    /// 4 bytes of address, 2 of port.
    V4,
    /// 16 bytes of address, 2 of port; an IPv4 address is mapped (RFC 4291 section 2.5.5.2).
    V6,
    /// What Transmission has in memory: `u32` 0 for IPv4 or 1 for IPv6, 16 bytes of address, 2 of port, flags, one
    /// byte of nothing.
    Transmission,
}

impl Entry {
    fn len(self) -> usize {
        match self {
            Self::V4 => 6,
            Self::V6 => 18,
            Self::Transmission => 24,
        }
    }

    /// Address and port; the port is in network order.
    fn read(self, entry: &[u8]) -> Option<(Address, u16)> {
        let port = |at: usize| u16::from_be_bytes([entry[at], entry[at + 1]]);
        let v4 = |at: usize| Ipv4Addr::new(entry[at], entry[at + 1], entry[at + 2], entry[at + 3]);
        let v6 = |at: usize| <[u8; 16]>::try_from(&entry[at..at + 16]).map(Ipv6Addr::from).ok();
        match self {
            Self::V4 => Some((Address::V4(v4(0)), port(4))),
            Self::V6 => Some((Address::V6(v6(0)?), port(16))),
            Self::Transmission => match entry[..4] {
                [0, 0, 0, 0] => Some((Address::V4(v4(4)), port(20))),
                [1, 0, 0, 0] => Some((Address::V6(v6(4)?), port(20))),
                _ => None,
            },
        }
    }
}

enum Address {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl Address {
    /// The address; one that is mapped is the IPv4 address that it maps.
    fn said(&self) -> Option<AddressSaid> {
        let said = match self {
            Self::V4(v4) => v4.to_string(),
            Self::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| v6.to_string(), |v4| v4.to_string()),
        };
        AddressSaid::parse(&said).ok()
    }
}

/// Whose peers a list holds.
pub(crate) struct Peers<'a> {
    pub program: &'a str,
    pub file_hash: Option<&'a Text>,
    pub entry: Entry,
}

impl Peers<'_> {
    /// Hands on the peers of a list, each with its own bytes.
    ///
    /// # Errors
    /// As [`Telling::row`].
    pub fn tell(
        &self,
        key: &str,
        list: Span,
        bytes: &[u8],
        telling: &mut Telling<'_>,
    ) -> Result<(), Refusal> {
        let len = self.entry.len();
        for idx in 0..list.len / len {
            let span = Span { at: list.at + idx * len, len };
            telling.record();
            let read = self.entry.read(span.of(bytes));
            let Some((address, port)) = read.and_then(|(address, port)| Some((address.said()?, port))) else {
                let found = hex(span.of(bytes));
                telling
                    .flaw(key, &Flaw::new(ProblemKind::BadValue, span, "a peer's address and port", found))?;
                continue;
            };
            telling.row(PeerContact {
                network: SharingNetwork::Bittorrent,
                program: self.program.into(),
                contact: Contact::Swarm,
                peer: None,
                peer_name: None,
                address: Some(address),
                port: (port != 0).then_some(port),
                file_hash: self.file_hash.cloned(),
                bytes_sent: None,
                bytes_received: None,
                last_seen: None,
                counters_said: None,
                place: span.spot(),
            })?;
        }
        match list.len % len {
            0 => Ok(()),
            left => {
                let span = Span { at: list.at + list.len - left, len: left };
                let expected = format!("peers of {len} bytes each");
                telling.lost(&Flaw::new(ProblemKind::Malformed, span, &expected, hex(span.of(bytes))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_pieces_are_written_and_counted() {
        for (map, text, n_held) in [
            (&[0b1110_0000][..], "0-2", 3),
            (&[0b1000_0001, 0b1000_0000], "0, 7-8", 3),
            (&[0], "", 0),
            (&[], "", 0),
        ] {
            assert_eq!(runs(bits(map)), (text.to_owned(), n_held));
        }
    }

    #[test]
    fn a_mapped_address_is_the_address_that_it_maps() {
        let mut entry = [0; 18];
        entry[10..].copy_from_slice(&[0xff, 0xff, 192, 0, 2, 1, 0x1a, 0xe1]);
        let (address, port) = Entry::V6.read(&entry).expect("a peer");
        assert_eq!(
            (address.said().map(|said| said.said.to_string()), port),
            (Some("192.0.2.1".to_owned()), 6881)
        );
        let mut entry = [0; 24];
        entry[4..8].copy_from_slice(&[198, 51, 100, 7]);
        entry[20..22].copy_from_slice(&[0xc8, 0xd5]);
        let (address, port) = Entry::Transmission.read(&entry).expect("a peer");
        assert_eq!(
            (address.said().map(|said| said.said.to_string()), port),
            (Some("198.51.100.7".to_owned()), 51413)
        );
        entry[0] = 9;
        assert!(Entry::Transmission.read(&entry).is_none());
    }
}
