//! Parquet with the table's column names. Columns of any plain type are read as the text that they stand for.

use std::io::{self, Read, SeekFrom};
use std::sync::{Arc, Mutex};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use tutela_model::TableInfo;
use tutela_model::place::Spot;
use tutela_model::source::{Bytes as SourceBytes, Declared, Input, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use super::Target;
use crate::compression::seekable;

/// Records decoded at a time.
const BATCH: usize = 4096;

pub(super) fn read(
    input: Input,
    table: &'static TableInfo,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let input = match seekable(input)? {
        Ok(input) => input,
        Err(problem) => {
            sink.record();
            return sink.problem(problem);
        }
    };
    let len = input.len;
    let chunks = Chunks { bytes: Arc::new(Mutex::new(input.bytes)), len };
    // The decoder is foreign code on foreign bytes: should a damaged file make it panic, that is a problem of the file.
    let opened = guarded(|| {
        let builder = ParquetRecordBatchReaderBuilder::try_new(chunks)?;
        let n_rows: i64 = builder.metadata().file_metadata().num_rows();
        let schema = builder.schema().clone();
        Ok((builder.with_batch_size(BATCH).build()?, schema, n_rows))
    });
    let (batches, schema, n_rows) = match opened {
        Ok(opened) => opened,
        Err(error) => return damaged(&error, 1, sink),
    };
    let header = schema.fields().iter().map(|field| field.name().as_str());
    let target = Target::of_header(table, declared, header, &Spot::Record(0), sink)?;
    records(batches, &target, n_rows.max(1) as u64, len, sink)
}

fn records(
    mut batches: ParquetRecordBatchReader,
    target: &Target,
    n_rows: u64,
    len: u64,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let mut record = 0;
    loop {
        let batch = match guarded(|| batches.next().transpose().map_err(ParquetError::from)) {
            Ok(Some(batch)) => batch,
            Ok(None) => break,
            Err(error) => return damaged(&error, record + 1, sink),
        };
        for row_idx in 0..batch.num_rows() {
            record += 1;
            sink.record();
            one_record(&batch, row_idx, target, Spot::Record(record), sink)?;
        }
        sink.progress((u128::from(len) * u128::from(record.min(n_rows)) / u128::from(n_rows)) as u64);
    }
    sink.progress(len);
    Ok(())
}

fn one_record(
    batch: &RecordBatch,
    row_idx: usize,
    target: &Target,
    place: Spot,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let mut cells = vec![None; batch.num_columns()];
    for column in target.columns.iter().flatten() {
        match text_of(batch.column(*column), row_idx) {
            Ok(cell) => cells[*column] = cell,
            Err(kind) => {
                let name = batch.schema_ref().field(*column).name().clone();
                let expected = "a column of text, numbers, truth values, dates or timestamps";
                return sink.problem(Problem::new(ProblemKind::BadValue, place, &name, expected, &kind));
            }
        }
    }
    target.record(|column| cells[column].as_deref(), place, sink)
}

fn damaged(error: &ParquetError, record: u64, sink: &mut dyn Sink) -> Result<(), Refusal> {
    sink.record();
    let place = Spot::Record(record);
    let problem =
        Problem::new(ProblemKind::Malformed, place, "", "an intact Parquet file", &error.to_string());
    sink.problem(problem.mend("ask for the file again; what was read before this place is kept"))
}

fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(ParquetError::General("the Parquet decoder gave up on these bytes".to_owned()))
    })
}

/// The text that a value stands for; the error is the kind of a column that has none.
pub(crate) fn text_of(array: &ArrayRef, row_idx: usize) -> Result<Option<String>, String> {
    if array.is_null(row_idx) {
        return Ok(None);
    }
    macro_rules! number {
        ($kind:ty) => {
            array.as_primitive::<$kind>().value(row_idx).to_string()
        };
    }
    let text = match array.data_type() {
        DataType::Null => return Ok(None),
        DataType::Utf8 => array.as_string::<i32>().value(row_idx).to_owned(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row_idx).to_owned(),
        DataType::Utf8View => array.as_string_view().value(row_idx).to_owned(),
        DataType::Binary => bytes_text(array.as_binary::<i32>().value(row_idx))?,
        DataType::LargeBinary => bytes_text(array.as_binary::<i64>().value(row_idx))?,
        DataType::Boolean => array.as_boolean().value(row_idx).to_string(),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float32 => number!(Float32Type),
        DataType::Float64 => number!(Float64Type),
        DataType::Date32 => date_text(array.as_primitive::<Date32Type>().value(row_idx))?,
        DataType::Timestamp(unit, zone) => timestamp_text(array, row_idx, *unit, zone.is_some())?,
        other => return Err(other.to_string()),
    };
    Ok(Some(text))
}

fn bytes_text(bytes: &[u8]) -> Result<String, String> {
    String::from_utf8(bytes.to_vec()).map_err(|_| "bytes that are not UTF-8".to_owned())
}

/// A timestamp as RFC 3339: with `Z` when its column is an instant, else local.
fn timestamp_text(
    array: &ArrayRef,
    row_idx: usize,
    unit: TimeUnit,
    is_instant: bool,
) -> Result<String, String> {
    let (value, per_second, decimals) = match unit {
        TimeUnit::Second => (array.as_primitive::<TimestampSecondType>().value(row_idx), 1, 0),
        TimeUnit::Millisecond => (array.as_primitive::<TimestampMillisecondType>().value(row_idx), 1_000, 3),
        TimeUnit::Microsecond => {
            (array.as_primitive::<TimestampMicrosecondType>().value(row_idx), 1_000_000, 6)
        }
        TimeUnit::Nanosecond => {
            (array.as_primitive::<TimestampNanosecondType>().value(row_idx), 1_000_000_000, 9)
        }
    };
    let bad = |_| format!("{value} {unit:?}s since 1970");
    let nanoseconds = i128::from(value) * (1_000_000_000 / i128::from(per_second));
    let at = jiff::Timestamp::from_nanosecond(nanoseconds).map_err(bad)?;
    let local = at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    let zone = if is_instant { "Z" } else { "" };
    Ok(format!("{local:.decimals$}{zone}"))
}

/// A day counted from 1970-01-01.
fn date_text(days: i32) -> Result<String, String> {
    let first = jiff::civil::date(1970, 1, 1);
    let bad = |_| format!("{days} days since 1970");
    let span = jiff::Span::new().try_days(days).map_err(bad)?;
    Ok(first.checked_add(span).map_err(bad)?.to_string())
}

/// The received bytes, as the decoder asks for them.
struct Chunks {
    bytes: Arc<Mutex<Box<dyn SourceBytes>>>,
    len: u64,
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for Chunks {
    type T = Chunk;

    fn get_read(&self, start: u64) -> Result<Chunk, ParquetError> {
        Ok(Chunk { bytes: Arc::clone(&self.bytes), at: start })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        // A damaged file may ask for more than it has: never make room for that.
        let left = self.len.saturating_sub(start);
        if length as u64 > left {
            return Err(ParquetError::EOF(format!("{length} bytes at {start}, of a file of {}", self.len)));
        }
        let mut buffer = Vec::with_capacity(length);
        self.get_read(start)?.take(length as u64).read_to_end(&mut buffer)?;
        if buffer.len() != length {
            return Err(ParquetError::EOF(format!("{length} bytes at {start}, found {}", buffer.len())));
        }
        Ok(buffer.into())
    }
}

struct Chunk {
    bytes: Arc<Mutex<Box<dyn SourceBytes>>>,
    at: u64,
}

impl Read for Chunk {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut bytes = self.bytes.lock().map_err(|_| io::Error::other("the file was left half read"))?;
        bytes.seek(SeekFrom::Start(self.at))?;
        let n_read = bytes.read(into)?;
        self.at += n_read as u64;
        Ok(n_read)
    }
}
