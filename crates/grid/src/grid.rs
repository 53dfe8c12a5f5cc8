//! A grid that is open, and what it holds of rows.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::thread;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::DataType;
use tutela_model::{Digest, TableInfo};

use crate::at::{At, damaged};
use crate::form::{Body, Coded, Form, Heap, PACKED, SOURCE, Stretch, Values};
use crate::kind::{self, Kind};

/// A grid.
pub struct Grid {
    pub(crate) file: At,
    pub(crate) n_rows: u32,
    parts: Vec<(Digest, u32)>,
    columns: Vec<Column>,
    schema: arrow_schema::SchemaRef,
    /// Threads that one question takes.
    threads: usize,
}

/// A column of a grid.
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    data_type: DataType,
    body: Body,
}

/// Rows that are looked through at a time.
pub(crate) const BLOCK: u32 = 1 << 16;

/// The most bytes that a block of packed texts may say that it has.
const BLOCK_BYTES: usize = 1 << 30;

impl Column {
    /// Whether it can be sorted by, told apart by value, and held against a value: all but texts that hardly repeat.
    #[must_use]
    pub fn sorts(&self) -> bool {
        matches!(self.body, Body::Coded(_))
    }

    pub(crate) fn coded(&self) -> Option<&Coded> {
        match &self.body {
            Body::Coded(coded) => Some(coded),
            Body::Plain { .. } => None,
        }
    }

    pub(crate) fn plain(&self) -> Option<(Stretch, Stretch)> {
        match self.body {
            Body::Plain { blocks, ends } => Some((blocks, ends)),
            Body::Coded(_) => None,
        }
    }
}

impl Grid {
    /// Opens a grid whose bytes are known to be whole.
    ///
    /// # Errors
    /// The file is not a grid of this table, or the disk fails.
    pub fn open(file: File, table: &TableInfo, threads: usize) -> io::Result<Self> {
        let size = file.metadata()?.len();
        let file = At::new(file);
        let form = Form::read(&file, size)?;
        let schema = (table.schema)();
        let names = form.columns.iter().map(|column| column.name.as_str());
        let expected =
            std::iter::once(SOURCE).chain(schema.fields().iter().map(|field| field.name().as_str()));
        if form.table != table.name || !names.eq(expected) {
            return Err(damaged("it is of another table"));
        }
        let mut parts = Vec::new();
        for (digest, n_rows) in &form.parts {
            parts.push((digest.parse().map_err(|_| damaged("a part"))?, *n_rows));
        }
        let types = schema.fields().iter().map(|field| field.data_type().clone());
        let types = std::iter::once(DataType::Utf8).chain(types);
        let column = |(column, data_type): (crate::form::ColumnForm, DataType)| Column {
            name: column.name,
            kind: column.kind,
            data_type,
            body: column.body,
        };
        let columns = form.columns.into_iter().zip(types).map(column).collect();
        Ok(Self { file, n_rows: form.n_rows, parts, columns, schema, threads: threads.max(1) })
    }

    /// How many rows there are.
    #[must_use]
    pub fn n_rows(&self) -> u32 {
        self.n_rows
    }

    /// The columns: [`SOURCE`], then those of the table.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// A column's number.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Rows by their numbers, as the table has them, and the file that each is from.
    ///
    /// # Errors
    /// The disk fails, or the grid was altered.
    pub fn rows(&self, rows: &[u32]) -> io::Result<(Vec<Digest>, RecordBatch)> {
        let arrays: io::Result<Vec<ArrayRef>> =
            self.columns[1..].iter().map(|column| self.cells(column, rows)).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), arrays?);
        let sources = rows.iter().map(|row| self.source(*row)).collect::<io::Result<_>>()?;
        Ok((sources, batch.map_err(|_| damaged("a value that must be there is not"))?))
    }

    fn source(&self, row: u32) -> io::Result<Digest> {
        let mut before = 0;
        let part = self.parts.iter().find(|(_, n_rows)| {
            before += n_rows;
            row < before
        });
        part.map(|(source, _)| *source).ok_or_else(|| damaged("a row that is not there"))
    }

    fn cells(&self, column: &Column, rows: &[u32]) -> io::Result<ArrayRef> {
        match &column.body {
            Body::Plain { blocks, ends } => self.plain_cells((*blocks, *ends), rows),
            Body::Coded(coded) => {
                let codes: Vec<u32> =
                    rows.iter().map(|row| self.code(coded, *row)).collect::<io::Result<_>>()?;
                self.values_of(column, coded, &codes)
            }
        }
    }

    /// The values of some codes of a column; the code after all values has none.
    ///
    /// # Errors
    /// The disk fails, or the grid was altered, or the column has no codes.
    pub fn values_at(&self, column: usize, codes: &[u32]) -> io::Result<ArrayRef> {
        let column = &self.columns[column];
        let coded = column.coded().ok_or_else(|| damaged("a column without codes"))?;
        self.values_of(column, coded, codes)
    }

    fn values_of(&self, column: &Column, coded: &Coded, codes: &[u32]) -> io::Result<ArrayRef> {
        let is_text = matches!(coded.values, Values::Texts { .. });
        // In a window the same values come again and again.
        let (mut texts, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for code in codes.iter().copied().filter(|code| *code < coded.n_values) {
            if is_text && !texts.contains_key(&code) {
                texts.insert(code, self.text(coded, code)?);
            } else if !is_text && !numbers.contains_key(&code) {
                numbers.insert(code, self.number(coded, code)?);
            }
        }
        Ok(match is_text {
            true => kind::texts(&codes.iter().map(|code| texts.get(code).cloned()).collect::<Vec<_>>()),
            false => {
                let keys: Vec<Option<u128>> = codes.iter().map(|code| numbers.get(code).copied()).collect();
                kind::numbers(&column.data_type, &keys)
            }
        })
    }

    /// The code of a row.
    pub(crate) fn code(&self, coded: &Coded, row: u32) -> io::Result<u32> {
        Ok(self.codes(coded, row..row + 1)?[0])
    }

    /// The codes of rows.
    pub(crate) fn codes(&self, coded: &Coded, rows: Range<u32>) -> io::Result<Vec<u32>> {
        let (width, n) = (u64::from(coded.code_bytes), rows.len());
        let position = coded.codes.from + u64::from(rows.start) * width;
        if width == 4 {
            return self.file.u32s(position, n);
        }
        let bytes = self.file.bytes(position, n * width as usize)?;
        Ok(match width {
            1 => bytes.into_iter().map(u32::from).collect(),
            _ => bytes.chunks_exact(2).map(|two| u32::from(u16::from_le_bytes([two[0], two[1]]))).collect(),
        })
    }

    /// Where codes begin in the order of the column.
    pub(crate) fn starts(&self, coded: &Coded, codes: Range<u32>) -> io::Result<Vec<u32>> {
        let starts = self.file.u32s(coded.starts.from + u64::from(codes.start) * 4, codes.len())?;
        match starts.iter().all(|start| *start <= self.n_rows) {
            true => Ok(starts),
            false => Err(damaged("where codes begin")),
        }
    }

    /// Where a code begins in the order of the column.
    pub(crate) fn start(&self, coded: &Coded, code: u32) -> io::Result<u32> {
        Ok(self.starts(coded, code..code + 1)?[0])
    }

    /// The rows at some places of the order of a column.
    pub(crate) fn placed(&self, order: Option<Stretch>, places: Range<u32>) -> io::Result<Vec<u32>> {
        match order {
            None => Ok(places.collect()),
            Some(order) => self.file.u32s(order.from + u64::from(places.start) * 4, places.len()),
        }
    }

    /// The number of a code.
    pub(crate) fn number(&self, coded: &Coded, code: u32) -> io::Result<u128> {
        let Values::Numbers { numbers, bytes } = &coded.values else { return Err(damaged("a number")) };
        let (mut number, width) = ([0; 16], usize::from(*bytes).min(16));
        self.file.read(numbers.from + u64::from(code) * width as u64, &mut number[..width])?;
        Ok(u128::from_le_bytes(number))
    }

    /// The text of a code.
    pub(crate) fn text(&self, coded: &Coded, code: u32) -> io::Result<String> {
        let Values::Texts { texts, .. } = &coded.values else { return Err(damaged("a text")) };
        let (begins, mut bytes) = self.texts(texts, code..code + 1)?;
        bytes.truncate((begins[1] - begins[0]) as usize - 1);
        String::from_utf8(bytes).map_err(|_| damaged("a text"))
    }

    /// Texts of some codes one after another, and where each begins in the heap.
    pub(crate) fn texts(&self, heap: &Heap, codes: Range<u32>) -> io::Result<(Vec<u64>, Vec<u8>)> {
        let begins = self.file.u64s(heap.begins.from + u64::from(codes.start) * 8, codes.len() + 1)?;
        let (first, end) = (begins[0], begins[codes.len()]);
        if !begins.is_sorted_by(|one, next| one < next) || end > heap.texts.bytes {
            return Err(damaged("where texts begin"));
        }
        let bytes = self.file.bytes(heap.texts.from + first, (end - first) as usize)?;
        Ok((begins, bytes))
    }

    /// The lengths and texts of a block of packed rows.
    pub(crate) fn block(&self, (blocks, ends): (Stretch, Stretch), block: u64) -> io::Result<Block> {
        let ends = self.file.u64s(ends.from + block * 8, 2)?;
        let len = ends[1].checked_sub(ends[0]).filter(|len| *len >= 4 && ends[1] <= blocks.bytes);
        let len = len.ok_or_else(|| damaged("where texts begin"))?;
        let packed = self.file.bytes(blocks.from + ends[0], len as usize)?;
        let (size, packed) = packed.split_at(4);
        let size = u32::from_le_bytes(size.try_into().expect("4 bytes")) as usize;
        let bytes = zstd::bulk::decompress(packed, size.min(BLOCK_BYTES))?;
        let n_rows = (u64::from(self.n_rows) - block * PACKED as u64).min(PACKED as u64) as usize;
        if bytes.len() < n_rows * 4 {
            return Err(damaged("packed texts"));
        }
        Ok(Block { bytes, n_rows })
    }

    fn plain_cells(&self, at: (Stretch, Stretch), rows: &[u32]) -> io::Result<ArrayRef> {
        let mut blocks: BTreeMap<u64, Block> = BTreeMap::new();
        let mut cells = Vec::with_capacity(rows.len());
        for row in rows.iter().map(|row| *row as usize) {
            let idx = (row / PACKED) as u64;
            if let std::collections::btree_map::Entry::Vacant(vacant) = blocks.entry(idx) {
                vacant.insert(self.block(at, idx)?);
            }
            let text = blocks[&idx].texts().nth(row % PACKED).ok_or_else(|| damaged("packed texts"))?;
            cells.push(text.map(|text| String::from_utf8_lossy(text).into_owned()));
        }
        Ok(kind::texts(&cells))
    }

    /// Works through `0..n` in equal stretches, one a thread, and gives what came of each in order.
    pub(crate) fn side_by_side<T: Send>(
        &self,
        n: u32,
        work: impl Fn(Range<u32>) -> io::Result<T> + Sync,
    ) -> io::Result<Vec<T>> {
        let n_threads = (self.threads as u32).min(n).max(1);
        let each = n.div_ceil(n_threads);
        let stretch = |idx: u32| (idx * each).min(n)..((idx + 1) * each).min(n);
        if n_threads == 1 {
            return Ok(vec![work(0..n)?]);
        }
        thread::scope(|scope| {
            let work = &work;
            let others: Vec<_> = (1..n_threads).map(|idx| scope.spawn(move || work(stretch(idx)))).collect();
            let mut came = vec![work(stretch(0))?];
            for other in others {
                came.push(other.join().map_err(|_| io::Error::other("a thread ended"))??);
            }
            Ok(came)
        })
    }

    /// How many blocks of [`BLOCK`] rows there are.
    pub(crate) fn n_blocks(&self) -> u32 {
        self.n_rows.div_ceil(BLOCK)
    }

    /// The rows, or places, of a block.
    pub(crate) fn of_block(&self, block: u32) -> Range<u32> {
        block * BLOCK..((block + 1) * BLOCK).min(self.n_rows)
    }
}

/// Packed texts of some rows, unpacked.
pub struct Block {
    bytes: Vec<u8>,
    n_rows: usize,
}

impl Block {
    /// The texts, each with [`END`](crate::form::END) after it.
    pub fn heap(&mut self) -> &mut [u8] {
        &mut self.bytes[self.n_rows * 4..]
    }

    /// How long each text is with what stands after it; 0 where there is none.
    pub fn lens(&self) -> impl Iterator<Item = usize> {
        let lens = self.bytes[..self.n_rows * 4].chunks_exact(4);
        lens.map(|len| u32::from_le_bytes(len.try_into().expect("4 bytes")) as usize)
    }

    /// The text of each row.
    fn texts(&self) -> impl Iterator<Item = Option<&[u8]>> {
        let mut rest = self.bytes.get(self.n_rows * 4..).unwrap_or_default();
        self.lens().map(move |len| {
            let (text, after) = rest.split_at_checked(len)?;
            rest = after;
            text.split_last().map(|(_, text)| text)
        })
    }
}
