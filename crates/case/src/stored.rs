//! The tables of an operation, to be read. It sees the imports that counted when the operation was opened.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_schema::{ArrowError, DataType, FieldRef, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
    RowSelection,
};
use parquet::file::metadata::PageIndexPolicy;
use tutela_model::Digest;
use tutela_model::table::{PLACE_COLUMN, Part, TableInfo, Tables, TablesError};

use crate::acts::{Acted, Import};
use crate::folder::Folder;

/// The stored tables.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    parts: BTreeMap<String, BTreeMap<Digest, StoredPart>>,
}

#[derive(Clone, Debug)]
struct StoredPart {
    path: PathBuf,
    n_rows: u64,
    digest: Digest,
    /// When the file was read, microseconds UTC.
    read_us: i64,
}

/// Rows that are decoded at a time.
const SCAN_ROWS: usize = 16_384;
/// Batches that are decoded ahead of the reader.
const AHEAD: usize = 2;

impl Stored {
    pub(crate) fn new<'a>(folder: &Folder, imports: impl Iterator<Item = &'a Acted<Import>>) -> Self {
        let mut parts: BTreeMap<String, BTreeMap<Digest, StoredPart>> = BTreeMap::new();
        for import in imports {
            for file in &import.tables {
                let path = folder.path().join(&file.path);
                let read_us = import.at.as_microsecond();
                let part = StoredPart { path, n_rows: file.rows, digest: file.sha256, read_us };
                parts.entry(file.table.clone()).or_default().insert(import.sha256, part);
            }
        }
        Self { parts }
    }

    /// The Parquet files of a table, by source digest. Their columns are `source` and those of the table.
    #[must_use]
    pub fn files(&self, table: &TableInfo) -> Vec<(Digest, PathBuf)> {
        self.of(table).map(|(source, part)| (*source, part.path.clone())).collect()
    }

    /// The rows of a part at these places, each as a batch of one row with all columns of the table but `source`.
    /// Places that the part does not have are left out; a place that several rows share gives them all.
    ///
    /// # Errors
    /// The table file could not be read.
    pub fn rows_at(
        &self,
        table: &TableInfo,
        source: Digest,
        places: &[&str],
    ) -> Result<Vec<(String, RecordBatch)>, TablesError> {
        let Some(part) = self.part(table, source) else { return Ok(Vec::new()) };
        let failed = |message| failure(table, source, message);
        let wanted: BTreeSet<&str> = places.iter().copied().collect();
        let mut found = Vec::new();
        let mut row_idx = 0;
        for batch in reader(&part.path, &[PLACE_COLUMN]).map_err(failed)? {
            let batch = batch.map_err(|error| failed(error.to_string()))?;
            for place in batch.column(0).as_string::<i32>() {
                if place.is_some_and(|place| wanted.contains(place)) {
                    found.push(row_idx..row_idx + 1);
                }
                row_idx += 1;
            }
        }
        let columns = column_names(table);
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let mut rows = Vec::new();
        for batch in
            selected(&part.path, (&columns, Texts::Plain), found.into_iter(), row_idx).map_err(failed)?
        {
            let batch = batch.map_err(|error| failed(error.to_string()))?;
            let places = batch.column(batch.num_columns() - 1).as_string::<i32>();
            rows.extend((0..batch.num_rows()).map(|row| (places.value(row).to_owned(), batch.slice(row, 1))));
        }
        Ok(rows)
    }

    fn of(&self, table: &TableInfo) -> impl Iterator<Item = (&Digest, &StoredPart)> {
        self.parts.get(table.name).into_iter().flatten()
    }

    fn part(&self, table: &TableInfo, source: Digest) -> Option<&StoredPart> {
        self.parts.get(table.name)?.get(&source)
    }
}

impl Tables for Stored {
    fn parts(&self, table: &TableInfo) -> Vec<Part> {
        let part = |(source, part): (&Digest, &StoredPart)| Part {
            source: *source,
            n_rows: part.n_rows,
            digest: part.digest,
        };
        self.of(table).map(part).collect()
    }

    fn scan(
        &self,
        table: &TableInfo,
        part: &Part,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        let failed = |message| failure(table, part.source, message);
        let stored =
            self.part(table, part.source).ok_or_else(|| failed("there is no such part".to_owned()))?;
        let all = column_names(table);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let columns = if columns.is_empty() { &all } else { columns };
        let mut batches = reader(&stored.path, columns).map_err(failed)?;
        let mut hand_out = |batches: &mut dyn Iterator<Item = Result<RecordBatch, ArrowError>>| {
            for batch in batches {
                if each(batch.map_err(|error| failed(error.to_string()))?).is_break() {
                    break;
                }
            }
            Ok(())
        };
        if stored.n_rows <= SCAN_ROWS as u64 {
            return hand_out(&mut batches);
        }
        std::thread::scope(|scope| {
            let (sender, decoded) = mpsc::sync_channel(AHEAD);
            scope.spawn(move || batches.try_for_each(|batch| sender.send(batch)));
            hand_out(&mut decoded.into_iter())
        })
    }

    fn read_us(&self, table: &TableInfo, part: &Part) -> Option<i64> {
        self.part(table, part.source).map(|stored| stored.read_us)
    }

    fn rows(
        &self,
        table: &TableInfo,
        part: &Part,
        ranges: &[Range<u64>],
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        self.hand_out((table, part), ranges, (columns, Texts::Plain), each)
    }

    fn coded_rows(
        &self,
        table: &TableInfo,
        part: &Part,
        rows: Range<u64>,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        self.hand_out((table, part), &[rows], (columns, Texts::Coded), each)
    }
}

impl Stored {
    fn hand_out(
        &self,
        (table, part): (&TableInfo, &Part),
        ranges: &[Range<u64>],
        (columns, texts): (&[&str], Texts),
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        let failed = |message| failure(table, part.source, message);
        let stored =
            self.part(table, part.source).ok_or_else(|| failed("there is no such part".to_owned()))?;
        let all = column_names(table);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let columns = if columns.is_empty() { &all } else { columns };
        // Rows that the part does not have are none.
        let there = |row: u64| row.min(stored.n_rows) as usize;
        let ranges = ranges.iter().map(|range| there(range.start)..there(range.end));
        let batches =
            selected(&stored.path, (columns, texts), ranges, stored.n_rows as usize).map_err(failed)?;
        for batch in batches {
            if each(batch.map_err(|error| failed(error.to_string()))?).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// All columns of the table but `source`, in order.
fn column_names(table: &TableInfo) -> Vec<String> {
    (table.schema)().fields().iter().map(|field| field.name().clone()).collect()
}

fn failure(table: &TableInfo, source_digest: Digest, message: String) -> TablesError {
    TablesError { table: table.name, source_digest, message }
}

fn reader(path: &Path, columns: &[&str]) -> Result<Projected, String> {
    let batches = builder(path, columns)?.build().map_err(|error| error.to_string())?;
    Projected::new(batches, columns)
}

/// The rows of these ranges, which ascend; pages without any are not read.
fn selected(
    path: &Path,
    (columns, texts): (&[&str], Texts),
    ranges: impl Iterator<Item = Range<usize>>,
    n_rows: usize,
) -> Result<Projected, String> {
    let selection = RowSelection::from_consecutive_ranges(ranges, n_rows);
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    let builder = builder_with(path, (columns, texts), options)?.with_row_selection(selection);
    Projected::new(builder.build().map_err(|error| error.to_string())?, columns)
}

fn builder(path: &Path, columns: &[&str]) -> Result<ParquetRecordBatchReaderBuilder<File>, String> {
    builder_with(path, (columns, Texts::Plain), ArrowReaderOptions::new())
}

/// How columns of text are handed out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Texts {
    /// Each row's text.
    Plain,
    /// Dictionaries, as the file has them.
    Coded,
}

/// A schema with columns of text as dictionaries.
fn coded(schema: &SchemaRef) -> SchemaRef {
    let code = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let coded = |field: &FieldRef| match field.data_type() {
        DataType::Utf8 => field.as_ref().clone().with_data_type(code.clone()).into(),
        _ => field.clone(),
    };
    Arc::new(Schema::new(schema.fields().iter().map(coded).collect::<Vec<FieldRef>>()))
}

fn builder_with(
    path: &Path,
    (columns, texts): (&[&str], Texts),
    options: ArrowReaderOptions,
) -> Result<ParquetRecordBatchReaderBuilder<File>, String> {
    let text = |error: &dyn std::fmt::Display| format!("{error}: {}", path.display());
    let file = File::open(path).map_err(|error| text(&error))?;
    let mut read = ArrowReaderMetadata::load(&file, options.clone()).map_err(|error| text(&error))?;
    if texts == Texts::Coded {
        let options = options.with_schema(coded(read.schema()));
        read =
            ArrowReaderMetadata::try_new(read.metadata().clone(), options).map_err(|error| text(&error))?;
    }
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, read);
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    Ok(builder.with_batch_size(SCAN_ROWS).with_projection(mask))
}

/// Batches with their columns in the order asked for: a Parquet reader keeps the file's.
struct Projected {
    batches: ParquetRecordBatchReader,
    order: Vec<usize>,
}

impl Projected {
    fn new(batches: ParquetRecordBatchReader, columns: &[&str]) -> Result<Self, String> {
        let schema = arrow_array::RecordBatchReader::schema(&batches);
        let order: Result<Vec<usize>, _> = columns.iter().map(|column| schema.index_of(column)).collect();
        Ok(Self { batches, order: order.map_err(|error| error.to_string())? })
    }
}

impl Iterator for Projected {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.batches.next()?.and_then(|batch| batch.project(&self.order)))
    }
}
