//! Work in the background: analyses, checks, what would be without a file.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asked::Asked;
use super::reports::{self, Make};
use crate::serve::answer::{Answer, Refused};
use crate::serve::jobs::{Job, JobTold};
use crate::serve::rights;
use crate::talk::phrase;
use crate::team::roles::Right;
use crate::verbs::{analyse, explain, ledger, rebuild};

/// All work since the server was started.
#[derive(Serialize, ToSchema)]
pub struct Jobs {
    /// `tutela.jobs/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// The latest first.
    jobs: Vec<JobTold>,
}

/// Work to be done.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "verb", rename_all = "snake_case", deny_unknown_fields)]
pub enum Work {
    /// Runs the analyses that are out of date.
    Analyse,
    /// Checks the record, every file received and every table against it.
    Verify,
    /// Derives everything again and compares.
    Rebuild,
    /// Makes the report, or the packages of offices; that they leave the operation is recorded.
    Report(Make),
    /// Derives a lead again without some files.
    WhatIf {
        /// The lead: L-001.
        lead: String,
        /// The files, by name or the beginning of their digest; none for each that it stands on in turn.
        #[serde(default)]
        without: Vec<String>,
    },
}

impl Work {
    fn verb(&self) -> &'static str {
        match self {
            Self::Analyse => "analyse",
            Self::Verify => "verify",
            Self::Rebuild => "rebuild",
            Self::Report(_) => "report",
            Self::WhatIf { .. } => "what_if",
        }
    }
}

/// What one must be allowed for a verb, and for seeing what it said.
fn needed(verb: &str) -> Right {
    match verb {
        "verify" => Right::Check,
        "what_if" | "prepare" => Right::Look,
        "report" => Right::HandOn,
        _ => Right::Work,
    }
}

/// Tells all work.
#[utoipa::path(get, path = "/jobs", responses((status = 200, body = Jobs), (status = "4XX", body = Refused)))]
pub async fn all(asked: Asked) -> Json<Jobs> {
    let jobs = asked.server.jobs.all().into_iter().filter(|job| asked.may(needed(job.verb()))).collect();
    Json(Jobs { schema: "tutela.jobs/1", jobs })
}

/// Begins work. Where the same work is already being done, 409 with the code `running`.
#[utoipa::path(post, path = "/jobs", request_body = Work,
    responses((status = 202, body = JobTold), (status = "4XX", body = Refused)))]
pub async fn begin(
    asked: Asked,
    work: Result<Json<Work>, JsonRejection>,
) -> Result<(StatusCode, Json<JobTold>), Refused> {
    let Json(work) = work?;
    let needed = needed(work.verb());
    if !asked.may(needed) {
        return Err(rights::forbidden(&asked.server, asked.member.as_ref(), "POST /jobs", asked.lang));
    }
    let (run, jobs) = (asked.run(), &asked.server.jobs);
    let begun = match work {
        Work::Analyse => jobs.begin(run, "analyse", |run| analyse::run(run, &analyse::Args::default())),
        Work::Verify => {
            jobs.begin(run, "verify", |run| ledger::run(run, &ledger::Args::Verify { against: Vec::new() }))
        }
        Work::Rebuild => jobs.begin(run, "rebuild", |run| rebuild::run(run, &rebuild::Args { check: true })),
        Work::Report(make) => jobs.begin(run, "report", move |run| reports::make(run, &make)),
        Work::WhatIf { lead, without } => jobs.begin(run, "what_if", move |run| {
            let args = explain::Args { lead, path: Vec::new(), what_if: without.is_empty(), without };
            explain::run(run, &args)
        }),
    };
    let job = begun
        .ok_or_else(|| Refused::new(StatusCode::CONFLICT, "running", phrase!("serve.running"), asked.lang))?;
    Ok((StatusCode::ACCEPTED, Json(job.told())))
}

/// Tells how far a piece of work is.
#[utoipa::path(get, path = "/jobs/{id}", params(("id" = u64, Path, description = "Its number")),
    responses((status = 200, body = JobTold), (status = "4XX", body = Refused)))]
pub async fn one(asked: Asked, id: Result<Path<u64>, PathRejection>) -> Answer<JobTold> {
    let Path(id) = id?;
    seen(id, &asked).map(|job| Json(job.told()))
}

/// Stops a piece of work after the record at hand. What it stored until then holds.
#[utoipa::path(delete, path = "/jobs/{id}", params(("id" = u64, Path, description = "Its number")),
    responses((status = 202, body = JobTold), (status = "4XX", body = Refused)))]
pub async fn stop(
    asked: Asked,
    id: Result<Path<u64>, PathRejection>,
) -> Result<(StatusCode, Json<JobTold>), Refused> {
    let Path(id) = id?;
    let job = seen(id, &asked)?;
    job.stop();
    Ok((StatusCode::ACCEPTED, Json(job.told())))
}

/// A piece of work, as far as whoever asks may know of it.
fn seen(id: u64, asked: &Asked) -> Result<Arc<Job>, Refused> {
    let job = asked.server.jobs.get(id).filter(|job| asked.may(needed(job.verb)));
    job.ok_or_else(|| Refused::not_found(phrase!("serve.no_job", id = id), asked.lang))
}
