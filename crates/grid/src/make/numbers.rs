//! Columns of numbers: runs of equal ones are sorted.

use std::io;

use super::out::Out;
use crate::form::{Coded, Values};

/// A number of 16 bytes that is kept in 16, whatever its neighbours.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wide(u64, u64);

impl From<u128> for Wide {
    fn from(key: u128) -> Self {
        Self((key >> 64) as u64, key as u64)
    }
}

impl From<Wide> for u128 {
    fn from(Wide(high, low): Wide) -> Self {
        Self::from(high) << 64 | Self::from(low)
    }
}

/// A column of numbers.
pub struct Numbers<K> {
    /// Stretches of rows with the same number, in the order of rows.
    runs: Vec<Run<K>>,
    /// Stretches of rows without one.
    empty: Vec<Run<()>>,
    n_rows: u32,
}

struct Run<K> {
    key: K,
    row: u32,
    n: u32,
}

impl<K> Default for Numbers<K> {
    fn default() -> Self {
        Self { runs: Vec::new(), empty: Vec::new(), n_rows: 0 }
    }
}

/// Adds a row to the last stretch, or begins another.
fn add<K: PartialEq>(runs: &mut Vec<Run<K>>, key: K, row: u32) {
    match runs.last_mut() {
        Some(last) if last.row + last.n == row && last.key == key => last.n += 1,
        _ => runs.push(Run { key, row, n: 1 }),
    }
}

/// The rows of stretches.
fn rows<K>(runs: &[Run<K>]) -> impl Iterator<Item = u32> {
    runs.iter().flat_map(|run| run.row..run.row + run.n)
}

impl<K: Copy + Ord + Into<u128>> Numbers<K> {
    /// The number of the next row.
    pub fn push(&mut self, key: Option<K>) {
        match key {
            Some(key) => add(&mut self.runs, key, self.n_rows),
            None => add(&mut self.empty, (), self.n_rows),
        }
        self.n_rows += 1;
    }

    /// Writes the column, numbers in so many bytes.
    pub fn write(mut self, out: &mut Out, bytes: u8) -> io::Result<Coded> {
        self.runs.sort_unstable_by_key(|run| (run.key, run.row));
        let mut codes = vec![0; self.n_rows as usize];
        let (mut starts, mut place) = (Vec::new(), 0);
        for (run_idx, run) in self.runs.iter().enumerate() {
            if run_idx == 0 || self.runs[run_idx - 1].key != run.key {
                starts.push(place);
            }
            codes[run.row as usize..][..run.n as usize].fill(starts.len() as u32 - 1);
            place += run.n;
        }
        let n_values = starts.len() as u32;
        for run in &self.empty {
            codes[run.row as usize..][..run.n as usize].fill(n_values);
        }
        starts.extend([place, self.n_rows]);
        let (codes, code_bytes) = out.codes(&codes, n_values)?;
        let in_order = || rows(&self.runs).chain(rows(&self.empty));
        let order = match in_order().eq(0..self.n_rows) {
            true => None,
            false => Some(out.numbers(in_order().map(u32::to_le_bytes))?),
        };
        let starts = out.numbers(starts.into_iter().map(u32::to_le_bytes))?;
        let keys =
            self.runs.chunk_by(|one, next| one.key == next.key).map(|runs| -> u128 { runs[0].key.into() });
        let numbers = match bytes {
            8 => out.numbers(keys.map(|key| (key as u64).to_le_bytes()))?,
            _ => out.numbers(keys.map(u128::to_le_bytes))?,
        };
        Ok(Coded { n_values, code_bytes, codes, order, starts, values: Values::Numbers { numbers, bytes } })
    }
}
