//! Passkeys of accounts: key pairs of which an officer's security key, telephone or machine keeps the private half and the
//! server the public one (Web Authentication Level 3). They are of a name of the server, not of an address, and whoever
//! has one is asked for no passphrase: it is used with a PIN or a finger.

use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutela_model::Digest;
use webauthn_rs::prelude::{
    AuthenticationResult, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::secrets::secret;
use crate::held::held;

/// A passkey as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The server's name that it is of: browsers use it nowhere else.
    pub host: String,
    /// What the officer calls it.
    pub label: String,
    /// When it was added, RFC 3339, UTC.
    pub added: String,
    /// Its public key, and how often it was used where it counts that.
    key: Passkey,
}

/// The most passkeys of an account.
pub const MOST: usize = 16;

/// The longest name of one, in characters.
pub const LABEL: usize = 60;

impl Kept {
    /// What tells it from all others: its credential ID as base64url.
    pub fn id(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.key.cred_id())
    }

    /// Whether it was used as `used` says. One that counts its uses and has counted no further was copied, and is not
    /// what came in (Web Authentication Level 3, section 6.1.1).
    pub fn takes(&mut self, used: &AuthenticationResult) -> bool {
        match self.key.update_credential(used) {
            None => false,
            Some(is_changed) => is_changed || used.counter() == 0,
        }
    }
}

/// The server as browsers and passkeys know it, and what it has asked of them and has not been answered yet.
pub struct RelyingParty {
    host: String,
    webauthn: Webauthn,
    waiting: Mutex<Vec<Waiting>>,
}

/// What waits for the answer of a passkey.
struct Waiting {
    ticket: String,
    /// The machine that asked.
    from: IpAddr,
    since: Instant,
    ceremony: Ceremony,
}

enum Ceremony {
    /// A passkey is added to an account.
    Adding(String, PasskeyRegistration),
    /// Somebody comes in to an account.
    ComingIn(String, PasskeyAuthentication),
}

/// What a browser hands to a passkey.
pub struct Challenge {
    /// What the answer comes with; it serves once.
    pub ticket: String,
    /// The options of the ceremony, as JSON (Web Authentication Level 3, sections 5.1.8 and 5.1.9).
    pub options: Value,
}

/// How long an answer is waited for.
const LASTS: Duration = Duration::from_secs(300);

/// How many of a machine are waited for, and of all: a further one ends the oldest.
const OF_ONE: usize = 16;
const OF_ALL: usize = 4_096;

impl RelyingParty {
    /// The party of a server that browsers reach under a name; none where they reach it by its address alone, which
    /// passkeys cannot be of.
    pub fn of(host: &str) -> Option<Self> {
        let origin = Url::parse(&format!("https://{host}")).ok()?;
        let host = origin.domain()?.to_owned();
        // Other operations are served under the same name at other ports, with the same accounts.
        let builder = WebauthnBuilder::new(&host, &origin).ok()?;
        let webauthn = builder.rp_name("Tutela").allow_any_port(true).timeout(LASTS).build().ok()?;
        Some(Self { host, webauthn, waiting: Mutex::default() })
    }

    /// The name that passkeys are of.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What a new passkey of an account is made with, whose authenticators know the account as `user`.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn add(
        &self,
        (account, officer): (&str, &str),
        user: Digest,
        there: &[Kept],
        from: IpAddr,
    ) -> anyhow::Result<Challenge> {
        let [user, ..] = user.0.as_chunks().0 else { unreachable!("a digest has more") };
        let user = Uuid::from_bytes(*user);
        let there = self.own(there).map(|kept| kept.key.cred_id().clone()).collect();
        let (asked, state) = self.webauthn.start_passkey_registration(user, account, officer, Some(there))?;
        self.wait(Ceremony::Adding(account.to_owned(), state), serde_json::to_value(asked.public_key)?, from)
    }

    /// The passkey that was made for what this ticket asked; none where it is not one.
    pub fn added(
        &self,
        account: &str,
        ticket: &str,
        made: &RegisterPublicKeyCredential,
        (label, added): (&str, String),
    ) -> Option<Kept> {
        let Ceremony::Adding(of, state) = self.taken(ticket)? else { return None };
        let key = self.webauthn.finish_passkey_registration(made, &state).ok().filter(|_| of == account)?;
        Some(Kept { host: self.host.clone(), label: label.to_owned(), added, key })
    }

    /// What a passkey of an account is asked to come in. An account without one, or that is not there, is asked for one
    /// that does not exist, the `decoy`, so that nobody learns who has an account (section 14.6.2).
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn come_in(
        &self,
        account: &str,
        there: &[Kept],
        decoy: Digest,
        from: IpAddr,
    ) -> anyhow::Result<Challenge> {
        let keys: Vec<Passkey> = self.own(there).map(|kept| kept.key.clone()).collect();
        let (asked, state) = self.webauthn.start_passkey_authentication(&keys)?;
        let mut options = serde_json::to_value(asked.public_key)?;
        if keys.is_empty() {
            let id = BASE64_URL_SAFE_NO_PAD.encode(decoy.0);
            options["allowCredentials"] = json!([{"type": "public-key", "id": id}]);
        }
        self.wait(Ceremony::ComingIn(account.to_owned(), state), options, from)
    }

    /// How a passkey was used that this ticket asked for; none where it was not.
    pub fn came_in(
        &self,
        account: &str,
        ticket: &str,
        used: &PublicKeyCredential,
    ) -> Option<AuthenticationResult> {
        let Ceremony::ComingIn(of, state) = self.taken(ticket)? else { return None };
        self.webauthn.finish_passkey_authentication(used, &state).ok().filter(|_| of == account)
    }

    fn own<'a>(&'a self, there: &'a [Kept]) -> impl Iterator<Item = &'a Kept> {
        there.iter().filter(|kept| kept.host == self.host)
    }

    fn wait(&self, ceremony: Ceremony, options: Value, from: IpAddr) -> anyhow::Result<Challenge> {
        let ticket = secret()?;
        let mut waiting = held(&self.waiting);
        waiting.retain(|one| one.since.elapsed() < LASTS);
        // They stand in the order in which they were asked.
        let of_this = |one: &Waiting| one.from == from;
        if waiting.iter().filter(|one| of_this(one)).count() >= OF_ONE {
            let oldest = waiting.iter().position(of_this);
            oldest.map(|oldest| waiting.remove(oldest));
        } else if waiting.len() >= OF_ALL {
            waiting.remove(0);
        }
        waiting.push(Waiting { ticket: ticket.clone(), from, since: Instant::now(), ceremony });
        Ok(Challenge { ticket, options })
    }

    /// What this ticket asked, which it does once.
    fn taken(&self, ticket: &str) -> Option<Ceremony> {
        let mut waiting = held(&self.waiting);
        let found = waiting.iter().position(|one| one.ticket == ticket)?;
        let one = waiting.remove(found);
        (one.since.elapsed() < LASTS).then_some(one.ceremony)
    }
}
