//! A folder of this machine.

use std::fs;
use std::path::Path;

use tutela_evidence::entry::Why;
use tutela_evidence::walk::{Exhibit, Limits};

use crate::made::{absent, seen_of};

fn walked(folder: &Path, limits: Limits) -> crate::made::Seen {
    seen_of(&Exhibit::Folder(folder.to_owned()), limits, &|| false)
}

#[test]
fn entries_come_in_the_order_of_their_names_and_links_are_not_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("b")).expect("made");
    fs::create_dir(at("a")).expect("made");
    fs::write(at("b/two.txt"), b"two").expect("written");
    fs::write(at("a/one.txt"), b"one").expect("written");
    fs::write(at("C.txt"), b"three").expect("written");
    let mut expected = vec!["C.txt", "a/", "a/one.txt", "b/", "b/two.txt"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("..", at("b/up")).expect("linked");
        std::os::unix::fs::symlink("/etc/hostname", at("out")).expect("linked");
        expected.extend(["b/up", "out"]);
    }
    let seen = walked(folder.path(), Limits::default());
    assert_eq!(seen.paths(), expected);
    assert_eq!(seen.bytes("a/one.txt"), b"one");
    assert_eq!(seen.findings(), []);
    let times = seen.entry("C.txt").times;
    let modified = times.modified.expect("a time");
    assert!(!modified.local && modified.at_us > 1_577_836_800_000_000);
    #[cfg(unix)]
    assert_eq!((seen.entry("b/up").kind.word(), seen.entry("b/up").size), ("link", 2));
}

#[cfg(target_os = "linux")]
#[test]
fn reading_leaves_no_time_of_reading() {
    use std::os::unix::fs::MetadataExt as _;

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, b"bytes").expect("written");
    // A time of reading before that of writing is what a mount with `relatime` would renew.
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let times = fs::FileTimes::new().set_accessed(long_ago);
    fs::File::options().write(true).open(&file).expect("opened").set_times(times).expect("set");
    fs::File::open(folder.path()).expect("opened").set_times(times).expect("set");
    assert_eq!(walked(folder.path(), Limits::default()).bytes("file"), b"bytes");
    for path in [file.as_path(), folder.path()] {
        assert_eq!(fs::metadata(path).expect("there").atime(), 1_000_000_000, "{}", path.display());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_is_listed_and_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status();
    if !made.is_ok_and(|made| made.success()) {
        absent("mkfifo is not installed");
        return;
    }
    assert_eq!(walked(folder.path(), Limits::default()).entry("pipe").kind.word(), "other");
}

#[test]
fn folders_that_are_too_deep_and_a_folder_that_is_not_there_are_findings() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("a/b/c/d")).expect("made");
    fs::write(folder.path().join("z"), b"z").expect("written");
    let seen = walked(folder.path(), Limits { depth: 2, ..Limits::default() });
    assert_eq!(seen.paths(), ["a/", "a/b/", "a/b/c/", "z"]);
    assert_eq!(seen.findings(), [("a/b/c", Why::Limit, "more")]);
    let nowhere = walked(&folder.path().join("nowhere"), Limits::default());
    assert_eq!(nowhere.findings()[0].1, Why::Truncated);
}
