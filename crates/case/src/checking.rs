//! Compares the folder with its record: everything when it is asked for, and what is used before it is used.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::{ControlFlow, Range};
use std::sync::{Mutex, PoisonError};

use arrow_array::RecordBatch;
use tutela_ledger::entry::{Content, Entry};
use tutela_ledger::key::Verifier;
use tutela_model::table::{Part, TableInfo, TablesError};
use tutela_model::{Digest, Tables};

use crate::acts::{Import, TableFile};
use crate::case::{Case, Operation, read_operation, toml_of};
use crate::error::{CaseError, OnDisk};
use crate::folder::{OPERATION, digest_of};
use crate::officers::Officer;
use crate::record::{Act, TAIL, broken, fault_at, payloads_of};
use crate::stored::Stored;

/// Something in the folder that is not as the record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, relative to the operation folder.
    pub path: String,
    /// What the record says.
    pub expected: String,
    /// What was found.
    pub found: String,
}

impl Case {
    /// Compares the folder with its record: the record itself, every file received, every table file that counts.
    ///
    /// `progress` is told how many bytes have been hashed.
    ///
    /// # Errors
    /// The disk refuses to read what is there; what is altered or missing is a fault, not an error.
    pub fn verify(&self, progress: &mut dyn FnMut(u64)) -> Result<Vec<Fault>, CaseError> {
        let mut faults = self.verify_record()?;
        let received = self.state.receipts.iter().map(|receipt| (receipt.sha256, receipt.size));
        let received: BTreeMap<Digest, u64> = received.collect();
        let received = received.iter().map(|(sha256, size)| (format!("received/{sha256}"), *sha256, *size));
        let tables = self.state.imports.values().flat_map(|import| import.files());
        let tables = tables.map(|file| (file.path.clone(), file.sha256, file.size));
        let mut n_bytes = 0;
        for (path, sha256, size) in received.chain(tables) {
            faults.extend(self.verify_file(&path, sha256)?);
            n_bytes += size;
            progress(n_bytes);
        }
        faults.extend(self.verify_anchors()?);
        faults.extend(self.verify_access()?);
        Ok(faults)
    }

    fn verify_record(&self) -> Result<Vec<Fault>, CaseError> {
        let fault =
            |path: &str, expected: String, found: String| Fault { path: path.to_owned(), expected, found };
        let again = match self.record.read_again(&self.folder) {
            Err(CaseError::Broken(flaw)) => return Ok(vec![fault_at(&self.folder, flaw)]),
            read => read?,
        };
        let mut faults: Vec<Fault> = again.verify_log(&self.folder, &self.verifiers())?.into_iter().collect();
        if self.n_unsigned() > 0 {
            let (expected, found) =
                ("a signature under the last acts".to_owned(), format!("{} acts without", self.n_unsigned()));
            faults.push(fault(TAIL, expected, found));
        }
        let (n_known, n_found) = (self.record.acts().len() as u64, again.checkpoint().size());
        if n_found < n_known {
            faults.push(fault(TAIL, format!("{n_known} entries"), format!("{n_found} entries")));
        } else if again.root_at(self.record.acts().len()) != Some(self.record.root()) {
            faults.push(fault("ledger", "the entries read before".to_owned(), "other entries".to_owned()));
        }
        faults.extend(self.verify_operation(self.record.acts().first())?);
        Ok(faults)
    }

    /// Holds `operation.toml` against the act that created the operation.
    fn verify_operation(&self, created: Option<&Act>) -> Result<Option<Fault>, CaseError> {
        let fault = |expected, found| Ok(Some(Fault { path: OPERATION.to_owned(), expected, found }));
        let path = self.folder.operation();
        let operation = match read_operation(&path) {
            Err(CaseError::Form { expected, found, .. }) => return fault(expected, found),
            Err(CaseError::Disk { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return fault("the title and form of the operation".to_owned(), "no file".to_owned());
            }
            read => read?,
        };
        let text = fs::read(&path).disk("read", &path)?;
        let as_written = text == toml_of(&operation).as_bytes();
        let Operation { origin, title, created: at, .. } = operation;
        let body = created.map(Act::body).unwrap_or_default();
        let said = |name: &str| body.get(name).and_then(|said| said.as_str()).unwrap_or("?");
        let created = created.map_or("?", |act| &act.at);
        let members =
            [("title", said("title"), title), ("origin", said("origin"), origin), ("created", created, at)];
        match members.into_iter().find(|(_, said, stands)| said != stands) {
            Some((name, said, stands)) => fault(format!("{name} {said}"), format!("{name} {stands}")),
            None if as_written => Ok(None),
            None => fault("the text as it was written".to_owned(), "another that says the same".to_owned()),
        }
    }

    /// The keys of all officers, those of retired ones too: what they signed before stands.
    pub(crate) fn verifiers(&self) -> Vec<Verifier> {
        self.state.officers.iter().filter_map(Officer::verifier).collect()
    }

    /// Compares the table files that count with the record, so that nothing is derived from an altered one.
    ///
    /// # Errors
    /// [`CaseError::Altered`], or the disk refuses.
    pub fn check_tables(&self) -> Result<(), CaseError> {
        self.state.counting().try_for_each(|import| self.check_tables_of(import))
    }

    /// The tables of the imports that count, each file of them compared with the record before it is read first.
    #[must_use]
    pub fn checked_tables(&self) -> Checked<'_> {
        let files = self
            .state
            .counting()
            .flat_map(|import| import.tables.iter().map(|file| ((file.table.as_str(), import.sha256), file)));
        Checked {
            case: self,
            stored: self.tables(),
            unchecked: Mutex::new(files.collect()),
            fault: Mutex::default(),
        }
    }

    /// As [`Case::check_tables`], for the files of one table.
    ///
    /// # Errors
    /// [`CaseError::Altered`], or the disk refuses.
    pub fn check_table(&self, table: &str) -> Result<(), CaseError> {
        let files = self.state.counting().flat_map(|import| &import.tables);
        files.filter(|file| file.table == table).try_for_each(|file| self.check_file(&file.path, file.sha256))
    }

    /// As [`Case::check_tables`], for the files of one import.
    ///
    /// # Errors
    /// [`CaseError::Altered`], or the disk refuses.
    pub fn check_tables_of(&self, import: &Import) -> Result<(), CaseError> {
        import.files().try_for_each(|file| self.check_file(&file.path, file.sha256))
    }

    /// Compares a file received with the digest that it is named by.
    pub(crate) fn check_received(&self, sha256: Digest) -> Result<(), CaseError> {
        self.check_file(&format!("received/{sha256}"), sha256)
    }

    pub(crate) fn check_file(&self, path: &str, sha256: Digest) -> Result<(), CaseError> {
        self.verify_file(path, sha256)?.map_or(Ok(()), |fault| Err(CaseError::Altered(fault)))
    }

    pub(crate) fn verify_file(&self, path: &str, sha256: Digest) -> Result<Option<Fault>, CaseError> {
        let fault = |found: String| Fault { path: path.to_owned(), expected: format!("{sha256:?}"), found };
        match digest_of(&self.folder.path().join(path)) {
            Ok((found, _)) if found == sha256 => Ok(None),
            Ok((found, _)) => Ok(Some(fault(format!("{found:?}")))),
            Err(CaseError::Disk { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Ok(Some(fault("no file".to_owned())))
            }
            Err(error) => Err(error),
        }
    }

    /// A payload that is gone must be named by an erasure.
    pub(crate) fn check_erasures(&self) -> Result<(), CaseError> {
        let unexplained = |act: &&Act| act.is_erased() && !self.state.erased.contains(&act.seq);
        match self.record.acts().iter().find(unexplained) {
            Some(act) => {
                let expected = "an act that says it was erased";
                Err(broken(act.seq, &payloads_of(act.seq), expected, "none").into())
            }
            None => Ok(()),
        }
    }

    /// The last signature covers everything before it, so it alone is checked whenever the operation is opened;
    /// [`Case::verify`] checks each.
    pub(crate) fn check_last_signature(&self) -> Result<(), CaseError> {
        let Some((act, before)) = self.record.last_signature() else { return Ok(()) };
        let bytes = self.entry(act.seq)?.unwrap_or_default();
        let entry = Entry::parse(&bytes, act.seq)?;
        let Content::Signed(signed) = &entry.content else { return Ok(()) };
        let verifier = self.state.officer(&signed.by).and_then(Officer::verifier);
        match verifier {
            // A key that the operation does not know signs nothing that counts.
            None => Ok(()),
            Some(verifier) if signed.holds(&before, &verifier) => Ok(()),
            Some(_) => {
                let expected = format!("the signature of {} under the entries before", signed.by);
                Err(broken(act.seq, "sig", &expected, "another").into())
            }
        }
    }
}

/// Tables of which no altered file is read.
pub struct Checked<'a> {
    case: &'a Case,
    stored: Stored,
    /// By table and file received.
    unchecked: Mutex<BTreeMap<(&'a str, Digest), &'a TableFile>>,
    fault: Mutex<Option<CaseError>>,
}

impl Checked<'_> {
    /// Holds a file against its digest before it is read first.
    fn check(&self, table: &TableInfo, part: &Part) -> Result<(), TablesError> {
        // Whoever reads the same file meanwhile waits until it is compared.
        let mut unchecked = self.unchecked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = unchecked.remove(&(table.name, part.source))
            && let Err(error) = self.case.check_file(&file.path, file.sha256)
        {
            let message = error.to_string();
            *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            return Err(TablesError { table: table.name, source_digest: part.source, message });
        }
        Ok(())
    }

    /// Says what was altered, if anything that was to be read was.
    ///
    /// # Errors
    /// [`CaseError::Altered`], or the disk refuses.
    pub fn end(self) -> Result<(), CaseError> {
        self.fault.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }
}

impl Tables for Checked<'_> {
    fn parts(&self, table: &TableInfo) -> Vec<Part> {
        self.stored.parts(table)
    }

    fn scan(
        &self,
        table: &TableInfo,
        part: &Part,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        self.check(table, part)?;
        self.stored.scan(table, part, columns, each)
    }

    fn read_us(&self, table: &TableInfo, part: &Part) -> Option<i64> {
        self.stored.read_us(table, part)
    }

    fn rows(
        &self,
        table: &TableInfo,
        part: &Part,
        ranges: &[Range<u64>],
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        self.check(table, part)?;
        self.stored.rows(table, part, ranges, columns, each)
    }

    fn coded_rows(
        &self,
        table: &TableInfo,
        part: &Part,
        rows: Range<u64>,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        self.check(table, part)?;
        self.stored.coded_rows(table, part, rows, columns, each)
    }
}
