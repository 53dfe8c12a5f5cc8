//! Whatever bytes come, reading ends within its limits and without a panic, and gives the same twice.
//!
//! More cases: `PROPTEST_CASES=100000 cargo test -p tutela-evidence --test reading damaged`.

use std::io::{Read as _, Write as _};

use proptest::prelude::*;
use tutela_evidence::entry::Why;
use tutela_evidence::image::{Image, Segment};
use tutela_evidence::walk::{ArchiveLimits, Exhibit, Limits};

use crate::made::exfat::{ExFat, Set};
use crate::made::fat::{Fat, deleted, entry, long};
use crate::made::ntfs::{Attribute, FOLDER, IN_USE, Ntfs, data, name, resident, run, standard};
use crate::made::{Seen, content, ewf, put, seen_of};

/// Small, so that what does not end is seen.
const LIMITS: Limits = Limits {
    entries: 2000,
    depth: 20,
    bytes: 64 << 20,
    file_bytes: 4 << 20,
    findings: 1000,
    archives: Some(ArchiveLimits { members: 500, depth: 3, bytes: 16 << 20, ratio: 100, inner: 1 << 20 }),
};

fn fat(bits: u32) -> Vec<u8> {
    let mut made = Fat::new(bits);
    made.file(0, b"A       BIN", &[10, 12, 11], &content(1, 1300));
    made.root_slot(1, &deleted(entry(b"GONE    BIN", 0x20, 30, 1200)));
    made.root_slot(2, &entry(b"FOLDER     ", 0x10, 20, 0));
    made.chain(&[20]);
    made.folder(20, 0);
    made.slot(20, 2, &long("a long name.txt", b"ALONGN~1TXT")[1]);
    made.slot(20, 3, &long("a long name.txt", b"ALONGN~1TXT")[0]);
    made.slot(20, 4, &entry(b"ALONGN~1TXT", 0x20, 21, 100));
    made.slot(20, 5, &deleted(entry(b"OLD        ", 0x10, 25, 0)));
    made.folder(25, 20);
    made.bytes
}

fn exfat() -> Vec<u8> {
    let mut made = ExFat::new();
    let file = Set {
        name: "a.bin",
        folder: false,
        deleted: false,
        contiguous: false,
        first: 20,
        size: 1500,
        valid: 1500,
    };
    made.chain(&[20, 12]);
    let folder =
        Set { name: "folder", folder: true, first: 30, size: 1024, valid: 1024, contiguous: true, ..file };
    let gone = Set { name: "gone", deleted: true, first: 40, contiguous: true, ..file };
    made.hold(&[30]);
    made.write(3, 32, &[file.slots(), folder.slots(), gone.slots()].concat());
    made.write(30, 0, &Set { name: "inside", first: 0, size: 0, valid: 0, ..file }.slots());
    made.bytes
}

fn ntfs() -> Vec<u8> {
    let mut made = Ntfs::new();
    made.fill(400, &[0x03, 0xb0, 0x02, b'a', 0xfc, 0x0f]);
    let runs = run(&[(Some(400), 1), (None, 15)]);
    let packed =
        Attribute::Held { id: 3, name: "", flags: 1, unit: 4, start: 0, runs, size: 8000, valid: 8000 };
    made.record(20, 1, IN_USE | FOLDER, 0, &[standard(), name(5, 5, "folder", 3)]);
    made.record(21, 1, IN_USE, 0, &[standard(), name(20, 1, "packed", 3), packed]);
    let split = run(&[(Some(300), 2), (None, 3), (Some(200), 4)]);
    made.record(
        22,
        1,
        IN_USE,
        0,
        &[standard(), name(20, 1, "a", 1), data(3, "", split, 4000), resident(4, "s", b"x")],
    );
    made.record(
        23,
        2,
        0,
        0,
        &[standard(), name(20, 1, "gone", 3), data(3, "", run(&[(Some(500), 4)]), 2000)],
    );
    made.bytes
}

/// A FAT with an archive in it.
fn archived(archive: &[u8]) -> Vec<u8> {
    let mut made = Fat::new(12);
    made.file(0, b"A       BIN", &(10..10 + archive.len().div_ceil(512) as u32).collect::<Vec<_>>(), archive);
    made.bytes
}

fn zip() -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["a.txt", "b.txt"] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("into memory");
        writer.write_all(&b"some text ".repeat(40)).expect("into memory");
    }
    archived(&writer.finish().expect("into memory").into_inner())
}

fn seven() -> Vec<u8> {
    let line = include_str!("seven.txt").lines().next().expect("a line");
    let bytes: Vec<u8> = (0..line.len() / 2)
        .map(|at| u8::from_str_radix(&line[at * 2..at * 2 + 2], 16).expect("hex"))
        .collect();
    archived(&bytes)
}

fn gzip() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let mut head = vec![0; 512];
    put(&mut head, 0, b"a.txt");
    put(&mut head, 124, b"00000000005\x0000000000000\x00");
    put(&mut head, 148, b"        0");
    put(&mut head, 257, b"ustar\x0000");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    put(&mut head, 148, format!("{sum:06o}\0 ").as_bytes());
    encoder.write_all(&head).expect("into memory");
    encoder.write_all(&[b'x'; 512]).expect("into memory");
    encoder.write_all(&[0; 1024]).expect("into memory");
    archived(&encoder.finish().expect("into memory"))
}

/// Volumes in a master boot record, one of them extended.
fn volumes() -> Vec<u8> {
    let mut image = vec![0; 128 * 512];
    let volume = fat(12);
    let length = volume.len() as u32 / 512;
    for (at, kind, start, sectors) in [(446, 0x06, 128, length), (462, 0x05, 20, 60)] {
        image[at + 4] = kind;
        put(&mut image, at + 8, &u32::to_le_bytes(start));
        put(&mut image, at + 12, &u32::to_le_bytes(sectors));
    }
    put(&mut image, 510, &[0x55, 0xaa]);
    image[20 * 512 + 446 + 4] = 7;
    put(&mut image, 20 * 512 + 446 + 8, &[2, 0, 0, 0, 20, 0, 0, 0]);
    put(&mut image, 20 * 512 + 510, &[0x55, 0xaa]);
    image.extend(volume);
    image
}

fn all_made() -> Vec<(&'static str, Vec<u8>)> {
    let made = [
        ("fat12", fat(12)),
        ("fat16", fat(16)),
        ("fat32", fat(32)),
        ("exfat", exfat()),
        ("ntfs", ntfs()),
        ("zip", zip()),
        ("7z", seven()),
        ("gzip", gzip()),
        ("volumes", volumes()),
    ];
    made.into()
}

/// Walks bytes as an image, and holds the limits against what came.
fn held(bytes: &[u8]) -> Seen {
    let image = Image::of_bytes(Box::new(bytes.to_vec()));
    let seen = seen_of(&Exhibit::Image(image), LIMITS, &|| false);
    assert!(seen.entries.len() as u64 <= LIMITS.entries);
    for (entry, bytes) in &seen.entries {
        if let Some(Ok(bytes)) = bytes {
            assert!(bytes.len() as u64 <= LIMITS.file_bytes, "{}", entry.path);
        }
    }
    seen
}

#[test]
fn what_is_damaged_here_is_sound_before() {
    for (name, bytes) in all_made() {
        let seen = held(&bytes);
        assert!(!seen.entries.is_empty(), "{name}");
        assert!(seen.unread.iter().all(|unread| unread.why == Why::Unsupported), "{name}: {:?}", seen.unread);
    }
}

/// Crafted images and archives that fuzzing kept, because each goes another way through the readers.
#[test]
fn what_fuzzing_kept_is_read_within_the_limits() {
    let kept = std::io::Cursor::new(&include_bytes!("fuzzed.zip")[..]);
    let mut kept = zip::ZipArchive::new(kept).expect("an archive");
    assert!(kept.len() >= 100);
    for number in 0..kept.len() {
        let mut member = kept.by_index(number).expect("a member");
        let folder = member.name().expect("a name").split_once('/').expect("a folder").0.to_owned();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("its bytes");
        match folder.as_str() {
            "archive" => drop(held(&archived(&bytes[..bytes.len().min(400 * 512)]))),
            "image" => {
                let segment = Segment { name: "a.E01".to_owned(), bytes: Box::new(bytes) };
                if let Ok(image) = Image::of_segments(vec![segment]) {
                    seen_of(&Exhibit::Image(image), LIMITS, &|| false);
                }
            }
            _ => drop(held(&bytes)),
        }
    }
}

/// Where to change a byte: in the first sectors mostly, where structure is, and to what.
fn changes() -> impl Strategy<Value = Vec<(bool, u32, u8)>> {
    prop::collection::vec((any::<bool>(), any::<u32>(), any::<u8>()), 1..12)
}

fn changed(bytes: &[u8], changes: &[(bool, u32, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    // Bytes that are not zeros are where structure is.
    let used: Vec<usize> =
        bytes.iter().enumerate().filter(|(_, byte)| **byte != 0).map(|(at, _)| at).collect();
    for (anywhere, at, to) in changes {
        let at = if *anywhere { *at as usize % bytes.len() } else { used[*at as usize % used.len()] };
        bytes[at] = *to;
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn damaged_file_systems_and_archives_end_without_a_panic(which in 0_usize..9, changes in changes(), cut in any::<Option<u16>>()) {
        let (_, bytes) = &all_made()[which];
        let mut bytes = changed(bytes, &changes);
        if let Some(cut) = cut {
            bytes.truncate(bytes.len() * usize::from(cut) / usize::from(u16::MAX));
        }
        let (once, twice) = (held(&bytes), held(&bytes));
        prop_assert_eq!(once.paths(), twice.paths());
        prop_assert_eq!(once.findings(), twice.findings());
    }

    #[test]
    fn damaged_segments_end_without_a_panic(changes in changes(), packed in any::<bool>(), cut in any::<Option<u16>>()) {
        let medium = fat(12);
        let medium = &medium[..medium.len() / ewf::CHUNK * ewf::CHUNK];
        let mut segments = match packed {
            true => vec![ewf::second(medium, [1; 16])],
            false => ewf::first(medium, 30, Some([1; 16])),
        };
        let which = changes[0].1 as usize % segments.len();
        segments[which] = changed(&segments[which], &changes);
        if let Some(cut) = cut {
            let length = segments[which].len() * usize::from(cut) / usize::from(u16::MAX);
            segments[which].truncate(length);
        }
        let named: Vec<(String, &[u8])> =
            segments.iter().enumerate().map(|(n, bytes)| (format!("a.E{:02}", n + 1), bytes.as_slice())).collect();
        let handed = ewf::handed(&named.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect::<Vec<_>>());
        if let Ok(image) = Image::of_segments(handed) {
            let whole = image.hashes(&|| false).is_ok();
            let findings = image.findings.len();
            let seen = seen_of(&Exhibit::Image(image), LIMITS, &|| false);
            prop_assert!(seen.entries.len() as u64 <= LIMITS.entries);
            prop_assert!(!whole || findings == 0 || seen.unread.len() >= findings);
        }
    }
}

/// As many cases as the environment says, few otherwise: each walks an image twice.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(200)
}
