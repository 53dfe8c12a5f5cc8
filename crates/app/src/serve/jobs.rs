//! Work in the background: verbs that take longer than a request may. Each has its progress and can be stopped; what a
//! verb stored until then holds, and running it again goes on from there.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tutela_model::Lang;
use utoipa::ToSchema;

use super::api::JobState;
use crate::ear::Ear;
use crate::ending::{self, Exit};
use crate::held::held;
use crate::operation::now;
use crate::run::Run;

/// All work that was asked for since the server was started.
#[derive(Default)]
pub struct Jobs {
    all: Mutex<BTreeMap<u64, Arc<Job>>>,
}

/// A piece of work.
pub struct Job {
    /// Its number, from 1.
    pub id: u64,
    /// Its verb.
    pub verb: &'static str,
    begun: Timestamp,
    stop: Arc<AtomicBool>,
    ear: Arc<Ear>,
    ended: Mutex<Option<Ended>>,
}

/// How work ended.
#[derive(Clone)]
struct Ended {
    at: Timestamp,
    exit: Exit,
    data: Value,
    error: Option<String>,
}

/// A piece of work as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobTold {
    /// Its number, from 1.
    id: u64,
    /// Its verb: `analyse`, `verify`, `rebuild`, `what_if`, `report`, `prepare` (a table, to be sorted and filtered).
    #[schema(value_type = String)]
    verb: &'static str,
    /// How it stands.
    #[schema(value_type = JobState)]
    state: &'static str,
    /// When it was begun, RFC 3339, UTC.
    begun_at: String,
    /// When it ended; null while it runs.
    ended_at: Option<String>,
    /// How far it is; null where nothing is counted.
    progress: Option<Progress>,
    /// What it said, a line each.
    talk: Vec<String>,
    /// The code that the command line would have ended with; null while it runs.
    exit: Option<i32>,
    /// What it made, as the command line writes it with --json; null while it runs.
    data: Value,
    /// What went wrong, with how to mend it.
    error: Option<String>,
}

impl JobTold {
    /// Its verb.
    pub fn verb(&self) -> &'static str {
        self.verb
    }

    /// Whether it is being done.
    pub fn is_running(&self) -> bool {
        self.state == "running"
    }

    /// What went wrong, where it ended with that.
    pub fn failed(&self) -> Option<&str> {
        self.error.as_deref().filter(|_| self.state == "failed")
    }
}

/// How far a piece of work is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Progress {
    /// What is worked on: a table.
    what: String,
    /// Units that are done.
    done: u64,
    /// Units there are; 0 where that is not known.
    total: u64,
    /// Units a second.
    per_second: u64,
    /// Seconds left, as far as the rate tells.
    left_s: u64,
}

/// How many ended pieces of work are remembered.
const REMEMBERED: usize = 100;

impl Jobs {
    /// Begins a verb in the background. None when one of the same name runs already.
    pub fn begin(
        &self,
        run: Run,
        verb: &'static str,
        work: impl FnOnce(&Run) -> anyhow::Result<Exit> + Send + 'static,
    ) -> Option<Arc<Job>> {
        let mut all = held(&self.all);
        if all.values().any(|job| job.verb == verb && held(&job.ended).is_none()) {
            return None;
        }
        let id = all.last_key_value().map_or(1, |(id, _)| id + 1);
        let (stop, ear) = (Arc::<AtomicBool>::default(), Arc::<Ear>::default());
        let run = Run { stop: Arc::clone(&stop), ear: Some(Arc::clone(&ear)), quiet: false, ..run };
        let job = Arc::new(Job { id, verb, begun: now(), stop, ear, ended: Mutex::default() });
        all.insert(id, Arc::clone(&job));
        while all.len() > REMEMBERED {
            all.pop_first();
        }
        drop(all);
        let working = Arc::clone(&job);
        tokio::task::spawn_blocking(move || working.end(work(&run), run.lang));
        Some(job)
    }

    /// A piece of work by its number.
    pub fn get(&self, id: u64) -> Option<Arc<Job>> {
        held(&self.all).get(&id).cloned()
    }

    /// The work of a verb that runs.
    pub fn running(&self, verb: &str) -> Option<Arc<Job>> {
        let all = held(&self.all);
        all.values().find(|job| job.verb == verb && held(&job.ended).is_none()).cloned()
    }

    /// All that is remembered, the latest first.
    pub fn all(&self) -> Vec<JobTold> {
        held(&self.all).values().rev().map(|job| job.told()).collect()
    }

    /// Asks all work to stop.
    pub fn stop_all(&self) {
        held(&self.all).values().for_each(|job| job.stop());
    }
}

impl Job {
    /// Asks it to stop after the record at hand.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    fn end(&self, result: anyhow::Result<Exit>, lang: Lang) {
        let data = serde_json::from_slice(&self.ear.data()).unwrap_or(Value::Null);
        let (exit, error) = match result {
            Ok(exit) => (exit, None),
            Err(error) => (ending::exit_of(&error), Some(ending::tell(&error, lang))),
        };
        *held(&self.ended) = Some(Ended { at: now(), exit, data, error });
    }

    /// As it stands.
    pub fn told(&self) -> JobTold {
        let ended = held(&self.ended).clone();
        let state = match &ended {
            None => "running",
            Some(Ended { exit: Exit::Done | Exit::Problems | Exit::Found, .. }) => "done",
            Some(Ended { exit: Exit::Stopped, .. }) => "stopped",
            Some(_) => "failed",
        };
        let progress = self.ear.progress().filter(|_| ended.is_none()).map(|progress| Progress {
            what: progress.what,
            done: progress.done,
            total: progress.total,
            per_second: progress.per_second,
            left_s: progress.left_s,
        });
        JobTold {
            id: self.id,
            verb: self.verb,
            state,
            begun_at: self.begun.to_string(),
            ended_at: ended.as_ref().map(|ended| ended.at.to_string()),
            progress,
            talk: self.ear.talk(),
            exit: ended.as_ref().map(|ended| ended.exit as i32),
            data: ended.as_ref().map_or(Value::Null, |ended| ended.data.clone()),
            error: ended.and_then(|ended| ended.error),
        }
    }
}
