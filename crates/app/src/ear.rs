//! Who listens to a run instead of a terminal: the web app, which runs verbs on behalf of its users and hands them what
//! these write, what they say, and how far they are.

use std::sync::{Mutex, MutexGuard};

use indicatif::ProgressBar;

use crate::held::held;

/// What a run writes and says, kept until somebody asks.
#[derive(Default)]
pub struct Ear {
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    data: Vec<u8>,
    talk: Vec<String>,
    bar: Option<ProgressBar>,
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// What is being worked on: a table.
    pub what: String,
    /// Units that are done.
    pub done: u64,
    /// Units there are; 0 where that is not known.
    pub total: u64,
    /// Units a second.
    pub per_second: u64,
    /// Seconds left, as far as the rate tells.
    pub left_s: u64,
}

/// Lines of talk that are kept: the first, since a verb that says more has said what matters.
const LINES: usize = 1_000;

impl Ear {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        held(&self.heard)
    }

    /// Takes data.
    pub fn write(&self, bytes: &[u8]) {
        self.heard().data.extend_from_slice(bytes);
    }

    /// Takes a line of talk.
    pub fn say(&self, line: String) {
        let mut heard = self.heard();
        if heard.talk.len() < LINES {
            heard.talk.push(line);
        }
    }

    /// Watches a bar from here on.
    pub fn watch(&self, bar: &ProgressBar) {
        self.heard().bar = Some(bar.clone());
    }

    /// The data that was written, which is then no longer kept.
    pub fn data(&self) -> Vec<u8> {
        std::mem::take(&mut self.heard().data)
    }

    /// What was said.
    pub fn talk(&self) -> Vec<String> {
        self.heard().talk.clone()
    }

    /// How far the run is; none while nothing is counted.
    pub fn progress(&self) -> Option<Progress> {
        let heard = self.heard();
        let bar = heard.bar.as_ref().filter(|bar| !bar.is_finished())?;
        Some(Progress {
            what: bar.message(),
            done: bar.position(),
            total: bar.length().unwrap_or_default(),
            per_second: bar.per_sec() as u64,
            left_s: bar.eta().as_secs(),
        })
    }
}
