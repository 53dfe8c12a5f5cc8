//! Findings and leads of an operation: derived from its tables, stored in its folder, read back.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;
use tutela_analyses::{ANALYSES, lineage};
use tutela_case::Case;
use tutela_model::{Decisions, Digest, Finding, Findings, Lead, Tables};

use crate::ending::{Doing as _, Exit, Failure};
use crate::operation::{Operation, now};
use crate::run::Run;
use crate::talk::phrase;
use crate::watched::Watched;

/// Findings and leads, as stored.
pub struct Derived {
    /// Findings by analysis.
    pub findings: Findings,
    /// Leads by rank.
    pub leads: Vec<Lead>,
    /// SHA-256 over the stored files' names and digests.
    pub digest: Digest,
}

impl Derived {
    /// Findings by id.
    pub fn by_id(&self) -> BTreeMap<String, Finding> {
        self.findings.values().flatten().map(|finding| (finding.id.clone(), finding.clone())).collect()
    }
}

/// The file that leads are stored in; findings are in one file per analysis beside it.
const LEADS: &str = "leads.json";

fn findings_file(analysis: &str) -> String {
    format!("{analysis}.jsonl")
}

/// The analyses that this program runs, so that findings of another program are derived anew.
pub fn made_with() -> String {
    format!("tutela {} {}", env!("CARGO_PKG_VERSION"), &tutela_analyses::version().hex()[..16])
}

/// Runs all analyses: the leads, and what is said as files without a language, one finding a line, the leads among them.
///
/// # Errors
/// A stored table cannot be read, the user has asked to stop, or memory is at its limit.
pub fn derive(
    run: &Run,
    tables: &dyn Tables,
    decisions: &Decisions,
) -> anyhow::Result<(Vec<Lead>, Vec<(String, Vec<u8>)>)> {
    let watched = Watched::new(tables, run);
    let derived = tutela_analyses::derive(&watched, decisions, &mut |analysis| {
        if run.verbose > 0 {
            run.say(phrase!("analyse.running", analysis = analysis));
        }
    });
    let derived = watched.end(derived)?;
    let mut files = Vec::new();
    for (analysis, findings) in &derived.findings {
        let mut lines = Vec::new();
        for finding in findings {
            serde_json::to_writer(&mut lines, finding)?;
            lines.push(b'\n');
        }
        files.push((findings_file(analysis), lines));
    }
    files.push((LEADS.to_owned(), serde_json::to_vec_pretty(&derived.leads)?));
    Ok((derived.leads, files))
}

/// Runs all analyses and stores what they say; the operation is open anew afterwards.
///
/// # Errors
/// A table is missing or altered, somebody else is writing, or the disk refuses.
pub fn derive_and_store(run: &Run, operation: &mut Operation) -> anyhow::Result<()> {
    let mut writer = operation.write(run)?;
    operation.case.check_tables()?;
    let before = stored(&operation.case).map(|derived| derived.leads).unwrap_or_default();
    let (leads, files) = derive(run, &operation.case.tables(), &operation.decisions())?;
    let changes = lineage::changes(&before, &leads);
    let told: Vec<Value> = changes.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    writer.put_derived(&files, &made_with(), &told, now())?;
    if !told.is_empty() {
        run.say(phrase!("analyse.changes", n = told.len()));
    }
    drop(writer);
    operation.case = Case::open(operation.case.dir())?;
    Ok(())
}

/// Findings and leads as they were stored last.
///
/// # Errors
/// There are none, or a file of theirs is missing or altered.
pub fn stored(case: &Case) -> anyhow::Result<Derived> {
    let none = || Failure::new(Exit::Failed, phrase!("analyse.none")).hint(phrase!("analyse.none.hint"));
    let analysis = case.analysis().ok_or_else(none)?;
    let mut findings = Findings::new();
    for name in ANALYSES.iter().map(|analysis| analysis.name) {
        let file = findings_file(name);
        let bytes = case.derived(&file)?.ok_or_else(none)?;
        findings.insert(
            name.to_owned(),
            lines_of(&bytes).doing(|| phrase!("cannot.read", path = format!("findings/{file}")))?,
        );
    }
    let leads = case.derived(LEADS)?.ok_or_else(none)?;
    let leads = serde_json::from_slice(&leads)
        .doing(|| phrase!("cannot.read", path = format!("findings/{LEADS}")))?;
    Ok(Derived { findings, leads, digest: analysis.digest })
}

fn lines_of<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<Vec<T>> {
    serde_json::Deserializer::from_slice(bytes).into_iter().collect()
}
