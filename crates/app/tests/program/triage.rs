//! `tutela triage`: a first look at folders and images, what it says of what was not read, and what it never does.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::folder::{Ran, Unit, command, run};

impl Unit {
    /// The index of a list of these files, by the hashes that `tutela hash` takes.
    fn list_of(&self, name: &str, files: &[&[u8]]) -> String {
        files.iter().enumerate().for_each(|(n, bytes)| drop(self.file(&format!("{name}.known/{n}"), bytes)));
        let sums = self.path(&format!("{name}.txt"));
        self.run(&["hash", &self.path(&format!("{name}.known")), "--format", "hashdeep", "-o", &sums])
            .ended(0);
        let index = self.path(name);
        self.run(&[
            "lists",
            "build",
            &sums,
            "--name",
            "unit A",
            "--version",
            "7",
            "--scheme",
            "unit",
            "-o",
            &index,
        ])
        .ended(0);
        index
    }

    /// The index of the blocks of these files.
    fn blocks(&self, name: &str, files: &[&[u8]]) -> String {
        let folder = format!("{name}.originals");
        files.iter().enumerate().for_each(|(n, bytes)| drop(self.file(&format!("{folder}/{n}"), bytes)));
        let index = self.path(name);
        let (folder, version) = (self.path(&folder), "3");
        self.run(&[
            "lists",
            "build",
            "--blocks",
            &folder,
            "--name",
            "unit B",
            "--version",
            version,
            "-o",
            &index,
        ])
        .ended(0);
        index
    }

    fn triage(&self, path: &str, lists: &[&str], more: &[&str]) -> Ran {
        self.run(&[&["triage", path, "--seed", "11", "--extent", "64", "--lists"], lists, more].concat())
    }
}

/// Bytes that look compressed, other ones for each number.
fn noise(number: u64, len: usize) -> Vec<u8> {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..len).map(|_| next()).collect()
}

/// A folder of so many files of a hundred bytes and some.
fn folder(unit: &Unit, n_files: u64) -> String {
    for n in 0..n_files {
        let folder = if n % 3 == 0 { "Users/rossi/Downloads" } else { "Windows/System32" };
        unit.file(&format!("disk/{folder}/{n}.jpg"), noise(1_000 + n, 100 + n as usize % 50));
    }
    unit.path("disk")
}

#[test]
fn files_on_lists_are_met_with_exit_10_and_those_that_are_not_read_are_bounded() {
    let unit = Unit::new();
    let disk = folder(&unit, 900);
    let none = unit.list_of("none", &[&noise(1, 100), &noise(2, 200)]);
    // All files: nothing is left to bound.
    let said = unit.triage(&disk, &[&none], &["--json"]).ended(0).json();
    assert_eq!((&said["files"]["population"], &said["files"]["read"]), (&900.into(), &900.into()));
    assert_eq!((&said["files"]["at_most_more"], &said["ended"]), (&0.into(), &"complete".into()));
    assert_eq!(said["space"], Value::Null);
    let text = unit.triage(&disk, &[&none], &[]).ended(0).out;
    assert!(text.contains("all 900 were read, and none is on the lists"), "{text}");
    // A third of the bytes: the bound of a first round of 128 drawn of 900 at half a percent of error, and more.
    let some = unit.triage(&disk, &[&none], &["--read", "30", "--json"]).ended(0).json();
    let (read, at_most) = (some["files"]["read"].as_u64(), some["files"]["at_most_more"].as_u64());
    assert!(read.is_some_and(|read| (256..300).contains(&read)), "{some}");
    assert!(at_most.is_some_and(|at_most| (25..=45).contains(&at_most)), "{some}");

    let known: Vec<Vec<u8>> = [3, 400, 899].map(|n| noise(1_000 + n, 100 + n as usize % 50)).to_vec();
    let known: Vec<&[u8]> = known.iter().map(Vec::as_slice).collect();
    let three = unit.list_of("three", &known);
    let said = unit.triage(&disk, &[&none, &three], &["--json"]).ended(10).json();
    assert_eq!((&said["files"]["on_lists"], &said["files"]["at_most_more"]), (&3.into(), &Value::Null));
    let mut paths: Vec<&str> =
        said["listed"].as_array().expect("rows").iter().filter_map(|row| row["path"].as_str()).collect();
    paths.sort_unstable();
    let expected = ["Users/rossi/Downloads/3.jpg", "Windows/System32/400.jpg", "Windows/System32/899.jpg"];
    assert_eq!(paths, expected);
    assert_eq!(said["listed"][0]["entries"][0]["list"], "unit A");
    let text = unit.triage(&disk, &[&three], &[]).ended(10).out;
    assert!(text.contains("unit A 7") && text.contains("3 of them are on the lists"), "{text}");
}

#[test]
fn what_is_withdrawn_is_said_and_is_no_find() {
    let unit = Unit::new();
    let disk = folder(&unit, 20);
    let known = noise(1_003, 103);
    let list = unit.list_of("list", &[&known]);
    let md5 = unit.run(&["hash", &unit.path("list.known"), "--json"]).ended(0).json();
    let md5 = md5["files"][0]["md5"].as_str().expect("a digest");
    let next = unit.path("next");
    let withdrawn = ["--version", "8", "--reason", "wrong", "-o", &next];
    let what = [&["lists", "withdraw", &list], &withdrawn[..], &["--hash", md5]].concat();
    unit.run(&what).ended(0);
    let said = unit.triage(&disk, &[&next], &["--json"]).ended(0).json();
    assert_eq!(said["listed"][0]["entries"][0]["withdrawn"], true);
    assert_eq!(said["files"]["on_lists"], 0);
}

/// An image of a record of volumes: one that is encrypted and says so, one of zeros with bytes at some of its places.
fn image(bytes: usize, at: &[(usize, &[u8])]) -> Vec<u8> {
    let mut image = vec![0; bytes];
    let mut entry = |number: usize, kind: u8, first: u32, sectors: u32| {
        let at = 446 + 16 * number;
        image[at + 4] = kind;
        image[at + 8..at + 12].copy_from_slice(&first.to_le_bytes());
        image[at + 12..at + 16].copy_from_slice(&sectors.to_le_bytes());
    };
    entry(0, 0x83, 64, 2048);
    entry(1, 0x0c, 2112, (bytes / 512) as u32 - 2112);
    image[510..512].copy_from_slice(&[0x55, 0xaa]);
    image[64 * 512..64 * 512 + 8].copy_from_slice(b"LUKS\xba\xbe\0\x02");
    at.iter().for_each(|(at, bytes)| image[*at..*at + bytes.len()].copy_from_slice(bytes));
    image
}

#[test]
fn space_is_held_against_blocks_at_any_sector_and_encrypted_volumes_are_said() {
    let unit = Unit::new();
    let (a, b) = (noise(1, 300_000), noise(2, 50_000));
    let list = unit.blocks("blocks", &[&a, &b]);
    let mib = 1 << 20;
    let clean = unit.file("clean.dd", image(16 * mib, &[]));
    let text = unit.triage(&clean, &[&list], &[]).ended(0).out;
    assert!(
        text.contains("volume-1") && text.contains("LUKS2: nothing in it can be found without its key"),
        "{text}"
    );
    assert!(text.contains("no block of the lists is there"), "{text}");
    // The whole of one file at an odd sector, the middle of the other.
    let held = image(16 * mib, &[(5 * mib + 7 * 512, &a[..]), (9 * mib + 512, &b[8192..30_000])]);
    let disk = unit.file("disk.dd", held);
    let said = unit.triage(&disk, &[&list], &["--json"]).ended(10).json();
    let blocks = said["blocks"].as_array().expect("rows");
    assert_eq!(blocks.len(), 2, "{said}");
    let whole = blocks.iter().find(|row| row["whole"] == true).expect("the file");
    assert_eq!((&whole["begins"], &whole["bytes"]), (&(5 * mib + 7 * 512).into(), &300_000.into()));
    let part = blocks.iter().find(|row| row["whole"] == false).expect("the part");
    assert_eq!((&part["begins"], &part["blocks_in_place"]), (&(9 * mib + 512 - 8192).into(), &5.into()));
    assert_eq!((&said["space"]["extents"], &said["space"]["read"]), (&256.into(), &256.into()));
    assert_eq!(said["files"], Value::Null, "the list has no hashes of files");
}

#[test]
fn less_of_the_space_says_less_and_the_same_seed_the_same() {
    let unit = Unit::new();
    let list = unit.blocks("blocks", &[&noise(1, 50_000)]);
    let disk = unit.file("disk.dd", image(64 << 20, &[]));
    let bound = |read: &str| {
        let said = unit.triage(&disk, &[&list], &["--read", read, "--json"]).ended(0).json()["space"].clone();
        (said["read"].as_u64().expect("read"), said["at_most_extents"].as_u64().expect("a bound"))
    };
    let (few, more, all) = (bound("5"), bound("40"), bound("100"));
    assert!(few.0 < more.0 && few.0 * 20 <= 1024 && more.0 * 5 <= 2048, "{few:?} {more:?}");
    assert!(few.1 > more.1 && more.1 > all.1, "{few:?} {more:?} {all:?}");
    assert_eq!(all, (1024, 0));
    let twice = [0, 1].map(|_| unit.triage(&disk, &[&list], &["--read", "5", "--json"]).out);
    assert_eq!(twice[0], twice[1]);
}

#[test]
fn a_triage_writes_nothing_where_it_reads_and_says_what_it_lacks() {
    let unit = Unit::new();
    let disk = folder(&unit, 10);
    let list = unit.list_of("list", &[&noise(1, 100)]);
    let inside = Path::new(&disk).join("answer.json");
    unit.triage(&disk, &[&list], &["--json", "-o", inside.to_str().expect("UTF-8")]).ended(2);
    assert!(!inside.exists());
    unit.triage(&unit.path("nowhere"), &[&list], &[]).ended(1);
    unit.triage(&disk, &[&unit.path("no.list")], &[]).ended(1);
    unit.triage(&disk, &[&list], &["--read", "0"]).ended(2);
    let unread = unit.file("vm.vmdk", [&b"KDMV"[..], &[0; 5000]].concat());
    let ran = unit.triage(&unread, &[&list], &[]).ended(1);
    assert!(ran.err.contains("VMware") && ran.err.contains("Sleuth Kit"), "{}", ran.err);
}

/// An officer who stops has what was said last, as a document that is whole.
#[test]
#[cfg(target_os = "linux")]
fn a_triage_that_is_stopped_says_what_holds_and_ends_with_130() {
    let unit = Unit::new();
    let list = unit.blocks("blocks", &[&noise(1, 50_000)]);
    let disk = unit.path("disk.dd");
    // A hole of a tebibyte takes minutes to read, and no room.
    fs::File::create(&disk).and_then(|file| file.set_len(1 << 40)).expect("a file");
    let mut started = command(&["triage", &disk, "--lists", &list, "--extent", "64", "--json"]);
    started.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = started.spawn().expect("it starts");
    // Its reader runs: it heeds signals, and has begun.
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    while fs::read_to_string(&children).is_ok_and(|children| children.is_empty()) {
        std::thread::yield_now();
    }
    run(Command::new("kill").args(["-INT", &child.id().to_string()])).ended(0);
    let said = Ran::from(child.wait_with_output().expect("it ends")).ended(130).json();
    assert_eq!(said["ended"], "stopped");
    assert!(said["space"]["read"].as_u64() < Some(1 << 24), "{said}");
    assert_eq!(said["n_unread"], 0, "a stop is no finding");
}
