//! Films by their frames: read by ffmpeg in a child without rights, listed, and held against lists of films. The films are
//! made here, of tiles.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tutela_evidence::frame::{Frame, FrameReader};

use crate::exhibit::rows;
use crate::folder::{Folder, command, files, run};
use crate::officer::{PASSPHRASE, told};

/// Scenes of a second each: tiles of 32 × 30 pixels of any grey, five by four of them.
fn scenes(seconds: std::ops::Range<u32>) -> Vec<u8> {
    let tile = |scene: u32, x: u32, y: u32| {
        let mixed = (scene * 20 + y / 30 * 5 + x / 32 + 1).wrapping_mul(0x9e37_79b1);
        (mixed ^ (mixed >> 15)).wrapping_mul(0x85eb_ca77).to_be_bytes()[0]
    };
    let pixels = seconds
        .flat_map(|scene| (0..120).flat_map(move |y| (0..160).flat_map(move |x| [tile(scene, x, y); 3])));
    pixels.collect()
}

/// Makes a film of scenes at ten frames a second; false where there is no ffmpeg, which is said aloud.
fn make(path: &str, scenes: &[u8], quality: &str) -> bool {
    std::fs::create_dir_all(Path::new(path).parent().expect("a folder")).expect("made");
    let child = Command::new("/usr/bin/ffmpeg")
        .args(["-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "160x120", "-r", "1"])
        .args(["-i", "pipe:0", "-r", "10", "-c:v", "mpeg4", "-q:v", quality, "-y", path])
        .stdin(Stdio::piped())
        .spawn();
    let mut child = match child {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            eprintln!("not tried, because ffmpeg is not installed");
            return false;
        }
        child => child.expect("ffmpeg starts"),
    };
    child.stdin.take().expect("a pipe").write_all(scenes).expect("ffmpeg reads");
    assert!(child.wait().expect("ffmpeg ends").success(), "ffmpeg makes no film");
    true
}

fn built(folder: &Folder, table: &str, list: &str) {
    let out = folder.path(list);
    let args = ["lists", "build", "--perceptual", table, "--name", list, "--version", "1", "-o", &out];
    let ran = told(&[&args[..], &["--pdq-profile", "full"]].concat(), PASSPHRASE).ended(0);
    assert!(ran.err.contains("1 film with 30 frames"), "{}", ran.err);
    assert!(ran.out.contains("1 film with 30 perceptual hashes of frames"), "{}", ran.out);
}

/// A list of a film of thirty scenes, and the rows of its frames; none where there is no ffmpeg.
fn listed() -> Option<(Folder, Vec<Value>)> {
    let listed = Folder::with_connections();
    if !make(&listed.path("device/whole.mp4"), &scenes(0..30), "4") {
        return None;
    }
    listed.run(&["exhibit", "add", &listed.path("device"), "--number", "1"]).ended(0);
    // Nothing is asked of films unless an officer says so.
    let silent = listed.run(&["exhibit", "process", "--json"]).ended(0).json();
    assert_eq!(silent["exhibits"][0]["films"], Value::Null);
    assert_eq!(rows(&listed, "film_frame").len(), 0);
    let read = listed.run(&["exhibit", "process", "1", "--films", "--json"]).ended(0).json();
    assert_eq!(read["exhibits"][0]["films"]["frames"], 30, "{read}");
    let frames = rows(&listed, "film_frame");
    assert_eq!(frames.len(), 30);
    assert!(frames.iter().all(|row| row["pdq_profile"] == "full" && row["sha256"] == frames[0]["sha256"]));
    assert!(frames.iter().any(|row| row["at_ms"] == 29_000), "{frames:?}");
    let table = listed.run(&["table", "film_frame", "--csv", "--limit", "0"]).ended(0).out;
    let table = listed.file("frames.csv", table);
    built(&listed, &table, "films");
    Some((listed, frames))
}

#[test]
fn a_part_of_a_listed_film_is_similar_to_it_in_order_and_what_is_no_film_costs_one_row() {
    let Some((listed, frames)) = listed() else { return };
    let folder = Folder::with_connections();
    assert!(make(&folder.path("device/part.avi"), &scenes(12..30), "15"));
    assert!(make(&folder.path("device/other.mkv"), &scenes(100..125), "4"));
    std::fs::copy(folder.path("device/part.avi"), folder.path("device/copy of part.avi")).expect("copied");
    folder.file("device/broken.mp4", [&b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"[..], &[0x5a; 5000]].concat());
    folder.file("device/sound.m4a", b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42");
    folder.file("device/list.m3u8", b"#EXTM3U\nfile:///etc/passwd\n");
    folder.run(&["exhibit", "add", &folder.path("device"), "--number", "7"]).ended(0);
    let read = folder.run(&["exhibit", "process", "--films", "--json"]).ended(3);
    let films = &read.json()["exhibits"][0]["films"];
    assert_eq!((&films["read"], &films["unread"]), (&3.into(), &1.into()), "{}", read.out);
    let unread = rows(&folder, "unread");
    let [row] = &unread[..] else { panic!("one film is none: {unread:?}") };
    assert_eq!((&row["at"], &row["why"]), (&"broken.mp4".into(), &"damaged".into()));
    assert_eq!(row["found"], "0 frames, then: Invalid data found when processing input");
    assert_eq!(rows(&folder, "file").len(), 6);

    let (op, list) = (folder.op(), listed.path("films"));
    let args = ["--op", &op, "exhibit", "match", "--similar-to", &list, "--json"];
    let found = told(&args, PASSPHRASE).ended(0).json();
    assert_eq!(found["met"]["similar"], 2, "{found}");
    let matches = rows(&folder, "known_match");
    let paths: Vec<&Value> = matches.iter().map(|row| &row["path"]).collect();
    assert_eq!(paths, ["copy of part.avi", "part.avi"]);
    for row in &matches {
        let number = |name: &str| row[name].as_u64().unwrap_or_else(|| panic!("{name}: {row}"));
        assert_eq!((&row["basis"], &row["met"]), (&"similar".into(), &"pdq_frames".into()));
        assert_eq!((&row["listed_film"], &row["profile"]), (&frames[0]["sha256"], &"full to full".into()));
        assert!(number("run_frames") >= 15 && number("run_ms") >= 14_000, "{row}");
        assert!(number("near_thousandths") >= 900 && number("listed_near_thousandths") >= 500, "{row}");
        assert!(number("distance") <= 31, "{row}");
    }
    let tried = rows(&folder, "list_tried");
    assert_eq!(
        (&tried[0]["kinds"], &tried[0]["n_looked_up"]),
        (&"pdq_frames".into(), &3.into()),
        "{tried:?}"
    );
    folder.run(&["analyse"]).ended(0);
    let findings = folder.run(&["findings", "--analysis", "known_files", "--jsonl"]).ended(0).out;
    assert!(findings.contains("similar does not mean the same"), "{findings}");

    // No film and no picture of one stays, and what was read is read again the same.
    for (path, bytes) in files(Path::new(&op)) {
        let is_film = bytes.starts_with(b"RIFF")
            || bytes.get(4..8) == Some(b"ftyp")
            || bytes.starts_with(&[0x1a, 0x45]);
        assert!(!is_film, "{}", path.display());
    }
    folder.run(&["exhibit", "process", "7", "--films"]).ended(3);
    assert_eq!(rows(&folder, "known_match"), matches);
    folder.run(&["ledger", "verify"]).ended(0);
    folder.run(&["rebuild", "--check"]).ended(0);
}

#[test]
fn ffmpeg_runs_inside_the_sandbox_with_no_right_lacking() {
    let folder = Folder::new();
    let film = folder.path("films/film.mp4");
    if !make(&film, &scenes(0..3), "4") {
        return;
    }
    let read = |path: &str| {
        let ran = command(&["read-film", "--", path]).output().expect("it runs");
        let mut frames = FrameReader::new(&ran.stdout[..]);
        let mut told = Vec::new();
        while let Some(frame) = frames.read().expect("a whole stream") {
            told.push(frame);
        }
        (told, ran.status.success())
    };
    let (told, well) = read(&film);
    let Some(Frame::Hello(hello)) = told.first() else { panic!("it presents itself first: {told:?}") };
    if hello.lacking.is_empty() {
        assert!(hello.held.iter().any(|held| held == "seccomp"), "{hello:?}");
    } else {
        eprintln!("tried without a whole sandbox: {}", hello.lacking.join("; "));
    }
    let values = told.iter().find_map(|frame| match frame {
        Frame::Values { values, .. } => Some(values[0].bytes.len()),
        _ => None,
    });
    // A time, a quality and a hash each, and nothing of what they show.
    assert_eq!((values, well), (Some(3 * 41), true), "{told:?}");
    assert!(!told.iter().any(|frame| matches!(frame, Frame::Unread(_) | Frame::Bytes { .. })));
    // Any other file is refused before anything of it is decoded.
    let other =
        run(&mut command(&["read-film", "--", &folder.file("list.m3u8", "#EXTM3U\nfile:///etc/passwd\n")]));
    assert!(other.code != 0 && other.out.is_empty(), "{}", other.out);
}
