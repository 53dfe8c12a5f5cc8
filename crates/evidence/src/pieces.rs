//! The bytes of a file that lie in pieces of a volume.

use std::io;

use crate::entry::{Run, Why};
use crate::image::{Fault, ReadAt};

/// The most pieces of a file that are held, so that a made-up list of them takes no more than 100 MiB.
pub(crate) const PIECES: usize = 1 << 22;

/// Pieces of a volume that follow each other in a file.
pub(crate) struct Pieces<'v> {
    volume: &'v dyn ReadAt,
    /// Offset in the file and in the volume; no place in the volume for a hole. Ascending.
    pieces: Vec<(u64, Option<u64>)>,
    /// Where the pieces end in the file.
    end: u64,
    size: u64,
    /// Behind it all bytes are zeros, whatever the pieces hold.
    valid: u64,
}

impl<'v> Pieces<'v> {
    /// The pieces, whose places are those in the image, as the bytes of a file of `size`, of which `valid` were written.
    pub(crate) fn new(volume: &'v dyn ReadAt, base: u64, runs: &[Run], size: u64, valid: u64) -> Self {
        let mut end = 0_u64;
        let pieces = runs.iter().map(|run| {
            let start = end;
            end = end.saturating_add(run.length);
            (start, run.offset.map(|offset| offset.saturating_sub(base)))
        });
        let pieces = pieces.collect();
        Self { volume, pieces, end, size, valid }
    }
}

impl ReadAt for Pieces<'_> {
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
            if at >= self.end {
                if done > 0 {
                    return Ok(done);
                }
                let found = format!("clusters that end after {}", self.end);
                return Err(Fault::error(Why::Damaged, format!("{} bytes", self.size), found));
            }
            let place = self.pieces.partition_point(|(start, _)| *start <= at) - 1;
            let (start, from) = self.pieces[place];
            let next = self.pieces.get(place + 1).map_or(self.end, |(next, _)| *next);
            let length = (next.min(self.valid) - at).min((wanted - done) as u64) as usize;
            let part = &mut buffer[done..done + length];
            match from {
                None => part.fill(0),
                Some(from) => match self.volume.read_at(from.saturating_add(at - start), part) {
                    Ok(taken) if taken == part.len() => {}
                    Ok(0) => {
                        let found = format!("an end of the volume at {}", self.volume.size());
                        return Err(Fault::error(Why::Truncated, format!("byte {at} of the file"), found));
                    }
                    Ok(taken) => return Ok(done + taken),
                    // What was read before the fault is given; the next call meets it again.
                    Err(_) if done > 0 => return Ok(done),
                    Err(error) => return Err(error),
                },
            }
            done += length;
        }
        Ok(done)
    }
}

/// Adds a piece, as part of the last one where it follows it. No when there are too many.
pub(crate) fn push(runs: &mut Vec<Run>, offset: Option<u64>, length: u64) -> bool {
    if let Some(last) = runs.last_mut() {
        let follows = match (last.offset, offset) {
            (Some(last_at), Some(at)) => last_at.checked_add(last.length) == Some(at),
            (None, None) => true,
            _ => false,
        };
        if follows {
            last.length = last.length.saturating_add(length);
            return true;
        }
    }
    runs.push(Run { offset, length });
    runs.len() < PIECES
}

/// The pieces up to that length: what lies behind in the last cluster is of no file.
pub(crate) fn cut(runs: &[Run], size: u64) -> Vec<Run> {
    let mut rest = size;
    let mut kept = Vec::new();
    for run in runs {
        if rest == 0 {
            break;
        }
        let length = run.length.min(rest);
        rest -= length;
        kept.push(Run { length, ..*run });
    }
    kept
}

/// A name as part of a path: what would part it is not in it.
pub(crate) fn in_path(name: &str) -> String {
    name.replace('/', "\u{fffd}")
}

/// A path below another.
pub(crate) fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_holes_and_what_was_never_written_read_as_they_should() {
        let volume: Vec<u8> = (0..100).collect();
        let runs = [
            Run { offset: Some(1050), length: 10 },
            Run { offset: None, length: 5 },
            Run { offset: Some(1010), length: 10 },
        ];
        let file = Pieces::new(&volume, 1000, &runs, 30, 22);
        let mut all = [9; 40];
        assert_eq!(file.read_at(0, &mut all).expect("reads"), 30);
        assert_eq!(&all[..10], &volume[50..60]);
        assert_eq!(&all[10..15], &[0; 5]);
        assert_eq!(&all[15..22], &volume[10..17]);
        assert_eq!(&all[22..30], &[0; 8]);
        let short = Pieces::new(&volume, 1000, &runs, 30, 30);
        assert_eq!(short.read_at(20, &mut all).expect("what there is"), 5);
        let fault = Fault::of(&short.read_at(25, &mut all).expect_err("no clusters"));
        assert_eq!((fault.why, fault.found.as_str()), (Why::Damaged, "clusters that end after 25"));
    }
}
