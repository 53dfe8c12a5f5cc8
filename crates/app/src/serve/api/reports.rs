//! What leaves the operation: reports and packages as they were made, each with its files, and what keeps the next one from
//! being more than a draft.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path as FilePath;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tutela_case::{Act, Case};
use tutela_model::{Digest, Lang};
use tutela_outputs::{labels, region};
use utoipa::ToSchema;

use super::asked::Asked;
use crate::dossier::DISCLOSE;
use crate::ending::{Doing as _, Exit, Failure};
use crate::operation::Operation;
use crate::run::Run;
use crate::serve::answer::{Answer, Refused};
use crate::talk::{path_text, phrase};
use crate::verbs::report;

/// A report to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Make {
    /// The whole report with all packages, or packages alone.
    part: Part,
    /// Of packages, only those of this region: its name or code.
    #[serde(default)]
    region: Option<String>,
    /// The language that it is written in.
    lang: Written,
    /// To whom it goes, for the ledger.
    #[serde(default)]
    to: String,
    /// Whether it is refused while it could only be a draft.
    #[serde(default)]
    r#final: bool,
}

/// How much is made.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The report, and the packages of all offices.
    Whole,
    /// The packages of offices alone.
    Packages,
}

/// The language of a report.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    /// Italian.
    It,
    /// English.
    En,
}

/// Makes a report: what is written is recorded as leaving, and a copy of it is kept in the operation.
///
/// # Errors
/// It cannot be made, or could only be a draft and was to be none.
pub fn make(run: &Run, make: &Make) -> anyhow::Result<Exit> {
    let lang = match make.lang {
        Written::It => Lang::It,
        Written::En => Lang::En,
    };
    let operation = Operation::open(run)?;
    let handed = operation.case.handed();
    drop(operation);
    let keeping = || phrase!("serve.cannot_keep", path = path_text(&handed));
    fs::create_dir_all(&handed).doing(keeping)?;
    let room = tempfile::tempdir_in(&handed).doing(keeping)?;
    let run = Run { lang, output: Some(room.path().to_owned()), ..run.clone() };
    let exit = match make.part {
        Part::Whole => report::run(&run, &report::Args { is_final: make.r#final, to: make.to.clone() })?,
        Part::Packages => {
            let unknown =
                |said: &str| Failure::new(Exit::Usage, phrase!("export.region.unknown", name = said));
            let named = make.region.as_deref().filter(|said| !said.is_empty());
            let meant = named.map(|said| region(said).ok_or_else(|| unknown(said))).transpose()?;
            report::write_packages(&run, room.path(), meant, make.r#final, &make.to)?
        }
    };
    keep(room.path(), &handed).doing(keeping)?;
    Ok(exit)
}

/// Moves every file below a folder to its digest.
fn keep(from: &FilePath, to: &FilePath) -> anyhow::Result<()> {
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path.is_dir() {
            keep(&path, to)?;
            continue;
        }
        let digest = Digest::of(&fs::read(&path)?);
        fs::rename(&path, to.join(digest.hex()))?;
    }
    Ok(())
}

/// Reports and packages that were made.
#[derive(Serialize, ToSchema)]
pub struct Reports {
    /// `tutela.reports/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// Leads that the next one would have.
    leads: usize,
    /// What would make the next one a draft.
    unanswered: Vec<Unanswered>,
    /// What was made, the latest first.
    versions: Vec<Version>,
}

/// Other explanations of a lead that nobody has answered.
#[derive(Serialize, ToSchema)]
pub struct Unanswered {
    /// The lead: L-001.
    lead: String,
    /// An account or a peer of it, by which a link to it still holds when its number changes.
    of: String,
    /// What the explanations are, in words.
    explanations: Vec<String>,
}

/// Something that left the operation.
#[derive(Serialize, ToSchema)]
pub struct Version {
    /// The number of its entry in the ledger.
    seq: u64,
    /// What it was: `report`, `packages`, or the name of an output.
    output: String,
    /// When, RFC 3339, UTC.
    at: String,
    /// By whom.
    officer: String,
    /// To whom, where that was said.
    to: String,
    /// Why, where that was said.
    reason: String,
    /// Whether it was made from what is found at present.
    is_current: bool,
    /// Its files.
    files: Vec<Handed>,
    /// Files that the version before had and this one has not.
    gone: Vec<String>,
}

/// A file that left.
#[derive(Serialize, ToSchema)]
pub struct Handed {
    /// Its name and folders.
    path: String,
    /// Its length in bytes.
    size: u64,
    /// SHA-256, hexadecimal.
    sha256: String,
    /// Whether a copy is here.
    is_here: bool,
    /// What it is to the file of the same name of the version before.
    #[schema(value_type = Against)]
    against: &'static str,
}

/// A file beside the one of the version before.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes words that are written as such")]
enum Against {
    /// There is no version before.
    First,
    /// The same bytes.
    Same,
    /// Other bytes.
    Changed,
    /// The version before has no such file.
    Added,
}

/// Tells what left the operation, and what the next report lacks.
#[utoipa::path(get, path = "/reports", responses((status = 200, body = Reports), (status = "4XX", body = Refused)))]
pub async fn all(asked: Asked) -> Answer<Reports> {
    asked
        .show(("reports", "all".to_owned()), |_, opened, run| {
            let (mut leads, mut unanswered) = (0, Vec::new());
            if let Some(gathered) = opened.gathered(run)? {
                let dossier = gathered.dossier();
                leads = dossier.leads.len();
                unanswered = dossier
                    .unanswered()
                    .into_iter()
                    .map(|(lead, kinds)| Unanswered {
                        lead: lead.lead.clone(),
                        of: lead.accounts.iter().chain(&lead.peers).next().unwrap_or(&lead.lead).clone(),
                        explanations: kinds
                            .into_iter()
                            .map(|kind| labels::alternative(kind, run.lang))
                            .collect(),
                    })
                    .collect();
            }
            Ok(Ok(Reports {
                schema: "tutela.reports/1",
                leads,
                unanswered,
                versions: versions(opened.case()),
            }))
        })
        .await
}

fn versions(case: &Case) -> Vec<Version> {
    let current = case.analysis().map(|analysis| analysis.digest.hex());
    let handed = case.handed();
    // The files of the last version of each output.
    let mut before: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut versions: Vec<Version> = disclosures(case)
        .map(|(act, said)| {
            let last = before.get(&said.output);
            let files: Vec<Handed> = said
                .files
                .iter()
                .map(|file| Handed {
                    path: file.path.clone(),
                    size: file.size,
                    sha256: file.sha256.clone(),
                    is_here: handed.join(&file.sha256).is_file(),
                    against: match last.map(|last| last.get(&file.path)) {
                        None => "first",
                        Some(None) => "added",
                        Some(Some(sha256)) if *sha256 == file.sha256 => "same",
                        Some(Some(_)) => "changed",
                    },
                })
                .collect();
            let is_there = |path: &&String| !said.files.iter().any(|file| file.path == **path);
            let gone = last.into_iter().flat_map(BTreeMap::keys).filter(is_there).cloned().collect();
            let now = said.files.iter().map(|file| (file.path.clone(), file.sha256.clone())).collect();
            before.insert(said.output.clone(), now);
            Version {
                seq: act.seq,
                is_current: said.findings.is_some() && said.findings == current,
                output: said.output,
                at: act.at.clone(),
                officer: act.officer().into_owned(),
                to: said.to,
                reason: said.reason,
                files,
                gone,
            }
        })
        .collect();
    versions.reverse();
    versions
}

/// What the ledger says of something that left.
#[derive(Deserialize)]
struct Said {
    output: String,
    #[serde(default)]
    findings: Option<String>,
    files: Vec<SaidFile>,
    #[serde(default)]
    to: String,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
struct SaidFile {
    path: String,
    size: u64,
    sha256: String,
}

/// What left, the oldest first; what was erased of it is left out.
fn disclosures(case: &Case) -> impl Iterator<Item = (&Act, Said)> {
    let acts = case.record().acts().iter().filter(|act| act.act == DISCLOSE);
    acts.filter_map(|act| Some((act, serde_json::from_value(act.body().clone()).ok()?)))
}

/// Hands out a file that left the operation, as it left.
#[utoipa::path(get, path = "/reports/files/{sha256}",
    params(("sha256" = String, Path, description = "SHA-256 of the file, hexadecimal")),
    responses((status = 200, content_type = "application/octet-stream", body = [u8]), (status = "4XX", body = Refused)))]
pub async fn file(asked: Asked, sha256: Result<Path<String>, PathRejection>) -> Result<Response, Refused> {
    let Path(sha256) = sha256?;
    let found = asked
        .show(("report", sha256.clone()), move |_, opened, run| {
            let case = opened.case();
            let path = disclosures(case)
                .flat_map(|(_, said)| said.files)
                .find(|file| file.sha256 == sha256)
                .map(|file| file.path);
            let Some(path) = path else {
                return Ok(Err(Refused::not_found(phrase!("serve.not_handed"), run.lang)));
            };
            let bytes = fs::read(case.handed().join(&sha256)).ok();
            // What is not what left is not handed out as it.
            let bytes = bytes.filter(|bytes| Digest::of(bytes).hex() == sha256);
            let gone = || {
                let what = phrase!("serve.handed_gone");
                Refused::new(StatusCode::GONE, "gone", what, run.lang)
            };
            Ok(bytes.map(|bytes| (path, bytes)).ok_or_else(gone))
        })
        .await;
    let (path, bytes) = found?.0;
    let kind = match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "pdf" => "application/pdf",
        "csv" => "text/csv; charset=utf-8",
        "json" => "application/json",
        _ => "application/octet-stream",
    };
    let name: String =
        path.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    let headers =
        [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    Ok((headers, bytes).into_response())
}
