//! `tutela hash`: the digests of all files of a folder or disk. It needs no operation, and writes nothing to what it
//! reads: no file, and where the system allows it no time of last access.

pub(super) mod disk;
mod reading;
mod rows;
mod state;
mod walk;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Instant;

use clap::ValueEnum;
use tutela_hashing::{Broken, Digests, Kernels, Settings, Wanted, hash_in_order, hash_streams};

use self::disk::Disk;
use self::reading::{Changed, Reading};
use self::rows::{Form, Rows};
use self::state::State;
use self::walk::{Found, Walk};
use crate::ending::{self, Exit, Failure};
use crate::progress::{Bar, Unit};
use crate::run::Run;
use crate::talk::{path_text, phrase};

/// Options of `hash`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Files and folders to read
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Also the ed2k hash, with those of its parts in JSON
    #[arg(long)]
    ed2k: bool,
    /// Also the root of the AICH tree
    #[arg(long)]
    aich: bool,
    /// Write the list in the form of another program
    #[arg(long, value_name = "FORM", conflicts_with_all = ["json", "jsonl", "csv"])]
    format: Option<OtherForm>,
    /// How many files are read at once
    #[arg(long, value_name = "NUMBER", default_value = "auto")]
    readers: Readers,
    /// A file to note digests in as they are made: with the same file a run that was stopped goes on
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
}

/// A form of another program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OtherForm {
    /// The list of known files that hashdeep -k reads
    Hashdeep,
}

/// How many files are read at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Readers {
    /// One when a disk spins, else many
    Auto,
    /// One after the other
    One,
    /// Several on each thread
    Many,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let form = match args.format {
        Some(OtherForm::Hashdeep) if args.ed2k || args.aich => {
            return Err(Failure::new(Exit::Usage, phrase!("hash.hashdeep")).into());
        }
        Some(OtherForm::Hashdeep) => Form::Hashdeep,
        None => Form::of(run.format),
    };
    outside_of_what_is_read(&args.paths, [run.output.as_deref(), args.resume.as_deref()])?;
    for name in Kernels::failed() {
        run.warn(phrase!("hash.kernels.failed", name = *name));
    }
    let wanted = Wanted { ed2k: args.ed2k, aich: args.aich, ..Wanted::USUAL };
    let walk = Walk::of(run, &args.paths)?;
    let mut state = args.resume.as_deref().map(|path| State::open(path, wanted)).transpose()?;
    let known = state.as_mut().map(|state| state.take_known(&walk.files)).unwrap_or_default();
    if !known.is_empty() {
        run.say(phrase!("hash.resumed", n = known.len(), of = walk.files.len()));
    }
    let work = Work { run, wanted, files: &walk.files, in_order: in_order(run, args) };
    let rows = Rows { form, wanted };
    let mut n_unread = walk.n_unread;
    run.data(|out| {
        n_unread += work.write(out, &rows, known, state.as_mut())?;
        Ok(())
    })?;
    if n_unread > 0 {
        run.warn(phrase!("hash.unread.all", n = n_unread));
        return Ok(Exit::Problems);
    }
    Ok(Exit::Done)
}

/// Refuses to write into a folder that is read.
pub(super) fn outside_of_what_is_read<'a>(
    paths: &[PathBuf],
    outputs: impl IntoIterator<Item = Option<&'a Path>>,
) -> anyhow::Result<()> {
    for output in outputs.into_iter().flatten() {
        let folder =
            output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let Ok(folder) = folder.canonicalize() else { continue };
        let is_inside = |path: &PathBuf| path.canonicalize().is_ok_and(|read| folder.starts_with(read));
        if paths.iter().any(is_inside) {
            let what = phrase!("hash.inside", path = path_text(output));
            return Err(Failure::new(Exit::Usage, what).hint(phrase!("hash.inside.hint")).into());
        }
    }
    Ok(())
}

/// Whether files are read one after the other, because a disk spins or the user says so.
fn in_order(run: &Run, args: &Args) -> bool {
    match args.readers {
        Readers::One => return true,
        Readers::Many => return false,
        Readers::Auto => {}
    }
    let mut spins = false;
    for path in &args.paths {
        let path_said = path_text(path);
        run.say(match disk::of(path) {
            Some(Disk { name, spins: true }) => {
                spins = true;
                phrase!("hash.disk.spins", path = path_said, disk = name)
            }
            Some(Disk { name, spins: false }) => phrase!("hash.disk.still", path = path_said, disk = name),
            None => phrase!("hash.disk.unknown", path = path_said),
        });
    }
    spins
}

/// What is to be hashed, and how.
struct Work<'w> {
    run: &'w Run,
    wanted: Wanted,
    files: &'w [Found],
    in_order: bool,
}

/// A file by its place in the list, and what came of it.
type Told = (usize, Result<Digests, Broken>);

/// How many outcomes wait at most to be written.
const WAITING: usize = 1024;

impl Work<'_> {
    /// Hashes all files that are not known and writes a row for each, in the order of the list. Says how many could not be
    /// read.
    fn write(
        &self,
        out: &mut dyn Write,
        rows: &Rows,
        known: BTreeMap<usize, Digests>,
        state: Option<&mut State>,
    ) -> anyhow::Result<u64> {
        let begun = Instant::now();
        let mut to_hash: Vec<usize> = (0..self.files.len()).filter(|at| !known.contains_key(at)).collect();
        if self.in_order {
            // Near the order in which they lie on the disk.
            to_hash.sort_by_key(|at| self.files[*at].place);
        }
        let bytes = to_hash.iter().map(|at| self.files[*at].mark.bytes).sum();
        let bar = Bar::new(self.run, Unit::Files, bytes);
        let (sender, receiver) = sync_channel::<Told>(WAITING);
        let written = std::thread::scope(|scope| {
            let (bar, to_hash) = (&bar, &to_hash);
            scope.spawn(move || {
                let supply = to_hash
                    .iter()
                    .take_while(|_| !self.run.is_stopped())
                    .map(|at| (*at, Reading::new(&self.files[*at], &self.run.stop, bar)));
                // When nobody takes outcomes any more, writing failed, which is told by who wrote.
                let each = |at, outcome| drop(sender.send((at, outcome)));
                let settings = Settings { threads: self.run.jobs, ..Settings::new(self.wanted) };
                match self.in_order {
                    true => hash_in_order(settings, supply, each),
                    false => hash_streams(settings, supply, each),
                }
            });
            let written = self.write_told(out, rows, known, state, &receiver, bar);
            if written.is_err() {
                self.run.stop.store(true, std::sync::atomic::Ordering::Relaxed);
            }
            drop(receiver);
            written
        });
        bar.end();
        let n_unread = written?;
        self.run.go_on()?;
        let seconds = begun.elapsed().as_secs_f64().max(0.001);
        let rate = |n: f64| format!("{:.0}", n / seconds);
        self.run.say(phrase!(
            "hash.done",
            n = to_hash.len(),
            megabytes = format!("{:.1}", bytes as f64 / 1e6),
            rate = rate(bytes as f64 / 1e6),
            files = rate(to_hash.len() as f64),
            kernels = Kernels::best().name(),
        ));
        Ok(n_unread)
    }

    fn write_told(
        &self,
        out: &mut dyn Write,
        rows: &Rows,
        known: BTreeMap<usize, Digests>,
        mut state: Option<&mut State>,
        told: &Receiver<Told>,
        bar: &Bar,
    ) -> anyhow::Result<u64> {
        let mut n_unread = 0;
        let mut ready: BTreeMap<usize, Option<Digests>> =
            known.into_iter().map(|(at, digests)| (at, Some(digests))).collect();
        let mut is_first = true;
        let mut next = 0;
        rows.head(out)?;
        loop {
            while let Some(digests) = ready.remove(&next) {
                if let Some(digests) = digests {
                    rows.row(out, &self.files[next].path, &digests, is_first)?;
                    is_first = false;
                }
                next += 1;
            }
            let Ok((at, outcome)) = told.recv() else { break };
            if self.run.is_stopped() {
                // What was cut short by the stop is no fault of a file.
                if let (Ok(digests), Some(state)) = (&outcome, &mut state) {
                    state.note(&self.files[at], digests)?;
                }
                continue;
            }
            bar.file_done();
            ready.insert(
                at,
                match outcome {
                    Ok(mut digests) => {
                        if let Some(aich) = &mut digests.aich {
                            aich.leaves.clear();
                        }
                        if let Some(state) = &mut state {
                            state.note(&self.files[at], &digests)?;
                        }
                        Some(digests)
                    }
                    Err(broken) => {
                        n_unread += 1;
                        self.tell_unread(&self.files[at], &broken);
                        None
                    }
                },
            );
        }
        self.run.go_on()?;
        rows.foot(out)?;
        Ok(n_unread)
    }

    fn tell_unread(&self, found: &Found, broken: &Broken) {
        let path = path_text(&found.path);
        let is_changed = broken.error.get_ref().is_some_and(|error| error.is::<Changed>());
        self.run.warn(match is_changed {
            true => phrase!("hash.changed", path = path),
            false => {
                let why = ending::sentence(&broken.error, self.run.lang);
                phrase!("hash.unread", path = path, bytes = broken.bytes, why = why)
            }
        });
    }
}
