//! `tutela lists look`: what lists say of files, by their hashes. Versions of one list given together tell whether a
//! file was on one and is on the other.

use std::io::{self, BufRead as _, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tutela_matchers::index::{Hit, Index, Lists, Standing};
use tutela_matchers::lists::{
    Declared, Hashes, Kind, Layout, Note, Problem, ReadError, Record, Take, read_bytes,
};

use super::{SCHEMA, attributes_json, category_text, given_hash, hash, hashes_json, list_json};
use crate::columns::write_columns;
use crate::ending::{Doing as _, Exit, Failure};
use crate::run::{Format, Run, width};
use crate::talk::phrase;

/// Options of `lists look`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Indexes, then hashes: 32, 40 or 64 digits, or KIND:DIGITS such as ed2k:… [default: hashes from stdin, one a line,
    /// or lines of md5sum]
    #[arg(required = true, value_name = "LIST|HASH")]
    what: Vec<String>,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let is_list = |text: &&String| hash(text).is_none() && Path::new(text).exists();
    let paths: Vec<PathBuf> = args.what.iter().take_while(is_list).map(PathBuf::from).collect();
    let given = &args.what[paths.len()..];
    if paths.is_empty() {
        let what = phrase!("lists.none", found = args.what[0].as_str());
        return Err(Failure::new(Exit::Usage, what).hint(phrase!("lists.none.hint")).into());
    }
    let given = given.iter().map(|text| Ok(Asked::of(text, given_hash(text)?)));
    let given = given.collect::<Result<Vec<Asked>, Failure>>()?;
    let lists = Lists::open(&paths)?;
    let mut lost = 0;
    run.data(|out| {
        let mut writer = Answers::new(out, run, &lists)?;
        if !given.is_empty() {
            given.iter().try_for_each(|asked| writer.write(asked, &lists))?;
            return writer.end();
        }
        for (line_idx, line) in io::stdin().lock().split(b'\n').enumerate() {
            let line = line.doing(|| phrase!("lists.stdin"))?;
            match Asked::of_line(&line) {
                Some(Ok(asked)) => writer.write(&asked, &lists)?,
                Some(Err(expected)) => {
                    lost += 1;
                    run.warn(phrase!("lists.line", line = line_idx + 1, expected = expected));
                }
                None => {}
            }
            run.go_on()?;
        }
        writer.end()
    })?;
    Ok(if lost > 0 { Exit::Problems } else { Exit::Done })
}

/// A file that is asked about.
struct Asked {
    /// As it was asked.
    said: String,
    hashes: Hashes,
    size: Option<u64>,
}

impl Asked {
    fn of(said: &str, (kind, bytes): (Kind, Vec<u8>)) -> Self {
        let mut hashes = Hashes::default();
        hashes.set(kind, &bytes);
        Self { said: said.to_owned(), hashes, size: None }
    }

    /// A line as lists of hashes have them; none for an empty one, and what was expected of one that is not well formed.
    fn of_line(line: &[u8]) -> Option<Result<Self, &'static str>> {
        let text = String::from_utf8_lossy(line).trim().to_owned();
        if let Some(found) = hash(&text) {
            return Some(Ok(Self::of(&text, found)));
        }
        let mut taken = OneLine::default();
        // A line in memory is read to its end.
        let _ = read_bytes(&mut &line[..], Layout::Sums, &Declared::default(), &mut taken);
        match (taken.asked, taken.expected) {
            (Some((hashes, size)), _) => Some(Ok(Self { said: text, hashes, size })),
            (None, Some(expected)) => Some(Err(expected)),
            (None, None) => None,
        }
    }
}

/// Takes the one record of a line.
#[derive(Default)]
struct OneLine {
    asked: Option<(Hashes, Option<u64>)>,
    expected: Option<&'static str>,
}

impl Take for OneLine {
    fn record(&mut self, record: Record<'_>) -> Result<(), ReadError> {
        if let Record::Entry(entry) = record {
            self.asked = Some((entry.hashes, entry.size));
        }
        Ok(())
    }

    fn problem(&mut self, problem: Problem) -> Result<(), ReadError> {
        self.expected = Some(problem.expected);
        Ok(())
    }

    fn note(&mut self, _: Note) {}

    fn scheme(&mut self, _: &str) {}
}

/// Answers on their way out, one at a time.
struct Answers<'o, 'r> {
    out: &'o mut dyn Write,
    run: &'r Run,
    first: bool,
    /// Rows of text, which are aligned when all are there.
    rows: Vec<Vec<String>>,
}

impl<'o, 'r> Answers<'o, 'r> {
    fn new(out: &'o mut dyn Write, run: &'r Run, lists: &Lists) -> anyhow::Result<Self> {
        match run.format {
            Format::Json => {
                let lists: Vec<Value> = lists.lists().iter().map(list_json).collect();
                write!(out, "{{\"schema\":\"{SCHEMA}\",\"lists\":{},\"files\":[", Value::Array(lists))?;
            }
            Format::Csv => {
                let columns =
                    "asked,list,version,standing,met,differ,scheme,category,series,withdrawn_version,reason";
                writeln!(out, "{columns}")?;
            }
            Format::Text | Format::Jsonl => {}
        }
        Ok(Self { out, run, first: true, rows: Vec::new() })
    }

    fn write(&mut self, asked: &Asked, lists: &Lists) -> anyhow::Result<()> {
        if matches!(self.run.format, Format::Json | Format::Jsonl) {
            let of_lists = lists.lists().iter().map(|list| answer_json(list, asked));
            let row = json!({
                "asked": asked.said, "hashes": hashes_json(&asked.hashes), "lists": of_lists.collect::<Vec<_>>(),
            });
            match (self.run.format, std::mem::take(&mut self.first)) {
                (Format::Json, true) => write!(self.out, "\n{row}")?,
                (Format::Json, false) => write!(self.out, ",\n{row}")?,
                _ => writeln!(self.out, "{row}")?,
            }
            return Ok(());
        }
        for list in lists.lists() {
            let hits = list.look(&asked.hashes, asked.size);
            for hit in &hits {
                self.row(asked, list, standing(hit), Some(hit))?;
            }
            if hits.is_empty() {
                self.row(asked, list, Standing::NotListed, None)?;
            }
        }
        Ok(())
    }

    fn row(
        &mut self,
        asked: &Asked,
        list: &Index,
        standing: Standing,
        hit: Option<&Hit<'_>>,
    ) -> anyhow::Result<()> {
        let manifest = list.manifest();
        let words = |kinds: &[Kind]| kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" ");
        let (met, differ) = hit.map_or_else(Default::default, |hit| (words(&hit.met), differ(hit)));
        let attributes = hit.map(|hit| hit.entry.attributes);
        let withdrawn = attributes.and_then(|attributes| attributes.withdrawn.as_ref());
        let text = |value: Option<&String>| value.cloned().unwrap_or_default();
        if self.run.format == Format::Csv {
            let mut writer = csv::Writer::from_writer(&mut self.out);
            writer.write_record([
                asked.said.clone(),
                manifest.name.clone(),
                manifest.version.clone(),
                standing.word().to_owned(),
                met,
                differ,
                text(attributes.and_then(|attributes| attributes.scheme.as_ref())),
                text(attributes.and_then(|attributes| attributes.category.as_ref())),
                text(attributes.and_then(|attributes| attributes.series.as_ref())),
                text(withdrawn.map(|withdrawn| &withdrawn.version)),
                text(withdrawn.map(|withdrawn| &withdrawn.reason)),
            ])?;
            return Ok(writer.flush()?);
        }
        let plain = |text: String| tutela_outputs::shown::plain(&text);
        let reason = withdrawn.map(|withdrawn| format!("{}: {}", withdrawn.version, withdrawn.reason));
        let differ = match (differ.is_empty(), hit.is_some_and(Hit::is_contradicted)) {
            (true, _) => differ,
            (false, true) => self.run.word(phrase!("lists.other_file", kinds = differ)),
            (false, false) => self.run.word(phrase!("lists.differ", kinds = differ)),
        };
        let says = [attributes.map(category_text), reason, Some(differ).filter(|differ| !differ.is_empty())];
        let says: Vec<String> = says.into_iter().flatten().filter(|text| !text.is_empty()).collect();
        self.rows.push(vec![
            plain(asked.said.clone()),
            plain(format!("{} {}", manifest.name, manifest.version)),
            standing.word().to_owned(),
            plain(says.join(" · ")),
        ]);
        Ok(())
    }

    fn end(self) -> anyhow::Result<()> {
        match self.run.format {
            Format::Json => writeln!(self.out, "]}}")?,
            Format::Text if !self.rows.is_empty() => {
                let headings = self.run.headings(phrase!("lists.look.columns"));
                write_columns(self.out, &headings, &self.rows, width())?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// What an entry says by itself. One that a stronger hash contradicts is of another file.
fn standing(hit: &Hit<'_>) -> Standing {
    match (hit.is_contradicted(), hit.is_withdrawn()) {
        (true, _) => Standing::NotListed,
        (false, true) => Standing::Withdrawn,
        (false, false) => Standing::Listed,
    }
}

/// What of the entry differs from what was asked.
fn differ(hit: &Hit<'_>) -> String {
    let kinds = hit.differ.iter().map(|kind| kind.word());
    kinds.chain(hit.size_differs.then_some("size")).collect::<Vec<_>>().join(" ")
}

fn answer_json(list: &Index, asked: &Asked) -> Value {
    let entries: Vec<Value> = list
        .look(&asked.hashes, asked.size)
        .iter()
        .map(|hit| {
            json!({
                "standing": standing(hit).word(),
                "met": hit.met.iter().map(|kind| kind.word()).collect::<Vec<_>>(),
                "differ": hit.differ.iter().map(|kind| kind.word()).collect::<Vec<_>>(),
                "size_differs": hit.size_differs,
                "hashes": hashes_json(&hit.entry.hashes),
                "size": hit.entry.size,
                "says": attributes_json(hit.entry.attributes),
            })
        })
        .collect();
    let manifest = list.manifest();
    json!({
        "list": manifest.name,
        "version": manifest.version,
        "standing": list.standing(&asked.hashes, asked.size).word(),
        "entries": entries,
    })
}
