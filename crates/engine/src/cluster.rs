//! Work on several machines, through datafusion-distributed: questions in bytes go out as the leaves of a plan, answers in
//! bytes come back.
//!
//! A worker is the same program on another machine. It listens on the one address that it is told, connects to none, runs
//! the one kind of step that stands here and refuses every other plan, and writes nothing to disk: what it makes is
//! streamed to whoever asked.
//!
//! Questions are asked a few for each worker at a time. When a worker dies, what it had not answered is asked again of
//! those that still answer; what came is kept. An answer counts when all of its bytes are there.
//!
//! Absent: encryption, and a check of who asks. Addresses that are not the machine's own are therefore refused; a tunnel
//! brings another machine's port to this one (`ssh -L`, WireGuard with a forwarded port).
//!
//! The feature `cluster` builds it. Without it the two functions say so.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::EngineError;

#[cfg(feature = "cluster")]
mod channels;
#[cfg(feature = "cluster")]
mod coordinator;
#[cfg(feature = "cluster")]
mod step;
#[cfg(feature = "cluster")]
mod worker;

/// Answers a question; an error is told to whoever asked.
pub type Work = dyn Fn(&[u8]) -> Result<Vec<u8>, String> + Send + Sync;

/// What a worker is.
#[derive(Clone)]
pub struct WorkerSettings {
    /// The address to listen on, the only port that is opened. Port 0 lets the machine choose.
    pub listen: SocketAddr,
    /// What program it is: whoever asks must be the same.
    pub version: String,
    /// Questions that are worked on at one time.
    pub jobs: usize,
    /// What it does.
    pub work: Arc<Work>,
    /// Whether it is to end.
    pub stopped: Arc<dyn Fn() -> bool + Send + Sync>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The question, by its position.
    pub question: usize,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Who gave them.
    pub worker: SocketAddr,
}

/// How the workers did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workers {
    /// Those that are still there.
    pub present: Vec<SocketAddr>,
    /// Those that did not answer, or not to the end.
    pub lost: Vec<SocketAddr>,
}

/// Works until it is stopped. `listening` is told the address before the first question can come.
///
/// # Errors
/// The address is taken, or is not this machine's own. Without the feature `cluster` always
/// [`EngineError::NoCluster`].
pub fn serve(settings: WorkerSettings, listening: &mut dyn FnMut(SocketAddr)) -> Result<(), EngineError> {
    #[cfg(feature = "cluster")]
    return worker::serve(settings, listening);
    #[cfg(not(feature = "cluster"))]
    {
        let _ = (settings, listening);
        Err(EngineError::NoCluster)
    }
}

/// Asks questions of the workers; `take` is given the answers in the order of the questions, and may break it off.
///
/// # Errors
/// No worker is left, one is another program, or a question has no answer. Without the feature `cluster` always
/// [`EngineError::NoCluster`].
pub fn ask(
    workers: &[SocketAddr],
    version: &str,
    questions: &[Vec<u8>],
    take: &mut dyn FnMut(Answered) -> ControlFlow<()>,
) -> Result<Workers, EngineError> {
    #[cfg(feature = "cluster")]
    return coordinator::ask(workers, version, questions, take);
    #[cfg(not(feature = "cluster"))]
    {
        let _ = (workers, version, questions, take);
        Err(EngineError::NoCluster)
    }
}
