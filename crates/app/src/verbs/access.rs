//! `tutela access`: who consulted personal data, when and why, and the end of what is kept of it.

use serde::Serialize;
use serde_json::{Value, json};
use tutela_case::{Act, Record};
use tutela_outputs::shown::{self, plain};

use crate::cli::given;
use crate::ending::Exit;
use crate::operation::{Operation, now, today};
use crate::run::{Format, Run};
use crate::talk::phrase;

/// The verbs of the access log.
#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Who consulted what, when and why
    List {
        /// Only of this year [default: all that are kept]
        #[arg(long, value_name = "YEAR")]
        year: Option<i16>,
    },
    /// Remove the log of a year whose time to be kept is over
    Purge {
        /// The year
        year: i16,
        /// Why, with the rule that says how long it is kept
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    match args {
        Args::List { year } => list(run, &operation, *year),
        Args::Purge { year, reason } => purge(run, &operation, *year, reason),
    }
}

/// A look at personal data, as the log has it.
#[derive(Serialize)]
pub struct Look {
    /// When, RFC 3339, UTC.
    pub at: String,
    /// Who looked.
    pub officer: String,
    /// What was asked: the verb of the program, or its word for a page.
    pub asked: String,
    /// Of what: a lead, a table, a query.
    pub of: String,
    /// Why; empty when it was not said.
    pub reason: String,
}

impl Look {
    /// None of an entry that is no look, such as the first of each log.
    fn of(act: &Act) -> Option<Self> {
        let body = (act.act == "consult").then(|| act.body())?;
        let said = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (asked, of, reason) = (said("asked"), said("of"), said("reason"));
        Some(Self { at: act.at.clone(), officer: act.officer().into_owned(), asked, of, reason })
    }
}

/// Reads the looks of a year, the oldest first.
///
/// # Errors
/// The log is broken, or the disk refuses.
pub fn looks_of<T>(
    operation: &Operation,
    year: i16,
    read: impl FnOnce(&mut dyn DoubleEndedIterator<Item = Look>) -> T,
) -> anyhow::Result<T> {
    let of_year = |log: &Record| read(&mut log.acts().iter().filter_map(Look::of));
    Ok(operation.access.of_year(&operation.case, year, of_year)?)
}

fn list(run: &Run, operation: &Operation, year: Option<i16>) -> anyhow::Result<Exit> {
    let mut looks: Vec<Look> = Vec::new();
    let years = operation.case.access_years()?;
    for year in years.iter().copied().filter(|kept| year.is_none_or(|year| year == *kept)) {
        looks_of(operation, year, |of_year| looks.extend(of_year))?;
    }
    match run.format {
        Format::Text => run.data(|out| {
            for Look { at, officer, asked, of, reason } in &looks {
                let text = format!("{officer}  {asked} {of}  {reason}");
                out.write_all(shown::wrapped(&format!("{at}  "), &plain(text.trim_end()), 4).as_bytes())?;
            }
            Ok(())
        })?,
        Format::Json => run.json(&json!({"schema": "tutela.access/1", "consulted": looks}))?,
        _ => run.data(|out| {
            for look in &looks {
                writeln!(out, "{}", json!(look))?;
            }
            Ok(())
        })?,
    }
    if let Some(kept) = operation.case.rules().access_years {
        let this_year = today().year();
        for year in years.iter().filter(|year| i32::from(**year) + i32::from(kept) < i32::from(this_year)) {
            run.say(phrase!("access.due", year = i64::from(*year)));
        }
    }
    Ok(Exit::Done)
}

fn purge(run: &Run, operation: &Operation, year: i16, reason: &str) -> anyhow::Result<Exit> {
    given("--reason", reason)?;
    let head = operation.write(run)?.purge_access(year, reason, now())?;
    match run.format {
        Format::Text => run.say(phrase!("access.purged", year = i64::from(year), n = head.size)),
        _ => run.json(&json!({"schema": "tutela.purge/1", "year": head.year, "entries": head.size,
            "root": head.root}))?,
    }
    Ok(Exit::Done)
}
