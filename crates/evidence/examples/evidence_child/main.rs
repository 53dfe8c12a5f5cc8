//! Parent and child in one program, as the real one is: it starts itself again under a hidden verb.
//!
//! `evidence_child native IMAGE`, `evidence_child sleuthkit IMAGE…` and `evidence_child icat IMAGE…` list an image's
//! entries with the SHA-256 of their bytes, read by a child; the last has every file's bytes from a process of its own.
//! The other verbs are for tests and measures: `child` is what these start, `probe` tries what the sandbox forbids, `act`
//! is a child that misbehaves, `pipe` sends frames as fast as it can and `drain` takes them.

use std::env;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use tutela_evidence::child::Resume;
use tutela_evidence::entry::{Part, Unread};
use tutela_evidence::frame::Progress;
use tutela_evidence::parent::{Budget, Receive, Received, Summary, Watch, read};

mod act;
mod pipe;
#[cfg(target_os = "linux")]
mod probe;
mod reader;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match &words[..] {
        [reader @ ("native" | "sleuthkit" | "icat"), images @ ..] if !images.is_empty() => {
            list(reader, images)
        }
        ["child", reader, resume, at_once, images @ ..] if !images.is_empty() => {
            reader::child(reader, resume, at_once, images)
        }
        #[cfg(target_os = "linux")]
        ["probe", what, path] => probe::probe(what, path),
        ["act", what, resume] => act::act(what, resume),
        ["pipe", what, megabytes] => pipe::send(what, megabytes),
        ["drain", what, megabytes] => pipe::drain(what, megabytes),
        _ => Err("usage: evidence_child native|sleuthkit|icat IMAGE…".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The program itself under another verb. The parent adds where to begin.
fn itself(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::current_exe().expect("a running program has a path"));
    command.args(arguments);
    command
}

/// Reads with a clock and no wish to stop.
fn follow(command: &dyn Fn(&Resume) -> Command, receive: &mut dyn Receive) -> Result<Summary> {
    let started = Instant::now();
    let watch = Watch { now: &|| started.elapsed(), stop: &|| None };
    Ok(read(command, &Resume::default(), &Budget::default(), &watch, receive)?)
}

/// Reads images, or the segments of one, in children.
fn children(reader: &str, images: &[&str], receive: &mut dyn Receive) -> Result<Summary> {
    let at_once = std::thread::available_parallelism()?.get().to_string();
    let images: Vec<PathBuf> = images.iter().map(std::fs::canonicalize).collect::<io::Result<_>>()?;
    let command = |resume: &Resume| {
        let mut command = itself(&["child", reader, &resume.argument(), &at_once]);
        command.args(&images);
        command
    };
    follow(&command, receive)
}

fn list(reader: &str, images: &[&str]) -> Result<()> {
    let started = Instant::now();
    let mut printer = Printer { out: io::stdout().lock() };
    let summary = children(reader, images, &mut printer)?;
    let Printer { mut out } = printer;
    for hello in &summary.children {
        writeln!(out, "reader {}; held: {}", hello.reader, hello.held.join(", "))?;
        hello.lacking.iter().try_for_each(|lacking| writeln!(out, "lacking: {lacking}"))?;
    }
    let seconds = started.elapsed().max(Duration::from_millis(1)).as_millis();
    let per_s = u128::from(summary.entries) * 1000 / seconds;
    writeln!(
        out,
        "{} entries in {seconds} ms, {per_s} a second; complete: {}",
        summary.entries, summary.complete
    )?;
    if summary.complete { Ok(()) } else { Err("the image was not read to its end".into()) }
}

/// Prints what comes, with characters that act written out.
struct Printer<W> {
    out: W,
}

impl<W: Write> Printer<W> {
    fn line(&mut self, line: std::fmt::Arguments<'_>) -> ControlFlow<()> {
        match writeln!(self.out, "{line}") {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

impl<W: Write> Receive for Printer<W> {
    fn entry(&mut self, Received { entry, values, .. }: Received) -> ControlFlow<()> {
        let digest: String =
            values.iter().flat_map(|value| &value.bytes).map(|byte| format!("{byte:02x}")).collect();
        let (kind, state, path) = (entry.kind.word(), entry.state.word(), entry.path.escape_debug());
        self.line(format_args!("{}\t{kind}\t{state}\t{}\t{digest}\t{path}", entry.id, entry.size))
    }

    fn bytes(&mut self, _: u64, _: &[u8]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn dropped(&mut self, _: u64) {}

    fn part(&mut self, part: Part) -> ControlFlow<()> {
        self.line(format_args!(
            "part\t{}\t{}+{}\t{}",
            part.name,
            part.offset,
            part.length,
            part.what.escape_debug()
        ))
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        let (place, found) = (unread.place.escape_debug(), unread.found.escape_debug());
        self.line(format_args!("unread\t{:?}\t{place}\t{}\t{found}", unread.why, unread.expected))
    }

    fn progress(&mut self, _: &Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
