//! The tables as the analyses read them, watched: how far they are, whether the user has asked to stop, whether memory
//! is at its limit. The analyses themselves know nothing of any of it.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::ops::{ControlFlow, Range};
use std::sync::{Mutex, MutexGuard, PoisonError};

use arrow_array::RecordBatch;
use indicatif::HumanBytes;
use tutela_model::table::{Part, TableInfo, TablesError};
use tutela_model::{Digest, Shelf, Shelved, Tables};

use crate::ending::{Doing as _, Exit, Failure};
use crate::held::held;
use crate::progress::{Bar, Unit};
use crate::run::Run;
use crate::talk::phrase;

/// Tables that end their reading when the run must end.
pub struct Watched<'a> {
    tables: &'a dyn Tables,
    run: &'a Run,
    bar: Bar,
    /// How often the rows of a table are read.
    passes: u64,
    ended: Mutex<Option<Failure>>,
}

impl<'a> Watched<'a> {
    /// Watches over `tables`.
    pub fn new(tables: &'a dyn Tables, run: &'a Run) -> Self {
        Self { tables, run, bar: Bar::new(run, Unit::Rows, 0), passes: 1, ended: Mutex::default() }
    }

    /// The rows of a table are read so often, column by column.
    pub fn in_passes(self, passes: u64) -> Self {
        Self { passes, ..self }
    }

    /// Ends the watch: what came of the work, or why it was ended.
    ///
    /// # Errors
    /// The work's own error, or the reason for which it was ended from here.
    pub fn end<T>(self, result: Result<T, TablesError>) -> anyhow::Result<T> {
        self.bar.end();
        let ended = self.ended.into_inner().unwrap_or_else(PoisonError::into_inner);
        match ended.or_else(|| must_end(self.run)) {
            Some(failure) => Err(failure.into()),
            None => Ok(result?),
        }
    }
}

impl Watched<'_> {
    fn ended(&self) -> MutexGuard<'_, Option<Failure>> {
        held(&self.ended)
    }

    /// Hands rows on, unless the run must end.
    fn pass(
        &self,
        batch: RecordBatch,
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.bar.advance(batch.num_rows() as u64);
        if let Some(failure) = must_end(self.run) {
            *self.ended() = Some(failure);
            return ControlFlow::Break(());
        }
        each(batch)
    }

    /// The analyses' own error where the run must end: they know no other.
    fn told(&self, table: &TableInfo, part: &Part) -> Result<(), TablesError> {
        match &*self.ended() {
            None => Ok(()),
            Some(failure) => Err(TablesError {
                table: table.name,
                source_digest: part.source,
                message: failure.to_string(),
            }),
        }
    }
}

/// Why the run must end now, if it must.
fn must_end(run: &Run) -> Option<Failure> {
    if run.is_stopped() {
        return Some(Failure::new(Exit::Stopped, phrase!("stopped")));
    }
    let limit = run.memory_limit?;
    let used = memory_used().filter(|used| *used > limit)?;
    let bytes = |n| HumanBytes(n).to_string();
    let what = phrase!("analyse.memory", limit = bytes(limit), used = bytes(used));
    Some(Failure::new(Exit::Failed, what).hint(phrase!("analyse.memory.hint")))
}

/// Bytes of memory that the program takes now, where the system tells (Linux, proc(5): `VmRSS` in kB of 1,024 bytes).
fn memory_used() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|n| n << 10)
}

impl Tables for Watched<'_> {
    fn parts(&self, table: &TableInfo) -> Vec<Part> {
        let parts = self.tables.parts(table);
        let n_rows: u64 = parts.iter().map(|part| part.n_rows).sum();
        self.bar.restart(table.name, n_rows * self.passes);
        parts
    }

    fn scan(
        &self,
        table: &TableInfo,
        part: &Part,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        self.tables.scan(table, part, columns, &mut |batch| self.pass(batch, each))?;
        self.told(table, part)
    }

    fn read_us(&self, table: &TableInfo, part: &Part) -> Option<i64> {
        self.tables.read_us(table, part)
    }

    fn rows(
        &self,
        table: &TableInfo,
        part: &Part,
        ranges: &[Range<u64>],
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        self.tables.rows(table, part, ranges, columns, &mut |batch| self.pass(batch, each))?;
        self.told(table, part)
    }

    fn coded_rows(
        &self,
        table: &TableInfo,
        part: &Part,
        rows: Range<u64>,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        self.tables.coded_rows(table, part, rows, columns, &mut |batch| self.pass(batch, each))?;
        self.told(table, part)
    }
}

/// A shelf of runs that is closed when the user has asked to stop, and that keeps what the disk said: analyses tell a
/// failure in words only.
pub struct WatchedShelf<'a> {
    shelf: &'a dyn Shelf,
    run: &'a Run,
    failed: Mutex<Option<io::Error>>,
}

impl<'a> WatchedShelf<'a> {
    /// Watches over `shelf`.
    pub fn new(shelf: &'a dyn Shelf, run: &'a Run) -> Self {
        Self { shelf, run, failed: Mutex::default() }
    }

    /// What came of the work: the disk's own error where there was one.
    ///
    /// # Errors
    /// The work's own error, or the disk's.
    pub fn end<T>(&self, result: anyhow::Result<T>) -> anyhow::Result<T> {
        let failed = held(&self.failed).take();
        match (result, failed) {
            (Err(error), Some(_)) if crate::ending::exit_of(&error) == Exit::Stopped => Err(error),
            (Err(_), Some(error)) => Err(error).doing(|| phrase!("analyse.runs")),
            (result, _) => result,
        }
    }

    fn go_on(&self) -> io::Result<()> {
        if self.run.is_stopped() { Err(io::Error::other("stopped")) } else { Ok(()) }
    }

    fn kept<T>(&self, result: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &result {
            // Altered bytes are made anew.
            let same = |code| io::Error::from_raw_os_error(code);
            let same = error.raw_os_error().map(same);
            if let Some(same) = same {
                *held(&self.failed) = Some(same);
            }
        }
        result
    }
}

impl Shelf for WatchedShelf<'_> {
    fn create(&self, name: &str) -> io::Result<Box<dyn Shelved + '_>> {
        self.go_on()?;
        let file = self.kept(self.shelf.create(name))?;
        Ok(Box::new(WatchedFile { file, shelf: self }))
    }

    fn open(&self, name: &str, digest: Digest) -> io::Result<Box<dyn Read + Send + '_>> {
        self.go_on()?;
        let file = self.kept(self.shelf.open(name, digest))?;
        Ok(Box::new(WatchedFile { file, shelf: self }))
    }

    fn keep_only(&self, names: &BTreeSet<String>) -> io::Result<()> {
        self.kept(self.shelf.keep_only(names))
    }
}

struct WatchedFile<'a, F> {
    file: F,
    shelf: &'a WatchedShelf<'a>,
}

impl<F: Read> Read for WatchedFile<'_, F> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.shelf.go_on()?;
        self.shelf.kept(self.file.read(bytes))
    }
}

impl Write for WatchedFile<'_, Box<dyn Shelved + '_>> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.shelf.go_on()?;
        self.shelf.kept(self.file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.shelf.kept(self.file.flush())
    }
}

impl Shelved for WatchedFile<'_, Box<dyn Shelved + '_>> {
    fn end(self: Box<Self>) -> io::Result<Digest> {
        let Self { file, shelf } = *self;
        shelf.kept(file.end())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use tutela_model::Digest;

    use super::*;
    use crate::cli::Cli;

    /// One table of one row, forever.
    struct Endless;

    impl Tables for Endless {
        fn parts(&self, _: &TableInfo) -> Vec<Part> {
            let source = Digest::of(b"endless");
            vec![Part { source, n_rows: u64::MAX, digest: source }]
        }

        fn scan(
            &self,
            table: &TableInfo,
            _: &Part,
            _: &[&str],
            each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
        ) -> Result<(), TablesError> {
            while each(RecordBatch::new_empty((table.schema)())).is_continue() {}
            Ok(())
        }
    }

    fn derive(run: &Run) -> Exit {
        let watched = Watched::new(&Endless, run);
        let result = tutela_analyses::derive(&watched, &Default::default(), &mut |_| ());
        let error = watched.end(result.map(|_| ())).expect_err("the tables never end");
        crate::ending::exit_of(&error)
    }

    #[test]
    fn analyses_end_when_the_user_asks_or_memory_is_at_its_limit() {
        let run = |arguments: &[&str]| {
            Run::new(Cli::parse_from([&["tutela", "-q", "analyse"], arguments].concat()).globals)
        };
        let stopped = run(&[]);
        stopped.stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(derive(&stopped), Exit::Stopped);
        if cfg!(target_os = "linux") {
            assert_eq!(derive(&run(&["--memory-limit", "1M"])), Exit::Failed);
        }
    }
}
