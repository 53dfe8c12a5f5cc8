//! The operation as requests see it: opened once, and again when its record has grown, by whatever process.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use tutela_case::{AccessLog, Case};

use crate::analysis;
use crate::dossier::{Found, Gathered, RowsOf};
use crate::held::held;
use crate::operation::Operation;
use crate::run::Run;

/// The operation as it stands.
pub struct Current {
    folder: PathBuf,
    access: Arc<AccessLog>,
    held: Mutex<Option<Arc<Opened>>>,
}

/// The operation as it stood at one moment.
pub struct Opened {
    /// What is stored.
    pub operation: Operation,
    /// Whether what was found is of an earlier state, or nothing was analysed yet.
    pub is_stale: bool,
    /// Shared with how it stood before, where it was not analysed anew since.
    found: Arc<Mutex<Option<Arc<Found>>>>,
    gathered: OnceLock<Gathered>,
}

impl Current {
    /// The operation of a folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, access: Arc::default(), held: Mutex::default() }
    }

    /// The folder.
    pub fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// The operation with everything that was recorded until now.
    ///
    /// # Errors
    /// Its record is broken.
    pub fn now(&self) -> anyhow::Result<Arc<Opened>> {
        // Whoever finds it outdated opens it, and others wait for that: it takes as long for each.
        let mut last = held(&self.held);
        if let Some(opened) = &*last
            && opened.operation.case.is_current()
        {
            return Ok(Arc::clone(opened));
        }
        let case = Case::open(&self.folder)?;
        let is_stale = case.is_stale(&analysis::made_with());
        let same = |before: &&Arc<Opened>| before.case().analysis() == case.analysis();
        let found = last.as_ref().filter(same).map(|before| Arc::clone(&before.found)).unwrap_or_default();
        let operation = Operation { case, access: Arc::clone(&self.access) };
        let opened = Arc::new(Opened { operation, is_stale, found, gathered: OnceLock::new() });
        *last = Some(Arc::clone(&opened));
        Ok(opened)
    }
}

impl Opened {
    /// What is stored.
    pub fn case(&self) -> &Case {
        &self.operation.case
    }

    /// Findings and leads as they were derived last, with all that outputs need; none before the first analysis.
    ///
    /// # Errors
    /// A file of findings or a table is missing or altered.
    pub fn gathered(&self, run: &Run) -> anyhow::Result<Option<&Gathered>> {
        if self.case().analysis().is_none() {
            return Ok(None);
        }
        if let Some(gathered) = self.gathered.get() {
            return Ok(Some(gathered));
        }
        // Whoever asks first gathers, and others wait for that: it takes as long for each.
        let mut found = held(&self.found);
        if let Some(gathered) = self.gathered.get() {
            return Ok(Some(gathered));
        }
        let found = match &*found {
            Some(found) => Arc::clone(found),
            None => Arc::clone(found.insert(analysis::stored(self.case())?.into())),
        };
        let gathered = Gathered::new(run, &self.operation, found, RowsOf::Nothing)?;
        Ok(Some(self.gathered.get_or_init(|| gathered)))
    }
}
