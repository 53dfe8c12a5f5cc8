//! `tutela hash` on folders: every form of the list, what is passed over, and runs that go on.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::folder::{command, files, run, tutela};

/// A folder of files with known content, below it what is no file.
fn evidence() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.path().join("read").join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    };
    file("b/abc", b"abc");
    file("a", b"");
    file("b/c/long", &vec![7; 3_000_000]);
    file("b/name, \"quoted\" %41", b"x");
    for at in 0..50 {
        file(&format!("many/{at:02}"), at.to_string().repeat(1000 * at).as_bytes());
    }
    dir
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

#[test]
fn each_file_has_its_digests_in_every_form_whatever_the_threads_and_readers() {
    let dir = evidence();
    let read = dir.path().join("read");
    let before = files(&read);
    let found = tutela(&["hash", text(&read), "--json", "--ed2k", "--aich"]).ended(0).json();
    assert_eq!(found["schema"], "tutela.hash/1");
    let rows = found["files"].as_array().expect("a list");
    assert_eq!(rows.len(), 54);
    let mut paths: Vec<&str> = rows.iter().filter_map(|row| row["path"].as_str()).collect();
    let abc = rows.iter().find(|row| row["path"] == text(&read.join("b/abc"))).expect("it was read");
    assert_eq!(abc["size"], 3);
    assert_eq!(abc["md5"], "900150983cd24fb0d6963f7d28e17f72");
    assert_eq!(abc["sha1"], "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_eq!(abc["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(abc["ed2k"], "a448017aaf21d8525fc10ae87aa6729d");
    assert_eq!(abc["aich"], "VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5");
    let in_order = paths.clone();
    paths.sort_by(|a, b| Path::new(a).cmp(Path::new(b)));
    assert_eq!(paths, in_order);

    let csv = tutela(&["hash", text(&read), "--csv"]).ended(0);
    assert!(csv.out.starts_with("path,size,md5,sha1,sha256\n"), "{}", csv.out);
    assert!(
        csv.out.contains("/name, \"\"quoted\"\" %41\",1,9dd4e461268c8034f5c8564e155c67a6,"),
        "{}",
        csv.out
    );
    for (jobs, readers) in [("1", "one"), ("1", "many"), ("2", "one"), ("3", "many"), ("3", "auto")] {
        let again = tutela(&["hash", text(&read), "--csv", "--jobs", jobs, "--readers", readers]).ended(0);
        assert_eq!(again.out, csv.out, "{jobs} {readers}");
    }
    let lines = tutela(&["hash", text(&read), "--jsonl"]).ended(0);
    assert_eq!(lines.out.lines().count(), 54);
    let table = tutela(&["hash", text(&read)]).ended(0);
    assert_eq!(table.out.lines().count(), 55);
    assert!(table.out.lines().all(|line| line.as_bytes()[32..34] == *b"  "), "{}", table.out);
    assert!(table.err.contains("54 files"), "{}", table.err);
    assert_eq!(files(&read), before);
}

#[test]
fn hashdeep_finds_what_we_list_where_it_is_installed() {
    let dir = evidence();
    let (read, list) = (dir.path().join("read"), dir.path().join("list"));
    tutela(&["hash", text(&read), "--format", "hashdeep", "-o", text(&list)]).ended(0);
    let written = fs::read_to_string(&list).expect("the list");
    assert!(written.starts_with("%%%% HASHDEEP-1.0\n%%%% size,md5,sha1,sha256,filename\n##"), "{written}");
    let audit = |read: &Path| Command::new("hashdeep").args(["-r", "-a", "-k"]).arg(&list).arg(read).output();
    match audit(&read) {
        Err(_) => eprintln!("hashdeep is not installed: its form was compared with nothing"),
        Ok(said) => {
            let said = String::from_utf8_lossy(&said.stdout).into_owned();
            assert!(said.contains("Audit passed"), "{said}");
            fs::write(read.join("a"), "y").expect("a file");
            let said = audit(&read).expect("it ran before");
            assert!(String::from_utf8_lossy(&said.stdout).contains("Audit failed"));
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn links_and_pipes_are_passed_over_aloud_and_what_cannot_be_read_is_a_problem() {
    let dir = evidence();
    let read = dir.path().join("read");
    std::os::unix::fs::symlink("/", read.join("root")).expect("a link");
    let made = Command::new("mkfifo").arg(read.join("fifo")).status().expect("mkfifo is part of every Linux");
    assert!(made.success());
    let ran = tutela(&["hash", text(&read), "--jsonl"]).ended(0);
    assert_eq!(ran.out.lines().count(), 54);
    assert!(ran.err.contains(&format!("passed over, a link: {}", text(&read.join("root")))), "{}", ran.err);
    assert!(ran.err.contains(&format!("passed over, a pipe: {}", text(&read.join("fifo")))), "{}", ran.err);

    // The first page of a process is nobody's: reading it is an error.
    let ran = tutela(&["hash", "/proc/self/mem", text(&read.join("a")), "--jsonl"]).ended(3);
    assert!(ran.err.contains("not hashed, the reading ended after 0 bytes: /proc/self/mem"), "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 1);
    tutela(&["hash", text(&read.join("none"))]).ended(1);
}

#[test]
fn a_run_goes_on_from_what_was_noted_and_hashes_changed_files_again() {
    let dir = evidence();
    let (read, state) = (dir.path().join("read"), dir.path().join("state"));
    let args = ["hash", text(&read), "--json", "--ed2k", "--aich", "--resume", text(&state)];
    let first = tutela(&args).ended(0);
    let noted = fs::read_to_string(&state).expect("the notes");
    assert_eq!(noted.lines().count(), 55);
    let second = tutela(&args).ended(0);
    assert_eq!(second.out, first.out);
    assert!(second.err.contains("54 of 54 files are noted and unchanged"), "{}", second.err);

    // Stopped in the middle of a line, and a file was changed since.
    let lines: Vec<&str> = noted.split_inclusive('\n').collect();
    fs::write(&state, lines[..30].concat() + &lines[30][..20]).expect("the notes");
    let changed = lines[1].trim_end().rsplit_once('\t').expect("a path").1.replace("%25", "%");
    fs::write(changed.replace("%20", " "), "changed since").expect("a file");
    let third = tutela(&args).ended(0);
    assert!(third.err.contains("28 of 54 files are noted and unchanged"), "{}", third.err);
    let fresh = tutela(&args[..5]).ended(0);
    assert_eq!(third.out, fresh.out);
    assert_ne!(third.out, first.out);
    assert_eq!(tutela(&args).ended(0).out, fresh.out);
}

#[test]
fn a_run_that_was_killed_at_any_moment_goes_on() {
    let dir = evidence();
    let (read, state) = (dir.path().join("read"), dir.path().join("state"));
    for at in 0..400 {
        fs::write(read.join(format!("more{at}")), vec![at as u8; 300_000]).expect("a file");
    }
    let args = ["hash", text(&read), "--csv", "--jobs", "2", "--resume", text(&state)];
    let fresh = tutela(&args[..5]).ended(0);
    let mut last = 0;
    for least_lines in [1, 40, 150] {
        let mut child =
            command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let begun = Instant::now();
        loop {
            let lines =
                fs::read(&state).map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count());
            if lines > least_lines || begun.elapsed() > Duration::from_secs(60) {
                break;
            }
            sleep(Duration::from_millis(1));
        }
        child.kill().expect("it is ours");
        child.wait().expect("it ended");
        let lines = fs::read_to_string(&state).expect("the notes").lines().count();
        assert!(lines >= last, "notes are only added to");
        last = lines;
    }
    let ran = run(&mut command(&args)).ended(0);
    assert!(ran.err.contains("of 454 files are noted and unchanged"), "{}", ran.err);
    assert_eq!(ran.out, fresh.out);
}
