//! What a value in a row is: how it is read from a cell, stored in Arrow columns and read back.

use std::fmt;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, FixedSizeBinaryBuilder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder, UInt8Builder, UInt16Builder, UInt32Builder, UInt64Builder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field as Column, TimeUnit};
use jiff::civil;

use crate::Text;
use crate::address::{Address, NotAnAddress, Prefix};
use crate::form::TimeForm;
use crate::place::Spot;
use crate::time::{Date, NotATime, Precision, Time, Zone, ZoneKnown};
use crate::words::Words;

/// What a cell should have held, when it did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The column, by its name in the table.
    pub column: &'static str,
    /// What sort of flaw.
    pub kind: FlawKind,
    /// What was expected, in words.
    pub expected: String,
    /// What stood there.
    pub found: String,
}

/// What sort of flaw a cell has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlawKind {
    /// Empty, and the table needs a value.
    Missing,
    /// Not a value of the column's kind.
    Value,
    /// A local time, with no zone in the text and none declared: the import stops, because a zone is never guessed.
    ZoneMissing,
    /// Two cells that contradict each other.
    Contradiction,
}

/// What is needed to read cells besides the cells.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The zone that the officer declared for local times.
    pub zone: Option<Zone>,
    /// How the columns of these names write their times and dates, where it is not as RFC 3339 says.
    pub forms: Vec<(&'static str, TimeForm)>,
}

impl Reading {
    fn form(&self, name: &str) -> Option<&TimeForm> {
        self.forms.iter().find(|(column, _)| *column == name).map(|(_, form)| form)
    }
}

/// A kind of value that a table's row can hold.
pub trait Field: Sized {
    /// Arrow builders for the value's columns.
    type Builder: Default;
    /// How many Arrow columns the value takes.
    const WIDTH: usize;
    /// Whether an empty cell is a flaw.
    const REQUIRED: bool;
    /// The kind in words, for the data dictionary.
    fn kind() -> String;
    /// The Arrow columns, for a value called `name`.
    fn columns(name: &str) -> Vec<Column>;
    /// Appends the value.
    fn append(&self, builder: &mut Self::Builder);
    /// Ends the columns.
    fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>);
    /// Reads the value back from its columns.
    fn get(arrays: &[ArrayRef], row_idx: usize) -> Self;
    /// How many bytes of foreign text the value holds; 0 where its kind bounds it to a few.
    fn text_bytes(&self) -> usize {
        0
    }
    /// Reads the value from a cell that is not empty.
    ///
    /// # Errors
    /// The flaw's kind and what was expected.
    fn parse(cell: &str, reading: &Reading) -> Result<Self, (FlawKind, String)>;
    /// The value of an empty cell.
    fn empty() -> Option<Self>;

    /// Reads the value from a cell that is not empty and is written in a form of its own. Only times and dates are.
    ///
    /// # Errors
    /// As [`Field::parse`].
    fn parse_form(cell: &str, _: &TimeForm, reading: &Reading) -> Result<Self, (FlawKind, String)> {
        Self::parse(cell, reading)
    }

    /// Reads the value of column `name`; a cell of blanks is an empty one.
    ///
    /// # Errors
    /// The flaw, with column and content.
    fn from_cell(name: &'static str, cell: Option<&str>, reading: &Reading) -> Result<Self, Flaw> {
        let cell = cell.map(trimmed).unwrap_or_default();
        if cell.is_empty() {
            return Self::empty().ok_or_else(|| Flaw {
                column: name,
                kind: FlawKind::Missing,
                expected: Self::kind(),
                found: String::new(),
            });
        }
        let value = match reading.form(name) {
            Some(form) => Self::parse_form(cell, form, reading),
            None => Self::parse(cell, reading),
        };
        value.map_err(|(kind, expected)| Flaw { column: name, kind, expected, found: clip(cell) })
    }
}

/// A cell without blanks around it. Most have none, and are not searched for those of other alphabets.
#[must_use]
pub fn trimmed(cell: &str) -> &str {
    match cell.as_bytes() {
        [] => cell,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
        _ => cell.trim(),
    }
}

/// The most of a bad value that a problem quotes, in characters.
const QUOTED: usize = 200;

/// The beginning of a value that may be as large as its file, for use in a message.
#[must_use]
pub fn clip(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

fn bad(expected: impl fmt::Display) -> (FlawKind, String) {
    (FlawKind::Value, expected.to_string())
}

impl Field for Text {
    type Builder = StringBuilder;
    const WIDTH: usize = 1;
    const REQUIRED: bool = true;
    fn kind() -> String {
        "text".to_owned()
    }
    fn columns(name: &str) -> Vec<Column> {
        vec![Column::new(name, DataType::Utf8, false)]
    }
    fn append(&self, builder: &mut Self::Builder) {
        builder.append_value(self);
    }
    fn text_bytes(&self) -> usize {
        self.len()
    }
    fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>) {
        arrays.push(Arc::new(builder.finish()));
    }
    fn get(arrays: &[ArrayRef], row_idx: usize) -> Self {
        arrays[0].as_string::<i32>().value(row_idx).into()
    }
    fn parse(cell: &str, _: &Reading) -> Result<Self, (FlawKind, String)> {
        Ok(cell.into())
    }
    fn empty() -> Option<Self> {
        None
    }
}

impl Field for Option<Text> {
    type Builder = StringBuilder;
    const WIDTH: usize = 1;
    const REQUIRED: bool = false;
    fn kind() -> String {
        "text".to_owned()
    }
    fn columns(name: &str) -> Vec<Column> {
        vec![Column::new(name, DataType::Utf8, true)]
    }
    fn append(&self, builder: &mut Self::Builder) {
        builder.append_option(self.as_ref());
    }
    fn text_bytes(&self) -> usize {
        self.as_ref().map_or(0, |text| text.len())
    }
    fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>) {
        arrays.push(Arc::new(builder.finish()));
    }
    fn get(arrays: &[ArrayRef], row_idx: usize) -> Self {
        let array = arrays[0].as_string::<i32>();
        array.is_valid(row_idx).then(|| array.value(row_idx).into())
    }
    fn parse(cell: &str, _: &Reading) -> Result<Self, (FlawKind, String)> {
        Ok(Some(cell.into()))
    }
    fn empty() -> Option<Self> {
        Some(None)
    }
}

/// Numbers and truth values that may be unknown: one Arrow column of their own type.
macro_rules! optional_primitive {
    ($($value:ty, $builder:ty, $arrow_type:expr, $read:expr, $kind:literal, $low:expr, $high:expr;)+) => {$(
        impl Field for Option<$value> {
            type Builder = $builder;
            const WIDTH: usize = 1;
            const REQUIRED: bool = false;
            fn kind() -> String {
                $kind.to_owned()
            }
            fn columns(name: &str) -> Vec<Column> {
                vec![Column::new(name, $arrow_type, true)]
            }
            fn append(&self, builder: &mut Self::Builder) {
                builder.append_option(*self);
            }
            fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>) {
                arrays.push(Arc::new(builder.finish()));
            }
            fn get(arrays: &[ArrayRef], row_idx: usize) -> Self {
                let array = $read(&arrays[0]);
                array.is_valid(row_idx).then(|| array.value(row_idx))
            }
            fn parse(cell: &str, _: &Reading) -> Result<Self, (FlawKind, String)> {
                cell.parse::<$value>()
                    .ok()
                    .filter(|value| ($low..=$high).contains(value))
                    .map(Some)
                    .ok_or_else(|| bad($kind))
            }
            fn empty() -> Option<Self> {
                Some(None)
            }
        }
    )+};
}

optional_primitive! {
    u16, UInt16Builder, DataType::UInt16, |array: &ArrayRef| array.as_primitive::<UInt16Type>().clone(),
        "a port number from 1 to 65535", 1, u16::MAX;
    u32, UInt32Builder, DataType::UInt32, |array: &ArrayRef| array.as_primitive::<UInt32Type>().clone(),
        "a whole number from 0 to 4294967295", 0, u32::MAX;
    u64, UInt64Builder, DataType::UInt64, |array: &ArrayRef| array.as_primitive::<UInt64Type>().clone(),
        "a whole number from 0", 0, u64::MAX;
    i64, Int64Builder, DataType::Int64, |array: &ArrayRef| array.as_primitive::<Int64Type>().clone(),
        "a whole number", i64::MIN, i64::MAX;
}

impl Field for Option<bool> {
    type Builder = BooleanBuilder;
    const WIDTH: usize = 1;
    const REQUIRED: bool = false;
    fn kind() -> String {
        "true or false".to_owned()
    }
    fn columns(name: &str) -> Vec<Column> {
        vec![Column::new(name, DataType::Boolean, true)]
    }
    fn append(&self, builder: &mut Self::Builder) {
        builder.append_option(*self);
    }
    fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>) {
        arrays.push(Arc::new(builder.finish()));
    }
    fn get(arrays: &[ArrayRef], row_idx: usize) -> Self {
        let array = arrays[0].as_boolean();
        array.is_valid(row_idx).then(|| array.value(row_idx))
    }
    fn parse(cell: &str, _: &Reading) -> Result<Self, (FlawKind, String)> {
        cell.parse().map(Some).map_err(|_| bad(Self::kind()))
    }
    fn empty() -> Option<Self> {
        Some(None)
    }
}

impl<W: Words> Field for W {
    type Builder = StringBuilder;
    const WIDTH: usize = 1;
    const REQUIRED: bool = true;
    fn kind() -> String {
        let words: Vec<&str> = W::ALL.iter().map(|value| value.word()).collect();
        format!("one of: {}", words.join(", "))
    }
    fn columns(name: &str) -> Vec<Column> {
        vec![Column::new(name, DataType::Utf8, false)]
    }
    fn append(&self, builder: &mut Self::Builder) {
        builder.append_value(self.word());
    }
    fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>) {
        arrays.push(Arc::new(builder.finish()));
    }
    fn get(arrays: &[ArrayRef], row_idx: usize) -> Self {
        W::from_word(arrays[0].as_string::<i32>().value(row_idx)).expect("tables hold declared words only")
    }
    fn parse(cell: &str, _: &Reading) -> Result<Self, (FlawKind, String)> {
        W::from_word(cell).ok_or_else(|| bad(Self::kind()))
    }
    fn empty() -> Option<Self> {
        <W as Words>::empty()
    }
}

/// Builders of an address that may be unknown: its bytes, and what the source said.
pub struct AddressBuilder {
    bits: FixedSizeBinaryBuilder,
    said: StringBuilder,
}

impl Default for AddressBuilder {
    fn default() -> Self {
        Self { bits: FixedSizeBinaryBuilder::new(16), said: StringBuilder::new() }
    }
}

/// An address, with what the source wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressSaid {
    /// The address.
    pub address: Address,
    /// What the source wrote.
    pub said: Text,
}

impl AddressSaid {
    /// Reads an address and keeps what was written.
    ///
    /// # Errors
    /// What is no address.
    pub fn parse(said: &str) -> Result<Self, NotAnAddress> {
        Ok(Self { address: said.parse()?, said: said.into() })
    }
}

fn parse_address(cell: &str) -> Result<AddressSaid, (FlawKind, String)> {
    AddressSaid::parse(cell).map_err(|_| bad("an IPv4 or IPv6 address"))
}

fn address_columns(name: &str, optional: bool) -> Vec<Column> {
    vec![
        Column::new(name, DataType::FixedSizeBinary(16), optional),
        Column::new(format!("{name}_said"), DataType::Utf8, optional),
    ]
}

impl AddressBuilder {
    fn push(&mut self, value: Option<(Address, &str)>) {
        match value {
            Some((address, said)) => {
                self.bits.append_value(address.bytes()).expect("an address has 16 bytes");
                self.said.append_value(said);
            }
            None => {
                self.bits.append_null();
                self.said.append_null();
            }
        }
    }

    fn finish(&mut self, arrays: &mut Vec<ArrayRef>) {
        arrays.push(Arc::new(self.bits.finish()));
        arrays.push(Arc::new(self.said.finish()));
    }
}

/// The address in row `row_idx` of a 16-byte column.
#[must_use]
pub fn address_at(array: &ArrayRef, row_idx: usize) -> Option<Address> {
    let array = array.as_fixed_size_binary();
    let bytes = array.is_valid(row_idx).then(|| array.value(row_idx))?;
    Some(Address(u128::from_be_bytes(bytes.try_into().expect("16 bytes"))))
}

impl Field for AddressSaid {
    type Builder = AddressBuilder;
    const WIDTH: usize = 2;
    const REQUIRED: bool = true;
    fn kind() -> String {
        "an IPv4 or IPv6 address".to_owned()
    }
    fn columns(name: &str) -> Vec<Column> {
        address_columns(name, false)
    }
    fn append(&self, builder: &mut Self::Builder) {
        builder.push(Some((self.address, &self.said)));
    }
    fn text_bytes(&self) -> usize {
        self.said.len()
    }
    fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>) {
        builder.finish(arrays);
    }
    fn get(arrays: &[ArrayRef], row_idx: usize) -> Self {
        let address = address_at(&arrays[0], row_idx).expect("the column has no empty cell");
        Self { address, said: Text::get(&arrays[1..], row_idx) }
    }
    fn parse(cell: &str, _: &Reading) -> Result<Self, (FlawKind, String)> {
        parse_address(cell)
    }
    fn empty() -> Option<Self> {
        None
    }
}

impl Field for Option<AddressSaid> {
    type Builder = AddressBuilder;
    const WIDTH: usize = 2;
    const REQUIRED: bool = false;
    fn kind() -> String {
        AddressSaid::kind()
    }
    fn columns(name: &str) -> Vec<Column> {
        address_columns(name, true)
    }
    fn append(&self, builder: &mut Self::Builder) {
        builder.push(self.as_ref().map(|value| (value.address, value.said.as_str())));
    }
    fn text_bytes(&self) -> usize {
        self.as_ref().map_or(0, Field::text_bytes)
    }
    fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>) {
        builder.finish(arrays);
    }
    fn get(arrays: &[ArrayRef], row_idx: usize) -> Self {
        let address = address_at(&arrays[0], row_idx)?;
        Some(AddressSaid { address, said: Text::get(&arrays[1..], row_idx) })
    }
    fn parse(cell: &str, _: &Reading) -> Result<Self, (FlawKind, String)> {
        parse_address(cell).map(Some)
    }
    fn empty() -> Option<Self> {
        Some(None)
    }
}

/// An address range, with what the source wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrefixSaid {
    /// The range.
    pub prefix: Prefix,
    /// What the source wrote.
    pub said: Text,
}

/// Builders of an address range.
#[derive(Default)]
pub struct PrefixBuilder {
    low: AddressBuilder,
    bits: UInt8Builder,
}

impl Field for PrefixSaid {
    type Builder = PrefixBuilder;
    const WIDTH: usize = 3;
    const REQUIRED: bool = true;
    fn kind() -> String {
        "an IPv4 or IPv6 address, or a prefix such as 192.0.2.0/24".to_owned()
    }
    fn columns(name: &str) -> Vec<Column> {
        let mut columns = address_columns(name, false);
        columns.push(Column::new(format!("{name}_bits"), DataType::UInt8, false));
        columns
    }
    fn append(&self, builder: &mut Self::Builder) {
        builder.low.push(Some((self.prefix.low, &self.said)));
        builder.bits.append_value(self.prefix.bits);
    }
    fn text_bytes(&self) -> usize {
        self.said.len()
    }
    fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>) {
        builder.low.finish(arrays);
        arrays.push(Arc::new(builder.bits.finish()));
    }
    fn get(arrays: &[ArrayRef], row_idx: usize) -> Self {
        let AddressSaid { address: low, said } = AddressSaid::get(arrays, row_idx);
        Self { prefix: Prefix { low, bits: arrays[2].as_primitive::<UInt8Type>().value(row_idx) }, said }
    }
    fn parse(cell: &str, _: &Reading) -> Result<Self, (FlawKind, String)> {
        match cell.parse() {
            Ok(prefix) => Ok(Self { prefix, said: cell.into() }),
            Err(NotAnAddress::HostBits(_)) => Err(bad("a prefix with no bits set after its length")),
            Err(_) => Err(bad(Self::kind())),
        }
    }
    fn empty() -> Option<Self> {
        None
    }
}

/// Builders of an instant: value, what the source said, precision, how the zone is known.
pub struct TimeBuilder {
    at: TimestampMicrosecondBuilder,
    said: StringBuilder,
    precision: StringBuilder,
    zone: StringBuilder,
}

impl Default for TimeBuilder {
    fn default() -> Self {
        Self {
            at: TimestampMicrosecondBuilder::new().with_timezone("UTC"),
            said: StringBuilder::new(),
            precision: StringBuilder::new(),
            zone: StringBuilder::new(),
        }
    }
}

fn time_columns(name: &str, optional: bool) -> Vec<Column> {
    vec![
        Column::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), optional),
        Column::new(format!("{name}_said"), DataType::Utf8, optional),
        Column::new(format!("{name}_precision"), DataType::Utf8, optional),
        Column::new(format!("{name}_zone"), DataType::Utf8, optional),
    ]
}

impl TimeBuilder {
    fn push(&mut self, time: Option<&Time>) {
        self.at.append_option(time.map(|time| time.at_us));
        self.said.append_option(time.map(|time| time.said.as_str()));
        self.precision.append_option(time.map(|time| time.precision.word()));
        self.zone.append_option(time.map(|time| time.zone.word()));
    }

    fn finish(&mut self, arrays: &mut Vec<ArrayRef>) {
        arrays.push(Arc::new(self.at.finish()));
        arrays.push(Arc::new(self.said.finish()));
        arrays.push(Arc::new(self.precision.finish()));
        arrays.push(Arc::new(self.zone.finish()));
    }
}

fn parse_time(cell: &str, reading: &Reading) -> Result<Time, (FlawKind, String)> {
    Time::parse(cell, reading.zone.as_ref()).map_err(time_flaw)
}

fn parse_time_form(cell: &str, form: &TimeForm, reading: &Reading) -> Result<Time, (FlawKind, String)> {
    form.read_time(cell, reading.zone.as_ref()).map_err(|flaw| match flaw {
        NotATime::Form => bad(form.expected()),
        flaw => time_flaw(flaw),
    })
}

/// The flaw that a text has which is no instant.
#[must_use]
pub fn time_flaw(flaw: NotATime) -> (FlawKind, String) {
    match flaw {
        NotATime::Form => bad("a time such as 2026-03-01T20:00:00Z"),
        NotATime::Calendar => bad("a time that the calendar has"),
        NotATime::Implausible => bad("a time from 1970 to 2100; leave it empty when it stands for no end"),
        NotATime::Skipped => {
            bad("a local time that the clocks showed: this one was skipped when they were set forward")
        }
        NotATime::ZoneMissing => (FlawKind::ZoneMissing, "a time with its zone".to_owned()),
    }
}

fn time_at(arrays: &[ArrayRef], row_idx: usize) -> Option<Time> {
    let at = arrays[0].as_primitive::<TimestampMicrosecondType>();
    at.is_valid(row_idx).then(|| Time {
        at_us: at.value(row_idx),
        said: Text::get(&arrays[1..], row_idx),
        precision: Precision::get(&arrays[2..], row_idx),
        zone: ZoneKnown::get(&arrays[3..], row_idx),
    })
}

impl Field for Time {
    type Builder = TimeBuilder;
    const WIDTH: usize = 4;
    const REQUIRED: bool = true;
    fn kind() -> String {
        "a time, RFC 3339 with offset, or local with a declared zone".to_owned()
    }
    fn columns(name: &str) -> Vec<Column> {
        time_columns(name, false)
    }
    fn append(&self, builder: &mut Self::Builder) {
        builder.push(Some(self));
    }
    fn text_bytes(&self) -> usize {
        self.said.len()
    }
    fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>) {
        builder.finish(arrays);
    }
    fn get(arrays: &[ArrayRef], row_idx: usize) -> Self {
        time_at(arrays, row_idx).expect("the column has no empty cell")
    }
    fn parse(cell: &str, reading: &Reading) -> Result<Self, (FlawKind, String)> {
        parse_time(cell, reading)
    }
    fn parse_form(cell: &str, form: &TimeForm, reading: &Reading) -> Result<Self, (FlawKind, String)> {
        parse_time_form(cell, form, reading)
    }
    fn empty() -> Option<Self> {
        None
    }
}

impl Field for Option<Time> {
    type Builder = TimeBuilder;
    const WIDTH: usize = 4;
    const REQUIRED: bool = false;
    fn kind() -> String {
        Time::kind()
    }
    fn columns(name: &str) -> Vec<Column> {
        time_columns(name, true)
    }
    fn append(&self, builder: &mut Self::Builder) {
        builder.push(self.as_ref());
    }
    fn text_bytes(&self) -> usize {
        self.as_ref().map_or(0, Field::text_bytes)
    }
    fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>) {
        builder.finish(arrays);
    }
    fn get(arrays: &[ArrayRef], row_idx: usize) -> Self {
        time_at(arrays, row_idx)
    }
    fn parse(cell: &str, reading: &Reading) -> Result<Self, (FlawKind, String)> {
        parse_time(cell, reading).map(Some)
    }
    fn parse_form(cell: &str, form: &TimeForm, reading: &Reading) -> Result<Self, (FlawKind, String)> {
        parse_time_form(cell, form, reading).map(Some)
    }
    fn empty() -> Option<Self> {
        Some(None)
    }
}

impl Field for Option<Date> {
    type Builder = Date32Builder;
    const WIDTH: usize = 1;
    const REQUIRED: bool = false;
    fn kind() -> String {
        "a date such as 1990-12-31".to_owned()
    }
    fn columns(name: &str) -> Vec<Column> {
        vec![Column::new(name, DataType::Date32, true)]
    }
    fn append(&self, builder: &mut Self::Builder) {
        builder.append_option(self.map(|date| {
            let seconds = date.duration_since(civil::date(1970, 1, 1)).as_secs();
            (seconds / 86_400) as i32
        }));
    }
    fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>) {
        arrays.push(Arc::new(builder.finish()));
    }
    fn get(arrays: &[ArrayRef], row_idx: usize) -> Self {
        let array = arrays[0].as_primitive::<Date32Type>();
        let days = array.is_valid(row_idx).then(|| array.value(row_idx))?;
        civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).ok()
    }
    fn parse(cell: &str, _: &Reading) -> Result<Self, (FlawKind, String)> {
        cell.parse().map(Some).map_err(|_| bad(Self::kind()))
    }
    fn parse_form(cell: &str, form: &TimeForm, _: &Reading) -> Result<Self, (FlawKind, String)> {
        form.read_date(cell).map(Some).ok_or_else(|| bad(form.expected().replacen("a time", "a date", 1)))
    }
    fn empty() -> Option<Self> {
        Some(None)
    }
}

impl Field for Spot {
    type Builder = SpotBuilder;
    const WIDTH: usize = 1;
    const REQUIRED: bool = true;
    fn kind() -> String {
        "a spot inside the received file".to_owned()
    }
    fn columns(name: &str) -> Vec<Column> {
        vec![Column::new(name, DataType::Utf8, false)]
    }
    fn append(&self, builder: &mut Self::Builder) {
        use fmt::Write as _;
        write!(builder.0, "{self}").expect("a string builder takes any text");
        builder.0.append_value("");
    }
    fn text_bytes(&self) -> usize {
        match self {
            Self::Cell { sheet, cell } => sheet.len() + cell.len(),
            Self::Pointer(pointer) => pointer.len(),
            Self::Inside { path, spot } => path.len() + spot.as_ref().map_or(0, |spot| spot.text_bytes()),
            Self::Line(_)
            | Self::Field { .. }
            | Self::Byte { .. }
            | Self::Page(_)
            | Self::Record(_)
            | Self::RecordField { .. } => 0,
        }
    }
    fn finish(builder: &mut Self::Builder, arrays: &mut Vec<ArrayRef>) {
        arrays.push(Arc::new(builder.0.finish()));
    }
    fn get(arrays: &[ArrayRef], row_idx: usize) -> Self {
        arrays[0].as_string::<i32>().value(row_idx).parse().expect("tables hold spots as they were written")
    }
    fn parse(cell: &str, _: &Reading) -> Result<Self, (FlawKind, String)> {
        cell.parse().map_err(|_| bad(Self::kind()))
    }
    fn empty() -> Option<Self> {
        None
    }
}

/// Builder of the column `place`: text, written without an allocation per row.
#[derive(Default)]
pub struct SpotBuilder(StringBuilder);
