//! An operation folder from the outside: what is kept, what is refused, what is found to be altered.

use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::made_up::{at, day, go_on, import, item, lines, operation, receive, table_digests, write};
use tutela_case::{Authority, Case, CaseError, Limits, Outcome, ToImport, ToReceive};
use tutela_model::table::Tables as _;
use tutela_model::tables::Connection;
use tutela_model::{Choice, Declared, Reader, Refusal, Table as _};

#[test]
fn an_operation_is_found_from_a_folder_below_and_made_once() {
    let dir = tempfile::tempdir().expect("a folder");
    operation(dir.path());
    let below = dir.path().join("op/received");
    assert_eq!(Case::find(&below).expect("it is above").title(), "Made-up operation");
    assert!(matches!(Case::find(dir.path()), Err(CaseError::NoOperation(_))));
    let authority = Authority::new("Decree", day("2026-03-01"), day("2026-03-02"));
    let again = Case::create(&dir.path().join("op"), "Again", "R. Rossi", &authority, at());
    assert!(matches!(again, Err(CaseError::Exists(_))));
}

#[test]
fn a_file_received_is_kept_byte_for_byte_with_its_custody() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let mut writer = case.lock("B. Bianchi", at()).expect("nobody else writes");
    let path = write(dir.path(), "answer.txt", "1\n2\n");
    let received = receive(&mut writer, &path).expect("it is received");
    assert!(!received.already);
    let kept = writer.case().received_path(received.sha256);
    assert_eq!(fs::read(&kept).expect("it is there"), b"1\n2\n");
    assert_eq!(fs::metadata(&kept).expect("it is there").permissions().mode() & 0o777, 0o444);
    assert!(receive(&mut writer, &path).expect("it is received").already);
    let other_name = write(dir.path(), "copy.txt", "1\n2\n");
    assert!(receive(&mut writer, &other_name).expect("it is received").already);
    let case = Case::open(case.dir()).expect("it opens");
    let receipts: Vec<_> = case
        .receipts()
        .iter()
        .map(|receipt| (&*receipt.name, receipt.size, &*receipt.officer, &*receipt.basis))
        .collect();
    assert_eq!(receipts, [("answer.txt", 4, "B. Bianchi", "A-1"), ("copy.txt", 4, "B. Bianchi", "A-1")]);
}

#[test]
fn no_authority_for_the_day_means_no_basis() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let refused = case.basis(None, day("2026-04-01"));
    assert!(matches!(refused, Err(CaseError::NoBasis { authority, .. }) if authority == "A-1"));
    assert!(matches!(case.basis(Some("A-2"), day("2026-03-01")), Err(CaseError::UnknownBasis(_))));
    let mut writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    let april = Authority::new("Extension", day("2026-04-01"), day("2026-04-30"));
    assert_eq!(writer.add_authority(&april, at()).expect("it is recorded").id, "A-2");
    assert_eq!(writer.case().basis(None, day("2026-04-30")).expect("it covers").id(), "A-2");
    assert_eq!(writer.case().basis(None, day("2026-03-31")).expect("it covers").id(), "A-1");
    let backwards = Authority::new("Wrong", day("2026-04-02"), day("2026-04-01"));
    assert!(matches!(writer.add_authority(&backwards, at()), Err(CaseError::Period { .. })));
}

#[test]
fn an_import_gives_sorted_rows_problems_skips_and_notes() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    let path = write(dir.path(), "log.txt", "5\nskip\nwhat\n3\n12\n");
    let outcome = import(&mut writer, &path, Limits::default()).expect("it is imported");
    let import = outcome.import();
    assert_eq!((import.records, import.problems(), import.all_rows()), (5, 1, 4));
    assert_eq!(import.skips.get("said so"), Some(&1));
    assert_eq!(import.notes, [("encoding".to_owned(), "UTF-8".to_owned())]);
    let case = Case::open(writer.case().dir()).expect("it opens");
    let tables = case.tables();
    let rows = tutela_model::table::all_rows::<Connection>(&tables).expect("they are stored");
    let seconds: Vec<_> = rows.iter().map(|(_, row)| row.place.to_string()).collect();
    // By address: 192.0.2.3, then twice 192.0.2.5, where the earlier time comes first.
    assert_eq!(seconds, ["line:4", "line:1", "line:5"]);
    let part = &tables.parts(&Connection::INFO)[0];
    let mut columns = Vec::new();
    tables
        .scan(&Connection::INFO, part, &["place", "source"], &mut |batch| {
            columns.extend(batch.schema().fields().iter().map(|field| field.name().clone()));
            ControlFlow::Continue(())
        })
        .expect("they are stored");
    assert_eq!(columns, ["place", "source"]);
    let found =
        tables.rows_at(&Connection::INFO, import.sha256, &["line:5", "line:9"]).expect("they are stored");
    assert_eq!(found.len(), 1);
    assert_eq!(Connection::get(&found[0].1, 0).account, "u1");
}

#[test]
fn table_files_do_not_depend_on_memory_or_threads() {
    // Enough for two row groups, and for five runs when memory ends with every batch.
    let text = lines(135_000, 3);
    let mut seen = None;
    for (memory, jobs) in [(400 << 20, 1), (1, 3)] {
        let dir = tempfile::tempdir().expect("a folder");
        let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
        let path = write(dir.path(), "log.txt", &text);
        import(&mut writer, &path, Limits { memory, jobs }).expect("it is imported");
        let digests = table_digests(writer.case());
        assert_eq!(digests.len(), 2);
        assert_eq!(*seen.get_or_insert(digests.clone()), digests, "{memory} bytes, {jobs} threads");
        let left = fs::read_dir(writer.case().dir().join("unfinished")).expect("a folder").count();
        assert_eq!(left, 0, "nothing stays unfinished");
        let rows = writer.case().tables().parts(&Connection::INFO)[0].n_rows;
        assert_eq!(rows, 135_000);
    }
}

#[test]
fn rows_are_in_key_order_and_equal_keys_in_order_of_arrival() {
    let text: String = lines(18_000, 1).lines().flat_map(|line| [line, "\n", line, "\n"]).collect();
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    let path = write(dir.path(), "log.txt", &text);
    import(&mut writer, &path, Limits { memory: 1, jobs: 2 }).expect("it is imported");
    let rows = tutela_model::table::all_rows::<Connection>(&writer.case().tables()).expect("they are stored");
    assert_eq!(rows.len(), 36_000);
    let line = |row: &Connection| match row.place {
        tutela_model::Spot::Line(line) => line,
        _ => 0,
    };
    let key = |row: &Connection| {
        (row.address.address, row.port, row.at.as_ref().map(|at| at.at_us), row.account.clone(), line(row))
    };
    assert!(rows.windows(2).all(|pair| key(&pair[0].1) < key(&pair[1].1)));
}

#[test]
fn the_same_file_reader_and_declaration_is_imported_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    let path = write(dir.path(), "log.txt", "1\n2\n");
    let first = import(&mut writer, &path, Limits::default()).expect("it is imported");
    assert!(matches!(first, Outcome::Imported(_)));
    let n_entries = writer.case().record().acts().len();
    let again = import(&mut writer, &path, Limits::default()).expect("it was imported");
    assert!(matches!(again, Outcome::AlreadyImported(_)));
    assert_eq!(writer.case().record().acts().len(), n_entries);
    // Twice in one list is once, too.
    let path = write(dir.path(), "other.txt", "3\n");
    let received = receive(&mut writer, &path).expect("it is received");
    let basis = writer.case().basis(None, day("2026-03-01")).expect("it covers");
    let items = [item(received.clone()), item(received)];
    let outcomes = writer.import_all(&items, &basis, at(), Limits::default(), &go_on);
    assert!(
        matches!(outcomes[..], [Ok(Outcome::Imported(_)), Ok(Outcome::AlreadyImported(_))]),
        "{outcomes:?}"
    );
}

#[test]
fn another_declaration_or_reader_version_replaces_what_counts() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    let path = write(dir.path(), "log.txt", "1\n2\n");
    let first = import(&mut writer, &path, Limits::default()).expect("it is imported");
    let received = receive(&mut writer, &path).expect("it is received");
    let basis = writer.case().basis(None, day("2026-03-01")).expect("it covers");
    let zone = Some("Europe/Rome".parse().expect("a zone"));
    let declared = Declared { zone, ..Declared::default() };
    let zoned =
        ToImport { received: received.clone(), beside: Vec::new(), reader: crate::made_up::LINES, declared };
    let newer = ToImport { reader: Reader { version: 2, ..crate::made_up::LINES }, ..zoned.clone() };
    for changed in [zoned, newer] {
        let before = writer.case().import(received.sha256).cloned().expect("it was imported");
        let outcome =
            writer.import(changed, &basis, at(), Limits::default(), &go_on).expect("it is imported");
        let Outcome::Replaces { import, earlier } = outcome else { panic!("{outcome:?}") };
        assert_eq!(*earlier, before);
        assert_ne!(import.tables[0].path, earlier.tables[0].path);
        assert_eq!(writer.case().imports(), [&*import]);
    }
    // What no longer counts stays where it was.
    assert!(writer.case().dir().join(&first.import().tables[0].path).exists());
    assert_eq!(writer.case().verify(&mut |_| {}).expect("it can be read"), []);
}

#[test]
fn a_refused_file_keeps_none_of_the_others_back() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    let basis = writer.case().basis(None, day("2026-03-01")).expect("it covers");
    let mut paths = vec![write(dir.path(), "a.txt", "1\n"), dir.path().join("absent.txt")];
    paths.extend([
        write(dir.path(), "b.txt", "local\n"),
        write(dir.path(), "c.txt", "2\n"),
        dir.path().to_owned(),
    ]);
    let files: Vec<ToReceive> = paths.into_iter().map(ToReceive::from).collect();
    let received = writer.receive_all(&files, &basis, at(), 2, &go_on);
    let is_ok: Vec<bool> = received.iter().map(Result::is_ok).collect();
    assert_eq!(is_ok, [true, false, true, true, false]);
    let items: Vec<ToImport> = received.into_iter().flatten().map(item).collect();
    let outcomes = writer.import_all(&items, &basis, at(), Limits::default(), &go_on);
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok());
    let refused = outcomes[1].as_ref().expect_err("a zone is never guessed");
    assert!(matches!(refused, CaseError::Refused { source: Refusal::ZoneMissing { .. }, .. }), "{refused:?}");
    assert_eq!(writer.case().imports().len(), 2);
}

#[test]
fn a_stopped_import_leaves_the_state_before_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    let path = write(dir.path(), "log.txt", &lines(40_000, 1));
    let received = receive(&mut writer, &path).expect("it is received");
    let basis = writer.case().basis(None, day("2026-03-01")).expect("it covers");
    let stop = |_: usize, line: u64| match line {
        0..35_000 => std::ops::ControlFlow::Continue(()),
        _ => std::ops::ControlFlow::Break(()),
    };
    let stopped = writer.import(item(received), &basis, at(), Limits::default(), &stop);
    assert!(matches!(stopped, Err(CaseError::Refused { source: Refusal::Stopped, .. })), "{stopped:?}");
    assert!(writer.case().imports().is_empty());
    assert!(import(&mut writer, &path, Limits::default()).is_ok());
}

#[test]
fn one_changed_byte_anywhere_is_found() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    let path = write(dir.path(), "log.txt", "1\n2\n3\n");
    import(&mut writer, &path, Limits::default()).expect("it is imported");
    let case = Case::open(writer.case().dir()).expect("it opens");
    assert_eq!(case.verify(&mut |_| {}).expect("it can be read"), []);
    let table = &case.imports()[0].tables[0].path;
    let received = format!("received/{}", case.imports()[0].sha256);
    for path in [table.as_str(), &received, "ledger/tail", "payloads/000"] {
        let whole = case.dir().join(path);
        let before = fs::read(&whole).expect("it is there");
        let mut changed = before.clone();
        changed[before.len() / 2] ^= 1;
        overwrite(&whole, &changed);
        let faults = case.verify(&mut |_| {}).expect("it can be read");
        let is_record = path == "ledger/tail" || path == "payloads/000";
        assert_eq!(faults.iter().map(|fault| &*fault.path).collect::<Vec<_>>(), [path]);
        assert_eq!(Case::open(case.dir()).is_err(), is_record);
        fs::remove_file(&whole).expect("it can be removed");
        if !is_record {
            let faults = case.verify(&mut |_| {}).expect("it can be read");
            assert_eq!(faults[0].found, "no file");
        }
        overwrite(&whole, &before);
    }
    assert_eq!(case.verify(&mut |_| {}).expect("it can be read"), []);
}

fn overwrite(path: &Path, bytes: &[u8]) {
    let _ = fs::remove_file(path);
    fs::write(path, bytes).expect("it can be written");
}

#[test]
fn a_record_cut_short_since_it_was_read_is_found() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let path = case.dir().join("ledger/tail");
    let bytes = fs::read(&path).expect("it is there");
    let first = 2 + usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
    fs::write(&path, &bytes[..first]).expect("it can be written");
    assert_eq!(case.verify(&mut |_| {}).expect("it can be read")[0].expected, "2 entries");
}

#[test]
fn a_torn_last_entry_is_cut_off_by_the_next_writer_who_records_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let path = case.dir().join("ledger/tail");
    let mut bytes = fs::read(&path).expect("it is there");
    bytes.extend_from_slice(b"\x00\x90{\"act\":\"re");
    fs::write(&path, &bytes).expect("it can be written");
    assert_eq!(Case::open(case.dir()).expect("it opens").record().acts().len(), 2);
    let writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    let last = writer.case().record().acts().last().expect("there are some").clone();
    assert_eq!((&*last.act, last.body()["cut"].as_u64()), ("recover", Some(12)));
    assert_eq!(Case::open(case.dir()).expect("it opens").record().acts().len(), 3);
}

#[test]
fn findings_are_stale_when_ground_program_or_bytes_change() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    assert!(writer.case().is_stale("1"));
    let files =
        [("attribution.jsonl".to_owned(), b"{}\n".to_vec()), ("leads.json".to_owned(), b"[]".to_vec())];
    let digest = writer.put_derived(&files, &[], "1", &[], at()).expect("they are stored");
    assert_eq!(writer.case().derived("leads.json").expect("it can be read").as_deref(), Some(&b"[]"[..]));
    assert!(!writer.case().is_stale("1"));
    assert!(writer.case().is_stale("2"));
    let n_entries = writer.case().record().acts().len();
    assert_eq!(writer.put_derived(&files, &[], "1", &[], at()).expect("they stand"), digest);
    assert_eq!(writer.case().record().acts().len(), n_entries);
    writer.decide("F-1", Choice::Reject, "another person's line", at()).expect("it is recorded");
    assert!(writer.case().is_stale("1"));
    writer.decide("F-1", Choice::Unsure, "second thought", at()).expect("it is recorded");
    assert_eq!(writer.case().standing().get("F-1").map(|decision| decision.choice), Some(Choice::Unsure));
    assert_eq!(writer.case().decisions().len(), 2);
    // A decision on a lead changes what is reported, and nothing that findings stand on.
    let ground = writer.case().ground();
    writer.decide("P-0123456789ab/household", Choice::Reject, "lives alone", at()).expect("it is recorded");
    assert_eq!((writer.case().ground(), writer.case().decisions().len()), (ground, 3));
    // An analysis that is gone leaves no file behind.
    writer.put_derived(&files[1..], &[], "1", &[], at()).expect("they are stored");
    assert!(!writer.case().is_stale("1"));
    assert!(!writer.case().dir().join("findings/attribution.jsonl").exists());
    fs::write(writer.case().dir().join("findings/leads.json"), b"[1]").expect("it can be written");
    assert!(writer.case().is_stale("1"));
    assert_eq!(writer.case().derived("leads.json").expect("it can be read"), None);
}

#[test]
fn tables_derived_again_have_the_digests_recorded() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    let path = write(dir.path(), "log.txt", &lines(5_000, 1));
    import(&mut writer, &path, Limits::default()).expect("it is imported");
    let received = receive(&mut writer, &path).expect("it is received");
    let basis = writer.case().basis(None, day("2026-03-01")).expect("it covers the day");
    let again =
        writer.derive_again(&item(received), &basis, Limits::default(), &go_on).expect("it is derived");
    let recorded: std::collections::BTreeMap<_, _> =
        writer.case().imports()[0].tables.iter().map(|file| (file.path.clone(), file.sha256)).collect();
    assert_eq!(again, recorded);
}

#[test]
fn rows_of_any_size_are_stored_or_become_problems() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
    let path = write(dir.path(), "log.txt", "3\n");
    let received = receive(&mut writer, &path).expect("it is received");
    let basis = writer.case().basis(None, day("2026-03-01")).expect("it covers");
    let reader = Reader { name: "made_up_wide", read: read_wide, ..crate::made_up::LINES };
    let wide = ToImport { received, beside: Vec::new(), reader, declared: Declared::default() };
    let outcome = writer.import(wide, &basis, at(), Limits::default(), &go_on).expect("it is imported");
    assert_eq!((outcome.import().rows("precedent"), outcome.import().problems()), (41, 1));
}

/// Forty-one rows of a million bytes, and one that no honest record is as large as.
fn read_wide(_: tutela_model::Input, _: &Declared, sink: &mut dyn tutela_model::Sink) -> Result<(), Refusal> {
    for (line, n_bytes) in (1..).zip([1_000_000; 41].into_iter().chain([20_000_000])) {
        sink.record();
        sink.row(
            tutela_model::tables::Precedent {
                tax_code: None,
                name: Some("x".repeat(n_bytes).into()),
                birth_date: None,
                offence: None,
                date: None,
                place: tutela_model::Spot::Line(line),
            }
            .into(),
        )?;
    }
    Ok(())
}
