//! What a table is: a row type, its columns, its builder, its data dictionary, declared once by
//! [`table!`](crate::table!).

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Schema, SchemaRef};

use crate::field::{Flaw, Reading};
use crate::place::{Digest, RowId, Spot};

pub use crate::tables::{Row, TABLES};

/// A row type.
pub trait Table: Sized + Into<Row> + 'static {
    /// The table's description.
    const INFO: TableInfo;
    /// Collects rows into Arrow columns.
    type Builder: Build<Row = Self>;

    /// Reads a row from cells in the order of [`TableInfo::fields`]; missing cells at the end are empty.
    ///
    /// # Errors
    /// Every flaw of the record, not only the first.
    fn from_cells(cells: &[Option<&str>], reading: &Reading, place: Spot) -> Result<Self, Vec<Flaw>>;

    /// Reads a row back from a batch that has all columns of the table.
    fn get(batch: &RecordBatch, row_idx: usize) -> Self;

    /// How many bytes of foreign text the row holds.
    fn text_bytes(&self) -> usize;

    /// All rows of a batch.
    fn rows(batch: &RecordBatch) -> Vec<Self> {
        (0..batch.num_rows()).map(|row_idx| Self::get(batch, row_idx)).collect()
    }
}

/// Collects the rows of one table into Arrow columns.
pub trait Build: Default + Send {
    /// The row type.
    type Row;
    /// Appends a row.
    fn push(&mut self, row: &Self::Row);
    /// How many rows are waiting.
    fn len(&self) -> usize;
    /// Whether no rows are waiting.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Ends the batch; the builder is empty again.
    fn finish(&mut self) -> RecordBatch;
}

/// Reads a row of a table from cells in the order of its fields.
pub type RowFromCells = fn(&[Option<&str>], &Reading, Spot) -> Result<Row, Vec<Flaw>>;

/// A table's description, for readers of files and for the data dictionary.
#[derive(Clone, Copy)]
pub struct TableInfo {
    /// The table's name.
    pub name: &'static str,
    /// What a row is.
    pub doc: &'static str,
    /// The fields in order, without `place`.
    pub fields: &'static [FieldInfo],
    /// The columns of the natural key, by which files are sorted.
    pub key: &'static [&'static str],
    /// The Arrow columns.
    pub schema: fn() -> SchemaRef,
    /// [`Table::from_cells`], for code that knows the table only at run time.
    pub row_from_cells: RowFromCells,
}

/// A field's description.
#[derive(Clone, Copy)]
pub struct FieldInfo {
    /// The field's name, which is its column in foreign files.
    pub name: &'static str,
    /// What it holds.
    pub doc: &'static str,
    /// The kind of value in words.
    pub kind: fn() -> String,
    /// Whether an empty cell is a flaw.
    pub required: bool,
}

impl TableInfo {
    /// The table of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// The position of a field.
    #[must_use]
    pub fn field_idx(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}

/// The column that the store adds to each row: the SHA-256 of the received file, in hexadecimal.
pub const SOURCE_COLUMN: &str = "source";
/// The column of the spot inside the received file.
pub const PLACE_COLUMN: &str = "place";

/// The id of a row of a stored table.
#[must_use]
pub fn row_id(table: &TableInfo, source: Digest, place: &Spot) -> RowId {
    RowId::new(table.name, &source.hex(), &place.to_string())
}

/// The schema of these columns.
#[must_use]
pub fn schema(columns: Vec<arrow_schema::Field>) -> SchemaRef {
    Arc::new(Schema::new(columns))
}

/// A batch of these columns.
///
/// # Panics
/// Never: the builders of one table make columns of equal length in the schema's order.
#[must_use]
pub fn batch(schema: SchemaRef, arrays: Vec<ArrayRef>) -> RecordBatch {
    RecordBatch::try_new(schema, arrays).expect("the builders of one table make equal columns")
}

/// A part of a table that one received file gave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The file received.
    pub source: Digest,
    /// Rows in it.
    pub n_rows: u64,
    /// Two parts of the same digest hold the same rows.
    pub digest: Digest,
}

/// The tables of an operation, to be read, by several threads where there are.
pub trait Tables: Sync {
    /// The parts of a table, by source digest.
    fn parts(&self, table: &TableInfo) -> Vec<Part>;

    /// Hands the batches of one part to `each`, in key order, with the named columns only (all, when none is named).
    /// `Break` ends the scan early, which is no error.
    ///
    /// # Errors
    /// What the store could not read.
    fn scan(
        &self,
        table: &TableInfo,
        part: &Part,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError>;

    /// When the file of a part was read into tables, microseconds UTC: what it says of later times cannot be so. None
    /// where that is not known.
    fn read_us(&self, _table: &TableInfo, _part: &Part) -> Option<i64> {
        None
    }

    /// As [`Tables::scan`], with the rows of these ranges only, which count from 0 and ascend.
    ///
    /// # Errors
    /// What the store could not read.
    fn rows(
        &self,
        table: &TableInfo,
        part: &Part,
        ranges: &[Range<u64>],
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        let (mut before, mut wanted) = (0, ranges);
        self.scan(table, part, columns, &mut |batch| {
            let after = before + batch.num_rows() as u64;
            while let Some((range, later)) = wanted.split_first() {
                let here = range.start.clamp(before, after)..range.end.clamp(before, after);
                if here.start < here.end {
                    let rows = batch.slice((here.start - before) as usize, (here.end - here.start) as usize);
                    if each(rows).is_break() {
                        return ControlFlow::Break(());
                    }
                }
                if range.end > after {
                    break;
                }
                wanted = later;
            }
            before = after;
            if wanted.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    }

    /// As [`Tables::rows`], with one range. Where the store keeps each value of a text column once, that column comes as
    /// a dictionary with keys of `Int32`; batches in a row share its values while they are the same.
    ///
    /// # Errors
    /// What the store could not read.
    fn coded_rows(
        &self,
        table: &TableInfo,
        part: &Part,
        rows: Range<u64>,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        self.rows(table, part, &[rows], columns, each)
    }
}

/// A stored table could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read table {table} of source {source_digest}: {message}")]
pub struct TablesError {
    /// The table.
    pub table: &'static str,
    /// The file received that the rows came from.
    pub source_digest: Digest,
    /// What the store says.
    pub message: String,
}

/// Every row of a table with the file it came from: for tables that fit in memory many times over.
///
/// # Errors
/// What the store could not read.
pub fn all_rows<T: Table>(tables: &dyn Tables) -> Result<Vec<(Digest, T)>, TablesError> {
    let mut rows = Vec::new();
    for part in tables.parts(&T::INFO) {
        tables.scan(&T::INFO, &part, &[], &mut |batch| {
            rows.extend(T::rows(&batch).into_iter().map(|row| (part.source, row)));
            ControlFlow::Continue(())
        })?;
    }
    Ok(rows)
}

/// Declares a table: its row type, columns, builder and data dictionary.
///
/// `key` names Arrow columns, by which stored files are sorted. `check` names a function that looks for cells of one
/// row that contradict each other. Every row ends with `place`.
#[macro_export]
macro_rules! table {
    (
        $(#[doc = $doc:literal])*
        pub struct $row:ident = $name:literal, key [$($key:ident),+ $(,)?] $(, check $check:path)? {
            $($(#[doc = $field_doc:literal])* $field:ident: $kind:ty,)+
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $row {
            $($(#[doc = $field_doc])* pub $field: $kind,)+
            /// Where in the received file the row stands.
            pub place: $crate::place::Spot,
        }

        const _: () = {
            use $crate::field::{Field, Flaw, Reading};
            use $crate::place::Spot;
            use $crate::table::{Build, FieldInfo, Row, Table, TableInfo};

            #[derive(Default)]
            pub struct Builder {
                len: usize,
                $($field: <$kind as Field>::Builder,)+
                place: <Spot as Field>::Builder,
            }

            fn schema() -> arrow_schema::SchemaRef {
                static SCHEMA: std::sync::OnceLock<arrow_schema::SchemaRef> = std::sync::OnceLock::new();
                SCHEMA
                    .get_or_init(|| {
                        let mut columns = Vec::new();
                        $(columns.extend(<$kind as Field>::columns(stringify!($field)));)+
                        columns.extend(<Spot as Field>::columns($crate::table::PLACE_COLUMN));
                        $crate::table::schema(columns)
                    })
                    .clone()
            }

            impl Table for $row {
                const INFO: TableInfo = TableInfo {
                    name: $name,
                    doc: concat!($($doc),*).trim_ascii_start(),
                    fields: &[$(FieldInfo {
                        name: stringify!($field),
                        doc: concat!($($field_doc),*).trim_ascii_start(),
                        kind: <$kind as Field>::kind,
                        required: <$kind as Field>::REQUIRED,
                    }),+],
                    key: &[$(stringify!($key)),+],
                    schema,
                    row_from_cells: |cells, reading, place| {
                        <$row as Table>::from_cells(cells, reading, place).map(Into::into)
                    },
                };
                type Builder = Builder;

                fn from_cells(
                    cells: &[Option<&str>],
                    reading: &Reading,
                    place: Spot,
                ) -> Result<Self, Vec<Flaw>> {
                    let mut cells = cells.iter().copied();
                    let mut flaws = Vec::new();
                    $(let $field = match <$kind as Field>::from_cell(
                        stringify!($field),
                        cells.next().flatten(),
                        reading,
                    ) {
                        Ok(value) => Some(value),
                        Err(flaw) => {
                            flaws.push(flaw);
                            None
                        }
                    };)+
                    let (true, $(Some($field),)+) = (flaws.is_empty(), $($field,)+) else {
                        return Err(flaws);
                    };
                    let row = Self { $($field,)+ place };
                    $($check(&row).map_err(|flaw| vec![flaw])?;)?
                    Ok(row)
                }

                fn get(batch: &arrow_array::RecordBatch, row_idx: usize) -> Self {
                    let mut arrays = batch.columns();
                    $(let $field = {
                        let (mine, rest) = arrays.split_at(<$kind as Field>::WIDTH);
                        arrays = rest;
                        <$kind as Field>::get(mine, row_idx)
                    };)+
                    Self { $($field,)+ place: <Spot as Field>::get(arrays, row_idx) }
                }

                fn text_bytes(&self) -> usize {
                    self.place.text_bytes() $(+ self.$field.text_bytes())+
                }
            }

            impl Build for Builder {
                type Row = $row;

                fn push(&mut self, row: &$row) {
                    self.len += 1;
                    $(row.$field.append(&mut self.$field);)+
                    row.place.append(&mut self.place);
                }

                fn len(&self) -> usize {
                    self.len
                }

                fn finish(&mut self) -> arrow_array::RecordBatch {
                    self.len = 0;
                    let mut arrays = Vec::new();
                    $(<$kind as Field>::finish(&mut self.$field, &mut arrays);)+
                    <Spot as Field>::finish(&mut self.place, &mut arrays);
                    $crate::table::batch(schema(), arrays)
                }
            }

            impl From<$row> for Row {
                fn from(row: $row) -> Self {
                    Self::$row(row)
                }
            }
        };
    };
}
