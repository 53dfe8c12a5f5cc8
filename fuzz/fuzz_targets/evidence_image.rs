//! A segment of an image, in whatever format from somebody else.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tutela_fuzz::evidence::walk_segment(bytes));
