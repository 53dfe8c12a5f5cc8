//! Tables in memory, and small made-up records to put into them.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use arrow_array::RecordBatch;
use tutela_analyses::sharing::{Means, MemoryShelf};
use tutela_analyses::{Derived, derive_from};
use tutela_model::field::Reading;
use tutela_model::place::Digest;
use tutela_model::table::{Part, TablesError};
use tutela_model::tables::Builders;
use tutela_model::{Decisions, Finding, Lead, Spot, TableInfo, Tables};

/// Tables in memory: for each received file, its rows by table.
#[derive(Default)]
pub struct Memory {
    files: BTreeMap<Digest, BTreeMap<&'static str, RecordBatch>>,
}

impl Memory {
    /// Adds a received file: a line is `table: cell, cell, …` in the order of the table's fields.
    pub fn file(self, name: &str, lines: &str) -> Self {
        self.file_in_order(name, lines, &|number| number as u64)
    }

    /// The same with the lines read in another order, by rank; each keeps its place.
    pub fn file_in_order(mut self, name: &str, lines: &str, order: &dyn Fn(usize) -> u64) -> Self {
        let mut builders = Builders::default();
        let mut lines: Vec<(usize, &str)> =
            lines.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()).collect();
        lines.sort_by_key(|(number, _)| order(*number));
        for (idx, line) in lines {
            let (table, cells) = line.split_once(':').expect("table: cells");
            let table = TableInfo::named(table).expect("a table");
            let cells: Vec<Option<&str>> = cells.split(',').map(|cell| Some(cell.trim())).collect();
            let row = (table.row_from_cells)(&cells, &Reading::default(), Spot::Line(idx as u64 + 1));
            builders.push(&row.unwrap_or_else(|flaws| panic!("{line}: {flaws:?}")), usize::MAX);
        }
        let batches = builders.finish().into_iter().map(|(name, (_, batch))| (name, batch)).collect();
        self.files.insert(Digest::of(name.as_bytes()), batches);
        self
    }

    pub fn derive(&self) -> Derived {
        self.derive_with(&Decisions::new())
    }

    pub fn derive_with(&self, decisions: &Decisions) -> Derived {
        derive_kept(self, decisions, &[])
    }
}

/// Runs all analyses, and goes on from what an earlier run counted.
pub fn derive_kept(tables: &dyn Tables, decisions: &Decisions, kept: &[u8]) -> Derived {
    let shelf = MemoryShelf::default();
    derive_from(tables, decisions, kept, &Means::alone(&shelf), &mut |_| ()).expect("memory can be read")
}

impl Tables for Memory {
    fn parts(&self, table: &TableInfo) -> Vec<Part> {
        let of_file = |(source, batches): (&Digest, &BTreeMap<&str, RecordBatch>)| {
            let n_rows = batches.get(table.name)?.num_rows() as u64;
            Some(Part { source: *source, n_rows, digest: *source })
        };
        self.files.iter().filter_map(of_file).collect()
    }

    fn scan(
        &self,
        table: &TableInfo,
        part: &Part,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        let batch = &self.files[&part.source][table.name];
        let wanted: Vec<usize> = (0..batch.num_columns())
            .filter(|idx| columns.is_empty() || columns.contains(&batch.schema().field(*idx).name().as_str()))
            .collect();
        // There is one batch, and so nothing left to break off.
        let _ = each(batch.project(&wanted).expect("the columns exist"));
        Ok(())
    }
}

/// Two logins on each of ten days in March from an address.
pub fn logins(account: &str, address: &str, port: &str) -> String {
    let login = |day: u32, hour: u32| {
        format!(
            "connection: agora, {account}, login, {address}, {port}, 2026-03-{day:02}T{hour:02}:15:00Z, , , ,\n"
        )
    };
    (1..=10).flat_map(|day| [login(day, 8), login(day, 20)]).collect()
}

/// Daily leases of a line on an address through March, each ending at 03:00 and beginning a quarter of an hour later.
pub fn daily_leases(line: &str, address: &str, access: &str) -> String {
    (1..=12)
        .map(|day| {
            let next = day + 1;
            format!(
                "lease: alfa, {address}, , , 2026-03-{day:02}T03:15:00Z, 2026-03-{next:02}T03:00:00Z, {line}, {access},\n"
            )
        })
        .collect()
}

pub fn subscriber(line: &str, name: &str, tax_code: &str, address: &str) -> String {
    format!("subscriber: alfa, {line}, {name}, {tax_code}, 1980-01-02, {address}, Borgo Finto, MI, , ,\n")
}

pub fn only_lead(derived: &Derived) -> &Lead {
    assert_eq!(derived.leads.len(), 1, "{:#?}", derived.leads);
    &derived.leads[0]
}

pub fn findings<'a>(derived: &'a Derived, analysis: &str) -> &'a [Finding] {
    &derived.findings.iter().find(|(name, _)| *name == analysis).expect("an analysis").1
}
