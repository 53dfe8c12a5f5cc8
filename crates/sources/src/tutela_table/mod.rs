//! Reads a table of Tutela from CSV, JSON Lines or Parquet with the table's own column names.
//!
//! It maps nothing: a file with other columns needs a profile of [`mapped_table`](crate::mapped_table).

mod csv;
mod json_lines;

pub(crate) use csv::{DELIMITERS, ragged};

use tutela_model::TableInfo;
use tutela_model::field::{FlawKind, Reading, trimmed};
use tutela_model::place::Spot;
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::table::TABLES;
use tutela_model::tables::{Problem, ProblemKind};

use crate::compression::{head, plain_name};
use crate::local_addresses::noted;
use crate::parquet_file;

/// The reader.
pub static READER: Reader = Reader {
    name: "tutela_table",
    version: 3,
    about: "A table of Tutela as CSV, JSON Lines or Parquet, with the table's own column names",
    tables: &[
        "connection",
        "lease",
        "subscriber",
        "sighting",
        "message",
        "transfer",
        "payment",
        "journey",
        "selector",
        "network",
        "area",
        "nat_plan",
        "known_file",
        "precedent",
        "referral",
        "reported_person",
        "reported_file",
        "exhibit",
        "file",
        "media",
        "request",
        "known_match",
        "shared_file",
        "peer_contact",
        "file_part",
        "cancelled_file",
        "searched_for",
        "shared_folder",
        "sharing_total",
        "unread",
        "list_tried",
        "film_frame",
    ],
    recognise,
    read,
};

/// No table has more fields; a test compares.
const MAX_FIELDS: usize = 32;

fn recognise(sample: &Sample<'_>) -> Fit {
    let Some(table) = table_named_by(sample.name) else { return Fit::No };
    match form(sample.head) {
        Form::Parquet => Fit::Sure,
        Form::JsonLines if json_lines::has_columns(sample.head, table) => Fit::Sure,
        Form::Csv if csv::has_columns(sample.head, table) => Fit::Sure,
        Form::JsonLines | Form::Csv => Fit::Possible,
    }
}

fn read(mut input: Input, declared: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let table = match &declared.table {
        Some(name) => {
            READER.tables.iter().find(|table| *table == name).and_then(|name| TableInfo::named(name))
        }
        None => table_named_by(plain_name(&input.name)),
    };
    let table = table.ok_or_else(|| {
        let name = declared.table.as_deref().unwrap_or(&input.name).to_owned();
        Refusal::NoTable { name, tables: READER.tables.to_vec() }
    })?;
    let form = form(&head(&mut input)?);
    noted(sink, |sink| match form {
        Form::Parquet => read_parquet(input, table, declared, sink),
        Form::JsonLines => json_lines::read(input, table, declared, sink),
        Form::Csv => csv::read(input, table, declared, sink),
    })
}

fn read_parquet(
    input: Input,
    table: &'static TableInfo,
    declared: &Declared,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let file = match parquet_file::open(input)? {
        Ok(file) => file,
        Err(problem) => {
            sink.record();
            return sink.problem(problem);
        }
    };
    let header = file.names.iter().map(String::as_str);
    let mut target = Target::of_header(table, declared, header, &Spot::Record(0), sink)?;
    let wanted = target.pick();
    file.records(&wanted, sink, |cells, record, sink| {
        target.record(|column| cells.get(column), Spot::Record(record), sink)
    })
}

/// The delimiter of a table of that name that begins so; none when it is no delimited text.
pub(crate) fn delimiter_of(name: &str, head: &[u8], declared: &Declared) -> Option<u8> {
    let table = match &declared.table {
        Some(name) => TableInfo::named(name),
        None => table_named_by(plain_name(name)),
    }?;
    matches!(form(head), Form::Csv).then(|| csv::delimiter_of(head, table))
}

enum Form {
    Csv,
    JsonLines,
    Parquet,
}

fn form(head: &[u8]) -> Form {
    if parquet_file::is_parquet(head) {
        Form::Parquet
    } else if crate::json_lines::is_object(head) {
        Form::JsonLines
    } else {
        Form::Csv
    }
}

/// The table after which a file is named: `connection.csv`, or `connection-2026.csv`.
fn table_named_by(name: &str) -> Option<&'static TableInfo> {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let stem = stem.split_once('-').map_or(stem, |(stem, _)| stem).to_ascii_lowercase();
    TABLES.iter().find(|table| table.name == stem && READER.tables.contains(&table.name))
}

/// Whether a file with these columns can be the table's: every required one is there.
fn has_required<'a>(table: &TableInfo, mut columns: impl FnMut() -> Vec<&'a str>) -> bool {
    let columns = columns();
    let has = |name: &str| columns.iter().any(|column| same_column(column, name));
    needed(table).into_iter().all(has)
}

/// The fields without which a table has no row: those of which an empty cell is a flaw.
pub(crate) fn needed(table: &TableInfo) -> Vec<&'static str> {
    let flaws = (table.row_from_cells)(&[], &Reading::default(), Spot::Record(0)).err().unwrap_or_default();
    flaws.into_iter().filter(|flaw| flaw.kind == FlawKind::Missing).map(|flaw| flaw.column).collect()
}

fn same_column(column: &str, name: &str) -> bool {
    column.trim().eq_ignore_ascii_case(name)
}

/// Where a file's columns go in its table.
struct Target {
    table: &'static TableInfo,
    reading: Reading,
    /// The file's column of each field.
    columns: [Option<usize>; MAX_FIELDS],
    n_columns: usize,
    /// Whether a required column is missing, so that no record can be read.
    is_barren: bool,
}

impl Target {
    /// Finds the fields of a header, and reports what it has too much or too little.
    fn of_header<'a>(
        table: &'static TableInfo,
        declared: &Declared,
        header: impl Iterator<Item = &'a str>,
        place: &Spot,
        sink: &mut dyn Sink,
    ) -> Result<Self, Refusal> {
        let reading = Reading { zone: declared.zone.clone(), ..Reading::default() };
        let mut target = Self { table, reading, columns: [None; MAX_FIELDS], n_columns: 0, is_barren: false };
        sink.record();
        let names: Vec<&str> = table.fields.iter().map(|field| field.name).collect();
        for (column_idx, column) in header.enumerate() {
            target.n_columns += 1;
            let expected = match names.iter().position(|name| same_column(column, name)) {
                Some(field_idx) if target.columns[field_idx].is_none() => {
                    target.columns[field_idx] = Some(column_idx);
                    continue;
                }
                Some(_) => "each column once".to_owned(),
                None if column.trim().is_empty() => continue,
                None => format!("a column of {}: {}", table.name, names.join(", ")),
            };
            let problem = Problem::new(
                ProblemKind::UnknownColumn,
                place.clone(),
                column.trim(),
                &expected,
                column.trim(),
            );
            sink.problem(
                problem.mend("rename the column, or import the file by a profile; its values were not read"),
            )?;
        }
        let mut missing = needed(table);
        missing
            .retain(|name| table.field_idx(name).is_none_or(|field_idx| target.columns[field_idx].is_none()));
        if !missing.is_empty() {
            target.is_barren = true;
            let expected = format!("a header with the columns that {} needs", table.name);
            let found = format!("none of these: {}", missing.join(", "));
            let problem =
                Problem::new(ProblemKind::MissingValue, place.clone(), missing[0], &expected, &found);
            sink.problem(
                problem.mend("add the columns, or import the file by a profile; no record was read"),
            )?;
        }
        sink.skip(place, HEADER);
        Ok(target)
    }

    /// The columns of the file that have a field; of these alone cells are then asked for, by their position in it.
    fn pick(&mut self) -> Vec<usize> {
        let fields = self.columns.iter_mut().flatten();
        fields.enumerate().map(|(position, column)| std::mem::replace(column, position)).collect()
    }

    /// Reads a record from the cells of its columns.
    fn record<'a>(
        &self,
        cell: impl Fn(usize) -> Option<&'a str>,
        place: Spot,
        sink: &mut dyn Sink,
    ) -> Result<(), Refusal> {
        if self.is_barren {
            sink.skip(&place, "a record of a file that lacks a required column");
            return Ok(());
        }
        let mut cells = [None; MAX_FIELDS];
        let mut is_empty = true;
        let n_fields = self.table.fields.len();
        for (into, column) in cells.iter_mut().zip(&self.columns[..n_fields]) {
            *into = column.and_then(&cell);
            is_empty &= into.is_none_or(|cell| trimmed(cell).is_empty());
        }
        if is_empty {
            sink.skip(&place, "a record without a value in any column of the table");
            return Ok(());
        }
        match (self.table.row_from_cells)(&cells[..n_fields], &self.reading, place.clone()) {
            Ok(row) => sink.row(row),
            Err(flaws) => sink.row_or_flaws(Err(flaws), &place),
        }
    }
}

/// Why a header gives no row.
const HEADER: &str = "the header";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_fits_and_is_one_of_ours() {
        assert!(TABLES.iter().all(|table| table.fields.len() <= MAX_FIELDS));
        let ours: Vec<&str> =
            TABLES.iter().map(|table| table.name).filter(|name| *name != "problem").collect();
        assert!(ours.iter().all(|name| READER.tables.contains(name)), "{ours:?}");
        assert_eq!(ours.len(), READER.tables.len());
    }

    #[test]
    fn a_file_is_known_by_its_name_and_its_header() {
        for (name, head, fit) in [
            ("network.csv", "prefix,nature\n", Fit::Sure),
            ("network.csv", "Nature ; PREFIX\n", Fit::Sure),
            ("network-2026.jsonl", "{\"prefix\":\"192.0.2.0/24\",\"nature\":\"vpn\"}\n", Fit::Sure),
            ("network.csv", "net,kind\n", Fit::Possible),
            ("networks.csv", "prefix,nature\n", Fit::No),
            ("problem.csv", "kind,expected\n", Fit::No),
            ("network.parquet", "PAR1....", Fit::Sure),
        ] {
            assert_eq!(recognise(&Sample { name, head: head.as_bytes() }), fit, "{name} {head}");
        }
    }
}
