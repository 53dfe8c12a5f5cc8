//! The acts that the record of an operation holds, as typed values, and the state that they add up to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutela_ledger::entry::Flaw;
use tutela_model::{Choice, Declared, Digest};

use crate::authority::{Authority, Fate};
use crate::record::Act;

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
    /// Who received it.
    #[serde(skip)]
    pub officer: String,
    /// When.
    #[serde(skip)]
    pub at: Timestamp,
    /// The entry's position in the record.
    #[serde(skip)]
    pub seq: u64,
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
    /// Who imported it.
    #[serde(skip)]
    pub officer: String,
    /// When.
    #[serde(skip)]
    pub at: Timestamp,
    /// The entry's position in the record.
    #[serde(skip)]
    pub seq: u64,
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

    /// Whether this reader with this declaration would make the same tables.
    pub(crate) fn derived_like(&self, reader: &str, reader_version: u32, declared: &DeclaredText) -> bool {
        self.reader == reader && self.reader_version == reader_version && self.declared == *declared
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
    /// Who decided.
    #[serde(skip)]
    pub officer: String,
    /// When.
    #[serde(skip)]
    pub at: Timestamp,
    /// The entry's position in the record.
    #[serde(skip)]
    pub seq: u64,
}

/// Findings derived and stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// The ground state that they were derived from: [`crate::Case::ground`].
    #[serde(with = "as_text")]
    pub ground: Digest,
    /// The analyses, their versions and settings, as the program names them.
    pub made_with: String,
    /// SHA-256 over the list of the files' names and digests.
    #[serde(with = "as_text")]
    pub digest: Digest,
    /// SHA-256 of each file in `findings/`, in hexadecimal.
    pub files: BTreeMap<String, String>,
    /// Who ran them.
    #[serde(skip)]
    pub officer: String,
    /// When.
    #[serde(skip)]
    pub at: Timestamp,
    /// The entry's position in the record.
    #[serde(skip)]
    pub seq: u64,
}

/// What became of an authority: the act that validated it, or why it lapsed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AuthorityFate {
    /// The authority's id.
    pub authority: String,
    /// The act, or the reason.
    pub text: String,
}

/// What the acts so far add up to.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub authorities: Vec<Authority>,
    pub receipts: Vec<Receipt>,
    /// Digest, name and basis of each receipt, to find one among many.
    received: BTreeSet<(Digest, String, String)>,
    /// The import that counts, by file received.
    pub imports: BTreeMap<Digest, Import>,
    pub decisions: Vec<Decision>,
    pub analysis: Option<Analysis>,
}

pub(crate) const AUTHORITY: &str = "authority";
pub(crate) const VALIDATE: &str = "validate";
pub(crate) const LAPSE: &str = "lapse";
pub(crate) const RECEIVE: &str = "receive";
pub(crate) const IMPORT: &str = "import";
pub(crate) const DECIDE: &str = "decide";
pub(crate) const ANALYSE: &str = "analyse";

impl State {
    /// Takes an act in. Acts of other names change nothing that counts.
    pub fn apply(&mut self, entry: &Act) -> Result<(), Flaw> {
        if entry.payload.is_none() {
            // What was erased by law no longer counts.
            return Ok(());
        }
        let at: Timestamp = read(entry, "a time in UTC", entry.at.parse().ok())?;
        let (officer, seq) = (entry.officer().to_owned(), entry.seq);
        match entry.act.as_str() {
            AUTHORITY => self.authorities.push(body(entry)?),
            VALIDATE => self.decide_fate(entry, Fate::Validated)?,
            LAPSE => self.decide_fate(entry, Fate::Lapsed)?,
            RECEIVE => {
                let receipt: Receipt = body(entry)?;
                self.received.insert((receipt.sha256, receipt.name.clone(), receipt.basis.clone()));
                self.receipts.push(Receipt { officer, at, seq, ..receipt });
            }
            IMPORT => {
                let import: Import = body(entry)?;
                self.imports.insert(import.sha256, Import { officer, at, seq, ..import });
            }
            DECIDE => self.decisions.push(Decision { officer, at, seq, ..body(entry)? }),
            ANALYSE => self.analysis = Some(Analysis { officer, at, seq, ..body(entry)? }),
            _ => {}
        }
        Ok(())
    }

    /// Takes in what has become of an authority.
    fn decide_fate(&mut self, entry: &Act, fate: fn(String) -> Fate) -> Result<(), Flaw> {
        let AuthorityFate { authority, text } = body(entry)?;
        let found = self.authorities.iter_mut().find(|known| known.id == authority);
        read(entry, "an authority recorded before", found)?.fate = fate(text);
        Ok(())
    }

    /// The imports that count: those whose authority has not lapsed.
    pub fn counting(&self) -> impl Iterator<Item = &Import> {
        self.imports.values().filter(|import| self.counts(import))
    }

    /// The import of a file received that counts.
    pub fn import(&self, sha256: Digest) -> Option<&Import> {
        self.imports.get(&sha256).filter(|import| self.counts(import))
    }

    fn counts(&self, import: &Import) -> bool {
        !self.authorities.iter().any(|authority| authority.id == import.basis && authority.has_lapsed())
    }

    /// Whether a file of these bytes was received.
    pub fn has_received(&self, sha256: Digest) -> bool {
        let from = (sha256, String::new(), String::new());
        self.received.range(from..).next().is_some_and(|(received, ..)| *received == sha256)
    }

    /// Whether a file of these bytes was received by this name under this authority.
    pub fn has_receipt(&self, receipt: &Receipt) -> bool {
        self.received.contains(&(receipt.sha256, receipt.name.clone(), receipt.basis.clone()))
    }
}

fn body<T: for<'de> Deserialize<'de>>(entry: &Act) -> Result<T, Flaw> {
    read(entry, &format!("the particulars of the act {}", entry.act), T::deserialize(entry.body()).ok())
}

fn read<T>(entry: &Act, expected: &str, value: Option<T>) -> Result<T, Flaw> {
    value.ok_or_else(|| Flaw {
        seq: entry.seq,
        place: "payload".to_owned(),
        expected: expected.to_owned(),
        found: format!("{} {}", entry.at, entry.body()).chars().take(200).collect(),
    })
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
