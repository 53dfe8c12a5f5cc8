//! `tutela status`: what is in the operation, and what to do next.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value, json};
use tutela_case::{Acted, Import};
use tutela_model::table::TABLES;
use tutela_outputs::shown::{count, plain, wrapped};

use crate::analysis;
use crate::columns::write_columns;
use crate::ending::Exit;
use crate::operation::{Operation, today};
use crate::run::{Format, Run, width};
use crate::talk::{path_text, phrase};
use crate::verbs::authority;
use crate::verbs::import::TOLD_SINGLY;
use crate::verbs::ledger;

/// Options of `status`.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Runs the verb.
pub fn run(run: &Run, _: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    match run.format {
        Format::Text => run.data(|out| write_text(out, run, &operation))?,
        _ => run.json(&to_json(run, &operation))?,
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

/// What is in the operation, as data.
pub fn to_json(run: &Run, operation: &Operation) -> Value {
    let case = &operation.case;
    let today = today();
    let authorities: Vec<Value> =
        case.authorities().iter().map(|authority| authority::to_json(authority, today)).collect();
    let sources: Vec<Value> = case
        .imports()
        .into_iter()
        .map(|import| {
            json!({"name": import.name, "sha256": import.sha256.hex(), "size": import.size, "reader": import.reader,
                "reader_version": import.reader_version, "basis": import.basis, "rows": import.all_rows(),
                "problems": import.problems(), "sealed": import.all_sealed(), "skips": import.skips, "at": import.at.to_string(),
                "officer": import.officer})
        })
        .collect();
    let stale = case.is_stale(&analysis::made_with());
    let (integrity, claim) = ledger::of_record(case);
    json!({"schema": "tutela.status/1", "operation": case.title(), "folder": case.dir().display().to_string(),
        "created": case.created(), "authorities": authorities, "sources": sources, "rows": rows(operation),
        "problems": case.imports().iter().map(|import| import.problems()).sum::<u64>(),
        "decisions": case.decisions().len(), "ledger_entries": case.record().acts().len(),
        "findings_digest": case.analysis().map(|analysis| format!("sha256:{}", analysis.digest)),
        "findings_stale": stale, "integrity": integrity.word(), "claim": run.word(claim)})
}

fn write_text(out: &mut dyn Write, run: &Run, operation: &Operation) -> anyhow::Result<()> {
    let case = &operation.case;
    writeln!(out, "{}", plain(case.title()))?;
    writeln!(out, "{}", path_text(case.dir()))?;
    for authority in case.authorities() {
        let (validity, text) = (run.word(authority::state(authority, today())), plain(&authority.text));
        let line = format!("{}  {} – {}  {validity}  {text}", authority.id, authority.from, authority.until);
        out.write_all(wrapped("", &line, 5).as_bytes())?;
    }
    if !case.imports().is_empty() {
        writeln!(out)?;
        write_columns(out, &run.headings(phrase!("status.files")), &files(run, operation), width())?;
        writeln!(out)?;
        let rows: Vec<Vec<String>> = rows(operation)
            .into_iter()
            .map(|(table, n)| vec![table.to_owned(), count(n, run.lang)])
            .collect();
        write_columns(out, &run.headings(phrase!("status.tables")), &rows, width())?;
        let n_sealed: u64 = case.imports().iter().map(|import| import.all_sealed()).sum();
        if n_sealed > 0 {
            writeln!(out, "{}", run.word(phrase!("status.sealed", n = n_sealed)))?;
        }
    }
    writeln!(out)?;
    let record = case.record();
    let entries = phrase!("status.ledger", n = record.acts().len(), root = record.root().to_string());
    writeln!(out, "{}", run.word(entries))?;
    out.write_all(wrapped("", &run.word(ledger::of_record(case).1), 0).as_bytes())?;
    let findings = match case.analysis() {
        Some(analysis) if case.is_stale(&analysis::made_with()) => {
            phrase!("status.findings.stale", digest = analysis.digest.to_string())
        }
        Some(analysis) => phrase!("status.findings", digest = analysis.digest.to_string()),
        None => phrase!("status.findings.none"),
    };
    Ok(writeln!(out, "{}", run.word(findings))?)
}

/// The files that count, in the order in which they came: name, reader, rows, problems, digest. Many of one reader
/// without problems are one line, as when they were imported.
fn files(run: &Run, operation: &Operation) -> Vec<Vec<String>> {
    let imports = operation.case.imports();
    let is_plain = |import: &&Acted<Import>| run.verbose == 0 && import.problems() == 0;
    let mut plain_ones: BTreeMap<&str, Vec<&Acted<Import>>> = BTreeMap::new();
    for import in imports.iter().copied().filter(is_plain) {
        plain_ones.entry(&import.reader).or_default().push(import);
    }
    plain_ones.retain(|_, imports| imports.len() > TOLD_SINGLY);
    let row = |name: String, imports: &[&Acted<Import>], digest: String| {
        let sum = |n: fn(&Import) -> u64| count(imports.iter().map(|import| n(import)).sum(), run.lang);
        vec![name, imports[0].reader.clone(), sum(Import::all_rows), sum(Import::problems), digest]
    };
    let mut rows = Vec::new();
    for import in imports {
        match plain_ones.get(import.reader.as_str()) {
            Some(many) if is_plain(&import) => {
                if std::ptr::eq(many[0], import) {
                    let name = run.word(phrase!("status.many", n = many.len()));
                    rows.push(row(name, many, "-v".to_owned()));
                }
            }
            _ => rows.push(row(plain(&import.name), &[import], import.sha256.hex()[..12].to_owned())),
        }
    }
    rows
}
