//! Read-only SQL over the stored tables of an operation, behind a plain face: text in, cells out.
//!
//! Apache DataFusion does the work and compiles for tens of CPU-minutes, so it comes with the feature `sql` only.
//! No type of it shows here, and no analysis of the main job needs it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

pub mod cluster;

#[cfg(feature = "sql")]
mod cells;
#[cfg(feature = "sql")]
mod session;

/// What a query may use.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Memory in bytes for what sorting, joining and grouping hold; beyond it they write to `spill`.
    pub memory_bytes: usize,
    /// The folder for what does not fit in memory; what a query wrote there is removed when it ends.
    pub spill: PathBuf,
    /// After this time the query is stopped.
    pub timeout: Duration,
    /// The most rows that are handed back.
    pub n_rows: usize,
    /// The threads that work on it. Without `ORDER BY` the order of rows may depend on their number.
    pub n_threads: usize,
}

/// A table's name and the Parquet files that hold its rows.
pub type Files<'a> = (&'a str, Vec<PathBuf>);

/// The rows that a query gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The columns' names, in order.
    pub columns: Vec<String>,
    /// The rows: an unknown value is null, a number a number, everything else a text. Times are RFC 3339 in UTC,
    /// addresses as people write them.
    pub rows: Vec<Vec<Value>>,
    /// Whether there were more rows than [`Limits::n_rows`].
    pub more: bool,
}

/// Why a query gave no rows.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The program was built without DataFusion.
    #[error(
        "this build of the program has no SQL\nhint: build it with the feature `sql`: cargo build --release --features sql"
    )]
    NotBuilt,
    /// Something other than a question: it would change data or settings, or read another file.
    #[error("only questions are answered (SELECT, WITH, EXPLAIN, SHOW, DESCRIBE): {0}")]
    NotAQuestion(String),
    /// A word that is no SQL, or a table or column that is not there.
    #[error("the query cannot be understood: {0}")]
    Query(String),
    /// The query needs more memory or disk than it may use.
    #[error(
        "the query needs more than its limit\nhint: raise --memory-limit, or group and filter first: {0}"
    )]
    Memory(String),
    /// The query took longer than it may.
    #[error("the query was stopped after {} s\nhint: ask for less, or raise its time", .0.as_secs())]
    Timeout(Duration),
    /// The program was built without the engine for several machines.
    #[error(
        "this build of the program works on one machine\nhint: build it with the feature `cluster`: cargo build --release --features cluster"
    )]
    NoCluster,
    /// A worker's address that other machines could reach.
    #[error(
        "{0} is not an address of this machine alone, and what goes between workers is not encrypted\nhint: use 127.0.0.1 or [::1], and bring the other machine's port here through a tunnel: ssh -L"
    )]
    NotThisMachine(SocketAddr),
    /// A worker is another program, which may count otherwise.
    #[error(
        "the worker {worker} is another program: {said}, and this is {expected}\nhint: start the same program on all machines"
    )]
    OtherProgram {
        /// Its address.
        worker: SocketAddr,
        /// What it says that it is.
        said: String,
        /// What this program is.
        expected: String,
    },
    /// No worker answers any more.
    #[error("no worker answers: {}\nhint: start them with tutela worker, or leave --cluster out", listed(.0))]
    NoWorker(Vec<SocketAddr>),
    /// An address that cannot be used, or the engine or what the workers do failed.
    #[error("the work on several machines failed: {0}")]
    Cluster(String),
    /// A stored file or the spill folder cannot be used, or the engine failed.
    #[error("the query failed: {0}")]
    Failed(String),
}

fn listed(workers: &[SocketAddr]) -> String {
    workers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Answers a question in SQL over the tables of an operation.
///
/// Every table of the model can be named, whether it has files or not. Besides DataFusion's functions there are
/// `address_text(address)`, the text of a stored address, and `address(text)`, its stored form, to compare with.
///
/// # Errors
/// See [`EngineError`]. Without the feature `sql` always [`EngineError::NotBuilt`].
#[cfg(feature = "sql")]
pub fn query(tables: &[Files<'_>], sql: &str, limits: &Limits) -> Result<Answer, EngineError> {
    session::query(tables, sql, limits)
}

/// Answers that this build has no SQL, and how to get it.
///
/// # Errors
/// Always [`EngineError::NotBuilt`].
#[cfg(not(feature = "sql"))]
pub fn query(_: &[Files<'_>], _: &str, _: &Limits) -> Result<Answer, EngineError> {
    Err(EngineError::NotBuilt)
}

#[cfg(all(test, not(feature = "sql")))]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_sql_says_how_to_get_it() {
        let limits = Limits {
            memory_bytes: 1,
            spill: PathBuf::new(),
            timeout: Duration::ZERO,
            n_rows: 1,
            n_threads: 1,
        };
        let error = query(&[], "SELECT 1", &limits).expect_err("there is no SQL");
        assert!(error.to_string().contains("--features sql"), "{error}");
    }
}
