//! Counts as bytes, so that what was counted of a received file need not be counted again.
//!
//! Counts are kept with the digest of everything that decides on them besides the rows: the analyses themselves, leases,
//! plans, lists, and how answers are taken. Under another one nothing is taken over. With them stands which files they
//! are of, by digest: where one of these is gone or has other rows, nothing is taken over either; files that have come
//! since are counted and added. So counts are the same whether they were kept or not, and so are these bytes.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::address::Address;
use tutela_model::place::Digest;
use tutela_model::table::{Part, TableInfo};
use tutela_model::{Tables, Text};

use super::Open;

/// Of fewer connections nothing is kept: counting them anew takes less than a tenth of a second.
const KEPT_FROM: u64 = 10_000;

/// What is counted, each by its own pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pass {
    /// [`super::sample`].
    Sample = 0,
    /// [`super::of`].
    Usage = 1,
}

/// Bytes of the length of a pass's counts: they are written behind it, and it is known when they end.
const LENGTH: usize = 8;

/// What earlier runs counted, and what this one has.
#[derive(Default)]
pub struct Counts<'a> {
    earlier: BTreeMap<u8, &'a [u8]>,
    /// Each pass, the length of its counts, and these.
    counted: Vec<u8>,
}

impl<'a> Counts<'a> {
    /// Counts of an earlier run. Of bytes that do not hold any, none.
    #[must_use]
    pub fn read(mut bytes: &'a [u8]) -> Self {
        let mut earlier = BTreeMap::new();
        while let Some((pass, rest)) = bytes.split_first() {
            let Some((n_bytes, rest)) = rest.split_first_chunk::<LENGTH>() else { break };
            bytes = rest;
            let n_bytes = usize::try_from(u64::from_le_bytes(*n_bytes)).ok();
            let Some(counts) = n_bytes.and_then(|n_bytes| bytes.split_off(..n_bytes)) else { break };
            earlier.insert(*pass, counts);
        }
        Self { earlier, counted: Vec::new() }
    }

    /// What this run counted; empty when there is too little of it.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.counted
    }

    /// Counts to which those of further files are added: what an earlier run counted of these parts, or nothing.
    pub fn resume<T: Coded + Default>(&mut self, pass: Pass, context: Digest, parts: &[Part]) -> Resumed<T> {
        let kept = self.earlier.remove(&(pass as u8));
        let kept = kept.and_then(|mut bytes| {
            let bytes = &mut bytes;
            let known: BTreeSet<File> = parts.iter().map(file).collect();
            let (of, files) = (Digest::get(bytes)?, Vec::<File>::get(bytes)?);
            let stands = of == context && files.iter().all(|file| known.contains(file));
            stands.then(|| Some(Resumed { files, counts: T::get(bytes)? }))?
        });
        kept.unwrap_or_else(|| Resumed { files: Vec::new(), counts: T::default() })
    }

    /// Keeps counts of all of these parts.
    pub fn keep<T: Coded>(&mut self, pass: Pass, context: Digest, parts: &[Part], counts: &T) {
        if parts.iter().map(|part| part.n_rows).sum::<u64>() < KEPT_FROM {
            return;
        }
        let bytes = &mut self.counted;
        bytes.push(pass as u8);
        let start = bytes.len() + LENGTH;
        bytes.extend([0; LENGTH]);
        context.put(bytes);
        parts.iter().map(file).collect::<Vec<File>>().put(bytes);
        counts.put(bytes);
        let n_bytes = (bytes.len() - start) as u64;
        bytes[start - LENGTH..start].copy_from_slice(&n_bytes.to_le_bytes());
    }
}

/// A received file and its rows, by their digests.
type File = (Digest, Digest);

fn file(part: &Part) -> File {
    (part.source, part.digest)
}

/// Counts, and the files that they are of.
pub struct Resumed<T> {
    files: Vec<File>,
    /// The counts.
    pub counts: T,
}

impl<T> Resumed<T> {
    /// The parts that are not counted, each with the number that its rows get.
    pub fn begin<'a>(&mut self, parts: &'a [Part]) -> Vec<(u32, &'a Part)> {
        let known: BTreeSet<File> = self.files.iter().copied().collect();
        let new: Vec<&Part> = parts.iter().filter(|part| !known.contains(&file(part))).collect();
        let first = self.files.len() as u32;
        self.files.extend(new.iter().map(|part| file(part)));
        (first..).zip(new).collect()
    }

    /// The position in `parts` of each file by its number.
    pub fn ranks(&self, parts: &[Part]) -> Vec<u32> {
        let ranks: BTreeMap<File, u32> = parts.iter().map(file).zip(0..).collect();
        self.files.iter().map(|file| ranks[file]).collect()
    }
}

/// The digest of what decides on counts besides the rows counted: these tables, and what is said of them.
pub fn context(tables: &dyn Tables, of: &[TableInfo], said: &str) -> Digest {
    let mut text = format!("{}\n{said}\n", crate::version());
    for table in of {
        for part in tables.parts(table) {
            text.push_str(&format!("{} {} {}\n", table.name, part.source, part.digest));
        }
    }
    Digest::of(text.as_bytes())
}

/// A value as bytes: numbers in groups of seven bits, the lowest first (LEB128), sequences after their length.
pub trait Coded: Sized {
    /// Adds the value's bytes.
    fn put(&self, bytes: &mut Vec<u8>);

    /// Takes a value off the front. None when the bytes hold no such value.
    fn get(bytes: &mut &[u8]) -> Option<Self>;
}

fn put_number(mut number: u128, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn get_number(bytes: &mut &[u8]) -> Option<u128> {
    let mut number = 0;
    for shift in (0..128).step_by(7) {
        let byte = *bytes.split_off_first()?;
        number |= u128::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

macro_rules! coded_numbers {
    ($($number:ty),+) => {
        $(impl Coded for $number {
            fn put(&self, bytes: &mut Vec<u8>) {
                put_number((*self).into(), bytes);
            }

            fn get(bytes: &mut &[u8]) -> Option<Self> {
                // Most numbers are small, and there are millions.
                match bytes.split_first() {
                    Some((byte, rest)) if *byte < 0x80 => {
                        *bytes = rest;
                        Some((*byte).into())
                    }
                    _ => get_number(bytes)?.try_into().ok(),
                }
            }
        })+
    };
}

coded_numbers!(u8, u16, u32, u64);

/// Numbers below zero take turns with those above, so that small ones stay short.
impl Coded for i64 {
    fn put(&self, bytes: &mut Vec<u8>) {
        (((self << 1) ^ (self >> 63)) as u64).put(bytes);
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        let turned = u64::get(bytes)?;
        Some((turned >> 1) as i64 ^ -((turned & 1) as i64))
    }
}

impl Coded for i32 {
    fn put(&self, bytes: &mut Vec<u8>) {
        i64::from(*self).put(bytes);
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        i64::get(bytes)?.try_into().ok()
    }
}

impl Coded for Address {
    fn put(&self, bytes: &mut Vec<u8>) {
        put_number(self.0, bytes);
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        get_number(bytes).map(Self)
    }
}

impl Coded for Digest {
    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.0);
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        let digest = bytes.split_off(..32)?;
        digest.try_into().ok().map(Self)
    }
}

impl Coded for Text {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.len().put(bytes);
        bytes.extend(self.as_bytes());
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        let n_bytes = usize::get(bytes)?;
        std::str::from_utf8(bytes.split_off(..n_bytes)?).ok().map(Self::from)
    }
}

impl Coded for usize {
    fn put(&self, bytes: &mut Vec<u8>) {
        (*self as u64).put(bytes);
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        u64::get(bytes)?.try_into().ok()
    }
}

impl<T: Coded> Coded for Option<T> {
    fn put(&self, bytes: &mut Vec<u8>) {
        u8::from(self.is_some()).put(bytes);
        self.iter().for_each(|value| value.put(bytes));
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        match u8::get(bytes)? {
            0 => Some(None),
            _ => T::get(bytes).map(Some),
        }
    }
}

impl<A: Coded, B: Coded> Coded for (A, B) {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.0.put(bytes);
        self.1.put(bytes);
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::get(bytes)?, B::get(bytes)?))
    }
}

impl<A: Coded, B: Coded, C: Coded> Coded for (A, B, C) {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.0.put(bytes);
        self.1.put(bytes);
        self.2.put(bytes);
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::get(bytes)?, B::get(bytes)?, C::get(bytes)?))
    }
}

fn put_all<'a, T: Coded + 'a>(values: impl ExactSizeIterator<Item = &'a T>, bytes: &mut Vec<u8>) {
    values.len().put(bytes);
    values.for_each(|value| value.put(bytes));
}

fn get_all<T: Coded, C: FromIterator<T>>(bytes: &mut &[u8]) -> Option<C> {
    let n_values = usize::get(bytes)?;
    (0..n_values).map(|_| T::get(bytes)).collect()
}

impl<T: Coded> Coded for Vec<T> {
    fn put(&self, bytes: &mut Vec<u8>) {
        put_all(self.iter(), bytes);
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        get_all(bytes)
    }
}

impl<T: Coded + Ord> Coded for BTreeSet<T> {
    fn put(&self, bytes: &mut Vec<u8>) {
        put_all(self.iter(), bytes);
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        get_all(bytes)
    }
}

impl<K: Coded + Ord, V: Coded> Coded for BTreeMap<K, V> {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.len().put(bytes);
        for (key, value) in self {
            key.put(bytes);
            value.put(bytes);
        }
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        get_all::<(K, V), Self>(bytes)
    }
}

impl Coded for Open {
    fn put(&self, bytes: &mut Vec<u8>) {
        (*self as u8).put(bytes);
    }

    fn get(bytes: &mut &[u8]) -> Option<Self> {
        Self::ALL.get(usize::get(bytes)?).copied()
    }
}

/// Codes a struct by its fields. What is not listed is made anew from the rest.
macro_rules! coded {
    ($($name:ident { $($field:ident),+ $(, ..$rest:expr)? })+) => {
        $(impl $crate::usage::kept::Coded for $name {
            fn put(&self, bytes: &mut Vec<u8>) {
                $(self.$field.put(bytes);)+
            }

            fn get(bytes: &mut &[u8]) -> Option<Self> {
                Some(Self { $($field: $crate::usage::kept::Coded::get(bytes)?,)+ $(..$rest)? })
            }
        })+
    };
}
pub(crate) use coded;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_from_their_bytes_and_from_no_part_of_them() {
        let value = BTreeMap::from([
            (Text::from("x"), (u64::MAX, Some(i64::MIN), vec![(-1, 0_u8, Address(u128::MAX))])),
            (Text::from("été"), (0, None, Vec::new())),
        ]);
        type Value = BTreeMap<Text, (u64, Option<i64>, Vec<(i32, u8, Address)>)>;
        let mut bytes = Vec::new();
        value.put(&mut bytes);
        assert_eq!(<Value as Coded>::get(&mut &*bytes), Some(value));
        for end in 0..bytes.len() {
            assert_eq!(<Value as Coded>::get(&mut &bytes[..end]), None, "{end}");
        }
    }

    #[test]
    fn bytes_that_hold_nothing_are_no_counts_and_do_no_harm() {
        for bytes in [&b""[..], b"\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x01\x01\x7f\x00", &[0x80; 40]] {
            let part = Part { source: Digest::of(b"x"), n_rows: 1, digest: Digest::of(b"y") };
            let resumed: Resumed<BTreeSet<u64>> =
                Counts::read(bytes).resume(Pass::Usage, Digest::of(b"z"), &[part]);
            assert!(resumed.counts.is_empty() && resumed.files.is_empty());
        }
    }
}
