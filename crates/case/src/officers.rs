//! Who acts: officers with keys of their own, the second person of an act, and the rules that an operation sets for both.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tutela_ledger::key::{KeyId, Signer, Verifier};

use crate::acts;
use crate::error::CaseError;
use crate::state;
use crate::writer::Writer;

/// Whoever acts in a run: a name, and the key that signs, where there is one.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The name. An officer with a registered key acts under the name that was registered with it.
    pub name: String,
    /// The key that signs.
    pub key: Option<Arc<Signer>>,
    /// The second person, for acts that two have to do together.
    pub second: Option<Box<Actor>>,
}

impl From<&str> for Actor {
    /// Somebody without a key.
    fn from(name: &str) -> Self {
        Self { name: name.to_owned(), key: None, second: None }
    }
}

impl From<&Actor> for Actor {
    fn from(actor: &Actor) -> Self {
        actor.clone()
    }
}

impl Actor {
    /// This person, then the second one.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Actor> {
        std::iter::successors(Some(self), |actor| actor.second.as_deref())
    }
}

/// An officer whose key the operation knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Officer {
    /// The public key: `name+key id+base64`.
    pub key: String,
    /// The officer's name.
    pub name: String,
    /// The officer's role in the operation, such as analyst.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// The officer's unit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub organisation: String,
    /// Why the key signs no more. None while it does.
    #[serde(skip)]
    pub retired: Option<String>,
}

impl Officer {
    /// An officer of whom only the key and the name are known.
    #[must_use]
    pub fn new(key: &str, name: &str) -> Self {
        let none = String::new;
        Self { key: key.to_owned(), name: name.to_owned(), role: none(), organisation: none(), retired: None }
    }

    /// The public key, to check signatures with. None when its text is not a key: nothing it signed then counts.
    #[must_use]
    pub fn verifier(&self) -> Option<Verifier> {
        self.key.parse().ok()
    }

    /// Which key it is.
    #[must_use]
    pub fn key_id(&self) -> Option<KeyId> {
        Some(self.verifier()?.key().clone())
    }
}

/// The end of an officer's key in an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Retirement {
    /// The key: name and key id.
    pub key: String,
    /// Why.
    pub reason: String,
}

/// Why somebody may not act, or not alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// The operation's acts are signed, and there is no key to sign with.
    #[error("every act of this operation is signed, and no key was given")]
    Unsigned,
    /// A key that the operation does not know.
    #[error("no officer of this operation has the key: {0}")]
    UnknownKey(KeyId),
    /// A key that the operation knows already.
    #[error("an officer of this operation has the key already: {0}")]
    KnownKey(KeyId),
    /// A key that signs no more.
    #[error("the key {key} signs no more: {reason}")]
    Retired {
        /// Which.
        key: KeyId,
        /// Why.
        reason: String,
    },
    /// A text that is not a public key.
    #[error("not a public key: {0}")]
    NotAKey(String),
    /// An act that two persons do together.
    #[error("two persons do this together in this operation: {0}")]
    SecondPerson(String),
    /// The second person is the first.
    #[error("the second person is the first: {0}")]
    SamePerson(String),
}

/// What an operation demands of those who act in it. Each recording of rules replaces the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Every act is signed with the key of a registered officer; one that is not does not count.
    pub signed: bool,
    /// Acts, by their words, that two persons do together.
    pub two_person: BTreeSet<String>,
    /// A decision counts when two officers have taken it.
    pub four_eyes: bool,
    /// Whoever consults personal data says why.
    pub reasons: bool,
    /// How many years the entries of the access log are kept after the year in which they were made. None: the
    /// program never says that a year is due.
    pub access_years: Option<u16>,
}

impl Writer {
    /// Records an officer with the key that signs for this officer from now on.
    ///
    /// # Errors
    /// A text that is not a key, a key that is recorded already, or the disk refuses.
    pub fn add_officer(&mut self, officer: &Officer, at: Timestamp) -> Result<(), CaseError> {
        let key = officer.key_id().ok_or_else(|| NotAllowed::NotAKey(officer.key.clone()))?;
        if self.case.state.officer(&key).is_some() {
            return Err(NotAllowed::KnownKey(key).into());
        }
        self.append(vec![(state::OFFICER, acts::to_body(officer))], at)
    }

    /// Records that an officer's key signs no more, and why.
    ///
    /// # Errors
    /// A key that is not recorded, or the disk refuses.
    pub fn retire_officer(&mut self, key: &KeyId, reason: &str, at: Timestamp) -> Result<(), CaseError> {
        if self.case.state.officer(key).is_none() {
            return Err(NotAllowed::UnknownKey(key.clone()).into());
        }
        let retirement = Retirement { key: key.to_string(), reason: reason.to_owned() };
        self.append(vec![(state::RETIRE, acts::to_body(&retirement))], at)
    }

    /// Sets the rules of the operation.
    ///
    /// # Errors
    /// Signatures are demanded before there is an officer who could sign, or the disk refuses.
    pub fn set_rules(&mut self, rules: &Rules, at: Timestamp) -> Result<(), CaseError> {
        if rules.signed && self.by.key.is_none() {
            return Err(NotAllowed::Unsigned.into());
        }
        self.append(vec![(state::RULES, acts::to_body(rules))], at)
    }
}
