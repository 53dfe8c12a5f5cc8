//! A disk that is full, and one that can only be read: file systems of their own, which a user mounts in a namespace.

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::made_up::{at, day, go_on, import, item, lines, operation, receive, table_digests, write};
use tutela_case::{Access, AccessLog, Case, CaseError, Limits, Received, Writer, disk_hint};
use tutela_model::Choice;

/// Tells the test program, started once more, where the small disk is.
const DISK: &str = "TUTELA_SMALL_DISK";

/// Runs the test once more with a disk of two million bytes of its own. None when it is the one that runs there.
fn on_a_small_disk(test: &str) -> Option<PathBuf> {
    if let Some(disk) = std::env::var_os(DISK) {
        return Some(disk.into());
    }
    let dir = tempfile::tempdir().expect("a folder");
    let mount = r#"mount -t tmpfs -o size=2m tmpfs "$0""#;
    let run = |script: &str, arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
            .arg(dir.path())
            .args(arguments);
        command.env(DISK, dir.path());
        command.status().is_ok_and(|status| status.success())
    };
    if !run(mount, &[]) {
        eprintln!("{test} was not run: this system lets no user mount a disk");
        return None;
    }
    let program = std::env::current_exe().expect("a test program has a path");
    let arguments = [&*program.to_string_lossy(), test];
    assert!(run(&format!(r#"{mount} && exec "$1" --exact "$2" --nocapture"#), &arguments), "{test}");
    None
}

/// Takes all room but so many bytes.
fn fill(disk: &Path, n_left: usize) -> PathBuf {
    let path = disk.join("ballast");
    let mut ballast = fs::File::create(&path).expect("there is room for its name");
    while ballast.write_all(&[0; 4096]).is_ok() {}
    let len = ballast.metadata().expect("it is there").len();
    ballast.set_len(len - n_left as u64 / 4096 * 4096).expect("it becomes shorter");
    path
}

/// Whether an error or a cause of it says that the disk is full.
fn is_full(error: &CaseError) -> bool {
    let mut causes = std::iter::successors(Some(error as &dyn Error), |cause| (*cause).source());
    causes.any(|cause| {
        let hint = cause.downcast_ref::<io::Error>().and_then(disk_hint);
        hint.is_some_and(|hint| hint.starts_with("the disk is full"))
    })
}

/// What an act needs that is tried on the full disk.
type Try = fn(&mut Writer, &Path) -> Result<(), CaseError>;

const ACTS: [(&str, Try); 8] = [
    ("import", |writer, _| {
        let receipt = writer.case().receipts().last().expect("it was received").clone();
        let (sha256, name, size) = (receipt.sha256, receipt.name.clone(), receipt.size);
        let received = Received { sha256, name, size, already: true, verified: None };
        let basis = writer.case().basis(None, day("2026-03-01"))?;
        writer.import(item(received), &basis, at(), Limits::default(), &go_on).map(drop)
    }),
    ("receive", |writer, outside| receive(writer, &outside.join("new.txt")).map(drop)),
    ("decide", |writer, _| writer.decide("F-1", Choice::Accept, &"a reason ".repeat(2_000), at())),
    ("decide a bundle", |writer, _| writer.decide_all(&vec![("F-2", Choice::Accept, "a reason"); 300], at())),
    ("decide several bundles", |writer, _| {
        writer.decide_all(&vec![("F-3", Choice::Accept, "a reason"); 700], at())
    }),
    ("hand out", |writer, _| writer.hand_out("prosecutor", at()).map(drop)),
    ("analyse", |writer, _| {
        writer.put_derived(&[("leads.json".to_owned(), vec![b' '; 40_000])], &[], "1", &[], at()).map(drop)
    }),
    ("log access", |writer, _| {
        let of = "L-1 ".repeat(5_000);
        AccessLog::default().record(
            writer.case(),
            &"R. Rossi".into(),
            Access { asked: "explain", of: &of, reason: "" },
            at(),
        )
    }),
];

#[test]
fn a_full_disk_loses_nothing_and_room_lets_the_work_go_on() {
    let Some(disk) = on_a_small_disk("small_disk::a_full_disk_loses_nothing_and_room_lets_the_work_go_on")
    else {
        return;
    };
    let outside = tempfile::tempdir().expect("a folder on another disk");
    let before = write(outside.path(), "before.txt", "1\n2\n3\n");
    write(outside.path(), "new.txt", &lines(2_000, 1));
    let log = write(outside.path(), "log.txt", &lines(6_000, 2));
    let case = operation(&disk);
    let mut writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    import(&mut writer, &before, Limits::default()).expect("there is room");
    // It is received while there is room, so that its import is what meets the full disk.
    receive(&mut writer, &log).expect("there is room");
    let tables = table_digests(writer.case());
    for (name, act) in ACTS {
        let n_before = writer.case().record().acts().len();
        let mut n_refused = 0;
        // The room ends at another place of the act each time.
        for n_left in (0..24).map(|n| n * 4096) {
            let ballast = fill(&disk, n_left);
            let done = act(&mut writer, outside.path());
            match &done {
                Ok(()) => {}
                Err(error) => {
                    assert!(is_full(error), "{name}, {n_left} bytes left: {error:?}");
                    n_refused += 1;
                    assert_eq!(writer.case().record().acts().len(), n_before, "{name}, {n_left} bytes left");
                }
            }
            let case = Case::open(case.dir()).unwrap_or_else(|error| panic!("{name}, {n_left}: {error:?}"));
            assert_eq!(case.verify(&mut |_| ()).expect("it is read"), [], "{name}, {n_left} bytes left");
            assert!(tables.iter().all(|(path, sha256)| table_digests(&case).get(path) == Some(sha256)));
            fs::remove_file(ballast).expect("it is ours");
            if done.is_ok() {
                break;
            }
        }
        act(&mut writer, outside.path()).unwrap_or_else(|error| panic!("{name}, with room: {error:?}"));
        eprintln!("{name}: refused {n_refused} times");
        assert!(n_refused > 0, "{name}");
    }
    drop(writer);
    // Nobody becomes the writer of a full disk either, and is told why.
    let ballast = fill(&disk, 0);
    if let Err(error) = case.lock("R. Rossi", at()) {
        assert!(is_full(&error), "{error:?}");
    }
    fs::remove_file(ballast).expect("it is ours");
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
    assert_eq!(case.imports().len(), 2);
}

#[test]
fn a_disk_that_can_only_be_read_is_read_and_says_so_when_it_is_written_to() {
    let test = "small_disk::a_disk_that_can_only_be_read_is_read_and_says_so_when_it_is_written_to";
    let Some(disk) = on_a_small_disk(test) else { return };
    let outside = tempfile::tempdir().expect("a folder on another disk");
    let case = operation(&disk);
    let mut writer = case.lock("R. Rossi", at()).expect("nobody else writes");
    let path = write(outside.path(), "log.txt", "1\n2\n");
    import(&mut writer, &path, Limits::default()).expect("there is room");
    drop(writer);
    let mount = Command::new("mount").args(["-o", "remount,ro"]).arg(&disk).status();
    assert!(mount.is_ok_and(|status| status.success()));
    let case = Case::open(case.dir()).expect("it opens");
    assert_eq!(case.verify(&mut |_| ()).expect("it is read"), []);
    assert_eq!(case.imports()[0].rows("connection"), 2);
    let basis = case.basis(None, day("2026-03-01")).expect("it covers");
    assert_eq!(basis.id(), "A-1");
    let access = Access { asked: "explain", of: "L-1", reason: "" };
    let refused = [
        case.lock("R. Rossi", at()).err().expect("it cannot be written to"),
        AccessLog::default()
            .record(&case, &"R. Rossi".into(), access, at())
            .expect_err("it cannot be written to"),
    ];
    for error in refused {
        let CaseError::Disk { source, .. } = &error else { panic!("{error:?}") };
        assert_eq!(disk_hint(source), Some("the disk can only be read: copy the folder to another one"));
    }
    let authority = &case.authorities()[0];
    let created = Case::create(&disk.join("other"), "Another", "R. Rossi", authority, at());
    assert!(matches!(created, Err(CaseError::Disk { .. })));
}
