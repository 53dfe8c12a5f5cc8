//! Parquet: the columns of a file as the text that their values stand for.

use std::collections::BTreeMap;
use std::io::{self, Read, SeekFrom};
use std::sync::{Arc, Mutex};

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, LargeStringArray, RecordBatch, StringArray, StringViewArray};
use arrow_schema::{DataType, TimeUnit};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use tutela_model::place::Spot;
use tutela_model::source::{Bytes as SourceBytes, Input, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use crate::compression::seekable;

/// Records decoded at a time.
const BATCH: usize = 4096;
/// What a Parquet file begins and ends with (https://parquet.apache.org/docs/file-format/).
const MAGIC: &[u8] = b"PAR1";

/// Whether a file that begins so is Parquet.
pub(crate) fn is_parquet(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

/// The cells of a record: the column's name, and its text or the kind of a value that has none.
pub(crate) type RecordCells = Vec<(String, Result<Option<String>, String>)>;

/// A file whose footer has been read.
pub(crate) struct ParquetFile {
    builder: ParquetRecordBatchReaderBuilder<Chunks>,
    /// The names of its columns.
    pub names: Vec<String>,
    len: u64,
}

/// Opens a file. The inner error is the problem that it is, when none of it can be read.
pub(crate) fn open(input: Input) -> Result<Result<ParquetFile, Problem>, Refusal> {
    let mut input = match seekable(input)? {
        Ok(input) => input,
        Err(problem) => return Ok(Err(problem)),
    };
    let len = input.len;
    if let Some(problem) = without_footer(&mut input)? {
        return Ok(Err(problem));
    }
    let chunks = Chunks { bytes: Arc::new(Mutex::new(input.bytes)), len };
    // The decoder is foreign code on foreign bytes: should a damaged file make it panic, that is a problem of the file.
    Ok(match guarded(|| ParquetRecordBatchReaderBuilder::try_new(chunks)) {
        Ok(builder) => {
            let names = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
            Ok(ParquetFile { builder, names, len })
        }
        Err(error) => Err(damaged(&error, 1)),
    })
}

/// A file that is cut has lost its end, and with it the description of where its columns lie.
fn without_footer(input: &mut Input) -> Result<Option<Problem>, Refusal> {
    let n_tail = MAGIC.len() as u64;
    let at = input.len.saturating_sub(n_tail);
    let mut tail = Vec::new();
    input.bytes.seek(SeekFrom::Start(at))?;
    (&mut input.bytes).take(n_tail).read_to_end(&mut tail)?;
    if tail == MAGIC && input.len > n_tail {
        return Ok(None);
    }
    let place = Spot::Byte { byte: at, len: tail.len() as u64 };
    let expected = "the footer of a Parquet file, which ends with PAR1";
    let found = format!("the end of the file after {} bytes, without a footer", input.len);
    let problem = Problem::new(ProblemKind::Truncated, place, "", expected, &found);
    Ok(Some(problem.mend(
        "the file is cut: ask its sender for it again; only the footer says where its columns lie, so no record was read",
    )))
}

impl ParquetFile {
    /// Reads the records: `each` gets the cells of the columns `wanted`, in that order, and the record's number from 1.
    pub fn records(
        self,
        wanted: &[usize],
        sink: &mut dyn Sink,
        mut each: impl FnMut(&Cells<'_>, u64, &mut dyn Sink) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let Self { builder, names, len } = self;
        let n_rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0).max(1);
        let mut roots: Vec<usize> = wanted.to_vec();
        roots.sort_unstable();
        roots.dedup();
        let opened = guarded(|| {
            let mask = ProjectionMask::roots(builder.parquet_schema(), roots.iter().copied());
            builder.with_batch_size(BATCH).with_projection(mask).build()
        });
        let mut batches = match opened {
            Ok(batches) => batches,
            Err(error) => {
                sink.record();
                return sink.problem(damaged(&error, 1));
            }
        };
        let mut record = 0;
        loop {
            let batch = match guarded(|| batches.next().transpose().map_err(ParquetError::from)) {
                Ok(Some(batch)) => batch,
                Ok(None) => break,
                Err(error) => {
                    sink.record();
                    return sink.problem(damaged(&error, record + 1));
                }
            };
            let columns: Vec<Column<'_>> = (wanted.iter())
                .filter_map(|root| {
                    let array = batch.column(roots.binary_search(root).ok()?);
                    Some(Column { name: &names[*root], cells: TextColumn::of(array) })
                })
                .collect();
            let doubtful: Vec<&Column<'_>> = columns.iter().filter(|column| column.cells.has_bad()).collect();
            for row_idx in 0..batch.num_rows() {
                record += 1;
                sink.record();
                match bad_cell(&doubtful, row_idx, record) {
                    Some(problem) => sink.problem(problem)?,
                    None => each(&Cells { columns: &columns, row_idx }, record, sink)?,
                }
            }
            sink.progress((u128::from(len) * u128::from(record.min(n_rows)) / u128::from(n_rows)) as u64);
        }
        sink.progress(len);
        Ok(())
    }

    /// A record's cells by name, counted from 1: text, or the kind of a value that has none; none when there is no such
    /// record. Those before it are passed over without being decoded where the file lets that be.
    pub fn record(self, number: u64) -> Result<Option<RecordCells>, String> {
        let Self { builder, names, .. } = self;
        let Some(offset) = number.checked_sub(1).and_then(|offset| usize::try_from(offset).ok()) else {
            return Ok(None);
        };
        let read = guarded(|| {
            let n_rows = builder.metadata().file_metadata().num_rows();
            if usize::try_from(n_rows).is_ok_and(|n_rows| offset >= n_rows) {
                return Ok(None);
            }
            let mut batches = builder.with_batch_size(1).with_offset(offset).with_limit(1).build()?;
            batches.next().transpose().map_err(ParquetError::from)
        });
        let Some(batch) = read.map_err(|error| error.to_string())?.filter(|batch| batch.num_rows() > 0)
        else {
            return Ok(None);
        };
        let cell = |array: &ArrayRef| {
            let column = TextColumn::of(array);
            column.get(0).map(|text| text.map(str::to_owned)).map_err(str::to_owned)
        };
        Ok(Some(names.into_iter().zip(batch.columns().iter().map(cell)).collect()))
    }

    /// The first records as text, and as a file of their own: to guess at the file.
    pub fn beginning(self, n_rows: usize) -> Result<(Vec<Vec<String>>, Vec<u8>), Refusal> {
        let schema = Arc::clone(self.builder.schema());
        let read = guarded(|| {
            let batches = self.builder.with_batch_size(n_rows.max(1)).with_limit(n_rows).build()?;
            let mut bytes = Vec::new();
            let mut writer = ArrowWriter::try_new(&mut bytes, schema, None)?;
            let mut rows = Vec::new();
            for batch in batches {
                let batch = batch?;
                writer.write(&batch)?;
                rows.extend(text_rows(&batch));
            }
            writer.close()?;
            Ok((rows, bytes))
        });
        read.map_err(|error| Refusal::NotThisFormat {
            expected: "an intact Parquet file".to_owned(),
            found: error.to_string(),
        })
    }
}

/// The records of a batch as text; a value that has none is empty.
fn text_rows(batch: &RecordBatch) -> Vec<Vec<String>> {
    let columns: Vec<TextColumn<'_>> = batch.columns().iter().map(TextColumn::of).collect();
    let cell =
        |column: &TextColumn<'_>, row_idx| column.get(row_idx).ok().flatten().unwrap_or_default().to_owned();
    (0..batch.num_rows())
        .map(|row_idx| columns.iter().map(|column| cell(column, row_idx)).collect())
        .collect()
}

/// The cells of one record.
pub(crate) struct Cells<'a> {
    columns: &'a [Column<'a>],
    row_idx: usize,
}

impl<'a> Cells<'a> {
    /// The text of a column, by its position among those wanted.
    pub fn get(&self, column: usize) -> Option<&'a str> {
        // A value that is none was told before.
        self.columns.get(column)?.cells.get(self.row_idx).ok().flatten()
    }
}

struct Column<'a> {
    name: &'a str,
    cells: TextColumn<'a>,
}

/// The problem of a record that has a value of a kind that no cell can be.
fn bad_cell(columns: &[&Column<'_>], row_idx: usize, record: u64) -> Option<Problem> {
    columns.iter().find_map(|column| {
        let kind = column.cells.get(row_idx).err()?;
        let expected = "a column of text, numbers, truth values, dates or timestamps";
        let place = Spot::Record(record);
        Some(Problem::new(ProblemKind::BadValue, place, column.name, expected, kind))
    })
}

fn damaged(error: &ParquetError, record: u64) -> Problem {
    let place = Spot::Record(record);
    Problem::new(ProblemKind::Malformed, place, "", "an intact Parquet file", &error.to_string())
        .mend("ask for the file again; what was read before this place is kept")
}

fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(ParquetError::General("the Parquet decoder gave up on these bytes".to_owned()))
    })
}

/// A column of a batch as text. Text is lent; every other value is written once, all of a column in one piece.
enum TextColumn<'a> {
    Utf8(&'a StringArray),
    Large(&'a LargeStringArray),
    View(&'a StringViewArray),
    /// Written here, with the kinds of values that are none, by row.
    Written(StringArray, BTreeMap<usize, String>),
    /// Few values that many rows share.
    Shared(StringArray, BTreeMap<usize, String>, Vec<Option<usize>>),
}

impl<'a> TextColumn<'a> {
    fn of(array: &'a ArrayRef) -> Self {
        match array.data_type() {
            DataType::Utf8 => Self::Utf8(array.as_string()),
            DataType::LargeUtf8 => Self::Large(array.as_string()),
            DataType::Utf8View => Self::View(array.as_string_view()),
            DataType::Dictionary(..) => {
                let shared = array.as_any_dictionary();
                let (values, bad) = written(shared.values());
                let is_known = |row_idx| shared.keys().is_valid(row_idx) && !values.is_empty();
                let keys = if values.is_empty() { vec![0; array.len()] } else { shared.normalized_keys() };
                let keys = keys.into_iter().enumerate();
                let keys = keys.map(|(row_idx, key)| is_known(row_idx).then_some(key)).collect();
                Self::Shared(values, bad, keys)
            }
            _ => {
                let (values, bad) = written(array);
                Self::Written(values, bad)
            }
        }
    }

    fn has_bad(&self) -> bool {
        match self {
            Self::Utf8(_) | Self::Large(_) | Self::View(_) => false,
            Self::Written(_, bad) | Self::Shared(_, bad, _) => !bad.is_empty(),
        }
    }

    /// A cell's text; the error is the kind of a value that has none.
    fn get(&self, row_idx: usize) -> Result<Option<&str>, &str> {
        let made = |values: &'_ StringArray, bad: &'_ BTreeMap<usize, String>, idx: usize| {
            if bad.contains_key(&idx) { None } else { Some(values.is_valid(idx)) }
        };
        match self {
            Self::Utf8(text) => Ok(text.is_valid(row_idx).then(|| text.value(row_idx))),
            Self::Large(text) => Ok(text.is_valid(row_idx).then(|| text.value(row_idx))),
            Self::View(text) => Ok(text.is_valid(row_idx).then(|| text.value(row_idx))),
            Self::Written(values, bad) => match made(values, bad, row_idx) {
                Some(is_valid) => Ok(is_valid.then(|| values.value(row_idx))),
                None => Err(&bad[&row_idx]),
            },
            Self::Shared(values, bad, keys) => match keys[row_idx] {
                None => Ok(None),
                Some(key) => match made(values, bad, key) {
                    Some(is_valid) => Ok(is_valid.then(|| values.value(key))),
                    None => Err(&bad[&key]),
                },
            },
        }
    }
}

/// The texts that the values of a column stand for, and the kinds of those that stand for none.
fn written(array: &ArrayRef) -> (StringArray, BTreeMap<usize, String>) {
    let mut texts = StringBuilder::with_capacity(array.len(), array.len() * 12);
    let mut bad = BTreeMap::new();
    for row_idx in 0..array.len() {
        match text_of(array, row_idx) {
            Ok(text) => texts.append_option(text),
            Err(kind) => {
                texts.append_null();
                bad.insert(row_idx, kind);
            }
        }
    }
    (texts.finish(), bad)
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
