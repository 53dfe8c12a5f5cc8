//! The accounts of a team as far as this operation is concerned, and who came in or was refused.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asked::Asked;
use crate::serve::answer::{Answer, Refused};
use crate::talk::phrase;
use crate::team::log::Event;

/// Who has an account.
#[derive(Serialize, ToSchema)]
pub struct Accounts {
    /// `tutela.team/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// By name.
    accounts: Vec<TeamAccount>,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub struct TeamAccount {
    /// Its name.
    name: String,
    /// Whose it is, as the ledger names them.
    officer: String,
    /// The role in this operation; null for none.
    role: Option<String>,
    /// Whether a passphrase is set.
    has_passphrase: bool,
    /// Why it comes in no more; null while it does.
    closed: Option<String>,
}

/// Tells the accounts.
#[utoipa::path(get, path = "/team", responses((status = 200, body = Accounts), (status = "4XX", body = Refused)))]
pub async fn accounts(asked: Asked) -> Answer<Accounts> {
    asked
        .tell(|asked, opened, run| {
            let Some(team) = &asked.server.team else {
                return Ok(Err(Refused::not_found(phrase!("serve.no_team"), run.lang)));
            };
            let (book, operation) = (team.accounts.now()?, opened.case().id());
            let accounts = book.accounts.iter().map(|(name, account)| TeamAccount {
                name: name.clone(),
                officer: account.officer.clone(),
                role: account.roles.get(operation).map(|role| role.word().to_owned()),
                has_passphrase: account.passphrase.is_some(),
                closed: account.closed.clone(),
            });
            Ok(Ok(Accounts { schema: "tutela.team/1", accounts: accounts.collect() }))
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

/// What happened to accounts of this operation.
#[derive(Serialize, ToSchema)]
pub struct TeamLog {
    /// `tutela.team_log/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// The latest first.
    events: Vec<Event>,
}

/// The most lines of the log in one answer.
const MOST: u16 = 10_000;

/// Tells the log.
#[utoipa::path(get, path = "/team/log", params(Last),
    responses((status = 200, body = TeamLog), (status = "4XX", body = Refused)))]
pub async fn log(asked: Asked, last: Result<Query<Last>, QueryRejection>) -> Answer<TeamLog> {
    let n = last?.0.last.unwrap_or(200).min(MOST);
    asked
        .tell(move |asked, opened, run| {
            let Some(team) = &asked.server.team else {
                return Ok(Err(Refused::not_found(phrase!("serve.no_team"), run.lang)));
            };
            // What concerns other operations of the same team is theirs.
            let own = |event: &Event| event.operation.is_empty() || event.operation == opened.case().id();
            let events = team.log.last(n.into())?.into_iter().filter(own).collect();
            Ok(Ok(TeamLog { schema: "tutela.team_log/1", events }))
        })
        .await
}
