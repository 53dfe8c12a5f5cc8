//! Accounts for every row of every table: those that a reader reads, those that its README passes over, and the rest,
//! which is told.

use tutela_model::source::{Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use super::{Database, Entry, Table};

/// What a reader knows of the databases that it reads.
pub(crate) struct Known {
    /// Tables that it reads: their names, the columns without which it cannot, and all others that it knows.
    pub read: &'static [(&'static str, &'static [&'static str], &'static [&'static str])],
    /// Tables that it passes over, and why. A name that ends in `*` stands for all that begin so.
    pub passed: &'static [(&'static str, &'static str)],
}

/// What SQLite keeps for itself.
const OWN: &[(&str, &str)] = &[("sqlite_*", "a table that SQLite keeps for itself")];

/// Tells of every table that is not read, and of what is unknown in those that are.
pub(crate) fn sweep(database: &Database, known: &Known, sink: &mut dyn Sink) -> Result<(), Refusal> {
    for table in database.tables() {
        let read = known.read.iter().find(|(name, _, _)| name.eq_ignore_ascii_case(&table.name));
        let passed = known.passed.iter().chain(OWN).find(|(name, _)| fits(name, &table.name));
        match (read, passed) {
            (Some((_, needed, others)), _) => columns(table, needed, others, sink)?,
            (None, Some((_, why))) => pass(database, table, why, sink)?,
            (None, None) => unread(database, table, sink)?,
        }
    }
    Ok(())
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)),
        None => pattern.eq_ignore_ascii_case(name),
    }
}

/// Columns that a table lacks, and those that nobody knows.
fn columns(table: &Table, needed: &[&str], others: &[&str], sink: &mut dyn Sink) -> Result<(), Refusal> {
    for name in needed.iter().filter(|name| table.column(name).is_none()) {
        let expected = format!("the table {} with the column {name}", table.name);
        let place = table.place.clone();
        let problem = Problem::new(ProblemKind::MissingValue, place, name, &expected, "no such column");
        sink.record();
        sink.problem(
            problem.mend("the application has changed its tables; rows that need the column are problems"),
        )?;
    }
    let is_known = |column: &str| needed.iter().chain(others).any(|name| name.eq_ignore_ascii_case(column));
    let unknown: Vec<&str> =
        table.columns.iter().map(|column| column.name.as_str()).filter(|name| !is_known(name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let expected = format!("the columns of {} that the reader knows", table.name);
    let place = table.place.clone();
    let problem =
        Problem::new(ProblemKind::UnknownColumn, place, &table.name, &expected, &unknown.join(", "));
    sink.record();
    sink.problem(problem.mend("these columns are not read"))
}

fn pass(database: &Database, table: &Table, why: &'static str, sink: &mut dyn Sink) -> Result<(), Refusal> {
    if table.is_virtual() {
        sink.record();
        sink.skip(&table.place, why);
        return Ok(());
    }
    let mut cells = database.cells(table);
    while let Some(entry) = cells.next()? {
        sink.record();
        match entry {
            Entry::Row(row) => sink.skip(&row.place, why),
            Entry::Flaw(problem) => sink.problem(*problem)?,
        }
    }
    Ok(())
}

fn unread(database: &Database, table: &Table, sink: &mut dyn Sink) -> Result<(), Refusal> {
    sink.record();
    if table.is_virtual() {
        sink.skip(&table.place, "a virtual table has no rows of its own");
        return Ok(());
    }
    let n_rows = database.count(table)?;
    if n_rows == 0 {
        sink.skip(&table.place, "an unknown table without rows");
        return Ok(());
    }
    let expected = "a table that the reader knows";
    let found = format!("{n_rows} rows in the table {}", table.name);
    let place = table.place.clone();
    let problem = Problem::new(ProblemKind::UnknownElement, place, &table.name, expected, &found);
    sink.problem(
        problem.mend("none of these rows is read; look at the table with a program made for databases"),
    )
}
