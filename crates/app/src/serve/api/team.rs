//! The accounts of a team as far as this operation is concerned, and who came in or was refused.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use serde::Deserialize;
use utoipa::IntoParams;

use super::asked::Asked;
use crate::serve::answer::{Answer, Refused};
use crate::talk::phrase;
use crate::team::accounts::TeamAccounts;
use crate::team::log::{Event, TeamLog};

/// Tells the accounts.
#[utoipa::path(get, path = "/team", responses((status = 200, body = TeamAccounts), (status = "4XX", body = Refused)))]
pub async fn accounts(asked: Asked) -> Answer<TeamAccounts> {
    asked
        .tell(|asked, _, run| {
            let Some(team) = &asked.server.team else {
                return Ok(Err(Refused::not_found(phrase!("serve.no_team"), run.lang)));
            };
            Ok(Ok(team.accounts.now()?.document(&asked.server.origin)))
        })
        .await
}

/// How much of the log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Last {
    /// How many lines at most; 200 without it.
    #[param(maximum = 10_000)]
    last: Option<u16>,
}

/// The most lines of the log in one answer.
const MOST: u16 = 10_000;

/// Tells the log.
#[utoipa::path(get, path = "/team/log", params(Last),
    responses((status = 200, body = TeamLog), (status = "4XX", body = Refused)))]
pub async fn log(asked: Asked, last: Result<Query<Last>, QueryRejection>) -> Answer<TeamLog> {
    let n = last?.0.last.unwrap_or(200).min(MOST);
    asked
        .tell(move |asked, _, run| {
            let Some(team) = &asked.server.team else {
                return Ok(Err(Refused::not_found(phrase!("serve.no_team"), run.lang)));
            };
            // What concerns other operations of the same team is theirs.
            let own = |event: &Event| event.operation.is_empty() || event.operation == asked.server.origin;
            let events = team.log.last(n.into())?.into_iter().filter(own).collect();
            Ok(Ok(TeamLog::of(events)))
        })
        .await
}
