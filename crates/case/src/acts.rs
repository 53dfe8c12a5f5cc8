//! The acts that the record of an operation holds, as typed values. What they add up to is [`crate::state`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutela_model::{Choice, Declared, Digest, Reader};

use crate::custody::{Described, Provenance};

/// An act that counts, with who did it, when, and where the record holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Acted<T> {
    /// Who did it.
    pub officer: String,
    /// Who did it with them, where two had to.
    pub second: Option<String>,
    /// When, by the clock of the officer's machine.
    pub at: Timestamp,
    /// The entry's position in the record.
    pub seq: u64,
    /// What was done.
    pub act: T,
}

impl<T> Deref for Acted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.act
    }
}

/// A file received: the entry of its custody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// SHA-256 of its bytes, which is its name in `received/`.
    #[serde(with = "as_text")]
    pub sha256: Digest,
    /// Its name when it came, without folders.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// The authority's id.
    pub basis: String,
    /// Where it came from, as stated.
    #[serde(default, skip_serializing_if = "Provenance::is_empty")]
    pub provenance: Provenance,
    /// Its digests as the supplier says, each held against the bytes received.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub described: Vec<Described>,
}

impl Receipt {
    /// Whether the bytes are those that the supplier describes. None when the supplier gave no digest.
    #[must_use]
    pub fn verified(&self) -> Option<bool> {
        (!self.described.is_empty()).then(|| self.described.iter().all(|digest| digest.holds))
    }
}

/// A file read into tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// SHA-256 of the file received.
    #[serde(with = "as_text")]
    pub sha256: Digest,
    /// Its name when it came.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// The reader's name.
    pub reader: String,
    /// The reader's version.
    pub reader_version: u32,
    /// What the officer declared.
    pub declared: DeclaredText,
    /// Files received that were read with it: the write-ahead log of a database. Mostly none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Beside>,
    /// The authority's id.
    pub basis: String,
    /// How many records the reader met.
    pub records: u64,
    /// The table files made, by table.
    pub tables: Vec<TableFile>,
    /// The files of rows that the authority does not cover, by table: kept, and never read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sealed: Vec<TableFile>,
    /// Records left out on purpose, counted by reason.
    pub skips: BTreeMap<String, u64>,
    /// What the reader found out about the whole file.
    pub notes: Vec<(String, String)>,
}

/// A file received that was read with another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// SHA-256 of the file received.
    #[serde(with = "as_text")]
    pub sha256: Digest,
    /// Its name when it came.
    pub name: String,
}

impl Import {
    /// Rows of a table that the file gave.
    #[must_use]
    pub fn rows(&self, table: &str) -> u64 {
        self.tables.iter().filter(|file| file.table == table).map(|file| file.rows).sum()
    }

    /// Rows of all tables but `problem`.
    #[must_use]
    pub fn all_rows(&self) -> u64 {
        self.tables.iter().map(|file| file.rows).sum::<u64>() - self.problems()
    }

    /// Rows that the authority does not cover.
    #[must_use]
    pub fn all_sealed(&self) -> u64 {
        self.sealed.iter().map(|file| file.rows).sum()
    }

    /// Its files: those of its tables, and those that are sealed.
    pub fn files(&self) -> impl Iterator<Item = &TableFile> {
        self.tables.iter().chain(&self.sealed)
    }

    /// Records that could not be read.
    #[must_use]
    pub fn problems(&self) -> u64 {
        self.rows("problem")
    }

    /// Whether this reader with this declaration and these files beside it would make the same tables, or fewer rows: a
    /// copy of a file that lies alone takes nothing away from one that was read with what belongs to it.
    pub(crate) fn derived_like(&self, reader: &Reader, declared: &DeclaredText, beside: &[Beside]) -> bool {
        self.reader == reader.name
            && self.reader_version == reader.version
            && self.declared == *declared
            && (self.beside == beside || beside.is_empty())
    }
}

/// What the officer declared about a file, as recorded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeclaredText {
    /// The zone of local times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The table that the file is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The mapping profile, as its TOML text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The text encoding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

impl From<&Declared> for DeclaredText {
    fn from(declared: &Declared) -> Self {
        Self {
            zone: declared.zone.as_ref().map(|zone| zone.name().to_owned()),
            table: declared.table.clone(),
            profile: declared.profile.clone(),
            encoding: declared.encoding.clone(),
        }
    }
}

impl DeclaredText {
    /// The declaration itself, to read the file once more. None when it names a zone that is not known.
    #[must_use]
    pub fn declared(&self) -> Option<Declared> {
        let zone = match &self.zone {
            Some(zone) => Some(zone.parse().ok()?),
            None => None,
        };
        let Self { table, profile, encoding, .. } = self.clone();
        Some(Declared { zone, table, profile, encoding })
    }
}

/// A table file made from one file received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableFile {
    /// The table.
    pub table: String,
    /// Its path in the operation folder, with `/`.
    pub path: String,
    /// Rows in it.
    pub rows: u64,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    #[serde(with = "as_text")]
    pub sha256: Digest,
}

/// An officer's decision on a finding, on a lead or on another explanation of a lead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The finding's id, or the lead's subject: see `tutela_model::Lead::subject`.
    pub finding: String,
    /// What was decided.
    pub choice: Choice,
    /// Why.
    pub reason: String,
}

/// The withdrawal of an officer's own decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Withdrawal {
    /// What had been decided on.
    pub finding: String,
    /// Why it no longer holds.
    pub reason: String,
}

/// What an officer did with a referral: a later act of the same kind takes the place of an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referred {
    /// Who sent it on.
    pub issuer: String,
    /// Its number with the sender.
    pub reference: String,
    /// What was done.
    pub done: ReferralStep,
    /// To whom, which band, or the other referral as `sender/number`; empty takes back what was done before.
    pub to: String,
    /// Why.
    pub reason: String,
}

/// A kind of act on a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralStep {
    /// An officer is to work on it.
    Assign,
    /// It is to be acted on sooner or later than its lead's band says.
    Band,
    /// It is about the same as another referral, and is worked on with that one.
    SameAs,
    /// It was sent on to another office.
    Refer,
}

/// Findings derived and stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// The ground state that they were derived from: [`crate::Case::ground`].
    #[serde(with = "as_text")]
    pub ground: Digest,
    /// The authorities of the imports that they stand on, by id.
    #[serde(default)]
    pub authorities: BTreeSet<String>,
    /// The analyses, their versions and settings, as the program names them.
    pub made_with: String,
    /// SHA-256 over the list of the files' names and digests.
    #[serde(with = "as_text")]
    pub digest: Digest,
    /// SHA-256 of each file in `findings/`, in hexadecimal.
    pub files: BTreeMap<String, String>,
    /// SHA-256 of the file that says which runs of sightings there are; none when there are no sightings. It depends on
    /// the order in which they came, so it is not in `digest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<String>,
    /// Leads that were merged, split or named anew since the derivation before, as the program tells it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Value>,
}

/// What became of an authority: the act that validated it, or why it lapsed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AuthorityFate {
    /// The authority's id.
    pub authority: String,
    /// The act, or the reason.
    pub text: String,
}

/// The particulars of an act as the record holds them.
pub(crate) fn to_body(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("acts are plain structs with text keys")
}

/// Values that the record holds as text.
pub(crate) mod as_text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>
    where
        T::Err: Display,
    {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// Values that the record holds as text, or not at all.
pub(crate) mod as_optional_text {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<T: Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.collect_str(value),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error>
    where
        T::Err: Display,
    {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}
