//! The child's side: tells the parent what a reader finds, entry by entry.
//!
//! A [`Teller`] numbers entries in the order in which the reader finds them. That order depends on what is read alone,
//! so a child that is started again after another died goes on where that one was: see [`Resume`].

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
use std::str::FromStr;
use std::time::{Duration, Instant};

use crate::entry::{Entry, Part, Unread, Why};
use crate::frame::{Frame, FrameWriter, Hello, MAX_PATH, MAX_RUNS, MAX_VALUE, Progress, Totals, Value};

/// How often the parent hears at least something while bytes are read.
const BEAT: Duration = Duration::from_millis(500);

/// Where a child begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resume {
    /// The first entry that it tells. The parent has those before.
    pub from: u64,
    /// Entries whose bytes it does not read, because a child before it died of them.
    pub skip: BTreeSet<u64>,
}

impl Resume {
    /// As an argument of a command line: `12` or `12,12,40`, from and what to skip.
    #[must_use]
    pub fn argument(&self) -> String {
        let skip: String = self.skip.iter().map(|number| format!(",{number}")).collect();
        format!("{}{skip}", self.from)
    }
}

impl FromStr for Resume {
    type Err = std::num::ParseIntError;

    /// What [`argument`](Self::argument) wrote.
    fn from_str(argument: &str) -> Result<Self, Self::Err> {
        let mut numbers = argument.split(',').map(u64::from_str);
        let from = numbers.next().unwrap_or(Ok(0))?;
        Ok(Self { from, skip: numbers.collect::<Result<_, _>>()? })
    }
}

/// What to do with an entry's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// They are read; values and [`Teller::done`] follow, at once or later.
    Read(u64),
    /// The parent has it, or a child died of it: nothing more is to be done or said.
    Pass,
}

/// Tells the parent.
pub struct Teller<W: Write> {
    frames: FrameWriter<BufWriter<W>>,
    resume: Resume,
    totals: Totals,
    beaten: Instant,
}

impl<W: Write> Teller<W> {
    /// Onto `to`, the child's standard output. `hello` says what [`enter`](crate::sandbox::enter) gave.
    pub fn new(to: W, hello: Hello, resume: Resume) -> io::Result<Self> {
        let mut frames = FrameWriter::new(BufWriter::with_capacity(256 << 10, to));
        frames.write(&Frame::Hello(hello))?;
        frames.flush()?;
        Ok(Self { frames, resume, totals: Totals::default(), beaten: Instant::now() })
    }

    /// An entry. What is told reaches the parent before this returns, so that it knows of what the child dies.
    pub fn entry(&mut self, entry: &Entry) -> io::Result<Turn> {
        let number = self.totals.entries;
        self.totals.entries += 1;
        if number < self.resume.from {
            self.beat(&entry.path, 0)?;
            return Ok(Turn::Pass);
        }
        if entry.path.len() > MAX_PATH {
            self.unread(Unread {
                place: entry.path.clone(),
                why: Why::Limit,
                expected: format!("a path of at most {MAX_PATH} bytes"),
                found: format!("{} bytes", entry.path.len()),
            })?;
            self.done(number)?;
            return Ok(Turn::Pass);
        }
        let (first, rest) = entry.runs.split_at(entry.runs.len().min(MAX_RUNS));
        let entry = Entry { runs: first.to_vec(), ..entry.clone() };
        self.frames.write(&Frame::Entry { number, entry: Box::new(entry) })?;
        for runs in rest.chunks(MAX_RUNS) {
            self.frames.write(&Frame::Runs { number, runs: runs.to_vec() })?;
        }
        if self.resume.skip.contains(&number) {
            self.done(number)?;
            return Ok(Turn::Pass);
        }
        self.frames.flush()?;
        Ok(Turn::Read(number))
    }

    /// Bytes of an entry whose content is wanted, after those before.
    pub fn bytes(&mut self, number: u64, bytes: &[u8]) -> io::Result<()> {
        self.frames.write_bytes(number, bytes)
    }

    /// A value of an entry. Names of one entry's values differ.
    pub fn value(&mut self, number: u64, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut pieces = bytes.chunks(MAX_VALUE);
        // An empty value is one too.
        let first = pieces.next().unwrap_or_default();
        for piece in std::iter::once(first).chain(pieces) {
            let value = Value { name: name.to_owned(), bytes: piece.to_vec() };
            self.frames.write(&Frame::Values { number, values: vec![value] })?;
        }
        Ok(())
    }

    /// Nothing more comes of an entry. That reaches the parent at once too: of what comes next the child may die.
    pub fn done(&mut self, number: u64) -> io::Result<()> {
        self.frames.write(&Frame::Done { number })?;
        self.frames.flush()
    }

    /// A volume, before its entries.
    pub fn part(&mut self, part: &Part) -> io::Result<()> {
        self.frames.write(&Frame::Part(part.clone()))
    }

    /// What was computed from the exhibit as a whole; at most [`MAX_VALUE`] bytes. It reaches the parent at once.
    pub fn whole(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.frames.write(&Frame::Whole(Value { name: name.to_owned(), bytes: bytes.to_vec() }))?;
        self.frames.flush()
    }

    /// Something could not be read.
    pub fn unread(&mut self, unread: Unread) -> io::Result<()> {
        self.totals.unread += 1;
        self.frames.write(&Frame::Unread(unread))
    }

    /// So many bytes were read at a place; none where work goes on without. To be called often: it is said twice a
    /// second.
    pub fn beat(&mut self, place: &str, bytes: u64) -> io::Result<()> {
        self.totals.bytes += bytes;
        if self.beaten.elapsed() < BEAT {
            return Ok(());
        }
        self.beaten = Instant::now();
        let Totals { entries, bytes, .. } = self.totals;
        self.frames.write(&Frame::Progress(Progress { place: place.to_owned(), entries, bytes }))?;
        self.frames.flush()
    }

    /// The reader has come to its end.
    pub fn end(mut self) -> io::Result<Totals> {
        self.frames.write(&Frame::End(self.totals))?;
        self.frames.flush()?;
        Ok(self.totals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_to_go_on_reads_back_as_it_was_written() {
        for resume in [
            Resume::default(),
            Resume { from: 7, skip: BTreeSet::new() },
            Resume { from: 7, skip: BTreeSet::from([7, 12, u64::MAX]) },
        ] {
            assert_eq!(resume.argument().parse(), Ok(resume));
        }
        assert!("".parse::<Resume>().is_err() && "1,x".parse::<Resume>().is_err());
    }
}
