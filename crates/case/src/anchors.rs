//! What ties the record to the world outside: checkpoints handed out, and what others have said of them.
//!
//! Only somebody else's word on a checkpoint shows that the record was not written anew since: a time stamp (RFC 3161), or
//! the cosignature of a witness (C2SP tlog-cosignature). Their files lie in `anchors/`, each under its SHA-256.

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tutela_ledger::Hash;
use tutela_ledger::checkpoint::Checkpoint;
use tutela_ledger::key::{BadKey, Verifier};
use tutela_ledger::note::Note;
use tutela_ledger::stamp::Reply;
use tutela_ledger::tile::{File, Tile};
use tutela_ledger::witness;
use tutela_model::words::Words as _;
use tutela_model::{Digest, words};

use crate::acts::{self, Acted, as_text};
use crate::case::Case;
use crate::checking::Fault;
use crate::custody::NotDone;
use crate::error::{CaseError, OnDisk};
use crate::state;
use crate::writer::Writer;

words! {
    /// Who stands for a checkpoint.
    pub enum AnchorKind {
        /// A time-stamping authority (RFC 3161).
        Stamp = "stamp",
        /// A witness outside the unit (C2SP tlog-cosignature).
        Witness = "witness",
    }
}

/// A checkpoint that was handed out. Its entry comes after the entries that it covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// How many entries it covers.
    pub size: u64,
    /// SHA-256 of its bytes.
    #[serde(with = "as_text")]
    pub sha256: Digest,
    /// To whom, where that was said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub to: String,
    /// The heads of the access logs at that time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access: Vec<AccessHead>,
}

/// A checkpoint as it leaves the operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOut {
    /// Its bytes: a signed note, or its text alone where nobody signs.
    pub checkpoint: Vec<u8>,
    /// How many entries it covers.
    pub size: u64,
    /// The files of the log after its last full ones; with those they are all that the log has.
    pub partial: Vec<File>,
}

/// What somebody outside has said of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchored {
    /// The checkpoint, by the SHA-256 of its bytes.
    #[serde(with = "as_text")]
    pub checkpoint: Digest,
    /// How many entries it covers.
    pub size: u64,
    /// Who says it: `stamp` or `witness`.
    pub kind: String,
    /// The authority's name, or the witness's key.
    pub by: String,
    /// The time that it states, RFC 3339 in UTC.
    pub time: String,
    /// SHA-256 of the file: the reply of the authority, or the checkpoint with the cosignature.
    #[serde(with = "as_text")]
    pub file: Digest,
    /// SHA-256 of the certificates that the stamp was checked against, or of the file with the witness's key.
    #[serde(with = "as_text")]
    pub trust: Digest,
    /// The stamp's serial number, in hexadecimal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub serial: String,
}

/// The head of an access log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessHead {
    /// The year of its entries, UTC.
    pub year: i16,
    /// How many entries it had.
    pub size: u64,
    /// Its root, in base64.
    pub root: String,
}

/// The removal of an access log whose time to be kept is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// Its last head.
    pub head: AccessHead,
    /// Why.
    pub reason: String,
}

impl Case {
    /// The checkpoints that were handed out, oldest first.
    #[must_use]
    pub fn exported(&self) -> &[Acted<Exported>] {
        &self.state.exported
    }

    /// What others have said of them, in the order of recording.
    #[must_use]
    pub fn anchors(&self) -> &[Acted<Anchored>] {
        &self.state.anchors
    }

    /// The bytes of a checkpoint handed out, or of what was said of one.
    ///
    /// # Errors
    /// [`CaseError::Altered`] when they are not those recorded, or the disk refuses.
    pub fn anchor_file(&self, sha256: Digest) -> Result<Vec<u8>, CaseError> {
        self.check_file(&format!("anchors/{sha256}"), sha256)?;
        let path = self.anchor_path(sha256);
        fs::read(&path).disk("read", &path)
    }

    /// Where such bytes are.
    #[must_use]
    pub fn anchor_path(&self, sha256: Digest) -> PathBuf {
        self.folder.anchor(sha256)
    }

    /// The checkpoint handed out whose bytes have this SHA-256, which is what a stamp names.
    #[must_use]
    pub fn stamped(&self, imprint: Hash) -> Option<&Acted<Exported>> {
        self.exported().iter().find(|exported| exported.sha256.0 == imprint.0)
    }

    /// A full file of the log: a bundle of entries or a tile of hashes.
    ///
    /// # Errors
    /// The disk refuses, or there is none.
    pub fn log_file(&self, tile: Tile) -> Result<Vec<u8>, CaseError> {
        let path = self.folder.ledger().join(tile.to_string());
        fs::read(&path).disk("read", &path)
    }

    /// Holds the anchors against the record, as [`Case::verify`] does, so that nothing is claimed of one that is not.
    ///
    /// # Errors
    /// [`CaseError::Altered`], or the disk refuses.
    pub fn check_anchors(&self) -> Result<(), CaseError> {
        self.verify_anchors()?.into_iter().next().map_or(Ok(()), |fault| Err(CaseError::Altered(fault)))
    }

    /// Holds the checkpoints that were handed out, and what others said of them, against the record. Signatures of
    /// stamps are not checked here: that takes the certificates of their authority and a tool for them.
    pub(crate) fn verify_anchors(&self) -> Result<Vec<Fault>, CaseError> {
        let mut faults = Vec::new();
        for exported in self.exported() {
            let path = format!("anchors/{}", exported.sha256);
            let expected = format!("a checkpoint that the record continues, of {} entries", exported.size);
            match self.anchor_file(exported.sha256) {
                Ok(bytes) => {
                    if let Err(found) = self.continues(&bytes) {
                        faults.push(Fault { path, expected, found });
                    }
                }
                Err(CaseError::Altered(fault)) => faults.push(fault),
                Err(error) => return Err(error),
            }
        }
        for anchor in self.anchors() {
            for sha256 in [anchor.file, anchor.trust] {
                faults.extend(self.verify_file(&format!("anchors/{sha256}"), sha256)?);
            }
            if let Err(found) = self.holds(anchor) {
                let (path, expected) =
                    (format!("anchors/{}", anchor.file), format!("{} of {}", anchor.kind, anchor.by));
                faults.push(Fault { path, expected, found });
            }
        }
        Ok(faults)
    }

    /// Whether the record continues a checkpoint, signed or not; what differs when it does not.
    ///
    /// # Errors
    /// What was found instead.
    pub fn continues(&self, checkpoint: &[u8]) -> Result<Checkpoint, String> {
        let checkpoint = checkpoint_in(checkpoint).ok_or("no checkpoint")?;
        let record = self.record();
        if checkpoint.origin() != record.origin() {
            return Err(format!("a checkpoint of another log: {}", checkpoint.origin()));
        }
        match usize::try_from(checkpoint.size()).ok().and_then(|size| record.root_at(size)) {
            None => Err(format!("{} entries", record.acts().len())),
            Some(root) if root == checkpoint.root() => Ok(checkpoint),
            Some(root) => Err(format!("{} entries with the root {root}", checkpoint.size())),
        }
    }

    /// Whether an anchor is of its checkpoint; what is wrong when it is not.
    fn holds(&self, anchor: &Anchored) -> Result<(), String> {
        let text = |error: CaseError| error.to_string();
        let (checkpoint, said) = (
            self.anchor_file(anchor.checkpoint).map_err(text)?,
            self.anchor_file(anchor.file).map_err(text)?,
        );
        let found = match AnchorKind::from_word(&anchor.kind) {
            Some(AnchorKind::Witness) => {
                let key = self.anchor_file(anchor.trust).map_err(text)?;
                let key = String::from_utf8(key).map_err(|error| error.to_string())?;
                let key: Verifier = key.trim().parse().map_err(|error: BadKey| error.to_string())?;
                witnessed(&checkpoint, &said, &key)?
            }
            Some(AnchorKind::Stamp) => stamped(&checkpoint, &said)?,
            None => {
                return Err(format!("an anchor of a kind that this program does not know: {}", anchor.kind));
            }
        };
        let said = (&found.by, &found.time, &found.serial);
        match said == (&anchor.by, &anchor.time, &anchor.serial) {
            true => Ok(()),
            false => Err(format!("{} at {}", found.by, found.time)),
        }
    }
}

/// The checkpoint in bytes that were handed out, whoever signed it or not. None when there is none.
#[must_use]
pub fn checkpoint_in(bytes: &[u8]) -> Option<Checkpoint> {
    let text = match Note::parse(bytes) {
        Ok(note) => note.text().to_owned(),
        Err(_) => String::from_utf8(bytes.to_vec()).ok()?,
    };
    Checkpoint::parse(&text).ok()
}

/// What an anchor's file says.
struct Word {
    by: String,
    time: String,
    serial: String,
}

/// What a witness says of a checkpoint, once its signature is checked.
fn witnessed(checkpoint: &[u8], cosigned: &[u8], key: &Verifier) -> Result<Word, String> {
    let handed_out = Note::parse(checkpoint).map_err(|error| error.to_string())?;
    let cosigned = Note::parse(cosigned).map_err(|error| error.to_string())?;
    if handed_out.text() != cosigned.text() {
        return Err("a cosignature of another checkpoint".to_owned());
    }
    let verified = cosigned.verify(std::slice::from_ref(key)).map_err(|error| error.to_string())?;
    let time = verified.iter().find_map(|one| one.time_s).ok_or("a signature without a time")?;
    let time = i64::try_from(time).ok().and_then(|time| Timestamp::from_second(time).ok());
    let time = time.ok_or("a time that is no instant")?.to_string();
    Ok(Word { by: key.key().to_string(), time, serial: String::new() })
}

/// A checkpoint with what a witness answered: its signature alone, or the checkpoint with its signature.
fn cosigned(checkpoint: &[u8], said: &[u8], key: &Verifier) -> Result<Vec<u8>, String> {
    if Note::parse(said).is_ok() {
        return Ok(said.to_vec());
    }
    let mut note = Note::parse(checkpoint).map_err(|error| error.to_string())?;
    witness::add(&mut note, said, std::slice::from_ref(key)).map_err(|error| error.to_string())?;
    Ok(note.to_string().into_bytes())
}

/// What a time stamp says of a checkpoint. Its signature is not checked here.
fn stamped(checkpoint: &[u8], reply: &[u8]) -> Result<Word, String> {
    let reply = Reply::parse(reply).map_err(|error| error.to_string())?;
    if reply.imprint.0 != Digest::of(checkpoint).0 {
        return Err("a stamp of other bytes".to_owned());
    }
    let by = reply.tsa.unwrap_or_else(|| format!("policy {}", reply.policy));
    Ok(Word { by, time: reply.gen_time, serial: reply.serial })
}

impl Writer {
    /// Hands a checkpoint of everything so far out: signed with the officer's key where there is one. Its bytes are
    /// kept, because what others say of it is held against them.
    ///
    /// # Errors
    /// The disk refuses.
    ///
    /// # Panics
    /// Never: a checkpoint is the text of a note.
    pub fn hand_out(&mut self, to: &str, at: Timestamp) -> Result<HandedOut, CaseError> {
        let partial = self.case.record().edge().partial();
        let checkpoint = self.case.record().checkpoint();
        let mut bytes = checkpoint.to_string().into_bytes();
        if let Some(key) = self.key() {
            let mut note = Note::new(&checkpoint.to_string()).expect("a checkpoint is the text of a note");
            note.sign(key)?;
            bytes = note.to_string().into_bytes();
        }
        let sha256 = self.keep(&bytes)?;
        let access = self.case.access_heads()?;
        let exported = Exported { size: checkpoint.size(), sha256, to: to.to_owned(), access };
        self.append(vec![(state::CHECKPOINT, acts::to_body(&exported))], at)?;
        Ok(HandedOut { checkpoint: bytes, size: exported.size, partial })
    }

    /// Records the cosignature of a witness under a checkpoint that was handed out.
    ///
    /// # Errors
    /// It is not of a checkpoint that was handed out, or not of this key, or the disk refuses.
    pub fn add_witness(&mut self, said: &[u8], key: &Verifier, at: Timestamp) -> Result<Anchored, CaseError> {
        let mut why = "no checkpoint was handed out".to_owned();
        for (checkpoint, size) in self.handed_out() {
            let bytes = self.case.anchor_file(checkpoint)?;
            let cosigned = match cosigned(&bytes, said, key) {
                Ok(cosigned) => cosigned,
                Err(found) => {
                    why = found;
                    continue;
                }
            };
            match witnessed(&bytes, &cosigned, key) {
                Err(found) => why = found,
                Ok(word) => {
                    let (file, trust) = (self.keep(&cosigned)?, self.keep(format!("{key}\n").as_bytes())?);
                    return self.anchor(AnchorKind::Witness, checkpoint, size, word, file, trust, at);
                }
            }
        }
        Err(NotDone::NotAnAnchor(why).into())
    }

    /// Records the time stamp of a checkpoint that was handed out, once its signature was checked against certificates.
    ///
    /// # Errors
    /// It is not of a checkpoint that was handed out, or the disk refuses.
    pub fn add_stamp(
        &mut self,
        reply: &[u8],
        certificates: &[u8],
        at: Timestamp,
    ) -> Result<Anchored, CaseError> {
        let not = |why: String| CaseError::from(NotDone::NotAnAnchor(why));
        let imprint = Reply::parse(reply).map_err(|error| not(error.to_string()))?.imprint;
        let exported = self.case.stamped(imprint).map(|exported| (exported.size, exported.sha256));
        let (size, sha256) = exported.ok_or_else(|| not("a stamp of other bytes".to_owned()))?;
        let word = stamped(&self.case.anchor_file(sha256)?, reply).map_err(not)?;
        let (file, trust) = (self.keep(reply)?, self.keep(certificates)?);
        self.anchor(AnchorKind::Stamp, sha256, size, word, file, trust, at)
    }

    /// The checkpoints that were handed out, the newest first: their bytes' digests and their sizes.
    fn handed_out(&self) -> Vec<(Digest, u64)> {
        self.case.exported().iter().rev().map(|exported| (exported.sha256, exported.size)).collect()
    }

    #[expect(clippy::too_many_arguments, reason = "the common end of two functions")]
    fn anchor(
        &mut self,
        kind: AnchorKind,
        checkpoint: Digest,
        size: u64,
        word: Word,
        file: Digest,
        trust: Digest,
        at: Timestamp,
    ) -> Result<Anchored, CaseError> {
        let Word { by, time, serial } = word;
        let anchored =
            Anchored { checkpoint, size, kind: kind.word().to_owned(), by, time, file, trust, serial };
        self.append(vec![(state::ANCHOR, acts::to_body(&anchored))], at)?;
        Ok(anchored)
    }

    /// Keeps bytes under their digest.
    fn keep(&self, bytes: &[u8]) -> Result<Digest, CaseError> {
        let sha256 = Digest::of(bytes);
        let folder = &self.case.folder;
        folder.write(&folder.anchor(sha256), bytes)?;
        Ok(sha256)
    }
}
