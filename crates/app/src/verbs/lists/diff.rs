//! `tutela lists diff`: what changed from one version of a list to another, file by file.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde_json::{Value, json};
use tutela_matchers::index::{Change, Difference, Index, diff};
use tutela_matchers::lists::Attributes;

use super::{SCHEMA, attributes_json, category_text, hashes_json, hashes_text, list_json};
use crate::ending::Exit;
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `lists diff`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The index of the earlier version
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The index of the later one
    #[arg(value_name = "AFTER")]
    after: PathBuf,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let (before, after) = (Index::open(&args.before)?, Index::open(&args.after)?);
    let mut counts: BTreeMap<Change, u64> = BTreeMap::new();
    run.data(|out| {
        let mut writer = Changes::new(out, run, &before, &after)?;
        let mut failed = Ok(());
        let done = diff(&before, &after, &mut |difference| {
            *counts.entry(difference.change).or_default() += 1;
            failed = writer.write(&difference);
            if failed.is_err() { ControlFlow::Break(()) } else { run.flow() }
        });
        failed?;
        if done.is_break() {
            run.go_on()?;
        }
        Ok(writer.end(&counts)?)
    })?;
    let count = |change| counts.get(&change).copied().unwrap_or_default();
    run.say(phrase!(
        "lists.diff",
        added = count(Change::Added),
        missing = count(Change::Missing),
        withdrawn = count(Change::Withdrawn),
        restored = count(Change::Restored),
        changed = count(Change::Changed)
    ));
    Ok(Exit::Done)
}

/// Changes on their way out, one at a time: two lists may differ in more than memory holds.
struct Changes<'o> {
    out: &'o mut dyn Write,
    format: Format,
    first: bool,
}

impl<'o> Changes<'o> {
    fn new(out: &'o mut dyn Write, run: &Run, before: &Index, after: &Index) -> io::Result<Self> {
        match run.format {
            Format::Json => write!(
                out,
                "{{\"schema\":\"{SCHEMA}\",\"before\":{},\"after\":{},\"changes\":[",
                list_json(before),
                list_json(after)
            )?,
            Format::Csv => writeln!(out, "change,kind,hash,category_before,category_after")?,
            Format::Text | Format::Jsonl => {}
        }
        Ok(Self { out, format: run.format, first: true })
    }

    fn write(&mut self, difference: &Difference<'_>) -> io::Result<()> {
        let Difference { change, hashes, before, after } = difference;
        let categories = |all: &[&Attributes]| {
            all.iter().map(|attributes| category_text(attributes)).collect::<Vec<_>>().join("; ")
        };
        let first = std::mem::take(&mut self.first);
        match self.format {
            Format::Text => {
                let hash = hashes_text(hashes);
                let (was, is) = (categories(before), categories(after));
                let what = if was == is { was } else { format!("{was} → {is}") };
                let what = tutela_outputs::shown::plain(&what);
                writeln!(self.out, "{:<10} {hash}  {what}", change.word())
            }
            Format::Csv => {
                let hash = hashes_text(hashes);
                let (kind, hash) = hash.split_once(':').unwrap_or_default();
                let mut writer = csv::Writer::from_writer(&mut self.out);
                writer.write_record([change.word(), kind, hash, &categories(before), &categories(after)])?;
                writer.flush()
            }
            Format::Json | Format::Jsonl => {
                let all =
                    |all: &[&Attributes]| all.iter().map(|one| attributes_json(one)).collect::<Vec<Value>>();
                let row = json!({
                    "change": change.word(), "hashes": hashes_json(hashes),
                    "before": all(before), "after": all(after),
                });
                match (self.format, first) {
                    (Format::Json, true) => write!(self.out, "\n{row}"),
                    (Format::Json, false) => write!(self.out, ",\n{row}"),
                    _ => writeln!(self.out, "{row}"),
                }
            }
        }
    }

    fn end(self, counts: &BTreeMap<Change, u64>) -> io::Result<()> {
        if self.format != Format::Json {
            return Ok(());
        }
        let counts = Change::ALL.map(|change| {
            (change.word().to_owned(), json!(counts.get(&change).copied().unwrap_or_default()))
        });
        writeln!(self.out, "],\"counts\":{}}}", Value::Object(counts.into_iter().collect()))
    }
}
