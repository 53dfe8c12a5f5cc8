//! Two writers at once, a folder that can only be read, and a disk that takes no more: clear words, nothing lost.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::made_up::{at, import, lines, operation, receive, write};
use tutela_case::{Case, CaseError, Limits, disk_hint};

/// Tells the test program, started once more, which part it plays, and where.
const FOLDER: &str = "TUTELA_REFUSING_DISK_FOLDER";

#[test]
fn a_second_process_is_told_who_writes_and_the_lock_dies_with_its_holder() {
    if let Some(dir) = std::env::var_os(FOLDER) {
        let case = Case::open(Path::new(&dir)).expect("it opens");
        let _writer = case.lock("B. Bianchi", at()).expect("nobody else writes");
        eprintln!("locked");
        // Until it is killed.
        std::thread::sleep(std::time::Duration::from_secs(60));
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    let mut holder = start(
        "refusing_disk::a_second_process_is_told_who_writes_and_the_lock_dies_with_its_holder",
        case.dir(),
    );
    let output = BufReader::new(holder.stderr.take().expect("it is piped"));
    assert!(output.lines().any(|line| line.is_ok_and(|line| line == "locked")), "the holder has the lock");
    let refused = case.lock("R. Rossi", at()).err().expect("somebody else writes");
    let message = refused.to_string();
    let pid = holder.id().to_string();
    assert!(
        matches!(&refused, CaseError::Locked { owner, pid: found, .. } if owner == "B. Bianchi" && *found == pid)
    );
    assert!(message.contains("since: 2026-03-01T20:00:00Z"), "{message}");
    holder.kill().expect("it is ours");
    holder.wait().expect("it is ours");
    assert!(case.lock("R. Rossi", at()).is_ok());
}

fn start(test: &str, dir: &Path) -> Child {
    Command::new(std::env::current_exe().expect("a test program has a path"))
        .args(["--exact", test, "--nocapture"])
        .env(FOLDER, dir)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the test program starts")
}

/// How to mend what the disk refused.
fn hint(error: &CaseError) -> Option<&'static str> {
    match error {
        CaseError::Disk { source, .. } => disk_hint(source),
        _ => None,
    }
}

/// A limit on the size of files stands in for a full disk: both let a write fail in its middle.
#[test]
fn a_disk_that_takes_no_more_loses_nothing_stored_before() {
    if let Some(dir) = std::env::var_os(FOLDER) {
        let dir = Path::new(&dir);
        let mut writer =
            Case::open(&dir.join("op")).expect("it opens").lock("R. Rossi", at()).expect("a lock");
        let received = receive(&mut writer, &dir.join("large.txt")).expect_err("the copy is too large");
        assert!(hint(&received).is_some_and(|hint| hint.contains("raise the limit")), "{received:?}");
        let n_entries = writer.case().record().acts().len();
        // Its entry would be too large, and part of it is written before the disk refuses.
        let body = serde_json::json!({"text": "x".repeat(80_000)});
        let recorded = writer.record("report", body, at()).expect_err("the record would be too large");
        assert!(matches!(recorded, CaseError::Disk { .. }), "{recorded:?}");
        assert_eq!(writer.case().record().acts().len(), n_entries);
        let small =
            import(&mut writer, &dir.join("small.txt"), Limits::default()).expect("there is room for it");
        assert_eq!(small.import().rows("connection"), 2);
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    write(dir.path(), "large.txt", &lines(20_000, 1));
    write(dir.path(), "small.txt", "1\n2\n");
    let before = write(dir.path(), "before.txt", "3\n");
    import(&mut case.lock("R. Rossi", at()).expect("a lock"), &before, Limits::default())
        .expect("it is imported");
    let test = "refusing_disk::a_disk_that_takes_no_more_loses_nothing_stored_before";
    let status = Command::new("sh")
        // Without the signal that would end it, the program sees the refusal. The limit is in blocks of 512 bytes.
        .args(["-c", "trap '' XFSZ; ulimit -f 128; exec \"$0\" --exact \"$1\""])
        .arg(std::env::current_exe().expect("a test program has a path"))
        .arg(test)
        .env(FOLDER, dir.path())
        // A log that it is written to has no limit.
        .stdout(Stdio::null())
        .status()
        .expect("there is a shell");
    assert!(status.success());
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!(case.imports().len(), 2);
    assert_eq!(case.verify(&mut |_| {}).expect("it can be read"), []);
}

#[test]
fn a_folder_that_cannot_be_written_to_can_be_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = operation(dir.path());
    // The lock is a folder here, which no user can write to; permissions would not stop the superuser.
    fs::create_dir(case.dir().join("lock")).expect("it can be made");
    let refused = case.lock("R. Rossi", at()).err().expect("it cannot be written to");
    assert!(refused.to_string().starts_with("cannot open the lock: "), "{refused}");
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!(case.verify(&mut |_| {}).expect("it can be read"), []);
}

#[test]
fn disk_errors_say_how_to_mend_them() {
    let hint_of = |kind: std::io::ErrorKind| {
        let path = "received".into();
        hint(&CaseError::Disk { act: "write", path, source: kind.into() }).unwrap_or_default()
    };
    assert!(hint_of(std::io::ErrorKind::StorageFull).starts_with("the disk is full"));
    assert!(hint_of(std::io::ErrorKind::ReadOnlyFilesystem).starts_with("the disk can only be read"));
    assert_eq!(hint_of(std::io::ErrorKind::Other), "");
}
