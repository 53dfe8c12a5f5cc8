//! `tutela decide`: an officer's decision on a finding, a lead or another explanation of a lead, with its reason. A later
//! one takes its place, and it can be withdrawn; none is deleted.

use clap::ValueEnum;
use jiff::Timestamp;
use serde_json::json;
use tutela_case::{Case, Writer};
use tutela_model::finding::is_of_lead;
use tutela_model::{Choice, Lead};
use tutela_outputs::Dossier;

use crate::dossier::{Gathered, RowsOf};
use crate::ending::{Exit, Failure};
use crate::operation::{Operation, choice_word, now};
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `decide`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The finding (F-…), the lead (L-001), or other explanations of a lead (L-001/household or L-001/household,vpn)
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
    /// Taken as it is; a lead is followed, another explanation holds
    Accept,
    /// Not taken; a lead is closed, another explanation excluded
    Reject,
    /// Looked at, and it cannot be said
    Unsure,
    /// What was decided before no longer holds
    Withdraw,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    if args.reason.trim().is_empty() {
        return Err(Failure::new(Exit::Usage, phrase!("decide.reason")).into());
    }
    let mut operation = Operation::open(run)?;
    let derived = operation.fresh(run)?;
    let gathered = Gathered::new(run, &operation, derived, RowsOf::Nothing)?;
    let subjects = subjects(&operation.case, &gathered.dossier(), &args.finding)?;
    let mut writer = operation.write(run)?;
    let counts = record(&mut writer, &subjects, args.choice, &args.reason, now())?;
    let word = args.choice.choice().map_or("withdraw", choice_word);
    let officer = writer.officer().to_owned();
    match run.format {
        Format::Text => run.say(phrase!(
            "decide.done",
            finding = args.finding.as_str(),
            choice = word,
            officer = officer.as_str(),
        )),
        _ => run
            .json(&json!({"schema": "tutela.decision/1", "finding": args.finding, "subjects": subjects,
            "choice": word, "reason": args.reason, "officer": officer, "counts": counts}))?,
    }
    if !counts {
        run.say(phrase!("decide.second"));
    }
    if !subjects.iter().all(|subject| is_of_lead(subject)) {
        run.say(phrase!("next", command = "tutela analyse"));
    }
    Ok(Exit::Done)
}

impl ChoiceSaid {
    /// The choice; none where an earlier decision is withdrawn.
    fn choice(self) -> Option<Choice> {
        match self {
            Self::Accept => Some(Choice::Accept),
            Self::Reject => Some(Choice::Reject),
            Self::Unsure => Some(Choice::Unsure),
            Self::Withdraw => None,
        }
    }
}

/// Records a decision on each of these subjects: whether it counts on all of them.
///
/// # Errors
/// The disk refuses, or a rule of the operation does.
pub fn record(
    writer: &mut Writer,
    subjects: &[String],
    said: ChoiceSaid,
    reason: &str,
    at: Timestamp,
) -> anyhow::Result<bool> {
    let choice = said.choice();
    for subject in subjects {
        match choice {
            Some(choice) => writer.decide(subject, choice, reason, at)?,
            None => writer.withdraw(subject, reason, at)?,
        }
    }
    let standing = writer.case().standing();
    let choice_on = |subject: &String| standing.get(subject.as_str()).map(|decision| decision.choice);
    Ok(subjects.iter().all(|subject| choice_on(subject) == choice))
}

/// What a decision is recorded under. A lead's number changes with its rank, so leads are recorded by their person.
///
/// # Errors
/// There is no such finding, lead or explanation.
pub fn subjects(case: &Case, dossier: &Dossier<'_>, said: &str) -> Result<Vec<String>, Failure> {
    // An earlier decision may be the reason why a finding is no longer made; it can be withdrawn all the same.
    if case.was_decided(said) || dossier.findings.contains_key(said) {
        return Ok(vec![said.to_owned()]);
    }
    let (number, kinds) = match said.split_once('/') {
        Some((number, kinds)) => (number, Some(kinds)),
        None => (said, None),
    };
    if number.to_ascii_uppercase().starts_with("F-") {
        let what = phrase!("decide.unknown", finding = said);
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("decide.unknown.hint")));
    }
    let is_meant = |lead: &&&Lead| lead.lead.eq_ignore_ascii_case(number) || lead.has_id(number);
    let lead = *dossier.leads.iter().find(is_meant).ok_or_else(|| {
        Failure::new(Exit::Failed, phrase!("decide.lead", lead = number)).hint(phrase!("decide.lead.hint"))
    })?;
    let Some(kinds) = kinds else { return Ok(vec![lead.person_id.clone()]) };
    let known: Vec<&str> =
        dossier.alternatives_of(lead).into_iter().map(|explanation| explanation.kind).collect();
    let subject = |kind: &str| {
        if known.contains(&kind) {
            return Ok(lead.subject(kind));
        }
        let what = phrase!("decide.explanation", lead = lead.lead.as_str(), name = kind);
        Err(Failure::new(Exit::Failed, what).hint(phrase!("decide.explanation.hint", names = known.clone())))
    };
    kinds.split(',').map(|kind| subject(kind.trim())).collect()
}
