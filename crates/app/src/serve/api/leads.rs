//! Leads: all of them by rank, and one with its full reasoning.
#![expect(
    dead_code,
    reason = "documents are held against these types and described by them, and built by outputs"
)]

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use serde::Deserialize;
use serde_json::Value;
use tutela_outputs::leads_json;
use utoipa::ToSchema;

use super::asked::{Asked, described};
use super::decisions::Decision;
use super::findings::Finding;
use super::words::{AlternativeState, BandName, FactorState, PersonStatus};
use crate::serve::answer::{Answer, Refused};
use crate::talk::phrase;
use crate::verbs::explain;

/// The ranked leads: `tutela leads --json`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Leads {
    /// `tutela.leads/1`.
    schema: String,
    /// The operation's title.
    operation: String,
    /// Whether it is made up.
    synthetic: bool,
    /// Whether another explanation is still unanswered.
    draft: bool,
    /// The time of the last act that they stand on, RFC 3339, UTC.
    as_of: String,
    /// SHA-256 over the stored findings, `sha256:…`.
    findings_digest: String,
    /// What must be known before the leads are read.
    warnings: Vec<String>,
    /// The leads by rank.
    leads: Vec<Lead>,
    /// All decisions.
    decisions: Vec<Decision>,
}

/// The findings about one person or line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    /// Its number, which changes with its rank: `L-001`.
    lead: String,
    /// Its rank, from 1.
    rank: u32,
    /// To whom its accounts are tied, and how far.
    person: Person,
    /// What the strongest of its findings says.
    why: Option<String>,
    /// The first grounds of its band, in the sentences of their findings.
    grounds: Vec<String>,
    /// Grounds that are missing.
    missing: Vec<String>,
    /// `operator/line`.
    lines: Vec<String>,
    /// To whom each line is registered, in the order of the lines; null where no record says.
    subscribers: Vec<Option<String>>,
    /// `platform/account`.
    accounts: Vec<String>,
    /// `network/peer`.
    peers: Vec<String>,
    /// Handles of payment services.
    handles: Vec<String>,
    /// Numbers of exhibits.
    exhibits: Vec<String>,
    /// The province by registration, two letters.
    province: Option<String>,
    /// The office that acts.
    office: Option<String>,
    /// That office's name.
    office_name: Option<String>,
    /// The province by a list of address ranges: an estimate.
    province_estimate: Option<String>,
    /// `registration` or `estimate`: by what the office is told.
    office_by: Option<String>,
    /// Other offices that have something of the lead.
    also_at: Vec<AlsoAt>,
    /// How strongly the records support it.
    strength: Strength,
    /// How soon to act.
    band: Band,
    /// How many earlier proceedings records name.
    precedents: u32,
    /// Findings that it stands on, by id.
    findings: Vec<String>,
    /// What else could explain the rows.
    alternatives: Vec<Alternative>,
    /// Whether an officer has closed it.
    closed: bool,
    /// Decisions on it and on its other explanations.
    decisions: Vec<Decision>,
    /// What to ask next.
    next_steps: Vec<NextStep>,
    /// As what it may leave the operation.
    export: Export,
}

/// To whom accounts are tied, and how far.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Person {
    /// An id that stays when ranks change.
    id: String,
    /// Ids of all accounts that are taken together.
    ids: Vec<String>,
    /// The name that records say.
    name_said: Option<String>,
    /// How far the tie goes.
    status: PersonStatus,
}

/// Another office that has something of a lead.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AlsoAt {
    /// The office.
    office: String,
    /// Its name.
    office_name: String,
    /// What it has too.
    shared: Vec<String>,
}

/// How strongly records support a proposition against another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Strength {
    /// log10 of the likelihood ratio.
    log10_lr: f64,
    /// The same in words (ENFSI 2015).
    words: String,
    /// How much more than the next best, log10; null where there is no other.
    margin_log10: Option<f64>,
    /// The two propositions, for and against.
    propositions: Vec<String>,
}

/// How soon to act, from named factors.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Band {
    /// The band.
    name: BandName,
    /// Until when, RFC 3339, UTC.
    act_by: Option<String>,
    /// Why.
    factors: Vec<Factor>,
}

/// A ground of a band.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Factor {
    /// Its name.
    name: String,
    /// The same in words.
    words: String,
    /// Whether records say so.
    state: FactorState,
    /// The finding that says so.
    finding: Option<String>,
}

/// Something else that could explain the rows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// Its kind: `household`, `open_wifi`, `cgnat`, `vpn`, `account_shared`, `wrong_zone`, `typing_error`, `device_shared`.
    kind: String,
    /// The same in words.
    words: String,
    /// How it stands.
    state: AlternativeState,
    /// Why it stands so.
    why: String,
    /// The decision that counts on it; only those of leads have one.
    #[serde(default)]
    decision: Option<Decision>,
}

/// What to ask next.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NextStep {
    /// What.
    ask: String,
    /// Whom.
    of: String,
    /// Until when it is kept, a date; null where that is not known.
    by: Option<String>,
    /// Why.
    why: String,
    /// How much an answer would tell, in bits.
    gain_bits: f64,
}

/// As what a lead may leave the operation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Export {
    /// `attribution` or `intelligence`.
    r#as: String,
    /// The same in words.
    words: String,
    /// What it must meet to leave as an attribution.
    conditions: Vec<Condition>,
}

/// What a lead must meet to leave as an attribution.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Condition {
    /// Its name.
    name: String,
    /// The same in words.
    words: String,
    /// Whether it is met.
    passed: bool,
    /// Why.
    why: String,
}

/// One lead with its full reasoning: `tutela explain LEAD --json`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Explained {
    /// `tutela.explain/1`.
    schema: String,
    /// The operation's title.
    operation: String,
    /// SHA-256 over the stored findings, `sha256:…`.
    findings_digest: String,
    /// The lead.
    lead: Lead,
    /// Its findings.
    findings: Vec<Finding>,
    /// Null: how two of its accounts hang together is asked by the verb `explain`.
    path: Value,
    /// Empty: what would become of it without files is asked by the work `what_if`.
    without: Vec<Value>,
}

/// The leads by rank. Before the first analysis there is none: 404 with the code `not_analysed`.
#[utoipa::path(get, path = "/leads", responses((status = 200, body = Leads), (status = "4XX", body = Refused)))]
pub async fn all(asked: Asked) -> Answer<Value> {
    asked
        .show(("leads", "all".to_owned()), |_, opened, run| {
            let Some(gathered) = opened.gathered(run)? else {
                return Ok(Err(Refused::not_analysed(run.lang)));
            };
            Ok(Ok(described::<Leads>(leads_json(&gathered.dossier(), run.lang))))
        })
        .await
}

/// One lead by its number, one of its accounts or one of its peers.
#[utoipa::path(get, path = "/leads/{lead}", params(("lead" = String, Path, description = "L-001, or platform/account")),
    responses((status = 200, body = Explained), (status = "4XX", body = Refused)))]
pub async fn one(asked: Asked, lead: Result<Path<String>, PathRejection>) -> Answer<Value> {
    let Path(said) = lead?;
    asked
        .show(("explain", said.clone()), move |_, opened, run| {
            let Some(gathered) = opened.gathered(run)? else {
                return Ok(Err(Refused::not_analysed(run.lang)));
            };
            let Ok(lead) = explain::find(gathered.leads(), &said) else {
                return Ok(Err(Refused::not_found(phrase!("decide.lead", lead = said), run.lang)));
            };
            let document = explain::document(gathered.dossier(), lead, None, &[], run.lang);
            Ok(Ok(described::<Explained>(document)))
        })
        .await
}
