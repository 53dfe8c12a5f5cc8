//! A file whose content is read more than once for one view: first to find a place, then what is around it.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;

use tutela_model::Spot;
use tutela_model::source::{Input, Refusal, Sink};
use tutela_model::table::Row;

use super::MAX_READ;
use crate::compression::{Stream, decompressed};
use crate::zip_container::Shared;

/// A file that can be read again from its beginning.
pub(super) struct Source {
    pub name: String,
    pub len: u64,
    shared: Shared,
}

/// A piece of a file's content.
pub(super) struct Window {
    pub bytes: Vec<u8>,
    /// Where it begins in the decompressed file.
    pub start: u64,
    /// The number of the line that it begins in, from 1.
    pub line: u64,
    /// Whether it begins inside that line.
    pub starts_inside: bool,
    /// Whether the file goes on behind it.
    pub goes_on: bool,
    /// The compression that it was in.
    pub packed: Option<&'static str>,
}

impl Source {
    pub fn new(input: Input) -> io::Result<Self> {
        Ok(Self { name: input.name, len: input.len, shared: Shared::new(input.bytes)? })
    }

    /// The file from its beginning.
    pub fn input(&self) -> Input {
        let bytes = Box::new(self.shared.part(0, self.len));
        Input { name: self.name.clone(), len: self.len, bytes, beside: Vec::new() }
    }

    /// Its content from the beginning.
    pub fn content(&self) -> Result<Stream, Refusal> {
        decompressed(self.input())
    }

    /// The bytes of a part of its content, with as many as `around` before and behind where there are as many. Counting
    /// lines up to there takes reading it all; without it, a file that is in no compression is read from there on.
    pub fn window(&self, part: Range<u64>, around: u64, counts_lines: bool) -> Result<Window, Refusal> {
        let start = part.start.saturating_sub(around);
        let mut stream = self.content()?;
        let packed = stream.packed();
        let (mut line, mut last) = (1, b'\n');
        let is_there = !counts_lines && stream.go_to(start)?;
        let mut content = BufReader::with_capacity(1 << 16, stream);
        if !is_there {
            let mut left = start;
            while left > 0 {
                let chunk = content.fill_buf()?;
                let n = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                if n == 0 {
                    break;
                }
                line += memchr::memchr_iter(b'\n', &chunk[..n]).count() as u64;
                last = chunk[n - 1];
                content.consume(n);
                left -= n as u64;
            }
        }
        let wanted = part.end.saturating_sub(start).saturating_add(around);
        let mut bytes = Vec::new();
        content.by_ref().take(wanted).read_to_end(&mut bytes)?;
        let goes_on = content.read(&mut [0])? > 0;
        Ok(Window { bytes, start, line, starts_inside: last != b'\n', goes_on, packed })
    }
}

/// Whether a place is beyond what is read for a view.
pub(super) fn is_too_far(byte: u64) -> bool {
    byte > MAX_READ
}

/// Takes what readers say while they open a file: nothing of it is shown.
pub(super) struct Quiet;

impl Sink for Quiet {
    fn record(&mut self) {}
    fn row(&mut self, _: Row) -> Result<(), Refusal> {
        Ok(())
    }
    fn skip(&mut self, _: &Spot, _: &'static str) {}
    fn note(&mut self, _: &'static str, _: &str) {}
    fn progress(&mut self, _: u64) {}
}
