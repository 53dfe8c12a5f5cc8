//! A cell of a sheet, or the row that it is the first of, with the cells around.

use std::collections::VecDeque;

use tutela_model::source::Refusal;

use super::source::Source;
use super::{Note, Shown, Why};
use crate::compression::seekable;
use crate::mapped_table::{SheetRow, column_letters as letters, sheet_rows};

/// Rows that are shown before the one that is marked, and behind it.
const BEFORE: usize = 4;
const BEHIND: u32 = 8;
/// Columns that are shown at most: the first ones, or those around the one that is marked.
const COLUMNS: usize = 16;
/// Characters of a cell that are shown.
const CELL_SHOWN: usize = 400;

/// Cells of a sheet.
#[derive(Debug)]
pub struct CellsView {
    /// The sheet.
    pub sheet: String,
    /// The letters of the columns that are shown.
    pub columns: Vec<String>,
    /// The column that is marked; none where the whole row is.
    pub column: Option<String>,
    /// The rows; those without any cell are not stored in the file and not shown.
    pub rows: Vec<SheetRowView>,
    /// What is to be known about them.
    pub notes: Vec<Note>,
}

/// A row of a sheet.
#[derive(Debug)]
pub struct SheetRowView {
    /// Its number, from 1.
    pub number: u32,
    /// The text of its cells, a cell for each column that is shown.
    pub cells: Vec<String>,
    /// Whether the place means it, or a cell of it.
    pub marked: bool,
}

pub(super) fn view(source: &Source, sheet: &str, cell: &str) -> Result<Shown, Refusal> {
    let Some((column, number)) = position(cell) else { return Ok(Shown::Nothing(Why::NotThere)) };
    let input = match seekable(source.input())? {
        Ok(input) => input,
        Err(problem) => {
            return Ok(Shown::Nothing(Why::Damaged(problem.found.unwrap_or_default().to_string())));
        }
    };
    let mut rows: VecDeque<SheetRow> = VecDeque::new();
    let mut is_read = false;
    let read = sheet_rows(input, sheet, |row| {
        is_read = true;
        let is_over = row.number > number.saturating_add(BEHIND);
        if !is_over {
            rows.push_back(row);
        }
        while rows.iter().filter(|row| row.number < number).count() > BEFORE {
            rows.pop_front();
        }
        !is_over
    });
    match read {
        // Damage inside of a sheet is told at the row after the last that could be read.
        Err(error) if !is_read => return Ok(Shown::Nothing(Why::Damaged(error))),
        _ if rows.is_empty() => return Ok(Shown::Nothing(Why::NotThere)),
        _ => {}
    }
    let n_columns = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).max(column + 1);
    let first = if column < COLUMNS { 0 } else { column - COLUMNS / 2 };
    let shown = first..n_columns.min(first + COLUMNS);
    let text = |row: &SheetRow, column: usize| {
        row.cells.get(column).map_or_else(String::new, |cell| cell.text.chars().take(CELL_SHOWN).collect())
    };
    let has_row = rows.iter().any(|row| row.number == number);
    let rows = rows.iter().map(|row| SheetRowView {
        number: row.number,
        cells: shown.clone().map(|column| text(row, column)).collect(),
        marked: row.number == number,
    });
    Ok(Shown::Cells(CellsView {
        sheet: sheet.to_owned(),
        columns: shown.clone().map(letters).collect(),
        // The place of a row is that of its first cell.
        column: (column > 0).then(|| letters(column)),
        rows: rows.collect(),
        notes: [(!has_row, Note::Ends), (n_columns > shown.end, Note::Longer)]
            .into_iter()
            .filter_map(|(is_so, note)| is_so.then_some(note))
            .collect(),
    }))
}

/// Column from 0 and row from 1 of a cell: `B7`.
fn position(cell: &str) -> Option<(usize, u32)> {
    let split = cell.find(|sign: char| sign.is_ascii_digit())?;
    let (letters, number) = cell.split_at(split);
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|sign| sign.is_ascii_uppercase()) {
        return None;
    }
    let column = letters.bytes().fold(0, |sum, sign| sum * 26 + usize::from(sign - b'A') + 1) - 1;
    Some((column, number.parse().ok().filter(|number| *number > 0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_s_name_is_its_column_and_row() {
        for (cell, at) in [
            ("A1", Some((0, 1))),
            ("B7", Some((1, 7))),
            ("AA10", Some((26, 10))),
            ("XFD1048576", Some((16_383, 1_048_576))),
            ("7", None),
            ("A0", None),
            ("a1", None),
            ("AAAA1", None),
            ("", None),
        ] {
            assert_eq!(position(cell), at, "{cell}");
        }
        for column in [0, 25, 26, 701, 702, 16_383] {
            assert_eq!(position(&format!("{}1", letters(column))), Some((column, 1)));
        }
    }
}
