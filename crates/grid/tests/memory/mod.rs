//! Tables of connections in memory.

use std::ops::ControlFlow;

use arrow_array::RecordBatch;
use tutela_model::field::Reading;
use tutela_model::table::{Build as _, Part, Table, TablesError};
use tutela_model::tables::Connection;
use tutela_model::{Digest, Spot, TableInfo, Tables};

/// A batch for each file received, by its digest.
pub struct Memory {
    pub parts: Vec<(Digest, RecordBatch)>,
}

impl Memory {
    /// A part for each list of rows, which have the cells of the table in order.
    pub fn of(parts: &[Vec<[String; 9]>]) -> Self {
        let part = |(idx, rows): (usize, &Vec<[String; 9]>)| {
            let mut builder = <Connection as Table>::Builder::default();
            for (line, cells) in rows.iter().enumerate() {
                let cells: Vec<Option<&str>> = cells.iter().map(|cell| Some(cell.as_str())).collect();
                let row = Connection::from_cells(&cells, &Reading::default(), Spot::Line(line as u64 + 2));
                builder.push(&row.unwrap_or_else(|flaws| panic!("{cells:?}: {flaws:?}")));
            }
            (Digest::of(format!("{idx}").as_bytes()), builder.finish())
        };
        let mut parts: Vec<(Digest, RecordBatch)> = parts.iter().enumerate().map(part).collect();
        parts.sort_by_key(|(digest, _)| *digest);
        Self { parts }
    }
}

impl Tables for Memory {
    fn parts(&self, _: &TableInfo) -> Vec<Part> {
        let part = |(source, batch): &(Digest, RecordBatch)| Part {
            source: *source,
            n_rows: batch.num_rows() as u64,
            digest: *source,
        };
        self.parts.iter().map(part).collect()
    }

    fn scan(
        &self,
        _: &TableInfo,
        part: &Part,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        let (_, batch) = self.parts.iter().find(|(source, _)| *source == part.source).expect("a part");
        let schema = batch.schema();
        let wanted: Vec<usize> =
            columns.iter().map(|name| schema.index_of(name).expect("a column")).collect();
        // There is one batch, and so nothing left to break off.
        let _ = each(batch.project(&wanted).expect("the columns exist"));
        Ok(())
    }
}
