//! `tutela findings`: what the analyses said, one finding a line.

use tutela_analyses::ANALYSES;
use tutela_case::{Acted, Decision};
use tutela_model::{Catalogue, Finding};
use tutela_outputs::{finding_json, findings_jsonl, shown};

use crate::dossier::{Gathered, RowsOf};
use crate::ending::{Exit, Failure};
use crate::operation::{Operation, choice_word};
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `findings`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only those of one analysis
    #[arg(long, value_name = "NAME")]
    pub analysis: Option<String>,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let analysis = args.analysis.as_deref();
    if let Some(name) = analysis
        && !ANALYSES.iter().any(|analysis| analysis.name == name)
    {
        let names: Vec<&str> = ANALYSES.iter().map(|analysis| analysis.name).collect();
        let what = phrase!("findings.unknown", analysis = name);
        return Err(Failure::new(Exit::Usage, what)
            .hint(phrase!("findings.unknown.hint", names = names))
            .into());
    }
    let mut operation = Operation::open(run)?;
    operation.consult(run, "findings", args.analysis.as_deref().unwrap_or("all"))?;
    let derived = operation.fresh(run)?;
    if run.format == Format::Text {
        let catalogue = Catalogue::new(&tutela_analyses::statements());
        let standing = operation.case.standing();
        let of = |name: &str| analysis.is_none_or(|analysis| analysis == name);
        let findings =
            derived.findings.iter().filter(|(name, _)| of(name)).flat_map(|(_, findings)| findings);
        run.data(|out| {
            for finding in findings {
                out.write_all(
                    entry(finding, standing.get(finding.id.as_str()).copied(), &catalogue, run).as_bytes(),
                )?;
            }
            Ok(())
        })?;
        return Ok(Exit::Done);
    }
    let gathered = Gathered::new(run, &operation, derived, RowsOf::Nothing)?;
    let dossier = gathered.dossier();
    match run.format {
        Format::Json => {
            let findings: Vec<_> = dossier
                .findings
                .values()
                .filter(|finding| analysis.is_none_or(|analysis| finding.analysis == analysis))
                .map(|finding| finding_json(finding, &dossier, run.lang))
                .collect();
            run.json(&serde_json::json!({"schema": "tutela.findings/1", "findings": findings}))?;
        }
        _ => run.data(|out| Ok(out.write_all(findings_jsonl(&dossier, analysis, run.lang).as_bytes())?))?,
    }
    Ok(Exit::Done)
}

/// Id, strength and decision, then the statement under them.
fn entry(finding: &Finding, decision: Option<&Acted<Decision>>, catalogue: &Catalogue, run: &Run) -> String {
    let mut head = format!("{}  {}", finding.id, finding.analysis);
    if let Some(strength) = finding.strength {
        head.push_str(&format!("  {}", catalogue.word(strength.words_key(), run.lang)));
    }
    if let Some(decision) = decision {
        head.push_str(&format!("  {} ({})", choice_word(decision.choice), shown::plain(&decision.officer)));
    }
    let statement = shown::plain(&catalogue.say(&finding.statement, run.lang));
    format!("{head}\n{}", shown::wrapped("  ", &statement, 2))
}
