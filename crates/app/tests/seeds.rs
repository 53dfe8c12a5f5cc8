//! The main job at full size on twenty made-up operations, held against their truth.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

/// Runs the program; any ending but done, or done with problems kept aside, fails.
fn tutela(args: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_tutela")).args(args).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{args:?} ended with {}: {said}", output.status);
    output.stdout
}

fn evaluated(seed: u64) -> Value {
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name).to_str().expect("a path in UTF-8").to_owned();
    let (files, op) = (path("files"), path("operation"));
    let seed = seed.to_string();
    tutela(&["simulate", "platform-connections", "--seed", &seed, "--size", "1", "-o", &files]);
    let basis = ["--basis", "MADE UP", "--basis-from", "2020-01-01", "--basis-until", "2099-12-31"];
    tutela(&[["init", &op, "--title", "Seed"].as_slice(), &basis].concat());
    tutela(&["--op", &op, "import", &files, "--zone", "Europe/Rome", "--jobs", "1"]);
    tutela(&["--op", &op, "analyse"]);
    let truth = Path::new(&files).join("truth");
    let truth = truth.to_str().expect("a path in UTF-8");
    serde_json::from_slice(&tutela(&["--op", &op, "evaluate", "--truth", truth, "--json"])).expect("JSON")
}

fn check(seed: u64) {
    let evaluated = evaluated(seed);
    let n = |name: &str| evaluated[name].as_u64().unwrap_or_else(|| panic!("{name} in {evaluated}"));
    let names = |name: &str| evaluated[name].as_array().map_or(usize::MAX, Vec::len);
    assert_eq!(n("users_total"), 26, "seed {seed}");
    assert_eq!(names("bystanders_identified"), 0, "seed {seed}: {evaluated}");
    assert_eq!(names("merged_leads"), 0, "seed {seed}: {evaluated}");
    assert!(n("identified") >= 16, "seed {seed}: {evaluated}");
    assert!(n("identified") + n("candidate") >= 24, "seed {seed}: {evaluated}");
    assert_eq!((n("precedents_right"), n("precedents_wrong")), (5, 0), "seed {seed}: {evaluated}");
}

#[test]
fn in_twenty_operations_no_bystander_is_identified_and_the_people_sought_are_found() {
    let next = AtomicU64::new(1);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > 20 {
                break;
            }
            check(seed);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
}
