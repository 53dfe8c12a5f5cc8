//! What a list index says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::lists::Counts;

/// The form of the manifest.
pub const SCHEMA: &str = "tutela.list_index/1";

/// The manifest of a list index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: String,
    /// The list.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The version that it was made from, or compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<After>,
    /// How many entries it has.
    pub entries: u64,
    /// How many of them are withdrawn.
    pub withdrawn: u64,
    /// Of how many entries a record was there more than once.
    pub repeated: u64,
    /// Withdrawals by an id that no entry has.
    #[serde(default)]
    pub unmet_withdrawals: u64,
    /// The table by which categories were translated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation: Option<TranslationOf>,
    /// What it was made from, in the order of their digests.
    pub sources: Vec<Source>,
    /// Of a set of blocks, what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<crate::blocks::Blocks>,
    /// The sections of the file.
    pub sections: Vec<Section>,
}

/// Another version of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    /// Its version.
    pub version: String,
    /// The digest of its index, in hexadecimal digits.
    pub digest: String,
}

/// A file that an index was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// SHA-256 of the file, in hexadecimal digits; of an index, its digest.
    pub sha256: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Its layout, or `index`, or `originals`.
    pub layout: String,
    /// The scheme of its categories, as it says it or as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// What was read of it.
    #[serde(default)]
    pub counts: Counts,
}

/// A run of rows in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub offset: u64,
    /// How many bytes it has.
    pub bytes: u64,
    /// Bytes of a row; 0 for lines.
    pub width: u32,
    /// How many rows it has.
    pub rows: u64,
    /// Of a directory, how many bits of a key it tells apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits: Option<u32>,
    /// Of keys whose entries follow each other, the entry of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// A table that translates categories of one scheme into those of another. It is the unit's own decision.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    /// The scheme that is translated.
    pub from: String,
    /// The scheme into which.
    pub to: String,
    /// Category by category.
    pub categories: BTreeMap<String, String>,
}

/// Which table it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranslationOf {
    /// The scheme that was translated.
    pub from: String,
    /// The scheme into which.
    pub to: String,
    /// SHA-256 of the table's file, in hexadecimal digits.
    pub sha256: String,
    /// Entries with a category of `from` that the table does not have.
    pub untranslated: u64,
}
