//! A grid: a table turned on its side, in one file, so that any window of it under any order and condition is found
//! without reading the table.
//!
//! For each column stand, by the number of the row: the code of its value, where codes have the order of the values; and
//! by the place in that order: the number of the row, those of equal values by number. A sorted window is then read where
//! it stands, a condition is a stretch of codes, and what a filter leaves is a bit for each row, counted block by block
//! along the order. What a source wrote beside a value, and texts that hardly ever repeat, are kept as they are: they are
//! shown and searched, not sorted.
//!
//! A grid follows from the table's rows alone: no clock, no thread and no machine has a part in its bytes. It is read by
//! position and never mapped into memory. It holds nothing that the table does not hold, may be deleted at any time, and
//! what it says is for looking: findings come from the tables.

mod at;
mod form;
mod kind;

mod make;

mod bits;
mod grid;

mod asked;
mod counted;
mod order;

pub use asked::{Condition, Edge, Span, Wants};
pub use bits::Bits;
pub use counted::{Stretches, Valued};
pub use form::{SOURCE, is_beside, key};
pub use grid::{Column, Grid};
pub use kind::Kind;
pub use make::{NotMade, ROWS, make, passes};
pub use order::Ordered;
