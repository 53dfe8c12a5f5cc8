//! Workers on other machines that count sightings for this one.
//!
//! Tables lie on storage that all machines share. This machine says which rows of which part to count, a worker reads them
//! there and sends back a run; what is made of the runs is made here, as if they had been counted here.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tutela_analyses::sharing::{Makers, Parcel, Piece, is_rechecked, run_of};
use tutela_case::{Case, Stored};
use tutela_engine::EngineError;
use tutela_engine::cluster::{Work, Workers, ask};
use tutela_model::Digest;

use crate::analysis::made_with;
use crate::held::held;
use crate::progress::{Bar, Unit};
use crate::run::Run;
use crate::talk::phrase;

/// The workers of a run of the analyses.
pub struct Cluster<'a> {
    run: &'a Run,
    workers: &'a [SocketAddr],
    ended: Mutex<(Counted, Option<EngineError>)>,
}

/// What the workers counted.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// Runs that they made.
    pub n_runs: usize,
    /// Those of them that were made again here, and were the same.
    pub n_rechecked: usize,
    /// Who was there at the end, and who was lost.
    pub workers: Workers,
}

impl<'a> Cluster<'a> {
    /// These workers; none of them is spoken to yet.
    pub fn new(run: &'a Run, workers: &'a [SocketAddr]) -> Self {
        Self { run, workers, ended: Mutex::default() }
    }

    fn ended(&self) -> MutexGuard<'_, (Counted, Option<EngineError>)> {
        held(&self.ended)
    }

    /// What came of the work: the engine's own error where there was one, which analyses tell in words only.
    ///
    /// # Errors
    /// The work's own error, or the engine's.
    pub fn end<T>(&self, result: anyhow::Result<T>) -> anyhow::Result<T> {
        match (result, self.ended().1.take()) {
            (Err(_), Some(error)) => Err(error.into()),
            (result, _) => result,
        }
    }

    /// What the workers counted.
    pub fn counted(&self) -> Counted {
        self.ended().0.clone()
    }
}

impl Makers for Cluster<'_> {
    fn n_makers(&self) -> usize {
        self.workers.len()
    }

    fn make(
        &self,
        pieces: &[Piece],
        take: &mut dyn FnMut(usize, Parcel) -> ControlFlow<()>,
    ) -> io::Result<()> {
        if pieces.is_empty() {
            return Ok(());
        }
        let questions: Vec<Vec<u8>> =
            pieces.iter().map(|piece| serde_json::to_vec(piece).expect("a piece is plain")).collect();
        let bar = Bar::new(self.run, Unit::Rows, pieces.iter().map(|piece| piece.n_rows).sum());
        let asked = ask(self.workers, &made_with(), &questions, &mut |answered| {
            if self.run.is_stopped() {
                return ControlFlow::Break(());
            }
            let piece = &pieces[answered.question];
            bar.advance(piece.n_rows);
            take(answered.question, Parcel { bytes: answered.bytes, maker: answered.worker.to_string() })
        });
        bar.end();
        if self.run.is_stopped() {
            return Err(io::Error::other("stopped"));
        }
        match asked {
            Ok(workers) => {
                for lost in &workers.lost {
                    self.run.warn(phrase!("cluster.lost", worker = lost.to_string()));
                }
                let n_rechecked = (0..pieces.len()).filter(|at| is_rechecked(pieces, *at)).count();
                self.ended().0 = Counted { n_runs: pieces.len(), n_rechecked, workers };
                Ok(())
            }
            Err(error) => {
                let said = io::Error::other(error.to_string());
                self.ended().1 = Some(error);
                Err(said)
            }
        }
    }
}

/// What a worker does: it counts the sightings of the piece that it is asked for. `done` is told each piece.
pub fn work(case: Case, done: impl Fn(&Piece) + Send + Sync + 'static) -> Arc<Work> {
    let tables = Mutex::new(Seen { case, checked: BTreeSet::new() });
    Arc::new(move |question: &[u8]| {
        let piece: Piece = serde_json::from_slice(question).map_err(|error| error.to_string())?;
        let stored = tables
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .tables(&piece)
            .map_err(|error| error.to_string())?;
        let run = run_of(&stored, &piece).map_err(|error| error.to_string())?;
        done(&piece);
        Ok(run)
    })
}

/// The operation as the worker has seen it.
struct Seen {
    case: Case,
    /// The files received whose tables were held against their digests.
    checked: BTreeSet<Digest>,
}

impl Seen {
    /// The tables, those of the piece's file compared with the record before they are read first.
    fn tables(&mut self, piece: &Piece) -> anyhow::Result<Stored> {
        let source: Digest = piece.source.parse()?;
        if self.case.import(source).is_none() {
            // It may have come after the worker began.
            self.case = Case::open(self.case.dir())?;
        }
        if let Some(import) = self.case.import(source)
            && !self.checked.contains(&source)
        {
            self.case.check_tables_of(import)?;
            self.checked.insert(source);
        }
        Ok(self.case.tables())
    }
}
