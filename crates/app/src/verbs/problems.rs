//! `tutela problems`: the records that could not be read, each with its place, what was expected and what was found.

use std::io::Write;
use std::ops::ControlFlow;

use serde_json::{Value, json};
use tutela_case::Case;
use tutela_model::table::TablesError;
use tutela_model::tables::Problem;
use tutela_model::{Digest, Spot, Table as _, Tables as _};
use tutela_outputs::shown::{self, plain};

use crate::ending::Exit;
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `problems`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only those of one file received, by its name or digest
    #[arg(long, value_name = "FILE")]
    pub source: Option<String>,
    /// How many to show
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub limit: usize,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    let case = &operation.case;
    operation.consult(run, "problems", args.source.as_deref().unwrap_or("all"))?;
    case.check_table("problem")?;
    let mut listed = Vec::new();
    let mut n_all = 0_usize;
    each(case, &mut |source, problem| {
        let name = name_of(case, source);
        let asked = args
            .source
            .as_ref()
            .is_none_or(|asked| *asked == name || source.hex().starts_with(asked.as_str()));
        if asked {
            n_all += 1;
            if listed.len() < args.limit {
                listed.push((source, name, problem.clone()));
            }
        }
    })?;
    match run.format {
        Format::Text => run.data(|out| {
            for (_, name, problem) in &listed {
                write_problem(out, name, problem)?;
            }
            Ok(())
        })?,
        Format::Jsonl => run.data(|out| {
            for (source, name, problem) in &listed {
                writeln!(out, "{}", to_json(Some(*source), name, problem))?;
            }
            Ok(())
        })?,
        Format::Csv => run.data(|out| {
            let mut writer = csv::Writer::from_writer(out);
            writer
                .write_record(["file", "place", "kind", "column", "expected", "found", "mend", "source"])?;
            for (source, name, problem) in &listed {
                writer.write_record(cells(*source, name, problem).map(|cell| unarmed(&cell)))?;
            }
            Ok(writer.flush()?)
        })?,
        Format::Json => {
            let problems: Vec<Value> =
                listed.iter().map(|(source, name, problem)| to_json(Some(*source), name, problem)).collect();
            run.json(&json!({"schema": "tutela.problems/1", "total": n_all, "problems": problems}))?;
        }
    }
    if n_all == 0 {
        run.say(phrase!("problems.none"));
    } else if n_all > listed.len() {
        run.say(phrase!("problems.more", n = n_all - listed.len()));
    }
    Ok(Exit::Done)
}

/// Hands every problem of an operation to `take`, in the order in which the files were imported.
///
/// # Errors
/// The table cannot be read.
pub fn each(case: &Case, take: &mut dyn FnMut(Digest, &Problem)) -> Result<(), TablesError> {
    let tables = case.tables();
    let parts = tables.parts(&Problem::INFO);
    for import in case.imports() {
        for part in parts.iter().filter(|part| part.source == import.sha256) {
            tables.scan(&Problem::INFO, part, &[], &mut |batch| {
                for problem in Problem::rows(&batch) {
                    take(part.source, &problem);
                }
                ControlFlow::Continue(())
            })?;
        }
    }
    Ok(())
}

/// The name of a received file.
pub fn name_of(case: &Case, source: Digest) -> String {
    case.import(source).map_or_else(|| source.hex()[..16].to_owned(), |import| import.name.clone())
}

/// File and spot in one word: `leases.csv:12`.
pub fn place_text(name: &str, spot: &Spot) -> String {
    match spot {
        Spot::Line(line) => format!("{}:{line}", plain(name)),
        spot => format!("{} {}", plain(name), plain(&spot.to_string())),
    }
}

/// Place and kind, then what was expected and found under them.
pub fn write_problem(out: &mut dyn Write, name: &str, problem: &Problem) -> std::io::Result<()> {
    let column = problem.column.as_deref().map(|column| format!(" {}", plain(column))).unwrap_or_default();
    let head = format!("{}  {}{column}", place_text(name, &problem.place), problem.kind.word());
    let mut text = shown::wrapped("", &head, 4);
    text.push_str(&shown::wrapped("    expected: ", &plain(&problem.expected), 14));
    if let Some(found) = &problem.found {
        text.push_str(&shown::wrapped("    found: ", &plain(found), 11));
    }
    if let Some(mend) = &problem.mend {
        text.push_str(&shown::wrapped("    hint: ", &plain(mend), 10));
    }
    out.write_all(text.as_bytes())
}

/// A problem as JSON, with the place as contracts have it; a file that was not received has no digest.
pub fn to_json(source: Option<Digest>, name: &str, problem: &Problem) -> Value {
    let mut place = problem.place.json();
    place.insert("file".to_owned(), json!(source.map(|source| format!("sha256:{source}"))));
    json!({"file": name, "place": place, "kind": problem.kind.word(), "column": problem.column.as_deref(),
        "expected": problem.expected.as_str(), "found": problem.found.as_deref(), "mend": problem.mend.as_deref()})
}

fn cells(source: Digest, name: &str, problem: &Problem) -> [String; 8] {
    let text = |text: &Option<tutela_model::Text>| text.as_deref().unwrap_or_default().to_owned();
    [
        name.to_owned(),
        problem.place.to_string(),
        problem.kind.word().to_owned(),
        text(&problem.column),
        problem.expected.to_string(),
        text(&problem.found),
        text(&problem.mend),
        source.hex(),
    ]
}

/// A cell that a spreadsheet would run as a formula gets a quote before it.
pub fn unarmed(cell: &str) -> String {
    let acts = cell.starts_with(['=', '@', '\t', '\r'])
        || (cell.starts_with(['+', '-']) && cell.parse::<f64>().is_err());
    if acts { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_is_unarmed() {
        let cells = ["=1+1", "@x", "-x", "+39 333", "-12", "plain", ""];
        assert_eq!(cells.map(unarmed), ["'=1+1", "'@x", "'-x", "'+39 333", "-12", "plain", ""]);
    }
}
