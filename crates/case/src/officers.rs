//! Who acts: officers with keys of their own, the second person of an act, and the rules that an operation sets for both.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Time;
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
    /// How many minutes of a day an officer grades files at most, by the estimate that the acts of grading give. None: no
    /// limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grading_minutes: Option<u16>,
    /// The hours of each day in which nobody grades files. None: no such hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_grading: Option<Hours>,
}

/// Hours of each day, in the unit's own zone: `20:00-08:00` goes over midnight, `20:00-24:00` ends there. The last minute is not
/// in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    from_minute: u16,
    until_minute: u16,
}

impl Hours {
    /// Whether a time of day is in them.
    #[must_use]
    pub fn hold(self, time: Time) -> bool {
        let minute = u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs());
        let (from, until) = (self.from_minute, self.until_minute);
        if from < until { (from..until).contains(&minute) } else { minute >= from || minute < until }
    }
}

/// A text that names no hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not hours of a day such as 20:00-08:00: {0}")]
pub struct NotHours(pub String);

impl FromStr for Hours {
    type Err = NotHours;

    fn from_str(text: &str) -> Result<Self, NotHours> {
        let minute = |said: &str| {
            let (hour, minute) = said.split_once(':')?;
            let two = |part: &str, below: u16| {
                let is_two = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
                part.parse().ok().filter(|number: &u16| is_two && *number < below)
            };
            Some(two(hour, 24)? * 60 + two(minute, 60)?)
        };
        let end = |said: &str| if said == "24:00" { Some(24 * 60) } else { minute(said) };
        let both = text.split_once('-').and_then(|(from, until)| Some((minute(from)?, end(until)?)));
        // From a minute to the same one would be no hours or all of them.
        let both = both.filter(|(from, until)| from != until);
        let (from_minute, until_minute) = both.ok_or_else(|| NotHours(text.to_owned()))?;
        Ok(Self { from_minute, until_minute })
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, until] = [self.from_minute, self.until_minute];
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    }
}

impl TryFrom<String> for Hours {
    type Error = NotHours;

    fn try_from(text: String) -> Result<Self, NotHours> {
        text.parse()
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
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

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn hours_over_midnight_hold_both_its_sides_and_not_their_last_minute() {
        let night: Hours = "20:00-08:00".parse().expect("hours");
        let noon: Hours = "12:00-13:30".parse().expect("hours");
        let whole: Hours = "00:00-24:00".parse().expect("hours");
        for (hour, minute, at_night, at_noon) in [
            (0, 0, true, false),
            (7, 59, true, false),
            (8, 0, false, false),
            (12, 0, false, true),
            (13, 29, false, true),
            (13, 30, false, false),
            (19, 59, false, false),
            (20, 0, true, false),
            (23, 59, true, false),
        ] {
            let time = time(hour, minute, 0, 0);
            assert_eq!((night.hold(time), noon.hold(time)), (at_night, at_noon), "{time}");
            assert!(whole.hold(time), "{time}");
        }
    }

    #[test]
    fn hours_are_written_as_they_are_read_and_nothing_else_is_read() {
        let rules = Rules { no_grading: "20:00-08:05".parse().ok(), ..Rules::default() };
        let text = serde_json::to_string(&rules).expect("JSON");
        assert!(text.contains(r#""no_grading":"20:00-08:05""#), "{text}");
        assert_eq!(serde_json::from_str::<Rules>(&text).expect("the same"), rules);
        for wrong in [
            "",
            "20:00",
            "20-08",
            "20:60-08:00",
            "8:00-9:00",
            "+1:00-02:00",
            "08:00-08:00",
            "24:00-08:00",
            "20:00-24:01",
        ] {
            assert_eq!(wrong.parse::<Hours>(), Err(NotHours(wrong.to_owned())));
        }
    }
}
