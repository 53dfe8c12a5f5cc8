//! Lists of files, of where they lie and of volumes as the Sleuth Kit's programs write them of an image that somebody crafted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tutela_evidence::sleuthkit::places::Places;
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
    let mut places = Places::new(bytes);
    for (volume, record) in [(0, 12), (0, 13), (1000, 12), (1000, 14)] {
        if let Some(runs) = places.of(volume, record, 10) {
            assert_eq!(runs.iter().map(|run| run.length).sum::<u64>(), 10);
        }
    }
    let text = String::from_utf8_lossy(bytes);
    assert!(volumes::read(&text).len() <= volumes::MAX_VOLUMES);
    assert!(volumes::read_pool(&text).len() <= volumes::MAX_VOLUMES);
});
