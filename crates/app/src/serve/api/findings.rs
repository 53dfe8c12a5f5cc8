//! Findings: what the analyses said, by analysis, and one with what its rows say.
#![expect(
    dead_code,
    reason = "documents are held against these types and described by them, and built by outputs"
)]

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutela_outputs::finding_json;
use utoipa::{IntoParams, ToSchema};

use super::asked::{Asked, described};
use super::decisions::Decision;
use super::leads::Alternative;
use super::places::Place;
use crate::dossier::rows;
use crate::serve::answer::{Answer, Refused};
use crate::talk::phrase;
use crate::verbs::problems::name_of;

/// A statement of an analysis with its rows, its strength, and what else could explain it: `tutela findings --jsonl`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Its id: `F-…`.
    finding: String,
    /// The analysis.
    analysis: String,
    /// What it says.
    statement: String,
    /// Which sentence that is.
    statement_key: String,
    /// The values of the sentence.
    values: serde_json::Map<String, Value>,
    /// log10 of the likelihood ratio; null for a statement of fact about rows.
    log10_lr: Option<f64>,
    /// The same in words (ENFSI 2015).
    words: Option<String>,
    /// The two propositions, for and against.
    propositions: Vec<String>,
    /// Rows in favour: all, or a spread of them.
    rows: Vec<Row>,
    /// How many rows there are in favour.
    n_rows: u64,
    /// Rows against.
    against: Vec<Row>,
    /// How many rows there are against.
    n_against: u64,
    /// What else could explain the rows.
    alternatives: Vec<Alternative>,
    /// What would refute it.
    refuted_by: Vec<String>,
    /// The decision that counts on it.
    decision: Option<Decision>,
    /// How it was found, and by which source.
    method: String,
    /// The settings of the analysis.
    settings: serde_json::Map<String, Value>,
}

/// A row that a finding stands on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The table.
    table: String,
    /// The row's id: 16 hexadecimal digits.
    row: String,
    /// SHA-256 of the file received, hexadecimal.
    source: String,
    /// Where in that file.
    place: Place,
}

/// Some findings.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// `tutela.findings/1`.
    schema: String,
    /// How many there are in all.
    total: u64,
    /// Those asked for, by id.
    findings: Vec<Finding>,
}

/// Which findings.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Only those of one analysis.
    analysis: Option<String>,
    /// How many to leave out.
    #[serde(default)]
    #[param(default = 0)]
    offset: usize,
    /// How many to tell: at most 500.
    #[serde(default = "a_page")]
    #[param(default = 100, maximum = 500)]
    limit: usize,
}

fn a_page() -> usize {
    100
}

/// Findings by analysis and id.
#[utoipa::path(get, path = "/findings", params(Which),
    responses((status = 200, body = Findings), (status = "4XX", body = Refused)))]
pub async fn all(asked: Asked, which: Result<Query<Which>, QueryRejection>) -> Answer<Value> {
    let Query(which) = which?;
    let of = which.analysis.clone().unwrap_or_else(|| "all".to_owned());
    asked
        .show(("findings", of), move |_, opened, run| {
            let Some(gathered) = opened.gathered(run)? else {
                return Ok(Err(Refused::not_analysed(run.lang)));
            };
            let dossier = gathered.dossier();
            let of = |name: &str| which.analysis.as_deref().is_none_or(|analysis| analysis == name);
            let asked: Vec<_> = dossier.findings.values().filter(|finding| of(&finding.analysis)).collect();
            let told = asked.iter().skip(which.offset).take(which.limit.min(500));
            let told: Vec<Value> = told.map(|finding| finding_json(finding, &dossier, run.lang)).collect();
            let document = json!({"schema": "tutela.findings/1", "total": asked.len(), "findings": told});
            Ok(Ok(described::<Findings>(document)))
        })
        .await
}

/// A finding with what its rows say.
#[derive(Serialize, ToSchema)]
pub struct Read {
    /// `tutela.finding/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// The finding.
    #[schema(value_type = Finding)]
    finding: Value,
    /// What its rows say, those in favour before those against.
    rows: Vec<ReadRow>,
}

/// What a row says.
#[derive(Serialize, ToSchema)]
struct ReadRow {
    /// The table.
    table: String,
    /// The row's id: 16 hexadecimal digits.
    row: String,
    /// SHA-256 of the file received, hexadecimal.
    source: String,
    /// The name of that file.
    file: String,
    /// Where in that file.
    #[schema(value_type = Place)]
    place: Value,
    /// Whether it is against the finding.
    against: bool,
    /// Its cells that say something: name and text, instants in UTC.
    cells: Vec<(String, String)>,
}

/// One finding with what its rows say.
#[utoipa::path(get, path = "/findings/{finding}", params(("finding" = String, Path, description = "F-…")),
    responses((status = 200, body = Read), (status = "4XX", body = Refused)))]
pub async fn one(asked: Asked, finding: Result<Path<String>, PathRejection>) -> Answer<Read> {
    let Path(id) = finding?;
    asked
        .show(("finding", id.clone()), move |_, opened, run| {
            let Some(gathered) = opened.gathered(run)? else {
                return Ok(Err(Refused::not_analysed(run.lang)));
            };
            let dossier = gathered.dossier();
            let Some(finding) = dossier.findings.get(&id) else {
                return Ok(Err(Refused::not_found(phrase!("decide.unknown", finding = id), run.lang)));
            };
            let case = opened.case();
            let read = rows(case, std::iter::once(finding))?;
            let told = finding.rows.iter().map(|row| (row, false));
            let told =
                told.chain(finding.against.iter().map(|row| (row, true))).map(|(row, against)| ReadRow {
                    table: row.table.clone(),
                    row: row.id().0,
                    source: row.source.clone(),
                    file: row.source.parse().map(|source| name_of(case, source)).unwrap_or_default(),
                    place: tutela_outputs::shown::place_json(row),
                    against,
                    cells: read.get(row).cloned().unwrap_or_default(),
                });
            Ok(Ok(Read {
                schema: "tutela.finding/1",
                finding: described::<Finding>(finding_json(finding, &dossier, run.lang)),
                rows: told.collect(),
            }))
        })
        .await
}
