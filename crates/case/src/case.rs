//! An operation, opened to be read. It writes nothing; [`Writer`] does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tutela_model::Digest;
use tutela_model::finding::is_of_lead;

use crate::acts::{self, Acted, Analysis, Decision, Import, Receipt, Referred};
use crate::authority::{Authority, Scope};
use crate::batch::Batch;
use crate::error::{CaseError, OnDisk};
use crate::folder::{Folder, Mark, OPERATION};
use crate::grids::Grids;
use crate::officers::{Actor, NotAllowed, Officer, Rules};
use crate::record::{Record, Rest, new_origin};
use crate::shelf::{FolderShelf, MANIFEST};
use crate::state::{self, State};
use crate::stored::Stored;
use crate::writer::Writer;

/// An operation as it stood when it was opened.
#[derive(Clone, Debug)]
pub struct Case {
    pub(crate) folder: Folder,
    pub(crate) record: Record,
    pub(crate) state: State,
    operation: Operation,
    rest: Rest,
    mark: Option<Mark>,
}

/// What `operation.toml` says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Operation {
    pub format: u32,
    pub origin: String,
    pub title: String,
    pub created: String,
}

/// The form of folder that this program reads and writes.
const FORMAT: u32 = 2;

/// An authority that covers the day: without one, nothing is received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    id: String,
    scope: Scope,
}

impl Basis {
    /// The authority's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Which rows it covers.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

impl Case {
    /// Makes an operation in a folder, which is created where it does not exist.
    ///
    /// # Errors
    /// There is one already, the authority ends before it begins, or the disk refuses.
    pub fn create(
        dir: &Path,
        title: &str,
        by: impl Into<Actor>,
        authority: &Authority,
        at: Timestamp,
    ) -> Result<Self, CaseError> {
        let by = by.into();
        let folder = Folder::new(dir);
        if folder.operation().exists() {
            return Err(CaseError::Exists(dir.to_owned()));
        }
        let authority = numbered(authority, 0)?;
        folder.make()?;
        let origin = new_origin()?;
        let mut acts = vec![
            ("create", json!({"title": title, "format": FORMAT, "origin": origin})),
            (state::AUTHORITY, acts::to_body(&authority)),
        ];
        // Whoever creates an operation with a key is its first officer, and everybody signs from then on.
        for key in by.key.iter() {
            let officer = Officer::new(&key.verifier().to_string(), &by.name);
            acts.push((state::OFFICER, acts::to_body(&officer)));
            acts.push((state::RULES, acts::to_body(&Rules { signed: true, ..Rules::default() })));
        }
        let mut record = Record::new(origin.clone());
        let first = Batch::new(&record, &by, at, acts)?;
        record.begin(&folder, first)?;
        // This file makes the folder an operation, so it comes last.
        let (title, created) = (title.to_owned(), at.to_string());
        let operation = Operation { format: FORMAT, origin, title, created };
        folder.write(&folder.operation(), toml_of(&operation).as_bytes())?;
        Self::open(dir)
    }

    /// Opens the operation in a folder and checks its record from the first entry to the last.
    ///
    /// # Errors
    /// No operation, a form that this program does not know, or a broken record.
    pub fn open(dir: &Path) -> Result<Self, CaseError> {
        let folder = Folder::new(dir);
        let path = folder.operation();
        if !path.is_file() {
            return Err(CaseError::NoOperation(dir.to_owned()));
        }
        let operation = read_operation(&path)?;
        // Taken before the record is read: an act that comes meanwhile is seen as one that came after.
        let mark = folder.mark();
        let (record, rest) = Record::read(&folder, &operation.origin)?;
        let mut state = State::default();
        state.fold(record.acts(), 0)?;
        let case = Self { folder, operation, record, state, rest, mark };
        case.check_erasures()?;
        case.check_last_signature()?;
        Ok(case)
    }

    /// The bytes of an entry, as the log holds them. None when there is no such entry.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn entry(&self, seq: u64) -> Result<Option<Vec<u8>>, CaseError> {
        self.record.entry(&self.folder, seq)
    }

    /// Opens the operation in this folder or the nearest one above it that is one.
    ///
    /// # Errors
    /// As [`Case::open`].
    pub fn find(start: &Path) -> Result<Self, CaseError> {
        let start = std::path::absolute(start).disk("find the folder", start)?;
        let dir = start.ancestors().find(|dir| dir.join(OPERATION).is_file());
        dir.map_or_else(|| Err(CaseError::NoOperation(start.clone())), Self::open)
    }

    /// Becomes the one writer, until the returned value is dropped or its process ends in any way.
    ///
    /// # Errors
    /// Somebody else is writing, the disk refuses, or as [`Case::open`].
    pub fn lock(&self, by: impl Into<Actor>, at: Timestamp) -> Result<Writer, CaseError> {
        Writer::lock(&self.folder, by.into(), at)
    }

    /// Whether nothing was recorded since the operation was opened, by this process or another.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.mark.is_some() && self.mark == self.folder.mark()
    }

    /// The operation's folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.folder.path()
    }

    /// The operation's title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.operation.title
    }

    /// When it was created, RFC 3339 in UTC.
    #[must_use]
    pub fn created(&self) -> &str {
        &self.operation.created
    }

    /// Its legal authorities, in the order of recording.
    #[must_use]
    pub fn authorities(&self) -> &[Authority] {
        &self.state.authorities
    }

    /// The authority to act under on a day: the named one, or else the latest recorded that covers it.
    ///
    /// # Errors
    /// It does not cover the day, has lapsed, waits for a validation that is overdue, or there is none of that id.
    pub fn basis(&self, id: Option<&str>, today: Date) -> Result<Basis, CaseError> {
        let all = &self.state.authorities;
        let authority = match id {
            Some(id) => all.iter().find(|authority| authority.id == id),
            None => all.iter().rev().find(|authority| authority.covers(today)).or(all.last()),
        };
        let unknown = || CaseError::UnknownBasis(id.unwrap_or_default().to_owned());
        let authority = authority.ok_or_else(unknown)?;
        let Authority { id, from, until, scope, .. } = authority.clone();
        if authority.has_lapsed() {
            return Err(CaseError::Lapsed(id));
        }
        if let Some(last) = authority.waits_until().filter(|last| *last < today) {
            return Err(CaseError::NotValidated { authority: id, last });
        }
        if !authority.covers(today) {
            return Err(CaseError::NoBasis { authority: id, from, until, today });
        }
        Ok(Basis { id, scope })
    }

    /// The basis that an import was made under, for deriving it again.
    #[must_use]
    pub fn basis_of(&self, import: &Import) -> Basis {
        Basis { id: import.basis.clone(), scope: self.scope_of(&import.basis) }
    }

    pub(crate) fn scope_of(&self, basis: &str) -> Scope {
        let of = self.state.authorities.iter().find(|authority| authority.id == basis);
        of.map(|authority| authority.scope.clone()).unwrap_or_default()
    }

    /// The officers whose keys the operation knows, in the order of recording.
    #[must_use]
    pub fn officers(&self) -> &[Officer] {
        &self.state.officers
    }

    /// What the operation demands of those who act in it.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.state.rules
    }

    /// How many acts at the end of the record no officer has signed, so that they do not count.
    #[must_use]
    pub fn n_unsigned(&self) -> usize {
        self.state.unsigned.len()
    }

    /// Every receipt of a file, oldest first.
    #[must_use]
    pub fn receipts(&self) -> &[Acted<Receipt>] {
        &self.state.receipts
    }

    /// Where the bytes of a received file are.
    #[must_use]
    pub fn received_path(&self, sha256: Digest) -> PathBuf {
        self.folder.received(sha256)
    }

    /// Where copies are kept of what left the operation, each under its SHA-256 as hexadecimal digits. What left is in the
    /// record; a copy may be missing.
    #[must_use]
    pub fn handed(&self) -> PathBuf {
        self.folder.handed()
    }

    /// The imports that count, the newest of each file received, in the order in which they were made.
    #[must_use]
    pub fn imports(&self) -> Vec<&Acted<Import>> {
        let mut imports: Vec<&Acted<Import>> = self.state.counting().collect();
        imports.sort_by_key(|import| import.seq);
        imports
    }

    /// The import of a file received that counts.
    #[must_use]
    pub fn import(&self, sha256: Digest) -> Option<&Acted<Import>> {
        self.state.import(sha256)
    }

    /// Every decision, oldest first, whether it counts or not.
    #[must_use]
    pub fn decisions(&self) -> &[Acted<Decision>] {
        &self.state.decisions
    }

    /// What officers did with referrals, oldest first.
    #[must_use]
    pub fn referred(&self) -> &[Acted<Referred>] {
        &self.state.referred
    }

    /// Whether something was ever decided on a finding.
    #[must_use]
    pub fn was_decided(&self, finding: &str) -> bool {
        self.state.decisions.iter().any(|decision| decision.finding == finding)
    }

    /// The decisions that count, by what they are on: the latest that was not withdrawn, and where the rules ask for four
    /// eyes the latest that a second officer took too.
    #[must_use]
    pub fn standing(&self) -> BTreeMap<&str, &Acted<Decision>> {
        self.state.standing()
    }

    /// The officers who agree with each decision that counts, by what it is on: whoever acts for two counts as two.
    #[must_use]
    pub fn agreed(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        self.state.agreed()
    }

    /// The record.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The digest of all that findings are derived from: imports that count, with their tables, and decisions on
    /// findings that count. Decisions on leads and their other explanations change what is reported, and no finding.
    #[must_use]
    pub fn ground(&self) -> Digest {
        let mut text = String::new();
        for import in self.state.counting() {
            text.push_str(&format!("import {}\n", import.sha256));
            for file in &import.tables {
                text.push_str(&format!("{} {} {}\n", file.table, file.rows, file.sha256));
            }
        }
        for (finding, decision) in self.state.standing().into_iter().filter(|(on, _)| !is_of_lead(on)) {
            text.push_str(&format!("decision {finding} {:?}\n", decision.choice));
        }
        Digest::of(text.as_bytes())
    }

    /// The findings stored last.
    #[must_use]
    pub fn analysis(&self) -> Option<&Acted<Analysis>> {
        self.state.analysis.as_ref()
    }

    /// Whether findings must be derived anew: there are none, the ground state has changed since, they were made with
    /// other analyses, versions or settings, or a file of theirs is missing or altered.
    #[must_use]
    pub fn is_stale(&self, made_with: &str) -> bool {
        self.analysis().is_none_or(|analysis| {
            analysis.made_with != made_with
                || analysis.ground != self.ground()
                || analysis.files.keys().any(|name| !matches!(self.derived(name), Ok(Some(_))))
                || !fs::read(self.folder.findings().join("digest"))
                    .is_ok_and(|list| Digest::of(&list) == analysis.digest)
        })
    }

    /// A file of the findings stored last. None when there is none of that name, or when its bytes are not those
    /// recorded, as after a stop while they were being replaced.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn derived(&self, name: &str) -> Result<Option<Vec<u8>>, CaseError> {
        let Some(recorded) = self.analysis().and_then(|analysis| analysis.files.get(name)) else {
            return Ok(None);
        };
        let path = self.folder.findings().join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok((Digest::of(&bytes).hex() == *recorded).then_some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).disk("read", &path),
        }
    }

    /// Where runs of sightings are kept, to be read.
    #[must_use]
    pub fn shelf(&self) -> FolderShelf {
        FolderShelf::new(self.folder.runs())
    }

    /// Where grids of tables are kept.
    #[must_use]
    pub fn grids(&self) -> Grids {
        Grids::new(self.folder.grids())
    }

    /// Which runs of sightings there are, as the analysis recorded it last; nothing where that is missing or altered.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn runs(&self) -> Result<Vec<u8>, CaseError> {
        let Some(recorded) = self.analysis().and_then(|analysis| analysis.runs.as_ref()) else {
            return Ok(Vec::new());
        };
        let path = self.folder.runs().join(MANIFEST);
        match fs::read(&path) {
            Ok(bytes) if Digest::of(&bytes).hex() == *recorded => Ok(bytes),
            Ok(_) => Ok(Vec::new()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error).disk("read", &path),
        }
    }

    /// The tables of the imports that count.
    #[must_use]
    pub fn tables(&self) -> Stored {
        Stored::new(&self.folder, self.state.counting())
    }

    /// Holds whoever wants to write against the officers and the rules; an officer with a key acts under the name that
    /// was recorded with it.
    pub(crate) fn recognise(&self, mut by: Actor) -> Result<Actor, CaseError> {
        let mut names = Vec::new();
        let mut person = Some(&mut by);
        while let Some(actor) = person {
            match &actor.key {
                None if self.state.rules.signed => return Err(NotAllowed::Unsigned.into()),
                None => {}
                Some(key) => {
                    let officer = self.state.officer(key.key());
                    let officer = officer.ok_or_else(|| NotAllowed::UnknownKey(key.key().clone()))?;
                    if let Some(reason) = &officer.retired {
                        return Err(
                            NotAllowed::Retired { key: key.key().clone(), reason: reason.clone() }.into()
                        );
                    }
                    actor.name.clone_from(&officer.name);
                }
            }
            if names.contains(&actor.name) {
                return Err(NotAllowed::SamePerson(actor.name.clone()).into());
            }
            names.push(actor.name.clone());
            person = actor.second.as_deref_mut();
        }
        Ok(by)
    }

    /// What a stopped writer left behind the last whole act.
    pub(crate) fn rest(&self) -> &Rest {
        &self.rest
    }
}

/// The authority with the id that comes after `n_recorded` others.
pub(crate) fn numbered(authority: &Authority, n_recorded: usize) -> Result<Authority, CaseError> {
    let Authority { from, until, .. } = *authority;
    if until < from {
        return Err(CaseError::Period { from, until });
    }
    Ok(Authority { id: format!("A-{}", n_recorded + 1), ..authority.clone() })
}

pub(crate) fn toml_of(operation: &Operation) -> String {
    toml::to_string(operation).expect("texts and a number have a TOML form")
}

pub(crate) fn read_operation(path: &Path) -> Result<Operation, CaseError> {
    let bytes = fs::read(path).disk("read", path)?;
    let form = |expected: &str, found: String| CaseError::Form {
        path: path.to_owned(),
        expected: expected.to_owned(),
        found,
    };
    let text = std::str::from_utf8(&bytes).map_err(|error| form("text in UTF-8", error.to_string()))?;
    let operation: Operation = toml::from_str(text)
        .map_err(|error| form("format, origin, title and created", error.message().to_owned()))?;
    if operation.format != FORMAT {
        return Err(form(&format!("format {FORMAT}"), format!("format {}", operation.format)));
    }
    Ok(operation)
}
