//! Foreign bytes as a list of perceptual hashes: as text, of which each line is an entry, a problem or left out; and as the
//! head of a file.
#![no_main]

use tutela_matchers::near::list::{Label, file, text};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let lines = text::read(bytes, &Label::default().into(), None);
    let frames: usize = lines.films.iter().map(|film| film.frames.len()).sum();
    let read = frames + lines.entries.len() + lines.problems.len() + lines.other_kinds as usize;
    assert!(read <= bytes.split(|byte| *byte == b'\n').count());
    let _ = file::head(bytes);
});
