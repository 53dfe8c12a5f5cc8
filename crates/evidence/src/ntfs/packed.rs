//! Bytes that NTFS packed: units of some clusters, each packed alone, plain, or not there at all.

use std::cell::RefCell;
use std::io;

use super::lznt1;
use super::record::Held;
use crate::entry::{Run, Why};
use crate::image::{Fault, ReadAt};
use crate::pieces::Pieces;

/// The bytes of a packed file.
pub(super) struct Packed<'v> {
    pieces: Pieces<'v>,
    /// Where runs begin in the file, and whether they are there.
    starts: Vec<(u64, bool)>,
    unit: u64,
    size: u64,
    valid: u64,
    /// The unit that was unpacked last.
    unpacked: RefCell<Option<(u64, Vec<u8>)>>,
}

impl<'v> Packed<'v> {
    pub(super) fn new(volume: &'v dyn ReadAt, base: u64, held: &Held) -> Self {
        let length = held.runs.iter().map(|run| run.length).fold(0, u64::saturating_add);
        let mut end = 0_u64;
        let starts = held.runs.iter().map(|Run { offset, length }| {
            let start = end;
            end = end.saturating_add(*length);
            (start, offset.is_some())
        });
        let starts = starts.collect();
        let pieces = Pieces::new(volume, base, &held.runs, length, length);
        let (unit, size, valid) = (held.unit, held.size, held.valid);
        Self { pieces, starts, unit, size, valid, unpacked: RefCell::new(None) }
    }

    /// How many bytes of a unit are there, from its start on.
    fn there(&self, start: u64, end: u64) -> u64 {
        let first = self.starts.partition_point(|(at, _)| *at <= start).saturating_sub(1);
        let hole = self.starts[first..].iter().take_while(|(at, _)| *at < end).find(|(_, there)| !there);
        hole.map_or(end, |(at, _)| (*at).max(start)) - start
    }

    fn unpack(&self, number: u64) -> io::Result<Vec<u8>> {
        let start = number * self.unit;
        let end = start.saturating_add(self.unit);
        let mut unit = vec![0; self.unit as usize];
        if start >= self.pieces.size() {
            let found = format!("clusters that end after {}", self.pieces.size());
            return Err(Fault::error(Why::Damaged, format!("{} bytes", self.size), found));
        }
        let there = self.there(start, end.min(self.pieces.size()));
        if there == 0 {
            return Ok(unit);
        }
        let mut packed = vec![0; there as usize];
        crate::image::read_exact_at(&self.pieces, start, &mut packed)?;
        if there == self.unit || end > self.pieces.size() && there == self.pieces.size() - start {
            unit[..packed.len()].copy_from_slice(&packed);
            return Ok(unit);
        }
        match lznt1::unpack(&packed, &mut unit) {
            Some(()) => Ok(unit),
            None => {
                Err(Fault::error(Why::Damaged, "a packed unit (LZNT1)", format!("other bytes at {start}")))
            }
        }
    }
}

impl ReadAt for Packed<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = self.size.saturating_sub(offset).min(buffer.len() as u64) as usize;
        let mut done = 0;
        while done < wanted {
            let at = offset + done as u64;
            if at >= self.valid {
                buffer[done..wanted].fill(0);
                return Ok(wanted);
            }
            let number = at / self.unit;
            let mut kept = self.unpacked.borrow_mut();
            if kept.as_ref().is_none_or(|(kept, _)| *kept != number) {
                match self.unpack(number) {
                    Ok(unit) => *kept = Some((number, unit)),
                    Err(_) if done > 0 => return Ok(done),
                    Err(error) => return Err(error),
                }
            }
            let unit = kept.as_ref().map_or(&[][..], |(_, unit)| unit);
            let from = (at % self.unit) as usize;
            let length = (unit.len() - from).min(wanted - done).min((self.valid - at) as usize);
            buffer[done..done + length].copy_from_slice(&unit[from..from + length]);
            done += length;
        }
        Ok(done)
    }
}
