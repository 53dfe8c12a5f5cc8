//! Films by their frames. ffmpeg decodes them, in a child of their own that may read the one file and run the one program,
//! makes nothing and reaches nobody; of a frame its hash alone comes back. No picture is written anywhere.
//!
//! Off unless an officer asks for it: it takes long, and ffmpeg reads foreign bytes with much old code.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Stdout};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use tutela_evidence::child::{Resume, Teller, Turn};
use tutela_evidence::entry::{Entry, Found, Part, Times, Unread, Why};
use tutela_evidence::frame::{Hello, Progress};
use tutela_evidence::parent::{self, Budget, Receive, Received, Watch};
use tutela_evidence::sandbox::{self, FOLDERS, LIBRARIES, Limits, Rules};
use tutela_matchers::picture::film::{Container, Frames, arguments, frames};
use tutela_model::tables::{FileKind, FileState};

use crate::ending::{Exit, Failure};
use crate::exhibit::child;
use crate::run::Run;
use crate::talk::phrase;

/// The largest film that is read, and all films of one exhibit together: they are handed on as bytes.
pub const MOST_BYTES: u64 = 4 << 30;
pub const MOST_BYTES_IN_ALL: u64 = 512 << 30;

/// A frame a second, of three hours at most.
const EVERY_MS: u32 = 1000;
const MOST_FRAMES: u32 = 3 * 3600;

/// How long a film may take, and how long ffmpeg may give no frame.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
const SILENCE: Duration = Duration::from_secs(60);

/// The name of a film's frames among the values that the child tells.
const FRAMES: &str = "frames";

/// Bytes of a frame there: its time in milliseconds, its quality, its hash.
const FRAME: usize = 8 + 1 + 32;

/// What is said of a film that has sound alone.
const NO_PICTURES: &str = "matches no streams";

/// ffmpeg, for an officer to be told what to install before anything is read.
///
/// # Errors
/// It is not installed.
pub fn ffmpeg() -> Result<PathBuf, Failure> {
    ffmpeg_in(&FOLDERS.map(Path::new))
}

fn ffmpeg_in(folders: &[&Path]) -> Result<PathBuf, Failure> {
    let program = folders.iter().map(|folder| folder.join("ffmpeg")).find(|program| program.is_file());
    program.ok_or_else(|| {
        Failure::new(Exit::Failed, phrase!("exhibit.no_ffmpeg")).hint(phrase!("exhibit.no_ffmpeg.hint"))
    })
}

/// `ffmpeg version 5.1.6`, as it says itself.
///
/// # Errors
/// It does not start.
pub fn version(program: &Path) -> io::Result<String> {
    let said = Command::new(program).arg("-version").env_clear().stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&said.stdout);
    Ok(said.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
}

/// Options of the child.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// The film.
    pub path: PathBuf,
    /// Where to begin.
    #[arg(long, default_value = "0", value_parser = child::resume)]
    pub resume: Resume,
}

/// Runs the child.
///
/// # Errors
/// The film cannot be opened, ffmpeg is not there, or nobody listens.
pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let program = ffmpeg().map_err(|_| anyhow::anyhow!("ffmpeg is not installed"))?;
    let mut head = Vec::new();
    File::open(&args.path)?.take(child::HEAD_BYTES).read_to_end(&mut head)?;
    let container =
        Container::of(&head).ok_or_else(|| anyhow::anyhow!("it does not begin as a film does"))?;
    let run = std::iter::once(program.clone()).chain(LIBRARIES.map(PathBuf::from)).collect();
    let held = sandbox::enter(&Rules { read: vec![args.path.clone()], run, limits: Limits::default() });
    let hello = Hello { reader: "ffmpeg".to_owned(), held: held.held, lacking: held.lacking };
    let mut teller = Teller::new(io::stdout(), hello, args.resume.clone())?;
    if let Turn::Read(number) = teller.entry(&entry())? {
        let teller = RefCell::new(teller);
        let told = tell(&teller, number, &program, &args.path, container);
        teller.into_inner().end().and(told)?;
    } else {
        teller.end()?;
    }
    Ok(Exit::Done)
}

/// The film as the child tells of it; the parent knows its name.
fn entry() -> Entry {
    Entry {
        path: "film".to_owned(),
        kind: FileKind::File,
        state: FileState::Allocated,
        size: 0,
        id: String::new(),
        times: Times::default(),
        runs: Vec::new(),
        found: Found::Recorded,
    }
}

/// Tells a film's frames, and what kept it from being read to its end.
fn tell(
    teller: &RefCell<Teller<Stdout>>,
    number: u64,
    program: &Path,
    path: &Path,
    container: Container,
) -> io::Result<()> {
    let until = Instant::now() + PATIENCE;
    let (read, unread) = match read_frames(teller, program, path, container, until) {
        Ok((read, ended)) => {
            let unread = ended.unread(&read, Instant::now() >= until);
            (read.frames, unread)
        }
        Err(error) => (Vec::new(), Some(failed(Why::Unsupported, error.to_string()))),
    };
    let mut value = Vec::with_capacity(read.len() * FRAME);
    for frame in &read {
        value.extend(frame.at_ms.to_le_bytes());
        value.push(frame.quality);
        value.extend(frame.hash.limbs().iter().flat_map(|limb| limb.to_le_bytes()));
    }
    let mut teller = teller.borrow_mut();
    if let Some(unread) = unread {
        teller.unread(unread)?;
    }
    teller.value(number, FRAMES, &value)?;
    teller.done(number)
}

fn read_frames(
    teller: &RefCell<Teller<Stdout>>,
    program: &Path,
    path: &Path,
    container: Container,
    until: Instant,
) -> io::Result<(Frames, Ended)> {
    let mut running = Running(
        Command::new(program)
            .args(arguments(path.as_os_str(), container, EVERY_MS))
            .env_clear()
            .env("LC_ALL", "C")
            // The parent gave this process nothing to read; a null device of its own it could not open.
            .stdin(Stdio::inherit())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?,
    );
    let mut stderr = running.0.stderr.take().expect("it is piped");
    let said = std::thread::spawn(move || {
        let mut said = Vec::new();
        // Past what is kept it is read and thrown away, so that ffmpeg never waits.
        let kept = (&mut stderr).take(64 << 10).read_to_end(&mut said);
        let _ = kept.and_then(|_| io::copy(&mut stderr, &mut io::sink()));
        said
    });
    let raw = Beating { raw: running.0.stdout.take().expect("it is piped"), teller, until };
    let read = frames(raw, EVERY_MS, MOST_FRAMES)?;
    if read.stopped || Instant::now() >= until {
        let _ = running.0.kill();
    }
    let well = running.0.wait()?.success();
    let said = said.join().unwrap_or_default();
    Ok((read, Ended { well, said: String::from_utf8_lossy(&said).into_owned() }))
}

/// ffmpeg, ended when nobody waits for it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Where it has ended there is nothing to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Frames on their way, of which the parent hears, until the time is over.
struct Beating<'a> {
    raw: ChildStdout,
    teller: &'a RefCell<Teller<Stdout>>,
    until: Instant,
}

impl Read for Beating<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if Instant::now() >= self.until {
            return Ok(0);
        }
        let read = self.raw.read(room)?;
        self.teller.borrow_mut().beat("film", read as u64)?;
        Ok(read)
    }
}

/// How ffmpeg ended.
struct Ended {
    well: bool,
    said: String,
}

impl Ended {
    /// What of the film was not read.
    fn unread(&self, read: &Frames, is_over: bool) -> Option<Unread> {
        let n = read.frames.len();
        if is_over {
            let found = format!("{} minutes were over after {n} frames", PATIENCE.as_secs() / 60);
            return Some(failed(Why::Limit, found));
        }
        if read.stopped {
            return Some(failed(Why::Limit, format!("it is longer than {MOST_FRAMES} frames, one a second")));
        }
        if self.well && n > 0 && read.rest == 0 || n == 0 && self.said.contains(NO_PICTURES) {
            return None;
        }
        let found = match self.reason() {
            Some(reason) => format!("{n} frames, then: {reason}"),
            None => format!("{n} frames, then nothing"),
        };
        Some(failed(Why::Damaged, found))
    }

    /// Its last word, without what differs from one run to another: addresses of memory, and the name that the film
    /// had here.
    fn reason(&self) -> Option<String> {
        let mut lines = self.said.lines().rev();
        let said = lines.find(|line| !line.starts_with('[') && !line.trim().is_empty())?;
        let reason = said.rsplit(": ").next()?;
        Some(reason.chars().take(200).collect())
    }
}

fn failed(why: Why, found: String) -> Unread {
    Unread {
        place: "film".to_owned(),
        why,
        expected: "a film that ffmpeg reads to its end".to_owned(),
        found,
    }
}

/// What came of a film.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Film {
    /// Its frames: when each is shown in milliseconds, its quality, and its hash, the least significant number first.
    pub frames: Vec<(u64, u8, [u8; 32])>,
    /// What of it was not read; one thing at most.
    pub unread: Option<Unread>,
    /// What the child lacked of what keeps it in.
    pub lacking: Vec<String>,
}

/// Reads a film in a child.
///
/// # Errors
/// No child can be started.
pub fn read(run: &Run, path: &Path) -> io::Result<Film> {
    let program = std::env::current_exe()?;
    let command = |resume: &Resume| {
        let mut command = Command::new(&program);
        command.args(["read-film", "--resume", &resume.argument(), "--"]).arg(path);
        command
    };
    // The child ends by itself when the time is over; the rest is for one that does not.
    let time = PATIENCE + 2 * SILENCE;
    read_by(&command, SILENCE, time, &|| run.is_stopped())
}

fn read_by(
    command: &dyn Fn(&Resume) -> Command,
    silence: Duration,
    time: Duration,
    is_stopped: &dyn Fn() -> bool,
) -> io::Result<Film> {
    let began = Instant::now();
    let stop = || is_stopped().then(|| "the officer stopped it".to_owned());
    let watch = Watch { now: &|| began.elapsed(), stop: &stop };
    let most = MOST_FRAMES as usize * FRAME;
    // One child more, for which nothing is left to do: so a death costs what it says and nothing else.
    let budget = Budget {
        entries: 1,
        bytes: 0,
        of_one_entry: most + 1024,
        silence,
        time,
        restarts: 1,
        ..Budget::default()
    };
    let mut film = Film::default();
    let summary = parent::read(command, &Resume::default(), &budget, &watch, &mut film)?;
    film.lacking = summary.children.into_iter().next().map(|hello| hello.lacking).unwrap_or_default();
    Ok(film)
}

impl Receive for Film {
    fn entry(&mut self, received: Received) -> ControlFlow<()> {
        let told = received.values.iter().find(|value| value.name == FRAMES);
        for frame in told.iter().flat_map(|value| value.bytes.chunks_exact(FRAME)) {
            let at_ms = u64::from_le_bytes(std::array::from_fn(|byte| frame[byte]));
            self.frames.push((at_ms, frame[8].min(100), std::array::from_fn(|byte| frame[9 + byte])));
        }
        ControlFlow::Continue(())
    }

    fn bytes(&mut self, _: u64, _: &[u8]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn dropped(&mut self, _: u64) {}

    fn part(&mut self, _: Part) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// The first says why; what follows from it is not said again.
    fn unread(&mut self, unread: Unread) -> ControlFlow<()> {
        self.unread.get_or_insert(unread);
        ControlFlow::Continue(())
    }

    fn progress(&mut self, _: &Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use tutela_model::Lang;

    use super::*;
    use crate::talk::say;

    #[test]
    fn without_ffmpeg_it_is_said_what_to_install() {
        let folder = tempfile::tempdir().expect("a folder");
        let failure = ffmpeg_in(&[folder.path()]).expect_err("none is there");
        assert_eq!(
            (failure.exit, say(&failure.what, Lang::En)),
            (Exit::Failed, "ffmpeg is not installed".to_owned())
        );
        let hint = say(&failure.hint.expect("how to mend it"), Lang::It);
        assert!(hint.contains("apt install ffmpeg"), "{hint}");
    }

    #[cfg(unix)]
    #[test]
    fn a_child_that_hangs_or_dies_costs_one_row() {
        for (script, how) in [
            ("sleep 60", "the reader said nothing for"),
            ("exit 3", "the reader ended with code 3"),
            ("kill -9 $$", "SIGKILL"),
            ("head -c 100000 /dev/zero", "the reader is not to be understood"),
        ] {
            let command = |_: &Resume| {
                let mut command = Command::new("/bin/sh");
                command.args(["-c", script]);
                command
            };
            let (silence, time) = (Duration::from_secs(1), Duration::from_secs(20));
            let film = read_by(&command, silence, time, &|| false).expect("a shell starts");
            assert_eq!(film.frames, []);
            let unread = film.unread.expect("it is said");
            assert!(unread.found.contains(how), "{script}: {unread:?}");
        }
        let hangs = |_: &Resume| {
            let mut command = Command::new("/bin/sleep");
            command.arg("60");
            command
        };
        let minute = Duration::from_secs(60);
        let stopped = read_by(&hangs, minute, minute, &|| true).expect("it starts");
        assert_eq!(stopped.unread.map(|unread| unread.found), Some("the officer stopped it".to_owned()));
    }

    #[test]
    fn what_ffmpeg_says_is_told_without_addresses_and_names() {
        let said =
            "[mov @ 0x55d0] moov atom not found\nfile:/x/12.part: Invalid data found when processing input\n";
        let ended = Ended { well: false, said: said.to_owned() };
        let none = Frames { frames: Vec::new(), stopped: false, rest: 0 };
        let unread = ended.unread(&none, false).expect("it was not read");
        assert_eq!(
            (unread.why, &*unread.found),
            (Why::Damaged, "0 frames, then: Invalid data found when processing input")
        );
        let sound = "Stream map '0:V:0' matches no streams.\n";
        assert_eq!(Ended { well: false, said: sound.to_owned() }.unread(&none, false), None);
        let well = Ended { well: true, said: String::new() };
        assert_eq!(
            well.unread(&none, false).map(|unread| unread.found),
            Some("0 frames, then nothing".to_owned())
        );
        let long = Frames { stopped: true, ..none.clone() };
        assert_eq!(well.unread(&long, false).map(|unread| unread.why), Some(Why::Limit));
        assert!(well.unread(&none, true).is_some_and(|unread| unread.found.contains("15 minutes")));
    }
}
