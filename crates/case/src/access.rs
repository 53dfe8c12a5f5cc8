//! The access log: who consulted personal data, when and why (Directive (EU) 2016/680 art. 25).
//!
//! It is a record like that of the operation, one a year and apart from it, because it is kept for another time. Its heads
//! stand in the operation's record whenever a checkpoint is handed out, and at its end when it is removed.

use std::fs::{self, OpenOptions};
use std::io;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::json;
use tutela_ledger::tile::WIDTH;

use crate::acts;
use crate::anchors::{AccessHead, Purged};
use crate::batch::Batch;
use crate::case::Case;
use crate::checking::Fault;
use crate::custody::NotDone;
use crate::error::{CaseError, OnDisk};
use crate::folder::{Folder, Mark};
use crate::officers::Actor;
use crate::record::{Record, bundle, fault_at, read_file};
use crate::state;
use crate::writer::Writer;

/// A look at personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access<'a> {
    /// What was asked: the verb of the program.
    pub asked: &'a str,
    /// Of what: a lead, a table, a query.
    pub of: &'a str,
    /// Why; empty when it was not said.
    pub reason: &'a str,
}

/// The access log of one operation, for whoever writes it again and again: it is read anew only when another process has
/// written it since.
#[derive(Debug, Default)]
pub struct AccessLog(Mutex<Option<Known>>);

/// A year's log as it was written last.
#[derive(Debug)]
struct Known {
    year: i16,
    mark: (Mark, u64),
    record: Record,
}

impl AccessLog {
    /// Records a look at personal data.
    ///
    /// # Errors
    /// The rules ask for a reason and there is none, or the disk refuses.
    pub fn record(
        &self,
        case: &Case,
        by: &Actor,
        access: Access<'_>,
        at: Timestamp,
    ) -> Result<(), CaseError> {
        if case.rules().reasons && access.reason.trim().is_empty() {
            return Err(NotDone::NoReason.into());
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let year = year_of(at);
        let folder = case.access_folder(year);
        folder.make_record()?;
        let path = folder.lock();
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let lock = lock.disk("open the lock", &path)?;
        // Others hold it for an instant.
        lock.lock().disk("lock", &path)?;
        folder.clear_unfinished()?;
        // What fails half-way is read anew by the next.
        let mut record = match known.take().filter(|known| known.is(&folder, year)) {
            Some(known) => known.record,
            None => case.begun_access_log(&folder, year, by, at)?,
        };
        let consulted = json!({"asked": access.asked, "of": access.of, "reason": access.reason});
        let batch = Batch::new(&record, by, at, vec![("consult", consulted)])?;
        record.append(&folder, batch)?;
        *known = mark(&folder, &record).map(|mark| Known { year, mark, record });
        Ok(())
    }

    /// Reads the log of a year, each entry of it checked. What was written here last is not read anew, so that nobody
    /// holds it twice; whoever writes waits for whoever reads that.
    ///
    /// # Errors
    /// It is broken, or the disk refuses.
    pub fn of_year<T>(
        &self,
        case: &Case,
        year: i16,
        read: impl FnOnce(&Record) -> T,
    ) -> Result<T, CaseError> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = case.access_folder(year);
        if let Some(known) = &*known
            && known.is(&folder, year)
        {
            return Ok(read(&known.record));
        }
        drop(known);
        Ok(read(&case.access_log(year)?))
    }
}

impl Known {
    /// Whether it is the log of a year as it lies in its folder.
    fn is(&self, folder: &Folder, year: i16) -> bool {
        self.year == year && mark(folder, &self.record) == Some(self.mark)
    }
}

impl Case {
    /// The log of a year, begun where there is none, without what a stopped program left half-written.
    fn begun_access_log(
        &self,
        folder: &Folder,
        year: i16,
        by: &Actor,
        at: Timestamp,
    ) -> Result<Record, CaseError> {
        let origin = self.access_origin(year);
        if !has_begun(folder)? {
            let mut record = Record::new(origin.clone());
            let first = Batch::new(&record, by, at, vec![("open", json!({"origin": origin}))])?;
            record.begin(folder, first)?;
        }
        let (record, rest) = Record::read(folder, &origin)?;
        rest.cut(folder)?;
        Ok(record)
    }

    /// The years that have an access log. One that was not begun to its end has no entry yet, and one whose removal is
    /// recorded may be there in part.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn access_years(&self) -> Result<Vec<i16>, CaseError> {
        let dir = self.folder.access();
        if !dir.is_dir() {
            return Ok(Vec::new());
        }
        let mut years = Vec::new();
        for entry in fs::read_dir(&dir).disk("read", &dir)? {
            let name = entry.disk("read", &dir)?.file_name();
            if let Ok(year) = name.to_string_lossy().parse::<i16>()
                && !self.is_purged(year)
                && has_begun(&self.access_folder(year))?
            {
                years.push(year);
            }
        }
        years.sort_unstable();
        Ok(years)
    }

    /// The access log of a year, each entry of it checked.
    ///
    /// # Errors
    /// It is broken, or the disk refuses.
    pub fn access_log(&self, year: i16) -> Result<Record, CaseError> {
        Ok(Record::read(&self.access_folder(year), &self.access_origin(year))?.0)
    }

    /// The heads of the access logs.
    pub(crate) fn access_heads(&self) -> Result<Vec<AccessHead>, CaseError> {
        let head = |year: i16| {
            let record = self.access_log(year)?;
            Ok(AccessHead { year, size: record.acts().len() as u64, root: record.root().base64() })
        };
        self.access_years()?.into_iter().map(head).collect()
    }

    fn is_purged(&self, year: i16) -> bool {
        self.state.purged.iter().any(|purged| purged.head.year == year)
    }

    /// Compares the access logs with themselves and with the heads that the operation's record has of them.
    pub(crate) fn verify_access(&self) -> Result<Vec<Fault>, CaseError> {
        let mut faults = Vec::new();
        let years = self.access_years()?;
        let recorded = self.state.exported.iter().flat_map(|exported| &exported.access);
        for year in &years {
            let path = format!("access/{year}");
            let record = match self.access_log(*year) {
                Ok(record) => record,
                Err(CaseError::Broken(flaw)) => {
                    let fault = fault_at(&self.access_folder(*year), flaw);
                    faults.push(Fault { path: format!("{path}/{}", fault.path), ..fault });
                    continue;
                }
                Err(error) => return Err(error),
            };
            faults.extend(
                record
                    .verify_log(&self.access_folder(*year), &self.verifiers())?
                    .into_iter()
                    .map(|fault| Fault { path: format!("{path}/{}", fault.path), ..fault }),
            );
            for head in recorded.clone().filter(|head| head.year == *year) {
                let root = usize::try_from(head.size).ok().and_then(|size| record.root_at(size));
                let found =
                    root.map_or_else(|| format!("{} entries", record.acts().len()), |root| root.base64());
                if found != head.root {
                    let expected = format!("{} entries with the root {}", head.size, head.root);
                    faults.push(Fault { path: path.clone(), expected, found });
                }
            }
        }
        for head in recorded.filter(|head| !years.contains(&head.year) && !self.is_purged(head.year)) {
            let (path, expected) = (format!("access/{}", head.year), format!("{} entries", head.size));
            faults.push(Fault { path, expected, found: "no log".to_owned() });
        }
        Ok(faults)
    }

    fn access_folder(&self, year: i16) -> Folder {
        Folder::new(&self.folder.access().join(year.to_string()))
    }

    fn access_origin(&self, year: i16) -> String {
        let name = self.record().origin().trim_start_matches("tutela.case/");
        format!("tutela.access/{name}/{year}")
    }
}

impl Writer {
    /// Removes the access log of a year, after its head is recorded.
    ///
    /// # Errors
    /// There is none, it is of this year, or the disk refuses.
    pub fn purge_access(&mut self, year: i16, reason: &str, at: Timestamp) -> Result<AccessHead, CaseError> {
        if year >= year_of(at) {
            return Err(NotDone::StillKept(year).into());
        }
        let head = self.case.access_heads()?.into_iter().find(|head| head.year == year);
        let head = head.ok_or(NotDone::NoAccessLog(year))?;
        let purged = Purged { head: head.clone(), reason: reason.to_owned() };
        self.append(vec![(state::PURGE, acts::to_body(&purged))], at)?;
        self.finish_purges()?;
        Ok(head)
    }

    /// Removes access logs whose removal is recorded and that are still there.
    pub(crate) fn finish_purges(&self) -> Result<(), CaseError> {
        for purged in &self.case.state.purged {
            let dir = self.case.folder.access().join(purged.head.year.to_string());
            if dir.is_dir() {
                fs::remove_dir_all(&dir).disk("remove", &dir)?;
            }
        }
        Ok(())
    }
}

/// What tells whether somebody else wrote a log, were it only a payload whose entry never came.
fn mark(folder: &Folder, record: &Record) -> Option<(Mark, u64)> {
    let payloads = folder.payloads(record.acts().len() as u64 / u64::from(WIDTH));
    let n_bytes = match fs::metadata(payloads) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        read => read.ok()?.len(),
    };
    Some((folder.mark()?, n_bytes))
}

/// Whether a log has entries: its tail, or at least the payload of a second entry, which comes after the tail.
fn has_begun(folder: &Folder) -> Result<bool, CaseError> {
    if folder.tail().is_file() || folder.ledger().join(bundle(0).to_string()).is_file() {
        return Ok(true);
    }
    let payloads = read_file(&folder.payloads(0))?.unwrap_or_default();
    // The lines of signatures under the first entry hold none.
    Ok(payloads.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"{\"payload\"")).count() > 1)
}

fn year_of(at: Timestamp) -> i16 {
    at.to_zoned(jiff::tz::TimeZone::UTC).year()
}
