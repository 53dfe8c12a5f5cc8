//! Findings and leads of an operation: derived from its tables, stored in its folder, read back.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use serde::de::DeserializeOwned;
use serde_json::Value;
use tutela_analyses::sharing::{CHUNK_ROWS, Means, Works};
use tutela_analyses::{ANALYSES, lineage};
use tutela_case::Case;
use tutela_model::finding::PersonStatus;
use tutela_model::{Decisions, Digest, Finding, Findings, Lead, Shelf, Tables};

use crate::cluster::Cluster;
use crate::ending::{Doing as _, Exit, Failure};
use crate::operation::{Operation, limits, now};
use crate::run::Run;
use crate::talk::phrase;
use crate::watched::{Watched, WatchedShelf};

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

/// The file of what was counted, from which the next run goes on. It follows from the ground state as findings do.
const COUNTED: &str = "counted.bin";

/// Files of findings: each name with its bytes.
pub type Files = Vec<(String, Vec<u8>)>;

fn findings_file(analysis: &str) -> String {
    format!("{analysis}.jsonl")
}

/// The analyses that this program runs, so that findings of another program are derived anew.
pub fn made_with() -> String {
    format!("tutela {} {}", env!("CARGO_PKG_VERSION"), &tutela_analyses::version().hex()[..16])
}

/// Runs all analyses: the leads, and what is said as files without a language, one finding a line, the leads among them.
/// What an earlier run counted is taken from `kept`; nothing there, and all is counted.
///
/// # Errors
/// A stored table cannot be read, the user has asked to stop, or memory is at its limit.
pub fn derive(
    run: &Run,
    tables: &dyn Tables,
    decisions: &Decisions,
    kept: &[u8],
    runs: &Runs<'_>,
) -> anyhow::Result<Made> {
    let watched = Watched::new(tables, run);
    let shelf = WatchedShelf::new(runs.shelf, run);
    let mut means = means(run, &shelf, runs.manifest);
    if let Some(cluster) = runs.cluster {
        // Smaller runs, since some of each worker wait here for their turn.
        means.makers = Some(cluster);
        means.chunk_rows = CHUNK_ROWS / 2;
    }
    let derived = tutela_analyses::derive_from(&watched, decisions, kept, &means, &mut |analysis| {
        if run.verbose > 0 {
            run.say(phrase!("analyse.running", analysis = analysis));
        }
    });
    let mut derived = shelf.end(watched.end(derived));
    if let Some(cluster) = runs.cluster {
        derived = cluster.end(derived);
    }
    let derived = derived?;
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
    if !derived.counted.is_empty() {
        files.push((COUNTED.to_owned(), derived.counted));
    }
    Ok(Made { leads: derived.leads, files, manifest: derived.shelf, shelved: derived.shelved })
}

/// Hands out the findings on files and peers that are not stored: there may be millions.
///
/// # Errors
/// A table or a run cannot be read, the user has asked to stop, or `each` fails.
pub fn each_other_sighting(
    run: &Run,
    case: &Case,
    each: &mut dyn FnMut(&Finding) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (tables, shelf, manifest) = (case.tables(), case.shelf(), case.runs()?);
    let watched = Watched::new(&tables, run);
    let shelf = WatchedShelf::new(&shelf, run);
    let means = means(run, &shelf, &manifest);
    let mut failed = Ok(());
    let handed_out = tutela_analyses::other_sightings(&watched, &means, &mut |finding| {
        failed = each(&finding);
        if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    shelf.end(watched.end(handed_out))?;
    failed
}

/// Means of an analysis that goes on from what is on the shelf.
pub fn means<'a>(run: &Run, shelf: &'a WatchedShelf<'a>, manifest: &'a [u8]) -> Means<'a> {
    Means { work: &at_once, jobs: limits(run).jobs, manifest, ..Means::alone(shelf) }
}

/// Where runs of sightings are kept, and what an earlier analysis left of them.
pub struct Runs<'a> {
    /// The shelf.
    pub shelf: &'a dyn Shelf,
    /// What is said to be on it; empty when nothing counts.
    pub manifest: &'a [u8],
    /// The workers that make runs; none, and they are made here.
    pub cluster: Option<&'a Cluster<'a>>,
}

/// What the analyses made.
pub struct Made {
    /// Leads by rank.
    pub leads: Vec<Lead>,
    /// Files of findings.
    pub files: Files,
    /// What is on the shelf of runs.
    manifest: Vec<u8>,
    shelved: BTreeSet<String>,
}

/// Does pieces of work on a thread each.
fn at_once(works: Works<'_>) {
    let mut works = works.into_iter();
    let Some(first) = works.next() else { return };
    std::thread::scope(|scope| {
        for work in works {
            scope.spawn(work);
        }
        first();
    });
}

/// Runs all analyses and stores what they say; the operation is open anew afterwards. Each table file is compared with its
/// digest before it is read; one of which everything was counted before is not read.
///
/// # Errors
/// A table is missing or altered, somebody else is writing, or the disk refuses.
pub fn derive_and_store(run: &Run, operation: &mut Operation) -> anyhow::Result<()> {
    derive_and_store_with(run, operation, None)
}

/// As [`derive_and_store`], with workers that make the runs of sightings. What is stored is the same to the byte.
///
/// # Errors
/// As [`derive_and_store`], and no worker is left.
pub fn derive_and_store_with(
    run: &Run,
    operation: &mut Operation,
    cluster: Option<&Cluster<'_>>,
) -> anyhow::Result<()> {
    let mut writer = operation.write(run)?;
    let case = &operation.case;
    let before: Vec<Lead> = stored_leads(case).unwrap_or_default();
    let kept = case.derived(COUNTED)?.unwrap_or_default();
    let tables = case.checked_tables();
    let (shelf, manifest) = (case.shelf(), case.runs()?);
    let runs = Runs { shelf: &shelf, manifest: &manifest, cluster };
    let derived = derive(run, &tables, &operation.decisions(), &kept, &runs);
    tables.end()?;
    let Made { leads, files, manifest, shelved } = derived?;
    let changes = lineage::changes(&before, &leads);
    let told: Vec<Value> = changes.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    writer.put_derived(&files, &manifest, &made_with(), &told, now())?;
    // What the record does not name any more goes.
    shelf.keep_only(&shelved)?;
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
    Ok(Derived { findings, leads: stored_leads(case)?, digest: analysis.digest })
}

fn none() -> Failure {
    Failure::new(Exit::Failed, phrase!("analyse.none")).hint(phrase!("analyse.none.hint"))
}

fn stored_leads<L: DeserializeOwned>(case: &Case) -> anyhow::Result<Vec<L>> {
    let leads = case.derived(LEADS)?.ok_or_else(none)?;
    serde_json::from_slice(&leads).doing(|| phrase!("cannot.read", path = format!("findings/{LEADS}")))
}

/// How many findings and leads there are.
pub struct Stored {
    /// Findings by analysis.
    pub findings: BTreeMap<&'static str, usize>,
    /// How far each lead's records tie.
    pub statuses: Vec<PersonStatus>,
    /// SHA-256 over the stored files' names and digests.
    pub digest: Digest,
}

/// How many findings and leads were stored last.
///
/// # Errors
/// As [`stored`].
pub fn count_stored(case: &Case) -> anyhow::Result<Stored> {
    #[derive(serde::Deserialize)]
    struct Tied {
        status: PersonStatus,
    }
    let analysis = case.analysis().ok_or_else(none)?;
    let mut findings = BTreeMap::new();
    for name in ANALYSES.iter().map(|analysis| analysis.name) {
        let bytes = case.derived(&findings_file(name))?.ok_or_else(none)?;
        findings.insert(name, bytes.iter().filter(|byte| **byte == b'\n').count());
    }
    let statuses = stored_leads::<Tied>(case)?.into_iter().map(|lead| lead.status).collect();
    Ok(Stored { findings, statuses, digest: analysis.digest })
}

fn lines_of<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<Vec<T>> {
    serde_json::Deserializer::from_slice(bytes).into_iter().collect()
}
