//! Columns of texts that repeat: each value is kept once.

use std::hash::BuildHasher as _;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_array::{Array as _, ArrayRef, StringArray};
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::out::Out;
use crate::form::{Coded, END, Heap, Values};
use crate::kind::fold;

/// The most values that are told apart.
const VALUES: usize = 1 << 23;
/// The most bytes of them.
const VALUE_BYTES: usize = 256 << 20;

/// A column of texts. While it is read, values are numbered as they come.
#[derive(Default)]
pub struct Texts {
    values: Pile,
    known: HashTable<u32>,
    /// The value of each row; [`NONE`] where there is none.
    rows: Vec<u32>,
    /// The values of the last batch and their numbers here.
    last: Option<(ArrayRef, Vec<Option<u32>>)>,
}

const NONE: u32 = u32::MAX;

/// Texts one after another, each with [`END`] after it.
struct Pile {
    bytes: Vec<u8>,
    begins: Vec<u64>,
}

impl Default for Pile {
    fn default() -> Self {
        Self { bytes: Vec::new(), begins: vec![0] }
    }
}

impl Pile {
    fn len(&self) -> usize {
        self.begins.len() - 1
    }

    fn get(&self, idx: u32) -> &[u8] {
        let idx = idx as usize;
        &self.bytes[self.begins[idx] as usize..self.begins[idx + 1] as usize - 1]
    }

    fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.bytes.push(END);
        self.begins.push(self.bytes.len() as u64);
    }
}

impl Texts {
    /// The texts of the next rows. Breaks when there are more values than are told apart.
    pub fn push(&mut self, array: &ArrayRef) -> ControlFlow<()> {
        match array.as_dictionary_opt::<Int32Type>() {
            None => {
                for text in array.as_string::<i32>() {
                    let number = text.map_or(NONE, |text| self.number(text));
                    self.rows.push(number);
                }
            }
            Some(coded) => {
                let values = coded.values();
                let mut numbers = match self.last.take() {
                    Some((last, numbers)) if is_same(&last, values) => numbers,
                    _ => vec![None; values.len()],
                };
                let texts: &StringArray = values.as_string();
                for key in coded.keys() {
                    let text = key.map(|key| key as usize).filter(|idx| texts.is_valid(*idx));
                    let number = text.map_or(NONE, |idx| {
                        *numbers[idx].get_or_insert_with(|| self.number(texts.value(idx)))
                    });
                    self.rows.push(number);
                }
                self.last = Some((Arc::clone(values), numbers));
            }
        }
        if self.is_too_much() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// The same text for the next `n` rows.
    pub fn push_times(&mut self, text: &str, n: usize) {
        let number = self.number(text);
        self.rows.resize(self.rows.len() + n, number);
    }

    /// Whether there are more values than are told apart.
    pub fn is_too_much(&self) -> bool {
        self.values.len() > VALUES || self.values.bytes.len() > VALUE_BYTES
    }

    fn number(&mut self, text: &str) -> u32 {
        let hash = |text: &[u8]| FxBuildHasher.hash_one(text);
        let Self { values, known, .. } = self;
        let entry = known.entry(
            hash(text.as_bytes()),
            |known| values.get(*known) == text.as_bytes(),
            |known| hash(values.get(*known)),
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(known) => *known.get(),
            hashbrown::hash_table::Entry::Vacant(vacant) => {
                let number = values.len() as u32;
                vacant.insert(number);
                values.push(text.as_bytes());
                number
            }
        }
    }

    /// Writes the column.
    pub fn write(self, out: &mut Out) -> io::Result<Coded> {
        let Self { values, known, mut rows, last } = self;
        drop((known, last));
        let in_order = sorted(&values);
        let n_values = in_order.len() as u32;
        let mut codes = vec![0; in_order.len()];
        for (code, (_, number)) in in_order.iter().enumerate() {
            codes[*number as usize] = code as u32;
        }
        rows.iter_mut().for_each(|row| *row = codes.get(*row as usize).map_or(n_values, |code| *code));
        let (starts, order) = ordered(&rows, n_values);
        let (codes, code_bytes) = out.codes(&rows, n_values)?;
        drop(rows);
        let order = match order.iter().copied().eq(0..order.len() as u32) {
            true => None,
            false => Some(out.numbers(order.into_iter().map(u32::to_le_bytes))?),
        };
        let starts = out.numbers(starts.into_iter().map(u32::to_le_bytes))?;
        let numbers = || in_order.iter().map(|(_, number)| *number);
        let texts = heap(out, numbers().map(|number| values.get(number)))?;
        let text = |number| std::str::from_utf8(values.get(number)).expect("values came as texts");
        let is_folded = numbers().all(|number| fold(text(number)) == text(number));
        let folded = match is_folded {
            true => None,
            false => Some(heap(out, numbers().map(|number| fold(text(number))))?),
        };
        let values = Values::Texts { texts, folded };
        Ok(Coded { n_values, code_bytes, codes, order, starts, values })
    }
}

/// Whether two batches have the values of one dictionary, which is then not looked up again.
fn is_same(last: &ArrayRef, next: &ArrayRef) -> bool {
    let (one, other): (&StringArray, &StringArray) = (last.as_string(), next.as_string());
    one.len() == other.len()
        && one.value_data().as_ptr() == other.value_data().as_ptr()
        && one.value_offsets().as_ptr() == other.value_offsets().as_ptr()
}

/// The numbers of values in the order of these, each with its first eight bytes, which mostly settle it.
fn sorted(values: &Pile) -> Vec<(u64, u32)> {
    let first = |text: &[u8]| {
        let mut bytes = [0; 8];
        let n = text.len().min(8);
        bytes[..n].copy_from_slice(&text[..n]);
        u64::from_be_bytes(bytes)
    };
    let mut order: Vec<(u64, u32)> =
        (0..values.len() as u32).map(|number| (first(values.get(number)), number)).collect();
    order.sort_unstable_by(|(first, one), (second, other)| {
        first.cmp(second).then_with(|| values.get(*one).cmp(values.get(*other)))
    });
    order
}

/// Where each code begins, and the rows in the order of their codes.
fn ordered(codes: &[u32], n_values: u32) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; n_values as usize + 2];
    codes.iter().for_each(|code| starts[*code as usize + 1] += 1);
    (1..starts.len()).for_each(|code| starts[code] += starts[code - 1]);
    let (mut next, mut order) = (starts.clone(), vec![0; codes.len()]);
    for (row, code) in codes.iter().enumerate() {
        let place = &mut next[*code as usize];
        order[*place as usize] = row as u32;
        *place += 1;
    }
    (starts, order)
}

fn heap<T: AsRef<[u8]>>(out: &mut Out, texts: impl Iterator<Item = T>) -> io::Result<Heap> {
    let mut begins = vec![0_u64];
    let (mut stretch, mut bytes, mut n_bytes) = (None, Vec::new(), 0);
    for text in texts {
        let text = text.as_ref();
        bytes.extend_from_slice(text);
        bytes.push(END);
        n_bytes += text.len() as u64 + 1;
        begins.push(n_bytes);
        if bytes.len() >= 1 << 20 {
            let written = out.write(&bytes)?;
            stretch.get_or_insert(written);
            bytes.clear();
        }
    }
    let written = out.write(&bytes)?;
    let mut texts = stretch.unwrap_or(written);
    texts.bytes = n_bytes;
    Ok(Heap { texts, begins: out.numbers(begins.into_iter().map(u64::to_le_bytes))? })
}
