//! From the engine's columns to cells that a program or a person reads, and the functions that do the same in a query.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, FixedSizeBinaryBuilder, RecordBatch, StringBuilder,
};
use datafusion::arrow::datatypes::{
    DataType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit,
    TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::cast::as_string_array;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use serde_json::Value;
use tutela_model::Address;
use tutela_model::field::address_at;
use tutela_model::time::utc;

/// How many bytes a stored address has.
const ADDRESS_BYTES: i32 = 16;

/// The rows of a batch.
pub fn rows(batch: &RecordBatch) -> Result<Vec<Vec<Value>>> {
    let columns = batch.columns().iter().map(values).collect::<Result<Vec<_>>>()?;
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let row = |_| columns.iter_mut().filter_map(Iterator::next).collect();
    Ok((0..batch.num_rows()).map(row).collect())
}

fn values(array: &ArrayRef) -> Result<Vec<Value>> {
    macro_rules! numbers {
        ($kind:ty) => {
            array.as_primitive::<$kind>().iter().map(|value| value.map_or(Value::Null, Value::from)).collect()
        };
    }
    Ok(match array.data_type() {
        DataType::Boolean => {
            array.as_boolean().iter().map(|value| value.map_or(Value::Null, Value::from)).collect()
        }
        DataType::Int8 => numbers!(Int8Type),
        DataType::Int16 => numbers!(Int16Type),
        DataType::Int32 => numbers!(Int32Type),
        DataType::Int64 => numbers!(Int64Type),
        DataType::UInt8 => numbers!(UInt8Type),
        DataType::UInt16 => numbers!(UInt16Type),
        DataType::UInt32 => numbers!(UInt32Type),
        DataType::UInt64 => numbers!(UInt64Type),
        DataType::Float32 => numbers!(Float32Type),
        DataType::Float64 => numbers!(Float64Type),
        DataType::FixedSizeBinary(ADDRESS_BYTES) => (0..array.len())
            .map(|row_idx| {
                address_at(array, row_idx).map_or(Value::Null, |address| address.to_string().into())
            })
            .collect(),
        DataType::Timestamp(TimeUnit::Microsecond, Some(zone)) if &**zone == "UTC" => array
            .as_primitive::<TimestampMicrosecondType>()
            .iter()
            .map(|at_us| at_us.map_or(Value::Null, |at_us| utc(at_us).into()))
            .collect(),
        _ => texts(array)?,
    })
}

/// Every other kind of value as Arrow writes it.
fn texts(array: &ArrayRef) -> Result<Vec<Value>> {
    let formatter = ArrayFormatter::try_new(array, &FormatOptions::default())?;
    let text = |row_idx| {
        if array.is_null(row_idx) {
            Ok(Value::Null)
        } else {
            Ok(formatter.value(row_idx).try_to_string()?.into())
        }
    };
    (0..array.len()).map(text).collect()
}

/// The functions that a query has besides the engine's own.
pub fn functions() -> [ScalarUDF; 2] {
    let bytes = DataType::FixedSizeBinary(ADDRESS_BYTES);
    let to_text = |values: &[ColumnarValue]| {
        let array = values[0].to_array(1)?;
        let mut texts = StringBuilder::new();
        for row_idx in 0..array.len() {
            texts.append_option(address_at(&array, row_idx).map(|address| address.to_string()));
        }
        Ok(ColumnarValue::Array(Arc::new(texts.finish())))
    };
    let to_bytes = |values: &[ColumnarValue]| {
        let array = values[0].to_array(1)?;
        let mut bytes = FixedSizeBinaryBuilder::new(ADDRESS_BYTES);
        for text in as_string_array(&array)? {
            match text.map(str::parse::<Address>).transpose() {
                Ok(Some(address)) => bytes.append_value(address.bytes())?,
                Ok(None) => bytes.append_null(),
                Err(error) => return Err(DataFusionError::Plan(error.to_string())),
            }
        }
        Ok(ColumnarValue::Array(Arc::new(bytes.finish())))
    };
    [
        create_udf(
            "address_text",
            vec![bytes.clone()],
            DataType::Utf8,
            Volatility::Immutable,
            Arc::new(to_text),
        ),
        create_udf("address", vec![DataType::Utf8], bytes, Volatility::Immutable, Arc::new(to_bytes)),
    ]
}
