//! A run that goes on from what an earlier one counted says what a run says that counts everything.

use std::ops::ControlFlow;
use std::sync::Mutex;

use arrow_array::RecordBatch;
use tutela_analyses::{Derived, derive};
use tutela_model::place::Digest;
use tutela_model::table::{Part, TablesError};
use tutela_model::{Choice, Decisions, TableInfo, Tables};

mod memory;

use memory::{Memory, daily_leases, derive_kept, findings, logins, only_lead, subscriber};

/// A log of five accounts, of whom two share a home and a device: enough rows to be kept.
fn log() -> String {
    let mut log = String::new();
    for n in 0..10_100 {
        let (account, home) = (n % 5, n % 5 / 2);
        let (day, minute) = (1 + n / 1_200, n * 7 % 1_440);
        let device = if account < 2 { "shared" } else { "" };
        log += &format!(
            "connection: agora, a{account}, login, 198.18.0.{home}, , 2026-03-{day:02}T{:02}:{:02}:00Z, {device}, , \n",
            minute / 60,
            minute % 60,
        );
    }
    log
}

fn operation() -> Memory {
    let mut answer = String::new();
    for home in 0..3 {
        answer += &daily_leases(&format!("h{home}"), &format!("198.18.0.{home}"), "fixed");
        answer +=
            &subscriber(&format!("h{home}"), &format!("Nome Finto{home}"), &format!("FNT{home}"), "Via 1");
    }
    Memory::default()
        .file("log", &log())
        .file("answer", &answer)
        .file("small", &logins("a9", "198.18.0.2", ""))
}

fn everything(derived: &Derived) -> String {
    format!("{:?}\n{:?}", derived.findings, derived.leads)
}

/// Tables that note which files' connections are read.
struct Noted<'a>(&'a Memory, Mutex<Vec<Digest>>);

impl Tables for Noted<'_> {
    fn parts(&self, table: &TableInfo) -> Vec<Part> {
        self.0.parts(table)
    }

    fn scan(
        &self,
        table: &TableInfo,
        part: &Part,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        if table.name == "connection" {
            self.1.lock().expect("one thread").push(part.source);
        }
        self.0.scan(table, part, columns, each)
    }
}

/// Runs with and without what was kept, compares, and says which files' connections were read with it.
fn read_with(kept: &[u8], tables: &Memory, decisions: &Decisions) -> Vec<Digest> {
    let fresh = derive(tables, decisions, &mut |_| ()).expect("memory can be read");
    let noted = Noted(tables, Mutex::default());
    let again = derive_kept(&noted, decisions, kept);
    assert_eq!(everything(&again), everything(&fresh));
    assert!(again.counted == fresh.counted, "what is kept does not tell how it came about");
    let mut read = noted.1.into_inner().expect("one thread");
    read.sort();
    read.dedup();
    read
}

fn files(names: &[&str]) -> Vec<Digest> {
    let mut files: Vec<Digest> = names.iter().map(|name| Digest::of(name.as_bytes())).collect();
    files.sort();
    files
}

#[test]
fn of_few_connections_nothing_is_kept() {
    let few = Memory::default().file("log", &logins("a1", "198.18.0.0", ""));
    let derived = few.file("answer", &daily_leases("h0", "198.18.0.0", "fixed")).derive();
    assert_eq!(only_lead(&derived).lines, ["alfa/h0"]);
    assert!(derived.counted.is_empty());
}

#[test]
fn only_a_connection_source_that_came_since_is_read() {
    let kept = operation().derive().counted;
    let nothing = Decisions::new();
    assert!(!kept.is_empty() && read_with(&kept, &operation(), &nothing).is_empty());
    for (name, account, address) in
        [("new", "a1", "198.18.0.0"), ("0", "somebody", "198.18.0.1"), ("x", "a2", "203.0.113.9")]
    {
        let more = operation().file(name, &logins(account, address, ""));
        assert_eq!(read_with(&kept, &more, &nothing), files(&[name]), "{name}");
        // And from there on.
        let kept = derive_kept(&more, &nothing, &kept).counted;
        let yet_more = more.file("later", &logins("a4", "198.18.0.2", "2000"));
        assert_eq!(read_with(&kept, &yet_more, &nothing), files(&["later"]), "{name}");
    }
}

#[test]
fn what_changes_how_connections_count_makes_all_of_them_be_read() {
    let kept = operation().derive().counted;
    let nothing = Decisions::new();
    let all = files(&["log", "small"]);
    let leases = operation().file("answer 2", &daily_leases("m1", "198.18.0.1", "mobile"));
    assert_eq!(read_with(&kept, &leases, &nothing), all, "a source of leases");
    let list = operation().file("list", "network: 198.18.0.0/31, vpn, List, 2026-03-01");
    assert_eq!(read_with(&kept, &list, &nothing), all, "a list");
    let zone = findings(&operation().derive(), "zone_shift")[0].id.clone();
    for choice in [Choice::Accept, Choice::Reject] {
        // A decision is counted anew where it changes how the answer's times are taken.
        read_with(&kept, &operation(), &Decisions::from([(zone.clone(), choice)]));
    }
}

#[test]
fn a_file_that_no_longer_counts_is_in_no_count() {
    let with = operation().file("withdrawn", &logins("a1", "198.18.0.2", ""));
    let kept = with.derive().counted;
    assert_eq!(read_with(&kept, &operation(), &Decisions::new()), files(&["log", "small"]));
}

#[test]
fn bytes_that_are_not_what_was_kept_are_not_gone_on_from() {
    let kept = operation().derive().counted;
    let nothing = Decisions::new();
    for end in [0, 1, 40, kept.len() / 2, kept.len() - 1] {
        read_with(&kept[..end], &operation(), &nothing);
    }
    let mut of_another_version = kept.clone();
    // Behind the number of the first pass and the length of its counts stands what they depend on.
    of_another_version[12] ^= 1;
    assert!(!read_with(&of_another_version, &operation(), &nothing).is_empty());
}
