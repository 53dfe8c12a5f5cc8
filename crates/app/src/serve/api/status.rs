//! What is in the operation: files, rows, problems, authorities.
#![expect(
    dead_code,
    reason = "documents are held against these types and described by them, and built by a verb"
)]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::asked::{Asked, described};
use super::words::Integrity;
use crate::serve::answer::{Answer, Refused};
use crate::verbs::status as verb;

/// What is in the operation: `tutela status --json`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// `tutela.status/1`.
    schema: String,
    /// Its title.
    operation: String,
    /// Its folder.
    folder: String,
    /// When it was created, RFC 3339, UTC.
    created: String,
    /// The authorities.
    authorities: Vec<Authority>,
    /// The files received, in the order in which they came.
    sources: Vec<Source>,
    /// Rows of each table that has some.
    rows: BTreeMap<String, u64>,
    /// Records that could not be read.
    problems: u64,
    /// Decisions ever recorded.
    decisions: u64,
    /// Acts in the ledger.
    ledger_entries: u64,
    /// SHA-256 over the stored findings, `sha256:…`; null before the first analysis.
    findings_digest: Option<String>,
    /// Whether records or decisions came since.
    findings_stale: bool,
    /// How much can be said of the record.
    integrity: Integrity,
    /// What can be said of the record.
    claim: String,
}

/// An authority that records are received under.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Authority {
    /// Its number: `A-1`.
    id: String,
    /// The kind of act.
    kind: String,
    /// What it is, in its own words.
    text: String,
    /// Its first day.
    from: String,
    /// Its last day.
    until: String,
    /// The last day on which it can be validated, where it must be.
    validate_by: Option<String>,
    /// What became of it.
    fate: Fate,
    /// Whether it holds today.
    valid_today: bool,
    /// What it is limited to.
    scope: Scope,
}

/// What became of an authority.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Fate {
    /// `stands`, `validated` or `lapsed`.
    state: String,
    /// The act that validates it.
    #[serde(default)]
    act: Option<String>,
    /// Why it has lapsed.
    #[serde(default)]
    reason: Option<String>,
}

/// What an authority is limited to; nothing where it covers everything.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Scope {
    /// Operators and platforms.
    parties: Vec<String>,
    /// Accounts.
    accounts: Vec<String>,
    /// The first day of what may be received.
    from: Option<String>,
    /// The last day of what may be received.
    until: Option<String>,
}

/// A file received.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Source {
    /// Its name.
    name: String,
    /// SHA-256, hexadecimal.
    sha256: String,
    /// Bytes.
    size: u64,
    /// Who read it.
    reader: String,
    /// That reader's version.
    reader_version: u32,
    /// The authority that it was received under.
    basis: String,
    /// Its rows.
    rows: u64,
    /// Its records that could not be read.
    problems: u64,
    /// Its rows that the authority does not cover.
    sealed: u64,
    /// Records that the reader leaves out, and why.
    skips: BTreeMap<String, u64>,
    /// When it was imported, RFC 3339, UTC.
    at: String,
    /// By whom.
    officer: String,
}

/// Tells what is in the operation.
#[utoipa::path(get, path = "/status", responses((status = 200, body = Status), (status = "4XX", body = Refused)))]
pub async fn status(asked: Asked) -> Answer<Value> {
    asked.tell(|_, opened, run| Ok(Ok(described::<Status>(verb::to_json(run, &opened.operation))))).await
}
