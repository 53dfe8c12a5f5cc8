//! A receiver that keeps what comes, and the program that the tests start again and again.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use tutela_evidence::child::Resume;
use tutela_evidence::entry::{Part, Unread};
use tutela_evidence::frame::Progress;
use tutela_evidence::parent::{Budget, Receive, Received, Summary, Watch, read};

/// The example `evidence_child`, which cargo builds with the tests of the package.
pub fn program() -> PathBuf {
    let tests = std::env::current_exe().expect("a running test has a path");
    let folder = tests.ancestors().nth(2).expect("tests lie in a folder of the target folder");
    let program = folder.join("examples").join(format!("evidence_child{}", std::env::consts::EXE_SUFFIX));
    assert!(program.is_file(), "not built: {}; cargo test -p tutela-evidence builds it", program.display());
    program
}

/// What came.
#[derive(Debug, Default)]
pub struct Kept {
    pub entries: Vec<Received>,
    pub bytes: BTreeMap<u64, Vec<u8>>,
    pub parts: Vec<Part>,
    pub unread: Vec<Unread>,
    pub summary: Summary,
}

impl Receive for Kept {
    fn entry(&mut self, received: Received) -> ControlFlow<()> {
        self.entries.push(received);
        ControlFlow::Continue(())
    }

    fn bytes(&mut self, number: u64, bytes: &[u8]) -> ControlFlow<()> {
        self.bytes.entry(number).or_default().extend(bytes);
        ControlFlow::Continue(())
    }

    fn dropped(&mut self, number: u64) {
        self.bytes.remove(&number);
    }

    fn part(&mut self, part: Part) -> ControlFlow<()> {
        self.parts.push(part);
        ControlFlow::Continue(())
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        self.unread.push(unread);
        ControlFlow::Continue(())
    }

    fn progress(&mut self, _: &Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Reads with a child of some verb and arguments; where to begin stands after the verb's first `before` arguments.
pub fn kept(arguments: &[&str], before: usize, budget: &Budget, stop: &dyn Fn() -> Option<String>) -> Kept {
    let program = program();
    let command = |resume: &Resume| {
        let mut command = Command::new(&program);
        command.args(&arguments[..before]).arg(resume.argument()).args(&arguments[before..]);
        command
    };
    let started = Instant::now();
    let watch = Watch { now: &|| started.elapsed(), stop };
    let mut kept = Kept::default();
    kept.summary = read(&command, &Resume::default(), budget, &watch, &mut kept).expect("the child starts");
    kept
}
