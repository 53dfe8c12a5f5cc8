//! Sightings of sharing networks from their export to what is said of files and peers, a day after the other.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::folder::{Folder, overwrite};

/// An export of a day: forty peers of which each shares a few of thirty files, from addresses of its own.
fn day(day: u32) -> String {
    let mut rows = "network,address,port,peer,file_hash,at,observed,ip_basis\n".to_owned();
    for n in 0..400_u32 {
        let (peer, file) = (n * 7 % 40, (n * n + day) % 30);
        let network = if peer < 4 { ["ed2k", "gnutella"][(n / 40) as usize % 2] } else { "ed2k" };
        let (hour, minute) = (n % 24, n / 24);
        rows.push_str(&format!(
            "{network},198.51.100.{},4662,{},sha1:{},2026-03-{day:02}T{hour:02}:{minute:02}:00Z,offered,connected\n",
            (peer * 5 + day) % 250,
            format!("{peer:02x}").repeat(16),
            format!("{file:02x}").repeat(20),
        ));
    }
    rows
}

fn findings(folder: &Folder, more: &[&str]) -> Vec<Value> {
    let ran = folder.run(&[&["findings", "--analysis", "sharing", "--jsonl"], more].concat()).ended(0);
    ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn of_key<'a>(findings: &'a [Value], key: &str) -> Vec<&'a Value> {
    findings.iter().filter(|finding| finding["statement_key"] == key).collect()
}

#[test]
fn a_further_day_says_the_same_as_all_days_at_once() {
    let (one_by_one, at_once) = (Folder::new(), Folder::new());
    for (folder, apart) in [(&one_by_one, true), (&at_once, false)] {
        for number in 1..=3 {
            let name = format!("sighting-{number}.csv");
            folder.run(&["import", &folder.file(&name, day(number))]).ended(0);
            if apart {
                folder.run(&["analyse"]).ended(0);
            }
        }
        folder.run(&["analyse"]).ended(0);
        folder.run(&["rebuild", "--check"]).ended(0);
    }
    let digest =
        |folder: &Folder| folder.run(&["analyse", "--json"]).ended(0).json()["findings_digest"].clone();
    assert_eq!(digest(&one_by_one), digest(&at_once));
    let found = findings(&one_by_one, &[]);
    let peers = of_key(&found, "peer_activity");
    assert_eq!(peers.len(), 44);
    let numbers: BTreeSet<&str> = peers.iter().filter_map(|peer| peer["values"]["peer"].as_str()).collect();
    assert_eq!(numbers.len(), 40);
    assert!(peers.iter().all(|peer| peer["rows"][0]["place"]["line"].as_u64().is_some_and(|line| line > 1)));
    assert_eq!(of_key(&found, "sharing_bridges")[0]["values"]["bridges"], 4);
    assert_eq!(findings(&one_by_one, &["--all"]).len(), found.len());
}

#[test]
fn runs_that_were_altered_or_taken_away_are_made_anew() {
    let folder = Folder::new();
    folder.run(&["import", &folder.file("sighting-1.csv", day(1))]).ended(0);
    folder.run(&["analyse"]).ended(0);
    let runs = fs::read_dir(folder.path("operation/runs")).expect("there are runs");
    let run =
        runs.filter_map(Result::ok).find(|file| file.path().extension().is_some_and(|of| of == "peers"));
    overwrite(&run.expect("a run has peers").path(), b"altered");
    folder.run(&["import", &folder.file("sighting-2.csv", day(2))]).ended(0);
    folder.run(&["analyse"]).ended(0);
    folder.run(&["rebuild", "--check"]).ended(0);
    fs::remove_dir_all(folder.path("operation/runs")).expect("there are runs");
    folder.run(&["import", &folder.file("sighting-3.csv", day(3))]).ended(0);
    folder.run(&["analyse"]).ended(0);
    folder.run(&["rebuild", "--check"]).ended(0);
}
