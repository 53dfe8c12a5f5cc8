//! A raw copy of a medium, in one file or cut into files of one size.

use std::io;

use super::segments::raw_number;
use super::{Fault, Hashes, Image, ReadAt, Segment, unread};
use crate::entry::{Unread, Why};

/// Opens raw segments. A number that is missing becomes a hole of the size that segments have.
pub(super) fn open(segments: Vec<Segment>) -> Result<Image, Unread> {
    let mut findings = Vec::new();
    if segments.len() == 1 {
        let bytes = segments.into_iter().next().expect("one segment").bytes;
        return Ok(Image { format: "raw", stored: Hashes::default(), findings, bytes });
    }
    let mut numbered: Vec<(Option<u64>, Segment)> =
        segments.into_iter().map(|segment| (raw_number(&segment.name), segment)).collect();
    numbered.sort_by(|(a, left), (b, right)| a.cmp(b).then_with(|| left.name.cmp(&right.name)));
    let nominal = numbered[0].1.bytes.size();
    let before_last = &numbered[..numbered.len() - 1];
    if let Some((_, odd)) = before_last.iter().find(|(_, segment)| segment.bytes.size() != nominal) {
        let found = format!("{} bytes in {}", odd.bytes.size(), odd.name);
        let expected = format!("segments of {nominal} bytes, but for the last");
        findings.push(unread(&odd.name, Why::Damaged, &expected, found));
    }
    // Series begin with 000 or 001.
    let mut next = numbered[0].0.map(|first| first.min(1));
    let (mut parts, mut start) = (Vec::new(), 0_u64);
    for (number, segment) in numbered {
        if let (Some(wanted), Some(number)) = (next, number)
            && number > wanted
        {
            let place = format!("before {}", segment.name);
            let expected = format!("segment {wanted}");
            let found = format!("segment {number}: {} missing", number - wanted);
            findings.push(unread(&place, Why::Truncated, &expected, found));
            start = start.saturating_add((number - wanted).saturating_mul(nominal));
        }
        next = number.map(|number| number + 1);
        let size = segment.bytes.size();
        parts.push((start, segment));
        start = start.saturating_add(size);
    }
    Ok(Image {
        format: "split raw",
        stored: Hashes::default(),
        findings,
        bytes: Box::new(Split { parts, size: start }),
    })
}

/// Segments with the offset at which each begins, ascending.
struct Split {
    parts: Vec<(u64, Segment)>,
    size: u64,
}

impl ReadAt for Split {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = self.size.saturating_sub(offset).min(buffer.len() as u64) as usize;
        let mut done = 0;
        while done < wanted {
            let at = offset + done as u64;
            let part = self.parts.partition_point(|(start, _)| *start <= at);
            let inside = part.checked_sub(1).map(|part| &self.parts[part]);
            let taken = match inside {
                Some((start, segment)) => segment.bytes.read_at(at - start, &mut buffer[done..wanted])?,
                None => 0,
            };
            if taken == 0 {
                let before = inside.map_or("the first segment".to_owned(), |(_, after)| after.name.clone());
                let expected = format!("byte {at} of the image");
                return Err(Fault::error(Why::Truncated, expected, format!("a segment missing at {before}")));
            }
            done += taken;
        }
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(named: &[(&str, usize)]) -> Image {
        let segments = named.iter().map(|(name, size)| Segment {
            name: (*name).to_owned(),
            bytes: Box::new(vec![name.as_bytes()[name.len() - 1]; *size]),
        });
        Image::of_segments(segments.collect()).expect("an image")
    }

    #[test]
    fn segments_follow_each_other_in_the_order_of_their_numbers() {
        let image = image(&[("d.002", 10), ("d.001", 10), ("d.003", 4)]);
        assert_eq!((image.format, image.size(), image.findings.len()), ("split raw", 24, 0));
        let mut all = [0; 24];
        assert_eq!(image.read_at(0, &mut all).expect("reads"), 24);
        assert_eq!(&all, b"111111111122222222223333");
    }

    #[test]
    fn a_missing_segment_is_found_and_reads_as_missing_and_not_as_zeros() {
        let image = image(&[("d.001", 10), ("d.003", 4)]);
        assert_eq!(image.size(), 24);
        assert_eq!(image.findings[0].why, Why::Truncated);
        assert_eq!(image.findings[0].found, "segment 3: 1 missing");
        let mut buffer = [0; 4];
        assert_eq!(image.read_at(20, &mut buffer).expect("the last segment is there"), 4);
        assert_eq!(&buffer, b"3333");
        let missing = image.read_at(8, &mut buffer).expect_err("in the hole");
        assert_eq!(Fault::of(&missing).why, Why::Truncated);
        assert_eq!(image.hashes(&|| false).expect_err("no hash of a part").why, Why::Truncated);
    }

    #[test]
    fn segments_of_different_sizes_are_said() {
        let image = image(&[("d.001", 10), ("d.002", 7), ("d.003", 10)]);
        assert_eq!(image.findings[0].expected, "segments of 10 bytes, but for the last");
    }
}
