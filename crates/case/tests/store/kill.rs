//! A writer that is killed at any instant leaves the state before an act or the one after it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::made_up::{at, day, files_under, go_on, item, lines, operation, table_digests, witness, write};
use crate::signatures::{officer, signed_operation};
use serde_json::json;
use tutela_case::{Access, AccessLog, Actor, Case, Handled, Handling, Limits, Received, ToReceive, Writer};
use tutela_ledger::note::Note;
use tutela_model::{Choice, Digest};

/// Tells the test program, started once more, to be the one that is killed.
const VICTIM: &str = "TUTELA_KILL_TEST_FOLDER";
/// With the same number where acts are signed, five hundred.
const N_KILLS: u64 = 250;
const N_FILES: i64 = 5;
const SEED: u64 = 20_260_301;
/// So many acts at once end in the third bundle from any beginning in the first.
const N_VIEWS: usize = 520;

#[test]
fn a_kill_at_any_instant_leaves_the_state_before_or_after_an_act() {
    kill_often("a_kill_at_any_instant_leaves_the_state_before_or_after_an_act", false);
}

#[test]
fn a_kill_where_acts_are_signed_leaves_no_act_that_counts_without_a_signature() {
    kill_often("a_kill_where_acts_are_signed_leaves_no_act_that_counts_without_a_signature", true);
}

fn kill_often(test: &str, signed: bool) {
    if let Some(dir) = std::env::var_os(VICTIM) {
        return work(Path::new(&dir), signed);
    }
    let expected = undisturbed(signed);
    let whole_run = (0..5).map(|_| run_victim(test, None).1).min().expect("five runs");
    eprintln!("seed {SEED}, signed {signed}, an undisturbed run takes {whole_run:?}");
    let mut random = SEED + u64::from(signed);
    // What was done last before the kill, and how often.
    let mut outcomes: BTreeMap<String, u32> = BTreeMap::new();
    let mut n_unsigned = 0;
    for kill in 0..N_KILLS {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let part = (random >> 11) as f64 / (1_u64 << 53) as f64;
        // Some come when the work is done.
        let delay = whole_run.mul_f64(part * 1.2);
        let (dir, _) = run_victim(test, Some(delay));
        let when = format!("signed {signed}, kill {kill} after {delay:?}");
        let found = check(dir.path(), signed, &expected, &mut n_unsigned, &when);
        *outcomes.entry(found).or_default() += 1;
    }
    eprintln!("signed {signed}, done last before the kill: {outcomes:?}");
    eprintln!("signed {signed}, acts that waited for a signature: {n_unsigned} times");
    assert!(outcomes.len() > 5, "the kills fell on different states: {outcomes:?}");
}

/// What the killed program does: everything that writes.
fn work(dir: &Path, signed: bool) {
    let create = || if signed { signed_operation(dir) } else { operation(dir) };
    let case = Case::open(&dir.join("op")).unwrap_or_else(|_| create());
    let by = if signed { officer("Rossi") } else { Actor::from("R. Rossi") };
    let mut writer = case.lock(&by, at()).expect("nobody else writes");
    let basis = writer.case().basis(None, day("2026-03-01")).expect("it covers");
    let files = files(dir);
    // One group of two files and then each by itself, so that kills fall between records as well.
    for files in [&files[..2], &files[2..3], &files[3..]] {
        let to_receive: Vec<_> = files.iter().cloned().map(ToReceive::from).collect();
        let received = writer.receive_all(&to_receive, &basis, at(), 2, &go_on);
        let received: Vec<Received> = received.into_iter().map(|one| one.expect("it is received")).collect();
        let first = received[0].sha256;
        let items: Vec<_> = received.into_iter().map(item).collect();
        for outcome in writer.import_all(&items, &basis, at(), Limits { memory: 1 << 20, jobs: 2 }, &go_on) {
            outcome.expect("it is imported");
        }
        act(&mut writer, &by, first);
        // Findings stand on decisions, so they come after them.
        writer
            .put_derived(&[("leads.json".to_owned(), b"[]".to_vec())], &[], "1", &[], at())
            .expect("it is stored");
    }
    // Several bundles are completed at once.
    if writer.case().record().acts().len() < N_VIEWS {
        let views: Vec<String> = (0..N_VIEWS).map(|n| format!("F-{n}")).collect();
        let views: Vec<_> = views.iter().map(|finding| (finding.as_str(), Choice::Unsure, "seen")).collect();
        writer.decide_all(&views, at()).expect("they are recorded");
        writer
            .put_derived(&[("leads.json".to_owned(), b"[]".to_vec())], &[], "1", &[], at())
            .expect("it is stored");
    }
    erase_one(&mut writer, dir);
}

/// What is done beside receiving and importing.
fn act(writer: &mut Writer, by: &Actor, file: Digest) {
    writer.decide("F-1", Choice::Accept, "a reason", at()).expect("it is recorded");
    writer.withdraw("F-1", "another reason", at()).expect("it is recorded");
    let about = |to: &str| Handled { files: vec![file], to: to.to_owned(), ..Handled::default() };
    // A stop may have left it with the laboratory.
    if writer.case().holder(file).is_none() {
        writer.handle(Handling::TransferOut, &about("Laboratory"), at()).expect("the unit has it");
    }
    writer.handle(Handling::TransferIn, &about("unit"), at()).expect("it comes back");
    assert!(writer.hash_verify(file, "it came back", at()).expect("it is read"));
    let access = Access { asked: "explain", of: "L-1", reason: "to try" };
    AccessLog::default().record(writer.case(), by, access, at()).expect("it is recorded");
    let handed_out = writer.hand_out("prosecutor", at()).expect("it is handed out");
    if by.key.is_some() {
        // A witness signs under a checkpoint that the log's officer signed.
        let mut note = Note::parse(&handed_out.checkpoint).expect("it is signed");
        note.cosign(&witness(), 1_772_395_200).expect("a key for cosignatures");
        let key = witness().verifier().clone();
        writer.add_witness(note.to_string().as_bytes(), &key, at()).expect("it is recorded");
    }
    writer.record("view", json!({"of": "L-1"}), at()).expect("it is recorded");
}

/// A file that is erased by law in each run. It is its own, so that what is erased is not what is imported again.
fn erase_one(writer: &mut Writer, dir: &Path) {
    let path = dir.join("erased.txt");
    let digest = Digest::of(&std::fs::read(&path).expect("it is there"));
    if writer.case().record().acts().iter().any(|act| act.act == "erase") {
        return;
    }
    let basis = writer.case().basis(None, day("2026-03-01")).expect("it covers");
    let received = writer.receive(&path, &basis, at(), &go_on).expect("it is received");
    writer.import(item(received), &basis, at(), Limits::default(), &go_on).expect("it is imported");
    writer.erase_file(digest, "A-1", "time is over", at()).expect("it is erased");
    writer
        .put_derived(&[("leads.json".to_owned(), b"[]".to_vec())], &[], "1", &[], at())
        .expect("it is stored");
}

fn files(dir: &Path) -> Vec<PathBuf> {
    (0..N_FILES).map(|file| dir.join(format!("log{file}.txt"))).collect()
}

/// A kill, unlike a power cut, takes nothing from the system's memory, so a disk in memory shows the same and sooner.
fn folder() -> tempfile::TempDir {
    let in_memory = Path::new("/dev/shm");
    let dir = if in_memory.is_dir() { tempfile::tempdir_in(in_memory) } else { tempfile::tempdir() };
    let dir = dir.expect("a folder");
    for file in 0..N_FILES {
        write(dir.path(), &format!("log{file}.txt"), &lines(30 + file, file));
    }
    write(dir.path(), "erased.txt", &lines(9, 9));
    dir
}

fn undisturbed(signed: bool) -> BTreeMap<String, String> {
    let dir = folder();
    work(dir.path(), signed);
    table_digests(&Case::open(&dir.path().join("op")).expect("it opens"))
}

/// Runs the victim in a new folder, and kills it after the delay.
fn run_victim(test: &str, delay: Option<Duration>) -> (tempfile::TempDir, Duration) {
    let dir = folder();
    let start = Instant::now();
    let mut victim = Command::new(std::env::current_exe().expect("a test program has a path"));
    victim.args(["--exact", &format!("kill::{test}")]).env(VICTIM, dir.path()).stdout(Stdio::null());
    let mut victim = victim.spawn().expect("the test program starts");
    match delay {
        Some(delay) => {
            std::thread::sleep(delay);
            // On unix this is SIGKILL: the victim gets no chance to tidy up.
            victim.kill().expect("it is ours");
            victim.wait().expect("it is ours");
        }
        None => assert!(victim.wait().expect("it is ours").success()),
    }
    (dir, start.elapsed())
}

/// Checks what the kill left, completes it, and says what was done last.
fn check(
    dir: &Path,
    signed: bool,
    expected: &BTreeMap<String, String>,
    n_unsigned: &mut u32,
    when: &str,
) -> String {
    let op = dir.join("op");
    let found = match Case::open(&op) {
        Ok(case) => {
            whole(&case, signed, n_unsigned, when);
            let digests = table_digests(&case);
            let erased = Digest::of(lines(9, 9).as_bytes()).hex();
            let known =
                |path: &str, sha256: &String| expected.get(path) == Some(sha256) || path.contains(&erased);
            assert!(digests.iter().all(|(path, sha256)| known(path, sha256)), "{when}");
            let done = case.record().acts().iter().rev().find(|act| act.signer.is_none());
            done.map_or_else(String::new, |act| act.act.clone())
        }
        Err(error) => {
            assert!(!op.join("operation.toml").exists(), "{when}: an operation must open: {error:?}");
            "no operation".to_owned()
        }
    };
    work(dir, signed);
    let case = Case::open(&op).expect("it opens");
    assert_eq!(table_digests(&case), *expected, "{when}");
    assert_eq!((case.verify(&mut |_| {}).expect("it can be read"), case.n_unsigned()), (vec![], 0), "{when}");
    assert!(!case.is_stale("1"), "{when}");
    for unfinished in [op.join("unfinished"), op.join("access/2026/unfinished")] {
        assert_eq!(files_under(&unfinished), Vec::<PathBuf>::new(), "{when}");
    }
    let custody = case.receipts().len();
    assert_eq!(custody as i64, N_FILES, "{when}: each file was received once");
    let mut names: Vec<&str> = case.receipts().iter().map(|receipt| receipt.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len() as i64, N_FILES, "{when}: each file was received once");
    found
}

/// Nothing is wrong with what the kill left, but that the last acts may wait for a signature: the next officer settles it.
fn whole(case: &Case, signed: bool, n_unsigned: &mut u32, when: &str) {
    let mut faults = case.verify(&mut |_| {}).expect("it can be read");
    if case.n_unsigned() > 0 {
        assert!(signed, "{when}");
        *n_unsigned += 1;
        faults.retain(|fault| !fault.expected.contains("signature"));
        let writer = case.lock(officer("Rossi"), at()).expect("nobody else writes");
        assert_eq!(writer.case().n_unsigned(), 0, "{when}");
        assert_eq!(writer.case().verify(&mut |_| {}).expect("it can be read"), [], "{when}");
    }
    assert_eq!(faults, [], "{when}");
}
