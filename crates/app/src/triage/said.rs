//! What the child tells the parent of a device as a whole, and of single files.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tutela_matchers::index::Index;
use tutela_matchers::lists::Attributes;

/// Of a file that was taken: whether chance drew it, one byte.
pub const DRAWN: &str = "drawn";
/// Of a file that was read to its end: nothing more.
pub const READ: &str = "read";
/// Of a file: the entries of lists that it meets, a [`Listed`] each, as JSON.
pub const MET: &str = "met";

/// What is told of the device as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// What it is.
    Device {
        /// The form of the image: `raw`, `E01`, `folder`.
        form: String,
        /// How many bytes it has; none for a folder.
        bytes: Option<u64>,
    },
    /// The files that samples are drawn from.
    Files {
        /// How many there are.
        files: u64,
        /// How many bytes they have in all.
        bytes: u64,
        /// How many are left out because they are larger than is read in a triage.
        too_large: u64,
    },
    /// All files of a round were taken; each was told before.
    FilesRound {
        /// Its number, from 0.
        round: u32,
        /// How many bytes the files of this round and those before have.
        bytes: u64,
    },
    /// The space that samples are drawn from.
    Space {
        /// How many extents there are.
        extents: u64,
        /// How large they are; the last one may be smaller.
        extent_bytes: u64,
    },
    /// A round of extents was read.
    SpaceRound {
        /// Its number, from 0.
        round: u32,
        /// How many extents were read in this round and those before, and how many could not be read.
        read: u64,
        /// See above.
        failed: u64,
        /// How many of those that were read cannot be told from random bytes.
        like_random: u64,
        /// How many blocks of lists were met alone, which names no file.
        alone: u64,
        /// How many bytes were read, for what was met too.
        bytes: u64,
        /// From how many strata each round takes one.
        strata: u64,
    },
    /// A file of a block set lies on the device, or a part of it does.
    Blocks {
        /// The list.
        list: ListName,
        /// The hash that the list has of the file.
        file: String,
        /// Where it begins on the device, in bytes; less than zero where its beginning is cut off.
        begins: i64,
        /// Its size, where the list says it.
        bytes: Option<u64>,
        /// How many of its blocks were met in place; none where the whole file is there.
        blocks: Option<u64>,
    },
}

/// Which version of which list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListName {
    /// Its name.
    pub list: String,
    /// Its version.
    pub version: String,
    /// The SHA-256 of its index.
    pub digest: String,
}

impl ListName {
    /// Of an index.
    pub fn of(index: &Index) -> Self {
        let manifest = index.manifest();
        Self { list: manifest.name.clone(), version: manifest.version.clone(), digest: index.digest().hex() }
    }
}

/// An entry of a list that a file meets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Listed {
    /// The list.
    #[serde(flatten)]
    pub list: ListName,
    /// The hash that met, with its kind.
    pub met: String,
    /// Whose categories they are.
    pub scheme: Option<String>,
    /// The category.
    pub category: Option<String>,
    /// The series.
    pub series: Option<String>,
    /// Whether the list has withdrawn the entry.
    pub withdrawn: bool,
}

impl Listed {
    /// What a list says of an entry that a hash met.
    pub fn new(index: &Index, met: String, attributes: &Attributes) -> Self {
        Self {
            list: ListName::of(index),
            met,
            scheme: attributes.scheme.clone(),
            category: attributes.category.clone(),
            series: attributes.series.clone(),
            withdrawn: attributes.withdrawn.is_some(),
        }
    }
}

/// The name under which [`Said`] is told.
pub const SAID: &str = "triage";

/// As the bytes of a value.
pub fn bytes(told: &impl Serialize) -> Vec<u8> {
    json!(told).to_string().into_bytes()
}
