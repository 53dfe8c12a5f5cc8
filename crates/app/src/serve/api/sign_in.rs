//! The way into a team's server: a name with its passphrase or one of its passkeys, and the code of an invitation with
//! which a passphrase is set.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Extension, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Semaphore;
use tutela_model::{Lang, Phrase};
use utoipa::ToSchema;
use webauthn_rs::prelude::PublicKeyCredential;

use super::asked::Asked;
use crate::operation::now;
use crate::serve::answer::{Answer, Refused};
use crate::serve::gate::{cookie, cookie_name, lang_of, set_cookie};
use crate::serve::{Peer, Server};
use crate::talk::phrase;
use crate::team::Team;
use crate::team::accounts::Account;
use crate::team::log::What;
use crate::team::passkeys::{Challenge, RelyingParty};
use crate::team::secrets;

/// Who comes in, and with what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The account's name.
    name: String,
    /// Its passphrase.
    passphrase: String,
}

/// An invitation that is taken up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeUp {
    /// The account's name.
    name: String,
    /// The code that was handed over; signs between its letters do not count.
    code: String,
    /// The passphrase from here on: at least 15 characters.
    passphrase: String,
}

/// Who comes in with a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhoComesIn {
    /// The account's name.
    name: String,
}

/// What a browser asks a passkey.
#[derive(Serialize, ToSchema)]
pub struct PasskeyChallenge {
    /// What the answer comes with, once and within five minutes.
    ticket: String,
    /// The options as JSON, for `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` of
    /// `PublicKeyCredential` (Web Authentication Level 3, section 5.1).
    #[schema(value_type = Object)]
    options: Value,
}

/// What a passkey answered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeySignIn {
    /// The account's name.
    name: String,
    /// The ticket that came with what was asked.
    ticket: String,
    /// `PublicKeyCredential.toJSON()` of what the browser was given.
    #[schema(value_type = Object)]
    credential: PublicKeyCredential,
}

/// A passphrase that replaces another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassphrase {
    /// The one until now.
    old: String,
    /// The one from here on: at least 15 characters.
    new: String,
}

/// Guesses that are checked at a time: each takes 64 MiB and a fraction of a second of a core.
static GUESSES: Semaphore = Semaphore::const_new(2);

/// Where a guess comes from and under which name.
pub struct Guess<'a> {
    /// The accounts that it is of.
    pub team: &'a Team,
    name: &'a str,
    from: String,
    lang: Lang,
}

impl<'a> Guess<'a> {
    /// A guess of somebody who is not locked out.
    ///
    /// # Errors
    /// They are, or the server has no accounts.
    pub fn new(server: &'a Server, name: &'a str, peer: Peer, lang: Lang) -> Result<Self, Refused> {
        let none = || Refused::not_found(phrase!("serve.no_team"), lang);
        let guess =
            Self { team: server.team.as_ref().ok_or_else(none)?, name, from: peer.0.ip().to_string(), lang };
        let wait = guess.counted().into_iter().find_map(|who| guess.team.tries.wait(&who, Instant::now()));
        wait.map_or(Ok(()), |wait| Err(guess.locked_out(wait)))?;
        Ok(guess)
    }

    /// Under what failures are counted: the account, whoever tries it, and the machine, whatever account it tries.
    fn counted(&self) -> [String; 2] {
        [format!("account {}", self.name), format!("machine {}", self.from)]
    }

    fn locked_out(&self, wait: Duration) -> Refused {
        let what = phrase!("serve.locked_out", n = wait.as_secs() + 1);
        Refused::new(StatusCode::TOO_MANY_REQUESTS, "locked_out", what, self.lang)
    }

    /// Notes what happened to the account.
    ///
    /// # Errors
    /// The log cannot be written.
    pub fn note(&self, event: What, detail: &str) -> Result<(), Refused> {
        let noted = self.team.log.note(event, self.name, &self.from, "", detail);
        noted.map_err(|error| Refused::of(&error.into(), self.lang))
    }

    /// Counts a failure and says so.
    fn failed(&self, refused: Refused) -> Refused {
        let locked =
            self.counted().into_iter().filter_map(|who| self.team.tries.failed(&who, Instant::now()));
        let locked = locked.max();
        let noted = self.note(What::NotLetIn, "").and_then(|()| match locked {
            Some(wait) => self.note(What::LockedOut, &wait.as_secs().to_string()),
            None => Ok(()),
        });
        match (noted, locked) {
            (Err(unwritten), _) => unwritten,
            (Ok(()), Some(wait)) => self.locked_out(wait),
            (Ok(()), None) => refused,
        }
    }

    /// The account that this passphrase is of, as it was when it was checked.
    ///
    /// # Errors
    /// It is of none that is open: the failure counts.
    async fn checked(&self, passphrase: String, refusal: StatusCode) -> Result<Account, Refused> {
        let account = open_account(self.team, self.name, self.lang)?;
        let kept = account.as_ref().and_then(|account| account.passphrase.clone());
        let is_right = heavy(move || secrets::is(&passphrase, kept.as_deref())).await.unwrap_or(false);
        let wrong = || self.failed(self.not_let_in(refusal, phrase!("serve.not_let_in")));
        account.filter(|_| is_right).ok_or_else(wrong)
    }

    /// The same of whoever is in already.
    ///
    /// # Errors
    /// It is not the account's passphrase: the failure counts.
    pub async fn confirmed(&self, passphrase: String) -> Result<Account, Refused> {
        self.checked(passphrase, StatusCode::FORBIDDEN).await
    }

    fn not_let_in(&self, status: StatusCode, what: Phrase) -> Refused {
        Refused::new(status, "not_let_in", what, self.lang)
    }

    /// Lets a browser in: a session that no earlier cookie of it leads to.
    ///
    /// # Errors
    /// The log cannot be written, or the system has no random numbers.
    pub fn came_in(&self, server: &Server, headers: &HeaderMap, with: &str) -> Result<Response, Refused> {
        self.note(What::CameIn, with)?;
        self.counted().iter().for_each(|who| self.team.tries.came_in(who));
        if let Some(earlier) = cookie(headers, &cookie_name(server)) {
            server.sessions.close(earlier);
        }
        let begun = server.sessions.begin(Some(self.name), "");
        let secret = begun.map_err(|error| Refused::of(&error, self.lang))?;
        Ok((StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, set_cookie(server, &secret))]))
            .into_response())
    }
}

/// Does what takes a core for a while, without keeping others waiting for an answer.
async fn heavy<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _room = GUESSES.acquire().await.ok()?;
    tokio::task::spawn_blocking(work).await.ok()
}

/// The account, where it is open.
fn open_account(team: &Team, name: &str, lang: Lang) -> Result<Option<Account>, Refused> {
    let book = team.accounts.now().map_err(|error| Refused::of(&error, lang))?;
    Ok(book.accounts.get(name).filter(|account| account.closed.is_none()).cloned())
}

/// Lets an account in.
#[utoipa::path(post, path = "/sign-in", request_body = SignIn,
    responses((status = 204), (status = "4XX", body = Refused)))]
pub async fn sign_in(
    State(server): State<Arc<Server>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    said: Result<Json<SignIn>, JsonRejection>,
) -> Result<Response, Refused> {
    let lang = lang_of(&headers, server.run.lang);
    let Json(SignIn { name, passphrase }) = said?;
    let guess = Guess::new(&server, &name, peer, lang)?;
    guess.checked(passphrase, StatusCode::UNAUTHORIZED).await?;
    guess.came_in(&server, &headers, "")
}

/// Tells what a passkey is asked to let an account in. It is asked of any name, whether or not it has one.
#[utoipa::path(post, path = "/sign-in/challenge", request_body = WhoComesIn,
    responses((status = 200, body = PasskeyChallenge), (status = "4XX", body = Refused)))]
pub async fn challenge(
    State(server): State<Arc<Server>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    said: Result<Json<WhoComesIn>, JsonRejection>,
) -> Answer<PasskeyChallenge> {
    let lang = lang_of(&headers, server.run.lang);
    let Json(WhoComesIn { name }) = said?;
    let guess = Guess::new(&server, &name, peer, lang)?;
    let party = relying_party(&server, lang)?;
    let book = guess.team.accounts.now().map_err(|error| Refused::of(&error, lang))?;
    let account = book.accounts.get(&name).filter(|account| account.closed.is_none());
    let keys = account.map_or(&[][..], |account| &account.passkeys);
    let asked = party.come_in(&name, keys, book.digest_of("decoy", &name), peer.0.ip());
    Ok(Json(asked.map_err(|error| Refused::of(&error, lang))?.into()))
}

/// Lets an account in with a passkey.
#[utoipa::path(post, path = "/sign-in/passkey", request_body = PasskeySignIn,
    responses((status = 204), (status = "4XX", body = Refused)))]
pub async fn passkey(
    State(server): State<Arc<Server>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    said: Result<Json<PasskeySignIn>, JsonRejection>,
) -> Result<Response, Refused> {
    let lang = lang_of(&headers, server.run.lang);
    let Json(PasskeySignIn { name, ticket, credential }) = said?;
    let guess = Guess::new(&server, &name, peer, lang)?;
    let not_one = || guess.failed(guess.not_let_in(StatusCode::UNAUTHORIZED, phrase!("serve.not_a_passkey")));
    let party = relying_party(&server, lang)?;
    let used = party.came_in(&name, &ticket, &credential).ok_or_else(not_one)?;
    // It may have been taken away, or used elsewhere, since it was asked.
    let taken = guess.team.accounts.change(|book| {
        let account = book.account(&name)?;
        let is_open = account.closed.is_none();
        let key = account.passkeys.iter_mut().find_map(|key| key.takes(&used).then(|| key.label.clone()));
        Ok(key.filter(|_| is_open))
    });
    let label = taken.map_err(|error| Refused::of(&error, lang))?.ok_or_else(not_one)?;
    guess.came_in(&server, &headers, &label)
}

/// As whom passkeys know the server.
///
/// # Errors
/// It has no name that they could know.
pub fn relying_party(server: &Server, lang: Lang) -> Result<&RelyingParty, Refused> {
    server.passkeys.as_ref().ok_or_else(|| Refused::not_found(phrase!("serve.no_passkeys"), lang))
}

impl From<Challenge> for PasskeyChallenge {
    fn from(Challenge { ticket, options }: Challenge) -> Self {
        Self { ticket, options }
    }
}

/// Takes up an invitation: sets the passphrase, and lets the account in.
#[utoipa::path(post, path = "/invitation", request_body = TakeUp,
    responses((status = 204), (status = "4XX", body = Refused)))]
pub async fn invitation(
    State(server): State<Arc<Server>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    said: Result<Json<TakeUp>, JsonRejection>,
) -> Result<Response, Refused> {
    let lang = lang_of(&headers, server.run.lang);
    let Json(TakeUp { name, code, passphrase }) = said?;
    let guess = Guess::new(&server, &name, peer, lang)?;
    fits(&passphrase, lang)?;
    let code = secrets::digest_of_code(&code);
    let is_taken = open_account(guess.team, &name, lang)?.is_some_and(|account| account.takes(code, now()));
    if !is_taken {
        let what = phrase!("serve.bad_code");
        return Err(guess.failed(Refused::new(StatusCode::UNAUTHORIZED, "bad_code", what, lang)));
    }
    let kept = kept(passphrase, lang).await?;
    // Of two who take it up at once, one does.
    let set = guess.team.accounts.change(|book| {
        let account = book.account(&name)?;
        let takes = account.takes(code, now());
        if takes {
            account.set(kept);
        }
        Ok(takes)
    });
    if !set.map_err(|error| Refused::of(&error, lang))? {
        return Err(Refused::new(StatusCode::UNAUTHORIZED, "bad_code", phrase!("serve.bad_code"), lang));
    }
    guess.note(What::PassphraseSet, "")?;
    guess.came_in(&server, &headers, "")
}

/// Sets another passphrase for the account that is in, whose other sessions end.
#[utoipa::path(put, path = "/passphrase", request_body = NewPassphrase,
    responses((status = 204), (status = "4XX", body = Refused)))]
pub async fn passphrase(
    asked: Asked,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    said: Result<Json<NewPassphrase>, JsonRejection>,
) -> Result<Response, Refused> {
    let lang = asked.lang;
    let Json(NewPassphrase { old, new }) = said?;
    let name = own_name(&asked);
    let guess = Guess::new(&asked.server, name, peer, lang)?;
    fits(&new, lang)?;
    let before = guess.confirmed(old).await?.passphrase;
    let kept = kept(new, lang).await?;
    let set = guess.team.accounts.change(|book| {
        let account = book.account(name)?;
        // Nobody has ended it meanwhile.
        if account.passphrase == before {
            account.set(kept);
        }
        Ok(())
    });
    set.map_err(|error| Refused::of(&error, lang))?;
    guess.note(What::PassphraseSet, "")?;
    asked.server.sessions.close_account(name);
    guess.came_in(&asked.server, &headers, "")
}

/// The account that is in; empty on a server without any.
pub fn own_name(asked: &Asked) -> &str {
    asked.member.as_ref().map_or("", |member| &member.name)
}

/// Refuses a new passphrase that is too short.
fn fits(passphrase: &str, lang: Lang) -> Result<(), Refused> {
    let wrong = || Refused::wrong(phrase!("serve.new_passphrase", n = secrets::LEAST), lang);
    secrets::fits(passphrase).then_some(()).ok_or_else(wrong)
}

/// A passphrase as it is kept.
async fn kept(passphrase: String, lang: Lang) -> Result<String, Refused> {
    let failed = |error: &anyhow::Error| Refused::of(error, lang);
    let kept = heavy(move || secrets::kept(&passphrase)).await;
    kept.ok_or_else(|| failed(&anyhow::anyhow!("no thread")))?.map_err(|error| failed(&error))
}
