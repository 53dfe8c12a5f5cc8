//! Images in one and in several files, whole and with a hole.

use md5::{Digest, Md5};
use sha1::Sha1;
use tutela_evidence::entry::{Unread, Why};
use tutela_evidence::image::{Image, ReadAt, Segment};
use tutela_evidence::walk::{Exhibit, Limits};

use crate::made::ewf::{self, CHUNK, handed};
use crate::made::{content, fat, put, seen_of};

/// A medium of twelve chunks, of which some pack well and some do not.
fn medium() -> Vec<u8> {
    let mut medium = content(1, 12 * CHUNK);
    medium[5 * CHUNK..8 * CHUNK].fill(0x41);
    medium
}

fn md5(bytes: &[u8]) -> [u8; 16] {
    Md5::digest(bytes).into()
}

/// Opens segments, in the wrong order.
fn opened(segments: &[Vec<u8>], left_out: &[usize]) -> Result<Image, Unread> {
    let named: Vec<(String, &[u8])> = segments
        .iter()
        .enumerate()
        .filter(|(segment_idx, _)| !left_out.contains(segment_idx))
        .map(|(segment_idx, bytes)| (format!("disk.E{:02}", segment_idx + 1), bytes.as_slice()))
        .rev()
        .collect();
    Image::of_segments(handed(&named.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect::<Vec<_>>()))
}

fn all(image: &Image) -> Vec<u8> {
    let mut bytes = vec![0; image.size() as usize];
    assert_eq!(image.read_at(0, &mut bytes).expect("reads"), bytes.len());
    bytes
}

#[test]
fn an_e01_gives_its_medium_at_any_offset_whatever_the_segments() {
    let medium = medium();
    for per_segment in [12, 5, 1] {
        let image = opened(&ewf::first(&medium, per_segment, Some(md5(&medium))), &[]).expect("an image");
        assert_eq!((image.format, image.findings.len()), ("E01", 0), "{:?}", image.findings);
        assert_eq!(all(&image), medium);
        for (offset, length) in [(0, 1), (4095, 2), (5000, 20_000), (12 * CHUNK - 3, 10)] {
            let mut part = vec![0; length];
            let taken = image.read_at(offset as u64, &mut part).expect("reads");
            assert_eq!(part[..taken], medium[offset..(offset + length).min(medium.len())]);
        }
        let taken = image.hashes(&|| false).expect("whole");
        assert_eq!((taken.md5, taken.sha1), (image.stored.md5, Some(Sha1::digest(&medium).into())));
    }
}

#[test]
fn a_missing_segment_is_refused_by_the_comparison_and_reads_as_missing() {
    let medium = medium();
    let segments = ewf::first(&medium, 3, Some(md5(&medium)));
    let image = opened(&segments, &[1]).expect("an image with a hole");
    let said: Vec<(Why, &str)> =
        image.findings.iter().map(|unread| (unread.why, unread.found.as_str())).collect();
    assert_eq!(said, [(Why::Truncated, "segment 3: 1 missing"), (Why::Truncated, "9 in the tables")]);
    assert_eq!(image.hashes(&|| false).expect_err("no hash of a part").why, Why::Truncated);
    let mut chunk = vec![0; CHUNK];
    assert!(image.read_at(3 * CHUNK as u64, &mut chunk).is_err(), "a chunk of the missing segment");
    image.read_at(2 * CHUNK as u64, &mut chunk).expect("before the hole");
    assert_eq!(chunk, medium[2 * CHUNK..3 * CHUNK]);
    image.read_at(7 * CHUNK as u64, &mut chunk).expect("behind the hole, counted from the end");
    assert_eq!(chunk, medium[7 * CHUNK..8 * CHUNK]);
}

#[test]
fn a_missing_first_or_last_segment_is_found() {
    let medium = medium();
    let segments = ewf::first(&medium, 3, None);
    let without_last = opened(&segments, &[3]).expect("an image");
    let said: Vec<&str> = without_last.findings.iter().map(|unread| unread.expected.as_str()).collect();
    assert_eq!(said, ["12 chunks", "a last segment that says that it is the last"]);
    assert!(without_last.hashes(&|| false).is_err());
    let without_first = opened(&segments, &[0]).expect("an image");
    assert_eq!(without_first.findings[0].found, "segment 2: 1 missing");
    let mut chunk = vec![0; CHUNK];
    without_first.read_at(4 * CHUNK as u64, &mut chunk).expect("counted from the end");
    assert_eq!(chunk, medium[4 * CHUNK..5 * CHUNK]);
    // Two holes: what is between them cannot be placed.
    let two = opened(&segments, &[0, 2]).expect("an image");
    assert!(two.read_at(4 * CHUNK as u64, &mut chunk).is_err());
    two.read_at(10 * CHUNK as u64, &mut chunk).expect("the last segment");
    assert_eq!(chunk, medium[10 * CHUNK..11 * CHUNK]);
}

#[test]
fn a_segment_of_another_image_is_refused() {
    let mut segments = ewf::first(&medium(), 6, None);
    let mut other = ewf::first(&content(9, 14 * CHUNK), 6, None);
    segments[1] = other.swap_remove(1);
    let refused = opened(&segments, &[]).err().expect("refused");
    assert_eq!(refused.found, "a segment of another image");
}

#[test]
fn a_damaged_chunk_is_said_whether_packed_or_not_and_the_others_are_given() {
    let medium = medium();
    let sound = ewf::first(&medium, 12, Some(md5(&medium)));
    let start = sound[0].windows(7).position(|name| name == b"sectors").expect("a section") + 76;
    // Chunk 0 is plain, chunk 1 packed.
    for (at, damaged) in [(start + 100, 0), (start + CHUNK + 4 + 100, 1)] {
        let mut segments = sound.clone();
        segments[0][at] ^= 0x10;
        let image = opened(&segments, &[]).expect("an image");
        let mut chunk = vec![0; CHUNK];
        let error = image.read_at(damaged * CHUNK as u64, &mut chunk).expect_err("damaged");
        assert!(error.to_string().ends_with(&format!("chunk {damaged} of the image damaged")), "{error}");
        image.read_at(2 * CHUNK as u64, &mut chunk).expect("sound");
        assert_eq!(chunk, medium[2 * CHUNK..3 * CHUNK]);
        assert_eq!(image.hashes(&|| false).expect_err("not whole").why, Why::Damaged);
    }
}

#[test]
fn a_damaged_table_is_read_from_its_copy() {
    let medium = medium();
    let mut segments = ewf::first(&medium, 12, None);
    let table = segments[0].windows(6).position(|name| name == b"table\0").expect("a table");
    segments[0][table + 76 + 24 + 5] ^= 1;
    let image = opened(&segments, &[]).expect("an image");
    assert_eq!(all(&image), medium);
}

#[test]
fn an_e01_that_is_cut_off_anywhere_never_gives_other_bytes() {
    let medium = medium();
    let whole = ewf::first(&medium, 12, None).swap_remove(0);
    for cut in (13..whole.len()).step_by(997) {
        let Ok(image) = opened(&[whole[..cut].to_vec()], &[]) else { continue };
        assert!(!image.findings.is_empty(), "cut at {cut}");
        let mut chunk = vec![0; CHUNK];
        for number in 0..12 {
            if image.read_at((number * CHUNK) as u64, &mut chunk).is_ok_and(|taken| taken == CHUNK) {
                assert_eq!(chunk, medium[number * CHUNK..(number + 1) * CHUNK], "cut at {cut}");
            }
        }
    }
}

#[test]
fn an_ex01_gives_its_medium_packed_plain_and_of_one_pattern() {
    let medium = medium();
    let file = ewf::second(&medium, md5(&medium));
    let image = Image::of_segments(handed(&[("disk.Ex01", &file)])).expect("an image");
    assert_eq!((image.format, image.findings.len()), ("Ex01", 0), "{:?}", image.findings);
    assert_eq!(all(&image), medium);
    assert_eq!(image.hashes(&|| false).expect("whole").md5, image.stored.md5);
    let mut other = file.clone();
    let at = other.len() / 2;
    other[at] ^= 1;
    let image = Image::of_segments(handed(&[("disk.Ex01", &other)])).expect("an image");
    assert!(image.hashes(&|| false).is_err() || !image.findings.is_empty());
}

#[test]
fn sectors_that_the_imager_could_not_read_are_told() {
    let medium = medium();
    let segments = ewf::first(&medium, 12, None);
    // The section is put before the last one.
    let mut errors = vec![0; 520 + 8 + 4];
    put(&mut errors, 0, &1_u32.to_le_bytes());
    put(&mut errors, 520, &77_u32.to_le_bytes());
    put(&mut errors, 524, &8_u32.to_le_bytes());
    let with = ewf::with_section(&segments[0], "error2", &errors);
    let image = opened(&[with], &[]).expect("an image");
    let said = &image.findings[0];
    assert_eq!((said.place.as_str(), said.why), ("sector 77", Why::Damaged));
    assert_eq!(said.found, "8 that could not be read when the image was made");
}

#[test]
fn other_containers_are_named_and_not_read_as_raw_bytes() {
    let mut vhd = vec![0; 4096];
    put(&mut vhd, 4096 - 512, b"conectix");
    let mut vdi = vec![0; 512];
    put(&mut vdi, 0x40, b"\x7f\x10\xda\xbe");
    for (bytes, name) in [
        (b"KDMV\x01\0\0\0".to_vec(), "VMDK"),
        (b"QFI\xfb\0\0\0\x03".to_vec(), "QCOW"),
        (b"vhdxfile".to_vec(), "VHDX"),
        (b"LVF\x09\x0d\x0a\xff\x00".to_vec(), "L01"),
        (vhd, "VHD"),
        (vdi, "VDI"),
    ] {
        let refused = Image::of_segments(handed(&[("disk", &bytes)])).err().expect("refused");
        assert_eq!(refused.why, Why::Unsupported);
        assert!(refused.found.contains(name), "{}", refused.found);
    }
}

#[test]
fn what_is_wrong_with_an_image_is_told_before_its_entries() {
    let mut made = fat::Fat::new(16);
    made.file(0, b"A       BIN", &[4000], &content(2, 100));
    made.file(1, b"B       BIN", &[2500], &content(3, 100));
    let whole = made.bytes.len().next_multiple_of(CHUNK);
    made.bytes.resize(whole, 0);
    let segments = ewf::first(&made.bytes, 200, None);
    let image = opened(&segments, &[1]).expect("an image with a hole");
    let seen = seen_of(&Exhibit::Image(image), Limits::default(), &|| false);
    assert_eq!(seen.findings()[0].2, "segment 3: 1 missing");
    assert_eq!(seen.paths(), ["A.BIN", "B.BIN"]);
    assert_eq!(seen.bytes("A.BIN"), content(2, 100));
    assert!(
        seen.findings().contains(&("B.BIN", Why::Truncated, "no segment or table that has it")),
        "{seen:?}"
    );
}

#[test]
fn an_empty_file_is_an_image_of_nothing() {
    let image = Image::of_segments(vec![Segment { name: "empty".to_owned(), bytes: Box::new(Vec::new()) }]);
    let seen = seen_of(&Exhibit::Image(image.expect("an image")), Limits::default(), &|| false);
    assert!(seen.entries.is_empty());
}
