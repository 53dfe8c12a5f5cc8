//! `nexus_daily`, the export of the largest observer: one Parquet file a day, written row group by row group.

use std::io::Write;
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, Int64Builder};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::files::hex;
use super::sighting::{Basis, Network, Seen, Sighting};
use crate::platform_logs::address;
use crate::{Output, SimulationError};

/// Rows that are encoded at one time.
const BATCH: usize = 8_192;
/// Rows of a row group.
const ROW_GROUP: u64 = 61 * BATCH as u64;

/// One day's file while it is written. What is encoded goes out with each row group.
pub struct Nexus {
    path: String,
    out: Box<dyn Write>,
    writer: ArrowWriter<Vec<u8>>,
    schema: Arc<Schema>,
    columns: Columns,
    n_in_group: u64,
    /// Rows so far.
    pub n_rows: u64,
}

/// The columns of a batch, in the order of the file.
struct Columns {
    t: Int64Builder,
    network: Cells,
    addr: Cells,
    port: Int32Builder,
    user_hash: Cells,
    guid: Cells,
    ed2k: Cells,
    sha1: Cells,
    size: Int64Builder,
    client: Cells,
    obs: Cells,
    basis: Cells,
}

/// A column of texts, of which bytes are written in place.
struct Cells {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    has: Vec<bool>,
}

impl Cells {
    fn new(bytes: usize) -> Self {
        let (ends, has) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
        Self { bytes: Vec::with_capacity(BATCH * bytes), ends, has }
    }

    fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.bytes);
        self.end(true);
    }

    fn text(&mut self, text: &str) {
        self.add(|out| out.extend_from_slice(text.as_bytes()));
    }

    fn none(&mut self) {
        self.end(false);
    }

    fn end(&mut self, has: bool) {
        self.ends.push(self.bytes.len());
        self.has.push(has);
    }

    /// The column, as an array; the next batch begins.
    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let ends = self.ends.iter().map(|end| *end as i32);
        let offsets = OffsetBuffer::new(std::iter::once(0).chain(ends).collect());
        let nulls = self.has.contains(&false).then(|| NullBuffer::from(&self.has[..]));
        let column = StringArray::try_new(offsets, self.bytes.clone().into(), nulls)?;
        self.bytes.clear();
        self.ends.clear();
        self.has.clear();
        Ok(Arc::new(column))
    }
}

fn schema() -> Schema {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    Schema::new(vec![
        Field::new("t", DataType::Int64, false),
        text("network", false),
        text("addr", false),
        Field::new("port", DataType::Int32, true),
        text("user_hash", true),
        text("guid", true),
        text("ed2k", true),
        text("sha1", true),
        Field::new("size", DataType::Int64, false),
        text("client", false),
        text("obs", false),
        text("basis", false),
    ])
}

impl Nexus {
    /// Begins a file.
    ///
    /// # Errors
    /// [`SimulationError::Write`] and [`SimulationError::Parquet`].
    pub fn begin(output: &mut dyn Output, path: String) -> Result<Self, SimulationError> {
        let out = crate::begin(output, &path)?;
        let properties = WriterProperties::builder()
            .set_created_by("nexus".to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_column_dictionary_enabled(ColumnPath::from("addr"), false)
            // The least and greatest of hashes help nobody.
            .set_statistics_enabled(EnabledStatistics::None)
            .set_column_statistics_enabled(ColumnPath::from("t"), EnabledStatistics::Chunk)
            .set_max_row_group_row_count(None)
            .build();
        let schema = Arc::new(schema());
        let writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), Some(properties))?;
        Ok(Self { path, out, writer, schema, columns: Columns::new(), n_in_group: 0, n_rows: 0 })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// [`SimulationError::Write`] and [`SimulationError::Parquet`].
    pub fn write(&mut self, row: &Sighting) -> Result<(), SimulationError> {
        self.columns.add(row);
        self.n_rows += 1;
        self.n_in_group += 1;
        if self.n_in_group.is_multiple_of(BATCH as u64) {
            self.end_batch()?;
        }
        Ok(())
    }

    fn end_batch(&mut self) -> Result<(), SimulationError> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), self.columns.finish()?)?;
        self.writer.write(&batch)?;
        if self.n_in_group >= ROW_GROUP {
            self.n_in_group = 0;
            self.writer.flush()?;
            self.hand_over()?;
        }
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), SimulationError> {
        let bytes = std::mem::take(self.writer.inner_mut());
        self.out.write_all(&bytes).map_err(SimulationError::writing(&self.path))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`SimulationError::Write`] and [`SimulationError::Parquet`].
    pub fn finish(mut self) -> Result<(), SimulationError> {
        self.end_batch()?;
        self.writer.finish()?;
        self.hand_over()?;
        self.out.flush().map_err(SimulationError::writing(&self.path))
    }
}

impl Columns {
    fn new() -> Self {
        Self {
            t: Int64Builder::with_capacity(BATCH),
            network: Cells::new(8),
            addr: Cells::new(15),
            port: Int32Builder::with_capacity(BATCH),
            user_hash: Cells::new(32),
            guid: Cells::new(32),
            ed2k: Cells::new(32),
            sha1: Cells::new(40),
            size: Int64Builder::with_capacity(BATCH),
            client: Cells::new(16),
            obs: Cells::new(8),
            basis: Cells::new(12),
        }
    }

    fn add(&mut self, row: &Sighting) {
        self.t.append_value(row.at_ms.div_euclid(1000));
        self.network.text(row.network.word());
        self.addr.add(|out| address(row.address, out));
        self.port.append_option(row.port.map(i32::from));
        if row.network == Network::Ed2k {
            self.user_hash.add(|out| hex(row.number(), out));
            self.guid.none();
            self.ed2k.add(|out| hex(&row.file.ed2k(), out));
            self.sha1.none();
        } else {
            self.user_hash.none();
            self.guid.add(|out| hex(row.number(), out));
            self.ed2k.none();
            self.sha1.add(|out| hex(&row.file.sha1(), out));
        }
        self.size.append_value(row.file.size() as i64);
        self.client.text(row.client());
        self.obs.text(match row.seen {
            Seen::Listed => "listed",
            Seen::Offered => "offered",
            Seen::Downloaded => "downloaded",
            Seen::Browse => "browse",
            Seen::Searched => "searched",
        });
        self.basis.text(match row.basis {
            Basis::Connected => "connected",
            Basis::SelfReported => "self_reported",
            Basis::ThirdParty => "third_party",
        });
    }

    fn finish(&mut self) -> Result<Vec<ArrayRef>, ArrowError> {
        Ok(vec![
            Arc::new(self.t.finish()),
            self.network.finish()?,
            self.addr.finish()?,
            Arc::new(self.port.finish()),
            self.user_hash.finish()?,
            self.guid.finish()?,
            self.ed2k.finish()?,
            self.sha1.finish()?,
            Arc::new(self.size.finish()),
            self.client.finish()?,
            self.obs.finish()?,
            self.basis.finish()?,
        ])
    }
}
