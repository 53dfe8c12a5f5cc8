//! What is counted of the rows that a filter leaves: values, and stretches of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::ops::Range;

use crate::asked::Edge;
use crate::at::damaged;
use crate::bits::Bits;
use crate::form::Coded;
use crate::grid::{BLOCK, Grid};
use crate::order::Ordered;

/// The values of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Valued {
    /// The most frequent ones, by their codes with how many rows have each; the lesser first where as many have.
    pub values: Vec<(u32, u32)>,
    /// How many values there are.
    pub n_values: u32,
    /// How many rows have none.
    pub n_empty: u32,
}

/// Rows counted in equal stretches of a column's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretches {
    /// The least value, as a number.
    pub from: u128,
    /// How long a stretch is.
    pub each: u128,
    /// How many rows lie in each.
    pub counts: Vec<u32>,
    /// How many rows have no value.
    pub n_empty: u32,
}

/// The most values that are counted side by side while rows are read; more are counted along their order.
const SIDE_BY_SIDE: u32 = 1 << 16;

impl Grid {
    /// The most frequent values of a column among the rows that are left, and all numbers of them.
    ///
    /// # Errors
    /// The disk fails, the grid was altered, or the column has no codes.
    pub fn valued(&self, column: usize, left: Option<&Bits>, limit: usize) -> io::Result<Valued> {
        let coded = self.columns()[column].coded().ok_or_else(|| damaged("a column without codes"))?;
        let found = match left {
            Some(bits) if coded.n_values < SIDE_BY_SIDE => vec![self.counted_by_row(coded, bits, limit)?],
            _ => self.side_by_side(self.n_blocks(), |blocks| {
                self.counted_in_order(coded, left, blocks.start * BLOCK..blocks.end * BLOCK, limit)
            })?,
        };
        let mut all = Valued::default();
        for some in found {
            all.n_values += some.n_values;
            all.n_empty += some.n_empty;
            all.values.extend(some.values);
        }
        all.values.sort_unstable_by_key(|(code, n)| (Reverse(*n), *code));
        all.values.truncate(limit);
        Ok(all)
    }

    fn counted_by_row(&self, coded: &Coded, bits: &Bits, limit: usize) -> io::Result<Valued> {
        let of_stretch = |blocks: Range<u32>| {
            let mut counts = vec![0_u32; coded.n_values as usize + 1];
            for block in blocks {
                let rows = self.of_block(block);
                let words = rows.start as usize / 64..(rows.end as usize).div_ceil(64);
                if bits.words[words.clone()].iter().all(|word| *word == 0) {
                    continue;
                }
                let codes = self.codes(coded, rows.clone())?;
                let mut is_sound = true;
                bits.each_in(words, |row| {
                    match counts.get_mut(codes[(row - rows.start) as usize] as usize) {
                        Some(count) => *count += 1,
                        None => is_sound = false,
                    }
                });
                if !is_sound {
                    return Err(damaged("a code"));
                }
            }
            Ok(counts)
        };
        let mut counts = vec![0_u32; coded.n_values as usize + 1];
        for some in self.side_by_side(self.n_blocks(), of_stretch)? {
            counts.iter_mut().zip(some).for_each(|(all, some)| *all += some);
        }
        let mut top = Top::new(limit);
        (0..coded.n_values).for_each(|code| top.add(code, counts[code as usize]));
        Ok(top.end(counts[coded.n_values as usize]))
    }

    /// Counts the values whose first place lies among these, along the order of the column.
    fn counted_in_order(
        &self,
        coded: &Coded,
        left: Option<&Bits>,
        places: Range<u32>,
        limit: usize,
    ) -> io::Result<Valued> {
        let mut top = Top::new(limit);
        let end = places.end.min(self.n_rows);
        let n_empty_from = self.start(coded, coded.n_values)?;
        let mut code = self.first_code(coded, places.start)?;
        let mut counting = Counting { rows: Vec::new(), from: 0 };
        while code < coded.n_values {
            let some = code..(code + BLOCK).min(coded.n_values);
            let starts = self.starts(coded, some.start..some.end + 1)?;
            for (code, ends) in some.clone().zip(starts.windows(2)) {
                if ends[0] >= end {
                    return Ok(top.end(0));
                }
                top.add(code, counting.n(self, coded, left, ends[0]..ends[1])?);
            }
            code = some.end;
        }
        // Whoever has the last places counts the rows without a value.
        let n_empty = match end == self.n_rows {
            true => counting.n(self, coded, left, n_empty_from..self.n_rows)?,
            false => 0,
        };
        Ok(top.end(n_empty))
    }

    /// The first code that begins at this place or after it.
    fn first_code(&self, coded: &Coded, place: u32) -> io::Result<u32> {
        let (mut from, mut until) = (0, coded.n_values);
        while from < until {
            let middle = from + (until - from) / 2;
            if self.start(coded, middle)? < place {
                from = middle + 1;
            } else {
                until = middle;
            }
        }
        Ok(from)
    }

    /// Rows in the order of a column counted in equal stretches of its values. None where no row has a value.
    ///
    /// # Errors
    /// The disk fails, the grid was altered, or the column has no numbers.
    pub fn stretches(&self, column: usize, ordered: &Ordered, n: u32) -> io::Result<Option<Stretches>> {
        let coded = self.columns()[column].coded().ok_or_else(|| damaged("a column without codes"))?;
        let n_valued = self.n_before(ordered, self.start(coded, coded.n_values)?)?;
        let n_empty = apart(n_valued, ordered.n())?;
        let end = |idx: u64| -> io::Result<u128> {
            let row = self.window(ordered, false, idx, 1)?;
            self.number(coded, self.code(coded, *row.first().ok_or_else(|| damaged("a row"))?)?)
        };
        if n_valued == 0 {
            return Ok(None);
        }
        let (from, last) = (end(0)?, end(u64::from(n_valued) - 1)?);
        let width = last.checked_sub(from).ok_or_else(|| damaged("an order"))?;
        let each = width / u128::from(n.max(1)) + 1;
        let n_stretches = (width / each + 1) as u32;
        let (mut counts, mut before) = (Vec::new(), 0);
        for stretch in 1..=n_stretches {
            let until = from.checked_add(each.saturating_mul(u128::from(stretch)));
            let until =
                until.map_or(Ok(coded.n_values), |until| self.first_from(coded, &Edge::Key(until)))?;
            let after = self.n_before(ordered, self.start(coded, until)?)?;
            counts.push(apart(before, after)?);
            before = after;
        }
        Ok(Some(Stretches { from, each, counts, n_empty }))
    }
}

/// How many rows lie between two counts, the later of which is no smaller in a grid that is whole.
fn apart(before: u32, after: u32) -> io::Result<u32> {
    after.checked_sub(before).ok_or_else(|| damaged("an order"))
}

/// Places of an order, read a block at a time.
struct Counting {
    rows: Vec<u32>,
    from: u32,
}

impl Counting {
    /// How many rows of these places are left; places come in ascending order.
    fn n(&mut self, grid: &Grid, coded: &Coded, left: Option<&Bits>, places: Range<u32>) -> io::Result<u32> {
        let Some(bits) = left else { return Ok(places.len() as u32) };
        let (mut n, mut from) = (0, places.start);
        while from < places.end {
            let held = self.from..self.from + self.rows.len() as u32;
            if !held.contains(&from) {
                self.rows = grid.placed(coded.order, from..(from + BLOCK).min(grid.n_rows))?;
                self.from = from;
                if self.rows.iter().any(|row| *row >= grid.n_rows) {
                    return Err(damaged("an order"));
                }
                continue;
            }
            let until = places.end.min(held.end);
            let here = &self.rows[(from - held.start) as usize..(until - held.start) as usize];
            n += here.iter().map(|row| u32::from(bits.has(*row))).sum::<u32>();
            from = until;
        }
        Ok(n)
    }
}

/// The most frequent values of those that come.
struct Top {
    limit: usize,
    /// The least frequent one on top.
    values: BinaryHeap<Reverse<(u32, Reverse<u32>)>>,
    n_values: u32,
}

impl Top {
    fn new(limit: usize) -> Self {
        Self { limit, values: BinaryHeap::new(), n_values: 0 }
    }

    fn add(&mut self, code: u32, n: u32) {
        if n == 0 {
            return;
        }
        self.n_values += 1;
        // Codes ascend, so of as many rows the value that is there stays.
        let is_full = self.values.len() == self.limit;
        if is_full && self.values.peek().is_none_or(|Reverse((least, _))| n <= *least) {
            return;
        }
        self.values.push(Reverse((n, Reverse(code))));
        if self.values.len() > self.limit {
            self.values.pop();
        }
    }

    fn end(self, n_empty: u32) -> Valued {
        let values = self.values.into_iter().map(|Reverse((n, Reverse(code)))| (code, n)).collect();
        Valued { values, n_values: self.n_values, n_empty }
    }
}
