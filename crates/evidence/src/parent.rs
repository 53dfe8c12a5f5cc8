//! The parent's side: starts a child, takes what it tells, holds it to its budget, and goes on after its death.
//!
//! A child dies of what it reads: a damaged image, a limit, a fault of ours or of another's tool. Whatever the way, the
//! death is an [`Unread`] with the entry that was being read, another child is started, and it passes over that entry's
//! bytes. One hostile file costs one finding. A child that dies twice without having told anything in between is not
//! started a third time: then what follows is unread, and that is said too.
//!
//! What arrives is given on in the order of the entries' numbers, each once, whatever the number of children.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use crate::child::Resume;
use crate::entry::{Entry, Part, Unread, Why};
use crate::frame::{Broken, Frame, FrameReader, Hello, Progress, Value};

/// How much a child may tell and how long it may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Entries in all.
    pub entries: u64,
    /// Folders in each other. Entries that lie deeper are counted and not taken.
    pub depth: usize,
    /// Bytes of extracted files in all.
    pub bytes: u64,
    /// Things that could not be read. More are not taken.
    pub unread: u64,
    /// Runs, and bytes of values, of one entry.
    pub of_one_entry: usize,
    /// Entries that are begun and not done at once: a child that hashes many together has some hundred.
    pub at_once: usize,
    /// How long it may say nothing.
    pub silence: Duration,
    /// How long all of it may take.
    pub time: Duration,
    /// How often another child is started.
    pub restarts: u32,
}

impl Default for Budget {
    /// Twenty million entries (a full disk of a family has two), 256 folders deep, 64 GiB extracted, two minutes of
    /// silence, a week, a hundred deaths.
    fn default() -> Self {
        Self {
            entries: 20_000_000,
            depth: 256,
            bytes: 64 << 30,
            unread: 100_000,
            of_one_entry: 64 << 20,
            at_once: 65_536,
            silence: Duration::from_secs(120),
            time: Duration::from_secs(7 * 86_400),
            restarts: 100,
        }
    }
}

/// The caller's clock and will.
pub struct Watch<'a> {
    /// Time since any moment, never going back.
    pub now: &'a dyn Fn() -> Duration,
    /// Why to stop, where the officer or a deadline says so.
    pub stop: &'a dyn Fn() -> Option<String>,
}

/// An entry with what was computed from its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its place in the order in which the reader finds entries.
    pub number: u64,
    /// What was found.
    pub entry: Entry,
    /// Digests and the like. None for an entry whose bytes were not read.
    pub values: Vec<Value>,
}

/// Takes what children tell.
pub trait Receive {
    /// An entry, complete.
    fn entry(&mut self, received: Received) -> ControlFlow<()>;

    /// Bytes of an entry that comes later, after those before.
    fn bytes(&mut self, number: u64, bytes: &[u8]) -> ControlFlow<()>;

    /// The bytes that came of an entry count no more: the child died. They may come again from their start.
    fn dropped(&mut self, number: u64);

    /// A volume, before its entries.
    fn part(&mut self, part: Part) -> ControlFlow<()>;

    /// Something that could not be read: each once.
    fn unread(&mut self, unread: Unread) -> ControlFlow<()>;

    /// What was computed from the exhibit as a whole, after the entries that came before it. A child that is started again
    /// says it again.
    fn whole(&mut self, _value: Value) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// How far the reader is.
    fn progress(&mut self, progress: &Progress) -> ControlFlow<()>;
}

/// How the reading went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How each child presented itself; more than one where some died.
    pub children: Vec<Hello>,
    /// Entries that were given on.
    pub entries: u64,
    /// Entries that lie deeper than the budget.
    pub too_deep: u64,
    /// Bytes of extracted files.
    pub bytes: u64,
    /// What could not be read, the deaths with it.
    pub unread: u64,
    /// Whether the reader came to its end.
    pub complete: bool,
}

/// Reads something in children that `command` makes, each told where to begin: the first at `start`, where an earlier
/// run ended. The command's input, outputs, environment and process group are set here: a child knows nothing but its
/// arguments.
///
/// An error only where no child could be started.
pub fn read(
    command: &dyn Fn(&Resume) -> Command,
    start: &Resume,
    budget: &Budget,
    watch: &Watch<'_>,
    receive: &mut dyn Receive,
) -> io::Result<Summary> {
    let mut taking = Taking {
        budget,
        receive,
        summary: Summary::default(),
        next: start.from,
        begun: BTreeMap::new(),
        told: BTreeSet::new(),
        parts: 0,
        wholes: 0,
        last: String::new(),
    };
    let mut resume = start.clone();
    let deadline = (watch.now)() + budget.time;
    for restart in 0.. {
        let done_before = taking.done();
        let running = Running::start(command(&resume))?;
        let end = taking.follow(&running, watch, deadline);
        let last_words = running.end(matches!(end, Ended::Complete | Ended::Closed), watch, budget.silence);
        let (complete, death) = judge(end, &last_words);
        let Some(death) = death else {
            taking.summary.complete = complete;
            break;
        };
        let killer = taking.blame(&death, &last_words);
        taking.forget_unfinished();
        resume.from = taking.next;
        resume.skip.extend(killer);
        let stuck = killer.is_none() && taking.done() == done_before;
        if death.last {
            break;
        }
        if stuck || restart >= budget.restarts {
            taking.give_up(stuck);
            break;
        }
    }
    if taking.summary.too_deep > 0 {
        taking.say_too_deep();
    }
    Ok(taking.summary)
}

/// Why following a child ended.
enum Ended {
    /// It said that it came to its end.
    Complete,
    /// Its stream ended before.
    Closed,
    /// It was, or has to be, killed: why, and whether another child may go on.
    Stopped(Why, String, bool),
    /// The receiver wants no more.
    Enough,
}

/// A death that is told.
struct Death {
    why: Why,
    how: String,
    /// Whether no other child is to be started.
    last: bool,
}

/// What a child left: how it ended, and the end of what it wrote to its standard error.
struct LastWords {
    status: Option<ExitStatus>,
    said: String,
}

/// Whether the reading is complete, and the death that is to be told otherwise.
fn judge(end: Ended, last: &LastWords) -> (bool, Option<Death>) {
    let died = |why, how, last| (false, Some(Death { why, how, last }));
    match end {
        Ended::Enough => (false, None),
        Ended::Stopped(why, how, again) => died(why, how, !again),
        Ended::Complete if last.status.is_some_and(|status| status.success()) => (true, None),
        Ended::Complete | Ended::Closed => {
            let (why, how) = last.way();
            died(why, how, false)
        }
    }
}

impl LastWords {
    fn way(&self) -> (Why, String) {
        let Some(status) = self.status else {
            return (Why::Limit, "the reader closed its stream and did not end: it was killed".to_owned());
        };
        if self.said.contains("memory allocation of") {
            return (Why::Limit, "the reader asked for more memory than it may have".to_owned());
        }
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return match rustix::process::Signal::from_named_raw(signal) {
                Some(rustix::process::Signal::XCPU) => {
                    (Why::Limit, "the reader used all its processor time (SIGXCPU)".to_owned())
                }
                Some(rustix::process::Signal::KILL) => (
                    Why::Limit,
                    "the reader was killed (SIGKILL), as a machine without memory does".to_owned(),
                ),
                Some(signal) => (Why::Damaged, format!("the reader died of a signal: {signal:?}")),
                None => (Why::Damaged, format!("the reader died of signal {signal}")),
            };
        }
        let how = match status.code() {
            Some(0) => "the reader ended without saying that it came to its end".to_owned(),
            Some(code) => format!("the reader ended with code {code}"),
            None => "the reader died".to_owned(),
        };
        (Why::Damaged, how)
    }
}

/// A running child.
struct Running {
    child: Child,
    frames: Receiver<Result<Vec<Frame>, Broken>>,
    said: Receiver<String>,
}

/// Frames that are handed on together at most, so that a fast child costs no wake-up for each.
const TOGETHER: usize = 64;

/// Volumes and gaps between them that an image has at most.
const MAX_PARTS: usize = 100_000;

/// Values of the whole exhibit that are told at most.
const MAX_WHOLES: usize = 1_000_000;

/// Bytes kept of what a child writes to its standard error.
const SAID: usize = 2048;

impl Running {
    fn start(mut command: Command) -> io::Result<Self> {
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Tools that the child starts are ended with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().expect("it is piped");
        let stderr = child.stderr.take().expect("it is piped");
        // At most this many mebibytes wait here, whatever the child sends. The threads are not joined: they end with
        // the pipes, which something that the child left behind might hold open.
        let (to, frames) = sync_channel(4);
        std::thread::spawn(move || {
            let mut reader = FrameReader::new(BufReader::with_capacity(256 << 10, stdout));
            loop {
                let mut batch = Vec::new();
                let mut bytes = 0;
                let end = loop {
                    match reader.read() {
                        Ok(None) => break Some(None),
                        Err(broken) => break Some(Some(broken)),
                        Ok(Some(frame)) => {
                            bytes += if let Frame::Bytes { bytes, .. } = &frame { bytes.len() } else { 0 };
                            batch.push(frame);
                        }
                    }
                    if batch.len() >= TOGETHER || bytes >= 1 << 20 || !reader.has_more() {
                        break None;
                    }
                };
                if !batch.is_empty() && to.send(Ok(batch)).is_err() {
                    return;
                }
                match end {
                    None => {}
                    Some(None) => return,
                    Some(Some(broken)) => {
                        // Nobody listens where the parent has given the child up.
                        let _ = to.send(Err(broken));
                        return;
                    }
                }
            }
        });
        let (to, said) = sync_channel(1);
        std::thread::spawn(move || {
            // Nobody listens where the parent has given the child up.
            let _ = to.send(tail(stderr));
        });
        Ok(Self { child, frames, said })
    }

    /// Waits for the child where it ends by itself, and kills what is left of it.
    fn end(mut self, by_itself: bool, watch: &Watch<'_>, patience: Duration) -> LastWords {
        let deadline = (watch.now)() + patience;
        let mut status = None;
        while by_itself && status.is_none() && (watch.now)() < deadline {
            status = self.child.try_wait().ok().flatten();
            if status.is_none() {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        #[cfg(unix)]
        {
            // Whatever it started is in its group. An error says that nothing is left.
            let group = rustix::process::Pid::from_child(&self.child);
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        if status.is_none() {
            // It may have ended since.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        let said = self.said.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
        LastWords { status, said }
    }
}

/// The end of a text that may be endless, on one line.
fn tail(mut from: impl Read) -> String {
    let mut kept = Vec::new();
    let mut piece = [0; 1024];
    while let Ok(read) = from.read(&mut piece) {
        if read == 0 {
            break;
        }
        kept.extend_from_slice(&piece[..read]);
        kept.drain(..kept.len().saturating_sub(SAID));
    }
    String::from_utf8_lossy(&kept).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An entry that is not given on yet.
#[derive(Default)]
struct Begun {
    entry: Option<Entry>,
    values: Vec<Value>,
    size: usize,
    has_bytes: bool,
    done: bool,
}

struct Taking<'a> {
    budget: &'a Budget,
    receive: &'a mut dyn Receive,
    summary: Summary,
    /// The first entry that was not given on.
    next: u64,
    begun: BTreeMap<u64, Begun>,
    /// What was said to be unread, and of which volumes: a child that is started again says it again.
    told: BTreeSet<[String; 3]>,
    parts: usize,
    wholes: usize,
    /// Where the last child was.
    last: String,
}

type Flow = ControlFlow<Ended>;

impl Taking<'_> {
    /// Takes what a child tells until it ends or has to.
    fn follow(&mut self, running: &Running, watch: &Watch<'_>, deadline: Duration) -> Ended {
        let mut heard = (watch.now)();
        // The entry that this child tells next; a child that was started again begins at the first that is not given on.
        let mut expected = None;
        loop {
            let now = (watch.now)();
            if let Some(why) = (watch.stop)() {
                return Ended::Stopped(Why::Limit, why, false);
            }
            if now >= deadline {
                let how = format!("the time for the whole exhibit is over: {} s", self.budget.time.as_secs());
                return Ended::Stopped(Why::Limit, how, false);
            }
            match running.frames.recv_timeout(Duration::from_millis(50)) {
                Ok(Ok(frames)) => {
                    heard = now;
                    for frame in frames {
                        if let ControlFlow::Break(ended) = self.take(frame, &mut expected) {
                            return ended;
                        }
                    }
                }
                Ok(Err(broken)) => {
                    let again = !matches!(broken, Broken::Body("another version"));
                    // A stream that is cut is the sign of a death, whose way says more.
                    return if broken == Broken::Cut {
                        Ended::Closed
                    } else {
                        Ended::Stopped(
                            Why::Damaged,
                            format!("the reader is not to be understood: {broken}"),
                            again,
                        )
                    };
                }
                Err(RecvTimeoutError::Disconnected) => return Ended::Closed,
                Err(RecvTimeoutError::Timeout) if now.saturating_sub(heard) >= self.budget.silence => {
                    let how = format!("the reader said nothing for {} s", self.budget.silence.as_secs());
                    return Ended::Stopped(Why::Limit, how, true);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn take(&mut self, frame: Frame, expected: &mut Option<u64>) -> Flow {
        match (frame, &expected) {
            (Frame::Hello(hello), None) => {
                *expected = Some(self.next);
                self.summary.children.push(hello);
                Flow::Continue(())
            }
            (_, None) | (Frame::Hello(_), _) => confused("a child presents itself first, and once"),
            (Frame::Entry { number, entry }, Some(wanted)) if number == *wanted => {
                *expected = Some(number + 1);
                self.begin(number, *entry)
            }
            (Frame::Done { number }, Some(wanted)) => {
                if number == *wanted {
                    *expected = Some(number + 1);
                    self.begun.insert(number, Begun::default());
                }
                self.done_with(number)
            }
            (Frame::Entry { .. }, _) => confused("entries come in the order of their numbers"),
            (Frame::Runs { number, runs }, _) => self.grow(number, size_of_val(&runs[..]), |begun| {
                if let Some(entry) = &mut begun.entry {
                    entry.runs.extend(runs);
                }
            }),
            (Frame::Values { number, values }, _) => {
                let size = values.iter().map(|value| value.name.len() + value.bytes.len()).sum();
                self.grow(number, size, |begun| begun.add(values))
            }
            (Frame::Bytes { number, bytes }, _) => self.bytes(number, &bytes),
            (Frame::Part(part), _) => self.part(part),
            (Frame::Whole(value), _) => self.whole(value),
            (Frame::Unread(unread), _) => self.unread(unread),
            (Frame::Progress(progress), _) => {
                enough(self.receive.progress(&progress))?;
                self.last = progress.place;
                Flow::Continue(())
            }
            (Frame::Heartbeat, _) => Flow::Continue(()),
            (Frame::End(totals), Some(wanted)) if totals.entries == *wanted && self.begun.is_empty() => {
                Flow::Break(Ended::Complete)
            }
            (Frame::End(_), _) => confused("the reader's count of entries is not that of its frames"),
        }
    }

    fn begin(&mut self, number: u64, entry: Entry) -> Flow {
        if number >= self.budget.entries {
            let how = format!("the limit of {} entries was reached", self.budget.entries);
            self.last = entry.path;
            return Flow::Break(Ended::Stopped(Why::Limit, how, false));
        }
        if self.begun.len() >= self.budget.at_once {
            return confused("too many entries are begun at once");
        }
        self.last.clone_from(&entry.path);
        self.begun.insert(number, Begun { entry: Some(entry), ..Begun::default() });
        Flow::Continue(())
    }

    fn grow(&mut self, number: u64, size: usize, add: impl FnOnce(&mut Begun)) -> Flow {
        let Some(begun) = self.begun.get_mut(&number).filter(|begun| !begun.done) else {
            return confused("it tells of an entry that is not begun");
        };
        begun.size += size;
        if begun.size > self.budget.of_one_entry {
            return Flow::Break(Ended::Stopped(
                Why::Limit,
                "an entry has too many runs or values".to_owned(),
                true,
            ));
        }
        add(begun);
        Flow::Continue(())
    }

    fn bytes(&mut self, number: u64, bytes: &[u8]) -> Flow {
        self.summary.bytes += bytes.len() as u64;
        if self.summary.bytes > self.budget.bytes {
            let how = format!("the limit of {} extracted bytes was reached", self.budget.bytes);
            return Flow::Break(Ended::Stopped(Why::Limit, how, false));
        }
        self.grow(number, 0, |begun| begun.has_bytes = true)?;
        enough(self.receive.bytes(number, bytes))
    }

    /// An entry is done: it and those that waited for it are given on.
    fn done_with(&mut self, number: u64) -> Flow {
        self.grow(number, 0, |begun| begun.done = true)?;
        while let Some(first) = self.begun.first_entry().filter(|first| first.get().done) {
            let (number, begun) = first.remove_entry();
            self.next = number + 1;
            let Some(entry) = begun.entry else { continue };
            if entry.path.matches('/').count() > self.budget.depth {
                self.summary.too_deep += 1;
                if begun.has_bytes {
                    self.receive.dropped(number);
                }
                continue;
            }
            self.summary.entries += 1;
            enough(self.receive.entry(Received { number, entry, values: begun.values }))?;
        }
        Flow::Continue(())
    }

    fn part(&mut self, part: Part) -> Flow {
        if self.parts >= MAX_PARTS {
            return confused("it tells of too many volumes");
        }
        let key = [part.name.clone(), format!("{}+{}", part.offset, part.length), part.what.clone()];
        if !self.told.insert(key) {
            return Flow::Continue(());
        }
        self.parts += 1;
        enough(self.receive.part(part))
    }

    fn whole(&mut self, value: Value) -> Flow {
        if self.wholes >= MAX_WHOLES {
            return confused("it tells too much of the exhibit as a whole");
        }
        self.wholes += 1;
        enough(self.receive.whole(value))
    }

    fn unread(&mut self, unread: Unread) -> Flow {
        if self.summary.unread >= self.budget.unread {
            let how =
                format!("the limit of {} places that could not be read was reached", self.budget.unread);
            return Flow::Break(Ended::Stopped(Why::Limit, how, false));
        }
        let key = [unread.place.clone(), unread.expected.clone(), unread.found.clone()];
        if !self.told.insert(key) {
            return Flow::Continue(());
        }
        self.summary.unread += 1;
        enough(self.receive.unread(unread))
    }

    /// How many entries are done, given on or not.
    fn done(&self) -> u64 {
        self.next + self.begun.values().filter(|begun| begun.done).count() as u64
    }

    /// Tells a death, and gives the entry that was being read: the last that was begun, where it is not done.
    fn blame(&mut self, death: &Death, last: &LastWords) -> Option<u64> {
        let killer = self.begun.last_key_value().filter(|(_, begun)| !begun.done).map(|(number, _)| *number);
        let place = match killer.and_then(|number| self.begun[&number].entry.as_ref()) {
            Some(entry) => entry.path.clone(),
            None if self.last.is_empty() => "the start".to_owned(),
            None => format!("after {}", self.last),
        };
        let said = if last.said.is_empty() { String::new() } else { format!("; it said: {}", last.said) };
        let unread = Unread {
            place,
            why: death.why,
            expected: "the reader comes to its end".to_owned(),
            found: format!("{}{said}", death.how),
        };
        self.summary.unread += 1;
        // The reading ends or goes on as the death says, whatever the receiver wants.
        let _ = self.receive.unread(unread);
        killer
    }

    /// What a dead child had begun comes again from the next one.
    fn forget_unfinished(&mut self) {
        for (number, begun) in std::mem::take(&mut self.begun) {
            if begun.has_bytes {
                self.receive.dropped(number);
            }
        }
    }

    fn give_up(&mut self, stuck: bool) {
        let found = if stuck {
            "two readers died there, one after the other; what follows was not read"
        } else {
            "what follows was not read"
        };
        let place =
            if self.last.is_empty() { "the start".to_owned() } else { format!("after {}", self.last) };
        self.summary.unread += 1;
        let unread = Unread {
            place,
            why: Why::Limit,
            expected: "the rest of the exhibit".to_owned(),
            found: found.to_owned(),
        };
        // There is nothing left to stop.
        let _ = self.receive.unread(unread);
    }

    fn say_too_deep(&mut self) {
        self.summary.unread += 1;
        let unread = Unread {
            place: "folders in each other".to_owned(),
            why: Why::Limit,
            expected: format!("at most {}", self.budget.depth),
            found: format!("{} entries that lie deeper, which were not taken", self.summary.too_deep),
        };
        // There is nothing left to stop.
        let _ = self.receive.unread(unread);
    }
}

impl Begun {
    /// Adds values; a piece of the same name goes on with the last one.
    fn add(&mut self, values: Vec<Value>) {
        for value in values {
            match self.values.last_mut().filter(|last| last.name == value.name) {
                Some(last) => last.bytes.extend(value.bytes),
                None => self.values.push(value),
            }
        }
    }
}

fn enough(flow: ControlFlow<()>) -> Flow {
    match flow {
        ControlFlow::Continue(()) => Flow::Continue(()),
        ControlFlow::Break(()) => Flow::Break(Ended::Enough),
    }
}

fn confused(what: &str) -> Flow {
    Flow::Break(Ended::Stopped(Why::Damaged, format!("the reader is not to be understood: {what}"), true))
}
