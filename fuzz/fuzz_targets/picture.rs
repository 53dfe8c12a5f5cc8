//! Foreign bytes as a picture: decoded within limits, hashed, and its EXIF read.
//!
//! A panic of a decoder is caught and told there, but here it ends the run: it is what is looked for.
#![no_main]

use tutela_matchers::picture::{Limits, take};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { pixels: 1 << 18, memory_bytes: 8 << 20 };
    let record = take(bytes, limits);
    if let Ok(perceived) = &record.perceived {
        assert!(u64::from(perceived.width) * u64::from(perceived.height) <= limits.pixels);
    }
    let _ = record.facts.taken(None);
});
