//! Frames of films by `ffmpeg`, where it is installed: films of its own test patterns, made here and forgotten.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use tutela_matchers::near::frames::{Settings, alike};
use tutela_matchers::picture::film::{Container, Frames, SIDE, arguments, frames};

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

/// A film of scenes, at ten frames a second.
fn make(path: &Path, scenes: &[u8], quality: &str) -> io::Result<bool> {
    let mut child = Command::new("ffmpeg")
        .args(["-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "160x120", "-r", "1"])
        .args(["-i", "pipe:0", "-r", "10", "-c:v", "mpeg4", "-q:v", quality, "-y"])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()?;
    child.stdin.take().expect("a pipe").write_all(scenes)?;
    Ok(child.wait()?.success())
}

fn read(path: &Path) -> Frames {
    let head = std::fs::read(path).expect("it was made");
    let container = Container::of(&head).expect("a film");
    let arguments = arguments(path.as_os_str(), container, 1000);
    let child = Command::new("ffmpeg").args(arguments).stdout(Stdio::piped()).spawn();
    let mut child = child.expect("ffmpeg was here a moment ago");
    let read = frames(child.stdout.take().expect("a pipe"), 1000, 100).expect("a pipe");
    assert!(child.wait().expect("a child").success());
    read
}

#[test]
fn a_part_of_a_film_written_anew_is_similar_to_it_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let (whole, part) = (folder.path().join("whole.mp4"), folder.path().join("part.avi"));
    match make(&whole, &scenes(0..30), "4") {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            eprintln!("not tried, because ffmpeg is not installed");
            return;
        }
        made => assert!(made.expect("ffmpeg starts"), "ffmpeg makes no film"),
    }
    assert!(make(&part, &scenes(12..30), "15").expect("ffmpeg starts"));
    let (whole, part) = (read(&whole), read(&part));
    assert_eq!((whole.frames.len(), whole.stopped, whole.rest), (30, false, 0));
    assert!((17..=19).contains(&part.frames.len()), "{}", part.frames.len());
    let alike =
        alike(&part.frames, &whole.frames, Settings::default()).expect("frames of sufficient quality");
    let run = alike.run.expect("a run");
    assert!(run.frames >= 15 && alike.asked_share() >= 900, "{alike:?}");
    assert!((11_000..=13_000).contains(&(run.listed_from_ms - run.asked_from_ms)), "{alike:?}");
}

#[test]
fn raw_frames_are_hashed_until_they_end_or_are_enough() {
    let bytes = (SIDE * SIDE * 3) as usize;
    let raw: Vec<u8> = (0..bytes * 3 + 7).map(|idx| (idx / 1000 % 251) as u8).collect();
    let all = frames(&raw[..], 500, 10).expect("bytes");
    let times: Vec<(u32, u64)> = all.frames.iter().map(|frame| (frame.index, frame.at_ms)).collect();
    assert_eq!((times, all.stopped, all.rest), (vec![(0, 0), (1, 500), (2, 1000)], false, 7));
    let some = frames(&raw[..], 500, 2).expect("bytes");
    assert_eq!((some.frames.as_slice(), some.stopped), (&all.frames[..2], true));
    let none = frames(&raw[..0], 500, 2).expect("bytes");
    assert_eq!((none.frames.len(), none.stopped, none.rest), (0, false, 0));
}

#[test]
fn a_film_is_named_as_a_file_and_nothing_else() {
    let arguments = arguments("-y http://192.0.2.1/a.mp4".as_ref(), Container::Avi, 0);
    let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    assert!(texts.windows(2).any(|pair| pair == ["-i", "file:-y http://192.0.2.1/a.mp4"]), "{texts:?}");
    assert!(texts.windows(2).any(|pair| pair == ["-protocol_whitelist", "file,pipe"]), "{texts:?}");
    assert!(texts.windows(2).any(|pair| pair == ["-f", "avi"]), "{texts:?}");
    assert!(texts.iter().any(|text| text.starts_with("fps=1000/1,")), "{texts:?}");
}

#[test]
fn a_film_is_told_by_its_first_bytes_and_sound_pictures_and_texts_are_none() {
    let packets = |first: usize, step: usize| {
        let mut bytes = vec![0; first + 5 * step];
        (0..5).for_each(|packet| bytes[first + packet * step] = 0x47);
        bytes
    };
    for (head, container) in [
        (&b"\0\0\0\x18ftypmp42\0\0\0\0"[..], Some(Container::Mov)),
        (b"\0\0\0\x14ftyp3gp4", Some(Container::Mov)),
        (b"\0\0\0\x14ftypqt  ", Some(Container::Mov)),
        (b"\0\0\0\x08wide\0\0\0\0mdat", Some(Container::Mov)),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", Some(Container::Matroska)),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", Some(Container::Matroska)),
        (b"RIFF\0\0\0\0AVI LIST", Some(Container::Avi)),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9", Some(Container::Asf)),
        (b"\0\0\x01\xba\x44", Some(Container::Program)),
        (b"\0\0\x01\xb3\x44", Some(Container::Pictures)),
        (b"FLV\x01\x05", Some(Container::Flv)),
        (&packets(0, 188), Some(Container::Transport)),
        (&packets(4, 192), Some(Container::Transport)),
        (&packets(0, 188)[..700], None),
        (b"\0\0\0\x18ftypheic", None),
        (b"\0\0\0\x18ftypM4A ", None),
        (b"\0\0\0\x18ftyp", None),
        (b"\x1a\x45\xdf\xa3\x9f\x42", None),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        (b"#EXTM3U\nfile:///etc/passwd", None),
        (b"ffconcat version 1.0", None),
        (b"", None),
    ] {
        assert_eq!(Container::of(head), container, "{head:?}");
    }
}
