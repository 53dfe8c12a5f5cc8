//! The ledger: what was done, by whom, when.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutela_case::Act;
use utoipa::{IntoParams, ToSchema};

use super::asked::Asked;
use crate::serve::answer::{Answer, Refused};

/// Acts of the ledger.
#[derive(Serialize, ToSchema)]
pub struct Entries {
    /// `tutela.ledger/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// How many meet what was asked.
    total: usize,
    /// Kinds of act that the ledger has.
    acts: Vec<String>,
    /// Officers that it names.
    officers: Vec<String>,
    /// The root over all entries (RFC 9162).
    root: String,
    /// Those asked for, the latest first.
    entries: Vec<Entry>,
}

/// An act.
#[derive(Serialize, ToSchema)]
struct Entry {
    /// Its number, from 0.
    seq: u64,
    /// When, RFC 3339, UTC.
    at: String,
    /// By whom.
    officer: String,
    /// Together with whom, where two act.
    second: Option<String>,
    /// What: `import`, `decide`, `analyse`.
    act: String,
    /// Its particulars.
    body: Value,
    /// Whether its particulars were erased.
    erased: bool,
    /// The key of a signature.
    signer: Option<String>,
}

/// Which acts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Only those of one officer.
    officer: Option<String>,
    /// Only those of one kind.
    act: Option<String>,
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

/// Tells what was done, the latest first.
#[utoipa::path(get, path = "/ledger", params(Which),
    responses((status = 200, body = Entries), (status = "4XX", body = Refused)))]
pub async fn entries(asked: Asked, which: Result<Query<Which>, QueryRejection>) -> Answer<Entries> {
    let Query(which) = which?;
    asked
        .show(("ledger", "all".to_owned()), move |_, opened, _| {
            let record = opened.case().record();
            let sorted = |mut names: Vec<String>| {
                names.sort();
                names.dedup();
                names
            };
            let is_meant = |act: &&Act| {
                which.act.as_ref().is_none_or(|kind| *kind == act.act)
                    && which.officer.as_ref().is_none_or(|officer| *officer == act.officer())
            };
            let meant: Vec<&Act> = record.acts().iter().rev().filter(is_meant).collect();
            let told = meant.iter().skip(which.offset).take(which.limit.min(500));
            Ok(Ok(Entries {
                schema: "tutela.ledger/1",
                total: meant.len(),
                acts: sorted(record.acts().iter().map(|act| act.act.clone()).collect()),
                officers: sorted(record.acts().iter().map(|act| act.officer().into_owned()).collect()),
                root: record.root().to_string(),
                entries: told.map(|act| entry(act)).collect(),
            }))
        })
        .await
}

fn entry(act: &Act) -> Entry {
    Entry {
        seq: act.seq,
        at: act.at.clone(),
        officer: act.officer().into_owned(),
        second: act.second(),
        act: act.act.clone(),
        body: act.body(),
        erased: act.is_erased(),
        signer: act.signer.as_ref().map(ToString::to_string),
    }
}
