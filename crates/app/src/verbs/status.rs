//! `tutela status`: what is in the operation, and what to do next.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value, json};
use tutela_model::table::TABLES;
use tutela_outputs::shown::{count, plain, wrapped};

use crate::analysis;
use crate::columns::write_columns;
use crate::ending::Exit;
use crate::operation::{Operation, today};
use crate::run::{Format, Run, width};
use crate::talk::phrase;

/// Options of `status`.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Runs the verb.
pub fn run(run: &Run, _: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    match run.format {
        Format::Text => run.data(|out| write_text(out, run, &operation))?,
        _ => run.json(&to_json(&operation))?,
    }
    let next = if operation.case.imports().is_empty() {
        "tutela import FILE…"
    } else if operation.case.is_stale(&analysis::made_with()) {
        "tutela analyse"
    } else {
        "tutela leads"
    };
    run.say(phrase!("next", command = next));
    Ok(Exit::Done)
}

/// Rows of each table that has some, `problem` among them.
fn rows(operation: &Operation) -> BTreeMap<&'static str, u64> {
    let imports = operation.case.imports();
    TABLES
        .iter()
        .map(|table| (table.name, imports.iter().map(|import| import.rows(table.name)).sum()))
        .filter(|(_, rows)| *rows > 0)
        .collect()
}

fn to_json(operation: &Operation) -> Value {
    let case = &operation.case;
    let today = today();
    let authorities: Vec<Value> = case
        .authorities()
        .iter()
        .map(|authority| {
            json!({"id": authority.id, "text": authority.text, "from": authority.from.to_string(),
                "until": authority.until.to_string(), "valid_today": authority.covers(today)})
        })
        .collect();
    let sources: Vec<Value> = case
        .imports()
        .into_iter()
        .map(|import| {
            json!({"name": import.name, "sha256": import.sha256.hex(), "size": import.size, "reader": import.reader,
                "reader_version": import.reader_version, "basis": import.basis, "rows": import.all_rows(),
                "problems": import.problems(), "skips": import.skips, "at": import.at.to_string(),
                "officer": import.officer})
        })
        .collect();
    let stale = case.is_stale(&analysis::made_with());
    json!({"schema": "tutela.status/1", "operation": case.title(), "folder": case.dir().display().to_string(),
        "created": case.created(), "authorities": authorities, "sources": sources, "rows": rows(operation),
        "problems": case.imports().iter().map(|import| import.problems()).sum::<u64>(),
        "decisions": case.decisions().len(), "ledger_entries": case.ledger().entries().len(),
        "findings_digest": case.analysis().map(|analysis| format!("sha256:{}", analysis.digest)),
        "findings_stale": stale})
}

fn write_text(out: &mut dyn Write, run: &Run, operation: &Operation) -> anyhow::Result<()> {
    let case = &operation.case;
    writeln!(out, "{}", plain(case.title()))?;
    writeln!(out, "{}", case.dir().display())?;
    for authority in case.authorities() {
        let valid = if authority.covers(today()) { "valid" } else { "NOT VALID TODAY" };
        let text = plain(&authority.text);
        let line = format!("{}  {} – {}  {valid}  {text}", authority.id, authority.from, authority.until);
        out.write_all(wrapped("", &line, 5).as_bytes())?;
    }
    let imports: Vec<Vec<String>> = case
        .imports()
        .into_iter()
        .map(|import| {
            vec![
                plain(&import.name),
                import.reader.clone(),
                count(import.all_rows(), run.lang),
                count(import.problems(), run.lang),
                import.sha256.hex()[..12].to_owned(),
            ]
        })
        .collect();
    if !imports.is_empty() {
        writeln!(out)?;
        write_columns(out, &["file", "source", "rows", "problems", "sha256"], &imports, width())?;
        writeln!(out)?;
        let rows: Vec<Vec<String>> = rows(operation)
            .into_iter()
            .map(|(table, n)| vec![table.to_owned(), count(n, run.lang)])
            .collect();
        write_columns(out, &["table", "rows"], &rows, width())?;
    }
    writeln!(out)?;
    let ledger = case.ledger();
    writeln!(out, "ledger    {} entries, root\n          {}", ledger.entries().len(), ledger.root())?;
    match case.analysis() {
        Some(analysis) => {
            let stale = if case.is_stale(&analysis::made_with()) { "  OUT OF DATE" } else { "" };
            writeln!(out, "findings  sha256:{}{stale}", analysis.digest)?;
        }
        None => writeln!(out, "findings  none yet")?,
    }
    Ok(())
}
