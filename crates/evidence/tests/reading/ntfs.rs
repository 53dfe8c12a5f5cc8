//! NTFS that was made record by record.

use tutela_evidence::entry::{Found, Stamp, Why};

use crate::made::ntfs::{Attribute, CLUSTER, FOLDER, IN_USE, Ntfs, data, name, resident, run, standard};
use crate::made::{content, put, seen};

/// Paths without the system's own records.
fn paths(made: Ntfs) -> Vec<String> {
    seen(made.bytes)
        .paths()
        .into_iter()
        .filter(|path| !["$MFT", "$Bitmap"].contains(&path.as_str()))
        .collect()
}

#[test]
fn files_streams_and_sparse_files_have_their_bytes_and_their_times() {
    let mut made = Ntfs::new();
    let bytes = content(1, 6 * CLUSTER);
    made.fill(200, &bytes[..4 * CLUSTER]);
    made.fill(300, &bytes[4 * CLUSTER..]);
    let split = run(&[(Some(300), 2), (Some(200), 4)]);
    let sparse = run(&[(Some(200), 1), (None, 10), (Some(201), 1)]);
    made.record(
        20,
        1,
        IN_USE,
        0,
        &[standard(), name(5, 5, "small.txt", 3), resident(3, "", b"in the record")],
    );
    made.record(
        21,
        1,
        IN_USE,
        0,
        &[
            standard(),
            name(5, 5, "split.bin", 3),
            data(3, "", split, 2900),
            resident(4, "Zone.Identifier", b"[Zone]"),
        ],
    );
    let held = Attribute::Held {
        id: 3,
        name: "",
        flags: 0x8000,
        unit: 0,
        start: 0,
        runs: sparse,
        size: 12 * CLUSTER as u64,
        valid: 12 * CLUSTER as u64 - 100,
    };
    made.record(22, 1, IN_USE, 0, &[standard(), name(5, 5, "sparse.bin", 3), held]);
    let seen = seen(made.bytes);
    assert_eq!(
        seen.paths()[1..],
        ["$Bitmap", "small.txt", "split.bin", "split.bin:Zone.Identifier", "sparse.bin"]
    );
    assert_eq!(seen.findings(), []);
    assert_eq!(seen.bytes("small.txt"), b"in the record");
    assert_eq!(seen.bytes("split.bin"), [&bytes[4 * CLUSTER..], &bytes[..2900 - 2 * CLUSTER]].concat());
    assert_eq!(seen.bytes("split.bin:Zone.Identifier"), b"[Zone]");
    let mut expected = [&bytes[..CLUSTER], &[0; 10 * CLUSTER], &bytes[CLUSTER..2 * CLUSTER]].concat();
    expected[12 * CLUSTER - 100..].fill(0);
    assert_eq!(seen.bytes("sparse.bin"), expected);
    assert_eq!(seen.entry("split.bin:Zone.Identifier").id, "21-128-4");
    let runs: Vec<(Option<u64>, u64)> =
        seen.entry("split.bin").runs.iter().map(|run| (run.offset, run.length)).collect();
    assert_eq!(runs, [(Some(300 * 512), 1024), (Some(200 * 512), 2900 - 1024)]);
    let times = seen.entry("small.txt").times;
    let stamp = |at_us| Some(Stamp { at_us, width_us: 1, local: false });
    assert_eq!(times.created, stamp(1_577_968_496_789_000));
    assert_eq!(
        (times.modified, times.changed, times.accessed),
        (stamp(1_577_968_496_789_001), stamp(1_577_968_496_789_002), stamp(1_577_968_496_789_003))
    );
}

#[test]
fn packed_files_are_unpacked_unit_by_unit() {
    let mut made = Ntfs::new();
    // A unit is sixteen clusters. The first is packed into one: blocks of zeros but for the first letter.
    let block = |letter: u8| [0x03, 0xb0, 0x02, letter, 0xfc, 0x0f];
    made.fill(400, &[block(b'a'), block(b'b')].concat());
    // The second is plain, the third a hole, the fourth packed and shorter than a unit.
    let plain = content(2, 16 * CLUSTER);
    made.fill(500, &plain);
    made.fill(600, &block(b'c'));
    let runs = run(&[(Some(400), 1), (None, 15), (Some(500), 16), (None, 16), (Some(600), 1), (None, 15)]);
    let size = 3 * 8192 + 3000;
    let held = |id, unit| Attribute::Held {
        id,
        name: "",
        flags: 1,
        unit,
        start: 0,
        runs: runs.clone(),
        size,
        valid: size,
    };
    made.record(20, 1, IN_USE, 0, &[standard(), name(5, 5, "packed.txt", 3), held(3, 4)]);
    let seen = seen(made.bytes);
    let expected = [vec![b'a'; 4096], vec![b'b'; 4096], plain, vec![0; 8192], vec![b'c'; 3000]].concat();
    assert_eq!(seen.bytes("packed.txt"), expected);
    assert_eq!(seen.findings(), []);
}

#[test]
fn a_packed_unit_that_is_damaged_is_said_and_what_is_before_is_given() {
    let mut made = Ntfs::new();
    made.fill(400, &[0x02, 0xb0, 0x01, 0x00, 0x00]);
    let runs = run(&[(Some(400), 1), (None, 15)]);
    let held =
        Attribute::Held { id: 3, name: "", flags: 1, unit: 4, start: 0, runs, size: 8192, valid: 8192 };
    made.record(20, 1, IN_USE, 0, &[standard(), name(5, 5, "packed.txt", 3), held]);
    assert_eq!(seen(made.bytes).findings(), [("packed.txt", Why::Damaged, "other bytes at 0")]);
}

#[test]
fn a_file_in_several_records_is_put_together() {
    let mut made = Ntfs::new();
    let bytes = content(3, 4 * CLUSTER);
    made.fill(200, &bytes[..2 * CLUSTER]);
    made.fill(300, &bytes[2 * CLUSTER..]);
    // The list names the record of each attribute: type, length, first cluster, record.
    let listed = |kind: u32, start: u64, record: u64| {
        let mut entry = vec![0; 32];
        put(&mut entry, 0, &kind.to_le_bytes());
        put(&mut entry, 4, &32_u16.to_le_bytes());
        entry[7] = 26;
        put(&mut entry, 8, &start.to_le_bytes());
        put(&mut entry, 16, &(record | 1 << 48).to_le_bytes());
        entry
    };
    let list = [listed(0x10, 0, 20), listed(0x30, 0, 20), listed(0x80, 0, 21), listed(0x80, 2, 22)].concat();
    let list = Attribute::Resident { kind: 0x20, id: 5, name: "", content: list };
    made.record(20, 1, IN_USE, 0, &[standard(), list, name(5, 5, "split.bin", 3)]);
    let piece = |start, runs, size| Attribute::Held {
        id: 3,
        name: "",
        flags: 0,
        unit: 0,
        start,
        runs,
        size,
        valid: size,
    };
    let base = 20 | 1 << 48;
    made.record(21, 1, IN_USE, base, &[piece(0, run(&[(Some(200), 2)]), 4 * CLUSTER as u64)]);
    made.record(22, 1, IN_USE, base, &[piece(2, run(&[(Some(300), 2)]), 0)]);
    let whole = seen(made.bytes.clone());
    assert_eq!(whole.bytes("split.bin"), bytes);
    assert_eq!(whole.findings(), []);
    // The second record is another file's by now: what is missing is said.
    made.record(22, 1, IN_USE, 30 | 1 << 48, &[piece(2, run(&[(Some(300), 2)]), 0)]);
    let part = seen(made.bytes);
    assert_eq!(part.findings()[0], ("$MFT record 20", Why::Damaged, "record 22, which is not of this file"));
    assert_eq!(part.findings()[1], ("split.bin", Why::Damaged, "clusters that end after 1024"));
}

#[test]
fn deleted_files_are_given_unless_their_clusters_are_in_use() {
    let mut made = Ntfs::new();
    let bytes = content(4, 2 * CLUSTER);
    made.fill(200, &bytes);
    made.hold(301);
    made.record(20, 3, FOLDER, 0, &[standard(), name(5, 5, "old", 3)]);
    made.record(
        21,
        2,
        0,
        0,
        &[standard(), name(20, 2, "kept.bin", 3), data(3, "", run(&[(Some(200), 2)]), 1024)],
    );
    made.record(
        22,
        2,
        0,
        0,
        &[standard(), name(20, 2, "lost.bin", 3), data(3, "", run(&[(Some(300), 2)]), 1024)],
    );
    // The folder of this one is another by now.
    made.record(23, 2, 0, 0, &[standard(), name(20, 1, "orphan.bin", 3), resident(3, "", b"still here")]);
    made.record(24, 2, 0, 0, &[standard()]);
    let seen = seen(made.bytes);
    let expected = [
        "deleted old/",
        "deleted old/kept.bin",
        "deleted old/lost.bin",
        "orphan $OrphanFiles/orphan.bin",
        "orphan $OrphanFiles/OrphanFile-24",
    ];
    assert_eq!(seen.paths()[2..], expected);
    assert_eq!(seen.bytes("old/kept.bin"), bytes);
    assert_eq!(seen.entry("old/lost.bin").found, Found::Lost);
    assert_eq!(seen.bytes("$OrphanFiles/orphan.bin"), b"still here");
}

#[test]
fn folders_in_a_circle_end_as_orphans() {
    let mut made = Ntfs::new();
    made.record(20, 1, IN_USE | FOLDER, 0, &[standard(), name(21, 1, "a", 3)]);
    made.record(21, 1, IN_USE | FOLDER, 0, &[standard(), name(20, 1, "b", 3)]);
    made.record(22, 1, IN_USE, 0, &[standard(), name(21, 1, "c.txt", 3), resident(3, "", b"c")]);
    made.record(23, 1, IN_USE | FOLDER, 0, &[standard(), name(23, 1, "itself", 3)]);
    assert_eq!(
        paths(made),
        ["$OrphanFiles/a/", "$OrphanFiles/b/", "$OrphanFiles/c.txt", "$OrphanFiles/itself/"]
    );
}

#[test]
fn every_name_of_a_file_is_told_but_not_the_short_one_beside_a_long_one() {
    let mut made = Ntfs::new();
    let names = [
        name(5, 5, "a long name.txt", 1),
        name(5, 5, "ALONGN~1.TXT", 2),
        name(5, 5, "second\u{202e}\n.txt", 1),
    ];
    let [long, short, second] = names;
    made.record(20, 1, IN_USE, 0, &[standard(), long, short, second, resident(3, "", b"one")]);
    made.record(21, 1, IN_USE, 0, &[standard(), name(5, 5, "ONLY.TXT", 2), resident(3, "", b"two")]);
    assert_eq!(paths(made), ["a long name.txt", "second\u{202e}\n.txt", "ONLY.TXT"]);
}

#[test]
fn bytes_that_are_not_those_of_the_file_are_not_given() {
    let mut made = Ntfs::new();
    let runs = run(&[(Some(200), 2)]);
    let encrypted = Attribute::Held {
        id: 3,
        name: "",
        flags: 0x4000,
        unit: 0,
        start: 0,
        runs: runs.clone(),
        size: 900,
        valid: 900,
    };
    made.record(20, 1, IN_USE, 0, &[standard(), name(5, 5, "efs.bin", 3), encrypted]);
    let wof =
        Attribute::Resident { kind: 0xc0, id: 4, name: "", content: [0x17, 0, 0, 0x80, 0, 0, 0, 0].to_vec() };
    let hole = data(3, "", run(&[(None, 2)]), 900);
    made.record(21, 1, IN_USE, 0, &[standard(), name(5, 5, "wof.exe", 3), hole, wof]);
    let link =
        Attribute::Resident { kind: 0xc0, id: 4, name: "", content: [0x0c, 0, 0, 0xa0, 0, 0, 0, 0].to_vec() };
    made.record(22, 1, IN_USE | FOLDER, 0, &[standard(), name(5, 5, "link", 3), link]);
    let seen = seen(made.bytes);
    assert_eq!(seen.entry("efs.bin").found, Found::Lost);
    assert_eq!(seen.entry("wof.exe").found, Found::Lost);
    let why: Vec<(&str, Why)> = seen.findings().iter().map(|(place, why, _)| (*place, *why)).collect();
    assert_eq!(why, [("efs.bin", Why::Encrypted), ("wof.exe", Why::Unsupported)]);
    assert_eq!(seen.entry("link").kind.word(), "link");
}

#[test]
fn damaged_records_are_told_and_the_others_are_read() {
    let mut made = Ntfs::new();
    for record in 20..25 {
        made.record(
            record,
            1,
            IN_USE,
            0,
            &[standard(), name(5, 5, &format!("{record}.txt"), 3), resident(3, "", b"x")],
        );
    }
    let at = made.at(21);
    made.bytes[at + 510] ^= 1;
    let at = made.at(22);
    put(&mut made.bytes, at, b"BAAD");
    let at = made.at(23);
    put(&mut made.bytes, at, b"junk");
    let seen = seen(made.bytes);
    assert_eq!(seen.paths()[2..], ["20.txt", "24.txt"]);
    let places: Vec<&str> = seen.findings().iter().map(|(place, ..)| *place).collect();
    assert_eq!(places, ["$MFT record 21", "$MFT record 22", "$MFT"]);
}

#[test]
fn the_copies_of_the_first_sector_and_the_first_records_are_used_when_these_are_damaged() {
    let mut made = Ntfs::new();
    made.record(20, 1, IN_USE, 0, &[standard(), name(5, 5, "a.txt", 3), resident(3, "", b"a")]);
    let first = made.bytes[made.at(0)..made.at(4)].to_vec();
    made.fill(8, &first);
    let at = made.at(0);
    made.bytes[at..at + 1024].fill(0);
    assert!(seen(made.bytes).paths().contains(&"a.txt".to_owned()));
}

#[test]
fn a_geometry_that_cannot_be_is_told() {
    // Sectors of a cluster, bytes of a record: each a power of two that is negated.
    for (at, byte) in [(13, 0x81), (13, 0xc1), (13, 0), (13, 3), (64, 0x80), (64, 0), (11, 7)] {
        let mut made = Ntfs::new();
        made.bytes[at] = byte;
        made.bytes.truncate(made.bytes.len() - CLUSTER);
        let seen = seen(made.bytes);
        assert_eq!((seen.entries.len(), seen.unread.len()), (0, 1), "byte {at} as {byte:#x}: {seen:?}");
        assert_eq!(seen.unread[0].why, Why::Damaged);
    }
}

#[test]
fn units_larger_than_any_that_is_written_are_not_unpacked() {
    let mut made = Ntfs::new();
    let runs = run(&[(Some(400), 1), (None, 15)]);
    let held =
        Attribute::Held { id: 3, name: "", flags: 1, unit: 40, start: 0, runs, size: 8192, valid: 8192 };
    made.record(20, 1, IN_USE, 0, &[standard(), name(5, 5, "packed.txt", 3), held]);
    let seen = seen(made.bytes);
    assert_eq!(seen.entry("packed.txt").found, Found::Lost);
    assert_eq!(seen.findings()[0].1, Why::Damaged);
}

#[test]
fn runs_outside_the_volume_are_told_and_nothing_is_read_there() {
    let mut made = Ntfs::new();
    made.record(
        20,
        1,
        IN_USE,
        0,
        &[standard(), name(5, 5, "a.bin", 3), data(3, "", run(&[(Some(1_000_000), 2)]), 900)],
    );
    let seen = seen(made.bytes);
    let found: Vec<&str> = seen.findings().into_iter().map(|(.., found)| found).collect();
    assert_eq!(found, ["clusters that end after 0", "runs outside of it"]);
}

/// Found by fuzzing.
#[test]
fn a_volume_that_says_it_is_as_large_as_numbers_go_is_read() {
    let mut made = Ntfs::new();
    put(&mut made.bytes, 40, &(u64::MAX >> 1).to_le_bytes());
    made.fill(200, &content(1, CLUSTER));
    let held = data(3, "", run(&[(Some(200), 1)]), CLUSTER as u64);
    made.record(20, 1, IN_USE, 0, &[standard(), name(5, 5, "a.bin", 3), held]);
    let seen = seen(made.bytes);
    assert!(seen.paths().iter().any(|path| path == "a.bin"));
}
