//! `tutela leads`: the ranked leads.

use tutela_outputs::{leads_csv, leads_json, leads_text};

use crate::dossier::{Gathered, RowsOf};
use crate::ending::Exit;
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `leads`.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Runs the verb.
pub fn run(run: &Run, _: &Args) -> anyhow::Result<Exit> {
    let mut operation = Operation::open(run)?;
    operation.consult(run, "leads", "all")?;
    let derived = operation.fresh(run)?;
    let first = derived.leads.first().map(|lead| lead.lead.clone());
    let gathered = Gathered::new(run, &operation, derived, RowsOf::Nothing)?;
    let dossier = gathered.dossier();
    match run.format {
        Format::Text => run.data(|out| Ok(out.write_all(leads_text(&dossier, run.lang).as_bytes())?))?,
        Format::Csv => run.data(|out| Ok(out.write_all(&leads_csv(&dossier, run.lang))?))?,
        Format::Json => run.json(&leads_json(&dossier, run.lang))?,
        Format::Jsonl => run.data(|out| {
            for lead in leads_json(&dossier, run.lang)["leads"].as_array().into_iter().flatten() {
                writeln!(out, "{lead}")?;
            }
            Ok(())
        })?,
    }
    if let (Format::Text, Some(first)) = (run.format, first) {
        run.say(phrase!("next", command = format!("tutela explain {first}")));
    }
    Ok(Exit::Done)
}
