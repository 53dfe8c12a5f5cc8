//! The record on disk: bundles and tiles as it grows, payloads apart from it, and what a stopped writer leaves.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::made_up::{at, files_under, operation};
use crate::signatures::{officer, signed_operation};
use serde_json::json;
use tutela_case::{Actor, Case, CaseError, Writer};
use tutela_ledger::tile::Tile;
use tutela_model::Choice;

/// An operation with this many acts.
fn with_acts(dir: &Path, n_acts: usize) -> Writer {
    let mut writer = operation(dir).lock("R. Rossi", at()).expect("nobody else writes");
    for n in writer.case().record().acts().len()..n_acts {
        writer.record("view", json!({"n": n}), at()).expect("it is recorded");
    }
    writer
}

fn reopened(writer: &Writer) -> Case {
    Case::open(writer.case().dir()).expect("it opens")
}

#[test]
fn a_record_of_several_bundles_reads_back_with_tiles_that_anybody_can_check() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = with_acts(dir.path(), 600);
    let case = reopened(&writer);
    assert_eq!(case.record().acts(), writer.case().record().acts());
    assert_eq!(case.record().root(), writer.case().record().root());
    assert_eq!(case.record().acts()[599].body()["n"], 599);
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
    for name in ["tile/entries/000", "tile/entries/001", "tile/0/000", "tile/0/001"] {
        let tile: Tile = name.parse().expect("the name of a tile");
        assert!(case.dir().join("ledger").join(name).is_file() && tile.is_full(), "{name}");
    }
    for seq in [0, 255, 256, 599] {
        let proof = case.record().prove(seq).expect("the entry is there");
        assert!(proof.holds(case.record().root()));
        let entry = case.entry(seq).expect("it is read").expect("the entry is there");
        assert_eq!(tutela_ledger::leaf(&entry), proof.leaf);
    }
    let earlier = case.record().root_at(300).expect("it had so many");
    let growth = case.record().prove_growth(300, 600).expect("it grew");
    assert!(growth.holds(earlier, case.record().root()));
}

#[test]
fn the_log_names_nobody() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = with_acts(dir.path(), 260);
    writer.decide("F-1", Choice::Accept, "a reason with a name", at()).expect("it is recorded");
    let mut n_files = 0;
    let mut folders = vec![writer.case().dir().join("ledger")];
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(folder).expect("a folder") {
            let path = file.expect("a file").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            n_files += 1;
            let bytes = fs::read(path).expect("a file");
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("Rossi") && !text.contains("a name") && !text.contains("Made-up"));
        }
    }
    assert!(n_files > 2);
}

#[test]
fn every_changed_byte_of_tail_and_payloads_is_found() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = with_acts(dir.path(), 4);
    let case = writer.case();
    for name in ["ledger/tail", "payloads/000"] {
        let path = case.dir().join(name);
        let before = fs::read(&path).expect("it is there");
        for position in 0..before.len() {
            let mut bytes = before.clone();
            bytes[position] ^= 1;
            fs::write(&path, bytes).expect("it is ours");
            let faults = case.verify(&mut |_| ()).expect("it is read");
            assert!(!faults.is_empty(), "{name}, byte {position}");
        }
        fs::write(&path, before).expect("it is ours");
    }
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}

#[test]
fn a_tile_that_is_altered_or_gone_is_found() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = with_acts(dir.path(), 300);
    let path = writer.case().dir().join("ledger/tile/0/000");
    let before = fs::read(&path).expect("it is there");
    for damage in [Some(&before[..before.len() - 1]), None] {
        match damage {
            Some(bytes) => fs::write(&path, bytes).expect("it is ours"),
            None => fs::remove_file(&path).expect("it is ours"),
        }
        let faults = writer.case().verify(&mut |_| ()).expect("it is read");
        assert_eq!(faults.iter().map(|fault| &*fault.path).collect::<Vec<_>>(), ["ledger/tile/0/000"]);
        fs::write(&path, &before).expect("it is ours");
    }
    let entries = writer.case().dir().join("ledger/tile/entries/000");
    let mut bytes = fs::read(&entries).expect("it is there");
    bytes[200] ^= 1;
    fs::write(&entries, bytes).expect("it is ours");
    assert!(matches!(Case::open(writer.case().dir()), Err(CaseError::Broken(_))));
}

#[test]
fn a_stop_between_a_full_bundle_and_the_new_tail_loses_nothing_and_repeats_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = with_acts(dir.path(), 255);
    let tail = writer.case().dir().join("ledger/tail");
    let before = fs::read(&tail).expect("it is there");
    writer.record("view", json!({"n": 255}), at()).expect("it is recorded");
    let folder = writer.case().dir().to_owned();
    drop(writer);
    // The old tail still stands beside the bundle that took its entries, and a payload was written for an act that
    // was never done.
    fs::write(&tail, before).expect("it is ours");
    fs::write(folder.join("payloads/001"), "{\"payload\":{}").expect("it is ours");
    let case = Case::open(&folder).expect("it opens");
    assert_eq!(case.record().acts().len(), 256);
    let mut writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    writer.record("view", json!({"n": 256}), at()).expect("it is recorded");
    // An entry says what was cut off, before the act.
    let cut = &writer.case().record().acts()[256];
    assert_eq!((&*cut.act, cut.body()["payloads"].as_u64()), ("recover", Some(13)));
    assert_eq!(reopened(&writer).record().acts().len(), 258);
    assert_eq!(writer.case().verify(&mut |_| ()).expect("it is read"), []);
}

/// What a writer that is stopped inside a batch leaves, where the batch ends in another bundle than it begins in.
#[test]
fn a_stop_anywhere_in_a_batch_over_several_bundles_leaves_an_operation_that_goes_on() {
    stop_anywhere(&Actor::from("R. Rossi"), operation);
}

#[test]
fn a_stop_anywhere_before_the_signature_leaves_acts_that_do_not_count_and_an_operation_that_goes_on() {
    stop_anywhere(&officer("Rossi"), signed_operation);
}

fn stop_anywhere(by: &Actor, create: fn(&Path) -> Case) {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = create(dir.path()).lock(by, at()).expect("nobody else writes");
    let n_acts = writer.case().record().acts().len();
    writer
        .decide_all(&vec![("F-0", Choice::Accept, "a reason"); 249 - n_acts], at())
        .expect("they are recorded");
    let folder = writer.case().dir().to_owned();
    drop(writer);
    let before = files_of(&folder);
    let mut writer = Case::open(&folder).expect("it opens").lock(by, at()).expect("nobody else writes");
    let decisions = vec![("F-1", Choice::Unsure, "a reason"); 700];
    writer.decide_all(&decisions, at()).expect("they are recorded");
    drop(writer);
    let after = files_of(&folder);
    // The files in the order in which they come to their places.
    let steps = [
        "payloads/000",
        "payloads/001",
        "payloads/002",
        "payloads/003",
        "ledger/tile/0/000",
        "ledger/tile/0/001",
        "ledger/tile/0/002",
        "ledger/tile/entries/000",
        "ledger/tile/entries/001",
        "ledger/tile/entries/002",
        "ledger/tail",
    ];
    for n_steps in 0..=steps.len() {
        restore(&folder, &before);
        for step in &steps[..n_steps] {
            let path = folder.join(step);
            fs::create_dir_all(path.parent().expect("a folder")).expect("it is ours");
            fs::write(path, &after[*step]).expect("it is ours");
        }
        goes_on(&folder, by, &format!("{n_steps} files"));
    }
}

/// A batch that begins with a bundle and completes it has its first entry in the tail before.
#[test]
fn a_bundle_that_is_gone_behind_an_empty_tail_is_found() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = with_acts(dir.path(), 256);
    let folder = writer.case().dir().to_owned();
    assert_eq!(fs::read(folder.join("ledger/tail")).expect("it is there"), b"");
    let whole = files_of(&folder);
    fs::remove_file(folder.join("ledger/tile/entries/000")).expect("it is ours");
    let Err(CaseError::Broken(flaw)) = Case::open(&folder) else { panic!("acts are gone") };
    assert_eq!(flaw.place, "ledger/tile/entries/000");
    restore(&folder, &whole);
    writer.decide_all(&vec![("F-1", Choice::Unsure, "a reason"); 256], at()).expect("they are recorded");
    drop(writer);
    let after = files_of(&folder);
    let (tail, first) = ("ledger/tail", &after["ledger/tile/entries/001"]);
    let first = &first[..2 + usize::from(u16::from_be_bytes([first[0], first[1]]))];
    restore(&folder, &whole);
    for (step, bytes) in [("payloads/001", &after["payloads/001"][..]), (tail, first)]
        .into_iter()
        .chain(["ledger/tile/0/001", "ledger/tile/entries/001", tail].map(|step| (step, &after[step][..])))
    {
        fs::write(folder.join(step), bytes).expect("it is ours");
        let stopped = files_of(&folder);
        goes_on(&folder, &Actor::from("R. Rossi"), step);
        restore(&folder, &stopped);
    }
}

fn files_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let relative =
        |path: &Path| path.strip_prefix(folder).expect("it lies in it").to_string_lossy().into_owned();
    let files = files_under(folder).into_iter();
    files.map(|path| (relative(&path), fs::read(&path).expect("a file"))).collect()
}

fn restore(folder: &Path, files: &BTreeMap<String, Vec<u8>>) {
    for path in files_under(folder) {
        fs::remove_file(path).expect("it is ours");
    }
    for (path, bytes) in files {
        fs::write(folder.join(path), bytes).expect("it is ours");
    }
}

/// The operation opens with nothing wrong but acts that wait for a signature, and the next writer goes on.
fn goes_on(folder: &Path, by: &Actor, when: &str) {
    let case = Case::open(folder).unwrap_or_else(|error| panic!("{when}: {error:?}"));
    let mut faults = case.verify(&mut |_| ()).expect("it is read");
    if by.key.is_some() && case.n_unsigned() > 0 {
        faults.retain(|fault| !fault.expected.contains("signature"));
    }
    assert_eq!(faults, [], "{when}");
    let n_before = case.decisions().len();
    let mut writer = case.lock(by, at()).expect("nobody else writes");
    assert_eq!(writer.case().n_unsigned(), 0, "{when}");
    assert_eq!(writer.case().verify(&mut |_| ()).expect("it is read"), [], "{when}");
    writer.decide_all(&vec![("F-2", Choice::Accept, "a reason"); 600], at()).expect("they are recorded");
    drop(writer);
    let case = Case::open(folder).unwrap_or_else(|error| panic!("{when}: {error:?}"));
    assert_eq!(case.decisions().len(), n_before + 600, "{when}");
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), [], "{when}");
    drop(case.lock(by, at()).expect("nobody else writes"));
}

#[test]
fn a_length_that_is_damaged_is_no_entry_that_a_stop_left() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = with_acts(dir.path(), 6);
    let tail = writer.case().dir().join("ledger/tail");
    let before = fs::read(&tail).expect("it is there");
    let mut at = 0;
    while at < before.len() {
        for bit in 0..16 {
            let mut bytes = before.clone();
            bytes[at + bit / 8] ^= 1 << (bit % 8);
            fs::write(&tail, bytes).expect("it is ours");
            assert!(Case::open(writer.case().dir()).is_err(), "byte {at}, bit {bit}");
        }
        at += 2 + usize::from(u16::from_be_bytes([before[at], before[at + 1]]));
    }
}

#[test]
fn a_payload_that_is_gone_without_an_act_that_says_so_is_found() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = with_acts(dir.path(), 5);
    writer.decide("F-1", Choice::Accept, "a reason", at()).expect("it is recorded");
    let path = writer.case().dir().join("payloads/000");
    let text = fs::read_to_string(&path).expect("it is there");
    let last = text.lines().last().expect("there are some").to_owned();
    for damaged in [
        text.replace(&last, "{\"erased\":true,\"seq\":5}"),
        // Another payload in its place is no erasure either.
        text.replace("a reason", "another"),
    ] {
        fs::write(&path, damaged).expect("it is ours");
        assert!(matches!(Case::open(writer.case().dir()), Err(CaseError::Broken(flaw)) if flaw.seq == 5));
    }
}

/// Behind an empty tail a missing last bundle would otherwise be a shorter record.
#[test]
fn a_second_bundle_that_is_gone_behind_an_empty_tail_is_found() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = with_acts(dir.path(), 256);
    writer.decide_all(&vec![("F-1", Choice::Unsure, "a reason"); 256], at()).expect("they are recorded");
    let folder = writer.case().dir().to_owned();
    fs::remove_file(folder.join("ledger/tile/entries/001")).expect("it is ours");
    let Err(CaseError::Broken(flaw)) = Case::open(&folder) else { panic!("acts are gone") };
    assert_eq!(flaw.place, "ledger/tile/entries/001");
}

#[test]
fn an_entry_of_a_later_program_is_kept_and_shown_as_unknown() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = with_acts(dir.path(), 4);
    let folder = writer.case().dir().to_owned();
    drop(writer);
    let entry = br#"{"act":"weave","of":["what","this program"],"seq":4,"v":2}"#;
    append(&folder.join("ledger/tail"), &[&(entry.len() as u16).to_be_bytes()[..], entry].concat());
    append(&folder.join("payloads/000"), b"{\"seq\":4,\"thread\":\"unheard of\"}\n");
    let case = Case::open(&folder).expect("it opens");
    let act = &case.record().acts()[4];
    assert_eq!((act.act.as_str(), act.at.as_str(), act.is_erased()), ("unknown", "", false));
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
    let mut writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    writer.record("view", json!({"n": 5}), at()).expect("it is recorded");
    let case = reopened(&writer);
    assert_eq!((case.record().acts().len(), case.record().acts()[5].act.as_str()), (6, "view"));
    assert_eq!(case.entry(4).expect("it is read").as_deref(), Some(&entry[..]));
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}

fn append(path: &Path, bytes: &[u8]) {
    let mut whole = fs::read(path).expect("it is there");
    whole.extend_from_slice(bytes);
    fs::write(path, whole).expect("it is ours");
}
