//! `tutela report`: the report and one package per office, recorded as a disclosure.
//!
//! While a lead has another explanation that is unanswered it is a draft, which says so on every page.

use std::path::Path;

use tutela_outputs::Region;

use crate::ending::{Exit, Failure};
use crate::run::Run;
use crate::talk::phrase;

/// Options of `report`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Refuse, and write nothing, while other explanations are unanswered and it could only be a draft
    #[arg(long = "final")]
    pub is_final: bool,
    /// To whom it goes, for the ledger
    #[arg(long, value_name = "WHO", default_value = "")]
    pub to: String,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let folder = run.folder("report")?;
    write(run, folder, Part::Whole, args.is_final, &args.to)
}

/// Writes the packages of the offices alone: of all, or of a region's leads.
pub fn write_packages(
    run: &Run,
    folder: &Path,
    region: Option<&'static Region>,
    is_final: bool,
    to: &str,
) -> anyhow::Result<Exit> {
    write(run, folder, Part::Packages(region), is_final, to)
}

/// What is written.
#[cfg_attr(not(feature = "pdf"), expect(dead_code, reason = "without PDF nothing is written"))]
#[derive(Clone, Copy)]
enum Part {
    /// The report, and the packages in a folder of their own.
    Whole,
    /// The packages alone, of a region where one is named.
    Packages(Option<&'static Region>),
}

#[cfg(not(feature = "pdf"))]
fn write(_: &Run, _: &Path, _: Part, _: bool, _: &str) -> anyhow::Result<Exit> {
    Err(Failure::new(Exit::Failed, phrase!("report.feature")).hint(phrase!("report.feature.hint")).into())
}

#[cfg(feature = "pdf")]
fn write(run: &Run, folder: &Path, part: Part, is_final: bool, to: &str) -> anyhow::Result<Exit> {
    use crate::ending::Doing as _;

    use crate::dossier::{Gathered, RowsOf};
    use crate::operation::Operation;
    use crate::run::write_whole;

    let mut operation = Operation::open(run)?;
    // A report says who stands for the record, so that has to hold.
    operation.case.check_anchors()?;
    let derived = operation.fresh(run)?;
    let gathered = Gathered::new(run, &operation, derived, RowsOf::Everything)?;
    let dossier = gathered.dossier();
    let unanswered = dossier.unanswered();
    if let (true, Some((lead, kinds))) = (is_final, unanswered.first()) {
        let subject = format!("{}/{}", lead.lead, kinds.join(","));
        return Err(refusal(&unanswered, &subject).into());
    }
    let mut files = Vec::new();
    let (whole, region) = match part {
        Part::Whole => (true, None),
        Part::Packages(region) => (false, region),
    };
    if whole {
        run.say(phrase!("report.making"));
        files = tutela_outputs::package(&dossier, run.lang)?;
    }
    run.go_on()?;
    for (path, bytes) in tutela_outputs::packages(&dossier, region, run.lang)? {
        let path = if whole { format!("packages/{path}") } else { path };
        files.push((path, bytes));
    }
    // What leaves the operation is recorded before it exists outside: a disclosure is never unrecorded.
    operation.record_disclosure(run, if whole { "report" } else { "packages" }, &files, to)?;
    for (path, bytes) in &files {
        let path = folder.join(path);
        let cannot = || phrase!("cannot.write", path = crate::talk::path_text(&path));
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).doing(cannot)?;
        write_whole(&path, |out| Ok(out.write_all(bytes)?)).doing(cannot)?;
    }
    tell(run, folder, &files)?;
    if let (Some(region), true) = (region, files.is_empty()) {
        run.say(phrase!("export.region.empty", name = region.name(run.lang)));
    }
    if !unanswered.is_empty() {
        let n: usize = unanswered.iter().map(|(_, kinds)| kinds.len()).sum();
        run.say(phrase!("report.draft", n = n, leads = unanswered.len()));
    }
    Ok(Exit::Done)
}

/// How many leads are named; the others are counted.
#[cfg(feature = "pdf")]
const LEADS_NAMED: usize = 20;

/// Which explanations keep a report from being issued, and how to answer those of the first lead, `subject`.
#[cfg(feature = "pdf")]
fn refusal(unanswered: &[(&tutela_model::Lead, Vec<&str>)], subject: &str) -> Failure {
    let named = unanswered.iter().take(LEADS_NAMED);
    let named: Vec<String> =
        named.map(|(lead, kinds)| format!("\n  {}/{}", lead.lead, kinds.join(","))).collect();
    let what = phrase!(
        "report.unanswered",
        n = unanswered.iter().map(|(_, kinds)| kinds.len()).sum::<usize>(),
        leads = unanswered.len(),
        named = named.concat(),
    );
    let more = unanswered.len() - named.len();
    let hint = if more == 0 {
        phrase!("report.unanswered.hint", subject = subject)
    } else {
        phrase!("report.unanswered.more", more = more, subject = subject)
    };
    Failure::new(Exit::Failed, what).hint(hint)
}

#[cfg(feature = "pdf")]
fn tell(run: &Run, folder: &Path, files: &[(String, Vec<u8>)]) -> anyhow::Result<()> {
    use crate::run::Format;

    run.list(|out| {
        if run.format == Format::Text {
            for (path, _) in files {
                writeln!(out, "{}", crate::talk::path_text(&folder.join(path)))?;
            }
            return Ok(());
        }
        let list: Vec<_> = files
            .iter()
            .map(|(path, bytes)| {
                let sha256 = tutela_model::Digest::of(bytes).hex();
                serde_json::json!({"path": path, "size": bytes.len(), "sha256": sha256})
            })
            .collect();
        let folder = folder.display().to_string();
        Ok(writeln!(
            out,
            "{:#}",
            serde_json::json!({"schema": "tutela.report/1", "folder": folder, "files": list})
        )?)
    })
}
