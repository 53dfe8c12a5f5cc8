//! `tutela analyse`: runs the analyses when the ground state or they themselves have changed.

use std::net::SocketAddr;

use serde_json::json;
use tutela_model::finding::PersonStatus;

use crate::analysis;
use crate::cluster::Cluster;
use crate::ending::Exit;
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `analyse`.
#[derive(clap::Args, Debug, Default)]
pub struct Args {
    /// Let these workers count sightings: tutela worker on machines that share the operation's folder
    #[arg(long, value_name = "ADDRESS:PORT", value_delimiter = ',')]
    pub cluster: Vec<SocketAddr>,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let mut operation = Operation::open(run)?;
    let ran = operation.case.is_stale(&analysis::made_with());
    let cluster = (!args.cluster.is_empty()).then(|| Cluster::new(run, &args.cluster));
    if ran {
        analysis::derive_and_store_with(run, &mut operation, cluster.as_ref())?;
    } else {
        run.say(phrase!("analyse.fresh"));
    }
    let counted = cluster.as_ref().map(Cluster::counted).filter(|counted| counted.n_runs > 0);
    if let Some(counted) = &counted {
        run.say(phrase!("cluster.counted", n = counted.n_runs, rechecked = counted.n_rechecked));
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
            let mut told = json!({
                "schema": "tutela.analyse/1",
                "ran": ran,
                "findings_digest": format!("sha256:{}", stored.digest),
                "findings": findings,
                "leads": stored.statuses.len(),
                "leads_by_status": by_status,
            });
            if let Some(counted) = counted {
                told["cluster"] = json!({
                    "workers": counted.workers.present,
                    "lost": counted.workers.lost,
                    "runs": counted.n_runs,
                    "rechecked": counted.n_rechecked,
                });
            }
            run.json(&told)?;
        }
    }
    run.say(phrase!("next", command = "tutela leads"));
    Ok(Exit::Done)
}
