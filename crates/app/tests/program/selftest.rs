//! `tutela selftest`: the report of two small made-up operations, byte by byte, and what it leaves when it is stopped.

use std::fs;
use std::path::Path;

use crate::folder::{command, run, tutela};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program/selftest.golden");

/// The report of two operations of a fiftieth of the size, and its JSON.
fn report(lang: &str, jobs: &str) -> (String, serde_json::Value) {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("report");
    let at = folder.to_str().expect("temporary paths are UTF-8");
    let said = ["--lang", lang, "--jobs", jobs, "--size", "0.02", "--date", "2026-11-22"];
    let ran =
        tutela(&[["selftest", "--seeds", "2", "--report", "-o", at].as_slice(), &said].concat()).ended(0);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("the report is there");
    let json = serde_json::from_str(&read("validation.json")).expect("JSON");
    (read("validation.html"), json)
}

#[test]
fn the_report_is_the_golden_one_whatever_the_number_of_threads() {
    let (page, json) = report("en", "1");
    assert_eq!(page, report("en", "2").0);
    assert_eq!(
        (&json["schema"], &json["total"]["false_accusations"]["count"]),
        (&"tutela.selftest/1".into(), &0.into())
    );
    // The digest is that of the sources of all analyses, which changes with each word of them.
    let digest = json["analyses"].as_str().expect("a digest");
    let page = page.replace(digest, "DIGEST").replace(&digest[..16], "DIGEST");
    if std::env::var_os("BLESS").is_some() {
        fs::write(GOLDEN, &page).expect("the golden file is ours");
    }
    let golden = fs::read_to_string(GOLDEN).unwrap_or_default();
    assert!(page == golden, "{GOLDEN} differs: BLESS=1 writes it anew, the diff is the review");
}

#[test]
fn the_report_needs_nothing_from_outside_and_says_in_italian_that_its_data_are_made_up() {
    let (page, _) = report("it", "2");
    assert!(
        page.contains("<html lang=\"it\">")
            && page.contains("Dati inventati; non dicono nulla sui dati reali")
    );
    for outside in ["http:", "https:", "src=", "href=", "url(", "@import", "<script", "validation."] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
}

#[test]
fn a_report_without_a_folder_is_refused_before_the_work() {
    let ran = tutela(&["selftest", "--report", "--seeds", "10000"]).ended(2);
    assert!(ran.err.contains("no folder given"), "{}", ran.err);
}

#[test]
#[cfg(unix)]
fn stopped_by_ctrl_c_it_leaves_nothing() {
    let (dir, temporary) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let report = dir.path().join("report");
    let mut long = command(&["selftest", "--seeds", "10000", "--size", "0.02", "--report", "-o"]);
    long.arg(&report).env("TMPDIR", temporary.path());
    let child = long.stderr(std::process::Stdio::null()).spawn().expect("the program runs");
    let begun = |folder: &Path| fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    while !begun(temporary.path()) {
        std::thread::yield_now();
    }
    run(std::process::Command::new("kill").args(["-INT", &child.id().to_string()])).ended(0);
    let ended = child.wait_with_output().expect("it ends").status.code();
    assert_eq!(ended, Some(130));
    assert!(!begun(temporary.path()) && !report.exists());
}
