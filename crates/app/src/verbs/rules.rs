//! `tutela rules`: what the operation demands of those who act in it. Each change is an act of the record.

use std::collections::BTreeSet;

use serde_json::json;
use tutela_case::{Hours, Rules};

use crate::ending::Exit;
use crate::operation::{Operation, now};
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `rules`: without any, the rules as they are.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Whether every act is signed with the key of an officer of the operation
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    signed: Option<bool>,
    /// The acts that two persons do together, by their words: destroy, transfer-out, erase, disclose, …; none for no act
    #[arg(long, value_name = "ACT", value_delimiter = ',')]
    two_person: Option<Vec<String>>,
    /// Whether a decision counts only when two officers have taken it
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    four_eyes: Option<bool>,
    /// Whether nobody consults personal data without saying why
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    reasons: Option<bool>,
    /// For how many years after its own an access log is kept
    #[arg(long, value_name = "YEARS")]
    access_years: Option<u16>,
    /// How many minutes of a day an officer grades files at most; 0 for no limit
    #[arg(long, value_name = "MINUTES")]
    grading_minutes: Option<u16>,
    /// The hours of each day in which nobody grades files, such as 20:00-08:00; none for no such hours
    #[arg(long, value_name = "HOURS", value_parser = hours)]
    no_grading: Option<NoGrading>,
}

/// Hours in which nobody grades, or that there are none.
#[derive(Clone, Copy, Debug)]
struct NoGrading(Option<Hours>);

fn hours(text: &str) -> Result<NoGrading, crate::ending::Failure> {
    let wrong = |_| crate::ending::Failure::new(Exit::Usage, phrase!("expected.hours", found = text));
    if text == "none" { Ok(NoGrading(None)) } else { Ok(NoGrading(Some(text.parse().map_err(wrong)?))) }
}

fn yes_or_no(text: &str) -> Result<bool, crate::ending::Failure> {
    match text {
        "yes" | "sì" | "si" => Ok(true),
        "no" => Ok(false),
        _ => Err(crate::ending::Failure::new(Exit::Usage, phrase!("expected.yes", found = text))),
    }
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    let mut rules = operation.case.rules().clone();
    rules.signed = args.signed.unwrap_or(rules.signed);
    rules.four_eyes = args.four_eyes.unwrap_or(rules.four_eyes);
    rules.reasons = args.reasons.unwrap_or(rules.reasons);
    rules.access_years = args.access_years.or(rules.access_years);
    if let Some(minutes) = args.grading_minutes {
        rules.grading_minutes = Some(minutes).filter(|minutes| *minutes > 0);
    }
    if let Some(NoGrading(hours)) = args.no_grading {
        rules.no_grading = hours;
    }
    if let Some(acts) = &args.two_person {
        let acts: BTreeSet<String> = acts.iter().map(|act| act.trim().to_owned()).collect();
        rules.two_person = acts.into_iter().filter(|act| !act.is_empty() && act != "none").collect();
    }
    if rules != *operation.case.rules() {
        operation.write(run)?.set_rules(&rules, now())?;
    }
    tell(run, &rules)?;
    Ok(Exit::Done)
}

fn tell(run: &Run, rules: &Rules) -> anyhow::Result<()> {
    let Rules { signed, two_person, four_eyes, reasons, access_years, grading_minutes, no_grading } = rules;
    if run.format != Format::Text {
        return run.json(&json!({"schema": "tutela.rules/1", "signed": signed, "two_person": two_person,
            "four_eyes": four_eyes, "reasons": reasons, "access_years": access_years,
            "grading_minutes": grading_minutes, "no_grading": no_grading}));
    }
    let word = |state: bool| run.word(if state { phrase!("yes") } else { phrase!("no") });
    let acts: Vec<&str> = two_person.iter().map(String::as_str).collect();
    let acts = if acts.is_empty() { word(false) } else { acts.join(", ") };
    let years = access_years.map_or_else(|| word(false), |years| years.to_string());
    let minutes = grading_minutes.map_or_else(|| word(false), |minutes| minutes.to_string());
    let hours = no_grading.map_or_else(|| word(false), |hours| hours.to_string());
    run.data(|out| {
        for said in [
            phrase!("rules.signed", state = word(*signed)),
            phrase!("rules.two_person", acts = acts),
            phrase!("rules.four_eyes", state = word(*four_eyes)),
            phrase!("rules.reasons", state = word(*reasons)),
            phrase!("rules.access_years", years = years),
            phrase!("rules.grading_minutes", minutes = minutes),
            phrase!("rules.no_grading", hours = hours),
        ] {
            writeln!(out, "{}", run.word(said))?;
        }
        Ok(())
    })
}
