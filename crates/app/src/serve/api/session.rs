//! The session: who asks, of which operation, and what must be known before anything else.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

use super::asked::Asked;
use super::words::Integrity;
use crate::dossier::is_made_up;
use crate::operation::today;
use crate::serve::Server;
use crate::serve::answer::{Answer, Refused};
use crate::serve::gate::{cookie, cookie_name, set_cookie};
use crate::serve::rights::Member;
use crate::talk::phrase;
use crate::team::roles::Right;
use crate::verbs::{authority, ledger};

/// Who asks, and of which operation.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// `tutela.session/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// The program's version.
    #[schema(value_type = String)]
    version: &'static str,
    /// The operation.
    operation: Named,
    /// Who acts, as the ledger will name them.
    officer: String,
    /// The account that came in; null where only this machine is served.
    #[schema(nullable)]
    account: Option<SessionAccount>,
    /// Why personal data is consulted, as the officer said last; empty when it was not said.
    reason: String,
    /// Whether the operation asks for a reason before it shows personal data.
    reason_needed: bool,
    /// What every write must bring in the header `x-tutela-csrf`.
    csrf: String,
    /// The record.
    ledger: Ledger,
    /// What was found.
    findings: SessionFindings,
    /// The authorities that records are received under.
    authorities: Vec<SessionAuthority>,
}

/// The operation.
#[derive(Serialize, ToSchema)]
struct Named {
    /// Its title.
    title: String,
    /// When it was created, RFC 3339, UTC.
    created: String,
    /// Whether it is made up: no real person stands behind any row.
    synthetic: bool,
}

/// An account, and what it may do in the operation.
#[derive(Serialize, ToSchema)]
struct SessionAccount {
    /// Its name.
    name: String,
    /// Its role: `viewer`, `analyst`, `reviewer`, `supervisor`, `auditor`.
    #[schema(value_type = String)]
    role: &'static str,
    /// What the role allows: `enter`, `look`, `decide`, `work`, `hand_on`, `check`, `audit`.
    #[schema(value_type = Vec<String>)]
    rights: Vec<Right>,
}

impl SessionAccount {
    fn of(member: &Member) -> Self {
        let rights = Right::ALL.into_iter().filter(|right| member.role.may(*right)).collect();
        Self { name: member.name.clone(), role: member.role.word(), rights }
    }
}

/// The record of acts.
#[derive(Serialize, ToSchema)]
struct Ledger {
    /// How many acts it has.
    entries: u64,
    /// How much can be said of it.
    #[schema(value_type = Integrity)]
    integrity: &'static str,
    /// What can be said of it, in a sentence.
    claim: String,
}

/// What was found.
#[derive(Serialize, ToSchema)]
struct SessionFindings {
    /// SHA-256 over the stored findings, `sha256:…`; null before the first analysis.
    digest: Option<String>,
    /// Whether records or decisions came since.
    stale: bool,
}

/// An authority that records are received under.
#[derive(Serialize, ToSchema)]
struct SessionAuthority {
    /// Its number: `A-1`.
    id: String,
    /// What it is, in its own words.
    text: String,
    /// Its first day.
    from: String,
    /// Its last day.
    until: String,
    /// Whether it holds today.
    valid_today: bool,
    /// The same, and what else there is to know of it, in a sentence.
    state: String,
}

/// Tells the session.
#[utoipa::path(get, path = "/session", responses((status = 200, body = Session), (status = "4XX", body = Refused)))]
pub async fn get(asked: Asked) -> Answer<Session> {
    asked
        .tell(|asked, opened, run| {
            let case = opened.case();
            let (integrity, claim) = ledger::of_record(case);
            let authorities = case.authorities().iter().map(|authority| SessionAuthority {
                id: authority.id.clone(),
                text: authority.text.clone(),
                from: authority.from.to_string(),
                until: authority.until.to_string(),
                valid_today: authority.covers(today()),
                state: run.word(authority::state(authority, today())),
            });
            Ok(Ok(Session {
                schema: "tutela.session/1",
                version: env!("CARGO_PKG_VERSION"),
                operation: Named {
                    title: case.title().to_owned(),
                    created: case.created().to_owned(),
                    synthetic: is_made_up(case),
                },
                officer: run.officer.clone(),
                account: asked.member.as_ref().map(SessionAccount::of),
                reason: run.why.clone(),
                reason_needed: case.rules().reasons,
                csrf: asked.session.csrf.clone(),
                ledger: Ledger {
                    entries: case.record().acts().len() as u64,
                    integrity: integrity.word(),
                    claim: run.word(claim),
                },
                findings: SessionFindings {
                    digest: case.analysis().map(|analysis| format!("sha256:{}", analysis.digest)),
                    stale: opened.is_stale,
                },
                authorities: authorities.collect(),
            }))
        })
        .await
}

/// What a user may change of the session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Why personal data is consulted from here on: at most 500 characters.
    #[schema(max_length = 500)]
    reason: String,
}

/// The longest reason.
const REASON: usize = 500;

/// Changes the reason for which personal data is consulted.
#[utoipa::path(put, path = "/session", request_body = Change,
    responses((status = 204), (status = "4XX", body = Refused)))]
pub async fn change(
    asked: Asked,
    change: Result<Json<Change>, JsonRejection>,
) -> Result<StatusCode, Refused> {
    let reason = change?.0.reason;
    if reason.chars().count() > REASON {
        return Err(Refused::wrong(phrase!("serve.reason_long", n = REASON), asked.lang));
    }
    asked.session.set_reason(reason.trim());
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the session.
#[utoipa::path(delete, path = "/session", responses((status = 204), (status = "4XX", body = Refused)))]
pub async fn end(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    if let Some(cookie) = cookie(&headers, &cookie_name(&server)) {
        server.sessions.close(cookie);
    }
    (StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, set_cookie(&server, ""))])).into_response()
}
