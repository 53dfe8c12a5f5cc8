//! A writer that is killed at any instant leaves the state before an act or the one after it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::made_up::{at, day, go_on, item, lines, operation, table_digests, write};
use tutela_case::{Case, Limits, ToReceive};
use tutela_model::Choice;

/// Tells the test program, started once more, to be the one that is killed.
const VICTIM: &str = "TUTELA_KILL_TEST_FOLDER";
const N_KILLS: u64 = 200;
const N_FILES: i64 = 6;
const SEED: u64 = 20_260_301;

#[test]
fn a_kill_at_any_instant_leaves_the_state_before_or_after_an_act() {
    if let Some(dir) = std::env::var_os(VICTIM) {
        return work(Path::new(&dir));
    }
    let expected = undisturbed();
    let whole_run = (0..5).map(|_| run_victim(None).1).min().expect("five runs");
    eprintln!("seed {SEED}, an undisturbed run takes {whole_run:?}");
    let mut random = SEED;
    // How many imports counted after the kill, and how often.
    let mut outcomes: BTreeMap<Option<usize>, u32> = BTreeMap::new();
    for kill in 0..N_KILLS {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let delay = whole_run.mul_f64((random >> 11) as f64 / (1_u64 << 53) as f64);
        let (dir, _) = run_victim(Some(delay));
        let found = check(dir.path(), &expected, &format!("kill {kill} after {delay:?}"));
        *outcomes.entry(found).or_default() += 1;
    }
    eprintln!("imports that counted after the kill: {outcomes:?}");
    assert!(outcomes.len() > 2, "the kills fell on different states: {outcomes:?}");
}

/// What the killed program does: everything that writes.
fn work(dir: &Path) {
    let case = Case::open(&dir.join("op")).unwrap_or_else(|_| operation(dir));
    let mut writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    let basis = writer.case().basis(None, day("2026-03-01")).expect("it covers");
    // One group of two files and then each by itself, so that kills fall between records as well.
    for files in [&files(dir)[..2], &files(dir)[2..3], &files(dir)[3..]] {
        let files: Vec<_> = files.iter().cloned().map(ToReceive::from).collect();
        let received = writer.receive_all(&files, &basis, at(), 2, &go_on);
        let items: Vec<_> =
            received.into_iter().map(|received| item(received.expect("it is received"))).collect();
        for outcome in writer.import_all(&items, &basis, at(), Limits { memory: 1 << 20, jobs: 2 }, &go_on) {
            outcome.expect("it is imported");
        }
        writer.decide("F-1", Choice::Accept, "a reason", at()).expect("it is recorded");
        writer.put_derived(&[("leads.json".to_owned(), b"[]".to_vec())], "1", at()).expect("it is stored");
    }
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
    dir
}

fn undisturbed() -> BTreeMap<String, String> {
    let dir = folder();
    work(dir.path());
    table_digests(&Case::open(&dir.path().join("op")).expect("it opens"))
}

/// Runs the victim in a new folder, and kills it after the delay.
fn run_victim(delay: Option<Duration>) -> (tempfile::TempDir, Duration) {
    let dir = folder();
    let start = Instant::now();
    let mut victim = Command::new(std::env::current_exe().expect("a test program has a path"))
        .args(["--exact", "kill::a_kill_at_any_instant_leaves_the_state_before_or_after_an_act"])
        .env(VICTIM, dir.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("the test program starts");
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

/// Checks what the kill left, completes it, and says how many imports counted; none when there was no operation.
fn check(dir: &Path, expected: &BTreeMap<String, String>, when: &str) -> Option<usize> {
    let left = Case::open(&dir.join("op")).ok();
    let Some(case) = left else {
        assert!(!dir.join("op/operation.toml").exists(), "{when}: an operation must open");
        work(dir);
        return None;
    };
    assert_eq!(case.verify(&mut |_| {}).expect("it can be read"), [], "{when}");
    let digests = table_digests(&case);
    assert!(digests.iter().all(|(path, sha256)| expected.get(path) == Some(sha256)), "{when}");
    let n_imports = case.imports().len();
    work(dir);
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!(table_digests(&case), *expected, "{when}");
    assert_eq!(case.verify(&mut |_| {}).expect("it can be read"), [], "{when}");
    assert!(!case.is_stale("1"), "{when}");
    let unfinished = std::fs::read_dir(case.dir().join("unfinished")).expect("a folder").count();
    assert_eq!(unfinished, 0, "{when}");
    let custody = case.receipts().len();
    assert_eq!(custody as i64, N_FILES, "{when}: each file was received once");
    Some(n_imports)
}
