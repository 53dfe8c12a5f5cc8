//! Erasure: what goes, what stays, and what happens when it is stopped.

use std::fs;

use tutela_case::{Case, CaseError, Limits, NotDone};
use tutela_model::Choice;

use crate::made_up::{at, files_under, import, operation, write};

#[test]
fn a_file_that_is_erased_leaves_no_bytes_and_a_log_that_checks() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let mut writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    let goes = write(dir.path(), "goes-by-name.txt", "1\n2\n");
    let stays = write(dir.path(), "stays.txt", "3\n");
    let erased = import(&mut writer, &goes, Limits::default()).expect("it is imported").import().sha256;
    import(&mut writer, &stays, Limits::default()).expect("it is imported");
    writer
        .put_derived(&[("leads.json".to_owned(), b"[]".to_vec())], &[], "1", &[], at())
        .expect("it is stored");
    let n_before = writer.case().record().acts().len();
    let root = writer.case().record().root();
    assert!(matches!(
        writer.erase_file(erased, "A-9", "time is over", at()),
        Err(CaseError::UnknownBasis(_))
    ));
    let entries = writer.erase_file(erased, "A-1", "time is over", at()).expect("it is erased");
    assert_eq!(entries, [2, 3], "its receipt and its import");
    let again = writer.erase_file(erased, "A-1", "time is over", at());
    assert!(matches!(again, Err(CaseError::NotDone(NotDone::NotReceived(_)))));
    drop(writer);
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!(case.record().root_at(n_before), Some(root), "the log is as it was");
    assert_eq!((case.receipts().len(), case.imports().len()), (1, 1));
    assert!(case.is_stale("1"), "findings are derived anew");
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
    let hex = erased.hex();
    for file in files_under(case.dir()) {
        assert!(!file.to_string_lossy().contains(&hex), "{}", file.display());
        let bytes = fs::read(&file).expect("it can be read");
        assert!(!String::from_utf8_lossy(&bytes).contains("goes-by-name"), "{}", file.display());
    }
    // The chain still says that there was a file and that it was erased.
    let chain = case.chain(erased);
    assert_eq!(chain.last().map(|step| step.act.as_str()), Some("erase"));
    // What was erased may lawfully come once more.
    let mut writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    import(&mut writer, &goes, Limits::default()).expect("it is imported");
    drop(writer);
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!(case.imports().len(), 2);
    drop(case.lock("R. Rossi", at()).expect("nobody else writes"));
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}

#[test]
fn an_erasure_that_was_stopped_is_completed_by_the_next_writer() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let mut writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    writer.decide("F-1", Choice::Accept, "a reason with a name", at()).expect("it is recorded");
    let payloads = case.dir().join("payloads/000");
    let before = fs::read_to_string(&payloads).expect("it is there");
    writer.erase_entry(2, "A-1", "time is over", at()).expect("it is erased");
    drop(writer);
    // As if the program had been stopped after the entry and before the removal.
    let after = fs::read_to_string(&payloads).expect("it is there");
    let last = after.lines().last().expect("there are some");
    fs::write(&payloads, format!("{before}{last}\n")).expect("it is ours");
    let stopped = Case::open(case.dir()).expect("it opens");
    assert!(stopped.decisions().is_empty(), "it does not count any more");
    drop(stopped.lock("R. Rossi", at()).expect("nobody else writes"));
    assert_eq!(fs::read_to_string(&payloads).expect("it is there"), after);
    assert!(!after.contains("a name"));
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
}

#[test]
fn what_other_acts_stand_on_stays() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let mut writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    let file = write(dir.path(), "a.txt", "1\n");
    import(&mut writer, &file, Limits::default()).expect("it is imported");
    for seq in [0, 1, 2, 9] {
        let refused = writer.erase_entry(seq, "A-1", "a reason", at());
        assert!(matches!(refused, Err(CaseError::NotDone(NotDone::NotErasable { .. }))), "{seq}");
    }
}
