//! `tutela decide`: an officer's decision on a finding, with its reason. A later one withdraws it; none is deleted.

use clap::ValueEnum;
use serde_json::json;
use tutela_case::Choice;

use crate::ending::{Exit, Failure};
use crate::operation::{Operation, now};
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `decide`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The finding
    pub finding: String,
    /// The decision
    pub choice: ChoiceSaid,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

/// A decision, as the command line takes it.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ChoiceSaid {
    /// Taken as it is
    Accept,
    /// Not taken
    Reject,
    /// Looked at, and it cannot be said
    Unsure,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    if args.reason.trim().is_empty() {
        return Err(Failure::new(Exit::Usage, phrase!("decide.reason")).into());
    }
    let mut operation = Operation::open(run)?;
    let known = operation.fresh(run)?.by_id();
    // An earlier decision may be the reason why a finding is no longer made; it can be withdrawn all the same.
    if !known.contains_key(&args.finding) && operation.case.decision(&args.finding).is_none() {
        let what = phrase!("decide.unknown", finding = args.finding.as_str());
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("decide.unknown.hint")).into());
    }
    let choice = match args.choice {
        ChoiceSaid::Accept => Choice::Accept,
        ChoiceSaid::Reject => Choice::Reject,
        ChoiceSaid::Unsure => Choice::Unsure,
    };
    let mut writer = operation.write(run)?;
    writer.decide(&args.finding, choice, &args.reason, now())?;
    let word = format!("{choice:?}").to_lowercase();
    match run.format {
        Format::Text => run.say(phrase!(
            "decide.done",
            finding = args.finding.as_str(),
            choice = word.as_str(),
            officer = run.officer.as_str(),
        )),
        _ => run.json(&json!({"schema": "tutela.decision/1", "finding": args.finding, "choice": choice,
            "reason": args.reason, "officer": run.officer}))?,
    }
    run.say(phrase!("next", command = "tutela analyse"));
    Ok(Exit::Done)
}
