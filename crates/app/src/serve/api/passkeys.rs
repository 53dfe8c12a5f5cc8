//! The passkeys of the account that is in.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Extension, Path};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use tutela_model::{Lang, Phrase};
use utoipa::ToSchema;
use webauthn_rs::prelude::RegisterPublicKeyCredential;

use super::asked::Asked;
use super::sign_in::{Guess, PasskeyChallenge, own_name, relying_party};
use crate::operation::now;
use crate::serve::Peer;
use crate::serve::answer::{Answer, Refused};
use crate::talk::phrase;
use crate::team::accounts::Book;
use crate::team::log::What;
use crate::team::passkeys::{Kept, LABEL, MOST};

/// The passkeys of an account.
#[derive(Serialize, ToSchema)]
pub struct Passkeys {
    /// `tutela.passkeys/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// The name of the server that new ones are of: browsers make and use them nowhere else. Null where it has none.
    host: Option<String>,
    /// Those there are, the earliest first.
    passkeys: Vec<Passkey>,
}

/// A passkey.
#[derive(Serialize, ToSchema)]
struct Passkey {
    /// What tells it from all others: its credential ID as base64url.
    id: String,
    /// What its officer calls it.
    label: String,
    /// The server's name that it is of.
    host: String,
    /// When it was added, RFC 3339, UTC.
    added: String,
}

/// Who wants to add a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmed {
    /// The account's passphrase: a session alone adds no further way in.
    passphrase: String,
}

/// A passkey that was made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// The ticket that came with what was asked.
    ticket: String,
    /// What the officer calls it: 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    label: String,
    /// `PublicKeyCredential.toJSON()` of what the browser was given.
    #[schema(value_type = Object)]
    credential: RegisterPublicKeyCredential,
}

/// Tells the account's own passkeys.
#[utoipa::path(get, path = "/passkeys",
    responses((status = 200, body = Passkeys), (status = "4XX", body = Refused)))]
pub async fn all(asked: Asked) -> Answer<Passkeys> {
    let none = || Refused::not_found(phrase!("serve.no_team"), asked.lang);
    let book = asked.server.team.as_ref().ok_or_else(none)?.accounts.now();
    let book = book.map_err(|error| Refused::of(&error, asked.lang))?;
    let kept = book.accounts.get(own_name(&asked)).into_iter().flat_map(|account| &account.passkeys);
    let passkeys = kept.map(|kept| Passkey {
        id: kept.id(),
        label: kept.label.clone(),
        host: kept.host.clone(),
        added: kept.added.clone(),
    });
    let host = asked.server.passkeys.as_ref().map(|party| party.host().to_owned());
    Ok(Json(Passkeys { schema: "tutela.passkeys/1", host, passkeys: passkeys.collect() }))
}

/// Tells what a new passkey is made with.
#[utoipa::path(post, path = "/passkeys/challenge", request_body = Confirmed,
    responses((status = 200, body = PasskeyChallenge), (status = "4XX", body = Refused)))]
pub async fn challenge(
    asked: Asked,
    Extension(peer): Extension<Peer>,
    said: Result<Json<Confirmed>, JsonRejection>,
) -> Answer<PasskeyChallenge> {
    let (name, lang) = (own_name(&asked), asked.lang);
    let guess = Guess::new(&asked.server, name, peer, lang)?;
    let party = relying_party(&asked.server, lang)?;
    let account = guess.confirmed(said?.0.passphrase).await?;
    let failed = |error| Refused::of(&error, lang);
    let user = guess.team.accounts.now().map_err(failed)?.digest_of("user", name);
    let challenge = party.add((name, &account.officer), user, &account.passkeys, peer.0.ip());
    Ok(Json(challenge.map_err(failed)?.into()))
}

/// Adds a passkey to the account that is in.
#[utoipa::path(post, path = "/passkeys", request_body = NewPasskey,
    responses((status = 204), (status = "4XX", body = Refused)))]
pub async fn add(
    asked: Asked,
    Extension(peer): Extension<Peer>,
    said: Result<Json<NewPasskey>, JsonRejection>,
) -> Result<StatusCode, Refused> {
    let (name, lang) = (own_name(&asked), asked.lang);
    let guess = Guess::new(&asked.server, name, peer, lang)?;
    let party = relying_party(&asked.server, lang)?;
    let Json(NewPasskey { ticket, label, credential }) = said?;
    let label = label.trim();
    if !(1..=LABEL).contains(&label.chars().count()) {
        return Err(Refused::wrong(phrase!("serve.passkey_label", n = LABEL), lang));
    }
    let not_one = || Refused::wrong(phrase!("serve.not_a_passkey"), lang);
    let made = party.added(name, &ticket, &credential, (label, now().to_string())).ok_or_else(not_one)?;
    let added = guess.team.accounts.change(|book| keep(book, name, made));
    match added.map_err(|error| Refused::of(&error, lang))? {
        Added::Yes => {}
        Added::IsThere => return Err(refused(lang, phrase!("serve.passkey_there"))),
        Added::Full => return Err(refused(lang, phrase!("serve.passkeys_full", n = MOST))),
    }
    guess.note(What::PasskeyAdded, label)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a passkey of the account away, and ends its other sessions: whoever has it may be in.
#[utoipa::path(delete, path = "/passkeys/{id}", params(("id" = String, Path, description = "The passkey")),
    responses((status = 204), (status = "4XX", body = Refused)))]
pub async fn remove(
    asked: Asked,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Refused> {
    let (name, lang) = (own_name(&asked), asked.lang);
    let guess = Guess::new(&asked.server, name, peer, lang)?;
    let Path(id) = id?;
    let removed = guess.team.accounts.change(|book| {
        let keys = &mut book.account(name)?.passkeys;
        let found = keys.iter().position(|kept| kept.id() == id);
        Ok(found.map(|found| keys.remove(found).label))
    });
    let none = || Refused::not_found(phrase!("serve.no_passkey"), lang);
    let label = removed.map_err(|error| Refused::of(&error, lang))?.ok_or_else(none)?;
    guess.note(What::PasskeyRemoved, &label)?;
    asked.server.sessions.close_account(name);
    guess.came_in(&asked.server, &headers, "")
}

/// Whether a passkey was added.
enum Added {
    Yes,
    /// It is of an account already.
    IsThere,
    /// The account has as many as it may have.
    Full,
}

fn keep(book: &mut Book, name: &str, made: Kept) -> anyhow::Result<Added> {
    let id = made.id();
    if book.accounts.values().flat_map(|account| &account.passkeys).any(|kept| kept.id() == id) {
        return Ok(Added::IsThere);
    }
    let keys = &mut book.account(name)?.passkeys;
    if keys.len() >= MOST {
        return Ok(Added::Full);
    }
    keys.push(made);
    Ok(Added::Yes)
}

fn refused(lang: Lang, what: Phrase) -> Refused {
    Refused::new(StatusCode::CONFLICT, "conflict", what, lang)
}
