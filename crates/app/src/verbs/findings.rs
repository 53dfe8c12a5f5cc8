//! `tutela findings`: what the analyses said, one finding a line.

use std::collections::BTreeMap;

use tutela_analyses::{ANALYSES, sharing};
use tutela_case::{Acted, Decision};
use tutela_model::{Catalogue, Finding, Findings, Lang};
use tutela_outputs::sharing::ANALYSIS;
use tutela_outputs::{finding_json, findings_jsonl, sharing_text, shown};

use crate::analysis;
use crate::dossier::{Gathered, RowsOf};
use crate::ending::{Exit, Failure};
use crate::operation::{Operation, choice_word};
use crate::run::{Format, Run, width};
use crate::talk::phrase;

/// Options of `findings`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only those of one analysis; of sharing, with plots of the network above them
    #[arg(long, value_name = "NAME")]
    pub analysis: Option<String>,
    /// Of sharing, every file and every peer, and not only the first of each
    #[arg(long)]
    pub all: bool,
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
    let mut derived = operation.fresh(run)?;
    if !args.all {
        derived.findings.values_mut().for_each(keep_first_of_each);
    }
    if run.format == Format::Text {
        let catalogue = Catalogue::new(&tutela_analyses::statements());
        let standing = operation.case.standing();
        let of = |name: &str| analysis.is_none_or(|analysis| analysis == name);
        let findings =
            derived.findings.iter().filter(|(name, _)| of(name)).flat_map(|(_, findings)| findings);
        let plots = plots(analysis, &derived.findings, run.lang, width());
        run.data(|out| {
            out.write_all(plots.as_bytes())?;
            for finding in findings {
                out.write_all(
                    entry(finding, standing.get(finding.id.as_str()).copied(), &catalogue, run).as_bytes(),
                )?;
            }
            each_other(run, &operation, args, &mut |finding| {
                Ok(out.write_all(entry(finding, None, &catalogue, run).as_bytes())?)
            })
        })?;
        return Ok(Exit::Done);
    }
    let gathered = Gathered::new(run, &operation, derived, RowsOf::Nothing)?;
    let dossier = gathered.dossier();
    match run.format {
        Format::Json => {
            let mut findings: Vec<_> = dossier
                .findings
                .values()
                .filter(|finding| analysis.is_none_or(|analysis| finding.analysis == analysis))
                .map(|finding| finding_json(finding, &dossier, run.lang))
                .collect();
            each_other(run, &operation, args, &mut |finding| {
                findings.push(finding_json(finding, &dossier, run.lang));
                Ok(())
            })?;
            run.json(&serde_json::json!({"schema": "tutela.findings/1", "findings": findings}))?;
        }
        _ => run.data(|out| {
            out.write_all(findings_jsonl(&dossier, analysis, run.lang).as_bytes())?;
            each_other(run, &operation, args, &mut |finding| {
                Ok(writeln!(out, "{}", finding_json(finding, &dossier, run.lang))?)
            })
        })?,
    }
    Ok(Exit::Done)
}

/// Keeps of the findings on files and of those on peers the first; all others stay.
fn keep_first_of_each(findings: &mut Vec<Finding>) {
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    findings.retain(|finding| {
        let key = finding.statement.key.as_str();
        !sharing::ONE_BY_ONE.contains(&key) || {
            let n_kept = kept.entry(key.to_owned()).or_default();
            *n_kept += 1;
            *n_kept <= sharing::TOLD
        }
    });
}

/// The findings on files and peers that are not stored, when all of `sharing` are asked for.
fn each_other(
    run: &Run,
    operation: &Operation,
    args: &Args,
    each: &mut dyn FnMut(&Finding) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if args.all && args.analysis.as_deref().is_none_or(|analysis| analysis == ANALYSIS) {
        analysis::each_other_sighting(run, &operation.case, each)?;
    }
    Ok(())
}

/// What the findings of `sharing` tell of the network as a whole, drawn when they are asked for; else nothing.
fn plots(analysis: Option<&str>, findings: &Findings, lang: Lang, width: usize) -> String {
    match analysis {
        Some(ANALYSIS) => sharing_text(findings.get(ANALYSIS).into_iter().flatten(), lang, width),
        _ => String::new(),
    }
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

#[cfg(test)]
mod tests {
    use tutela_model::Phrase;

    use super::*;

    #[test]
    fn the_network_is_drawn_above_the_findings_of_sharing_only() {
        let phrase =
            Phrase::new("by_area").with("provinces", serde_json::json!([["MI", 40, 3], ["BG", 10, 0]]));
        let findings = Findings::from([(ANALYSIS.to_owned(), vec![Finding::new(ANALYSIS, "", phrase)])]);
        let drawn = plots(Some(ANALYSIS), &findings, Lang::En, 80);
        assert!(drawn.contains("Milano (MI)") && drawn.contains("40 (3)") && drawn.contains("an estimate"));
        for (analysis, findings) in
            [(None, &findings), (Some("coverage"), &findings), (Some(ANALYSIS), &Findings::new())]
        {
            assert_eq!(plots(analysis, findings, Lang::En, 80), "");
        }
    }
}
