//! `tutela table`: rows of a table, each with its place.

use std::io::Write;

use serde_json::{Map, Value, json};
use tutela_case::Case;
use tutela_model::table::TABLES;
use tutela_model::{RowId, Spot, TableInfo, Tables as _};
use tutela_outputs::shown::{self, plain};

use crate::cells;
use crate::ending::{Exit, Failure};
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::talk::phrase;
use crate::verbs::problems::{name_of, place_text, unarmed};

/// Options of `table`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The table
    pub name: String,
    /// Only rows with this value in this column; several must all hold
    #[arg(long = "where", value_name = "COL=VALUE", value_parser = condition)]
    pub conditions: Vec<(String, String)>,
    /// How many rows to show; 0 shows all
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
}

/// Reads `column=value`.
fn condition(text: &str) -> Result<(String, String), Failure> {
    let bad = || Failure::new(Exit::Usage, phrase!("expected.condition", found = text));
    let (column, value) = text.split_once('=').ok_or_else(bad)?;
    Ok((column.trim().to_owned(), value.to_owned()))
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let Some(table) = TableInfo::named(&args.name) else {
        let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
        let what = phrase!("table.unknown", table = args.name.as_str());
        return Err(Failure::new(Exit::Usage, what)
            .hint(phrase!("table.unknown.hint", names = names))
            .into());
    };
    let columns = columns(table);
    if let Some((column, _)) = args.conditions.iter().find(|(column, _)| !columns.contains(column)) {
        let what = phrase!("table.column", table = table.name, column = column.as_str());
        return Err(Failure::new(Exit::Usage, what)
            .hint(phrase!("table.column.hint", names = columns))
            .into());
    }
    let operation = Operation::open(run)?;
    operation.consult(run, "table", table.name)?;
    operation.case.check_table(table.name)?;
    let (rows, n_all) = select(&operation.case, table, args, run)?;
    match run.format {
        Format::Text => run.data(|out| rows.iter().try_for_each(|row| Ok(write_text(out, table, row)?)))?,
        Format::Json => {
            run.json(
                &json!({"schema": "tutela.table/1", "table": table.name, "total": n_all, "rows": rows}),
            )?;
        }
        Format::Jsonl => run.data(|out| {
            for row in &rows {
                serde_json::to_writer(&mut *out, row).map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
            Ok(())
        })?,
        Format::Csv => run.data(|out| {
            let mut writer = csv::Writer::from_writer(out);
            writer.write_record(&columns)?;
            for row in &rows {
                let cell = |column: &String| row.get(column).map(cells::plain).unwrap_or_default();
                writer.write_record(columns.iter().map(|column| unarmed(&cell(column))))?;
            }
            Ok(writer.flush()?)
        })?,
    }
    if n_all > rows.len() {
        run.say(phrase!("table.more", shown = rows.len(), n = n_all));
    }
    Ok(Exit::Done)
}

/// The columns of a row as it is shown: those stored, then the row's id, its file and that file's digest.
fn columns(table: &TableInfo) -> Vec<String> {
    let schema = (table.schema)();
    let stored = schema.fields().iter().map(|column| column.name().clone());
    stored.chain(["row", "file", "source"].map(str::to_owned)).collect()
}

/// The rows that meet all conditions, as many as may be shown, and how many there are.
fn select(
    case: &Case,
    table: &'static TableInfo,
    args: &Args,
    run: &Run,
) -> anyhow::Result<(Vec<Map<String, Value>>, usize)> {
    let limit = if args.limit == 0 { usize::MAX } else { args.limit };
    let tables = case.tables();
    let (mut rows, mut n_all) = (Vec::new(), 0);
    for part in tables.parts(table) {
        run.go_on()?;
        let (source, file) = (part.source.hex(), name_of(case, part.source));
        tables.scan(table, &part, &[], &mut |batch| {
            if args.conditions.is_empty() && rows.len() >= limit {
                n_all += batch.num_rows();
                return run.flow();
            }
            for row_idx in 0..batch.num_rows() {
                let mut row = cells::row_json(&batch, row_idx);
                let id = RowId::new(table.name, &source, row["place"].as_str().unwrap_or_default());
                row.insert("row".to_owned(), json!(id.0));
                row.insert("file".to_owned(), json!(file));
                row.insert("source".to_owned(), json!(source));
                if args
                    .conditions
                    .iter()
                    .all(|(column, value)| row.get(column).map(cells::plain).as_ref() == Some(value))
                {
                    n_all += 1;
                    if rows.len() < limit {
                        rows.push(row);
                    }
                }
            }
            run.flow()
        })?;
    }
    Ok((rows, n_all))
}

/// The place, then the fields that have a value.
fn write_text(out: &mut dyn Write, table: &TableInfo, row: &Map<String, Value>) -> std::io::Result<()> {
    let text = |name: &str| row.get(name).map(cells::plain).unwrap_or_default();
    let place = match text("place").parse::<Spot>() {
        Ok(spot) => place_text(&text("file"), &spot),
        Err(_) => format!("{} {}", plain(&text("file")), plain(&text("place"))),
    };
    let fields: Vec<String> = cells::row_text(table, row)
        .into_iter()
        .map(|(name, value)| format!("{name} {}", plain(&value)))
        .collect();
    let entry = format!("{place}\n{}", shown::wrapped("  ", &fields.join(" · "), 2));
    out.write_all(entry.as_bytes())
}
