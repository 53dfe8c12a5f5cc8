//! `tutela import`: receives files and reads them into tables. What a file does not say, the officer declares; a zone
//! is never guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde_json::{Value, json};
use tutela_case::{CaseError, Import, Outcome, Received, TableFile, ToImport, ToReceive};
use tutela_model::{Declared, Phrase, Reader, Refusal, Zone};
use tutela_outputs::shown::{self, count, plain};

use crate::delivery::{Delivery, Sheet};
use crate::ending::{self, Doing as _, Exit, Failure};
use crate::intake::{self, Found, Intake};
use crate::operation::{Operation, limits, now, today};
use crate::progress::{Bar, Unit};
use crate::run::{Format, Run};
use crate::talk::{path_text, phrase};
use crate::verbs::profile;

mod dry_run;

/// Options of `import`.
#[derive(clap::Args, Debug, Default)]
pub struct Args {
    /// Files, and folders that are read in the order of names
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The source, when it is not recognised: tutela_table/connection, mapped_table/PROFILE, …
    #[arg(long = "as", value_name = "SOURCE")]
    pub source: Option<String>,
    /// The zone of local times: Europe/Rome, +02:00, UTC
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<Zone>,
    /// The authority to receive under [default: the latest that covers today]
    #[arg(long, value_name = "ID")]
    pub basis: Option<String>,
    /// A mapping profile: a TOML file, or the name of one that comes with the program
    #[arg(long, value_name = "FILE|NAME")]
    pub profile: Option<String>,
    /// The text encoding, when the file is in another than it seems: utf-8, windows-1252, …
    #[arg(long, value_name = "LABEL")]
    pub encoding: Option<String>,
    /// Read and report, but store nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Where the files come from.
    #[command(flatten)]
    pub custody: Sheet,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    // Without a legal basis not even a look is taken at what the files hold.
    let basis = operation.case.basis(args.basis.as_deref(), today())?;
    let wanted = Wanted::new(args)?;
    let mut intake = Intake::of(&args.files)?;
    if intake.files.is_empty() {
        intake.passed.into_iter().for_each(|passed| run.warn(passed));
        return Err(Failure::new(Exit::Failed, phrase!("import.nothing"))
            .hint(phrase!("import.nothing.hint"))
            .into());
    }
    let mut batch = Batch::default();
    let paths: BTreeSet<PathBuf> = intake.files.iter().map(|file| file.path.clone()).collect();
    let mut unknown = Vec::new();
    for Found { path, named } in intake.files {
        match wanted.reader(&path) {
            Ok(reader) => batch.items.push(Item::new(path, reader, &paths)),
            Err(error) => unknown.push((path, named, error)),
        }
    }
    // What goes with another file is received and read with that.
    let beside: BTreeSet<PathBuf> = batch.items.iter().flat_map(|item| &item.beside).cloned().collect();
    for (path, named, error) in unknown.into_iter().filter(|(path, ..)| !beside.contains(path)) {
        if named {
            batch.results.push((path, Err(error)));
        } else {
            // Not every file of a folder is meant: a covering letter is passed over, aloud, and the import goes on.
            batch.n_passed += 1;
            intake.passed.push(phrase!("passed.unknown", error = ending::tell(&error, run.lang)));
        }
    }
    for passed in &intake.passed {
        run.warn(passed.clone());
    }
    if args.dry_run {
        return dry_run::run(run, batch, &wanted.declared);
    }
    let delivery = Delivery::new(&args.custody)?;
    delivery.warn_of_undescribed(run, batch.items.iter().map(|item| item.path.as_path()));
    let results = take_in(run, &operation, &basis, &batch.items, &wanted.declared, &delivery)?;
    batch.results.extend(results);
    tell(run, &batch, &intake.passed)
}

/// Imports what sources know in some folders, and says nothing of it: a verb does more than its own work.
///
/// # Errors
/// A file is refused, or the user has asked to stop.
pub fn silently(run: &Run, operation: &Operation, args: &Args) -> anyhow::Result<()> {
    let basis = operation.case.basis(args.basis.as_deref(), today())?;
    let wanted = Wanted::new(args)?;
    let found = Intake::of(&args.files)?.files;
    let paths: BTreeSet<PathBuf> = found.into_iter().map(|file| file.path).collect();
    // A source that was named is that of the files themselves, and not of what goes with them.
    let beside: BTreeSet<PathBuf> = paths.iter().flat_map(|path| intake::beside(path)).collect();
    let items = paths.iter().filter(|path| wanted.reader.is_none() || !beside.contains(*path));
    let items: Vec<_> =
        items.filter_map(|path| Some(Item::new(path.clone(), wanted.reader(path).ok()?, &paths))).collect();
    let delivery = Delivery::new(&args.custody)?;
    let results = take_in(run, operation, &basis, &items, &wanted.declared, &delivery)?;
    results.into_iter().try_for_each(|(path, result)| {
        result.doing(|| phrase!("cannot.read", path = path_text(&path))).map(drop)
    })
}

/// Files with the reader of each, and what came of those that are done.
#[derive(Default)]
struct Batch {
    items: Vec<Item>,
    results: Vec<(PathBuf, anyhow::Result<Outcome>)>,
    /// Files of folders that no source knows.
    n_passed: usize,
}

/// A file that is read.
struct Item {
    path: PathBuf,
    reader: &'static Reader,
    /// Files that are received and read with it.
    beside: Vec<PathBuf>,
}

impl Item {
    /// With those of some files that belong to it.
    fn new(path: PathBuf, reader: &'static Reader, files: &BTreeSet<PathBuf>) -> Self {
        let beside = intake::beside(&path).filter(|beside| files.contains(beside)).collect();
        Self { path, reader, beside }
    }
}

/// What the officer said about the source of the files.
struct Wanted {
    reader: Option<&'static Reader>,
    declared: Declared,
}

impl Wanted {
    fn new(args: &Args) -> anyhow::Result<Self> {
        let mut declared = Declared {
            zone: args.zone.clone(),
            encoding: args.encoding.clone(),
            profile: args.profile.as_deref().map(profile::text_of).transpose()?,
            table: None,
        };
        // A profile can only be meant for the reader of mapped tables.
        let mut reader = declared.profile.is_some().then_some(&tutela_sources::mapped_table::READER);
        if let Some(source) = &args.source {
            let (name, part) =
                source.split_once('/').map_or((source.as_str(), None), |(name, part)| (name, Some(part)));
            let found = tutela_sources::named(name).ok_or_else(|| {
                let names: Vec<&str> = tutela_sources::READERS.iter().map(|reader| reader.name).collect();
                Failure::new(Exit::Usage, phrase!("import.source", name = name))
                    .hint(phrase!("import.source.hint", names = names))
            })?;
            match (name, part) {
                ("tutela_table", Some(table)) => declared.table = Some(table_named(table)?),
                ("mapped_table", Some(name)) => declared.profile = Some(profile::text_of(name)?),
                // In which order dates have day and month, which the export of a chat may leave open.
                ("whatsapp_export_text", Some(order)) => declared.table = Some(order.to_owned()),
                (name, Some(part)) => {
                    let what = phrase!("import.source.part", name = name, part = part);
                    return Err(Failure::new(Exit::Usage, what).into());
                }
                _ => {}
            }
            reader = Some(found);
        }
        Ok(Self { reader, declared })
    }

    fn reader(&self, path: &Path) -> anyhow::Result<&'static Reader> {
        match self.reader {
            Some(reader) => intake::beginning(path).map(|_| reader),
            None => intake::recognise(path),
        }
    }
}

fn table_named(name: &str) -> anyhow::Result<String> {
    if tutela_model::TableInfo::named(name).is_some() {
        return Ok(name.to_owned());
    }
    let names: Vec<&str> = tutela_model::table::TABLES.iter().map(|table| table.name).collect();
    let what = phrase!("table.unknown", table = name);
    Err(Failure::new(Exit::Usage, what).hint(phrase!("table.unknown.hint", names = names)).into())
}

/// Receives the files and reads them, several at a time.
fn take_in(
    run: &Run,
    operation: &Operation,
    basis: &tutela_case::Basis,
    items: &[Item],
    declared: &Declared,
    delivery: &Delivery,
) -> anyhow::Result<Vec<(PathBuf, anyhow::Result<Outcome>)>> {
    let mut writer = operation.write(run)?;
    let mut paths: Vec<PathBuf> = items.iter().map(|item| item.path.clone()).collect();
    let with = items.iter().flat_map(|item| &item.beside).cloned().collect::<BTreeSet<_>>();
    let own = paths.iter().cloned().collect();
    paths.extend(with.difference(&own).cloned());
    let progress = Progress::new(run, &paths);
    let files: Vec<ToReceive> = paths.iter().map(|path| delivery.of(path)).collect();
    let mut received =
        writer.receive_all(&files, basis, now(), run.jobs, &|idx, n_bytes| progress.at(run, idx, n_bytes));
    progress.bar.end();
    let kept: BTreeMap<&PathBuf, Received> = paths
        .iter()
        .zip(&received)
        .filter_map(|(path, received)| Some((path, received.as_ref().ok()?.clone())))
        .collect();
    received.truncate(items.len());
    let progress = Progress::new(run, &paths);
    let mut results: Vec<(PathBuf, Option<anyhow::Result<Outcome>>)> = Vec::new();
    let mut to_import = Vec::new();
    for (Item { path, reader, beside }, received) in items.iter().zip(received) {
        let ready = received.map_err(anyhow::Error::from).and_then(|received| {
            let beside = beside.iter().map(|path| match kept.get(path) {
                Some(received) => sound(received),
                None => Err(Failure::new(Exit::Failed, phrase!("cannot.read", path = path_text(path)))),
            });
            let beside = beside.collect::<Result<_, _>>()?;
            let received = sound(&received)?;
            Ok(ToImport { received, beside, reader: **reader, declared: declared.clone() })
        });
        match ready {
            Ok(ready) => {
                to_import.push(ready);
                results.push((path.clone(), None));
            }
            Err(error) => results.push((path.clone(), Some(Err(error)))),
        }
    }
    let outcomes = writer
        .import_all(&to_import, basis, now(), limits(run), &|idx, n_bytes| progress.at(run, idx, n_bytes));
    progress.bar.end();
    let mut outcomes = outcomes.into_iter();
    Ok(results
        .into_iter()
        .map(|(path, result)| {
            let result = result.unwrap_or_else(|| {
                let outcome = outcomes.next().expect("each file received has its outcome");
                outcome.map_err(anyhow::Error::from)
            });
            (path, result)
        })
        .collect())
}

/// What is not as its supplier describes it is kept and not read.
fn sound(received: &Received) -> Result<Received, Failure> {
    if received.verified != Some(false) {
        return Ok(received.clone());
    }
    let what = phrase!("digest.differs", name = received.name.as_str());
    Err(Failure::new(Exit::Failed, what).hint(phrase!("digest.differs.hint")))
}

/// Progress over files that are worked on at the same time.
struct Progress {
    bar: Bar,
    done: Mutex<Vec<u64>>,
}

impl Progress {
    fn new(run: &Run, paths: &[PathBuf]) -> Self {
        let total = paths.iter().filter_map(|path| path.metadata().ok()).map(|file| file.len()).sum();
        Self { bar: Bar::new(run, Unit::Bytes, total), done: Mutex::new(vec![0; paths.len()]) }
    }

    /// Of file `idx`, `n_bytes` are behind.
    fn at(&self, run: &Run, idx: usize, n_bytes: u64) -> ControlFlow<()> {
        if let Ok(mut done) = self.done.lock()
            && let Some(before) = done.get_mut(idx)
        {
            self.bar.advance(n_bytes.saturating_sub(*before));
            *before = n_bytes.max(*before);
        }
        run.flow()
    }
}

/// Says what came of each file, and what to do next.
fn tell(run: &Run, batch: &Batch, passed: &[Phrase]) -> anyhow::Result<Exit> {
    let results = &batch.results;
    match run.format {
        Format::Text => run.data(|out| Ok(out.write_all(text(run, results).as_bytes())?))?,
        _ => run.json(&json(run, results, passed))?,
    }
    let mut exit = Exit::Done;
    let mut n_problems = 0;
    for (path, result) in results {
        match result {
            Ok(Outcome::AlreadyImported(_)) => {}
            Ok(outcome) => n_problems += outcome.import().problems(),
            Err(error) => {
                let ended = ending::exit_of(error);
                // Of several, what matters most: the user's word, then what was altered, then the rest.
                exit = [Exit::Stopped, Exit::Integrity]
                    .into_iter()
                    .find(|graver| [exit, ended].contains(graver))
                    .unwrap_or(Exit::Failed);
                if ended != Exit::Stopped {
                    run.aloud(format!("{}: {}", run.word(phrase!("error")), about(path, error, run)));
                }
            }
        }
    }
    if exit == Exit::Stopped {
        run.warn(phrase!("stopped"));
        return Ok(exit);
    }
    if n_problems > 0 {
        run.warn(phrase!("import.problems", n = n_problems));
    }
    if exit == Exit::Done && (n_problems > 0 || batch.n_passed > 0) {
        exit = Exit::Problems;
    }
    if !run.aside && results.iter().any(|(_, result)| result.is_ok()) {
        run.say(phrase!("next", command = "tutela analyse"));
    }
    Ok(exit)
}

/// An error of a file, with the file's path before it where the error does not name it.
fn about(path: &Path, error: &anyhow::Error, run: &Run) -> String {
    let shown = path_text(path);
    let said = ending::tell(error, run.lang);
    if said.contains(&shown) { said } else { format!("{shown}: {said}") }
}

/// More files than this of one reader, all without anything to say, are told in one line.
pub const TOLD_SINGLY: usize = 8;

fn text(run: &Run, results: &[(PathBuf, anyhow::Result<Outcome>)]) -> String {
    let mut by_reader: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for outcome in results.iter().filter_map(|(_, result)| result.as_ref().ok()) {
        by_reader.entry(&outcome.import().reader).or_default().push(outcome);
    }
    let mut text = String::new();
    for (reader, outcomes) in by_reader {
        let is_plain = |outcome: &Outcome| matches!(outcome, Outcome::Imported(import) if import.problems() == 0 && import.sealed.is_empty());
        let (plain_ones, others): (Vec<&Outcome>, Vec<&Outcome>) =
            outcomes.into_iter().partition(|outcome| run.verbose == 0 && is_plain(outcome));
        if plain_ones.len() > TOLD_SINGLY {
            let imports: Vec<&Import> = plain_ones.iter().map(|outcome| &outcome.import().act).collect();
            let n = count(imports.len() as u64, run.lang);
            let many = run.word(phrase!("import.many", n = n));
            text.push_str(&shown::wrapped(
                "",
                &format!("{many}  {reader}  {}", tables_text(&imports, run)),
                4,
            ));
        } else {
            plain_ones.iter().for_each(|outcome| text.push_str(&entry(outcome, run)));
        }
        others.iter().for_each(|outcome| text.push_str(&entry(outcome, run)));
    }
    text
}

/// One file: what was done, by which reader, rows, problems, skips, notes.
fn entry(outcome: &Outcome, run: &Run) -> String {
    let import = outcome.import();
    let word = match outcome {
        Outcome::Imported(_) => phrase!("import.imported"),
        Outcome::Replaces { .. } => phrase!("import.replaced"),
        Outcome::AlreadyImported(_) => phrase!("import.already"),
    };
    let head = format!(
        "{}  {}  {}  {}",
        run.word(word),
        plain(&import.name),
        import.reader,
        tables_text(&[import], run)
    );
    let mut text = shown::wrapped("", &head, 4);
    if import.problems() > 0 {
        let problems = phrase!("import.n_problems", n = import.problems());
        text.push_str(&format!("    {}\n", run.word(problems)));
    }
    if !import.sealed.is_empty() {
        let (basis, rows) = (import.basis.as_str(), rows_text(&import.sealed, run));
        let sealed = run.word(phrase!("import.sealed", basis = basis, rows = rows));
        text.push_str(&shown::wrapped("    ", &sealed, 6));
    }
    text.push_str(&skips_text(import.skips.iter().map(|(reason, n)| (reason.as_str(), *n)), run));
    text.push_str(&notes_text(import.notes.iter().map(|(key, value)| (key.as_str(), value.as_str()))));
    text
}

/// What was skipped on purpose, in a paragraph: `skipped: the header (1) · a footer row (1)`.
fn skips_text<'a>(skips: impl Iterator<Item = (&'a str, u64)>, run: &Run) -> String {
    let skips: Vec<String> = skips.map(|(reason, n)| format!("{} ({n})", plain(reason))).collect();
    if skips.is_empty() {
        return String::new();
    }
    shown::wrapped("    ", &format!("{}: {}", run.word(phrase!("import.skipped")), skips.join(" · ")), 6)
}

/// What the reader found out about the file, in a paragraph.
fn notes_text<'a>(notes: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let notes: Vec<String> = notes.map(|(key, value)| plain(&format!("{key}: {value}"))).collect();
    if notes.is_empty() { String::new() } else { shown::wrapped("    ", &notes.join(" · "), 6) }
}

/// Rows by table: `connection 60,512 · selector 12`.
fn tables_text(imports: &[&Import], run: &Run) -> String {
    rows_text(imports.iter().flat_map(|import| &import.tables), run)
}

fn rows_text<'a>(files: impl IntoIterator<Item = &'a TableFile>, run: &Run) -> String {
    let mut rows: BTreeMap<&str, u64> = BTreeMap::new();
    for file in files.into_iter().filter(|file| file.table != "problem") {
        *rows.entry(&file.table).or_default() += file.rows;
    }
    if rows.is_empty() {
        return run.word(phrase!("import.no_rows"));
    }
    rows.iter().map(|(table, n)| format!("{table} {}", count(*n, run.lang))).collect::<Vec<_>>().join(" · ")
}

fn json(run: &Run, results: &[(PathBuf, anyhow::Result<Outcome>)], passed: &[Phrase]) -> Value {
    let files: Vec<Value> = results
        .iter()
        .map(|(path, result)| match result {
            Ok(outcome) => {
                let import = outcome.import();
                let state = match outcome {
                    Outcome::Imported(_) => "imported",
                    Outcome::Replaces { .. } => "replaced",
                    Outcome::AlreadyImported(_) => "already_imported",
                };
                let rows: BTreeMap<&str, u64> =
                    import.tables.iter().map(|file| (file.table.as_str(), file.rows)).collect();
                let sealed: BTreeMap<&str, u64> =
                    import.sealed.iter().map(|file| (file.table.as_str(), file.rows)).collect();
                let beside: BTreeMap<&str, String> =
                    import.beside.iter().map(|beside| (beside.name.as_str(), beside.sha256.hex())).collect();
                json!({"path": path.display().to_string(), "state": state, "sha256": import.sha256.hex(),
                    "beside": beside,
                    "source": import.reader, "records": import.records, "rows": rows,
                    "sealed": sealed, "problems": import.problems(), "skips": import.skips, "notes": import.notes})
            }
            Err(error) => json!({"path": path.display().to_string(), "state": state_of(error),
                "error": about(path, error, run)}),
        })
        .collect();
    let passed: Vec<String> = passed.iter().map(|passed| run.word(passed.clone())).collect();
    json!({"schema": "tutela.import/1", "files": files, "passed": passed})
}

/// Whether the reader refused the file, or something else went wrong.
fn state_of(error: &anyhow::Error) -> &'static str {
    let refused = |error: &CaseError| match error {
        CaseError::Refused { source: Refusal::ZoneMissing { .. }, .. } => "zone_missing",
        CaseError::Refused { source: Refusal::Stopped, .. } => "stopped",
        CaseError::Refused { .. } => "refused",
        _ => "failed",
    };
    match error.downcast_ref::<CaseError>() {
        Some(error) => refused(error),
        None => "unrecognised",
    }
}
