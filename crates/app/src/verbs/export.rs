//! `tutela export`: writes one of the interchange outputs.

use tutela_outputs::{findings_jsonl, leads_csv};

use crate::dossier::{Gathered, RowsOf};
use crate::ending::{Exit, Failure};
use crate::operation::Operation;
use crate::run::Run;
use crate::talk::phrase;
use crate::verbs::report;

/// Options of `export`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The output: leads-csv, findings-jsonl, packages
    #[arg(long = "as", value_name = "NAME")]
    pub name: String,
    /// Refuse packages while other explanations are unanswered and they could only be drafts
    #[arg(long = "final")]
    pub is_final: bool,
    /// To whom it goes, for the ledger
    #[arg(long, value_name = "WHO", default_value = "")]
    pub to: String,
}

/// The outputs by name.
const OUTPUTS: [&str; 3] = ["leads-csv", "findings-jsonl", "packages"];

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    if !OUTPUTS.contains(&args.name.as_str()) {
        let what = phrase!("export.unknown", name = args.name.as_str());
        return Err(Failure::new(Exit::Usage, what)
            .hint(phrase!("export.unknown.hint", names = OUTPUTS.to_vec()))
            .into());
    }
    if args.name == "packages" {
        return report::write_packages(run, run.folder("export")?, args.is_final, &args.to);
    }
    let mut operation = Operation::open(run)?;
    let derived = operation.fresh(run)?;
    let gathered = Gathered::new(run, &operation, derived, RowsOf::Nothing)?;
    let dossier = gathered.dossier();
    let bytes = match args.name.as_str() {
        "leads-csv" => leads_csv(&dossier, run.lang),
        _ => findings_jsonl(&dossier, None, run.lang).into_bytes(),
    };
    // What leaves the operation is recorded before it exists outside.
    operation.record_disclosure(run, &args.name, &[(args.name.clone(), &bytes)], &args.to)?;
    run.data(|out| Ok(out.write_all(&bytes)?))?;
    Ok(Exit::Done)
}
