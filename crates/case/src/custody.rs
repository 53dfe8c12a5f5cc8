//! Custody of what was received: where it came from, and what was done with it since (ISO/IEC 27037, the four processes;
//! the acts are those that Directive (EU) 2016/680 art. 25 lists).

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutela_model::words::Words as _;
use tutela_model::{Digest, words};

use crate::acts::{self, Acted, Receipt, as_optional_text};
use crate::case::Case;
use crate::error::{CaseError, OnDisk};
use crate::folder::copy_hashed;
use crate::state::{ANALYSE, ERASE, IMPORT, RECEIVE, is_digests};
use crate::writer::Writer;

words! {
    /// What was done with an exhibit by hand. Receipt, import and erasure are acts of their own.
    pub enum Handling {
        /// Its bytes were hashed again and compared.
        HashVerify = "hash-verify",
        /// A working copy was made.
        Copy = "copy",
        /// It was looked at.
        Consult = "consult",
        /// Something was noted about it: an assumption, an uncertainty, a review.
        Annotate = "annotate",
        /// It was joined with other exhibits.
        Combine = "combine",
        /// Something of it was made known to somebody.
        Disclose = "disclose",
        /// It was handed to another custodian.
        TransferOut = "transfer-out",
        /// It came from another custodian.
        TransferIn = "transfer-in",
        /// It was given back to whom it belongs.
        Return = "return",
        /// The object was destroyed; what the record says of it stays.
        Destroy = "destroy",
    }
}

impl Handling {
    /// Whether it changes who holds the exhibit.
    #[must_use]
    pub fn moves(self) -> bool {
        matches!(self, Self::TransferOut | Self::TransferIn | Self::Return | Self::Destroy)
    }
}

words! {
    /// How a digest is made that a supplier gives.
    pub enum DigestKind {
        /// MD5 (RFC 1321). Broken against whoever makes two files alike; sees what went wrong on the way.
        Md5 = "md5",
        /// SHA-1 (RFC 3174). As MD5.
        Sha1 = "sha1",
        /// SHA-256 (FIPS 180-4).
        Sha256 = "sha256",
        /// SHA-512 (FIPS 180-4).
        Sha512 = "sha512",
    }
}

impl DigestKind {
    /// The kind whose digests have so many hexadecimal digits.
    #[must_use]
    pub fn with_digits(n_digits: usize) -> Option<Self> {
        [(32, Self::Md5), (40, Self::Sha1), (64, Self::Sha256), (128, Self::Sha512)]
            .into_iter()
            .find_map(|(n, kind)| (n == n_digits).then_some(kind))
    }

    /// The digest of what can be read, in lower-case hexadecimal.
    pub(crate) fn of(self, from: impl Read) -> io::Result<String> {
        match self {
            Self::Md5 => hashed::<md5::Md5>(from),
            Self::Sha1 => hashed::<sha1::Sha1>(from),
            Self::Sha256 => hashed::<sha2::Sha256>(from),
            Self::Sha512 => hashed::<sha2::Sha512>(from),
        }
    }
}

fn hashed<H: sha2::Digest>(from: impl Read) -> io::Result<String> {
    let mut hash = H::new();
    let mut reader = BufReader::with_capacity(256 << 10, from);
    loop {
        let bytes = reader.fill_buf()?;
        let n_bytes = bytes.len();
        if n_bytes == 0 {
            break;
        }
        hash.update(bytes);
        reader.consume(n_bytes);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Where a file came from, as the officer who received it states it. What is not stated is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provenance {
    /// The agency's exhibit number. Several files may be of one exhibit.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub exhibit: String,
    /// What it was made from: exhibit numbers, or SHA-256 of files received.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<String>,
    /// Its media type, as the supplier says.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub media_type: String,
    /// Who supplied it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub supplier: String,
    /// How it came: portal, certified mail, by hand.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// The supplier's reference.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reference: String,
    /// The day of the request that it answers.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub requested: String,
    /// What was asked.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub asked: String,
    /// The period that it covers.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub period: String,
    /// When it was acquired, with the offset of the local time.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub acquired: String,
    /// How far the clock of the device was off, as it was found: `+00:03:10`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub clock_offset: String,
    /// Who acquired it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub acquired_by: String,
    /// Where.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// By which method.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub method: String,
    /// With which tool: write blocker, program, version, digest of its settings.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tool: String,
    /// The number of the seal.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub seal: String,
    /// The state in which it came.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// An assumption or uncertainty about it, kept apart from the data.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Provenance {
    /// Whether nothing is stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Something that was done with an exhibit by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Handled {
    /// The files that it is about.
    #[serde(with = "digests")]
    pub files: Vec<Digest>,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who had it before.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub from: String,
    /// Who has it after, or to whom it was made known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// Where.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// The number of the seal.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub seal: String,
    /// In what state.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// The signed receipt: its number, or where it is kept.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub receipt: String,
    /// With which tool.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tool: String,
    /// Who reviewed it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reviewer: String,
    /// What came of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub outcome: String,
}

/// One act in the chain of custody of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The entry's position in the record.
    pub seq: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who; empty when it was erased.
    pub officer: String,
    /// Who with them, where two had to.
    pub second: Option<String>,
    /// The act, in one word.
    pub act: String,
    /// The particulars, by name.
    pub particulars: BTreeMap<String, String>,
}

/// The members of an act's particulars that are stated, by name, each as a text.
pub(crate) fn particulars(body: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    };
    body.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// A file that is as its supplier described it, or not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Described {
    /// The algorithm: `md5`, `sha1`, `sha256`, `sha512`.
    pub algorithm: String,
    /// What the supplier says, in lower-case hexadecimal.
    pub digest: String,
    /// Whether the bytes received have it.
    pub holds: bool,
}

/// Erased by law: what no longer can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// The authority for it.
    pub authority: String,
    /// Why.
    pub reason: String,
    /// The entries whose payloads are gone.
    pub entries: Vec<u64>,
    /// The file received that is gone, with everything that was derived from it.
    #[serde(default, with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    pub file: Option<Digest>,
}

/// Digests as a list of texts.
mod digests {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use tutela_model::Digest;

    pub fn serialize<S: Serializer>(digests: &[Digest], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(digests.iter().map(ToString::to_string))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Digest>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
    }
}

/// Why something cannot be done with an exhibit, an entry, a log or an anchor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// An entry that stays.
    #[error("the payload of entry {seq} cannot be erased: {why}")]
    NotErasable {
        /// Its position.
        seq: u64,
        /// Why.
        why: &'static str,
    },
    /// An exhibit that is not where the act would have it.
    #[error("{name} cannot be handled so: expected {expected}, found: {found}")]
    Custody {
        /// The file's name.
        name: String,
        /// Where it should be.
        expected: String,
        /// Where the record has it.
        found: String,
    },
    /// The operation asks why personal data is consulted.
    #[error("this operation asks why personal data is consulted, and no reason was given")]
    NoReason,
    /// An access log that is not there.
    #[error("there is no access log of the year {0}")]
    NoAccessLog(i16),
    /// An access log that is being written.
    #[error("the access log of the year {0} is still written")]
    StillKept(i16),
    /// What somebody is said to have said of a checkpoint, and did not.
    #[error("this is not an anchor of a checkpoint that was handed out: {0}")]
    NotAnAnchor(String),
    /// A file that was never received.
    #[error("no file received has this digest: {0}")]
    NotReceived(Digest),
}

/// What is known of a file while its chain is made.
#[derive(Default)]
struct Links {
    steps: Vec<Step>,
    /// Whether its rows count.
    counts: bool,
    /// Whether an analysis stood on it.
    analysed: bool,
}

/// The files received that the particulars of an act name.
pub(crate) fn named(body: &Value) -> Vec<Digest> {
    let lone = ["sha256", "file"].into_iter().filter_map(|member| body.get(member)?.as_str());
    let listed = body.get("files").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    lone.chain(listed).filter_map(|text| text.parse().ok()).collect()
}

impl Case {
    /// Everything that was done with a file received, oldest first: see [`Case::chains`].
    #[must_use]
    pub fn chain(&self, sha256: Digest) -> Vec<Step> {
        self.chains().remove(&sha256).unwrap_or_default()
    }

    /// Everything that was done with each file received, oldest first: acts that name it, analyses that stood on it,
    /// and what left the operation after they did.
    #[must_use]
    pub fn chains(&self) -> BTreeMap<Digest, Vec<Step>> {
        let mut links: BTreeMap<Digest, Links> = BTreeMap::new();
        for act in self.record().acts() {
            let handling = Handling::from_word(&act.act);
            if handling.is_none() && !matches!(act.act.as_str(), RECEIVE | IMPORT | ANALYSE | ERASE) {
                continue;
            }
            let body = act.body();
            let named = named(&body);
            for file in &named {
                let links = links.entry(*file).or_default();
                match act.act.as_str() {
                    IMPORT => links.counts = true,
                    ERASE => (links.counts, links.analysed) = (false, false),
                    _ => {}
                }
            }
            let step = || Step {
                seq: act.seq,
                at: act.at.clone(),
                officer: act.officer().into_owned(),
                second: act.second(),
                act: act.act.clone(),
                particulars: particulars(&body),
            };
            // An analysis stands on all that counts; what leaves the operation names its files and no exhibits.
            if act.act == ANALYSE {
                for links in links.values_mut().filter(|links| links.counts) {
                    links.analysed = true;
                    links.steps.push(step());
                }
            } else if handling.is_some() && !body.get("files").is_some_and(is_digests) {
                links.values_mut().filter(|links| links.analysed).for_each(|links| links.steps.push(step()));
            } else {
                for file in &named {
                    links.entry(*file).or_default().steps.push(step());
                }
            }
        }
        links.into_iter().map(|(file, links)| (file, links.steps)).collect()
    }

    /// The files of an exhibit: those with this exhibit number, this name, or a digest that begins so (8 digits at
    /// least), in the order in which they came.
    #[must_use]
    pub fn exhibit(&self, said: &str) -> Vec<Digest> {
        let digits = said.trim_start_matches("sha256:").to_ascii_lowercase();
        let is_meant = |receipt: &&Acted<Receipt>| {
            receipt.provenance.exhibit == said
                || receipt.name == said
                || digits.len() >= 8 && receipt.sha256.hex().starts_with(&digits)
        };
        let mut files: Vec<Digest> = Vec::new();
        for receipt in self.receipts().iter().filter(is_meant) {
            if !files.contains(&receipt.sha256) {
                files.push(receipt.sha256);
            }
        }
        files
    }

    /// Who holds a file's original when it is not with the unit: to whom it went, or that it was destroyed.
    #[must_use]
    pub fn holder(&self, sha256: Digest) -> Option<String> {
        let mut holder = None;
        for handled in self.state.handled.iter().filter(|handled| handled.act.1.files.contains(&sha256)) {
            let (handling, particulars) = &handled.act;
            match handling {
                Handling::TransferOut | Handling::Return => holder = Some(particulars.to.clone()),
                Handling::TransferIn => holder = None,
                Handling::Destroy => holder = Some(Handling::Destroy.word().to_owned()),
                _ => {}
            }
        }
        holder
    }
}

impl Writer {
    /// Records what was done with files by hand.
    ///
    /// # Errors
    /// A file that was never received, one that is not where the act would have it, or the disk refuses.
    pub fn handle(&mut self, handling: Handling, handled: &Handled, at: Timestamp) -> Result<(), CaseError> {
        for sha256 in &handled.files {
            let name = self.case.receipts().iter().find(|receipt| receipt.sha256 == *sha256);
            let name = name.ok_or(NotDone::NotReceived(*sha256))?.name.clone();
            let holder = self.case.holder(*sha256);
            let (expected, found) = match (handling, holder) {
                (Handling::TransferIn, None) => ("another custodian", "the unit".to_owned()),
                (Handling::TransferIn, Some(holder)) if holder != Handling::Destroy.word() => continue,
                (handling, Some(holder)) if handling.moves() => ("the unit", holder),
                _ => continue,
            };
            return Err(NotDone::Custody { name, expected: expected.to_owned(), found }.into());
        }
        self.append(vec![(handling.word(), acts::to_body(handled))], at)
    }

    /// Hashes what is stored of a file once more and holds it against its digest and those that its supplier gave. What
    /// came of it is recorded.
    ///
    /// # Errors
    /// A file that was never received, or the disk refuses.
    pub fn hash_verify(&mut self, sha256: Digest, reason: &str, at: Timestamp) -> Result<bool, CaseError> {
        let path = self.case.received_path(sha256);
        let mut outcomes = Vec::new();
        let mut holds = true;
        let described = self.case.receipts().iter().filter(|receipt| receipt.sha256 == sha256);
        let mut digests = vec![(DigestKind::Sha256, sha256.hex())];
        for supplied in described.flat_map(|receipt| &receipt.described) {
            if let Some(kind) = DigestKind::from_word(&supplied.algorithm) {
                digests.push((kind, supplied.digest.clone()));
            }
        }
        digests.dedup();
        for (kind, expected) in digests {
            let found = File::open(&path).and_then(|file| kind.of(file)).disk("read", &path)?;
            let same = found == expected;
            holds &= same;
            let found = if same { "as recorded".to_owned() } else { format!("found {found}") };
            outcomes.push(format!("{} {expected}: {found}", kind.word()));
        }
        let outcome = outcomes.join("; ");
        let handled =
            Handled { files: vec![sha256], reason: reason.to_owned(), outcome, ..Handled::default() };
        self.handle(Handling::HashVerify, &handled, at)?;
        Ok(holds)
    }

    /// Makes a working copy of a file received, checks it, and records it. The copy is made before its entry.
    ///
    /// # Errors
    /// A file that was never received, one that is altered, or the disk refuses.
    pub fn copy_out(
        &mut self,
        sha256: Digest,
        to: &Path,
        reason: &str,
        at: Timestamp,
    ) -> Result<(), CaseError> {
        self.case.check_received(sha256)?;
        let path = self.case.received_path(sha256);
        let mut from = File::open(&path).disk("read", &path)?;
        let mut copy =
            OpenOptions::new().write(true).create_new(true).open(to).disk("create the file", to)?;
        let (copied, _) = copy_hashed(&mut from, &mut copy, &mut |_| true).disk("copy", to)?;
        copy.sync_all().disk("write", to)?;
        let outcome = if copied == sha256 { "the same bytes" } else { "other bytes" };
        let (to, outcome) = (to.to_string_lossy().into_owned(), outcome.to_owned());
        let reason = reason.to_owned();
        let handled = Handled { files: vec![sha256], reason, to, outcome, ..Handled::default() };
        self.handle(Handling::Copy, &handled, at)
    }
}
