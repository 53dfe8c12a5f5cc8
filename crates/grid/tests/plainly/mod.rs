//! The answers of a grid, found by reading everything.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{TimestampMicrosecondType, UInt16Type};
use arrow_array::{Array as _, ArrayRef};
use arrow_schema::DataType;
use tutela_grid::{Condition, Edge, Grid, Kind, Stretches, Wants};
use tutela_model::field::address_at;
use tutela_model::tables::Connection;
use tutela_model::{Digest, Table as _};

use crate::memory::Memory;

/// All rows, with the cells of every column as something that can be compared.
pub struct Plainly {
    pub rows: Vec<(Digest, Connection)>,
    cells: BTreeMap<String, Vec<Option<Cell>>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    Number(i128),
    Address(u128),
    Text(String),
}

fn cell_of(array: &ArrayRef, idx: usize) -> Option<Cell> {
    array.is_valid(idx).then(|| match array.data_type() {
        DataType::UInt16 => Cell::Number(array.as_primitive::<UInt16Type>().value(idx).into()),
        DataType::Timestamp(..) => {
            Cell::Number(array.as_primitive::<TimestampMicrosecondType>().value(idx).into())
        }
        DataType::FixedSizeBinary(_) => Cell::Address(address_at(array, idx).expect("it is there").0),
        _ => Cell::Text(array.as_string::<i32>().value(idx).to_owned()),
    })
}

/// A value as a text that tells it apart.
pub fn cell(array: &ArrayRef, idx: usize) -> String {
    format!("{:?}", cell_of(array, idx).expect("it is there"))
}

fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl Plainly {
    pub fn of(tables: &Memory) -> Self {
        let (mut rows, mut cells) = (Vec::new(), BTreeMap::<String, Vec<Option<Cell>>>::new());
        for (source, batch) in &tables.parts {
            rows.extend(Connection::rows(batch).into_iter().map(|row| (*source, row)));
            let n = batch.num_rows();
            cells
                .entry("source".to_owned())
                .or_default()
                .extend((0..n).map(|_| Some(Cell::Text(source.hex()))));
            for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
                let of_column = cells.entry(field.name().clone()).or_default();
                of_column.extend((0..n).map(|idx| cell_of(array, idx)));
            }
        }
        Self { rows, cells }
    }

    fn cell(&self, column: &str, row: u32) -> Option<&Cell> {
        self.cells[column][row as usize].as_ref()
    }

    /// The rows that meet all conditions.
    pub fn left(&self, grid: &Grid, conditions: &[Condition]) -> Vec<u32> {
        let meets = |row: u32, Condition { column, wants }: &Condition| {
            let column = &grid.columns()[*column];
            let cell = self.cell(&column.name, row);
            let not_before = |edge: &Edge, cell: &Cell| match (edge, cell) {
                (Edge::Key(key), Cell::Number(number)) => column.kind.key(*number) >= *key,
                (Edge::Key(key), Cell::Address(address)) => address >= key,
                (Edge::Text(text), Cell::Text(cell)) => cell >= text,
                _ => panic!("an edge of another kind"),
            };
            match (wants, cell) {
                (Wants::Empty, cell) => cell.is_none(),
                (_, None) => false,
                (Wants::Contains(letters), Some(Cell::Text(text))) => lower(text).contains(&lower(letters)),
                (Wants::Contains(_), _) => false,
                (Wants::Within(spans), Some(cell)) => spans.iter().any(|span| {
                    span.from.as_ref().is_none_or(|edge| not_before(edge, cell))
                        && span.until.as_ref().is_none_or(|edge| !not_before(edge, cell))
                }),
            }
        };
        (0..self.rows.len() as u32).filter(|row| conditions.iter().all(|one| meets(*row, one))).collect()
    }

    /// The rows in the order of a column.
    pub fn sorted(&self, left: &[u32], column: &str, is_descending: bool) -> Vec<u32> {
        let mut rows = left.to_vec();
        rows.sort_by(|one, other| match (self.cell(column, *one), self.cell(column, *other)) {
            (Some(one), Some(other)) if is_descending => other.cmp(one),
            (Some(one), Some(other)) => one.cmp(other),
            (None, None) => Ordering::Equal,
            (one, _) => {
                if one.is_none() {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
        });
        rows
    }

    /// The values of a column, the most frequent first, with how many rows have each.
    pub fn counted(&self, left: &[u32], column: &str) -> Vec<(String, u32)> {
        let mut counts = BTreeMap::<&Cell, u32>::new();
        for cell in left.iter().filter_map(|row| self.cell(column, *row)) {
            *counts.entry(cell).or_default() += 1;
        }
        let mut counts: Vec<(&Cell, u32)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        counts.into_iter().map(|(cell, n)| (format!("{cell:?}"), n)).collect()
    }

    /// Rows counted in the stretches that a grid chose.
    pub fn stretches(&self, left: &[u32], column: &str, kind: Kind, chosen: &Stretches) -> Vec<u32> {
        let mut counts = vec![0; chosen.counts.len()];
        for cell in left.iter().filter_map(|row| self.cell(column, *row)) {
            let Cell::Number(number) = cell else { panic!("a number") };
            counts[((kind.key(*number) - chosen.from) / chosen.each) as usize] += 1;
        }
        counts
    }
}
