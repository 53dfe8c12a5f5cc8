//! exFAT that was made set by set.

use tutela_evidence::entry::{Found, Stamp, Why};

use crate::made::exfat::{CLUSTER, ExFat, Set};
use crate::made::{content, seen};

/// A file in chained clusters.
const FILE: Set<'_> =
    Set { name: "", folder: false, deleted: false, contiguous: false, first: 0, size: 0, valid: 0 };

#[test]
fn files_have_their_bytes_whether_chained_or_in_a_stretch_and_zeros_where_none_were_written() {
    let mut made = ExFat::new();
    let bytes = content(1, 4 * CLUSTER);
    made.chain(&[20, 12]);
    made.write(20, 0, &bytes[..CLUSTER]);
    made.write(12, 0, &bytes[CLUSTER..2 * CLUSTER]);
    made.hold(&[30, 31, 32]);
    (0..3).for_each(|part| made.write(30 + part as u32, 0, &bytes[part * CLUSTER..][..CLUSTER]));
    let chained = Set { name: "chained.bin", first: 20, size: 1500, valid: 1500, ..FILE };
    let stretch = Set { name: "stretch.bin", first: 30, size: 3000, valid: 2000, contiguous: true, ..FILE };
    let empty = Set { name: "a name of more than fifteen characters.txt", ..FILE };
    let slots = [chained.slots(), stretch.slots(), empty.slots()].concat();
    made.write(3, 32, &slots);
    let seen = seen(made.bytes);
    let paths = ["$ALLOC_BITMAP", "chained.bin", "stretch.bin", "a name of more than fifteen characters.txt"];
    assert_eq!(seen.paths(), paths);
    assert_eq!(seen.bytes("chained.bin"), &bytes[..1500]);
    assert_eq!(seen.bytes("stretch.bin")[..2000], bytes[..2000]);
    assert_eq!(seen.bytes("stretch.bin")[2000..], [0; 1000]);
    assert_eq!(seen.findings(), []);
    let made_at = Stamp { at_us: (1_577_966_400 - 3600) * 1_000_000, width_us: 10_000, local: false };
    assert_eq!(seen.entry("chained.bin").times.created, Some(made_at));
    assert_eq!(seen.entry("chained.bin").times.accessed, Some(Stamp { width_us: 2_000_000, ..made_at }));
}

#[test]
fn deleted_files_are_given_where_no_other_file_holds_their_clusters() {
    let mut made = ExFat::new();
    let bytes = content(2, 2 * CLUSTER);
    made.write(40, 0, &bytes);
    made.hold(&[51]);
    let gone = Set { deleted: true, size: 2048, valid: 2048, ..FILE };
    let stretch = Set { name: "stretch.bin", first: 40, contiguous: true, ..gone };
    let taken = Set { name: "taken.bin", first: 50, contiguous: true, ..gone };
    let guessed = Set { name: "guessed.bin", first: 40, ..gone };
    let slots = [stretch.slots(), taken.slots(), guessed.slots()].concat();
    made.write(3, 32, &slots);
    let seen = seen(made.bytes);
    assert_eq!(seen.paths()[1..], ["deleted stretch.bin", "deleted taken.bin", "deleted guessed.bin"]);
    let found = ["stretch.bin", "taken.bin", "guessed.bin"].map(|path| seen.entry(path).found);
    assert_eq!(found, [Found::Recorded, Found::Lost, Found::Guessed]);
    assert_eq!(seen.bytes("stretch.bin"), bytes);
    assert_eq!(seen.bytes("guessed.bin"), bytes);
}

#[test]
fn a_set_whose_checksum_is_wrong_is_none_and_is_told() {
    let mut made = ExFat::new();
    let mut slots = Set { name: "altered.bin", ..FILE }.slots();
    slots[70] ^= 1;
    slots.extend(Set { name: "sound.bin", ..FILE }.slots());
    made.write(3, 32, &slots);
    let seen = seen(made.bytes);
    assert_eq!(seen.paths()[1..], ["sound.bin"]);
    assert_eq!(seen.findings(), [("the root", Why::Damaged, "1 slots that are none beside 2 that are")]);
}

#[test]
fn folders_are_read_to_their_length_and_deleted_ones_where_they_are_free() {
    let mut made = ExFat::new();
    let folder = Set { folder: true, size: 1024, valid: 1024, contiguous: true, ..FILE };
    let there = Set { name: "there", first: 60, ..folder }.slots();
    let gone = Set { name: "gone", first: 61, deleted: true, ..folder }.slots();
    made.write(3, 32, &[there, gone].concat());
    made.hold(&[60]);
    made.write(60, 0, &Set { name: "inside.txt", ..FILE }.slots());
    made.write(61, 0, &Set { name: "inside.txt", deleted: true, ..FILE }.slots());
    // A folder that no set leads to any more.
    made.write(100, 512, &Set { name: "left.txt", deleted: true, ..FILE }.slots());
    let seen = seen(made.bytes);
    let paths = [
        "there/",
        "there/inside.txt",
        "deleted gone/",
        "deleted gone/inside.txt",
        "orphan $OrphanFiles/left.txt",
    ];
    assert_eq!(seen.paths()[1..], paths);
}

#[test]
fn a_name_that_would_part_a_path_does_not() {
    let mut made = ExFat::new();
    made.write(3, 32, &Set { name: "a/b\u{202e}\n", ..FILE }.slots());
    assert_eq!(seen(made.bytes).paths()[1..], ["a\u{fffd}b\u{202e}\n"]);
}

#[test]
fn random_bytes_in_free_clusters_are_no_files() {
    let mut made = ExFat::new();
    made.write(10, 0, &content(3, 380 * CLUSTER));
    assert_eq!(seen(made.bytes).paths(), ["$ALLOC_BITMAP"]);
}
