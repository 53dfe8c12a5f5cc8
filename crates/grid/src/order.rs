//! Rows in the order of a column, all or those that a filter leaves, from any position on.
//!
//! Along the order it is counted how many rows are left before each block of places, so that a window is found by reading
//! the blocks that it lies in. What is kept of a filter and an order is thereby a bit a row and a number a block.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::bits::Bits;
use crate::form::{Coded, Stretch};
use crate::grid::{BLOCK, Grid};

/// Rows in an order.
pub struct Ordered {
    /// The column; none for the order of the table.
    by: Option<usize>,
    /// The rows that are left; none for all.
    left: Option<Arc<Bits>>,
    /// How many are left before each block of places, and in all.
    before: Vec<u32>,
}

impl Grid {
    /// Rows in the order of a column, ascending; none for the order of the table. Rows of equal values have the order of
    /// the table, and those without a value come last.
    ///
    /// # Errors
    /// The disk fails, or the grid was altered.
    pub fn ordered(&self, by: Option<usize>, left: Option<Arc<Bits>>) -> io::Result<Ordered> {
        let order = self.order(by);
        let counts = match &left {
            None => (0..self.n_blocks()).map(|block| self.of_block(block).len() as u32).collect(),
            Some(bits) => {
                let counts = self.side_by_side(self.n_blocks(), |blocks| {
                    blocks.map(|block| self.n_left(order, bits, self.of_block(block))).collect()
                })?;
                counts.into_iter().flat_map(|counts: Vec<u32>| counts).collect::<Vec<u32>>()
            }
        };
        let mut before = vec![0];
        for (block, count) in counts.into_iter().enumerate() {
            before.push(before[block] + count);
        }
        Ok(Ordered { by, left, before })
    }

    fn order(&self, by: Option<usize>) -> Option<Stretch> {
        by.and_then(|column| self.columns()[column].coded()).and_then(|coded| coded.order)
    }

    /// How many rows of these places are left.
    fn n_left(&self, order: Option<Stretch>, bits: &Bits, places: Range<u32>) -> io::Result<u32> {
        if order.is_none() && places.start.is_multiple_of(64) && places.len() == BLOCK as usize {
            let words = &bits.words[places.start as usize / 64..places.end as usize / 64];
            return Ok(words.iter().map(|word| word.count_ones()).sum());
        }
        let rows = self.placed(order, places)?;
        Ok(rows.into_iter().filter(|row| *row < self.n_rows).map(|row| u32::from(bits.has(row))).sum())
    }

    /// A window of rows in their order, as their numbers. In a descending one rows without a value come last all the
    /// same, and rows of equal values keep the order of the table.
    ///
    /// # Errors
    /// The disk fails, or the grid was altered.
    pub fn window(
        &self,
        ordered: &Ordered,
        is_descending: bool,
        offset: u64,
        limit: u64,
    ) -> io::Result<Vec<u32>> {
        let n = u64::from(ordered.n());
        let (from, until) = (offset.min(n) as u32, offset.saturating_add(limit).min(n) as u32);
        let coded = ordered.by.and_then(|column| self.columns()[column].coded());
        let (Some(coded), true) = (coded, is_descending) else {
            return self.ascending(ordered, from..until);
        };
        let n_valued = self.n_before(ordered, self.start(coded, coded.n_values)?)?;
        let valued = from.min(n_valued)..until.min(n_valued);
        let mut rows = self.descending(ordered, coded, n_valued - valued.end..n_valued - valued.start)?;
        rows.extend(self.ascending(ordered, from.max(n_valued)..until.max(n_valued))?);
        Ok(rows)
    }

    /// The rows of a stretch of the ascending order.
    fn ascending(&self, ordered: &Ordered, stretch: Range<u32>) -> io::Result<Vec<u32>> {
        let order = self.order(ordered.by);
        let Some(bits) = &ordered.left else { return self.placed(order, stretch) };
        let mut rows = Vec::with_capacity(stretch.len());
        let block = ordered.before.partition_point(|before| *before <= stretch.start).saturating_sub(1);
        for block in block..self.n_blocks() as usize {
            if rows.len() == stretch.len() {
                break;
            }
            if ordered.before[block] == ordered.before[block + 1] {
                continue;
            }
            let skip = stretch.start.saturating_sub(ordered.before[block]) as usize;
            let here = self.placed(order, self.of_block(block as u32))?;
            let here = here.into_iter().filter(|row| *row < self.n_rows && bits.has(*row));
            rows.extend(here.skip(skip).take(stretch.len() - rows.len()));
        }
        Ok(rows)
    }

    /// How many rows are left before a place.
    pub(crate) fn n_before(&self, ordered: &Ordered, place: u32) -> io::Result<u32> {
        let Some(bits) = &ordered.left else { return Ok(place) };
        let block = place / BLOCK;
        if place.is_multiple_of(BLOCK) {
            return Ok(ordered.before[block as usize]);
        }
        let rest = self.n_left(self.order(ordered.by), bits, block * BLOCK..place)?;
        Ok(ordered.before[block as usize] + rest)
    }

    /// The rows of a stretch of the ascending order, the greatest values first. A value whose rows are cut by an end of
    /// the stretch gives as many rows as lie in it, but counted from the other side: its own order stays.
    fn descending(&self, ordered: &Ordered, coded: &Coded, stretch: Range<u32>) -> io::Result<Vec<u32>> {
        let rows = self.ascending(ordered, stretch.clone())?;
        let codes: Vec<u32> = rows.iter().map(|row| self.code(coded, *row)).collect::<io::Result<_>>()?;
        let mut descending = Vec::with_capacity(rows.len());
        let mut until = stretch.end;
        for codes in codes.chunk_by(|one, next| one == next).rev() {
            let from = until - codes.len() as u32;
            if from > stretch.start && until < stretch.end {
                let inner = (from - stretch.start) as usize..(until - stretch.start) as usize;
                descending.extend_from_slice(&rows[inner]);
            } else {
                let first = self.n_before(ordered, self.start(coded, codes[0])?)?;
                let end = self.n_before(ordered, self.start(coded, codes[0] + 1)?)?;
                let first = first + end.saturating_sub(stretch.end);
                descending.extend(self.ascending(ordered, first..first + codes.len() as u32)?);
            }
            until = from;
        }
        Ok(descending)
    }
}

impl Ordered {
    /// How many rows there are.
    #[must_use]
    pub fn n(&self) -> u32 {
        self.before.last().copied().unwrap_or_default()
    }

    /// How many bytes of memory it takes beside the rows that are left.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.before.len() * 4
    }
}
