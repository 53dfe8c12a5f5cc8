//! `nexus_daily`, the export of the largest observer: one Parquet file a day, written row group by row group.

use std::io::Write;
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::exports::Text;
use super::sighting::{Basis, Network, Seen, Sighting};
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
    columns: Columns,
    text: Text,
    n_in_group: u64,
    /// Rows so far.
    pub n_rows: u64,
}

/// The columns of a batch, in the order of the file.
struct Columns {
    t: Int64Builder,
    network: StringBuilder,
    addr: StringBuilder,
    port: Int32Builder,
    user_hash: StringBuilder,
    guid: StringBuilder,
    ed2k: StringBuilder,
    sha1: StringBuilder,
    size: Int64Builder,
    client: StringBuilder,
    obs: StringBuilder,
    basis: StringBuilder,
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
            .set_max_row_group_row_count(None)
            .build();
        let writer = ArrowWriter::try_new(Vec::new(), Arc::new(schema()), Some(properties))?;
        let (columns, text) = (Columns::new(), Text::default());
        Ok(Self { path, out, writer, columns, text, n_in_group: 0, n_rows: 0 })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// [`SimulationError::Write`] and [`SimulationError::Parquet`].
    pub fn write(&mut self, row: &Sighting) -> Result<(), SimulationError> {
        self.columns.add(row, &mut self.text);
        self.n_rows += 1;
        self.n_in_group += 1;
        if self.n_in_group % BATCH as u64 == 0 {
            self.end_batch()?;
        }
        Ok(())
    }

    fn end_batch(&mut self) -> Result<(), SimulationError> {
        let batch = RecordBatch::try_new(Arc::new(schema()), self.columns.finish())?;
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
        let text = |bytes: usize| StringBuilder::with_capacity(BATCH, BATCH * bytes);
        Self {
            t: Int64Builder::with_capacity(BATCH),
            network: text(8),
            addr: text(15),
            port: Int32Builder::with_capacity(BATCH),
            user_hash: text(32),
            guid: text(32),
            ed2k: text(32),
            sha1: text(40),
            size: Int64Builder::with_capacity(BATCH),
            client: text(16),
            obs: text(8),
            basis: text(12),
        }
    }

    fn add(&mut self, row: &Sighting, text: &mut Text) {
        self.t.append_value(row.at_ms.div_euclid(1000));
        self.network.append_value(row.network.word());
        self.addr.append_value(text.address(row.address));
        self.port.append_option(row.port.map(i32::from));
        let number = text.hex(row.number());
        if row.network == Network::Ed2k {
            self.user_hash.append_value(number);
            self.guid.append_null();
            self.ed2k.append_value(text.hex(&row.file.ed2k()));
            self.sha1.append_null();
        } else {
            self.user_hash.append_null();
            self.guid.append_value(number);
            self.ed2k.append_null();
            self.sha1.append_value(text.hex(&row.file.sha1()));
        }
        self.size.append_value(row.file.size() as i64);
        self.client.append_value(row.client());
        self.obs.append_value(match row.seen {
            Seen::Listed => "listed",
            Seen::Offered => "offered",
            Seen::Downloaded => "downloaded",
            Seen::Browse => "browse",
            Seen::Searched => "searched",
        });
        self.basis.append_value(match row.basis {
            Basis::Connected => "connected",
            Basis::SelfReported => "self_reported",
            Basis::ThirdParty => "third_party",
        });
    }

    fn finish(&mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(self.t.finish()),
            Arc::new(self.network.finish()),
            Arc::new(self.addr.finish()),
            Arc::new(self.port.finish()),
            Arc::new(self.user_hash.finish()),
            Arc::new(self.guid.finish()),
            Arc::new(self.ed2k.finish()),
            Arc::new(self.sha1.finish()),
            Arc::new(self.size.finish()),
            Arc::new(self.client.finish()),
            Arc::new(self.obs.finish()),
            Arc::new(self.basis.finish()),
        ]
    }
}
