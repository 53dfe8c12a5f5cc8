//! The access log: apart from the record, held against it, and removed when its time is over.

use std::fs;
use std::io::Write as _;

use tutela_case::{Access, AccessLog, Actor, Case, CaseError, NotDone, Rules};

use crate::made_up::{at, operation};
use crate::signatures::{officer, signed_operation};

const LOOK: Access<'static> = Access { asked: "explain", of: "L-001", reason: "to prepare the request" };

#[test]
fn looks_at_personal_data_are_kept_by_year_and_apart_from_the_record() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let officer = Actor::from("R. Rossi");
    let next_year = "2027-02-01T09:00:00Z".parse().expect("an instant");
    for at in [at(), at(), next_year] {
        AccessLog::default().record(&case, &officer, LOOK, at).expect("it is recorded");
    }
    assert_eq!(case.access_years().expect("it is read"), [2026, 2027]);
    let log = case.access_log(2026).expect("it is whole");
    assert_eq!(log.acts().len(), 3, "its opening and two looks");
    assert_eq!(log.acts()[2].body()["reason"], "to prepare the request");
    assert_eq!(Case::open(case.dir()).expect("it opens").record().acts().len(), 2);
    // A checkpoint that was handed out holds their heads.
    let mut writer = case.lock("R. Rossi", next_year).expect("nobody else writes");
    writer.hand_out("prosecutor", next_year).expect("it is handed out");
    assert_eq!(writer.case().exported()[0].access.len(), 2);
    let tail = case.dir().join("access/2026/ledger/tail");
    let before = fs::read(&tail).expect("it is there");
    fs::write(&tail, &before[..before.len() - 1]).expect("it is ours");
    let case = Case::open(case.dir()).expect("it opens");
    let faults = case.verify(&mut |_| ()).expect("it is read");
    assert_eq!(faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["access/2026"]);
    fs::write(&tail, before).expect("it is ours");
    assert!(matches!(
        writer.purge_access(2027, "", next_year),
        Err(CaseError::NotDone(NotDone::StillKept(2027)))
    ));
    assert!(matches!(
        writer.purge_access(2025, "", next_year),
        Err(CaseError::NotDone(NotDone::NoAccessLog(2025)))
    ));
    writer.purge_access(2026, "kept until the end of the year after", next_year).expect("it is over");
    assert_eq!(case.access_years().expect("it is read"), [2027]);
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
    fs::remove_dir_all(case.dir().join("access/2027")).expect("it is ours");
    assert_eq!(case.verify(&mut |_| ()).expect("it is read").len(), 1, "it was not removed by an act");
}

#[test]
fn two_processes_write_it_in_turn_and_one_that_was_stopped_leaves_nothing_behind() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let logs = [AccessLog::default(), AccessLog::default()];
    let officer = Actor::from("R. Rossi");
    // More than a bundle, mostly by one, so that it goes on from what it knows.
    for n in 0..600 {
        logs[usize::from(n % 7 == 0)].record(&case, &officer, LOOK, at()).expect("it is recorded");
    }
    let payloads = case.dir().join("access/2026/payloads/002");
    let mut file = fs::OpenOptions::new().append(true).open(payloads).expect("the last payloads");
    file.write_all(br#"{"payload":"{\"act"#).expect("what a stopped process leaves");
    for log in &logs {
        log.record(&case, &officer, LOOK, at()).expect("it is recorded");
    }
    assert_eq!(case.access_log(2026).expect("it is whole").acts().len(), 603);
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
    // Whoever wrote last, who wrote before, and who never wrote read the same.
    for log in [&logs[1], &logs[0], &AccessLog::default()] {
        let read = log.of_year(&case, 2026, |record| record.acts().len());
        assert_eq!(read.expect("it is whole"), 603);
    }
    let payloads = case.dir().join("access/2026/payloads/002");
    let altered = fs::read_to_string(&payloads).expect("it is there").replacen("L-001", "L-0011", 1);
    fs::write(&payloads, altered).expect("it is ours");
    for log in &logs {
        assert!(log.of_year(&case, 2026, |_| ()).is_err(), "what was altered since is not what was written");
    }
}

#[test]
fn an_operation_may_ask_why() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let rules = Rules { reasons: true, ..Rules::default() };
    case.lock("R. Rossi", at()).expect("a lock").set_rules(&rules, at()).expect("it is recorded");
    let case = Case::open(case.dir()).expect("it opens");
    let unexplained = Access { reason: " ", ..LOOK };
    assert!(matches!(
        AccessLog::default().record(&case, &"R. Rossi".into(), unexplained, at()),
        Err(CaseError::NotDone(NotDone::NoReason))
    ));
    AccessLog::default().record(&case, &"R. Rossi".into(), LOOK, at()).expect("it is recorded");
}

#[test]
fn looks_in_an_operation_whose_acts_are_signed_are_signed_too() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = signed_operation(dir.path());
    AccessLog::default().record(&case, &officer("Rossi"), LOOK, at()).expect("it is recorded");
    let log = case.access_log(2026).expect("it is whole");
    assert_eq!(log.acts().iter().filter(|act| act.signer.is_some()).count(), 2);
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}

#[test]
fn a_log_whose_beginning_was_stopped_is_begun_again_and_one_that_lost_its_entries_is_not() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = signed_operation(dir.path());
    let (log, tail) = (case.dir().join("access/2026"), case.dir().join("access/2026/ledger/tail"));
    AccessLog::default().record(&case, &officer("Rossi"), LOOK, at()).expect("it is recorded");
    let payloads = fs::read_to_string(log.join("payloads/000")).expect("it is there");
    fs::remove_file(&tail).expect("it is ours");
    let faults = case.verify(&mut |_| ()).expect("it is read");
    assert_eq!(
        faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(),
        ["access/2026/ledger/tail"]
    );
    assert!(
        AccessLog::default().record(&case, &officer("Rossi"), LOOK, at()).is_err(),
        "what is left is not written over"
    );
    // As the program leaves it when it is stopped after the first payload.
    let first: String = payloads.split_inclusive('\n').take(2).collect();
    fs::write(log.join("payloads/000"), first).expect("it is ours");
    fs::write(log.join("unfinished/tail"), "half").expect("it is ours");
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
    assert!(case.access_years().expect("it is read").is_empty());
    AccessLog::default().record(&case, &officer("Rossi"), LOOK, at()).expect("it is recorded");
    assert!(!log.join("unfinished/tail").exists());
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}

#[test]
fn a_removal_that_was_stopped_is_completed_by_the_next_writer() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    AccessLog::default().record(&case, &"R. Rossi".into(), LOOK, at()).expect("it is recorded");
    let log = case.dir().join("access/2026");
    let payloads = fs::read(log.join("payloads/000")).expect("it is there");
    let next_year = "2027-02-01T09:00:00Z".parse().expect("an instant");
    let mut writer = case.lock("R. Rossi", next_year).expect("nobody else writes");
    writer.purge_access(2026, "its time is over", next_year).expect("it is over");
    drop(writer);
    // As if the program had been stopped before the last file.
    fs::create_dir_all(log.join("payloads")).expect("it is ours");
    fs::write(log.join("payloads/000"), payloads).expect("it is ours");
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
    drop(case.lock("R. Rossi", next_year).expect("nobody else writes"));
    assert!(!log.exists());
}
