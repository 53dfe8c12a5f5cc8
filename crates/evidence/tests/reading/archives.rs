//! Archives among the files of an image.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use tutela_evidence::entry::{Found, Why};
use tutela_evidence::walk::{ArchiveLimits, Limits};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::made::fat::{CLUSTER, Fat};
use crate::made::{Seen, content, put, seen_within};

/// Walks an image with that file in it.
fn with(bytes: &[u8], limits: ArchiveLimits) -> Seen {
    let mut made = Fat::new(16);
    let clusters: Vec<u32> = (10..10 + bytes.len().div_ceil(CLUSTER).max(1) as u32).collect();
    made.file(0, b"ARCHIVE BIN", &clusters, bytes);
    seen_within(Box::new(made.bytes), Limits { archives: Some(limits), ..Limits::default() })
}

fn opened(bytes: &[u8]) -> Seen {
    with(bytes, ArchiveLimits::default())
}

fn zipped(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = SimpleFileOptions::default().compression_method(method);
        if name.ends_with('/') {
            writer.add_directory(*name, options).expect("into memory");
        } else {
            writer.start_file(*name, options).expect("into memory");
            writer.write_all(bytes).expect("into memory");
        }
    }
    writer.finish().expect("into memory").into_inner()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("into memory");
    encoder.finish().expect("into memory")
}

/// A head of TAR.
fn tar_head(name: &str, kind: u8, size: usize) -> Vec<u8> {
    let mut head = vec![0; 512];
    put(&mut head, 0, name.as_bytes());
    put(&mut head, 124, format!("{size:011o}").as_bytes());
    put(&mut head, 136, format!("{:011o}", 1_577_968_496).as_bytes());
    put(&mut head, 148, b"        ");
    head[156] = kind;
    put(&mut head, 257, b"ustar\x0000");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    put(&mut head, 148, format!("{sum:06o}\0 ").as_bytes());
    head
}

fn tarred(members: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, kind, bytes) in members {
        tar.extend(tar_head(name, *kind, bytes.len()));
        tar.extend(*bytes);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.extend([0; 1024]);
    tar
}

#[test]
fn members_of_a_zip_have_their_bytes_plain_or_packed() {
    let (one, two) = (content(1, 3000), b"text ".repeat(3000));
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let members: [(&str, &[u8]); 4] =
            [("a/", b""), ("a/one.jpg", &one), ("two.txt", &two), ("empty", b"")];
        let seen = opened(&zipped(&members, method));
        let expected = [
            "ARCHIVE.BIN",
            "ARCHIVE.BIN/!/a/",
            "ARCHIVE.BIN/!/a/one.jpg",
            "ARCHIVE.BIN/!/two.txt",
            "ARCHIVE.BIN/!/empty",
        ];
        let paths: Vec<String> = seen
            .entries
            .iter()
            .map(|(entry, _)| match entry.kind.word() {
                "folder" => format!("{}/", entry.path),
                _ => entry.path.clone(),
            })
            .collect();
        assert_eq!(paths, expected);
        assert_eq!(seen.bytes("ARCHIVE.BIN/!/a/one.jpg"), one);
        assert_eq!(seen.bytes("ARCHIVE.BIN/!/two.txt"), two);
        assert_eq!(seen.entry("ARCHIVE.BIN/!/two.txt").kind.word(), "member");
        assert_eq!(seen.findings(), []);
    }
}

#[test]
fn a_zip_behind_other_bytes_and_one_with_a_comment_are_read() {
    let mut zip = b"#!/bin/sh\n".to_vec();
    let inner = zipped(&[("a.txt", b"a")], CompressionMethod::Deflated);
    zip.extend(&inner);
    // It does not begin like a ZIP, so it is none here: what begins otherwise is another file.
    assert_eq!(opened(&zip).paths(), ["ARCHIVE.BIN"]);
    let mut commented = inner.clone();
    let comment = commented.len() - 2;
    put(&mut commented, comment, &5_u16.to_le_bytes());
    commented.extend(b"hello");
    assert_eq!(opened(&commented).bytes("ARCHIVE.BIN/!/a.txt"), b"a");
}

#[test]
fn encrypted_foreign_damaged_and_missing_members_are_said() {
    let zip = zipped(
        &[("a.txt", &b"a text ".repeat(50)), ("b.txt", &b"b text ".repeat(50))],
        CompressionMethod::Deflated,
    );
    let list = zip.windows(4).position(|mark| mark == b"PK\x01\x02").expect("a list");
    let changed = |at: usize, to: &[u8]| {
        let mut zip = zip.clone();
        put(&mut zip, at, to);
        opened(&zip)
    };
    let encrypted = changed(list + 8, &[1]);
    assert_eq!(encrypted.findings(), [("ARCHIVE.BIN/!/a.txt", Why::Encrypted, "an encrypted one")]);
    assert_eq!(encrypted.entry("ARCHIVE.BIN/!/a.txt").found, Found::Lost);
    assert_eq!(encrypted.bytes("ARCHIVE.BIN/!/b.txt"), b"b text ".repeat(50));
    let foreign = changed(list + 10, &[12]);
    assert_eq!(foreign.findings(), [("ARCHIVE.BIN/!/a.txt", Why::Unsupported, "one packed by method 12")]);
    let checksum = changed(list + 16, &[0xff]);
    assert_eq!(checksum.findings()[0].1, Why::Damaged);
    let elsewhere = changed(list + 42, &[3]);
    assert_eq!(elsewhere.findings()[0], ("ARCHIVE.BIN/!/a.txt", Why::Damaged, "other bytes at 3"));
    let no_list = opened(&zip[..list + 10]);
    assert_eq!(no_list.findings(), [("ARCHIVE.BIN", Why::Truncated, "none")]);
}

#[test]
fn a_bomb_ends_with_a_finding_and_what_is_before_it_is_given() {
    let bomb = zipped(
        &[("small.txt", b"small"), ("bomb", &vec![0; 64 << 20]), ("after.txt", b"after")],
        CompressionMethod::Deflated,
    );
    assert!(bomb.len() < 100_000);
    let limits = ArchiveLimits { ratio: 10, ..ArchiveLimits::default() };
    let seen = with(&bomb, limits);
    assert_eq!(seen.bytes("ARCHIVE.BIN/!/small.txt"), b"small");
    assert_eq!(seen.findings()[0].0, "ARCHIVE.BIN/!/bomb");
    assert!(seen.findings().iter().all(|(_, why, _)| *why == Why::Limit), "{:?}", seen.findings());
    // What lies behind it is listed.
    assert!(seen.paths().contains(&"ARCHIVE.BIN/!/after.txt".to_owned()));
}

#[test]
fn members_that_overlap_unpack_to_no_more_than_the_archive_allows() {
    // One packed member that the list names a thousand times.
    let zip = zipped(&[("a", &vec![0; 4 << 20])], CompressionMethod::Deflated);
    let list = zip.windows(4).position(|mark| mark == b"PK\x01\x02").expect("a list");
    let end = zip.windows(4).position(|mark| mark == b"PK\x05\x06").expect("an end");
    let mut many = zip[..list].to_vec();
    (0..1000).for_each(|_| many.extend(&zip[list..end]));
    let mut record = zip[end..].to_vec();
    put(&mut record, 8, &1000_u16.to_le_bytes());
    put(&mut record, 10, &1000_u16.to_le_bytes());
    put(&mut record, 12, &((end - list) as u32 * 1000).to_le_bytes());
    many.extend(record);
    let seen = with(&many, ArchiveLimits { ratio: 20, ..ArchiveLimits::default() });
    let whole = seen.entries.iter().filter(|(_, bytes)| matches!(bytes, Some(Ok(_)))).count();
    assert!(whole < 10, "{whole} of a thousand were unpacked");
    assert!(seen.unread.iter().any(|unread| unread.why == Why::Limit));
}

#[test]
fn too_many_members_are_said() {
    let names: Vec<String> = (0..50).map(|n| format!("{n}.txt")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let seen = with(
        &zipped(&members, CompressionMethod::Stored),
        ArchiveLimits { members: 20, ..ArchiveLimits::default() },
    );
    assert_eq!(seen.entries.len(), 21);
    assert_eq!(seen.findings(), [("ARCHIVE.BIN", Why::Limit, "more: they are not listed")]);
}

#[test]
fn a_tar_has_its_members_long_names_and_times() {
    let bytes = content(2, 2000);
    let long = "a folder with a name that is long/".repeat(6) + "file.jpg";
    let pax = |name: &str, value: &str| {
        let mut record = format!(" {name}={value}\n");
        let length = (1..)
            .map(|digits| record.len() + digits)
            .find(|length| length.to_string().len() + record.len() == *length);
        record.insert_str(0, &length.expect("a length").to_string());
        record
    };
    let records = pax("path", "päx name.bin") + &pax("mtime", "1577968496.25");
    let tar = tarred(&[
        ("plain.bin", b'0', &bytes),
        ("folder/", b'5', b""),
        ("././@LongLink", b'L', long.as_bytes()),
        ("cut", b'0', b"long"),
        ("x", b'x', records.as_bytes()),
        ("short", b'0', b"pax"),
        ("link", b'2', b""),
    ]);
    for (bytes_of, prefix) in [(tar.clone(), "ARCHIVE.BIN/!/"), (gzipped(&tar), "ARCHIVE.BIN/!/ARCHIVE/!/")] {
        let seen = opened(&bytes_of);
        assert_eq!(seen.bytes(&format!("{prefix}plain.bin")), bytes);
        assert_eq!(seen.bytes(&format!("{prefix}{long}")), b"long");
        assert_eq!(seen.bytes(&format!("{prefix}päx name.bin")), b"pax");
        let modified = |name: &str| seen.entry(&format!("{prefix}{name}")).times.modified.expect("a time");
        assert_eq!(modified("plain.bin").at_us, 1_577_968_496_000_000);
        assert_eq!(modified("päx name.bin").at_us, 1_577_968_496_250_000);
        assert_eq!(seen.entry(&format!("{prefix}folder")).kind.word(), "folder");
        assert_eq!(seen.entry(&format!("{prefix}link")).kind.word(), "link");
        assert_eq!(seen.findings(), []);
    }
}

#[test]
fn a_tar_that_is_cut_off_or_damaged_says_where() {
    let tar = tarred(&[("one.txt", b'0', b"one"), ("two.txt", b'0', b"two")]);
    let cut = opened(&tar[..1024]);
    assert_eq!(cut.findings(), [("ARCHIVE.BIN", Why::Truncated, "an end at 1024")]);
    let mut damaged = tar.clone();
    damaged[1024 + 3] ^= 1;
    assert_eq!(opened(&damaged).findings(), [("ARCHIVE.BIN", Why::Damaged, "a wrong checksum at 1024")]);
    let cut = opened(&gzipped(&tar)[..60]);
    assert!(
        cut.unread.iter().all(|unread| unread.why == Why::Damaged || unread.why == Why::Truncated),
        "{cut:?}"
    );
    assert!(!cut.unread.is_empty());
}

#[test]
fn a_gzip_has_the_name_of_its_file_without_the_end() {
    let seen = opened(&gzipped(b"packed text"));
    assert_eq!(seen.bytes("ARCHIVE.BIN/!/ARCHIVE"), b"packed text");
}

/// Two files, `a/hello.txt` and `b.bin`, packed by 7-Zip with LZMA2; then the same with a password.
const SEVEN: &str = include_str!("seven.txt");

fn from_hex(line: &str) -> Vec<u8> {
    (0..line.len() / 2)
        .map(|at| u8::from_str_radix(&line[at * 2..at * 2 + 2], 16).expect("hexadecimal"))
        .collect()
}

#[test]
fn members_of_a_7z_have_their_bytes_and_a_password_is_said() {
    let lines: Vec<Vec<u8>> = SEVEN.lines().map(from_hex).collect();
    let seen = opened(&lines[0]);
    assert_eq!(seen.bytes("ARCHIVE.BIN/!/a/hello.txt"), b"hello from inside\n".repeat(20));
    assert_eq!(seen.bytes("ARCHIVE.BIN/!/b.bin"), (0..=255).collect::<Vec<u8>>());
    assert_eq!(seen.entry("ARCHIVE.BIN/!/a").kind.word(), "folder");
    assert_eq!(seen.findings(), []);
    let encrypted = opened(&lines[1]);
    assert!(encrypted.findings().iter().all(|(_, why, _)| *why == Why::Encrypted), "{encrypted:?}");
    assert_eq!(encrypted.findings().len(), 2);
    let hidden = opened(&lines[2]);
    assert_eq!(
        hidden.findings().iter().map(|(place, why, _)| (*place, *why)).collect::<Vec<_>>(),
        [("ARCHIVE.BIN", Why::Encrypted)]
    );
    let mut damaged = lines[0].clone();
    damaged[40] ^= 0x10;
    assert!(!opened(&damaged).unread.is_empty());
}

#[test]
fn archives_inside_each_other_are_opened_up_to_a_depth_and_a_size() {
    let inner = zipped(&[("deep.txt", b"deep")], CompressionMethod::Deflated);
    let middle = zipped(&[("inner.zip", &inner)], CompressionMethod::Deflated);
    let outer = tarred(&[("middle.zip", b'0', &middle)]);
    let path = "ARCHIVE.BIN/!/middle.zip/!/inner.zip/!/deep.txt";
    assert_eq!(opened(&outer).bytes(path), b"deep");
    let shallow = with(&outer, ArchiveLimits { depth: 2, ..ArchiveLimits::default() });
    assert_eq!(
        shallow.findings(),
        [("ARCHIVE.BIN/!/middle.zip/!/inner.zip", Why::Limit, "more: it is not opened")]
    );
    let small = with(&outer, ArchiveLimits { inner: 50, ..ArchiveLimits::default() });
    assert_eq!(
        small.findings(),
        [("ARCHIVE.BIN/!/middle.zip/!/inner.zip", Why::Limit, "more: it is not opened")]
    );
    assert_eq!(
        small.bytes("ARCHIVE.BIN/!/middle.zip/!/inner.zip"),
        inner,
        "its bytes are given all the same"
    );
}

#[test]
fn archives_are_opened_only_when_asked_for() {
    let mut made = Fat::new(16);
    made.file(0, b"A       ZIP", &[10], &zipped(&[("a", b"a")], CompressionMethod::Stored));
    assert_eq!(seen_within(Box::new(made.bytes), Limits::default()).paths(), ["A.ZIP"]);
}
