//! A second officer's grade of what another officer graded: nothing here says how it was graded before.
#![expect(
    dead_code,
    reason = "documents are held against these types and described by them, and built by a verb"
)]

use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::asked::{Asked, described};
use super::grades;
use crate::serve::answer::{Answer, Refused};
use crate::talk::phrase;
use crate::verbs::grade::{self as verb, second};

/// What waits for a second officer: `tutela grade --blind --json`. It has no category and names nobody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondGrades {
    /// `tutela.second_grades/1`.
    schema: String,
    /// The scheme.
    scheme: String,
    /// The files, in the order of their hashes.
    files: Vec<ToGradeAgain>,
}

/// A file that waits for a second officer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToGradeAgain {
    /// MD5, hexadecimal.
    md5: Option<String>,
    /// SHA-1, hexadecimal.
    sha1: Option<String>,
    /// SHA-256, hexadecimal.
    sha256: Option<String>,
    /// Its size in bytes.
    size: Option<u64>,
}

/// Which files.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// The scheme.
    scheme: String,
    /// A JSON list of categories: of files that one other officer alone graded, those of them. Files in dispute come in any
    /// case.
    among: Option<String>,
}

/// The most categories of a question.
const CATEGORIES: usize = 100;

/// Tells what waits for whoever asks as the second officer. Nobody's own grades are among them.
#[utoipa::path(get, path = "/grades/second", params(Which),
    responses((status = 200, body = SecondGrades), (status = "4XX", body = Refused)))]
pub async fn queue(asked: Asked, which: Result<Query<Which>, QueryRejection>) -> Answer<Value> {
    let Query(Which { scheme, among }) = which?;
    let among: Option<Vec<String>> = match among.as_deref() {
        None | Some("") => Some(Vec::new()),
        Some(text) => serde_json::from_str(text).ok(),
    };
    let Some(among) = among.filter(|among| among.len() <= CATEGORIES && !scheme.trim().is_empty()) else {
        return Err(Refused::wrong(phrase!("serve.second"), asked.lang));
    };
    let told = asked.show(("grade", "second".to_owned()), move |_, opened, run| {
        Ok(Ok(second::queue(opened.case(), &run.officer, &scheme, &among)?))
    });
    Ok(Json(described::<SecondGrades>(told.await?.0)))
}

/// A second grade to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToGradeSecond {
    /// The hash of a file: MD5, SHA-1 or SHA-256, hexadecimal.
    hash: String,
    /// The scheme that the category is of.
    scheme: String,
    /// The category, in the words of its scheme.
    category: String,
    /// Why.
    reason: String,
}

/// What came of a second grade.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondGraded {
    /// `tutela.second_grade/1`.
    schema: String,
    /// The file.
    graded: Vec<SecondGradedFile>,
}

/// A file that was graded a second time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondGradedFile {
    /// SHA-256, hexadecimal.
    sha256: Option<String>,
    /// MD5, hexadecimal.
    md5: Option<String>,
    /// The scheme.
    scheme: String,
    /// The category that the second officer gave.
    category: String,
    /// Whether another officer had given the same. If not, both are kept, in dispute.
    agreed: bool,
}

/// Records a second officer's grade: it counts where another officer gave the same, and is kept in dispute otherwise.
#[utoipa::path(post, path = "/grades/second", request_body = ToGradeSecond,
    responses((status = 200, body = SecondGraded), (status = "4XX", body = Refused)))]
pub async fn grade(asked: Asked, grade: Result<Json<ToGradeSecond>, JsonRejection>) -> Answer<Value> {
    let Json(ToGradeSecond { hash, scheme, category, reason }) = grade?;
    if !grades::is_hash(&hash) {
        return Err(Refused::wrong(phrase!("serve.hashes"), asked.lang));
    }
    if [&scheme, &category, &reason].iter().any(|text| text.trim().is_empty()) {
        return Err(Refused::wrong(phrase!("serve.grade"), asked.lang));
    }
    let args =
        verb::Args { hashes: vec![hash], scheme, category, reason, blind: true, ..verb::Args::default() };
    let told = grades::unless_stopped(asked, args).await?;
    Ok(Json(described::<SecondGraded>(told.0)))
}
