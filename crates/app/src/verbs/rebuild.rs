//! `tutela rebuild`: derives tables and findings once more from the files received. With `--check` it compares digests and
//! changes nothing; else it puts what is missing or altered in its place again.

use std::collections::BTreeMap;

use serde_json::json;
use tutela_case::{Import, Received, ToImport, Writer};
use tutela_model::{Digest, Shelf};

use crate::analysis::{self, Runs};
use crate::ending::{Exit, Failure};
use crate::operation::{Operation, limits, now};
use crate::run::{Format, Run};
use crate::talk::phrase;

/// Options of `rebuild`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Compare with what is stored, and change nothing
    #[arg(long)]
    pub check: bool,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let operation = Operation::open(run)?;
    if args.check { check(run, &operation) } else { mend(run, operation) }
}

/// Derives anew what is missing or altered, and only that: tiles of the log, tables, findings.
fn mend(run: &Run, mut operation: Operation) -> anyhow::Result<Exit> {
    let mut writer = operation.write(run)?;
    let n_tiles = writer.mend_tiles()?;
    let imports: Vec<Import> = writer.case().imports().into_iter().map(|import| import.act.clone()).collect();
    let mut n_tables = 0;
    for import in imports.iter().filter(|import| operation.case.check_tables_of(import).is_err()) {
        run.go_on()?;
        let Some(item) = to_import(import) else {
            run.warn(phrase!("rebuild.reader", name = import.name.as_str()));
            continue;
        };
        let basis = writer.case().basis_of(import);
        let flow = |_: usize, _: u64| run.flow();
        n_tables += writer.import(item, &basis, now(), limits(run), &flow)?.import().tables.len();
    }
    drop(writer);
    operation = Operation::open(run)?;
    let n_findings =
        usize::from(operation.case.analysis().is_some() && operation.case.is_stale(&analysis::made_with()));
    if n_findings > 0 {
        analysis::derive_and_store(run, &mut operation)?;
    }
    match run.format {
        Format::Text => {
            run.say(phrase!("rebuild.mended", tiles = n_tiles, tables = n_tables, findings = n_findings));
        }
        _ => run.json(&json!({"schema": "tutela.rebuilt/1", "tiles": n_tiles, "tables": n_tables,
            "findings": n_findings}))?,
    }
    Ok(Exit::Done)
}

fn check(run: &Run, operation: &Operation) -> anyhow::Result<Exit> {
    let mut differences = Vec::new();
    for fault in operation.case.verify(&mut |_| {})? {
        differences.push(format!("{}: expected {}, found: {}", fault.path, fault.expected, fault.found));
    }
    let writer = operation.write(run)?;
    let (mut n_tables, mut skipped) = (0, Vec::new());
    for import in operation.case.imports() {
        run.go_on()?;
        match derived_again(run, &writer, import)? {
            None => skipped.push(import.name.clone()),
            Some(again) => {
                n_tables += import.tables.len();
                differences.extend(compare(import, again));
            }
        }
    }
    differences.extend(findings(run, operation, &writer.shelf_aside())?);
    drop(writer);
    for name in skipped {
        run.warn(phrase!("rebuild.reader", name = name));
    }
    match run.format {
        Format::Text => run.data(|out| {
            for difference in &differences {
                writeln!(out, "{difference}")?;
            }
            let found = phrase!("rebuild.found", tables = n_tables, differences = differences.len());
            Ok(writeln!(out, "{}", run.word(found))?)
        })?,
        _ => {
            run.json(&json!({"schema": "tutela.rebuild/1", "tables": n_tables, "differences": differences}))?
        }
    }
    if differences.is_empty() {
        run.say(phrase!("rebuild.same"));
        return Ok(Exit::Done);
    }
    run.warn(phrase!("rebuild.differs", n = differences.len()));
    Ok(Exit::Integrity)
}

/// The digests of a file's table files by path, derived anew. None when this program has another version of the
/// reader, which may rightly read other rows.
fn derived_again(
    run: &Run,
    writer: &Writer,
    import: &Import,
) -> anyhow::Result<Option<BTreeMap<String, Digest>>> {
    let Some(item) = to_import(import) else { return Ok(None) };
    // A received file that is gone or altered has been reported as a fault; it cannot be read again.
    let mut files = import.beside.iter().map(|beside| beside.sha256).chain([import.sha256]);
    if !files.all(|sha256| writer.case().received_path(sha256).is_file()) {
        return Ok(Some(BTreeMap::new()));
    }
    let stopped = |_: usize, _: u64| run.flow();
    let basis = writer.case().basis_of(import);
    Ok(Some(writer.derive_again(&item, &basis, limits(run), &stopped)?))
}

/// How a file was read. None when this program has another version of the reader.
fn to_import(import: &Import) -> Option<ToImport> {
    let reader = tutela_sources::named(&import.reader)?;
    let declared = import.declared.declared()?;
    let received = |sha256, name: &str, size| Received {
        sha256,
        name: name.to_owned(),
        size,
        already: true,
        verified: None,
    };
    // Of what was read with it the size is not used.
    let beside = import.beside.iter().map(|beside| received(beside.sha256, &beside.name, 0)).collect();
    let received = received(import.sha256, &import.name, import.size);
    (reader.version == import.reader_version).then_some(ToImport {
        received,
        beside,
        reader: *reader,
        declared,
    })
}

fn compare(import: &Import, mut again: BTreeMap<String, Digest>) -> Vec<String> {
    let mut differences = Vec::new();
    for file in import.files() {
        match again.remove(&file.path) {
            Some(digest) if digest == file.sha256 => {}
            Some(digest) => {
                differences
                    .push(format!("{}: expected sha256:{}, found: sha256:{digest}", file.path, file.sha256));
            }
            None => {
                differences.push(format!("{}: expected sha256:{}, found: no rows", file.path, file.sha256))
            }
        }
    }
    let more = again.keys().map(|path| format!("{path}: expected no rows of {}, found: rows", import.name));
    differences.extend(more);
    differences
}

fn findings(run: &Run, operation: &Operation, shelf: &dyn Shelf) -> anyhow::Result<Vec<String>> {
    let case = &operation.case;
    let Some(stored) = case.analysis() else { return Ok(Vec::new()) };
    if stored.made_with != analysis::made_with() || stored.ground != case.ground() {
        run.warn(phrase!("rebuild.stale"));
        return Ok(Vec::new());
    }
    // Nothing that was kept is taken over: what was counted before is counted again, and compared with the rest.
    let runs = Runs { shelf, manifest: &[], cluster: None };
    let again = analysis::derive(run, &case.tables(), &operation.decisions(), &[], &runs)?;
    let again: BTreeMap<String, String> =
        again.files.into_iter().map(|(name, bytes)| (name, Digest::of(&bytes).hex())).collect();
    let mut differences = Vec::new();
    for (name, expected) in &stored.files {
        let found = again.get(name).map_or("none", String::as_str);
        if found != expected {
            differences.push(format!("findings/{name}: expected sha256:{expected}, found: sha256:{found}"));
        }
        if case.derived(name)?.is_none() {
            differences
                .push(format!("findings/{name}: expected sha256:{expected}, found: another file or none"));
        }
    }
    if again.len() > stored.files.len() {
        return Err(Failure::new(Exit::Integrity, phrase!("rebuild.files")).into());
    }
    Ok(differences)
}
