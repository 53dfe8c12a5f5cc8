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
    let stored = analysis::count_stored(&operation.case)?;
    let count = |status| stored.statuses.iter().filter(|of_lead| **of_lead == status).count();
    let statuses = [
        ("identified", count(PersonStatus::Identified)),
        ("candidate", count(PersonStatus::Candidate)),
        ("unattributed", count(PersonStatus::Unattributed)),
    ];
    match run.format {
        Format::Text => run.data(|out| {
            for (analysis, n_findings) in &stored.findings {
                writeln!(out, "{analysis:<14} {n_findings:>8}")?;
            }
            writeln!(out, "{:<14} {:>8}", "leads", stored.statuses.len())?;
            for (status, n) in statuses {
                writeln!(out, "  {status:<12} {n:>8}")?;
            }
            Ok(writeln!(out, "findings digest sha256:{}", stored.digest)?)
        })?,
        _ => {
            let findings: serde_json::Map<_, _> = stored
                .findings
                .iter()
                .map(|(name, n_findings)| ((*name).to_owned(), (*n_findings).into()))
                .collect();
            let by_status: serde_json::Map<_, _> =
                statuses.into_iter().map(|(status, n)| (status.to_owned(), n.into())).collect();
            run.json(&json!({
                "schema": "tutela.analyse/1",
                "ran": ran,
                "findings_digest": format!("sha256:{}", stored.digest),
                "findings": findings,
                "leads": stored.statuses.len(),
                "leads_by_status": by_status,
            }))?;
        }
    }
    run.say(phrase!("next", command = "tutela leads"));
    Ok(Exit::Done)
}
