//! What each officer graded on each day, and how somebody who leads lets an officer go on whom the unit's rules stop.
#![expect(
    dead_code,
    reason = "documents are held against these types and described by them, and built by a verb"
)]

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::asked::{self, Asked, described};
use crate::serve::answer::{Answer, Refused};
use crate::talk::phrase;
use crate::team::roles::Right;
use crate::verbs::grade::{self as verb, exposure};

/// What officers graded: `tutela grade --exposure --json`. An officer is told their own days; whoever may hand on, and whoever
/// serves this machine alone, everybody's. Which files it were is never told.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exposure {
    /// `tutela.exposure/1`.
    schema: String,
    /// Who asks.
    officer: String,
    /// Whose days these are: `own` or `all`.
    whose: String,
    /// The zone in which a day begins and ends.
    zone: String,
    /// Between two acts that are further apart, no time is counted.
    gap_minutes: i64,
    /// How the minutes are estimated, in a sentence.
    rule: String,
    /// By officer and day; a day without a grade is not among them.
    days: Vec<ExposureDay>,
    /// How whoever asks stands to the unit's rules.
    rest: ExposureRest,
}

/// What an officer graded on a day.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExposureDay {
    /// The officer.
    officer: String,
    /// The day: `2026-03-01`.
    day: String,
    /// How many contents; one that was graded twice is one.
    files: usize,
    /// How many of each category.
    categories: Vec<ExposureCategory>,
    /// How often a category was taken back.
    taken_back: u64,
    /// The estimate of the time at work, in minutes.
    minutes: u64,
}

/// How many contents were given a category.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExposureCategory {
    /// The scheme that the category is of.
    scheme: String,
    /// The category.
    category: String,
    /// How many contents.
    files: usize,
}

/// How an officer stands to the unit's rules on grading.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExposureRest {
    /// The limit of minutes a day; null where there is none.
    limit_minutes: Option<u16>,
    /// The hours in which nobody grades, `20:00-08:00`; null where there are none.
    hours: Option<String>,
    /// The estimate of the officer's minutes of this day.
    minutes_today: u64,
    /// Until when the rules do not stop the officer, RFC 3339, UTC; null where nobody lifted them.
    lifted_until: Option<String>,
    /// Which rule stops the officer now: `minutes` or `hours`; null where none does.
    stopped: Option<String>,
}

/// Tells what was graded on each day.
#[utoipa::path(get, path = "/grades/exposure",
    responses((status = 200, body = Exposure), (status = "4XX", body = Refused)))]
pub async fn days(asked: Asked) -> Answer<Value> {
    let whose = if asked.may(Right::HandOn) { exposure::Whose::All } else { exposure::Whose::Own };
    let look = ("grade", "exposure".to_owned());
    let told = asked
        .show(look, move |_, opened, run| Ok(Ok(exposure::document(run, opened.case(), &whose)?)))
        .await?;
    Ok(Json(described::<Exposure>(told.0)))
}

/// An officer who may go on for twelve hours.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToLift {
    /// The officer, as the ledger names them: 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    officer: String,
    /// Why: 1 to 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// That an officer may go on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lifted {
    /// `tutela.lifted/1`.
    schema: String,
    /// The officer.
    officer: String,
    /// Until when, RFC 3339, UTC.
    until: String,
}

/// Records in the ledger that an officer may go on for twelve hours whom the unit's rules on grading stop.
#[utoipa::path(post, path = "/grades/lift", request_body = ToLift,
    responses((status = 201, body = Lifted), (status = "4XX", body = Refused)))]
pub async fn lift(
    asked: Asked,
    lift: Result<Json<ToLift>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let Json(ToLift { officer, reason }) = lift?;
    let reason = asked::reason(&reason, asked.lang)?;
    let officer = officer.trim().to_owned();
    if !(1..=200).contains(&officer.chars().count()) {
        return Err(Refused::wrong(phrase!("serve.lift"), asked.lang));
    }
    let args = verb::Args { lift: Some(officer), reason, ..verb::Args::default() };
    let told = asked.verb(("grade", "exposure".to_owned()), move |run| verb::run(run, &args)).await?;
    Ok((StatusCode::CREATED, Json(described::<Lifted>(told.0))))
}
