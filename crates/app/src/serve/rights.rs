//! Who asks in a team, and what their role allows: each address with the right that it takes. What is not in the list is
//! allowed to nobody.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tutela_model::Lang;

use super::answer::Refused;
use super::gate::lang_of;
use super::sessions::Session;
use super::{Peer, Server};
use crate::talk::phrase;
use crate::team::log::What;
use crate::team::roles::{Right, Role};
use crate::verbs::team::of_role;

/// An account that asks.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Whose it is, as the ledger names them.
    pub officer: String,
    /// What it is in the operation.
    pub role: Role,
    /// The machine that it asks from.
    from: String,
}

/// What each address takes, below `/api/v1`. `POST /jobs` also takes the right of the work that it begins.
const NEEDED: &[(&str, &str, Right)] = &[
    ("GET", "/session", Right::Enter),
    ("PUT", "/session", Right::Enter),
    ("DELETE", "/session", Right::Enter),
    ("PUT", "/passphrase", Right::Enter),
    ("GET", "/passkeys", Right::Enter),
    ("POST", "/passkeys", Right::Enter),
    ("POST", "/passkeys/challenge", Right::Enter),
    ("DELETE", "/passkeys/{id}", Right::Enter),
    ("GET", "/status", Right::Enter),
    ("GET", "/jobs", Right::Enter),
    ("POST", "/jobs", Right::Enter),
    ("GET", "/jobs/{id}", Right::Enter),
    ("DELETE", "/jobs/{id}", Right::Enter),
    ("GET", "/overview", Right::Look),
    ("GET", "/leads", Right::Look),
    ("GET", "/leads/{lead}", Right::Look),
    ("GET", "/findings", Right::Look),
    ("GET", "/findings/{finding}", Right::Look),
    ("GET", "/decisions", Right::Look),
    ("GET", "/referrals", Right::Look),
    ("GET", "/requests", Right::Look),
    ("GET", "/map", Right::Look),
    ("GET", "/exhibits", Right::Look),
    ("GET", "/grades", Right::Look),
    ("GET", "/grades/second", Right::Decide),
    ("GET", "/grades/exposure", Right::Look),
    ("GET", "/search", Right::Look),
    ("GET", "/tables", Right::Look),
    ("GET", "/tables/{table}/rows", Right::Look),
    ("GET", "/tables/{table}/values", Right::Look),
    ("GET", "/tables/{table}/counts", Right::Look),
    ("GET", "/graph", Right::Look),
    ("GET", "/sources/{sha256}/place", Right::Look),
    ("POST", "/decisions", Right::Decide),
    ("POST", "/referrals", Right::Decide),
    ("POST", "/grades", Right::Decide),
    ("POST", "/grades/second", Right::Decide),
    ("POST", "/grades/lift", Right::HandOn),
    ("POST", "/graph/export", Right::HandOn),
    ("GET", "/reports", Right::Look),
    ("GET", "/reports/files/{sha256}", Right::HandOn),
    ("GET", "/ledger", Right::Check),
    ("GET", "/ledger/proof", Right::Check),
    ("GET", "/access", Right::Check),
    ("GET", "/team", Right::Audit),
    ("GET", "/team/log", Right::Audit),
];

/// What anybody may ask: to be let in.
const WAYS_IN: [&str; 4] = ["/sign-in", "/sign-in/challenge", "/sign-in/passkey", "/invitation"];

/// Whether an address lets somebody in.
pub fn is_way_in(path: &str) -> bool {
    WAYS_IN.contains(&path)
}

/// What an address takes; none of one that is not in the list.
fn needed(method: &str, path: &str) -> Option<Right> {
    let found = NEEDED.iter().find(|(known, at, _)| (*known, *at) == (method, path));
    found.map(|(.., right)| *right)
}

/// The account behind a session, which must be open and have a role in the operation; none on a server of this machine.
///
/// # Errors
/// The account was closed, has no role here, or cannot be read: what is answered.
pub fn member_of(
    server: &Server,
    session: &Session,
    request: &Request,
    lang: Lang,
) -> Result<Option<Member>, Box<Response>> {
    let (Some(team), Some(name)) = (&server.team, &session.account) else { return Ok(None) };
    let refused = |refused: Refused| Box::new(refused.into_response());
    let book = team.accounts.now().map_err(|error| refused(Refused::of(&error, lang)))?;
    // A passphrase that was ended ends what was begun with it.
    let account =
        book.accounts.get(name).filter(|account| account.closed.is_none() && account.passphrase.is_some());
    let Some(account) = account else {
        server.sessions.close_account(name);
        let what = phrase!("serve.sign_in");
        return Err(refused(Refused::new(StatusCode::UNAUTHORIZED, "sign_in", what, lang)));
    };
    let operation = server.origin.as_str();
    let from = request.extensions().get::<Peer>().map_or_else(String::new, |peer| peer.0.ip().to_string());
    let Some(role) = account.roles.get(operation) else {
        // A log that cannot be written must not let anybody in.
        let _ = team.log.note(What::Forbidden, name, &from, operation, request.uri().path());
        let what = phrase!("serve.no_role");
        return Err(refused(Refused::new(StatusCode::FORBIDDEN, "no_role", what, lang)));
    };
    Ok(Some(Member { name: name.clone(), officer: account.officer.clone(), role: *role, from }))
}

/// Lets a request go on to its address where the role allows it.
pub async fn allow(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let Some(Some(member)) = request.extensions().get::<Option<Member>>() else {
        // This machine, or the way in.
        return next.run(request).await;
    };
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let method = match request.method().as_str() {
        "HEAD" => "GET",
        method => method,
    };
    // Whoever is in already may come in anew.
    if is_way_in(path) || needed(method, path).is_some_and(|right| member.role.may(right)) {
        return next.run(request).await;
    }
    let lang = lang_of(request.headers(), server.run.lang);
    forbidden(&server, Some(member), &format!("{method} {path}"), lang).into_response()
}

/// The refusal of what a role does not allow, which is noted.
pub fn forbidden(server: &Server, member: Option<&Member>, what: &str, lang: Lang) -> Refused {
    if let (Some(team), Some(member)) = (&server.team, member) {
        // It is refused whether or not that can be noted.
        let _ = team.log.note(What::Forbidden, &member.name, &member.from, &server.origin, what);
    }
    let role = member.map_or_else(String::new, |member| crate::talk::say(&of_role(member.role), lang));
    Refused::new(StatusCode::FORBIDDEN, "forbidden", phrase!("serve.forbidden", role = role), lang)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::serve::api::openapi;

    /// An address without a right would be of no use, a right without an address a mistake.
    #[test]
    fn every_address_that_is_described_takes_a_right_and_no_other() {
        let described: Value = serde_json::from_str(openapi()).expect("JSON");
        let paths = described["paths"].as_object().expect("paths");
        let described: BTreeSet<(String, String)> = paths
            .iter()
            .flat_map(|(path, item)| {
                let path = path.strip_prefix("/api/v1").expect("all are below it").to_owned();
                let methods = item.as_object().expect("methods").keys();
                methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
            })
            .filter(|(_, path)| !is_way_in(path))
            .collect();
        let known =
            NEEDED.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
        assert_eq!(described, known);
    }
}
