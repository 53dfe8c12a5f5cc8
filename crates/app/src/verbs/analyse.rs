//! `tutela analyse`: runs the analyses when the ground state or they themselves have changed.

use serde_json::json;
use tutela_model::finding::PersonStatus;

use crate::analysis;
use crate::ending::Exit;
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `analyse`.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Runs the verb.
pub fn run(run: &Run, _: &Args) -> anyhow::Result<Exit> {
    let mut operation = Operation::open(run)?;
    let ran = operation.case.is_stale(&analysis::made_with());
    if ran {
        analysis::derive_and_store(run, &mut operation)?;
    } else {
        run.say(phrase!("analyse.fresh"));
    }
    let derived = analysis::stored(&operation.case)?;
    let count = |status| derived.leads.iter().filter(|lead| lead.status == status).count();
    let statuses = [
        ("identified", count(PersonStatus::Identified)),
        ("candidate", count(PersonStatus::Candidate)),
        ("unattributed", count(PersonStatus::Unattributed)),
    ];
    match run.format {
        Format::Text => run.data(|out| {
            for (analysis, findings) in &derived.findings {
                writeln!(out, "{analysis:<14} {:>8}", findings.len())?;
            }
            writeln!(out, "{:<14} {:>8}", "leads", derived.leads.len())?;
            for (status, n) in statuses {
                writeln!(out, "  {status:<12} {n:>8}")?;
            }
            Ok(writeln!(out, "findings digest sha256:{}", derived.digest)?)
        })?,
        _ => {
            let findings: serde_json::Map<_, _> = derived
                .findings
                .iter()
                .map(|(name, findings)| (name.clone(), findings.len().into()))
                .collect();
            let by_status: serde_json::Map<_, _> =
                statuses.into_iter().map(|(status, n)| (status.to_owned(), n.into())).collect();
            run.json(&json!({
                "schema": "tutela.analyse/1",
                "ran": ran,
                "findings_digest": format!("sha256:{}", derived.digest),
                "findings": findings,
                "leads": derived.leads.len(),
                "leads_by_status": by_status,
            }))?;
        }
    }
    run.say(phrase!("next", command = "tutela leads"));
    Ok(Exit::Done)
}
