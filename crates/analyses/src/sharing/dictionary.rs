//! Files of the networks by number, in the order in which they were first met. Numbers never change, so that runs which
//! were made with fewer files stay as they are.

use std::cmp::Ordering;
use std::hash::BuildHasher as _;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use tutela_model::tables::SharingNetwork;
use tutela_model::words::Words as _;

use super::peer::network;
use crate::devices::hash::{Hash, HashKind};
use crate::varint::{get, put};

/// Bytes of the hashes that most networks name files by: SHA-1 and shorter ones.
const SHORT: usize = 20;

/// In the place of a hash's kind: the file is named by a text.
const BY_TEXT: u8 = u8::MAX;

/// Network, kind, and a hash's bytes with zeros after them.
type Key = [u8; 2 + SHORT];

/// What a network names a file by. All records of one hash are one name, in whatever digits they have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name<'a> {
    /// A hash.
    Hash(Key),
    /// The network, and a longer hash as this program writes it, or a text that is none.
    Text(u8, &'a str),
}

impl Name<'_> {
    fn hash(&self) -> u64 {
        match self {
            Name::Hash(key) => FxBuildHasher.hash_one(key),
            Name::Text(network, text) => FxBuildHasher.hash_one((network, text)),
        }
    }
}

/// A hash as it stands in a record, named as all records of it are: by a key, or as a text that this program writes.
fn named<T>(network: SharingNetwork, said: &str, with: impl FnOnce(&Name<'_>) -> T) -> T {
    let network = network as u8;
    match Hash::parse(said) {
        Some(hash) if hash.bytes().len() <= SHORT => {
            let mut key = [0; 2 + SHORT];
            (key[0], key[1]) = (network, hash.kind as u8);
            key[2..2 + hash.bytes().len()].copy_from_slice(hash.bytes());
            with(&Name::Hash(key))
        }
        Some(hash) => with(&Name::Text(network, &hash.to_string())),
        None => with(&Name::Text(network, said)),
    }
}

/// Files by number. There may be many millions: a hash takes the same few bytes each.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    /// By number: network, kind and bytes, or [`BY_TEXT`] and the text's number.
    keys: Vec<Key>,
    texts: Vec<Box<str>>,
    /// Numbers, by the hash of the name.
    numbers: HashTable<u32>,
}

fn name_of<'a>(keys: &[Key], texts: &'a [Box<str>], number: u32) -> Name<'a> {
    let key = &keys[number as usize];
    match key {
        [network, BY_TEXT, b0, b1, b2, b3, ..] => {
            Name::Text(*network, &texts[u32::from_le_bytes([*b0, *b1, *b2, *b3]) as usize])
        }
        _ => Name::Hash(*key),
    }
}

impl Dictionary {
    /// How many files there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The number of a file as a record names it.
    pub fn number(&mut self, network: SharingNetwork, hash: &str) -> u32 {
        named(network, hash, |name| self.number_of(name))
    }

    /// The number of a file.
    pub fn number_of(&mut self, name: &Name<'_>) -> u32 {
        if let Some(number) = self.find_name(name) {
            return number;
        }
        let number = self.keys.len() as u32;
        self.keys.push(match *name {
            Name::Hash(key) => key,
            Name::Text(network, text) => {
                let mut key = [0; 2 + SHORT];
                (key[0], key[1]) = (network, BY_TEXT);
                key[2..6].copy_from_slice(&(self.texts.len() as u32).to_le_bytes());
                self.texts.push(text.into());
                key
            }
        });
        let Self { keys, texts, numbers } = self;
        numbers.insert_unique(name.hash(), number, |number| name_of(keys, texts, *number).hash());
        number
    }

    /// The number of a file that is in it, as a record names it.
    pub fn find(&self, network: SharingNetwork, hash: &str) -> Option<u32> {
        named(network, hash, |name| self.find_name(name))
    }

    /// The number of a file that is in it.
    pub fn find_name(&self, name: &Name<'_>) -> Option<u32> {
        let Self { keys, texts, numbers } = self;
        // Millions are looked up, nearly all by short hashes: these are compared where they stand.
        let is_it = |number: &u32| match name {
            Name::Hash(key) => keys[*number as usize] == *key,
            text => name_of(keys, texts, *number) == *text,
        };
        numbers.find(name.hash(), is_it).copied()
    }

    /// The files from that number on, in order.
    pub fn names_from(&self, number: usize) -> impl ExactSizeIterator<Item = Name<'_>> {
        let numbers = (number.min(self.len())..self.len()).map(|number| number as u32);
        numbers.map(|number| name_of(&self.keys, &self.texts, number))
    }

    /// The network of a file and its hash, as this program writes it.
    pub fn file(&self, number: u32) -> (SharingNetwork, String) {
        match name_of(&self.keys, &self.texts, number) {
            Name::Text(of, text) => (network(of), text.to_owned()),
            Name::Hash(key) => (network(key[0]), hash_of(&key).to_string()),
        }
    }

    /// The order of two files by network and hash as text.
    pub fn order(&self, one: u32, other: u32) -> Ordering {
        let [one_key, other_key] = [one, other].map(|number| &self.keys[number as usize]);
        if [one_key, other_key].iter().any(|key| key[1] == BY_TEXT) {
            return self.file(one).cmp(&self.file(other));
        }
        // No kind's word begins with another's, and digits are in the order of what they stand for.
        let order = |key: &Key| (network(key[0]), kind_of(key).word());
        order(one_key).cmp(&order(other_key)).then_with(|| one_key[2..].cmp(&other_key[2..]))
    }

    /// The files from that number on, as bytes.
    pub fn put_from(&self, number: usize, bytes: &mut Vec<u8>) {
        let new = self.names_from(number);
        put(new.len() as u64, bytes);
        for name in new {
            match name {
                Name::Hash(key) => bytes.extend(key),
                Name::Text(network, text) => {
                    bytes.extend([network, BY_TEXT]);
                    put(text.len() as u64, bytes);
                    bytes.extend(text.bytes());
                }
            }
        }
    }

    /// Adds files that were put into bytes. None when the bytes hold no such files.
    pub fn add(&mut self, bytes: &mut &[u8]) -> Option<()> {
        for _ in 0..get(bytes)? {
            let [of, kind] = *bytes.first_chunk::<2>()?;
            (usize::from(of) < SharingNetwork::ALL.len()).then_some(())?;
            let name = if kind == BY_TEXT {
                bytes.split_off(..2)?;
                let len = usize::try_from(get(bytes)?).ok()?;
                Name::Text(of, std::str::from_utf8(bytes.split_off(..len)?).ok()?)
            } else {
                HashKind::ALL.get(usize::from(kind)).filter(|kind| kind.width() <= SHORT)?;
                Name::Hash(*bytes.split_off(..2 + SHORT)?.first_chunk()?)
            };
            let number = self.len() as u32;
            (self.number_of(&name) == number).then_some(())?;
        }
        Some(())
    }
}

fn kind_of(key: &Key) -> HashKind {
    HashKind::ALL[usize::from(key[1])]
}

fn hash_of(key: &Key) -> Hash {
    Hash::of_bytes(kind_of(key), &key[2..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files named by short hashes, by a long one, and by what is none.
    fn files() -> [(SharingNetwork, String); 6] {
        [
            (SharingNetwork::Ed2k, format!("ed2k:{}", "1f".repeat(16))),
            (SharingNetwork::Ares, format!("sha1:{}", "02".repeat(20))),
            (SharingNetwork::Gnutella, format!("sha1:{}", "02".repeat(20))),
            (SharingNetwork::Bittorrent, format!("btmh:{}", "ab".repeat(32))),
            (SharingNetwork::Gnutella, "sha1:2".to_owned()),
            (SharingNetwork::Gnutella, format!("md5:{}", "ff".repeat(16))),
        ]
    }

    #[test]
    fn numbers_are_those_of_the_order_of_arrival_and_come_back_from_bytes() {
        let mut dictionary = Dictionary::default();
        let files = files();
        let numbers = files.each_ref().map(|(network, hash)| dictionary.number(*network, hash));
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
        assert_eq!(dictionary.number(files[1].0, &files[1].1), 1);
        let mut bytes = Vec::new();
        dictionary.put_from(0, &mut bytes);
        let mut again = Dictionary::default();
        assert_eq!(again.add(&mut &*bytes), Some(()));
        assert_eq!(numbers.map(|number| again.file(number)), files);
        assert_eq!(again.find(SharingNetwork::Gnutella, &files[1].1), Some(2));
        for end in 0..bytes.len() {
            assert_eq!(Dictionary::default().add(&mut &bytes[..end]), None, "{end}");
        }
    }

    #[test]
    fn a_hash_is_one_in_whatever_digits_it_is_written() {
        let hex = format!("sha1:{}", "0a".repeat(20));
        let mut dictionary = Dictionary::default();
        let of = SharingNetwork::Gnutella;
        for said in [&hex, &hex.to_uppercase(), "sha1:BIFAUCQKBIFAUCQKBIFAUCQKBIFAUCQK"] {
            assert_eq!(dictionary.number(of, said), 0, "{said}");
        }
        assert_eq!(dictionary.file(0), (of, hex));
        assert_eq!([dictionary.number(of, "other:X"), dictionary.number(of, "other:x")], [1, 2]);
    }

    #[test]
    fn files_are_in_the_order_of_their_texts() {
        let mut dictionary = Dictionary::default();
        for (network, hash) in files() {
            dictionary.number(network, &hash);
        }
        let numbers = 0..dictionary.len() as u32;
        for (one, other) in numbers.clone().flat_map(|one| numbers.clone().map(move |other| (one, other))) {
            let by_text = dictionary.file(one).cmp(&dictionary.file(other));
            assert_eq!(dictionary.order(one, other), by_text, "{one} {other}");
        }
    }
}
