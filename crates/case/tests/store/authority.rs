//! What an authority covers is read, what it does not is kept apart, and what is imported under one that has lapsed
//! no longer counts.

use crate::made_up::{at, day, go_on, item, operation, receive, write};
use tutela_case::{Authority, AuthorityKind, Case, CaseError, Import, Limits, Outcome, Scope, Writer};
use tutela_model::tables::{Connection, Selector};

/// The instant of a line's number, as the made-up source has it.
fn instant(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_767_000_000 + second).expect("an instant")
}

fn under(writer: &mut Writer, scope: Scope) -> String {
    let march = Authority::new("Decree", day("2026-03-01"), day("2026-03-31"));
    let authority = Authority { kind: AuthorityKind::JudgeDecree, scope, ..march };
    writer.add_authority(&authority, at()).expect("it is recorded").id
}

fn import(writer: &mut Writer, path: &std::path::Path, basis: &str) -> Outcome {
    let received = receive(writer, path).expect("it is received");
    let basis = writer.case().basis(Some(basis), day("2026-03-01")).expect("it covers the day");
    writer.import(item(received), &basis, at(), Limits::default(), &go_on).expect("it is imported")
}

fn rows(case: &Case) -> (usize, usize) {
    let tables = case.tables();
    let connections = tutela_model::table::all_rows::<Connection>(&tables).expect("they are stored");
    let selectors = tutela_model::table::all_rows::<Selector>(&tables).expect("they are stored");
    (connections.len(), selectors.len())
}

fn sealed(import: &Import) -> Vec<(&str, u64)> {
    import.sealed.iter().map(|file| (&*file.table, file.rows)).collect()
}

#[test]
fn rows_outside_the_authority_are_sealed_and_a_wider_one_opens_them() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    // Seconds 0 to 21; even ones are selectors too, of accounts u0 to u10.
    let path = write(dir.path(), "log.txt", &crate::made_up::lines(22, 3));
    let period = Scope { from: Some(instant(5)), until: Some(instant(10)), ..Scope::default() };
    let narrow = under(&mut writer, period);
    let outcome = import(&mut writer, &path, &narrow);
    assert_eq!(sealed(outcome.import()), [("connection", 17)]);
    // A selector says no time, so that the period does not speak against it.
    assert_eq!(rows(writer.case()), (5, 11));

    let account = Scope { accounts: vec!["AgoraChat/u4".to_owned()], ..Scope::default() };
    let of_account = under(&mut writer, account);
    let outcome = import(&mut writer, &path, &of_account);
    assert!(matches!(outcome, Outcome::Replaces { .. }));
    assert_eq!(sealed(outcome.import()), [("connection", 20), ("selector", 10)]);
    assert_eq!(rows(writer.case()), (2, 1));

    let party = Scope { parties: vec!["another platform".to_owned()], ..Scope::default() };
    let of_another = under(&mut writer, party);
    let outcome = import(&mut writer, &path, &of_another);
    assert_eq!(sealed(outcome.import()), [("connection", 22)]);
    assert_eq!(rows(writer.case()), (0, 11));

    let outcome = import(&mut writer, &path, "A-1");
    assert!(outcome.import().sealed.is_empty());
    assert_eq!(rows(writer.case()), (22, 11));
    assert!(matches!(import(&mut writer, &path, "A-1"), Outcome::AlreadyImported(_)));
    assert_eq!(writer.case().verify(&mut |_| ()).expect("it is read"), []);
}

#[test]
fn sealed_rows_are_held_to_the_record_and_derived_again_alike() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    let path = write(dir.path(), "log.txt", &crate::made_up::lines(100, 7));
    let basis = under(&mut writer, Scope { from: Some(instant(50)), ..Scope::default() });
    let outcome = import(&mut writer, &path, &basis);
    let import = outcome.import();
    let received = receive(&mut writer, &path).expect("it is received");
    let basis = writer.case().basis_of(import);
    let again = writer.derive_again(&item(received), &basis, Limits::default(), &go_on).expect("it is read");
    let recorded: Vec<_> = import.files().map(|file| (file.path.clone(), file.sha256)).collect();
    assert_eq!(recorded.len(), 3);
    assert!(recorded.iter().all(|(path, sha256)| again.get(path) == Some(sha256)));
    let file = writer.case().dir().join(&import.sealed[0].path);
    std::fs::write(&file, b"altered").expect("it is ours");
    let faults = writer.case().verify(&mut |_| ()).expect("it is read");
    assert_eq!(faults.len(), 1, "{faults:?}");
}

#[test]
fn what_was_imported_under_an_authority_that_lapsed_no_longer_counts() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    let path = write(dir.path(), "log.txt", "1\n2\n");
    let urgent = Authority {
        kind: AuthorityKind::UrgentDecree,
        validate_by: Some(day("2026-03-03")),
        ..Authority::new("Urgent decree", day("2026-03-01"), day("2026-03-31"))
    };
    let urgent = writer.add_authority(&urgent, at()).expect("it is recorded").id;
    import(&mut writer, &path, &urgent);
    assert_eq!(rows(writer.case()), (2, 1));
    let ground = writer.case().ground();

    let overdue = writer.case().basis(Some(&urgent), day("2026-03-04"));
    assert!(matches!(overdue, Err(CaseError::NotValidated { .. })));
    assert_eq!(writer.case().basis(None, day("2026-03-04")).expect("the other covers it").id(), "A-1");

    writer.lapse_authority(&urgent, "not validated", at()).expect("it is recorded");
    assert_eq!(rows(writer.case()), (0, 0));
    assert_ne!(writer.case().ground(), ground);
    assert!(matches!(writer.case().basis(Some(&urgent), day("2026-03-01")), Err(CaseError::Lapsed(_))));
    assert!(matches!(writer.validate_authority(&urgent, "late", at()), Err(CaseError::Lapsed(_))));

    // Received anew under another authority, the file counts again.
    assert!(matches!(import(&mut writer, &path, "A-1"), Outcome::Imported(_)));
    let case = Case::open(writer.case().dir()).expect("it opens");
    assert_eq!(rows(&case), (2, 1));
    assert!(case.authorities()[1].has_lapsed());
}

#[test]
fn a_validated_authority_covers_its_days_to_the_end() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    let urgent = Authority {
        validate_by: Some(day("2026-03-03")),
        ..Authority::new("Urgent decree", day("2026-03-01"), day("2026-03-31"))
    };
    let urgent = writer.add_authority(&urgent, at()).expect("it is recorded").id;
    writer.validate_authority(&urgent, "Decree of the judge", at()).expect("it is recorded");
    assert!(writer.case().basis(Some(&urgent), day("2026-03-31")).is_ok());
    assert!(matches!(writer.validate_authority("A-9", "x", at()), Err(CaseError::UnknownBasis(_))));
}
