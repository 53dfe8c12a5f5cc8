//! Files of the networks by number, in the order in which they were first met. Numbers never change, so that runs which
//! were made with fewer files stay as they are.

use std::borrow::Cow;
use std::hash::BuildHasher as _;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use tutela_model::tables::SharingNetwork;
use tutela_model::words::Words as _;

use super::peer::network;
use crate::devices::hash::Hash;
use crate::varint::{get, put};

/// Files by number. There may be many millions, so their bytes stand one after the other.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    bytes: Vec<u8>,
    /// Where the bytes of each file end.
    ends: Vec<u64>,
    /// Numbers, by the hash of a file's bytes.
    numbers: HashTable<u32>,
}

/// The bytes of a file.
fn key_of<'a>(bytes: &'a [u8], ends: &[u64], number: u32) -> &'a [u8] {
    let number = number as usize;
    let begin = number.checked_sub(1).map_or(0, |before| ends[before]);
    &bytes[begin as usize..ends[number] as usize]
}

impl Dictionary {
    /// How many files there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The number of a file as the table names it.
    pub fn number(&mut self, network: SharingNetwork, hash: &str, key: &mut Vec<u8>) -> u32 {
        key.clear();
        key.push(network as u8);
        key.extend(hash.as_bytes());
        self.number_of(key)
    }

    /// The number of a file by its bytes here.
    pub fn number_of(&mut self, key: &[u8]) -> u32 {
        let hash = FxBuildHasher.hash_one(key);
        let Self { bytes, ends, numbers } = self;
        if let Some(number) = numbers.find(hash, |number| key_of(bytes, ends, *number) == key) {
            return *number;
        }
        let number = ends.len() as u32;
        bytes.extend_from_slice(key);
        ends.push(bytes.len() as u64);
        let rehash = |number: &u32| FxBuildHasher.hash_one(key_of(bytes, ends, *number));
        numbers.insert_unique(hash, number, rehash);
        number
    }

    /// The number of a file that is in it.
    pub fn find(&self, network: SharingNetwork, hash: &str) -> Option<u32> {
        let key: Vec<u8> = [network as u8].into_iter().chain(hash.bytes()).collect();
        let hash = FxBuildHasher.hash_one(key.as_slice());
        self.numbers.find(hash, |number| key_of(&self.bytes, &self.ends, *number) == key).copied()
    }

    /// The bytes of all files from that number on, in order.
    pub fn keys_from(&self, number: usize) -> impl ExactSizeIterator<Item = &[u8]> {
        let numbers = (number.min(self.len())..self.len()).map(|number| number as u32);
        numbers.map(|number| key_of(&self.bytes, &self.ends, number))
    }

    /// The network of a file and its hash.
    pub fn file(&self, number: u32) -> (SharingNetwork, &str) {
        let key = key_of(&self.bytes, &self.ends, number);
        let (number, hash) = key.split_first().expect("a file has a network");
        (network(*number), std::str::from_utf8(hash).expect("hashes are the text of tables"))
    }

    /// The files from that number on, as bytes.
    pub fn put_from(&self, number: usize, bytes: &mut Vec<u8>) {
        let new = self.keys_from(number);
        put(new.len() as u64, bytes);
        for key in new {
            put(key.len() as u64, bytes);
            bytes.extend_from_slice(key);
        }
    }

    /// Adds files that were put into bytes. None when the bytes hold no such files.
    pub fn add(&mut self, bytes: &mut &[u8]) -> Option<()> {
        for _ in 0..get(bytes)? {
            let len = usize::try_from(get(bytes)?).ok()?;
            let key = bytes.split_off(..len)?;
            let (network, hash) = key.split_first()?;
            std::str::from_utf8(hash).ok()?;
            let known = usize::from(*network) < SharingNetwork::ALL.len();
            let number = self.len() as u32;
            (known && self.number_of(key) == number).then_some(())?;
        }
        Some(())
    }
}

/// A hash in the form in which all records of it are one: its kind and small hexadecimal digits. What is none stays as it
/// is.
pub fn canonical(said: &str) -> Cow<'_, str> {
    match Hash::is_written(said) {
        true => said.into(),
        false => Hash::parse(said).map_or_else(|| said.into(), |hash| hash.to_string().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_order_of_arrival_and_come_back_from_bytes() {
        let (mut dictionary, mut key) = (Dictionary::default(), Vec::new());
        let mut number = |network, hash| dictionary.number(network, hash, &mut key);
        let files = [
            (SharingNetwork::Ed2k, "ed2k:1"),
            (SharingNetwork::Ares, "sha1:2"),
            (SharingNetwork::Gnutella, "sha1:2"),
        ];
        assert_eq!(files.map(|(network, hash)| number(network, hash)), [0, 1, 2]);
        assert_eq!(number(SharingNetwork::Ares, "sha1:2"), 1);
        let mut bytes = Vec::new();
        dictionary.put_from(0, &mut bytes);
        let mut again = Dictionary::default();
        assert_eq!(again.add(&mut &*bytes), Some(()));
        assert_eq!([0, 1, 2].map(|number| again.file(number)), files);
        assert_eq!(again.find(SharingNetwork::Gnutella, "sha1:2"), Some(2));
        for end in 0..bytes.len() {
            assert_eq!(Dictionary::default().add(&mut &bytes[..end]), None, "{end}");
        }
    }

    #[test]
    fn a_hash_is_one_in_whatever_digits_it_is_written() {
        let hex = format!("sha1:{}", "0a".repeat(20));
        assert_eq!(canonical(&hex.to_uppercase()), hex);
        assert_eq!(canonical("sha1:BIFAUCQKBIFAUCQKBIFAUCQKBIFAUCQK"), hex);
        assert!(matches!(canonical(&hex), Cow::Borrowed(said) if said == hex));
        assert_eq!(canonical("other:X"), "other:X");
    }
}
