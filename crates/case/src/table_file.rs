//! A table file: Parquet whose bytes depend on its rows alone, not on memory, threads, machine or time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow_select::interleave::interleave;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions, compute_leaves,
};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use sha2::{Digest as _, Sha256};
use tutela_model::Digest;
use tutela_model::table::{PLACE_COLUMN, SOURCE_COLUMN, TableInfo};

use crate::error::{CaseError, OnDisk, OnTable};
use crate::folder::new_file;

/// Rows of a row group, unless their text reaches [`GROUP_TEXT`] before.
pub(crate) const GROUP_ROWS: usize = 131_072;
/// Bytes of text that end a row group.
pub(crate) const GROUP_TEXT: usize = 256 << 20;
/// Rows that are encoded at a time. Page boundaries depend on it, so every way to the file keeps to it.
pub(crate) const CHUNK_ROWS: usize = 8_192;

/// The rows of a row group: where they lie in batches, in the order of the file.
#[derive(Default)]
pub(crate) struct Group {
    pub batches: Vec<RecordBatch>,
    /// Batch and row, in chunks of [`CHUNK_ROWS`].
    pub chunks: Vec<Vec<(usize, usize)>>,
}

impl Group {
    /// Rows in it.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }
}

/// Writes a table file group by group.
pub(crate) struct TableWriter {
    writer: SerializedFileWriter<Hashed>,
    columns: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    source: Digest,
    n_groups: usize,
    n_rows: u64,
    small: bool,
}

/// What was written.
pub(crate) struct Written {
    pub sha256: Digest,
    pub size: u64,
    pub rows: u64,
}

impl TableWriter {
    /// A writer of a table whose first group has `n_rows` rows.
    pub fn new(path: &Path, table: &TableInfo, source: Digest, n_rows: usize) -> Result<Self, CaseError> {
        let mut fields = vec![Arc::new(source_field())];
        fields.extend((table.schema)().fields().iter().cloned());
        let schema = Arc::new(Schema::new(fields));
        let file = Hashed {
            file: BufWriter::with_capacity(256 << 10, new_file(path)?),
            hash: Sha256::new(),
            size: 0,
        };
        let options = ArrowWriterOptions::new().with_properties(properties(table, &schema, n_rows < SMALL));
        let (writer, columns) = ArrowWriter::try_new_with_options(file, schema.clone(), options)
            .and_then(ArrowWriter::into_serialized_writer)
            .table("write", path)?;
        Ok(Self { writer, columns, schema, source, n_groups: 0, n_rows: 0, small: n_rows < SMALL })
    }

    /// Encodes a group on `jobs` threads and appends it.
    pub fn write(&mut self, group: &Group, jobs: usize) -> Result<(), ParquetError> {
        let writers = self.columns.create_column_writers(self.n_groups)?;
        let chunks = self.encode(group, writers, jobs)?;
        let mut row_group = self.writer.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut row_group)?;
        }
        row_group.close()?;
        self.n_groups += 1;
        self.n_rows += group.len() as u64;
        Ok(())
    }

    /// Ends the file.
    pub fn finish(self, path: &Path) -> Result<Written, CaseError> {
        let Hashed { file, hash, size } = self.writer.into_inner().table("write", path)?;
        file.into_inner().map_err(|error| error.into_error()).disk("write", path)?;
        Ok(Written { sha256: Digest(hash.finalize().into()), size, rows: self.n_rows })
    }

    fn encode(
        &self,
        group: &Group,
        writers: Vec<ArrowColumnWriter>,
        jobs: usize,
    ) -> Result<Vec<ArrowColumnChunk>, ParquetError> {
        let n_columns = writers.len();
        let writers: Vec<Mutex<Option<ArrowColumnWriter>>> =
            writers.into_iter().map(|writer| Mutex::new(Some(writer))).collect();
        let chunks: Vec<Mutex<Option<Result<ArrowColumnChunk, ParquetError>>>> =
            (0..n_columns).map(|_| Mutex::new(None)).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                // Text columns stand last in most tables and cost most, so columns are taken from the end.
                let taken = next.fetch_add(1, Ordering::Relaxed);
                let Some(column_idx) = (n_columns - 1).checked_sub(taken) else { break };
                let writer = writers[column_idx].lock().expect("no thread panics with it").take();
                let writer = writer.expect("each column is taken once");
                let chunk = self.encode_column(group, column_idx, writer);
                *chunks[column_idx].lock().expect("no thread panics with it") = Some(chunk);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..if self.small { 1 } else { jobs.min(n_columns) } {
                scope.spawn(work);
            }
            work();
        });
        let chunks = chunks.into_iter().map(|chunk| chunk.into_inner().expect("no thread panics with it"));
        chunks.map(|chunk| chunk.expect("each column was encoded")).collect()
    }

    fn encode_column(
        &self,
        group: &Group,
        column_idx: usize,
        mut writer: ArrowColumnWriter,
    ) -> Result<ArrowColumnChunk, ParquetError> {
        let field = self.schema.field(column_idx);
        let arrays: Vec<&dyn arrow_array::Array> = match column_idx.checked_sub(1) {
            Some(column_idx) => group.batches.iter().map(|batch| batch.column(column_idx).as_ref()).collect(),
            None => Vec::new(),
        };
        for chunk in &group.chunks {
            let array = if column_idx == 0 {
                source_column(self.source, chunk.len())
            } else {
                interleave(&arrays, chunk)?
            };
            for leaf in compute_leaves(field, &array)? {
                writer.write(&leaf)?;
            }
        }
        writer.close()
    }
}

/// The column that says which file received the rows come from.
fn source_field() -> Field {
    Field::new_dictionary(SOURCE_COLUMN, DataType::Int32, DataType::Utf8, false)
}

fn source_column(source: Digest, n_rows: usize) -> ArrayRef {
    let keys = Int32Array::from(vec![0; n_rows]);
    let values: ArrayRef = Arc::new(StringArray::from(vec![source.hex()]));
    Arc::new(DictionaryArray::<Int32Type>::new(keys, values))
}

/// A table of fewer rows is written on one thread and not compressed: a referral gives a dozen rows in five tables,
/// and setting up a compressor for each column costs a hundred times what it saves.
const SMALL: usize = 1_024;

/// Columns whose values are met again and again, but seldom near each other: in the order of peers a file that many have
/// is everywhere. A dictionary of the usual size is full long before a row group is, and each further value is then
/// written out.
const REPEATED_FAR_APART: [&str; 2] = ["file_hash", "file_name"];
/// Bytes of such a dictionary: room for a hash of each row of a group.
const FAR_APART_BYTES: usize = 8 << 20;

fn properties(table: &TableInfo, schema: &Schema, small: bool) -> WriterProperties {
    let level = ZstdLevel::try_new(1).expect("1 is a level of zstd");
    let compression = if small { Compression::UNCOMPRESSED } else { Compression::ZSTD(level) };
    let mut properties = WriterProperties::builder()
        // The default names the library's version, and a file's bytes must outlive it.
        .set_created_by("tutela".to_owned())
        .set_compression(compression)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(None);
    for field in schema.fields() {
        let column = ColumnPath::from(vec![field.name().clone()]);
        let is_said = field.name().ends_with("_said") && *field.data_type() == DataType::Utf8;
        if is_said || field.name() == PLACE_COLUMN {
            // Nearly every value is met once and nobody looks for one by range.
            properties = properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_statistics_enabled(column, EnabledStatistics::None);
        } else if matches!(field.data_type(), DataType::Timestamp(TimeUnit::Microsecond, _)) {
            properties = properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
        } else if REPEATED_FAR_APART.contains(&field.name().as_str()) {
            properties = properties.set_column_dictionary_page_size_limit(column, FAR_APART_BYTES);
        } else if table.key.first() == Some(&field.name().as_str()) {
            properties = properties
                .set_column_dictionary_enabled(column.clone(), *field.data_type() == DataType::Utf8)
                .set_column_statistics_enabled(column, EnabledStatistics::Page);
        }
    }
    properties.build()
}

/// A file whose bytes are hashed as they pass.
struct Hashed {
    file: BufWriter<File>,
    hash: Sha256,
    size: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n_bytes = self.file.write(bytes)?;
        self.hash.update(&bytes[..n_bytes]);
        self.size += n_bytes as u64;
        Ok(n_bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
