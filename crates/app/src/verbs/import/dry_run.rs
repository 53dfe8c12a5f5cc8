//! A dry run of an import: files are read and counted, and nothing is stored.

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, RecordBatch};
use serde_json::{Value, json};
use tutela_model::tables::{Builders, Problem};
use tutela_model::{Declared, Refusal, Row, Sink, Spot, TableInfo};
use tutela_outputs::shown::{self, count, plain};

use super::{Batch, Item, about, notes_text, skips_text};
use crate::ending::{self, Exit};
use crate::intake;
use crate::run::{Format, Run};
use crate::talk::{path_text, phrase};
use crate::verbs::problems::{to_json, write_problem};

/// Reads the files and says what an import would give.
pub fn run(run: &Run, batch: Batch, declared: &Declared) -> anyhow::Result<Exit> {
    let mut results: Vec<(PathBuf, anyhow::Result<Counted>)> =
        batch.results.into_iter().map(|(path, result)| (path, result.map(|_| Counted::default()))).collect();
    for item in batch.items {
        let counted = read(run, &item, declared);
        results.push((item.path, counted));
    }
    match run.format {
        Format::Text => run.data(|out| {
            for (path, counted) in &results {
                if let Ok(counted) = counted {
                    write_text(out, run, &intake::name_of(path), counted)?;
                }
            }
            Ok(())
        })?,
        _ => {
            let files: Vec<Value> =
                results.iter().map(|(path, counted)| file_json(run, path, counted)).collect();
            run.json(&json!({"schema": "tutela.import_dry_run/1", "files": files}))?;
        }
    }
    run.say(phrase!("import.dry_run"));
    let mut exit = Exit::Done;
    for (path, counted) in &results {
        match counted {
            Ok(counted) if counted.n_problems() > 0 && exit == Exit::Done => exit = Exit::Problems,
            Ok(_) => {}
            Err(error) => {
                let error_exit = ending::exit_of(error);
                exit = if error_exit == Exit::Stopped { Exit::Stopped } else { Exit::Failed };
                run.aloud(format!("{}: {}", run.word(phrase!("error")), about(path, error, run)));
            }
        }
    }
    Ok(exit)
}

fn read<'a>(run: &'a Run, item: &Item, declared: &Declared) -> anyhow::Result<Counted<'a>> {
    let Item { path, reader, beside } = item;
    let mut input = intake::open(path)?;
    input.beside = beside.iter().map(|path| intake::open(path)).collect::<Result<_, _>>()?;
    let mut counted = Counted { reader: reader.name, stop: Some(run), ..Counted::default() };
    (reader.read)(input, declared, &mut counted)?;
    counted.tally();
    Ok(counted)
}

/// How many problems are shown of each file.
const PROBLEMS_SHOWN: usize = 5;
/// Rows that wait to be tallied together.
const BATCH_ROWS: usize = 8192;

/// Counts rows instead of storing them.
#[derive(Default)]
struct Counted<'a> {
    reader: &'static str,
    builders: Builders,
    rows: BTreeMap<&'static str, u64>,
    /// How the zone of times is known: `in_record`, `in_format`, `declared`.
    zones: BTreeMap<String, u64>,
    problems: Vec<Problem>,
    skips: BTreeMap<&'static str, u64>,
    notes: Vec<(&'static str, String)>,
    stop: Option<&'a Run>,
}

impl Counted<'_> {
    fn n_problems(&self) -> u64 {
        self.rows.get("problem").copied().unwrap_or_default()
    }

    fn tally(&mut self) {
        for (table, batch) in self.builders.finish().into_values() {
            self.tally_batch(table, &batch);
        }
    }

    fn tally_batch(&mut self, table: &'static TableInfo, batch: &RecordBatch) {
        *self.rows.entry(table.name).or_default() += batch.num_rows() as u64;
        for (column, array) in batch.schema().fields().iter().zip(batch.columns()) {
            // A time's columns are its name, and its name with `_said`, `_precision` and `_zone`.
            if column.name().strip_suffix("_zone").is_some_and(|name| table.field_idx(name).is_some()) {
                let zones = array.as_string::<i32>();
                for row_idx in (0..zones.len()).filter(|row_idx| zones.is_valid(*row_idx)) {
                    *self.zones.entry(zones.value(row_idx).to_owned()).or_default() += 1;
                }
            }
        }
    }
}

impl Sink for Counted<'_> {
    fn record(&mut self) {}

    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        if self.stop.is_some_and(Run::is_stopped) {
            return Err(Refusal::Stopped);
        }
        if let Some((table, batch)) = self.builders.push(&row, BATCH_ROWS) {
            self.tally_batch(table, &batch);
        }
        if let Row::Problem(problem) = row
            && self.problems.len() < PROBLEMS_SHOWN
        {
            self.problems.push(problem);
        }
        Ok(())
    }

    fn skip(&mut self, _: &Spot, reason: &'static str) {
        *self.skips.entry(reason).or_default() += 1;
    }

    fn note(&mut self, key: &'static str, value: &str) {
        let note = (key, value.to_owned());
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn progress(&mut self, _: u64) {}
}

fn write_text(
    out: &mut dyn std::io::Write,
    run: &Run,
    name: &str,
    counted: &Counted<'_>,
) -> anyhow::Result<()> {
    let rows: Vec<String> =
        counted.rows.iter().map(|(table, n)| format!("{table} {}", count(*n, run.lang))).collect();
    let head = format!("{}  {}  {}", plain(name), counted.reader, rows.join(" · "));
    let mut text = shown::wrapped("", &head, 4);
    let zones: Vec<String> =
        counted.zones.iter().map(|(zone, n)| format!("{zone} {}", count(*n, run.lang))).collect();
    if !zones.is_empty() {
        text.push_str(&shown::wrapped("    ", &run.word(phrase!("import.zones", zones = zones)), 4));
    }
    text.push_str(&skips_text(counted.skips.iter().map(|(reason, n)| (*reason, *n)), run));
    text.push_str(&notes_text(counted.notes.iter().map(|(key, value)| (*key, value.as_str()))));
    out.write_all(text.as_bytes())?;
    for problem in &counted.problems {
        write_problem(out, name, problem)?;
    }
    Ok(())
}

fn file_json(run: &Run, path: &std::path::Path, counted: &anyhow::Result<Counted<'_>>) -> Value {
    let shown = path_text(path);
    match counted {
        Ok(counted) => {
            let name = intake::name_of(path);
            let problems: Vec<Value> =
                counted.problems.iter().map(|problem| to_json(None, &name, problem)).collect();
            json!({"path": shown, "source": counted.reader, "rows": counted.rows, "zones": counted.zones,
                "problems": counted.n_problems(), "first_problems": problems, "skips": counted.skips,
                "notes": counted.notes})
        }
        Err(error) => json!({"path": shown, "error": about(path, error, run)}),
    }
}
