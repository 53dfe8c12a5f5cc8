//! `tutela basis`: the authorities that an operation works under, and a further one when the first has run out.

use serde_json::json;
use tutela_case::Authority;
use tutela_model::Date;
use tutela_outputs::shown::plain;

use crate::cli::date;
use crate::columns::write_columns;
use crate::ending::{Exit, Failure};
use crate::operation::{Operation, now, today};
use crate::run::{Format, Run, width};
use crate::talk::phrase;

/// The verbs of authorities.
#[derive(clap::Subcommand, Debug)]
pub enum Args {
    /// Record a further authority: a renewal, or another act
    Add {
        /// The authority: office, number and date of the act
        text: String,
        /// First day that it covers
        #[arg(long, value_name = "DATE", value_parser = date)]
        from: Date,
        /// Last day that it covers
        #[arg(long, value_name = "DATE", value_parser = date)]
        until: Date,
    },
    /// The authorities recorded
    List,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    let Args::Add { text, from, until } = args else { return list(run, &operation) };
    if text.trim().is_empty() {
        return Err(Failure::new(Exit::Usage, phrase!("init.empty", option = "TEXT")).into());
    }
    if until < from {
        let what = phrase!("init.period", from = from.to_string(), until = until.to_string());
        return Err(Failure::new(Exit::Usage, what).into());
    }
    let recorded = operation.write(run)?.add_authority(&Authority::new(text, *from, *until), now())?;
    match run.format {
        Format::Text => {
            run.say(phrase!("basis.added", basis = recorded.id.as_str(), until = recorded.until.to_string()));
        }
        _ => run.json(&json!({"schema": "tutela.basis/1", "basis": recorded.id}))?,
    }
    Ok(Exit::Done)
}

fn list(run: &Run, operation: &Operation) -> anyhow::Result<Exit> {
    let authorities = operation.case.authorities();
    let today = today();
    match run.format {
        Format::Text => run.data(|out| {
            let rows: Vec<Vec<String>> = authorities
                .iter()
                .map(|authority| {
                    let valid = if authority.covers(today) { "yes" } else { "no" };
                    let (from, until) = (authority.from.to_string(), authority.until.to_string());
                    vec![authority.id.clone(), from, until, valid.to_owned(), plain(&authority.text)]
                })
                .collect();
            Ok(write_columns(out, &run.headings(phrase!("basis.columns")), &rows, width())?)
        })?,
        _ => {
            let list: Vec<_> = authorities
                .iter()
                .map(|authority| {
                    json!({"id": authority.id, "text": authority.text, "from": authority.from.to_string(),
                        "until": authority.until.to_string(), "valid_today": authority.covers(today)})
                })
                .collect();
            run.json(&json!({"schema": "tutela.bases/1", "authorities": list}))?;
        }
    }
    Ok(Exit::Done)
}
