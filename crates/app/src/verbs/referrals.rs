//! `tutela referrals`: the referrals with what the records say of each, and what is done with them: who works on one, how
//! soon, with which other one, and where it was sent on to. A later act takes the place of an earlier one; none is deleted.

use serde_json::json;
use tutela_case::ReferralStep;
use tutela_model::Phrase;
use tutela_outputs::shown::plain;

use crate::cli::given;
use crate::columns::write_columns;
use crate::ending::Exit;
use crate::operation::{Operation, now};
use crate::referrals::{self, ReferralMark, ReferralNumber, ReferralSoFar};
use crate::run::{Format, Run, width};
use crate::talk::phrase;

/// Options of `referrals`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Referrals by their number with the sender, or SENDER/NUMBER [default: print all]
    #[arg(value_name = "NUMBER", requires = "step")]
    numbers: Vec<String>,
    /// What is done with them.
    #[command(flatten)]
    step: Step,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

/// What is done with referrals: one thing at a time.
#[derive(clap::Args, Debug)]
#[group(id = "step", multiple = false, requires_all = ["numbers", "reason"])]
struct Step {
    /// Give them to an officer; an empty name gives them to nobody
    #[arg(long, value_name = "NAME")]
    assign: Option<String>,
    /// Say how soon to act: very_high, high, medium, low, informational; empty for what the records say
    #[arg(long, value_name = "BAND")]
    band: Option<String>,
    /// Work on them with another referral; empty for each alone
    #[arg(long, value_name = "NUMBER")]
    same_as: Option<String>,
    /// Record that they were sent on to another office
    #[arg(long, value_name = "OFFICE")]
    refer_to: Option<String>,
}

impl Step {
    fn done(&self) -> Option<(ReferralStep, &str)> {
        let Self { assign, band, same_as, refer_to } = self;
        [
            (ReferralStep::Assign, assign),
            (ReferralStep::Band, band),
            (ReferralStep::SameAs, same_as),
            (ReferralStep::Refer, refer_to),
        ]
        .into_iter()
        .find_map(|(done, to)| Some((done, to.as_deref()?)))
    }
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let mut operation = Operation::open(run)?;
    let Some((done, to)) = args.step.done() else {
        operation.consult(run, "referrals", "all")?;
        let derived = operation.fresh(run)?;
        let document = referrals::document(&operation.case, &derived.leads, false)?;
        match run.format {
            Format::Text => print(run, &document.referrals)?,
            _ => run.json(&document)?,
        }
        return Ok(Exit::Done);
    };
    given("--reason", &args.reason)?;
    let known = referrals::numbers(&operation.case)?;
    let meant: Vec<ReferralNumber> =
        args.numbers.iter().map(|said| referrals::meant(&known, said)).collect::<Result<_, _>>()?;
    let acts = referrals::acts(&known, &meant, (done, to), args.reason.trim())?;
    operation.write(run)?.refer(&acts, now())?;
    match run.format {
        Format::Text => run.say(phrase!("referrals.done", n = acts.len())),
        _ => run.json(&json!({"schema": "tutela.referred/1", "recorded": acts.len()}))?,
    }
    Ok(Exit::Done)
}

fn print(run: &Run, referrals: &[ReferralSoFar]) -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> = referrals
        .iter()
        .map(|referral| {
            let handled = &referral.handled;
            let text = |text: &Option<String>| text.as_deref().map_or_else(String::new, plain);
            let band = handled.band.as_ref().map(|mark| &mark.to).or(referral.band.as_ref());
            let said = |mark: &ReferralMark, what: fn(&str) -> Phrase| plain(&run.word(what(&mark.to)));
            let given =
                handled.assigned.iter().map(|mark| said(mark, |to| phrase!("referrals.given", name = to)));
            let with =
                handled.same_as.iter().map(|mark| said(mark, |to| phrase!("referrals.with", number = to)));
            let sent =
                handled.referred.last().map(|mark| said(mark, |to| phrase!("referrals.sent", office = to)));
            vec![
                plain(&referral.issuer),
                plain(&referral.reference),
                band.cloned().unwrap_or_default(),
                text(&referral.act_by),
                text(&referral.lead),
                given.chain(with).chain(sent).collect::<Vec<_>>().join("; "),
            ]
        })
        .collect();
    run.data(|out| Ok(write_columns(out, &run.headings(phrase!("referrals.columns")), &rows, width())?))
}
