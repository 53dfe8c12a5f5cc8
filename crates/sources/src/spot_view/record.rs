//! A record of a Parquet file: its columns with their values.

use tutela_model::source::Refusal;

use super::source::Source;
use super::{Shown, Why};
use crate::parquet_file;

/// Characters of a value that are shown.
const VALUE_SHOWN: usize = 2_000;

/// A record.
#[derive(Debug)]
pub struct RecordView {
    /// Its number, from 1; 0 for the names of the columns alone.
    pub number: u64,
    /// Its cells.
    pub cells: Vec<RecordCell>,
}

/// A cell of a record.
#[derive(Debug)]
pub struct RecordCell {
    /// The column.
    pub column: String,
    /// Its text; none when the record has no value there, or one that is no text.
    pub text: Option<String>,
    /// Whether the text is longer than what is shown.
    pub is_cut: bool,
    /// The kind of a value that is no text.
    pub kind: Option<String>,
    /// Whether the place means it.
    pub marked: bool,
}

pub(super) fn view(source: &Source, number: u64, field: Option<u32>) -> Result<Shown, Refusal> {
    let file = match parquet_file::open(source.input())? {
        Ok(file) => file,
        Err(problem) => return Ok(damaged(&problem.found.unwrap_or_default())),
    };
    let read = match number {
        0 => Ok(Some(file.names.iter().map(|name| (name.clone(), Ok(None))).collect())),
        number => file.record(number),
    };
    let cells = match read {
        Ok(Some(cells)) => cells,
        Ok(None) => return Ok(Shown::Nothing(Why::NotThere)),
        Err(error) => return Ok(damaged(&error)),
    };
    let is_there = |field: u32| field >= 1 && field as usize <= cells.len();
    if field.is_some_and(|field| !is_there(field)) {
        return Ok(Shown::Nothing(Why::NotThere));
    }
    let cells = cells.into_iter().zip(1_u32..).map(|((column, value), number)| {
        let (text, kind) = match value {
            Ok(text) => (text, None),
            Err(kind) => (None, Some(kind)),
        };
        let is_cut = text.as_ref().is_some_and(|text| text.chars().nth(VALUE_SHOWN).is_some());
        let text = text.map(|text| text.chars().take(VALUE_SHOWN).collect());
        RecordCell { column, text, is_cut, kind, marked: field.is_none_or(|field| field == number) }
    });
    Ok(Shown::Record(RecordView { number, cells: cells.collect() }))
}

fn damaged(found: &str) -> Shown {
    Shown::Nothing(Why::Damaged(found.to_owned()))
}
