//! Rows of a table in the order in which they are stored, each with its place in the file received.

use std::ops::ControlFlow;

use serde_json::{Map, Value};
use tutela_case::Case;
use tutela_model::table::{PLACE_COLUMN, TablesError};
use tutela_model::{Digest, Spot, TableInfo, Tables};

use crate::cells;

/// A stored row and the file that it is from.
pub struct Stored {
    /// That file.
    pub source: Digest,
    /// Its columns by name.
    pub row: Map<String, Value>,
}

/// Where a row is in its file, as documents tell places.
pub fn place_of(stored: &Stored) -> Value {
    let place = stored.row.get(PLACE_COLUMN).and_then(Value::as_str).unwrap_or_default();
    let mut spot = place.parse::<Spot>().map(|spot| spot.json()).unwrap_or_default();
    spot.insert("file".to_owned(), format!("sha256:{}", stored.source).into());
    Value::Object(spot)
}

/// Rows of a table in the order in which they are stored, and how many there are.
///
/// # Errors
/// The table cannot be read.
pub fn in_order(
    case: &Case,
    table: &'static TableInfo,
    offset: u64,
    limit: u64,
) -> Result<(Vec<Stored>, u64), TablesError> {
    let tables = case.tables();
    let (mut rows, mut before) = (Vec::new(), 0);
    for part in tables.parts(table) {
        let from = offset.saturating_sub(before).min(part.n_rows);
        let until = offset.saturating_add(limit).saturating_sub(before).min(part.n_rows);
        before += part.n_rows;
        if from == until {
            continue;
        }
        let stretch = from..until;
        tables.rows(table, &part, std::slice::from_ref(&stretch), &[], &mut |batch| {
            let read = (0..batch.num_rows())
                .map(|row| Stored { source: part.source, row: cells::row_json(&batch, row) });
            rows.extend(read);
            ControlFlow::Continue(())
        })?;
    }
    Ok((rows, before))
}
