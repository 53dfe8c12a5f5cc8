//! `tutela access`: who consulted personal data, when and why, and the end of what is kept of it.

use serde_json::{Value, json};
use tutela_case::Act;
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

fn list(run: &Run, operation: &Operation, year: Option<i16>) -> anyhow::Result<Exit> {
    let mut acts: Vec<Act> = Vec::new();
    let years = operation.case.access_years()?;
    for year in years.iter().copied().filter(|kept| year.is_none_or(|year| year == *kept)) {
        let log = operation.case.access_log(year)?;
        acts.extend(log.acts().iter().filter(|act| act.act == "consult").cloned());
    }
    let to_json = |act: &Act| {
        let body = act.body();
        json!({"at": act.at, "officer": act.officer(), "asked": body["asked"], "of": body["of"],
            "reason": body["reason"]})
    };
    match run.format {
        Format::Text => run.data(|out| {
            for act in &acts {
                let body = act.body();
                let said = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                let text = format!("{}  {} {}  {}", act.officer(), said("asked"), said("of"), said("reason"));
                out.write_all(
                    shown::wrapped(&format!("{}  ", act.at), &plain(text.trim_end()), 4).as_bytes(),
                )?;
            }
            Ok(())
        })?,
        Format::Json => {
            let list: Vec<Value> = acts.iter().map(to_json).collect();
            run.json(&json!({"schema": "tutela.access/1", "consulted": list}))?;
        }
        _ => run.data(|out| {
            for act in &acts {
                writeln!(out, "{}", to_json(act))?;
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
