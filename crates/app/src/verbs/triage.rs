//! `tutela triage`: a first look at a device, an image or a folder, against lists of known files. It reads samples, says
//! after each round what they show and how far they carry, and may be stopped at any time. It needs no operation, and
//! writes nothing to what it reads.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use tutela_evidence::child::Resume;
use tutela_evidence::entry::Why;
use tutela_evidence::parent::{self, Budget, Watch};
use tutela_matchers::index::Lists;
use tutela_model::Phrase;
use tutela_outputs::shown::plain;

use super::hash::{disk, outside_of_what_is_read};
use crate::columns::write_columns;
use crate::ending::{Doing as _, Exit, Failure};
use crate::progress::{Bar, Unit};
use crate::run::{Format, Run, width};
use crate::talk::{path_text, phrase};
use crate::triage::answer::Answer;
use crate::triage::child::{self, ALL_PPM};
use crate::triage::said::ListName;
use crate::triage::statement;

/// Options of `triage`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A disk, an image (its first segment) or a folder
    path: PathBuf,
    /// Lists of known files, as `tutela lists build` makes them
    #[arg(long, value_name = "LIST", required = true, num_args = 1..)]
    lists: Vec<PathBuf>,
    /// How much of it is read at most, in percent
    #[arg(long, value_name = "PERCENT", default_value = "100", value_parser = percent)]
    read: u64,
    /// Minutes that it takes at most
    #[arg(long, value_name = "N", default_value_t = 10_080)]
    max_minutes: u64,
    /// The largest file that is read, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 4096)]
    largest: u64,
    /// How much space is read at once, in KiB [default: 64, or 1024 where the disk spins and all may be read]
    #[arg(long, value_name = "KIB", value_parser = clap::value_parser!(u64).range(64..=16_384))]
    extent: Option<u64>,
    /// What decides the samples, to draw the same again [default: another one each time]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// List its files with the Sleuth Kit's programs instead of our own readers
    #[arg(long)]
    sleuthkit: bool,
}

/// Percent as millionths.
fn percent(text: &str) -> Result<u64, String> {
    let wrong = || "a number of percent above 0 and up to 100".to_owned();
    let percent: f64 = text.trim_end_matches('%').parse().map_err(|_| wrong())?;
    let ppm = percent * 10_000.0;
    if (1.0..=ALL_PPM as f64).contains(&ppm) { Ok(ppm as u64) } else { Err(wrong()) }
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let began = Instant::now();
    if !args.path.exists() {
        let what = phrase!("file.none", path = path_text(&args.path));
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("file.none.hint")).into());
    }
    outside_of_what_is_read(std::slice::from_ref(&args.path), [run.output.as_deref()])?;
    let lists = Lists::open(&args.lists)?;
    let has_blocks = lists.lists().iter().any(|list| list.manifest().blocks.is_some());
    if !has_blocks && lists.lists().iter().all(|list| list.entries() == 0) {
        return Err(Failure::new(Exit::Failed, phrase!("triage.empty")).into());
    }
    let seed = args.seed.map_or_else(drawn, Ok)?;
    let child = child_args(args, seed);
    let bar = Bar::new(run, Unit::Bytes, 0);
    let mut answer = Answer::new(run, &bar);
    let is_over = || began.elapsed() >= Duration::from_secs(args.max_minutes.saturating_mul(60));
    let ended = read(run, &child, &is_over, began, &mut answer)?;
    bar.end();
    if let (None, Some(unread)) = (&answer.device, answer.unread.first()) {
        let (expected, found) = (plain(&unread.expected), found_lines(&unread.found));
        let what = phrase!("exhibit.finding", at = path_text(&args.path), expected = expected, found = found);
        let failure = Failure::new(Exit::Failed, what);
        let is_foreign = unread.why == Why::Unsupported;
        return Err(if is_foreign { failure.hint(phrase!("triage.sleuthkit")) } else { failure }.into());
    }
    let names = lists.lists().iter().map(ListName::of).collect();
    Telling { run, args, lists: names, seed, ended, answer: &answer }.tell()?;
    Ok(match ended {
        _ if answer.is_met() => Exit::Found,
        Ended::Stopped => Exit::Stopped,
        _ if answer.n_unread > 0 => Exit::Problems,
        Ended::Complete | Ended::TimeOver | Ended::Broken => Exit::Done,
    })
}

/// Why a device cannot be opened, on one line.
fn found_lines(found: &str) -> String {
    found.lines().map(plain).collect::<Vec<_>>().join("; ")
}

fn drawn() -> anyhow::Result<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).doing(|| phrase!("system.random"))?;
    Ok(u64::from_le_bytes(bytes))
}

fn child_args(args: &Args, seed: u64) -> child::Args {
    // Small extents say most for the bytes that are read. Where moving the head takes longer than reading, and time is all
    // that is short, large ones meet three times as many small files in the same time.
    let spins = || disk::of(&args.path).is_some_and(|disk| disk.spins);
    let extent_kib = args.extent.unwrap_or_else(|| if args.read >= ALL_PPM && spins() { 1024 } else { 64 });
    child::Args {
        path: args.path.clone(),
        list: args.lists.clone(),
        resume: Resume::default(),
        sleuthkit: args.sleuthkit,
        seed,
        extent_bytes: extent_kib << 10,
        most_file_bytes: args.largest.saturating_mul(1 << 20),
        most_ppm: args.read,
    }
}

/// How the reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// All that was to be read was.
    Complete,
    /// The officer stopped it.
    Stopped,
    /// The minutes are over.
    TimeOver,
    /// The reader died too often: findings say where.
    Broken,
}

impl Ended {
    fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Stopped => "stopped",
            Self::TimeOver => "time_over",
            Self::Broken => "broken",
        }
    }
}

fn read(
    run: &Run,
    args: &child::Args,
    is_over: &dyn Fn() -> bool,
    began: Instant,
    answer: &mut Answer<'_>,
) -> anyhow::Result<Ended> {
    const STOPPED: &str = "the officer stopped it";
    const OVER: &str = "the time is over";
    let program = std::env::current_exe().doing(|| phrase!("exhibit.self"))?;
    let command = |resume: &Resume| {
        let mut command = Command::new(&program);
        command.args(args.command_line(resume));
        command
    };
    let watch = Watch {
        now: &|| began.elapsed(),
        stop: &|| match () {
            () if run.is_stopped() => Some(STOPPED.to_owned()),
            () if is_over() => Some(OVER.to_owned()),
            () => None,
        },
    };
    let budget = Budget { entries: u64::MAX, ..Budget::default() };
    let summary = parent::read(&command, &Resume::default(), &budget, &watch, answer);
    let summary = summary.doing(|| phrase!("exhibit.self"))?;
    if let Some(lacking) = summary.children.first().filter(|hello| !hello.lacking.is_empty()) {
        run.warn(phrase!("exhibit.lacking", what = lacking.lacking.join("; ")));
    }
    if summary.complete {
        return Ok(Ended::Complete);
    }
    // An end that was wanted is no finding.
    let wanted = answer.unread.iter().position(|unread| unread.found == STOPPED || unread.found == OVER);
    if let Some(wanted) = wanted {
        answer.unread.remove(wanted);
        answer.n_unread -= 1;
    }
    Ok(match (run.is_stopped(), wanted) {
        (true, _) => Ended::Stopped,
        (false, Some(_)) => Ended::TimeOver,
        (false, None) => Ended::Broken,
    })
}

/// What is told of a triage.
struct Telling<'a> {
    run: &'a Run,
    args: &'a Args,
    lists: Vec<ListName>,
    seed: u64,
    ended: Ended,
    answer: &'a Answer<'a>,
}

/// Places that could not be read and are told one by one; a document has more.
const TOLD: usize = 20;

impl Telling<'_> {
    fn tell(&self) -> anyhow::Result<()> {
        let (run, answer) = (self.run, self.answer);
        if run.format != Format::Text {
            run.json(&self.document())?;
        } else {
            run.data(|out| {
                let write = |out: &mut dyn Write, lines: Vec<Phrase>| {
                    lines.into_iter().try_for_each(|line| writeln!(out, "{}", run.word(line)))
                };
                write(out, self.device())?;
                writeln!(out)?;
                let rows = answer.rows();
                if !rows.is_empty() {
                    write_columns(out, &run.headings(phrase!("triage.columns")), &rows, width())?;
                    writeln!(out)?;
                }
                Ok(write(out, self.layers())?)
            })?;
        }
        match self.ended {
            Ended::Complete => {}
            Ended::Stopped => run.say(phrase!("triage.stopped")),
            Ended::TimeOver => run.say(phrase!("triage.over", n = self.args.max_minutes)),
            Ended::Broken => run.warn(phrase!("triage.broken")),
        }
        for unread in answer.unread.iter().take(TOLD) {
            let (expected, found) = (plain(&unread.expected), found_lines(&unread.found));
            run.warn(phrase!(
                "exhibit.finding",
                at = plain(&unread.place),
                expected = expected,
                found = found
            ));
        }
        if answer.unread.iter().any(|unread| unread.why == Why::Unsupported) && !self.args.sleuthkit {
            run.hint(phrase!("triage.sleuthkit"));
        }
        if let more @ 1.. = answer.n_unread.saturating_sub(TOLD as u64) {
            run.warn(phrase!("triage.unread", n = more));
        }
        Ok(())
    }

    fn document(&self) -> serde_json::Value {
        let mut document = json!({
            "schema": "tutela.triage/1",
            "path": self.args.path.to_string_lossy(),
            "seed": self.seed.to_string(),
            "lists": self.lists,
            "ended": self.ended.word(),
        });
        if let (Some(document), serde_json::Value::Object(said)) =
            (document.as_object_mut(), self.answer.json())
        {
            document.extend(said);
        }
        document
    }

    /// What was looked at, and with which lists.
    fn device(&self) -> Vec<Phrase> {
        let lang = self.run.lang;
        let path = path_text(&self.args.path);
        let device = match self.answer.device.clone() {
            Some((form, Some(bytes))) => {
                phrase!("triage.device", path = path, form = form, bytes = statement::size(bytes, lang))
            }
            _ => phrase!("triage.folder", path = path),
        };
        let lists = self.lists.iter().map(|list| {
            let (name, version) = (plain(&list.list), plain(&list.version));
            phrase!("triage.list", list = name, version = version, digest = &list.digest[..16])
        });
        let volumes = self.answer.parts.iter().filter(|part| !part.name.is_empty()).map(|part| {
            let (name, what) = (plain(&part.name), plain(&part.what));
            phrase!("triage.volume", name = name, what = what, bytes = statement::size(part.length, lang))
        });
        let encrypted = self.answer.encrypted.iter().map(|unread| {
            phrase!("triage.encrypted", at = plain(&unread.place), found = found_lines(&unread.found))
        });
        std::iter::once(device).chain(lists).chain(volumes).chain(encrypted).collect()
    }

    /// What each layer says, and what none does.
    fn layers(&self) -> Vec<Phrase> {
        let (lang, answer) = (self.run.lang, self.answer);
        let mut lines = match &answer.files {
            Some(files) => statement::of_files(files, answer.n_listed, lang),
            None => vec![phrase!("triage.no_hashes")],
        };
        let is_folder = answer.device.as_ref().is_some_and(|(_, bytes)| bytes.is_none());
        lines.extend(match &answer.space {
            Some(space) => statement::of_space(space, answer.blocks.len(), lang),
            None if is_folder => vec![phrase!("triage.no_space")],
            None => vec![phrase!("triage.no_blocks")],
        });
        lines.push(phrase!("triage.silent"));
        lines.push(phrase!("triage.seed", seed = self.seed.to_string()));
        lines
    }
}
