//! `tutela report`: the report as PDF and one package per office, recorded as a disclosure.

use std::path::Path;

use crate::ending::Exit;
#[cfg(not(feature = "pdf"))]
use crate::ending::Failure;
use crate::run::Run;
use crate::talk::phrase;

/// Options of `report`.
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Runs the verb.
pub fn run(run: &Run, _: &Args) -> anyhow::Result<Exit> {
    let folder = run.folder("report")?;
    write(run, folder, true)
}

/// Writes the packages of the offices alone.
pub fn write_packages(run: &Run, folder: &Path) -> anyhow::Result<Exit> {
    write(run, folder, false)
}

#[cfg(not(feature = "pdf"))]
fn write(_: &Run, _: &Path, _: bool) -> anyhow::Result<Exit> {
    Err(Failure::new(Exit::Failed, phrase!("report.feature")).hint(phrase!("report.feature.hint")).into())
}

#[cfg(feature = "pdf")]
fn write(run: &Run, folder: &Path, whole: bool) -> anyhow::Result<Exit> {
    use tutela_model::Lang;

    use anyhow::Context as _;

    use crate::dossier::{Gathered, RowsOf};
    use crate::operation::Operation;
    use crate::run::write_whole;

    let mut operation = Operation::open(run)?;
    let derived = operation.fresh(run)?;
    let gathered = Gathered::new(run, &operation, derived, RowsOf::Everything)?;
    let dossier = gathered.dossier();
    let mut files = Vec::new();
    if whole {
        run.say(phrase!("report.making"));
        let name = if run.lang == Lang::It { "relazione.pdf" } else { "report.pdf" };
        files.push((name.to_owned(), tutela_outputs::report(&dossier, run.lang)?));
    }
    run.go_on()?;
    for (path, bytes) in tutela_outputs::packages(&dossier, run.lang)? {
        let path = if whole { format!("packages/{path}") } else { path };
        files.push((path, bytes));
    }
    // What leaves the operation is recorded before it exists outside: a disclosure is never unrecorded.
    operation.record_disclosure(run, if whole { "report" } else { "packages" }, &files)?;
    for (path, bytes) in &files {
        let path = folder.join(path);
        let cannot = || format!("cannot write {}", path.display());
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).with_context(cannot)?;
        write_whole(&path, |out| Ok(out.write_all(bytes)?)).with_context(cannot)?;
    }
    tell(run, folder, &files)?;
    Ok(Exit::Done)
}

#[cfg(feature = "pdf")]
fn tell(run: &Run, folder: &Path, files: &[(String, Vec<u8>)]) -> anyhow::Result<()> {
    use crate::run::Format;

    run.list(|out| {
        if run.format == Format::Text {
            for (path, _) in files {
                writeln!(out, "{}", folder.join(path).display())?;
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
