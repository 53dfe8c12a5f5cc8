//! Files of the networks by number, in the order in which they were first met. Numbers never change, so that runs which
//! were made with fewer files stay as they are.

use std::cmp::Ordering;
use std::hash::BuildHasher as _;

use rustc_hash::FxBuildHasher;
use tutela_model::tables::SharingNetwork;
use tutela_model::words::Words as _;

use super::peer::network;
use crate::devices::hash::{Hash, HashKind};
use crate::varint::{get, put};

/// Bytes of the hashes that most networks name files by: SHA-1 and shorter ones.
const SHORT: usize = 20;

/// Look-ups that wait for memory together.
const TOGETHER: usize = 64;

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
    match Hash::parse(said) {
        Some(hash) if hash.bytes().len() <= SHORT => with(&Name::Hash(key_of(network, &hash))),
        Some(hash) => with(&Name::Text(network as u8, &hash.to_string())),
        None => with(&Name::Text(network as u8, said)),
    }
}

/// The name of a file by a short hash as it stands in a record. None where the record names it otherwise.
pub fn short(network: SharingNetwork, said: &str) -> Option<Name<'static>> {
    let hash = Hash::parse(said).filter(|hash| hash.bytes().len() <= SHORT)?;
    Some(Name::Hash(key_of(network, &hash)))
}

fn key_of(network: SharingNetwork, hash: &Hash) -> Key {
    let mut key = [0; 2 + SHORT];
    (key[0], key[1]) = (network as u8, hash.kind as u8);
    key[2..2 + hash.bytes().len()].copy_from_slice(hash.bytes());
    key
}

/// Files by number. There may be many millions: a hash takes the same few bytes each.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    /// By number: network, kind and bytes, or [`BY_TEXT`] and the text's number.
    keys: Vec<Key>,
    texts: Vec<Box<str>>,
    index: Index,
}

/// Numbers by the hashes of their names, in places that are tried one after the other from the one that the hash names
/// (linear probing, Knuth, The Art of Computer Programming 3, section 6.4, algorithm L). A place holds half of the hash
/// beside the number, so that a name is looked at only where it most likely is the one.
#[derive(Clone, Debug, Default)]
struct Index {
    /// As many as a power of two; zero where a place is free.
    places: Vec<u64>,
}

impl Index {
    /// What a place holds: the upper half of the hash, and the number, counted from 1.
    fn held(hash: u64, number: u32) -> u64 {
        hash >> 32 << 32 | (u64::from(number) + 1)
    }

    /// The number that a place holds, if its half of the hash is the one of this hash.
    fn number(held: u64, hash: u64) -> Option<u32> {
        let number = (held as u32).checked_sub(1)?;
        ((held ^ hash) >> 32 == 0).then_some(number)
    }

    /// The place that a hash names.
    fn place(&self, hash: u64) -> usize {
        hash as usize & (self.places.len() - 1)
    }

    /// The places to try for a hash.
    fn way(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let (first, last) = (self.place(hash), self.places.len() - 1);
        (first..).map(move |place| place & last)
    }

    /// The number of the first name of this hash for which `is_it` holds, from a place on.
    fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        if self.places.is_empty() {
            return None;
        }
        let held = self.way(hash).map(|place| self.places[place]);
        held.take_while(|held| *held != 0).filter_map(|held| Self::number(held, hash)).find(|it| is_it(*it))
    }

    /// Adds the next number.
    fn insert(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        self.reserve(number, 1, hash_of);
        self.put(hash, number);
    }

    /// Makes room for more numbers than those that it has.
    fn reserve(&mut self, n_known: u32, n_new: usize, hash_of: impl Fn(u32) -> u64) {
        // A third of the places stays free, so that ways from the first place on are short.
        let least = (n_known as usize + n_new) * 3 / 2 + 1;
        if least > self.places.len() {
            self.places = vec![0; least.next_power_of_two().max(16)];
            (0..n_known).for_each(|number| self.put(hash_of(number), number));
        }
    }

    fn put(&mut self, hash: u64, number: u32) {
        let free = self.way(hash).find(|place| self.places[*place] == 0);
        self.places[free.expect("a third of the places is free")] = Self::held(hash, number);
    }
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
        let Self { keys, texts, index } = self;
        index.insert(name.hash(), number, |number| name_of(keys, texts, number).hash());
        number
    }

    /// The number of a file that is in it, as a record names it.
    pub fn find(&self, network: SharingNetwork, hash: &str) -> Option<u32> {
        named(network, hash, |name| self.find_name(name))
    }

    /// The number of a file that is in it.
    pub fn find_name(&self, name: &Name<'_>) -> Option<u32> {
        let Self { keys, texts, index } = self;
        // Millions are looked up, nearly all by short hashes: these are compared where they stand.
        index.find(name.hash(), |number| match name {
            Name::Hash(key) => keys[number as usize] == *key,
            text => name_of(keys, texts, number) == *text,
        })
    }

    /// The numbers of files that are in it. Each look-up waits for memory, and those of many at once wait together:
    /// first all places are read, then all keys that stand there.
    pub fn find_all<'a>(&self, names: impl Iterator<Item = Name<'a>>) -> Vec<Option<u32>> {
        let mut found = Vec::with_capacity(names.size_hint().0);
        if self.keys.is_empty() {
            found.extend(names.map(|_| None));
            return found;
        }
        let mut names = names.peekable();
        let (mut some, mut first) = (Vec::with_capacity(TOGETHER), Vec::with_capacity(TOGETHER));
        while names.peek().is_some() {
            some.clear();
            some.extend(names.by_ref().take(TOGETHER).map(|name| (name.hash(), name)));
            first.clear();
            first.extend(some.iter().map(|(hash, _)| self.index.places[self.index.place(*hash)]));
            let keys = some.iter().zip(&first).map(|((hash, name), held)| match name {
                _ if *held == 0 => None,
                Name::Hash(key) => Index::number(*held, *hash)
                    .filter(|number| self.keys[*number as usize] == *key)
                    .or_else(|| self.find_name(name)),
                text => self.find_name(text),
            });
            found.extend(keys);
        }
        found
    }

    /// Makes room for so many more.
    fn reserve(&mut self, n_new: usize) {
        self.keys.reserve(n_new);
        let Self { keys, texts, index } = self;
        let n_known = keys.len() as u32;
        index.reserve(n_known, n_new, |number| name_of(keys, texts, number).hash());
    }

    /// Takes all files out of it; the room stays.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.texts.clear();
        self.index.places.fill(0);
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
        let n_new = usize::try_from(get(bytes)?).ok()?;
        // A name takes more than a byte, whatever the bytes say of their number.
        self.reserve(n_new.min(bytes.len()));
        for _ in 0..n_new {
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
    use tutela_model::Digest;

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
    fn many_looked_for_together_are_those_that_are_found_one_by_one() {
        let mut dictionary = Dictionary::default();
        let hashes: Vec<String> = (0..2_000_u32).map(|n| Digest::of(&n.to_le_bytes()).hex()).collect();
        let of = SharingNetwork::Ed2k;
        let key = |hash: &String| short(of, &format!("sha1:{}", &hash[..40])).expect("a short hash");
        // A name that is none stands between every two hashes, and the last third is not in it.
        let names: Vec<Name<'_>> =
            hashes.iter().flat_map(|hash| [key(hash), Name::Text(of as u8, &hash[..7])]).collect();
        for _ in 0..2 {
            assert!(dictionary.find_all(names.iter().copied()).iter().all(Option::is_none));
            for (number, name) in (0..).zip(&names[..2_600]) {
                assert_eq!(dictionary.number_of(name), number);
            }
            let expected = (0..4_000).map(|number| (number < 2_600).then_some(number));
            assert!(dictionary.find_all(names.iter().copied()).into_iter().eq(expected));
            dictionary.clear();
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
