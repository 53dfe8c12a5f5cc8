//! Reads the first records by a proposed profile, to show what it makes of them.

use tutela_model::place::Spot;
use tutela_model::source::{Declared, Input, Refusal, Sink};
use tutela_model::tables::{Builders, Row};
use tutela_model::{Phrase, Zone, field::address_at};

use super::FirstRecord;
use crate::parquet_file::text_of;

/// Records that are shown.
const N_SHOWN: usize = 10;

/// Reads the first records with the proposed profile, to show what it makes of them.
pub(super) fn first_records(
    profile: &str,
    bytes: &[u8],
    declared: &Declared,
    doubts: &mut Vec<Phrase>,
) -> Result<Vec<FirstRecord>, Refusal> {
    let mut declared = Declared { profile: Some(profile.to_owned()), ..declared.clone() };
    let read = |declared: &Declared| {
        let mut first = First::default();
        let result =
            (super::super::READER.read)(Input::from_memory("x", bytes.to_vec()), declared, &mut first);
        (result, first.records)
    };
    let (mut result, mut records) = read(&declared);
    if let Err(Refusal::ZoneMissing { column, .. }) = &result {
        doubts.push(Phrase::new("guess.zone").with("column", column.as_str()));
        declared.zone = Some(Zone::utc());
        (result, records) = read(&declared);
    }
    match result {
        Ok(()) | Err(Refusal::Stopped) => {}
        Err(refusal) => return Err(refusal),
    }
    records.retain(|record| !record.rows.is_empty() || !record.problems.is_empty());
    records.truncate(N_SHOWN);
    Ok(records)
}

/// Keeps what the first records give, then stops the reader.
#[derive(Default)]
struct First {
    records: Vec<FirstRecord>,
    n_full: usize,
}

impl Sink for First {
    fn record(&mut self) {
        self.n_full += usize::from(self.records.last().is_some_and(|record| !record.rows.is_empty()));
        self.records.push(FirstRecord::default());
    }

    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        if self.n_full >= N_SHOWN || self.records.len() > 10 * N_SHOWN {
            return Err(Refusal::Stopped);
        }
        let Some(record) = self.records.last_mut() else { return Ok(()) };
        match row {
            Row::Problem(problem) => record.problems.push(problem),
            row => record.rows.push((row.table().name, values(&row))),
        }
        Ok(())
    }

    fn skip(&mut self, _: &Spot, _: &'static str) {}
    fn note(&mut self, _: &'static str, _: &str) {}
    fn progress(&mut self, _: u64) {}
}

/// The fields of a row that are not empty, as text.
fn values(row: &Row) -> Vec<(&'static str, String)> {
    let table = row.table();
    let Some((_, batch)) = Builders::default().push(row, 1) else { return Vec::new() };
    let text = |name: &'static str| {
        let said = batch.column_by_name(&format!("{name}_said"));
        let array = batch.column_by_name(name)?;
        let value = match (text_of(array, 0), said) {
            (Ok(value), _) => value,
            (Err(_), Some(said)) if address_at(array, 0).is_some() => text_of(said, 0).ok().flatten(),
            (Err(_), _) => None,
        };
        Some((name, value?))
    };
    table.fields.iter().filter_map(|field| text(field.name)).collect()
}

/// Takes nothing: what a guess looks at is not read yet.
pub(super) struct Nothing;

impl Sink for Nothing {
    fn record(&mut self) {}
    fn row(&mut self, _: Row) -> Result<(), Refusal> {
        Ok(())
    }
    fn skip(&mut self, _: &Spot, _: &'static str) {}
    fn note(&mut self, _: &'static str, _: &str) {}
    fn progress(&mut self, _: u64) {}
}
