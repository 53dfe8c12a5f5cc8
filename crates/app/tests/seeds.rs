//! The main job at full size on twenty made-up operations, held against their truth, and on one of ten thousand people.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

/// Of the leads that leave as attributions none names another. Measured over twenty operations: 53 leave.
const LEAST_EXPORTED: u64 = 40;
/// Measured: of 26 people a median of 19 and at least 10 are identified, and a median of 26 and at least 26 have a lead.
/// `tutela selftest --seeds 100 --json` prints the same of any number of operations, in `spread`.
const MEDIAN_IDENTIFIED: u64 = 18;
const LEAST_IDENTIFIED: u64 = 9;
const MEDIAN_WITH_A_LEAD: u64 = 25;
const LEAST_WITH_A_LEAD: u64 = 23;
/// Measured: of a hundred people with precedents 95 are shown with theirs, and one lead shows another's.
const PRECEDENTS_RIGHT: u64 = 93;
const PRECEDENTS_WRONG: u64 = 1;

/// Runs the program; any ending but done, or done with problems kept aside, fails.
fn tutela(args: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_tutela")).args(args).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{args:?} ended with {}: {said}", output.status);
    output.stdout
}

fn json(args: &[&str]) -> Value {
    serde_json::from_slice(&tutela(args)).expect("JSON")
}

/// What was made, and what came of it.
fn evaluated(seed: u64, size: &str, options: &[&str]) -> (Value, Value) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name).to_str().expect("a path in UTF-8").to_owned();
    let (files, op) = (path("files"), path("operation"));
    let seed = seed.to_string();
    let of_size = ["simulate", "platform-connections", "--seed", &seed, "--size", size];
    let made =
        json(&[of_size.as_slice(), options, &["--connections", "117000", "--json", "-o", &files]].concat());
    let basis = ["--basis", "MADE UP", "--basis-from", "2020-01-01", "--basis-until", "2099-12-31"];
    tutela(&[["init", &op, "--title", "Seed"].as_slice(), &basis].concat());
    tutela(&["--op", &op, "import", &files, "--zone", "Europe/Rome", "--jobs", "1"]);
    tutela(&["--op", &op, "analyse"]);
    let truth = Path::new(&files).join("truth");
    let truth = truth.to_str().expect("a path in UTF-8");
    (made, json(&["--op", &op, "evaluate", "--truth", truth, "--json"]))
}

/// Of each operation from seed 1 on, what came of it.
fn operations(n: u64, options: &[&str]) -> Vec<Value> {
    let (next, done) = (AtomicU64::new(1), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > n {
                break;
            }
            let (_, evaluation) = evaluated(seed, "1", options);
            done.lock().expect("no thread panics while it holds the list").push(evaluation);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    done.into_inner().expect("no thread panics while it holds the list")
}

fn number(evaluation: &Value, name: &str) -> u64 {
    evaluation[name].as_u64().unwrap_or_else(|| panic!("{name} in {evaluation}"))
}

/// The least and the median.
fn spread(operations: &[Value], of: impl Fn(&Value) -> u64) -> (u64, u64) {
    let mut values: Vec<u64> = operations.iter().map(of).collect();
    values.sort_unstable();
    (values[0], values[values.len() / 2])
}

/// The names that leads say and that are not those of whoever used their accounts, by who is named.
fn wrong_names(operations: &[Value]) -> Vec<&str> {
    let names = operations.iter().flat_map(|evaluation| evaluation["bystanders_identified"].as_array());
    names.flatten().filter_map(|wrong| wrong["role"].as_str().or(wrong["named"].as_str())).collect()
}

/// Of all operations, how many leads the accusations count under this name.
fn accused(operations: &[Value], name: &str) -> u64 {
    operations.iter().map(|evaluation| number(&evaluation["false_accusations"], name)).sum()
}

#[test]
fn in_twenty_operations_no_bystander_is_identified_and_the_people_sought_are_found() {
    let operations = operations(20, &[]);
    assert_eq!(operations.len(), 20);
    assert!(operations.iter().all(|evaluation| number(evaluation, "users_total") == 26));
    assert_eq!(wrong_names(&operations), [""; 0]);
    let merged = operations.iter().filter_map(|evaluation| evaluation["merged_leads"].as_array());
    assert_eq!(merged.map(Vec::len).sum::<usize>(), 0, "people joined");
    assert_eq!(accused(&operations, "exported_wrong"), 0, "a wrong name left as an attribution");
    let left = accused(&operations, "exported");
    assert!(left >= LEAST_EXPORTED, "{left} left");

    let (least, median) = spread(&operations, |evaluation| number(evaluation, "identified"));
    assert!(least >= LEAST_IDENTIFIED && median >= MEDIAN_IDENTIFIED, "identified: {least}, {median}");
    let with_a_lead = |evaluation: &Value| number(evaluation, "identified") + number(evaluation, "candidate");
    let (least, median) = spread(&operations, with_a_lead);
    assert!(least >= LEAST_WITH_A_LEAD && median >= MEDIAN_WITH_A_LEAD, "with a lead: {least}, {median}");
    let sum = |name: &str| operations.iter().map(|evaluation| number(evaluation, name)).sum::<u64>();
    let (right, wrong) = (sum("precedents_right"), sum("precedents_wrong"));
    assert!(right >= PRECEDENTS_RIGHT && wrong <= PRECEDENTS_WRONG, "precedents: {right}, {wrong}");
}

/// Who holds home line and telephone of a teenager or partner is named, for nothing in the records tells the people of
/// one home apart; no such name leaves as an attribution while an officer has not excluded the others at the address.
#[test]
fn where_contracts_of_a_home_are_in_one_name_no_wrong_name_leaves_as_an_attribution() {
    let operations = operations(6, &["--family-contracts"]);
    let wrong = wrong_names(&operations);
    assert!(!wrong.is_empty(), "or the test shows nothing");
    assert!(wrong.iter().all(|role| *role == "subscriber_only"), "{wrong:?}");
    assert_eq!(accused(&operations, "exported_wrong"), 0);
    assert!(accused(&operations, "exported") > 0);
}

#[test]
fn a_world_of_ten_thousand_people_goes_from_files_to_leads() {
    let (made, evaluation) = evaluated(1, "2.5", &[]);
    for (what, at_least) in [("persons", 10_000), ("lines", 10_000), ("lease_rows", 20_000)] {
        assert!(number(&made, what) >= at_least, "{what} in {made}");
    }
    assert_eq!((number(&made, "connections"), number(&evaluation, "users_total")), (117_000, 65));
    let found = number(&evaluation, "identified") + number(&evaluation, "candidate");
    assert!(found >= 55, "{found} of 65");
}
