//! Grades of files, by their hashes: no file is ever opened.
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

use super::asked::{Asked, described, heard};
use crate::serve::answer::{Answer, Refused};
use crate::talk::phrase;
use crate::verbs::grade::{self as verb, rest};

/// The grades that count: `tutela grade --json`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grades {
    /// `tutela.grades/1`.
    schema: String,
    /// By scheme and category.
    grades: Vec<Grade>,
}

/// The grade of a file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Grade {
    /// The scheme that the category is of.
    scheme: Option<String>,
    /// The category.
    category: Option<String>,
    /// The series that the file belongs to.
    series: Option<String>,
    /// MD5, hexadecimal.
    md5: Option<String>,
    /// SHA-1, hexadecimal.
    sha1: Option<String>,
    /// SHA-256, hexadecimal.
    sha256: Option<String>,
    /// Whether another grade contradicts it.
    in_dispute: bool,
    /// Who gave it.
    by: Option<String>,
    /// When, RFC 3339, UTC.
    at: Option<String>,
}

/// A grade to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToGrade {
    /// Hashes of files on exhibits: MD5, SHA-1 or SHA-256, hexadecimal; 1 to 1,000.
    #[schema(min_items = 1, max_items = 1000)]
    hashes: Vec<String>,
    /// The scheme that the category is of.
    scheme: String,
    /// The category, in the words of its scheme; null takes the one given before back.
    category: Option<String>,
    /// The series that the files belong to.
    series: Option<String>,
    /// Why.
    reason: String,
}

/// What was graded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GradedNow {
    /// `tutela.grade/1`.
    schema: String,
    /// The files.
    graded: Vec<Graded>,
}

/// A file that was graded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Graded {
    /// SHA-256, hexadecimal.
    sha256: Option<String>,
    /// MD5, hexadecimal.
    md5: Option<String>,
    /// The scheme.
    scheme: String,
    /// The category.
    category: Option<String>,
    /// Whether an earlier category was taken back.
    withdrawn: bool,
}

/// Tells the grades that count.
#[utoipa::path(get, path = "/grades", responses((status = 200, body = Grades), (status = "4XX", body = Refused)))]
pub async fn all(asked: Asked) -> Answer<Value> {
    let told = asked.verb(("grade", String::new()), |run| verb::run(run, &verb::Args::default())).await?;
    Ok(Json(described::<Grades>(told.0)))
}

/// Records a grade of files, by their hashes.
#[utoipa::path(post, path = "/grades", request_body = ToGrade,
    responses((status = 200, body = GradedNow), (status = "4XX", body = Refused)))]
pub async fn grade(asked: Asked, grade: Result<Json<ToGrade>, JsonRejection>) -> Answer<Value> {
    let Json(ToGrade { hashes, scheme, category, series, reason }) = grade?;
    if !(1..=1_000).contains(&hashes.len()) || !hashes.iter().all(|hash| is_hash(hash)) {
        return Err(Refused::wrong(phrase!("serve.hashes"), asked.lang));
    }
    let withdraw = category.is_none();
    let category = category.unwrap_or_default();
    if scheme.trim().is_empty() || reason.trim().is_empty() || (!withdraw && category.trim().is_empty()) {
        return Err(Refused::wrong(phrase!("serve.grade"), asked.lang));
    }
    let args = verb::Args { hashes, scheme, category, series, reason, withdraw, ..verb::Args::default() };
    let told = unless_stopped(asked, args).await?;
    Ok(Json(described::<GradedNow>(told.0)))
}

/// Whether a text is a hash of a file, hexadecimal.
pub fn is_hash(text: &str) -> bool {
    matches!(text.len(), 32 | 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Records a grade, unless the unit's rules stop the officer: 409 with the code `rest`.
pub async fn unless_stopped(asked: Asked, args: verb::Args) -> Answer<Value> {
    asked
        .show(("grade", String::new()), move |_, opened, run| {
            let stopped = if args.withdraw { None } else { rest::refusal(run, opened.case())? };
            if let Some(failure) = stopped {
                return Ok(Err(Refused::new(StatusCode::CONFLICT, "rest", failure.what, run.lang)));
            }
            Ok(Ok(heard(run, |run| verb::run(run, &args))?))
        })
        .await
}
