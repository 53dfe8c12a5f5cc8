//! `tutela sql`: a question in SQL over all tables. It changes nothing, whatever the query says.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tutela_engine::{Answer, Limits};
use tutela_model::table::TABLES;

use crate::cells;
use crate::columns::write_columns;
use crate::ending::Exit;
use crate::operation::Operation;
use crate::run::{Format, Run, width};
use crate::talk::phrase;
use crate::verbs::problems::unarmed;

/// Options of `sql`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The query; addresses are compared with address('192.0.2.1') and read with address_text(address)
    pub query: String,
    /// How many rows to show
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub limit: usize,
    /// After how many seconds to give up
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub timeout: u64,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    operation.consult(run, "sql", &args.query)?;
    operation.case.check_tables()?;
    let tables = operation.case.tables();
    let files: Vec<_> = TABLES
        .iter()
        .map(|table| (table.name, tables.files(table).into_iter().map(|(_, path)| path).collect()))
        .collect();
    let spill = tempfile::tempdir()?;
    let limits = Limits {
        memory_bytes: run.memory_limit.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(400 << 20),
        spill: spill.path().to_owned(),
        timeout: Duration::from_secs(args.timeout),
        n_rows: args.limit,
        n_threads: run.jobs,
    };
    let answer = tutela_engine::query(&files, &args.query, &limits)?;
    write(run, &answer)?;
    if answer.more {
        run.say(phrase!("sql.more", n = answer.rows.len()));
    }
    Ok(Exit::Done)
}

fn write(run: &Run, answer: &Answer) -> anyhow::Result<()> {
    let object = |row: &Vec<Value>| -> Map<String, Value> {
        answer.columns.iter().cloned().zip(row.iter().cloned()).collect()
    };
    match run.format {
        Format::Text => run.data(|out| {
            let heading: Vec<&str> = answer.columns.iter().map(String::as_str).collect();
            let text = |value: &Value| tutela_outputs::shown::plain(&cells::plain(value));
            let rows: Vec<Vec<String>> =
                answer.rows.iter().map(|row| row.iter().map(text).collect()).collect();
            Ok(write_columns(out, &heading, &rows, width())?)
        }),
        Format::Json => {
            let rows: Vec<_> = answer.rows.iter().map(object).collect();
            run.json(&json!({"schema": "tutela.sql/1", "columns": answer.columns, "rows": rows, "more": answer.more}))
        }
        Format::Jsonl => run.data(|out| {
            for row in &answer.rows {
                writeln!(out, "{}", Value::Object(object(row)))?;
            }
            Ok(())
        }),
        Format::Csv => run.data(|out| {
            let mut writer = csv::Writer::from_writer(out);
            writer.write_record(&answer.columns)?;
            for row in &answer.rows {
                writer.write_record(row.iter().map(|value| unarmed(&cells::plain(value))))?;
            }
            Ok(writer.flush()?)
        }),
    }
}
