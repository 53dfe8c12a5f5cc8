//! What the frames cost: a child that sends as fast as it can, and a parent that counts.

use std::io::{self, Write, stdout};
use std::ops::ControlFlow;
use std::time::Instant;

use tutela_evidence::child::{Resume, Teller, Turn};
use tutela_evidence::entry::{Entry, Found, Part, Run, Stamp, Times, Unread};
use tutela_evidence::frame::{Hello, Progress};
use tutela_evidence::parent::{Receive, Received};
use tutela_model::tables::{FileKind, FileState};

use crate::{Result, follow, itself};

/// `bytes`: one file of so many megabytes. `entries`: a thousand entries for each, with four digests.
pub fn send(what: &str, megabytes: &str) -> Result<()> {
    let megabytes: u64 = megabytes.parse()?;
    let mut teller = Teller::new(stdout(), Hello::default(), Resume::default())?;
    let stamp = |at_us| Some(Stamp { at_us, width_us: 1, local: false });
    let (created, modified, accessed, changed) =
        (stamp(1 << 50), stamp(1 << 50), stamp(1 << 50), stamp(1 << 50));
    let mut entry = Entry {
        path: String::new(),
        kind: FileKind::File,
        state: FileState::Allocated,
        size: 20_000,
        id: "35-128-1".to_owned(),
        times: Times { created, modified, accessed, changed },
        runs: vec![Run { offset: Some(1 << 33), length: 20_480 }],
        found: Found::Recorded,
    };
    let n_entries = if what == "bytes" { 1 } else { megabytes * 1000 };
    let piece = vec![7; 1 << 20];
    for idx in 0..n_entries {
        entry.path = format!("volume-1/Users/somebody/Pictures/holidays/IMG_{idx:07}.JPG");
        let Turn::Read(number) = teller.entry(&entry)? else { continue };
        if what == "bytes" {
            (0..megabytes).try_for_each(|_| teller.bytes(number, &piece))?;
        } else {
            for (name, length) in [("md5", 16), ("sha1", 20), ("sha256", 32), ("ed2k", 16)] {
                teller.value(number, name, &piece[..length])?;
            }
        }
        teller.done(number)?;
    }
    teller.end()?;
    Ok(())
}

pub fn drain(what: &str, megabytes: &str) -> Result<()> {
    let started = Instant::now();
    let mut count = Count::default();
    let summary = follow(&|_: &Resume| itself(&["pipe", what, megabytes]), &mut count)?;
    let ms = started.elapsed().as_millis();
    writeln!(
        io::stdout(),
        "{} entries, {} bytes in {ms} ms; complete: {}",
        summary.entries,
        count.bytes,
        summary.complete
    )?;
    Ok(())
}

#[derive(Default)]
struct Count {
    bytes: u64,
}

impl Receive for Count {
    fn entry(&mut self, _: Received) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn bytes(&mut self, _: u64, bytes: &[u8]) -> ControlFlow<()> {
        self.bytes += bytes.len() as u64;
        ControlFlow::Continue(())
    }

    fn dropped(&mut self, _: u64) {}

    fn part(&mut self, _: Part) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        eprintln!("{}: {}", unread.place, unread.found);
        ControlFlow::Continue(())
    }

    fn progress(&mut self, _: &Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
