//! `tutela evaluate`: compares leads and findings with the truth of a made-up operation. What is measured, and how,
//! stands in `evaluation`.

use std::io::Write;
use std::path::PathBuf;

use tutela_model::Phrase;

use crate::ending::Exit;
use crate::evaluation::{
    self, Attribution, Evaluation, FalseAccusations, Gate, Measures, Merged, Truth, words,
};
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `evaluate`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The truth: the folder truth/ that simulate wrote, or the folder that holds it
    #[arg(long, value_name = "DIR")]
    pub truth: PathBuf,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let truth = Truth::read(&args.truth)?;
    let mut operation = Operation::open(run)?;
    let derived = operation.fresh(run)?;
    let evaluation = evaluation::evaluate(&truth, &derived);
    match run.format {
        Format::Text => run.data(|out| write_text(out, run, &evaluation))?,
        _ => run.json(&serde_json::to_value(&evaluation)?)?,
    }
    Ok(Exit::Done)
}

/// States and posteriors are words of the data, and stay as the findings have them.
fn write_text(out: &mut dyn Write, run: &Run, evaluation: &Evaluation) -> anyhow::Result<()> {
    let Evaluation { users_total, identified, candidate, unattributed, missed, .. } = evaluation;
    let label = |what: Phrase| format!("{:<22}", run.word(what));
    writeln!(out, "{} {users_total}", label(phrase!("evaluate.users")))?;
    writeln!(out, "  identified           {identified}")?;
    writeln!(out, "  candidate            {candidate}")?;
    writeln!(out, "  unattributed         {unattributed}")?;
    writeln!(out, "  missed               {missed}")?;
    writeln!(out, "{} {}", label(phrase!("evaluate.leads")), evaluation.leads)?;
    writeln!(out, "{} {}", label(phrase!("evaluate.unknown")), evaluation.leads_unknown)?;
    writeln!(out, "{} {}", label(phrase!("evaluate.bystanders")), evaluation.bystanders_identified.len())?;
    for wrong in &evaluation.bystanders_identified {
        let name = wrong.name_said.as_deref().unwrap_or("-");
        let lead = wrong.lead.as_str();
        let names = phrase!("evaluate.names", lead = lead, name = name, named = wrong.named);
        writeln!(out, "  {}", run.word(names))?;
    }
    writeln!(out, "{} {}", label(phrase!("evaluate.merged")), evaluation.merged_leads.len())?;
    for Merged { lead, persons } in &evaluation.merged_leads {
        let persons: Vec<&str> = persons.iter().map(String::as_str).collect();
        let joins = phrase!("evaluate.joins", lead = lead.as_str(), persons = persons);
        writeln!(out, "  {}", run.word(joins))?;
    }
    writeln!(out, "{} {}", label(phrase!("evaluate.split")), evaluation.split_persons.len())?;
    let precedents = match evaluation.precedents_total {
        Some(total) => phrase!(
            "evaluate.precedents.of",
            total = total,
            right = evaluation.precedents_right,
            wrong = evaluation.precedents_wrong,
            missed = evaluation.precedents_missed
        ),
        None => phrase!("evaluate.precedents.unsaid"),
    };
    writeln!(out, "{} {}", label(phrase!("evaluate.precedents")), run.word(precedents))?;
    write_attribution(out, run, &evaluation.attribution)?;
    write_measures(out, run, &evaluation.measures)?;
    writeln!(out, "{}", run.word(phrase!("evaluate.not_identified")))?;
    for person in evaluation.persons.iter().filter(|person| person.status != "identified") {
        writeln!(out, "  {} {} ({}) {}", person.person, person.name, person.status, person.leads.join(" "))?;
    }
    Ok(())
}

fn write_attribution(out: &mut dyn Write, run: &Run, attribution: &Attribution) -> anyhow::Result<()> {
    let label = |what: Phrase| format!("{:<22}", run.word(what));
    writeln!(out, "{} {}", label(phrase!("evaluate.connections")), attribution.connections_found)?;
    writeln!(out, "{} {}", label(phrase!("evaluate.precision")), percent(attribution.precision))?;
    writeln!(out, "{} {}", label(phrase!("evaluate.recall")), percent(attribution.recall))?;
    for stretch in &attribution.calibration {
        let stretch = phrase!(
            "evaluate.stretch",
            from = format!("{:.3}", stretch.posterior_from),
            to = format!("{:.3}", stretch.posterior_to),
            n = stretch.connections,
            stated = format!("{:.4}", stretch.mean_posterior),
            right = format!("{:.4}", stretch.share_right)
        );
        writeln!(out, "  {}", run.word(stretch))?;
    }
    Ok(())
}

/// The measures of an operation, or of several together.
pub fn write_measures(out: &mut dyn Write, run: &Run, measures: &Measures) -> anyhow::Result<()> {
    write_accusations(out, run, &measures.false_accusations)?;
    let columns = |out: &mut dyn Write, heading: Phrase| -> anyhow::Result<()> {
        let headings = run.headings(heading);
        let cells: Vec<String> = headings.iter().skip(1).map(|cell| format!("{cell:>12}")).collect();
        Ok(writeln!(out, "{:<26}{}", headings.first().map_or("", String::as_str), cells.concat())?)
    };
    columns(out, phrase!("evaluate.levels"))?;
    for (name, level) in measures.levels.all() {
        let shares = [level.precision, level.precision_lower_95, level.recall, level.recall_lower_95];
        let cells: Vec<String> = shares.iter().map(|share| format!("{:>12}", percent(*share))).collect();
        writeln!(out, "  {:<24}{}", run.word(words::level(name)), cells.concat())?;
    }
    columns(out, phrase!("evaluate.ratios"))?;
    for (name, level) in measures.levels.all() {
        let Some(ratios) = &level.likelihood_ratios else { continue };
        let (n_true, n_false) = (ratios.n_true, ratios.n_false);
        let (cllr, least) = (cost(ratios.cllr), cost(ratios.cllr_min));
        writeln!(
            out,
            "  {:<24}{n_true:>12}{n_false:>12}{cllr:>12}{least:>12}",
            run.word(words::level(name))
        )?;
    }
    writeln!(out, "{}", run.word(phrase!("evaluate.ece", ece = cost(measures.calibration_error.ece))))?;
    columns(out, phrase!("evaluate.gates"))?;
    for gate in &measures.gates {
        let Gate { persons, only, leads, leads_line_of_another: another, .. } = gate;
        writeln!(
            out,
            "  {:<24}{persons:>12}{only:>12}{leads:>12}{another:>12}",
            run.word(words::gate(&gate.missing))
        )?;
    }
    Ok(())
}

fn write_accusations(out: &mut dyn Write, run: &Run, found: &FalseAccusations) -> anyhow::Result<()> {
    let label = format!("{:<22}", run.word(phrase!("evaluate.accusations")));
    writeln!(out, "{label} {}", found.count)?;
    for (n, upper, of) in [
        (found.leads, found.upper_95_per_1000_leads, phrase!("evaluate.accusations.leads")),
        (
            found.leads_identified,
            found.upper_95_per_1000_identified,
            phrase!("evaluate.accusations.identified"),
        ),
    ] {
        let upper = upper.map_or("-".to_owned(), |upper| format!("{upper:.1}"));
        let bound = phrase!("evaluate.accusations.bound", of = run.word(of), n = n, upper = upper);
        writeln!(out, "  {}", run.word(bound))?;
    }
    let upper = found.upper_95_per_1000_exported.map_or("-".to_owned(), |upper| format!("{upper:.1}"));
    let (n, wrong) = (found.exported, found.exported_wrong);
    writeln!(out, "  {}", run.word(phrase!("evaluate.exported", n = n, wrong = wrong, upper = upper)))?;
    Ok(())
}

fn percent(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |share| format!("{:.2} %", share * 100.0))
}

/// A measure without a unit.
pub fn cost(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.4}"))
}
