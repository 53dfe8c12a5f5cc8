//! `tutela link`: which records of a table are of the same person. It needs no operation, so that anybody can try the
//! resolver on records whose truth they know.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tutela_analyses::linkage::calibrate::honesty;
use tutela_analyses::linkage::cluster::Note;
use tutela_analyses::linkage::compare::{Column, Kind, Level};
use tutela_analyses::linkage::measure::judge;
use tutela_analyses::linkage::resolve::{MOST_COLUMNS, Resolved, Settings, resolve};
use tutela_analyses::linkage::scale::probability;

use crate::columns::write_columns;
use crate::ending::{Doing as _, Exit, Failure};
use crate::run::{Format, Run, width};
use crate::talk::{path_text, phrase};

/// Options of `link`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The table, a CSV file with a heading
    file: PathBuf,
    /// The columns to compare, each with its kind: name, date, postcode, place, email, phone, category; and a number,
    /// when columns say the same thing twice and count once: town:place:1
    #[arg(long, value_name = "COLUMN:KIND", value_delimiter = ',', required = true)]
    columns: Vec<String>,
    /// The column that names each record [default: its line]
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// The column that says which person each record really is of, to judge the result by; it is never compared
    #[arg(long, value_name = "COLUMN")]
    truth: Option<String>,
    /// Two records, by their ids: what speaks for and against one person, column by column
    #[arg(long, num_args = 2, value_names = ["ID", "ID"])]
    explain: Option<Vec<String>>,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let table = Table::read(args)?;
    run.go_on()?;
    let resolved = resolve(&table.columns, &table.ids, &[], Settings::default());
    if let Some([a, b]) = args.explain.as_deref() {
        explain(run, &table, &resolved, [table.record(a)?, table.record(b)?])?;
    } else {
        run.data(|out| write_sets(out, run, &table, &resolved))?;
        tell(run, &table, &resolved);
    }
    if let Some(truth) = &table.truth {
        tell_truth(run, truth, &resolved);
    }
    Ok(Exit::Done)
}

/// The records of a file.
struct Table {
    columns: Vec<Column>,
    ids: Vec<String>,
    truth: Option<Vec<u32>>,
}

impl Table {
    fn read(args: &Args) -> anyhow::Result<Self> {
        let cannot = || phrase!("cannot.read", path = path_text(&args.file));
        let mut reader = csv::Reader::from_path(&args.file).doing(cannot)?;
        let header = reader.byte_headers().doing(cannot)?.clone();
        let header: Vec<String> =
            header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        if args.columns.len() > MOST_COLUMNS {
            return Err(Failure::new(Exit::Usage, phrase!("link.many", most = MOST_COLUMNS)).into());
        }
        let mut places = Vec::new();
        let mut columns = Vec::new();
        for (idx, said) in args.columns.iter().enumerate() {
            let (name, kind, group) = column(said, idx)?;
            places.push(place(&header, name, &args.file)?);
            columns.push(Column { name: name.to_owned(), kind, group, values: vec![] });
        }
        let place_of = |name: &Option<String>| name.as_deref().map(|name| place(&header, name, &args.file));
        let (id, truth) = (place_of(&args.id).transpose()?, place_of(&args.truth).transpose()?);
        let mut ids = Vec::new();
        let mut persons: BTreeMap<Vec<u8>, u32> = BTreeMap::new();
        let mut truth_of = Vec::new();
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).doing(cannot)? {
            let cell = |place: usize| String::from_utf8_lossy(&record[place]).into_owned();
            for (column, place) in columns.iter_mut().zip(&places) {
                column.values.push(cell(*place));
            }
            let line = || record.position().map_or(0, csv::Position::line).to_string();
            ids.push(id.map_or_else(line, cell));
            if let Some(truth) = truth {
                let next = persons.len() as u32;
                truth_of.push(*persons.entry(record[truth].to_vec()).or_insert(next));
            }
        }
        Ok(Self { columns, ids, truth: truth.map(|_| truth_of) })
    }

    fn record(&self, id: &str) -> Result<usize, Failure> {
        let found = self.ids.iter().position(|known| known == id);
        found.ok_or_else(|| Failure::new(Exit::Failed, phrase!("link.no_record", id = id)))
    }
}

/// Reads `name:kind` or `name:kind:group`.
fn column(said: &str, idx: usize) -> Result<(&str, Kind, u8), Failure> {
    let bad = || {
        let words: Vec<&str> = Kind::WORDS.iter().map(|(word, _)| *word).collect();
        Failure::new(Exit::Usage, phrase!("link.column", found = said))
            .hint(phrase!("link.column.hint", kinds = words))
    };
    let parts: Vec<&str> = said.split(':').collect();
    let (name, kind, group) = match parts[..] {
        [name, kind] => (name, kind, None),
        [name, kind, group] => (name, kind, Some(group)),
        _ => return Err(bad()),
    };
    // Groups that were numbered lie below those of columns that stand alone.
    let group = group.map_or(Ok(idx as u8 + 100), |group| group.parse().map_err(|_| bad()))?;
    Ok((name, Kind::of_word(kind).ok_or_else(bad)?, group))
}

fn place(header: &[String], name: &str, file: &Path) -> Result<usize, Failure> {
    header.iter().position(|column| column == name).ok_or_else(|| {
        Failure::new(Exit::Usage, phrase!("link.no_column", column = name, path = path_text(file)))
            .hint(phrase!("link.no_column.hint", columns = header.to_vec()))
    })
}

/// Each record with its set; a set is named by the id of its first record.
fn write_sets(out: &mut dyn Write, run: &Run, table: &Table, resolved: &Resolved) -> anyhow::Result<()> {
    let name = |record: usize| &table.ids[resolved.record(resolved.of[record]) as usize];
    let margin = |record: usize| resolved.sets.margins.get(&resolved.of[record]).copied();
    let records = 0..table.ids.len();
    match run.format {
        Format::Json | Format::Jsonl => {
            let rows: Vec<Value> = records
                .map(|record| {
                    json!({"record": table.ids[record], "set": name(record), "margin_millibans": margin(record)})
                })
                .collect();
            if run.format == Format::Json {
                writeln!(out, "{}", json!({"schema": "tutela.link/1", "records": rows}))?;
            } else {
                rows.iter().try_for_each(|row| writeln!(out, "{row}"))?;
            }
        }
        Format::Text | Format::Csv => {
            let mut writer = csv::Writer::from_writer(out);
            writer.write_record(["record", "set", "margin_millibans"])?;
            for record in records {
                let margin = margin(record).map_or_else(String::new, |margin| margin.to_string());
                writer.write_record([table.ids[record].as_str(), name(record).as_str(), margin.as_str()])?;
            }
            writer.flush()?;
        }
    }
    Ok(())
}

/// How many sets, what was not compared, and what a person should look at.
fn tell(run: &Run, table: &Table, resolved: &Resolved) {
    let sets = resolved.sets.margins.len();
    run.say(phrase!("link.done", records = table.ids.len(), sets = sets, pairs = resolved.scored.len()));
    for capped in &resolved.capped {
        let parts = &resolved.keys[capped.key].parts;
        let key: Vec<&str> = parts.iter().map(|(column, _)| table.columns[*column].name.as_str()).collect();
        run.say(phrase!(
            "link.capped",
            key = key.join(" + "),
            limit = capped.limit,
            n = capped.n_keys,
            largest = capped.largest,
            hubs = capped.n_hubs
        ));
    }
    let id = |at: u32| table.ids[resolved.record(at) as usize].clone();
    for note in resolved.notes() {
        run.say(match note {
            Note::Contradiction(way) => {
                phrase!("link.contradiction", way = way.iter().map(|at| id(*at)).collect::<Vec<_>>())
            }
            Note::Cut(thread) => phrase!("link.cut", a = id(thread.pair.0), b = id(thread.pair.1)),
            Note::SingleThread(thread) => {
                phrase!("link.thread", a = id(thread.pair.0), b = id(thread.pair.1))
            }
            Note::Hub { set, size } => phrase!("link.hub", set = id(*set), size = *size),
        });
    }
}

fn tell_truth(run: &Run, truth: &[u32], resolved: &Resolved) {
    let judged = judge(&resolved.of, truth, |_| true);
    let person = |at: u32| truth[resolved.record(at) as usize];
    let honesty =
        honesty(resolved.scored.iter().map(|(a, b, score)| (probability(*score), person(*a) == person(*b))));
    let share = |thousandths: u64| format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    run.say(phrase!(
        "link.truth",
        precision = share(judged.precision()),
        recall = share(judged.recall()),
        f1 = share(judged.f1()),
        mixed = judged.mixed,
        sets = judged.sets,
        largest = judged.largest,
        ece = format!("0.{:06}", honesty.ece),
        brier = format!("0.{:06}", honesty.brier)
    ));
}

/// The waterfall of a pair: where two records start, what each column adds or takes, where they end.
fn explain(run: &Run, table: &Table, resolved: &Resolved, records: [usize; 2]) -> anyhow::Result<()> {
    let at = |record: usize| {
        let found = resolved.order.iter().position(|known| *known as usize == record);
        found.expect("every record has its place") as u32
    };
    let (a, b) = (at(records[0]), at(records[1]));
    let steps = resolved.model.explain(&resolved.columns, a, b);
    let total = resolved.model.score(&resolved.columns, a, b).0;
    let together = resolved.of[records[0]] == resolved.of[records[1]];
    if run.format != Format::Text {
        let steps: Vec<Value> = steps
            .iter()
            .map(|step| {
                let values = &table.columns[step.column].values;
                json!({"column": table.columns[step.column].name, "a": values[records[0]], "b": values[records[1]],
                    "level": step.cell.level.map(Level::word), "rarity_millibans": step.cell.rarity,
                    "millibans": step.millibans, "counts": step.counts})
            })
            .collect();
        return run.json(&json!({"schema": "tutela.link_pair/1", "prior_millibans": resolved.model.prior,
            "steps": steps, "total_millibans": total, "same_set": together}));
    }
    let mut rows = vec![waterfall_row(run.word(phrase!("link.prior")), "", resolved.model.prior, ["", ""])];
    for step in &steps {
        let column = &table.columns[step.column];
        let level = step.cell.level.map_or("missing", Level::word);
        let values = [column.values[records[0]].as_str(), column.values[records[1]].as_str()];
        rows.push(waterfall_row(
            column.name.clone(),
            level,
            if step.counts { step.millibans } else { 0 },
            values,
        ));
    }
    rows.push(waterfall_row(run.word(phrase!("link.total")), "", total, ["", ""]));
    run.data(|out| {
        write_columns(out, &run.headings(phrase!("link.columns")), &rows, width())?;
        let said = if together { phrase!("link.together") } else { phrase!("link.apart") };
        Ok(writeln!(out, "{}", run.word(said))?)
    })
}

fn waterfall_row(what: String, level: &str, millibans: i32, values: [&str; 2]) -> Vec<String> {
    let sign = if millibans < 0 { '-' } else { '+' };
    let size = millibans.unsigned_abs();
    let said = format!("{sign}{}.{:03}", size / 1000, size % 1000);
    vec![what, level.to_owned(), said, values.join(" | ")]
}
