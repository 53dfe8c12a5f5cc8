//! `tutela exhibit cross-check`: an image read by our own readers and by the Sleuth Kit's programs, each in a child without
//! rights, and every file of which they say different things.
//!
//! Neither is taken to be right, and nothing of it enters an operation. Both readings are held in memory, some kilobytes
//! an entry.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};
use tutela_evidence::child::Resume;
use tutela_evidence::difference::{Difference, Disagreement, Seen, difference};
use tutela_evidence::entry::{Part, Unread};
use tutela_evidence::frame::Progress;
use tutela_evidence::image::{Image, segments};
use tutela_evidence::parent::{self, Budget, Receive, Received, Watch};
use tutela_outputs::shown::{count, plain, wrapped};

use crate::ending::{Doing as _, Exit, Failure};
use crate::exhibit::{child, values};
use crate::progress::{Bar, Unit};
use crate::run::{Format, Run};
use crate::talk::{path_text, phrase};

/// Options of `exhibit cross-check`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The image (its first segment); no operation is needed
    image: PathBuf,
}

/// What the readers are called in rows.
const READERS: [&str; 2] = ["native", "sleuthkit"];

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    if !args.image.is_file() {
        let what = phrase!("cross_check.no_image", path = path_text(&args.image));
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("cross_check.no_image.hint")).into());
    }
    child::sleuthkit()?;
    // What our own readers do not open is said as it is, and not as the end of a child.
    if let Err(unread) = Image::open(&args.image) {
        return Err(Failure::new(Exit::Failed, said(&unread)).into());
    }
    let [native, sleuthkit] = [false, true].map(|sleuthkit| read(run, &args.image, sleuthkit));
    let (native, sleuthkit) = (native?, sleuthkit?);
    let unread = [native.unread, sleuthkit.unread];
    let is_whole = native.complete && sleuthkit.complete && unread.iter().all(Vec::is_empty);
    let difference = difference(READERS, native.seen, sleuthkit.seen);
    match run.format {
        Format::Text => tell(run, &difference, &unread)?,
        _ => run.json(&document(&difference, &unread, native.complete && sleuthkit.complete))?,
    }
    Ok(if is_whole && difference.disagreements.is_empty() { Exit::Done } else { Exit::Problems })
}

/// What a reader saw.
#[derive(Default)]
struct Reading {
    seen: Vec<Seen>,
    unread: Vec<Unread>,
    complete: bool,
}

/// Reads the image in children.
fn read(run: &Run, image: &Path, sleuthkit: bool) -> anyhow::Result<Reading> {
    run.go_on()?;
    let args = child::Args {
        path: std::path::absolute(image)?,
        resume: Resume::default(),
        sleuthkit,
        archives: false,
        // The Sleuth Kit looks for what no folder names too.
        search_free: true,
        pictures: false,
        films: None,
        max_entries: u64::MAX,
    };
    let program = std::env::current_exe().doing(|| phrase!("exhibit.self"))?;
    let command = |resume: &Resume| {
        let mut command = Command::new(&program);
        command.args(args.command_line(resume));
        command
    };
    let files = segments(image);
    let size = files.iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
    let bar = Bar::new(run, Unit::Bytes, size);
    let began = Instant::now();
    let watch = Watch {
        now: &|| began.elapsed(),
        stop: &|| run.is_stopped().then(|| "the officer stopped it".to_owned()),
    };
    let mut taking = Taking { reading: Reading::default(), run, bar: &bar };
    let summary = parent::read(&command, &Resume::default(), &Budget::default(), &watch, &mut taking);
    let mut reading = taking.reading;
    reading.complete = summary.doing(|| phrase!("exhibit.self"))?.complete;
    bar.end();
    run.go_on()?;
    Ok(reading)
}

/// Keeps what a child tells.
struct Taking<'a> {
    reading: Reading,
    run: &'a Run,
    bar: &'a Bar,
}

impl Receive for Taking<'_> {
    fn entry(&mut self, Received { entry, values, .. }: Received) -> ControlFlow<()> {
        let digest = values.into_iter().find(|value| value.name == values::SHA256).map(|value| value.bytes);
        self.reading.seen.push(Seen { entry, digest });
        self.run.flow()
    }

    /// Files that programs left are compared like all others, by their digest.
    fn bytes(&mut self, _: u64, _: &[u8]) -> ControlFlow<()> {
        self.run.flow()
    }

    fn dropped(&mut self, _: u64) {}

    fn part(&mut self, _: Part) -> ControlFlow<()> {
        self.run.flow()
    }

    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        self.reading.unread.push(unread);
        self.run.flow()
    }

    fn progress(&mut self, progress: &Progress) -> ControlFlow<()> {
        self.bar.reach(progress.bytes);
        self.run.flow()
    }
}

/// What could not be read, in a sentence.
fn said(unread: &Unread) -> tutela_model::Phrase {
    phrase!(
        "exhibit.finding",
        at = plain(&unread.place),
        expected = unread.expected.as_str(),
        found = plain(&unread.found),
    )
}

/// What could not be read that is told one by one on a terminal; all of it is in the JSON.
const MOST_UNREAD: usize = 20;

fn tell(run: &Run, difference: &Difference, unread: &[Vec<Unread>; 2]) -> anyhow::Result<()> {
    for (reader, unread) in READERS.into_iter().zip(unread).filter(|(_, unread)| !unread.is_empty()) {
        run.warn(phrase!("cross_check.unread", reader = reader, n = unread.len()));
        unread.iter().take(MOST_UNREAD).for_each(|unread| run.warn(said(unread)));
    }
    if !difference.disagreements.is_empty() {
        run.data(|out| Ok(difference.disagreements.iter().try_for_each(|each| write(out, each))?))?;
    }
    for (what, n) in difference.counts() {
        run.say(phrase!("cross_check.of", what = what.word(), n = count(n, run.lang)));
    }
    let [native, sleuthkit] = difference.entries;
    run.say(phrase!(
        "cross_check.done",
        native = native,
        sleuthkit = sleuthkit,
        paired = difference.paired,
        same = difference.same_digest,
        disagreements = difference.disagreements.len(),
    ));
    Ok(())
}

/// A disagreement, whole: paths that differ in one letter are not shortened.
fn write(out: &mut dyn Write, disagreement: &Disagreement) -> io::Result<()> {
    let Disagreement { path, what, said, .. } = disagreement;
    write!(out, "{}", wrapped("", &format!("{}: {}", plain(path), what.word()), 4))?;
    let mut each = READERS.into_iter().zip(said);
    each.try_for_each(|(reader, said)| {
        write!(out, "{}", wrapped("  ", &format!("{reader}: {}", plain(said)), 4))
    })
}

fn document(difference: &Difference, unread: &[Vec<Unread>; 2], complete: bool) -> Value {
    let by_reader = |value: &dyn Fn(usize) -> Value| {
        Value::Object(
            READERS.iter().enumerate().map(|(idx, name)| ((*name).to_owned(), value(idx))).collect(),
        )
    };
    let counts: BTreeMap<&str, u64> =
        difference.counts().into_iter().map(|(what, n)| (what.word(), n)).collect();
    let each = |disagreement: &Disagreement| {
        let Disagreement { path, id, what, said } = disagreement;
        json!({"path": path, "record": id, "what": what.word(), READERS[0]: said[0], READERS[1]: said[1]})
    };
    let told = |idx: usize| -> Value {
        let each = unread[idx]
            .iter()
            .map(|unread| json!({"at": unread.place, "expected": unread.expected, "found": unread.found}));
        each.collect()
    };
    json!({"schema": "tutela.cross_check/1", "complete": complete,
        "entries": by_reader(&|idx| difference.entries[idx].into()), "paired": difference.paired,
        "same_digest": difference.same_digest, "zone_of_one": difference.zone_of_one, "counts": counts,
        "disagreements": difference.disagreements.iter().map(each).collect::<Vec<_>>(),
        "unread": by_reader(&told)})
}
