//! Lists of files and volumes as the Sleuth Kit's programs write them of an image that somebody crafted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tutela_evidence::sleuthkit::{Family, Listed, Lines, Reading, volumes};

fuzz_target!(|bytes: &[u8]| {
    let mut lines = Lines::default();
    for family in [Family::Ntfs, Family::Fat] {
        let mut reading = Reading::new("volume-1/".to_owned(), family);
        for line in bytes.split(|byte| *byte == b'\n') {
            if let Listed::Entry(line) = lines.take(line) {
                reading.entry(&line);
            }
        }
    }
    let text = String::from_utf8_lossy(bytes);
    assert!(volumes::read(&text).len() <= volumes::MAX_VOLUMES);
    assert!(volumes::read_pool(&text).len() <= volumes::MAX_VOLUMES);
});
