//! How far long work is: a bar on a terminal, and a line every half minute where nobody sees a bar (a log, a pipe).

use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{
    DecimalBytes, HumanBytes, HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle,
};

use tutela_model::Phrase;

use crate::run::Run;
use crate::talk::phrase;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of received files.
    Bytes,
    /// Rows of tables.
    Rows,
    /// Made-up operations.
    Operations,
    /// Bytes of files that are hashed; beside them it is said how many files are done.
    Files,
}

/// Progress with rate and time left.
pub struct Bar {
    bar: ProgressBar,
    run: Run,
    unit: Unit,
    /// When a line was last written; none where a bar is drawn or the run is quiet.
    last_line: Option<Mutex<Instant>>,
    /// Files that are done, and when that was last shown.
    files: Mutex<(u64, Instant)>,
    begun: Instant,
}

/// Time between two lines where no bar is drawn.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// Time between two counts of files on the bar.
const SHOW_EVERY: Duration = Duration::from_millis(200);

impl Bar {
    /// A bar of `total` units.
    pub fn new(run: &Run, unit: Unit, total: u64) -> Self {
        let is_seen = !run.quiet && run.ear.is_none();
        let target = if is_seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style = match unit {
            Unit::Bytes => "{bar:24} {percent:>3}%  {bytes}/{total_bytes}  {bytes_per_sec}  ETA {eta}",
            Unit::Files => {
                "{bar:24} {percent:>3}%  {decimal_bytes}/{decimal_total_bytes}  {decimal_bytes_per_sec}  {msg}  ETA {eta}"
            }
            Unit::Operations => "{bar:24} {percent:>3}%  {human_pos}/{human_len}  ETA {eta}",
            Unit::Rows => "{bar:24} {percent:>3}%  {human_pos}/{human_len}  {per_sec}  ETA {eta}  {msg}",
        };
        let style = ProgressStyle::with_template(style).expect("the template is well formed");
        let bar = ProgressBar::with_draw_target(Some(total), target).with_style(style);
        if let Some(ear) = &run.ear {
            ear.watch(&bar);
        }
        let is_logged = is_seen && !std::io::stderr().is_terminal();
        let last_line = is_logged.then(|| Mutex::new(Instant::now()));
        let begun = Instant::now();
        Self { bar, run: run.clone(), unit, last_line, files: Mutex::new((0, begun)), begun }
    }

    /// Begins another stretch of work, of `total` units.
    pub fn restart(&self, what: &str, total: u64) {
        self.bar.reset();
        self.bar.set_length(total);
        self.bar.set_message(what.to_owned());
    }

    /// `n` more units are done.
    pub fn advance(&self, n: u64) {
        self.bar.inc(n);
        if let Some(last_line) = &self.last_line
            && let Ok(mut last_line) = last_line.try_lock()
            && last_line.elapsed() >= LINE_EVERY
        {
            *last_line = Instant::now();
            self.write_line();
        }
    }

    /// So many units are done in all; fewer than before are none.
    pub fn reach(&self, n: u64) {
        self.advance(n.saturating_sub(self.bar.position()));
    }

    /// One more file is done.
    pub fn file_done(&self) {
        let Ok(mut files) = self.files.lock() else { return };
        files.0 += 1;
        if files.1.elapsed() >= SHOW_EVERY {
            files.1 = Instant::now();
            let rate = files.0 as f64 / self.begun.elapsed().as_secs_f64().max(0.001);
            let said = phrase!("progress.files", n = files.0, rate = format!("{rate:.0}"));
            self.bar.set_message(self.run.word(said));
        }
    }

    fn write_line(&self) {
        let amount = |n: u64| match self.unit {
            Unit::Bytes => HumanBytes(n).to_string(),
            Unit::Files => DecimalBytes(n).to_string(),
            Unit::Rows | Unit::Operations => HumanCount(n).to_string(),
        };
        let (done, total) = (self.bar.position(), self.bar.length().unwrap_or_default());
        let percent = done.saturating_mul(100) / total.max(1);
        let left = format!("{:#}", HumanDuration(self.bar.eta()));
        let (done, total) = (amount(done), amount(total));
        let rate = amount(self.bar.per_sec() as u64);
        self.run.say(match self.unit {
            // Less than one a second: a rate would be 0.
            Unit::Operations => {
                phrase!("progress.operations", percent = percent, done = done, total = total, left = left)
            }
            Unit::Bytes | Unit::Files | Unit::Rows => phrase!(
                "progress",
                percent = percent,
                done = done,
                total = total,
                rate = rate,
                left = left,
                what = self.bar.message(),
            ),
        });
    }

    /// Says something while the bar is drawn.
    pub fn say(&self, what: Phrase) {
        self.bar.suspend(|| self.run.say(what));
    }

    /// The work is done.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
