//! What a column holds, and numbers that have the order of its values.

use std::sync::Arc;

use arrow_array::builder::FixedSizeBinaryBuilder;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Date32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Int64Array, StringArray, TimestampMicrosecondArray,
    UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_schema::DataType;
use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Text.
    Text,
    /// True or false: 1 or 0.
    Truth,
    /// A whole number from 0.
    Unsigned,
    /// A whole number.
    Signed,
    /// Days since 1970-01-01.
    Date,
    /// Microseconds since 1970-01-01, UTC.
    Instant,
    /// An address of 128 bits.
    Address,
}

/// The sign of 64 bits, the other way round: numbers then have the order of their bits.
const SIGN: u64 = 1 << 63;

impl Kind {
    /// What a column of this type holds.
    #[must_use]
    pub fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Boolean => Self::Truth,
            DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => Self::Unsigned,
            DataType::Int64 => Self::Signed,
            DataType::Date32 => Self::Date,
            DataType::Timestamp(..) => Self::Instant,
            DataType::FixedSizeBinary(16) => Self::Address,
            // Tables have no other types.
            _ => Self::Text,
        }
    }

    fn is_signed(self) -> bool {
        matches!(self, Self::Signed | Self::Date | Self::Instant)
    }

    /// The number that stands for a value. What is below all values has the number of the least one.
    #[must_use]
    pub fn key(self, value: i128) -> u128 {
        let least = if self.is_signed() { i128::from(i64::MIN) } else { 0 };
        (value.max(least) - least) as u128
    }

    /// The value that a number stands for; an address is its own number.
    #[must_use]
    pub fn value(self, key: u128) -> i128 {
        let least = if self.is_signed() { i128::from(i64::MIN) } else { 0 };
        (key as i128).wrapping_add(least)
    }
}

/// The number of each row of a column of eight bytes or fewer; none where there is no value.
pub fn narrow(array: &ArrayRef, each: &mut dyn FnMut(Option<u64>)) {
    macro_rules! numbers {
        ($type:ty, $key:expr) => {
            array.as_primitive::<$type>().iter().for_each(|value| each(value.map($key)))
        };
    }
    match array.data_type() {
        DataType::Boolean => array.as_boolean().iter().for_each(|value| each(value.map(u64::from))),
        DataType::UInt8 => numbers!(UInt8Type, u64::from),
        DataType::UInt16 => numbers!(UInt16Type, u64::from),
        DataType::UInt32 => numbers!(UInt32Type, u64::from),
        DataType::UInt64 => numbers!(UInt64Type, |value| value),
        DataType::Int64 => numbers!(Int64Type, |value| value as u64 ^ SIGN),
        DataType::Date32 => numbers!(Date32Type, |value| i64::from(value) as u64 ^ SIGN),
        _ => numbers!(TimestampMicrosecondType, |value| value as u64 ^ SIGN),
    }
}

/// The number of each row of a column of addresses.
pub fn wide(array: &ArrayRef, each: &mut dyn FnMut(Option<u128>)) {
    let array = array.as_fixed_size_binary();
    for row in 0..array.len() {
        let bytes = array.is_valid(row).then(|| array.value(row));
        each(bytes.map(|bytes| u128::from_be_bytes(bytes.try_into().expect("addresses have 16 bytes"))));
    }
}

/// A column of values from their numbers.
pub fn numbers(data_type: &DataType, keys: &[Option<u128>]) -> ArrayRef {
    macro_rules! array {
        ($array:ty, $value:expr) => {
            Arc::new(keys.iter().map(|key| key.map($value)).collect::<$array>())
        };
    }
    let signed = |key: u128| (key as u64 ^ SIGN) as i64;
    match data_type {
        DataType::Boolean => array!(BooleanArray, |key| key != 0),
        DataType::UInt8 => array!(UInt8Array, |key| key as u8),
        DataType::UInt16 => array!(UInt16Array, |key| key as u16),
        DataType::UInt32 => array!(UInt32Array, |key| key as u32),
        DataType::UInt64 => array!(UInt64Array, |key| key as u64),
        DataType::Int64 => array!(Int64Array, signed),
        DataType::Date32 => array!(Date32Array, |key| signed(key) as i32),
        DataType::FixedSizeBinary(_) => {
            let mut builder = FixedSizeBinaryBuilder::new(16);
            for key in keys {
                match key {
                    Some(key) => builder.append_value(key.to_be_bytes()).expect("16 bytes"),
                    None => builder.append_null(),
                }
            }
            Arc::new(builder.finish())
        }
        _ => {
            let instants: TimestampMicrosecondArray = keys.iter().map(|key| key.map(signed)).collect();
            Arc::new(instants.with_data_type(data_type.clone()))
        }
    }
}

/// A column of texts.
pub fn texts(texts: &[Option<String>]) -> ArrayRef {
    Arc::new(texts.iter().map(Option::as_deref).collect::<StringArray>())
}

/// A text as it is looked for: in lower case, each letter by itself.
pub fn fold(text: &str) -> String {
    match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => text.chars().flat_map(char::to_lowercase).collect(),
    }
}
