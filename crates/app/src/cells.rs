//! Stored rows as readable values: addresses and prefixes as text, instants in UTC, what the source said beside them.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Date32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use serde_json::{Map, Value, json};
use tutela_grid::Kind;
use tutela_model::field::address_at;
use tutela_model::{Date, Prefix, TableInfo};

/// A stored row as a JSON object: every column by its name. A prefix is written with its length.
pub fn row_json(batch: &RecordBatch, row_idx: usize) -> Map<String, Value> {
    let schema = batch.schema();
    let mut row = Map::new();
    for (column, array) in schema.fields().iter().zip(batch.columns()) {
        let name = column.name();
        let value = match batch.column_by_name(&format!("{name}_bits")) {
            Some(bits) => prefix(array, bits, row_idx),
            None => value(array, row_idx),
        };
        row.insert(name.clone(), value);
    }
    row
}

/// The fields of a row that have a value, as text under their names: instants in UTC with what the source wrote where
/// that differs.
pub fn row_text(table: &TableInfo, row: &Map<String, Value>) -> Vec<(String, String)> {
    let mut cells = Vec::new();
    for field in table.fields {
        let Some(text) = row.get(field.name).map(plain).filter(|text| !text.is_empty()) else { continue };
        let said = row.get(&format!("{}_said", field.name)).map(plain).filter(|said| *said != text);
        cells.push((field.name.to_owned(), text));
        cells.extend(said.map(|said| (format!("{}_said", field.name), said)));
    }
    cells
}

/// A JSON value without quotes; nothing for null.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn prefix(low: &ArrayRef, bits: &ArrayRef, row_idx: usize) -> Value {
    let low = address_at(low, row_idx);
    let bits = bits.is_valid(row_idx).then(|| bits.as_primitive::<UInt8Type>().value(row_idx));
    low.zip(bits).map_or(Value::Null, |(low, bits)| json!(Prefix { low, bits }.to_string()))
}

/// A value of a column.
pub fn value(array: &ArrayRef, row_idx: usize) -> Value {
    if array.is_null(row_idx) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Utf8 => json!(array.as_string::<i32>().value(row_idx)),
        DataType::Boolean => json!(array.as_boolean().value(row_idx)),
        DataType::UInt8 => json!(array.as_primitive::<UInt8Type>().value(row_idx)),
        DataType::UInt16 => json!(array.as_primitive::<UInt16Type>().value(row_idx)),
        DataType::UInt32 => json!(array.as_primitive::<UInt32Type>().value(row_idx)),
        DataType::UInt64 => json!(array.as_primitive::<UInt64Type>().value(row_idx)),
        DataType::Int64 => json!(array.as_primitive::<Int64Type>().value(row_idx)),
        DataType::Date32 => date(array.as_primitive::<Date32Type>().value(row_idx)),
        DataType::Timestamp(..) => {
            json!(tutela_model::time::utc(array.as_primitive::<TimestampMicrosecondType>().value(row_idx)))
        }
        DataType::FixedSizeBinary(16) => {
            address_at(array, row_idx).map_or(Value::Null, |at| json!(at.to_string()))
        }
        // Tables have no other types; were one added, its name is shown rather than nothing.
        other => json!(format!("<{other}>")),
    }
}

/// A number of a column as a value of it.
pub fn number(number: i128, kind: Kind) -> Value {
    let near = i64::try_from(number).unwrap_or(i64::MAX);
    match kind {
        Kind::Instant => json!(tutela_model::time::utc(near)),
        Kind::Date => date(i32::try_from(near).unwrap_or(i32::MAX)),
        // Numbers go up to those of 64 bits, and the end of a stretch may be the one after.
        _ => i64::try_from(number)
            .map_or_else(|_| json!(u64::try_from(number).unwrap_or(u64::MAX)), Value::from),
    }
}

fn date(days: i32) -> Value {
    let epoch = Date::constant(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().days(days)).map_or(Value::Null, |date| json!(date.to_string()))
}

#[cfg(test)]
mod tests {
    use tutela_model::Spot;
    use tutela_model::field::Reading;
    use tutela_model::tables::{Builders, Lease};
    use tutela_model::{Row, Table as _};

    use super::*;

    #[test]
    fn a_stored_row_reads_as_it_was_written_with_instants_in_utc() {
        let cells = ["alfanet", "2001:db8::/56", "", "", "2026-03-01T20:00:00+01:00", "", "L-1", "fixed", ""]
            .map(Some);
        let lease = Lease::from_cells(&cells, &Reading::default(), Spot::Line(2)).expect("a lease");
        let mut builders = Builders::default();
        builders.push(&Row::from(lease), usize::MAX);
        let batch = builders.finish().remove("lease").expect("a batch").1;
        let row = row_json(&batch, 0);
        assert_eq!(row["address"], "2001:db8::/56");
        assert_eq!(row["from"], "2026-03-01T19:00:00Z");
        assert_eq!(row["until"], Value::Null);
        let text = row_text(&Lease::INFO, &row);
        assert!(text.contains(&("from_said".to_owned(), "2026-03-01T20:00:00+01:00".to_owned())));
        assert!(!text.iter().any(|(name, _)| name == "address_said" || name == "until"), "{text:?}");
    }
}
