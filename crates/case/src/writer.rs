//! The one writer of an operation: every change goes through it, and each ends with an entry in the record.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tutela_ledger::key::Signer;
use tutela_model::{Choice, Digest};

use crate::acts::{self, Analysis, AuthorityFate, DeclaredText, Referred, Withdrawal};
use crate::authority::Authority;
use crate::batch::{Batch, make_dir};
use crate::case::{Basis, Case, numbered};
use crate::error::{CaseError, OnDisk};
use crate::folder::{Folder, sync_files};
use crate::import::{Derived, Limits, Outcome, Progress, ToImport, derive, in_order};
use crate::officers::{Actor, NotAllowed};
use crate::record::read_file;
use crate::room::Room;
use crate::shelf::{FolderShelf, MANIFEST};
use crate::state;

/// How often a lock is asked for that somebody else has, and how long to wait between.
const ATTEMPTS: u32 = 6;
const MOMENT: Duration = Duration::from_millis(30);

/// The right to write to an operation, held until it is dropped or its process ends in any way.
pub struct Writer {
    pub(crate) case: Case,
    pub(crate) by: Actor,
    /// The system lets go of the lock with the file.
    _lock: File,
}

impl Writer {
    pub(crate) fn lock(folder: &Folder, by: Actor, at: Timestamp) -> Result<Self, CaseError> {
        let path = folder.lock();
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut lock = open.disk("open the lock", &path)?;
        for attempt in 1.. {
            match lock.try_lock() {
                Ok(()) => break,
                // A process that is ending, or one that is being started from here, holds it for a moment more.
                Err(TryLockError::WouldBlock) if attempt < ATTEMPTS => thread::sleep(MOMENT),
                Err(TryLockError::WouldBlock) => return Err(locked(&mut lock)),
                Err(TryLockError::Error(error)) => return Err(error).disk("lock", &path),
            }
        }
        let holder = format!("{}\n{}\n{at}\n", by.name, std::process::id());
        lock.set_len(0).and_then(|()| lock.write_all(holder.as_bytes())).disk("write", &path)?;
        folder.make()?;
        folder.clear_unfinished()?;
        let case = Case::open(folder.path())?;
        let by = case.recognise(by)?;
        let rest = case.rest().clone();
        rest.cut(folder)?;
        let unsigned = case.n_unsigned();
        let mut writer = Self { case, by, _lock: lock };
        // A writer was stopped inside an act: it was not done. What is cut off stays known by its digest.
        let unsigned = (unsigned > 0).then(|| json!({"unsigned": unsigned}));
        let recovered = rest.told().into_iter().chain(unsigned).map(|body| (state::RECOVER, body));
        writer.append(recovered.collect(), at)?;
        writer.finish_erasures()?;
        writer.finish_purges()?;
        Ok(writer)
    }

    /// The operation with everything that this writer has done.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// Room for what an analysis puts aside. A second one takes the place of the first, and it goes with this writer at
    /// the latest.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn room(&mut self) -> Result<Room, CaseError> {
        Room::new(&self.case.folder.unfinished())
    }

    /// A shelf for runs that are made once, to be compared: it goes with this writer at the latest.
    #[must_use]
    pub fn shelf_aside(&self) -> FolderShelf {
        FolderShelf::new(self.case.folder.unfinished().join("runs"))
    }

    /// Who acts.
    #[must_use]
    pub fn officer(&self) -> &str {
        &self.by.name
    }

    /// The key of whoever acts.
    pub(crate) fn key(&self) -> Option<&Signer> {
        self.by.key.as_deref()
    }

    /// Reads one received file into tables. See [`Writer::import_all`].
    ///
    /// # Errors
    /// The reader refuses the file, the disk refuses, or `progress` stopped it.
    pub fn import(
        &mut self,
        item: ToImport,
        basis: &Basis,
        at: Timestamp,
        limits: Limits,
        progress: Progress<'_>,
    ) -> Result<Outcome, CaseError> {
        self.import_all(&[item], basis, at, limits, progress).pop().expect("one file gives one result")
    }

    /// Reads received files into tables, several at a time, and records each in their order.
    ///
    /// One result a file; a file that fails keeps none of the others back. What has been recorded stays when the rest
    /// is stopped.
    pub fn import_all(
        &mut self,
        items: &[ToImport],
        basis: &Basis,
        at: Timestamp,
        limits: Limits,
        progress: Progress<'_>,
    ) -> Vec<Result<Outcome, CaseError>> {
        // A file that stands twice in the list is read once: its second turn comes when the first is recorded.
        let mut seen = BTreeSet::new();
        let (first, again): (Vec<usize>, Vec<usize>) =
            (0..items.len()).partition(|item_idx| seen.insert(items[*item_idx].received.sha256));
        let mut outcomes: Vec<Option<Result<Outcome, CaseError>>> = items.iter().map(|_| None).collect();
        self.import_each(&first, items, basis, at, limits, progress, &mut outcomes);
        for item_idx in again {
            self.import_each(&[item_idx], items, basis, at, limits, progress, &mut outcomes);
        }
        outcomes.into_iter().map(|outcome| outcome.expect("each file had its turn")).collect()
    }

    #[expect(clippy::too_many_arguments, reason = "the inner half of one function")]
    fn import_each(
        &mut self,
        turns: &[usize],
        items: &[ToImport],
        basis: &Basis,
        at: Timestamp,
        limits: Limits,
        progress: Progress<'_>,
        outcomes: &mut [Option<Result<Outcome, CaseError>>],
    ) {
        let mut waiting = Vec::new();
        for item_idx in turns.iter().copied() {
            if let Some(outcome) = self.imported_alike(&items[item_idx], basis) {
                outcomes[item_idx] = Some(Ok(outcome));
            } else if let Err(error) = self.check_all_received(&items[item_idx]) {
                // What has lain in the folder since an earlier day was altered there.
                outcomes[item_idx] = Some(Err(error));
            } else {
                waiting.push(item_idx);
            }
        }
        let at_once = limits.jobs.min(waiting.len()).max(1);
        let limits = Limits { memory: limits.memory / at_once, jobs: (limits.jobs / at_once).max(1) };
        let folder = self.case.folder.clone();
        let work = |turn: usize| {
            let item_idx = waiting[turn];
            derive(&folder, item_idx, &items[item_idx], basis, limits, progress)
        };
        in_order(waiting.len(), at_once, work, |first, derived| {
            for (turn, outcome) in (first..).zip(self.count(derived, at)) {
                outcomes[waiting[turn]] = Some(outcome);
            }
        });
    }

    /// Holds what has lain in the folder since an earlier day against its digest.
    fn check_all_received(&self, item: &ToImport) -> Result<(), CaseError> {
        let all = std::iter::once(&item.received).chain(&item.beside);
        all.filter(|received| received.already)
            .try_for_each(|received| self.case.check_received(received.sha256))
    }

    fn imported_alike(&self, item: &ToImport, basis: &Basis) -> Option<Outcome> {
        let import = self.case.import(item.received.sha256)?;
        let declared = DeclaredText::from(&item.declared);
        let alike = import.derived_like(&item.reader, &declared, &item.beside())
            && self.case.scope_of(&import.basis) == *basis.scope();
        // A table file that is missing or altered is derived anew.
        let stands = alike && self.case.check_tables_of(import).is_ok();
        stands.then(|| Outcome::AlreadyImported(Box::new(import.clone())))
    }

    /// Puts derived table files in their places and records them: from here on they count.
    fn count(
        &mut self,
        derived: Vec<Result<Derived, CaseError>>,
        at: Timestamp,
    ) -> Vec<Result<Outcome, CaseError>> {
        let files: Vec<&Path> =
            derived.iter().flatten().flat_map(|derived| &derived.moves).map(|(file, _)| &**file).collect();
        let synced = sync_files(&files);
        let (mut dirs, mut bodies, mut results) = (BTreeSet::new(), Vec::new(), Vec::new());
        for derived in derived {
            results.push(derived.and_then(|derived| {
                derived.put()?;
                dirs.extend(derived.moves.iter().filter_map(|(_, path)| Some(path.parent()?.to_owned())));
                dirs.insert(self.case.folder.path().join("tables"));
                bodies.push((state::IMPORT, acts::to_body(&derived.import)));
                let sha256 = derived.import.sha256;
                Ok((sha256, self.case.import(sha256).cloned()))
            }));
        }
        let dirs: Vec<&Path> = dirs.iter().map(PathBuf::as_path).collect();
        let done = synced.and_then(|()| sync_files(&dirs)).and_then(|()| self.append(bodies, at));
        let outcome = |(sha256, earlier): (Digest, Option<_>)| {
            let import = Box::new(self.case.import(sha256).expect("it has just been recorded").clone());
            match earlier {
                Some(earlier) => Outcome::Replaces { import, earlier: Box::new(earlier) },
                None => Outcome::Imported(import),
            }
        };
        fail_all(results, done).into_iter().map(|result| result.map(outcome)).collect()
    }

    /// Derives the tables of an import that counts once more, beside them, and says the digest of each file anew.
    /// Nothing is recorded and nothing stays.
    ///
    /// # Errors
    /// As [`Writer::import`].
    pub fn derive_again(
        &self,
        item: &ToImport,
        basis: &Basis,
        limits: Limits,
        progress: Progress<'_>,
    ) -> Result<BTreeMap<String, Digest>, CaseError> {
        let derived = derive(&self.case.folder, 0, item, basis, limits, progress)?;
        for (unfinished, _) in &derived.moves {
            fs::remove_file(unfinished).disk("remove", unfinished)?;
        }
        Ok(derived.import.files().map(|file| (file.path.clone(), file.sha256)).collect())
    }

    /// Records a further legal authority and gives it its id.
    ///
    /// # Errors
    /// It ends before it begins, or the disk refuses.
    pub fn add_authority(&mut self, authority: &Authority, at: Timestamp) -> Result<Authority, CaseError> {
        let authority = numbered(authority, self.case.authorities().len())?;
        self.append(vec![(state::AUTHORITY, acts::to_body(&authority))], at)?;
        Ok(authority)
    }

    /// Records the act that validates an authority which waits for it.
    ///
    /// # Errors
    /// There is no authority of that id, it has lapsed, or the disk refuses.
    pub fn validate_authority(&mut self, id: &str, act: &str, at: Timestamp) -> Result<(), CaseError> {
        self.decide_fate(state::VALIDATE, id, act, at)
    }

    /// Records that an authority has lapsed, and why: what was imported under it no longer counts.
    ///
    /// # Errors
    /// There is no authority of that id, it has lapsed before, or the disk refuses.
    pub fn lapse_authority(&mut self, id: &str, reason: &str, at: Timestamp) -> Result<(), CaseError> {
        self.decide_fate(state::LAPSE, id, reason, at)
    }

    fn decide_fate(
        &mut self,
        act: &'static str,
        id: &str,
        text: &str,
        at: Timestamp,
    ) -> Result<(), CaseError> {
        let known = self.case.authorities().iter().find(|authority| authority.id == id);
        match known {
            None => return Err(CaseError::UnknownBasis(id.to_owned())),
            Some(authority) if authority.has_lapsed() => return Err(CaseError::Lapsed(id.to_owned())),
            Some(_) => {}
        }
        let fate = AuthorityFate { authority: id.to_owned(), text: text.to_owned() };
        self.append(vec![(act, acts::to_body(&fate))], at)
    }

    /// Records the officer's decision on a finding. A later one counts instead of it; none is deleted.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn decide(
        &mut self,
        finding: &str,
        choice: Choice,
        reason: &str,
        at: Timestamp,
    ) -> Result<(), CaseError> {
        self.decide_all(&[(finding, choice, reason)], at)
    }

    /// Records decisions, each on a finding with its reason, together.
    ///
    /// # Errors
    /// The disk refuses. None is recorded then.
    pub fn decide_all(&mut self, decisions: &[(&str, Choice, &str)], at: Timestamp) -> Result<(), CaseError> {
        let body =
            |(finding, choice, reason)| json!({"finding": finding, "choice": choice, "reason": reason});
        self.append(decisions.iter().map(|decision| (state::DECIDE, body(*decision))).collect(), at)
    }

    /// Withdraws what was decided on a finding, so that nothing is.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn withdraw(&mut self, finding: &str, reason: &str, at: Timestamp) -> Result<(), CaseError> {
        let withdrawal = Withdrawal { finding: finding.to_owned(), reason: reason.to_owned() };
        self.append(vec![(state::WITHDRAW, acts::to_body(&withdrawal))], at)
    }

    /// Records what is done with referrals: all or none.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn refer(&mut self, all: &[Referred], at: Timestamp) -> Result<(), CaseError> {
        self.append(all.iter().map(|referred| (state::REFERRAL, acts::to_body(referred))).collect(), at)
    }

    /// Stores what the analyses said, in place of what they said before, and records its digest. `made_with` names
    /// the analyses, their versions and settings. Nothing is recorded when everything is as recorded last.
    ///
    /// # Errors
    /// The disk refuses. Findings that are then half replaced are not taken for the old ones nor for the new ones.
    ///
    /// # Panics
    /// On a name that is not that of a file in one folder: a fault of the program.
    pub fn put_derived(
        &mut self,
        files: &[(String, Vec<u8>)],
        runs: &[u8],
        made_with: &str,
        changes: &[Value],
        at: Timestamp,
    ) -> Result<Digest, CaseError> {
        let digests: BTreeMap<String, String> =
            files.iter().map(|(name, bytes)| (name.clone(), Digest::of(bytes).hex())).collect();
        let list: String = digests.iter().map(|(name, sha256)| format!("{sha256}  {name}\n")).collect();
        let digest = Digest::of(list.as_bytes());
        let runs_digest = (!runs.is_empty()).then(|| Digest::of(runs).hex());
        let stands = self
            .case
            .analysis()
            .is_some_and(|analysis| analysis.digest == digest && analysis.runs == runs_digest);
        if stands && !self.case.is_stale(made_with) {
            return Ok(digest);
        }
        let folder = &self.case.folder;
        for (name, bytes) in files {
            assert!(
                Path::new(name).file_name().is_some_and(|file| file == name.as_str()),
                "a file name: {name}"
            );
            let recorded = self.case.analysis().and_then(|analysis| analysis.files.get(name));
            // A file that is there as it shall be stays: of many findings one more source changes few files.
            if recorded != digests.get(name) || self.case.derived(name)?.is_none() {
                folder.write(&folder.findings().join(name), bytes)?;
            }
        }
        if runs_digest.is_some() {
            folder.write(&folder.runs().join(MANIFEST), runs)?;
        }
        // The list in the form of `sha256sum`, so that anybody can check it.
        folder.write(&folder.findings().join("digest"), list.as_bytes())?;
        let authorities = self.case.imports().iter().map(|import| import.basis.clone()).collect();
        let analysis = Analysis {
            ground: self.case.ground(),
            authorities,
            made_with: made_with.to_owned(),
            digest,
            files: digests,
            runs: runs_digest,
            changes: changes.to_vec(),
        };
        self.append(vec![(state::ANALYSE, acts::to_body(&analysis))], at)?;
        self.remove_other_findings()?;
        Ok(digest)
    }

    fn remove_other_findings(&self) -> Result<(), CaseError> {
        let dir = self.case.folder.findings();
        let known = self.case.analysis().map(|analysis| &analysis.files);
        for file in fs::read_dir(&dir).disk("read", &dir)? {
            let path = file.disk("read", &dir)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name != "digest" && known.is_some_and(|known| !known.contains_key(name.as_ref())) {
                fs::remove_file(&path).disk("remove", &path)?;
            }
        }
        Ok(())
    }

    /// Makes tiles of hashes anew that are missing or are not what the entries make them, and says how many. Entries and
    /// payloads are nowhere else, so they cannot be mended.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn mend_tiles(&mut self) -> Result<usize, CaseError> {
        let mut n_mended = 0;
        for file in self.case.record.tiles() {
            let path = self.case.folder.ledger().join(file.tile.to_string());
            if read_file(&path)?.is_none_or(|found| found != file.bytes) {
                make_dir(path.parent().unwrap_or(&path))?;
                self.case.folder.write(&path, &file.bytes)?;
                n_mended += 1;
            }
        }
        Ok(n_mended)
    }

    /// Records an act that changes no state: a report issued, an export, a consultation.
    ///
    /// # Errors
    /// A body with numbers that are not whole, or the disk refuses.
    ///
    /// # Panics
    /// On the name of an act that has a function of its own: a fault of the program.
    pub fn record(&mut self, act: &'static str, body: Value, at: Timestamp) -> Result<(), CaseError> {
        assert!(!state::OWN.contains(&act), "the act {act} has a function of its own");
        self.append(vec![(act, body)], at)
    }

    /// Appends entries to the record, all or none.
    pub(crate) fn append(
        &mut self,
        acts: Vec<(&'static str, Value)>,
        at: Timestamp,
    ) -> Result<(), CaseError> {
        if acts.is_empty() {
            return Ok(());
        }
        let by_two = &self.case.rules().two_person;
        if let Some((act, _)) = acts.iter().find(|(act, _)| by_two.contains(*act))
            && self.by.second.is_none()
        {
            return Err(NotAllowed::SecondPerson((*act).to_owned()).into());
        }
        let batch = Batch::new(&self.case.record, &self.by, at, acts)?;
        let n_before = self.case.record.acts().len();
        self.case.record.append(&self.case.folder, batch)?;
        let Case { record, state, .. } = &mut self.case;
        state.fold(record.acts(), n_before)?;
        Ok(())
    }
}

impl Drop for Writer {
    /// Leaves no half files behind: on a full disk they would take the room that is missing.
    fn drop(&mut self) {
        let _ = self.case.folder.clear_unfinished();
    }
}

/// Says who holds the lock. Its content is only a hint: the lock itself is the system's.
fn locked(lock: &mut File) -> CaseError {
    let mut text = String::new();
    let _ = lock.seek(SeekFrom::Start(0)).and_then(|_| lock.read_to_string(&mut text));
    let mut lines = text.lines().map(str::to_owned);
    let mut line = || lines.next().unwrap_or_else(|| "unknown".to_owned());
    let (owner, pid, since) = (line(), line(), line());
    CaseError::Locked { owner, since, pid }
}

/// When the common end of several acts failed, each of them did: the first tells why.
pub(crate) fn fail_all<T>(
    results: Vec<Result<T, CaseError>>,
    done: Result<(), CaseError>,
) -> Vec<Result<T, CaseError>> {
    let Err(error) = done else { return results };
    let mut error = Some(error);
    let fail =
        |result: Result<T, CaseError>| result.and_then(|_| Err(error.take().unwrap_or(CaseError::Together)));
    results.into_iter().map(fail).collect()
}
