//! Decisions of officers on findings, leads and other explanations.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tutela_case::{Acted, Case};
use utoipa::ToSchema;

use super::asked::{Asked, reason};
use super::words;
use crate::operation::{choice_word, now};
use crate::serve::answer::{Answer, Refused};
use crate::talk::phrase;
use crate::verbs::decide::{self, ChoiceSaid};

/// A decision, in words.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    dead_code,
    reason = "documents are held against this type and described by it, and built by outputs"
)]
pub struct Decision {
    /// What it is recorded under.
    subject: String,
    /// What it is on, in words.
    on: String,
    /// What was decided.
    choice: words::Choice,
    /// The same in words that fit what it is on.
    words: String,
    /// Why.
    reason: String,
    /// By whom.
    officer: String,
    /// When, RFC 3339, UTC.
    at: String,
    /// Whether it no longer counts.
    withdrawn: bool,
}

/// Decisions that count.
#[derive(Serialize, ToSchema)]
pub struct Decisions {
    /// `tutela.decisions/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// One for each subject, by subject.
    decisions: Vec<Standing>,
}

/// The decision that counts on a subject.
#[derive(Serialize, ToSchema)]
pub struct Standing {
    /// What it is on: a finding's id, a person's, or a person's and the kind of an explanation.
    subject: String,
    /// `accept`, `reject` or `unsure`.
    #[schema(value_type = String)]
    choice: &'static str,
    /// Why.
    reason: String,
    /// By whom.
    officer: String,
    /// When, RFC 3339, UTC.
    at: String,
    /// Its number in the ledger.
    seq: u64,
}

fn standing(subject: &str, decision: &Acted<tutela_case::Decision>) -> Standing {
    Standing {
        subject: subject.to_owned(),
        choice: choice_word(decision.choice),
        reason: decision.reason.clone(),
        officer: decision.officer.clone(),
        at: decision.at.to_string(),
        seq: decision.seq,
    }
}

/// Tells the decisions that count.
#[utoipa::path(get, path = "/decisions",
    responses((status = 200, body = Decisions), (status = "4XX", body = Refused)))]
pub async fn all(asked: Asked) -> Answer<Decisions> {
    asked
        .show(("decisions", "all".to_owned()), |_, opened, _| {
            let all = opened.case().standing();
            let decisions = all.into_iter().map(|(subject, decision)| standing(subject, decision)).collect();
            Ok(Ok(Decisions { schema: "tutela.decisions/1", decisions }))
        })
        .await
}

/// A decision to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decide {
    /// A finding (F-…), a lead (L-001), or other explanations of a lead (L-001/household, L-001/household,vpn).
    finding: String,
    /// What is decided.
    choice: Chosen,
    /// Why: 1 to 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    /// The number in the ledger of the decision that the officer has seen as counting; null for none. Where another
    /// counts by now, nothing is recorded and the answer is 409 with the code `conflict`.
    seen: Option<u64>,
}

/// What is decided.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// Taken as it is; a lead is followed, another explanation holds.
    Accept,
    /// Not taken; a lead is closed, another explanation excluded.
    Reject,
    /// Looked at, and it cannot be said.
    Unsure,
    /// What was decided before no longer holds.
    Withdraw,
}

/// What was recorded.
#[derive(Serialize, ToSchema)]
pub struct Recorded {
    /// `tutela.decided/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// What it was recorded under.
    subjects: Vec<String>,
    /// Whether it counts; where two officers are needed, the first alone does not.
    counts: bool,
    /// The decisions that count on these subjects.
    standing: Vec<Standing>,
    /// Whether leads and findings must be derived anew.
    stale: bool,
}

/// Records a decision in the ledger, with the officer and the reason.
#[utoipa::path(post, path = "/decisions", request_body = Decide,
    responses((status = 201, body = Recorded), (status = "4XX", body = Refused)))]
pub async fn decide(
    asked: Asked,
    decision: Result<Json<Decide>, JsonRejection>,
) -> Result<(StatusCode, Json<Recorded>), Refused> {
    let Json(decision) = decision?;
    let why = reason(&decision.reason, asked.lang)?;
    let recorded = asked
        .tell(move |_, opened, run| {
            let Some(gathered) = opened.gathered(run)? else {
                return Ok(Err(Refused::not_analysed(run.lang)));
            };
            let subjects = match decide::subjects(opened.case(), &gathered.dossier(), &decision.finding) {
                Ok(subjects) => subjects,
                Err(failure) => return Ok(Err(Refused::not_found(failure.what, run.lang))),
            };
            let mut writer = opened.operation.write(run)?;
            let counting = |case: &Case| {
                let all = case.standing();
                let of =
                    |subject: &String| all.get(subject.as_str()).map(|decision| standing(subject, decision));
                subjects.iter().filter_map(of).collect::<Vec<_>>()
            };
            // Only now nobody else writes.
            let before = counting(writer.case());
            if let Some(other) = before.iter().find(|other| decision.seen.is_none_or(|seen| other.seq > seen))
            {
                let what = phrase!("serve.conflict", officer = other.officer.as_str(), choice = other.choice);
                return Ok(Err(Refused::new(StatusCode::CONFLICT, "conflict", what, run.lang)));
            }
            let choice = match decision.choice {
                Chosen::Accept => ChoiceSaid::Accept,
                Chosen::Reject => ChoiceSaid::Reject,
                Chosen::Unsure => ChoiceSaid::Unsure,
                Chosen::Withdraw => ChoiceSaid::Withdraw,
            };
            let counts = decide::record(&mut writer, &subjects, choice, &why, now())?;
            let stale = writer.case().is_stale(&crate::analysis::made_with());
            let standing = counting(writer.case());
            Ok(Ok(Recorded { schema: "tutela.decided/1", subjects, counts, standing, stale }))
        })
        .await?;
    Ok((StatusCode::CREATED, recorded))
}
