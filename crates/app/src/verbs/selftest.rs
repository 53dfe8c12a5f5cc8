//! `tutela selftest`: makes operations from seeds, runs the main job on each in a temporary folder, holds it against its
//! truth, and tells of all of them together.

use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tutela_case::{Authority, Case};
use tutela_model::{Date, Phrase};
use tutela_simulation::Extent;
use tutela_simulation::faults::Faults;

use crate::analysis;
use crate::cli;
use crate::dossier::MADE_UP;
use crate::ending::{Doing as _, Exit};
use crate::evaluation::{self, Measures, Truth, words};
use crate::held::held;
use crate::operation::{self, now, today};
use crate::progress::{Bar, Unit};
use crate::run::{Format, Run, write_whole};
use crate::talk::{path_text, phrase};
use crate::validation::{self, Line, Spread, Validation};
use crate::verbs::{demo, evaluate, import, simulate};

/// Options of `selftest`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// How many: one of each seed from 1 on
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub seeds: u64,
    /// 1 is the operation as it was reported, 0.1 a tenth of it
    #[arg(long, value_name = "F", default_value_t = 1.0)]
    pub size: f64,
    /// Mistakes to make on purpose, each with a label in truth/faults.csv: all, or names with the share of rows where
    /// one in a hundred is not meant (typo=0.05,zone+1h)
    #[arg(long, value_name = "NAME[=RATE],…")]
    pub faults: Option<String>,
    /// Telephones and addresses of partners and teenagers are those of whoever holds the home line: nothing in the records
    /// tells such people apart
    #[arg(long)]
    pub family_contracts: bool,
    /// Write the report, as a page of HTML and as JSON, into the folder of -o
    #[arg(long)]
    pub report: bool,
    /// The date that the report shall bear [default: none]
    #[arg(long, value_name = "DATE", value_parser = cli::date)]
    pub date: Option<Date>,
}

/// The one scenario that has people to be found.
const SCENARIO: &str = "platform-connections";

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    // Half an hour of work is not to end with a folder that was not named.
    let folder = args.report.then(|| run.folder("selftest --report")).transpose()?;
    let faults = args.faults.as_deref().map(simulate::asked).transpose()?.unwrap_or_default();
    let mut scenario = SCENARIO.to_owned();
    if args.family_contracts {
        scenario.push_str(" --family-contracts");
    }
    if !faults.is_none() {
        scenario.push_str(&format!(" --faults {faults}"));
    }
    let validation = Validation {
        made_with: analysis::made_with(),
        scenario,
        size: args.size,
        date: args.date,
        operations: operations(run, args, &faults)?,
    };
    let Some(folder) = folder else {
        match run.format {
            Format::Text => run.data(|out| write_text(out, run, &validation))?,
            _ => run.json(&validation.json())?,
        }
        return Ok(Exit::Done);
    };
    std::fs::create_dir_all(folder).doing(|| phrase!("cannot.write", path = path_text(folder)))?;
    let json = serde_json::to_vec_pretty(&validation.json())?;
    let page = validation::page(&validation, run.lang).into_bytes();
    for (name, bytes) in [("validation.html", page), ("validation.json", json)] {
        let path = folder.join(name);
        write_whole(&path, |out| Ok(out.write_all(&bytes)?))
            .doing(|| phrase!("cannot.write", path = path_text(&path)))?;
        run.say(phrase!("written", path = path_text(&path)));
    }
    run.list(|out| match run.format {
        Format::Text => write_text(out, run, &validation),
        _ => Ok(writeln!(out, "{:#}", validation.json())?),
    })?;
    Ok(Exit::Done)
}

/// All operations, by seed. As many run at a time as there are threads, because one alone cannot use them all.
fn operations(run: &Run, args: &Args, faults: &Faults) -> anyhow::Result<Vec<validation::Operation>> {
    run.say(phrase!("selftest.running", n = args.seeds, size = args.size));
    let bar = Bar::new(run, Unit::Operations, args.seeds);
    let next = AtomicU64::new(1);
    let done = Mutex::new(Vec::new());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > args.seeds {
                break;
            }
            let operation =
                operation(run, seed, args, faults).doing(|| phrase!("selftest.problem", seed = seed));
            if operation.is_err() {
                // The first that fails ends them all.
                next.store(args.seeds + 1, Ordering::Relaxed);
            }
            held(&done).push((seed, operation));
            bar.advance(1);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..run.jobs.min(usize::try_from(args.seeds).unwrap_or(usize::MAX)) {
            scope.spawn(work);
        }
        work();
    });
    bar.end();
    run.go_on()?;
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(seed, _)| *seed);
    done.into_iter().map(|(_, operation)| operation).collect()
}

/// One operation, from its seed to what was counted. Its folder is gone at the end, however it ends.
fn operation(run: &Run, seed: u64, args: &Args, faults: &Faults) -> anyhow::Result<validation::Operation> {
    run.go_on()?;
    let dir = tempfile::tempdir()?;
    let (files, op) = (dir.path().join("files"), dir.path().join("operation"));
    let extent = Extent { size: args.size, n_connections: None, family_contracts: args.family_contracts };
    let made = simulate::make(SCENARIO, seed, extent, faults, &files)?;
    run.go_on()?;
    let inner = Run { op: Some(op.clone()), output: None, quiet: true, jobs: 1, ..run.clone() };
    let counts = counted(&inner, &files, &op)?;
    Ok(validation::Operation { made, counts })
}

fn counted(run: &Run, files: &Path, op: &Path) -> anyhow::Result<evaluation::Counts> {
    let today = today();
    let basis = Authority::new(MADE_UP, today, today.saturating_add(jiff::Span::new().years(1)));
    Case::create(op, MADE_UP, run.officer.as_str(), &basis, now())?;
    let mut operation = operation::Operation::open(run)?;
    let folders = demo::IMPORTED.iter().map(|folder| files.join(folder));
    let folders = folders.filter(|folder| folder.is_dir()).collect();
    let to_import =
        import::Args { files: folders, zone: Some("Europe/Rome".parse()?), ..import::Args::default() };
    import::silently(run, &operation, &to_import)?;
    operation.case = Case::open(op)?;
    analysis::derive_and_store(run, &mut operation)?;
    Ok(evaluation::counts(&Truth::read(files)?, &analysis::stored(&operation.case)?))
}

fn write_text(out: &mut dyn Write, run: &Run, validation: &Validation) -> anyhow::Result<()> {
    let headings = run.headings(phrase!("selftest.heading"));
    let heading = |(idx, cell): (usize, &String)| {
        if idx == 0 { format!("{cell:<7}") } else { format!("{cell:>width$}", width = wide(cell)) }
    };
    writeln!(out, "{}", headings.iter().enumerate().map(heading).collect::<String>())?;
    for line in validation.lines() {
        let Line { seed, users, identified, candidate, not_found, leads, wrong_names, merged, .. } = line;
        let cells = [users, identified, candidate, not_found, leads, wrong_names, merged];
        let cells = cells.iter().zip(&headings[1..]);
        let cells: String = cells.map(|(n, heading)| format!("{n:>width$}", width = wide(heading))).collect();
        writeln!(out, "{seed:<7}{cells}")?;
    }
    if let Some(worst) = validation.worst() {
        writeln!(out, "{}", run.word(phrase!("selftest.worst", seed = worst.seed)))?;
    }
    let medians = validation.medians();
    let shown = |median: Option<f64>| median.map_or("-".to_owned(), |median| format!("{median:.1}"));
    let medians = phrase!(
        "selftest.medians",
        identified = shown(medians.identified),
        candidate = shown(medians.candidate),
        leads = shown(medians.leads)
    );
    writeln!(out, "{}\n", run.word(medians))?;
    columns(out, run, phrase!("selftest.spread"))?;
    for (name, spread) in validation.spreads() {
        let Spread { least, median, most } = spread;
        writeln!(out, "  {:<24}{least:>10}{median:>10.1}{most:>10}", run.word(words::spread(name)))?;
    }
    writeln!(out)?;
    let total = validation.total();
    let users = phrase!("selftest.together", n = total.users.total(), identified = total.users.identified);
    writeln!(out, "{}", run.word(users))?;
    evaluate::write_measures(out, run, &Measures::of(&total))?;
    columns(out, run, phrase!("selftest.held_out"))?;
    for (name, part) in validation.held_out().all() {
        let level = run.word(words::level(name));
        if let Some(why) = part.not_computable {
            writeln!(out, "  {level:<24}{}", run.word(words::not_computable(why)))?;
            continue;
        }
        let errors = [part.ece_stated, part.ece, part.cllr_stated, part.cllr];
        let errors: String = errors.map(|error| format!("{:>10}", evaluate::cost(error))).concat();
        writeln!(out, "  {level:<24}{:>10}{errors}", part.held_false)?;
    }
    Ok(())
}

/// A heading over columns of ten.
fn columns(out: &mut dyn Write, run: &Run, heading: Phrase) -> anyhow::Result<()> {
    let headings = run.headings(heading);
    let cells: Vec<String> = headings.iter().skip(1).map(|cell| format!("{cell:>10}")).collect();
    Ok(writeln!(out, "{:<26}{}", headings.first().map_or("", String::as_str), cells.concat())?)
}

/// A column is as wide as its heading, with room before it.
fn wide(heading: &str) -> usize {
    heading.chars().count().max(4) + 2
}
