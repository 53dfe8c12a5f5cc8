//! `tutela explain`: one lead's full reasoning, with the rows that it stands on.

use serde_json::{Value, json};
use tutela_model::Lead;
use tutela_outputs::{explain_text, finding_json, leads_json};

use crate::dossier::{Gathered, RowsOf};
use crate::ending::{Exit, Failure};
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `explain`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The lead (L-001, or 1), or one of its accounts (agorachat/u-17, or u-17)
    pub lead: String,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let mut operation = Operation::open(run)?;
    operation.consult(run, "explain", &args.lead)?;
    let derived = operation.fresh(run)?;
    let lead = find(&derived.leads, &args.lead)?.clone();
    let gathered = Gathered::new(run, &operation, derived, RowsOf::Lead(&lead))?;
    let dossier = gathered.dossier();
    match run.format {
        Format::Text => {
            run.data(|out| Ok(out.write_all(explain_text(&lead, &dossier, run.lang).as_bytes())?))?
        }
        _ => {
            let mut dossier = dossier;
            dossier.leads = vec![&lead];
            let mut document = leads_json(&dossier, run.lang);
            let findings: Vec<Value> = dossier
                .findings_of(&lead)
                .into_iter()
                .map(|finding| finding_json(finding, &dossier, run.lang))
                .collect();
            run.json(&json!({"schema": "tutela.explain/1", "operation": document["operation"].take(),
                "findings_digest": document["findings_digest"].take(), "lead": document["leads"][0].take(),
                "findings": findings}))?;
        }
    }
    Ok(Exit::Done)
}

/// The lead of a number, or the one that an account belongs to.
pub fn find<'a>(leads: &'a [Lead], said: &str) -> anyhow::Result<&'a Lead> {
    let number = said.trim_start_matches(['L', 'l', '-']).parse::<u32>().ok();
    let by_number =
        || leads.iter().find(|lead| lead.lead.eq_ignore_ascii_case(said) || Some(lead.rank) == number);
    let has = |lead: &&Lead| {
        lead.accounts
            .iter()
            .any(|account| account == said || account.split_once('/').is_some_and(|(_, id)| id == said))
    };
    // An account may be a bare number too: when it is written in full it wins.
    leads
        .iter()
        .find(|lead| lead.accounts.iter().any(|account| account == said))
        .or_else(by_number)
        .or_else(|| leads.iter().find(has))
        .ok_or_else(|| {
            let what = phrase!("explain.none", lead = said, n = leads.len());
            Failure::new(Exit::Failed, what).hint(phrase!("explain.none.hint")).into()
        })
}
