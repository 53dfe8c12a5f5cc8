//! The ledger: what was done, by whom, when.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutela_case::Act;
use utoipa::{IntoParams, ToSchema};

use super::asked::{Asked, described};
use crate::serve::answer::{Answer, Refused};
use crate::talk::phrase;
use crate::verbs::ledger as verb;

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

/// Which entry.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WhichEntry {
    /// Its number, from 0.
    seq: u64,
}

/// What shows to somebody who has no copy of the record that an entry is in it: `tutela ledger prove N --json`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "documents are held against this type and described by it, and built by a verb")]
pub struct ShownIncluded {
    /// `tutela.proof/1`.
    schema: String,
    /// The entry's number, from 0.
    seq: u64,
    /// How many entries the record had.
    size: u64,
    /// The hash of the entry (RFC 9162, section 2.1.1).
    leaf: String,
    /// The hashes beside the way from the leaf up to the root (RFC 9162, section 2.1.3).
    path: Vec<String>,
    /// The root over all entries.
    root: String,
    /// The entry as it is stored.
    entry: Option<String>,
    /// Its particulars, whose salted hash is in the entry; null where they were erased, or never were.
    payload: Option<String>,
    /// The salt of that hash, hexadecimal; null where there are no particulars.
    salt: Option<String>,
    /// The head of the record, which nobody has signed yet.
    checkpoint: String,
}

/// Gives what shows that an entry is in the record, as a file. The look is recorded, and nothing else: no key is used, and
/// whoever has the file learns what the entry says and nothing of any other.
#[utoipa::path(get, path = "/ledger/proof", params(WhichEntry),
    responses((status = 200, body = ShownIncluded), (status = "4XX", body = Refused)))]
pub async fn proof(
    asked: Asked,
    which: Result<Query<WhichEntry>, QueryRejection>,
) -> Result<Response, Refused> {
    let Query(WhichEntry { seq }) = which?;
    let document = asked
        .show(("prove", seq.to_string()), move |_, opened, run| {
            let n = opened.case().record().acts().len();
            if seq >= n as u64 {
                return Ok(Err(Refused::not_found(phrase!("ledger.no_entry", seq = seq, n = n), run.lang)));
            }
            Ok(Ok(verb::proof(opened.case(), seq)?))
        })
        .await?;
    // To the byte what the command line writes.
    let bytes = format!("{:#}\n", described::<ShownIncluded>(document.0));
    let saved = format!("attachment; filename=\"entry-{seq}.proof.json\"");
    Ok(([(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, saved)], bytes).into_response())
}
